"""Labels and names of inputs in any letters, and constants of any size: what a program must not confuse or lose."""

import unicodedata
from typing import Any

import numpy as np
import pytest
from compile_models import eager
from hypothesis import given, settings
from hypothesis import strategies as st

import micrograd_kr as mk
from micrograd_kr.compiler import compile as compiled
from micrograd_kr.engine import Value

# ---- names -----------------------------------------------------------------------------------------

CONFUSING = ["ϕ", "φ", "µ", "μ", "값", unicodedata.normalize("NFD", "값"), "ｘ", "x", "ˣ", "K", "ℓ", "ﬁ", "²", "½", "ſ"]  # fmt: skip
labels = st.lists(st.sampled_from(CONFUSING) | st.characters(), max_size=4).map("".join)
identifiers = labels.filter(
    lambda text: (
        text.isidentifier()
        and not __import__("keyword").iskeyword(unicodedata.normalize("NFKC", text))
    )
)


def assert_eager(first: str, second: str, name: str, other: str) -> None:
    """A model whose two vectors of parameters and two inputs have these names."""
    v, w = [[Value(0.1 * (i + 1) + k, f"{label}{i}") for i in range(3)] for k, label in enumerate((first, second))]  # fmt: skip
    x, y = [[Value(1.0 - 0.3 * i + k) for i in range(3)] for k in range(2)]
    loss = (mk.dot(v, x).tanh() + mk.dot(w, y)) ** 2 + mk.sum(
        [(a * b * c).sin() for a, b, c in zip(v, w, x, strict=True)]
    )
    program = compiled(loss, v + w, inputs={name: x, other: y})
    expected = eager(loss, v + w)
    value, slope = program(program.theta(), **{name: [a.data for a in x]})
    assert value == pytest.approx(expected[0], rel=1e-12)
    assert slope == pytest.approx(expected[1], rel=1e-12)


@settings(max_examples=100, deadline=None)
@given(labels, labels, identifiers, identifiers)
def test_no_two_names_are_one(first: str, second: str, name: str, other: str) -> None:
    same = unicodedata.normalize("NFKC", name) == unicodedata.normalize("NFKC", other)
    if same and name != other:
        with pytest.raises(ValueError, match="one name to Python"):
            assert_eager(first, second, name, other)
    elif not same:
        assert_eager(first, second, name, other)


@pytest.mark.parametrize(
    ("first", "second", "name"),
    [
        ("ϕ", "φ", "x"),
        ("µ", "μ", "x"),
        ("값", unicodedata.normalize("NFD", "값"), "x"),
        ("ｘ", "x", "x"),
        ("ˣ", "v", "x1"),
        ("σ²", "w½", "ｘ"),
    ],
)
def test_labels_that_look_alike(first: str, second: str, name: str) -> None:
    assert_eager(first, second, name, "rest")


def test_an_input_is_called_as_python_reads_its_name() -> None:
    w, x = Value(3.0, "w"), Value(2.0)
    program = compiled(w * x, [w], inputs={"ϕ": x})
    assert program([2.0], ϕ=5.0)[0] == program([2.0], **{"ϕ": 5.0})[0] == 10.0
    with pytest.raises(ValueError, match="cannot be named"):
        compiled(w * x, [w], inputs={"ｉｆ": x})


# ---- numbers ---------------------------------------------------------------------------------------


def test_constants_are_folded_only_where_no_float_is_lost() -> None:
    a = Value(1e200)
    program = compiled(((a * 1e-200) * 1e-200) * 1e300, [a])
    assert program([1e200])[0] == pytest.approx(1e100)
    a = Value(1e-300)
    program = compiled(((a * 1e200) * 1e200) * 1e-300, [a])
    assert program([1e-300])[0] == pytest.approx(1e-200)
    with pytest.raises(OverflowError, match="gradient"):
        compiled((a * 1e200) * 1e200, [a])([1e-300])  # it is 1e400
    a = Value(-1e308)
    program = compiled(((a + 1e308) + 1e308) * 1e-300, [a])
    assert program([-1e308])[0] == pytest.approx(1e8)


@st.composite
def chains(draw: Any, variables: bool) -> tuple[float, list[tuple[str, Any]]]:
    """A number and steps of arithmetic with numbers of any size, none of which leaves the floats by far."""
    x = start = draw(st.floats(-1, 1)) * 10.0 ** draw(st.integers(-250, 250))
    steps = []
    for _ in range(draw(st.integers(1, 6))):
        c = draw(st.floats(0.1, 1)) * 10.0 ** draw(st.integers(-300, 300))
        step = draw(st.sampled_from(["*", "+", "-", "neg", "/"]))
        result = CARRIED[step](x, c)
        if 1e-300 < abs(result) < 1e300:
            is_variable = variables and draw(st.booleans())
            steps.append((step, Value(c) if is_variable else c))
            x = result
    return start, steps


CARRIED: dict[str, Any] = {
    "*": lambda x, c: x * c,
    "+": lambda x, c: x + c,
    "-": lambda x, c: c - x,
    "/": lambda x, c: x / c,
    "neg": lambda x, c: -x,
}


@settings(max_examples=200, deadline=None)
@given(chains(variables=False))
def test_chains_of_constants_are_eager_s(
    chain: tuple[float, list[tuple[str, float]]],
) -> None:
    start, steps = chain
    x = a = Value(start)
    size = abs(start)
    for step, c in steps:
        x = CARRIED[step](x, c)
        size = max(CARRIED["+" if step in "+-" else step](size, c), abs(x.data))
    with np.errstate(all="raise", under="ignore"):
        try:
            a.grad = 0.0
            x.backward()
        except (OverflowError, FloatingPointError):
            return  # the slope is no float
        if not 1e-300 < abs(a.grad) < np.inf:
            return
        value, slope = compiled(x, [a])([start])
    assert abs(value - x.data) <= 1e-12 * abs(size)
    assert slope == pytest.approx([a.grad], rel=1e-12)


@settings(max_examples=200, deadline=None)
@given(chains(variables=True))
def test_chains_of_variables_of_any_size_are_eager_s(
    chain: tuple[float, list[tuple[str, Any]]],
) -> None:
    start, steps = chain
    x = Value(start)
    leaves = [x, *[c for step, c in steps if isinstance(c, Value) and step != "neg"]]
    size = abs(start)
    try:
        for step, c in steps:
            x = CARRIED[step](x, c)
            number = c.data if isinstance(c, Value) else c
            size = abs(CARRIED["+" if step in "+-" else step](size, number))
            size = max(size, abs(x.data))
        x.backward()
    except OverflowError:
        return  # a slope is no float
    value, slopes = compiled(x, leaves)([v.data for v in leaves])
    assert abs(value - x.data) <= 1e-12 * size
    for slope, leaf in zip(slopes, leaves, strict=True):
        if abs(leaf.grad) > 1e-300:
            assert slope == pytest.approx(leaf.grad, rel=1e-12)
