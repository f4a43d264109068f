"""To PyTorch and back, for whoever outgrows a scalar engine.

PyTorch is imported when it is asked for, and not before.
"""

from collections.abc import Mapping
from functools import cache
from math import isclose
from typing import Any

from ..engine import FLOATS, OPS, Op
from ..nn import MLP, Module
from ..text import listed
from .layers import LinearLayer, layers_of, mlp_of, needed
from .messages import say

# What PyTorch's modules need to be told to compute what the table says. Softplus is x
# above its threshold, 20, where it is still 2e-9 more.
_SETTINGS: Mapping[str, Mapping[str, Any]] = {"Softplus": {"threshold": 40.0}}

# Where an activation of PyTorch is compared with that of the table.
_PLACES = (-15.0, -2.0, -1.0, -0.1, 0.0, 0.1, 1.0, 2.0, 15.0)


def to_torch(model: Module) -> Any:
    """Make a `torch.nn.Sequential` of an MLP, Layer or Neuron, in float64.

    It is made of Linear and activation modules and takes a tensor of shape (samples,
    inputs) to one of shape (samples, outputs), equal to the model's outputs but for
    rounding. An activation without a module in PyTorch becomes one that calls its
    function. Raises ImportError without PyTorch, TypeError for another class and
    ValueError for an activation that is a function of your own.

    >>> to_torch(MLP(2, [16, 1], seed=0))
    Sequential(
      (0): Linear(in_features=2, out_features=16, bias=True)
      (1): ReLU()
      (2): Linear(in_features=16, out_features=1, bias=True)
    )
    """
    torch = needed("torch", "to_torch")
    modules = []
    for layer in layers_of(model, "to_torch"):
        modules.append(_torch_linear(torch, layer))
        if layer.activation is not None:
            modules.append(_torch_activation(torch, layer.activation))
    return torch.nn.Sequential(*modules)


def _torch_linear(torch: Any, layer: LinearLayer) -> Any:
    # skip_init: PyTorch's random state stays as it is
    linear = torch.nn.utils.skip_init(
        torch.nn.Linear,
        in_features=len(layer.weight[0]),
        out_features=len(layer.weight),
        dtype=torch.float64,
    )
    with torch.no_grad():
        linear.weight.copy_(torch.tensor(layer.weight, dtype=torch.float64))
        linear.bias.copy_(torch.tensor(layer.bias, dtype=torch.float64))
    return linear


def _torch_activation(torch: Any, op: Op) -> Any:
    kind = _torch_class(torch, op)
    if kind is not None:
        return kind(**_SETTINGS.get(kind.__name__, {}))
    if not hasattr(torch, op.name):
        raise ValueError(say("not_in_torch", name=op.name))
    return _function_class(torch)(op.name)


def _torch_class(torch: Any, op: Op) -> Any:
    """PyTorch's module of the same name, None if it has none: LeakyReLU, leaky_relu."""
    wanted = op.name.replace("_", "")
    for name in dir(torch.nn):
        if name.lower() == wanted:
            return getattr(torch.nn, name)
    return None


@cache
def _function_class(torch: Any) -> Any:
    """The class of a module that calls a function; made once PyTorch is there."""

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


def from_torch(module: Any) -> MLP:
    """Make an MLP that computes what a `torch.nn.Sequential` does.

    It may hold Linear and activation modules, Identity and Sequentials again; a Linear
    without bias gets a bias of 0. Raises ValueError, with the place, for any other
    module and for an activation that differs from the table's (a LeakyReLU of another
    slope, a GELU approximated by tanh).

    >>> from torch.nn import Linear, Sequential, Tanh
    >>> from_torch(Sequential(Linear(2, 8), Tanh(), Linear(8, 3)))
    MLP(2, [8, 3], activation=['tanh', None])
    """
    torch = needed("torch", "from_torch")
    if not isinstance(module, torch.nn.Module):
        raise TypeError(say("no_module", given=repr(module)))
    nin = 0
    layers: list[LinearLayer] = []
    for where, part in _in_order(torch, module):
        if type(part) is torch.nn.Linear:
            if not layers:
                nin = part.in_features
            layers.append(_checked_linear(part, where, layers))
        else:
            op = _checked_activation(torch, part, where)
            if not layers or layers[-1].activation is not None:
                raise ValueError(say("alone", where=where))
            layers[-1] = layers[-1]._replace(activation=op)
        _refuse_hooks(part, where)
    if not layers:
        raise ValueError(say("no_linear"))
    return mlp_of(nin, layers, "from_torch")


def _in_order(torch: Any, module: Any) -> list[tuple[str, Any]]:
    """The modules in the order they run, opened, each with its place for errors."""
    found = []
    stack = [("module", module)]
    while stack:
        name, part = stack.pop()
        first_line, *_ = str(part).splitlines()
        where = f"from_torch: {name}, {first_line}"
        if type(part) not in (torch.nn.Sequential, torch.nn.Identity):
            found.append((where, part))
            continue
        _refuse_hooks(part, where)
        if type(part) is torch.nn.Sequential:
            inner = [(f"{name}[{i}]", child) for i, child in enumerate(part)]
            stack += reversed(inner)
    return found


def _refuse_hooks(part: Any, where: str) -> None:
    if part._forward_hooks or part._forward_pre_hooks:
        raise ValueError(say("hooks", where=where))


def _checked_linear(linear: Any, where: str, before: list[LinearLayer]) -> LinearLayer:
    """The numbers of a Linear that stands after the layers ``before``."""
    nin = linear.in_features
    if before and nin != len(before[-1].weight):
        n = len(before[-1].weight)
        raise ValueError(say("sizes", where=where, nin=nin, n=n))
    if linear.weight.is_complex():
        raise ValueError(say("complex", where=where))
    bias = [0.0] * linear.out_features
    if linear.bias is not None:
        bias = linear.bias.double().tolist()
    return LinearLayer(linear.weight.double().tolist(), bias, None)


def _checked_activation(torch: Any, part: Any, where: str) -> Op:
    """The row of the table that a module of PyTorch computes."""
    if type(part) is _function_class(torch):
        return OPS[part.name]
    classes = {}
    for op in OPS.values():
        kind = _torch_class(torch, op) if op.is_activation else None
        if kind is not None:
            classes[kind] = op
    if type(part) not in classes:
        names = [kind.__name__ for kind in classes]
        known = listed(names, most=len(names))
        raise ValueError(say("unsupported", where=where, known=known))
    found = classes[type(part)]
    _compare(torch, part, found, where)
    return found


def _compare(torch: Any, part: Any, op: Op, where: str) -> None:
    """Raise ValueError where a module of PyTorch is not what the row says."""
    settings = [] if op.default is None else [op.default]
    for x in _PLACES:
        theirs = part(torch.tensor([x], dtype=torch.float64)).item()
        ours = FLOATS[op.name](x, *settings)
        if not isclose(theirs, ours, rel_tol=1e-9, abs_tol=1e-12):
            numbers = {"x": repr(x), "theirs": repr(theirs), "ours": repr(ours)}
            raise ValueError(say("other_curve", where=where, name=op.name, **numbers))
