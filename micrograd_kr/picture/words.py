"""What a picture says about each Value: the text in its box and on its arrows."""

from collections.abc import Mapping

from ..engine import Value
from .folding import Arrow, Boxes
from .grid import Size
from .label import cell, cut, table, visible, width_of
from .looks import RED, SOFT
from .names import formula, joined
from .neurons import Home

ONE_LINE = 36  # letters of a name with its formula; longer ones take two lines
SHORT = 20  # letters of a name in a formula
LINE, SIDES = 14.0, 18.0  # points: of a line from top to bottom, and around them all
BEFORE = 30.0  # points before a number, with what it is
LONG_PARTIAL = 16  # letters of ∂v/∂parent, beyond which the names go


class Words:
    """Write the texts of one picture, with the names that it calls its Values."""

    def __init__(self, called: Mapping[Value, str], boxes: Boxes) -> None:
        self.called = called
        self.inside: dict[Value, list[Value]] = boxes.inside
        self.home: dict[Value, Home] = boxes.neurons.home

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

    def node(
        self, v: Value, grad: float | None, note: str = "", width: float = 0
    ) -> str:
        """Write name and formula, data, grad, and a note in red.

        ``width``: how wide the text is at least.
        """
        room = width - BEFORE
        rows = [*self._title(v)]
        rows += [_number("data", v.data, room), _number("grad", grad, room)]
        if note:
            rows.append(cell(cut(note), 11, RED, span=3))
        return table(*rows)

    def size(self, v: Value, grad: float | None, note: str = "") -> Size:
        """Estimate how much room its box needs, rather too much than too little."""
        bold = self._title_lines(v)
        lines = self.lines(v, grad, note)
        widths = [_bold(visible(line)) for line in bold]
        widths += [width_of(visible(line), 11) for line in lines[len(bold) :]]
        return Size(max(widths) + SIDES, LINE * len(widths) + SIDES)

    def lines(self, v: Value, grad: float | None, note: str = "") -> list[str]:
        """Give the text of a box line by line, as it is."""
        lines = self._title_lines(v)
        lines += [f"data {shown_number(v.data)}", f"grad {shown_number(grad)}"]
        if note:
            lines += cut(note).split("\n")
        return lines

    def _title_lines(self, v: Value) -> list[str]:
        name, text = self.name(v, v), self.formula(v)
        lines = cut(name).split("\n")
        if text and _fits_beside(name, text):
            return [f"{name} = {text}"]
        if text:
            lines.append(cut(f"= {text}"))
        return lines

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

    def partial(self, arrow: Arrow, behind: str = "") -> str:
        """Write `partial_text`; ``behind``: the colour behind it, on its line."""
        said = self.partial_text(arrow)
        return table(cell(said, 10, SOFT, align="center", behind=behind))

    def partial_text(self, arrow: Arrow) -> str:
        """Write ∂v/∂parent = 2, without the names if they are long."""
        v, parent = arrow.box, arrow.parent
        names = f"∂{self.short(v, v)}/∂{self.short(parent, v)}"
        if len(names) > LONG_PARTIAL:
            names = "∂"
        return f"{names} = {arrow.partial:.4g}"


def _fits_beside(name: str, text: str) -> bool:
    # Behind a name in Hangul a formula would be put too far left, see `cell`.
    return name.isascii() and "\n" not in name and len(name + text) <= ONE_LINE


def _bold(line: str) -> float:
    """Estimate how wide a bold line is; capitals and m are wider than the others."""
    wide = [c for c in line if c.isupper() or c in "mw%@"]
    return width_of(line, 12) + 0.4 * 12 * len(wide)


def _number(what: str, x: float | None, room: float) -> str:
    gap = '<td width="4"></td>'
    number = cell(shown_number(x), 11, align="right", width=room)
    return cell(what, 11, SOFT) + gap + number


def shown_number(x: float | None) -> str:
    """Write data or a grad as it stands in a box; one that is not there, as a dash.

    >>> shown_number(2.0), shown_number(None)
    ('2', '–')
    """
    return "–" if x is None else f"{x:.4g}"
