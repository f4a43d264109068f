"""Array expressions: what the emitted program is made of.

An `Expr` knows its operation, its arguments, its shape and whether it holds booleans. Equal expressions
are one object, so nothing is computed twice. The functions here build them, and simplify what a person
would not write: ``x * 1``, a transpose of a transpose, a sum of one thing.

A shape may begin with ROWS, the number of examples of a batch, which only the running program knows.
"""

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from .prelude import FUNCTIONS

ROWS = "n"
Shape = tuple[Any, ...]

_ELEMENTWISE = {"+", "-", "*", "/", "**", "neg", "compare", "call"}


class Expr:
    """One array expression; made by the functions of this module only."""

    __slots__ = ("op", "args", "attr", "shape", "boolean", "book", "name", "note", "line", "serial")

    op: str
    args: tuple["Expr", ...]
    attr: Any
    shape: Shape
    boolean: bool
    book: dict[Any, "Expr"]
    name: "str | Expr | None"  # what to call it; an Expr when it is the gradient of that one
    note: str  # a comment for its line
    line: bool  # whether it has a line of its own even when used once
    serial: int

    def __add__(self, other: Any) -> "Expr":
        return total([self, _wrap(self, other)])

    def __radd__(self, other: Any) -> "Expr":
        return total([_wrap(self, other), self])

    def __sub__(self, other: Any) -> "Expr":
        return total([self, mul(_wrap(self, -1.0), _wrap(self, other))])

    def __rsub__(self, other: Any) -> "Expr":
        return total([_wrap(self, other), mul(_wrap(self, -1.0), self)])

    def __mul__(self, other: Any) -> "Expr":
        return mul(self, _wrap(self, other))

    def __rmul__(self, other: Any) -> "Expr":
        return mul(_wrap(self, other), self)

    def __truediv__(self, other: Any) -> "Expr":
        return div(self, _wrap(self, other))

    def __rtruediv__(self, other: Any) -> "Expr":
        return div(_wrap(self, other), self)

    def __pow__(self, other: Any) -> "Expr":
        return power(self, _wrap(self, other))

    def __rpow__(self, other: Any) -> "Expr":
        return power(_wrap(self, other), self)

    def __neg__(self) -> "Expr":
        return mul(_wrap(self, -1.0), self)

    @property
    def scalar(self) -> bool:
        """Whether it is a number known now."""
        return self.op == "const" and self.shape == ()

    @property
    def batched(self) -> bool:
        """Whether it has a row for each example."""
        return self.shape[:1] == (ROWS,)


def _make(
    book: dict[Any, Expr], op: str, args: tuple[Expr, ...], attr: Any, shape: Shape, boolean: bool = False
) -> Expr:
    known = (attr.shape, attr.dtype.str, attr.tobytes()) if isinstance(attr, np.ndarray) else attr
    key = (op, known, *[a.serial for a in args], shape)
    if key in book:
        return book[key]
    if args and op in _ELEMENTWISE and all(a.op == "const" for a in args):
        return const(book, evaluate(op, attr, [a.attr for a in args]))
    x = book[key] = object.__new__(Expr)
    x.op, x.args, x.attr, x.shape, x.boolean = op, args, attr, shape, boolean
    x.book, x.name, x.note, x.line, x.serial = book, None, "", False, len(book) - 1
    return x


def _wrap(like: Expr, x: Any) -> Expr:
    return x if isinstance(x, Expr) else const(like.book, x)


def named(x: Expr, name: "str | Expr", note: str = "", line: bool = False) -> Expr:
    """``x`` with a name for its line of the program, unless it has one."""
    if x.name is None and x.op not in ("name", "const"):
        x.name, x.note, x.line = name, note, line
    return x


def const(book: dict[Any, Expr], value: Any) -> Expr:
    """A number or an array known now."""
    if value.__class__ is float:
        return _make(book, "const", (), value, ())
    value = np.asarray(value)
    if value.ndim == 0:
        plain = value.item()
        return _make(book, "const", (), plain, (), isinstance(plain, bool))
    return _make(book, "const", (), value, value.shape, value.dtype == bool)


def variable(book: dict[Any, Expr], name: str, shape: Shape) -> Expr:
    """A named array given to the program."""
    return _make(book, "name", (), name, shape)


