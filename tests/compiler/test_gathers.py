"""Whole numbers as inputs: `table[token]` in a compiled program is that of the tokens it is given."""

import itertools
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import micrograd_kr as mk
from micrograd_kr import Value
from micrograd_kr.compiler import compile as compiled
from micrograd_kr.compiler import compile_outputs

Loss = Callable[..., Value]


def table(rows: int, columns: int, seed: int = 0) -> list[list[Value]]:
    rng = random.Random(seed)
    return [
        [Value(rng.uniform(-1, 1), f"table{i}.{j}") for j in range(columns)]
        for i in range(rows)
    ]


def flat(*tables: Any) -> list[Value]:
    found = []
    for each in tables:
        found += flat(*each) if isinstance(each, list) else [each]
    return found


def eager(loss: Loss, params: list[Value], given: dict[str, Any]) -> Any:
    """The truth: recorded with these tokens, and gone backwards."""
    value = loss(**given)
    for p in params:
        p.grad = 0.0
    value.backward()
    return value.data, [p.grad for p in params]


def check(
    loss: Loss, params: list[Value], bounds: dict[str, tuple[int, Any]], **how: Any
) -> Any:
    """A program for one document gives the numbers of others; ``bounds``: (tokens, shape)."""
    rng = np.random.default_rng(1)

    def drawn(*rows: int) -> dict[str, Any]:
        return {k: rng.integers(n, size=(*rows, *s)) for k, (n, s) in bounds.items()}

    example = {k: x.tolist() for k, x in drawn().items()}
    for name, (most, _) in bounds.items():  # an example must have other tokens than 0
        example[name] = np.maximum(example[name], most > 1).tolist()
    program = compiled(loss, params, example, **how)
    theta = program.theta()
    for _ in range(3):
        given = {k: x.tolist() for k, x in drawn().items()}
        value, gradient = program(theta, **given)
        truth = eager(loss, params, given)
        assert value == pytest.approx(truth[0], abs=1e-12)
        assert np.asarray(gradient) == pytest.approx(truth[1], abs=1e-12)

    batched = compiled(loss, params, example, batch=tuple(bounds), **how)
    given = drawn(5)
    value, gradient = batched(theta, **given)
    rows = [{k: x[i].tolist() for k, x in given.items()} for i in range(5)]
    truths = [eager(loss, params, row) for row in rows]
    assert value == pytest.approx(np.mean([t[0] for t in truths]), abs=1e-12)
    mean = np.mean([t[1] for t in truths], axis=0)
    assert np.asarray(gradient) == pytest.approx(mean, abs=1e-12)
    return program


def test_rows_of_a_table_with_repeated_tokens() -> None:
    rows, w = table(5, 3), [Value(0.5), Value(-2.0), Value(1.5)]

    def loss(tokens: list[int]) -> Value:
        return mk.sum([mk.dot(rows[t], w).tanh() for t in tokens])

    program = check(loss, flat(rows, w), {"tokens": (5, (7,))})
    assert "[tokens]" in program.source
    value, gradient = program(program.theta(), tokens=[4] * 7)
    assert value == pytest.approx(7 * mk.dot(rows[4], w).tanh().data)
    assert not gradient[:12].any()  # of the rows that are not read


def test_a_bigram_model_is_read_at_two_tokens() -> None:
    """Each row has the logits of what comes next; the target is one of them."""
    rows = table(6, 6)

    def loss(tokens: list[int]) -> Value:
        pairs = list(itertools.pairwise(tokens))
        losses = [mk.logsumexp(rows[a]) - rows[a][b] for a, b in pairs]
        return mk.sum(losses) / len(losses)

    check(loss, flat(rows), {"tokens": (6, (5,))})


def test_a_target_chooses_among_logits_and_tables_may_be_tied() -> None:
    """The rows that tokens are spelled with score them, too."""
    rows = table(6, 4)

    def loss(x: list[int], y: int) -> Value:
        mean = [mk.sum([rows[t][k] for t in x]).tanh() for k in range(4)]
        logits = [mk.dot(row, mean) for row in rows]
        return mk.logsumexp(logits) - logits[y]

    check(loss, flat(rows), {"x": (6, (3,)), "y": (6, ())})


def test_tables_need_not_lie_alone_nor_be_read_whole() -> None:
    """Weights and biases side by side, a part of each row, constants in between."""
    rows, biases = table(4, 5), [Value(0.1 * i) for i in range(4)]
    params = [v for row, b in zip(rows, biases, strict=True) for v in (*row, b)]

    def loss(tokens: list[list[int]]) -> Value:
        terms = [
            mk.dot(rows[a][1:3], rows[b][3:5]) * biases[b].exp().clip(biases[a], 1.2)
            for a, b in tokens
        ]
        return mk.sum(terms)

    check(loss, params, {"tokens": (4, (3, 2))})


