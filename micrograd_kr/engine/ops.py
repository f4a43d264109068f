"""The table of operations: one op is one row, and everything else reads it here.

A row holds the value and the local partials as text, in the names of its operands and
of ``out``, the value itself. The same text is read by floats (`FLOATS`), by Values
(gradients that are graphs), by the stepper and the picture, which print it, and by the
compiler, which parses it. Adding an op is adding a row: no other file changes.

An operand written ``*x`` is a list of any length; its partial holds for each element.

>>> OPS["tanh"].partials
('1 - out * out',)
>>> FLOATS["sigmoid"](0.0)  # every op as a function of floats
0.5
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul
from typing import Any


@dataclass(frozen=True, slots=True, eq=False)
class Op:
    """One operation: how it is written, what it is worth, how it is differentiated.

    ``operands`` names them: a name with a star is a list, its partial holds for each
    element. ``domain`` is where the value and every partial exist, as an expression.

    >>> OPS["pow"].forward, OPS["pow"].partials[0]
    ('pow(x, y)', 'y * pow(x, y - 1) if y != 0 else 0.0')
    """

    name: str
    symbol: str
    forward: str
    partials: tuple[str, ...]
    operands: tuple[str, ...] = ("x",)
    domain: str = "True"
    method: str = ""  # the method of Value it becomes; its name unless said otherwise
    default: float | None = None  # what the last operand is when left out

    def __post_init__(self) -> None:
        object.__setattr__(self, "method", self.method or self.name)

    @property
    def names(self) -> tuple[str, ...]:
        """The operands' names as the text uses them, without stars."""
        return tuple(name.lstrip("*") for name in self.operands)

    @property
    def variadic(self) -> bool:
        """Whether it takes lists of operands."""
        return self.operands[0].startswith("*")

    @property
    def is_sign(self) -> bool:
        """Whether it is written as a sign between or before its operands."""
        return set(self.symbol) <= set("+-*/")

    @property
    def is_activation(self) -> bool:
        """Whether a neuron can end in it: a function of one number, and no sign.

        A second operand with a default is a setting of the curve, as in ``leaky_relu``.
        """
        needed = len(self.operands) - (self.default is not None)
        return needed == 1 and not self.variadic and not self.is_sign

    def lengths(self, operands: int) -> tuple[int, int]:
        """How long each list is with so many operands in all, and how many lists."""
        lists = sum(name.startswith("*") for name in self.operands)
        singles = len(self.operands) - lists
        return (operands - singles) // lists, lists

    def split(self, operands: Sequence[Any]) -> list[Any]:
        """The operands of a variadic op, one list or single one for each name.

        >>> OPS["linear"].split([1, 2, 3, 4, 5])
        [[1, 2], [3, 4], 5]
        """
        n, lists = self.lengths(len(operands))
        cut = [list(operands[i * n : (i + 1) * n]) for i in range(lists)]
        return [*cut, *operands[lists * n :]]

    def names_of(self, operands: int) -> list[str]:
        """A name for each operand: those of a list are numbered.

        >>> OPS["linear"].names_of(5)
        ['w0', 'w1', 'x0', 'x1', 'b']
        """
        if not self.variadic:
            return list(self.names)
        n, lists = self.lengths(operands)
        numbered = []
        for name in self.names[:lists]:
            numbered += [f"{name}{i}" for i in range(n)]
        return [*numbered, *self.names[lists:]]


def _dot(x: Sequence[float], y: Sequence[float]) -> float:
    return sum(map(mul, x, y), 0.0)


def _logsumexp(x: Sequence[float]) -> float:
    top = max(x)  # the largest exponent becomes 0: nothing overflows
    return top + math.log(sum([math.exp(v - top) for v in x]))


# What the text means on floats; ops not listed are added below, from their own rows.
FLOATS: dict[str, Any] = {
    "exp": math.exp,
    "expm1": math.expm1,
    "log": math.log,
    "log1p": math.log1p,
    "log2": math.log2,
    "log10": math.log10,
    "sqrt": math.sqrt,
    "hypot": math.hypot,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "tanh": math.tanh,
    "erf": math.erf,
    "pow": math.pow,
    "abs": abs,
    "sum": math.fsum,
    "dot": _dot,
    "logsumexp": _logsumexp,
    "pi": math.pi,
}

_XY = ("x", "y")

