"""Read the recorded graph into arrays of integers, and join chains of sums.

Every node becomes a number: parameters first, then inputs, then what was computed from
them. What depends on neither is a constant, known by its value, and has a negative
number: the constant c is ``constants[~c]``. Additions, subtractions, multiplications
and all that is made of them are one kind of node here, a sum of products a1 b1 + a2 b2
+ ... + constant; a plain term has b = ONE.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import numpy as np

from ..engine import Op, Value
from .arrays import ABSENT, Bools, Floats, Ints, Loop
from .messages import say

ONE, MINUS, LOWEST = -1, -2, ABSENT  # the constants 1, -1 and minus infinity

SUM = -1  # in place of a row of the table

# The rows of the table that are sums of products, known by their text.
# Of those from x * y on, the first half of the operands is multiplied by the second.
SUMS = ["x + y", "x - y", "-x", "sum(x)", "x * y", "dot(x, y)", "dot(w, x) + b"]


@dataclass
class Recording:
    """The operations below a loss, in order: rows, and operands' numbers end to end."""

    rows: list[Op]
    lengths: list[int]  # how many operands each has
    operands: list[int]
    constants: list[float]
    loss: int


@dataclass
class Scalars:
    """The recorded graph as numbers.

    The operands of node i are ``a[first[i] : first[i + 1]]``. Of a sum of products
    these are the first factors; the second ones are in ``b``.
    """

    leaves: int  # how many numbers are parameters and inputs
    table: list[Op]  # the rows of the table that were met
    row: Ints  # of each node, its place there; SUM for a sum of products
    first: Ints
    a: Ints
    b: Ints
    plus: Floats  # the constant of each sum of products
    live: Ints  # the nodes that are left after joining, each after its operands
    constants: Floats
    loss: int
    recorded: Recording
    loops: list[Loop] = field(default_factory=list)  # that the graph is cut at

    @property
    def owner(self) -> Ints:
        """Of each term, the node it is of."""
        return np.arange(len(self.row)).repeat(np.diff(self.first))

    @property
    def factors(self) -> Ints:
        """Both factors of each term, side by side."""
        return np.stack([self.a, self.b], axis=1).ravel()

    def with_terms(self, node: Ints, a: Ints, b: Ints) -> "Scalars":
        """The same nodes with other terms, in any order."""
        order = np.argsort(node, kind="stable")
        first = np.searchsorted(node[order], np.arange(len(self.row) + 1))
        return replace(self, first=first, a=a[order], b=b[order])


def read(loss: Value, leaves: Sequence[Value]) -> Recording:
    """Give the nodes below ``loss`` numbers; what depends on no leaf is a constant."""
    # of Values, and of floats: constants are numbered when they are met
    number: dict[Any, int] = defaultdict(count(LOWEST - 1, -1).__next__)
    number |= {1.0: ONE, -1.0: MINUS, -math.inf: LOWEST}
    number |= zip(leaves, count(), strict=False)
    rows: list[Op] = []
    lengths: list[int] = []
    operands: list[int] = []
    order = loss.topological_order()
    for v in order:
        op = v.op
        if op is None:
            if v not in number:
                number[v] = number[v.data]
            continue
        # the slots themselves: with v.operands this loop takes three times as long
        x, y = v._a, v._b
        ids: tuple[int, ...]
        if y.__class__ is tuple:  # plain numbers may be among them
            ids = tuple(map(number.__getitem__, y if v._da is None else v._da))
        elif len(op.operands) > 1:
            ids = number[v._da if x is None else x], number[v._db if y is None else y]
        else:
            ids = (number[x],)
        if ids[0] < 0 and max(ids) < 0:
            number[v] = number[v.data]
            continue
        number[v] = len(leaves) + len(rows)
        rows.append(op)
        lengths.append(len(ids))
        operands += ids
    if {*map(type, order)} != {Value}:
        refuse_branches([v for v in order if number[v] >= 0])
    constants = [c for c in number if c.__class__ is float]
    return Recording(rows, lengths, operands, constants, number[loss])


