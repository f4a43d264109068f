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

import inspect
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
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
from .inline import compiled, written
from .no_grad import anywhere, here
from .ops import FLOATS, OPS, Op
from .value import Value, as_value

Function = Callable[..., Any]

new = object.__new__  # skips __init__ and its checks, a fifth of an operation's time


def node(op: Op, out: float, a: Any, b: Any, da: Any, db: Any) -> Value:
    """Make the Value that remembers how it was computed, unless `no_grad` is on."""
    v = new(Value)
    v._data = out
    v.grad = 0.0
    v.label = None
    if anywhere.paused and here.paused:
        v.op = v._a = v._b = v._da = None
        v._db = "no_grad"
        return v
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


def variadic(op: Op, joined: Function, rule: Function) -> Function:
    """Make the function ``linear(w, x, b)``: one tuple of operands, one of partials."""
    lists = sum(name.startswith("*") for name in op.operands)

    def record(*given: Any) -> Value:
        if len(given) != len(op.operands):
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


# ---- functions, which take plain numbers in every place ----


def of_one(op: Op, record: Function) -> Function:
    """Make the function ``tanh(x)`` from the method."""

    def function(x: Any) -> Value:
        return record(as_value(x, op.name))  # type: ignore[no-any-return]

    return function


def of_two(op: Op, record: Function, reflected: Function) -> Function:
    """Make the function ``mul(x, y)`` from the two methods."""

    def function(x: Any, y: Any) -> Value:
        if isinstance(y, Value) and not isinstance(x, Value):
            return reflected(y, x)  # type: ignore[no-any-return]
        x = as_value(x, op.name)
        if not isinstance(y, Value):
            y = check_number(y, op.name, x)
        return record(x, y)  # type: ignore[no-any-return]

    return function


# ---- from a row to its functions ----


def rule_texts(op: Op) -> dict[str, str]:
    """Give what stands in the place of the calls: the row's own text.

    >>> rule_texts(OPS["div"])["infinite"]
    'out - out or da - da or db - db'
    """
    texts = {"forward": op.forward}
    finite = ["out - out"]
    for operand, partial in zip("xy", op.partials, strict=False):
        texts[f"d_{operand}"] = partial
        # Only a partial that divides or calls can be infinite when the value is not.
        if "/" in partial or "(" in partial:
            d = "da" if operand == "x" else "db"
            finite.append(f"{d} - {d}")
    return texts | {"infinite": " or ".join(finite)}


def list_rule(op: Op) -> tuple[Function, Function]:
    """Make the two functions that a row of lists needs.

    One puts the operands end to end, ``(*w, *x, b)``; the other gives, of all their
    data and the length of a list, the value and all partials.
    """
    names = ", ".join(op.names)
    lists = [name[1:] for name in op.operands if name.startswith("*")]
    cut = [f"data[{i} * n : {i + 1} * n]" for i in range(len(lists))]
    singles = range(len(op.operands) - len(lists))
    cut += [f"data[{len(lists)} * n + {i}]" for i in singles]
    each = f"zip({', '.join(lists)})" if len(lists) > 1 else lists[0]
    partials = ""
    for operand, partial in zip(op.operands, op.partials, strict=True):
        if not operand.startswith("*"):
            partials += f"{partial}, "
        elif partial in lists:  # the elements themselves: no loop
            partials += f"*{partial}, "
        else:
            partials += f"*[{partial} for {', '.join(lists)} in {each}], "
    text = f"""\
def joined({names}):
    return ({", ".join(op.operands)},)

def rule(data, n):
    {names} = {", ".join(cut)}
    out = {op.forward}
    return out, ({partials})
"""
    space = compiled(text, f"<{op.name} of lists>", FLOATS)
    return space["joined"], space["rule"]


def methods(op: Op, make: Callable[..., Function] = written) -> list[Function]:
    """Make the methods of a row without lists; of two operands, one for each side."""
    texts = rule_texts(op)
    if len(op.operands) == 1:
        return [make(unary, op, op.method, texts, globals())]
    right = op.method.replace("__", "__r", 1) if op.is_sign else "reflected"
    record = make(binary, op, op.method, texts, globals())
    if op.default is not None:
        record.__defaults__ = (op.default,)
    return [record, make(reflected, op, right, texts, globals())]


def function_of(op: Op) -> Function:
    """Make the function of a row, and give `Value` its methods.

    >>> function_of(OPS["tanh"])(0.0)
    Value(data=0.0, grad=0.0)
    """
    if op.variadic:
        function = variadic(op, *list_rule(op))
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        parameters = [inspect.Parameter(name, kind) for name in op.names]
        function.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        return named(function, op, op.name)
    made = methods(op)
    function = of_one(op, *made) if len(made) == 1 else of_two(op, *made)
    if op.default is not None:
        function.__defaults__ = (op.default,)
    if not op.is_sign:
        del made[1:]  # `2 * y` is Python's to call, `maximum(2, y)` is a function's
    for method in made:
        setattr(Value, method.__name__, named(method, op, f"Value.{method.__name__}"))
    return named(function, op, op.name)


def named(function: Function, op: Op, path: str) -> Function:
    """Give it the name and the formula that `help`, tracebacks and pickle look for."""
    name = path.rpartition(".")[2]
    function.__name__ = name
    function.__qualname__ = path
    function.__module__ = "micrograd_kr"
    function.__doc__ = f"{op.forward}; local partials {', '.join(op.partials)}."
    function.__code__ = function.__code__.replace(co_name=name, co_qualname=path)
    return function


FUNCTIONS: dict[str, Callable[..., Value]] = {
    name: function_of(op) for name, op in OPS.items()
}
