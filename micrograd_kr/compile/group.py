"""Find the scalars that one array can hold: same operation, operands from the same arrays.

Level by level from the leaves: equal nodes are merged, then nodes are grouped by their operation and
the groups of their operands. A level is finished before the next one is keyed.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from ..ops import Op
from .fuse import LOWEST, ONE, Floats, Graph, Ints

# What makes a list longer without changing the result, for lists of different lengths side by side.
FILLING = {"logsumexp(x)": LOWEST}

CONSTANT, POOL = -1, -2  # sources that are no group: numbers, and several groups at once

# Where so many groups of one operation meet on a level, or so many kinds of terms in a sum, those smaller than that
# are irregular. One array of them all costs a gather, which is cheaper than a line for each up to some hundred numbers.
IRREGULAR = ((5, 128), (4, 8))


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
    level: int
    nodes: Ints
    row: Op | None = None
    slots: list[Slot] = field(default_factory=list)  # of an operation
    terms: list[Term] = field(default_factory=list)  # of a sum of products
    plus: Floats | None = None  # of a sum: its constants, if any is not zero
    pooled: bool = False  # what is read of a pool at one time
    members: list[Slot] = field(default_factory=list)  # of a pool: what it puts together
    batched: bool = False  # has a row for each example
    differentiable: bool = False  # depends on a parameter

    @property
    def sources(self) -> set[int]:
        """The groups it reads."""
        return {slot.source for slot in [*self.slots, *self.members, *[s for term in self.terms for s in term[:2]]]}


def irregular(sizes: Sequence[int]) -> list[int]:
    """Which of them are many and small, if there are such."""
    for many, few in IRREGULAR:
        small = [k for k, n in enumerate(sizes) if n < few]
        if len(small) >= many:
            return small
    return []


def levels(graph: Graph) -> list[int]:
    """How far each node is from the leaves."""
    level = [1] * len(graph.rows)
    level[: graph.leaves] = [0] * graph.leaves
    n = len(graph.rows)
    owners = np.repeat(np.arange(n), np.diff(graph.first))
    users = np.concatenate([np.repeat(np.arange(n), np.diff(graph.start)), owners, owners])
    used = np.concatenate([graph.args, graph.a, graph.b])
    keep = used >= graph.leaves  # most edges of a network lead to leaves
    keep[: len(graph.args)] &= np.array([row is not None for row in graph.rows])[users[: len(graph.args)]]
    users, used = users[keep], used[keep]
    order = np.argsort(users, kind="stable")
    starts = np.searchsorted(users[order], np.arange(n + 1)).tolist()
    operands = used[order].tolist()
    for i in graph.alive.tolist():
        if starts[i] < starts[i + 1]:
            level[i] = 1 + max(map(level.__getitem__, operands[starts[i] : starts[i + 1]]))
    return level


def group(graph: Graph, sizes: Sequence[int], batched: Sequence[bool]) -> tuple[list[Group], int]:
    """The groups of the graph, each after the groups it reads; first those of the leaves.

    ``sizes``: how many numbers the parameters and each input are; ``batched``: which of them have a row
    for each example. Also how many numbers there are for nodes and for what is read from pools.
    """
    work = _Grouping(graph, sizes, batched)
    return work.groups, work.virtual


class _Grouping:
    def __init__(self, graph: Graph, sizes: Sequence[int], batched: Sequence[bool]) -> None:
        self.graph = graph
        self.lengths = np.diff(graph.start).tolist()
        n, constants = len(graph.rows), len(graph.constants)
        # both arrays end with the constants, which are negative numbers and so count from the end
        self.same = np.concatenate([np.arange(n), np.arange(-constants, 0)])  # the node that stands for each
        self.of = np.full(n + constants, CONSTANT)  # the group of each node
        self.groups: list[Group] = []
        self.virtual = n  # the next number for what is read from a pool
        self.pooled: set[int] = set()
        self.pooled_constants = np.zeros(0, dtype=np.int64)
        self.last_pool: int | None = None
        for i, end in enumerate(np.cumsum(sizes)):
            nodes = np.arange(end - sizes[i], end)
            self.of[nodes] = i
            self.groups.append(Group(i, 0, nodes, batched=batched[i], differentiable=i == 0))
        level = np.array(levels(graph))[graph.alive]
        order = np.argsort(level, kind="stable")
        for nodes in np.split(graph.alive[order], np.flatnonzero(np.diff(level[order])) + 1):
            if len(nodes):
                self.level(nodes)

    def level(self, nodes: Ints) -> None:
        """Group the nodes of one level."""
        depth = 1 + max(g.level for g in self.groups)
        sums = np.array([self.graph.rows[i] is None for i in nodes.tolist()], dtype=bool)
        found = self.sums(nodes[sums]) if sums.any() else []
        found += self.rows(nodes[~sums].tolist())
        for g in self.pool(found) + found:
            g.number, g.level = len(self.groups), depth
            self.of[g.nodes[g.nodes < len(self.graph.rows)]] = g.number
            read = [self.groups[s] for s in g.sources if s >= 0]
            g.batched, g.differentiable = any(r.batched for r in read), any(r.differentiable for r in read)
            self.groups.append(g)

    def pool(self, found: list[Group]) -> list[Group]:
        """What the groups read from several groups at once: these groups end to end, and what is read of them.

        The pool grows by what it does not hold yet; each level reads all it needs in one go.
        """
        slots = [slot for g in found for slot in [*g.slots, *[s for t in g.terms for s in t[:2]]] if slot.source == POOL]
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
            before = [] if self.last_pool is None else [Slot(self.last_pool, np.zeros(0, dtype=np.int64))]
            out.append(Group(-1, -1, np.zeros(0, dtype=np.int64), members=before + members))
            self.last_pool = len(self.groups)
        assert self.last_pool is not None
        nodes = np.arange(self.virtual, self.virtual + len(ids))
        one = np.full((len(ids), 1), ONE)
        out.append(Group(-1, -1, nodes, terms=[Term(Slot(self.last_pool, ids[:, None]), Slot(CONSTANT, one))], pooled=True))
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

    def rows(self, nodes: list[int]) -> list[Group]:
        """Group operations of the table. Other constants make another group: x**2 is not x**3."""
        graph = self.graph
        kinds: dict[Any, list[int]] = defaultdict(list)
        for i in nodes:
            kinds[graph.rows[i], self.lengths[i]].append(i)
        found: dict[Any, dict[Any, list[int]]] = defaultdict(lambda: defaultdict(list))
        for (row, length), ids in kinds.items():
            args = self.same[graph.args[graph.start[ids][:, None] + np.arange(length)]]
            seen: dict[Any, int] = {}
            sources = np.where(args < 0, args, self.of[args])
            members = found[row, 0 if row.forward in FILLING else length]
            for i, operands, source in zip(ids, map(tuple, args.tolist()), map(tuple, sources.tolist()), strict=True):
                self.same[i] = first = seen.setdefault(operands, i)
                if first == i:
                    members[source].append(i)
        return [self.row(row, ids) for (row, _), members in found.items() for ids in gathered(members.values())]

    def row(self, row: Op, nodes: list[int]) -> Group:
        """A group of nodes of one row of the table, lists filled up to the longest."""
        graph, ids = self.graph, np.array(nodes)
        lengths = graph.start[ids + 1] - graph.start[ids]
        place = np.arange(lengths.max())
        at = graph.start[ids][:, None] + np.minimum(place, lengths[:, None] - 1)
        args = np.where(place < lengths[:, None], self.same[graph.args[at]], FILLING.get(row.forward, 0))
        n, lists = row.lengths(args.shape[1]) if row.variadic else (0, 0)
        columns = [args[:, k * n : (k + 1) * n] for k in range(lists)]
        columns += [args[:, k] for k in range(lists * n, args.shape[1])]
        return Group(-1, -1, ids, row, slots=[self.slot(ids) for ids in columns])

    def slot(self, ids: Ints) -> Slot:
        """An operand; from a pool when it comes from several groups."""
        source = int(self.of[ids.flat[0]])
        return Slot(source if (self.of[ids] == source).all() else POOL, ids)

    def sums(self, nodes: Ints) -> list[Group]:
        """Group sums of products by the groups their factors come from."""
        graph = self.graph
        lengths = graph.first[nodes + 1] - graph.first[nodes]
        owner = np.repeat(np.arange(len(nodes)), lengths)
        start = np.cumsum(lengths) - lengths
        at = np.arange(len(owner)) + np.repeat(graph.first[nodes] - start, lengths)
        a, b = self.same[graph.a[at]], self.same[graph.b[at]]
        of_a, of_b = self.of[a], self.of[b]
        swap = (of_b >= 0) & (of_b < of_a)  # w * x and x * w are one thing
        a, b, of_a, of_b = np.where(swap, b, a), np.where(swap, a, b), np.where(swap, of_b, of_a), np.where(swap, of_a, of_b)
        fixed = np.clip(~b, 0, 2)  # 1, -1 and all other constants
        kind = of_a * (len(self.groups) + 3) + np.where(of_b >= 0, of_b, len(self.groups) + fixed)
        place = a * len(self.of) + b
        order = np.lexsort((place, kind, owner))
        a, b, kind, place = a[order], b[order], kind[order], place[order]

        seen: dict[Any, int] = {}
        members: dict[bytes, list[int]] = defaultdict(list)
        plus = graph.plus[nodes]
        bounds = zip(nodes.tolist(), start.tolist(), (start + lengths).tolist(), plus.tolist(), strict=True)
        for k, (i, s, e, c) in enumerate(bounds):
            first = seen.setdefault((place[s:e].tobytes(), c), i)
            self.same[i] = first
            if first == i:
                members[kind[s:e].tobytes()].append(k)
        found = []
        for ks in gathered(members.values()):
            found.append(Group(-1, -1, nodes[ks], plus=plus[ks] if plus[ks].any() else None))
            n = lengths[ks]
            at = np.arange(n.sum()) + np.repeat(start[ks] - np.cumsum(n) + n, n)
            if (n == n[0]).all() and (kind[at].reshape(len(ks), -1) == kind[at[: n[0]]]).all():
                shape = len(ks), n[0]
                found[-1].terms = self.terms(kind[at[: n[0]]], a[at].reshape(shape), b[at].reshape(shape))
            else:
                found[-1].terms = loose(a[at], b[at], np.repeat(np.arange(len(ks)), n))
        return found

    def terms(self, kind: Ints, a: Ints, b: Ints) -> list[Term]:
        """The terms of sums with a row for each, in columns of the same kinds."""
        cuts = [0, *(np.flatnonzero(np.diff(kind)) + 1).tolist(), len(kind)]
        columns = [slice(s, e) for s, e in itertools.pairwise(cuts)]
        few = set(irregular([len(a) * (c.stop - c.start) for c in columns]))
        terms = [Term(self.slot(a[:, c]), self.slot(b[:, c])) for k, c in enumerate(columns) if k not in few]
        if few:
            c = np.flatnonzero(np.repeat([k in few for k in range(len(columns))], np.diff(cuts)))
            terms += loose(a[:, c].ravel(), b[:, c].ravel(), np.repeat(np.arange(len(a)), len(c)))
        return terms


def gathered(groups: Iterable[list[int]]) -> list[list[int]]:
    """The groups of one operation on a level, the irregular ones as one."""
    groups = list(groups)
    few = set(irregular([len(g) for g in groups]))
    rest = [g for k, g in enumerate(groups) if k not in few]
    return rest + [[i for k in sorted(few) for i in groups[k]]] * bool(few)


def loose(a: Ints, b: Ints, owner: Ints) -> list[Term]:
    """Irregular terms: constants times variables, and products of variables."""
    parts = [(b < 0, CONSTANT), (b >= 0, POOL)]
    return [Term(Slot(POOL, a[at]), Slot(source, b[at]), owner[at]) for at, source in parts if at.any()]
