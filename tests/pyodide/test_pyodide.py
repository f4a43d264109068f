"""The package runs in Pyodide, where no program can be started: JavaScript lays out."""

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import graphviz
import pytest
from packaging.requirements import Requirement

from micrograd_kr import MLP, Stepper, Value, draw
from micrograd_kr.picture import layout_with

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SECONDS = 300  # of a busy machine; Pyodide itself starts in five


@pytest.fixture(scope="module")
def made() -> Any:
    """What draw.mjs makes; skipped without node or the packages."""
    node = shutil.which("node")
    if node is None or not (HERE / "node_modules" / "pyodide").is_dir():
        pytest.skip("needs node, and: npm install --prefix tests/pyodide")
    done = subprocess.run(
        [node, str(HERE / "draw.mjs"), str(ROOT), str(Path(graphviz.__file__).parent)],
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def texts(svg: str) -> list[str]:
    return sorted(re.findall(r">([^<>\n]+)</text>", svg))


def apples() -> Value:
    apple, count, tax = Value(100, "apple"), Value(2, "count"), Value(1.1, "tax")
    price = apple * count
    total = price * tax
    price.label, total.label = "price", "total"
    total.backward()
    return total


def test_the_readme_s_graph_is_drawn(made: Any) -> None:
    assert made["platform"] == "emscripten 3"
    assert texts(made["svg"]) == texts(draw(apples(), partials=True).svg())


def test_a_network_stands_on_its_grid(made: Any) -> None:
    """Its places are pinned by us: both programs put every box where we say."""
    here = draw(MLP(2, [3, 1], seed=1)([1.0, 2.0]), fold=True).svg()
    assert texts(made["grid"]) == texts(here)
    boxes = r'<g id="(n\d+)" class="node">.*?<text[^>]* x="([-\d.]+)" y="([-\d.]+)"'
    places = re.findall(boxes, made["grid"], re.DOTALL)
    others = {name: xy for name, *xy in re.findall(boxes, here, re.DOTALL)}
    assert len(places) > 3
    for name, x, y in places:
        assert float(x) == pytest.approx(float(others[name][0]), abs=6)
        assert float(y) == pytest.approx(float(others[name][1]), abs=6)


def test_the_step_page_is_written(made: Any, tmp_path: Path) -> None:
    """The same recording as here; its picture is that of the other program."""
    here = Stepper(apples(), lang="en").save(tmp_path / "steps.html").read_text("utf-8")
    data = re.compile(
        r"<script type=\"application/json\"[^>]*>(.*?)</script>", re.DOTALL
    )
    assert made["page"].startswith("<!DOCTYPE html>")
    assert len(data.findall(here)) == 3
    assert data.findall(made["page"]) == data.findall(here)
    assert texts(made["page"]) == texts(here)


def test_without_a_layout_the_error_says_what_to_give(made: Any) -> None:
    assert "layout_with" in made["lacking"]


# ---- without node -----------------------------------------------------------------------


def test_the_wheel_asks_for_no_program_that_emscripten_lacks() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = {r.name: r for r in map(Requirement, project["dependencies"])}
    marker = needed["graphviz-pure"].marker
    assert not marker.evaluate({"sys_platform": "emscripten"})
    assert marker.evaluate({"sys_platform": "linux"})
    assert needed["graphviz"].marker is None


class Unhashable:
    """As a function of JavaScript is in Pyodide."""

    __hash__ = None  # type: ignore[assignment]

    def __call__(self, text: str) -> str:
        return f"<svg>{text.count(' -> ')} edges</svg>"


def test_a_layout_from_outside_takes_the_place_of_dot(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", "")
    drawing = draw(apples())
    before = drawing.svg()
    layout_with(Unhashable())
    try:
        assert drawing.svg() == "<svg>4 edges</svg>"
        saved = drawing.save(tmp_path / "graph.svg")
        assert saved.read_text("utf-8") == "<svg>4 edges</svg>"
        layout_with(lambda text: "<svg>another</svg>")
        assert (
            drawing.svg() == "<svg>another</svg>"
        )  # nothing of the one before is kept
    finally:
        layout_with(None)
    assert drawing.svg() == before
