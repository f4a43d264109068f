"""Whole numbers as inputs: where they choose what is read, as in ``table[token]``.

A list that is read at a token leaves no trace in the graph: only the row that was read
is there. So the loss is recorded several times, with other tokens. What is the same in
all recordings is the graph; a parameter that moves when a token does was read from a
table, at a position that is a sum of tokens times steps, and a constant.

>>> from micrograd_kr import Value
>>> table = [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]]
>>> theta = [v for row in table for v in row]
>>> record = lambda x: table[x[0]][0] * table[x[0]][1]
>>> tokens = Tokens({"x": np.array([1])}, {"x": "x"}, batch=())
>>> several = Recordings(record, tokens, theta)
>>> loss, [gather] = several.joined()
>>> loss, gather.first, gather.counts, gather.width
(Value(data=12.0, grad=0.0), 0, (2,), 2)
"""

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import accumulate, combinations
from operator import is_
from typing import Any

import numpy as np

from ..engine import FUNCTIONS, Value
from . import expressions as ex
from .arrays import AXES, Gather, Ints, Reading
from .expressions import Expr
from .messages import say
from .scalars import refuse_branches
from .shapes import nested, reading_at
from .views import view

SURE = 20  # bits: so rarely does one token move by chance as another one does
Positions = tuple[int, ...]
NO_BOUND = 1 << 40  # of a token by which nothing is read


class Tokens:
    """The inputs of whole numbers: all of them in one row, and each as an array."""

    def __init__(
        self,
        examples: Mapping[str, Ints],
        arguments: Mapping[str, str],
        batch: Sequence[str],
    ) -> None:
        self.examples = examples
        self.batch = batch
        self.arguments = arguments
        tokens = [token for x in examples.values() for token in x.flat]
        self.row: Ints = np.array(tokens, dtype=np.int64)  # the example's
        sizes = [x.size for x in examples.values()]
        ends = accumulate(sizes, initial=0)
        self.starts: dict[str, int] = dict(zip(examples, ends, strict=False))
        most = [int(x.max(initial=0)) for x in examples.values()]
        # Of each token, the input, and how many are known to be possible:
        self.owners: list[str] = np.array([*examples]).repeat(sizes).tolist()
        self.known: Ints = 1 + np.array(most).repeat(sizes)

    def arranged(self, row: Ints) -> dict[str, Any]:
        """Such a row as the inputs it is of, in nested lists."""
        found = {}
        for name, x in self.examples.items():
            start = self.starts[name]
            found[name] = row[start : start + x.size].reshape(x.shape).tolist()
        return found

    def read(self, interned: dict[Any, Expr], gather: Gather, k: int) -> Expr:
        """The tokens along one of its steps, one for each place."""
        name = gather.owners[k]
        shape = (ex.ROWS,) * (name in self.batch) + self.examples[name].shape
        x = ex.variable(interned, self.arguments[name], shape)
        at = gather.tokens[k] - self.starts[name]
        return view(x, reading_at(0, at.squeeze(), "i" * (len(at) > 1)))


class Recordings:
    """Several recordings of one loss, that differ in their tokens.

    ``record`` makes the loss of a row of tokens.
    """

    def __init__(
        self,
        record: Callable[[Ints], Value],
        given: Tokens,
        params: Sequence[Value],
    ) -> None:
        self.record = record
        self.owners: list[str] = given.owners
        self.place: dict[Value, int] = {v: i for i, v in enumerate(params)}
        self.tokens: list[Ints] = []  # of each recording
        self.losses: list[Value] = []
        self.bounds: Ints = given.known
        self.add(given.row)

    def add(self, tokens: Ints) -> None:
        """Record the loss with these tokens."""
        self.tokens.append(tokens)
        self.losses.append(self.record(tokens))

    def joined(self) -> tuple[Value, list[Gather]]:
        """The graph that all have in common, and what is read where.

        Raises ValueError for recordings that differ in more than what they read.
        """
        example, known = self.tokens[0], self.bounds
        if not example.size:
            return self.losses[0], []
        self.at_end: Value = self.record(np.full_like(example, -1))  # the last rows
        rng = np.random.default_rng(0)
        for tokens in rng.integers(known, size=(enough(known), len(known))):
            self.add(tokens)
        self.bounds = bounds_of(self.found()[1], len(known))
        # Once more, with any of the tokens that are possible now:
        self.add(rng.integers(np.where(self.bounds == NO_BOUND, known, self.bounds)))
        refuse_branches(self.losses[0].topological_order())
        return self.found()

    def found(self) -> tuple[Value, list[Gather]]:
        """The same, by the recordings there are."""
        common = _Common([*self.losses, self.at_end], self.place)
        loss = common.graph()
        return loss, self.gathers(common.moved)

    def gathers(self, moved: Mapping[Positions, Value]) -> list[Gather]:
        """What moves alike, row by row: neighbours that the same tokens move."""
        tokens = np.array(self.tokens)
        known: dict[Positions, tuple[Positions, Positions]] = {}
        # by tables and where they begin: of each place, the leaf
        columns: dict[Any, dict[Positions, Value]] = defaultdict(dict)
        for (start, *others, end), leaf in moved.items():
            moves = tuple([place - start for place in others])
            if moves not in known:
                known[moves] = explanation(tokens[1:] - tokens[0], np.array(moves))
            chosen, steps = known[moves]
            first = start - int(tokens[0, chosen] @ steps)
            owners = tuple([self.owners[k] for k in chosen])
            table = steps, counts_of(end - first, steps), owners
            columns[table, first][chosen] = leaf
        rows: dict[Any, list[int]] = defaultdict(list)
        for (table, first), leaves in columns.items():
            rows[table, tuple(sorted(leaves))].append(first)
        found = []
        for (table, places), firsts in rows.items():
            steps, counts, owners = table
            for run in runs_of_neighbours(sorted(firsts)):
                every = [columns[table, first] for first in run]
                read = [column[place] for place in places for column in every]
                at = np.array(places).T
                gather = Gather(run[0], steps, counts, len(run), owners, at, read)
                found.append(gather)
        return found


