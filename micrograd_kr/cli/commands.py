"""The command line: ``python -m micrograd_kr step "relu(a*b + c)" a=2 b=-3 c=10``, and ``draw`` likewise."""

import argparse
import os
import sys
from collections.abc import Sequence
from textwrap import fill
from typing import Any

from ..engine import Value
from ..picture import draw
from ..stepper import Stepper
from ..text import LANGUAGES, language
from . import demos as demo
from .expression import functions, numbers, read
from .messages import say


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; the exit code is 0, 1 when it could not be done, 2 when it was not typed right."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(
                errors="replace"
            )  # a terminal without ∂ shows ? and goes on
    first = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    first.add_argument("--lang", choices=LANGUAGES)
    lang = language(first.parse_known_args(argv)[0].lang)
    args = _parser(lang).parse_args(argv)
    try:
        args.run(args, lang)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # nobody reads on: `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (ValueError, RuntimeError, OSError) as error:
        print(say("wrong", lang, text=str(error)), file=sys.stderr)
        return 2 if isinstance(error, ValueError) else 1
    return 0


def _parser(lang: str) -> argparse.ArgumentParser:
    style: dict[str, Any] = {
        "formatter_class": argparse.RawDescriptionHelpFormatter,
        "allow_abbrev": False,
    }
    parser = argparse.ArgumentParser(
        "python -m micrograd_kr",
        description=say("about", lang),
        epilog=say("examples", lang),
        **style,
    )
    parser.add_argument("--lang", choices=LANGUAGES, help=say("arg_lang", lang))
    commands = parser.add_subparsers(
        title=say("commands", lang), required=True, metavar="COMMAND"
    )
    style["epilog"] = say("functions", lang, functions=_names())
    for name, run in (("step", _step), ("draw", _draw)):
        about = say(f"about_{name}", lang)
        command = commands.add_parser(name, help=about, description=about, **style)
        command.set_defaults(run=run)
        command.add_argument(
            "expression", metavar="EXPRESSION", help=say("arg_expression", lang)
        )
        command.add_argument(
            "values", metavar="NAME=NUMBER", nargs="*", help=say("arg_values", lang)
        )
        command.add_argument("--lang", choices=LANGUAGES, help=say("arg_lang", lang))
        if run is _step:
            command.add_argument("--html", metavar="FILE", help=say("arg_html", lang))
            command.add_argument("--svg", metavar="FILE", help=say("arg_svg", lang))
            command.add_argument(
                "--frames", metavar="FOLDER", help=say("arg_frames", lang)
            )
        else:
            command.add_argument(
                "-o",
                "--output",
                metavar="FILE",
                default="graph.svg",
                help=say("arg_output", lang),
            )
    about, listed = (
        say("about_demo", lang),
        "\n".join(f"  {n:<24}{demo.about(p)}" for n, p in demo.demos().items()),
    )
    command = commands.add_parser(
        "demo",
        help=about,
        description=f"{about}\n\n{listed}",
        **{**style, "epilog": None},
    )
    command.set_defaults(run=_demo)
    command.add_argument("name", metavar="NAME", nargs="?", help=say("arg_demo", lang))
    command.add_argument(
        "rest", metavar="...", nargs=argparse.REMAINDER, help=say("arg_rest", lang)
    )
    return parser


def _demo(args: argparse.Namespace, lang: str) -> None:
    if args.name is None:
        for name, path in demo.demos().items():
            print(f"{name:<24}{demo.about(path)}")
    else:
        demo.run(args.name, args.rest)


def _names() -> str:
    return fill(", ".join(functions()), 72, subsequent_indent=" " * 4)


def _graph(args: argparse.Namespace, lang: str) -> Value:
    """The graph of the expression; its result is called L if it has no name and nothing else has this one."""
    root = read(args.expression, numbers(args.values, lang), lang)
    if root.label is None and all(v.label != "L" for v in root.topological_order()):
        root.label = "L"
    return root


def _draw(args: argparse.Namespace, lang: str) -> None:
    root = _graph(args, lang)
    root.backward()
    print(say("wrote", lang, path=str(draw(root, partials=True).save(args.output))))


def _step(args: argparse.Namespace, lang: str) -> None:
    root = _graph(args, lang)
    backward = Stepper(root, lang=lang)
    written = [
        args.html and backward.save(args.html),
        *(backward.save_frames(args.frames) if args.frames else ()),
    ]
    if args.svg:
        backward.run()
        written.append(backward.draw().save(args.svg))
    for path in filter(None, written):
        print(say("wrote", lang, path=str(path)))
    if not any(written):
        by_hand = sys.stdin.isatty() and sys.stdout.isatty()
        for s in (Stepper(root, "forward", lang), backward):
            print(say(s.direction, lang))
            if by_hand and not _by_hand(s):
                return
            for move in s:
                print(move)
            if not by_hand:
                print(s.run())


def _by_hand(s: Stepper) -> bool:
    """Step with the keyboard: whether to go on after the last step."""
    while True:
        try:
            key = input(say("prompt", s.lang)).strip().lower()
        except EOFError:
            print()
            key = "q"
        if key == "q" or (key == "" and s.at == len(s)):
            return key == ""
        print({"": s.next, "b": s.back, "w": s.why}.get(key, s.__repr__)())
        if key == "" and s.at == len(s):
            print(s.run())
