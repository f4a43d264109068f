"""The command line: ``micrograd_kr step "relu(a*b + c)" a=2 b=-3 c=10``, and others."""

import argparse
import os
import re
import sys
import webbrowser
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from textwrap import fill

from ..course import about, demo_files, write_course
from ..engine import OPS, Value
from ..picture import draw
from ..stepper import Stepper
from ..text import HTML, LANGUAGES, check_ending, speak
from .arguments import Arguments
from .demos import run as run_demo
from .expression import functions, numbers, read
from .messages import say
from .play import add_play
from .practice import add_check, add_quiz

_COMMANDS = ("step", "draw", "play", "check", "quiz", "course", "demo")

# The keys of a walk, and the same keys while Korean is typed.
NEXT, BACK, WHY, QUIT = ("", "n", "ㅜ"), ("b", "ㅠ"), ("w", "ㅈ"), ("q", "ㅂ")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command: 0, or 1 when it could not be done, 2 when not typed right."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # where ∂ cannot be shown, show ?
            stream.reconfigure(errors="replace")
    words = list(sys.argv[1:] if argv is None else argv)
    asked = _language_asked(words)
    if asked is None:
        return _run(words)
    speak(asked)
    try:
        return _run(words)
    finally:
        speak(None)


def _language_asked(words: Sequence[str]) -> str | None:
    """Find the language before anything is said, be it right or wrong."""
    first = argparse.ArgumentParser(
        add_help=False, allow_abbrev=False, exit_on_error=False
    )
    first.add_argument("--lang")
    try:
        asked = first.parse_known_args(words)[0].lang
    except argparse.ArgumentError:  # --lang without a language: told below
        asked = None
    return asked if asked in LANGUAGES else None


def _run(words: list[str]) -> int:
    args = _parse(words or ["--help"])
    code: int
    try:
        code = args.run(args) or 0
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # nobody reads on: `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (ValueError, RuntimeError, OSError) as error:
        print(say("wrong", text=_explained(error)), file=sys.stderr)
        return 2 if isinstance(error, ValueError) else 1
    return code


# What the system says of a file, and the key of our sentence for it.
_OF_FILES: dict[type[Exception], str] = {
    FileNotFoundError: "no_such_file",
    PermissionError: "no_permission",
    IsADirectoryError: "folder_for_file",
    NotADirectoryError: "no_such_file",
    FileExistsError: "file_for_folder",
}


def _explained(error: Exception) -> str:
    """Give what an error says, in the reader's language if the system said it."""
    key = _OF_FILES.get(type(error))
    path = getattr(error, "filename", None)
    return str(error) if key is None or path is None else say(key, path=str(path))


def _parse(words: list[str]) -> argparse.Namespace:
    """Read the words; a value may stand behind an option too."""
    parser = _parser()
    args, rest = parser.parse_known_args(_minus_is_no_option(words))
    unknown = [word for word in rest if "=" not in word or word.startswith("-")]
    if rest and (unknown or "values" not in args):
        parser.error(f"unrecognized arguments: {' '.join(unknown or rest)}")
    if rest:
        args.values = [*args.values, *rest]
    return args


def _minus_is_no_option(words: list[str]) -> list[str]:
    """Let an expression begin with a minus sign: a space before it tells argparse."""
    command = next((word for word in words if word in _COMMANDS), None)
    if command not in ("step", "draw"):
        return words
    options = ("-h",) if command == "step" else ("-h", "-o")
    result = []
    for word in words:
        is_minus = re.match("-[^-]", word) and not word.startswith(options)
        result.append(f" {word}" if is_minus else word)
    return result


# ---- what can be typed ----


def _parser() -> Arguments:
    parser = Arguments("micrograd_kr", say("about"), say("examples"))
    parser.add_argument("--lang", choices=LANGUAGES, help=say("arg_lang"))
    parser.add_argument(
        "--version", action="version", version=_version(), help=say("arg_version")
    )
    commands = parser.add_subparsers(
        title=say("commands"),
        required=True,
        metavar=say("command"),
        parser_class=_Command,
    )
    _add_step(commands.add_parser("step", help=say("about_step")))
    _add_draw(commands.add_parser("draw", help=say("about_draw")))
    add_play(commands.add_parser("play", help=say("about_play")), _activations())
    add_check(commands.add_parser("check", help=say("about_check")))
    add_quiz(commands.add_parser("quiz", help=say("about_quiz")))
    _add_course(commands.add_parser("course", help=say("about_course")))
    _add_demo(commands.add_parser("demo", help=say("about_demo")))
    return parser


def _activations() -> list[str]:
    return [name for name, op in OPS.items() if op.is_activation]


