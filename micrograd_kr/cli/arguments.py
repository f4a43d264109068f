"""Command lines that speak the language of the reader: argparse, with words of ours.

>>> options = Arguments("moons", "Two moons.")
>>> options.add_argument("--epochs", type=int, default=100).dest
'epochs'
>>> options.parse_args(["--epochs", "5"]).epochs
5
"""

import argparse
import re
import sys
import webbrowser
from pathlib import Path
from typing import Any, NoReturn

from ..course import in_language
from ..text import LANGUAGES, speak
from .messages import say

# What argparse says in English, and the key of our sentence for it.
_SAID = [
    (r"the following arguments are required: (?P<names>.*)", "required"),
    (r"unrecognized arguments: (?P<names>.*)", "unrecognized"),
    (
        r"argument (?P<name>.*): invalid choice: (?P<value>.*) "
        r"\(choose from (?P<names>.*)\)",
        "invalid_choice",
    ),
    (r"argument (?P<name>.*): invalid \w+ value: (?P<value>.*)", "invalid_value"),
    (r"argument (?P<name>.*): expected .*argument.*", "expected_argument"),
    (r"argument (?P<name>.*): ignored explicit argument (?P<value>.*)", "ignored"),
]


class _Formatter(argparse.RawDescriptionHelpFormatter):
    def add_usage(
        self, usage: Any, actions: Any, groups: Any, prefix: str | None = None
    ) -> None:
        if prefix is None:
            prefix = say("usage")
        super().add_usage(usage, actions, groups, prefix)


class Arguments(argparse.ArgumentParser):
    """An ArgumentParser whose help and errors are in the reader's language."""

    def __init__(self, prog: str | None, about: str, epilog: str = "") -> None:
        super().__init__(
            prog,
            description=about,
            epilog=epilog,
            formatter_class=_Formatter,
            allow_abbrev=False,
            add_help=False,
        )
        self._positionals.title = say("positionals")
        self._optionals.title = say("options")
        self.add_argument("-h", "--help", action="help", help=say("arg_help"))

    def error(self, message: str) -> NoReturn:
        """Print the usage and what is wrong, and end with code 2."""
        self.print_usage(sys.stderr)
        self.exit(2, say("wrong", text=_translated(message)) + "\n")


def _translated(message: str) -> str:
    for pattern, key in _SAID:
        match = re.fullmatch(pattern, message)
        if match:
            return say(key, **match.groupdict())
    return message


def demo_options(documentation: str | None, page: bool = False) -> Arguments:
    """Make the parser of a demo: what it is about, ``--out`` for its files, ``--lang``.

    ``documentation`` is the demo's docstring, English first, then Korean. ``page``: it
    writes a page, which ``--open`` opens.

    >>> demo_options("Two moons.\\n\\n두 개의 달.").parse_args([]).out
    PosixPath('out')
    """
    about = in_language(documentation or "")
    options = Arguments(None, about)
    options.add_argument("--out", type=_folder, default="out", help=say("arg_out"))
    options.add_argument(
        "--lang", action=_Speak, choices=LANGUAGES, help=say("arg_lang")
    )
    if page:
        options.add_argument("--open", action="store_true", help=say("arg_open"))
    return options


def page_written(path: Path, open_it: bool) -> None:
    """Name the page that a demo has written, and open it where that was asked.

    >>> page_written(Path("out/moons.html"), False)
       out/moons.html
    """
    print("  ", path)
    if open_it:
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
