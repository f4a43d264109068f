"""The engine: numbers that remember how they were computed, and the chain rule.

``ops`` is the table, ``value`` the graph and `backward`, ``record`` how an operation is
written down, ``gradients`` the functional form.
"""

from .gradients import grad, gradcheck
from .ops import FLOATS, OPS, Op
from .record import check_number, no_grad
from .value import FUNCTIONS, Edge, Number, Value, as_value, mark_compared

__all__ = [
    "FLOATS",
    "FUNCTIONS",
    "OPS",
    "Edge",
    "Number",
    "Op",
    "Value",
    "as_value",
    "check_number",
    "grad",
    "gradcheck",
    "mark_compared",
    "no_grad",
]
