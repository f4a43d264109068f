"""What makes a `Value` a number like any other: it is compared, printed, and so on."""

import operator
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, Self

from .messages import say
from .no_grad import here

if TYPE_CHECKING:
    from .operations import _Operations as Operations
else:
    Operations = object  # `functions` gives a Value its operations


class Comparable(Operations):
    """The part of `Value` that a learner may skip.

    ``<`` and ``>`` compare numbers, and so does ``==`` with a plain number. Two Values
    are equal when they are one, as in micrograd: so a list finds the Value it holds.

    >>> from micrograd_kr.engine import Value
    >>> Value(1.0) < 2 < Value(3.0), Value(1.0) == 1.0, Value(1.0) == Value(1.0)
    (True, True, False)
    """

    __slots__ = ()

    _data: float
    op: Any

    @property
    def operands(self) -> tuple[Any, ...]:
        """What the operation was applied to."""
        raise NotImplementedError

    @property
    def parents(self) -> tuple[Any, ...]:
        """The Values among them."""
        raise NotImplementedError

    def __float__(self) -> float:
        if here.paused:
            return self._data
        raise TypeError(say("leaves_graph", v=repr(self)))

    def __format__(self, spec: str) -> str:
        return format(self._data, spec) if spec else repr(self)

    def __pos__(self) -> Self:
        return self

    # ---- comparisons ----

    def __bool__(self) -> bool:
        return self._compare(operator.ne, 0.0)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Comparable):
            return self is other
        return self._compare(operator.eq, other)

    def __lt__(self, other: Any) -> bool:
        return self._compare(operator.lt, other)

    def __le__(self, other: Any) -> bool:
        return self._compare(operator.le, other)

    def __gt__(self, other: Any) -> bool:
        return self._compare(operator.gt, other)

    def __ge__(self, other: Any) -> bool:
        return self._compare(operator.ge, other)

    if TYPE_CHECKING:

        def __hash__(self) -> int: ...
    else:
        __hash__ = object.__hash__

    def _compare(self, how: Callable[[Any, Any], bool], other: Any) -> bool:
        mark_compared(self)
        if isinstance(other, Comparable):
            mark_compared(other)
            other = other._data
        return how(self._data, other)

    # ---- names of micrograd ----

    @property
    def _prev(self) -> set[Any]:
        return set(self.parents)

    @property
    def _op(self) -> str:
        if self.op is None:
            return ""
        numbers = [f"{x:g}" for x in self.operands if not isinstance(x, Comparable)]
        return "".join([self.op.symbol, *numbers])


def mark_compared(v: Any) -> None:
    """Remember that the number of ``v`` decided something.

    A branch may have followed, which a compiled graph could not take again. The mark is
    a class of the same name: a ninth slot would cost a training step 5 %.

    >>> from micrograd_kr.engine import Value
    >>> x = Value(1.0); x > 0, hasattr(x, "_compared"), type(x).__name__
    (True, True, 'Value')
    """
    if not hasattr(v, "_compared"):
        v.__class__ = _compared(type(v))  # type: ignore[arg-type]  # a type is hashable


@cache
def _compared(kind: Any) -> type:
    body = {
        "__slots__": (),
        "__module__": kind.__module__,
        "__qualname__": kind.__qualname__,
        "__doc__": kind.__doc__,
        "_compared": True,
    }
    return type(kind.__name__, (kind,), body)