@pytest.mark.parametrize("shape", [(), (1,)])
def test_a_single_token(shape: tuple[int, ...]) -> None:
    rows, numbers = table(3, 2), [Value(2.0), Value(3.0), Value(5.0)]

    def loss(token: Any) -> Value:
        t = token if shape == () else token[0]
        return rows[t][0] * rows[t][1] + numbers[t] ** 2

    check(loss, flat(rows, numbers), {"token": (3, shape)})


@pytest.mark.parametrize("length", [1, 3, 12])
def test_tables_of_two_rows(length: int) -> None:
    """Where a token is often the same by chance, it is another one in some recording."""
    rows, w = table(2, 2), [Value(0.5), Value(-2.0)]
    places = [Value(0.1 * k - 0.3) for k in range(length)]
    params = flat(rows, w, places)

    def loss(tokens: list[int]) -> Value:
        pairs = zip(tokens, places, strict=True)
        return mk.sum([(mk.dot(rows[t], w) * place).tanh() for t, place in pairs])

    program = compiled(loss, params, {"tokens": [1] * length})
    for number in range(min(2**length, 16)):
        tokens = [number * 2654435761 >> k & 1 for k in range(length)]
        value, gradient = program(program.theta(), tokens=tokens)
        truth = eager(loss, params, {"tokens": tokens})
        assert value == pytest.approx(truth[0], abs=1e-12)
        assert gradient == pytest.approx(truth[1], abs=1e-12)


def test_tokens_stand_beside_numbers() -> None:
    rows, x = table(4, 2), [Value(0.3), Value(-0.7)]

    def loss(tokens: list[int], x: list[Value]) -> Value:
        return mk.sum([mk.dot(rows[t], x).sigmoid() for t in tokens])

    program = compiled(loss, flat(rows), {"tokens": [1, 3, 0], "x": x})
    moved = [Value(1.1), Value(0.4)]
    value, gradient = program(program.theta(), tokens=[3, 3, 2], x=[1.1, 0.4])
    truth = eager(loss, flat(rows), {"tokens": [3, 3, 2], "x": moved})
    assert (value, *gradient) == pytest.approx((truth[0], *truth[1]), abs=1e-12)


def test_a_function_without_whole_numbers_is_recorded_once() -> None:
    w, x = Value(3.0), Value(2.0)
    program = compiled(lambda x: (w * x) ** 2, w, {"x": x})
    assert program([1.0], x=5.0)[0] == 25.0


def test_jax_gathers_too() -> None:
    jnp = pytest.importorskip("jax.numpy")
    rows = table(6, 4)

    def loss(tokens: list[int]) -> Value:
        logits = [mk.dot(row, rows[tokens[0]]) for row in rows]
        return mk.logsumexp(logits) - logits[tokens[1]]

    check(loss, flat(rows), {"tokens": (6, (2,))}, xp=jnp)


# ---- what is refused -------------------------------------------------------------------


def test_tokens_that_are_no_rows_are_refused() -> None:
    rows = table(3, 2)

    def loss(tokens: list[int]) -> Value:
        return mk.sum([rows[t][0] * rows[t][1] for t in tokens])

    program = compiled(loss, flat(rows), {"tokens": [1, 0]})
    theta = program.theta()
    for wrong in ([0, 3], [-1, 0]):
        with pytest.raises(ValueError, match="tokens"):
            program(theta, tokens=wrong)
    with pytest.raises(TypeError, match="tokens"):
        program(theta, tokens=[0.0, 1.0])
    with pytest.raises(ValueError, match="tokens"):
        program(theta, tokens=[0, 1, 2])


@pytest.mark.parametrize(
    "loss",
    [
        lambda tokens: P[0] * tokens[0],  # the number itself
        lambda tokens: P[0] if tokens[0] else P[1] * P[2],  # a branch
        lambda tokens: mk.sum(P[: 1 + tokens[0]]),  # as many as it says
        lambda tokens: P[tokens[0] ** 2 % 3] * P[1],  # not in steps
        lambda tokens: P[0] * Value(float(tokens[0])),
    ],
)
def test_what_is_no_choice_of_a_parameter_is_refused(loss: Loss) -> None:
    with pytest.raises(ValueError, match="token"):
        compiled(loss, P, {"tokens": [2, 1]})


P = [Value(1.0), Value(2.0), Value(3.0)]


def test_whole_numbers_need_a_function_and_the_function_a_loss() -> None:
    with pytest.raises(TypeError, match="function"):
        compiled(P[1] * P[2], P, {"tokens": [1, 2]})
    with pytest.raises(TypeError, match="Value"):
        compiled(lambda tokens: 1.0, P, {"tokens": [1, 2]})


def test_the_losses_are_the_recorder_s_own_graph_afterwards() -> None:
    """Compiling leaves no trace in the Values of the model."""
    rows = table(3, 2)
    loss = compiled(lambda t: rows[t][0] * rows[t][1], flat(rows), {"t": 1})
    assert [v.grad for v in flat(rows)] == [0.0] * 6
    assert loss.inputs["t"].tolist() == 1


def test_outputs_that_are_recorded_take_no_whole_numbers() -> None:
    with pytest.raises(TypeError, match="function"):
        compile_outputs(P[0] * 2, P, {"tokens": [1, 2]})
