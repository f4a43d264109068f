"""Recurrences found again: a loop over time, in arrays or in floats, whose text does not grow."""

import itertools
import random
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from compile_models import eager, flat, matvec, numbers_of
from test_compile_models import assert_same

import micrograd_kr as mk
from micrograd_kr.compiler import compile as compiled
from micrograd_kr.compiler import compile_outputs
from micrograd_kr.engine import FUNCTIONS, OPS, Op, Value

Recorded = tuple[Value, list[Value], dict[str, Any]]
Model = Callable[["Leaves", int], Recorded]


class Leaves:
    """Parameters and inputs; the same numbers for the same seeds."""

    def __init__(self, seed: int, of_inputs: int = 0) -> None:
        self.parameters, self.others = random.Random(seed), random.Random(of_inputs)

    def values(self, label: str, *shape: int) -> Any:
        return self.nested(self.parameters, label, shape)

    def inputs(self, label: str, *shape: int) -> Any:
        return self.nested(self.others, label, shape)

    def nested(self, rng: random.Random, label: str, shape: tuple[int, ...]) -> Any:
        if not shape:
            return Value(rng.uniform(-0.4, 0.6), label)
        return [self.nested(rng, f"{label}{i}", shape[1:]) for i in range(shape[0])]


# ---- on floats: a few scalars a turn ---------------------------------------------------


def tanh_steps(new: Leaves, turns: int) -> Recorded:
    w, b, h = new.values("p", 3)
    v = h
    for _ in range(turns):
        v = v.tanh() * w + b
    return v, [w, b, h], {}


def a_unit_over_inputs(new: Leaves, turns: int) -> Recorded:
    w, u = new.values("p", 2)
    x, y = new.inputs("x", turns), new.inputs("y")
    h: Any = 0.0
    loss: Any = 0.0
    for t in range(turns):
        h = (w * h + u * x[t]).tanh()
        loss = loss + (h - y) ** 2
    return loss / turns, [w, u], {"x": x, "y": y}


def lotka_volterra(new: Leaves, turns: int) -> Recorded:
    p = new.values("p", 4)
    a: Any = 1.0
    b: Any = 0.5
    for _ in range(turns):
        a, b = (
            a + (p[0] * a - p[1] * a * b) * 0.01,
            b + (p[2] * a * b - p[3] * b) * 0.01,
        )
    return a * b, p, {}


def logistic_map(new: Leaves, turns: int) -> Recorded:
    r = new.values("r")
    y: Any = 0.3
    for _ in range(turns):
        y = (r + 2.0) * y * (1 - y)
    return y, [r], {}


def momentum_of_one(new: Leaves, turns: int) -> Recorded:
    p = new.values("p", 3)
    w: Any = p[0]
    v: Any = 0.0
    for _ in range(turns):
        v = 0.9 * v - 0.01 * (2 * (w - p[1]) * p[2])
        w = w + v
    return (w - 1.0) ** 2, p, {}


def weights_of_their_own(new: Leaves, turns: int) -> Recorded:
    p, x = new.values("p", turns), new.inputs("x", turns)
    h = p[-1]
    for t in range(turns):
        h = (h * p[t]).sin() + x[t]
    return h, p, {"x": x}


def other_numbers_each_turn(new: Leaves, turns: int) -> Recorded:
    p = new.values("p", 3)
    h = p[0]
    for t in range(turns):
        h = (h * p[1] + 0.01 * (t + 2)).cos()
    return h * p[2], p, {}


def more_constants_than_nodes(new: Leaves, turns: int) -> Recorded:
    w, start = new.values("p", 2)
    h, x = start, Value(1.5)
    for _ in range(turns):
        x = x / (x * x + 0.5).sqrt()
        h = (mk.dot([w], [x]) + h).tanh()
    return h, [w, start], {}


def runge_kutta(new: Leaves, turns: int) -> Recorded:
    p = new.values("p", 3)

    def slope(y: Any) -> Any:
        return p[0] * y - y * y

    y = p[2] * p[2] + p[1] * p[1]
    for _ in range(turns):
        a = slope(y)
        b = slope(y + 0.05 * a)
        c = slope(y + 0.05 * b)
        d = slope(y + 0.1 * c)
        y = y + (a + 2 * b + 2 * c + d) * (0.1 / 6)
    return y, p, {}


