"""A program in the hand of a user: its steps, its checks, and what it gives back."""

import copy
import pickle
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from micrograd_kr import MLP, Value
from micrograd_kr import sum as total
from micrograd_kr.compiler import compile, compile_outputs
from micrograd_kr.nn import SGD, Adam, AdamW, mse

OPTIMIZERS = [
    lambda ps: SGD(ps, lr=0.1),
    lambda ps: SGD(ps, lr=0.05, momentum=0.9, weight_decay=0.01),
    lambda ps: Adam(ps, lr=0.01),
    lambda ps: AdamW(ps, lr=0.01, weight_decay=0.1),
]
LOOKS = {
    "data": lambda p: p.data,
    "grad": lambda p: p.grad,
    "repr": repr,
    "an operation": lambda p: (p * 2).data,
    "a comparison": lambda p: p > 0,
    "copy": lambda p: copy.copy(p).data,
    "pickle": lambda p: pickle.loads(pickle.dumps(p)).data,
    "backward": lambda p: (p * p).backward(),
}


def line():
    w, b, x, y = Value(0.5, "w"), Value(0.0, "b"), Value(1.0, "x"), Value(2.0, "y")
    loss = (w * x + b - y) ** 2
    return [w, b], compile(loss, [w, b], {"x": x, "y": y}, batch=("x", "y"))


DATA = {"x": [1.0, 2.0, 3.0], "y": [2.0, 3.0, 5.0]}


@pytest.mark.parametrize("make", OPTIMIZERS)
@settings(max_examples=30, deadline=None)
@given(looks=st.lists(st.booleans(), min_size=6, max_size=6))
def test_looking_changes_no_bit(make, looks):
    """However often somebody looks: the same numbers as when nobody does."""
    runs = []
    for seen in ([False] * 6, looks):
        params, program = line()
        optimizer = make(params)
        for look in seen:
            program.step(optimizer, **DATA)
            if look:
                assert type(params[0]) is not Value
                assert isinstance(params[0].data, float)
                assert {type(p) for p in params} == {Value}
                optimizer.state  # noqa: B018
        runs.append([(p.data, p.grad) for p in params] + optimizer.state)
    assert runs[0] == runs[1]


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_whoever_looks_sees_the_numbers_of_the_last_step(look):
    params, program = line()
    gradient = program(program.theta(), **DATA)[1]
    program.step(0.1, **DATA)
    look(params[1])
    moved = np.array([0.5, 0.0]) - 0.1 * gradient
    assert [p.data for p in params] == pytest.approx(moved, rel=1e-12)
    assert type(params[0]) is Value


@pytest.mark.parametrize("make", OPTIMIZERS)
def test_what_the_learner_sets_is_read_again(make):
    params, program = line()
    optimizer = make(params)
    program.step(optimizer, **DATA)
    params[0].data = 7.0
    assert program.theta()[0] == 7.0
    loss = program(program.theta(), **DATA)[0]
    assert program.step(optimizer, **DATA) == loss


def test_eager_steps_and_compiled_ones_can_take_turns():
    params, program = line()
    others, _ = line()
    mixed, slow = Adam(params, lr=0.05), Adam(others, lr=0.05)
    for k in range(6):
        w, b = others
        loss = mse([w * x + b for x in DATA["x"]], DATA["y"])
        slow.zero_grad()
        loss.backward()
        slow.step()
        if k % 2:
            program.step(mixed, **DATA)
        else:
            w, b = params
            loss = mse([w * x + b for x in DATA["x"]], DATA["y"])
            mixed.zero_grad()
            loss.backward()
            mixed.step()
    assert [p.data for p in params] == pytest.approx([p.data for p in others], rel=1e-9)
    assert mixed.steps == 6


def test_two_programs_of_the_same_parameters():
    params, first = line()
    x, y = Value(1.0), Value(2.0)
    second = compile((params[0] * x + params[1] - y) ** 2, params, {"x": x, "y": y})
    optimizer = SGD(params, lr=0.01)
    first.step(optimizer, **DATA)
    theta = first.theta()
    assert second.theta().tolist() == theta.tolist()
    second.step(optimizer, x=1.0, y=2.0)
    assert first.theta().tolist() == second.theta().tolist() != theta.tolist()
    assert [p.data for p in params] == second.theta().tolist()


def test_a_parameter_that_is_compared_is_at_home_for_good():
    params, program = line()
    program.step(0.1, **DATA)
    assert params[0] > -1e9
    assert hasattr(params[0], "_compared")
    assert type(params[0]).__mro__[1] is Value
    assert type(params[1]) is Value
    before = params[0].data
    program.step(0.1, **DATA)
    assert params[0].data != before
    assert params[0].data == program.theta()[0]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("make", OPTIMIZERS)
def test_a_step_out_of_the_floats_is_an_error_and_no_warning(make):
    params, program = line()
    optimizer = make(params)
    for x in (1e160, 1e300):
        with pytest.raises(OverflowError):
            program.step(optimizer, x=[x] * 3, y=DATA["y"])
    assert [p.data for p in params] == [0.5, 0.0]


def test_a_step_too_far_changes_nothing():
    params, program = line()
    optimizer = SGD(params, lr=1e308)
    with pytest.raises(OverflowError, match=r"the step makes w .* lower the learning"):
        program.step(optimizer, **DATA)
    assert [p.data for p in params] == [0.5, 0.0]
    assert optimizer.steps == 0


class Own(Value):
    """A parameter with a class of its own."""


def test_values_of_one_s_own_class_stay_what_they_are():
    w, x = Own(1.0), Value(2.0)
    program = compile((w * x) ** 2, w, {"x": x})
    program.step(0.1)
    assert type(w) is Own
    assert (w.data, w.grad) == pytest.approx((1 - 0.1 * 8, 8.0))


