"""The sentences of a walk, each written once: the formula, the chain rule, and why.

Here the words of ``messages`` and the forms of ``formulas`` are filled with the names
and the numbers of now, for the REPL; a page has both with their places open.

>>> say_of = Sentences(Walk(Value(2.0, "a") * Value(-3.0, "b")))
>>> say_of.value_text(say_of.walk.root)
'v1 = a * b = 2 * (-3) = -6'
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..engine import Value
from ..picture import names, visible
from ..text import FEW, columns, format_number, listed, padded
from .formulas import Formula, Partial, computation, filled, operation, partials
from .messages import say
from .walk import Edge, Walk

WIDE = 100  # columns; what is wider is broken into two lines


class Form(NamedTuple):
    """An operation with its operands left open, to be filled with names or numbers.

    ``signed``: a negative number stands in parentheses, behind an operator.
    """

    names: Formula
    numbers: Formula
    signed: bool


class Sentences:
    """What there is to say about one walk; ``names`` are what it calls the Values."""

    def __init__(self, walk: Walk) -> None:
        self.walk: Walk = walk
        self.names: dict[Value, str] = {
            v: visible(name) if v.label else name
            for v, name in names(walk.order).items()
        }
        self.forms: dict[object, Form] = {}

    def expression(self, v: Value) -> str:
        """The operation in names, "" for a leaf."""
        if v.op is None:
            return ""
        words = {k: self.names[x] for k, x in operands(v)}
        return filled(self.form(v).names, words)

    def named(self, v: Value) -> str:
        """The name, and for all but leaves the operation."""
        return f"{self.names[v]} = {self.expression(v)}" if v.op else self.names[v]

    def form(self, v: Value) -> Form:
        """The form of its operation; alike are those of one op and the same numbers."""
        key = form_key(v)
        if key not in self.forms:
            self.forms[key] = form_of(v)
        return self.forms[key]

    # ---- forwards -------------------------------------------------------------------

    def value_text(self, v: Value, digits: int | None = 4) -> str:
        """How v was computed: its name, the operation, the same in numbers, the result.

        Between them stand equals signs; one that reads like another is left out.
        """
        parts = [self.names[v], self.expression(v), self._in_numbers(v, digits)]
        parts.append(format_number(v.data, digits))
        return " = ".join(dict.fromkeys(filter(None, parts)))

    def _in_numbers(self, v: Value, digits: int | None) -> str:
        if v.op is None:
            return ""
        form = self.form(v)
        words = {}
        for k, x in operands(v):
            text = format_number(x.data, digits)
            words[k] = f"({text})" if form.signed and x.data < 0 else text
        return filled(form.numbers, words)

    def why_value(self, v: Value, lang: str) -> str:
        """Why it is v's turn in the forward pass."""
        used = listed([self.names[p] for p in dict.fromkeys(v.parents)], lang)
        told = say("why_value", lang, node=self.names[v], used=used)
        return "\n".join(filter(None, [told, made_by(v, lang)]))

    # ---- backwards ------------------------------------------------------------------

    def head(self, v: Value, lang: str) -> str:
        """The node of a step, and for the first one the seed."""
        if v is not self.walk.root:
            return self.named(v)
        sign = "=" if v.op else "+="
        return say("head", lang, named=self.named(v), root=self.names[v], sign=sign)

    def row(
        self, edge: Edge, partial: Partial, lang: str, digits: int | None = 4
    ) -> tuple[str, str, str]:
        """The chain rule on an edge, the local derivative, what becomes of the grad."""
        numbers = ("adjoint", "partial", "contribution", "before", "after")
        values = {key: format_number(getattr(edge, key), digits) for key in numbers}
        node, parent = self.names[edge.node], self.names[edge.parent]
        symbol = self.derivative(edge)
        values |= {"node": node, "parent": parent, "symbol": symbol}
        rule = partial.text(self.names.__getitem__, digits)
        notes = [say("changed", lang, **values)]
        if edge.nth > 1:
            notes.append(say("again", lang, n=edge.nth))
        elif edge.before:
            notes.append(say("earlier", lang))
        if not partial.is_current():
            notes.append(say("stale", lang))
        chain = say("chain", lang, **values)
        return chain, f"{symbol} = {rule}", f"({', '.join(notes)})"

    def derivative(self, edge: Edge) -> str:
        """The local derivative as a symbol: ∂d/∂a."""
        return f"∂{self.names[edge.node]}/∂{self.names[edge.parent]}"

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
            rows.append(self.row(edge, partial, lang, digits))
        told += in_columns(rows)
        if len(rows) < len(edges):
            told.append(say("more", lang, n=len(edges) - len(rows)))
        return "\n".join(told)

    # ---- why ------------------------------------------------------------------------

    def why(self, v: Value, lang: str) -> str:
        """Why it is v's turn in the backward pass, and why grads add up (+=).

        The walk must have come to v: all that it receives is there.
        """
        told = [self._why_now(v, lang), self._why_plus(v, lang), made_by(v, lang)]
        return "\n".join(filter(None, told))

    def _why_now(self, v: Value, lang: str) -> str:
        node = self.names[v]
        if v is self.walk.root:
            return say("why_seed", lang, root=node)
        used, total = self._used_by(v, lang), f"{node}.grad = {self._sum(v)}"
        return say("why_users", lang, node=node, used=used, sum=total)

    def _sum(self, v: Value) -> str:
        """``5 + (-1) = 4``; one term alone, or too many to read, only the total."""
        received = self.walk.received[v]
        total = format_number(received[-1].after)
        if not 1 < len(received) <= FEW:
            return total
        terms = [format_number(edge.contribution) for edge in received]
        more = [f"({term})" if term.startswith("-") else term for term in terms[1:]]
        return f"{' + '.join([terms[0], *more])} = {total}"

    def _why_plus(self, v: Value, lang: str) -> str:
        users, root = self.walk.users, self.names[self.walk.root]

        def shared(p: Value) -> bool:
            return len(users[p]) > 1 or max(users[p].values()) > 1

        def uses(p: Value) -> str:
            return f"{self.names[p]} → {self._used_by(p, lang)}"

        several = list(filter(shared, dict.fromkeys(v.parents)))
        if several:
            told = listed(several, lang, 3, "; ", uses)
            return say("why_plus", lang, root=root, uses=told)
        return say("why_plus_once", lang) if v.op else ""

    def _used_by(self, v: Value, lang: str) -> str:
        users = self.walk.users[v]

        def times(u: Value) -> str:
            name, n = self.names[u], users[u]
            return say("times", lang, name=name, n=n) if n > 1 else name

        return listed(users, lang, shown=times)


