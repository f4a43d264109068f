"""Sentences that keep their numbers open, so that a page can fill in its own.

>>> x = Value(-3.0, "x")
>>> filled(("2 * ", Slot("data", x, signed=True)))
'2 * (-3)'
"""

from collections.abc import Iterable
from typing import NamedTuple

from ..engine import Value
from ..text import format_number
from .walk import Edge


class Slot(NamedTuple):
    """Where a number stands: ``quantity`` is an attribute of a Value or of an edge.

    ``signed``: a negative number stands in parentheses, behind an operator.
    """

    quantity: str
    of: Value | Edge
    signed: bool = False

    def text(self, digits: int | None = 4) -> str:
        """The number as it is now."""
        number = getattr(self.of, self.quantity)
        text = format_number(number, digits)
        return f"({text})" if self.signed and number < 0 else text


Sentence = tuple[str | Slot, ...]


def filled(sentence: Iterable[str | Slot], digits: int | None = 4) -> str:
    """Write the numbers of now into a sentence."""
    texts = [x if isinstance(x, str) else x.text(digits) for x in sentence]
    return "".join(texts)


def joined(parts: Iterable[Sentence], between: str) -> Sentence:
    """Join sentences to one.

    >>> joined([("a",), ("b", "c")], " + ")
    ('a', ' + ', 'b', 'c')
    """
    whole: list[str | Slot] = []
    for part in parts:
        whole += [between, *part] if whole else part
    return tuple(whole)
