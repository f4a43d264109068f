"""The wheel where nothing else is: what is missing is told, and the command told works."""

import re
import shlex
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.slow  # it makes environments, and installs into them

MODEL = "from micrograd_kr import MLP, fit; m = MLP(2, [1])\n"
WORKS = {
    "steps": "step a*b a=2 b=3",
    "a picture": "draw a*b a=2 b=3 -o graph.svg",
    "a page": "step a*b a=2 b=3 --html steps.html",
    "toy data": "play moons --html play.html",
}
LACKS = {
    "compile": "from micrograd_kr import compile",
    "a compiled fit": "fit(m, [[0, 1]], [1], loss='bce', compiled=True)",
    "plot": "from micrograd_kr.training import plot; plot.activation_curve('tanh')",
    "digits": "from micrograd_kr.training import load_digits; load_digits()",
    "PyTorch": "from micrograd_kr.export import to_torch; to_torch(m)",
    "ONNX": "from micrograd_kr.export import to_onnx; to_onnx(m, 'm.onnx')",
}


class Environment:
    """A virtual environment in a folder, with the wheel in it."""

    def __init__(self, folder, wheel, extra="", *more):
        self.folder = folder
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        self.python = folder / "venv" / "bin" / "python"
        done = self.run("-m", "pip", "install", "-q", f"{wheel}{extra}", *more)
        assert done.returncode == 0, done.stderr

    def run(self, *words):
        return subprocess.run(
            [self.python, *words],
            cwd=self.folder,
            env={
                "PATH": "/usr/bin:/bin",
                "MICROGRAD_KR_LANG": "en",
                "HOME": str(self.folder),
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def command(self, words):
        return self.run("-m", "micrograd_kr", *words.split())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder]
    subprocess.run([*pip, ROOT], check=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def core(tmp_path_factory, wheel):
    return Environment(tmp_path_factory.mktemp("core"), wheel)


@pytest.mark.parametrize("name", WORKS)
def test_without_extras_it_works(core, name):
    done = core.command(WORKS[name])
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", LACKS)
def test_what_is_missing_is_told_as_a_command(core, name):
    done = core.run("-c", MODEL + LACKS[name])
    last = done.stderr.strip().splitlines()[-1]
    assert re.match(r"ImportError: .* needs .*pip install \S+", last), done.stderr


def test_the_command_told_for_the_demos_works(core):
    """Without them `demo` ends in one sentence; typed, its command brings them."""
    done = core.command("demo moons")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    told = done.stderr.partition("python -m pip")[2]
    installed = core.run("-m", "pip", *shlex.split(told))
    assert installed.returncode == 0, installed.stderr
    done = core.command("demo moons --epochs 2 --out out")
    assert done.returncode == 0, done.stderr
    assert (core.folder / "out" / "moons.html").exists()


def test_pictures_alone(tmp_path, wheel):
    environment = Environment(tmp_path, wheel, "[pictures]")
    done = environment.run(
        "-c",
        "from micrograd_kr import Value; (Value(2.0, '값') * 3).draw().save('g.pdf')",
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "g.pdf").read_bytes().startswith(b"%PDF")


EXPORTED = """
from micrograd_kr import MLP
from micrograd_kr.export import from_torch, to_onnx, to_torch
model = MLP(2, [3, 1], activation="tanh", seed=1)
twin = from_torch(to_torch(model))
assert twin([0.5, -1.0]).data == model([0.5, -1.0]).data
to_onnx(model, "model.onnx")
import onnx
onnx.checker.check_model("model.onnx")
"""


def test_export_alone(tmp_path, wheel):
    torch = version("torch").partition("+")[
        0
    ]  # that of these tests: no second download
    (tmp_path / "versions.txt").write_text(f"torch=={torch}\n")
    environment = Environment(tmp_path, wheel, "[export]", "-c", "versions.txt")
    done = environment.run("-c", EXPORTED)
    assert done.returncode == 0, done.stderr


def test_notebook_alone(tmp_path, wheel):
    """The tour runs from its first cell to the last."""
    environment = Environment(tmp_path, wheel, "[notebook]")
    [tour] = tmp_path.rglob("_demos/tour.en.ipynb")
    told = ["--execute", "--to", "notebook", "--output-dir", tmp_path]
    done = environment.run("-m", "nbconvert", *told, tour)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "tour.en.ipynb").exists()
