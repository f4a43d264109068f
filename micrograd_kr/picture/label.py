"""Text for Graphviz's HTML-like labels: shown as text, never read as markup.

https://graphviz.org/doc/info/shapes.html#html gives the language of these labels.
"""

import re
from html import escape

from ..text import columns

# What XML cannot hold or a reader cannot see is shown as Python writes it: \x00.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
COLUMN = 0.55  # of the size of the letters: about how wide one of Helvetica is


def visible(text: str) -> str:
    r"""Give one line of text without control characters and lone surrogates.

    >>> visible("a\tb\ud800")
    'a\\tb\\ud800'
    """
    return _UNSEEN.sub(_as_python_writes_it, text)


def _as_python_writes_it(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


def cut(text: str, longest: int = 48, most: int = 4) -> str:
    r"""Keep at most so many letters a line and so many lines.

    >>> cut("four"), cut("three", longest=4), cut("1\n2\n3\n4\n5")
    ('four', 'thr…', '1\n2\n3\n…')
    """
    lines = text.split("\n", most)
    if len(lines) > most:
        lines = [*lines[: most - 1], "…"]
    return "\n".join([_cut_line(line, longest) for line in lines])


def _cut_line(line: str, longest: int) -> str:
    if len(line) <= longest:
        return line
    return line[: longest - 1] + "…"


def cell(
    text: str,
    size: int = 11,
    colour: str = "",
    *,
    bold: bool = False,
    more: str = "",
    align: str = "left",
    span: int = 1,
    width: float = 0,
    behind: str = "",
) -> str:
    """Write one cell of a table: ``text``, and ``more`` after it.

    ``width``: how wide it is at least. ``behind``: the colour of the cell, so that a
    line under it does not strike it out.

    >>> cell("<b>")
    '<td align="left" balign="left"><font point-size="11">&lt;b&gt;</font></td>'
    """
    lines = [visible(line) for line in text.split("\n")]
    after = visible(more)
    inner = "<br/>".join(map(_literal, lines))
    if bold:
        inner = f"<b>{inner}</b>"
    inner = _font(inner, size, colour)
    if more:
        inner += _font(_literal(after), size)
    attributes = f'align="{align}" balign="{align}"'
    if span > 1:
        attributes += f' colspan="{span}"'
    if behind:
        attributes += f' bgcolor="{behind}"'
    # Without a Hangul font Graphviz takes a syllable to be as wide as a space.
    if not (text + more).isascii():
        lines[-1] += after
        width = max(width, *[width_of(line, size) for line in lines])
    if width > 0:
        attributes += f' width="{width:.0f}"'
    return f"<td {attributes}>{inner}</td>"


def table(*rows: str) -> str:
    """Write a whole label: rows of cells, one below the other."""
    body = "".join([f"<tr>{row}</tr>" for row in rows])
    look = 'border="0" cellborder="0" cellspacing="0" cellpadding="1"'
    return f"<<table {look}>{body}</table>>"


def width_of(line: str, size: float) -> float:
    """Estimate how many points wide a line of letters of this size is.

    >>> width_of("손실", 10) == width_of("sonsil"[:4], 10)
    True
    """
    return columns(line) * COLUMN * size


def _literal(line: str) -> str:
    # Graphviz reads \N and the like here too, and takes a ] alone for the start of ]]>.
    return escape(line).replace("\\", "\\\\").replace("]", "&#93;") or " "


def _font(inner: str, size: int, colour: str = "") -> str:
    look = f'point-size="{size}"'
    if colour:
        look += f' color="{colour}"'
    return f"<font {look}>{inner}</font>"
