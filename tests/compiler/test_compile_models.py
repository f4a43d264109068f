"""Compiled programs against the graphs they came from: every model of `compile_models`, here and at other numbers."""

import math
import warnings
from typing import Any

import numpy as np
import pytest
import torch
from compile_models import (
    EXAMPLES,
    MODELS,
    Numbers,
    eager,
    numbers_of,
    penalty,
    recorded,
)

import micrograd_kr as mk
from micrograd_kr.compiler import compile as compiled
from micrograd_kr.engine.ops import FLOATS
from micrograd_kr.engine.value import Value
from micrograd_kr.nn.losses import hinge
from micrograd_kr.nn.modules import MLP
from micrograd_kr.nn.optim import SGD, Adam, AdamW


@pytest.fixture(autouse=True)
def _warnings_are_errors() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def assert_same(got: Any, expected: Any, relative: float = 1e-12) -> None:
    got, expected = np.asarray(got, dtype=float), np.asarray(expected, dtype=float)
    assert got.shape == expected.shape
    assert np.abs(got - expected).max(initial=0.0) <= relative * np.abs(expected).max(
        initial=1e-300
    )


def arrays(inputs: dict[str, Any]) -> dict[str, Any]:
    return {name: np.array(numbers_of(values)) for name, values in inputs.items()}


# ---- the whole corpus ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", MODELS)
def test_loss_and_gradient_are_eager_s_where_it_was_recorded(name: str) -> None:
    loss, params, inputs = recorded(name, seed=1)
    value, gradient, _ = eager(loss, params)
    program = compiled(loss, params, inputs=inputs)
    got, got_gradient = program(program.theta(), **arrays(inputs))
    assert_same(got, value)
    assert_same(got_gradient, gradient)


@pytest.mark.parametrize("name", MODELS)
def test_loss_and_gradient_are_eager_s_at_other_parameters_and_inputs(
    name: str,
) -> None:
    loss, params, inputs = recorded(name, seed=1)
    program = compiled(loss, params, inputs=inputs)
    for seed in (2, 3):
        loss, params, inputs = recorded(name, seed)
        value, gradient, _ = eager(loss, params)
        got, got_gradient = program(
            np.array([p.data for p in params]), **arrays(inputs)
        )
        assert_same(got, value)
        assert_same(got_gradient, gradient)


@pytest.mark.parametrize(
    "name", [n for n in MODELS if "single operations" not in n and "100" not in n]
)
def test_the_corpus_itself_against_pytorch(name: str) -> None:
    """The same graph carried out by PyTorch, whose own derivatives are used: the truth has a truth of its own."""
    loss, params, _ = recorded(name, seed=1)
    value, gradient, _ = eager(loss, params)
    tensors = {
        p: torch.tensor(p.data, dtype=torch.float64, requires_grad=True) for p in params
    }
    result = in_torch(loss, tensors)
    result.backward()
    assert_same(result.item(), value, 1e-10)
    assert_same(
        [0.0 if t.grad is None else t.grad.item() for t in tensors.values()],
        gradient,
        1e-10,
    )


OWN: dict[
    str, Any
] = {  # PyTorch's own functions; the other ops are carried out as the table's text says, with these
    **{
        name: getattr(torch, name)
        for name in (
            "exp",
            "log",
            "log1p",
            "sqrt",
            "sin",
            "cos",
            "tanh",
            "erf",
            "pow",
            "abs",
        )
    },
    **{
        name: getattr(torch, name) for name in ("maximum", "minimum", "sigmoid", "relu")
    },
    "softplus": torch.nn.functional.softplus,
    "silu": torch.nn.functional.silu,
    "gelu": torch.nn.functional.gelu,
    "sum": lambda x: torch.stack(x).sum(),
    "dot": lambda x, y: torch.stack(x) @ torch.stack(y),
    "logsumexp": lambda x: torch.logsumexp(torch.stack(x), 0),
}
TORCH = {**FLOATS, **OWN}