def broadcast(*shapes: Shape) -> Shape:
    """The common shape of arrays that meet in one operation.

    >>> broadcast((3, 1), ("n", 1, 4), ())
    ('n', 3, 4)
    """
    shapes = tuple([s for s in shapes if s])
    if not shapes or shapes.count(shapes[0]) == len(shapes):  # the most frequent ones
        return shapes[0] if shapes else ()
    out: list[Any] = []
    for sizes in zip(*[(1,) * (max(map(len, shapes)) - len(s)) + s for s in shapes], strict=True):
        wide = {s for s in sizes if s != 1}
        if len(wide) > 1:
            raise AssertionError(f"shapes {shapes} do not fit together")
        out.append(wide.pop() if wide else 1)
    return tuple(out)


def _elementwise(op: str, args: Sequence[Expr], attr: Any = None, boolean: bool = False) -> Expr:
    return _make(args[0].book, op, tuple(args), attr, broadcast(*[a.shape for a in args]), boolean)


def as_float(x: Expr) -> Expr:
    """Ones and zeros for booleans."""
    return _elementwise("call", [x, const(x.book, 1.0), const(x.book, 0.0)], "where") if x.boolean else x


def split(x: Expr) -> tuple[float, Expr | None]:
    """``x`` as a number times the rest; the rest is None for a number."""
    if x.op == "broadcast":
        x = x.args[0] if x.args[0].scalar else x
    if x.scalar:
        return float(x.attr), None
    if x.op == "neg":
        return -1.0, x.args[0]
    if x.op == "*" and x.args[0].scalar:
        return float(x.args[0].attr), x.args[1]
    return 1.0, x


def summands(x: Expr) -> list[tuple[float, Expr]]:
    """``x`` as a sum of numbers times expressions, seen through additions."""
    out = []
    stack = [(1.0, x)]
    while stack:
        c, x = stack.pop()
        if x.op in ("+", "-"):
            stack += [(-c if x.op == "-" else c, x.args[1]), (c, x.args[0])]
        elif x.op == "neg":
            stack.append((-c, x.args[0]))
        elif x.op == "index" and "None" in x.attr and x.args[0].op in ("+", "-", "call"):
            y = x.args[0]
            if y.op == "call":
                y = x if y.attr != "log" else call("log", _like(x, y.args[0]))
                out.append((c, y))
            else:
                stack += [(-c if y.op == "-" else c, _like(x, y.args[1])), (c, _like(x, y.args[0]))]
        else:
            out.append((c, x))
    return out


def _like(x: Expr, y: Expr) -> Expr:
    """y with new axes where x has them."""
    return expand(y, [key != "None" for key in x.attr] + [True] * (len(x.shape) - len(x.attr)))


def scaled(c: float, x: Expr) -> Expr:
    """The number c times x."""
    if c == 1.0:
        return x
    if c == 0.0:
        return const(x.book, 0.0)
    return _elementwise("neg", [as_float(x)]) if c == -1.0 else _elementwise("*", [const(x.book, c), x])


def mul(x: Expr, y: Expr) -> Expr:
    """x * y, with the numbers in front."""
    (c, p), (d, q) = split(x), split(y)
    if p is None or q is None:
        rest = p or q
        return scaled(c * d, rest) if rest is not None else const(x.book, c * d)
    if p.boolean and q.boolean:
        p = as_float(p)
    for one, other in ((p, q), (q, p)):
        if one.op == "/" and per_row(one) and one.args[0].scalar:  # x * (1 / n) is x / n
            return scaled(c * d, div(other, one.args[1]))
    full = broadcast(p.shape, q.shape)
    if size(p.shape) < size(full):  # the number times the smaller one
        return _elementwise("*", [scaled(c * d, p), q])
    if size(q.shape) < size(full):
        return _elementwise("*", [p, scaled(c * d, q)])
    return scaled(c * d, _elementwise("*", [p, q]))