def lists_in_a_turn(new: Leaves, turns: int) -> Recorded:
    p, x = new.values("p", 4), new.inputs("x", turns)
    h: list[Any] = [0.1, 0.2]
    for t in range(turns):
        h = [mk.linear(p[:2], h, x[t]).tanh(), mk.dot(p[2:4], h).sin()]
    return mk.logsumexp(h), p, {"x": x}


def every_state_is_read(new: Leaves, turns: int) -> Recorded:
    p = new.values("p", 3)
    h = p[0]
    states = []
    for _ in range(turns):
        h = (h * p[1]).sin() + p[2]
        states.append(h)
    return mk.sum([s * s for s in states]), p, {}


def one_leaves_another(new: Leaves, turns: int) -> Recorded:
    p, q, start = new.values("p", 3)
    h = [start]
    for _ in range(turns + 2):
        h.append((h[-1] * p).sin())
    other = h[2]
    for t in range(turns):
        other = (other * (q if t % 2 else Value(0.3 * (t + 1)))).sin()
    return h[-1] + other * q, [p, q, start], {}


def branches(new: Leaves, turns: int) -> Recorded:
    p, x = new.values("p", 2), new.inputs("x", turns)
    h = p[0]
    for t in range(turns):
        h = mk.maximum((h + x[t]).relu() * p[1], abs(h) * 0.5) ** 2 + x[t].sigmoid()
        h = h.leaky_relu()
    return h, p, {"x": x}


def a_guarded_power(new: Leaves, turns: int) -> Recorded:
    p = new.values("p", 2)
    h: Any = p[0] * p[0] + 0.5
    for _ in range(turns):
        h = h ** (p[1] * p[1]) + 0.1
    return h, p, {}


# ---- on arrays: vectors and matrices a turn --------------------------------------------


def rnn(new: Leaves, turns: int) -> Recorded:
    W, U, b = new.values("W", 5, 5), new.values("U", 5, 2), new.values("b", 5)
    X, Y = new.inputs("x", turns, 2), new.inputs("y", turns)
    h: list[Any] = [0.0] * 5
    loss: Any = 0.0
    for x, y in zip(X, Y, strict=True):
        z = zip(matvec(W, h), matvec(U, x), b, strict=True)
        h = [(p + q + r).tanh() for p, q, r in z]
        loss = loss + (mk.sum(h) - y) ** 2
    return loss, flat([W, U, b]), {"X": X, "Y": Y}


def rnn_in_single_operations(new: Leaves, turns: int) -> Recorded:
    W, U, X = new.values("W", 4, 4), new.values("U", 4, 2), new.inputs("x", turns, 2)
    h: list[Any] = [Value(0.0) for _ in range(4)]
    for x in X:
        z: list[Any] = []
        for i in range(4):
            total: Any = 0.0
            for w, a in zip(W[i] + U[i], h + x, strict=True):
                total = total + w * a
            z.append(total)
        h = [v.tanh() for v in z]
    return mk.sum([a * a for a in h]), flat([W, U]), {"X": X}


def lstm(new: Leaves, turns: int) -> Recorded:
    gates = [(new.values(f"W{g}", 3, 5), new.values(f"b{g}", 3)) for g in "ifog"]
    X = new.inputs("x", turns, 2)
    h: list[Any] = [0.0] * 3
    c: list[Any] = [0.0] * 3
    for x in X:
        z = [
            [mk.linear(w, [*x, *h], v) for w, v in zip(W, b, strict=True)]
            for W, b in gates
        ]
        i, f, o = [[v.sigmoid() for v in gate] for gate in z[:3]]
        c = [f[k] * c[k] + i[k] * z[3][k].tanh() for k in range(3)]
        h = [o[k] * c[k].tanh() for k in range(3)]
    return mk.sum([a * a for a in h]), flat([list(g) for g in gates]), {"X": X}


def two_layers(new: Leaves, turns: int) -> Recorded:
    W, V, Z = (new.values(label, 4, 4) for label in "WVZ")
    X = new.inputs("x", turns)
    h: list[Any] = [0.1] * 4
    k: list[Any] = [0.2] * 4
    for x in X:
        h = [(v + x).tanh() for v in matvec(W, h)]
        z = [v.sigmoid() for v in matvec(Z, h)]
        new_k = [v.tanh() for v in matvec(V, h)]
        k = [z[i] * k[i] + (1 - z[i]) * new_k[i] for i in range(4)]
    return mk.sum([a * a for a in k]), flat([W, V, Z]), {"X": X}


