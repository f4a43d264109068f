"""What may be recorded: finite numbers; and the errors that say what was wrong."""

from collections.abc import Sequence
from decimal import Decimal
from numbers import Real
from typing import Any

from .messages import say
from .ops import FLOATS, Op

# What a row's text raises outside its domain.
ERRORS = ValueError, ZeroDivisionError, OverflowError

SHOWN = 8  # of many operands, so many are written out in an error


def check_number(x: Any, what: str, beside: Any = None) -> float:
    """Give ``x`` as a finite float.

    Raises TypeError for what is no number, and ValueError for NaN, an infinity or an
    integer that no float can hold; the error says ``what`` met it, and beside which
    Value.

    >>> check_number(3, "Value")
    3.0
    """
    if x.__class__ is not float:
        x = as_float(x, what, beside)
    if x - x:  # 0.0 for a finite number; nan, which is true, for nan and infinities
        raise ValueError(say("not_finite", met=_met(what, beside), x=repr(x)))
    return x  # type: ignore[no-any-return]


def as_float(x: Any, what: str, beside: Any = None) -> float:
    """Give ``x`` as a float, finite or not; the errors are those of `check_number`.

    >>> as_float(True, "Value")
    1.0
    """
    if not is_number(x):
        kind = type(x).__name__
        met = _met(what, beside)
        raise TypeError(say("no_number", met=met, x=repr(x), kind=kind))
    try:
        return float(x)
    except OverflowError:
        kind, start = type(x).__name__, str(x)[:20]
        met = _met(what, beside)
        raise ValueError(say("no_float", met=met, x=start, kind=kind)) from None


def is_number(x: Any) -> bool:
    """Tell whether ``x`` is a real number of any library, a truth value included.

    >>> is_number(True), is_number("1")
    (True, False)
    """
    kind = type(x)
    numpy_bool = kind.__module__ == "numpy" and kind.__name__.startswith("bool")
    return isinstance(x, Real | Decimal) or numpy_bool


def _met(what: str, beside: Any) -> str:
    if beside is None:
        return what
    return say("met_beside", what=what, beside=repr(beside))


def is_array(x: Any) -> bool:
    """Tell whether NumPy should take over, element by element."""
    return hasattr(x, "__array_ufunc__") and hasattr(x, "__len__")


def unequal(op: Op, n: int, m: int) -> Exception:
    """Make the error for lists of operands of two lengths."""
    return ValueError(say("unequal", op=op.name, formula=op.forward, n=n, m=m))


def write_lists(op: Op, given: Sequence[Any]) -> Exception:
    """Make the error for a list that was not given as one, as in ``sum(a, b)``."""
    wanted = []
    for name in op.operands:
        x = name.lstrip("*")
        wanted.append(f"[{x}0, {x}1, ...]" if name.startswith("*") else x)
    call = f"{op.name}({', '.join(wanted)})"
    kinds = ", ".join([type(x).__name__ for x in given])
    return TypeError(say("write_lists", op=op.name, call=call, kinds=kinds))


def explained(
    op: Op, data: Sequence[Any], operands: Sequence[Any], error: Exception | None = None
) -> Exception:
    """Make the error for an operation without a finite value or partial.

    It says which op and which operands, with their labels, and what the op needs.
    ``error`` is what Python raised; None if the result was infinite or NaN.
    """
    shown = []
    for name, x, v in zip(op.names_of(len(data)), data, operands, strict=True):
        at = f"{name} = {x!r}"
        label = getattr(v, "label", None)
        if label is not None:
            at = say("labelled", at=at, label=label)
        if x - x:
            return ValueError(say("not_finite", met=op.name, x=at))
        shown.append(at)
    if len(shown) > SHOWN + 1:
        shown = [*shown[:SHOWN], say("and_more", n=len(shown) - SHOWN)]
    told = {
        "op": op.name,
        "formula": op.forward,
        "at": ", ".join(shown) or say("no_operands"),
    }
    if error is None or isinstance(error, OverflowError):
        return OverflowError(say("too_large", **told))
    lacks = "no_derivative" if _has_value(op, data) else "no_value"
    sentence = say(lacks, domain=op.domain, **told)
    if lacks == "no_derivative" and _only_second_lacks(op, data, operands):
        sentence += say("plain_second", y=op.names[1], number=data[1])
    return type(error)(sentence)


def _has_value(op: Op, data: Sequence[float]) -> bool:
    try:
        value_of(op, data)
    except ERRORS:
        return False
    return True


def _only_second_lacks(op: Op, data: Sequence[float], operands: Sequence[Any]) -> bool:
    """Tell whether a plain number as the second operand would need no more."""
    if len(op.operands) != 2 or op.variadic or not hasattr(operands[1], "label"):
        return False
    names = dict(zip(op.names, data, strict=True), out=value_of(op, data))
    try:
        eval(op.partials[0], {**FLOATS, **names})
    except ERRORS:
        return False
    return True


def value_of(op: Op, data: Sequence[float]) -> float:
    """Compute the value of ``op`` alone, from numbers.

    >>> from micrograd_kr.engine import OPS
    >>> value_of(OPS["linear"], [2.0, 3.0, 5.0, 7.0, 1.0])
    32.0
    """
    given = op.split(data) if op.variadic else data
    return FLOATS[op.name](*given)  # type: ignore[no-any-return]


# ---- of a graph ----


def check_graph(v: Any, what: str) -> None:
    """Raise RuntimeError, which says why, for a leaf that had a graph and lost it."""
    if v.op is None and v._db is not None:
        raise RuntimeError(say(f"lost_{v._db}", what=what, v=repr(v)))


def check_grad(v: Any) -> None:
    """Raise TypeError for a grad that nothing can be added to, as None."""
    if v.grad.__class__ is not float and not isinstance(v.grad, Real):
        raise TypeError(say("grad_no_number", v=repr(v), kind=type(v.grad).__name__))


def check_grads(order: Sequence[Any]) -> None:
    """Raise OverflowError for the first grad, from the end, that left the floats."""
    for v in reversed(order):
        for parent in v.parents:
            if parent.grad - parent.grad:
                raise OverflowError(say("grad_overflow", v=repr(parent)))