def total(terms: Sequence[Expr]) -> Expr:
    """The sum, with equal terms merged and numbers added up."""
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
    if not number and len(factors) > 1 and all(per_row(x) for x in factors):
        rows = next(iter(factors)).args[1]
        return div(total([mul(const(book, c), x.args[0]) for x, c in factors.items()]), rows)
    parts = [(c, as_float(x)) for x, c in factors.items() if c != 0.0]
    if number or not parts:
        parts.append((number, const(book, 1.0)))
    parts.sort(key=lambda part: part[0] < 0)  # one that is added first
    same = abs(parts[0][0]) if len({abs(c) for c, _ in parts}) == 1 and len(parts) > 1 else 1.0
    c, x = parts[0]
    out = mul(const(book, c / same), x)
    for c, x in parts[1:]:
        out = _elementwise("-" if c < 0 else "+", [out, mul(const(book, abs(c) / same), x)])
    return mul(const(book, same), out)


def div(x: Expr, y: Expr) -> Expr:
    """x / y."""
    if y.scalar and y.attr == 1:
        return x
    return _elementwise("/", [as_float(x), as_float(y)])


def power(x: Expr, y: Expr) -> Expr:
    """x ** y; the small whole powers as products, which are faster."""
    x = as_float(x)
    if y.scalar and not x.scalar:
        if y.attr == 0:
            return const(x.book, 1.0)
        if y.attr == 1:
            return x
        if y.attr == 3:
            return mul(power(x, const(x.book, 2.0)), x)
        if y.attr == 0.5:
            return call("sqrt", x)
        if y.attr == -0.5:
            return div(const(x.book, 1.0), call("sqrt", x))
        if y.attr == -1:
            return div(const(x.book, 1.0), x)
    return _elementwise("**", [x, as_float(y)])


def call(name: str, *args: Expr) -> Expr:
    """A function of the array library, element by element."""
    if name == "exp":  # exp(x - log(s)) is exp(x) / s, which logsumexp has already
        parts = summands(args[0])
        for k, (c, x) in enumerate(parts):
            if c == -1.0 and x.op == "call" and x.attr == "log":
                rest = [mul(const(x.book, d), y) for j, (d, y) in enumerate(parts) if j != k]
                return div(call("exp", total(rest)), x.args[0])
    return _elementwise("call", [as_float(a) for a in args], name)


def compare(symbol: str, x: Expr, y: Expr) -> Expr:
    """x < y and the like: booleans."""
    if symbol == ">":  # asked of the maximum when there is one, x itself need not be kept
        made = x.book.get(("call", "maximum", x.serial, y.serial, broadcast(x.shape, y.shape)))
        x = x if made is None else made
    return _elementwise("compare", [as_float(x), as_float(y)], symbol, boolean=True)


def logical(name: str, *args: Expr) -> Expr:
    """logical_and, logical_or, logical_not."""
    return _elementwise("call", args, name, boolean=True)


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
    return _elementwise("call", [test, as_float(x), as_float(y)], "where")


# ---- shapes --------------------------------------------------------------------------------------


def size(shape: Shape) -> int:
    """How many numbers; of one example, when batched.

    >>> size(("n", 3, 4))
    12
    """
    return math.prod(s for s in shape if s != ROWS)


def reshape(x: Expr, shape: Shape) -> Expr:
    """The same numbers in another shape."""
    if x.shape == shape:
        return x
    if x.op == "const":
        return const(x.book, np.reshape(x.attr, shape))
    if x.op == "reshape":
        return reshape(x.args[0], shape)
    if len(x.shape) == 1 and shape == (*x.shape, 1):
        return index(x, [":", "None"], shape)
    return _make(x.book, "reshape", (x,), None, shape, x.boolean)


def spread(x: Expr, shape: Shape) -> Expr:
    """``x`` repeated to a larger shape."""
    return x if x.shape == shape else _make(x.book, "broadcast", (as_float(x),), None, shape)


def swapped(axes: int) -> Shape:
    """The order of axes that transposes matrices."""
    return (*range(axes - 2), axes - 1, axes - 2)


def transpose(x: Expr, order: Sequence[int]) -> Expr:
    """The axes in another order."""
    order = tuple(order)
    if order == tuple(range(len(x.shape))):
        return x
    if x.op == "const":
        return const(x.book, np.transpose(x.attr, order))
    if x.op == "transpose":
        return transpose(x.args[0], [x.attr[k] for k in order])
    if x.op == "@" and order == swapped(len(order)) and all(len(a.shape) == len(order) for a in x.args):
        return matmul(transpose(x.args[1], order), transpose(x.args[0], order))
    return _make(x.book, "transpose", (x,), order, tuple([x.shape[k] for k in order]), x.boolean)


