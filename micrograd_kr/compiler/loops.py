"""Recurrences found again: where the operations of a deep graph repeat, the program is a loop over time.

In the order in which they were recorded, the operations of a recurrence repeat with a
period: the same rows of the table, whose operands are as far back as one turn earlier, or
the same numbers, or leaves that advance by a constant step. One turn is written as text;
what it reads of the turn before is carried along; backwards the turns are gone through
once more from the last to the first, with what was kept of each.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..engine import Op
from .arrays import Ints
from .scalars import Recording
from .tape import functions_in, is_list, product, uses

LONGEST = 128  # operations of a turn
OUTSIDE = 40  # operations before and after the loop, which are written out
FEWEST = 8  # turns


@dataclass
class Loop:
    """Operations that repeat: from which, how many in a turn, how many turns."""

    start: int
    period: int
    turns: int
    # What each operand of a turn is, by its place in the turn: a name's key (see `Loops`).
    operands: list[list[Any]] = field(default_factory=list)
    carried: dict[int, int] = field(
        default_factory=dict
    )  # and the scalar each begins as

    @property
    def end(self) -> int:
        """One past the last operation."""
        return self.start + self.period * self.turns


class _Search:
    """Looks for the loop of a recording."""

    def __init__(self, recorded: Recording, leaves: int, params: int) -> None:
        self.leaves, self.params = leaves, params
        self.rows = recorded.rows
        place = {op: i for i, op in enumerate(dict.fromkeys(recorded.rows))}
        kinds = np.array([place[op] for op in recorded.rows], dtype=np.int64)
        self.lengths = np.array(recorded.lengths, dtype=np.int64)
        self.key = kinds * (self.lengths.max() + 1) + self.lengths
        self.first = np.concatenate([[0], np.cumsum(self.lengths)])
        self.read = np.array(recorded.operands, dtype=np.int64)

    def loop(self) -> Loop | None:
        """The loop with the shortest turn that most of the operations are in."""
        n = len(self.key)
        for period in range(1, min(LONGEST, n // FEWEST) + 1):
            same = self.key[period:] == self.key[:-period]
            if same.sum() < n / 2:
                continue
            start, end = longest_run(self.regular(period, same))
            if end - start >= max(FEWEST * period, n / 2):
                found = self.first_start(period, start, end + period)
                if found is not None:
                    return found
        return None

    def regular(self, period: int, same: Any) -> Any:
        """Which operations read what the one a turn later reads, a turn earlier or the same."""
        node = np.flatnonzero(same)
        lengths = self.lengths[node]
        owner = node.repeat(lengths)
        nth = np.arange(len(owner)) - (lengths.cumsum() - lengths).repeat(lengths)
        now = self.read[self.first[owner] + nth]
        later = self.read[self.first[owner + period] + nth]
        computed = (later == now + period) | (later == now)
        fits = np.where(now >= self.leaves, computed, later < self.leaves)
        regular = same.copy()
        regular[owner[~fits]] = False
        return regular

    def first_start(self, period: int, start: int, end: int) -> Loop | None:
        """The loop from as early as possible: the first turn may read what was there before."""
        for begin in range(max(0, start - period), start + 1):
            loop = Loop(begin, period, (end - begin) // period)
            if loop.turns >= FEWEST and self.is_filled(loop):
                return loop
        return None

    def is_filled(self, loop: Loop) -> bool:
        """Whether the rows repeat from the start, and every operand of a turn is known."""
        begin, period = loop.start, loop.period
        first, second = self.key[begin : begin + period], self.key[begin + period :]
        if (first != second[:period]).any():
            return False
        for off in range(period):
            keys = []
            for nth in range(int(self.lengths[begin + off])):
                nodes = begin + off + period * np.arange(loop.turns)
                key = self.operand(loop, off, self.read[self.first[nodes] + nth])
                if key is None:
                    return False
                keys.append(key)
            loop.operands.append(keys)
        return True

    def operand(self, loop: Loop, off: int, read: Ints) -> Any:
        """What an operand is, by what it reads in every turn; None where there is no rule."""
        before = self.leaves + loop.start
        steps = np.diff(read)
        if (steps == steps[0]).all() and (read < self.leaves).all():
            start, step = int(read[0]), int(steps[0])
            kinds = {(number < 0, number < self.params) for number in read.tolist()}
            if step and len(kinds) > 1:  # from parameters into inputs
                return None
            return ("moving", start, step) if step else ("scalar", start)
        if (steps == 0).all() and read[0] < before:
            return "scalar", int(read[0])
        if (steps[1:] != loop.period).any():
            return None
        turn, place = divmod(int(read[1]) - before, loop.period)
        if turn == 1 and place < off and read[0] == before + place:
            return "turn", place
        is_carried = turn == 0 and read[0] < before
        if is_carried and loop.carried.setdefault(place, int(read[0])) == read[0]:
            return "carried", place
        return None


def longest_run(flags: Any) -> tuple[int, int]:
    """Where the longest run of truths begins and ends.

    >>> longest_run(np.array([True, False, True, True]))
    (2, 4)
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(int), [0]])))
    if not len(edges):
        return 0, 0
    starts, ends = edges[::2], edges[1::2]
    k = int(np.argmax(ends - starts))
    return int(starts[k]), int(ends[k])


