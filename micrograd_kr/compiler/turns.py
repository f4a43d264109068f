"""Loops as expressions: what a turn computes forwards, and propagates backwards.

Forwards a turn computes the states of those before. Backwards it adds to the adjoints
of the states it has read; all else, such as the gradients of weights, is then
propagated by all turns at once. What a turn does not need the turn before for stands
before the loop.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from . import expressions as ex
from .arrays import AXES, LIST, LISTS, SEVERAL, Array, Loop, Reading, Shape
from .expressions import Expr
from .groups import Grouping
from .shapes import Layout, give_shapes, reading_at
from .views import view

if TYPE_CHECKING:
    from .derive import Sweep

BEFORE, ALL_TURNS, IN_LOOP = range(3)


@dataclass(eq=False)
class Statement:
    """``array[t + at] = value``; backwards ``+=``."""

    array: Expr
    at: int
    value: Expr


@dataclass(eq=False)
class Body:
    """What is done in every turn, on floats or on arrays."""

    turns: int
    backwards: bool
    floats: bool
    statements: list[Statement]
    started: dict[Expr, Expr]  # of the arrays that are computed, what they begin as


# ---- the graph of a turn -------------------------------------------------------------


def give_turn(loop: Loop, work: Grouping, layout: Layout) -> None:
    """The arrays of a turn, and where those of all turns stand in the graph."""
    body = loop.body
    turn = Grouping(body, loop.levels, loop.leaves, single=loop.floats)
    made = []
    for array in loop.states_of:
        columns = body.leaves + loop.made[array.columns]
        made.append(turn.reading(turn.same[columns][None]))
    turn.gather(made)
    inner = give_shapes(
        turn.arrays, len(loop.leaves), body.constants, turn.pool.next_node
    )
    for reading in made:
        inner.settle_rows(reading)
    for array in turn.arrays[len(loop.leaves) :]:
        if array.members or array.from_pool or array.present is not None:
            continue
        columns = array.nodes - body.leaves
        twin = work.reading(work.same[loop.nodes[:, columns]])
        if twin.source != SEVERAL:
            layout.settle_rows(twin, array.shape)
            loop.twins[array] = twin
    loop.arrays, loop.makes = turn.arrays, made


def leaves_of(work: "Sweep", loop: Loop, states: Sequence[Expr]) -> list[Expr]:
    """What a turn reads: the states of turns before, and of outside."""
    found = []
    for leaf, reading in zip(loop.leaves, loop.reads, strict=False):
        if leaf.places is not None:
            found.append(work.values[reading.source])
        else:
            found.append(row(all_rows(work, leaf, reading, loop.turns), 0))
    for ago in range(1, loop.depth + 1):
        found += [row(x, loop.depth - ago) for x in states]
    return found


def all_rows(work: "Sweep", one: Array, reading: Reading, rows: int) -> Expr:
    """What is read, with so many rows of the shape of an array."""
    shape, batch = work.shape_of(one), one.batched
    subscripts = work.batch_axis(one) + AXES[0] + LISTS[: len(one.shape)]
    x = ex.as_float(ex.aligned(*work.read(reading), subscripts))
    every = (*shape[:batch], rows, *shape[batch:])
    if rows == 1 and x.shape == shape and not x.scalar:
        return ex.index(x, [":"] * batch + ["None"], every)
    return ex.spread(x, every)


def under(work: "Sweep", loop: Loop, way: str = "") -> list[Expr]:
    """The states, or with ``way`` their adjoints, while the loop computes them."""
    return [
        ex.variable(work.interned, f"{id(loop)} {k} {way}", work.shape_of(array))
        for k, array in enumerate(loop.states_of)
    ]


def is_under(x: Expr) -> bool:
    """Whether it is an array that a loop computes at the moment."""
    return x.op == "name" and " " in x.attr


def with_rows(x: Expr, *count: int) -> Shape:
    """The shape of ``x`` with so many rows, or with none that is counted."""
    axes = len(x.batch)
    return (*x.batch, *count, *x.shape[axes + 1 :])


def row(x: Expr, at: int) -> Expr:
    """x[t + at]"""
    return ex.make("row", (x,), at, with_rows(x))


# ---- forwards ------------------------------------------------------------------------


def value(work: "Sweep", array: Array, loop: Loop) -> Expr:
    """The states of a kind, with rows for what they start with in front."""
    if array is loop.states_of[0]:
        loop.results = forwards(work, loop)
    result: Expr = loop.results[loop.states_of.index(array)]
    return result


def forwards(work: "Sweep", loop: Loop) -> list[Expr]:
    """All states."""
    states = under(work, loop)
    turn = work.turn(loop.arrays, leaves_of(work, loop, states), {})
    starts: dict[Expr, Expr] = {}
    statements = []
    arrays = loop.states_of
    every = zip(states, loop.carried, arrays, loop.makes, strict=False)
    for x, leaf, array, made in every:
        start = all_rows(work, leaf, array.operands[0], loop.depth)
        zero = ex.const(work.interned, 0.0)
        nothing = ex.spread(zero, with_rows(start, loop.turns))
        if start.op == nothing.op and start.args == nothing.args:
            starts[x] = ex.spread(start.args[0], x.shape)
        else:
            starts[x] = ex.concatenate([start, nothing], len(start.batch))
        value = ex.spread(turn.read(made)[0], work.shape_of(leaf))
        statements.append(Statement(x, loop.depth, value))
    results = looped(loop, starts, statements, backwards=False)
    for k, (array, made) in enumerate(zip(arrays, loop.makes, strict=True)):
        start = results[k].args[0].args[k]
        work.names.value(array, start, loop.arrays[made.source])
    return results


# ---- backwards -----------------------------------------------------------------------


def backwards(work: "Sweep", loop: Loop) -> None:
    """Propagate the gradients of the states to all that the loop reads."""
    arrays = loop.states_of
    if any(work.parts[array.number] for array in arrays):
        adjoints = adjoints_of(work, loop)
        for array, adjoint in zip(arrays, adjoints, strict=True):
            propagate_states(work, loop, array, adjoint)
            array.differentiable = False  # all turns are through
        work.sweep(work.arrays[arrays[0].number + 1 :])


def adjoints_of(work: "Sweep", loop: Loop) -> list[Expr]:
    """The gradients of the states, and of what they start with in front."""
    known = {
        array: row(all_rows(work, array, twin, loop.turns), 0)
        for array, twin in loop.twins.items()
    }
    every = [work.values[array.number] for array in loop.states_of]
    turn = work.turn(loop.arrays, leaves_of(work, loop, every), known)
    adjoints = under(work, loop, "d")
    starts: dict[Expr, Expr] = {}
    for x, array, made in zip(adjoints, loop.states_of, loop.makes, strict=True):
        seed = work.gradient_of(array) or ex.const(work.interned, 0.0)
        starts[x] = ex.spread(seed, x.shape)
        turn.parts[made.source].append((made, row(x, loop.depth)))
    turn.sweep(turn.computed)
    adds = []
    for k, leaf in enumerate(loop.carried):
        ago, kind = divmod(k, len(adjoints))
        grad = turn.gradient_of(leaf)
        if grad is not None:
            grad = ex.spread(grad, work.shape_of(leaf))
            adds.append(Statement(adjoints[kind], loop.depth - 1 - ago, grad))
    if not adds:  # states of which nothing depends on those before
        return [*starts.values()]
    results = looped(loop, starts, adds, backwards=True)
    for result, x in zip(results, loop.results, strict=True):
        k, _ = x.attr
        ex.named(result.args[0].args[k], x.args[0].args[k], line=True)
    return results


def propagate_states(work: "Sweep", loop: Loop, array: Array, adjoint: Expr) -> None:
    """The adjoints of states to their starts, and to what computes them when known."""
    starts = array.operands[0]
    places = np.arange(starts.ids.size).reshape(starts.ids.shape)
    subscripts = AXES[0] * (loop.depth > 1) + LIST * len(array.shape[1:])
    rows = reading_at(array.number, places.squeeze(), subscripts)
    grad, of_grad = view(adjoint, rows), work.subscripts_read(rows)
    work.propagate(starts, grad, of_grad, work.sizes(array, rows))
    for other in work.arrays:
        twin = other.twin
        if twin is not None and twin.source == array.number:
            grad = view(adjoint, twin)
            grad = ex.aligned(
                grad, work.subscripts_read(twin), work.subscripts_of(other)
            )
            places = np.arange(len(other.nodes)).reshape(other.shape)
            every = reading_at(other.number, places, other.subscripts)
            work.parts[other.number].append((every, grad))


# ---- the loop itself -----------------------------------------------------------------


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
        factors = turn.factors(value) if loop.floats and backwards else {}
        products = [turn.closed(c) * x for x, c in factors.items()]
        statement.value = ex.total(products) if products else turn.closed(value)
    body = Body(loop.turns, backwards, loop.floats, statements, started)
    begun = list(started.values())
    whole = ex.make("loop", (*begun, *turn.free), body, ())
    return [
        ex.make("state", (whole,), (k, loop.floats), x.shape)
        for k, x in enumerate(begun)
    ]


class _Turn:
    """Expressions of one turn; what needs no state is computed before the loop."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.free: dict[Expr, None] = {}  # what is computed before
        self.known: dict[Expr, Expr] = {}
        self.computed: dict[Expr, int] = {}

    def when(self, x: Expr) -> int:
        """Whether it is computed BEFORE, for ALL_TURNS at once, or IN_LOOP."""
        if x not in self.computed:
            found = max(map(self.when, x.args), default=BEFORE)
            if x.op == "row":
                found = IN_LOOP if is_under(x.args[0]) else ALL_TURNS
            elif found == ALL_TURNS and not ex.is_elementwise(x):
                found = IN_LOOP
            self.computed[x] = found
        return self.computed[x]

    def closed(self, x: Expr) -> Expr:
        """The expression of what is known before, by name, and of states."""
        if x not in self.known:
            y = self._closed(x)
            if y is not x and x.name is not None and y.op != "row":
                ex.named(y, x.name, x.note, x.line)
            self.known[x] = y
        return self.known[x]

    def _closed(self, x: Expr) -> Expr:
        if self.when(x) == BEFORE:
            return self.before(x)
        if x.op == "row":
            if is_under(x.args[0]):
                return x
            return row(self.before(x.args[0]), x.attr)
        if self.when(x) == ALL_TURNS:
            return row(self.before(self.of_all_turns(x)), 0)
        args = [self.closed(y) for y in x.args]
        return ex.make(x.op, args, x.attr, x.shape)

    def factors(self, x: Expr) -> dict[Expr, Expr]:
        """What each state is multiplied by in a sum of them; nothing if it is none."""
        if x.op == "row" and is_under(x.args[0]):
            return {x: ex.const(x.interned, 1.0)}
        if x.op in ("+", "-"):
            found, right = [self.factors(y) for y in x.args]
            if not found or not right:
                return {}
            sign = -1.0 if x.op == "-" else 1.0
            nothing = ex.const(x.interned, 0.0)
            for state, factor in right.items():
                found[state] = found.get(state, nothing) + sign * factor
            return found
        needed = [self.when(y) == IN_LOOP for y in x.args]
        if x.op == "*" and needed.count(True) == 1:
            k = needed.index(True)
            inner = self.factors(x.args[k])
            return {state: x.args[1 - k] * factor for state, factor in inner.items()}
        return {}

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
        if self.when(x) == BEFORE:
            return x
        if x.op == "row":
            y, turns = x.args[0], self.loop.turns
            axes = len(y.batch)
            end = x.attr + turns
            key = f"{x.attr or ''}:{end if end < y.shape[axes] else ''}"
            return ex.index(y, [":"] * axes + [key], with_rows(y, turns))
        inner = len(x.shape) - len(x.batch)
        return ex.elementwise(x.op, *[self.aligned(y, inner) for y in x.args])

    def aligned(self, x: Expr, inner: int) -> Expr:
        """An operand for all turns, with an axis for them and so many inside."""
        axes = ex.ROWS + AXES[: 1 + inner]
        own = len(x.shape) - len(x.batch)
        moves = AXES[0] * (self.when(x) != BEFORE)
        of_x = ex.ROWS * len(x.batch) + moves + axes[len(axes) - own :]
        return ex.aligned(self.of_all_turns(x), of_x, axes)