def enough(known: Ints) -> int:
    """How many recordings tell which token moves what; few tokens take more."""
    bits = SURE + 2 * math.log2(len(known))
    smallest = min(known[known > 1], default=2)
    return math.ceil(bits / math.log2(smallest))


def explanation(tokens: Ints, moves: Ints) -> tuple[Positions, Positions]:
    """Which token moves a parameter so, or which two, and the steps of each.

    ``tokens``: how far each was from its first number, a row for each recording.

    >>> explanation(np.array([[1, 0], [2, 5]]), np.array([16, 32]))
    ((0,), (16,))
    """
    found: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
    for several in (1, 2):
        for chosen in combinations(range(tokens.shape[1]), several):
            steps = np.linalg.lstsq(tokens[:, chosen], moves, rcond=None)[0]
            whole = np.rint(steps).astype(int)
            if min(whole) > 0 and (tokens[:, chosen] @ whole == moves).all():
                pairs = sorted(zip(whole.tolist(), chosen, strict=True), reverse=True)
                ordered, at = zip(*pairs, strict=True)
                found.append((at, ordered))
        if found:
            break
    if len(found) != 1:
        raise ValueError(say("unexplained"))
    return found[0]


def counts_of(reach: int, steps: Sequence[int]) -> tuple[int, ...]:
    """How many rows there are along each step, when the last of all is so far away.

    >>> counts_of(26 * 27 + 26, (27, 1))
    (27, 27)
    """
    counts = []
    for step in steps:
        last, reach = divmod(reach, step)
        counts.append(last + 1)
    if min(counts) < 1 or reach:
        raise ValueError(say("unexplained"))
    return tuple(counts)


def bounds_of(gathers: Sequence[Gather], tokens: int) -> Ints:
    """How large each token may not be: as many rows as what is read by it has."""
    bounds = np.full(tokens, NO_BOUND)
    for gather in gathers:
        for at, count in zip(gather.tokens, gather.counts, strict=True):
            bounds[at] = np.minimum(bounds[at], count)
    return bounds


def runs_of_neighbours(numbers: Sequence[int]) -> list[list[int]]:
    """Sorted numbers in runs without gaps.

    >>> runs_of_neighbours([1, 2, 3, 7, 8])
    [[1, 2, 3], [7, 8]]
    """
    gaps = np.flatnonzero(np.diff(numbers) > 1) + 1
    return [run.tolist() for run in np.split(np.array(numbers), gaps)]


@cache
def table_of(gather: Gather) -> Reading:
    """Where a table stands among the parameters, an axis for each of its steps."""
    lengths, steps = (*gather.counts, gather.width), (*gather.steps, 1)
    positions = gather.first + nested(lengths, steps).squeeze()
    return reading_at(0, positions, AXES[: positions.ndim])


class _Common:
    """One graph for several that differ in the parameters they read at some places."""

    def __init__(self, losses: Sequence[Value], place: Mapping[Value, int]) -> None:
        self.root, self.place = tuple(losses), place
        self.made: dict[tuple[Any, ...], Any] = {}
        self.moved: dict[Positions, Value] = {}  # new leaves, by what they were

    def graph(self) -> Value:
        """The first recording, with new leaves for what moves."""
        made, stack = self.made, [self.root]
        while stack:
            values = stack[-1]
            if len({*values}) == 1:
                made[values] = values[0]
            if values not in made:
                operands = self.operands_of(values)
                missing = [each for each in operands if each not in made]
                if missing:
                    stack += missing
                    continue
                made[values] = self.one(values, [made[each] for each in operands])
            stack.pop()
        loss: Value = made[self.root]
        return loss

    def operands_of(self, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        """Those of several nodes that do the same, side by side."""
        kinds = dict.fromkeys(map(self.kind, values))
        if len(kinds) > 1:
            raise ValueError(say("other_graph", what=" ≠ ".join(kinds)))
        return [*zip(*[v.operands for v in values], strict=True)]

    def kind(self, v: Value | float) -> str:
        """What must be the same in all recordings."""
        if not isinstance(v, Value):
            return repr(v)
        if v.op is None:
            return "parameter" if v in self.place else f"Value({v.data!r})"
        return f"{v.op.name} of {len(v.operands)}"

    def one(self, values: tuple[Any, ...], operands: Sequence[Any]) -> Any:
        """What stands for these: the first, if all are the same."""
        first = values[0]
        if operands and not all(map(is_, operands, first.operands)):
            variadic = first.op.variadic
            given = first.op.split(operands) if variadic else operands
            return FUNCTIONS[first.op.name](*given)
        if first not in self.place:
            return first
        places = tuple([self.place[v] for v in values])
        return self.moved.setdefault(places, Value(first.data, first.label))
