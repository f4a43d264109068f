"""Array expressions: what the emitted program is made of.

An `Expr` knows its operation, its arguments, its shape and whether it holds booleans. Equal expressions
are one object, so nothing is computed twice. The functions here build them, and simplify what a person
would not write: ``x * 1``, a transpose of a transpose, a sum of one thing.

A shape may begin with ROWS, the number of examples of a batch, which only the running program knows. A
number, of shape (), stands for an array of any shape that holds it everywhere.
"""

import math
import operator
import sys
from collections.abc import Callable, Sequence
from typing import Any, Union

import numpy as np
import numpy.typing as npt

from .prelude import FUNCTIONS

ROWS = "n"
Shape = tuple[Any, ...]


class Expr:
    """One array expression; made by the functions of this module only."""

    __slots__ = (
        "op",
        "args",
        "attr",
        "shape",
        "boolean",
        "book",
        "name",
        "note",
        "line",
        "serial",
    )

    op: str
    args: tuple["Expr", ...]
    attr: Any  # what else the operation needs: axes, a function's name, a constant
    shape: Shape
    boolean: bool
    book: dict[Any, "Expr"]  # all expressions of the program, by what they are
    name: Union[
        str, "Expr", None
    ]  # what to call it; an Expr when it is the gradient of that one
    note: str  # a comment for its line
    line: bool  # whether it has a line of its own even when used once
    serial: int

    def __add__(self, other: Any) -> "Expr":
        return total([self, self._wrap(other)])

    def __radd__(self, other: Any) -> "Expr":
        return total([self._wrap(other), self])

    def __sub__(self, other: Any) -> "Expr":
        return total([self, -self._wrap(other)])

    def __rsub__(self, other: Any) -> "Expr":
        return total([self._wrap(other), -self])

    def __mul__(self, other: Any) -> "Expr":
        return mul(self, self._wrap(other))

    def __rmul__(self, other: Any) -> "Expr":
        return mul(self._wrap(other), self)

    def __truediv__(self, other: Any) -> "Expr":
        return div(self, self._wrap(other))

    def __rtruediv__(self, other: Any) -> "Expr":
        return div(self._wrap(other), self)

    def __pow__(self, other: Any) -> "Expr":
        return power(self, self._wrap(other))

    def __rpow__(self, other: Any) -> "Expr":
        return power(self._wrap(other), self)

    def __neg__(self) -> "Expr":
        return self * -1.0

    def _wrap(self, x: Any) -> "Expr":
        return x if isinstance(x, Expr) else const(self.book, x)

    @property
    def scalar(self) -> bool:
        """Whether it is a number known now."""
        return self.op == "const" and self.shape == ()

    @property
    def lead(self) -> Shape:
        """The axis of the examples of a batch, if there is one."""
        return lead(self.shape)


def lead(shape: Shape) -> Shape:
    """The axis of the examples of a batch, if a shape begins with one."""
    return shape[:1] if shape[:1] == (ROWS,) else ()


def make(
    book: dict[Any, Expr],
    op: str,
    args: Sequence[Expr],
    attr: Any,
    shape: Shape,
    boolean: bool = False,
) -> Expr:
    """The expression, a new one only when there is none like it."""
    known = (
        (attr.shape, attr.dtype.str, attr.tobytes())
        if isinstance(attr, np.ndarray)
        else attr
    )
    key = (op, known, shape, *args)
    x = book.get(key)
    if x is None:
        x = book[key] = object.__new__(Expr)
        x.op, x.args, x.attr, x.shape, x.boolean = op, tuple(args), attr, shape, boolean
        x.book, x.name, x.note, x.line, x.serial = book, None, "", False, len(book) - 1
    return x


def named(x: Expr, name: str | Expr, note: str = "", line: bool = False) -> Expr:
    """``x`` with a name for its line of the program, unless it has one."""
    if x.name is None and x.op not in ("name", "const"):
        x.name, x.note, x.line = name, note, line
    return x


def const(book: dict[Any, Expr], value: Any) -> Expr:
    """A number or an array known now."""
    if value.__class__ is float:
        return make(book, "const", (), value, ())
    value = np.asarray(value)
    value = value if value.ndim else value.item()
    boolean = np.asarray(value).dtype.kind == "b"
    return make(book, "const", (), value, np.shape(value), boolean)


