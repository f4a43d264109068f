"""The sentences of a walk, each written once: the formula, the chain rule, and why.

Each is a `Sentence`: text with slots for the numbers. `filled` gives what the REPL
prints; a recording keeps the slots, so that a page with other numbers says the same.

>>> say_of = Sentences(Walk(Value(2.0, "a") * Value(-3.0, "b")))
>>> say_of.value_text(say_of.walk.root)
'v1 = a * b = 2 * (-3) = -6'
"""

from collections.abc import Sequence
from typing import NamedTuple

from ..engine import Value
from ..picture import formula, names, visible
from ..text import FEW, columns, listed, padded
from .formulas import MARK, Partial, computation, partials
from .messages import say
from .slots import Sentence, Slot, filled, joined
from .walk import Edge, Walk

WIDE = 100  # columns; what is wider is broken into two lines


class Row(NamedTuple):
    """One edge of a step in words: the chain rule, the local derivative, the grad."""

    chain: Sentence
    rule: str
    note: Sentence


class Sentences:
    """What there is to say about one walk; ``names`` are what it calls the Values."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.names: dict[Value, str] = {
            v: visible(name) if v.label else name
            for v, name in names(walk.order).items()
        }

    def expression(self, v: Value) -> str:
        """The operation in names, "" for a leaf."""
        return formula(v, self.names.__getitem__)

    def named(self, v: Value) -> str:
        """The name, and for all but leaves the operation."""
        return f"{self.names[v]} = {self.expression(v)}" if v.op else self.names[v]

    # ---- forwards -------------------------------------------------------------------

    def value(self, v: Value) -> list[Sentence]:
        """How v was computed: its name, the operation, the same in numbers, the result.

        Between them stand equals signs; one that reads like another is left out.
        """
        in_names = self.expression(v)
        in_numbers = self._in_numbers(v)
        parts = [(self.names[v],), (in_names,), in_numbers, (Slot("data", v),)]
        return [part for part in parts if part not in ((), ("",))]

    def value_text(self, v: Value, digits: int | None = 4) -> str:
        """`value` with the numbers of now."""
        parts = [filled(part, digits) for part in self.value(v)]
        return " = ".join(dict.fromkeys(parts))

    def _in_numbers(self, v: Value) -> Sentence:
        """The operation with a slot for each operand."""
        slots: list[Slot] = []
        op = v.op
        in_list = op is not None and op.variadic
        behind_sign = op is not None and not in_list and not op.symbol.isidentifier()

        def slot(operand: Value) -> str:
            slots.append(Slot("data", operand, signed=behind_sign))
            return f"{MARK}{len(slots) - 1}{MARK}"

        if not in_list:
            text = formula(v, slot)
        elif len(v.operands) <= 2 * FEW:
            text = computation(v, slot)
        else:
            text = ""
        texts = text.split(MARK)
        pieces: list[str | Slot] = list(texts)
        pieces[1::2] = [slots[int(i)] for i in texts[1::2]]
        return tuple(piece for piece in pieces if piece != "")

    def why_value(self, v: Value, lang: str) -> str:
        """Why it is v's turn in the forward pass."""
        used = listed([self.names[p] for p in dict.fromkeys(v.parents)], lang)
        return say("why_value", lang, node=self.names[v], used=used)

    # ---- backwards ------------------------------------------------------------------

    def head(self, v: Value, lang: str) -> str:
        """The node of a step, and for the first one the seed."""
        if v is not self.walk.root:
            return self.named(v)
        seed = say("seed", lang, root=self.names[v], sign="=" if v.op else "+=")
        return f"{self.named(v)}    ({seed})"

    def row(
        self, edge: Edge, partial: Partial, lang: str, digits: int | None = 4
    ) -> Row:
        """The chain rule on an edge: what the code does, in names and in numbers."""
        rule = partial.text(self.names.__getitem__, digits)
        note = self.note(edge, partial, lang)
        return Row(self.chain(edge), f"{self.derivative(edge)} = {rule}", note)

    def derivative(self, edge: Edge) -> str:
        """The local derivative as a symbol: ∂d/∂a."""
        return f"∂{self.names[edge.node]}/∂{self.names[edge.parent]}"

    def chain(self, edge: Edge) -> Sentence:
        """``a.grad += d.grad × ∂d/∂a = 1 × -3 = -3``."""
        node, parent = self.names[edge.node], self.names[edge.parent]
        names = f"{parent}.grad += {node}.grad × {self.derivative(edge)}"
        adjoint, partial = Slot("adjoint", edge), Slot("partial", edge)
        contribution = Slot("contribution", edge)
        return (f"{names} = ", adjoint, " × ", partial, " = ", contribution)

    def note(self, edge: Edge, partial: Partial, lang: str) -> Sentence:
        """What became of the parent's grad, and what is special about it."""
        before, after = Slot("before", edge), Slot("after", edge)
        changed = (f"{self.names[edge.parent]}.grad: ", before, " → ", after)
        notes: list[Sentence] = [changed]
        if edge.nth > 1:
            notes.append((say("again", lang, n=edge.nth),))
        elif edge.before:
            notes.append((say("earlier", lang),))
        if not partial.is_current():
            notes.append((say("stale", lang),))
        return ("(", *joined(notes, ", "), ")")

    def step_text(
        self,
        v: Value,
        lang: str,
        digits: int | None = 4,
        most: int | None = FEW,
        edges: Sequence[Edge] | None = None,
    ) -> str:
        """A step with its numbers: at ``most`` so many edges, in columns.

        ``edges``: those of the step, if it is not among the steps done any more.
        """
        if edges is None:
            edges = self.walk.done[v]
        told = [self.head(v, lang)]
        rows = []
        for edge, partial in list(zip(edges, partials(v), strict=True))[:most]:
            chain, rule, note = self.row(edge, partial, lang, digits)
            rows.append((filled(chain, digits), rule, filled(note, digits)))
        told += in_columns(rows)
        if len(rows) < len(edges):
            told.append(say("more", lang, n=len(edges) - len(rows)))
        return "\n".join(told)

    # ---- why ------------------------------------------------------------------------

    def why(self, v: Value, lang: str) -> Sentence:
        """Why it is v's turn in the backward pass, and why grads add up (+=).

        The walk must have come to v: all that it receives is there.
        """
        return joined([self._why_now(v, lang), *self._why_plus(v, lang)], "\n")

    def _why_now(self, v: Value, lang: str) -> Sentence:
        node, root = self.names[v], self.names[self.walk.root]
        if v is self.walk.root:
            return (say("why_seed", lang, root=root),)
        used, total = self._used_by(v, lang), (f"{node}.grad = ", *self._sum(v))
        return say.pieces("why_users", lang, node=node, used=used, sum=total)

    def _sum(self, v: Value) -> Sentence:
        """``5 + (-1) = 4``; one term alone, or too many to read, only the total."""
        received = self.walk.received[v]
        total = Slot("after", received[-1])
        if not 1 < len(received) <= FEW:
            return (total,)
        first = (Slot("contribution", received[0]),)
        more = [(Slot("contribution", edge, signed=True),) for edge in received[1:]]
        return (*joined([first, *more], " + "), " = ", total)

    def _why_plus(self, v: Value, lang: str) -> list[Sentence]:
        users, root = self.walk.users, self.names[self.walk.root]

        def shared(p: Value) -> bool:
            return len(users[p]) > 1 or max(users[p].values()) > 1

        def uses(p: Value) -> str:
            return f"{self.names[p]} → {self._used_by(p, lang)}"

        several = list(filter(shared, dict.fromkeys(v.parents)))
        if several:
            told = listed(several, lang, 3, "; ", uses)
            return [(say("why_plus", lang, root=root, uses=told),)]
        return [(say("why_plus_once", lang),)] if v.op else []

    def _used_by(self, v: Value, lang: str) -> str:
        users = self.walk.users[v]

        def times(u: Value) -> str:
            name, n = self.names[u], users[u]
            return say("times", lang, name=name, n=n) if n > 1 else name

        return listed(users, lang, shown=times)


def in_columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows with their cells below each other, or broken where that is too wide.

    >>> in_columns([("a", "b", "c"), ("long", "b", "c")])
    ['a       b    c', 'long    b    c']
    """
    widths = [max(map(columns, column)) for column in zip(*rows, strict=True)]
    if sum(widths) + 8 <= WIDE:
        return [padded(row, widths) for row in rows]
    return [f"{first}\n    {'    '.join(rest)}" for first, *rest in rows]
