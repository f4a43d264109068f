"""Graphs to walk through, for the tests of this room."""

import struct
from typing import Any

from hypothesis import strategies as st

import micrograd_kr as mk
from micrograd_kr import OPS, Value

FLOAT = st.floats(-3, 3).map(lambda x: round(x, 3))


@st.composite
def graphs(draw: Any) -> Value:
    """A graph of any operations of the table, each over the last few values: much is used more than once."""
    nodes = [Value(x) for x in draw(st.lists(FLOAT, min_size=1, max_size=3))]
    for v in nodes:
        v.grad = draw(st.sampled_from([0.0, 0.25, -3.0]))
    for name in draw(st.lists(st.sampled_from(sorted(OPS)), min_size=1, max_size=12)):
        op = OPS[name]
        n, some = draw(st.integers(1, 3)), st.sampled_from(nodes[-3:])
        operands: list[Any] = [
            draw(st.lists(some, min_size=n, max_size=n)) if x[0] == "*" else draw(some)
            for x in op.operands
        ]
        if len(op.operands) > 1 and not op.variadic and draw(st.booleans()):
            place = draw(st.integers(0, len(operands) - 1))
            operands[place] = draw(st.sampled_from([2.0, -1.5, 1.0]))
        try:
            v = getattr(mk, name)(*operands)
        except (ValueError, ArithmeticError):  # outside its domain
            continue
        if v.op and abs(v.data) < 1e6:
            v.grad = draw(
                st.sampled_from([0.0, 7.0])
            )  # as if left over from another pass
            nodes.append(v)
    return nodes[-1]


def bits(xs: Any) -> list[bytes]:
    return [struct.pack("d", x) for x in xs]


def grads(y: Value) -> list[bytes]:
    return bits(v.grad for v in y.topological_order())


def restore(y: Value, to: list[bytes]) -> None:
    for v, x in zip(y.topological_order(), to, strict=True):
        (v.grad,) = struct.unpack("d", x)


def labelled(**named: Value) -> Value:
    for name, v in named.items():
        v.label = name
    return v


def first() -> Value:
    a, b, c = Value(2), Value(-3), Value(10)
    d = a * b
    e = d + c
    return labelled(a=a, b=b, c=c, d=d, e=e, L=e.relu())


def diamond() -> Value:
    a, b = Value(2), Value(3)
    c, d = a + b, a * b
    e, f = c + d, c * d
    return labelled(a=a, b=b, c=c, d=d, e=e, f=f, y=e + f)


def named(y: Value) -> dict[str, Value]:
    return {v.label: v for v in y.topological_order() if v.label}
