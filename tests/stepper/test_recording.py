"""The sentences of a recording: filled with its own numbers they are the REPL's text."""

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from walks import diamond, graphs

from micrograd_kr import Value
from micrograd_kr.stepper import Stepper
from micrograd_kr.text import LANGUAGES, format_number

some = settings(deadline=None, max_examples=60)


def fill(recorded: dict[str, Any], sentence: list[Any]) -> str:
    """What a page does with a sentence, from the docstring of ``recording.py``."""
    lines = [line for step in recorded["backward"] for line in step["lines"]]
    of = {node["id"]: node for node in recorded["nodes"]}
    of |= {line["edge"]: line for line in lines}
    told = ""
    for piece in sentence:
        if isinstance(piece, str):
            told += piece
            continue
        quantity, place, *signed = piece
        number = of[place][quantity]
        text = format_number(number)
        told += f"({text})" if signed and number < 0 else text
    return told


def holding(recorded: dict[str, Any], edge: dict[str, Any]) -> str:
    """The rule of the first case whose conditions hold."""
    signs = {"<": "<", "=": "==", ">": ">", "≤": "<=", "≥": ">=", "≠": "!="}

    def side(x: Any) -> float:
        return recorded["nodes"][x[1]][x[0]] if isinstance(x, list) else x

    for case in edge["cases"]:
        conditions = [
            eval(f"{side(left)!r} {signs[sign]} {side(right)!r}")
            for left, sign, right in case["when"]
        ]
        if all(conditions):
            return str(case["rule"])
    raise AssertionError("no case holds")


@some
@given(graphs(), st.sampled_from(LANGUAGES))
def test_sentences_filled_with_the_numbers_of_the_walk_are_its_text(
    y: Value, lang: str
) -> None:
    recorded = Stepper(y, lang=lang).recording()
    edges = {edge["id"]: edge for edge in recorded["edges"]}
    for step in recorded["forward"]:
        parts = [fill(recorded, part) for part in step["parts"]]
        assert " = ".join(dict.fromkeys(parts)) == step["text"][lang]
    for step in recorded["backward"]:
        told = step["told"][lang]
        assert fill(recorded, told["why"]) == step["why"][lang]
        pieces = [told["head"]]
        for line in step["lines"][:8]:
            pieces.append(fill(recorded, line["chain"]))
            pieces.append(edges[line["edge"]]["rule"])
            pieces.append(fill(recorded, line["note"][lang]))
        together = re.sub(r"\s+", " ", step["text"][lang])
        assert together.startswith(re.sub(r"\s+", " ", " ".join(pieces)))


@some
@given(graphs())
def test_the_first_case_that_holds_is_the_rule(y: Value) -> None:
    recorded = Stepper(y, lang="en").recording()
    for edge in recorded["edges"]:
        assert holding(recorded, edge) == edge["rule"]


def test_the_cases_of_relu_are_both_there() -> None:
    e = Value(4.0, "e")
    y = e.relu()
    y.label = "y"
    (edge,) = Stepper(y).recording()["edges"]
    assert edge["cases"] == [
        {"rule": "∂y/∂e = 1 (e > 0)", "when": [[["data", 0], ">", 0.0]]},
        {"rule": "∂y/∂e = 0 (e ≤ 0)", "when": [[["data", 0], "≤", 0.0]]},
    ]


def test_two_conditions_on_one_pair_are_told_as_one() -> None:
    a, b = Value(1.0, "a"), Value(1.0, "b")
    y = a.maximum(b)
    y.label = "y"
    edge = Stepper(y).recording()["edges"][0]
    assert edge["rule"] == "∂y/∂a = 0.5 (a = b)"
    assert edge["cases"][2]["rule"] == "∂y/∂a = 0 (a < b)"


def test_a_label_is_never_taken_for_a_slot() -> None:
    y = Value(2.0, "{sum}") * Value(3.0, '["data", 0]')
    y.label = "{node:은/는}"
    recorded = Stepper(y).recording()
    told = recorded["backward"][0]["told"]["ko"]["why"]
    assert told[0].startswith("{node:은/는}")


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
