"""Find the scalars that one array can hold: one operation, of the same arrays.

Level by level from the leaves: equal nodes are merged, then nodes are grouped by their
operation and the arrays of their operands. A level is finished before the next one
begins.
"""

import itertools
import math
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..engine import Op
from .arrays import (
    ABSENT,
    NUMBERS,
    SEVERAL,
    Array,
    Floats,
    Ints,
    Loop,
    Product,
    Reading,
    is_ragged,
)
from .irregular import Pool, few, scattered
from .scalars import LOWEST, SUM, Scalars

# What makes a list longer without changing the result: for lists of different lengths
# side by side.
FILLING = {"logsumexp(x)": LOWEST}


def groups(
    graph: Scalars,
    levels: Ints,
    leaves: Sequence[Array],
    floats: bool = False,
    single: bool = False,
) -> "Grouping":
    """The arrays of the graph, each after those it reads; first those of the leaves.

    ``levels``: of each node; ``floats``: whether turns of loops may be on floats;
    ``single``: every array is one number.
    """
    work = Grouping(graph, leaves, floats, single)
    loops = sorted(graph.loops, key=lambda loop: loop.level)
    live = graph.live[np.argsort(levels[graph.live], kind="stable")]
    for start, end in itertools.pairwise(cuts(levels[live])):
        if end == start:  # there is nothing but leaves
            break
        while loops and loops[0].level <= levels[live[start]]:
            work.add_loop(loops.pop(0))
        work.add_level(live[start:end])
    for loop in loops:
        work.add_loop(loop)
    for loop in graph.loops:
        for array in loop.states_of:
            copies = work.same[loop.nodes[:, loop.made[array.columns]]]
            array.copied = work.split(copies)
    return work


def levels_of(graph: Scalars, before: Ints | None = None) -> Ints:
    """How far each node is from the leaves.

    ``before``: the same before the graph was cut, which tells an order of the nodes.
    """
    level = [0] * graph.leaves + [1] * (len(graph.row) - graph.leaves)
    for loop in graph.loops:
        for state in loop.states.ravel().tolist():
            level[state] = loop.level
    reader = np.repeat(np.arange(len(graph.row)), 2 * np.diff(graph.first))
    read = np.stack([graph.a, graph.b], axis=1).ravel()
    edges = np.flatnonzero(read >= graph.leaves)  # most of a network lead to leaves
    if before is not None:
        edges = edges[np.lexsort([-reader[edges], before[reader[edges]]])]
    for i, j in zip(read[edges].tolist(), reader[edges].tolist(), strict=True):
        if level[i] >= level[j]:
            level[j] = level[i] + 1
    return np.array(level)


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


def alike(tags: Ints, values: Ints, lengths: Ints) -> Ints:
    """For each run of values the first that is equal to it and has the same tag.

    >>> alike(np.array([0, 0, 0]), np.array([7, 8, 9, 7, 8]), np.array([2, 1, 2]))
    array([0, 1, 0])
    """
    text, ends = values.tobytes(), values.itemsize * lengths.cumsum()
    first: dict[tuple[int, bytes], int] = {}
    places = itertools.pairwise([0, *ends.tolist()])
    found = [
        first.setdefault((tag, text[start:end]), k)
        for k, (tag, (start, end)) in enumerate(zip(tags.tolist(), places, strict=True))
    ]
    return np.array(found)


@dataclass
class _Level:
    """Nodes of one level, and their terms end to end: a * b, and from where."""

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


def suits_floats(loop: Loop) -> bool:
    """Whether a turn is so little that Python's floats are faster than arrays."""
    body = loop.body
    owner = np.arange(len(body.row)).repeat(np.diff(body.first))
    products = np.bincount(owner[body.b >= 0], minlength=1)
    most = 12 if products.max() > 2 else 8 * len(np.unique(loop.kinds))
    small = len(loop.made) <= 8 and len(body.a) <= most
    return small and all(is_safe(body, node) for node in body.live.tolist())


def is_safe(graph: Scalars, node: int) -> bool:
    """Whether floats raise no error in a branch that is not taken."""
    if graph.row[node] == SUM:
        return True
    op = graph.table[graph.row[node]]
    if op.forward == "pow(x, y)":
        return bool(graph.a[graph.first[node] + 1] < 0)
    guarded = [text for text in (op.forward, *op.partials) if " if " in text]
    risky = re.search(r"/|log|sqrt|exp|pow", " ".join(guarded))
    return not op.variadic and risky is None


