"""A scalar autograd engine to read, step through and see.

>>> import micrograd_kr as mk
>>> x = mk.Value(1.0)
>>> y = mk.log(x) + mk.maximum(x, 0.5)  # every op of the table is a function here
>>> y.backward(); x.grad
2.0
"""

from collections.abc import Callable

from .engine import FUNCTIONS, Step, Value, as_value
from .gradients import grad, gradcheck
from .nn import MLP, Layer, Module, Neuron, one_hot, softmax
from .ops import OPS, Op
from .record import no_grad

__all__ = [
    "MLP",
    "OPS",
    "Layer",
    "Module",
    "Neuron",
    "Op",
    "Step",
    "Value",
    "as_value",
    "grad",
    "gradcheck",
    "no_grad",
    "one_hot",
    "softmax",
]


def __getattr__(name: str) -> Callable[..., Value]:
    try:
        return FUNCTIONS[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None


def __dir__() -> list[str]:
    return sorted([*globals(), *FUNCTIONS])
