"""The backward pass taken apart: one node a turn, forwards and back again, in numbers.

What a person sees of it is in ``stepper``.

>>> x = Value(3.0, "x"); y = x * x
>>> walk = Walk(y)
>>> walk.do(), x.grad
(Value(data=9.0, grad=1.0), 6.0)
>>> walk.undo(), x.grad
(Value(data=9.0, grad=0.0), 0.0)
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import NamedTuple

from ..engine import Value


class Edge(NamedTuple):
    """One edge of a step: the engine's `Edge`, and what it did to ``parent.grad``.

    ``contribution = adjoint * partial`` took it from ``before`` to ``after``. ``k``
    says which of the node's parents it is, ``nth`` which of the contributions to this
    parent; the first is 1.
    """

    node: Value
    parent: Value
    adjoint: float
    partial: float
    contribution: float
    k: int
    before: float
    after: float
    nth: int


class Walk:
    """The steps of a backward pass from ``root``, or of the forward pass to it.

    ``nodes`` are in the order of their steps, ``done`` has the edges of each step that
    is done, ``received`` those that reached each Value so far. A forward pass has no
    edges and changes no grad.
    """

    def __init__(self, root: Value, backward: bool = True) -> None:
        self.root: Value = root
        self.backward: bool = backward
        self.order: list[Value] = root.topological_order()
        self.nodes: list[Value] = [v for v in self.order if v.op or v is root]
        if backward:
            self.nodes.reverse()
        self.done: dict[Value, tuple[Edge, ...]] = {}
        self.received: dict[Value, list[Edge]] = {}
        # What an earlier backward() left in the Values between, which start from zero
        self._left_over = [v for v in self.nodes if v.op and v.grad]
        self._replaced: list[tuple[Value, float]] = []  # by the first step

    @property
    def at(self) -> int:
        """How many steps are done."""
        return len(self.done)

    @cached_property
    def users(self) -> dict[Value, dict[Value, int]]:
        """Who uses each Value and how many times, the last in the order first."""
        users: dict[Value, dict[Value, int]] = {v: {} for v in self.order}
        for v in reversed(self.order):
            for p in v.parents:
                users[p][v] = users[p].get(v, 0) + 1
        return users

    @cached_property
    def places(self) -> dict[Value, int]:
        """After how many steps that of a node is done; a leaf has then all it gets."""
        places = {v: k for k, v in enumerate(self.nodes, start=1)}
        for v, users in self.users.items():
            if v not in places:
                places[v] = places[list(users)[-1]] if self.backward else 0
        return places

    @property
    def now(self) -> Value | None:
        """The node of the last step, None before the first."""
        return next(reversed(self.done), None)

    def adjoint(self, v: Value) -> float:
        """The gradient that reached v in this walk, whatever its grad was before."""
        return 1.0 if v is self.root else self.received[v][-1].after

    # ---- doing and undoing: the cost of a node, never of the graph ------------------

    def do(self) -> Value:
        """Do the next step and return its node."""
        v = self.nodes[self.at]
        if self.backward:
            self._begin(v)
            self.done[v] = self._propagate(v)
        else:
            self.done[v] = ()
        return v

    def _begin(self, v: Value) -> None:
        """Let the grad of v be what reached it, whatever happened to it in between."""
        if v is not self.root:
            v.grad = self.adjoint(v)
            return
        self._replaced = [(u, u.grad) for u in (*self._left_over, v)]
        for u in self._left_over:
            u.grad = 0.0
        v.grad = 1.0 if v.op else v.grad + 1.0

    def _propagate(self, v: Value) -> tuple[Edge, ...]:
        """Add what each parent gets; an inner one starts from zero."""
        edges = []
        for k, edge in enumerate(v.steps()):
            parent = edge.parent
            received = self.received.setdefault(parent, [])
            if parent.op is None:
                before = parent.grad
            else:
                before = received[-1].after if received else 0.0
            parent.grad = before + edge.contribution
            nth = len(received) + 1
            edges.append(Edge(*edge, k, before, parent.grad, nth))
            received.append(edges[-1])
        return tuple(edges)

    def undo(self) -> Value:
        """Undo the last step and return its node: every grad is what it was before."""
        v, edges = self.done.popitem()
        for edge in reversed(edges):
            self.received[edge.parent].pop()
            edge.parent.grad = edge.before
        if not self.done:
            for u, grad in self._replaced:
                u.grad = grad
        return v

    def go(self, k: int) -> None:
        """Do or undo steps until ``k`` are done."""
        while self.at > k:
            self.undo()
        while self.at < k:
            self.do()

    @contextmanager
    def from_the_start(self) -> Iterator[None]:
        """Begin anew inside; afterwards be here again, with every grad as it is now."""
        at, grads = self.at, [v.grad for v in self.order]
        self.go(0)
        try:
            yield
        finally:
            self.go(at)
            for v, grad in zip(self.order, grads, strict=True):
                v.grad = grad
