"""A scalar autograd engine to read, step through and see.

>>> import micrograd_kr as mk
>>> x = mk.Value(1.0)
>>> y = mk.log(x) + mk.maximum(x, 0.5)  # every op of the table is a function here
>>> y.backward(); x.grad
2.0

What there is, room by room; each name below is loaded when it is first used:

=============  =======================================================================
``engine``     `Value`, `grad`, `no_grad`, `record_lines`, the table `OPS`;
               `jacobian`, `hessian`, `jvp`, `gradcheck`
``nn``         `Neuron`, `Layer`, `MLP`, `Module`, `softmax`, losses, optimizers
``picture``    `draw`: a graph as a picture
``stepper``    `Stepper`: backpropagation one node at a time
``training``   `fit`, toy data, plots, `watch`: the page where it learns
``compiler``   `compile`: the recorded scalars as an array program
``pages``      the pages that play the steps and that train
``export``     PyTorch and ONNX
``practice``   a learner's own engine, checked; a quiz
``course``     the lessons as a site
``cli``        ``python -m micrograd_kr``
``text``       the words, in Korean and English
=============  =======================================================================
"""

import builtins
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

from .engine import FUNCTIONS
from .engine import Value as _Value

if TYPE_CHECKING:
    from . import compiler as compiler
    from . import course as course
    from . import engine as engine
    from . import nn as nn
    from . import pages as pages
    from . import picture as picture
    from . import practice as practice
    from . import stepper as stepper
    from . import text as text
    from . import training as training
    from .compiler import compile as compile
    from .engine import (
        OPS,
        Edge,
        Op,
        Value,
        as_value,
        grad,
        gradcheck,
        hessian,
        jacobian,
        jvp,
        no_grad,
    )
    from .engine import record_lines as record_lines
    from .engine.operations import *  # noqa: F403  # every op of the table
    from .nn import MLP, Layer, Module, Neuron, one_hot, softmax
    from .picture import draw
    from .stepper import Stepper
    from .training import fit, watch

__all__ = [
    "MLP",
    "OPS",
    "Edge",
    "Layer",
    "Module",
    "Neuron",
    "Op",
    "Stepper",
    "Value",
    "as_value",
    "draw",
    "fit",
    "grad",
    "gradcheck",
    "hessian",
    "jacobian",
    "jvp",
    "no_grad",
    "one_hot",
    "record_lines",
    "softmax",
    "watch",
]

_ROOMS: dict[str, tuple[str, ...]] = {
    "engine": (
        "OPS",
        "Op",
        "Edge",
        "Value",
        "as_value",
        "grad",
        "gradcheck",
        "hessian",
        "jacobian",
        "jvp",
        "no_grad",
        "record_lines",
    ),
    "nn": ("MLP", "Layer", "Module", "Neuron", "one_hot", "softmax"),
    "picture": ("draw",),
    "stepper": ("Stepper",),
    "compiler": ("compile",),
    "training": ("fit", "watch"),
    "pages": (),
    "export": (),
    "practice": (),
    "course": (),
    "cli": (),
    "text": (),
}
_HOME = {name: room for room, names in _ROOMS.items() for name in names}


if not TYPE_CHECKING:  # who checks types knows the names above, and no others
    # `import *` brings the ops too, and leaves Python's own names alone: abs, sum, pow
    __all__ += [name for name in FUNCTIONS if not hasattr(builtins, name)]

    def __getattr__(name: str) -> Any:
        if name in FUNCTIONS:
            return FUNCTIONS[name]
        if name in _ROOMS:
            return import_module(f".{name}", __name__)
        if name not in _HOME:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f".{_HOME[name]}", __name__), name)


def _draw(value: "Value", **options: Any) -> Any:
    """Draw the graph below: ``x.draw()`` is ``draw(x)``.

    >>> (_Value(2.0) * 3).draw()
    Drawing(1 edges; .show() opens it, .save('graph.svg') writes it)
    """
    from .picture import draw

    return draw(value, **options)


# The engine knows no picture: the face, above both, gives a Value its `draw`.
_Value.draw = _draw  # type: ignore[assignment]


def _in_a_notebook(
    value: "Value", include: Any = None, exclude: Any = None
) -> dict[str, str]:
    """Show what was computed as its picture; a leaf or a large graph as text."""
    shown = {"text/plain": repr(value)}
    if value.op is None:
        return shown
    # too large to be read, or no Graphviz
    with suppress(ValueError, RuntimeError):
        shown["image/svg+xml"] = _draw(value, max_nodes=_NODES_SHOWN).svg()
    return shown


_NODES_SHOWN = 60
_Value._repr_mimebundle_ = _in_a_notebook  # type: ignore[attr-defined]


def __dir__() -> list[str]:
    """Give what there is: the names, the ops, the rooms."""
    special = [name for name in globals() if name.startswith("__")]
    return sorted({*special, *_HOME, *FUNCTIONS, *_ROOMS})
