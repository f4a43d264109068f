"""To PyTorch and back, for whoever outgrows a scalar engine.

PyTorch is imported when it is asked for, and not before.
"""

import importlib
import math
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from ..engine import FLOATS, OPS, Op, check_number
from ..nn import MLP, Layer, Module, Neuron


class LinearLayer(NamedTuple):
    """A layer in numbers: ``weight`` has a row for each neuron, ``activation`` is a row of the table."""

    weight: list[list[float]]
    bias: list[float]
    activation: Op | None


def layers_of(model: Module, what: str) -> list[LinearLayer]:
    """The layers of an MLP, a Layer or a Neuron; an error for what computes in another way."""
    if getattr(type(model), "forward", None) not in (
        MLP.forward,
        Layer.forward,
        Neuron.forward,
    ):
        raise TypeError(
            f"{what} knows MLP, Layer and Neuron; what {type(model).__name__} computes is in its own code"
        )
    layers = model.layers if isinstance(model, MLP) else [model]
    found = []
    for i, layer in enumerate(layers):
        neurons: list[Any] = layer.neurons if isinstance(layer, Layer) else [layer]
        first = neurons[0].activation
        for n in neurons:
            if callable(n.activation):
                raise ValueError(
                    f"{what}: the activation of layer {i} is a function; one known by name is needed"
                )
            if n.activation != first:
                raise ValueError(
                    f"{what}: layer {i} has neurons of {first!r} and of {n.activation!r}"
                )
        numbers = [
            [check_number(p.data, f"{what}: {p.label}") for p in (*n.w, n.b)]
            for n in neurons
        ]
        found.append(
            LinearLayer(
                [row[:-1] for row in numbers],
                [row[-1] for row in numbers],
                OPS[first] if first else None,
            )
        )
    return found


def import_or_say(name: str, what: str) -> Any:
    """The module ``name``, or an ImportError that says what to install."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ImportError(f"{what} needs {name}: pip install {name}") from error


# ---- PyTorch ------------------------------------------------------------------------------------

# What PyTorch's modules need to be told to compute what the table says. Softplus is x above its
# threshold, 20, where it is still 2e-9 more.
_TOLD: Mapping[str, Mapping[str, Any]] = {"Softplus": {"threshold": 40.0}}


def to_torch(model: Module) -> Any:
    """An MLP, Layer or Neuron as `torch.nn.Sequential` of Linear and activation modules, in float64.

    Takes a tensor of shape (samples, inputs) to one of shape (samples, outputs), equal to the model's
    outputs but for rounding. An activation without a module in PyTorch becomes one that calls its
    function. Raises ImportError without PyTorch, TypeError for another class and ValueError for an
    activation that is a function of your own.

    >>> to_torch(MLP(2, [16, 1], seed=0))
    Sequential(
      (0): Linear(in_features=2, out_features=16, bias=True)
      (1): ReLU()
      (2): Linear(in_features=16, out_features=1, bias=True)
    )
    """
    torch = import_or_say("torch", "to_torch")
    modules = []
    for layer in layers_of(model, "to_torch"):
        # skip_init: PyTorch's random state stays as it is
        linear = torch.nn.utils.skip_init(
            torch.nn.Linear,
            len(layer.weight[0]),
            len(layer.weight),
            dtype=torch.float64,
        )
        with torch.no_grad():
            linear.weight.copy_(torch.tensor(layer.weight, dtype=torch.float64))
            linear.bias.copy_(torch.tensor(layer.bias, dtype=torch.float64))
        modules.append(linear)
        if layer.activation is not None:
            modules.append(_torch_activation(torch, layer.activation))
    return torch.nn.Sequential(*modules)


def from_torch(module: Any) -> MLP:
    """An MLP that computes what a `torch.nn.Sequential` of Linear and activation modules does.

    Sequentials inside it and Identity are fine; a Linear without bias gets a bias of 0. Raises
    ValueError, with the place, for any other module and for an activation that differs from the
    table's (a LeakyReLU of another slope, a GELU approximated by tanh).

    >>> import torch
    >>> from_torch(torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.Tanh(), torch.nn.Linear(8, 3)))
    MLP(2, [8, 3], activation=['tanh', None])
    """
    torch = import_or_say("torch", "from_torch")
    if not isinstance(module, torch.nn.Module):
        raise TypeError(f"from_torch: {module!r} is not a module of PyTorch")
    linears: list[Any] = []
    activations: list[str | None] = []
    for where, m in _in_order(torch, module):
        if type(m) is torch.nn.Linear:
            if linears and m.in_features != linears[-1].out_features:
                raise ValueError(
                    f"{where} takes {m.in_features} inputs after {linears[-1].out_features} outputs"
                )
            if m.weight.is_complex():
                raise ValueError(f"{where} has complex weights; a Value is real")
            linears.append(m)
            activations.append(None)
        else:
            op = _op_of(torch, m, where)
            if not linears or activations[-1] is not None:
                raise ValueError(
                    f"{where} does not follow a Linear; an MLP has one activation after each"
                )
            activations[-1] = op.name
        _refuse_hooks(m, where)
    if not linears:
        raise ValueError("from_torch: there is no Linear in it")
    model = MLP(
        linears[0].in_features, [m.out_features for m in linears], activations, seed=0
    )
    for layer, linear in zip(model.layers, linears, strict=True):
        biases = (
            [0.0] * linear.out_features
            if linear.bias is None
            else linear.bias.double().tolist()
        )
        for neuron, row, bias in zip(
            layer.neurons, linear.weight.double().tolist(), biases, strict=True
        ):
            for p, x in zip([*neuron.w, neuron.b], [*row, bias], strict=True):
                p.data = check_number(x, f"from_torch: {p.label}")
    return model


def _in_order(torch: Any, module: Any) -> list[tuple[str, Any]]:
    """Every module but Sequential and Identity, in the order they run, with its place for errors."""
    found = []
    stack = [("module", module)]
    while stack:
        name, m = stack.pop()
        where = f"from_torch: {name}, {str(m).splitlines()[0]},"
        if type(m) not in (torch.nn.Sequential, torch.nn.Identity):
            found.append((where, m))
            continue
        _refuse_hooks(m, where)
        inner = list(m) if type(m) is torch.nn.Sequential else []
        stack += [
            (f"{name}[{i}]", child) for i, child in reversed(list(enumerate(inner)))
        ]
    return found


def _refuse_hooks(m: Any, where: str) -> None:
    if m._forward_hooks or m._forward_pre_hooks:
        raise ValueError(f"{where} has hooks, which may compute anything")


def _torch_class(torch: Any, op: Op) -> Any:
    """PyTorch's module of the same name, None if there is none: leaky_relu is LeakyReLU."""
    wanted = op.name.replace("_", "")
    return next(
        (getattr(torch.nn, name) for name in dir(torch.nn) if name.lower() == wanted),
        None,
    )


