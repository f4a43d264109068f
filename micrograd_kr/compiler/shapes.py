"""Give every array a shape, and everything it reads positions.

The nodes of an array are put in the order of the positions of their operands. Where these are then regular,
nested loops with constant steps, the loops they have in common are the shape: the 1,600 nodes of 16 neurons
on 100 points become 16 × 100, because their weights repeat 100 times and their points 16 times.
"""

import math
from collections.abc import Sequence
from functools import reduce
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .arrays import (
    AXES,
    LIST,
    LISTS,
    NUMBERS,
    Array,
    Floats,
    Ints,
    Loops,
    Product,
    Reading,
)


class _Column(NamedTuple):
    """What nodes can be ordered by: a number for each, where it is read, and how good an order it gives."""

    values: Ints
    source: tuple[int, ...]
    rank: int


def give_shapes(
    arrays: Sequence[Array],
    leaves: Sequence[tuple[int, ...]],
    constants: Floats,
    count: int,
    loss: Reading,
) -> None:
    """Give the arrays shapes and their readings positions.

    ``leaves``: the shapes of the parameters and of each input; ``count``: how many scalars there are.
    """
    work = _Layout(arrays, constants, count)
    for array, shape in zip(arrays, leaves, strict=False):
        work.leaf(array, shape)
    for array in arrays[len(leaves) :]:
        if array.members:
            work.pool(array)
        elif array.role in ("moving", "still", "carried", "states"):
            work.of_loop(array)
        else:
            work.array(array)
    for array in arrays:
        work.all_turns(array)
    work.settle(loss, np.zeros(1, dtype=np.int64), (), ())


