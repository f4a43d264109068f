"""A picture as Mermaid text, which GitHub, GitLab and many notebooks show as a diagram.

https://mermaid.js.org/syntax/flowchart.html

>>> literal('a"b <i> #1')
'a#34;b #60;i#62; #35;1'
"""

import re
from collections.abc import Mapping

from ..engine import Value
from .folding import Arrow, Boxes
from .label import visible
from .looks import COLOURS, FRAME, INK, SOFT, of_weight
from .words import Words

# What means nothing to Mermaid, HTML or Markdown: letters and digits, some signs, a
# number with its sign and its point. Any other letter is written by its number.
_MARKUP = re.compile(r"(-?\d+(?:\.\d+)?)|[^\w ,:=+/()×∂·–…]|_")
# Two signs that Mermaid takes for mathematics or for a new line, however they are
# written. A space of no width keeps them apart.
_TOGETHER = re.compile(r"\$(?=\$)|\\(?=n)")
_FRAME = f"fill:{FRAME['bgcolor']},stroke:{FRAME['color']},color:{SOFT}"


def literal(line: str) -> str:
    """Write one line of text so that nothing in it is markup.

    >>> literal("w_1 * 2.5")
    'w#95;1 #42; 2.5'
    """
    apart = _TOGETHER.sub("\\g<0>\u200b", visible(line))
    return _MARKUP.sub(_by_number, apart)


def _by_number(found: re.Match[str]) -> str:
    return found[1] or f"#{ord(found[0])};"


def mermaid(
    boxes: Boxes,
    words: Words,
    kinds: Mapping[Value, str],
    grads: Mapping[Value, float | None],
    notes: Mapping[Value, str],
    partials: bool,
) -> str:
    """Write the boxes of a picture, its frames and its arrows, as a flowchart."""
    index = {v: i for i, v in enumerate(boxes.order)}
    lines = ["flowchart LR"]
    for i, (title, members) in enumerate(boxes.frames().items()):
        indent = "    "
        if title:
            lines.append(f'{indent}subgraph f{i}["{literal(title)}"]')
            indent = "        "
        for v in members:
            text = words.lines(v, grads[v], notes.get(v, ""))
            label = "<br>".join(map(literal, text))
            lines.append(f'{indent}n{index[v]}("{label}"):::{kinds[v]}')
        if title:
            lines += ["    end", f"    style f{i} {_FRAME}"]
    for arrow in boxes.arrows:
        said = literal(words.partial_text(arrow)) if partials else ""
        label = f'|"{said}"|' if said else ""
        lines.append(f"    n{index[arrow.parent]} -->{label} n{index[arrow.box]}")
    lines += _weights(boxes.arrows)
    for kind, (fill, border) in COLOURS.items():
        lines.append(f"    classDef {kind} fill:{fill},stroke:{border},color:{INK}")
    return "\n".join(lines) + "\n"


def _weights(arrows: list[Arrow]) -> list[str]:
    """Write how wide the arrows into folded neurons are, and in which colour."""
    weights = [abs(arrow.weight) for arrow in arrows if arrow.weight is not None]
    largest = max(weights, default=0.0)
    lines = []
    for i, arrow in enumerate(arrows):
        if arrow.weight is not None:
            look = of_weight(arrow.weight, largest)
            width = f"stroke-width:{look['penwidth']}px"
            lines.append(f"    linkStyle {i} stroke:{look['color']},{width}")
    return lines
