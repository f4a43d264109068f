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
from itertools import combinations, pairwise
from typing import Any

import numpy as np

from ..engine import Value
from . import expressions as ex
from .arrays import AXES, Gather, Ints, Reading
from .expressions import Expr
from .messages import say
from .scalars import refuse_branches
from .shapes import nested, reading_at
from .views import view

FEWEST, MORE = 3, 12  # recordings with other tokens, and more where they are too few
SURE = 16  # bits: so rarely does one token move by chance as two others do together
NO_BOUND = 1 << 40  # of a token by which nothing is read
Terms = tuple[tuple[int, int], ...]  # (token, step)


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
        self.names: list[str] = [*examples]
        self.arguments = arguments
        sizes = [x.size for x in examples.values()]
        self.starts: list[int] = np.cumsum([0, *sizes]).tolist()
        self.owners: Ints = np.arange(len(sizes)).repeat(
            sizes
        )  # the number of the input

    @property
    def row(self) -> Ints:
        """The example's."""
        nothing = np.zeros(0, dtype=np.int64)
        return np.concatenate([nothing, *map(np.ravel, self.examples.values())])

    def arranged(self, row: Ints) -> dict[str, Any]:
        """Such a row as the inputs it is of, in nested lists."""
        parts = zip(self.examples.items(), self.starts, strict=False)
        return {
            name: row[start : start + x.size].reshape(x.shape).tolist()
            for (name, x), start in parts
        }

    def is_batched(self, gather: Gather) -> bool:
        """Whether there are tokens for each example."""
        return any(self.names[owner] in self.batch for owner in gather.owners)

    def name(self, gather: Gather) -> str:
        """The input that says which rows are read."""
        return self.arguments[self.names[gather.owners[-1]]]

    def read(self, interned: dict[Any, Expr], gather: Gather, k: int) -> Expr:
        """The tokens along one of its steps, one for each place."""
        owner = gather.owners[k]
        name = self.names[owner]
        shape = (ex.ROWS,) * (name in self.batch) + self.examples[name].shape
        x = ex.variable(interned, self.arguments[name], shape)
        at = gather.tokens[k] - self.starts[owner]
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
        example = given.row
        self.record = record
        self.example: Ints = example
        self.owners: Ints = given.owners
        self.place: dict[Value, int] = {v: i for i, v in enumerate(params)}
        self.rng: np.random.Generator = np.random.default_rng(0)
        self.tokens: list[Ints] = [example]  # of each recording
        self.losses: list[Value] = [record(example)]
        self.bounds: Ints = np.full(example.shape, NO_BOUND)
        largest = np.zeros(len(example), dtype=np.int64)
        np.maximum.at(largest, self.owners, example)  # of each input
        # How many tokens are known to be possible:
        self.known: Ints = largest[self.owners] + 1

    @property
    def enough(self) -> int:
        """How many recordings tell which token moves what; few tokens take more."""
        bits = SURE + 2 * math.log2(len(self.example))
        smallest = int(min(self.known[self.known > 1], default=2))
        return max(FEWEST, math.ceil(bits / math.log2(smallest)))

    def joined(self) -> tuple[Value, list[Gather]]:
        """The graph that all have in common, and what is read where.

        Raises ValueError for recordings that differ in more than what they read.
        """
        if not self.example.size:
            return self.losses[0], []
        self.at_end: Value = self.record(
            np.full_like(self.example, -1)
        )  # the last rows
        for _ in range(self.enough):
            self.record_another()
        self.bounds = bounds_of(self.found()[1], len(self.example))
        self.record_another()  # of all that are possible now
        loss, gathers = self.found()
        refuse_branches(self.losses[0].topological_order())
        return loss, gathers

    def record_another(self) -> None:
        """Record the loss with any tokens that are known to be possible."""
        bounds = np.where(self.bounds == NO_BOUND, self.known, self.bounds)
        tokens = self.rng.integers(bounds)
        if len(self.tokens) == 1:  # every token is another one once
            tokens = (self.example + 1 + tokens % np.maximum(bounds - 1, 1)) % bounds
        self.tokens.append(tokens)
        self.losses.append(self.record(tokens))

    def found(self) -> tuple[Value, list[Gather]]:
        """The same, by the recordings there are, and more where they are too few."""
        while True:
            common = _Common([*self.losses, self.at_end], self.place)
            loss = common.graph()
            terms = self.explained([*common.moved])
            if terms is not None:
                return loss, self.gathers(common.moved, terms)
            if len(self.losses) > self.enough + MORE:
                raise ValueError(say("unexplained"))
            self.record_another()

    # ---- which token moves what

    def explained(self, moved: Sequence[tuple[int, ...]]) -> list[Terms] | None:
        """Of each parameter that moves, the tokens and steps; None where it is open."""
        tokens = np.array(self.tokens)
        known: dict[tuple[int, ...], list[Terms]] = {}
        found = []
        for places in moved:
            moves = tuple([p - places[0] for p in places[1:-1]])
            if not any(moves):
                return None  # the token has happened to be the same
            if moves not in known:
                known[moves] = explanations(tokens[1:] - tokens[0], np.array(moves))
            if not known[moves]:
                raise ValueError(say("unexplained"))
            if len(known[moves]) > 1:
                return None
            found += known[moves]
        return found

    def gathers(
        self, moved: Mapping[tuple[int, ...], Value], terms: Sequence[Terms]
    ) -> list[Gather]:
        """What moves alike, row by row: neighbours that the same tokens move."""
        # by steps, inputs and where they begin: of each place, the leaf
        columns: dict[Any, dict[tuple[int, ...], Value]] = defaultdict(dict)
        ends: dict[Any, int] = {}  # the last row
        for (places, leaf), pairs in zip(moved.items(), terms, strict=True):
            tokens = tuple([t for t, _ in pairs])
            steps = tuple([s for _, s in pairs])
            start = sum([s * int(self.example[t]) for t, s in pairs])
            owners = tuple(self.owners[[*tokens]].tolist())
            column = steps, owners, places[0] - start
            columns[column][tokens] = leaf
            ends[column] = places[-1]
        rows: dict[Any, list[int]] = defaultdict(list)
        for (steps, owners, first), leaves in columns.items():
            rows[steps, owners, tuple(sorted(leaves))].append(first)
        found = []
        for (steps, owners, places), firsts in rows.items():
            for run in runs_of_neighbours(sorted(firsts), steps[-1]):
                every = [columns[steps, owners, first] for first in run]
                reach = ends[steps, owners, run[0]] - run[0]
                found.append(
                    Gather(
                        run[0],
                        steps,
                        counts_of(reach, steps),
                        len(run),
                        owners,
                        np.array(places).T,
                        [leaves[place] for place in places for leaves in every],
                    )
                )
        return found


