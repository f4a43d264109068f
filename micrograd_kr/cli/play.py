"""``micrograd_kr play moons``: the page where a network learns, written and opened."""

import argparse
import webbrowser
from typing import Any

from ..text import HTML, LANGUAGES, check_ending
from ..training import TrainingPage, load_csv
from .arguments import Arguments
from .messages import say

SETS = ("moons", "circles", "spirals", "xor", "blobs", "yin-yang")
DEEPEST, WIDEST = 6, 64  # layers and neurons that the page has room for


def add_play(command: Arguments, activations: list[str]) -> None:
    """Say what can be typed; ``activations`` are the curves of the table."""
    command.set_defaults(run=play)
    command.add_argument(
        "data",
        metavar=say("data"),
        nargs="?",
        default=SETS[0],
        help=say("arg_data", names=", ".join(SETS)),
    )
    command.add_argument(
        "--layers",
        metavar="N",
        type=int,
        nargs="*",
        default=[8, 8],
        help=say("arg_layers"),
    )
    command.add_argument(
        "--activation",
        metavar=say("name"),
        choices=activations,
        help=say("arg_activation", names=", ".join(activations)),
    )
    command.add_argument(
        "--html", metavar=say("file"), default="play.html", help=say("arg_play_html")
    )
    command.add_argument("--lang", choices=LANGUAGES, help=say("arg_lang"))


def play(args: argparse.Namespace) -> None:
    """Write the page, say where, and open it."""
    check_ending(args.html, HTML)
    if len(args.layers) > DEEPEST:
        raise ValueError(say("deepest", most=DEEPEST, n=len(args.layers)))
    for width in args.layers:
        if not 1 <= width <= WIDEST:
            raise ValueError(say("widest", most=WIDEST, n=width))
    path = page(args.data, args.layers, args.activation).save(args.html)
    print(say("wrote", path=str(path)))
    webbrowser.open(path.resolve().as_uri())


def page(data: str, layers: list[int], activation: str | None = None) -> TrainingPage:
    """Make the page of a toy set by name, or of a CSV file.

    >>> page("xor", [4], "relu").settings["activations"]
    ['relu']
    """
    settings: dict[str, Any] = {"layers": layers}
    if activation:  # else the page's own
        settings["activations"] = [activation] * len(layers)
    if data in SETS:
        return TrainingPage(settings | {"data": data})
    if not data.lower().endswith((".csv", ".tsv", ".txt")):
        raise ValueError(say("no_data", name=data, names=", ".join(SETS)))
    X, y = load_csv(data)
    samples = [{"x": x, "y": c} for x, c in zip(X, y, strict=True)]
    own = {"samples": samples, "classes": len(set(y))}
    return TrainingPage(settings | {"data": "own"}, own=own)
