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
    assert "tolist()" in program.source
    assert math.isclose(program([0.5])[0], z.data, rel_tol=1e-13)
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
