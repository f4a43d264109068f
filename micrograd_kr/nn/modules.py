"""Neurons, layers and networks made of Values.

A neuron is a linear model and an activation, and is recorded as just these two nodes; with
``expand=True`` every multiplication and addition is a node of its own, for a picture of each step.

>>> model = MLP(2, [3, 1], activation="tanh", seed=0)
>>> model([1.0, -2.0]).op.name, len(model.parameters())
('linear', 13)
"""

import os
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..engine import FUNCTIONS, OPS, Number, Value, as_value
from . import save

Activation = str | Callable[[Value], Value] | None

_linear, _logsumexp = FUNCTIONS["linear"], FUNCTIONS["logsumexp"]


class Module:
    """A part of a network: the Values, Modules and lists of them among its attributes.

    A subclass sets attributes and defines ``forward``; the rest is found by walking them.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.w, self.b = Value(2.0), Value(1.0)
    ...     def forward(self, x):
    ...         return self.w * x + self.b
    >>> line = Line()
    >>> line(3.0).data, [name for name, p in line.named_parameters()]
    (7.0, ['w', 'b'])
    """

    def forward(self, x: Any) -> Any:
        """What the module computes from ``x``; a subclass says."""
        raise NotImplementedError(f"{type(self).__name__} needs a forward(self, x)")

    def __call__(self, x: Any) -> Any:
        """``forward(x)``."""
        return self.forward(x)

    def named_parts(self) -> Iterator[tuple[str, "Module | Value"]]:
        """The Modules and Values that are its own, with their names, in order.

        >>> [name for name, part in Layer(2, 2).named_parts()]
        ['neuron0', 'neuron1']
        """
        for attribute, part in vars(self).items():
            several = isinstance(part, list | tuple)
            for i, item in enumerate(part if several else [part]):
                if isinstance(item, Module) or (
                    isinstance(item, Value) and item.op is None
                ):  # what was computed is none
                    yield (
                        (f"{attribute.removesuffix('s')}{i}" if several else attribute),
                        item,
                    )

    def named_parameters(self, prefix: str = "") -> Iterator[tuple[str, Value]]:
        """Every parameter with its name, in order: ``layer0.neuron3.w1`` is in ``layers[0].neurons[3].w[1]``.

        >>> [name for name, p in Layer(2, 1).named_parameters()]
        ['neuron0.w0', 'neuron0.w1', 'neuron0.b']
        """
        for name, part in self.named_parts():
            if isinstance(part, Module):
                yield from part.named_parameters(f"{prefix}{name}.")
            else:
                yield prefix + name, part

    def parameters(self) -> list[Value]:
        """Every parameter, in the order of their names; a shared one once."""
        return list(dict.fromkeys(p for _, p in self.named_parameters()))

    def label_parameters(self) -> None:
        """Give each parameter its name as label, for pictures and steps.

        >>> line = Layer(1, 1); line.neurons[0].b.label
        'neuron0.b'
        """
        for name, p in self.named_parameters():
            p.label = name

    def zero_grad(self) -> None:
        """Set the grad of every parameter to zero."""
        for p in self.parameters():
            p.grad = 0.0

    def architecture(self) -> dict[str, Any] | None:
        """The arguments that build the module again, for a file; None if only its code can tell."""
        return None

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the parameters and, for an `MLP`, the architecture to a JSON file: see `nn.save`."""
        save.save(self, path)

    def load(self, path: str | os.PathLike[str]) -> None:
        """Take the parameters from a file that `save` wrote of a module like this one."""
        save.load(self, path)


def _check_activation(activation: Activation) -> None:
    curves = [op.name for op in OPS.values() if op.is_activation]
    if isinstance(activation, str) and activation not in curves:
        raise ValueError(
            f"activation {activation!r} is not one of {', '.join(curves)}, None or a function of a Value"
        )


def _initial(init: str, rng: Any, fan_in: int, fan_out: int) -> float:
    if (
        init == "he"
    ):  # He et al., Delving Deep into Rectifiers, 2015: normal with variance 2 / fan_in
        return float(rng.gauss(0.0, (2 / fan_in) ** 0.5))
    if (
        init == "xavier"
    ):  # Glorot & Bengio, 2010: uniform with variance 2 / (fan_in + fan_out)
        bound = (6 / (fan_in + fan_out)) ** 0.5
        return float(rng.uniform(-bound, bound))
    if init == "uniform":
        return float(rng.uniform(-1.0, 1.0))
    raise ValueError(f"init {init!r} is not one of he, xavier, uniform")


def _inputs(x: Any, nin: int, who: str) -> list[Value]:
    """``x`` as ``nin`` Values; a single number or Value stands for a list of one."""
    items = [x] if isinstance(x, Value | float | int) else list(x)
    if len(items) != nin:
        raise ValueError(f"{who} takes {nin} inputs, not {len(items)}")
    return [as_value(item, who) for item in items]


class Neuron(Module):
    """activation(w1 x1 + ... + wn xn + b).

    ``activation``: an op of one operand by name, a function of a Value, or None for a linear model.
    ``init``: "he", "xavier" or "uniform" (-1 to 1); b starts at 0. ``seed``: a number, a
    `random.Random`, or None for Python's own random state. ``expand``: record single operations.

    >>> n = Neuron(2, activation=None); n.w[0].data, n.w[1].data, n.b.data = 2.0, -1.0, 0.5
    >>> n([3.0, 4.0]).data
    2.5
    """

    def __init__(
        self,
        nin: int,
        activation: Activation = "relu",
        init: str = "he",
        seed: int | random.Random | None = None,
        expand: bool = False,
        fan_out: int = 1,
    ) -> None:
        if nin < 1:
            raise ValueError(f"Neuron needs at least 1 input, not {nin}")
        _check_activation(activation)
        rng = _rng(seed)
        self.w = [Value(_initial(init, rng, nin, fan_out)) for _ in range(nin)]
        self.b = Value(0.0)
        self.activation, self.init, self.expand = activation, init, expand
        self.label_parameters()

    def forward(self, x: Any) -> Value:
        """``x``: nin numbers or Values, to one Value."""
        return self.fire(_inputs(x, len(self.w), "Neuron"))

    def fire(self, x: list[Value]) -> Value:
        """`forward` of Values known to be as many as there are weights."""
        if self.expand:
            z = self.b
            for w, xi in zip(self.w, x, strict=True):
                z = z + w * xi
        else:
            z = _linear(self.w, x, self.b)
        if self.activation is None:
            return z
        return (
            self.activation(z)
            if callable(self.activation)
            else FUNCTIONS[self.activation](z)
        )

    def __repr__(self) -> str:
        return f"Neuron({len(self.w)}, activation={self.activation!r})"


class Layer(Module):
    """``nout`` neurons over the same ``nin`` inputs: activation(W x + b).

    >>> layer = Layer(3, 2, activation=None, seed=0)
    >>> len(layer([1.0, 2.0, 3.0]))
    2
    """

    def __init__(
        self,
        nin: int,
        nout: int,
        activation: Activation = "relu",
        init: str = "he",
        seed: int | random.Random | None = None,
        expand: bool = False,
    ) -> None:
        if nout < 1:
            raise ValueError(f"Layer needs at least 1 neuron, not {nout}")
        rng = _rng(seed)
        self.neurons = [
            Neuron(nin, activation, init, rng, expand, fan_out=nout)
            for _ in range(nout)
        ]
        self.label_parameters()

    def forward(self, x: Any) -> Any:
        """``x``: nin numbers or Values, to a list of nout Values; to a single Value when nout is 1."""
        out = self.fire(_inputs(x, len(self.neurons[0].w), "Layer"))
        return out[0] if len(out) == 1 else out

    def fire(self, x: list[Value]) -> list[Value]:
        """The list of outputs, whatever its length."""
        return [neuron.fire(x) for neuron in self.neurons]

    def __repr__(self) -> str:
        first = self.neurons[0]
        return f"Layer({len(first.w)}, {len(self.neurons)}, activation={first.activation!r})"


class MLP(Module):
    """A multi-layer perceptron: layers one after the other.

    ``nouts``: the width of each layer. ``activation``: one for all but the last layer, which is
    linear; or a list, one for each layer. ``init``: likewise one, or one for each layer.

    >>> model = MLP(2, [16, 16, 1], seed=1)
    >>> model([0.5, -0.5]).parents[0].label
    'layer2.neuron0.w0'
    >>> model
    MLP(2, [16, 16, 1], activation=['relu', 'relu', None])
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        activation: Activation | Sequence[Activation] = "relu",
        init: str | Sequence[str] = "he",
        seed: int | random.Random | None = None,
        expand: bool = False,
    ) -> None:
        nouts = list(nouts)
        if not nouts:
            raise ValueError("MLP needs at least 1 layer: MLP(2, [16, 1])")
        activations = _per_layer(activation, len(nouts), "activation")
        for name in activations:
            _check_activation(name)
        if not isinstance(activation, list | tuple):
            activations[-1] = None
        inits = _per_layer(init, len(nouts), "init")
        rng = _rng(seed)
        sizes = [nin, *nouts]
        self.layers = [
            Layer(sizes[i], sizes[i + 1], activations[i], inits[i], rng, expand)
            for i in range(len(nouts))
        ]
        self.label_parameters()

    def forward(self, x: Any) -> Any:
        """``x``: nin numbers or Values, to the last layer's Values; to a single one when it has one neuron."""
        out = _inputs(x, len(self.layers[0].neurons[0].w), "MLP")
        for layer in self.layers:
            out = layer.fire(out)
        return out[0] if len(out) == 1 else out

    def architecture(self) -> dict[str, Any] | None:
        """The arguments of `MLP`; None for a class of your own or an activation without a name."""
        neurons = [layer.neurons[0] for layer in self.layers]
        activations = [n.activation for n in neurons]
        alike = all(
            (n.activation, n.init, n.expand)
            == (first.activation, first.init, neurons[0].expand)
            for first, layer in zip(neurons, self.layers, strict=True)
            for n in layer.neurons
        )
        if type(self) is not MLP or not alike or any(callable(a) for a in activations):
            return None
        return {
            "nin": len(neurons[0].w),
            "nouts": [len(layer.neurons) for layer in self.layers],
            "activation": activations,
            "init": [n.init for n in neurons],
            "expand": neurons[0].expand,
        }

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> "MLP":
        """The model that `save` wrote to a file, built again.

        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "model.json")
        ...     MLP(2, [3, 1], "tanh").save(path)
        ...     MLP.from_file(path)
        MLP(2, [3, 1], activation=['tanh', None])
        """
        return save.rebuild(cls, path)

    def __repr__(self) -> str:
        widths = [len(layer.neurons) for layer in self.layers]
        activations = [layer.neurons[0].activation for layer in self.layers]
        return f"MLP({len(self.layers[0].neurons[0].w)}, {widths}, activation={activations})"


