"""`no_grad`: computing without recording, in the thread that asked for it."""

import threading
from contextlib import ContextDecorator


class _Anywhere:
    """How many times `no_grad` is on in all threads together.

    Every operation looks here first: a slot costs a tenth of a thread's own attribute.
    """

    __slots__ = ("paused",)

    def __init__(self) -> None:
        self.paused = 0


class _Here(threading.local):
    """How many times `no_grad` is on in this thread."""

    paused = 0


anywhere = _Anywhere()
here = _Here()
_lock = threading.Lock()


class no_grad(ContextDecorator):
    """Compute numbers and record no graph, inside a ``with`` or a decorated function.

    It holds for the thread that entered it, and may be nested.

    >>> from micrograd_kr.engine import Value
    >>> x = Value(3.0)
    >>> with no_grad():
    ...     (x * x).parents
    ()
    """

    def __enter__(self) -> None:
        _pause(1)

    def __exit__(self, *exc: object) -> None:
        _pause(-1)


def _pause(by: int) -> None:
    here.paused += by
    with _lock:
        anywhere.paused += by
