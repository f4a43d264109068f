"""The engine: numbers that remember how they were computed, and the chain rule.

To read it: ``ops`` is the table of operations, ``value`` the graph and `backward`,
``record`` how an operation is written down, ``gradients`` the functional form. The rest
may be skipped: ``graph`` (two orders), ``no_grad``, ``lines`` and ``traced`` (lines of
a program), ``checks`` (errors), ``comparison`` (a number like any other), ``functions``
(a row becomes a function and methods), ``inline`` (what makes it fast).
"""

from .checks import check_number
from .comparison import mark_compared
from .functions import FUNCTIONS
from .gradients import grad, gradcheck, hessian, jacobian, jvp
from .lines import Line, record_lines
from .messages import say
from .no_grad import no_grad
from .ops import FLOATS, OPS, Op
from .value import Edge, Number, Value, as_value

__all__ = [
    "FLOATS",
    "FUNCTIONS",
    "OPS",
    "Edge",
    "Line",
    "Number",
    "Op",
    "Value",
    "as_value",
    "check_number",
    "grad",
    "gradcheck",
    "hessian",
    "jacobian",
    "jvp",
    "mark_compared",
    "no_grad",
    "record_lines",
    "say",
]
