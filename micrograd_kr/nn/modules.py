"""Neurons, layers and networks made of Values.

A neuron is a linear model and an activation, and is recorded as just these two nodes;
with ``expand=True`` every multiplication and addition is a node of its own, for a
picture of each step.

>>> model = MLP(2, [3, 1], activation="tanh", seed=0)
>>> model([1.0, -2.0]).op.name, len(model.parameters())
('linear', 13)
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING, Any, Self

from ..engine import FUNCTIONS, Number, Value
from . import save
from .arguments import (
    Activation,
    Seed,
    as_inputs,
    check_activation,
    check_size,
    check_widths,
    generator,
    initial_weight,
    per_layer,
)
from .messages import say
from .parts import Way, held_by, items, name_of, named_items
from .summary import Table, summary

if TYPE_CHECKING:
    from ..picture import Drawing

_linear: Callable[..., Value] = FUNCTIONS["linear"]

Inputs = Iterable[Value | Number] | Value | Number


class Module:
    """A part of a network: its parameters are the Values among its attributes.

    They may stand in Modules, lists, tuples, dicts and arrays of objects, to any depth.
    A subclass sets attributes and defines ``forward``; the rest is found by walking.

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
        """Compute the output for one sample ``x``; a subclass says how."""
        raise NotImplementedError(say("forward", who=type(self).__name__))

    def __call__(self, x: Any) -> Any:
        """Give ``forward(x)``."""
        return self.forward(x)

    # ---- in training, or in use

    training: bool = True

    def train(self, mode: bool = True) -> Self:
        """Let it and all Modules in it train, with ``mode`` False not; give itself.

        It matters to those that do something else in training, such as `Dropout`.

        >>> MLP(2, [1]).train().training
        True
        """
        for part in self.with_parts():
            part.training = mode
        return self

    def eval(self) -> Self:
        """Let it and all Modules in it be used as it is: the same as ``train(False)``.

        >>> MLP(2, [1]).eval().layers[0].training
        False
        """
        return self.train(False)

    def with_parts(self) -> "list[Module]":
        """Give itself and every Module in it, each once.

        >>> [type(part).__name__ for part in MLP(2, [1]).with_parts()]
        ['MLP', 'Layer', 'Neuron']
        """
        found: dict[int, Module] = {}
        todo: list[Module] = [self]
        while todo:
            module = todo.pop()
            if id(module) in found:
                continue
            found[id(module)] = module
            parts = [part for _, part in module.named_parts()]
            todo += [part for part in reversed(parts) if isinstance(part, Module)]
        return list(found.values())

    # ---- what it is made of

    def named_parts(self) -> Iterator[tuple[str, "Module | Value"]]:
        """Give the Modules and parameters that are its own, with names, in order.

        >>> [name for name, part in Layer(2, 2).named_parts()]
        ['neuron0', 'neuron1']
        """
        for name, item in named_items(vars(self), opens=()):
            if isinstance(item, Module) or _is_parameter(item):
                yield name, item

    def named_parameters(self, prefix: str = "") -> Iterator[tuple[str, Value]]:
        """Give every parameter with its name, in order.

        ``layer0.neuron3.w1`` is ``layers[0].neurons[3].w[1]``. A parameter that stands
        in two places has two names. Raises TypeError when Values are where they cannot
        be found, such as in a set.

        >>> [name for name, p in Layer(2, 1).named_parameters()]
        ['neuron0.w0', 'neuron0.w1', 'neuron0.b']
        """
        self.parameters()  # raises what is hidden
        for name, item in named_items(self, opens=(Module,)):
            if _is_parameter(item):
                yield prefix + name, item

    def parameters(self) -> list[Value]:
        """Give every parameter once, in the order of their names."""
        found: dict[Value, None] = {}
        others = []
        for way, item in items(self, opens=(Module,)):
            if not isinstance(item, Value):
                others.append((way, item))
            elif item.op is None:
                found[item] = None
        self._refuse_hidden(others, found.keys())
        return list(found)

    def label_parameters(self) -> None:
        """Give each parameter its name as label, for pictures and steps.

        >>> line = Layer(1, 1); line.neurons[0].b.label
        'neuron0.b'
        """
        for name, item in named_items(self, opens=(Module,)):
            if _is_parameter(item):
                item.label = name

    def zero_grad(self) -> None:
        """Set the grad of every parameter to zero."""
        for p in self.parameters():
            p.grad = 0.0

    def _refuse_hidden(self, others: list[tuple[Way, Any]], found: Set[Value]) -> None:
        """Raise TypeError for parameters in ``others`` that are not ``found``."""
        for way, item in others:
            for hidden in held_by(item, (Value, Module)):
                if not _parameters_of(hidden) <= found:
                    who, kind = type(self).__name__, type(item).__name__
                    name = name_of(way)
                    raise TypeError(say("hidden", who=who, name=name, kind=kind))

    # ---- files and looks

    def neurons_of_layer(self) -> list["Neuron"]:
        """Give the neurons side by side that it is; none if it is no single layer."""
        return []

    def architecture(self) -> dict[str, Any] | None:
        """Give the arguments that build it again; None if only its code can tell."""
        return None

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the parameters and, for an `MLP`, the architecture to a JSON file.

        Raises what `nn.save.write` raises.
        """
        save.write(self, path)

    def load(self, path: str | os.PathLike[str]) -> None:
        """Take the parameters from a file that `save` wrote of a module like this one.

        Raises what `nn.save.load` raises.
        """
        save.load(self, path)

    def summary(self) -> Table:
        """Give a table of its layers, which a notebook or a REPL shows as it reads.

        >>> MLP(2, [16, 1]).summary()
        layer   shape   activation  parameters  initialisation
        ------------------------------------------------------
        layer0  2 → 16  relu                48  he
        layer1  16 → 1  linear              17  he
        ------------------------------------------------------
        total                               65
        """
        return summary(self)

    def draw(self, x: Any, **options: Any) -> "Drawing":
        """Draw the graph of the output for the sample ``x``; ``options`` as in `draw`.

        >>> Neuron(2, seed=0).draw([1.0, 2.0]).save("neuron.svg")  # doctest: +SKIP
        PosixPath('neuron.svg')
        """
        from ..picture import draw  # pictures need graphviz: only when one is wanted

        return draw(self(x), **options)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return f"<pre>{escape(self.summary())}</pre>"


@contextmanager
def evaluating(model: Any) -> Iterator[None]:
    """Let a Module be used as after ``eval()`` inside; any other model as it is.

    >>> model = MLP(2, [1])
    >>> with evaluating(model):
    ...     model.training
    False
    >>> model.training
    True
    """
    parts = model.with_parts() if isinstance(model, Module) else []
    training = [part for part in parts if part.training]
    for part in training:
        part.training = False
    try:
        yield
    finally:
        for part in training:
            part.training = True


def as_parameters(given: Any, who: str) -> list[Value]:
    """Give the parameters of a Module, or the Values of a list, as a list.

    Raises TypeError for what is neither.

    >>> neuron = Neuron(2)
    >>> as_parameters(neuron, "SGD") == as_parameters(neuron.parameters(), "SGD")
    True
    """
    listed = given.parameters() if isinstance(given, Module) else given
    if isinstance(listed, Value | str) or not hasattr(listed, "__iter__"):
        raise TypeError(_no_parameters(listed, who))
    values = list(listed)
    for p in values:
        if not isinstance(p, Value):
            raise TypeError(_no_parameters(p, who))
    return values


def _no_parameters(x: Any, who: str) -> str:
    return say("not_parameters", who=who, given=x, kind=type(x).__name__)


def _is_parameter(x: Any) -> bool:
    """Whether it is a Value that was not computed."""
    return isinstance(x, Value) and x.op is None


def _parameters_of(x: Any) -> set[Value]:
    if isinstance(x, Value):
        return {x} if _is_parameter(x) else set()
    return {item for _, item in items(x, opens=(Module,)) if _is_parameter(item)}


class Neuron(Module):
    """activation(w1 x1 + ... + wn xn + b): n numbers to one Value.

    ``activation``: an op of one operand by name, a function of a Value, or None for a
    linear model, which ``nonlin=False`` means too. ``init``: "he", "xavier" or
    "uniform" (-1 to 1); b starts at 0. ``seed``: a number, a `random.Random`, or None
    for Python's own random state. ``expand``: record single operations.

    >>> n = Neuron(2, activation=None)
    >>> n.w[0].data, n.w[1].data, n.b.data = 2.0, -1.0, 0.5
    >>> n([3.0, 4.0]).data
    2.5
    """

    def __init__(
        self,
        nin: int,
        activation: Activation = "relu",
        init: str = "he",
        seed: Seed = None,
        expand: bool = False,
        fan_out: int = 1,
        *,
        nonlin: bool = True,
    ) -> None:
        nin = check_size(nin, "Neuron")
        if nin < 1:
            raise ValueError(say("no_inputs", n=nin))
        check_activation(activation)
        rng = generator(seed)
        self.w: list[Value] = [
            Value(initial_weight(init, rng, nin, fan_out)) for _ in range(nin)
        ]
        self.b: Value = Value(0.0)
        self.activation: Activation = activation if nonlin else None
        self.init: str = init
        self.expand: bool = expand
        self.label_parameters()

    if TYPE_CHECKING:

        def __call__(self, x: Inputs) -> Value: ...  # noqa: D102

    def forward(self, x: Inputs) -> Value:
        """Compute the output for nin numbers or Values."""
        return self.fire(as_inputs(x, len(self.w), "Neuron"))

    def fire(self, x: list[Value]) -> Value:
        """Do what `forward` does, for Values known to be as many as the weights."""
        z = self._expanded(x) if self.expand else _linear(self.w, x, self.b)
        if self.activation is None:
            return z
        if isinstance(self.activation, str):
            curve: Callable[[Value], Value] = FUNCTIONS[self.activation]
            return curve(z)
        return self.activation(z)

    def _expanded(self, x: list[Value]) -> Value:
        """The linear model as single operations."""
        z = self.b
        for w, xi in zip(self.w, x, strict=True):
            z = z + w * xi
        return z

    def neurons_of_layer(self) -> list["Neuron"]:
        """Give itself."""
        return [self]

    def draw(self, x: Inputs | None = None, **options: Any) -> "Drawing":
        """Draw it at the sample ``x``, ones unless given; ``options`` as in `draw`."""
        return super().draw(_ones(len(self.w)) if x is None else x, **options)

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
        seed: Seed = None,
        expand: bool = False,
        *,
        nonlin: bool = True,
    ) -> None:
        nout = check_size(nout, "Layer")
        if nout < 1:
            raise ValueError(say("no_neurons", n=nout))
        rng = generator(seed)
        self.neurons: list[Neuron] = [
            Neuron(nin, activation, init, rng, expand, fan_out=nout, nonlin=nonlin)
            for _ in range(nout)
        ]
        self.label_parameters()

    if TYPE_CHECKING:

        def __call__(self, x: Inputs) -> Value | list[Value]: ...  # noqa: D102

    def forward(self, x: Inputs) -> Value | list[Value]:
        """Compute a list of nout Values for nin numbers; one Value when nout is 1."""
        out = self.fire(as_inputs(x, len(self.neurons[0].w), "Layer"))
        return out[0] if len(out) == 1 else out

    def fire(self, x: list[Value]) -> list[Value]:
        """Give the list of outputs, whatever its length, for Values known to be nin."""
        return [neuron.fire(x) for neuron in self.neurons]

    def neurons_of_layer(self) -> list[Neuron]:
        """Give its neurons."""
        return self.neurons

    def draw(self, x: Inputs | None = None, **options: Any) -> "Drawing":
        """Draw it at the sample ``x``, ones unless given; ``options`` as in `draw`."""
        nin = len(self.neurons[0].w)
        return super().draw(_ones(nin) if x is None else x, **options)

    def __repr__(self) -> str:
        first = self.neurons[0]
        shape = f"{len(first.w)}, {len(self.neurons)}"
        return f"Layer({shape}, activation={first.activation!r})"


class MLP(Module):
    """A multi-layer perceptron: layers one after the other.

    ``nouts``: the width of each layer. ``activation``: one for all but the last layer,
    which is linear; or a list, one for each layer. ``init``: likewise one, or one for
    each layer. Raises TypeError for widths that are no list of whole numbers, and
    ValueError for a width below 1 or an unknown name.

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
        seed: Seed = None,
        expand: bool = False,
    ) -> None:
        widths = check_widths(nin, nouts, activation, init)
        activations = per_layer(activation, len(widths), "activation")
        for each in activations:
            check_activation(each)
        if not isinstance(activation, list | tuple):
            activations[-1] = None
        inits = per_layer(init, len(widths), "init")
        rng = generator(seed)
        sizes = [nin, *widths]
        self.layers: list[Layer] = [
            Layer(sizes[i], sizes[i + 1], activations[i], inits[i], rng, expand)
            for i in range(len(widths))
        ]
        self.label_parameters()

    if TYPE_CHECKING:

        def __call__(self, x: Inputs) -> Value | list[Value]: ...  # noqa: D102

    def forward(self, x: Inputs) -> Value | list[Value]:
        """Compute the last layer's Values for nin numbers; one Value of one neuron."""
        out = as_inputs(x, self._nin(), "MLP")
        for layer in self.layers:
            out = layer.fire(out)
        return out[0] if len(out) == 1 else out

    def _nin(self) -> int:
        return len(self.layers[0].neurons[0].w)

    def architecture(self) -> dict[str, Any] | None:
        """Give the arguments of `MLP`.

        None for a class of your own, for an activation without a name, and for neurons
        of one layer that differ.
        """
        firsts = [layer.neurons[0] for layer in self.layers]
        activations = [first.activation for first in firsts]
        of_its_own = type(self) is not MLP or any(callable(a) for a in activations)
        if of_its_own or not all(_are_alike(layer) for layer in self.layers):
            return None
        if len({first.expand for first in firsts}) > 1:
            return None
        return {
            "nin": self._nin(),
            "nouts": [len(layer.neurons) for layer in self.layers],
            "activation": activations,
            "init": [first.init for first in firsts],
            "expand": firsts[0].expand,
        }

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> "MLP":
        """Build the model again that `save` wrote to a file.

        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "model.json")
        ...     MLP(2, [3, 1], "tanh").save(path)
        ...     MLP.from_file(path)
        MLP(2, [3, 1], activation=['tanh', None])
        """
        return save.rebuild(cls, path)

    def draw(self, x: Inputs | None = None, **options: Any) -> "Drawing":
        """Draw it at the sample ``x``, ones unless given; ``options`` as in `draw`.

        >>> "neuron" in MLP(2, [3, 1], seed=0).draw().source
        True
        """
        return super().draw(_ones(self._nin()) if x is None else x, **options)

    def __repr__(self) -> str:
        widths = [len(layer.neurons) for layer in self.layers]
        activations = [layer.neurons[0].activation for layer in self.layers]
        return f"MLP({self._nin()}, {widths}, activation={activations})"


def _are_alike(layer: Layer) -> bool:
    """Whether all neurons of a layer were made in one way."""
    first = layer.neurons[0]
    made = (first.activation, first.init, first.expand)
    return all((n.activation, n.init, n.expand) == made for n in layer.neurons)


def _ones(nin: int) -> list[Value]:
    """A sample to look at a network with."""
    return [Value(1.0, f"x{i}") for i in range(nin)]
