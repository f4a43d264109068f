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
from typing import Any, NoReturn

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