def variable(book: dict[Any, Expr], name: str, shape: Shape) -> Expr:
    """A named array given to the program."""
    return make(book, "name", (), name, shape)


# ---- element by element --------------------------------------------------------------------------

_ON_NUMBERS: dict[str, Callable[..., Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
    "neg": operator.neg,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


def elementwise(
    op: str, args: Sequence[Expr], attr: Any = None, boolean: bool = False
) -> Expr:
    """An operation element by element; carried out at once on numbers that are all known."""
    if all(a.op == "const" for a in args):
        function = (
            _ON_NUMBERS[op]
            if op in _ON_NUMBERS
            else _ON_NUMBERS.get(attr) or FUNCTIONS[attr]
        )
        with np.errstate(all="ignore"):
            return const(args[0].book, function(*[np.asarray(a.attr) for a in args]))
    return make(
        args[0].book, op, args, attr, broadcast([a.shape for a in args]), boolean
    )


def broadcast(shapes: Sequence[Shape]) -> Shape:
    """The common shape of arrays that meet in one operation.

    >>> broadcast([(3, 1), ("n", 1, 4), ()])
    ('n', 3, 4)
    """
    shapes = [s for s in shapes if s]
    if not shapes or shapes.count(shapes[0]) == len(shapes):  # the most frequent ones
        return shapes[0] if shapes else ()
    out = []
    for sizes in zip(
        *[(1,) * (max(map(len, shapes)) - len(s)) + s for s in shapes], strict=True
    ):
        wide = {s for s in sizes if s != 1}
        assert len(wide) < 2, f"shapes {shapes} do not fit together"
        out.append(wide.pop() if wide else 1)
    return tuple(out)


def as_float(x: Expr) -> Expr:
    """Ones and zeros for booleans."""
    return (
        elementwise("call", [x, const(x.book, 1.0), const(x.book, 0.0)], "where")
        if x.boolean
        else x
    )


def split(x: Expr) -> tuple[float, Expr | None]:
    """``x`` as a number times the rest; the rest is None for a number."""
    if x.op == "broadcast" and x.args[0].scalar:
        x = x.args[0]
    if x.scalar:
        return float(x.attr), None
    if x.op == "neg":
        return -1.0, x.args[0]
    if x.op == "*" and x.args[0].scalar and mild(x.args[0].attr):
        return float(x.args[0].attr), x.args[1]
    return 1.0, x


def mild(c: float) -> bool:
    """Whether a factor may be moved past sums and products: that a result leaves the floats is not its doing.

    >>> mild(-0.001), mild(1e-200)
    (True, False)
    """
    return c == 0 or 1e-30 < abs(c) < 1e30


def normal(c: float) -> bool:
    """Whether a number has all its digits: no overflow and no underflow has taken any."""
    return sys.float_info.min <= abs(c) <= sys.float_info.max


def summands(x: Expr) -> list[tuple[float, Expr]]:
    """``x`` as a sum of numbers times expressions, seen through additions."""
    out = []
    stack = [(1.0, x)]
    while stack:
        c, x = stack.pop()
        inner = x.args[0] if x.op == "index" and set(x.attr) <= {":", "None"} else x
        if inner.op in ("+", "-") and (
            inner is x or all(y.shape in ((), inner.shape) for y in inner.args)
        ):
            left, right = [
                y if inner is x or not y.shape else index(y, x.attr, x.shape)
                for y in inner.args
            ]
            stack += [(-c if inner.op == "-" else c, right), (c, left)]
        elif x.op == "neg":
            stack.append((-c, x.args[0]))
        else:
            out.append((c, x))
    return out


def scaled(c: float, x: Expr) -> Expr:
    """The number c times x."""
    if c == 1.0:
        return x
    if c == 0.0:
        return const(x.book, 0.0)
    if x.op == "neg":
        return scaled(-c, x.args[0])
    if x.op == "*" and x.args[0].scalar and normal(c * x.args[0].attr):
        return scaled(c * x.args[0].attr, x.args[1])
    return (
        elementwise("neg", [as_float(x)])
        if c == -1.0
        else elementwise("*", [const(x.book, c), x])
    )


def mul(x: Expr, y: Expr) -> Expr:
    """x * y, with the numbers in front, or with the smaller of the two."""
    (c, p), (d, q) = split(x), split(y)
    if p is None and q is None:
        return const(x.book, c * d)
    if p is None or q is None:  # a number times the other, which is taken as it is
        return scaled(d, x) if q is None else scaled(c, y)
    for one, other in ((p, q), (q, p)):
        if _per_row(one) and one.args[0].scalar:  # x * (1 / n) is x / n
            return scaled(c * d, div(other, one.args[1]))
    if p.boolean and q.boolean:
        p = as_float(p)
    if c * d != 1.0:
        full = size(broadcast([p.shape, q.shape]))
        if size(p.shape) < full:
            return elementwise("*", [scaled(c * d, p), q])
        if size(q.shape) < full:
            return elementwise("*", [p, scaled(c * d, q)])
    return scaled(c * d, elementwise("*", [p, q]))


def total(terms: Sequence[Expr]) -> Expr:
    """The sum, with equal terms merged, numbers added up, and a factor that all have outside."""
    if len(terms) == 1:
        return terms[0]
    number = 0.0
    factors: dict[Expr, float] = {}
    for term in terms:
        c, x = split(term)
        if x is None:
            number += c
        else:
            factors[x] = factors.get(x, 0.0) + c
    book = terms[0].book
    if not number and len(factors) > 1 and all(_per_row(x) for x in factors):
        rows = next(iter(factors)).args[1]
        return div(total([x.args[0] * c for x, c in factors.items()]), rows)
    parts = [(c, as_float(x)) for x, c in factors.items() if c]
    if number or not parts:
        parts.append((number, const(book, 1.0)))
    parts.sort(key=lambda part: part[0] < 0)  # one that is added first
    same = (
        abs(parts[0][0])
        if len({abs(c) for c, _ in parts}) == 1 and len(parts) > 1
        else 1.0
    )
    c, x = parts[0]
    out = x * (c / same)
    for c, x in parts[1:]:
        out = elementwise("-" if c < 0 else "+", [out, x * (abs(c) / same)])
    return out * same


def div(x: Expr, y: Expr) -> Expr:
    """x / y."""
    return (
        x if y.scalar and y.attr == 1 else elementwise("/", [as_float(x), as_float(y)])
    )


def power(x: Expr, y: Expr) -> Expr:
    """x ** y; small whole powers as products, which are faster."""
    x, one = as_float(x), const(x.book, 1.0)
    if y.scalar and not x.scalar:
        if y.attr == 0:
            return one
        if y.attr == 1:
            return x
        if y.attr == 3:
            return power(x, const(x.book, 2.0)) * x
        if abs(y.attr) == 0.5:
            root = call("sqrt", x)
            return root if y.attr > 0 else div(one, root)
        if y.attr == -1:
            return div(one, x)
    return elementwise("**", [x, as_float(y)])


def call(name: str, *args: Expr) -> Expr:
    """A function of the array library, element by element."""
    if (
        name == "exp"
    ):  # exp(x - log(sum(exp(x)))) is exp(x) / sum(exp(x)), and logsumexp has made both
        parts = summands(args[0])
        for c, x in parts:
            log = x.args[0] if x.op == "index" else x
            if (
                c == -1.0
                and (log.op, log.attr) == ("call", "log")
                and log.args[0].op in ("sum", "rows")
            ):
                exps, sums = (
                    call(
                        "exp",
                        total([y * d for d, y in parts if y is not x] or [x * 0.0]),
                    ),
                    log.args[0],
                )
                summed = (
                    sums.args[0].args[0]
                    if sums.args[0].op == "transpose"
                    else sums.args[0]
                )
                if summed is exps:
                    return div(exps, sums if log is x else index(sums, x.attr, x.shape))
    return elementwise("call", [as_float(a) for a in args], name)


def compare(symbol: str, x: Expr, y: Expr) -> Expr:
    """x < y and the like: booleans."""
    if (
        symbol == ">"
    ):  # asked of the maximum when there is one: x itself need not be kept
        x = x.book.get(("call", "maximum", broadcast([x.shape, y.shape]), x, y), x)
    return elementwise("compare", [as_float(x), as_float(y)], symbol, boolean=True)


def logical(name: str, *args: Expr) -> Expr:
    """logical_and, logical_or, logical_not."""
    return elementwise("call", args, name, boolean=True)


def where(test: Expr, x: Expr, y: Expr) -> Expr:
    """x where the test holds, else y; maximum and minimum where it is one of them."""
    if test.scalar:
        return x if test.attr else y
    if x is y:
        return x
    if x.scalar and y.scalar and (x.attr, y.attr) == (1, 0):
        return test
    if test.op == "compare" and test.args == (x, y) and test.attr in "<>":
        return call("maximum" if test.attr == ">" else "minimum", x, y)
    return elementwise("call", [test, as_float(x), as_float(y)], "where")


# ---- shapes --------------------------------------------------------------------------------------


def size(shape: Shape) -> int:
    """How many numbers; of one example, when batched.

    >>> size(("n", 3, 4))
    12
    """
    return math.prod(shape[len(lead(shape)) :])


def reshape(x: Expr, shape: Shape) -> Expr:
    """The same numbers in another shape."""
    if x.shape == shape:
        return x
    if x.op == "const":
        return const(x.book, np.reshape(x.attr, shape))
    if x.op == "reshape":
        return reshape(x.args[0], shape)
    if len(x.shape) == 1 and shape == (*x.shape, 1):
        return index(x, (":", "None"), shape)
    return make(x.book, "reshape", (x,), None, shape, x.boolean)


def spread(x: Expr, shape: Shape) -> Expr:
    """``x`` repeated to a larger shape."""
    return (
        x
        if x.shape == shape
        else make(x.book, "broadcast", (as_float(x),), None, shape)
    )


def transpose(x: Expr, order: Sequence[int]) -> Expr:
    """The axes in another order."""
    order = tuple(order)
    if order == tuple(range(len(x.shape))):
        return x
    if x.op == "const":
        return const(x.book, np.transpose(x.attr, order))
    if x.op == "transpose":
        return transpose(x.args[0], [x.attr[k] for k in order])
    if (
        x.op == "@"
        and order == swapped(len(order))
        and all(len(a.shape) == len(order) for a in x.args)
    ):
        return matmul(transpose(x.args[1], order), transpose(x.args[0], order))
    return make(
        x.book, "transpose", (x,), order, tuple([x.shape[k] for k in order]), x.boolean
    )


def swapped(axes: int) -> Shape:
    """The order of axes that transposes matrices."""
    return (*range(axes - 2), axes - 1, axes - 2)


def index(x: Expr, keys: Sequence[str], shape: Shape) -> Expr:
    """``x[keys]``; each key is text, such as ``:``, ``2:10`` or ``None``."""
    keys = tuple(keys)
    while keys and keys[-1] == ":":
        keys = keys[:-1]
    return x if not keys else make(x.book, "index", (x,), keys, shape, x.boolean)


def expand(x: Expr, present: Sequence[bool]) -> Expr:
    """``x`` with an axis of length 1 wherever ``present`` is false; x has the others, in order."""
    if not x.lead:  # leading ones need not be written
        present = present[
            list(present).index(True) if True in present else len(present) :
        ]
    if all(present) or not x.shape:
        return x
    axes = iter(x.shape)
    shape = tuple([next(axes) if p else 1 for p in present])
    return (
        reshape(x, shape)
        if x.op == "const"
        else index(x, [":" if p else "None" for p in present], shape)
    )


def take(x: Expr, positions: npt.NDArray[np.int64]) -> Expr:
    """Any elements of the numbers of ``x``, in any order."""
    flat = reshape(x, (*x.lead, size(x.shape)))
    return make(
        x.book, "take", (flat, const(x.book, positions)), None, x.lead + positions.shape
    )


def concatenate(parts: Sequence[Expr], axis: int) -> Expr:
    """Arrays one after the other along an axis."""
    first = parts[0].shape
    shape = (*first[:axis], sum([p.shape[axis] for p in parts]), *first[axis + 1 :])
    return (
        parts[0]
        if len(parts) == 1
        else make(
            parts[0].book, "concatenate", [as_float(p) for p in parts], axis, shape
        )
    )


def own(x: Expr) -> Expr:
    """``x``, copied when it is a part of an argument or repeats itself: what a program returns is the caller's."""
    shared = x.shape and base(x).op in ("name", "const", "broadcast")
    return make(x.book, "copy", (x,), None, x.shape) if shared else x


def base(x: Expr) -> Expr:
    """What ``x`` is a view of; itself when it is none."""
    while x.op in ("index", "reshape", "transpose"):
        x = x.args[0]
    return x


# ---- sums ----------------------------------------------------------------------------------------


def sum_over(x: Expr, axes: Sequence[int]) -> Expr:
    """The sum over axes, which disappear."""
    if not axes:
        return x
    left = tuple([n for k, n in enumerate(x.shape) if k not in axes])
    c, rest = split(x)
    if rest is None:
        gone = [x.shape[k] for k in axes]
        return spread(times(const(x.book, c), gone), left)
    if c != 1.0 and x.name is None:
        return scaled(c, sum_over(spread(rest, x.shape), axes))
    if not left and (x.op == "transpose" or (x.op == "reshape" and not x.lead)):
        return sum_over(x.args[0], range(len(x.args[0].shape)))
    if x.op == "einsum" and not left:
        of_x, of_y = x.attr.split("->")[0].split(",")
        sizes = dict(zip(of_x + of_y, x.args[0].shape + x.args[1].shape, strict=True))
        return contract(x.args[0], of_x, x.args[1], of_y, "", sizes)
    if len(axes) == 1 and len(x.shape) < 3 and x.shape[axes[0]] != ROWS:
        # as a product with ones, which takes half the time for small arrays
        x = transpose(x, (1 - axes[0], axes[0])) if left else x
        return make(x.book, "rows", (as_float(x),), f"ones{x.shape[-1]}", left)
    return make(x.book, "sum", (as_float(x),), tuple(axes), left)


def times(x: Expr, sizes: Sequence[Any]) -> Expr:
    """``x`` as often as an array of these sizes has elements."""
    if not sizes:
        return x
    x = x * float(size(tuple(sizes)))
    if ROWS not in sizes:
        return x
    c, rest = split(x)
    return (
        rest.args[0] * c
        if rest is not None and _per_row(rest)
        else x * variable(x.book, ROWS, ())
    )


def _per_row(x: Expr) -> bool:
    return x.op == "/" and x.args[1].op == "name" and x.args[1].attr == ROWS


def mean_of_rows(x: Expr) -> Expr:
    """The mean over the examples of a number for each; what is the same for all stands outside."""
    parts = [y * c for c, y in summands(x)]
    rows, rest = [p for p in parts if p.lead], [p for p in parts if not p.lead]
    means = [make(x.book, "mean", (as_float(total(rows)),), None, ())] if rows else []
    return total([*means, *rest])


def segment_sum(x: Expr, segments: npt.NDArray[np.int64], count: int) -> Expr:
    """The sums of the elements with the same segment number, along the last axis."""
    return make(
        x.book,
        "segments",
        (as_float(x), const(x.book, segments)),
        count,
        (*x.shape[:-1], count),
    )


def over_list(name: str, x: Expr, axis: int) -> Expr:
    """The max, or another method of arrays, of the lists along an axis."""
    return make(
        x.book,
        "list",
        (as_float(x),),
        (name, axis),
        x.shape[:axis] + x.shape[axis + 1 :],
    )


def logsumexp(x: Expr, axis: int) -> Expr:
    """log(sum(exp(x))) along an axis; the largest exponent becomes 0, so nothing overflows."""
    top = named(over_list("max", x, axis), "top")
    exps = call("exp", x - expand(top, [k != axis for k in range(len(x.shape))]))
    return top + call(
        "log", named(sum_over(named(spread(exps, x.shape), "exps"), [axis]), "total")
    )


# ---- products ------------------------------------------------------------------------------------


def matmul(x: Expr, y: Expr) -> Expr:
    """x @ y."""
    rows, columns = x.shape[:-1], y.shape[-1:] if len(y.shape) > 1 else ()
    return make(x.book, "@", (as_float(x), as_float(y)), None, rows + columns)


def aligned(x: Expr, letters: str, out: str) -> Expr:
    """``x``, whose axes have these letters, with axes as ``out`` says; those it does not have with length 1."""
    if not x.shape:
        return x
    x = transpose(x, [letters.index(k) for k in out if k in letters])
    return expand(x, [k in letters for k in out])


def contract(
    x: Expr, of_x: str, y: Expr, of_y: str, out: str, sizes: dict[str, Any]
) -> Expr:
    """The product, summed over what ``out`` does not name: a letter for each axis, as in einsum.

    It is written as a matrix product where it is one. Arguments and result may be smaller by
    broadcasting; ``sizes`` are the true ones of all letters.
    """
    if y.scalar and not of_y and of_x == out:  # the most frequent ones
        return x if y.attr == 1 else x * y
    letters = dict.fromkeys(of_x + of_y)
    (x, of_x), (y, of_y) = _varying(x, of_x, sizes), _varying(y, of_y, sizes)
    often = [sizes[k] for k in letters if k not in of_x + of_y + out]
    (x, of_x), (y, of_y) = (
        _sum_alone(x, of_x, of_y + out),
        _sum_alone(y, of_y, of_x + out),
    )
    summed = [k for k in of_x if k in of_y and k not in out]
    if not summed:
        return times(aligned(x, of_x, out) * aligned(y, of_y, out), often)
    both = [k for k in out if k in of_x and k in of_y]
    left = [k for k in out if k in of_x and k not in of_y]
    right = [k for k in out if k in of_y and k not in of_x]
    if (
        left and right and not both and out.index(right[0]) < out.index(left[0])
    ):  # no transpose afterwards
        x, of_x, left, y, of_y, right = y, of_y, right, x, of_x, left
    made = "".join(both + left + right)
    if len(summed) > 1 and not made:
        value = make(
            x.book, "call", (x, transpose(y, [of_y.index(k) for k in of_x])), "vdot", ()
        )
    elif both and not (left and right):
        value = make(
            x.book,
            "einsum",
            (as_float(x), as_float(y)),
            f"{of_x},{of_y}->{made}",
            _sizes(made, sizes),
        )
    else:
        value = matmul(
            _matrix(x, of_x, both, left, summed), _matrix(y, of_y, both, summed, right)
        )
    return times(aligned(reshape(value, _sizes(made, sizes)), made, out), often)


def _sizes(letters: Sequence[str], sizes: dict[str, Any]) -> Shape:
    return tuple([sizes[k] for k in letters])


def _varying(x: Expr, letters: str, sizes: dict[str, Any]) -> tuple[Expr, str]:
    """``x`` without axes of length 1 that stand for longer ones."""
    if not x.shape:
        return x, ""
    letters = letters[len(letters) - len(x.shape) :]  # leading ones need not be there
    kept = [k for k, n in enumerate(x.shape) if n == sizes[letters[k]]]
    return reshape(x, tuple([x.shape[k] for k in kept])), "".join(
        letters[k] for k in kept
    )


def _sum_alone(x: Expr, letters: str, others: str) -> tuple[Expr, str]:
    alone = [k for k, letter in enumerate(letters) if letter not in others]
    return sum_over(x, alone), "".join(k for k in letters if k in others)


def _matrix(
    x: Expr, letters: str, both: list[str], first: list[str], second: list[str]
) -> Expr:
    """``x`` as matrices, one for each element of the axes ``both``, or as a vector."""
    sizes = dict(zip(letters, x.shape, strict=True))

    def flat(ks: list[str]) -> Shape:
        if len(ks) < 2:
            return _sizes(ks, sizes)
        return (-1,) if ROWS in ks else (size(_sizes(ks, sizes)),)

    if (
        first and second and list(letters) == second + first
    ):  # the transpose of what is there
        return transpose(reshape(x, flat(second) + flat(first)), (1, 0))
    x = transpose(x, [letters.index(k) for k in both + first + second])
    return reshape(x, _sizes(both, sizes) + flat(first) + flat(second))
