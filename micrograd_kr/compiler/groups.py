"""Find the scalars that one array can hold: same operation, operands from the same arrays.

Level by level from the leaves: equal nodes are merged, then nodes are grouped by their operation and
the arrays of their operands. A level is finished before the next one begins.
"""

import itertools
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from ..engine import Op
from .arrays import NUMBERS, SEVERAL, Array, Floats, Gather, Ints, Product, Reading
from .irregular import Pool, few, scattered
from .scalars import LOWEST, SUM, Scalars

# What makes a list longer without changing the result: for lists of different lengths side by side.
FILLING = {"logsumexp(x)": LOWEST}


def groups(
    graph: Scalars,
    levels: Ints,
    sizes: Sequence[int],
    batched: Sequence[bool],
    gathers: Sequence[Gather] = (),
) -> tuple[list[Array], int]:
    """The arrays of the graph, each after those it reads; first those of the leaves.

    ``levels``: of each live node; ``sizes``: how many numbers the parameters and each input are; ``batched``: which of them have a row
    for each example; the last ones are ``gathers``. Also how many scalars there are, what is read from pools included.
    """
    work = _Grouping(graph, sizes, batched)
    for array, gather in zip(
        work.arrays[-len(gathers) or None :], gathers, strict=False
    ):
        array.gather, array.differentiable = gather, True
    order = np.argsort(levels, kind="stable")
    for start, end in itertools.pairwise(cuts(levels[order])):
        if end > start:
            work.add_level(graph.live[order[start:end]])
    return work.arrays, work.pool.next_node


def levels_of(graph: Scalars) -> Ints:
    """How far each live node is from the leaves."""
    level = [0] * graph.leaves + [1] * (len(graph.row) - graph.leaves)
    reader = np.repeat(np.arange(len(graph.row)), 2 * np.diff(graph.first))
    read = np.stack([graph.a, graph.b], axis=1).ravel()
    inner = read >= graph.leaves  # most edges of a network lead to leaves
    for i, j in zip(read[inner].tolist(), reader[inner].tolist(), strict=True):
        if level[i] >= level[j]:
            level[j] = level[i] + 1
    return np.array(level)[graph.live]


def runs(starts: Ints, lengths: Ints) -> Ints:
    """The numbers of runs that begin there and are so long, one after the other.

    >>> runs(np.array([7, 0]), np.array([2, 3]))
    array([7, 8, 0, 1, 2])
    """
    ends = lengths.cumsum()
    offsets: Ints = (starts - ends + lengths).repeat(lengths)
    return offsets + np.arange(len(offsets))


def cuts(values: Ints) -> list[int]:
    """Where equal neighbours begin and end.

    >>> cuts(np.array([5, 5, 3]))
    [0, 2, 3]
    """
    changes = np.flatnonzero(np.diff(values)) + 1
    return [0, *changes.tolist(), len(values)]


@cache
def _random(seed: int, bits: int) -> Ints:
    return np.random.default_rng(seed).integers(1 << 62, size=1 << bits)


def alike(tags: Ints, values: Ints, lengths: Ints) -> Ints:
    """For each run of values the number of the first run that is equal to it and has the same tag.

    By hashes, which are verified: of 10,000 runs in a tenth of the time of a dictionary of them.

    >>> alike(np.array([0, 0, 0]), np.array([7, 8, 9, 7, 8]), np.array([2, 1, 2]))
    array([0, 1, 0])
    """
    start = lengths.cumsum() - lengths
    nth = np.arange(len(values)) - start.repeat(lengths)
    for seed in itertools.count():
        random = _random(seed, 2 + int(lengths.max()).bit_length())
        hashes = np.add.reduceat(values * random[nth], start)
        hashes += tags * random[-1] + lengths * random[-2]
        order = hashes.argsort(kind="stable")
        ordered = hashes[order]
        new = np.concatenate([[True], ordered[1:] != ordered[:-1]])
        leader: Ints = np.empty_like(order)
        leader[order] = order[new][new.cumsum() - 1]
        same = (tags[leader] == tags) & (lengths[leader] == lengths)
        if same.all():
            of_leader = values[start[leader].repeat(lengths) + nth]
            if (of_leader == values).all():
                return leader
    raise AssertionError("unreachable: the count has no end")


