"""demos/step_through.py, run as a reader runs it."""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

import micrograd_kr

DEMO = Path(__file__).parents[2] / "demos" / "step_through.py"


def run(*arguments: str, cwd: Path) -> str:
    """What it prints, with the package found where this test found it."""
    package = str(Path(micrograd_kr.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, DEMO, *arguments],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": package, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    folder = tmp_path_factory.mktemp("steps")
    return run("--lang", "en", cwd=folder), folder / "out"


def test_it_prints_the_chain_rule_with_numbers_one_can_check_by_hand(
    out: tuple[str, Path],
) -> None:
    text, _ = out
    # L = d * (d + a) with d = a * b, a = 2, b = -3: dL/dd = 2d + a = -10, dL/da = b * dL/dd + d = 24
    assert "a.grad += d.grad × ∂d/∂a = -10 × -3 = 30" in text
    assert "a.grad = 24, b.grad = -20" in text
    assert "apple.grad = 2.2, count.grad = 110, tax.grad = 200" in text
    assert "Two apples and the tax" in text


def test_it_writes_the_frames_and_pages_it_names(out: tuple[str, Path]) -> None:
    text, folder = out
    steps = {"apples": 2, "two_paths": 3, "neuron": 5}
    pages = [f"{name}.html" for name in [*steps, "xor"]]
    assert sorted(p.name for p in folder.iterdir()) == sorted([*steps, *pages])
    assert all(str(Path("out", name)) in text for name in pages)
    for name, count in steps.items():
        frames = sorted((folder / name).iterdir())
        assert len(frames) == count + 1
        for frame in (frames[0], frames[-1]):
            assert (
                ElementTree.parse(frame).getroot().tag
                == "{http://www.w3.org/2000/svg}svg"
            )


def test_one_step_down_the_gradients_makes_the_loss_smaller(
    out: tuple[str, Path],
) -> None:
    before, after = (
        float(x) for x in out[0].splitlines()[-1].rpartition(": ")[2].split(" → ")
    )
    assert after < before


def test_it_speaks_korean_and_takes_a_folder(tmp_path: Path) -> None:
    text = run("--lang", "ko", "--out", "결과", cwd=tmp_path)
    assert "왜 지금" in text
    assert "두 층 신경망과 xor" in text
    assert '<html lang="ko">' in (tmp_path / "결과" / "xor.html").read_text(
        encoding="utf-8"
    )