def runge_kutta_of_a_system(new: Leaves, turns: int) -> Recorded:
    A, start = new.values("A", 3, 3), new.values("start", 3)

    def slope(y: list[Any]) -> list[Any]:
        return matvec(A, [v.sin() for v in y])

    def moved(y: list[Any], by: list[Any], step: float) -> list[Any]:
        return [u + step * v for u, v in zip(y, by, strict=True)]

    y = start
    for _ in range(turns):
        a = slope(y)
        b = slope(moved(y, a, 0.05))
        c = slope(moved(y, b, 0.05))
        d = slope(moved(y, c, 0.1))
        y = [y[i] + (a[i] + 2 * b[i] + 2 * c[i] + d[i]) * (0.1 / 6) for i in range(3)]
    return mk.sum([v * v for v in y]), flat([A, start]), {}


def momentum(new: Leaves, turns: int) -> Recorded:
    A, w, goal = new.values("A", 4, 4), new.values("w", 4), new.inputs("g", 4)
    params = flat([A, w])
    v: list[Any] = [0.0] * 4
    for _ in range(turns):
        slope = [p - q for p, q in zip(matvec(A, w), goal, strict=True)]
        v = [0.9 * p - 0.05 * q for p, q in zip(v, slope, strict=True)]
        w = [p + q for p, q in zip(w, v, strict=True)]
    return mk.sum([p * p for p in w]), params, {"goal": goal}


def power_iteration(new: Leaves, turns: int) -> Recorded:
    A = new.values("A", 4, 4)
    v: list[Any] = [1.0] * 4
    for _ in range(turns):
        u = matvec(A, v)
        norm = mk.dot(u, u) ** 0.5
        v = [p / norm for p in u]
    return mk.dot(v, matvec(A, v)), flat(A), {}


def two_turns_back(new: Leaves, turns: int) -> Recorded:
    A, B = new.values("A", 4, 4), new.values("B", 4, 4)
    p, q = new.values("p", 4), new.values("q", 4)
    params, X = flat([A, B, p, q]), new.inputs("x", turns)
    for x in X:
        z = zip(matvec(A, q), matvec(B, p), strict=True)
        p, q = q, [(a + b + x).tanh() for a, b in z]
    return mk.sum([a * a for a in q]), params, {"X": X}


def equal_layers(new: Leaves, turns: int) -> Recorded:
    W, b = new.values("W", turns, 4, 4), new.values("b", turns, 4)
    X = new.inputs("x", 3, 4)
    outputs = []
    for h in X:
        for matrix, bias in zip(W, b, strict=True):
            z = [p + q for p, q in zip(matvec(matrix, h), bias, strict=True)]
            h = [v.tanh() + u for v, u in zip(z, h, strict=True)]
        outputs.append(mk.sum(h))
    return mk.dot(outputs, outputs), flat([W, b]), {"X": X}


def several_sequences(new: Leaves, turns: int) -> Recorded:
    W, U = new.values("W", 4, 4), new.values("U", 4, 2)
    X = new.inputs("x", 3, turns, 2)
    loss: Any = 0.0
    for sequence in X:
        h: list[Any] = [0.0] * 4
        for x in sequence:
            z = zip(matvec(W, h), matvec(U, x), strict=True)
            h = [(p + q).tanh() for p, q in z]
        loss = loss + mk.dot(h, h)
    return loss, flat([W, U]), {"X": X}


def heat(new: Leaves, turns: int) -> Recorded:
    k, u = new.values("k"), new.inputs("u", 12)
    inputs = {"u": u}
    for _ in range(turns):
        wall = [0.0, *u, 0.0]
        u = [
            wall[i] + k * 0.2 * (wall[i - 1] - 2 * wall[i] + wall[i + 1])
            for i in range(1, 13)
        ]
    return mk.sum([a * a for a in u]), [k], inputs


def matrix_powers(new: Leaves, turns: int) -> Recorded:
    A = new.values("A", 3, 3)
    M = A
    for _ in range(turns):
        M = [matvec([list(c) for c in zip(*A, strict=True)], row) for row in M]
    return mk.sum(flat(M)), flat(A), {}


