"""The engine: numbers that remember how they were computed, and the chain rule.

``ops`` is the table, ``value`` the graph and `backward`, ``record`` how an operation is
written down, ``gradients`` the functional form.
"""

from .gradients import grad, gradcheck
from .ops import FLOATS, OPS, Op
from .record import no_grad, number
from .value import FUNCTIONS, Number, Step, Value, as_value, mark_compared

__all__ = [
    "FLOATS",
    "FUNCTIONS",
    "OPS",
    "Number",
    "Op",
    "Step",
    "Value",
    "as_value",
    "grad",
    "gradcheck",
    "mark_compared",
    "no_grad",
    "number",
]
