"""Recurrences found again in the graph of scalars.

Where something is done again and again, the levels of a graph repeat with a period. The
scalars of one period are a turn; those that a turn reads of the turns before it are the
states. A loop over the turns computes the states and nothing else. With every state
known the graph is cut: each turn reads numbers that are there already, all that is left
is as deep as one turn, and all turns are arrays with an axis for time.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

import numpy as np

from .arrays import Bools, Ints, Loop, cuts
from .groups import levels_of
from .scalars import ONE, SUM, Scalars, folded

FEWEST = 8  # turns
LONGEST = 400  # levels of a turn


def with_loops(graph: Scalars, levels: Ints) -> tuple[Scalars, Ints]:
    """Cut a graph at its recurrences: what is left, and the level of each node."""
    while len(np.unique(levels[graph.live])) >= 2 * FEWEST:
        turns = _Levels(graph, levels).turns()
        found = None
        while turns is not None and found is None:
            found = cut(turns, levels)
            turns = turns.some(slice(1, None), np.ones(len(turns.at), dtype=bool))
        if found is None:
            break
        graph, levels = found
    for loop in graph.loops:
        loop.body = folded(loop.body)
    return folded(graph), levels


# ---- looking for turns ---------------------------------------------------------------


class _Levels:
    """The nodes of a graph level by level, those of a kind side by side."""

    def __init__(self, graph: Scalars, levels: Ints) -> None:
        self.graph = graph
        self.plain, self.signs = signatures(graph)
        levels = levels[graph.live]
        order = np.lexsort([graph.live, self.signs[graph.live], levels])
        self.nodes = graph.live[order]
        self.ends = np.array(cuts(levels[order]))

    def turns(self) -> "_Turns | None":
        """The turns of a recurrence, the shortest there are."""
        repeated = np.add.reduceat(self.signs[self.nodes], self.ends[:-1])
        for start, end, period in periods(repeated):
            found = self.beginning(start, end, period)
            if found is not None:
                return found.best()
        return None

    def beginning(self, start: int, end: int, period: int) -> "_Turns | None":
        """Turns of so many levels; nodes that do the same are in the order of the
        graph.
        """
        ends, count = self.ends, (end - start) // period
        nodes = self.nodes[ends[start] : ends[start + count * period]]
        table = nodes.reshape(count, -1)
        if (self.signs[table] != self.signs[table[0]]).any():
            return None
        at = np.arange(period).repeat(np.diff(ends[start : start + period + 1]))
        kinds = _numbered(at, self.plain[table[0]])
        return _Turns(self.graph, table, at, kinds).settled()


def _numbered(a: Ints, b: Ints) -> Ints:
    """A number for each pair of numbers."""
    return np.unique(np.stack([a, b]), axis=1, return_inverse=True)[1].ravel()


def signatures(graph: Scalars) -> tuple[Ints, Ints]:
    """Numbers for each node: what it does, and to what."""
    random = np.random.default_rng(0).integers(1 << 62, size=256)
    n = len(graph.row)
    known = np.array([2, 1, 0])  # constants: 1, -1, and any other one
    kinds = np.concatenate([graph.row + 5, np.full(len(graph.constants), known[-1])])
    kinds[: graph.leaves] = 3
    kinds[-2:] = known[1::-1]
    codes = random[kinds]
    owner = np.arange(n).repeat(np.diff(graph.first))
    nth = np.arange(len(owner)) - graph.first[owner]
    place = np.where(graph.row[owner] == SUM, 1, random[nth % 64] | 1)

    found = []
    for _ in range(2):
        terms = (codes[graph.a] * random[1] + codes[graph.b]) * place
        total = np.concatenate([[0], (terms ^ (terms >> 29)).cumsum()])
        codes = codes.copy()
        codes[:n] = codes[:n] * random[2] + np.diff(total[graph.first])
        found.append(codes[:n])
    return found[0], found[1]


def periods(found: Ints) -> Iterator[tuple[int, int, int]]:
    """Where a row of numbers repeats itself FEWEST times: from, to, and the period.

    >>> list(periods(np.array([7] + [1, 2, 3] * 8)))[0]
    (1, 25, 3)
    """
    n = len(found)
    tried = set()
    for place in (n // 2, n // 4, 3 * n // 4):
        again = np.flatnonzero(found[place + 1 :] == found[place]) + 1
        tried.update(again[again <= min(LONGEST, n // FEWEST)].tolist())
    for period in sorted(tried):
        start, length = longest_run(found[period:] == found[:-period])
        if length >= (FEWEST - 1) * period:
            yield start, start + length + period, period


def longest_run(flags: Bools) -> tuple[int, int]:
    """Where the longest run of truths begins, and how long it is.

    >>> longest_run(np.array([True, False, True, True]))
    (2, 2)
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(int), [0]])))
    if not len(edges):
        return 0, 0
    starts, lengths = edges[::2], np.diff(edges)[::2]
    k = int(lengths.argmax())
    return int(starts[k]), int(lengths[k])