def in_torch(loss: Value, tensors: dict[Value, Any]) -> Any:
    def number(x: Any) -> Any:
        return done[x] if isinstance(x, Value) else torch.tensor(x, dtype=torch.float64)

    done = dict(tensors)
    for v in loss.topological_order():
        if v in done:
            continue
        if v.op is None:
            done[v] = torch.tensor(v.data, dtype=torch.float64)
            continue
        operands = [number(x) for x in v.operands]
        if v.op.variadic:
            n, lists = v.op.lengths(len(operands))
            operands = [
                *(operands[i * n : (i + 1) * n] for i in range(lists)),
                *operands[lists * n :],
            ]
        text = (
            f"{v.op.name}({', '.join(v.op.names)})"
            if v.op.name in OWN
            else v.op.forward
        )
        done[v] = eval(text, TORCH, dict(zip(v.op.names, operands, strict=True)))
    return done[loss]


# ---- one recorded example, any number of rows ----------------------------------------------------


@pytest.mark.parametrize("rows", [1, 2, 5])
@pytest.mark.parametrize("name", EXAMPLES)
def test_a_batch_of_rows_is_the_mean_over_the_examples(name: str, rows: int) -> None:
    numbers = Numbers(seed=1)
    program = compiled(
        EXAMPLES[name](numbers), numbers.params, inputs=numbers.inputs, batch=("x", "y")
    )
    theta = [p.data + 0.1 for p in numbers.params]
    batch: dict[str, list[Any]] = {"x": [], "y": []}
    values, gradients = [], []
    for row in range(rows):
        example = Numbers(seed=10 + row, theta=theta)
        value, gradient, _ = eager(EXAMPLES[name](example), example.params)
        batch = {key: [*batch[key], numbers_of(example.inputs[key])] for key in batch}
        values.append(value)
        gradients.append(gradient)
    got, got_gradient = program(
        np.array(theta), **{key: np.array(batch[key]) for key in batch}
    )
    assert_same(got, np.mean(values))
    assert_same(got_gradient, np.mean(gradients, axis=0))


def test_a_penalty_is_counted_once_whatever_the_number_of_rows() -> None:
    w, x = Value(3.0, "w"), Value(1.0, "x")
    program = compiled(w * x + w * w, [w], inputs={"x": x}, batch=("x",))
    for rows in (1, 4):
        value, gradient = program([3.0], x=np.full(rows, 2.0))
        assert (value, list(gradient)) == (15.0, [8.0])


def test_some_inputs_are_of_each_row_and_some_are_shared() -> None:
    w, x, s = Value(3.0, "w"), Value(1.0, "x"), Value(2.0, "s")
    program = compiled(
        (w * x - s) ** 2 + s * w, [w], inputs={"x": x, "s": s}, batch=("x",)
    )
    value, gradient = program([2.0], x=np.array([1.0, 3.0]), s=5.0)
    assert value == pytest.approx((9 + 1) / 2 + 10)
    assert gradient == pytest.approx([(-6 + 6) / 2 + 5])


# ---- training ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        lambda ps: SGD(ps, lr=0.1),
        lambda ps: SGD(ps, lr=0.05, momentum=0.9, weight_decay=0.01),
        lambda ps: Adam(ps, lr=0.01),
        lambda ps: AdamW(ps, lr=0.01, weight_decay=0.1),
    ],
)
def test_steps_of_an_optimizer_are_those_of_eager_training(make: Any) -> None:
    def record() -> tuple[Value, MLP, Any, Any]:
        numbers = Numbers(seed=1)
        X, y = numbers.input("X", 6, 2), numbers.signs("y", 6)
        model = MLP(2, [4, 1], activation="tanh", seed=0)
        return (
            hinge([model(x) for x in X], y) + penalty(model.parameters()),
            model,
            X,
            y,
        )

    loss, model, X, y = record()
    program = compiled(loss, model.parameters(), inputs={"X": X, "y": y})
    rows, targets = np.array(numbers_of(X)), np.array(numbers_of(y))
    optimizer = make(model.parameters())
    losses = [program.step(optimizer, X=rows, y=targets) for _ in range(5)]

    _, other, X, y = record()
    slow = make(other.parameters())
    for got in losses:
        other.zero_grad()
        loss = hinge([other(x) for x in X], y) + penalty(other.parameters())
        loss.backward()
        slow.step()
        assert_same(got, loss.data, 1e-11)
    assert_same(
        [p.data for p in model.parameters()],
        [p.data for p in other.parameters()],
        1e-11,
    )
    assert_same(
        [p.grad for p in model.parameters()],
        [p.grad for p in other.parameters()],
        1e-11,
    )


