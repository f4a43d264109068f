"""The quiz: the same seed the same quiz, right is never called wrong, wrong is told which."""

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micrograd_kr import Stepper, Value, grad
from micrograd_kr.cli import main
from micrograd_kr.practice import quiz
from micrograd_kr.practice.exercises import LEVELS, Exercise, exercise
from micrograd_kr.practice.quiz import exercises
from micrograd_kr.stepper.messages import say
from micrograd_kr.stepper.mistakes import is_right, slips
from micrograd_kr.stepper.walk import Edge, Walk
from micrograd_kr.text import LANGUAGES

levels = st.integers(1, len(LEVELS))
seeds = st.integers(0, 10_000)
ks = st.integers(0, 2)


def walked(loss: Value) -> list[Edge]:
    walk = Walk(loss)
    walk.go(len(walk.nodes))
    return [edge for step in walk.done.values() for edge in step]


def answered(seed: int, level: int | None, lang: str, answers: Sequence[str]) -> None:
    left = iter([*answers, "q"])
    quiz(seed, level, lang, lambda question: print(question) or next(left))  # type: ignore[func-returns-value]


# ---- what is asked ----------------------------------------------------------------------


def shown(one: Exercise) -> tuple[Any, ...]:
    return tuple((v.label, v.data) for v in one.loss.topological_order())


@given(levels, seeds, ks)
def test_the_same_seed_is_the_same_exercise(level: int, seed: int, k: int) -> None:
    one = exercise(level, seed, k)
    assert shown(one) == shown(exercise(level, seed, k))
    assert all(v.label for v in one.asked)
    assert set(one.asked) <= set(one.loss.topological_order())


def test_other_seeds_are_other_quizzes() -> None:
    assert len({shown(exercise(2, seed, 0)) for seed in range(30)}) > 20


@given(seeds)
def test_levels_are_what_they_say(seed: int) -> None:
    """Shared from 2 on, a dead and a live relu, a probability in each grad of 5."""
    for k in range(3):
        edges = walked(exercise(1, seed, k).loss)
        assert all(edge.nth == 1 for edge in edges)
        edges = walked(exercise(2, seed, k).loss)
        assert any(edge.nth > 1 for edge in edges)
    slopes = []
    for k in range(2):
        found = walked(exercise(3, seed, k).loss)
        slopes.append(next(e.partial for e in found if e.node.op.name == "relu"))
    assert slopes == [0.0, 1.0]
    softmax = exercise(5, seed, 0)
    total = sum(g.data for g in grad(softmax.loss, softmax.asked))
    assert total == pytest.approx(0, abs=1e-12)


# ---- what is said of an answer ----------------------------------------------------------


@given(levels, seeds, ks)
def test_right_answers_are_right_and_scored(level: int, seed: int, k: int) -> None:
    one = exercise(level, seed, k)
    slopes = grad(one.loss, one.asked)
    judged: Any = {}
    answers = iter([f"{slope.data:.4g}" for slope in slopes])
    going_on = Stepper(one.loss, lang="en").ask_grads(
        one.asked, lambda question: next(answers), judged
    )
    assert going_on
    assert list(judged.values()) == [["right"]] * len(one.asked)
    assert all(v.grad == 0 for v in one.loss.topological_order())


def by_hand(edges: Sequence[Edge], leaf: Value, at: int, instead: float) -> float:
    """The grad of a leaf when one contribution of the backward pass is another number."""
    grads = {edges[0].node: 1.0}
    for i, edge in enumerate(edges):
        contribution = grads[edge.node] * edge.partial if i != at else instead
        grads[edge.parent] = grads.get(edge.parent, 0.0) + contribution
    return grads[leaf]


