"""What the READMEs show is what happens: their blocks run, as one session, from the top."""

import doctest
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from micrograd_kr import Value
from micrograd_kr.cli import main

ROOT = Path(__file__).parents[1]
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
            assert session["program"].source.strip() == text.strip()
            names: dict[str, Any] = {}
            exec(text, names)
            X = np.array(session["X"])
            y = np.array(session.get("signs") or session["부호"])
            loss, _ = names["program"](session["program"].theta(), X, y)
            assert loss == pytest.approx(session["loss"].data, rel=1e-12)
    assert "".join(said) == ""
    assert typed > 35


@READMES
def test_no_total_is_written_as_a_partial(name):
    for line in (ROOT / name).read_text("utf-8").splitlines():
        if "∂" in line and "grad" in line:
            assert re.search(r"grad \+= \w+\.grad × ∂|`∂", line), line


@READMES
def test_links_lead_to_files_and_headings(name):
    text = (ROOT / name).read_text("utf-8")
    links = re.findall(r"\]\(([^)#:]+)\)", text)
    assert len(links) > 20
    assert [link for link in links if not (ROOT / link).exists()] == []
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    anchors = {heading.lower().replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors


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