def test_a_step_by_a_learning_rate() -> None:
    w, x = Value(3.0, "w"), Value(1.0, "x")
    program = compiled((w * x) ** 2, [w], inputs={"x": x})
    assert program.step(0.1, x=2.0) == pytest.approx(36.0)  # the loss before the step
    assert w.data == pytest.approx(3.0 - 0.1 * 24.0)
    moved = w.data
    assert program.step(0.1, x=1.0) == pytest.approx(moved**2)


# ---- what compiling leaves alone -----------------------------------------------------------------


def test_the_recorded_graph_is_not_touched() -> None:
    loss, params, inputs = recorded("moons", seed=1)
    eager(loss, params)
    order = loss.topological_order()
    before = [(v, v.data, v.grad, v.op, v.label, v.parents) for v in order]
    program = compiled(loss, params, inputs=inputs)
    program(program.theta() + 1.0, **arrays(inputs))
    assert loss.topological_order() is not order
    assert [
        (v, v.data, v.grad, v.op, v.label, v.parents) for v in loss.topological_order()
    ] == before


def test_the_arguments_are_not_changed_and_answers_are_not_shared() -> None:
    loss, params, inputs = recorded("moons", seed=1)
    program = compiled(loss, params, inputs=inputs)
    theta, given = program.theta(), arrays(inputs)
    copies = theta.copy(), {name: a.copy() for name, a in given.items()}
    _, first = program(theta, **given)
    kept = first.copy()
    _, second = program(theta + 1.0, **given)
    assert (theta == copies[0]).all()
    assert all((given[name] == copies[1][name]).all() for name in given)
    assert (first == kept).all()
    assert not np.shares_memory(first, second)
    assert not np.shares_memory(first, theta)


def test_theta_is_the_parameters_data_in_their_order() -> None:
    loss, params, inputs = recorded("two parts", seed=1)
    program = compiled(loss, params, inputs=inputs)
    assert list(program.theta()) == [p.data for p in params]


def test_lists_of_numbers_and_integers_are_inputs_too() -> None:
    w, xs = Value(3.0, "w"), [Value(1.0), Value(2.0)]
    program = compiled(mk.sum([w * x for x in xs]) ** 2, [w], inputs={"x": xs})
    assert program([2], x=[3, 4])[0] == 14.0**2
    assert program(np.array([2]), x=np.array([3, 4], dtype=np.int64))[
        1
    ] == pytest.approx([2 * 14.0 * 7])


# ---- at the edges --------------------------------------------------------------------------------


def test_the_loss_is_a_parameter() -> None:
    w = Value(3.0, "w")
    value, gradient = compiled(w, [w], inputs={})([5.0])
    assert (value, list(gradient)) == (5.0, [1.0])


def test_a_parameter_that_is_an_input_too_is_refused() -> None:
    w = Value(3.0, "w")
    with pytest.raises(ValueError, match="w"):
        compiled(w * 2, [w], inputs={"w": w})


def test_an_input_at_two_places_is_refused() -> None:
    w, x = Value(3.0, "w"), Value(2.0, "x")
    with pytest.raises(ValueError, match="x"):
        compiled(w * x, [w], inputs={"x": [x, x]})


def test_parameters_that_are_not_used_have_no_gradient() -> None:
    w, unused = Value(3.0), Value(4.0)
    value, gradient = compiled(w * w, [unused, w], inputs={})([7.0, 2.0])
    assert (value, list(gradient)) == (4.0, [0.0, 4.0])


def test_an_input_left_out_is_as_it_was_recorded() -> None:
    w, x, s = Value(3.0, "w"), Value(2.0, "x"), Value(5.0, "s")
    program = compiled(w * x + s, [w], inputs={"x": x, "s": s})
    assert program([4.0], s=1.0)[0] == 9.0