class Grouping:
    """The arrays that are found; ``same``: of each scalar, the first equal one.

    ``array_of``: the number of the array that holds a scalar.
    """

    def __init__(
        self, graph: Scalars, leaves: Sequence[Array], floats: bool, single: bool
    ) -> None:
        n, constants = len(graph.row), len(graph.constants)
        self.graph: Scalars = graph
        self.floats: bool = floats
        self.single: bool = single
        # Constants are negative numbers and so count from the end.
        self.same: Ints = np.concatenate([np.arange(n), np.arange(-constants, 0)])
        self.array_of: Ints = np.full(n + constants, NUMBERS)
        self.arrays: list[Array] = []
        self.state: Ints = np.full(n, -1)  # of what a turn makes, the state
        for loop in graph.loops:
            self.state[loop.nodes[:, loop.made]] = loop.states[loop.depth :]
        self.pool: Pool = Pool(self.arrays, self.array_of, n)
        for array in leaves:
            self.append(array)

    def append(self, array: Array) -> None:
        """One more array."""
        array.number = len(self.arrays)
        real = array.nodes < len(self.graph.row)
        self.array_of[array.nodes[real]] = array.number
        read = [self.arrays[source] for source in array.sources]
        array.batched |= any(other.batched for other in read)
        array.differentiable |= any(other.differentiable for other in read)
        self.arrays.append(array)

    def extend(self, arrays: list[Array]) -> None:
        """More arrays, after what they read of several arrays at once."""
        for array in self.pool.gather(arrays) + arrays:
            self.append(array)

    # ---- loops

    def add_loop(self, loop: Loop) -> None:
        """The states of a loop, those of a kind as one array."""
        kinds = np.unique(loop.kinds[loop.made], return_inverse=True)[1]
        self.read_outside(loop)
        starts = self.same[loop.starts]
        batched = any(array.batched for array in self.arrays)
        if self.floats and not batched and suits_floats(loop):
            loop.floats, kinds = True, np.arange(len(kinds))
        states = []
        for kind in range(int(kinds.max()) + 1):
            columns = np.flatnonzero(kinds == kind)
            array = Array(loop.states[:, columns].ravel(), columns=columns, loop=loop)
            array.operands = [self.reading(starts[:, columns])]
            states.append(array)
        states[0].operands += loop.reads
        self.extend(states)
        for leaf, reading in zip(loop.leaves, loop.reads, strict=True):
            leaf.batched = reading.source >= 0 and self.arrays[reading.source].batched
        for array in states:
            array.batched = batched
            array.differentiable = any(other.differentiable for other in states)
        loop.states_of = states
        carried = loop.outside.shape[1] + np.arange(loop.starts.size)
        loop.leaves += [
            Array(ids[array.columns], batched=batched, differentiable=True)
            for ids in carried.reshape(loop.starts.shape)
            for array in states
        ]

    def read_outside(self, loop: Loop) -> None:
        """What a turn reads that is no state, together if it is of one array.

        It stays where its scalars are equal.
        """
        ids = self.same[loop.outside]
        sources = self.array_of[ids]
        source = np.where((sources == sources[0]).all(axis=0), sources[0], SEVERAL)
        stays = (ids == ids[0]).all(axis=0)
        found = zip(source.tolist(), stays.tolist(), strict=True)
        for one, still in sorted(set(found)):
            columns = np.flatnonzero((source == one) & (stays == still))
            rows = 1 if still else loop.turns
            loop.reads.append(Reading(one, ids[:rows, columns]))
            loop.leaves.append(Array(columns))

    def split(self, ids: Ints) -> list[tuple[Ints, Reading]]:
        """What reads a table of scalars, by arrays, and the places in the table."""
        places = np.arange(ids.size).reshape(ids.shape)
        sources = self.array_of[ids]
        found = []
        for source in np.unique(sources):
            here = sources == source
            block = np.ix_(here.any(axis=1), here.any(axis=0))
            some = block if here[block].all() else (here, None)
            found.append((places[some], self.reading(ids[some])))
        return found

    # ---- levels

    def add_level(self, nodes: Ints) -> None:
        """Merge the equal nodes of a level; what is left becomes arrays."""
        self.extend(self.grouped(self.merged(self.terms_of(nodes))))

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

        # Where the factors come from: 1, -1 and all other constants are kinds of their
        # own. An operand of a row is known by its place too, and a constant by its
        # value: x**2 is not x**3.
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
        tags = 2 * level.row + (self.state[level.nodes] >= 0)
        first = alike(tags, values, 3 * level.lengths)
        self.same[level.nodes] = level.nodes[first]
        return level.pick(np.flatnonzero(first == np.arange(len(first))))

    def grouped(self, level: _Level) -> list[Array]:
        """Nodes whose terms are of the same kinds as one array."""
        if self.single:
            every = np.arange(len(level.nodes))[:, None]
            return [self.array(level.pick(one), False) for one in every]
        tags = 2 * level.row + (self.state[level.nodes] >= 0)
        leader = alike(tags, level.kind, level.lengths)
        ragged = self.with_ragged(level, leader)
        one = self.with_irregular(level, ragged)
        order = one.argsort(kind="stable")
        found = []
        for start, end in itertools.pairwise(cuts(one[order])):
            members = order[start:end]
            mixed = bool((leader[members] != leader[members[0]]).any())
            found.append(self.array(level.pick(members), mixed))
        return found

    def with_ragged(self, level: _Level, leader: Ints) -> Ints:
        """A number for each node: sums of terms of one kind are alike at any length."""
        start = level.lengths.cumsum() - level.lengths
        kind = level.kind[start]
        alone = np.minimum.reduceat(level.kind, start) == kind
        alone &= np.maximum.reduceat(level.kind, start) == kind
        alone &= level.row == SUM
        one = leader.copy()
        for k in np.unique(kind[alone]).tolist():
            nodes = np.flatnonzero(alone & (kind == k))
            lengths = level.lengths[nodes]
            if is_ragged(lengths):
                one[nodes] = leader[nodes[0]]
        return one

    def with_irregular(self, level: _Level, leader: Ints) -> Ints:
        """The same, and irregular ones of an operation are one."""
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
            small = np.array(family)[few(sizes[family])]
            one[small] = small[:1]
        return one[leader]

    def array(self, level: _Level, mixed: bool) -> Array:
        """Nodes as one array; ``mixed``: their terms are of different kinds."""
        n = len(level.nodes)
        array = Array(level.nodes)
        if level.plus.any():
            array.constants = Reading(NUMBERS, level.nodes, level.plus)
        if self.state[level.nodes].min() >= 0:
            array.twin = self.twin(self.state[level.nodes])
        if level.row[0] != SUM:
            array.row = self.graph.table[level.row[0]]
            columns = self.columns(array.row, level.lengths, level.a)
            array.operands = [self.reading(ids) for ids in columns]
        elif mixed and (level.kind == level.kind[0]).all() and is_ragged(level.lengths):
            array.products = [self.ragged(level)]
        elif mixed:
            owner = np.arange(n).repeat(level.lengths)
            array.products = scattered(level.a, level.b, owner)
        else:
            kind = level.kind[: level.lengths[0]]
            array.products = self.products(
                kind, level.a.reshape(n, -1), level.b.reshape(n, -1)
            )
        return array

    def ragged(self, level: _Level) -> Product:
        """Terms of one kind, a row for each node: the rows that have ended read 0."""
        inside = np.arange(level.lengths.max()) < level.lengths[:, None]

        def side(ids: Ints) -> Reading:
            table = np.full(inside.shape, ids[0] if ids[0] < 0 else ABSENT)
            table[inside] = ids
            return self.reading(table, fill=0.0)

        return Product(side(level.a), side(level.b))

    def columns(self, row: Op, lengths: Ints, operands: Ints) -> list[Ints]:
        """Operands of a row, for each node; shorter lists are filled up."""
        if not row.variadic:
            return list(operands.reshape(len(lengths), -1).T)
        inside = np.arange(lengths.max()) < lengths[:, None]
        table = np.full(inside.shape, FILLING.get(row.forward, 0))
        table[inside] = operands
        n, lists = row.lengths(len(table.T))
        columns: list[Ints] = [table[:, k * n : (k + 1) * n] for k in range(lists)]
        return columns + list(table[:, lists * n :].T)

    def reading(self, ids: Ints, fill: float = -math.inf) -> Reading:
        """What reads these scalars; from a pool when they are of several arrays."""
        source = int(self.array_of[ids.flat[0]])
        of = self.array_of[ids]
        if (of == source).all():
            return Reading(source, ids)
        if source >= 0 and ((of == source) | (ids == ABSENT)).all():
            return Reading(source, ids, fill=fill)
        return Reading(SEVERAL, ids)

    def twin(self, ids: Ints) -> Reading | None:
        """What reads these scalars, if they are of one array."""
        reading = self.reading(ids)
        return reading if reading.source != SEVERAL else None

    def products(
        self, kind: Ints, a: npt.NDArray[Any], b: npt.NDArray[Any]
    ) -> list[Product]:
        """The terms of sums with a row for each, in columns of the same kinds."""
        ends = cuts(kind)
        if self.single:  # no lists
            ends = list(range(len(kind) + 1))
        small = few(len(a) * np.diff(ends))
        small &= not self.single
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
