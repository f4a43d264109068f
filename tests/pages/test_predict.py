"""Predict on the page: hidden until typed, and every kind of mistake is told by its name."""

from collections.abc import Callable
from typing import Any

import pytest

from micrograd_kr import Value
from micrograd_kr.stepper import Stepper

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


def name_of(kind: str) -> str:
    """What the stepper calls the mistake."""
    for mistake in Stepper(shared()).recording()["mistakes"]:
        if mistake["kind"] == kind:
            return "".join(mistake["name"]["en"])
    raise KeyError(kind)


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


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("no_upstream", lambda line, page: line["partial"]),
        ("wrong_sign", lambda line, page: -line["contribution"]),
        ("other_operand", lambda line, page: line["adjoint"] * 2.0),
        ("data_for_grad", lambda line, page: -6.0 * line["partial"]),
        ("wrong_point", lambda line, page: line["adjoint"] * -6.0),
    ],
)
def test_a_wrong_contribution_is_told_which_mistake_it_is(
    view: Open, kind: str, number: Any
) -> None:
    page = view(shared())
    page.locator("#predict").click()
    found = line(page, "d", "a")
    wrong = number(found, page)
    told = answer(page, found["id"], f"{wrong:.5g}")
    assert name_of(kind) in page.locator("#mistakes").text_content()
    assert told
    assert page.locator(".numbers").count() == 0  # still hidden


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("not_added", lambda line: line["contribution"]),
        ("added_twice", lambda line: line["after"] + line["contribution"]),
        ("subtracted", lambda line: line["before"] - line["contribution"]),
    ],
)
def test_a_wrong_sum_is_told_which_mistake_it_is(
    view: Open, kind: str, number: Any
) -> None:
    page = view(shared())
    page.locator("#predict").click()
    steps = page.evaluate(
        "backward.flatMap((s) => s.lines).filter((l) => l.before).map((l) => l.id)"
    )
    edge = steps[0]
    found = dict(
        page.evaluate("(e) => { const l = lineOf.get(e); move(l.at); return l; }", edge)
    )
    for other in page.evaluate(
        "(at) => stepAt(at).lines.map((l) => ({ ...l }))", found["at"]
    ):
        if other["id"] == edge:
            break
        answer(page, other["id"], other["contribution"])
    answer(page, edge, found["contribution"])
    answer(page, edge, f"{number(found):.6g}")
    assert name_of(kind) in page.locator("#mistakes").text_content()
    answer(page, edge, f"{found['after']:.6g}")
    assert page.locator(f"[id='answer-{edge}']").count() == 0


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