class _Turns:
    """Nodes in a table, a row for each turn, and what they read.

    ``at``: the order of the columns within a turn; ``kinds``: which columns do the
    same. ``read`` has a row for each turn, a column for each term, and both its
    factors. ``source`` and ``ago``: from which column a factor is, and how many turns
    ago; ``states``: the columns that later turns read.
    """

    read: Ints
    source: Ints
    ago: Ints
    later: Bools
    states: Ints
    depth: int
    starts: Ints

    def __init__(self, graph: Scalars, table: Ints, at: Ints, kinds: Ints) -> None:
        self.graph: Scalars = graph
        self.table: Ints = table
        self.at: Ints = at
        self.kinds: Ints = kinds
        lengths = np.diff(graph.first)[table]
        self.same_lengths: bool = bool((lengths == lengths[0]).all())
        self.owner: Ints = np.arange(len(at)).repeat(lengths[0])
        starts = lengths[0].cumsum() - lengths[0]
        nth = np.arange(len(self.owner)) - starts[self.owner]
        self.terms: Ints = graph.first[table][:, self.owner] + nth

    def __len__(self) -> int:
        return len(self.table)

    def of(self, graph: Scalars) -> "_Turns":
        """The same nodes in another graph."""
        found = _Turns(graph, self.table, self.at, self.kinds).settled()
        assert found is not None
        return found

    def some(self, rows: slice, columns: Bools) -> "_Turns | None":
        """The recurrence in some of the turns, and some of what they do."""
        table = self.table[rows, columns]
        kept = _Turns(self.graph, table, self.at[columns], self.kinds[columns])
        return kept.settled()

    def settled(self) -> "_Turns | None":
        """These turns, or some of them, if they are a recurrence."""
        if len(self) < FEWEST or not self.same_lengths or not len(self.at):
            return None
        every = np.ones(len(self.at), dtype=bool)
        fits, begins = self.relate()
        start, length = longest_run(fits)
        if length < len(self):
            return self.some(slice(start, start + length), every)
        core = self.core()
        if not core.all():
            return self.some(slice(None), core)
        self.later = self.ago > 0
        self.states = np.unique(self.source[self.later])
        self.depth = int(self.ago[self.later].max())
        if self.depth > len(self) // 2:
            return None
        starts = self.find_starts()
        if starts is None or not begins:
            return self.some(slice(1, None), every)
        self.starts = starts
        return self

    def relate(self) -> tuple[Bools, bool]:
        """Find from which column each factor is, and how many turns ago.

        Which turns it is so in; and whether what the first turns read instead was there
        before.
        """
        graph, table = self.graph, self.table
        self.read = np.stack([graph.a[self.terms], graph.b[self.terms]], axis=2)
        size = len(graph.row) + len(graph.constants)
        turn, column = np.full(size, -1), np.full(size, -1)
        turn[table] = np.arange(len(self))[:, None]
        column[table] = np.arange(table.shape[1])
        source = column[self.read]
        now = np.arange(len(self))[:, None, None]
        ago = now - turn[self.read]
        middle = len(self) // 2
        self.source = source[middle]
        self.ago = np.where(self.source >= 0, ago[middle], 0)
        same = (source == self.source) & ((ago == self.ago) | (source < 0))
        first = now < self.ago
        return (same | first).all(axis=(1, 2)), bool(
            (source[first.nonzero()] < 0).all()
        )

    def core(self) -> Bools:
        """The columns that read, in the end, themselves."""
        core = np.ones(len(self.at), dtype=bool)
        reader = np.stack([self.owner, self.owner], axis=1)
        while True:
            inner = (self.source >= 0) & core[reader] & core[self.source]
            reads, is_read = np.zeros_like(core), np.zeros_like(core)
            reads[reader[inner]] = True
            is_read[self.source[inner]] = True
            if (core == (reads & is_read)).all():
                return core
            core = reads & is_read

    def find_starts(self) -> Ints | None:
        """What the first turns read instead of states; None if they do not agree."""
        nobody = len(self.graph.row)
        starts = np.full((self.depth, len(self.states)), nobody)
        for _ in range(2):  # write, then compare
            for turn in range(self.depth):
                edges = self.ago > turn
                rows = self.depth + turn - self.ago[edges]
                columns = np.searchsorted(self.states, self.source[edges])
                read = self.read[turn][edges]
                if (starts[rows, columns] == nobody).any():
                    starts[rows, columns] = read
                elif (starts[rows, columns] != read).any():
                    return None
        return starts

    # ---- where a turn begins

    def best(self) -> "_Turns":
        """The same with the fewest states, and then the most turns.

        A turn may begin at any level; then columns of a kind may be done a turn later.
        """
        begins = [(self.at > k).astype(int) for k in np.unique(self.at)]
        fewest = min(map(self.cost, begins))
        found = [self.shifted(k) for k in begins if self.cost(k) == fewest]
        best = [t.with_fewest_states().prolonged() for t in found[:4] if t]
        return min(best or [self], key=lambda t: (len(t.states), -len(t)))

    def with_fewest_states(self) -> "_Turns":
        """The same with kinds of columns in a later turn, where that makes fewer
        states.
        """
        best, improved = np.zeros(len(self.at), dtype=int), True
        while improved:
            improved = False
            for kind in np.unique(self.kinds):
                moved = best + (self.kinds == kind)
                if self.cost(moved) < self.cost(best):
                    best, improved = moved, True
        return (best.any() and self.shifted(best)) or self

    def cost(self, shift: Ints) -> int:
        """How many states there are with columns in later turns."""
        reader, inner = self.owner[:, None], self.source >= 0
        ago = self.ago + shift[reader] - shift[self.source]
        if (ago[inner] < 0).any():
            return len(self.at) + 1
        return len(np.unique(self.source[inner & (ago > 0)]))

    def shifted(self, shift: Ints) -> "_Turns | None":
        """The same with columns in later turns."""
        most = int(shift.max())
        rows = np.arange(most, len(self))[:, None] - shift
        table = np.take_along_axis(self.table, rows, axis=0)
        at = self.at - shift * (int(self.at.max()) + 1)
        return _Turns(self.graph, table, at - at.min(), self.kinds).settled()

    # ---- the first turns, and the last

    def prolonged(self) -> "_Turns":
        """The same with turns before and after that do the same, at other levels."""
        turns = self
        for beside in (_Turns.row_before, _Turns.row_after):
            while True:
                row = beside(turns)
                if row is None:
                    break
                rows = (
                    [row, *turns.table]
                    if beside is _Turns.row_before
                    else [*turns.table, row]
                )
                more = _Turns(self.graph, np.array(rows), self.at, self.kinds).settled()
                if more is None or len(more) <= len(turns):
                    break
                turns = more
        return turns

    def terms_like(self, node: int, column: int) -> Ints | None:
        """The factors of a node that does the same as a column, or None."""
        graph, like = self.graph, int(self.table[0, column])
        start, end = graph.first[node : node + 2]
        alike = graph.row[node] == graph.row[like]
        if not alike or end - start != graph.first[like + 1] - graph.first[like]:
            return None
        return np.stack([graph.a[start:end], graph.b[start:end]], axis=1)

    @cached_property
    def stays(self) -> Bools:
        """What is read that is the same in every turn."""
        same: Bools = (self.source < 0) & (self.read == self.read[0]).all(axis=0)
        return same

    def row_before(self) -> Ints | None:
        """The nodes of a turn before the first: its states, and what makes them."""
        row = np.full(len(self.at), -1)
        row[self.states] = self.starts[-1]
        for column in np.argsort(-self.at, kind="stable"):
            if not self.graph.leaves <= row[column] < len(self.graph.row):
                return None
            read = self.terms_like(row[column], column)
            if read is None:
                return None
            mine = self.owner == column
            stays = self.stays[mine]
            if (read[stays] != self.read[0, mine][stays]).any():
                return None
            now = (self.source[mine] >= 0) & (self.ago[mine] == 0)
            row[self.source[mine][now]] = read[now]
        return row

    def row_after(self) -> Ints | None:
        """The nodes of a turn after the last: what reads the states in the same way."""
        T = len(self)
        known = np.concatenate([self.table, np.full((1, len(self.at)), -1)])
        reader, operand = self.edges_outside
        for column in np.argsort(self.at, kind="stable"):
            mine = self.owner == column
            inner = self.source[mine] >= 0
            expected = known[T - self.ago[mine], self.source[mine]]
            one = expected[inner][0]
            expected[~inner] = self.read[0, mine][~inner]
            compared = inner | self.stays[mine]
            start, end = np.searchsorted(operand, [one, one + 1])
            for node in reader[start:end].tolist():
                read = self.terms_like(node, column)
                if read is None or node in known[T]:
                    continue
                if (read[compared] == expected[compared]).all():
                    known[T, column] = node
                    break
            else:
                return None
        found: Ints = known[T]
        return found

    @cached_property
    def edges_outside(self) -> tuple[Ints, Ints]:
        """Nodes that are not of a turn, and what they read, in order of the latter."""
        graph = self.graph
        away = np.zeros(len(graph.row), dtype=bool)
        away[self.table] = True
        reader = np.arange(len(graph.row)).repeat(np.diff(graph.first))
        reader, operand = (
            np.concatenate([reader, reader]),
            np.concatenate([graph.a, graph.b]),
        )
        kept = (operand >= graph.leaves) & ~away[reader]
        reader, operand = reader[kept], operand[kept]
        order = np.lexsort([reader, operand])
        return reader[order], operand[order]


