"""What is irregular: few scalars of many kinds, read and added here and there.

A line of the program for each kind would be more work than it does. So the arrays that
a level reads several at once are put end to end in a pool; all that it reads of them is
one gather; and products are added to their sums by position.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from . import expressions as ex
from .arrays import (
    LIST,
    NUMBERS,
    SEVERAL,
    Array,
    Bools,
    Ints,
    Product,
    Reading,
)
from .expressions import Expr
from .scalars import ONE
from .shapes import reading_at
from .views import added, view

if TYPE_CHECKING:
    from .derive import Sweep

SMALL = 64  # numbers
SEVERAL_KINDS = 4
SEVERAL_TERMS = 8  # in sums of which all have the same


def few(sizes: Ints, limit: int, several: int) -> Bools:
    """Which kinds of scalars of an operation, or of terms in a sum, are irregular.

    Those that read few numbers where there are several of them: one array of them all
    costs a gather, which is cheaper than a line for each.
    """
    small = sizes < limit
    found: Bools = small & (small.sum() >= several)
    return found


def scattered(a: Ints, b: Ints, owner: Ints) -> list[Product]:
    """Irregular terms: constants times variables, and products of variables."""
    found = []
    for chosen, source in ((b < 0, NUMBERS), (b >= 0, SEVERAL)):
        if chosen.any():
            sides = Reading(SEVERAL, a[chosen]), Reading(source, b[chosen])
            found.append(Product(*sides, owner[chosen]))
    return found


class Pool:
    """Arrays end to end, for those that read several at once; it grows by levels."""

    def __init__(self, arrays: list[Array], array_of: Ints, next_node: int) -> None:
        self.arrays: list[Array] = arrays
        self.array_of: Ints = array_of
        self.next_node: int = next_node  # a number for what is read from the pool
        self.holds: Bools = np.zeros(len(array_of), dtype=bool)
        self.number: int = -1

    def gathered(self, readings: Sequence[Reading]) -> list[Array]:
        """The pool with all that these read of several arrays, and what reads it."""
        several = [reading for reading in readings if reading.source == SEVERAL]
        if not several:
            return []
        ids = np.concatenate([reading.ids.ravel() for reading in several])
        found = self.grown(ids)
        nodes = np.arange(self.next_node, self.next_node + len(ids))
        self.next_node += len(ids)
        ones = Reading(NUMBERS, np.full((len(ids), 1), ONE))
        every = Product(Reading(self.number, ids[:, None]), ones)
        found.append(Array(nodes, products=[every], from_pool=True))
        for reading in several:
            shape = reading.ids.shape
            reading.source = len(self.arrays) + len(found) - 1
            reading.ids, nodes = np.split(nodes, [reading.ids.size])
            reading.ids = reading.ids.reshape(shape)
        return found

    def grown(self, ids: Ints) -> list[Array]:
        """The pool with what it does not hold yet, if there is any."""
        new = ids[~self.holds[ids]]
        if not len(new):
            return []
        pool = Array(ids[:0])
        if self.number >= 0:
            pool.members.append(Reading(self.number, ids[:0]))
        for source in np.unique(self.array_of[new]).tolist():
            numbers = np.unique(new[new < 0])
            member = numbers if source == NUMBERS else self.arrays[source].nodes
            self.holds[member] = True
            pool.members.append(Reading(source, member))
        self.number = len(self.arrays)
        return [pool]


# ---- as expressions ------------------------------------------------------------------


def joined(work: "Sweep", array: Array) -> Expr:
    """The arrays of a pool end to end."""
    batch = work.shape_of(array)[: array.batched]
    parts = []
    for member in array.members:
        value, _ = work.read(member)
        parts.append(ex.spread(value, (*batch, len(member.index))))
    return ex.concatenate(parts, len(batch))


def propagate_joined(work: "Sweep", array: Array, grad: Expr) -> None:
    """Each array of a pool its part of the gradient."""
    grad = ex.spread(grad, work.shape_of(array))
    subscripts = work.batch_axis(array) + LIST
    at = 0
    for member in array.members:
        start, at = at, at + len(member.index)
        part = view(grad, reading_at(array.number, np.arange(start, at), LIST))
        work.propagate(member, part, subscripts, work.sizes(array, member))


def sum_of_scattered(work: "Sweep", array: Array) -> Expr:
    """Products of which each is added to a sum of its own."""
    shape = work.shape_of(array)
    batch = shape[: array.batched]
    subscripts = work.batch_axis(array) + LIST
    parts = []
    for product in array.scattered:
        assert product.owner is not None
        owners = Reading(array.number, product.owner, product.owner)
        parts.append((owners, work.contracted(product, subscripts, array)))
    return ex.reshape(added(parts, ex.size(shape), batch), shape)