def one_loop_after_another(new: Leaves, turns: int) -> Recorded:
    W, V, X = new.values("W", 4, 4), new.values("V", 4, 4), new.inputs("x", turns)
    h: list[Any] = [0.0] * 4
    for x in X:
        h = [(v + x).tanh() for v in matvec(W, h)]
    said = []
    for _ in range(turns):
        h = [v.sin() for v in matvec(V, h)]
        said.append(mk.sum(h))
    return mk.dot(said, said), flat([W, V]), {"X": X}


ON_FLOATS: list[Model] = [
    tanh_steps, a_unit_over_inputs, lotka_volterra, logistic_map, momentum_of_one, weights_of_their_own,
    other_numbers_each_turn, more_constants_than_nodes, runge_kutta, lists_in_a_turn, every_state_is_read, branches,
    one_leaves_another,
]  # fmt: skip
ON_ARRAYS: list[Model] = [
    a_guarded_power, rnn, rnn_in_single_operations, lstm, two_layers, runge_kutta_of_a_system, momentum, power_iteration,
    two_turns_back, equal_layers, several_sequences, heat, matrix_powers, one_loop_after_another,
]  # fmt: skip


def arrays(inputs: dict[str, Any]) -> dict[str, Any]:
    return {name: np.array(numbers_of(x)) for name, x in inputs.items()}


@pytest.mark.parametrize("model", ON_FLOATS + ON_ARRAYS, ids=lambda m: m.__name__)
def test_a_recurrence_is_a_loop_and_exact(model: Model) -> None:
    loss, params, inputs = model(Leaves(1), 30)
    program = compiled(loss, params, inputs=inputs)
    assert "for t in range(" in program.source
    assert ("tolist()" in program.source) == (model in ON_FLOATS)
    for seed in (1, 2):
        loss, params, inputs = model(Leaves(seed, seed), 30)
        value, gradient, _ = eager(loss, params)
        theta = np.array([p.data for p in params])
        got = program(theta, **arrays(inputs))
        assert_same(got[0], value)
        assert_same(got[1], gradient)


ROWS = [op for op in OPS.values() if not op.variadic]


@pytest.mark.parametrize("width", [1, 4])
@pytest.mark.parametrize("op", ROWS, ids=lambda op: op.name)
def test_every_row_in_a_loop(op: Op, width: int) -> None:
    """On floats, and on vectors."""

    def record(seed: int) -> tuple[Value, list[Value]]:
        p = Leaves(seed).values("p", 3, width)
        h = p[0]
        for _ in range(12):
            h = [x.sigmoid() * 0.5 + 0.25 for x in h]
            operands = [h, p[1], p[2]][: len(op.names)]
            h = [
                FUNCTIONS[op.name](*some) * 0.5 for some in zip(*operands, strict=True)
            ]
        return mk.sum(h), flat(p)

    loss, params = record(1)
    program = compiled(loss, params)
    assert "for t in range(" in program.source
    for seed in (1, 2):
        loss, params = record(seed)
        value, gradient, _ = eager(loss, params)
        got = program(np.array([p.data for p in params]))
        assert_same(got[0], value, 1e-11)
        assert_same(got[1], gradient, 1e-11)


def test_a_recurrence_may_begin_with_constants() -> None:
    """All the turns are in the loop, the first one too."""
    for model in (lotka_volterra, rnn, a_unit_over_inputs):
        loss, params, inputs = model(Leaves(1), 20)
        assert "for t in range(20):" in compiled(loss, params, inputs=inputs).source


def without_numbers(source: str) -> str:
    """The text with T for the numbers that count turns."""
    return re.sub(r"\d{3,}", "T", re.sub(r"#.*", "", source))


LINES = {lotka_volterra: 40, tanh_steps: 32, rnn: 36, lstm: 60}


@pytest.mark.parametrize("model", LINES, ids=lambda m: m.__name__)
def test_the_text_is_short_and_does_not_grow_with_the_turns(model: Model) -> None:
    texts = []
    for turns in (120, 550 if model is lotka_volterra else 150):
        loss, params, inputs = model(Leaves(1), turns)
        texts.append(compiled(loss, params, inputs=inputs).source)
    assert without_numbers(texts[0]) == without_numbers(texts[1])
    assert len(texts[0].splitlines()) <= LINES[model]


