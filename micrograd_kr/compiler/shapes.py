"""Give every array a shape, and everything it reads positions.

The nodes of an array are put in the order of the positions of their operands. Where
these are then regular, nested loops with constant steps, the loops they have in common
are the shape: the 1,600 nodes of 16 neurons on 100 points become 16 × 100, because
their weights repeat 100 times and their points 16 times.
"""

import math
from collections.abc import Sequence
from itertools import accumulate, pairwise
from operator import mul
from typing import Any

import numpy as np
import numpy.typing as npt

from .arrays import (
    ABSENT,
    AXES,
    LIST,
    LISTS,
    NUMBERS,
    Array,
    Bools,
    Floats,
    Ints,
    Loop,
    Product,
    Reading,
    cuts,
    is_ragged,
)


def give_shapes(
    arrays: Sequence[Array], leaves: int, constants: Floats, count: int
) -> "Layout":
    """Give the arrays shapes and their readings positions; so many leaves have a shape.

    ``count``: how many scalars there are.
    """
    work = Layout(arrays, constants, count)
    for array in arrays[:leaves]:
        work.leaf(array)
    for array in arrays[leaves:]:
        if array.members:
            work.pool(array)
        elif array.loop is not None:
            work.states(array, array.loop)
        else:
            work.array(array)
    return work


