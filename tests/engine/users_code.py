"""A user's code as mypy sees it: it runs with the package, in `scripts/lint`.

Each line of `wrong` must be an error: mypy --strict reports an ignored one that is none.
"""

from typing import assert_type

import micrograd_kr as mk
from micrograd_kr import MLP, Value, grad


def right() -> None:
    x = Value(2.0, "x")
    assert_type(x.exp(), Value)
    assert_type(x.leaky_relu(), Value)
    assert_type(x.maximum(1.0), Value)
    assert_type(2 * x + x / 3 - x**2, Value)
    assert_type(-abs(x), Value)
    assert_type(mk.exp(1), Value)
    assert_type(mk.linear([1.0, x], [x, 2], 0.5), Value)
    assert_type(mk.leaky_relu(x, 0.1), Value)
    assert_type(mk.sum([x, 1.0]), Value)
    assert_type(x.grad, float)
    assert_type(grad(x, [x]), tuple[Value, ...])
    assert_type(x.steps()[0].parent, Value)
    assert_type(MLP(2, [3, 1])([1.0, x]), Value | list[Value])
    x.draw(partials=True).save("x.svg")


def wrong() -> None:
    x = Value(2.0)
    x.gard  # type: ignore[attr-defined]
    x.sihn()  # type: ignore[attr-defined]
    x.exp(1)  # type: ignore[call-arg]
    x + "1"  # type: ignore[operator]
    x.draw(partial=True)  # type: ignore[call-arg]
    mk.sihn(x)  # type: ignore[attr-defined]
    mk.sum(x)  # type: ignore[arg-type]
    mk.linear([x], [x])  # type: ignore[call-arg]
