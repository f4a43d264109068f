"""One page to share: a walk through backprop that opens by double-click.

A recording (`Stepper.recording()`) and the picture of its graph become one HTML file
that asks the network for nothing. Text of a user stays text: the recording is JSON
without a single ``<``, the page puts it on the screen as text, the picture is written
again from the few elements it needs, and the page's own policy forbids every script but
its own.
"""

import ast
import json
import os
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from ..engine import say as engine_say
from ..text import HTML, LANGUAGES, check_ending, replace_file
from .document import body, document
from .javascript import engine, javascript, web_file
from .picture import clean

VERSION = 2  # of the recording
SCRIPTS = (
    "elements.js",
    "recording.js",
    "walk.js",
    "sentences.js",
    "picture.js",
    "view.js",
    "fold.js",
    "panels.js",
    "predict.js",
    "touch.js",
    "nudge.js",
    "descend.js",
    "address.js",
    "page.js",
)
# What the engine says where an operation has no value: the page says the same.
REFUSALS = ("too_large", "no_value", "no_derivative", "labelled", "and_more")


def page(
    recording: Mapping[str, Any], svg: str, lang: str = "ko", folded: str = ""
) -> str:
    """Write the HTML of the page, which begins in language ``lang`` ("ko" or "en").

    ``svg`` is a picture with a group ``n3`` for node 3 and ``e3_0`` for the edge from
    its first parent; ``folded`` one with the neurons as boxes, whose arrows are told in
    ``recording["folded"]``. One of them may be empty. Raises ValueError for a recording
    of another version, an unknown language and SVG that is none.

    >>> recording = {"version": 2, "nodes": [], "mistakes": []}
    >>> page(recording, "<svg xmlns='http://www.w3.org/2000/svg'/>")[:15]
    '<!DOCTYPE html>'
    """
    version = recording.get("version")
    if version != VERSION:
        raise ValueError(
            f"page: the recording has version {version!r}; {VERSION} is needed"
        )
    words = json.loads(web_file("words.json"))
    if lang not in words:
        known = ", ".join(map(repr, words))
        raise ValueError(f"page: lang is {lang!r}; it must be one of {known}")
    pictures = {
        "svg": clean(svg) if svg or not folded else "",
        "folded": clean(folded, "f") if folded else "",
    }
    look = step_look(recording["mistakes"])
    return step_document(lang, body("page.html", **pictures), look, recording)


def step_look(mistakes: Sequence[Mapping[str, str]]) -> tuple[str, str]:
    """Write style and script of a step page, without what all pages share."""
    return web_file("page.css"), step_script(mistakes)


def step_document(
    lang: str, body: str, look: tuple[str, str], recording: Mapping[str, Any] | None
) -> str:
    """Write the document of a step page; ``look`` is its style and script.

    Without a recording it is a form: who opens it puts one in, and a picture.
    """
    words = json.loads(web_file("words.json"))
    data = {"recording": recording, "refusals": refusals(), "words": words}
    return document(lang, body, *look, data)


def save(
    recording: Mapping[str, Any],
    svg: str,
    path: str | os.PathLike[str],
    lang: str = "ko",
    folded: str = "",
) -> Path:
    """Write `page` to ``path``, all of it or nothing, and return the path.

    Raises ValueError for a name that does not end in .html.

    >>> recording = {"version": 2, "nodes": [], "mistakes": []}
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     svg = "<svg xmlns='http://www.w3.org/2000/svg'/>"
    ...     save(recording, svg, f"{folder}/steps.html").name
    'steps.html'
    """
    path = check_ending(path, HTML)
    replace_file(path, page(recording, svg, lang, folded).encode())
    return path


def frame(html: str, height: int = 720) -> str:
    """Put a page into a frame, for a notebook: it can run its own script, and no more.

    >>> frame("<p>")[:55]
    '<iframe sandbox="allow-scripts" srcdoc="&lt;p&gt;" widt'
    """
    looks = f'width="100%" height="{height}"'
    return f'<iframe sandbox="allow-scripts" srcdoc="{escape(html)}" {looks}></iframe>'


def step_script(mistakes: Sequence[Mapping[str, str]]) -> str:
    """Write the script of a step page: the engine, the mistakes, the view."""
    table = f"const MISTAKES = [{''.join(map(_mistake, mistakes))}\n];\n"
    return engine() + table + "".join(map(web_file, SCRIPTS))


_QUANTITIES = {"adjoint", "partial", "contribution", "before", "after"}
_QUANTITIES |= {"node_data", "other", "elsewhere"}


def _mistake(mistake: Mapping[str, str]) -> str:
    """Write a kind of mistake with its formula as a function of the quantities."""
    tree = ast.walk(ast.parse(mistake["formula"], mode="eval"))
    names = [node.id for node in tree if isinstance(node, ast.Name)]
    used = list(dict.fromkeys(names))
    if not set(used) <= _QUANTITIES:
        raise ValueError(f"page: {mistake['formula']!r} names what no edge has")
    wrong = f"({{ {', '.join(used)} }}) => {javascript(mistake['formula'])}"
    kind, asked = json.dumps(mistake["kind"]), json.dumps(mistake["asked"])
    return f"\n  {{ kind: {kind}, asked: {asked}, wrong: {wrong} }},"


def refusals() -> dict[str, dict[str, str]]:
    """Give the sentences for operations without a value: by key and language.

    >>> refusals()["labelled"]["en"]
    '{at} (label {label!r})'
    """
    found = {}
    for key in REFUSALS:
        found[key] = dict(zip(LANGUAGES, engine_say.table[key], strict=True))
    return found
