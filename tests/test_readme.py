"""What the READMEs show is what happens: their examples run, their files exist, their program is the compiler's."""

import doctest
import os
import re
from pathlib import Path

import pytest

from micrograd_kr import MLP, Value, dot
from micrograd_kr.compiler import compile
from micrograd_kr.nn.losses import hinge
from micrograd_kr.training.data import make_moons

ROOT = Path(__file__).parents[1]
READMES = ["README.md", "README.ko.md"]


@pytest.mark.parametrize("name", READMES)
def test_the_examples_run(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    flags = doctest.NORMALIZE_WHITESPACE
    if os.name == "nt":
        pytest.skip("paths print as WindowsPath")
    results = doctest.testfile(
        str(ROOT / name), module_relative=False, optionflags=flags, encoding="utf-8"
    )
    assert results.attempted > 10
    assert results.failed == 0


@pytest.mark.parametrize("name", READMES)
def test_links_lead_to_files(name):
    links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / name).read_text("utf-8"))
    assert len(links) > 5
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("name", READMES)
def test_the_program_shown_is_the_one_compiled(name):
    X, y = make_moons(100, noise=0.1, seed=1)
    model = MLP(2, [16, 16, 1], seed=1)
    parameters = model.parameters()
    rows, targets = (
        [[Value(a) for a in row] for row in X],
        [Value(2 * t - 1) for t in y],
    )
    loss = hinge([model(row) for row in rows], targets) + 1e-4 * dot(
        parameters, parameters
    )
    program = compile(loss, parameters, inputs={"X": rows, "y": targets})
    assert program.source.strip() in (ROOT / name).read_text("utf-8")


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
