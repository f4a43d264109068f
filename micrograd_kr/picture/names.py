"""What a picture and a walk call each Value: names, formulas, and the text in a box."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count

from ..engine import Value
from .label import cell, cut, table
from .neurons import Neurons

ONE_LINE = 36  # letters of a name with its formula; longer ones take two lines
SHORT = 20  # letters of a name in a formula
INK, SOFT = "#1f2933", "#66727f"


def names(order: Iterable[Value]) -> dict[Value, str]:
    """A name for each Value, no two alike: its label, else ``v1``, ``v2``, ... in order.

    A label that was there before gets a number: ``x``, ``x_2``.

    >>> a = Value(1.0, "a"); b = a + 1; c = b * Value(2.0, "a")
    >>> list(names(c.topological_order()).values())
    ['a', 'v1', 'a_2', 'v2']
    """
    labels = {
        v: str(v.label) if v.label is not None and str(v.label).strip() else ""
        for v in order
    }
    given, taken = set(labels.values()), set[str]()
    new = (name for name in map("v{}".format, count(1)) if name not in given)
    again: dict[str, Iterator[int]] = {}
    called = {}
    for v, label in labels.items():
        name = label or next(new)
        while name in taken or (name != label and name in given):
            name = f"{label}_{next(again.setdefault(label, count(2)))}"
        called[v] = name
        taken.add(name)
    return called


def formula(v: Value, name: Callable[[Value], str]) -> str:
    """The operation of v as a learner writes it; ``name`` says what to call an operand.

    >>> x = Value(2.0, "x")
    >>> [formula(v, lambda v: v.label) for v in (x * 2, 1 / x, x**2, -x, x.tanh())]
    ['x * 2', '1 / x', 'x ** 2', '-x', 'tanh(x)']
    """
    op, operands = v.op, v.operands
    if op is None:
        return ""
    if op.variadic and not op.symbol.isidentifier():  # lists of operands: w·x+b
        return (
            op.symbol if any(map(str.isalpha, op.symbol)) else op.symbol.join(op.names)
        )
    if len(operands) > 4:
        return f"{op.symbol}({len(operands)} values)"
    terms = [name(x) if isinstance(x, Value) else f"{x:.4g}" for x in operands]
    if op.symbol.isidentifier():
        return f"{op.symbol}({', '.join(terms)})"
    return op.symbol + terms[0] if len(terms) == 1 else f" {op.symbol} ".join(terms)


class Words:
    """What the picture says about each Value."""

    def __init__(
        self,
        called: Mapping[Value, str],
        neurons: Neurons,
        inside: Mapping[Value, list[Value]],
    ) -> None:
        self.called, self.neurons, self.inside = called, neurons, inside

    def name(self, v: Value, near: Value) -> str:
        """Its name, without the part that the frame around ``near`` says as well."""
        home = self.neurons.home.get(v)
        if home is None:
            return self.called[v]
        there = self.neurons.home.get(near)
        if v in self.inside and not v.label:
            return home[1] if there and there[0] == home[0] else joined(*home)
        return (
            self.called[v].removeprefix(joined(*home, ""))
            if home == there
            else self.called[v]
        )

    def short(self, v: Value, near: Value) -> str:
        """Its name, on one line that leaves room for others."""
        return cut(self.name(v, near).replace("\n", " "), SHORT)

    def node(self, v: Value, grad: float | None) -> str:
        """Name and formula, data, grad."""
        name, text = self.name(v, v), self.formula(v)
        colour = "" if v.label or v.op is None or v in self.inside else SOFT
        # behind a name in Hangul a formula would be put too far left, see `cell`
        beside = (
            text
            and name.isascii()
            and "\n" not in name
            and len(name + text) <= ONE_LINE
        )
        rows = [
            cell(
                cut(name),
                12,
                colour,
                bold=not colour,
                more=f" = {text}" if beside else "",
                span=3,
            )
        ]
        if text and not beside:
            rows.append(cell(cut(f"= {text}"), 11, span=3))
        for what, x in (("data", v.data), ("grad", grad)):
            shown = "–" if x is None else f"{x:.4g}"
            rows.append(
                cell(what, 11, SOFT)
                + '<td width="4"></td>'
                + cell(shown, 11, align="right")
            )
        return table(*rows)

    def formula(self, v: Value) -> str:
        """Of an operation; of the operations of a neuron, one in the other."""
        members = self.inside.get(v, ())
        if len(members) < 2:
            return formula(v, lambda p: self.short(p, v))
        within = formula(members[0], lambda p: "…") if len(members) == 2 else "…"
        return formula(v, lambda p: within)

    def partial(self, v: Value, parent: Value, partial: float) -> str:
        """∂v/∂parent = 2, without the names if they are long."""
        names = f"∂{self.short(v, v)}/∂{self.short(parent, v)}"
        return f"{names if len(names) <= 16 else '∂'} = {partial:.4g}"


def joined(*names: str) -> str:
    """``layer0.neuron3``: the names that are not empty, with dots between."""
    return ".".join(names).lstrip(".")