def index(x: Expr, keys: Sequence[str], shape: Shape) -> Expr:
    """``x[keys]``; each key is text, such as ``:``, ``2:10`` or ``None``."""
    keys = tuple(keys)
    while keys and keys[-1] == ":":
        keys = keys[:-1]
    return x if not keys else _make(x.book, "index", (x,), keys, shape, x.boolean)


def expand(x: Expr, present: Sequence[bool]) -> Expr:
    """``x`` with an axis of length 1 wherever ``present`` is false; x has the others, in order."""
    present = list(present)
    while present and not present[0] and not x.batched:  # leading ones need not be written
        del present[0]
    if all(present) or not x.shape:
        return x
    shape, rest = [], list(x.shape)
    for p in present:
        shape.append(rest.pop(0) if p else 1)
    if x.op == "const":
        return reshape(x, tuple(shape))
    return index(x, [":" if p else "None" for p in present], tuple(shape))


def own(x: Expr) -> Expr:
    """``x``, copied when it is a part of an argument or repeats itself: what a program returns is the caller's."""
    base = x
    while base.op in ("index", "reshape", "transpose"):
        base = base.args[0]
    return _make(x.book, "copy", (x,), None, x.shape) if x.shape and base.op in ("name", "const", "broadcast") else x


def take(x: Expr, positions: npt.NDArray[np.int64]) -> Expr:
    """Any elements of the numbers of ``x``, in any order."""
    lead = x.shape[: x.batched]
    flat = reshape(x, (*lead, size(x.shape)))
    return _make(x.book, "take", (flat, const(x.book, positions)), None, lead + positions.shape)


def fill_zeros(book: dict[Any, Expr], shape: Shape) -> Expr:
    """Zeros."""
    return spread(const(book, 0.0), shape)


def per_row(x: Expr) -> bool:
    """Whether it is something divided by the number of examples."""
    return x.op == "/" and x.args[1].op == "name" and x.args[1].attr == ROWS


def times_rows(x: Expr) -> Expr:
    """``x`` times the number of examples."""
    n = variable(x.book, ROWS, ())
    c, rest = split(x)
    if rest is not None and per_row(rest):
        return const(x.book, c) * rest.args[0]
    return x * n


def mean_of_rows(x: Expr) -> Expr:
    """The mean over the examples of a number for each; what is the same for all stands outside."""
    parts = [mul(const(x.book, c), y) for c, y in summands(x)]
    rows, rest = [p for p in parts if p.batched], [p for p in parts if not p.batched]
    means = [_make(x.book, "mean", (as_float(total(rows)),), None, ())] if rows else []
    return total([*means, *rest])


def concatenate(parts: Sequence[Expr], axis: int) -> Expr:
    """Arrays one after the other along an axis."""
    if len(parts) == 1:
        return parts[0]
    first = parts[0].shape
    shape = (*first[:axis], sum(p.shape[axis] for p in parts), *first[axis + 1 :])
    return _make(parts[0].book, "concatenate", tuple([as_float(p) for p in parts]), axis, shape)


def sum_over(x: Expr, axes: Sequence[int]) -> Expr:
    """The sum over axes, which disappear."""
    axes = tuple(axes)
    c, rest = split(x)
    if not axes:
        return x
    assert x.shape, "a number stands for an array of unknown length"
    if rest is None:
        left = tuple([n for k, n in enumerate(x.shape) if k not in axes])
        value = const(x.book, c * math.prod([x.shape[k] for k in axes if x.shape[k] != ROWS]))
        return spread(times_rows(value) if any(x.shape[k] == ROWS for k in axes) else value, left)
    if c != 1.0 and x.name is None:
        return scaled(c, sum_over(spread(rest, x.shape), axes))
    if len(axes) == len(x.shape) and (x.op == "transpose" or x.op == "reshape" and not x.batched):
        return sum_over(x.args[0], range(len(x.args[0].shape)))
    x = as_float(x)
    return _make(x.book, "sum", (x,), axes, tuple([s for k, s in enumerate(x.shape) if k not in axes]))


