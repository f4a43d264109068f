"""A recording has the graph, its forms and its words; that a page tells the same is in tests/pages."""

import re

from hypothesis import given, settings
from walks import diamond, graphs

from micrograd_kr import Value
from micrograd_kr.stepper import Stepper
from micrograd_kr.text import LANGUAGES

some = settings(deadline=None, max_examples=60)


@some
@given(graphs())
def test_what_is_alike_is_told_once(y: Value) -> None:
    recorded = Stepper(y).recording()
    nodes = [node for node in recorded["nodes"] if "form" in node]
    assert {node["form"] for node in nodes} == set(range(len(recorded["forms"])))
    for i, form in enumerate(recorded["forms"]):
        assert form not in recorded["forms"][:i]


def test_the_cases_of_relu_are_both_there() -> None:
    e = Value(4.0, "e")
    y = e.relu()
    y.label = "y"
    (form,) = Stepper(y).recording()["forms"]
    assert form["partials"][0]["cases"] == [
        {"rule": ["1"], "when": [["x", ">", 0.0]]},
        {"rule": ["0"], "when": [["x", "≤", 0.0]]},
    ]


def test_two_conditions_on_one_pair_are_told_as_one() -> None:
    a, b = Value(1.0, "a"), Value(1.0, "b")
    y = a.maximum(b)
    y.label = "y"
    assert "∂y/∂a = 0.5 (a = b)" in str(Stepper(y).next())
    (form,) = Stepper(y).recording()["forms"]
    case = {"rule": ["0"], "when": [["x", "<", "y"]]}
    assert form["partials"][0]["cases"][2] == case


def test_a_grad_is_a_grad_and_a_partial_a_partial() -> None:
    """No ∂ of the root with respect to anything but its own operands."""
    for lang in LANGUAGES:
        for step in Stepper(diamond(), lang=lang):
            for symbol in re.findall(r"∂(\w+)/∂(\w+)", repr(step)):
                assert symbol[0] == step.node.label
                assert symbol[1] in [p.label for p in step.node.parents]


def test_mistakes_are_recorded_with_sentences_to_be_filled() -> None:
    recorded = Stepper(diamond()).recording()["mistakes"]
    (first,) = [m for m in recorded if m["kind"] == "no_upstream"]
    assert (first["asked"], first["formula"]) == ("contribution", "partial")
    words = {"node": "d", "symbol": "∂d/∂a", "parent": "a"}
    told = [x if isinstance(x, str) else words[x[0]] for x in first["told"]["en"]]
    assert "".join(told).startswith("that is the local derivative ∂d/∂a alone")
    assert "".join(told).endswith("by the upstream gradient d.grad.")
