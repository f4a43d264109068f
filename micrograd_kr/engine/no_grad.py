"""`no_grad`: computing without recording, in the thread that asked for it."""

import inspect
import threading
from collections.abc import Callable
from contextlib import ContextDecorator
from typing import Any, TypeVar

from .messages import say

Function = TypeVar("Function", bound=Callable[..., Any])

_WAITS = (
    inspect.isgeneratorfunction,
    inspect.iscoroutinefunction,
    inspect.isasyncgenfunction,
)


class _Anywhere:
    """How many times `no_grad` or `record_lines` is on in all threads together.

    Every operation looks here first: a slot costs a tenth of a thread's own attribute.
    """

    __slots__ = ("entered",)

    entered: int

    def __init__(self) -> None:
        self.entered = 0


class _Here(threading.local):
    """How many times `no_grad` and `record_lines` are on in this thread."""

    paused: int = 0
    lines: int = 0


anywhere: _Anywhere = _Anywhere()
here: _Here = _Here()
_lock = threading.Lock()


class no_grad(ContextDecorator):
    """Compute numbers and record no graph, inside a ``with`` or a decorated function.

    It holds for the thread that entered it, and may be nested. Do not ``yield`` inside:
    until the generator goes on, whoever called it would record nothing either.

    >>> from micrograd_kr.engine import Value
    >>> x = Value(3.0)
    >>> with no_grad():
    ...     (x * x).parents
    ()
    """

    def __call__(self, function: Function) -> Function:
        """Decorate a function; one that yields or awaits would run outside: refused."""
        for waits in _WAITS:
            if waits(function):
                name = getattr(function, "__name__", repr(function))
                raise TypeError(say("no_grad_generator", name=name))
        return super().__call__(function)

    def __enter__(self) -> None:
        here.paused += 1
        enter(1)

    def __exit__(self, *exc: object) -> None:
        here.paused -= 1
        enter(-1)


def enter(by: int) -> None:
    """Note that one of them was entered, or left (-1)."""
    with _lock:
        anywhere.entered += by