def made_by(v: Value, lang: str) -> str:
    """The line of Python that computed v, "" if it is not known."""
    line = line_data(v)
    return say("made_by", lang, **line) if line else ""


def line_data(v: Value) -> dict[str, Any] | None:
    """The line that computed v as plain data, without the folders around its file.

    None if it was not recorded, or Python does not have its text: what is typed at the
    prompt is kept from Python 3.13 on.
    """
    line = v.line
    if line is None or not line.text:
        return None
    return {"file": Path(line.file).name, "number": line.number, "text": line.text}


def operands(v: Value) -> Iterator[tuple[str, Value]]:
    """The operands that are Values, each with its place as a form names it."""
    for k, x in enumerate(v.operands):
        if isinstance(x, Value):
            yield str(k), x


def form_of(v: Value) -> Form:
    """Make the form of its operation."""
    assert v.op is not None
    signed = not v.op.variadic and not v.op.symbol.isidentifier()
    return Form(operation(v), computation(v), signed)


def form_key(v: Value) -> object:
    """What two nodes of one form have in common: the op, how many, which numbers."""
    given = [(k, repr(x)) for k, x in enumerate(v.operands) if not isinstance(x, Value)]
    return v.op and v.op.name, len(v.operands), tuple(given)


def in_columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows with their cells below each other, or broken where that is too wide.

    >>> in_columns([("a", "b", "c"), ("long", "b", "c")])
    ['a       b    c', 'long    b    c']
    """
    widths = [max(map(columns, column)) for column in zip(*rows, strict=True)]
    if sum(widths) + 8 <= WIDE:
        return [padded(row, widths) for row in rows]
    return [f"{first}\n    {'    '.join(rest)}" for first, *rest in rows]
