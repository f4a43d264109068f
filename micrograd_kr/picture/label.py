"""Text for Graphviz's HTML-like labels: whatever is in it is shown as text, never read as markup.

https://graphviz.org/doc/info/shapes.html#html gives the language of these labels.
"""

import re
from html import escape
from unicodedata import east_asian_width

# What XML cannot hold or a reader cannot see is shown as Python writes it: \x00, \ud800.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def visible(text: str) -> str:
    r"""One line of text without control characters and lone surrogates.

    >>> visible("a\tb\ud800")
    'a\\tb\\ud800'
    """
    return _UNSEEN.sub(lambda c: c[0].encode("unicode_escape").decode(), text)


def cut(text: str, longest: int = 48, most: int = 4) -> str:
    r"""The text with at most so many letters a line and so many lines.

    >>> cut("four"), cut("three", longest=4), cut("1\n2\n3\n4\n5")
    ('four', 'thr…', '1\n2\n3\n…')
    """
    lines = text.split("\n", most)
    if len(lines) > most:
        lines = [*lines[: most - 1], "…"]
    return "\n".join(
        [line if len(line) <= longest else f"{line[: longest - 1]}…" for line in lines]
    )


def cell(
    text: str,
    size: int = 11,
    colour: str = "",
    *,
    bold: bool = False,
    more: str = "",
    align: str = "left",
    span: int = 1,
) -> str:
    """One cell of a table: ``text``, and ``more`` behind it, as wide as its Hangul needs.

    >>> cell("<b>")
    '<td align="left" balign="left"><font point-size="11">&lt;b&gt;</font></td>'
    """
    lines, behind = list(map(visible, text.split("\n"))), visible(more)
    inner = "<br/>".join(map(_literal, lines))
    inner = f"<b>{inner}</b>" if bold else inner
    inner = f'<font point-size="{size}"{_colour(colour)}>{inner}</font>'
    if more:
        inner += f'<font point-size="{size}">{_literal(behind)}</font>'
    # Without a Hangul font Graphviz takes a syllable to be as wide as a space.
    wide = (
        ""
        if (text + more).isascii()
        else f' width="{max(map(_ems, [*lines[:-1], lines[-1] + behind])) * size:.0f}"'
    )
    across = f' colspan="{span}"' if span > 1 else ""
    return f'<td align="{align}" balign="{align}"{across}{wide}>{inner}</td>'


def table(*rows: str) -> str:
    """A whole label: rows of cells, one below the other."""
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f'<<table border="0" cellborder="0" cellspacing="0" cellpadding="1">{body}</table>>'


def _literal(line: str) -> str:
    return (
        escape(line).replace("\\", "\\\\") or " "
    )  # Graphviz reads \N and the like here too


def _colour(name: str) -> str:
    return f' color="{name}"' if name else ""


def _ems(line: str) -> float:
    return sum(1.0 if east_asian_width(c) in "WF" else 0.55 for c in line)