# ---- cutting -------------------------------------------------------------------------


def with_sums(turns: "_Turns", levels: Ints) -> tuple["_Turns", Ints]:
    """The same turns, where terms that need no turn before are a sum of their own.

    If any of them moves: these are then computed before the loop.
    """
    graph, table = turns.graph, turns.table
    count = table.shape[1]
    outside = (turns.source < 0).all(axis=1)
    variable = (np.min(turns.read, axis=0) >= 0).any(axis=1)
    moving = outside & variable & ~turns.stays.all(axis=1)
    products = moving & (turns.read[0, :, 1] != ONE)
    some, several, terms = [
        np.bincount(turns.owner[of], minlength=count)
        for of in (moving, products, outside)
    ]
    worth = (some > 0) & ((several > 0) | (terms > 1))
    summed = np.flatnonzero(worth & (graph.row[table[0]] == SUM))
    if not len(summed):
        return turns, levels
    old = table[:, summed]
    new = len(graph.row) + np.arange(old.size).reshape(old.shape)
    node = np.arange(len(graph.row)).repeat(np.diff(graph.first))
    gone = outside & np.isin(turns.owner, summed)
    which = np.searchsorted(summed, turns.owner[gone])
    node[turns.terms[:, gone]] = new[:, which]
    found = replace(
        graph,
        row=np.append(graph.row, np.full(old.size, SUM)),
        plus=np.zeros(len(graph.row) + old.size),
        live=np.append(graph.live, new),
    ).with_terms(
        np.append(node, old),
        np.append(graph.a, new),
        np.append(graph.b, np.full(old.size, ONE)),
    )
    level = np.append(levels, np.ones(old.size, dtype=np.int64))
    reader = np.arange(len(found.row)).repeat(np.diff(found.first))
    of_sum = reader >= new[0, 0]
    # constants are negative numbers; their level is that of the first leaf
    of_a, of_b = [level[np.maximum(x[of_sum], 0)] for x in (found.a, found.b)]
    np.maximum.at(level, reader[of_sum], np.maximum(of_a, of_b) + 1)
    return turns.of(found), level