def segment_sum(x: Expr, segments: npt.NDArray[np.int64], count: int) -> Expr:
    """The sums of the elements with the same segment number; the last axis of ``x`` is summed."""
    segs = const(x.book, segments)
    return _make(x.book, "segments", (as_float(x), segs), count, (*x.shape[:-1], count))


def over_list(name: str, x: Expr, axis: int) -> Expr:
    """The sum, or the max or another method of arrays, of the lists along an axis."""
    return _make(x.book, "list", (as_float(x),), (name, axis), x.shape[:axis] + x.shape[axis + 1 :])


def logsumexp(x: Expr, axis: int) -> Expr:
    """log(sum(exp(x))) along an axis; the largest exponent becomes 0, so nothing overflows."""
    x = as_float(x)
    top = named(over_list("max", x, axis), "top")
    powers = spread(call("exp", x - expand(top, [k != axis for k in range(len(x.shape))])), x.shape)
    sums = named(sum_over(named(powers, "exps"), [axis]), "total")
    return top + call("log", sums)


# ---- products ------------------------------------------------------------------------------------


def matmul(x: Expr, y: Expr) -> Expr:
    """x @ y."""
    rows, columns = x.shape[:-1], y.shape[-1:] if len(y.shape) > 1 else ()
    if len(y.shape) > 2:
        rows = broadcast(x.shape[:-2], y.shape[:-2]) + x.shape[-2:-1]
    return _make(x.book, "@", (as_float(x), as_float(y)), None, rows + columns)


def contract(x: Expr, of_x: str, y: Expr, of_y: str, out: str) -> Expr:
    """The product summed over what ``out`` does not name: a letter for each axis, as in einsum.

    It is written as a matrix product where it is one.
    """
    x, of_x = _sum_alone(x, of_x, of_y + out)
    y, of_y = _sum_alone(y, of_y, of_x + out)
    summed = [k for k in of_x if k in of_y and k not in out]
    both = [k for k in of_x if k in of_y and k in out]
    if not summed:
        order = [k for k in out if k in of_x], [k for k in out if k in of_y]
        x = expand(transpose(x, [of_x.index(k) for k in order[0]]), [k in of_x for k in out])
        y = expand(transpose(y, [of_y.index(k) for k in order[1]]), [k in of_y for k in out])
        return mul(x, y)
    left = [k for k in out if k in of_x and k not in of_y]
    right = [k for k in out if k in of_y and k not in of_x]
    sizes = dict(zip(of_x + of_y, x.shape + y.shape, strict=True))
    if left and right and not both and out[0] == right[0]:  # so that the result needs no transpose
        return contract(y, of_y, x, of_x, out)
    if both and not (left and right):
        return _make(x.book, "einsum", (as_float(x), as_float(y)), f"{of_x},{of_y}->{out}", tuple([sizes[k] for k in out]))
    value = matmul(_matrix(x, of_x, both, left, summed), _matrix(y, of_y, both, summed, right))
    made = both + left + right
    return transpose(reshape(value, tuple([sizes[k] for k in made])), [made.index(k) for k in out])


def _matrix(x: Expr, letters: str, both: list[str], first: list[str], second: list[str]) -> Expr:
    """``x`` with its axes in order and two of them left after those of ``both``: as many matrices."""
    sizes = dict(zip(letters, x.shape, strict=True))

    def flat(ks: list[str]) -> Shape:
        if len(ks) < 2:
            return tuple([sizes[k] for k in ks])
        return (-1,) if ROWS in ks else (math.prod([sizes[k] for k in ks]),)

    if list(letters) == second + first and first and second:  # the transpose of what is there
        return transpose(reshape(x, flat(second) + flat(first)), (1, 0))
    x = transpose(x, [letters.index(k) for k in both + first + second])
    return reshape(x, tuple([sizes[k] for k in both]) + flat(first) + flat(second))


def _sum_alone(x: Expr, of_x: str, others: str) -> tuple[Expr, str]:
    alone = [k for k, letter in enumerate(of_x) if letter not in others]
    return sum_over(x, alone), "".join(letter for k, letter in enumerate(of_x) if k not in alone)


# ---- text ----------------------------------------------------------------------------------------

# How tightly the text of an operation holds together, as in Python's grammar.
ATOM, POWER, UNARY, PRODUCT, SUM, COMPARISON = range(6)


