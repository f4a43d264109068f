"""Find the scalars that one array can hold: same operation, operands from the same arrays.

Level by level from the leaves: equal nodes are merged, then nodes are grouped by their operation and
the groups of their operands. A level is finished before the next one is keyed.
"""

import itertools
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..engine import Op
from .fuse import LOWEST, ONE, SUM, Floats, Graph, Ints

# What makes a list longer without changing the result, for lists of different lengths side by side.
FILLING = {"logsumexp(x)": LOWEST}

CONSTANT, POOL = (
    -1,
    -2,
)  # sources that are no group: numbers, and several groups at once


class Slot(NamedTuple):
    """An operand of every node of a group: ``ids`` has one row for each node, a column for each element of a list."""

    source: int
    ids: Ints


class Term(NamedTuple):
    """Products a * b of every node of a group of sums; irregular ones have an ``owner``, the node that each is of."""

    a: Slot
    b: Slot
    owner: Ints | None = None


@dataclass
class Group:
    """Nodes that become one array: leaves, an operation of the table, or a sum of products."""

    number: int
    nodes: Ints
    row: Op | None = None
    slots: list[Slot] = field(default_factory=list)  # of an operation
    terms: list[Term] = field(default_factory=list)  # of a sum of products
    plus: Floats | None = None  # of a sum: its constants, if any is not zero
    pooled: bool = False  # what is read of a pool at one time
    members: list[Slot] = field(
        default_factory=list
    )  # of a pool: what it puts together
    batched: bool = False  # has a row for each example
    differentiable: bool = False  # depends on a parameter

    @property
    def operands(self) -> list[Slot]:
        """What its nodes are computed from."""
        return [*self.slots, *[slot for term in self.terms for slot in term[:2]]]

    @property
    def sources(self) -> set[int]:
        """The groups it reads."""
        return {slot.source for slot in [*self.operands, *self.members]}


def levels(graph: Graph) -> list[int]:
    """How far each node is from the leaves."""
    level = [0] * graph.leaves + [1] * (len(graph.row) - graph.leaves)
    reader = np.repeat(np.arange(len(graph.row)), 2 * np.diff(graph.first))
    read = np.stack([graph.a, graph.b], axis=1).ravel()
    keep = read >= graph.leaves  # most edges of a network lead to leaves
    for i, j in zip(read[keep].tolist(), reader[keep].tolist(), strict=True):
        if level[i] >= level[j]:
            level[j] = level[i] + 1
    return level


def irregular(sizes: Ints, groups: int) -> npt.NDArray[np.bool_]:
    """Which of the groups of one operation on a level, or of the kinds of terms in a sum, are irregular.

    Those that read few numbers where there are several of them: one array of them all costs a gather, which
    is cheaper than a line for each. Two are enough when there are very many ``groups`` already.
    """
    for many, few in ((5, 256), (2 if groups > 200 else 4, 16)):
        small = sizes < few
        if small.sum() >= many:
            return small
    return np.zeros(len(sizes), dtype=bool)


def runs(starts: Ints, lengths: Ints) -> Ints:
    """The numbers of runs that begin there and are so long, one after the other.

    >>> runs(np.array([7, 0]), np.array([2, 3]))
    array([7, 8, 0, 1, 2])
    """
    offsets: Ints = (starts - lengths.cumsum() + lengths).repeat(lengths)
    return offsets + np.arange(len(offsets))


def cuts(values: Ints) -> list[int]:
    """Where equal neighbours begin and end.

    >>> cuts(np.array([5, 5, 3]))
    [0, 2, 3]
    """
    return [0, *(np.flatnonzero(np.diff(values)) + 1).tolist(), len(values)]


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
        hashes = (
            np.add.reduceat(values * random[nth], start)
            + tags * random[-1]
            + lengths * random[-2]
        )
        order = hashes.argsort(kind="stable")
        ordered = hashes[order]
        new = np.concatenate([[True], ordered[1:] != ordered[:-1]])
        leader: Ints = np.empty_like(order)
        leader[order] = order[new][new.cumsum() - 1]
        same = (tags[leader] == tags) & (lengths[leader] == lengths)
        if same.all() and (values[start[leader].repeat(lengths) + nth] == values).all():
            return leader
    raise AssertionError("unreachable: the count has no end")


def group(
    graph: Graph, sizes: Sequence[int], batched: Sequence[bool]
) -> tuple[list[Group], int]:
    """The groups of the graph, each after the groups it reads; first those of the leaves.

    ``sizes``: how many numbers the parameters and each input are; ``batched``: which of them have a row
    for each example. Also how many numbers there are for nodes and for what is read from pools.
    """
    work = _Grouping(graph, sizes, batched)
    return work.groups, work.virtual


