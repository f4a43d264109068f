"""What the READMEs show is what happens: their blocks run, as one session, from the top."""

import doctest
import importlib.util
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from micrograd_kr import Op, Value
from micrograd_kr.cli import main

ROOT = Path(__file__).parents[1]
GUIDES = ["CONTRIBUTING.md", "CONTRIBUTING.ko.md"]
READMES = pytest.mark.parametrize("name", ["README.md", "README.ko.md"])
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"\.venv/bin/micrograd_kr ([^`\n]*)")


def blocks(name: str) -> list[str]:
    return BLOCK.findall((ROOT / name).read_text("utf-8"))


@READMES
@pytest.mark.skipif(os.name == "nt", reason="paths print as WindowsPath")
def test_every_block_runs_in_one_session(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    session: dict[str, Any] = {}
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    typed = 0
    for number, text in enumerate(blocks(name)):
        if ">>>" in text:
            test = doctest.DocTestParser().get_doctest(
                text, session, f"block {number}", name, 0
            )
            runner.run(test, out=said.append, clear_globs=False)
            session = test.globs
            typed += len(test.examples)
        else:  # what `print(program)` shows
            program = session["program"]
            assert program.source.strip() == text.strip()
            names: dict[str, Any] = {}
            exec(text, names)
            loss, _ = names["program"](program.theta(), *program.inputs.values())
            assert loss == pytest.approx(session["loss"].data, rel=1e-12)
    assert "".join(said) == ""
    assert typed > 35


@READMES
def test_no_total_is_written_as_a_partial(name):
    for line in (ROOT / name).read_text("utf-8").splitlines():
        if "∂" in line and "grad" in line:
            assert re.search(r"grad \+= \w+\.grad × ∂|`∂", line), line


def anchors(name: str) -> set[str]:
    """What a link to a heading of this file ends in."""
    text = (ROOT / name).read_text("utf-8")
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", heading) for heading in headings]
    return {heading.lower().replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("name", ["README.md", "README.ko.md", *GUIDES])
def test_links_lead_to_files_and_headings(name):
    text = (ROOT / name).read_text("utf-8")
    links = re.findall(r"\]\(([^):#]*)(#[^)]+)?\)", text)
    assert len(links) > 15
    for path, heading in links:
        assert (ROOT / (path or name)).exists(), path
        if heading:
            assert heading[1:] in anchors(path or name)


@READMES
def test_three_doors_stand_on_the_first_screen_and_each_leads_on(name):
    """For who learns, teaches and builds; behind each, what is theirs."""
    text = (ROOT / name).read_text("utf-8")
    first = "\n".join(text.splitlines()[:20])
    doors = re.findall(r"^\| \[[^\]]+\]\(#([^)]+)\)", first, re.MULTILINE)
    assert len(doors) == 3
    sections = {
        section.partition("\n")[0].replace(" ", "-").lower(): section
        for section in text.split("\n## ")
    }
    learn, teach, build = (sections[door] for door in doors)
    assert "Stepper" in learn
    for command in ("demo", "check", "quiz"):
        assert f"micrograd_kr {command}" in teach
    assert "CONTRIBUTING" in build.split("\n\n")[1]


@pytest.mark.parametrize("name", GUIDES)
def test_what_a_guide_tells_to_run_is_there(name):
    """Its scripts, its options, and the house as the imports draw it."""
    text = (ROOT / name).read_text("utf-8")
    assert len(text.splitlines()) < 90  # a page
    for script in set(re.findall(r"scripts/\w+(?:\.py)?|\.ci/run|tests/engine", text)):
        assert (ROOT / script).exists(), script
    for path in (*(ROOT / "scripts").glob("[!.]*[!y]"), ROOT / ".ci" / "run"):
        if path.is_file():
            assert os.access(path, os.X_OK), path
    assert "--record" in (ROOT / "scripts" / "bench").read_text("utf-8")
    house = script_module("house")
    drawn = house.BLOCK.search(text)[0]
    assert drawn == house.house(), "type: python scripts/house.py"
    rooms = set(re.findall(r"\w+", house.house())) - {"flowchart", "TD"}
    assert rooms == set(house.rooms())


def script_module(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_row_of_the_guide_is_a_row():
    """As it stands there it is an op; tests/test_house.py adds such a one to a copy."""
    rows = [
        re.search(
            r"^```python\n(Op.*?),\n```$", (ROOT / name).read_text("utf-8"), re.M
        )[1]
        for name in GUIDES
    ]
    assert rows[0] == rows[1]
    op = eval(rows[0], {"Op": Op})
    assert op.partials == ("3 * x * x",)


def test_the_history_keeps_one_line_a_release(tmp_path):
    history = script_module("history")
    printed = [
        "| bar | limit | measured | |",
        "| --- | --- | --- | --- |",
        "| moons: compiled / NumPy by hand | at most 1.2 | 1.16   | ok |",
        "| moons: micrograd / compiled | at least 5000 | 19,089 | ok |",
        "| single operations, × before | 0.97 | | 0.91 | not |",
        "| NumPy by hand | 33.0 µs | |",
    ]
    path = tmp_path / "history.jsonl"
    path.write_text('{"version": "0.1.0", "measured": {}}\n', "utf-8")
    for _ in range(2):
        history.record(printed, path)
    first, second = map(json.loads, path.read_text("utf-8").splitlines())
    assert first["version"] == "0.1.0"
    assert second["measured"] == {
        "moons: compiled / NumPy by hand": 1.16,
        "moons: micrograd / compiled": 19089.0,
        "single operations, × before": 0.91,
    }
    assert second["missed"] == ["single operations, × before"]
    with pytest.raises(SystemExit):
        history.record(["nothing"], path)
    if history.HISTORY.exists():
        lines = history.HISTORY.read_text("utf-8").splitlines()
        versions = [json.loads(line)["version"] for line in lines]
        assert len(versions) == len(set(versions))


@READMES
def test_the_commands_shown_are_commands(name, capsys):
    commands = COMMAND.findall((ROOT / name).read_text("utf-8"))
    assert commands
    for command in commands:
        with pytest.raises(SystemExit) as left:
            main([command.split()[0], "--help"])
        assert left.value.code == 0
        known = capsys.readouterr().out
        assert [o for o in re.findall("--[a-z]+", command) if o not in known] == []


def test_the_two_commands_stand_under_their_headings():
    text = (ROOT / "README.md").read_text("utf-8")
    for heading, last in (
        ("## Try it", "demos/moons.py"),
        ("## Test it", "-m pytest -q -n auto"),
    ):
        command = next(
            line
            for line in text[text.index(heading) :].splitlines()
            if line.startswith("python3 ")
        )
        assert command.startswith("python3 -m venv .venv && .venv/bin/pip install")
        assert command.endswith(last)
        assert command in (ROOT / "README.ko.md").read_text("utf-8")


def test_what_does_not_carry_over_from_micrograd():
    v = Value(2.0) * 3
    for attribute in ("_backward", "note"):
        with pytest.raises(AttributeError):
            setattr(v, attribute, 1)
    with pytest.raises(TypeError):
        Value(1.0, (v,), "+")  # type: ignore[arg-type]
    assert (len(v._prev), v._op, v.label) == (1, "*3", None)