def render(op: str, attr: Any, args: Sequence[tuple[str, int]], shapes: Sequence[Shape], shape: Shape) -> tuple[str, int]:
    """The text of one operation on arguments given as text, and how tightly it holds together."""

    def at(k: int, limit: int) -> str:
        text, level = args[k]
        return text if level <= limit else f"({text})"

    match op:
        case "+" | "-":
            return f"{at(0, SUM)} {op} {at(1, SUM if op == '+' else PRODUCT)}", SUM
        case "*" | "/":
            return f"{at(0, PRODUCT)} {op} {at(1, UNARY)}", PRODUCT
        case "@":
            return f"{at(0, UNARY)} @ {at(1, UNARY)}", PRODUCT
        case "**":
            return f"{at(0, ATOM)}**{at(1, POWER)}", POWER
        case "neg":
            return f"-{at(0, UNARY)}", UNARY
        case "compare":
            return f"{at(0, SUM)} {attr} {at(1, SUM)}", COMPARISON
        case "call":
            numbers = [a for a, _ in args] if attr != "where" else [as_double(a) for a, _ in args]
            return f"{attr}({', '.join(numbers)})", ATOM
        case "reshape":
            if shape == ():
                return f"{at(0, ATOM)}[{', '.join('0' * len(shapes[0]))}]", ATOM
            if len(shape) == 1 and shape[0] != -1 or shape == (-1,):
                return f"{at(0, ATOM)}.ravel()", ATOM
            return f"{at(0, ATOM)}.reshape({', '.join(map(str, shape))})", ATOM
        case "transpose":
            if len(attr) > 2 and attr == swapped(len(attr)):
                return f"swapaxes({args[0][0]}, -1, -2)", ATOM
            if attr == tuple(range(len(attr)))[::-1]:
                return f"{at(0, ATOM)}.T", ATOM
            return f"{at(0, ATOM)}.transpose({', '.join(map(str, attr))})", ATOM
        case "index":
            return f"{at(0, ATOM)}[{', '.join(attr)}]", ATOM
        case "take":
            return f"{at(0, ATOM)}[{':, ' * (shapes[0][:1] == (ROWS,))}{args[1][0]}]", ATOM
        case "broadcast":
            return f"broadcast_to({as_double(args[0][0])}, ({''.join(f'{s}, ' for s in shape).strip()}))", ATOM
        case "sum":
            every = len(attr) == len(shapes[0])
            axes = "" if every else f"axis={attr[0] if len(attr) == 1 else attr}"
            return f"{at(0, ATOM)}.sum({axes})", ATOM
        case "copy":
            return f"{at(0, ATOM)}.copy()", ATOM
        case "mean":
            return f"{at(0, ATOM)}.mean({'axis=0' * (len(shapes[0]) > 1)})", ATOM
        case "concatenate":
            axis = f", axis={attr}" if attr else ""
            return f"concatenate([{', '.join(a for a, _ in args)}]{axis})", ATOM
        case "segments":
            return f"segment_sum({args[0][0]}, {args[1][0]}, {attr})", ATOM
        case "list":
            return f"{at(0, ATOM)}.{attr[0]}(axis={attr[1]})", ATOM
        case "einsum":
            return f'einsum("{attr}", {args[0][0]}, {args[1][0]})', ATOM
    raise AssertionError(op)


def as_double(text: str) -> str:
    """A whole number written so that an array of it holds doubles."""
    return f"{text}.0" if re.fullmatch(r"-?\d+", text) else text


def evaluate(op: str, attr: Any, args: Sequence[Any]) -> Any:
    """What an elementwise operation gives on numbers and arrays known now."""
    names = [f"x{k}" for k in range(len(args))]
    shapes = [np.shape(a) for a in args]
    text, _ = render(op, attr, [(name, ATOM) for name in names], shapes, broadcast(*shapes))
    with np.errstate(all="ignore"):
        return eval(text, {**FUNCTIONS, **dict(zip(names, map(np.asarray, args), strict=True))})


def number(x: Any) -> tuple[str, int]:
    """A constant as text.

    >>> number(2.0), number(-0.5)
    (('2', 0), ('-0.5', 2))
    """
    if isinstance(x, float) and x.is_integer() and abs(x) < 1e15:
        x = int(x)
    return repr(x), UNARY if not isinstance(x, bool) and x < 0 else ATOM