class _Command(Arguments):
    """One of the commands, as argparse makes them: with a name of its own."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, say(f"about_{prog.split()[-1]}"))


def _version() -> str:
    try:
        return f"micrograd_kr {version('micrograd_kr')}"
    except PackageNotFoundError:
        return "micrograd_kr, not installed"


def _add_expression(command: Arguments) -> None:
    names = fill(", ".join(functions()), 72, subsequent_indent=" " * 4)
    command.epilog = say("functions", functions=names)
    command.add_argument(
        "expression", metavar=say("expression"), help=say("arg_expression")
    )
    command.add_argument(
        "values",
        metavar=say("name_number"),
        nargs="*",
        default=[],
        help=say("arg_values"),
    )
    command.add_argument("--lang", choices=LANGUAGES, help=say("arg_lang"))
    command.add_argument("--open", action="store_true", help=say("arg_open"))


def _add_step(command: Arguments) -> None:
    command.set_defaults(run=_step)
    _add_expression(command)
    file, folder = say("file"), say("folder")
    command.add_argument("--html", metavar=file, help=say("arg_html"))
    command.add_argument("--svg", metavar=file, help=say("arg_svg"))
    command.add_argument("--frames", metavar=folder, help=say("arg_frames"))


def _add_draw(command: Arguments) -> None:
    command.set_defaults(run=_draw)
    _add_expression(command)
    command.add_argument(
        "-o",
        "--output",
        metavar=say("file"),
        default="graph.svg",
        help=say("arg_output"),
    )


def _add_course(command: Arguments) -> None:
    command.set_defaults(run=_course)
    folder = say("folder")
    command.add_argument("--out", metavar=folder, default="site", help=say("arg_site"))
    command.add_argument("--quick", action="store_true", help=say("arg_quick"))
    command.add_argument("--open", action="store_true", help=say("arg_open"))
    command.add_argument("--lang", choices=LANGUAGES, help=say("arg_lang"))


def _add_demo(command: Arguments) -> None:
    command.set_defaults(run=_demo)
    command.epilog = _demo_list()
    command.add_argument("--lang", choices=LANGUAGES, help=say("arg_lang"))
    command.add_argument("name", metavar=say("name"), nargs="?", help=say("arg_demo"))
    command.add_argument(
        "rest", metavar="...", nargs=argparse.REMAINDER, help=say("arg_rest")
    )


# ---- what is done ----


def _demo_list() -> str:
    lines = [f"{name:<24}{about(name)}" for name in demo_files()]
    return "\n".join(lines)


def _demo(args: argparse.Namespace) -> None:
    if args.name is None:
        print(_demo_list())
    else:
        run_demo(args.name, args.rest)


def _course(args: argparse.Namespace) -> None:
    _told([write_course(args.out, quick=args.quick, said=print)], args.open)


def _graph(args: argparse.Namespace) -> Value:
    """Read the expression; a result without a name is called L if nothing else is."""
    root = read(args.expression, numbers(args.values, None), None)
    taken = {v.label for v in root.topological_order()}
    if root.label is None and "L" not in taken:
        root.label = "L"
    return root


def _draw(args: argparse.Namespace) -> None:
    root = _graph(args)
    root.backward()
    _told([draw(root, partials=True).save(args.output)], args.open)


def _step(args: argparse.Namespace) -> None:
    if args.open and not (args.html or args.svg):
        args.html = "steps.html"
    _check_endings(args)
    root = _graph(args)
    written = _write(args, Stepper(root))
    if written:
        _told(written, args.open)
    else:
        _walk(Stepper(root, "forward"), Stepper(root))


def _check_endings(args: argparse.Namespace) -> None:
    """Refuse a file whose name says another kind than what is written into it."""
    if args.html:
        check_ending(args.html, HTML)
    if args.svg:
        check_ending(args.svg, [".svg"])
    if args.frames and Path(args.frames).suffix.lower() in (".svg", ".html", ".png"):
        raise ValueError(say("no_folder", path=args.frames))


def _write(args: argparse.Namespace, stepper: Stepper) -> list[Path]:
    """Write the files that were asked for."""
    written = []
    if args.html:
        written.append(Path(stepper.save(args.html)))
    if args.frames:
        written += stepper.save_frames(args.frames)
    if args.svg:
        stepper.run()
        written.append(Path(stepper.draw().save(args.svg)))
    return written


def _told(written: Sequence[Path], open_it: bool) -> None:
    """Name the files written, and open the first."""
    for path in written:
        print(say("wrote", path=str(path)))
    if open_it:
        webbrowser.open(Path(written[0]).resolve().as_uri())


def _walk(*steppers: Stepper) -> None:
    """Go through both passes: with the keyboard, or all at once if nobody is there."""
    by_hand = sys.stdin.isatty() and sys.stdout.isatty()
    for stepper in steppers:
        print(say(stepper.direction))
        if by_hand:
            if not _by_hand(stepper):
                return
        else:
            for step in stepper:
                print(step)
            print(stepper.run())


def _by_hand(stepper: Stepper) -> bool:
    """Step with the keyboard: whether to go on after the last step."""
    while True:
        key = _key()
        at_end = stepper.at == len(stepper)
        if key in QUIT:
            return False
        if key in NEXT and at_end:
            return True
        if key in NEXT:
            print(stepper.next())
            if stepper.at == len(stepper):
                print(stepper.run())
        elif key in BACK:
            print(stepper.back())
        elif key in WHY:
            print(stepper.why())
        else:
            print(say("unknown_key", typed=key))


def _key() -> str:
    try:
        return input(say("prompt")).strip().lower()
    except EOFError:
        print()
        return QUIT[0]
