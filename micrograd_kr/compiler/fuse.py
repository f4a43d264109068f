"""Read the recorded graph into arrays of integers, and join chains of additions and multiplications.

Every node becomes a number: parameters first, then inputs, then what was computed from them. What
depends on neither is a constant, known by its value, and has a negative number: the constant c is
``constants[~c]``. Additions, subtractions, multiplications and all that is made of them are one kind
of node here, a sum of products a1 b1 + a2 b2 + ... + constant; a plain term has b = ONE.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..engine import Op, Value

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

ONE, MINUS, LOWEST = -1, -2, -3  # the constants 1, -1 and minus infinity

SUM = -1  # in place of a row of the table

# The rows of the table that are sums of products, known by their text; from x * y on, the first half of the
# operands is multiplied by the second half.
SUMS = ["x + y", "x - y", "-x", "sum(x)", "x * y", "dot(x, y)", "dot(w, x) + b"]


@dataclass
class Graph:
    """The recorded graph as numbers: operands of node i are ``a[first[i] : first[i + 1]]``.

    Of a sum of products these are the first factors; the second ones are in ``b``.
    """

    leaves: int  # how many numbers are parameters and inputs
    table: list[Op]  # the rows of the table that were met
    row: Ints  # of each node, its place there; SUM for a sum of products
    first: Ints
    a: Ints
    b: Ints
    plus: Floats  # the constant of each sum of products
    alive: Ints  # the nodes that are left after fusion, each after its operands
    constants: Floats
    loss: int


def read(
    loss: Value, leaves: Sequence[Value]
) -> tuple[list[Op], list[int], list[int], list[float], int]:
    """The operations below ``loss`` in order: their rows, how many operands each has, the operands,
    the constants, and the number of the loss."""
    number: dict[Value, int] = {v: i for i, v in enumerate(leaves)}
    constant: dict[float, int] = {1.0: ONE, -1.0: MINUS, -math.inf: LOWEST}
    rows: list[Op] = []
    lengths: list[int] = []
    args: list[int] = []
    node = len(leaves)
    order = loss.topological_order()
    for v in order:
        op = v.op
        if op is None:
            if v not in number:
                number[v] = constant.setdefault(v.data, ~len(constant))
            continue
        x, y = (
            v._a,
            v._b,
        )  # the slots themselves: with v.operands this loop takes three times as long
        if y.__class__ is tuple:
            ids = tuple(map(number.__getitem__, y))
        elif y is not None:
            ids = (
                constant.setdefault(v._da, ~len(constant)) if x is None else number[x],
                number[y],
            )
        elif len(op.operands) > 1:
            ids = (number[x], constant.setdefault(v._db, ~len(constant)))
        else:
            ids = (number[x],)
        if ids[0] < 0 and max(ids) < 0:
            number[v] = constant.setdefault(v.data, ~len(constant))
            continue
        number[v] = node
        node += 1
        rows.append(op)
        lengths.append(len(ids))
        args += ids
    for v in order if {*map(type, order)} != {Value} else ():
        if hasattr(v, "_compared") and number[v] >= 0:
            raise compared(v)
    return rows, lengths, args, list(constant), number[loss]


def compared(v: Value) -> ValueError:
    """The error for a branch that the recording has already taken."""
    return ValueError(
        f"compile: {v!r} took part in a Python comparison, which recorded one branch only; "
        "use maximum, minimum, relu or abs instead of if, or compare .data if the branch is meant to be fixed"
    )


def fuse(loss: Value, leaves: Sequence[Value]) -> Graph:
    """The graph below ``loss`` with single-use chains of + as one sum, and their products inside it."""
    rows, counts, operands, constants, end = read(loss, leaves)
    table = list(dict.fromkeys(rows))
    place = {op: i for i, op in enumerate(table)}
    n = len(leaves) + len(rows)
    row = np.array(
        [SUM] * len(leaves) + list(map(place.__getitem__, rows)), dtype=np.int64
    )
    forms = np.array(
        [SUMS.index(op.forward) if op.forward in SUMS else -1 for op in table] + [-1]
    )[row]
    is_sum = forms >= 0

    # every operand as a term a * b
    length = np.array([0] * len(leaves) + counts, dtype=np.int64)
    node = np.repeat(np.arange(n), length)
    a = np.array(operands, dtype=np.int64)
    b = np.full(len(a), ONE)
    nth = np.arange(len(a)) - np.repeat(np.cumsum(length) - length, length)
    forms, half = forms[node], length[node] // 2  # the length of each list of factors
    b[(forms == SUMS.index("-x")) | (forms == SUMS.index("x - y")) & (nth == 1)] = MINUS
    products = forms >= SUMS.index("x * y")
    factors = np.flatnonzero(products & (nth < half))
    b[factors] = a[factors + half[factors]]
    uses = np.bincount(a[a >= 0], minlength=n)
    keep = ~products | (nth < half) | (nth >= 2 * half)
    node, a, b = node[keep], a[keep], b[keep]
    swap = (a < 0) & is_sum[node]
    a, b = np.where(swap, b, a), np.where(swap, a, b)

    fixed = (a < 0) & is_sum[node]  # a constant times a constant
    values = np.array(constants)
    added = values[~a[fixed]] * values[~b[fixed]]
    alone = np.zeros(n, dtype=bool)  # where the sum of all constants might be infinite
    alone[node[fixed][np.abs(added) > 1e150]] = True
    keep, root = _joined(node, a, b, is_sum, uses, alone)
    node = root[node]
    plus = np.bincount(node[fixed], added, minlength=n).astype(np.float64)
    order = np.flatnonzero(keep & ~fixed)
    order = order[np.argsort(node[order], kind="stable")]
    return Graph(
        leaves=len(leaves),
        table=table,
        row=np.where(is_sum, SUM, row),
        first=np.searchsorted(node[order], np.arange(n + 1)),
        a=a[order],
        b=b[order],
        plus=plus,
        alive=np.flatnonzero((root == np.arange(n)) & (length > 0)),
        constants=values,
        loss=end,
    )


def _joined(
    node: Ints,
    a: Ints,
    b: Ints,
    is_sum: npt.NDArray[np.bool_],
    uses: Ints,
    alone: npt.NDArray[np.bool_],
) -> tuple[Any, Ints]:
    """Which terms stay, and the sum that each node has become a part of (itself when of none).

    A sum used once, as a term of another sum, becomes a part of it. But where several sums that hold
    products meet, they are units, as the outputs of neurons in a total are, and stay.
    """
    n = len(uses)
    product = is_sum[node] & (b != ONE) & (b != MINUS)
    fixed, a = a < 0, np.maximum(a, 0)
    single = np.bincount(node, minlength=n) == 1
    bare = np.zeros(n, dtype=bool)  # nothing but one product
    bare[node[product]] = single[node[product]]
    joins = is_sum[node] & (b == ONE) & ~fixed & is_sum[a] & (uses[a] == 1)
    joins &= ~alone[node] & ~alone[a]
    sums = joins & ~bare[a]
    meet = np.bincount(node[sums], minlength=n)

    holds = np.zeros(
        n, dtype=bool
    )  # holds products, itself or in the one sum that joins it
    holds[node[product | (joins & bare[a])]] = True
    below = np.arange(n)
    only = sums & (meet[node] == 1)
    below[node[only]] = a[only]
    while (below != below[below]).any():
        holds |= holds[below]
        below = below[below]
    holds |= holds[below]

    joins &= bare[a] | (meet[node] == 1) | ~holds[a]
    root = np.arange(n)
    root[a[joins]] = node[joins]
    while (root != root[root]).any():
        root = root[root]
    return ~joins, root