def explanations(tokens: Ints, moves: Ints) -> list[Terms]:
    """All ways in which one token moves a parameter so, or else two.

    ``tokens``: how far each was from its first number, a row for each recording.

    >>> explanations(np.array([[1, 0], [2, 5]]), np.array([16, 32]))
    [((0, 16),)]
    """
    for several in (1, 2):
        found: list[Terms] = []
        for chosen in combinations(range(tokens.shape[1]), several):
            steps = np.linalg.lstsq(tokens[:, chosen], moves, rcond=None)[0]
            whole = np.rint(steps).astype(int)
            fits = (tokens[:, chosen] @ whole == moves).all()
            if fits and (whole > 0).all():
                pairs = zip(chosen, whole.tolist(), strict=True)
                found.append(tuple(sorted(pairs, key=lambda pair: -pair[1])))
        if found:
            return found
    return []


def counts_of(reach: int, steps: Sequence[int]) -> tuple[int, ...]:
    """How many rows there are along each step, when the last of all is so far away.

    >>> counts_of(26 * 27 + 26, (27, 1))
    (27, 27)
    """
    counts = []
    for step in steps:
        last, reach = divmod(reach, step)
        counts.append(last + 1)
    if min(counts) < 1:
        raise ValueError(say("unexplained"))
    return tuple(counts)