@given(levels, seeds, ks)
def test_every_single_mistake_is_among_those_told(
    level: int, seed: int, k: int
) -> None:
    """Made here in a backward pass by hand, on each edge in turn."""
    one = exercise(level, seed, k)
    edges = walked(one.loss)
    for leaf in one.asked:
        right = by_hand(edges, leaf, -1, 0.0)
        assert slips(edges, leaf, right) == []
        for at, edge in enumerate(edges):
            made = {
                "no_upstream": edge.partial,
                "wrong_sign": -edge.contribution,
                "data_for_grad": edge.node.data * edge.partial,
                "not_added": edge.contribution - edge.before,
                "added_twice": 2 * edge.contribution,
            }
            for kind, instead in made.items():
                wrong = by_hand(edges, leaf, at, instead)
                if not is_right(wrong, right):
                    assert kind in [slip.kind for slip in slips(edges, leaf, wrong)]


def test_a_dead_relu_taken_for_a_live_one_and_a_way_left_out() -> None:
    a, b = Value(6.0, "a"), Value(-5.0, "b")
    d = a * b
    e = d.relu()
    L = e * 3.0 + a
    for v, label in ((d, "d"), (e, "e"), (L, "L")):
        v.label = label
    edges = walked(L)
    assert [s.kind for s in slips(edges, a, 1 + 3 * -5.0)] == ["other_case"]
    assert slips(edges, a, 1 + 3 * -5.0)[0].edge.node is e
    x = Value(3.0, "x")
    edges = walked(x * 4.0 + x * 5.0)
    told = {n: [s.kind for s in slips(edges, x, n)] for n in (4.0, 5.0)}
    assert told == {4.0: ["not_added"], 5.0: ["path"]}


def test_what_cannot_have_happened_is_not_told() -> None:
    """No way is left out where there is one way only; x ** 2 has no other case."""
    a = Value(3.0, "a")
    assert slips(walked((a * 2.0) ** 2), a, 0.0) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_kind_is_said(lang: str) -> None:
    words = dict.fromkeys(("node", "parent", "symbol", "rule", "leaf"), "d")
    for key in ("other_case", "path", "slip_at", "other_total"):
        said = say(key, lang, **words)
        assert any("가" <= c <= "힣" for c in said) == (lang == "ko")


def test_a_quiz_at_the_keyboard(capsys: Any) -> None:
    """Wrong, told which; right; shown; and the score, with the steps in between."""
    level = 1
    one = exercises(3, level)[0][1]
    right = [g.data for g in grad(one.loss, one.asked)]
    answered(3, level, "en", [f"{-right[0]}", f"{right[0]}", "", "two", f"{right[2]}"])
    said = capsys.readouterr().out
    assert "given: a = " in said
    assert "the size is right, but the sign is the other one" in said
    assert f"it is {right[1]:g}." in said
    assert "type a number or a product" in said
    assert "[1/2] L = " in said  # worked out, since not all was right at once
    assert "1 of 3 right at once.\n" in said
    assert "wrong sign: 1\n" in said
    assert "answer shown: 1\n" in said


def test_the_seed_is_no_question() -> None:
    L = Value(3.0, "x") * 2.0
    L.label = "L"
    with pytest.raises(ValueError, match="its grad is the seed 1"):
        Stepper(L, lang="en").ask_grads(["L"])


def test_a_level_there_is_none_of(capsys: Any) -> None:
    assert main(["quiz", "--level", "9"]) == 2
    assert main(["quiz", "--level", "0"]) == 2
    assert "--level is 1 to 5" in capsys.readouterr().err


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_command_asks_what_the_seed_says_and_ends_with_its_input(lang: str) -> None:
    said = []
    words = ["quiz", "--seed", "3", "--level", "2"]
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-m", "micrograd_kr", *words, "--lang", lang],
            input="\n\n0\n",
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        said.append(done.stdout)
    assert said[0] == said[1]
    assert "1/3" in said[0]
    assert "2/3" in said[0]
    last = {"ko": "3문제 가운데 0문제를 한 번에", "en": "0 of 3 right at once."}[lang]
    assert last in said[0]
