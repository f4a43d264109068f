"""The demos, from an installed wheel too: ``micrograd_kr demo moons --epochs 50``."""

import ast
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

from ..text import install_command
from .arguments import in_language
from .messages import say

HERE = Path(__file__).parents[1]


def demos() -> dict[str, Path]:
    """Find every demo by name: in the wheel, else beside the package in a checkout.

    >>> "moons" in demos()
    True
    """
    return {path.stem: path for path in sorted(folder().glob("*.py"))}


def folder() -> Path:
    """Find where the demos are."""
    installed = HERE / "_demos"
    return installed if installed.is_dir() else HERE.parent / "demos"


def about(path: Path) -> str:
    """Give the first line of what a demo says of itself, in the reader's language.

    >>> about(demos()["moons"]).startswith("Two moons")
    True
    """
    text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return in_language(text).partition("\n")[0]


def run(name: str, arguments: Sequence[str]) -> None:
    """Run a demo with its own arguments.

    Raises ValueError for a name there is no demo of, and RuntimeError that says what to
    install where a library is missing.
    """
    paths = demos()
    if name not in paths:
        raise ValueError(say("no_demo", name=name, names=", ".join(paths)))
    argv = sys.argv
    sys.argv = [f"micrograd_kr demo {name}", *arguments]
    try:
        runpy.run_path(str(paths[name]), run_name="__main__")
    except ImportError as error:
        library = (error.name or "").split(".")[0]
        if library == "micrograd_kr":
            raise
        said = say("needs_libraries", command=install_command("demos"))
        raise RuntimeError(said) from None
    finally:
        sys.argv = argv