def test_a_gradient_is_never_an_array_of_the_caller():
    """Not the input, not theta, not a constant of the program."""
    n = 4
    w = [Value(float(i + 1)) for i in range(n)]
    xs = [Value(2.0 * i + 1) for i in range(n)]
    by_input = total([a * b for a, b in zip(w, xs, strict=True)])
    program = compile(by_input, w, {"x": xs})
    x = np.arange(4.0)
    program(program.theta(), x=x)[1][:] = 99.0
    assert x.tolist() == [0.0, 1.0, 2.0, 3.0]
    assert program(program.theta(), x=x)[1].tolist() == [0.0, 1.0, 2.0, 3.0]
    program(program.theta())[1][:] = 99.0
    assert program(program.theta())[1].tolist() == [1.0, 3.0, 5.0, 7.0]
    by_theta = compile(total([a * a for a in w]) / 2, w)
    theta = np.arange(4.0)
    by_theta(theta)[1][:] = 99.0
    assert theta.tolist() == [0.0, 1.0, 2.0, 3.0]
    by_constant = compile(total([a * (i + 1.5) for i, a in enumerate(w)]), w)
    by_constant(theta)[1][:] = 99.0
    assert by_constant(theta)[1].tolist() == [1.5, 2.5, 3.5, 4.5]


def test_a_gradient_that_is_not_finite_is_an_error_with_or_without_where():
    w = Value(4.0)
    root = compile(w.sqrt(), w)
    with np.errstate(all="ignore"), pytest.raises(OverflowError, match="gradient"):
        root([0.0])
    assert root([1e-300])[0] == 1e-150


@pytest.mark.parametrize("wrong", ["abc", None, [[1.0], [1.0, 2.0]], object()])
def test_a_program_called_with_what_is_no_numbers_says_so(wrong):
    _, program = line()
    with pytest.raises((TypeError, ValueError), match=r"program: theta|program: x"):
        program(wrong, **DATA)
    with pytest.raises((TypeError, ValueError), match="program: x"):
        program(program.theta(), x=wrong, y=DATA["y"])


def test_compile_takes_one_value_as_grad_does():
    w = Value(3.0)
    assert compile(w * w, w)([3.0])[1].tolist() == [6.0]
    with pytest.raises(TypeError, match="the parameters are a int"):
        compile(w * w, 3)


@settings(max_examples=20, deadline=None)
@given(
    widths=st.lists(st.integers(1, 5), min_size=1, max_size=3),
    rows=st.integers(1, 2500),
    seed=st.integers(0, 99),
)
def test_outputs_are_those_of_the_model(widths, rows, seed):
    model = MLP(2, widths, activation="tanh", seed=seed)
    x = [Value(0.1), Value(0.2)]
    forward = compile_outputs(model(x), model.parameters(), {"X": x}, batch="X")
    rng = random.Random(seed)
    X = [[rng.gauss(0, 1), rng.gauss(0, 1)] for _ in range(rows)]
    got = forward(X=X)
    assert got.shape == (rows, widths[-1])
    for i in rng.sample(range(rows), min(rows, 5)):
        out = model(X[i])
        out = out if isinstance(out, list) else [out]
        assert got[i] == pytest.approx([v.data for v in out], rel=1e-12, abs=1e-12)


def test_outputs_without_parameters_or_inputs():
    x = [Value(1.0), Value(2.0)]
    forward = compile_outputs([x[0] - 0.25, Value(3.0)], [], {"x": x}, batch="x")
    assert forward(x=[[1.0, 0.0], [2.0, 0.0]]).tolist() == [[0.75, 3.0], [1.75, 3.0]]


changes = st.tuples(
    st.sampled_from(["tanh", "relu", None]),
    st.integers(1, 3),
    st.sampled_from([0.5, -0.5, 0.0, -0.0]),
    st.sampled_from(["x", "y"]),
    st.booleans(),
)


@given(st.lists(changes, min_size=2, max_size=6), st.integers(0, 3))
@settings(max_examples=40, deadline=None)
def test_the_text_kept_for_a_graph_is_never_that_of_another(models, seed):
    """Whatever was changed of a model: activation, widths, constants, names, who is constant."""
    for activation, width, constant, name, trains in models * 2:
        model = MLP(2, [width, width], activation, seed=seed)
        xs = [Value(0.3), Value(-0.7)]
        outputs = [v * constant + 1 for v in model(xs)] if width > 1 else model(xs)
        params = model.parameters() if trains else model.layers[0].parameters()
        forward = compile_outputs(outputs, params, {name: xs}, batch=name)
        eager = outputs if isinstance(outputs, list) else [outputs]
        got = forward(**{name: [[0.3, -0.7], [0.3, -0.7]]})
        want = [[v.data for v in eager]] * 2
        assert got.tolist() == [
            pytest.approx(row, rel=1e-12, abs=1e-15) for row in want
        ]


def test_the_same_graph_is_compiled_once(monkeypatch):
    model = MLP(2, [3, 1], seed=1)

    def forward():
        xs = [Value(1.0), Value(2.0)]
        return compile_outputs(model(xs), model.parameters(), {"x": xs}, batch="x")

    first = forward()
    monkeypatch.setattr("micrograd_kr.compiler.compiling._outputs_text", None)
    model.parameters()[0].data = 3.0
    second = forward()
    assert second.source == first.source
    assert second(x=[[1.0, 2.0]]).item() == pytest.approx(model([1.0, 2.0]).data)


def test_a_program_shows_itself_in_a_notebook_in_fixed_width():
    _, program = line()
    assert "<pre" in program._repr_html_()
    assert "monospace" in program._repr_html_()
    assert "&" in program._repr_html_() or "<" not in program.source
