"""``micrograd_kr check my_value.py`` and ``micrograd_kr quiz``."""

import argparse
from pathlib import Path
from random import randrange

from ..course import demo_folder
from ..practice import STAGES, check, quiz
from ..text import LANGUAGES, replace_file
from .arguments import Arguments
from .messages import say


def add_check(command: Arguments) -> None:
    """Say what can be typed to check an engine."""
    command.set_defaults(run=_check)
    stages = [stage.name for stage in STAGES]
    command.epilog = say("check_codes")
    command.add_argument("file", metavar=say("file"), help=say("arg_engine"))
    command.add_argument(
        "--until",
        metavar=say("stage"),
        choices=stages,
        help=say("arg_until", names=", ".join(stages)),
    )
    command.add_argument(
        "--seconds", metavar="N", type=float, default=20.0, help=say("arg_seconds")
    )
    command.add_argument("--new", action="store_true", help=say("arg_new"))
    command.add_argument("--lang", choices=LANGUAGES, help=say("arg_lang"))


def _check(args: argparse.Namespace) -> int:
    """Check the file, or write the template there."""
    if args.new:
        path = Path(args.file)
        if path.exists():
            raise ValueError(say("is_there", path=args.file))
        replace_file(path, (demo_folder() / "own_engine" / "my_value.py").read_bytes())
        print(say("wrote", path=args.file))
        return 0
    checked = check(args.file, args.until, args.seconds)
    print(checked.text())
    return checked.code


def add_quiz(command: Arguments) -> None:
    """Say what can be typed to be asked."""
    command.set_defaults(run=_quiz)
    command.add_argument("--seed", metavar="N", type=int, help=say("arg_seed"))
    command.add_argument("--level", metavar="N", type=int, help=say("arg_level"))
    command.add_argument("--lang", choices=LANGUAGES, help=say("arg_lang"))


def _quiz(args: argparse.Namespace) -> None:
    seed = randrange(10_000) if args.seed is None else args.seed
    quiz(seed, args.level)
