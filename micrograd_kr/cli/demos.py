"""The demos: one run by its name, and what each is run with.

They run from an installed wheel too: ``micrograd_kr demo moons --epochs 50``.
"""

import argparse
import runpy
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..course import demo_files, in_language
from ..text import LANGUAGES, install_command, speak
from .arguments import Arguments
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


class Demo(argparse.Namespace):
    """A demo that runs: its options by name, and the files that it writes.

    ``documentation`` is its docstring, English first, then Korean. Beside ``--out``,
    ``--open`` and ``--lang`` there are options of its own, whole ``numbers`` by name.

    >>> demo = Demo("Two moons.\\n\\n두 개의 달.", ["--epochs", "5"], epochs=100)
    >>> demo.epochs, demo.out, demo.open
    (5, PosixPath('out'), False)
    """

    out: Path
    open: bool

    def __init__(
        self,
        documentation: str | None,
        argv: Sequence[str] | None = None,
        **numbers: int,
    ) -> None:
        options = Arguments(None, in_language(documentation or ""))
        options.add_argument("--out", type=_folder, default="out", help=say("arg_out"))
        options.add_argument("--open", action="store_true", help=say("arg_open"))
        options.add_argument(
            "--lang", action=_Speak, choices=LANGUAGES, help=say("arg_lang")
        )
        for name, default in numbers.items():
            told = say("arg_number", default=default)
            options.add_argument(f"--{name}", type=int, default=default, help=told)
        options.parse_args(argv, self)

    def write(self, shown: Any, name: str) -> None:
        """Save a picture or a page in the folder, say where, and open it if asked.

        >>> from micrograd_kr import Value, draw
        >>> Demo("Two moons.", []).write(draw(Value(1.0)), "value.svg")
        out/value.svg
        """
        path = shown.save(self.out / name)
        print(path)
        if self.open:
            webbrowser.open(path.resolve().as_uri())


class _Speak(argparse.Action):
    """Let everything that follows speak the language that was asked for."""

    def __call__(self, parser: Any, space: Any, lang: Any, option: Any = None) -> None:
        speak(lang)
        setattr(space, self.dest, lang)


def _folder(path: str) -> Path:
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