def bounds_of(gathers: Sequence[Gather], tokens: int) -> Ints:
    """How large each token may not be: as many rows as what is read by it has."""
    bounds = np.full(tokens, NO_BOUND)
    for gather in gathers:
        for at, count in zip(gather.tokens, gather.counts, strict=True):
            bounds[at] = np.minimum(bounds[at], count)
    return bounds


def runs_of_neighbours(numbers: Sequence[int], longest: int) -> list[list[int]]:
    """Sorted numbers in runs without gaps, none longer than that.

    >>> runs_of_neighbours([1, 2, 3, 7, 8], 2)
    [[1, 2], [3], [7, 8]]
    """
    runs = [[numbers[0]]]
    for before, number in pairwise(numbers):
        if number == before + 1 and len(runs[-1]) < longest:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


@cache
def table_of(gather: Gather) -> Reading:
    """Where a table stands among the parameters, an axis for each of its steps."""
    axes = zip((*gather.counts, gather.width), (*gather.steps, 1), strict=True)
    lengths, steps = zip(*[(n, step) for n, step in axes if n > 1], strict=True)
    positions = gather.first + nested(lengths, steps)
    return reading_at(0, positions, AXES[: len(lengths)])


class _Common:
    """One graph for several that differ in the parameters they read at some places."""

    def __init__(self, losses: Sequence[Value], place: Mapping[Value, int]) -> None:
        self.root, self.place = tuple(losses), place
        self.made: dict[tuple[Value, ...], Value] = {}
        self.moved: dict[tuple[int, ...], Value] = {}  # new leaves, by what they were

    def graph(self) -> Value:
        """The first recording, with new leaves for what moves."""
        made, stack = self.made, [self.root]
        while stack:
            values = stack[-1]
            if values not in made:
                operands = [*zip(*[v.parents for v in values], strict=False)]
                missing = [each for each in operands if each not in made]
                if missing:
                    stack += missing
                    continue
                made[values] = self.one(values, [made[each] for each in operands])
            stack.pop()
        return made[self.root]

    def one(self, values: tuple[Value, ...], operands: Sequence[Value]) -> Value:
        """What stands for these: the first, if all are the same."""
        first = values[0]
        if all(v is first for v in values):
            return first
        if any(v.op is not first.op for v in values):
            names = " ≠ ".join({v.op.name if v.op else "leaf": 0 for v in values})
            raise ValueError(say("other_graph", what=names))
        if first.op is None:
            return self.leaf(values)
        counts = {len(v.operands) for v in values}
        numbers = {numbers_in(v) for v in values}
        if len(counts) > 1 or len(numbers) > 1:
            what = f"{first.op.name}: {counts if len(counts) > 1 else numbers}"
            raise ValueError(say("other_graph", what=what))
        same = zip(operands, first.parents, strict=True)
        return first if all(x is y for x, y in same) else copied(first, operands)

    def leaf(self, values: tuple[Value, ...]) -> Value:
        """A parameter that moves, or a constant that is the same everywhere."""
        first = values[0]
        if all(v in self.place for v in values):
            places = tuple([self.place[v] for v in values])
            return self.moved.setdefault(places, Value(first.data, first.label))
        if any(v in self.place for v in values) or len({v.data for v in values}) > 1:
            what = " ≠ ".join({repr(v.data): 0 for v in values})
            raise ValueError(say("other_graph", what=what))
        return first


def numbers_in(v: Value) -> tuple[float, ...]:
    """The plain numbers among the operands."""
    if v.op is None or v.op.variadic:
        return ()
    return tuple([x for x in v.operands if not isinstance(x, Value)])


def copied(v: Value, operands: Sequence[Value]) -> Value:
    """The same operation on other operands."""
    new = object.__new__(Value)
    for slot in ("_data", "op", "label", "_a", "_b", "_da", "_db"):
        setattr(new, slot, getattr(v, slot))
    new.grad = 0.0
    if v._b.__class__ is tuple:
        new._b = tuple(operands)
        if v._da is not None:
            rest = iter(operands)
            each = [next(rest) if isinstance(x, Value) else x for x in v.operands]
            new._da = tuple(each)
        return new
    left = list(operands)
    if v._a is not None:
        new._a = left.pop(0)
    if v._b is not None:
        new._b = left.pop(0)
    return new
