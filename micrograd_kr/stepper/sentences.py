"""A step of a walk as text: the formula that ran, the numbers of the chain rule, and why it is its turn.

>>> tell = Teller(Value(2.0, "a") * Value(-3.0, "b"))
>>> tell.value(tell.root)
'v1 = a * b = 2 * (-3) = -6'
>>> tell.rule(tell.root, 0)
'∂v1/∂a = b'
"""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from ..engine import Value
from ..picture import formula, names, visible
from ..text import FEW, columns, format_number, listed
from .formulas import computation, is_current, rule
from .messages import say

WIDE = 100  # columns; a wider line is broken


class Line(NamedTuple):
    """One edge of a step: ``contribution = adjoint * partial`` took ``parent.grad`` from ``before`` to ``after``.

    ``k``: which of the node's parents; ``nth``: which of the contributions to this parent, the first is 1.
    """

    k: int
    parent: Value
    adjoint: float
    partial: float
    contribution: float
    before: float
    after: float
    nth: int


class Teller:
    """The words for the graph below ``root``: ``order`` is its topological order, ``names`` says them all."""

    def __init__(self, root: Value) -> None:
        self.root, self.order = root, root.topological_order()
        self.names = {
            v: visible(name) if v.label else name
            for v, name in names(self.order).items()
        }

    @cached_property
    def users(self) -> dict[Value, list[Value]]:
        """Who uses each Value, the last in the order first; one that uses it twice stands there twice."""
        users: dict[Value, list[Value]] = {v: [] for v in self.order}
        for v in reversed(self.order):
            for p in v.parents:
                users[p].append(v)
        return users

    def expression(self, v: Value) -> str:
        """The operation in names, "" for a leaf."""
        return formula(v, self.names.__getitem__)

    def named(self, v: Value) -> str:
        """The name, and for all but leaves the operation."""
        return f"{self.names[v]} = {self.expression(v)}" if v.op else self.names[v]

    def value(self, v: Value, digits: int | None = 4) -> str:
        """How v was computed: in names, in numbers, and the result."""
        parts = [
            self.names[v],
            self.expression(v),
            self._in_numbers(v, digits),
            format_number(v.data, digits),
        ]
        return " = ".join(dict.fromkeys(filter(None, parts)))

    def _in_numbers(self, v: Value, digits: int | None) -> str:
        if v.op and v.op.variadic:
            return (
                computation(v, lambda p: format_number(p.data, digits))
                if len(v.operands) <= 2 * FEW
                else ""
            )
        between = v.op and not v.op.symbol.isidentifier()
        return formula(
            v,
            lambda p: (
                f"({format_number(p.data, digits)})"
                if between and p.data < 0
                else format_number(p.data, digits)
            ),
        )

    def rule(self, v: Value, k: int, digits: int | None = 4) -> str:
        """The formula of the partial with respect to the k-th parent."""
        name = self.names.__getitem__
        return f"∂{name(v)}/∂{name(v.parents[k])} = {rule(v, k, name, digits)}"

    def chain(
        self,
        v: Value,
        lines: Sequence[Line],
        lang: str,
        digits: int | None = 4,
        most: int | None = FEW,
    ) -> str:
        """What v hands down: the chain rule on each edge, at ``most`` so many, in columns."""
        head = self.named(v)
        if v is self.root:
            head += f"    ({say('seed', lang, root=self.names[v])})"
        rows = [self._row(v, line, lang, digits) for line in lines[:most]]
        wide = [max(map(columns, column)) for column in zip(*rows, strict=True)]
        if sum(wide) + 8 <= WIDE:
            told = [
                "    ".join(
                    c + " " * (w - columns(c)) for c, w in zip(row, wide, strict=True)
                ).rstrip()
                for row in rows
            ]
        else:
            told = [f"{chain}\n    {rule}    {grad}" for chain, rule, grad in rows]
        if len(rows) < len(lines):
            told.append(say("more", lang, n=len(lines) - len(rows)))
        return "\n".join([head, *told])

    def _row(
        self, v: Value, line: Line, lang: str, digits: int | None
    ) -> tuple[str, str, str]:
        """The chain rule, the formula of the partial, what became of the parent's grad."""
        root, node, parent = (self.names[x] for x in (self.root, v, line.parent))
        adjoint, partial, contribution, before, after = (
            format_number(x, digits) for x in line[2:7]
        )
        notes = [f"{parent}.grad: {before} → {after}"]
        if line.nth > 1:
            notes.append(say("again", lang, n=line.nth))
        elif line.before:
            notes.append(say("earlier", lang))
        if not is_current(v, line.k):
            notes.append(say("stale", lang))
        chain = f"∂{root}/∂{parent} += ∂{root}/∂{node} · ∂{node}/∂{parent} = {adjoint} × {partial} = {contribution}"
        return chain, self.rule(v, line.k, digits), f"({', '.join(notes)})"

    def why(self, v: Value, given: Sequence[Line], lang: str) -> str:
        """Why it is v's turn in the backward pass, after it was ``given`` all these, and why grads add up (+=)."""
        node, root = self.names[v], self.names[self.root]
        if v is self.root:
            reason = say("why_seed", lang, root=root)
        else:
            terms = [format_number(x.contribution) for x in given]
            total = f"∂{root}/∂{node} = {_sum(terms, format_number(given[-1].after))}"
            reason = say(
                "why_users", lang, node=node, used=self._used_by(v, lang), sum=total
            )
        told = [reason]
        shared = [p for p in dict.fromkeys(v.parents) if len(self.users[p]) > 1]
        if shared:
            uses = listed(
                [f"{self.names[p]} → {self._used_by(p, lang)}" for p in shared],
                lang,
                3,
                "; ",
            )
            told.append(say("why_plus", lang, root=root, uses=uses))
        elif v.op:
            told.append(say("why_plus_once", lang))
        return "\n".join(told)

    def why_value(self, v: Value, lang: str) -> str:
        """Why it is v's turn in the forward pass."""
        used = listed([self.names[p] for p in dict.fromkeys(v.parents)], lang)
        return say("why_value", lang, node=self.names[v], used=used)

    def _used_by(self, v: Value, lang: str) -> str:
        times = Counter(self.users[v]).items()
        return listed(
            [
                say("times", lang, name=self.names[u], n=n) if n > 1 else self.names[u]
                for u, n in times
            ],
            lang,
        )


def _sum(terms: list[str], total: str) -> str:
    """``5 + (-1) = 4``; one term alone, or too many to read, only the total."""
    if not 1 < len(terms) <= FEW:
        return total
    return f"{' + '.join(f'({t})' if i and t[0] == '-' else t for i, t in enumerate(terms))} = {total}"
