"""A picture as Mermaid: every label as it is, the same boxes and arrows, and Mermaid itself."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from micrograd_kr import MLP, Value, draw
from micrograd_kr.picture import Drawing, arrows
from micrograd_kr.picture.label import cut, visible
from micrograd_kr.picture.mermaid import literal

ROOT = Path(__file__).parents[2]
TINY = ROOT / "tests/pyodide/node_modules/@mermaid-js/tiny/dist/mermaid.tiny.js"
NODE = re.compile(r' +(n\d+)\("(.*)"\):::(\w+)')
ARROW = re.compile(r' +(n\d+) -->(?:\|"(.*)"\|)? (n\d+)')
NASTY = [
    '"]; click n0 "javascript:alert(1)"',
    "<script>alert(1)</script><b>x</b> &amp; &lt;",
    "end",
    "$$$x$$$ $y$ $$z$$",
    "1. a list",
    "- another",
    "**bold** _x_ `code` ~~no~~ $$x$$",
    "#quot; #35; #",
    "a|b --> c",
    "%%{init: {}}%%",
    "손실 L\\n",
    "w_1.grad",
    "-2.5e-07",
]


def read(text: str) -> str:
    """What a browser shows of a label: another reading of the rules than ours."""
    return html.unescape(re.sub(r"#(\d+);", r"&#\1;", text)).replace("\u200b", "")


def boxes(text: str) -> dict[str, list[str]]:
    found = filter(None, map(NODE.fullmatch, text.splitlines()))
    return {m[1]: [read(line) for line in m[2].split("<br>")] for m in found}


@given(st.text() | st.sampled_from(NASTY))
def test_any_text_is_shown_as_it_is(text: str) -> None:
    written = literal(text)
    assert read(written) == visible(text).replace("\u200b", "")
    assert not set('"<>`*_|[]{}\\&\n') & set(written)


@given(st.lists(st.text(min_size=1) | st.sampled_from(NASTY), min_size=1, max_size=4))
def test_labels_change_nothing_but_the_labels(labels: list[str]) -> None:
    """As many lines as with plain names, and each label is in its box."""
    values = [Value(float(i), label) for i, label in enumerate(labels)]
    total = values[0] * 2.0
    for v in values[1:]:
        total = total + v
    drawing = draw(total, partials=True)
    text = drawing.mermaid()
    found = boxes(text)
    assert len(found) == len(total.topological_order())
    assert len([line for line in text.splitlines() if ARROW.fullmatch(line)]) == len(
        arrows(total)
    )
    for v, label in zip(values, labels, strict=True):
        lines = found[f"n{total.topological_order().index(v)}"]
        if label.strip():
            shown = [
                visible(line).replace("\u200b", "") for line in cut(label).split("\n")
            ]
            if labels.count(label) == 1:
                assert lines[: len(shown)] == shown
        assert lines[-2:] == [f"data {v.data:.4g}", "grad –"]


def test_the_apples(tmp_path: Path) -> None:
    apple, count = Value(100, "apple"), Value(2, "count")
    price = apple * count
    price.label = "price"
    price.backward()
    drawing = draw(price, partials=True, notes={apple: "dear"})
    assert drawing.mermaid().splitlines()[:6] == [
        "flowchart LR",
        '    n0("apple<br>data 100<br>grad 2<br>dear"):::input',
        '    n1("count<br>data 2<br>grad 100"):::input',
        '    n2("price = apple #42; count<br>data 200<br>grad 1"):::result',
        '    n0 -->|"∂price/∂apple = 2"| n2',
        '    n1 -->|"∂price/∂count = 100"| n2',
    ]
    path = drawing.save(tmp_path / "apples.mmd")
    assert path.read_text("utf-8") == drawing.mermaid()


def test_a_folded_network_has_frames_and_weights() -> None:
    model = MLP(2, [3, 1], seed=1)
    text = model.draw(fold=True).mermaid()
    assert text.count("subgraph") == text.count("    end\n") == 2
    widths = re.findall(r"linkStyle (\d+) stroke:(#\w+),stroke-width:([\d.]+)px", text)
    assert [int(i) for i, *_ in widths] == list(range(9))
    positive, negative = "#2f74b5", "#e07b1a"
    weights = [a.weight for a in arrows(model([1.0, 1.0]), fold=True)]
    assert [c for _, c, _ in widths] == [
        positive if w >= 0 else negative for w in weights
    ]


def test_what_is_no_picture_of_draw_is_refused() -> None:
    x = Value(1.0, "x") * 2
    with pytest.raises(ValueError, match="only what draw"):
        Drawing("digraph { a -> b }").mermaid()
    with pytest.raises(ValueError, match=r"save a frame.*as \.svg"):
        draw(x).frame({"n0": {"grad": 7}}).mermaid()


# ---- Mermaid itself ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def page(browser: Any) -> Iterator[Any]:
    """A tab with Mermaid in it, as strict as GitHub's."""
    if not TINY.exists():
        pytest.skip("needs: npm install --prefix tests/pyodide")
    opened = browser.new_page()
    opened.set_content("<body></body>")
    opened.add_script_tag(content=TINY.read_text("utf-8"))
    opened.evaluate("mermaid.initialize({startOnLoad: false, securityLevel: 'strict'})")
    yield opened
    opened.close()


SHOW = """async (text) => {
  const { svg } = await mermaid.render("drawn", text);
  document.body.innerHTML = svg;
  const labels = [...document.querySelectorAll(".node .nodeLabel")];
  return labels.map((label) => [...label.querySelectorAll("p, span")].pop()?.innerText ?? label.innerText);
}"""


def shown_by_mermaid(page: Any, drawing: Drawing) -> list[str]:
    shown = page.evaluate(SHOW, drawing.mermaid())
    return [" ".join(text.replace("\u200b", "").split()) for text in shown]


plain = st.text(st.characters(codec="ascii", min_codepoint=32), min_size=1, max_size=30)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(plain, min_size=25, max_size=25))
def test_mermaid_shows_every_label(page: Any, labels: list[str]) -> None:
    values = [Value(float(i), label) for i, label in enumerate([*labels, *NASTY])]
    total = values[0]
    for v in values[1:]:
        total = total + v
    drawing = draw(total)
    shown = shown_by_mermaid(page, drawing)
    wanted = [
        " ".join(" ".join(lines).split()) for lines in boxes(drawing.mermaid()).values()
    ]
    assert sorted(shown) == sorted(wanted)


def test_mermaid_draws_a_network(page: Any) -> None:
    shown = shown_by_mermaid(page, MLP(2, [3, 1], seed=1).draw(fold=True))
    assert "neuron0 = ReLU(w·x+b) data 2.738 grad –" in shown
    assert page.evaluate("document.querySelectorAll('.cluster').length") == 2
    assert page.evaluate("document.querySelectorAll('path.flowchart-link').length") == 9
