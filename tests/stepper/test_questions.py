"""Predict before you look: right is never called wrong, and wrong is told which."""

import math
import re
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from walks import diamond, first, grads, graphs, labelled

import micrograd_kr as mk
from micrograd_kr import Value
from micrograd_kr.stepper import Stepper
from micrograd_kr.stepper.messages import say
from micrograd_kr.stepper.mistakes import MISTAKES, is_right, mistakes
from micrograd_kr.stepper.questions import number_typed
from micrograd_kr.text import LANGUAGES, format_number

some = settings(deadline=None)


def edges_of(y: Value, node: str) -> Any:
    s = Stepper(y, lang="en")
    s.goto(node)
    return s._last().edges


@some
@given(graphs())
def test_the_right_answer_is_never_called_wrong(y: Value) -> None:
    """Exactly, as it is shown, and to three digits."""
    for step in Stepper(y, lang="en"):
        for edge in step.edges:
            for asked in ("contribution", "after"):
                right = getattr(edge, asked)
                assume(math.isfinite(right))
                for typed in (
                    right,
                    float(format_number(right)),
                    float(f"{right:.3g}"),
                ):
                    assert is_right(typed, right)
                    assert mistakes(asked, edge, step.edges, typed) == []


@some
@given(graphs())
def test_each_mistake_made_is_told_unless_it_gives_the_right_number(y: Value) -> None:
    """Worked out here by hand, from the edges alone."""
    for step in Stepper(y, lang="en"):
        for edge in step.edges:
            made = {
                "no_upstream": ("contribution", edge.partial),
                "wrong_sign": ("contribution", -edge.adjoint * edge.partial),
                "data_for_grad": ("contribution", edge.node.data * edge.partial),
                "not_added": ("after", edge.adjoint * edge.partial),
                "added_twice": ("after", edge.before + 2 * edge.contribution),
            }
            for kind, (asked, answer) in made.items():
                if math.isfinite(answer) and not is_right(answer, getattr(edge, asked)):
                    assert kind in mistakes(asked, edge, step.edges, answer)


def product() -> Value:
    """L = d * 5 with d = a * b: d.grad is 5, d.data -6, and nothing coincides."""
    a, b = Value(2.0), Value(-3.0)
    d = a * b
    return labelled(a=a, b=b, d=d, L=d * 5.0)


def doubled() -> Value:
    """Y = c * c + 4 c at c = 2: what c gets second is added to what it had."""
    c = Value(2.0)
    e, f = c * c, c * 4.0
    return labelled(c=c, e=e, f=f, y=e + f)


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("no_upstream", -3.0),
        ("wrong_sign", 15.0),
        ("other_operand", 10.0),
        ("data_for_grad", 18.0),
        ("wrong_point", -30.0),
    ],
)
def test_one_mistake_of_each_kind(kind: str, answer: float) -> None:
    edges = edges_of(product(), "d")
    assert edges[0].contribution == -15.0
    assert mistakes("contribution", edges[0], edges, answer) == [kind]


def test_tanh_taken_at_its_input_is_the_wrong_point() -> None:
    x = Value(0.7)
    t = x.tanh()
    y = labelled(x=x, t=t, y=t * 3.0)
    edges = edges_of(y, "t")
    assert mistakes("contribution", edges[0], edges, 3 * (1 - 0.7**2)) == [
        "wrong_point"
    ]


def test_one_mistake_of_each_kind_in_the_sum() -> None:
    """c has 5 and gets 4 more: 9, not 4, 13 or 1."""
    c = Value(5.0)
    e, f = c.exp(), c * 4.0
    c.grad = 5.0
    step = Stepper(labelled(c=c, e=e, f=f, y=e * 0.0 + f), lang="en").goto("f")
    (edge,) = step.edges
    assert (edge.before, edge.after) == (5.0, 9.0)
    for kind, answer in {
        "not_added": 4.0,
        "added_twice": 13.0,
        "subtracted": 1.0,
    }.items():
        assert mistakes("after", edge, step.edges, answer) == [kind]