# Where a derivative has a choice, it is PyTorch's: relu and abs have 0 at 0, equal
# arguments of maximum and minimum get half each, x ** 0 has 0 everywhere, 0 ** y has 0
# with respect to y, clip has 1 at its borders, and is hi where lo > hi.
OPS: dict[str, Op] = {
    op.name: op
    for op in (
        Op("add", "+", "x + y", ("1.0", "1.0"), _XY, method="__add__"),
        Op("sub", "-", "x - y", ("1.0", "-1.0"), _XY, method="__sub__"),
        Op("mul", "*", "x * y", ("y", "x"), _XY, method="__mul__"),
        Op(
            "div",
            "/",
            "x / y",
            ("1 / y", "-out / y"),
            _XY,
            "y != 0",
            method="__truediv__",
        ),
        Op(
            "pow",
            "**",
            "pow(x, y)",
            ("y * pow(x, y - 1) if y != 0 else 0.0", "out * log(x) if x != 0 else 0.0"),
            _XY,
            "x > 0 or x == 0 and (y == 0 or y >= 1)",
            method="__pow__",
        ),
        Op("neg", "-", "-x", ("-1.0",), method="__neg__"),
        Op(
            "abs",
            "abs",
            "abs(x)",
            ("1.0 if x > 0 else -1.0 if x < 0 else 0.0",),
            method="__abs__",
        ),
        Op(
            "maximum",
            "max",
            "x if x > y else y",
            (
                "1.0 if x > y else 0.5 if x == y else 0.0",
                "0.0 if x > y else 0.5 if x == y else 1.0",
            ),
            _XY,
        ),
        Op(
            "minimum",
            "min",
            "x if x < y else y",
            (
                "1.0 if x < y else 0.5 if x == y else 0.0",
                "0.0 if x < y else 0.5 if x == y else 1.0",
            ),
            _XY,
        ),
        Op(
            "clip",
            "clip",
            "minimum(maximum(x, lo), hi)",
            (
                "0.0 if x < lo else 0.0 if x > hi else 1.0",
                "0.0 if x >= lo else 0.0 if lo >= hi else 1.0",
                "1.0 if x > hi else 1.0 if lo > hi else 0.0",
            ),
            ("x", "lo", "hi"),
        ),
        Op("exp", "exp", "exp(x)", ("out",)),
        Op("log", "log", "log(x)", ("1 / x",), domain="x > 0"),
        Op("log2", "log2", "log2(x)", ("1 / (x * log(2))",), domain="x > 0"),
        Op("log10", "log10", "log10(x)", ("1 / (x * log(10))",), domain="x > 0"),
        Op("sqrt", "sqrt", "sqrt(x)", ("0.5 / out",), domain="x > 0"),
        Op(
            "hypot",
            "hypot",
            "hypot(x, y)",
            ("x / out", "y / out"),
            _XY,
            "x != 0 or y != 0",
        ),
        Op("sin", "sin", "sin(x)", ("cos(x)",)),
        Op("cos", "cos", "cos(x)", ("-sin(x)",)),
        Op("tan", "tan", "tan(x)", ("1 + out * out",)),
        Op(
            "asin",
            "asin",
            "asin(x)",
            ("1 / sqrt((1 - x) * (1 + x))",),
            domain="-1 < x < 1",
        ),
        Op(
            "acos",
            "acos",
            "acos(x)",
            ("-1 / sqrt((1 - x) * (1 + x))",),
            domain="-1 < x < 1",
        ),
        Op("atan", "atan", "atan(x)", ("1 / (1 + x * x)",)),
        Op("sinh", "sinh", "sinh(x)", ("cosh(x)",)),
        Op("cosh", "cosh", "cosh(x)", ("sinh(x)",)),
        Op("tanh", "tanh", "tanh(x)", ("1 - out * out",)),
        Op("erf", "erf", "erf(x)", ("2 / sqrt(pi) * exp(-x * x)",)),
        Op(
            "sigmoid",
            "σ",
            "exp(minimum(x, 0.0)) / (1 + exp(-abs(x)))",
            ("out * (1 - out)",),
        ),
        Op(
            "softplus",
            "softplus",
            "maximum(x, 0.0) + log1p(exp(-abs(x)))",
            ("sigmoid(x)",),
        ),
        Op("relu", "ReLU", "x if x > 0 else 0.0", ("1.0 if x > 0 else 0.0",)),
        Op(
            "leaky_relu",
            "LeakyReLU",
            "x if x > 0 else x * y",
            ("1.0 if x > 0 else y", "0.0 if x > 0 else x"),
            _XY,
            default=0.01,
        ),
        Op(
            "elu",
            "ELU",
            "maximum(x, 0.0) + y * expm1(minimum(x, 0.0))",
            (
                "1.0 if x > 0 else y * exp(minimum(x, 0.0))",
                "exp(minimum(x, 0.0)) - 1",
            ),
            _XY,
            default=1.0,
        ),
        Op(
            "silu",
            "SiLU",
            "x * sigmoid(x)",
            ("sigmoid(x) * (1 + x * (1 - sigmoid(x)))",),
        ),
        Op(
            "gelu",
            "GELU",
            "0.5 * x * (1 + erf(x * sqrt(0.5)))",
            ("0.5 * (1 + erf(x * sqrt(0.5))) + x * exp(-0.5 * x * x) / sqrt(2 * pi)",),
        ),
        Op("sum", "Σ", "sum(x)", ("1.0",), ("*x",)),
        Op("dot", "·", "dot(x, y)", ("y", "x"), ("*x", "*y")),
        Op("linear", "w·x+b", "dot(w, x) + b", ("x", "w", "1.0"), ("*w", "*x", "b")),
        Op(
            "logsumexp",
            "logsumexp",
            "logsumexp(x)",
            ("exp(x - out)",),
            ("*x",),
            "len(x) > 0",
        ),
    )
}

for _op in OPS.values():  # in order: a row may use the rows above it
    if _op.name not in FLOATS:
        _text = f"lambda {', '.join(_op.names)}: {_op.forward}"
        FLOATS[_op.name] = eval(_text, FLOATS)
