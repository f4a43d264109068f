"""Give every group a shape, and every operand the positions it reads.

A group's nodes are put in the order of the positions of their operands. Where these positions are then
regular (each a mixed-radix progression) their common radices are the shape: the 1,600 nodes of 16 neurons
on 100 points become 16 × 100, because their weights repeat 100 times and their points 16 times.
"""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ..ops import Op
from .fuse import Floats, Ints
from .group import CONSTANT, Group, Slot, Term

Progression = list[tuple[int, int]]  # (length, step) of nested loops, the outermost first


@dataclass
class Operand:
    """What an array reads: positions in the flat storage of another, or numbers.

    Both have the shape of the array that reads, with 1 where they do not vary, and one more axis for
    the elements of a list.
    """

    source: int
    index: npt.NDArray[Any]


@dataclass
class Array:
    """A group with a shape; ``operands`` of an operation, ``terms`` of a sum of products."""

    group: Group
    shape: tuple[int, ...]
    operands: list[Operand] = field(default_factory=list)
    terms: list[tuple[Operand, Operand, Ints | None]] = field(default_factory=list)
    plus: Operand | None = None

    @property
    def row(self) -> Op | None:
        """The row of the table, or None."""
        return self.group.row


def progression(v: Ints) -> Progression | None:
    """The nested loops that count out ``v``, or None.

    >>> progression(np.array([0, 3, 6, 100, 103, 106]))
    [(2, 100), (3, 3)]
    """
    dims: Progression = []
    n = len(v)
    if n > 1 and v[-1] - v[0] == n - 1 and (v == np.arange(v[0], v[0] + n)).all():  # the most frequent ones
        return [(n, 1)]
    while len(v) > 1:
        if n > 9 and len(set(np.diff(v[:9]).tolist())) > 4:  # nothing regular: known by the first few
            return None
        steps = np.diff(v)
        breaks = np.flatnonzero(steps != steps[0])
        n = int(breaks[0]) + 1 if len(breaks) else len(v)
        if len(v) % n:
            return None
        table = v.reshape(-1, n)
        if (table - table[:, :1] != steps[0] * np.arange(n)).any():
            return None
        dims.insert(0, (n, int(steps[0])))
        v = table[:, 0]
    return dims


