"""What goes wrong when a gradient is worked out by hand, as data: a formula a mistake.

A learner is asked what an edge adds to ``parent.grad``, and what it becomes. A wrong
answer is told which mistake it is: each has a formula that gives the number one gets by
making it. The names in the formulas are the quantities of the edge (adjoint, partial,
contribution, before, after) and

- ``node_data``: the data of the node, in place of its grad;
- ``other``: the partial with respect to another operand of the node, each of them;
- ``elsewhere``: the partial at a wrong point, with the node's own value in place of an
  operand's or the other way round.

Nothing is guessed: an answer that fits two mistakes is told both, one that fits none is
told only that it is not right.

>>> from micrograd_kr.engine import Value
>>> from micrograd_kr.stepper.walk import Walk
>>> a, b = Value(2.0, "a"), Value(-3.0, "b")
>>> d = a * b; L = d * 5.0
>>> walk = Walk(L); v = walk.do(), walk.do()
>>> to_a, to_b = walk.done[d]
>>> to_a.contribution, mistakes("contribution", to_a, walk.done[d], -3.0)
(-15.0, ['no_upstream'])
"""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..engine import FLOATS
from .formulas import Partial, partials
from .walk import Edge

CLOSE = 5e-3  # an answer may be rounded to three digits


class Mistake(NamedTuple):
    """One way to be wrong: what was asked for, and the number it gives instead."""

    kind: str
    asked: str
    formula: str


MISTAKES = (
    Mistake("no_upstream", "contribution", "partial"),
    Mistake("wrong_sign", "contribution", "-contribution"),
    Mistake("other_operand", "contribution", "adjoint * other"),
    Mistake("data_for_grad", "contribution", "node_data * partial"),
    Mistake("wrong_point", "contribution", "adjoint * elsewhere"),
    Mistake("whole_grad", "contribution", "after"),
    Mistake("not_added", "after", "contribution"),
    Mistake("added_twice", "after", "after + contribution"),
    Mistake("subtracted", "after", "before - contribution"),
)


def is_right(answer: float, right: float) -> bool:
    """Tell whether an answer is the number, at least to three digits.

    >>> is_right(0.333, 1 / 3), is_right(-0.333, 1 / 3)
    (True, False)
    """
    return math.isclose(answer, right, rel_tol=CLOSE, abs_tol=1e-12)


def mistakes(asked: str, edge: Edge, edges: Sequence[Edge], answer: float) -> list[str]:
    """Find the kinds of mistake that give this answer; none if it is right.

    ``asked`` is "contribution" or "after", ``edges`` are those of the whole step.
    """
    right = getattr(edge, asked)
    if is_right(answer, right):
        return []
    found = []
    for mistake in MISTAKES:
        results = _results(mistake, edge, edges) if mistake.asked == asked else ()
        wrong = [x for x in results if not is_right(x, right)]
        if any(is_right(answer, x) for x in wrong):
            found.append(mistake.kind)
    return found


def _results(mistake: Mistake, edge: Edge, edges: Sequence[Edge]) -> Iterator[float]:
    """Every number that this mistake gives on this edge."""
    names = {**edge._asdict(), "node_data": edge.node.data}
    several = {"other": _others, "elsewhere": _elsewhere}
    name = next((name for name in several if name in mistake.formula), None)
    if name is None:
        yield eval(mistake.formula, names)
        return
    for x in several[name](edge, edges):
        yield eval(mistake.formula, {**names, name: x})


def _others(edge: Edge, edges: Sequence[Edge]) -> Iterator[float]:
    """The partials with respect to the other operands."""
    for other in edges:
        if other.parent is not edge.parent:
            yield other.partial


def _elsewhere(edge: Edge, edges: Sequence[Edge]) -> Iterator[float]:
    """The partial where an operand and the result have been mistaken for each other."""
    partial = partials(edge.node)[edge.k]
    data = partial.data()
    for name in data:
        if name != "out":
            yield from _at(partial, {**data, name: data["out"]})
            yield from _at(partial, {**data, "out": data[name]})


def _at(partial: Partial, data: dict[str, float]) -> Iterator[float]:
    """The partial at this point, if it has one there."""
    try:
        yield float(eval(partial.op.partials[partial.place], FLOATS, data))
    except (ArithmeticError, ValueError):
        return