@pytest.mark.parametrize(("x", "expected"), [(0.0, 0.0), (-1.0, 0.0), (2.0, 2.0)])
def test_relu_takes_the_branch_of_the_number_it_is_given(
    x: float, expected: float
) -> None:
    w, v = Value(1.0), Value(5.0)
    value, gradient = compiled((w * v).relu(), [w], inputs={"x": v})([1.0], x=x)
    assert (value, list(gradient)) == (expected, [expected])


def test_an_exponent_of_zero_and_a_base_of_zero() -> None:
    x, n = Value(2.0), Value(3.0)
    program = compiled(x**n, [x, n], inputs={})
    for base, exponent in ((0.0, 0.0), (0.0, 1.0), (0.0, 2.0), (2.0, 0.0)):
        a, b = Value(base), Value(exponent)
        expected = eager(a**b, [a, b])
        value, gradient = program([base, exponent])
        assert (value, list(gradient)) == expected[:2]


def test_overflow_is_not_hidden_in_stable_functions() -> None:
    x = Value(1.0)
    for f in (mk.sigmoid, mk.softplus, mk.tanh, mk.silu, mk.gelu, mk.erf):
        program = compiled(f(x), [x], inputs={})
        for at in (-800.0, 800.0):
            v = Value(at)
            expected = eager(f(v), [v])
            value, gradient = program([at])
            assert_same([value, *gradient], [expected[0], *expected[1]])
    xs = [Value(1.0), Value(2.0)]
    value, gradient = compiled(mk.logsumexp(xs), xs, inputs={})([1000.0, 0.0])
    assert (value, list(gradient)) == (1000.0, [1.0, 0.0])


def test_exponents_are_not_split_into_factors_that_overflow() -> None:
    a, b = Value(1.0), Value(1.0)
    program = compiled((a - b.log()).exp(), [a, b], inputs={})
    for at in ([800.0, 1e300], [-800.0, 1e-300], [1.0, 2.0]):
        x, y = map(Value, at)
        expected = eager((x - y.log()).exp(), [x, y])
        value, gradient = program(at)
        assert_same(
            [value, gradient[0]], [expected[0], expected[1][0]], 1e-10
        )  # the exponent itself has 13 digits
        assert_same(gradient[1], expected[1][1], 1e-10)


def test_a_branch_on_a_comparison_is_refused() -> None:
    w = Value(3.0, "w")
    y = w * 2 if w > 0 else w * 3
    with pytest.raises(Exception, match="compar"):
        compiled(y, [w], inputs={})


def test_what_is_wrong_is_said() -> None:
    w, x = Value(3.0, "w"), Value(2.0, "x")
    loss = w * x
    program = compiled(loss, [w], inputs={"x": x})
    for wrong, kind in (
        (lambda: compiled(3.0, [w], inputs={}), TypeError),
        (lambda: compiled(loss, [loss], inputs={}), ValueError),
        (lambda: compiled(loss, [w, w], inputs={}), ValueError),
        (lambda: compiled(loss, [Value(1.0)], inputs={"x": x}), ValueError),
        (lambda: compiled(loss, [w], inputs={"x": loss}), ValueError),
        (lambda: program([1.0], x=1.0, z=2.0), (TypeError, ValueError)),
        (lambda: program([1.0, 2.0], x=1.0), ValueError),
        (lambda: program([1.0], x=[1.0, 2.0]), ValueError),
    ):
        with pytest.raises(kind):
            wrong()


@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize(
    "name",
    [
        "t1",
        "c1",
        "n",
        "W1",
        "h1",
        "exp",
        "maximum",
        "concatenate",
        "len",
        "program",
        "self",
        "loss",
    ],
)
def test_an_input_may_have_any_name(name: str, batch: bool) -> None:
    w, b, x = Value(3.0, "w"), Value(1.0, "b"), Value(1.0)
    loss = (w * x).exp() + mk.maximum(w, x) + mk.linear([w], [x], b).relu() + w * b
    program = compiled(loss, [w, b], inputs={name: x}, batch=(name,) if batch else ())
    value, gradient = program(
        [1.0, 0.5], **{name: np.array([2.0, 2.0]) if batch else 2.0}
    )
    v, c = Value(1.0), Value(0.5)
    expected = eager(
        (v * 2.0).exp() + mk.maximum(v, 2.0) + (v * 2.0 + c).relu() + v * c, [v, c]
    )
    assert_same([value, *gradient], [expected[0], *expected[1]])


