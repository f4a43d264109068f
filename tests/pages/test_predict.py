"""Predict on the page: hidden until typed, and every kind of mistake is told by its name."""

from collections.abc import Callable
from typing import Any

import pytest
from told import ascii_minus

from micrograd_kr import Value
from micrograd_kr.stepper.messages import say
from micrograd_kr.stepper.mistakes import MISTAKES, _results, mistakes
from micrograd_kr.stepper.questions import Question, Quiz
from micrograd_kr.stepper.sentences import Sentences
from micrograd_kr.stepper.walk import Walk
from micrograd_kr.text import LANGUAGES

Open = Callable[..., Any]


def shared() -> Value:
    """d is used twice: its grad is a sum. Every kind of mistake gives another number."""
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    d = a * b
    d.label = "d"
    e = d.tanh() * 5.0
    e.label = "e"
    y = e + d * d
    y.label = "y"
    return y


def line(page: Any, node: str, parent: str) -> dict[str, Any]:
    """Go to the step of the node; the edge to the parent."""
    found = page.evaluate(
        """([node, parent]) => {
          const name = (i) => nodes[i].name;
          const step = backward.find((s) => name(s.node) === node);
          move(backwardAt.get(step.node));
          return step.lines.find((l) => name(l.parent) === parent);
        }""",
        [node, parent],
    )
    return dict(found)


def answer(page: Any, edge: str, x: float | str) -> str:
    field = page.locator(f"[id='answer-{edge}']")
    field.fill(str(x))
    field.press("Enter")
    told = page.locator(f"[id='told-{edge}']")
    return str(told.text_content()) if told.count() else ""


def name_of(kind: str, lang: str) -> str:
    """What the stepper calls the mistake."""
    return str(say(f"kind_{kind}", lang))


def test_nothing_is_given_away_before_it_is_typed(view: Open) -> None:
    page = view(shared())
    page.locator("#predict").click()
    found = line(page, "d", "a")
    shown = page.locator("#rule, .tags").all_text_contents()
    text = "".join(shown)
    assert "= −" not in text.replace("d.grad = −", "")
    assert page.locator(".numbers").count() == 0
    assert "?" in page.locator(f"#n{found['parent']}").text_content()
    assert not page.locator("#written").is_visible()
    assert "Predict" in page.locator("#status").text_content()


def test_a_right_answer_shows_the_step_and_leads_on_by_keyboard(view: Open) -> None:
    page = view(shared())
    page.locator("#predict").focus()
    page.keyboard.press("Enter")
    found = line(page, "d", "a")
    page.locator(".question input").first.focus()
    page.keyboard.type(f"{found['adjoint']:.4g} * {found['partial']:.4g}")
    page.keyboard.press("Enter")
    assert page.locator(".numbers").count() == 1
    assert "right." in page.locator("#status").text_content()
    other = page.evaluate("document.activeElement.id")
    assert other.startswith("answer-")
    b = line(page, "d", "b")
    page.locator(".question input").first.focus()
    page.keyboard.type(f"{b['contribution']:.4g}")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "next"
    assert page.locator("#score-told").text_content() == "2 of 2 right at once."


def found_for(kind: str, lang: str) -> tuple[Quiz, Question, float]:
    """A question of the walk, and a wrong answer that is this mistake and no other."""
    walk = Walk(shared())
    quiz = Quiz(Sentences(walk), lang)
    (mistake,) = [m for m in MISTAKES if m.kind == kind]
    for _ in walk.nodes:
        for question in quiz.questions(walk.do()):
            asked, edge, edges, _ = question
            if asked != mistake.asked:
                continue
            for x in _results(mistake, edge, edges):
                if mistakes(asked, edge, edges, x) == [kind]:
                    return quiz, question, x
    raise AssertionError(f"no edge tells {kind} from the others")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_mistake_is_told_as_the_repl_tells_it(view: Open, lang: str) -> None:
    page = view(shared(), lang=lang)
    for mistake in MISTAKES:
        quiz, question, wrong = found_for(mistake.kind, lang)
        page.locator("#predict").click()
        edge = question.edge
        node = quiz.sentences.names[edge.node]
        page.evaluate(
            "(name) => move(backwardAt.get(nodes.find((n) => n.name === name).id))",
            node,
        )
        place = page.evaluate("stepAt(state.at).node")
        id = f"e{place}_{edge.k}"
        for earlier in quiz.questions(edge.node):
            if earlier == question:
                break
            if earlier.edge.k == edge.k:
                answer(page, id, f"{earlier.right:.6g}")
        field = page.locator(f"label[for='answer-{id}']")
        assert ascii_minus(field.text_content()) == quiz.prompt(question)
        told = answer(page, id, f"{wrong:.6g}")
        assert ascii_minus(told) == quiz.judge(question, wrong)
        assert name_of(mistake.kind, lang) in page.locator("#mistakes").text_content()
        answer(page, id, f"{question.right:.6g}")
        left = page.locator(f"label[for='answer-{id}']").all_text_contents()
        assert quiz.prompt(question) not in map(ascii_minus, left)
        page.locator("#predict").click()


def test_no_number_is_no_mistake(view: Open) -> None:
    page = view(shared())
    page.locator("#predict").click()
    found = line(page, "d", "a")
    assert answer(page, found["id"], "two") == "Type a number."
    assert answer(page, found["id"], "12345") != ""
    assert "something else" in page.locator("#mistakes").text_content()
    page.locator("#predict").click()
    assert not page.locator("#score").is_visible()
    assert page.locator(".question").count() == 0
