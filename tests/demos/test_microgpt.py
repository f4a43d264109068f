"""The GPT in scalars: its letters, its attention, and its program for every length."""

import importlib.util
import math
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from micrograd_kr import Value, compile, fit
from micrograd_kr.compiler import Programs
from micrograd_kr.nn import Adam

pytest.importorskip("matplotlib")

DEMOS = Path(__file__).parents[2] / "demos"


def demo() -> Any:
    spec = importlib.util.spec_from_file_location("microgpt", DEMOS / "microgpt.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GPT = demo()
NAMES = GPT.read_names()
LETTERS = GPT.Letters(NAMES)


def test_the_names_are_those_of_cities_counties_and_districts() -> None:
    assert len(NAMES) == len(set(NAMES)) == 207
    assert {name[-1] for name in NAMES} == {"시", "군", "구"}
    assert all(unicodedata.is_normalized("NFC", name) for name in NAMES)
    assert {"종로구", "해운대구", "남양주시", "울릉군", "서귀포시", "세종시"} <= {
        *NAMES
    }


@pytest.mark.parametrize("name", NAMES[::20])
def test_names_are_spelled_and_put_together_again(name: str) -> None:
    tokens = LETTERS.tokens(name)
    assert tokens[0] == tokens[-1] == LETTERS.end
    assert len(tokens) - 2 == len(unicodedata.normalize("NFD", name))
    assert LETTERS.name(tokens[1:-1]) == name


def model(width: int = 8, heads: int = 2) -> Any:
    return GPT.GPT(LETTERS.end + 1, 11, width=width, heads=heads)


def test_it_is_the_transformer_of_numpy() -> None:
    """Written again with matrices and a triangular mask."""
    network, tokens = model(), LETTERS.tokens("부산진구")[:-1]
    E, P, Q, K, V, M, U, D, O = (  # noqa: E741
        np.array([[v.data for v in row] for row in matrix])
        for matrix in (
            network.meaning, network.place, network.query, network.key,
            network.value, network.mix, network.up, network.down, network.out,
        )
    )  # fmt: skip

    def norm(x: Any) -> Any:
        return x / np.sqrt((x * x).mean(1, keepdims=True) + 1e-5)

    n = len(tokens)
    x = E[tokens] + P[:n]
    h = norm(x)
    q, k, v = ((h @ W.T).reshape(n, 2, 4).swapaxes(0, 1) for W in (Q, K, V))
    scores = np.where(np.tri(n) > 0, q @ k.swapaxes(1, 2) / 2, -math.inf)
    weights = np.exp(scores) / np.exp(scores).sum(2, keepdims=True)
    x = x + (weights @ v).swapaxes(0, 1).reshape(n, 8) @ M.T
    x = x + np.maximum(norm(x) @ U.T, 0) @ D.T
    expected = norm(x) @ O.T
    found = [[z.data for z in row] for row in network(tokens)]
    assert np.array(found) == pytest.approx(expected, abs=1e-12)


def test_the_program_is_the_transformer() -> None:
    """One product for queries, keys and values, a triangular mask, rows of tables."""
    network, tokens = GPT.GPT(LETTERS.end + 1, 11), LETTERS.tokens("종로구")

    def loss_of(tokens: list[int]) -> Value:
        surprise: Value = GPT.surprise(network(tokens[:-1]), tokens[1:])
        return surprise

    params = network.parameters()
    program = compile(loss_of, params, {"tokens": tokens})
    function = program.source[program.source.index("def program") :]
    assert len(function.splitlines()) <= 70
    shown = (DEMOS / "microgpt_program.txt").read_text("utf-8")
    assert program.source == shown, "write the program into that file again"
    assert "tri(8, dtype=bool)" in program.source
    assert "segment_sum" not in function
    assert "meaning[" in function
    assert "swapaxes" in function  # of keys or queries of all heads at once
    batched = compile(loss_of, params, {"tokens": tokens}, batch="tokens")
    theta = program.theta()
    others = [LETTERS.tokens("종로구"), LETTERS.tokens("종로구")[::-1]]
    for rows in (others, others[:1]):
        each = [program(theta, tokens=row) for row in rows]
        value, gradient = batched(theta, tokens=rows)
        assert value == pytest.approx(np.mean([v for v, _ in each]), abs=1e-12)
        assert gradient == pytest.approx(np.mean([g for _, g in each], axis=0))


@pytest.mark.parametrize("length", [5, 16, 21])
def test_the_text_does_not_grow_with_the_tokens(length: int) -> None:
    network = GPT.GPT(LETTERS.end + 1, length)

    def loss_of(tokens: list[int]) -> Value:
        surprise: Value = GPT.surprise(network(tokens[:-1]), tokens[1:])
        return surprise

    tokens = [token % LETTERS.end for token in range(length + 1)]
    source = compile(loss_of, network.parameters(), {"tokens": tokens}).source
    assert "segment_sum" not in source[source.index("def program") :]
    assert len(source[source.index("def program") :].splitlines()) <= 70


def test_the_programs_are_the_graph_for_names_of_every_length() -> None:
    network = model()
    by_length = {len(name): name for name in map(LETTERS.tokens, NAMES)}
    documents = [*by_length.values(), LETTERS.tokens(NAMES[0])]
    X, y = [d[:-1] for d in documents], [d[1:] for d in documents]

    def record(X: list[int], y: list[int]) -> Value:
        surprise: Value = GPT.surprise(network(X), y)
        return surprise

    programs = Programs(record, network.parameters(), {"X": X, "y": y})
    value, gradient = programs(programs.theta(), X=X, y=y)
    loss = GPT.mean_surprise([network(x) for x in X], y)
    loss.backward()
    assert len(programs.kept) == len(by_length) > 5
    assert value == pytest.approx(loss.data, abs=1e-12)
    grads = [p.grad for p in network.parameters()]
    assert gradient == pytest.approx(grads, abs=1e-12)


def test_fit_chooses_the_programs_itself_and_learns_the_same() -> None:
    documents = [LETTERS.tokens(name) for name in ("중구", "서구", "동구", "부산진구")]
    X, y = [d[:-1] for d in documents], [d[1:] for d in documents]
    losses = []
    for compiled in (False, True):
        network = model(width=4)
        history = fit(
            network, X, y, loss=GPT.mean_surprise,
            optimizer=Adam(network.parameters(), lr=0.01),
            epochs=3, batch_size=3, progress=False, compiled=compiled,
        )  # fmt: skip
        losses.append(history.loss)
    assert losses[0] == pytest.approx(losses[1], abs=1e-12)


def test_what_it_invents_are_syllables() -> None:
    assert GPT.is_name("강양군")
    assert not any(map(GPT.is_name, ("", "군", "강양", "강ᄀ군", "abc")))
