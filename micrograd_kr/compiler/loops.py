"""Recurrences found again in the graph of scalars.

Where something is done again and again, the levels of a graph repeat with a period. The
scalars of one period are a turn; those that a turn reads of the turns before it are the
states. A loop over the turns computes the states and nothing else. With every state
known the graph is cut: each turn reads numbers that are there already, all that is left
is as deep as one turn, and all turns are arrays with an axis for time.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from .arrays import ABSENT, Bools, Ints, Loop, cuts
from .groups import levels_of
from .scalars import ONE, SUM, Scalars, folded

FEWEST = 8  # turns
LONGEST = 400  # levels of a turn


def with_loops(graph: Scalars, levels: Ints) -> tuple[Scalars, Ints]:
    """Cut a graph at its recurrences: what is left, and the level of each node."""
    found: tuple[Scalars, Ints] | None = graph, levels
    while found is not None:
        graph, levels = found
        tried = (cut(turns, levels) for turns in recurrences(graph, levels))
        found = next(filter(None, tried), None)
    for loop in graph.loops:
        loop.body = folded(loop.body)
    return folded(graph), levels


# ---- looking for turns ---------------------------------------------------------------


def recurrences(graph: Scalars, levels: Ints) -> "Iterator[_Turns]":
    """Turns that read what those before have computed, the shortest first."""
    if len(np.unique(levels[graph.live])) < 2 * FEWEST:
        return
    does = np.append(what_is_done(graph), np.full(len(graph.constants), -1))
    for loop in graph.loops:
        does[loop.nodes] = -1
    live = graph.live[does[graph.live] >= 0]
    unique, number = np.unique(does, return_inverse=True)
    signs = np.random.default_rng(0).integers(1 << 62, size=len(unique))[number]
    nodes = live[np.lexsort([live, signs[live], levels[live]])]
    ends = np.array(cuts(levels[nodes]))
    of_levels = np.add.reduceat(signs[nodes], ends[:-1])
    for start, end, period in periods(of_levels):
        table = nodes[ends[start] : ends[end]].reshape((end - start) // period, -1)
        table = table[2:]
        if (signs[table] == signs[table[0]]).all():
            at = levels[table[0]]
            core = _Turns(graph, table).core()
            if len(core):
                turns = _Turns(graph, table[:, core])
                found = all_turns(turns, at[core], does)
                if found is not None:
                    yield found


def what_is_done(graph: Scalars) -> Ints:
    """Of each node: a number for its row, and for how many terms it has."""
    return (graph.row - SUM) * len(graph.a) + np.diff(graph.first)


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
        same = found[period:] == found[:-period]
        ends = np.array(cuts(same))
        lengths = np.diff(ends) * same[ends[:-1]]
        longest = int(lengths.argmax())
        start, count = int(ends[longest]), 1 + int(lengths[longest]) // period
        if count >= FEWEST:
            yield start, start + count * period, period


class _Turns:
    """Nodes in a table, a row for each turn, and what they read.

    Of each factor that a turn reads, ``reader`` is the column and ``place`` where it
    stands there. It is ``inner``, of the column ``source`` so many turns ``ago``, or
    may be ``still``, the same in every turn. ``states``: the columns that later turns
    read.
    """

    def __init__(self, graph: Scalars, table: Ints) -> None:
        self.graph: Scalars = graph
        self.table: Ints = table
        self.factors: Ints = graph.factors
        lengths = 2 * np.diff(graph.first)[table[0]]
        self.first: Ints = lengths.cumsum() - lengths
        self.reader: Ints = np.arange(len(lengths)).repeat(lengths)
        self.place: Ints = np.arange(len(self.reader)) - self.first[self.reader]
        self.read: Ints = self.reads(table)
        self.still: Bools = (self.read == self.read[0]).all(axis=0)
        position = np.full(len(graph.row) + len(graph.constants), -1)
        position[table] = np.arange(table.size).reshape(table.shape)
        middle = len(table) // 2
        found = position[self.read[middle]]
        self.inner: Bools = found >= 0
        self.source: Ints = found % len(lengths)
        self.ago: Ints = self.inner * (middle - found // len(lengths))
        self.depth: int = int(self.ago.max(initial=0))
        self.states: Ints = np.unique(self.source[self.ago > 0])

    def places(self, table: Ints) -> Ints:
        """Where the factors of nodes stand that do the same as those in the table."""
        first = self.graph.first[np.maximum(table, 0)]  # constants are negative
        found: Ints = 2 * first[:, self.reader] + self.place
        return found

    def reads(self, table: Ints) -> Ints:
        """The factors of nodes that do the same as those in the table."""
        return self.factors.take(self.places(table), mode="wrap")

    def core(self) -> Ints:
        """The columns that read, in the end, themselves."""
        core = np.arange(self.table.shape[1])
        while True:
            inner = self.inner & np.isin(self.reader, core) & np.isin(self.source, core)
            kept = np.intersect1d(self.reader[inner], self.source[inner])
            if len(kept) == len(core):
                return core
            core = kept


# ---- turns before these, and after ---------------------------------------------------


class _Growth:
    """More turns: rows of nodes that do the same, with the same of those before.

    ``does``: what each node does, of all that may be in a turn.
    """

    def __init__(self, turns: _Turns, does: Ints) -> None:
        self.turns: _Turns = turns
        self.does: Ints = does
        self.like: Ints = does[turns.table[0]]
        self.known: Bools = turns.inner | turns.still
        self.rows: Ints = turns.table
        self.middle: int = len(self.rows) // 2
        while ((row := self.before()) != ABSENT).any():
            self.rows = np.concatenate([[row], self.rows])
            self.middle += 1
        while ((row := self.after()) != ABSENT).any():
            self.rows = np.concatenate([self.rows, [row]])

    def before(self) -> Ints:
        """What the first turns read of one before them."""
        turns = self.turns
        row = np.full(len(self.like), ABSENT)
        while True:
            known = np.concatenate([[row], self.rows[: turns.depth]])
            reader = self.does[known[turns.ago, turns.reader]]
            alike = turns.inner & (reader == self.like[turns.reader])
            read = turns.reads(known)[turns.ago, np.arange(len(alike))]
            found = np.full(len(row), ABSENT)
            found[turns.source[alike]] = read[alike]
            if (found == row).all():
                return row
            row = found

    def after(self) -> Ints:
        """What does the same with the last turns as they do with those before."""
        turns = self.turns
        row = np.full(len(self.like), ABSENT)
        for column, like in enumerate(self.like):
            known = np.concatenate([self.rows[-turns.depth :], [row]])
            expected = self.expected(known[-1 - turns.ago, turns.source])
            mine = turns.reader == column
            inner = np.flatnonzero(mine & turns.inner)
            known = np.flatnonzero(mine & self.known)
            some = np.flatnonzero(self.does == like)
            for compared in (inner[:1], known):  # the first leaves few
                place = 2 * turns.graph.first[some][:, None] + turns.place[compared]
                same = turns.factors[place] == expected[compared]
                some = some[same.all(axis=1)]
            row[column] = np.append(np.setdiff1d(some, row), ABSENT)[0]
        return row

    def expected(self, inner: Ints) -> Ints:
        """What a turn reads, if it reads these nodes of turns and what is still."""
        return np.where(self.turns.inner, inner, self.turns.read[0])

    def ends(self) -> tuple[Ints, Ints]:
        """From where on each column does the same with the same, and up to where."""
        turns, rows = self.turns, self.rows
        turn = np.arange(len(rows))[:, None]
        back = np.maximum(turn - turns.ago, 0)
        same = turns.reads(rows) == self.expected(rows[back, turns.source])
        same = np.logical_and.reduceat(same | ~self.known, turns.first, axis=1)
        _, number, count = np.unique(rows, return_inverse=True, return_counts=True)
        again = count[number].reshape(rows.shape) > 1  # where two columns begin as one
        wrong = ~same | again | (self.does[rows] != self.like)
        before = wrong & (turn < self.middle)
        begin = np.where(before, turn + 1, 0).max(axis=0)
        after = wrong & (turn > self.middle)
        end = np.where(after, turn, len(rows)).min(axis=0)
        return begin, end


def all_turns(turns: _Turns, at: Ints, does: Ints) -> _Turns | None:
    """All turns of a recurrence, with few states.

    ``at``: the order of the columns. The first turns and the last may be at other
    levels. A turn may begin anywhere: some columns can be of a later turn.
    """
    growth = _Growth(turns, does)
    begin, end = growth.ends()

    def cost(shift: Ints) -> tuple[int, int]:
        """How many states there are with columns in later turns; minus the turns."""
        ago = turns.ago + shift[turns.reader] - shift[turns.source]
        if (ago[turns.inner] < 0).any():
            return len(at) + 1, 0
        states = np.unique(turns.source[turns.inner & (ago > 0)])
        return len(states), int(max(begin + shift) - min(end + shift))

    kinds = at * len(does) + growth.like
    moves = [kinds == kind for kind in np.unique(kinds)]
    moves += [at > level for level in np.unique(at)]
    shift = np.zeros(len(at), dtype=int)
    while True:
        better = min([shift + move for move in moves], key=cost)
        if cost(better) >= cost(shift):
            break
        shift = better
    turn = np.arange(max(begin + shift), min(end + shift))[:, None]
    if len(turn) < FEWEST:
        return None
    order = np.lexsort([turns.table[0], at, -shift])
    table = np.take_along_axis(growth.rows, turn - shift, axis=0)
    found = _Turns(turns.graph, table[:, order])
    # what was outside in fewer turns may be inner here, and in some turns only
    return found if found.inner.sum() == turns.inner.sum() else None


# ---- cutting -------------------------------------------------------------------------


def with_more(graph: Scalars, count: int) -> Scalars:
    """The same with so many sums of nothing."""
    return replace(
        graph,
        row=np.append(graph.row, np.full(count, SUM)),
        first=np.append(graph.first, np.full(count, graph.first[-1])),
        plus=np.zeros(len(graph.row) + count),
    )


def of_either(factors: Bools) -> Bools:
    """Of each term, whether it is so of one of its two factors."""
    pairs = factors.reshape(-1, 2)
    return pairs[:, 0] | pairs[:, 1]


def with_sums(turns: _Turns, levels: Ints) -> tuple[_Turns, Ints]:
    """The same turns, where terms that need no turn before are a sum of their own.

    It is computed before the loop.
    """
    graph, table, owner = turns.graph, turns.table, turns.reader[::2]
    outside = ~of_either(turns.inner)
    variable: Bools = turns.read.min(axis=0) >= 0
    varies = outside & of_either(variable)
    factors = np.where(turns.read[0, 1::2] != ONE, 2, 1)
    size = np.bincount(owner, varies * factors)
    worth = (size > 1) & (graph.row[table[0]] == SUM)
    if not worth.any():
        return turns, levels
    old = table[:, worth]
    new = len(graph.row) + np.arange(old.size).reshape(old.shape)
    gone = outside & worth[owner]
    node = graph.owner
    term = turns.places(table)[:, ::2] // 2
    column = worth.cumsum() - 1  # of the sums that are new
    node[term[:, gone]] = new[:, column[owner[gone]]]
    found = replace(
        with_more(graph, old.size), live=np.append(graph.live, new)
    ).with_terms(
        np.append(node, old),
        np.append(graph.a, new),
        np.append(graph.b, np.full(old.size, ONE)),
    )
    levels = np.append(levels, levels[old] - 0.5)  # after what is read, before the sum
    return _Turns(found, table), levels


def cut(turns: _Turns, levels: Ints) -> tuple[Scalars, Ints] | None:
    """A graph without a recurrence, and the loop instead.

    The states have new numbers, which all read that are not of the same turn. None if
    what the loop reads depends on what it computes.
    """
    turns, levels = with_sums(turns, levels)
    graph, depth, n = turns.graph, turns.depth, len(turns.graph.row)
    old = turns.table[:, turns.states]
    T, S = old.shape
    rows = n + np.arange((depth + T) * S).reshape(depth + T, S)
    moved = np.append(np.arange(n), np.arange(-len(graph.constants), 0))
    moved[old] = rows[depth:]
    read, later = turns.read.copy(), turns.ago > 0
    before = depth + np.arange(T)[:, None] - turns.ago[later]
    states = rows[before, np.searchsorted(turns.states, turns.source[later])]
    starts = np.full(rows.shape, ONE)
    starts.flat[states - n] = read[:, later]
    read[:, later] = states
    factors = moved[turns.factors]
    factors[turns.places(turns.table)] = read
    body, outside = body_of(turns)
    inside = levels_of(body)
    kinds = np.stack([inside, what_is_done(body)])[:, body.leaves :]
    loop = Loop(
        turns=T,
        depth=depth,
        level=0,
        starts=starts[:depth],
        states=rows,
        kinds=np.unique(kinds, axis=1, return_inverse=True)[1].ravel(),
        nodes=turns.table,
        made=turns.states,
        outside=outside,
        body=body,
        levels=inside,
    )
    others = [
        replace(one, starts=moved[one.starts], outside=moved[one.outside])
        for one in graph.loops
    ]
    found = replace(
        with_more(graph, rows.size),
        a=factors[::2],
        b=factors[1::2],
        loss=int(moved[graph.loss]),
        loops=[*others, loop],
    )
    levels = np.append(levels, np.zeros(rows.size))
    for _ in range(2 + len(found.loops)):  # one moves those that read it
        known = [one.level for one in found.loops]
        new_levels = levels_of(found, levels)
        for one in found.loops:
            read = np.append(one.starts, one.outside)
            one.level = 1 + int(new_levels[read[read >= 0]].max(initial=0))
        if known == [one.level for one in found.loops]:
            return found, new_levels
    return None


def body_of(turns: _Turns) -> tuple[Scalars, Ints]:
    """One turn as a graph of its own; and what it reads of outside, a column each.

    Its leaves are these columns, and the states, those of the last turn first.
    """
    graph, states = turns.graph, turns.states
    edges = ~turns.inner & ~(turns.still & (turns.read[0] < 0))
    outside, which = np.unique(turns.read[:, edges], axis=1, return_inverse=True)
    carried = outside.shape[1]
    leaves = carried + turns.depth * len(states)
    read = np.where(turns.inner, leaves + turns.source, turns.read[0])
    later = turns.ago > 0
    state = np.searchsorted(states, turns.source[later])
    read[later] = carried + (turns.ago[later] - 1) * len(states) + state
    read[edges] = which.ravel()
    columns, a, b = turns.table.shape[1], read[::2], read[1::2]
    body = replace(
        graph,
        leaves=leaves,
        row=np.append(np.full(leaves, SUM), graph.row[turns.table[0]]),
        live=leaves + np.arange(columns),
        loops=[],
    ).with_terms(leaves + turns.reader[::2], a, b)
    return body, outside
