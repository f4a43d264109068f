"""The demos, from an installed wheel too: ``micrograd_kr demo moons --epochs 50``."""

import runpy
import sys
from collections.abc import Sequence

from ..course import demo_files
from ..text import install_command
from .messages import say


def run(name: str, arguments: Sequence[str]) -> None:
    """Run a demo with its own arguments.

    Raises ValueError for a name there is no demo of, and RuntimeError that says what to
    install where a library is missing.
    """
    paths = demo_files()
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
