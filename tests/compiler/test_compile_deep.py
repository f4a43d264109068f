"""Deep graphs of few scalars a level: a tape of Python floats, which must be right for every graph."""

import math
import random
from typing import Any

import numpy as np
import pytest
from compile_models import MODELS, eager, numbers_of, recorded
from random_graphs import random_graph
from test_compile_fuzz import check_graph
from test_compile_models import assert_same

import micrograd_kr as mk
from micrograd_kr.compiler import compile as compiled
from micrograd_kr.compiler import compiling
from micrograd_kr.engine import Value

FLOATS = "numbers"  # what such a program refers to


@pytest.fixture
def everything_is_deep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "is_deep", lambda levels, nodes: True)


@pytest.mark.usefixtures("everything_is_deep")
@pytest.mark.parametrize("name", [n for n in MODELS if "100" not in n])
def test_every_model_on_floats(name: str) -> None:
    loss, params, inputs = recorded(name, seed=1)
    program = compiled(loss, params, inputs=inputs)
    for seed in (1, 2):
        loss, params, inputs = recorded(name, seed)
        theta = np.array([p.data for p in params])
        given = {key: np.array(numbers_of(values)) for key, values in inputs.items()}
        value, gradient, _ = eager(loss, params)
        got, got_gradient = program(theta, **given)
        assert_same(got, value)
        assert_same(got_gradient, gradient)


@pytest.mark.usefixtures("everything_is_deep")
@pytest.mark.parametrize("start", range(0, 200, 50))
def test_random_graphs_on_floats(start: int) -> None:
    for seed in range(start, start + 50):
        check_graph(random_graph(seed), seed)


def deep_and_random(nodes: int, seed: int = 0) -> tuple[Value, list[Value]]:
    rng = random.Random(seed)
    params = [Value(rng.uniform(0.5, 1.0)) for _ in range(10)]
    values: list[Any] = list(params)
    for _ in range(nodes):
        x, y = rng.choice(values[-12:]), rng.choice(values[-12:])
        values.append(
            rng.choice([x * y, x + y * 0.5, x.tanh(), y.sin(), mk.maximum(x, y)])
        )
    return mk.sum(values[-20:]), params


def test_a_deep_random_graph_is_a_short_text_and_exact() -> None:
    loss, params = deep_and_random(3000)
    program = compiled(loss, params)
    assert FLOATS in program.constants
    assert len(program.source.splitlines()) < 100
    value, gradient, _ = eager(loss, params)
    got = program(program.theta())
    assert (got[0], list(got[1])) == (value, gradient)


def test_what_leaves_the_floats_is_an_error_and_not_a_number() -> None:
    w, x = Value(0.5, "w"), Value(1.0, "x")
    z = w
    for _ in range(150):
        z = (z * x).exp() / (z + 2.0)
    program = compiled(z, [w], inputs={"x": x})
    assert FLOATS in program.constants
    assert program([0.5])[0] == z.data
    for theta, given in (([0.5], 5.0), ([-2.0], 1.0), ([math.inf], 1.0)):
        with pytest.raises(OverflowError, match="the loss is"):
            program(theta, x=given)


def test_exponents_that_are_constants_need_no_logarithm() -> None:
    w = Value(-0.5, "w")
    z: Any = w
    for _ in range(120):
        z = (z * 0.5) ** 2.0 - w
    value, gradient, _ = eager(z, [w])
    got = compiled(z, [w])([-0.5])
    assert_same([got[0], *got[1]], [value, *gradient])


# ---- recurrences ---------------------------------------------------------------------------------


def tanh_steps(T: int, p: list[Value], x: list[Value]) -> Value:
    h: Any = p[2]
    for _ in range(T):
        h = h.tanh() * p[0] + p[1]
    return h


def a_unit_over_inputs(T: int, p: list[Value], x: list[Value]) -> Value:
    h: Any = 0.0
    loss: Any = 0.0
    for t in range(T):
        h = (p[0] * h + p[1] * x[t]).tanh()
        loss = loss + (h - x[-1]) ** 2
    return loss / T


