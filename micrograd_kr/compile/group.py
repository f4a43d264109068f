"""Find the scalars that one array can hold: same operation, operands from the same arrays.

Level by level from the leaves: equal nodes are merged, then nodes are grouped by their operation and
the groups of their operands. A level is finished before the next one is keyed.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from ..ops import Op
from .fuse import MINUS, ONE, Floats, Graph, Ints

CONSTANT, POOL = -1, -2  # sources that are no group: numbers, and several groups at once

FEW, MANY = 8, 4  # groups of fewer nodes than FEW are irregular where a level has MANY of them with one operation


class Slot(NamedTuple):
    """An operand of every node of a group: ``ids`` has one row for each node, a column for each element of a list."""

    source: int
    ids: Ints


@dataclass
class Group:
    """Nodes that become one array: leaves, an operation of the table, or a sum of products."""

    number: int
    level: int
    nodes: Ints
    row: Op | None = None
    slots: list[Slot] = field(default_factory=list)  # of an operation
    terms: list[tuple[Slot, Slot]] = field(default_factory=list)  # of a sum: factors a and b, a column for each term
    plus: Floats | None = None  # of a sum: its constants, if any is not zero
    owners: list[Ints] = field(default_factory=list)  # of an irregular sum: the node that each row of a term belongs to
    members: list[Slot] = field(default_factory=list)  # of a pool: what it puts together
    batched: bool = False  # has a row for each example
    differentiable: bool = False  # depends on a parameter

    @property
    def sources(self) -> set[int]:
        """The groups it reads."""
        return {slot.source for slot in [*self.slots, *self.members, *[s for term in self.terms for s in term]]}


def levels(graph: Graph) -> list[int]:
    """How far each node is from the leaves."""
    level = [0] * (len(graph.rows) + len(graph.constants))  # constants are negative and count from the end
    get = level.__getitem__
    start, first = graph.start.tolist(), graph.first.tolist()
    args, a, b = graph.args.tolist(), graph.a.tolist(), graph.b.tolist()
    for i in graph.alive.tolist():
        if graph.rows[i] is None:
            s, e = first[i], first[i + 1]
            level[i] = 1 + max(max(map(get, a[s:e])), max(map(get, b[s:e])))
        else:
            level[i] = 1 + max(map(get, args[start[i] : start[i + 1]]))
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
        found = self.merge(found)
        for g in self.pool(found) + found:
            g.number, g.level = len(self.groups), depth
            self.of[g.nodes[g.nodes < len(self.graph.rows)]] = g.number
            read = [self.groups[s] for s in g.sources if s >= 0]
            g.batched, g.differentiable = any(r.batched for r in read), any(r.differentiable for r in read)
            self.groups.append(g)

    def merge(self, found: list[Group]) -> list[Group]:
        """Where a level has many small groups of one operation, make them one: it reads a pool."""
        kinds: dict[Any, list[Group]] = defaultdict(list)
        for g in found:
            if len(g.nodes) < FEW:
                kinds[g.row, tuple([slot.ids.shape[1:] for slot in g.slots])].append(g)
        for (row, _), small in kinds.items():
            if len(small) < MANY:
                continue
            nodes = np.concatenate([g.nodes for g in small])
            merged = Group(-1, -1, nodes, row)
            if row is None:
                starts = np.cumsum([0] + [len(g.nodes) for g in small])
                terms = [
                    (a.ids.ravel(), b.ids.ravel(), np.repeat(np.arange(len(g.nodes)) + start, a.ids.shape[1]))
                    for g, start in zip(small, starts, strict=False)
                    for a, b in g.terms
                ]
                a, b, owner = (np.concatenate(x) for x in zip(*terms, strict=True))
                for part in (b < 0, b >= 0):
                    if part.any():
                        merged.terms.append((Slot(POOL, a[part]), Slot(POOL if (b[part] >= 0).any() else CONSTANT, b[part])))
                        merged.owners.append(owner[part])
                plus = np.concatenate([np.zeros(len(g.nodes)) if g.plus is None else g.plus for g in small])
                merged.plus = plus if plus.any() else None
            else:
                for slots in zip(*[g.slots for g in small], strict=True):
                    ids = np.concatenate([slot.ids for slot in slots])
                    merged.slots.append(Slot(CONSTANT if (ids < 0).all() else POOL, ids))
            found = [g for g in found if all(g is not s for s in small)] + [merged]
        return found

    def pool(self, found: list[Group]) -> list[Group]:
        """What the groups read from several groups at once: these groups end to end, and what is read of them.

        The pool grows by what it does not hold yet; each level reads all it needs in one go.
        """
        slots = [slot for g in found for slot in [*g.slots, *[s for t in g.terms for s in t]] if slot.source == POOL]
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
        out.append(Group(-1, -1, nodes, terms=[(Slot(self.last_pool, ids[:, None]), Slot(CONSTANT, one))]))
        source = len(self.groups) + len(out) - 1

        def read(slot: Slot) -> Slot:
            nonlocal nodes
            if slot.source != POOL:
                return slot
            mine, nodes = nodes[: slot.ids.size], nodes[slot.ids.size :]
            return Slot(source, mine.reshape(slot.ids.shape))

        for g in found:
            g.slots = [read(slot) for slot in g.slots]
            g.terms = [(read(a), read(b)) for a, b in g.terms]
        self.virtual += len(ids)
        return out

    def rows(self, nodes: list[int]) -> list[Group]:
        """Group operations of the table. Other constants make another group: x**2 is not x**3."""
        graph = self.graph
        seen: dict[Any, int] = {}
        members: dict[Any, list[int]] = defaultdict(list)
        for i in nodes:
            args = self.same[graph.args[graph.start[i] : graph.start[i + 1]]]
            row = graph.rows[i]
            first = seen.setdefault((row, args.tobytes()), i)
            self.same[i] = first
            if first == i:
                members[row, np.where(args < 0, args, self.of[args]).tobytes()].append(i)
        return [self.row(row, np.array(ids)) for (row, _), ids in members.items()]

    def row(self, row: Op, nodes: Ints) -> Group:
        """A group of nodes of one row of the table with equally many operands."""
        graph = self.graph
        start, end = graph.start[nodes[0]], graph.start[nodes[0] + 1]
        args = self.same[graph.args[graph.start[nodes][:, None] + np.arange(end - start)]]
        n, lists = row.lengths(args.shape[1]) if row.variadic else (0, 0)
        columns = [args[:, k * n : (k + 1) * n] for k in range(lists)]
        columns += [args[:, k] for k in range(lists * n, args.shape[1])]
        return Group(-1, -1, nodes, row, slots=[self.slot(ids) for ids in columns])

    def slot(self, ids: Ints) -> Slot:
        """An operand; from a pool when it comes from several groups."""
        sources = np.unique(self.of[ids])
        return Slot(int(sources[0]) if len(sources) == 1 else POOL, ids)

    def sums(self, nodes: Ints) -> list[Group]:
        """Group sums of products by the groups their factors come from."""
        graph = self.graph
        lengths = graph.first[nodes + 1] - graph.first[nodes]
        ends = np.cumsum(lengths)
        owner = np.repeat(np.arange(len(nodes)), lengths)
        at = np.arange(ends[-1]) + np.repeat(graph.first[nodes] - ends + lengths, lengths)
        a, b = self.same[graph.a[at]], self.same[graph.b[at]]
        of_a, of_b = self.of[a], self.of[b]
        swap = (of_b >= 0) & (of_b < of_a)  # w * x and x * w are one thing
        a, b, of_a, of_b = np.where(swap, b, a), np.where(swap, a, b), np.where(swap, of_b, of_a), np.where(swap, of_a, of_b)
        of_b = np.where(of_b >= 0, of_b, len(self.groups) - np.maximum(b, MINUS + ONE))  # 1 and -1 are kinds of their own
        kind = of_a * (2 * len(self.groups) + 4) + of_b
        place = a * len(self.of) + b
        order = np.lexsort((place, kind, owner))
        a, b, kind, place = a[order], b[order], kind[order], place[order]

        seen: dict[Any, int] = {}
        members: dict[bytes, list[int]] = defaultdict(list)
        plus = graph.plus[nodes]
        for k, (i, s, e, c) in enumerate(zip(nodes.tolist(), (ends - lengths).tolist(), ends.tolist(), plus.tolist(), strict=True)):
            first = seen.setdefault((place[s:e].tobytes(), c), i)
            self.same[i] = first
            if first == i:
                members[kind[s:e].tobytes()].append(k)
        return [
            self.sum(nodes[ks], kind[at], a[at], b[at], plus[ks])
            for ks in members.values()
            for at in [(ends - lengths)[ks][:, None] + np.arange(lengths[ks[0]])]
        ]

    def sum(self, nodes: Ints, kind: Ints, a: Ints, b: Ints, plus: Floats) -> Group:
        """A group of sums; kind, a and b have a row for each node, with the same kinds in each."""
        g = Group(-1, -1, nodes, plus=plus if plus.any() else None)
        for columns in np.split(np.arange(kind.shape[1]), np.flatnonzero(np.diff(kind[0])) + 1):
            g.terms.append((self.slot(a[:, columns]), self.slot(b[:, columns])))
        return g