class _Layout:
    def __init__(self, arrays: Sequence[Array], constants: Floats, count: int) -> None:
        self.arrays, self.constants = arrays, constants
        # Of each scalar in its array, and in the pool. At the end are the constants, which are negative
        # numbers and so count from there.
        numbers = np.arange(-len(constants), 0)
        self.place = np.concatenate([np.zeros(count, dtype=np.int64), numbers])
        self.place_in_pool = self.place.copy()
        self.place_in_turn = self.place.copy()  # in the pool of a turn

    def leaf(self, array: Array, shape: tuple[int, ...]) -> None:
        """Parameters or an input."""
        array.shape = shape
        self.place[array.nodes] = np.arange(len(array.nodes))

    def pool(self, array: Array) -> None:
        """Arrays end to end."""
        at, places = 0, self.places_in(array)
        for member in array.members:
            ids, source = member.ids, member.source
            if source == NUMBERS:
                member.index = self.constants[~ids]
                within = np.arange(len(ids))
            else:
                member.index = np.arange(math.prod(self.arrays[source].shape))
                within = self.place[ids]
            member.subscripts, member.steps = LIST, (1,)
            places[ids] = at + within
            at += len(member.index)
        array.shape = (at,)

    def array(self, array: Array) -> None:
        """The order of the nodes, their shape, and the positions of what they read."""
        n = len(array.nodes)
        read = [self.arrays[source] for source in array.sources]
        columns: list[_Column] = []
        in_order = array.from_pool or all(other.from_pool for other in read)
        if not in_order:
            columns = sorted(self.columns(array), key=lambda column: column.rank)
        order = np.arange(n)
        if columns:
            order = np.lexsort([column.values for column in reversed(columns)])
        found = [loops(column.values[order], column.source) for column in columns]
        array.shape = common(n, found)
        self.place[array.nodes[order]] = np.arange(n)

        for operand in array.operands:
            self.settle(operand, order, array.shape, operand.ids.shape[1:])
        for product in array.products:
            self.settle_product(product, order, array.shape)
        if array.twin is not None and not array.role:
            self.settle(array.twin, order, array.shape, ())
        if array.plus is not None:
            plus = Reading(NUMBERS, array.nodes)
            settle_numbers(plus, array.plus[order].reshape(array.shape), array.shape)
            array.constants = plus

    def of_loop(self, array: Array) -> None:
        """What a turn reads, and the states: vectors, or numbers."""
        loop, n = array.loop, len(array.nodes)
        assert loop is not None
        rows = {"moving": loop.turns, "states": loop.depth}.get(array.role, 0)
        if array.role == "states":
            n //= loop.depth + loop.turns
        one = (n,) if n > 1 else ()
        array.shape = (loop.depth + loop.turns, *one) if array.role == "states" else one
        if array.role in ("moving", "still"):
            reading = array.operands[0]
            order = np.atleast_2d(self.positions(reading))[0].argsort(kind="stable")
            array.nodes, reading.ids = array.nodes[order], reading.ids[..., order]
        self.place[array.nodes] = np.arange(len(array.nodes))
        if array.role == "still":
            self.settle_rows(array.operands[0])
        for reading in array.operands if array.role != "still" else []:
            self.settle(reading, np.arange(rows), (rows,), one)
        for _, reading in array.made:
            self.settle_rows(reading)

    def settle_rows(self, reading: Reading) -> None:
        """The positions of a table of scalars, without axes of length 1."""
        ids = reading.ids = np.atleast_2d(reading.ids)
        rows, n = ids.shape
        self.settle(reading, np.arange(rows), (rows,), (n,) if n > 1 else ())

    def all_turns(self, array: Array) -> None:
        """The numbers of all turns of what is computed in a turn, and the copies of states."""
        loop = array.loop
        if loop is None:
            return
        every = np.arange(loop.turns)
        if array.twin is not None:
            order = self.place[array.nodes].argsort()
            array.twin.ids = array.twin.ids[:, order]
            self.settle(array.twin, every, (loop.turns, *array.shape), ())
        for _, reading in array.copied:
            self.settle_rows(reading)

    # ---- the order of the nodes

    def columns(self, array: Array) -> list[_Column]:
        """What the nodes can be ordered by: first the two sides of the largest matrix product."""
        columns = [self.column(operand) for operand in array.operands]
        main = largest_product(array.regular)
        for product in array.regular:
            sides = [self.column(product.a), self.column(product.b)]
            if product is main:
                if self.rows_come_second(product):  # they stay in front: X @ W.T
                    sides.reverse()
                sides = [side._replace(rank=0) for side in sides]
            columns += sides
        return [column for column in columns if np.ptp(column.values)]

    def rows_come_second(self, product: Product) -> bool:
        """Whether only the second factor has a row for each example."""
        a, b = self.arrays[product.a.source], self.arrays[product.b.source]
        return b.batched and not a.batched

    def column(self, reading: Reading) -> _Column:
        """Best of all is what reads the whole of an array; worst what reads elements many times."""
        rows = self.positions(reading)
        values = rows if rows.ndim == 1 else row_key(rows)
        if reading.source < 0:
            return _Column(values, (), 4)
        source = self.arrays[reading.source].shape
        if np.bincount(values).max() > 1:
            return _Column(values, source, 3)
        whole = len(values) == math.prod(source)
        return _Column(values, source, 1 if whole else 2)

    # ---- the positions of what is read

    def positions(self, reading: Reading) -> Ints:
        """Where each scalar stands in what is read."""
        of_pool = reading.source >= 0 and bool(self.arrays[reading.source].members)
        if of_pool:
            return self.places_in(self.arrays[reading.source])[reading.ids]
        return self.place[reading.ids]

    def places_in(self, pool: Array) -> Ints:
        """Where scalars stand in a pool."""
        return self.place_in_turn if pool.role else self.place_in_pool

    def settle_product(
        self, product: Product, order: Ints, shape: tuple[int, ...]
    ) -> None:
        """Both factors, with the list of products cut where the loops of either ask for it."""
        a, b = product.a, product.b
        if product.owner is not None:
            product.owner = np.argsort(order)[product.owner]
            every = np.zeros(1, dtype=np.int64)
            for side in (a, b):
                length = side.ids.shape
                side.ids = side.ids[None]
                self.settle(side, every, (), length)
            return
        n = a.ids.shape[1]
        inner: tuple[int, ...] = ()
        if n > 1:
            first = [self.positions(side)[order[0]] for side in (a, b)]
            inner = common(n, [loops(positions, ()) for positions in first])
        if len(inner) > len(LISTS):
            inner = (n,)
        self.settle(a, order, shape, inner)
        self.settle(b, order, shape, inner)

    def settle(
        self,
        reading: Reading,
        order: Ints,
        shape: tuple[int, ...],
        inner: tuple[int, ...],
    ) -> None:
        """The positions for a reader of this shape with lists of that one."""
        index = self.positions(reading)[order].reshape(shape + inner)
        if reading.source == NUMBERS:
            settle_numbers(reading, self.constants[~index], shape)
        else:
            settle_positions(reading, *varying(index, len(shape)))


def largest_product(products: Sequence[Product]) -> Product | None:
    """The one with the longest lists of variables, if there is one."""

    def length(product: Product) -> int:
        return int(product.a.ids.shape[1])

    real = [p for p in products if p.b.source >= 0 and length(p) > 1]
    return max(real, key=length, default=None)