def lotka_volterra(T: int, p: list[Value], x: list[Value]) -> Value:
    a: Any = 1.0
    b: Any = 0.5
    for _ in range(T):
        a, b = (
            a + (p[0] * a - p[1] * a * b) * 0.01,
            b + (p[2] * a * b - p[3] * b) * 0.01,
        )
    return a * b


def logistic_map(T: int, p: list[Value], x: list[Value]) -> Value:
    y: Any = 0.3
    for _ in range(T):
        y = p[0] * 1.5 * y * (1 - y)
    return y + p[1]


def momentum(T: int, p: list[Value], x: list[Value]) -> Value:
    w: Any = p[0]
    v: Any = 0.0
    for _ in range(T):
        v = 0.9 * v - 0.01 * (2 * (w - p[1]) * p[2])
        w = w + v
    return (w - p[3]) ** 2


def weights_of_their_own(T: int, p: list[Value], x: list[Value]) -> Value:
    h: Any = p[-1]
    for t in range(T):
        h = (h * p[t % len(p)] if len(p) < T else h * p[t]).sin() + x[t]
    return h


def other_numbers_each_turn(T: int, p: list[Value], x: list[Value]) -> Value:
    h: Any = p[0]
    for t in range(T):
        h = (h * p[1] + 0.01 * (t + 2)).cos()
    return h * p[2] + p[3]


def runge_kutta(T: int, p: list[Value], x: list[Value]) -> Value:
    def slope(y: Any) -> Any:
        return p[0] * y - p[1] * y * y

    y: Any = p[2]
    for _ in range(T):
        a = slope(y)
        b = slope(y + 0.05 * a)
        c = slope(y + 0.05 * b)
        d = slope(y + 0.1 * c)
        y = y + (a + 2 * b + 2 * c + d) * (0.1 / 6)
    return y + p[3] * 0.5


def lists_in_a_turn(T: int, p: list[Value], x: list[Value]) -> Value:
    h: list[Any] = [0.1, 0.2]
    for t in range(T):
        h = [mk.linear(p[:2], h, x[t]).tanh(), mk.dot(p[2:4], h).sin()]
    return mk.logsumexp(h)


def every_state_is_read(T: int, p: list[Value], x: list[Value]) -> Value:
    h: Any = p[0]
    states = []
    for _ in range(T):
        h = (h * p[1]).sin() + p[2]
        states.append(h)
    return mk.sum([s * s for s in states]) + p[3]


RECURRENCES = [
    tanh_steps, a_unit_over_inputs, lotka_volterra, logistic_map, momentum, weights_of_their_own,
    other_numbers_each_turn, runge_kutta, lists_in_a_turn, every_state_is_read,
]  # fmt: skip
LOOPS = {
    tanh_steps,
    a_unit_over_inputs,
    lotka_volterra,
    momentum,
    runge_kutta,
}


@pytest.mark.parametrize("turns", [60, 150])
@pytest.mark.parametrize("model", RECURRENCES, ids=lambda model: model.__name__)
@pytest.mark.usefixtures("everything_is_deep")
def test_recurrences(model: Any, turns: int) -> None:
    def leaves(seed: int) -> tuple[list[Value], list[Value]]:
        rng = random.Random(seed)
        count = turns if model is weights_of_their_own else 4
        params = [Value(rng.uniform(0.3, 0.9), f"p{k}") for k in range(count)]
        return params, [Value(rng.uniform(-0.5, 0.5)) for _ in range(turns)]

    params, x = leaves(1)
    program = compiled(model(turns, params, x), params, inputs={"x": x})
    for seed in (1, 2):
        params, x = leaves(seed)
        value, gradient, _ = eager(model(turns, params, x), params)
        theta = np.array([p.data for p in params])
        got = program(theta, x=np.array([v.data for v in x]))
        assert_same(got[0], value)
        assert_same(got[1], gradient)
    if model in LOOPS:
        assert f"range({turns})" in program.source or "kept" in program.source


def test_the_text_of_a_recurrence_does_not_grow() -> None:
    texts = []
    for turns in (200, 300):
        params = [Value(0.5, f"p{k}") for k in range(4)]
        text = compiled(tanh_steps(turns, params, []), params).source
        texts.append(text.replace(str(turns), "T").replace(str(turns - 1), "T - 1"))
    assert texts[0] == texts[1]
    assert len(texts[0].splitlines()) <= 40