@cache
def _torch_function_class(torch: Any) -> Any:
    class Function(torch.nn.Module):  # type: ignore[misc]
        """An elementwise function of PyTorch as a module."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

        def forward(self, x: Any) -> Any:
            return getattr(torch, self.name)(x)

        def extra_repr(self) -> str:
            return self.name

    return Function


def _torch_activation(torch: Any, op: Op) -> Any:
    kind = _torch_class(torch, op)
    if kind is not None:
        return kind(**_TOLD.get(kind.__name__, {}))
    if not hasattr(torch, op.name):
        raise ValueError(f"to_torch: PyTorch has no {op.name}")
    return _torch_function_class(torch)(op.name)


def _op_of(torch: Any, m: Any, where: str) -> Op:
    """The row of the table that a module of PyTorch computes."""
    if type(m) is _torch_function_class(torch):
        return OPS[m.name]
    ours = [op for op in OPS.values() if op.is_activation]
    op = next((op for op in ours if type(m) is _torch_class(torch, op)), None)
    if op is None:
        names = [
            kind.__name__
            for kind in (_torch_class(torch, op) for op in ours)
            if kind is not None
        ]
        raise ValueError(
            f"{where} is not supported; Linear, {', '.join(names)}, Identity and Sequential are"
        )
    defaults = [] if op.default is None else [op.default]
    for x in (-15.0, -2.0, -1.0, -0.1, 0.0, 0.1, 1.0, 2.0, 15.0):
        theirs, own = (
            m(torch.tensor([x], dtype=torch.float64)).item(),
            FLOATS[op.name](x, *defaults),
        )
        if not math.isclose(theirs, own, rel_tol=1e-9, abs_tol=1e-12):
            raise ValueError(
                f"{where} is not the {op.name} of the table: {theirs!r} and not {own!r} at {x!r}"
            )
    return op