def cut(turns: "_Turns", levels: Ints) -> tuple[Scalars, Ints] | None:
    """A graph without a recurrence, and the loop instead.

    The states have new numbers, which all read that are not of the same turn. None if
    what the loop reads depends on what it computes, and if a state is computed by a
    turn of another loop: what its readers propagate would not get there.
    """
    turns, levels = with_sums(turns, levels)
    graph, depth, n = turns.graph, turns.depth, len(turns.graph.row)
    old = turns.table[:, turns.states]
    if any(np.isin(old, one.nodes).any() for one in graph.loops):
        return None
    T, S = old.shape
    rows = n + np.arange((depth + T) * S).reshape(depth + T, S)
    moved = np.concatenate([np.arange(n), np.arange(-len(graph.constants), 0)])
    moved[old] = rows[depth:]
    read, later = turns.read.copy(), turns.ago > 0
    before = depth + np.arange(T)[:, None] - turns.ago[later]
    read[:, later] = rows[before, np.searchsorted(turns.states, turns.source[later])]
    a, b = moved[graph.a], moved[graph.b]
    a[turns.terms], b[turns.terms] = read[:, :, 0], read[:, :, 1]
    body, outside = body_of(turns)
    zero = ~len(graph.constants)
    others = [
        replace(one, starts=moved[one.starts], outside=moved[one.outside])
        for one in graph.loops
    ]
    loop = Loop(
        turns=T,
        depth=depth,
        level=0,
        starts=np.where(turns.starts == n, zero, turns.starts),
        states=rows,
        kinds=turns.kinds,
        nodes=turns.table,
        made=turns.states,
        outside=outside,
        body=body,
        levels=turns.at,
    )
    loop.level = level_of(loop, levels)
    found = replace(
        graph,
        row=np.append(graph.row, np.full(rows.size, SUM)),
        first=np.append(graph.first, np.full(rows.size, graph.first[-1])),
        a=a,
        b=b,
        plus=np.zeros(n + rows.size),
        constants=np.append(graph.constants, 0.0),
        loss=int(moved[graph.loss]),
        loops=[*others, loop],
    )
    levels = np.append(levels, np.zeros(rows.size))
    for _ in range(1 + len(found.loops)):  # one moves those that read it
        new_levels = levels_of(found, levels)
        right = [level_of(one, new_levels) for one in found.loops]
        if right == [one.level for one in found.loops]:
            return found, new_levels
        for one, level in zip(found.loops, right, strict=True):
            one.level = level
    return None


