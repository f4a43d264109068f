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

>>> from micrograd_kr.stepper.walk import Walk
>>> a, b = Value(2.0, "a"), Value(-3.0, "b")
>>> d = a * b; L = d * 5.0
>>> walk = Walk(L); v = walk.do(), walk.do()
>>> to_a, to_b = walk.done[d]
>>> to_a.contribution, mistakes("contribution", to_a, walk.done[d], -3.0)
(-15.0, ['no_upstream'])
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..engine import FLOATS, Value, grad
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


class Slip(NamedTuple):
    """One mistake in a whole walk: its kind, and the edge on which it was made."""

    kind: str
    edge: Edge


def slips(edges: Sequence[Edge], leaf: Value, answer: float) -> list[Slip]:
    """Find the single mistakes after which ``leaf.grad`` would be this answer.

    ``edges`` are those of the whole walk, in order. A mistake on one of them, with all
    that follows being right, moves the grad of the leaf by as much as it moved the grad
    of its parent, times the slope of the parent. Of each kind one edge is given.

    >>> from micrograd_kr.stepper.walk import Walk
    >>> a = Value(3.0, "a")
    >>> L = a * a
    >>> walk = Walk(L); v = walk.do()
    >>> [slip.kind for slip in slips(walk.done[L], a, 3.0)]
    ['not_added']
    """
    arrived = [edge for edge in edges if edge.parent is leaf]
    right = arrived[-1].after
    if is_right(answer, right):
        return []
    slopes = {edge.parent: 0.0 for edge in edges}
    for parent in slopes:
        slopes[parent] = grad(parent, [leaf])[0].data
    found: dict[str, Slip] = {}
    for edge in reversed(edges):
        step = [other for other in edges if other.node is edge.node]
        for kind, moved in _moved(edge, step):
            wrong = right + moved * slopes[edge.parent]
            if is_right(answer, wrong) and not is_right(wrong, right):
                found.setdefault(kind, Slip(kind, edge))
    ways = Counter({edges[0].node: 1})
    for edge in edges:
        ways[edge.parent] += ways[edge.node]
    if "not_added" in found or ways[leaf] == 1:  # the same in other words; all there is
        found.pop("path", None)
    return list(found.values())


def _moved(edge: Edge, step: Sequence[Edge]) -> Iterator[tuple[str, float]]:
    """By how much each mistake on an edge moves the grad of its parent."""
    for mistake in MISTAKES:
        if mistake.kind == "whole_grad":  # of another question
            continue
        for x in _results(mistake, edge, step):
            yield mistake.kind, x - getattr(edge, mistake.asked)
    for partial in partials(edge.node)[edge.k].of_every_case():
        yield "other_case", edge.adjoint * partial - edge.contribution
    yield "path", -edge.contribution


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