class Layout:
    """Where each scalar stands in its array."""

    def __init__(self, arrays: Sequence[Array], constants: Floats, count: int) -> None:
        self.arrays: Sequence[Array] = arrays
        self.constants: Floats = constants
        # Of each scalar in its array, and in the pool. At the end are the constants,
        # which are negative numbers and so count from there.
        numbers = np.arange(-len(constants), 0)
        self.place: Ints = np.concatenate([np.zeros(count, dtype=np.int64), numbers])
        self.place_in_pool: Ints = self.place.copy()

    def leaf(self, array: Array) -> None:
        """Parameters or an input."""
        every = np.arange(len(array.nodes))
        self.place[array.nodes] = every if array.places is None else array.places

    def pool(self, array: Array) -> None:
        """Arrays end to end."""
        at, places = 0, self.place_in_pool
        for member in array.members:
            ids = member.ids
            if member.source == NUMBERS:
                member.index = self.constants[~ids]
                within = np.arange(len(ids))
            else:
                member.index = np.arange(self.count(member))
                within = self.place[ids]
            member.subscripts, member.steps = LIST, (1,)
            places[ids] = at + within
            at += len(member.index)
        array.shape = (at,)

    def array(self, array: Array) -> None:
        """The order of the nodes, their shape, and the positions of what they read."""
        for reading in array.readings:
            reading.index = self.positions(reading)
        read = [reading for reading in array.aligned if reading.source >= 0]
        read = [] if array.from_pool else sorted(read, key=self.rank)
        keys = [row_key(reading.index) for reading in read]
        every = np.arange(len(array.nodes))
        array.sort(np.lexsort([every, *reversed(keys)]))
        self.place[array.nodes] = every
        found = [each for r in read for each in self.loops(r, r.index)]
        if None in found:
            found = self.completed(array, read) or found
        array.shape = common(array.size, found)

        for operand in array.operands:
            self.settle(operand, array.shape, operand.ids.shape[1:])
        for product in array.products:
            self.settle_product(product, array.shape)
        if array.twin is not None:
            self.settle(array.twin, array.shape)
        if array.constants is not None:
            # all equal, if it has other nodes to be whole
            values = np.resize(array.constants.index, array.shape)
            settle_numbers(array.constants, values, array.subscripts)

    def rank(self, reading: Reading) -> tuple[bool, ...]:
        """What the nodes are ordered by first: low for rows of each example.

        Then for lists, and then for what is read of all of an array.
        """
        batched = self.arrays[reading.source].batched
        is_list = reading.ids[0].size > 1
        is_whole = reading.ids.size == self.count(reading)
        return not batched, not is_list, not is_whole

    def loops(self, reading: Reading, rows: Ints) -> list[list[int] | None]:
        """What counts out the rows of what is read, in steps of each of its axes."""
        shape, key = self.arrays[reading.source].shape, row_key(rows)
        widths = [math.prod(shape[k + 1 :]) for k in range(len(shape))]
        return [loops(key // width) for width in widths]

    # ---- loops

    def states(self, array: Array, loop: Loop) -> None:
        """States as rows, and what the loop reads."""
        rows = loop.depth + loop.turns
        one = array.nodes.reshape(rows, -1)[0]
        array.shape = (rows, *one.squeeze().shape)
        self.leaf(array)
        if array is loop.states_of[0]:
            for leaf in loop.leaves:
                leaf.shape = leaf.nodes.squeeze().shape
            for reading, leaf in zip(loop.reads, loop.leaves, strict=False):
                self.read_outside(reading, leaf)
        for reading in array.operands:
            self.settle_rows(reading)

    def read_outside(self, reading: Reading, leaf: Array) -> None:
        """What a turn reads: a row in every turn, or all of an array that stays."""
        places = self.positions(reading)[0]
        if len(reading.ids) == 1:
            leaf.places, leaf.shape = places, self.arrays[reading.source].shape
        else:
            order = places.argsort(kind="stable")
            reading.ids, leaf.nodes = reading.ids[:, order], leaf.nodes[order]

    def settle_rows(self, reading: Reading, inner: tuple[int, ...] = ()) -> None:
        """The positions of a table whose rows are lists, or arrays of this shape."""
        reading.index = self.positions(reading)
        rows, columns = reading.ids.shape[:1], reading.ids[0].squeeze().shape
        self.settle(reading, rows, inner or columns)

    # ---- nodes that are a part of a grid, such as one half of a square

    def completed(
        self, array: Array, read: Sequence[Reading]
    ) -> list[list[int] | None] | None:
        """The loops of an array with more nodes, so that it is a grid; else None.

        What these compute is finite, and where it is read it is 0, or its gradient is.
        """
        grid = self.grid(array, read[0])
        if grid is None or array.twin is not None:
            return None
        rows = {
            reading: continued(reading.index, grid, self.count(reading))
            for reading in array.aligned
        }
        found = [each for r in read for each in self.loops(r, rows[r])]
        if None in found or not self.is_harmless(array, grid, rows):
            return None
        for reading, whole in rows.items():
            reading.index = whole
        array.present = grid.ravel()
        self.place[array.nodes] = np.flatnonzero(array.present)
        return found

    def grid(self, array: Array, first: Reading) -> Bools | None:
        """Which places of a grid the nodes have: where they read, or ragged rows."""
        constants = array.constants
        if array.scattered or (constants is not None and np.ptp(constants.index)):
            return None
        source = self.arrays[first.source]
        if source.present is not None and source.present.sum() == len(array.nodes):
            return source.present.reshape(-1, source.shape[-1])
        lengths = np.diff(cuts(row_key(first.index)))
        if array.row is None and is_ragged(lengths):
            grid: Bools = np.arange(lengths.max()) < lengths[:, None]
            return grid
        return None

    def is_harmless(self, array: Array, grid: Bools, rows: dict[Reading, Ints]) -> bool:
        """Whether the value and the partials at the nodes that are added are finite.

        Those of sums are, and exp(-inf) is 0.
        """
        if array.row is None:
            return True
        first = array.operands[0]
        if array.row.forward == "exp(x)":
            array.blank = True
            first.ids = np.where(grid.ravel(), 0, ABSENT)  # all that is asked for now
            first.fill = -math.inf
            return True
        if array.row.forward == "x / y":
            array.blank = self.arrays[first.source].blank
            below = array.operands[1]
            return bool(self.are_there(below, rows[below]).all())
        return False

    def are_there(self, reading: Reading, rows: Ints) -> Bools:
        """Where scalars are read that are there, and not others of a grid."""
        present = None if reading.source < 0 else self.arrays[reading.source].present
        return np.ones(rows.shape, dtype=bool) if present is None else present[rows]

    def is_blank(self, reading: Reading) -> bool:
        """Whether what is read where lists have ended is 0 anyhow."""
        if reading.fill is None or not self.arrays[reading.source].blank:
            return False
        ended = reading.index[reading.ids == ABSENT]
        return not self.are_there(reading, ended).any()

    def count(self, reading: Reading) -> int:
        """How many numbers there are to be read; 0 if these are known now."""
        if reading.source < 0:
            return 0
        return math.prod(self.arrays[reading.source].shape)

    # ---- the positions of what is read

    def positions(self, reading: Reading) -> Ints:
        """Where each scalar stands in what is read."""
        place = self.place
        if reading.source >= 0 and self.arrays[reading.source].members:
            place = self.place_in_pool
        found: Ints = place[reading.ids]
        if reading.fill is None:
            return found
        there = reading.ids != ABSENT
        return continued(found[there], there, self.count(reading)).reshape(found.shape)

    def settle_product(self, product: Product, shape: tuple[int, ...]) -> None:
        """Both factors; the list is cut where the loops of either ask for it."""
        a, b = product.a, product.b
        if product.owner is not None:
            for side in (a, b):
                self.settle(side, (), side.ids.shape)
            return
        found = [loops(side.index[0]) for side in (a, b)]
        inner = common(a.ids.shape[1], found)
        if self.is_blank(a) or self.is_blank(b):
            a.fill = None
        b.fill = None  # it is enough that the other one is 0
        self.settle(a, shape, inner)
        self.settle(b, shape, inner)

    def settle(
        self, reading: Reading, shape: tuple[int, ...], inner: tuple[int, ...] = ()
    ) -> None:
        """The positions for a reader of this shape with lists of that one."""
        index = reading.index.reshape(shape + inner)
        subscripts = AXES[: len(shape)] + LISTS[: len(inner)]
        if reading.fill is not None:
            there = (reading.ids != ABSENT).reshape(index.shape)
            reading.mask = Reading(NUMBERS, reading.ids)
            settle_numbers(reading.mask, there, subscripts)
        if reading.source == NUMBERS:
            settle_numbers(reading, self.constants[~index], subscripts)
        else:
            settle_positions(reading, *varying(index, subscripts, len(shape)))


def settle_positions(reading: Reading, index: Ints, subscripts: str) -> None:
    """These positions, with their axes in order of their steps."""
    steps = [step_along(index, k) for k in range(index.ndim)]
    order = sorted(range(index.ndim), key=lambda k: -steps[k])
    index, steps = index.transpose(order), [steps[k] for k in order]
    reading.index = index
    reading.subscripts = "".join(subscripts[k] for k in order)
    reading.steps = tuple(steps) if is_regular(index, steps) else None


def is_regular(index: Ints, steps: Sequence[int]) -> bool:
    """Whether these are nested loops, none reaching into the next turn around it."""
    increasing = (np.diff(index.ravel()) > 0).all() and 0 not in steps
    counted = index.flat[0] + nested(index.shape, steps)
    return bool(increasing and (index == counted).all())


def reading_at(source: int, index: Ints, subscripts: str) -> Reading:
    """What reads these positions."""
    reading = Reading(source, index)
    settle_positions(reading, index, subscripts)
    return reading


def step_along(index: Ints, k: int) -> int:
    """From the first position to the next one along an axis."""
    if index.shape[k] == 1:
        return 1
    return int(index.take(1, axis=k).flat[0] - index.flat[0])


def settle_numbers(reading: Reading, values: npt.NDArray[Any], subscripts: str) -> None:
    """Numbers known now, without the axes along which they are the same."""
    reading.index, reading.subscripts = varying(values, subscripts, values.ndim)


def varying(
    index: npt.NDArray[Any], subscripts: str, axes: int
) -> tuple[npt.NDArray[Any], str]:
    """``index`` without those of the first axes along which it is the same.

    And the subscripts of those left.
    """
    for k in reversed(range(axes)):
        one = index.take([0], axis=k)
        if (index == one).all():
            index = one.squeeze(k)
            subscripts = subscripts[:k] + subscripts[k + 1 :]
    return index, subscripts


def continued(values: Ints, grid: Bools, count: int) -> Ints:
    """Values at places of a grid, and at the others what continues its rows.

    But none beyond ``count`` numbers.

    >>> continued(np.array([0, 3, 4]), np.array([[True, False], [True, True]]), 5)
    array([0, 1, 3, 4])
    """
    rows = np.zeros(grid.shape + values.shape[1:], dtype=np.int64)
    rows[grid] = values
    longest = rows[grid.sum(axis=1).argmax()]
    more = rows[:, :1] + (longest - longest[0])
    within = more.min() >= min(0, values.min()) and more.max() < count
    fits = within and (more[grid] == values).all()
    rows[~grid] = np.where(fits, more, rows[:, :1])[~grid]
    return rows.reshape(-1, *values.shape[1:])


# ---- loops ---------------------------------------------------------------------------


def nested(lengths: Sequence[int], steps: Sequence[int]) -> Ints:
    """What loops count out, in an array with an axis for each.

    >>> nested([2, 3], [100, 1]).tolist()
    [[0, 1, 2], [100, 101, 102]]
    """
    positions = np.zeros((), dtype=np.int64)
    for n, step in zip(lengths, steps, strict=True):
        positions = positions[..., None] + step * np.arange(n)
    return positions


def loops(values: Ints) -> list[int] | None:
    """The lengths of the nested loops that count out the values; None if irregular.

    >>> loops(np.array([0, 3, 6, 100, 103, 106]))
    [2, 3]
    """
    if len(values) == 1:
        return []
    steps = np.diff(values)
    changes = np.append(steps != steps[0], True)
    n = 1 + int(changes.argmax())
    if len(values) % n:
        return None
    table = values.reshape(-1, n)
    outer = loops(table[:, 0])
    if outer is None or (np.diff(table) != steps[0]).any():
        return None
    return [*outer, n]


def common(n: int, found: Sequence[list[int] | None]) -> tuple[int, ...]:
    """The shape of n elements, fine enough for as many loops as possible, in order.

    >>> common(12, [[3, 4], [6, 2]])
    (3, 2, 2)
    """
    cuts = sorted({1, n})
    for lengths in found:
        inner = accumulate(reversed(lengths or []), mul)
        more = sorted({*cuts, *inner})
        if len(more) <= len(AXES) and all(b % a == 0 for a, b in pairwise(more)):
            cuts = more
    return tuple([b // a for a, b in pairwise(cuts)][::-1])


def row_key(rows: Ints) -> Ints:
    """A number for each row, equal for equal rows, in order of first elements.

    >>> row_key(np.array([[5, 6], [2, 3], [5, 6]]))
    array([5, 2, 5])
    """
    if rows.ndim == 1:
        return rows
    _, at, which = np.unique(rows[:, 0], return_index=True, return_inverse=True)
    if (rows[at][which] == rows).all():
        return rows[:, 0]
    _, ranks = np.unique(rows, axis=0, return_inverse=True)
    flat: Ints = ranks.ravel()
    return flat