def one_sequence(new: Leaves, turns: int) -> Recorded:
    """Of which a batch has many."""
    W, U, v = new.values("W", 4, 4), new.values("U", 4, 2), new.values("v", 4)
    x, y = new.inputs("x", turns, 2), new.inputs("y")
    h: list[Any] = [0.0] * 4
    for row in x:
        z = zip(matvec(W, h), matvec(U, row), strict=True)
        h = [(p + q).tanh() for p, q in z]
    return (mk.dot(v, h) - y) ** 2, flat([W, U, v]), {"x": x, "y": y}


BATCHED: list[Model] = [one_sequence, a_unit_over_inputs, lstm, weights_of_their_own]


@pytest.mark.parametrize("model", BATCHED, ids=lambda m: m.__name__)
def test_a_batch_goes_through_one_loop(model: Model) -> None:
    loss, params, inputs = model(Leaves(1), 12)
    program = compiled(loss, params, inputs=inputs, batch=tuple(inputs))
    assert "for t in range(" in program.source
    rows, truths = [], []
    for seed in range(3):
        loss, params, inputs = model(Leaves(1, seed), 12)
        rows.append(arrays(inputs))
        truths.append(eager(loss, params))
    stacked = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    got = program(np.array([p.data for p in params]), **stacked)
    assert_same(got[0], np.mean([truth[0] for truth in truths]))
    assert_same(got[1], np.mean([truth[1] for truth in truths], axis=0))


def test_what_a_model_says_is_a_loop_too() -> None:
    loss, params, inputs = one_sequence(Leaves(1), 20)
    forward = compile_outputs(loss, params, inputs=inputs)
    assert "for t in range(" in str(forward)
    assert_same(forward(), [loss.data])


def test_a_network_that_reads_tokens_is_a_gather_and_a_loop() -> None:
    new = Leaves(1)
    E, W, V = new.values("E", 6, 4), new.values("W", 4, 4), new.values("V", 6, 4)
    params = flat([E, W, V])

    def loss(x: list[int]) -> Value:
        h: list[Any] = [0.0] * 4
        surprise: Any = 0.0
        for token, following in itertools.pairwise(x):
            h = [(p + q).tanh() for p, q in zip(matvec(W, h), E[token], strict=True)]
            scores = matvec(V, h)
            surprise = surprise + mk.logsumexp(scores) - scores[following]
        return surprise / (len(x) - 1)

    texts = np.random.default_rng(0).integers(6, size=(4, 15))
    program = compiled(loss, params, inputs={"x": texts[0].tolist()}, batch="x")
    assert "for t in range(14):" in program.source
    assert len(program.source.splitlines()) < 50
    truths = [eager(loss(x), params) for x in texts[1:].tolist()]
    got = program(program.theta(), x=texts[1:])
    assert_same(got[0], np.mean([truth[0] for truth in truths]))
    assert_same(got[1], np.mean([truth[1] for truth in truths], axis=0))


JAX: list[Model] = [
    tanh_steps,
    lotka_volterra,
    rnn,
    lstm,
    two_turns_back,
    momentum,
    other_numbers_each_turn,
    power_iteration,
]


@pytest.mark.parametrize("model", JAX, ids=lambda m: m.__name__)
def test_a_loop_under_jax(model: Model) -> None:
    jax = pytest.importorskip("jax")
    loss, params, inputs = model(Leaves(1), 20)
    program = compiled(loss, params, inputs=inputs, xp=jax.numpy)
    assert "fori_loop(" in program.source
    loss, params, inputs = model(Leaves(2, 3), 20)
    value, gradient, _ = eager(loss, params)
    theta = np.array([p.data for p in params])
    got = program(theta, **arrays(inputs))
    assert_same(float(got[0]), value)
    assert_same(np.array(got[1]), gradient)


def test_a_batch_in_a_loop_under_jax() -> None:
    jax = pytest.importorskip("jax")
    loss, params, inputs = one_sequence(Leaves(1), 12)
    ours = compiled(loss, params, inputs=inputs, batch=("x", "y"))
    program = compiled(loss, params, inputs, batch=("x", "y"), xp=jax.numpy)
    rng = np.random.default_rng(0)
    given = {"x": rng.normal(size=(5, 12, 2)), "y": rng.normal(size=5)}
    theta = ours.theta()
    expected, got = ours(theta, **given), program(theta, **given)
    assert_same(float(got[0]), expected[0])
    assert_same(np.array(got[1]), expected[1])
