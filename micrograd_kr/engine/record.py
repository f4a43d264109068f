"""How an operation is recorded: one function for each shape that a row can have.

They are plain Python and work as they stand. To make them 1.2 times as fast, ``inline``
writes the text of the row, and `node`, into them in the place of the calls, once, at
import; a test holds both equal. So `Value.tanh` is `unary` with ``tanh(x)`` in it:

>>> import inspect
>>> print(inspect.getsource(Value.tanh))  # doctest: +ELLIPSIS
def tanh(self):
    x = self._data
    try:
        out = tanh(x)
        da = 1 - out * out
    ...

In all of them x and y are the data of the operands and da and db the local partials.
``out - out`` is 0.0 for a finite number, and nan, which is true, for all others.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from .checks import (
    ERRORS,
    check_number,
    explained,
    is_array,
    unequal,
    value_of,
    write_lists,
)
from .no_grad import anywhere, here
from .ops import Op
from .traced import traced
from .value import Value, as_value

Function = Callable[..., Any]

# Skips __init__ and its checks, a fifth of an operation's time. A partial, because to
# call `object.__new__(Value)` takes 11 ns longer, of the 277 of a multiplication.
new: Callable[[], Value] = partial(object.__new__, Value)


def node(op: Op, out: float, a: Any, b: Any, da: Any, db: Any) -> Value:
    """Make the Value that remembers how it was computed, unless `no_grad` is on."""
    v = new()
    v._data = out
    v.grad = 0.0
    v.label = None
    if anywhere.entered:
        if here.paused:
            v.op = v._a = v._b = v._da = None
            v._db = "no_grad"
            return v
        if here.lines:
            v = traced(v)
    v.op = op
    v._a = a
    v._b = b
    v._da = da
    v._db = db
    return v


def unary(op: Op, forward: Function, d_x: Function, infinite: Function) -> Function:
    """Make the method ``x.tanh()``."""

    def record(self: Value) -> Value:
        x = self._data
        try:
            out = forward(x)
            da = d_x(x, out)
        except ERRORS as error:
            return value_alone(op, (x,), (self,), error)
        if infinite(out, da):
            return value_alone(op, (x,), (self,))
        return node(op, out, self, None, da, None)

    return record


def binary(
    op: Op, forward: Function, d_x: Function, d_y: Function, infinite: Function
) -> Function:
    """Make the method ``x * y``, where y may be a plain number."""

    def record(self: Value, other: Any) -> Any:
        x = self._data
        if isinstance(other, Value):
            y = other._data
        elif is_array(other) and op.is_sign:
            return NotImplemented  # NumPy does it, element by element
        else:
            y = other = check_number(other, op.name, self)
        try:
            out = forward(x, y)
            da = d_x(x, y, out)
            if other is y:
                other, db = None, y
            else:
                db = d_y(x, y, out)
        except ERRORS as error:
            return value_alone(op, (x, y), (self, other), error)
        if infinite(out, da, db):
            return value_alone(op, (x, y), (self, other))
        return node(op, out, self, other, da, db)

    return record


def reflected(op: Op, forward: Function, d_y: Function, infinite: Function) -> Function:
    """Make the method ``2 * y``, with the plain number on the left."""

    def record(self: Value, other: Any) -> Value:
        x = da = check_number(other, op.name, self)
        y = self._data
        try:
            out = forward(x, y)
            db = d_y(x, y, out)
        except ERRORS as error:
            return value_alone(op, (x, y), (other, self), error)
        if infinite(out, da, db):
            return value_alone(op, (x, y), (other, self))
        return node(op, out, None, self, da, db)

    return record


def several(op: Op, forward: Function, slopes: Sequence[Function]) -> Function:
    """Make the method ``x.clip(lo, hi)`` of three or more, each a Value or a number."""

    def record(*given: Any) -> Value:
        beside = next((x for x in given if isinstance(x, Value)), None)
        if beside is None:
            given = (as_value(given[0], op.name), *given[1:])
        operands = []
        for x in given:
            is_value = isinstance(x, Value)
            operands.append(x if is_value else check_number(x, op.name, beside))
        data = [x._data if isinstance(x, Value) else x for x in operands]
        parents, partials = [], []
        try:
            out = forward(*data)
            for x, slope in zip(operands, slopes, strict=True):
                if isinstance(x, Value):
                    parents.append(x)
                    partials.append(slope(*data, out))
        except ERRORS as error:
            return value_alone(op, data, operands, error)
        if any(x - x for x in (out, *partials)):
            return value_alone(op, data, operands)
        return node(op, out, None, tuple(parents), tuple(operands), tuple(partials))

    return record


def variadic(
    op: Op, joined: Function, rule: Function, lists: int, places: int
) -> Function:
    """Make the function ``linear(w, x, b)``: one tuple of operands, one of partials.

    It is called with something in each of its ``places``, lists in the first ``lists``.
    """

    def record(*given: Any) -> Value:
        if len(given) != places:
            raise write_lists(op, given)
        try:
            n = len(given[0])
            if lists > 1 and len(given[1]) != n:
                raise unequal(op, n, len(given[1]))
        except TypeError:  # an iterator has no length
            if any(not isinstance(x, Iterable) for x in given[:lists]):
                raise write_lists(op, given) from None
            given = (*map(list, given[:lists]), *given[lists:])
            n = len(given[0])
            if lists > 1 and len(given[1]) != n:
                raise unequal(op, n, len(given[1])) from None
        operands = joined(*given)
        try:
            data = [v._data for v in operands]
        except AttributeError:  # a plain number among them
            operands = tuple([as_value(v, op.name) for v in operands])
            data = [v._data for v in operands]
        try:
            out, partials = rule(data, n)
        except ERRORS as error:
            return value_alone(op, data, operands, error)
        if out - out:
            return value_alone(op, data, operands)
        return node(op, out, None, operands, None, partials)

    return record


def value_alone(
    op: Op,
    data: Sequence[float],
    operands: Sequence[Any],
    error: Exception | None = None,
) -> Value:
    """Raise what is wrong; inside `no_grad`, where no partial is needed, do without."""
    if here.paused:
        with suppress(*ERRORS):
            out = value_of(op, data)
            if not out - out:
                return node(op, out, None, None, None, None)
    raise explained(op, data, operands, error) from None
