"""`record_lines`: which line of Python computed a Value, kept where it is asked for."""

import linecache
from contextlib import ContextDecorator
from typing import NamedTuple

from .no_grad import enter, here


class Line(NamedTuple):
    """A line of a program: its file, its number, which begins at 1, and its text."""

    file: str
    number: int

    @property
    def text(self) -> str:
        """The line as it was written; "" where Python does not have it."""
        return linecache.getline(self.file, self.number).strip()


class record_lines(ContextDecorator):
    """Keep the line that computes each Value, inside a ``with`` or a function.

    `Stepper.why` and the step page show it. An operation takes some four times as
    long within. It holds for the thread that entered it. Leaves have no line.

    >>> from micrograd_kr.engine import Value
    >>> x = Value(3.0)
    >>> with record_lines():
    ...     y = x * x
    >>> y.line.number, y.line.text, (x * x).line
    (2, 'y = x * x', None)
    """

    def __enter__(self) -> None:
        here.lines += 1
        enter(1)

    def __exit__(self, *exc: object) -> None:
        here.lines -= 1
        enter(-1)