def with_names(text: str, names: dict[str, str]) -> str:
    """The text of a row with other names.

    >>> with_names("1 - out * out", {"out": "t3"})
    '1 - t3 * t3'
    """
    words = "|".join(map(re.escape, names))
    return re.sub(rf"\b({words})\b", lambda found: names[found[0]], text)


class Loops:
    """The text of a program with a loop.

    A key tells what is read: ("scalar", number) what is the same in every turn; ("moving",
    number, step) leaves that advance; ("turn", place) an operation of the same turn;
    ("carried", place) one of the turn before; ("last", place) one of the last turn.
    """

    def __init__(
        self,
        loop: Loop,
        recorded: Recording,
        leaves: int,
        params: int,
        arguments: Sequence[str],
    ) -> None:
        self.loop = loop
        self.recorded = recorded
        self.leaves = leaves
        self.params = params
        self.arguments = arguments
        self.ends: list[int] = np.cumsum([0, *recorded.lengths]).tolist()
        self.scalars: set[int] = set()  # leaves that have a name
        self.known: set[str] = set()  # adjoints that have a value
        self.exits: set[int] = set(loop.carried)  # places read after their turn
        self.lines: list[str] = []

    def outside(self, number: int) -> Any:
        """The key of a scalar that an operation outside of the loop reads."""
        node = number - self.leaves
        if node < self.loop.start or node >= self.loop.end:
            return "scalar", number
        turn, place = divmod(node - self.loop.start, self.loop.period)
        if turn < self.loop.turns - 1:
            raise NotImplementedError(
                "a state of an earlier turn is read after the loop"
            )
        self.exits.add(place)
        return "last", place

    def name(self, key: Any) -> str:
        """How what a key tells is written."""
        match key:
            case ("scalar", int(number)) if number < 0:
                value = self.recorded.constants[~number]
                if not math.isfinite(value):
                    raise NotImplementedError("a constant that is not finite")
                return repr(value) if value >= 0 else f"({value!r})"
            case ("scalar", int(number)) if number < self.leaves:
                self.scalars.add(number)
                return f"a{number}"
            case ("scalar", number):
                return f"u{number - self.leaves}"
            case ("moving", int(number), int(step)) if number < 0:
                return f"numbers[{~number} + {-step} * t]"
            case ("moving", number, step):
                return f"v[{number} + {step} * t]"
            case ("carried", place):
                return f"h{place}"
        return f"t{key[1]}"

    def is_wanted(self, key: Any) -> bool:
        """Whether the adjoint of what a key tells is asked for."""
        number = key[1]
        if key[0] not in ("scalar", "moving"):
            return True
        return bool(0 <= number < self.params or number >= self.leaves)

    def add(self, key: Any, text: str) -> None:
        """The line that adds a contribution to the adjoint of what a key tells."""
        match key:
            case ("moving", number, step):
                self.lines.append(f"d[{number} + {step} * t] += {text}")
                return
            case ("scalar", int(number)) if number < self.leaves:
                name = f"d_a{number}"
            case ("last", place):
                name = f"d_h{place}"
            case _:
                name = f"d_{self.name(key)}"
        self.lines.append(f"{name} {'+=' if name in self.known else '='} {text}")
        self.known.add(name)

    # ---- one operation

    def parts(self, op: Op, keys: Sequence[Any]) -> dict[str, Any]:
        """The operands by name: a key, or a list of keys."""
        split = op.split(keys) if op.variadic else keys
        return dict(zip(op.names, split, strict=True))

    def written(self, part: Any) -> str:
        """How an operand is written."""
        if isinstance(part, list):
            return f"[{', '.join(map(self.name, part))}]"
        return self.name(part)

    def forward(self, op: Op, keys: Sequence[Any], out: str) -> None:
        """The line of an operation."""
        names = {name: self.written(p) for name, p in self.parts(op, keys).items()}
        self.lines.append(f"{out} = {with_names(op.forward, names)}")

    def backward(self, op: Op, keys: Sequence[Any], out: str) -> None:
        """The lines that add the contributions of an operation."""
        parts = self.parts(op, keys)
        for name, partial in zip(op.names, op.partials, strict=True):
            if not is_list(op, name):
                self.contribute(op, parts, None, parts[name], partial, out)
                continue
            for k, key in enumerate(parts[name]):
                self.contribute(op, parts, k, key, partial, out)

    def contribute(
        self,
        op: Op,
        parts: dict[str, Any],
        nth: int | None,
        key: Any,
        partial: str,
        out: str,
    ) -> None:
        """One contribution; in lists, of the element with this number."""
        if not self.is_wanted(key):
            return
        names = {"out": out}
        for name, part in parts.items():
            if uses(partial, name):
                in_list = is_list(op, name) and nth is not None
                names[name] = self.written(part[nth] if in_list else part)
        self.add(key, product(f"d_{out}", with_names(partial, names)))

    # ---- the program

    def block(self, indent: int, write: Any) -> list[str]:
        """The lines that are written meanwhile, indented."""
        before, self.lines = self.lines, []
        write()
        lines, self.lines = self.lines, before
        return [" " * indent + line for line in lines]

    def operation(self, node: int) -> tuple[Op, list[Any], str]:
        """An operation outside of the loop: its row, the keys of its operands, its name."""
        ids = self.recorded.operands[self.ends[node] : self.ends[node + 1]]
        return self.recorded.rows[node], list(map(self.outside, ids)), f"u{node}"

    def turn(self) -> list[tuple[Op, list[Any], str]]:
        """The operations of a turn."""
        rows = self.recorded.rows[self.loop.start :]
        keys = self.loop.operands
        return [(rows[k], keys[k], f"t{k}") for k in range(self.loop.period)]

    def source(self) -> str:
        """The text of the program."""
        loop = self.loop
        before = [self.operation(node) for node in range(loop.start)]
        after = [self.operation(n) for n in range(loop.end, len(self.recorded.rows))]
        loss = self.outside(self.recorded.loss)
        starts = {place: ("scalar", number) for place, number in loop.carried.items()}

        forwards = self.block(4, lambda: self.run(before))
        forwards += [f"    h{p} = {self.name(key)}" for p, key in starts.items()]
        turn = self.block(8, lambda: self.run(self.turn()))
        turn_end = [f"        h{place} = t{place}" for place in loop.carried]
        results = self.block(4, lambda: self.run(after))
        results.append(f"    loss = {self.name(loss)}")

        sums = self.sums([*before, *self.turn(), *after], [loss, *starts.values()])
        self.known = set(sums)
        backwards = self.block(4, lambda: self.run_back(after, loss))
        for place in sorted(self.exits):
            if f"d_h{place}" not in self.known:
                backwards.append(f"    d_h{place} = 0.0")
        turn_back = self.block(8, self.turn_back)
        ends = self.block(4, lambda: self.run_end(before, starts))

        names = [
            *(f"h{p}" for p in loop.carried),
            *(f"t{k}" for k in range(loop.period)),
        ]
        kept = [name for name in names if uses("\n".join(turn_back), name)]
        needs_t = any(uses(line, "t") for line in turn_back)
        lines = [
            f"def program({', '.join(self.arguments)}):",
            f"    v = [{', '.join(f'*{n}.ravel().tolist()' for n in self.arguments)}]",
            *[f"    a{number} = v[{number}]" for number in sorted(self.scalars)],
            *forwards,
            "    kept = []",
            f"    for t in range({loop.turns}):",
            *turn,
            f"        kept.append(({', '.join(kept)},))",
            *turn_end,
            *results,
            "    # backwards",
            f"    d = [0.0] * {self.params}",
            f"    {' = '.join([*sums, '0.0'])}",
            *backwards,
            *(
                [f"    for t in range({loop.turns - 1}, -1, -1):"]
                if needs_t
                else ["    while kept:"]
            ),
            f"        {', '.join(kept)}, = kept.pop()"
            if kept
            else "        kept.pop()",
            *turn_back,
            *ends,
            "    return loss, array(d)",
        ]
        text = "\n".join(lines)
        known = [f'{name} = FLOATS["{name}"]' for name in functions_in(text)]
        head = ["from micrograd_kr.engine import FLOATS"] if known else []
        head.append("from numpy import array")
        return "\n".join([*head, "", *known, "", text, ""])

    def sums(self, operations: Iterable[Any], others: Iterable[Any]) -> list[str]:
        """The names of adjoints that are added up over several turns."""
        keys = [*others, *[key for _, keys, _ in operations for key in keys]]
        wanted = [key for key in keys if key[0] == "scalar" and self.is_wanted(key)]
        return sorted({f"d_{self.name(key)}" for key in wanted})

    def run(self, operations: Iterable[tuple[Op, list[Any], str]]) -> None:
        """Write operations."""
        for op, keys, out in operations:
            self.forward(op, keys, out)

    def run_back(self, operations: Sequence[Any], loss: Any) -> None:
        """Write what comes after the loop backwards."""
        self.add(loss, "1.0")
        for op, keys, out in reversed(operations):
            self.backward(op, keys, out)

    def turn_back(self) -> None:
        """Write a turn backwards."""
        for place in sorted(self.exits):
            self.lines.append(f"d_t{place} = d_h{place}")
            self.known.add(f"d_t{place}")
            self.known.discard(f"d_h{place}")
        for op, keys, out in reversed(self.turn()):
            self.backward(op, keys, out)
        for place in sorted(self.exits):
            if f"d_h{place}" not in self.known:
                self.lines.append(f"d_h{place} = 0.0")

    def run_end(self, before: Sequence[Any], starts: dict[int, Any]) -> None:
        """Write what comes before the loop backwards, and the gradient."""
        for place, key in starts.items():
            if self.is_wanted(key):
                self.add(key, f"d_h{place}")
        for op, keys, out in reversed(before):
            self.backward(op, keys, out)
        for number in range(self.params):
            if f"d_a{number}" in self.known:
                self.lines.append(f"d[{number}] += d_a{number}")


def loop_source(
    recorded: Recording, leaves: int, params: int, arguments: Sequence[str]
) -> str | None:
    """The text of a recording as a program with a loop; None where nothing repeats."""
    if len(recorded.rows) < OUTSIDE:
        return None
    loop = _Search(recorded, leaves, params).loop()
    if loop is None or len(recorded.rows) - loop.period * loop.turns > OUTSIDE:
        return None
    try:
        return Loops(loop, recorded, leaves, params, arguments).source()
    except NotImplementedError:
        return None