class _Grouping:
    def __init__(
        self, graph: Graph, sizes: Sequence[int], batched: Sequence[bool]
    ) -> None:
        self.graph = graph
        n, constants = len(graph.row), len(graph.constants)
        # both arrays end with the constants, which are negative numbers and so count from the end
        self.same = np.concatenate(
            [np.arange(n), np.arange(-constants, 0)]
        )  # the node that stands for each
        self.of = np.full(n + constants, CONSTANT)  # the group of each node
        self.groups: list[Group] = []
        self.virtual = n  # the next number for what is read from a pool
        self.pooled: set[int] = set()
        self.pooled_constants = np.zeros(0, dtype=np.int64)
        self.last_pool: int | None = None
        for i, end in enumerate(np.cumsum(sizes)):
            nodes = np.arange(end - sizes[i], end)
            self.of[nodes] = i
            self.groups.append(
                Group(i, nodes, batched=batched[i], differentiable=i == 0)
            )
        level = np.array(levels(graph))[graph.alive]
        order = np.argsort(level, kind="stable")
        for nodes in np.split(
            graph.alive[order], np.flatnonzero(np.diff(level[order])) + 1
        ):
            if len(nodes):
                found = self.level(nodes)
                for g in self.pool(found) + found:
                    self.append(g)

    def append(self, g: Group) -> None:
        """One more group."""
        g.number = len(self.groups)
        self.of[g.nodes[g.nodes < len(self.graph.row)]] = g.number
        read = [self.groups[s] for s in g.sources if s >= 0]
        g.batched, g.differentiable = (
            any(r.batched for r in read),
            any(r.differentiable for r in read),
        )
        self.groups.append(g)

    def level(self, nodes: Ints) -> list[Group]:
        """Merge the equal nodes of a level, and group the others by operation and by the groups of their operands."""
        graph = self.graph
        row, plus = graph.row[nodes], graph.plus[nodes]
        lengths = graph.first[nodes + 1] - graph.first[nodes]
        owner = np.arange(len(nodes)).repeat(lengths)
        at = runs(graph.first[nodes], lengths)
        a, b = self.same[graph.a[at]], self.same[graph.b[at]]
        sums = row[owner] == SUM
        swap = (
            sums & (self.of[b] >= 0) & (self.of[b] < self.of[a])
        )  # w * x and x * w are one thing
        a, b = np.where(swap, b, a), np.where(swap, a, b)

        # A term's kind is where its factors come from: 1, -1 and all other constants are kinds of their own. An
        # operand of a row is known by its place too, and a constant by its value: x**2 is not x**3.
        end = len(self.groups) + 3
        kind = np.where(
            b < 0, end + np.maximum(b, LOWEST), self.of[b]
        ) + end * np.where(a < 0, end - a, self.of[a])
        at = np.flatnonzero(sums)
        terms = a[at] * len(self.same) + b[at]  # two keys sort in half the time of four
        order = at[
            np.lexsort((terms, owner[at] * (kind.max(initial=0) + 1) + kind[at]))
        ]
        a[at], b[at], kind[at] = a[order], b[order], kind[order]
        first = alike(
            row,
            np.stack([a, b, plus.view(np.int64)[owner]], axis=1).ravel(),
            3 * lengths,
        )
        self.same[nodes] = nodes[first]

        new = first == np.arange(len(nodes))
        keep, kept = np.flatnonzero(new), new[owner]
        a, b, kind = a[kept], b[kept], kind[kept]
        nodes, row, plus, lengths = nodes[keep], row[keep], plus[keep], lengths[keep]
        leader = alike(row, kind, lengths)
        one = self.gathered(row, lengths, leader)
        order = one.argsort(kind="stable")
        n = lengths[order]
        at = runs((lengths.cumsum() - lengths)[order], n)
        a, b, kind = a[at], b[at], kind[at]
        nodes, row, plus, leader = nodes[order], row[order], plus[order], leader[order]
        ends = [0, *n.cumsum().tolist()]
        found = []
        for i, j in itertools.pairwise(cuts(one[order])):
            inside, size = slice(ends[i], ends[j]), n[i:j]
            g = Group(-1, nodes[i:j], plus=plus[i:j] if plus[i:j].any() else None)
            if row[i] != SUM:
                self.row(g, graph.table[row[i]], size, a[inside])
            elif (leader[i:j] == leader[i]).all():
                shape = j - i, size[0]
                g.terms = self.terms(
                    kind[inside][: size[0]],
                    a[inside].reshape(shape),
                    b[inside].reshape(shape),
                )
            else:
                g.terms = loose(a[inside], b[inside], np.arange(j - i).repeat(size))
            found.append(g)
        return found

    def gathered(self, row: Ints, lengths: Ints, leader: Ints) -> Ints:
        """A number for each node, the same for those of a group: irregular nodes with the same operation are one."""
        sizes = np.bincount(leader, lengths).astype(int)
        uneven = {
            k for k, op in enumerate(self.graph.table) if op.forward in FILLING
        } | {SUM}
        families: dict[Any, list[int]] = defaultdict(list)
        for k in np.flatnonzero(sizes).tolist():
            r = int(row[k])
            families[r, 0 if r in uneven else int(lengths[k])].append(k)
        one = np.arange(len(sizes))
        for family in families.values():
            small = np.array(family)[irregular(sizes[family], len(self.groups))]
            one[small] = small[:1]
        return one[leader]

    def row(self, g: Group, row: Op, lengths: Ints, operands: Ints) -> None:
        """Operands of a row of the table, in columns; shorter lists are filled up."""
        if row.variadic:
            inside = np.arange(lengths.max()) < lengths[:, None]
            args: npt.NDArray[Any] = np.full(inside.shape, FILLING.get(row.forward, 0))
            args[inside] = operands
            n, lists = row.lengths(args.shape[1])
        else:
            args = operands.reshape(len(lengths), -1)
            n = lists = 0
        columns: list[Ints] = [args[:, k * n : (k + 1) * n] for k in range(lists)]
        columns += [args[:, k] for k in range(lists * n, args.shape[1])]
        g.row, g.slots = row, [self.slot(ids) for ids in columns]

    def slot(self, ids: Ints) -> Slot:
        """An operand; from a pool when it comes from several groups."""
        source = int(self.of[ids.flat[0]])
        return Slot(source if (self.of[ids] == source).all() else POOL, ids)

    def terms(self, kind: Ints, a: Ints, b: Ints) -> list[Term]:
        """The terms of sums with a row for each, in columns of the same kinds."""
        ends = cuts(kind)
        few = irregular(len(a) * np.diff(ends), len(self.groups))
        columns = [
            slice(s, e)
            for (s, e), f in zip(itertools.pairwise(ends), few, strict=True)
            if not f
        ]
        terms = [Term(self.slot(a[:, c]), self.slot(b[:, c])) for c in columns]
        if few.any():
            c = np.flatnonzero(few.repeat(np.diff(ends)))
            terms += loose(
                a[:, c].ravel(), b[:, c].ravel(), np.repeat(np.arange(len(a)), len(c))
            )
        return terms

    def pool(self, found: list[Group]) -> list[Group]:
        """What the groups read from several groups at once: these groups end to end, and what is read of them.

        The pool grows by what it does not hold yet; each level reads all it needs in one go.
        """
        slots = [slot for g in found for slot in g.operands if slot.source == POOL]
        if not slots:
            return []
        ids = np.concatenate([slot.ids.ravel() for slot in slots])
        new = sorted(set(np.unique(self.of[ids[ids >= 0]]).tolist()) - self.pooled)
        self.pooled.update(new)
        members = [Slot(s, self.groups[s].nodes) for s in new]
        numbers = np.setdiff1d(ids[ids < 0], self.pooled_constants)
        if len(numbers):
            members.append(Slot(CONSTANT, numbers))
            self.pooled_constants = np.union1d(self.pooled_constants, numbers)
        out = []
        if members:
            before = (
                []
                if self.last_pool is None
                else [Slot(self.last_pool, np.zeros(0, dtype=np.int64))]
            )
            out.append(Group(-1, np.zeros(0, dtype=np.int64), members=before + members))
            self.last_pool = len(self.groups)
        assert self.last_pool is not None
        nodes = np.arange(self.virtual, self.virtual + len(ids))
        one = np.full((len(ids), 1), ONE)
        out.append(
            Group(
                -1,
                nodes,
                terms=[Term(Slot(self.last_pool, ids[:, None]), Slot(CONSTANT, one))],
                pooled=True,
            )
        )
        source = len(self.groups) + len(out) - 1

        def read(slot: Slot) -> Slot:
            nonlocal nodes
            if slot.source != POOL:
                return slot
            mine, nodes = nodes[: slot.ids.size], nodes[slot.ids.size :]
            return Slot(source, mine.reshape(slot.ids.shape))

        for g in found:
            g.slots = [read(slot) for slot in g.slots]
            g.terms = [Term(read(a), read(b), owner) for a, b, owner in g.terms]
        self.virtual += len(ids)
        return out


def loose(a: Ints, b: Ints, owner: Ints) -> list[Term]:
    """Irregular terms: constants times variables, and products of variables."""
    parts = [(b < 0, CONSTANT), (b >= 0, POOL)]
    return [
        Term(Slot(POOL, a[at]), Slot(source, b[at]), owner[at])
        for at, source in parts
        if at.any()
    ]
