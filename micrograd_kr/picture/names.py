"""What a picture and a walk call each Value: names and formulas."""

from collections.abc import Callable, Iterable, Iterator
from itertools import count

from ..engine import Op, Value

FEW = 4  # operands; of more, a formula only says how many


def names(order: Iterable[Value]) -> dict[Value, str]:
    """Name each Value, no two alike: its label, else ``x0``, ``x1``, ... or ``v1``, ...

    An input without a label, such as a plain number given to a model, is an x; what was
    computed is a v. A label that was there before gets a number: ``x``, ``x_2``.

    >>> a = Value(1.0, "a"); b = a + 1; c = b * Value(2.0, "a") * Value(3.0)
    >>> list(names(c.topological_order()).values())
    ['a', 'v1', 'a_2', 'v2', 'x0', 'v3']
    """
    labels = {v: _label(v) for v in order}
    given, taken = set(labels.values()), set[str]()
    inputs, results = _numbered("x", 0, given), _numbered("v", 1, given)
    again: dict[str, Iterator[int]] = {}
    called = {}
    for v, label in labels.items():
        name = label or next(inputs if v.op is None else results)
        while name in taken or (name != label and name in given):
            name = f"{label}_{next(again.setdefault(label, count(2)))}"
        called[v] = name
        taken.add(name)
    return called


def _label(v: Value) -> str:
    if v.label is None or not str(v.label).strip():
        return ""
    return str(v.label)


def _numbered(letter: str, start: int, given: set[str]) -> Iterator[str]:
    """Count on and on, without the names that were given to others."""
    every = (f"{letter}{i}" for i in count(start))
    return (name for name in every if name not in given)


def formula(v: Value, name: Callable[[Value], str]) -> str:
    """Write the operation of v as a learner does; ``name`` says what an operand is.

    >>> x = Value(2.0, "x")
    >>> [formula(v, lambda v: v.label) for v in (x * 2, 1 / x, x**2, -x, x.tanh())]
    ['x * 2', '1 / x', 'x ** 2', '-x', 'tanh(x)']
    """
    op, operands = v.op, v.operands
    if op is None:
        return ""
    if op.variadic and not op.symbol.isidentifier():
        return _of_lists(op)
    if len(operands) > FEW:
        return f"{op.symbol}({len(operands)} values)"
    terms = [name(x) if isinstance(x, Value) else f"{x:.4g}" for x in operands]
    if op.symbol.isidentifier():
        return f"{op.symbol}({', '.join(terms)})"
    if len(terms) == 1:
        return op.symbol + terms[0]
    return f" {op.symbol} ".join(terms)


def _of_lists(op: Op) -> str:
    """Write an operation on lists of operands: w·x+b, x·y."""
    if any(map(str.isalpha, op.symbol)):
        return op.symbol
    return op.symbol.join(op.names)


def joined(*names: str) -> str:
    """Join the names that are not empty, with dots between: ``layer0.neuron3``."""
    return ".".join(names).lstrip(".")
