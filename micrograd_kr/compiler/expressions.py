"""Array expressions: what the program is made of.

An `Expr` knows its operation, its operands, its shape and whether it holds booleans.
Equal expressions are one object, so nothing is computed twice. The functions here build
them; on the way, `simplify` turns what a person would not write into what they would.

A shape may begin with ROWS, the number of examples of a batch, which only the running
program knows. A number, of shape (), stands for an array of any shape that holds it
everywhere.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Union

import numpy as np

from .arrays import Ints, Shape
from .prelude import FUNCTIONS
from .simplify import MEANING, SYMBOLS, simplified

ROWS = "n"


@dataclass(eq=False, slots=True)
class Expr:
    """One array expression; made by the functions of this module only."""

    op: str  # a sign, a function's name, or what is done to the shape
    args: tuple["Expr", ...]
    attr: Any  # what else the operation needs: axes, a shape, a number known now
    shape: Shape
    boolean: bool
    interned: dict[Any, "Expr"]  # all expressions of the program, by what they are
    serial: int
    name: Union[str, "Expr", None] = None  # an Expr if it is the gradient of that one
    note: str = ""  # a comment for its line
    line: bool = False  # whether it has a line of its own even when used once

    def __add__(self, other: Any) -> "Expr":
        return total([self, self._wrap(other)])

    def __sub__(self, other: Any) -> "Expr":
        return total([self, -self._wrap(other)])

    def __mul__(self, other: Any) -> "Expr":
        return elementwise("*", self, self._wrap(other))

    def __rmul__(self, other: Any) -> "Expr":
        return elementwise("*", self._wrap(other), self)

    def __truediv__(self, other: Any) -> "Expr":
        return elementwise("/", self, self._wrap(other))

    def __rtruediv__(self, other: Any) -> "Expr":
        return elementwise("/", self._wrap(other), self)

    def __pow__(self, other: Any) -> "Expr":
        return elementwise("**", self, self._wrap(other))

    def __neg__(self) -> "Expr":
        return -1.0 * self

    def __getitem__(self, keys: Sequence[str]) -> "Expr":
        sizes = iter(self.shape)
        shape = [next(sizes) if key == ":" else 1 for key in keys]
        return index(self, keys, (*shape, *sizes))

    def _wrap(self, x: Any) -> "Expr":
        return x if isinstance(x, Expr) else const(self.interned, x)

    @property
    def scalar(self) -> bool:
        """Whether it is a number known now."""
        return self.op == "const" and self.shape == ()

    @property
    def batch(self) -> Shape:
        """The axis of the examples, if there is one."""
        return batch_of(self.shape)


def batch_of(shape: Shape) -> Shape:
    """The axis of the examples of a batch, if a shape begins with one."""
    return shape[:1] if shape[:1] == (ROWS,) else ()


def make(op: str, args: Sequence[Expr], attr: Any, shape: Shape) -> Expr:
    """The expression, simplified; a new one only when there is none like it."""
    interned = args[0].interned
    key = (op, attr, shape, *args)
    if key not in interned:
        boolean = op in LOGICAL or (op in VIEWS and args[0].boolean)
        x = Expr(op, tuple(args), attr, shape, boolean, interned, 0)
        simple = simplified(x)
        x.serial = len(interned)
        interned[key] = x if simple is None else x._wrap(simple)
    return interned[key]


def named(x: Expr, name: str | Expr, note: str = "", line: bool = False) -> Expr:
    """``x`` with a name for its line of the program, unless it has one."""
    if x.name is None:
        x.name, x.note, x.line = name, note, line
    return x


def const(interned: dict[Any, Expr], value: Any) -> Expr:
    """A number or an array known now."""
    known = np.asarray(value)
    boolean = known.dtype.kind == "b"
    if not (known.shape or boolean):
        known = known.astype(float)
    key = ("const", known.shape, known.dtype.str, known.tobytes())
    if key not in interned:
        attr = known if known.shape else known.item()
        serial = len(interned)
        interned[key] = Expr("const", (), attr, known.shape, boolean, interned, serial)
    return interned[key]


def variable(interned: dict[Any, Expr], name: str, shape: Shape) -> Expr:
    """A named array given to the program."""
    key = ("name", name)
    if key not in interned:
        interned[key] = Expr("name", (), name, shape, False, interned, len(interned))
    return interned[key]


# ---- element by element --------------------------------------------------------------

LOGICAL = {sign for sign in SYMBOLS.values() if sign[0] in "<>=!"}
LOGICAL |= {"logical_and", "logical_or", "logical_not"}
VIEWS = {"index", "reshape", "transpose", "row"}

# On numbers that are all known an operation is carried out at once.
ON_NUMBERS: dict[str, Any] = FUNCTIONS | {
    sign: eval(f"lambda x, y: x {sign} y") for sign in SYMBOLS.values()
}


def elementwise(op: str, *args: Expr) -> Expr:
    """A sign, a comparison, or a function of the array library, element by element."""
    scaled = op == "*" and not all(x.boolean for x in args)  # by ones and zeros
    if not (scaled or op in LOGICAL or op == "where"):
        args = tuple(map(as_float, args))
    if op != "where" and all(x.op == "const" for x in args):
        with np.errstate(all="ignore"):
            value = ON_NUMBERS[op](*[np.asarray(x.attr) for x in args])
        return const(args[0].interned, np.asarray(value)[()])
    shape = broadcast([x.shape for x in args])
    return make(op, args, None, shape)


def where(test: Expr, x: Expr, y: Expr) -> Expr:
    """One or the other."""
    return elementwise("where", test, as_float(x), as_float(y))


def is_elementwise(x: Expr) -> bool:
    """Whether it is computed element by element."""
    others = ("@", "rows", "vdot", "copy")
    return bool(x.args) and x.attr is None and x.op not in others


def broadcast(shapes: Sequence[Shape]) -> Shape:
    """The common shape of arrays that meet in one operation.

    >>> broadcast([(3, 1), ("n", 1, 4), ()])
    ('n', 3, 4)
    """
    several = {s for s in shapes if s}
    if len(several) < 2:
        return several.pop() if several else ()
    axes = max(map(len, several))
    filled = [(1,) * (axes - len(s)) + s for s in several]
    wide = [{*sizes} - {1} or {1} for sizes in zip(*filled, strict=True)]
    return tuple([size for [size] in wide])


def as_float(x: Expr) -> Expr:
    """Ones and zeros for booleans."""
    return 1.0 * x if x.boolean else x


def split(x: Expr) -> tuple[float, Expr]:
    """``x`` as a number times the rest."""
    if x.scalar:
        return float(x.attr), const(x.interned, 1.0)
    if x.op == "*" and x.args[0].scalar and mild(x.args[0]):
        return float(x.args[0].attr), x.args[1]
    return 1.0, x


def place(part: tuple[float, Expr]) -> tuple[bool, bool, bool]:
    """What is added comes first; and what examples share behind them, then a number."""
    c, x = part
    return c < 0, not x.batch, x.scalar


def total(terms: Sequence[Expr]) -> Expr:
    """The sum, with equal terms merged, and a factor that all have outside."""
    if len(terms) == 1:
        return terms[0]
    factors: dict[Expr, float] = {}
    for term in terms:
        c, x = split(term)
        factors[x] = factors.get(x, 0.0) + c
    parts = [(c, as_float(x)) for x, c in factors.items() if c]
    if not parts:
        return const(terms[0].interned, 0.0)
    parts.sort(key=place)
    sizes = {abs(c) for c, _ in parts}
    same = sizes.pop() if len(sizes) == 1 and len(parts) > 1 else 1.0
    c, x = parts[0]
    out = (c / same) * x
    for c, x in parts[1:]:
        out = elementwise("-" if c < 0 else "+", out, (abs(c) / same) * x)
    return same * out


# ---- what the rows of `simplify` ask -------------------------------------------------


def mild(c: Expr) -> bool:
    """Whether a factor may be moved past sums and products.

    If a result leaves the floats, it is not its doing.
    """
    return bool(1e-30 < abs(c.attr) < 1e30)


def not_larger(x: Expr, y: Expr) -> bool:
    """Whether ``x`` has no more elements than ``y``."""
    return size(x.shape) <= size(y.shape)


def kept_maximum(x: Expr, y: Expr) -> Expr:
    """The larger one; to ask whether it is x, from now on it is asked for.

    So x itself need not be kept.
    """
    larger = elementwise("maximum", x, y)
    x.interned[">", None, larger.shape, x, y] = elementwise(">", larger, y)
    return larger


def reads(x: Expr, y: Expr) -> bool:
    """Whether ``x`` is computed of ``y``, perhaps of its transpose."""
    return any(y is z or y in z.args for z in x.args)


def expands(keys: tuple[str, ...]) -> bool:
    """Whether all that they do is to add axes of length 1."""
    return {*keys} <= {":", "None"}


# ---- shapes --------------------------------------------------------------------------


def size(shape: Shape) -> int:
    """How many numbers; of one example, when batched.

    >>> size(("n", 3, 4))
    12
    """
    return math.prod(shape[len(batch_of(shape)) :])


def reshape(x: Expr, shape: Shape) -> Expr:
    """The same numbers in another shape."""
    if x.shape == shape:
        return x
    if x.op == "const":
        return const(x.interned, np.reshape(x.attr, shape))
    return make("reshape", (x,), shape, shape)


def spread(x: Expr, shape: Shape) -> Expr:
    """``x`` repeated to a larger shape."""
    return x if x.shape == shape else make("broadcast", (as_float(x),), shape, shape)


def transpose(x: Expr, order: Sequence[int]) -> Expr:
    """The axes in another order."""
    order = tuple(order)
    if order == tuple(range(len(x.shape))):
        return x
    if x.op == "const":
        return const(x.interned, np.transpose(x.attr, order))
    shape = tuple([x.shape[k] for k in order])
    return make("transpose", (x,), order, shape)


def swapped(axes: int) -> Shape:
    """The order of axes that transposes matrices."""
    return (*range(axes - 2), axes - 1, axes - 2)


def index(x: Expr, keys: Sequence[str], shape: Shape) -> Expr:
    """``x[keys]``; each key is text, such as ``:``, ``2:10`` or ``None``."""
    keys = tuple(keys)
    while keys and keys[-1] == ":":
        keys = keys[:-1]
    return make("index", (x,), keys, shape) if keys else x


def expand(x: Expr, present: Sequence[bool]) -> Expr:
    """``x`` with an axis of length 1 wherever ``present`` is false.

    x has the others, in order.
    """
    present = list(present)
    if not x.batch:  # leading ones need not be written
        while present and not present[0]:
            del present[0]
    if all(present) or not x.shape:
        return x
    keys = [":" if p else "None" for p in present]
    return x[keys]


def take(x: Expr, positions: Ints) -> Expr:
    """Any elements of the numbers of ``x``, in any order."""
    flat = reshape(x, (*x.batch, size(x.shape)))
    return rows(flat, const(x.interned, positions))


def concatenate(parts: Sequence[Expr], axis: int) -> Expr:
    """Arrays one after the other along an axis."""
    if len(parts) == 1:
        return parts[0]
    before, after = parts[0].shape[:axis], parts[0].shape[axis + 1 :]
    length = sum([part.shape[axis] for part in parts])
    floats = [as_float(part) for part in parts]
    return make("concatenate", floats, axis, (*before, length, *after))


def filled(
    places: Sequence[Expr], values: Sequence[Expr], rest: Sequence[Expr]
) -> Expr:
    """The array that these places are parts of, with a value in each.

    What is in ``rest`` is added to all of it. Its text is several lines.
    """
    shape = base(places[0]).shape
    return make("filled", (*values, *rest), tuple(places), shape)


def own(x: Expr) -> Expr:
    """``x``, copied when it is a part of an argument or repeats itself.

    For what is returned is the caller's.
    """
    if x.shape and base(x).op in ("name", "const", "broadcast"):
        return make("copy", (x,), None, x.shape)
    return x


def base(x: Expr) -> Expr:
    """What ``x`` is a view of; itself when it is none."""
    while x.op in ("index", "reshape", "transpose"):
        x = x.args[0]
    return x


def rows(table: Expr, at: Expr) -> Expr:
    """The rows of a table, or of one for each example, with these numbers."""
    width = table.shape[len(table.batch) + 1 :]
    return make("rows", (table, at), None, (*table.batch, *at.shape, *width))


def add_rows(x: Expr, at: Expr, count: int) -> Expr:
    """So many rows, the sums of the rows of ``x`` by these numbers."""
    width = size(x.shape) // size(at.shape)
    return make("add_rows", (as_float(x), at), count, (count, width))


def row_of_two(i: Expr, j: Expr, count: int) -> Expr:
    """Two numbers as one, where the second counts to so many."""
    return make("row of two", (i, j), count, broadcast([i.shape, j.shape]))


# ---- sums ----------------------------------------------------------------------------


def sum_over(x: Expr, axes: Sequence[int]) -> Expr:
    """The sum over axes, which disappear."""
    if not axes:
        return x
    left = tuple([n for k, n in enumerate(x.shape) if k not in axes])
    if x.op == "broadcast" and not x.args[0].shape:
        return spread(times(x.args[0], [x.shape[k] for k in axes]), left)
    if not left and x.op in ("transpose", "reshape") and not x.batch:
        return sum_over(x.args[0], range(len(x.args[0].shape)))
    if not left and x.op == "einsum":
        of_x, of_y = x.attr.split("->")[0].split(",")
        shapes = x.args[0].shape + x.args[1].shape
        sizes = dict(zip(of_x + of_y, shapes, strict=True))
        return contract(x.args[0], of_x, x.args[1], of_y, "", sizes)
    if len(axes) == 1 and len(x.shape) < 3 and x.shape[axes[0]] != ROWS:
        # as a product with ones, which takes half the time for small arrays
        if left:
            x = transpose(x, (1 - axes[0], axes[0]))
        return make("ones", (as_float(x),), x.shape[-1], left)
    return make("sum", (as_float(x),), tuple(axes), left)


def times(x: Expr, sizes: Sequence[Any]) -> Expr:
    """``x`` as often as an array of these sizes has elements."""
    x = float(size(tuple(sizes))) * x
    return x * variable(x.interned, ROWS, ()) if ROWS in sizes else x


def mean(x: Expr) -> Expr:
    """The mean over the examples."""
    return make("mean", (as_float(x),), None, ()) if x.batch else x


def segment_sum(x: Expr, segments: Ints, count: int) -> Expr:
    """The sums of the elements with the same segment number, along the last axis."""
    shape = (*x.shape[:-1], count)
    if count == 1:
        return reshape(sum_over(x, [len(shape) - 1]), shape)
    if np.array_equal(segments, np.arange(count)):
        return x
    where = const(x.interned, segments)
    return make("segments", (as_float(x), where), count, shape)


def over_list(name: str, x: Expr, axis: int) -> Expr:
    """The max, or another method of arrays, of the lists along an axis."""
    shape = x.shape[:axis] + x.shape[axis + 1 :]
    return make("list", (as_float(x),), (name, axis), shape)


def logsumexp(x: Expr, axis: int) -> Expr:
    """log(sum(exp(x))) along an axis.

    The largest exponent becomes 0, so nothing overflows.
    """
    top = named(over_list("max", x, axis), "top")
    exps = elementwise("exp", x - expand(top, [k != axis for k in range(len(x.shape))]))
    total = named(sum_over(named(exps, "exps"), [axis]), "total")
    return top + elementwise("log", total)


# ---- products ------------------------------------------------------------------------


def matmul(x: Expr, y: Expr) -> Expr:
    """x @ y."""
    columns = y.shape[-1:] if len(y.shape) > 1 else ()
    return make("@", (as_float(x), as_float(y)), None, x.shape[:-1] + columns)


def aligned(x: Expr, subscripts: str, out: str) -> Expr:
    """``x``, whose axes have these subscripts, with axes as ``out`` says.

    Those it does not have get length 1.
    """
    subscripts = subscripts[len(subscripts) - len(x.shape) :]  # without leading ones
    x = transpose(x, [subscripts.index(k) for k in out if k in subscripts])
    return expand(x, [k in subscripts for k in out])


def contract(
    x: Expr, of_x: str, y: Expr, of_y: str, out: str, sizes: dict[str, Any]
) -> Expr:
    """The product, summed over what ``out`` does not name: subscripts as in einsum.

    It is written as a matrix product where it is one. Operands and result may be
    smaller by broadcasting; ``sizes`` are the true ones of all subscripts.
    """
    every = dict.fromkeys(of_x + of_y)
    x, of_x = _varying(x, of_x, sizes)
    y, of_y = _varying(y, of_y, sizes)
    repeated = [sizes[k] for k in every if k not in of_x + of_y + out]
    x, of_x = _sum_alone(x, of_x, of_y + out)
    y, of_y = _sum_alone(y, of_y, of_x + out)
    summed = [k for k in of_x if k in of_y and k not in out]
    if not summed:
        return times(aligned(x, of_x, out) * aligned(y, of_y, out), repeated)
    both = [k for k in out if k in of_x and k in of_y]
    left = [k for k in out if k in of_x and k not in of_y]
    right = [k for k in out if k in of_y and k not in of_x]
    crossed = left and right and out.index(right[0]) < out.index(left[0])
    if crossed:  # no transpose afterwards
        x, of_x, left, y, of_y, right = y, of_y, right, x, of_x, left
    made = "".join(both + left + right)
    shape = _sizes(made, sizes)
    if len(summed) > 1 and not made:
        same = transpose(y, [of_y.index(k) for k in of_x])
        value = make("vdot", (x, same), None, ())
    elif both and not (left and right):
        pair = (as_float(x), as_float(y))
        value = make("einsum", pair, f"{of_x},{of_y}->{made}", shape)
    else:
        matrices = _matrix(x, of_x, both, left, summed)
        value = matmul(matrices, _matrix(y, of_y, both, summed, right))
    return times(aligned(reshape(value, shape), made, out), repeated)


def _sizes(subscripts: Sequence[str], sizes: dict[str, Any]) -> Shape:
    return tuple([sizes[k] for k in subscripts])


def _varying(x: Expr, subscripts: str, sizes: dict[str, Any]) -> tuple[Expr, str]:
    """``x`` without axes along which it is the same."""
    if x.op == "broadcast" and not x.args[0].shape:
        return x.args[0], ""
    missing = len(subscripts) - len(x.shape)  # leading ones need not be there
    subscripts = subscripts[missing:]
    kept = [k for k, n in enumerate(x.shape) if n == sizes[subscripts[k]]]
    x = reshape(x, tuple([x.shape[k] for k in kept]))
    return x, "".join([subscripts[k] for k in kept])


def _sum_alone(x: Expr, subscripts: str, others: str) -> tuple[Expr, str]:
    """``x`` summed over the axes that nothing else has."""
    alone = [k for k, subscript in enumerate(subscripts) if subscript not in others]
    return sum_over(x, alone), "".join([k for k in subscripts if k in others])


def _matrix(
    x: Expr, subscripts: str, both: list[str], first: list[str], second: list[str]
) -> Expr:
    """``x`` as matrices, one for each element of the axes ``both``, or as a vector."""
    sizes = dict(zip(subscripts, x.shape, strict=True))

    def flat(some: list[str]) -> Shape:
        if len(some) < 2:
            return _sizes(some, sizes)
        return (-1,) if ROWS in some else (size(_sizes(some, sizes)),)

    if first and second and list(subscripts) == second + first:
        # the transpose of what is there
        return transpose(reshape(x, flat(second) + flat(first)), (1, 0))
    x = transpose(x, [subscripts.index(k) for k in both + first + second])
    return reshape(x, _sizes(both, sizes) + flat(first) + flat(second))


MEANING.update(globals())
for _name in ("exp", "minimum", "sqrt"):  # functions that the rows call
    MEANING[_name] = partial(elementwise, _name)

__all__ = ["ROWS", "SYMBOLS", "Expr"]