def level_of(loop: Loop, levels: Ints) -> int:
    """One more than that of all that a loop reads."""
    read = np.concatenate([loop.starts.ravel(), loop.outside.ravel()])
    return 1 + int(levels[read[read >= 0]].max(initial=0))


def body_of(turns: "_Turns") -> tuple[Scalars, Ints]:
    """One turn as a graph of its own; and what it reads of outside, a column each.

    Its leaves are these columns, and the states, those of the last turn first.
    """
    graph, states = turns.graph, turns.states
    edges = (turns.source < 0) & ~(turns.stays & (turns.read[0] < 0))
    outside, which = np.unique(turns.read[:, edges], axis=1, return_inverse=True)
    carried = outside.shape[1]
    leaves = carried + turns.depth * len(states)
    read = np.where(turns.source >= 0, leaves + turns.source, turns.read[0])
    later = turns.ago > 0
    state = np.searchsorted(states, turns.source[later])
    read[later] = carried + (turns.ago[later] - 1) * len(states) + state
    read[edges] = which.ravel()
    columns = turns.table.shape[1]
    body = replace(
        graph,
        leaves=leaves,
        row=np.append(np.full(leaves, SUM), graph.row[turns.table[0]]),
        live=leaves + np.arange(columns),
        loops=[],
    ).with_terms(leaves + turns.owner, read[:, 0], read[:, 1])
    return body, outside
