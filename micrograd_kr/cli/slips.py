"""What people type who know how it is written on paper, and what to type instead.

>>> text = "2x + 1"
>>> found = find_slip(text, ["x"])
>>> found.typed, found.instead
('2x', '2*x')
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from unicodedata import normalize

RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
FULL_WIDTH = "＋－＊／（）［］＝，；．"
NAME = r"[^\W\d]\w*"
WORD = r"[\w.]*"  # a name or a number that stands beside a sign
BRACKET = r"\([^()]*\)?"  # with all that is in it, if no bracket is

# A pattern, and what to type in its place: \1, \2 are its groups.
SLIPS = [
    (rf"[{FULL_WIDTH}]", r"\g<0>"),  # and then made half as wide
    (rf"({WORD})\s*[×·⋅∙]\s*({WORD})", r"\1*\2"),
    (rf"({WORD})\s*[÷∕]\s*({WORD})", r"\1/\2"),
    (rf"({WORD})\s*[−–—]\s*({WORD})", r"\1-\2"),
    (rf"√\s*({BRACKET})", r"sqrt\1"),
    (rf"√\s*({WORD})", r"sqrt(\1)"),
    (r"\|([^|]+)\|", r"abs(\1)"),
    (r"σ\s*\(", "sigmoid("),
    (rf"([^\W{RAISED}]+|{BRACKET})([{RAISED}]+)", r"\1**\2"),
    (rf"\bln\s*({BRACKET})", r"log\1"),
    (rf"\blog[₀-₉]+\s*{BRACKET}", r"\g<0>"),  # and then its digits on the line
    (r"\b(?:math|np|numpy|torch)\.(\w+)", r"\1"),
    (rf"\be\s*(?:\^|\*\*)\s*({BRACKET})", r"exp\1"),
    (r"\be\s*(?:\^|\*\*)\s*(-?[\w.]+)", r"exp(\1)"),
    (rf"([\w.]+|{BRACKET})\s*\^\s*([\w.]+|{BRACKET})", r"\1**\2"),
    # a number before a name or a bracket; 2e3 is one number
    (rf"(?<![\w.])(?!\d[\d.]*[eE][-+]?\d)(\d+\.?\d*)\s*({NAME}|{BRACKET})", r"\1*\2"),
    (rf"(\([^()]*\)|\))\s*({BRACKET}|{NAME})", r"\1*\2"),
]


@dataclass(frozen=True)
class Slip:
    """A place in a text, and what to type there."""

    start: int
    typed: str
    instead: str


def find_slip(text: str, variables: Collection[str]) -> Slip | None:
    """Find the first thing in ``text`` that is written another way here, if any.

    ``variables`` are the names that have a value: ``x(1 + y)`` is a product where x is
    one of them, and e a variable like any other.

    >>> find_slip("e^x", ["x"]).instead, find_slip("e^x", ["x", "e"]).instead
    ('exp(x)', 'e**x')
    """
    found = []
    for pattern, instead in [*SLIPS, *_of_variables(variables)]:
        if r"\be\s" in pattern and "e" in variables:
            continue
        match = re.search(pattern, text)
        if match:
            better = normalize("NFKC", match.expand(instead))
            found.append(Slip(match.start(), match.group(), better))
    return min(found, key=lambda slip: slip.start, default=None)


def _of_variables(variables: Collection[str]) -> list[tuple[str, str]]:
    """A variable before a bracket or another variable: a product without its sign."""
    if not variables:
        return []
    names = "|".join(re.escape(name) for name in variables)
    return [
        (rf"\b({names})\s*({BRACKET})", r"\1*\2"),
        (rf"\b({names})\s+({names})\b", r"\1*\2"),
    ]
