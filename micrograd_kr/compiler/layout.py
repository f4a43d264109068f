"""Give every group a shape, and every operand the positions it reads.

The nodes of a group are put in the order of the positions of their operands. Where these are then regular,
nested loops with constant steps, the loops they have in common are the shape: the 1,600 nodes of 16 neurons
on 100 points become 16 × 100, because their weights repeat 100 times and their points 16 times.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .fuse import Floats, Ints
from .group import CONSTANT, Group, Slot, Term

AXES, LISTS = (
    "ijklmopqrstuvw",
    "zyx",
)  # letters for the axes of an array, and for those of a list of operands

Loops = list[tuple[int, int]]  # (length, step) of nested loops, the outermost first


class Operand(NamedTuple):
    """What an array reads: positions in the flat storage of another, or numbers.

    ``index`` has an axis for each of the ``letters``: the axes of the reader along which it varies, those
    with the largest steps first, and those of its list. ``steps``: of each axis, None when irregular.
    """

    source: int
    index: npt.NDArray[Any]  # type: ignore[assignment] # tuple has a method of this name, which is not used
    letters: str
    steps: tuple[int, ...] | None = None


class Product(NamedTuple):
    """a * b, summed over the letters of lists; ``owner`` says of irregular ones which node each is of."""

    a: Operand
    b: Operand
    owner: Ints | None = None


@dataclass
class Array:
    """A group with a shape; ``operands`` of an operation, ``terms`` and ``plus`` of a sum of products."""

    group: Group
    shape: tuple[int, ...]
    operands: list[Operand] = field(default_factory=list)
    terms: list[Product] = field(default_factory=list)
    plus: Operand | None = None

    @property
    def letters(self) -> str:
        """A letter for each axis."""
        return AXES[: len(self.shape)]


class _Column(NamedTuple):
    """What nodes can be ordered by: a number for each, where it is read, and how good an order it gives."""

    values: Ints
    source: tuple[int, ...]
    rank: int


def layout(
    groups: Sequence[Group],
    shapes: Sequence[tuple[int, ...]],
    constants: Floats,
    count: int,
) -> list[Array]:
    """The groups as arrays; ``shapes`` are those of the parameters and inputs, ``count`` the number of nodes."""
    work = _Layout(groups, shapes, constants, count)
    return [work.array(g) for g in groups]


class _Layout:
    def __init__(
        self,
        groups: Sequence[Group],
        shapes: Sequence[tuple[int, ...]],
        constants: Floats,
        count: int,
    ) -> None:
        self.groups, self.shapes, self.constants = groups, list(shapes), constants
        # of each node in its array, and in the pool; at the end constants, which are negative numbers
        self.place = np.concatenate(
            [np.zeros(count, dtype=np.int64), np.arange(-len(constants), 0)]
        )
        self.pooled = self.place.copy()

    def array(self, g: Group) -> Array:
        """The array of one group, after those it reads."""
        if g.number < len(self.shapes):
            self.place[g.nodes] = np.arange(len(g.nodes))
            return Array(g, self.shapes[g.number])
        if g.members:
            return self.pool(g)
        n = len(g.nodes)
        read = g.pooled or all(
            s == CONSTANT or self.groups[s].pooled for s in g.sources
        )  # is in order already
        columns = [] if read else sorted(self.columns(g), key=lambda c: c.rank)
        order = (
            np.lexsort([c.values for c in reversed(columns)])
            if columns
            else np.arange(n)
        )
        shape = common(n, [loops(c.values[order], c.source) for c in columns])
        self.place[g.nodes[order]] = np.arange(n)
        self.shapes.append(shape)
        return Array(
            g,
            shape,
            [self.operand(slot, order, shape, slot.ids.shape[1:]) for slot in g.slots],
            [self.product(term, order, shape) for term in g.terms],
            None
            if g.plus is None
            else numbers(g.plus[order].reshape(shape), len(shape)),
        )

    def pool(self, g: Group) -> Array:
        """Arrays end to end."""
        at, operands = 0, []
        for source, ids in g.members:
            n = len(ids) if source == CONSTANT else math.prod(self.shapes[source])
            self.pooled[ids] = at + (
                np.arange(n) if source == CONSTANT else self.place[ids]
            )
            index = self.constants[~ids] if source == CONSTANT else np.arange(n)
            operands.append(Operand(source, index, LISTS[0], (1,)))
            at += n
        self.shapes.append((at,))
        return Array(g, (at,), operands)

    # ---- the order of the nodes

    def columns(self, g: Group) -> list[_Column]:
        """What the nodes can be ordered by: first the two sides of the largest matrix product."""
        columns = [self.column(slot) for slot in g.slots]
        regular = [t for t in g.terms if t.owner is None]
        products = [t for t in regular if t.b.source >= 0 and t.a.ids.shape[1] > 1]
        main = max(products, key=lambda t: t.a.ids.shape[1], default=None)
        for t in regular:
            sides = [self.column(t.a), self.column(t.b)]
            if t is main:  # rows of a batch stay in front: X @ W.T
                sides = [
                    side._replace(rank=0)
                    for side in (sides[::-1] if self.later(t) else sides)
                ]
            columns += sides
        return [c for c in columns if np.ptp(c.values)]

    def later(self, t: Term) -> bool:
        """Whether only the second factor has a row for each example."""
        return self.groups[t.b.source].batched and not self.groups[t.a.source].batched

    def column(self, slot: Slot) -> _Column:
        """Best of all is an operand that is the whole of an array; worst one with elements read many times."""
        rows = self.positions(slot)
        values = rows if rows.ndim == 1 else row_key(rows)
        if slot.source < 0:
            return _Column(values, (), 4)
        source = self.shapes[slot.source]
        once = bool(np.bincount(values).max() == 1)
        return _Column(
            values,
            source,
            3 if not once else 1 if len(values) == math.prod(source) else 2,
        )

    # ---- operands

    def positions(self, slot: Slot) -> Ints:
        """Where each node stands in what the slot reads."""
        pool = slot.source >= 0 and bool(self.groups[slot.source].members)
        return (self.pooled if pool else self.place)[slot.ids]

    def product(self, t: Term, order: Ints, shape: tuple[int, ...]) -> Product:
        """Both factors of a term, with the list of products cut where the loops of either ask for it."""
        if t.owner is not None:
            every, length = np.zeros(1, dtype=np.int64), t.a.ids.shape
            a, b = (
                self.operand(slot._replace(ids=slot.ids[None]), every, (), length)
                for slot in (t.a, t.b)
            )
            return Product(a, b, np.argsort(order)[t.owner])
        m = t.a.ids.shape[1]
        inner = (
            ()
            if m == 1
            else common(
                m, [loops(self.positions(slot)[order[0]], ()) for slot in (t.a, t.b)]
            )
        )
        if len(inner) > len(LISTS):
            inner = (m,)
        return Product(
            self.operand(t.a, order, shape, inner),
            self.operand(t.b, order, shape, inner),
        )

    def operand(
        self, slot: Slot, order: Ints, shape: tuple[int, ...], inner: tuple[int, ...]
    ) -> Operand:
        """What a slot reads, for a reader of this shape with lists of that one."""
        index = self.positions(slot)[order].reshape(shape + inner)
        if slot.source == CONSTANT:
            return numbers(self.constants[~index], len(shape))
        return reading(slot.source, *varying(index, len(shape)))


def reading(source: int, index: Ints, letters: str) -> Operand:
    """An operand with these positions; its axes are put in order."""
    steps = [step_along(index, k) for k in range(index.ndim)]
    order = sorted(range(index.ndim), key=lambda k: -steps[k])
    index, steps = index.transpose(order), [steps[k] for k in order]
    reach = 0
    for n, step in zip(reversed(index.shape), reversed(steps), strict=True):
        reach = reach + (n - 1) * step if step > reach else -1
        if reach < 0:
            break
    regular = reach >= 0 and bool(
        (index == index.flat[0] + nested(index.shape, steps)).all()
    )
    return Operand(
        source,
        index,
        "".join(letters[k] for k in order),
        tuple(steps) if regular else None,
    )


def step_along(index: Ints, k: int) -> int:
    """From the first position to the next one along an axis."""
    return int(index.take(min(1, index.shape[k] - 1), axis=k).flat[0] - index.flat[0])


def numbers(values: Floats, axes: int) -> Operand:
    """An operand of numbers known now."""
    if (values == values.flat[0]).all():
        return Operand(CONSTANT, values.ravel()[0], "")
    return Operand(CONSTANT, *varying(values, axes))


def varying(index: npt.NDArray[Any], axes: int) -> tuple[npt.NDArray[Any], str]:
    """``index`` without those of the first axes along which it is the same, and the letters of those left."""
    letters = AXES[:axes] + LISTS[: index.ndim - axes]
    for k in reversed(range(axes)):
        one = index.take([0], axis=k)
        if (index == one).all():
            index, letters = one.squeeze(k), letters[:k] + letters[k + 1 :]
    return index, letters


def nested(lengths: Sequence[int], steps: Sequence[int]) -> Ints:
    """What loops count out, in an array with an axis for each.

    >>> nested([2, 3], [100, 1]).tolist()
    [[0, 1, 2], [100, 101, 102]]
    """
    axes: list[Any] = [
        step * np.arange(n) for n, step in zip(lengths, steps, strict=True)
    ]
    return reduce(np.add.outer, axes or [np.zeros((), dtype=np.int64)])


def loops(values: Ints, source: Sequence[int]) -> Loops | None:
    """The nested loops that count out the values, cut at the rows of a source of this shape; None if irregular.

    >>> loops(np.array([0, 3, 6, 100, 103, 106]), ())
    [(2, 100), (3, 3)]
    >>> loops(np.arange(8), (4, 2))
    [(4, 2), (2, 1)]
    """
    found: Loops = []
    while len(values) > 1:
        if (
            len(set(np.diff(values[:9]).tolist())) > 4
        ):  # irregular, seen from the first few
            return None
        steps = np.diff(values)
        other = np.flatnonzero(steps != steps[0])
        n = int(other[0]) + 1 if len(other) else len(values)
        if len(values) % n:
            return None
        table = values.reshape(-1, n)
        if (table - table[:, :1] != steps[0] * np.arange(n)).any():
            return None
        found.insert(0, (n, int(steps[0])))
        values = table[:, 0]
    cut: Loops = []
    for n, step in found:
        for k in range(1, len(source)):
            width = math.prod(source[k:])
            if (
                0 < step < width < step * n
                and width % step == 0
                and n % (width // step) == 0
            ):
                cut.append((n * step // width, width))
                n = width // step
        cut.append((n, step))
    return cut


def common(n: int, found: Sequence[Loops | None]) -> tuple[int, ...]:
    """The shape of n elements that is fine enough for as many of the loops as possible, the first ones first.

    >>> common(12, [[(3, 1), (4, 0)], [(6, 0), (2, 1)]])
    (3, 2, 2)
    """
    cuts = {n, 1}
    for dims in found:
        lengths = [length for length, _ in dims or []]
        more = sorted(cuts | {math.prod(lengths[k:]) for k in range(len(lengths))})
        if len(more) <= len(AXES) and all(b % a == 0 for a, b in pairwise(more)):
            cuts = set(more)
    ordered = sorted(cuts, reverse=True)
    return tuple([a // b for a, b in pairwise(ordered)])


def row_key(rows: Ints) -> Ints:
    """A number for each row, equal for equal rows, in the order of the rows' first elements.

    >>> row_key(np.array([[5, 6], [2, 3], [5, 6]]))
    array([5, 2, 5])
    """
    if rows.shape[1] == 1:
        return rows[:, 0]
    weights = np.random.default_rng(0).integers(1 << 62, size=rows.shape[1])
    _, first, which = np.unique(rows @ weights, return_index=True, return_inverse=True)
    if (rows[first][which] != rows).any():  # two hashes happened to be equal
        _, first, which = np.unique(
            rows, axis=0, return_index=True, return_inverse=True
        )
    distinct = rows[first]
    if len(np.unique(distinct[:, 0])) == len(distinct):
        return rows[:, 0]
    rank = np.empty(len(distinct), dtype=np.int64)
    rank[np.lexsort(distinct.T[::-1])] = np.arange(len(distinct))
    ranks: Ints = rank[which.ravel()]
    return ranks