def settle_positions(reading: Reading, index: Ints, subscripts: str) -> None:
    """These positions, with their axes in order of their steps."""
    steps = [step_along(index, k) for k in range(index.ndim)]
    order = sorted(range(index.ndim), key=lambda k: -steps[k])
    index, steps = index.transpose(order), [steps[k] for k in order]
    reading.index = index
    reading.subscripts = "".join(subscripts[k] for k in order)
    reading.steps = tuple(steps) if is_regular(index, steps) else None


def is_regular(index: Ints, steps: Sequence[int]) -> bool:
    """Whether these are nested loops, none of which reaches into the next turn of the one around it."""
    reach = 0
    for n, step in zip(reversed(index.shape), reversed(steps), strict=True):
        if step <= reach:
            return False
        reach += (n - 1) * step
    return bool((index == index.flat[0] + nested(index.shape, steps)).all())


def reading_at(source: int, index: Ints, subscripts: str) -> Reading:
    """What reads these positions."""
    reading = Reading(source, index)
    settle_positions(reading, index, subscripts)
    return reading


def step_along(index: Ints, k: int) -> int:
    """From the first position to the next one along an axis."""
    second = min(1, index.shape[k] - 1)
    return int(index.take(second, axis=k).flat[0] - index.flat[0])


def settle_numbers(reading: Reading, values: Floats, shape: tuple[int, ...]) -> None:
    """Numbers known now for a reader of this shape; one where all are equal."""
    if (values == values.flat[0]).all():
        reading.index = np.array(values.flat[0])
    else:
        reading.index, reading.subscripts = varying(values, len(shape))


def varying(index: npt.NDArray[Any], axes: int) -> tuple[npt.NDArray[Any], str]:
    """``index`` without those of the first axes along which it is the same, and subscripts for those left."""
    subscripts = AXES[:axes] + LISTS[: index.ndim - axes]
    for k in reversed(range(axes)):
        one = index.take([0], axis=k)
        if (index == one).all():
            index = one.squeeze(k)
            subscripts = subscripts[:k] + subscripts[k + 1 :]
    return index, subscripts


# ---- loops -------------------------------------------------------------------------------------------


def nested(lengths: Sequence[int], steps: Sequence[int]) -> Ints:
    """What loops count out, in an array with an axis for each.

    >>> nested([2, 3], [100, 1]).tolist()
    [[0, 1, 2], [100, 101, 102]]
    """
    axes = [step * np.arange(n) for n, step in zip(lengths, steps, strict=True)]
    start: Any = np.zeros((), dtype=np.int64)
    return reduce(np.add.outer, axes, start)


def loops(values: Ints, source: Sequence[int]) -> Loops | None:
    """The nested loops that count out the values, cut at the rows of a source of this shape; None if irregular.

    >>> loops(np.array([0, 3, 6, 100, 103, 106]), ())
    [(2, 100), (3, 3)]
    >>> loops(np.arange(8), (4, 2))
    [(4, 2), (2, 1)]
    """
    found: Loops = []
    while len(values) > 1:
        beginning = np.diff(values[:9])
        if len(set(beginning.tolist())) > 4:  # irregular, seen from the first few
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
        cut += cut_at_rows(n, step, source)
    return cut


def cut_at_rows(n: int, step: int, source: Sequence[int]) -> Loops:
    """A loop as several where it goes through whole rows of a source of this shape.

    >>> cut_at_rows(8, 1, (4, 2))
    [(4, 2), (2, 1)]
    """
    cut: Loops = []
    for k in range(1, len(source)):
        width = math.prod(source[k:])
        crosses = 0 < step < width < step * n
        if crosses and width % step == 0 and n % (width // step) == 0:
            cut.append((n * step // width, width))
            n = width // step
    return [*cut, (n, step)]


def common(n: int, found: Sequence[Loops | None]) -> tuple[int, ...]:
    """The shape of n elements that is fine enough for as many of the loops as possible, the first ones first.

    >>> common(12, [[(3, 1), (4, 0)], [(6, 0), (2, 1)]])
    (3, 2, 2)
    """
    cuts = {n, 1}
    for each in found:
        lengths = [length for length, _ in each or []]
        inner = [math.prod(lengths[k:]) for k in range(len(lengths))]
        more = sorted(cuts.union(inner))
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
    found = np.unique(rows @ weights, return_index=True, return_inverse=True)
    _, first, which = found
    if (rows[first][which] != rows).any():  # two hashes happened to be equal
        found = np.unique(rows, axis=0, return_index=True, return_inverse=True)
        _, first, which = found
    distinct = rows[first]
    if len(np.unique(distinct[:, 0])) == len(distinct):
        return rows[:, 0]
    rank = np.empty(len(distinct), dtype=np.int64)
    rank[np.lexsort(distinct.T[::-1])] = np.arange(len(distinct))
    ranks: Ints = rank[which.ravel()]
    return ranks