@dataclass
class _Level:
    """Nodes of one level, and their terms end to end: a * b, and a number for where these come from."""

    nodes: Ints
    row: Ints
    plus: Floats
    lengths: Ints
    a: Ints
    b: Ints
    kind: Ints

    def pick(self, order: Ints) -> "_Level":
        """Some of the nodes, in this order."""
        lengths = self.lengths[order]
        at = runs((self.lengths.cumsum() - self.lengths)[order], lengths)
        return _Level(
            self.nodes[order],
            self.row[order],
            self.plus[order],
            lengths,
            self.a[at],
            self.b[at],
            self.kind[at],
        )


class _Grouping:
    def __init__(
        self, graph: Scalars, sizes: Sequence[int], batched: Sequence[bool]
    ) -> None:
        self.graph = graph
        n, constants = len(graph.row), len(graph.constants)
        # Both arrays end with the constants, which are negative numbers: these count from the end.
        # The node that stands for each:
        self.same = np.concatenate([np.arange(n), np.arange(-constants, 0)])
        self.array_of = np.full(n + constants, NUMBERS)
        self.arrays: list[Array] = []
        self.pool = Pool(self.arrays, self.array_of, n)
        ends = np.cumsum(sizes).tolist()
        for i, (size, end) in enumerate(zip(sizes, ends, strict=True)):
            self.append(Array(np.arange(end - size, end)))
            self.arrays[i].batched = batched[i]
            self.arrays[i].differentiable = i == 0

    def append(self, array: Array) -> None:
        """One more array."""
        array.number = len(self.arrays)
        real = array.nodes < len(self.graph.row)
        self.array_of[array.nodes[real]] = array.number
        read = [self.arrays[source] for source in array.sources]
        array.batched = any(other.batched for other in read)
        array.differentiable = any(other.differentiable for other in read)
        self.arrays.append(array)

    def add_level(self, nodes: Ints) -> None:
        """Merge the equal nodes of a level; what is left becomes arrays."""
        level = self.merged(self.terms_of(nodes))
        found = self.grouped(level)
        for array in self.pool.gather(found) + found:
            self.append(array)

    def terms_of(self, nodes: Ints) -> _Level:
        """The nodes with terms in an order that equal nodes share."""
        graph = self.graph
        row, plus = graph.row[nodes], graph.plus[nodes]
        lengths = graph.first[nodes + 1] - graph.first[nodes]
        owner = np.arange(len(nodes)).repeat(lengths)
        at = runs(graph.first[nodes], lengths)
        a, b = self.same[graph.a[at]], self.same[graph.b[at]]
        sums = row[owner] == SUM
        of_a, of_b = self.array_of[a], self.array_of[b]
        swap = sums & (of_b >= 0) & (of_b < of_a)  # w * x and x * w are one thing
        a, b = np.where(swap, b, a), np.where(swap, a, b)

        # Where the factors come from: 1, -1 and all other constants are kinds of their own. An operand
        # of a row is known by its place too, and a constant by its value: x**2 is not x**3.
        end = len(self.arrays) + 3
        kind_b = np.where(b < 0, end + np.maximum(b, LOWEST), self.array_of[b])
        kind_a = np.where(a < 0, end - a, self.array_of[a])
        kind = kind_b + end * kind_a
        at = np.flatnonzero(sums)
        term = a[at] * len(self.same) + b[at]  # two keys sort in half the time of four
        kinds = owner[at] * (kind.max(initial=0) + 1) + kind[at]
        order = at[np.lexsort((term, kinds))]
        a[at], b[at], kind[at] = a[order], b[order], kind[order]
        return _Level(nodes, row, plus, lengths, a, b, kind)

    def merged(self, level: _Level) -> _Level:
        """One node for those that are equal."""
        constants = level.plus.view(np.int64).repeat(level.lengths)
        values = np.stack([level.a, level.b, constants], axis=1).ravel()
        first = alike(level.row, values, 3 * level.lengths)
        self.same[level.nodes] = level.nodes[first]
        return level.pick(np.flatnonzero(first == np.arange(len(first))))

    def grouped(self, level: _Level) -> list[Array]:
        """Nodes whose terms are of the same kinds as one array."""
        leader = alike(level.row, level.kind, level.lengths)
        one = self.with_irregular(level, leader)
        order = one.argsort(kind="stable")
        found = []
        for start, end in itertools.pairwise(cuts(one[order])):
            members = order[start:end]
            mixed = bool((leader[members] != leader[members[0]]).any())
            found.append(self.array(level.pick(members), mixed))
        return found

    def with_irregular(self, level: _Level, leader: Ints) -> Ints:
        """A number for each node, the same for those of an array: irregular ones of an operation are one."""
        sizes = np.bincount(leader, level.lengths).astype(int)
        table = self.graph.table
        uneven = {k for k, op in enumerate(table) if op.forward in FILLING} | {SUM}
        families: dict[Any, list[int]] = defaultdict(list)
        for k in np.flatnonzero(sizes).tolist():
            row = int(level.row[k])
            length = 0 if row in uneven else int(level.lengths[k])
            families[row, length].append(k)
        one = np.arange(len(sizes))
        for family in families.values():
            small = np.array(family)[few(sizes[family], len(self.arrays))]
            one[small] = small[:1]
        return one[leader]

    def array(self, level: _Level, mixed: bool) -> Array:
        """Nodes as one array; ``mixed``: their terms are of different kinds."""
        n = len(level.nodes)
        array = Array(level.nodes, plus=level.plus if level.plus.any() else None)
        if level.row[0] != SUM:
            array.row = self.graph.table[level.row[0]]
            columns = self.columns(array.row, level.lengths, level.a)
            array.operands = [self.reading(ids) for ids in columns]
        elif mixed:
            owner = np.arange(n).repeat(level.lengths)
            array.products = scattered(level.a, level.b, owner)
        else:
            kind = level.kind[: level.lengths[0]]
            array.products = self.products(
                kind, level.a.reshape(n, -1), level.b.reshape(n, -1)
            )
        return array

    def columns(self, row: Op, lengths: Ints, operands: Ints) -> list[Ints]:
        """Operands of a row of the table, a row for each node; shorter lists are filled up."""
        if not row.variadic:
            return list(operands.reshape(len(lengths), -1).T)
        inside = np.arange(lengths.max()) < lengths[:, None]
        table = np.full(inside.shape, FILLING.get(row.forward, 0))
        table[inside] = operands
        n, lists = row.lengths(len(table.T))
        columns: list[Ints] = [table[:, k * n : (k + 1) * n] for k in range(lists)]
        return columns + list(table[:, lists * n :].T)

    def reading(self, ids: Ints) -> Reading:
        """What reads these scalars; from a pool when they are of several arrays."""
        source = int(self.array_of[ids.flat[0]])
        alone = bool((self.array_of[ids] == source).all())
        return Reading(source if alone else SEVERAL, ids)

    def products(
        self, kind: Ints, a: npt.NDArray[Any], b: npt.NDArray[Any]
    ) -> list[Product]:
        """The terms of sums with a row for each, in columns of the same kinds."""
        ends = cuts(kind)
        small = few(len(a) * np.diff(ends), len(self.arrays))
        found = []
        for (start, end), irregular in zip(
            itertools.pairwise(ends), small, strict=True
        ):
            if not irregular:
                side = self.reading(a[:, start:end])
                found.append(Product(side, self.reading(b[:, start:end])))
        if small.any():
            c = np.flatnonzero(small.repeat(np.diff(ends)))
            owner = np.repeat(np.arange(len(a)), len(c))
            found += scattered(a[:, c].ravel(), b[:, c].ravel(), owner)
        return found
