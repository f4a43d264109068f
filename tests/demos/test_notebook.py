"""The guided tour runs from the top, shows its pictures, and ends in a network that has learned."""

import copy
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
TOUR = ROOT / "demos" / "tour.ipynb"
HANGUL, LATIN = re.compile("[가-힣]"), re.compile("[A-Za-z]{2}")


@pytest.fixture(scope="module")
def read():
    return nbformat.read(TOUR, as_version=4)


@pytest.fixture(scope="module")
def executed(tmp_path_factory, read):
    """The tour as it is after a run in an empty folder, and what a last cell of our own says of its results."""
    notebook = copy.deepcopy(read)
    measure = """
import json
print(json.dumps({
    "apple": 사과.grad,
    "twice": a.grad,
    "scores": [model(x).data for x in X_test],
    "targets": y_test,
    "seen": [x for x in X_test if x in X_train],
    "loaded": [불러온_모델(x).data for x in X_test],
}))
"""
    notebook.cells.append(nbformat.v4.new_code_cell(measure))
    folder = tmp_path_factory.mktemp("tour")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        NotebookClient(
            notebook, timeout=120, resources={"metadata": {"path": str(folder)}}
        ).execute()
    return notebook.cells[:-1], json.loads(notebook.cells[-1].outputs[0].text), folder


def test_it_is_stored_without_outputs(read):
    nbformat.validate(read)
    code = [cell for cell in read.cells if cell.cell_type == "code"]
    assert code
    assert all(not cell.outputs and cell.execution_count is None for cell in code)


def test_it_is_told_in_korean_and_in_english(read):
    texts = [cell.source for cell in read.cells if cell.cell_type == "markdown"]
    for text in texts:
        assert HANGUL.search(text), text
        assert LATIN.search(text), text
    headings = [
        line for text in texts for line in text.splitlines() if line.startswith("#")
    ]
    for korean, english in zip(headings[::2], headings[1::2], strict=True):
        assert HANGUL.search(korean)
        assert not HANGUL.search(english)


def test_every_cell_runs_in_turn_without_a_word_on_stderr(executed):
    cells, _, _ = executed
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    outputs = [output for cell in code for output in cell.outputs]
    assert not [
        output
        for output in outputs
        if output.output_type == "error" or output.get("name") == "stderr"
    ]
    assert all(cell.outputs for cell in code)  # each has something to show


def pictures(cells):
    found = []
    for cell in cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            found += [data["image/svg+xml"]] if "image/svg+xml" in data else []
            found += re.findall("<svg.*?</svg>", data.get("text/html", ""), re.DOTALL)
    return found


def test_its_pictures_are_whole(executed):
    cells, _, folder = executed
    found = pictures(cells)
    for svg in found:
        root = ElementTree.fromstring(svg[svg.index("<svg") :])
        assert root.tag.endswith("svg")
        assert len(list(root.iter())) > 20
    drawn = [
        cell
        for cell in cells
        if re.search(r"^(draw|show)\(|\.(next|back|run)\(", cell.source, re.MULTILINE)
    ]
    assert len(found) == len(drawn) > 8
    assert sorted(path.name for path in folder.iterdir()) == ["out"]


def test_its_numbers_are_right(executed):
    _, measured, _ = executed
    assert measured["apple"] == pytest.approx(0.0)  # the step back took it away again
    assert measured["twice"] == 2 * 3.0 + 1


def test_it_ends_in_a_network_that_has_learned(executed):
    _, measured, _ = executed
    right = [
        (score > 0) == (target == 1)
        for score, target in zip(measured["scores"], measured["targets"], strict=True)
    ]
    assert len(right) == 50
    assert sum(right) / len(right) >= 0.95
    assert measured["seen"] == []  # on points it was not trained on
    assert measured["loaded"] == measured["scores"]
