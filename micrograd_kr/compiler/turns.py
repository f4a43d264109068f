"""Loops as expressions: what one turn computes forwards, and what it propagates backwards.

Forwards a turn computes the states of those before. Backwards it adds to the adjoints of
the states it has read; all else, such as the gradients of weights, is then propagated
by all turns at once. What a turn does not need the turn before for stands before the loop.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from . import expressions as ex
from .arrays import AXES, LIST, Array, Ints, Loop, Reading, Shape
from .expressions import Expr
from .names import Names
from .shapes import reading_at
from .views import Part, assemble, view


@dataclass(eq=False)
class Statement:
    """``array[t + at] = value``, or ``+=`` when it ``adds``."""

    array: Expr
    at: int
    adds: bool
    value: Expr


@dataclass(eq=False)
class Body:
    """What is done in every turn, on floats or on arrays."""

    turns: int
    backwards: bool
    floats: bool
    statements: list[Statement]
    started: dict[Expr, Expr]  # of the arrays that are computed, what they begin as


class Work(Protocol):
    """What is asked of `derive`."""

    interned: dict[Any, Expr]
    arrays: Sequence[Array]
    names: Names
    values: list[Expr]
    parts: list[list[Part]]
    seen: dict[Reading, tuple[Expr, str]]
    turn: Loop | None

    def read(self, reading: Reading) -> tuple[Expr, str]:
        """What is read, and a subscript for each axis."""

    def shape_of(self, array: Array) -> Shape:
        """The shape with the examples of a batch in front."""

    def batch_axis(self, array: Array) -> str:
        """The subscript of the examples of a batch, if there are some."""

    def propagate(
        self, reading: Reading, grad: Expr, of_grad: str, sizes: dict[str, Any]
    ) -> None:
        """Propagate a gradient to what is read."""

    def value(self, array: Array) -> Expr:
        """The value of an array."""

    def propagate_all(self, array: Array, grad: Expr) -> None:
        """Propagate the gradient of an array to all that it reads."""

    def sweep(self, arrays: Sequence[Array]) -> None:
        """Propagate the gradients of arrays, the last one first."""


# ---- forwards --------------------------------------------------------------------------


def value(work: Work, array: Array) -> Expr | None:
    """The value of an array of a loop; None for one that is computed as others are."""
    loop = array.loop
    if array.twin is not None and not array.role:
        x, subscripts = work.read(array.twin)
        return ex.aligned(x, subscripts, work.batch_axis(array) + array.subscripts)
    if loop is None or array.role == "turn":
        return None
    if array.role == "moving":
        return row(all_rows(work, array, array.operands[0], loop.turns), 0)
    if array.role == "still":
        x, subscripts = work.read(array.operands[0])
        own = work.batch_axis(array) + LIST[: len(array.shape)]
        return ex.aligned(x, subscripts, own)
    if array.role == "carried":
        return row(under(work, array, loop), loop.depth - array.ago)
    if array.kind == 0:
        loop.results = forwards(work, loop)
    result: Expr = loop.results[array.kind]
    return result


def row_shape(array: Array) -> Shape:
    """The shape of one row: states have a first axis of turns, in a turn there is none."""
    one = array.shape[1:] if array.role == "states" else array.shape
    return (ex.ROWS,) * array.batched + one


def all_rows(work: Work, array: Array, reading: Reading, rows: int) -> Expr:
    """What is read, with so many rows of the shape of an array."""
    one, batch = row_shape(array), array.batched
    inner = AXES[1:] if array.role == "turn" else LIST
    subscripts = work.batch_axis(array) + AXES[0] + inner[: len(one) - batch]
    x = ex.as_float(ex.aligned(*work.read(reading), subscripts))
    shape = (*one[:batch], rows, *one[batch:])
    if rows == 1 and x.shape == one and not x.scalar:
        return ex.index(x, [":"] * batch + ["None"], shape)
    return ex.spread(x, shape)


def under(work: Work, array: Array, loop: Loop, way: str = "") -> Expr:
    """The states, or with ``way`` their adjoints, while the loop computes them."""
    one, batch = row_shape(array), array.batched
    shape = (*one[:batch], loop.depth + loop.turns, *one[batch:])
    return ex.variable(work.interned, f"{id(loop)} {array.kind} {way}", shape)


def is_under(x: Expr) -> bool:
    """Whether it is an array that a loop computes at the moment."""
    return x.op == "name" and " " in x.attr


def row(x: Expr, at: int) -> Expr:
    """x[t + at]"""
    axes = len(x.batch)
    if x.op == "index" and x.attr[:axes] == (":",) * axes and len(x.attr) == axes + 1:
        first, colon, end = x.attr[axes].partition(":")
        if first.isdecimal() and colon and not end:
            return row(x.args[0], at + int(first))
    return ex.make("row", (x,), at, (*x.batch, *x.shape[axes + 1 :]), x.boolean)


def states_of(loop: Loop) -> list[Array]:
    """The arrays of the states."""
    return [array for array in loop.arrays if array.role == "states"]


def forwards(work: Work, loop: Loop) -> list[Expr]:
    """All states, with rows for their starts in front."""
    arrays, statements = states_of(loop), []
    starts: dict[Expr, Expr] = {}
    for array in arrays:
        start = all_rows(work, array, array.operands[0], loop.depth)
        axis = len(start.batch)
        shape = (*start.batch, loop.turns, *start.shape[axis + 1 :])
        nothing = ex.spread(ex.const(work.interned, 0.0), shape)
        states = under(work, array, loop)
        if start.op == nothing.op and start.args == nothing.args:
            starts[states] = ex.spread(start.args[0], work.shape_of(array))
        else:
            starts[states] = ex.concatenate([start, nothing], axis)
        made = new_states(array, work.values)
        statements.append(Statement(states, loop.depth, False, made))
    results = looped(loop, starts, statements, backwards=False)
    for array, result in zip(arrays, results, strict=True):
        made_of = work.arrays[array.made[0][1].source]
        start = result.args[0].args[array.kind]
        work.names.value(array, start, made_of)
    return results


# ---- backwards -------------------------------------------------------------------------


def backwards(work: Work, loop: Loop, after: Sequence[Array]) -> None:
    """Propagate the gradients of the states to all that the loop reads.

    ``after``: the arrays after the loop.
    """
    arrays = states_of(loop)
    if any(work.parts[array.number] for array in arrays):
        adjoints = adjoints_of(work, loop, arrays)
        for array, adjoint in zip(arrays, adjoints, strict=True):
            propagate_states(work, loop, array, adjoint)
            array.differentiable = False  # all turns are through
        work.sweep(after)


def adjoints_of(work: Work, loop: Loop, arrays: list[Array]) -> list[Expr]:
    """The gradients of the states, and of their starts in front."""
    know_all_turns(work, loop, arrays)
    depth, zero = loop.depth, ex.const(work.interned, 0.0)
    starts: dict[Expr, Expr] = {}
    seeds = []
    for array in arrays:
        shape = work.shape_of(array)
        parts, work.parts[array.number] = work.parts[array.number], []
        states = under(work, array, loop, "d")
        starts[states] = ex.spread(assemble(parts, shape) if parts else zero, shape)
        seeds.append(row(states, depth))
        for places, reading in array.made:
            part = view(seeds[-1], compact(places))
            work.parts[reading.source].append((reading, part))
    adds, sets, grads = [], [], {}
    work.turn = loop
    for array in reversed(loop.arrays):
        parts, work.parts[array.number] = work.parts[array.number], []
        if not parts or array.role in ("moving", "still"):
            continue
        grad = assemble(parts, work.shape_of(array))
        if array.role == "carried":
            states = under(work, arrays[array.kind], loop, "d")
            adds.append(Statement(states, depth - array.ago, True, grad))
        else:
            grads[array.number] = ex.spread(grad, work.shape_of(array))
            work.propagate_all(array, grad)
    for array, seed in zip(arrays, seeds, strict=True):
        total = new_states(array, grads)
        if total is not seed:
            states = under(work, array, loop, "d")
            sets.append(Statement(states, depth, False, total))
    work.turn = None
    if not adds + sets:  # states of which nothing depends on those before
        return [*starts.values()]
    results = looped(loop, starts, adds + sets, backwards=True)
    for array, result in zip(arrays, results, strict=True):
        start = result.args[0].args[array.kind]
        ex.named(start, loop.results[array.kind].args[0].args[array.kind], line=True)
    return results


def new_states(array: Array, values: Any) -> Expr:
    """What a turn has made of the states of an array."""
    parts = [(compact(p), view(values[r.source], r)) for p, r in array.made]
    return assemble(parts, row_shape(array))


def compact(places: Ints) -> Reading:
    """What reads a table of places, without axes of length 1."""
    kept = [k for k, length in enumerate(places.shape) if length > 1]
    subscripts = "".join([(AXES[0], LIST)[k] for k in kept])
    return reading_at(0, places.reshape([places.shape[k] for k in kept]), subscripts)


def know_all_turns(work: Work, loop: Loop, arrays: list[Array]) -> None:
    """From now on what a turn computes is read where all turns have it."""
    in_turn = {a.number for a in loop.arrays if a.role in ("carried", "turn")}
    for reading in [r for r in work.seen if r.source in in_turn]:
        del work.seen[reading]
    for array in loop.arrays:
        if array.role == "carried":
            states = work.values[arrays[array.kind].number]
            work.values[array.number] = row(states, loop.depth - array.ago)
        elif array.role == "turn":
            if array.twin is not None:
                every = all_rows(work, array, array.twin, loop.turns)
                known = row(every, 0)
            else:  # all turns have it in several places
                known = ex.spread(work.value(array), work.shape_of(array))
            work.values[array.number] = known


def propagate_states(work: Work, loop: Loop, array: Array, adjoint: Expr) -> None:
    """The adjoints of states to what they start with, and to their copies."""
    batch = work.batch_axis(array)
    count = array.shape[1] if array.shape[1:] else 1
    ahead = loop.depth * count
    starts = np.arange(ahead).reshape(loop.depth, count)
    copied = [(ahead + places, reading) for places, reading in array.copied]
    for places, reading in [(starts, array.operands[0]), *copied]:
        part = compact(places)
        sizes = dict(zip((AXES[0], LIST), places.shape, strict=True))
        sizes[ex.ROWS] = ex.ROWS
        work.propagate(reading, view(adjoint, part), batch + part.subscripts, sizes)


# ---- the loop itself -------------------------------------------------------------------


def looped(
    loop: Loop,
    starts: dict[Expr, Expr],
    statements: list[Statement],
    backwards: bool,
) -> list[Expr]:
    """The arrays that a loop has made, each of what it starts as."""
    turn = _Turn(loop)
    begin = "listed" if loop.floats else "own"
    started = {}
    for k, (name, x) in enumerate(starts.items()):
        attr = (id(loop), k, backwards)
        started[name] = ex.make(begin, (x,), attr, x.shape)
    for statement in statements:
        value = ex.as_float(statement.value)
        factors = turn.factors(value) if loop.floats and backwards else None
        if factors is None:
            statement.value = turn.closed(value)
        else:
            statement.value = ex.total([turn.closed(c) * x for x, c in factors.items()])
    body = Body(loop.turns, backwards, loop.floats, statements, started)
    begun = list(started.values())
    whole = ex.make("loop", (*begun, *turn.free), body, ())
    return [
        ex.make("state", (whole,), (k, loop.floats), x.shape)
        for k, x in enumerate(begun)
    ]


class _Turn:
    """Expressions of one turn, with all that needs no state computed before the loop."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.free: dict[Expr, None] = {}  # what is computed before
        self.known: dict[Expr, Expr] = {}
        self.moving: dict[Expr, bool] = {}

    def moves(self, x: Expr) -> bool:
        """Whether it is another number every turn."""
        if x not in self.moving:
            self.moving[x] = x.op == "row" or any(map(self.moves, x.args))
        return self.moving[x]

    def needs_no_state(self, x: Expr) -> bool:
        """Whether it is computed element by element of what is there before the loop."""
        if not self.moves(x):
            return True
        if x.op == "row":
            return not is_under(x.args[0])
        return ex.is_elementwise(x) and all(map(self.needs_no_state, x.args))

    def closed(self, x: Expr) -> Expr:
        """The expression of what is known before, by name, and of states."""
        if x not in self.known:
            y = self._closed(x)
            if y is not x and x.name is not None and y.op != "row":
                ex.named(y, x.name, x.note, x.line)
            self.known[x] = y
        return self.known[x]

    def _closed(self, x: Expr) -> Expr:
        if not self.moves(x):
            return self.before(x)
        if x.op == "row":
            if is_under(x.args[0]):
                return x
            known = self.before(x.args[0])
            return ex.make("row", (known,), x.attr, x.shape, x.boolean)
        if self.needs_no_state(x):
            return row(self.before(self.of_all_turns(x)), 0)
        return ex.make(
            x.op, [self.closed(y) for y in x.args], x.attr, x.shape, x.boolean
        )

    def factors(self, x: Expr) -> dict[Expr, Expr] | None:
        """What each state is multiplied by in a sum of them, as adjoints are; else None."""
        if x.op == "row" and is_under(x.args[0]):
            return {x: ex.const(x.interned, 1.0)}
        if x.op in ("+", "-"):
            left, right = [self.factors(y) for y in x.args]
            if left is None or right is None:
                return None
            sign = -1.0 if x.op == "-" else 1.0
            for state, factor in right.items():
                known = left.get(state)
                more = sign * factor
                left[state] = more if known is None else known + more
            return left
        still = [self.needs_no_state(y) for y in x.args]
        if x.op == "*" and still.count(False) == 1:
            k = still.index(False)
            found, by = self.factors(x.args[k]), x.args[1 - k]
            return found and {state: by * f for state, f in found.items()}
        return None

    def before(self, x: Expr) -> Expr:
        """What is computed before the loop."""
        if x.scalar:
            return x
        if self.loop.floats:
            x = ex.make("listed", (x,), None, x.shape)
        self.free[x] = None
        return x

    def of_all_turns(self, x: Expr) -> Expr:
        """What is computed of rows, of all rows at once."""
        if not self.moves(x):
            return x
        if x.op == "row":
            y, turns = x.args[0], self.loop.turns
            axes = len(y.batch)
            if y.shape[axes] == turns:
                return y
            end = x.attr + turns
            key = f"{x.attr or ''}:{end if end < y.shape[axes] else ''}"
            shape = (*y.batch, turns, *y.shape[axes + 1 :])
            return ex.index(y, [":"] * axes + [key], shape)
        inner = len(x.shape) - len(x.batch)
        return ex.elementwise(x.op, *[self.aligned(y, inner) for y in x.args])

    def aligned(self, x: Expr, inner: int) -> Expr:
        """An operand for all turns, with an axis for them and so many inside."""
        y = self.of_all_turns(x)
        if not y.shape:
            return y
        moves = self.moves(x)
        own = len(x.shape) - len(x.batch)
        batch = [True] * len(x.batch)
        return ex.expand(y, [*batch, moves, *[False] * (inner - own), *[True] * own])
