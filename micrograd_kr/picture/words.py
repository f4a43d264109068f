"""What a picture says about each Value: the text in its box and on its arrows."""

from collections.abc import Mapping

from ..engine import Value
from .folding import Arrow, Boxes
from .label import cell, cut, table
from .looks import RED, SOFT
from .names import formula, joined

ONE_LINE = 36  # letters of a name with its formula; longer ones take two lines
SHORT = 20  # letters of a name in a formula
LONG_PARTIAL = 16  # letters of ∂v/∂parent, beyond which the names go


class Words:
    """Write the texts of one picture, with the names that it calls its Values."""

    def __init__(self, called: Mapping[Value, str], boxes: Boxes) -> None:
        self.called, self.inside = called, boxes.inside
        self.home = boxes.neurons.home

    def name(self, v: Value, near: Value) -> str:
        """Give its name, without the part that the frame around ``near`` says too."""
        home = self.home.get(v)
        if home is None:
            return self.called[v]
        there = self.home.get(near)
        if v in self.inside and not v.label:
            same_layer = there is not None and there[0] == home[0]
            return home[1] if same_layer else joined(*home)
        if home == there:
            return self.called[v].removeprefix(joined(*home, ""))
        return self.called[v]

    def short(self, v: Value, near: Value) -> str:
        """Give its name on one line that leaves room for others."""
        return cut(self.name(v, near).replace("\n", " "), SHORT)

    def node(self, v: Value, grad: float | None, note: str = "") -> str:
        """Write name and formula, data, grad, and a note in red."""
        rows = [*self._title(v), _number("data", v.data), _number("grad", grad)]
        if note:
            rows.append(cell(cut(note), 11, RED, span=3))
        return table(*rows)

    def _title(self, v: Value) -> list[str]:
        name, text = self.name(v, v), self.formula(v)
        own_name = bool(v.label) or v.op is None or v in self.inside
        colour = "" if own_name else SOFT
        more = f" = {text}" if text and _fits_beside(name, text) else ""
        rows = [cell(cut(name), 12, colour, bold=own_name, more=more, span=3)]
        if text and not more:
            rows.append(cell(cut(f"= {text}"), 11, span=3))
        return rows

    def formula(self, v: Value) -> str:
        """Write the operation; of a folded neuron ``tanh(w·x+b)``."""
        members = self.inside.get(v, [])
        if len(members) < 2:
            return formula(v, lambda p: self.short(p, v))
        within = "…"
        if len(members) == 2:
            within = formula(members[0], lambda p: "…")
        return formula(v, lambda p: within)

    def partial(self, arrow: Arrow) -> str:
        """Write ∂v/∂parent = 2, without the names if they are long."""
        v, parent = arrow.box, arrow.parent
        names = f"∂{self.short(v, v)}/∂{self.short(parent, v)}"
        if len(names) > LONG_PARTIAL:
            names = "∂"
        return table(cell(f"{names} = {arrow.partial:.4g}", 10, SOFT))


def _fits_beside(name: str, text: str) -> bool:
    # Behind a name in Hangul a formula would be put too far left, see `cell`.
    return name.isascii() and "\n" not in name and len(name + text) <= ONE_LINE


def _number(what: str, x: float | None) -> str:
    shown = "–" if x is None else f"{x:.4g}"
    gap = '<td width="4"></td>'
    return cell(what, 11, SOFT) + gap + cell(shown, 11, align="right")