def refuse_branches(values: Sequence[Value]) -> None:
    """Raise ValueError where the recording has already taken one of two branches."""
    for v in values:
        if hasattr(v, "_compared"):
            raise ValueError(say("branch", v=repr(v)))


def scalars(loss: Value, leaves: Sequence[Value]) -> Scalars:
    """The graph below ``loss``, with sums that are used once joined into one sum of
    products.

    Constants stay where they are, as a recurrence may begin with one, until it is
    `folded`.
    """
    recorded = read(loss, leaves)
    table = list(dict.fromkeys(recorded.rows))
    place = {op: i for i, op in enumerate(table)}
    nothing = [SUM] * len(leaves)
    row = np.array([*nothing, *map(place.__getitem__, recorded.rows)], dtype=np.int64)
    length = np.array([0] * len(leaves) + recorded.lengths, dtype=np.int64)
    n = len(row)
    forms = [SUMS.index(op.forward) if op.forward in SUMS else -1 for op in table]
    form = np.array([*forms, -1])[row]
    is_sum = form >= 0

    operands = np.fromiter(recorded.operands, np.int64)
    uses = np.bincount(operands[operands >= 0], minlength=n)
    node, a, b = _terms(operands, length, form)

    constants = np.array(recorded.constants)
    fixed = (a < 0) & (b < 0) & is_sum[node]
    added = constants[~a[fixed]] * constants[~b[fixed]]
    alone = np.zeros(n, dtype=bool)  # where the sum of all constants might be infinite
    alone[node[fixed][np.abs(added) > 1e150]] = True
    joined, root = _joined(node, a, b, is_sum, uses, alone)
    kept = ~joined
    found = Scalars(
        leaves=len(leaves),
        table=table,
        row=np.where(is_sum, SUM, row),
        first=operands[:0],
        a=operands[:0],
        b=operands[:0],
        plus=np.zeros(n),
        live=np.flatnonzero((root == np.arange(n)) & (length > 0)),
        constants=constants,
        loss=recorded.loss,
        recorded=recorded,
    )
    return found.with_terms(root[node][kept], a[kept], b[kept])


def folded(graph: Scalars) -> Scalars:
    """The same with a variable first in every term of a sum; what is constant is added
    up.
    """
    n, a, b, node = len(graph.row), graph.a, graph.b, graph.owner
    swap = (a < 0) & (graph.row[node] == SUM)
    a, b = np.where(swap, b, a), np.where(swap, a, b)
    fixed = swap & (a < 0)
    constants = graph.constants
    added = constants[~a[fixed]] * constants[~b[fixed]]
    plus = np.bincount(node[fixed], added, minlength=n).astype(np.float64)
    return replace(graph, plus=plus).with_terms(node[~fixed], a[~fixed], b[~fixed])


def _terms(operands: Ints, length: Ints, form: Ints) -> tuple[Ints, Ints, Ints]:
    """Every operand as a term a * b: the node it is of, a, and b."""
    node = np.repeat(np.arange(len(length)), length)
    nth = np.arange(len(operands)) - np.repeat(np.cumsum(length) - length, length)
    form, half = form[node], (length // 2)[node]  # the length of each list of factors
    b = np.full(len(operands), ONE)
    subtracted = (form == SUMS.index("x - y")) & (nth == 1)
    b[subtracted | (form == SUMS.index("-x"))] = MINUS
    multiplied = form >= SUMS.index("x * y")
    factors = np.flatnonzero(multiplied & (nth < half))
    b[factors] = operands[factors + half[factors]]
    kept = np.flatnonzero(~multiplied | (nth < half) | (nth >= 2 * half))
    return node[kept], operands[kept], b[kept]


def _joined(
    node: Ints, a: Ints, b: Ints, is_sum: Bools, uses: Ints, alone: Bools
) -> tuple[Bools, Ints]:
    """Which terms give way to the terms of the sum they are, and each node's sum.

    A sum used once, as a term of another sum, becomes a part of it. But where several
    sums that hold products meet, they are units, as the outputs of neurons in a total
    are, and stay.
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

    # Which nodes hold products, themselves or in the one sum that they join.
    holds = np.zeros(n, dtype=bool)
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
    return joins, root