def _rng(seed: Any) -> Any:
    if seed is None:
        return random  # Python's own state: random.seed() governs it
    return seed if hasattr(seed, "gauss") else random.Random(seed)


def _per_layer(given: Any, n: int, what: str) -> list[Any]:
    if not isinstance(given, list | tuple):
        return [given] * n
    if len(given) != n:
        raise ValueError(
            f"MLP: {len(given)} of {what} for {n} layers; give one, or one for each layer"
        )
    return list(given)


def softmax(logits: Sequence[Value | Number]) -> list[Value]:
    """The probabilities exp(x_i) / sum_j exp(x_j), as exp(x_i - logsumexp(x)): no exponential overflows.

    >>> [round(p.data, 3) for p in softmax([1000.0, 1000.0, 0.0])]
    [0.5, 0.5, 0.0]
    """
    values = [as_value(x, "softmax") for x in logits]
    total = _logsumexp(values)
    return [(x - total).exp() for x in values]


def one_hot(index: int, n: int) -> list[float]:
    """A list of ``n`` zeros with a 1 at ``index``.

    >>> one_hot(1, 3)
    [0.0, 1.0, 0.0]
    """
    if not 0 <= index < n:
        raise ValueError(f"one_hot: class {index} is not among 0 to {n - 1}")
    return [1.0 if i == index else 0.0 for i in range(n)]
