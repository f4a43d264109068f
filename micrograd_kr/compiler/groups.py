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

import numpy as np

from .arrays import (
    ABSENT,
    NUMBERS,
    SEVERAL,
    Array,
    Bools,
    Ints,
    Loop,
    Product,
    Reading,
    cuts,
    is_ragged,
)
from .irregular import SEVERAL_KINDS, SEVERAL_TERMS, SMALL, Pool, few, scattered
from .scalars import LOWEST, SUM, Scalars

LOGSUMEXP = "logsumexp(x)"  # ignores minus infinity, where shorter lists have ended


def levels_of(graph: Scalars, before: Ints | None = None) -> Ints:
    """How far each node is from the leaves.

    ``before``: the same before the graph was cut, which tells an order of the nodes.
    """
    level = [0] * graph.leaves + [1] * (len(graph.row) - graph.leaves)
    for loop in graph.loops:
        for state in loop.states.ravel().tolist():
            level[state] = loop.level
    reader, read = graph.owner.repeat(2), graph.factors
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


def alike(tags: Ints, values: Ints, lengths: Ints) -> Ints:
    """For each run of values the first that is equal to it and has the same tag.

    >>> alike(np.array([0, 0, 0]), np.array([7, 8, 9, 7, 8]), np.array([2, 1, 2]))
    array([0, 1, 0])
    """
    text = values.tobytes()
    ends = len(text) // len(values) * lengths.cumsum()
    first: dict[tuple[int, bytes], int] = {}
    places = itertools.pairwise([0, *ends.tolist()])
    every = zip(tags.tolist(), places, strict=True)
    found = [
        first.setdefault((tag, text[start:end]), k)
        for k, (tag, (start, end)) in enumerate(every)
    ]
    return np.array(found)


def suits_floats(loop: Loop) -> bool:
    """Whether a turn is so little that Python's floats are faster than arrays."""
    body = loop.body
    products = np.bincount(body.owner[body.b >= 0], minlength=1)
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


def padded(ids: Ints, lengths: Ints, filling: int) -> Ints:
    """Lists that are end to end, a row for each, filled up to the longest.

    >>> padded(np.array([7, 8, 9]), np.array([1, 2]), 0)
    array([[7, 0],
           [8, 9]])
    """
    inside = np.arange(lengths.max()) < lengths[:, None]
    table = np.full(inside.shape, filling)
    table[inside] = ids
    return table


