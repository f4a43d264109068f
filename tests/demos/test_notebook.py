"""The guided tour: stored with its outputs as its source gives it, runs from the top, checks answers, ends in a network that has learned."""

import importlib.util
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest

from micrograd_kr.text import LANGUAGES, speak

ROOT = Path(__file__).parents[2]
HANGUL = re.compile("[가-힣]")
SPEC = importlib.util.spec_from_file_location("tour", ROOT / "scripts" / "tour.py")
tour = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(tour)

both = pytest.mark.parametrize("lang", LANGUAGES)

# Answers, right and wrong, in the places where the reader writes them.
RIGHT = ["2.2", ("3", "7.0"), "1", "17"]
WRONG = ["2", ("2", "6"), "0", "12"]
MEASURE = """
import json
print(json.dumps({
    "twice": a.grad,
    "scores": [model(x).data for x in X_test],
    "targets": y_test,
    "seen": [x for x in X_test if x in X_train],
    "loaded": [LOADED(x).data for x in X_test],
}))
"""


def stored(lang):
    return nbformat.read(tour.NOTEBOOKS[lang], as_version=4)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def printed(cell):
    return "".join(output.get("text", "") for output in cell.outputs)


def answered(notebook, answers):
    """Write the answers where there is None."""
    waiting = [cell for cell in code(notebook) if "= None" in cell.source]
    for cell, answer in zip(waiting, answers, strict=True):
        for number in answer if isinstance(answer, tuple) else (answer,):
            cell.source = cell.source.replace("None", number, 1)


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The tour after a run in an empty folder, answered right in Korean and wrong in English."""
    found = {}
    for lang, answers in (("ko", RIGHT), ("en", WRONG)):
        notebook = tour.notebook(lang)
        answered(notebook, answers)
        loaded = "불러온_모델" if lang == "ko" else "loaded"
        measure = nbformat.v4.new_code_cell(MEASURE.replace("LOADED", loaded))
        notebook.cells.append(measure)
        folder = tmp_path_factory.mktemp(f"tour_{lang}")
        tour.executed(notebook, folder)
        found[lang] = notebook, json.loads(printed(notebook.cells.pop())), folder
    return found


@both
def test_what_is_stored_is_what_the_source_gives(lang):
    notebook = stored(lang)
    nbformat.validate(notebook)
    given = tour.notebook(lang)
    assert [(c.cell_type, c.source) for c in notebook.cells] == [
        (c.cell_type, c.source) for c in given.cells
    ]
    assert "{{" not in "".join(c.source for c in notebook.cells)


@both
def test_it_is_stored_with_its_outputs_and_what_is_printed_is_printed_again(
    lang, executed
):
    cells = code(stored(lang))
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert all(cell.outputs for cell in cells if "= None" not in cell.source)
    for cell, again in zip(cells, code(executed[lang][0]), strict=True):
        assert not [
            o
            for o in cell.outputs
            if o.output_type == "error" or o.get("name") == "stderr"
        ]
        if "check(" not in cell.source:  # which waits for an answer
            assert printed(cell) == printed(again)


@both
def test_it_speaks_one_language(lang):
    for cell in stored(lang).cells:
        assert lang == "ko" or not HANGUL.search(cell.source)
        assert lang == "en" or cell.cell_type == "code" or HANGUL.search(cell.source)
        if lang == "en" and cell.cell_type == "code":
            assert not HANGUL.search(printed(cell))


def test_both_languages_have_the_same_cells():
    kinds = [
        [cell.cell_type for cell in tour.notebook(lang).cells] for lang in LANGUAGES
    ]
    assert kinds[0] == kinds[1]


def test_answers_are_checked(executed):
    """Right ones are right, a wrong one has a hint, and without one the reader is asked for it."""
    checks = {
        lang: [c for c in code(executed[lang][0]) if "check(" in c.source][1:]
        for lang in LANGUAGES
    }
    assert len(checks["ko"]) == len(checks["en"]) == 4
    assert [printed(c).splitlines() for c in checks["ko"]] == [["맞습니다!"]] + [
        ["맞습니다!"] * 2
    ] + [["맞습니다!"]] * 2
    for cell in checks["en"]:
        assert all(
            line.startswith("Think again: ") for line in printed(cell).splitlines()
        )
    waiting = [printed(c) for c in code(stored("en")) if "check(" in c.source][1:]
    assert all("Write a number" in text for text in waiting)


@pytest.mark.parametrize("answer", ["2,2", None, [3]])
def test_what_is_no_number_is_asked_for_again(answer, capsys):
    names = {}
    exec(code(stored("en"))[0].source.replace("%pip", "pass  # %pip"), names)
    try:
        names["check"](answer, 2.2, "count the ways")
    finally:
        speak(None)
    assert "Write a number" in capsys.readouterr().out


@both
def test_its_pictures_are_whole_and_its_pages_are_in_frames(lang):
    svgs, frames, pngs = [], [], []
    for cell in code(stored(lang)):
        for output in cell.outputs:
            data = output.get("data", {})
            svgs += [data["image/svg+xml"]] if "image/svg+xml" in data else []
            pngs += [data["image/png"]] if "image/png" in data else []
            frames += re.findall(
                "<iframe sandbox=.allow-scripts.", data.get("text/html", "")
            )
    for svg in svgs:
        root = ElementTree.fromstring(svg[svg.index("<svg") :])
        assert len(list(root.iter())) > 20
    assert len(svgs) >= 5
    assert len(pngs) == 2
    assert len(frames) == 2


@pytest.mark.parametrize(
    ("typed", "source"),
    [
        (f"https://{place}/someone/micrograd_kr{rest}", "git+https://github.com/someone/micrograd_kr")
        for place in ("github.com", "colab.research.google.com/github")
        for rest in ("", "/", "/blob/main/demos/tour.ipynb#scrollTo=cell-1")
    ] + [("micrograd_kr-main.zip", Path("micrograd_kr-main.zip").resolve().as_uri())],
)  # fmt: skip
def test_in_colab_it_installs_from_what_the_reader_has(typed, source, monkeypatch):
    """From the address in the browser's bar, or from a file that was uploaded."""
    start = code(stored("en"))[0].source.partition("from micrograd_kr")[0]
    magic = re.search("%pip install -q (.*)", start)  # IPython fills in its {source}
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    installed = []
    names = {"input": lambda asked: typed, "installed": installed}
    exec(start.replace(magic[0], f"installed.append(f{magic[1]})"), names)
    assert installed == [f"micrograd_kr[demos] @ {source}"]


@both
def test_it_ends_in_a_network_that_has_learned(lang, executed):
    _, measured, folder = executed[lang]
    assert measured["twice"] == 2 * 3.0 + 1
    right = [
        (s > 0) == (t == 1)
        for s, t in zip(measured["scores"], measured["targets"], strict=True)
    ]
    assert len(right) == 50
    assert sum(right) / len(right) >= 0.95
    assert measured["seen"] == []  # on points it was not trained on
    assert measured["loaded"] == measured["scores"]
    assert sorted(path.name for path in folder.iterdir()) == ["out"]
