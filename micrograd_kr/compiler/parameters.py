"""While a program trains, its parameters live in one flat array.

To write 4,510 numbers into Values takes ten times as long as the step that made them.
So a step leaves them in the array, and lends the Values a class whose slots call the
numbers home first: nobody ever sees a number that is not so.
"""

from collections.abc import Iterable
from operator import attrgetter, is_
from typing import Any

import numpy as np

from ..engine import Value

# The slots themselves: operations read _data, everybody else by way of it.
_data, _grad = vars(Value)["_data"], vars(Value)["grad"]


class Parameters:
    """Leaf Values, and the flat array that stands for them while nobody looks.

    >>> w = Value(1.0, "w")
    >>> parameters = Parameters([w])
    >>> parameters.keep(np.array([0.5]), np.array([2.0]))
    >>> parameters.theta(), w.data, w.grad, type(w) is Value
    (array([0.5]), 0.5, 2.0, True)
    """

    def __init__(self, values: Iterable[Value]) -> None:
        self.values: list[Value] = list(values)
        self.kept: tuple[Any, Any] | None = None  # data and grads, while they are here
        self._lent = _calling_home(self)

    def theta(self) -> Any:
        """Give the data of all of them in one array, which must not be changed."""
        if self.kept is not None:
            return self.kept[0]
        numbers = map(attrgetter("_data"), self.values)
        return np.fromiter(numbers, float, len(self.values))

    def keep(self, theta: Any, gradient: Any) -> None:
        """Keep new data and grads here, until somebody looks at one of the Values."""
        away = self.kept is not None
        self.kept = theta, gradient
        if away:
            return
        if {*map(type, self.values)} == {Value}:
            for v in self.values:
                v.__class__ = self._lent
        else:  # a class of the user's own may do anything when it is set
            self.bring_home()

    def bring_home(self) -> None:
        """Write data and grads into the Values, and leave them to themselves."""
        if self.kept is None:
            return
        theta, gradient = self.kept
        numbers = zip(self.values, theta.tolist(), gradient.tolist(), strict=True)
        for v, x, g in numbers:
            _data.__set__(v, x)
            _grad.__set__(v, g)
        for v in self.values:
            if type(v) is self._lent:
                v.__class__ = Value
        self.kept = None


def shared(values: list[Value]) -> Parameters | None:
    """Find who keeps these very Values at the moment: another program may."""
    keeper = getattr(type(values[0]), "keeper", None) if values else None
    if keeper is None or len(keeper.values) != len(values):
        return None
    return keeper if all(map(is_, keeper.values, values)) else None


def _calling_home(keeper: Parameters) -> type[Value]:
    """Make the class of Values whose numbers are with ``keeper``."""
    members = {
        "__slots__": (),
        "__module__": Value.__module__,
        "keeper": keeper,
        "_data": _after(keeper.bring_home, _data),
        "grad": _after(keeper.bring_home, _grad),
        "_compared": property(_no_mark_of(keeper)),
    }
    return type("Value", (Value,), members)


def _no_mark_of(keeper: Parameters) -> Any:
    """Make what is asked before a comparison marks a Value: it goes home first."""

    def ask(v: Value) -> Any:
        keeper.bring_home()
        raise AttributeError("_compared")

    return ask


def _after(first: Any, slot: Any) -> property:
    """Make an attribute that calls ``first``, and then is that of ``slot``."""

    def get(v: Value) -> Any:
        first()
        return slot.__get__(v)

    def put(v: Value, x: Any) -> None:
        first()
        slot.__set__(v, x)

    return property(get, put)