class Grouping:
    """The arrays of a graph, each after those it reads; first those of the leaves.

    ``levels``: of each node; ``floats``: whether turns of loops may be on floats;
    ``single``: every array is one number. ``same``: of each scalar, the first equal
    one; ``array_of``: the number of the array that holds it.
    """

    def __init__(
        self,
        graph: Scalars,
        levels: Ints,
        leaves: Sequence[Array],
        floats: bool = False,
        single: bool = False,
    ) -> None:
        n, constants = len(graph.row), len(graph.constants)
        self.graph: Scalars = graph
        self.floats: bool = floats
        self.single: bool = single
        self.small: int = 0 if single else SMALL
        # Constants are negative numbers and so count from the end.
        self.same: Ints = np.concatenate([np.arange(n), np.arange(-constants, 0)])
        self.array_of: Ints = np.full(n + constants, NUMBERS)
        self.arrays: list[Array] = []
        self.pool: Pool = Pool(self.arrays, self.array_of, n)
        self.state: Ints = np.full(n, -1)  # of what a turn makes, the state
        for loop in graph.loops:
            self.state[loop.nodes[:, loop.made]] = loop.states[loop.depth :]
        self.lengths: Ints = np.diff(graph.first)
        ignoring = [k for k, op in enumerate(graph.table) if op.forward == LOGSUMEXP]
        self.any_length: Bools = np.isin(graph.row, [SUM, *ignoring])
        # Of each term a * b, in an order that equal nodes share, and where it is from:
        self.a: Ints = graph.a.copy()
        self.b: Ints = graph.b.copy()
        self.kind: Ints = graph.a.copy()
        for array in leaves:
            self.append(array)
        self.add_levels(levels)

    def append(self, array: Array) -> None:
        """One more array."""
        array.number = len(self.arrays)
        real = array.nodes < len(self.graph.row)
        self.array_of[array.nodes[real]] = array.number
        read = [self.arrays[source] for source in array.sources]
        array.batched |= any(other.batched for other in read)
        array.differentiable |= any(other.differentiable for other in read)
        self.arrays.append(array)

    def extend(self, arrays: Sequence[Array]) -> None:
        """More arrays, after what they read of several arrays at once."""
        self.gather([reading for array in arrays for reading in array.readings])
        for array in arrays:
            self.append(array)

    def gather(self, readings: Sequence[Reading]) -> None:
        """The arrays that several arrays are read from."""
        for array in self.pool.gathered(readings):
            self.append(array)

    def add_levels(self, levels: Ints) -> None:
        """All arrays, level by level; a loop comes before the nodes of its level."""
        graph = self.graph
        live = graph.live[np.argsort(levels[graph.live], kind="stable")]
        levels = levels[live]
        for level in np.unique([*levels, *[loop.level for loop in graph.loops]]):
            for loop in graph.loops:
                if loop.level == level:
                    self.add_loop(loop)
            start, end = np.searchsorted(levels, [level, level + 1])
            if start < end:
                nodes = self.merged(live[start:end])
                self.extend(self.grouped(nodes))

    # ---- loops

    def add_loop(self, loop: Loop) -> None:
        """The states of a loop, those of a kind as one array."""
        kinds = np.unique(loop.kinds[loop.made], return_inverse=True)[1]
        self.read_outside(loop)
        starts = self.same[loop.starts]
        if self.floats and suits_floats(loop):
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
            # not of the states alone: what has the numbers of a turn may be in a batch
            array.batched = any(other.batched for other in self.arrays)
            array.differentiable = any(other.differentiable for other in states)
        loop.states_of = states
        carried = loop.outside.shape[1] + np.arange(loop.starts.size)
        loop.leaves += [
            Array(ids[array.columns], batched=array.batched, differentiable=True)
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

    # ---- levels

    def does(self, nodes: Ints, states: Ints) -> Ints:
        """What nodes do, and which states they are the same as."""
        rows = len(self.graph.table) + 1  # those of the table, and sums
        tags: Ints = self.graph.row[nodes] + rows * (states + 1)
        return tags

    def terms(self, nodes: Ints) -> Ints:
        """Where their terms stand, one node's after the other's."""
        return runs(self.graph.first[nodes], self.lengths[nodes])

    def merged(self, nodes: Ints) -> Ints:
        """One node for those of a level that are equal."""
        self.sort_terms(nodes)
        at, lengths = self.terms(nodes), self.lengths[nodes]
        constants = self.graph.plus[nodes].view(np.int64).repeat(lengths)
        values = np.stack([self.a[at], self.b[at], constants], axis=1)
        first = alike(self.does(nodes, self.state[nodes]), values, lengths)
        self.same[nodes] = nodes[first]
        kept: Ints = nodes[first == np.arange(len(first))]
        return kept

    def sort_terms(self, nodes: Ints) -> None:
        """The terms of a level in an order that equal nodes share.

        Factors from the same arrays are of a kind; 1, -1 and all other constants are
        kinds of their own. An operand of a row is known by its place too, and a
        constant by its value: x**2 is not x**3.
        """
        graph, at = self.graph, self.terms(nodes)
        owner = np.arange(len(nodes)).repeat(self.lengths[nodes])
        sums = graph.row[nodes][owner] == SUM
        a, b = self.same[graph.a[at]], self.same[graph.b[at]]
        of_a, of_b = self.array_of[a], self.array_of[b]
        swap = sums & (of_b >= 0) & (of_b < of_a)  # w * x and x * w are one thing
        a, b = np.where(swap, b, a), np.where(swap, a, b)
        end = len(self.arrays) + 3
        kind_b = np.where(b < 0, end + np.maximum(b, LOWEST), self.array_of[b])
        kind_a = np.where(a < 0, end - a, self.array_of[a])
        kind = kind_b + end * kind_a
        kinds = owner * (kind.max(initial=0) + 1) + kind * sums
        term = np.where(sums, a * len(self.same) + b, at)
        order = np.lexsort((term, kinds))  # two keys take half the time of four
        self.a[at] = a[order]
        self.b[at] = b[order]
        self.kind[at] = kind[order]
        if self.single:
            self.kind[at] = at

    def grouped(self, nodes: Ints) -> list[Array]:
        """Nodes whose terms are of the same kinds as one array."""
        kinds = self.kind[self.terms(nodes)]
        does = self.does(nodes, self.array_of[self.state[nodes]])
        leader = alike(does, kinds, self.lengths[nodes])
        one = self.with_irregular(nodes, does, self.with_ragged(nodes, does, leader))
        order = one.argsort(kind="stable")
        found = []
        for members in np.split(order, cuts(one[order])[1:-1]):
            mixed = bool((leader[members] != leader[members[0]]).any())
            found.append(self.array(nodes[members], mixed))
        return found

    def with_ragged(self, nodes: Ints, does: Ints, leader: Ints) -> Ints:
        """A number for each node: lists of one kind are alike at any length."""
        first, lengths = self.graph.first[nodes], self.lengths[nodes]
        kind = self.kind[first]
        alone = self.any_length[nodes] & (kind == self.kind[first + lengths - 1])
        one = leader.copy()
        pairs = zip(does[alone].tolist(), kind[alone].tolist(), strict=True)
        for row, k in sorted({*pairs}):
            some = alone & (does == row) & (kind == k)
            if is_ragged(lengths[some]):
                one[some] = leader[some][0]
        return one

    def with_irregular(self, nodes: Ints, does: Ints, leader: Ints) -> Ints:
        """The same, and irregular ones of an operation are one."""
        sizes = np.bincount(leader, self.lengths[nodes])
        families: dict[tuple[int, int], list[int]] = defaultdict(list)
        for k in np.flatnonzero(sizes).tolist():
            length = 0 if self.any_length[nodes[k]] else int(self.lengths[nodes[k]])
            families[does[k], length].append(k)
        one = np.arange(len(sizes))
        for family in families.values():
            small = np.array(family)[few(sizes[family], self.small, SEVERAL_KINDS)]
            one[small] = small[:1]
        return one[leader]

    def array(self, nodes: Ints, mixed: bool) -> Array:
        """Nodes as one array; ``mixed``: their terms are of different kinds."""
        at, lengths = self.terms(nodes), self.lengths[nodes]
        row, plus = self.graph.row[nodes[0]], self.graph.plus[nodes]
        a, b, kind = self.a[at], self.b[at], self.kind[at]
        array = Array(nodes)
        if plus.any():
            array.constants = Reading(NUMBERS, nodes, plus)
        if self.state[nodes[0]] >= 0:
            array.twin = self.reading(self.state[nodes])
        if row != SUM:
            array.row = self.graph.table[row]
            columns = [*padded(a, lengths, LOWEST).T]
            lists = array.row.split(columns) if array.row.variadic else columns
            array.operands = [self.reading(np.array(ids).T) for ids in lists]
        elif mixed and (kind == kind[0]).all() and is_ragged(lengths):
            array.products = [Product(self.ragged(a, lengths), self.ragged(b, lengths))]
        elif mixed:
            owner = np.arange(len(nodes)).repeat(lengths)
            array.products = scattered(a, b, owner)
        else:
            shape = len(nodes), -1
            kind = kind[: lengths[0]]
            array.products = self.products(kind, a.reshape(shape), b.reshape(shape))
        return array

    def ragged(self, ids: Ints, lengths: Ints) -> Reading:
        """Factors of one kind, a row for each node: those that have ended read 0."""
        filling = ids[0] if ids[0] < 0 else ABSENT
        return self.reading(padded(ids, lengths, filling), fill=0.0)

    def products(self, kind: Ints, a: Ints, b: Ints) -> list[Product]:
        """The terms of sums with a row for each, in columns of the same kinds."""
        ends = np.array(cuts(kind))
        irregular = few(len(a) * np.diff(ends), self.small, SEVERAL_TERMS)
        found = []
        for k in np.flatnonzero(~irregular):
            columns = slice(ends[k], ends[k + 1])
            sides = self.reading(a[:, columns]), self.reading(b[:, columns])
            found.append(Product(*sides))
        rest = irregular.repeat(np.diff(ends))
        owner = np.arange(len(a)).repeat(rest.sum())
        return found + scattered(a[:, rest].ravel(), b[:, rest].ravel(), owner)

    # ---- what is read

    def reading(self, ids: Ints, fill: float = -math.inf) -> Reading:
        """What reads these scalars; of several arrays if they are."""
        of = self.array_of[ids]
        source = int(of.flat[0])
        if (of == source).all():
            return Reading(source, ids)
        if source >= 0 and ((of == source) | (ids == ABSENT)).all():
            return Reading(source, ids, fill=fill)
        return Reading(SEVERAL, ids)
