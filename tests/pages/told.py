"""What the REPL tells of a walk, step by step: what the page must tell as well."""

from typing import Any

from micrograd_kr import Value
from micrograd_kr.stepper import Stepper
from micrograd_kr.text import LANGUAGES


def ascii_minus(text: str) -> str:
    """The page writes a real minus sign where a terminal has a hyphen."""
    return text.replace("−", "-")


def words_of(text: str) -> str:
    """The words without the columns of a terminal."""
    return " ".join(ascii_minus(text).split())


def walked(y: Value) -> dict[str, Any]:
    """Nodes, and the steps forwards and backwards with their texts; no grad changes."""
    s = Stepper(y)
    order = y.topological_order()
    ids = {v: i for i, v in enumerate(order)}
    nodes = [
        {
            "id": ids[v],
            "name": s.sentences.names[v],
            "data": v.data,
            "grad": v.grad,
            "parents": [ids[p] for p in v.parents],
        }
        for v in order
    ]
    forward = [
        {"node": ids[step.node], "text": texts(step)} for step in Stepper(y, "forward")
    ]
    backward = []
    for step in s:
        whys = {lang: s.why(lang).partition("\n")[2] for lang in LANGUAGES}
        lines = [
            {"edge": f"e{ids[e.node]}_{e.k}", "parent": ids[e.parent]}
            | {key: getattr(e, key) for key in NUMBERS}
            for e in step.edges
        ]
        told = {"node": ids[step.node], "adjoint": step.adjoint, "lines": lines}
        backward.append(told | {"text": texts(step), "why": whys})
    s.goto(0)
    return {"nodes": nodes, "forward": forward, "backward": backward}


NUMBERS = ("adjoint", "partial", "contribution", "before", "after")


def texts(step: Any) -> dict[str, str]:
    """The text of a step in every language, with all of its edges."""
    return {
        lang: str(step.text(lang, most=None)).partition("] ")[2] for lang in LANGUAGES
    }