def test_an_answer_that_fits_two_mistakes_is_told_both() -> None:
    x, y = Value(1.0), Value(-1.0)
    z = x * y
    edges = edges_of(labelled(x=x, y=y, z=z, L=z * 2.0), "z")
    told = mistakes("contribution", edges[0], edges, 2.0)
    assert set(told) >= {"wrong_sign", "other_operand"}
    z.zero_grad()
    s = Stepper(labelled(L=z * 2.0), lang="en")
    s.next()
    said = io(s, ["2", "", ""])
    assert " Or: " in said


def test_an_answer_that_fits_none_is_told_no_mistake() -> None:
    edges = edges_of(product(), "d")
    assert mistakes("contribution", edges[0], edges, 1234.5) == []


def io(s: Stepper, answers: list[str]) -> str:
    """What the learner reads who types these."""
    import contextlib
    import io as streams

    left = iter(answers)
    said = streams.StringIO()

    def read(prompt: str) -> str:
        said.write(prompt + "\n")
        return next(left)

    with contextlib.redirect_stdout(said):
        s.ask(read)
    assert list(left) == []
    return said.getvalue()


def test_the_answer_is_hidden_until_it_is_typed() -> None:
    y = first()
    before = grads(y)
    s = Stepper(y, lang="en")

    def read(prompt: str) -> str:
        assert grads(y) == before
        assert s.at == 0
        return ""

    s.ask(read)
    assert s.at == 1
    assert grads(y) != before


def test_a_walk_is_asked_to_its_end_and_scored_by_kind() -> None:
    s = Stepper(product(), lang="en")
    said = io(s, ["x", "5"])
    assert "type a number" in said
    assert "right." in said
    said = io(s, ["-3", "5 * -3", "-10", "10"])
    assert "not been multiplied by the upstream gradient d.grad" in said
    assert "the sign is the other one" in said
    assert "1 of 3 right at once." in said
    assert "forgot the upstream gradient: 1" in said
    assert "wrong sign: 1" in said
    assert repr(s.ask()).startswith("[2/2] 1 of 3")


def test_what_is_there_already_is_asked_for_too() -> None:
    s = Stepper(doubled(), lang="en")
    s.next()
    s.next()
    said = io(s, [""] * said_questions(s))
    assert "What does it become?" in said


def said_questions(s: Stepper) -> int:
    return len(s._questions())


def test_q_and_the_end_of_input_stop_without_a_step() -> None:
    s = Stepper(first(), lang="en")
    s.ask(lambda prompt: "q")
    assert s.at == 0

    def closed(prompt: str) -> str:
        raise EOFError

    s.ask(closed)
    assert s.at == 0


def test_a_forward_walk_does_not_ask() -> None:
    with pytest.raises(ValueError, match="backward"):
        Stepper(first(), "forward", "en").ask()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_kind_has_its_sentence_and_its_name(lang: str) -> None:
    words = dict.fromkeys(
        ("node", "parent", "symbol", "rule", "adjoint", "before"), "d"
    )
    for mistake in MISTAKES:
        for key in (mistake.kind, f"kind_{mistake.kind}"):
            told = say(key, lang, **words)
            assert bool(re.search("[가-힣]", told)) == (lang == "ko")


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_products_are_read(a: float, b: float) -> None:
    assert number_typed(f"{a!r} * {b!r}") == a * b
    assert number_typed(f"{a!r}×{b!r}") == a * b
    assert number_typed("") is number_typed("a*b") is None


def test_wide_steps_ask_for_the_first_few() -> None:
    y = mk.sum([Value(float(i), f"x{i}") for i in range(33)])
    assert said_questions(Stepper(y, lang="en")) == 8
    assert len(Stepper(diamond(), lang="ko")._questions()) == 2
