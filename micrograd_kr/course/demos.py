"""The demos: where they are, one as a module, all the pictures and pages they make."""

import ast
import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

from ..text import LANGUAGES, install_command, language
from .messages import say

PACKAGE = Path(__file__).parents[1]

# What makes a demo short: its pictures are then of a network that has learned little.
QUICK = {
    "activations": ["--epochs", "2"],
    "digits": ["--epochs", "1"],
    "least_squares": ["--epochs", "5"],
    "microgpt": ["--epochs", "1"],
    "moons": ["--epochs", "2"],
    "scalars_to_matrices": ["--steps", "3"],
    "toy_classification": ["--epochs", "1"],
    "universal_approximation": ["--epochs", "2", "--seeds", "1"],
}


def demo_files() -> dict[str, Path]:
    """Find every demo by name: in the wheel, else beside the package in a checkout.

    >>> "moons" in demo_files()
    True
    """
    return {path.stem: path for path in sorted(demo_folder().glob("*.py"))}


def demo_folder() -> Path:
    """Find where the demos are."""
    installed = PACKAGE / "_demos"
    return installed if installed.is_dir() else PACKAGE.parent / "demos"


def about(name: str) -> str:
    """Give the first line of what a demo says of itself, in the reader's language.

    >>> about("moons").startswith("Two moons")
    True
    """
    text = ast.get_docstring(ast.parse(demo_files()[name].read_text("utf-8"))) or ""
    return in_language(text).partition("\n")[0]


def in_language(documentation: str) -> str:
    """Give the paragraphs of a docstring that are in the reader's language.

    >>> in_language("Two moons.\\n\\n두 개의 달.")
    'Two moons.'
    """
    chosen = []
    for paragraph in documentation.strip().split("\n\n"):
        korean = re.search("[가-힣]", paragraph) is not None
        if korean == (language() == "ko"):
            chosen.append(paragraph)
    return "\n\n".join(chosen) or documentation.strip()


def load(name: str) -> ModuleType:
    """Import a demo, for the numbers and functions in it.

    >>> load("linear_model").X
    [2.0, 1.0, 4.0]
    """
    spec = importlib.util.spec_from_file_location(f"demo_{name}", demo_files()[name])
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def draw_all(
    folder: Path, quick: bool, said: Callable[[str], object] = print
) -> dict[str, dict[str, list[Path]]]:
    """Run every demo in every language; give what each wrote, by language and name.

    Each is a process of its own, as many at once as there are processors; ``said`` is
    told the name of each that is done. Raises RuntimeError where a demo fails.
    """
    jobs = [(lang, name) for name in demo_files() for lang in LANGUAGES]
    written: dict[str, dict[str, list[Path]]] = {lang: {} for lang in LANGUAGES}

    def run(job: tuple[str, str]) -> list[Path]:
        return _run(*job, folder / "-".join(job), quick)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for (lang, name), paths in zip(jobs, pool.map(run, jobs), strict=True):
            written[lang][name] = paths
            said(f"   {name} ({lang})")
    return written


def _run(lang: str, name: str, folder: Path, quick: bool) -> list[Path]:
    options = ["--lang", lang, "--out", str(folder)]
    options += QUICK.get(name, []) if quick else []
    environment = os.environ | {"PYTHONPATH": str(PACKAGE.parent), "PYTHONUTF8": "1"}
    command = [sys.executable, str(demo_files()[name]), *options]
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", check=False, env=environment
    )
    if done.returncode:
        lacks = "ImportError" in done.stderr or "ModuleNotFound" in done.stderr
        last = done.stderr.strip().rpartition("\n")[2]
        reason = say("needs", command=install_command("demos")) if lacks else last
        raise RuntimeError(say("failed", name=name, reason=reason))
    return sorted(folder.iterdir())
