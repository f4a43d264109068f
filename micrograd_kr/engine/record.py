"""From a row of the table to the function that records it.

The text of the row is written into one of these templates and compiled once, at import. The plain
way, one function that calls the row's rule, costs 1.4 times the forward pass. Read one:

>>> from micrograd_kr.engine.ops import OPS
>>> print(source(OPS["neg"]))  # doctest: +ELLIPSIS
def record(a):
    x = a.data
    try:
        out = -x
        da = -1.0
    except ERRORS as error:
        raise explained(op, (x,), (a,), error) from None
    if out - out:
        raise explained(op, (x,), (a,))
    b = db = None
    v = new(Value)
    ...
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import ContextDecorator
from numbers import Real
from typing import Any

from .ops import FLOATS, Op

# In all of them a and b are operands that are Values (None where there is none), x and y their data,
# da and db the local partials. A plain number is no node: its a or b is None, and da or db holds it.
# `out - out` is 0.0 for a finite number and nan, which is true, for nan and the infinities.

_UNARY = """
def record(a):
    x = a.data
    try:
        out = {forward}
        da = {partials[0]}
    except ERRORS as error:
        raise explained(op, (x,), (a,), error) from None
    if {overflow}:
        raise explained(op, (x,), (a,))
    b = db = None"""

_BINARY = """
def record(a, b=op.default):
    x = a.data
    if isinstance(b, Value):
        y = b.data{array}
    else:
        y = b = check_number(b, op.name, a)
    try:
        out = {forward}
        da = {partials[0]}
        if b is y:
            b, db = None, y
        else:
            db = {partials[1]}
    except ERRORS as error:
        raise explained(op, (x, y), (a, b), error) from None
    if {overflow}:
        raise explained(op, (x, y), (a, b))"""

_ARRAY = """
    elif is_array(b):
        return NotImplemented"""

_REFLECTED = """
def reflected(b, a):
    x = check_number(a, op.name, b)
    y = b.data
    try:
        out = {forward}
        db = {partials[1]}
    except ERRORS as error:
        raise explained(op, (x, y), (a, b), error) from None
    a, da = None, x
    if {overflow}:
        raise explained(op, (x, y), (a, b))"""

# All operands in one tuple, in b; all partials in db. `sure`: every operand is known to be a Value.
_VARIADIC = """
def record({arguments}, sure=False):
    try:
        n = len({first}){unequal}
    except TypeError:  # an iterator has no length
        return record({as_lists})
    parents = ({stars})
    try:
        data = [v.data for v in parents]
        {names} = {slices}
        out = {forward}
        db = ({each})
        if out.__class__ is not float and not sure:
            raise TypeError
    except (AttributeError, TypeError):  # a plain number among them
        if sure:
            raise
        return record(*op.split([as_value(v, op.name) for v in parents]), True)
    except ERRORS as error:
        raise explained(op, data, parents, error) from None
    if out - out:
        raise explained(op, data, parents)
    a, b, da = None, parents, None"""

_UNEQUAL = """
        if n != len({other}):
            raise unequal(op, n, len({other}))"""

_NODE = """
    v = new(Value)
    v.data = out
    v.grad = 0.0
    v.label = None
    if anywhere.paused and here.paused:
        v.op = v._a = v._b = v._da = v._db = None
        return v
    v.op = op
    v._a = a
    v._b = b
    v._da = da
    v._db = db
    return v