def test_answers_are_doubles_even_of_whole_numbers() -> None:
    w, x = Value(1.0), Value(2.0)
    for loss in (
        w * 2,
        w * 2 + (w**0.0).sin() * x,
        w.relu() + abs(w),
        mk.maximum(w, 1.0),
    ):
        value, gradient = compiled(loss, [w], inputs={"x": x})(np.array([3]), x=1)
        assert (np.asarray(value).dtype, gradient.dtype) == (np.float64, np.float64)
    assert compiled((w**0.0).sin() * w, [w], inputs={})([1.0])[0] == pytest.approx(
        math.sin(1), rel=1e-15
    )
    program = compiled(w * 2, [w])
    program.step(0.25)
    assert isinstance(w.data, float)
    assert isinstance(w.grad, float)


def test_terms_that_depend_on_no_row_after_all() -> None:
    w, x = Value(1.0), Value(2.0)
    for loss in (
        mk.leaky_relu(3.0, x) + w.sin(),
        w * x - x * w + w.sin(),
        (w - w) * x + w.sin(),
    ):
        value, gradient = compiled(loss, [w], inputs={"x": x}, batch=("x",))(
            [2.0], x=[1.0, 5.0, 6.0]
        )
        expected = math.sin(2.0) + (3.0 if loss.data > 2.5 else 0.0)
        assert_same([value, *gradient], [expected, math.cos(2.0)])


def test_a_batch_without_rows_is_refused() -> None:
    w, x = Value(1.0, "w"), Value(2.0, "x")
    program = compiled(w * x, [w], inputs={"x": x}, batch=("x",))
    with pytest.raises(ValueError, match="row"):
        program([1.0], x=np.zeros(0))
    with pytest.raises(ValueError, match="x"):
        program([1.0], x=1.0)


def test_deep_graphs_need_no_deep_recursion() -> None:
    w, x = Value(0.7), Value(0.3)
    z = w
    for _ in range(2000):
        z = (z * x).sin() + w
    value, gradient, _ = eager(z, [w])
    got, got_gradient = compiled(z, [w], inputs={"x": x})([0.7], x=0.3)
    assert_same([got, *got_gradient], [value, *gradient])


# ---- the text ------------------------------------------------------------------------------------


def source(name: str) -> str:
    loss, params, inputs = recorded(name, seed=1)
    return compiled(loss, params, inputs=inputs).source


def code(text: str) -> list[str]:
    return [
        line
        for line in text.splitlines()
        if line.strip() and not line.strip().startswith("#")
    ]


def test_the_source_of_moons_is_three_matrix_products_and_no_gather() -> None:
    for name in ("moons", "moons, single operations"):
        text = source(name)
        forwards = text.split("# backwards")[0].replace(
            "theta @ theta", ""
        )  # the penalty
        assert forwards.count("@") == 3
        assert (
            text.count("@") - forwards.count("@") <= 11
        )  # three for the weights, two between layers, sums
        assert "take" not in text
        assert "[[" not in text
        compile(text, "source", "exec")


def test_the_source_does_not_grow_with_the_samples() -> None:
    assert (
        len(code(source("moons")))
        == len(code(source("moons, 100 points")))
        == len(code(source("moons, single operations")))
    )


LINES = {  # of code
    "Gaussian mixture": 27,
    "LSTM": 59,
    "RNN": 37,
    "RNN, single operations": 35,
    "attention": 32,
    "attention, causal": 33,
    "batch norm": 33,
    "convolution, max pooling": 45,
    "densely connected": 77,
    "digits": 26,
    "ensemble of equal shapes": 24,
    "kernel regression": 19,
    "layer norm": 34,
    "polynomial": 16,
    "residual": 65,
    "siamese": 32,
    "tied autoencoder": 18,
}


@pytest.mark.parametrize("name", LINES)
def test_the_source_of_regular_models_is_short_and_adds_nothing_by_position(
    name: str,
) -> None:
    text = source(name)
    assert "segment_sum" not in text
    assert len(code(text)) <= LINES[name]
