"""The demos, from an installed wheel too: ``python -m micrograd_kr demo moons --epochs 50``."""

import ast
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parents[1]


def demos() -> dict[str, Path]:
    """Every demo by name: those of the wheel, else those beside the package in a checkout.

    >>> "moons" in demos()
    True
    """
    folder = HERE / "demos" if (HERE / "demos").is_dir() else HERE.parent / "demos"
    return {path.stem: path for path in sorted(folder.glob("*.py"))}


def about(path: Path) -> str:
    """The first line of a demo's docstring.

    >>> about(demos()["moons"]).startswith("Two moons")
    True
    """
    text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return text.partition("\n")[0]


def run(name: str, arguments: Sequence[str]) -> None:
    """Run a demo with its own arguments; ValueError for a name there is no demo of."""
    if name not in demos():
        raise ValueError(f"no demo is called {name!r}; there are {', '.join(demos())}")
    argv = sys.argv
    sys.argv = [f"python -m micrograd_kr demo {name}", *arguments]
    try:
        runpy.run_path(str(demos()[name]), run_name="__main__")
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] == "micrograd_kr":
            raise
        raise RuntimeError(
            f"this demo needs {error.name}: pip install 'micrograd_kr[demos]'"
        ) from None
    finally:
        sys.argv = argv