def along(dims: Progression, shape: tuple[Any, ...]) -> Progression:
    """The same loops, cut where they cross the rows of a source of this shape.

    >>> along([(1600, 1)], (16, 100))
    [(16, 100), (100, 1)]
    """
    out: Progression = []
    for n, s in dims:
        for k in range(1, len(shape)):
            width = math.prod(shape[k:])
            if 0 < s < width < s * n and width % s == 0 and n % (width // s) == 0:
                out.append((n * s // width, width))
                n = width // s
        out.append((n, s))
    return out


def layout(groups: list[Group], shapes: list[tuple[int, ...]], constants: Floats, count: int) -> list[Array]:
    """The groups as arrays; ``shapes`` are those of the parameters and inputs, ``count`` the number of nodes."""
    work = _Layout(shapes, constants, count)
    return [work.array(g) for g in groups]


class _Layout:
    def __init__(self, shapes: list[tuple[int, ...]], constants: Floats, count: int) -> None:
        self.shapes = list(shapes)
        self.constants = constants
        self.place = np.zeros(count + len(constants), dtype=np.int64)  # of each node in its array
        self.place[count:] = np.arange(-len(constants), 0)
        self.pools: set[int] = set()
        self.pooled = np.zeros_like(self.place)  # of each node in the pool

    def array(self, g: Group) -> Array:
        """The array of one group, after those it reads."""
        if g.number < len(self.shapes):
            shape = self.shapes[g.number]
            self.place[g.nodes] = np.arange(len(g.nodes))
            return Array(g, shape)
        if g.members:
            return self.pool(g)
        columns = self.columns(g)
        fixed = [c for c in columns if c[0] == 0]
        free = [c for c in columns if c[0] > 0]
        columns = [] if g.pooled else fixed + sorted(free, key=lambda c: c[0])
        order = np.lexsort([c[1] for c in reversed(columns)]) if columns else np.arange(len(g.nodes))
        shape = self.shape(len(order), [(c[1][order], c[2]) for c in (fixed or columns)])
        self.place[g.nodes[order]] = np.arange(len(order))
        self.shapes.append(shape)
        return Array(
            g,
            shape,
            [self.operand(slot, order, shape) for slot in g.slots],
            [self.term(t, order, shape) for t in g.terms],
            None if g.plus is None else Operand(CONSTANT, varying(g.plus[order].reshape(shape), len(shape))),
        )

    def pool(self, g: Group) -> Array:
        """The arrays of a pool, end to end."""
        at = 0
        operands = []
        for source, ids in g.members:
            if source == CONSTANT:
                self.pooled[ids] = at + np.arange(len(ids))
                operands.append(Operand(CONSTANT, self.constants[~ids]))
            else:
                self.pooled[ids] = at + self.place[ids]
                operands.append(Operand(source, np.arange(math.prod(self.shapes[source]))))
            at += len(operands[-1].index)
        self.shapes.append((at,))
        self.pools.add(g.number)
        return Array(g, (at,), operands)

    def columns(self, g: Group) -> list[tuple[int, Ints, tuple[int, ...]]]:
        """What the order of the nodes can go by: (rank, a number for each node, the source's shape).

        Rank 0 are the two sides of a matrix product, then operands that are a whole array, part of one,
        or read some elements many times.
        """
        columns = []
        regular = [(a, b) for a, b, owner in g.terms if owner is None]
        main = max([a.ids.shape[1] for a, b in regular if b.source >= 0], default=0)
        for a, b in regular:
            sides = [a, b]
            product = main > 1 and b.source >= 0 and a.ids.shape[1] == main
            for slot in sides:
                if slot.source == CONSTANT and not np.ptp(slot.ids):
                    continue
                key = self.key(slot)
                columns.append((0 if product else self.rank(slot, key), key, self.shape_of(slot)))
            if product:
                main = 0
        for slot in g.slots:
            if slot.source != CONSTANT or np.ptp(slot.ids):
                key = self.key(slot)
                columns.append((self.rank(slot, key), key, self.shape_of(slot)))
        return columns

    def shape_of(self, slot: Slot) -> tuple[int, ...]:
        return self.shapes[slot.source] if slot.source >= 0 else ()

    def key(self, slot: Slot) -> Ints:
        """One number for each node: the position it reads, or which list of positions."""
        rows = self.positions(slot)
        return rows if rows.ndim == 1 else row_key(rows)

    def positions(self, slot: Slot) -> Ints:
        """Where each node stands in the source."""
        return (self.pooled if slot.source in self.pools else self.place)[slot.ids]

    def rank(self, slot: Slot, key: Ints) -> int:
        if slot.source < 0:
            return 4
        if np.bincount(key).max() > 1:
            return 3
        return 1 if len(key) == math.prod(self.shapes[slot.source]) else 2

    def shape(self, n: int, columns: list[tuple[Ints, tuple[int, ...]]]) -> tuple[int, ...]:
        """The shape in which as many of the columns as possible are regular, the first ones first."""
        cuts = {n, 1}
        for values, source in columns:
            dims = progression(values)
            if dims is None:
                continue
            sizes = [length for length, _ in along(dims, source)]
            more = sorted(cuts | {math.prod(sizes[k:]) for k in range(len(sizes))})
            if all(b % a == 0 for a, b in zip(more, more[1:], strict=False)):
                cuts = set(more)
        ordered = sorted(cuts, reverse=True)
        return tuple([a // b for a, b in zip(ordered, ordered[1:], strict=False)])

    def term(self, t: Term, order: Ints, shape: tuple[int, ...]) -> tuple[Operand, Operand, Ints | None]:
        if t.owner is None:
            return self.operand(t.a, order, shape), self.operand(t.b, order, shape), None
        every = np.arange(len(t.owner))
        a, b = (self.operand(slot, every, every.shape) for slot in (t.a, t.b))
        return a, b, np.argsort(order)[t.owner]

    def operand(self, slot: Slot, order: Ints, shape: tuple[int, ...]) -> Operand:
        rows = slot.ids[order].reshape(shape + slot.ids.shape[1:])
        if slot.source == CONSTANT:
            return Operand(CONSTANT, varying(self.constants[~rows], len(shape)))
        return Operand(slot.source, varying(self.positions(slot)[order].reshape(rows.shape), len(shape)))


def row_key(rows: Ints) -> Ints:
    """A number for each row, equal for equal rows, in the order of the rows' first elements.

    >>> row_key(np.array([[5, 6], [2, 3], [5, 6]]))
    array([5, 2, 5])
    """
    if rows.shape[1] == 1:
        return rows[:, 0]
    weights = np.random.default_rng(0).integers(1 << 62, size=rows.shape[1]) * 2 + 1
    _, first, which = np.unique(rows @ weights, return_index=True, return_inverse=True)
    if (rows[first][which] != rows).any():
        _, first, which = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    distinct = rows[first]
    if len(np.unique(distinct[:, 0])) == len(distinct):
        return rows[:, 0]
    rank = np.empty(len(distinct), dtype=np.int64)
    rank[np.lexsort(distinct.T[::-1])] = np.arange(len(distinct))
    return rank[which.ravel()]


def varying(index: npt.NDArray[Any], axes: int) -> npt.NDArray[Any]:
    """``index`` with length 1 along those of the first axes where it does not vary."""
    for k in range(axes):
        one = index[(slice(None),) * k + (slice(1),)]
        if index.shape[k] > 1 and (index == one).all():
            index = one
    return index