"""


def source(op: Op) -> str:
    """The Python text that records ``op``; for a binary op, also with a plain number on the left."""
    if op.variadic:
        return _variadic(op)
    templates = [_UNARY] if len(op.operands) == 1 else [_BINARY, _REFLECTED]
    # Only a partial that divides or calls a function can overflow when the value does not.
    checked = [
        d
        for d, partial in zip(("da", "db"), op.partials, strict=False)
        if "/" in partial or "(" in partial
    ]
    fields = {
        "forward": op.forward,
        "partials": op.partials,
        "overflow": " or ".join(f"{name} - {name}" for name in ("out", *checked)),
        "array": _ARRAY if op.method.startswith("__") else "",
    }
    return "".join(template.format(**fields) + _NODE for template in templates).strip()


def _variadic(op: Op) -> str:
    lists = [name[1:] for name in op.operands if name[0] == "*"]
    names, of = (
        ", ".join(lists),
        "zip(" * (len(lists) > 1) + ", ".join(lists) + ")" * (len(lists) > 1),
    )
    each = []
    for operand, partial in zip(op.operands, op.partials, strict=True):
        if operand[0] != "*":
            each.append(partial)
        elif partial in lists:  # the elements themselves: no loop
            each.append(f"*{partial}")
        else:
            each.append(f"*[{partial} for {names} in {of}]")
    slices = [f"data[{i} * n : {i + 1} * n]" for i in range(len(lists))]
    slices += [
        f"data[{len(lists)} * n + {i}]" for i in range(len(op.operands) - len(lists))
    ]
    text = _VARIADIC.format(
        forward=op.forward,
        arguments=", ".join(f"{name}s" for name in op.names),
        first=f"{lists[0]}s",
        unequal="".join(_UNEQUAL.format(other=f"{name}s") for name in lists[1:]),
        as_lists=", ".join(
            f"list({name[1:]}s)" if name[0] == "*" else f"{name}s"
            for name in op.operands
        ),
        stars="".join(f"{name}s, " for name in op.operands),
        names=", ".join(op.names),
        slices=", ".join(slices),
        each="".join(f"{partial}, " for partial in each),
    )
    return (text + _NODE).strip()


def recorders(
    op: Op, **tools: Any
) -> tuple[Callable[..., Any], Callable[..., Any] | None]:
    """``source(op)``, compiled: the function, and the one with a number on the left if there is one.

    ``tools`` are the names in the templates that this module cannot know: Value and as_value.
    """
    namespace: dict[str, Any] = {**FLOATS, **_TOOLS, **tools, "op": op}
    exec(compile(source(op), f"<op {op.name}>", "exec"), namespace)
    return namespace["record"], namespace.get("reflected")


class _Paused:
    """How many threads are inside `no_grad`: a slot costs a tenth of a thread-local at each operation."""

    __slots__ = ("paused",)

    def __init__(self) -> None:
        self.paused = 0


class _PausedHere(threading.local):
    """How many times this thread is."""

    paused = 0


_anywhere, _here, _lock = _Paused(), _PausedHere(), threading.Lock()


class no_grad(ContextDecorator):
    """Inside, operations compute numbers and record no graph; in this thread only.

    >>> from micrograd_kr.engine.value import Value
    >>> x = Value(3.0)
    >>> with no_grad():
    ...     (x * x).parents
    ()
    """

    def __enter__(self) -> None:
        self._pause(1)

    def __exit__(self, *exc: object) -> None:
        self._pause(-1)

    @staticmethod
    def _pause(by: int) -> None:
        _here.paused += by
        with _lock:
            _anywhere.paused += by


# ---- what the templates call ---------------------------------------------------------------------


def check_number(x: Any, what: str, beside: Any = None) -> float:
    """``x`` as a finite float, or an error that says what it is and where it was met.

    >>> check_number(3, "Value")
    3.0
    """
    if x.__class__ is not float:
        met = what if beside is None else f"{what} with {beside!r}"
        if isinstance(x, bool) or not isinstance(x, Real):
            raise TypeError(
                f"{met}: {x!r} is a {type(x).__name__}; a Value or a plain number is needed"
            )
        try:
            x = float(x)
        except OverflowError:
            raise ValueError(
                f"{met}: {type(x).__name__} {str(x)[:20]}... does not fit in a float"
            ) from None
    if x - x:
        met = what if beside is None else f"{what} with {beside!r}"
        raise ValueError(f"{met}: {x!r} is not a finite number")
    return x  # type: ignore[no-any-return]


def is_array(x: Any) -> bool:
    """Whether NumPy should take over, element by element."""
    return hasattr(x, "__array_ufunc__") and hasattr(x, "__len__")


def unequal(op: Op, n: int, m: int) -> Exception:
    """The error for lists of operands of two lengths."""
    return ValueError(
        f"{op.name}: {op.forward} of lists of {n} and {m}; they must be equally long"
    )


def explained(
    op: Op, data: Sequence[Any], operands: Sequence[Any], error: Exception | None = None
) -> Exception:
    """The error for an operation without a finite value: which op, which operands, what it needs."""
    named = op.names_of(len(data))
    shown = []
    for name, x, v in zip(named, data, operands, strict=True):
        label = getattr(v, "label", None)
        at = f"{name} = {x!r}" + f" (label {label!r})" * (label is not None)
        if x - x:
            return ValueError(f"{op.name}: {at} is not a finite number")
        shown.append(at)
    at = (
        ", ".join(
            shown if len(shown) < 10 else [*shown[:8], f"and {len(shown) - 8} more"]
        )
        or "no operands"
    )
    if error is None or isinstance(error, OverflowError):
        return OverflowError(
            f"{op.name}: {op.forward}, or its derivative, is too large for a float at {at}"
        )
    lacks = "value"
    if not op.variadic:
        try:
            FLOATS[op.name](*data)
            lacks = "derivative"
        except type(error):
            pass
    return type(error)(
        f"{op.name}: {op.forward} has no {lacks} at {at}; it needs {op.domain}"
    )


_TOOLS = {
    "anywhere": _anywhere,
    "here": _here,
    "new": object.__new__,  # skips __init__ and its checks, a fifth of the time of an operation
    "check_number": check_number,
    "is_array": is_array,
    "unequal": unequal,
    "explained": explained,
    "ERRORS": (ValueError, ZeroDivisionError, OverflowError),
}
