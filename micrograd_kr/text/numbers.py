"""How a number is written for a person, and how wide text is in a terminal."""

from collections.abc import Sequence
from functools import cache
from unicodedata import combining, east_asian_width, normalize


def format_number(x: float, digits: int | None = 4) -> str:
    """Write ``x`` to so many significant digits, None for all of them.

    Whole numbers up to a million are written as they are.

    >>> [format_number(x) for x in (2.0, -0.0, 12345.6, 1e-7, 1 / 3)]
    ['2', '0', '12350', '1e-07', '0.3333']
    >>> format_number(1 / 3, None)
    '0.3333333333333333'
    """
    if digits is None:
        return repr(x)
    if x == round(x, 0) and abs(x) < 1e6:
        return str(int(x))
    text = f"{x:.{digits}g}"
    if "e" in text and 1 <= abs(x) < 1e6:
        return f"{float(text):.0f}"  # 12350 and not 1.235e+04
    return text


def columns(text: str) -> int:
    """Count the columns a terminal gives ``text``: two to a Hangul syllable.

    A syllable decomposed into letters, as macOS does, is as wide as the composed.

    >>> columns("손실 L"), columns("\u1109\u1169\u11ab")
    (6, 2)
    """
    return sum(map(_columns_of, normalize("NFC", text)))


@cache  # a page of a thousand nodes measures a million letters
def _columns_of(letter: str) -> int:
    if combining(letter):
        return 0
    return 2 if east_asian_width(letter) in "WF" else 1


def padded(row: Sequence[str], widths: Sequence[int], between: str = "    ") -> str:
    """Join the cells of a row, each filled up with spaces to its width in columns.

    >>> padded(["a", "손실", "b"], [2, 5, 1], " ")
    'a  손실  b'
    """
    cells = [
        cell + " " * (width - columns(cell))
        for cell, width in zip(row, widths, strict=True)
    ]
    return between.join(cells).rstrip()
