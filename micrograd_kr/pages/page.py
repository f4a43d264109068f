"""One page to share: a walk through backprop that opens by double-click.

A recording (`Stepper.recording()`) and the picture of its graph become one HTML file that asks the
network for nothing. Text of a user stays text: the recording is JSON without a single ``<``, the
page puts it on the screen as text, the picture is written again from the few elements it needs, and
the page's own policy forbids every script but its own.
"""

import base64
import hashlib
import json
import math
import os
import re
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from string import Template
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

from ..picture import write

VERSION = 1  # of the recording
SCRIPTS = ("recording.js", "elements.js", "picture.js", "panels.js", "page.js")


def page(recording: Mapping[str, Any], svg: str, lang: str = "ko") -> str:
    """The HTML of the page, which begins in language ``lang`` ("ko" or "en").

    ``svg`` is a picture with a group ``n3`` for node 3 and ``e3_0`` for the edge from its first parent.
    Raises ValueError for a recording of another version, an unknown language and SVG that is none.

    >>> recording = {"version": 1, "nodes": [], "edges": [], "forward": [], "backward": []}
    >>> page(recording, "<svg xmlns='http://www.w3.org/2000/svg'/>")[:15]
    '<!DOCTYPE html>'
    """
    if recording.get("version") != VERSION:
        raise ValueError(
            f"page: the recording has version {recording.get('version')!r}; {VERSION} is needed"
        )
    words = json.loads(_file("words.json"))
    if lang not in words:
        raise ValueError(
            f"page: lang is {lang!r}; it must be one of {', '.join(map(repr, words))}"
        )
    style, script = _file("page.css"), "".join(map(_file, SCRIPTS))
    policy = f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    return Template(_file("page.html")).substitute(
        lang=lang,
        policy=policy,
        style=style,
        script=script,
        svg=clean(svg),
        recording=_json(recording),
        words=_json(words),
    )


def save(
    recording: Mapping[str, Any],
    svg: str,
    path: str | os.PathLike[str],
    lang: str = "ko",
) -> Path:
    """Write `page` to ``path``, all of it or nothing, and return the path.

    >>> recording = {"version": 1, "nodes": [], "edges": [], "forward": [], "backward": []}
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(recording, "<svg xmlns='http://www.w3.org/2000/svg'/>", f"{folder}/steps.html").name
    'steps.html'
    """
    path = Path(path)
    write(path, page(recording, svg, lang).encode())
    return path


def _file(name: str) -> str:
    return (resources.files(__package__) / "web" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return (
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
    )


def _json(data: Any) -> str:
    """JSON that stays inside its script element: no character that means something in HTML or ends a line.

    >>> _json({"label": "</script>"})
    '{"label":"\\\\u003c/script\\\\u003e"}'
    """
    text = json.dumps(
        _finite(data), separators=(",", ":"), allow_nan=False, ensure_ascii=False
    )
    return re.sub(
        "[<>&\u2028\u2029\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", text
    )


def _finite(data: Any) -> Any:
    """The same data with infinities and NaN as text, which JSON lacks and JavaScript's Number reads."""
    if isinstance(data, float) and not math.isfinite(data):
        return "NaN" if math.isnan(data) else "Infinity" if data > 0 else "-Infinity"
    if isinstance(data, Mapping):
        return {key: _finite(value) for key, value in data.items()}
    return (
        [_finite(value) for value in data] if isinstance(data, list | tuple) else data
    )


# ---- the picture ---------------------------------------------------------------------------------

_SVG = "{http://www.w3.org/2000/svg}"
_TAGS = {"svg", "g", "path", "polygon", "polyline", "ellipse", "text"}
_ATTRIBUTES = {
    *(
        "id",
        "class",
        "viewBox",
        "transform",
        "d",
        "points",
        "x",
        "y",
        "cx",
        "cy",
        "rx",
        "ry",
    ),
    *("text-anchor", "font-size", "font-weight", "font-style"),
}  # no colours: the style of the page has them, light and dark
_ID = re.compile(r"n\d+|e\d+_\d+")  # others could be mistaken for parts of the page


def clean(svg: str) -> str:
    """The picture with nothing but shapes, text and the ids of nodes and edges.

    >>> clean("<svg xmlns='http://www.w3.org/2000/svg'><script>x</script><g id='n0' onclick='x'/></svg>")
    '<svg xmlns="http://www.w3.org/2000/svg"><g id="n0"></g></svg>'
    """
    parser = ElementTree.XMLParser(target=_Writer())
    try:
        parser.feed(svg)
        return str(parser.close())
    except ElementTree.ParseError as error:
        raise ValueError(f"clean: {svg[:60]!r} is no SVG: {error}") from None


class _Writer:
    """Writes the allowed elements again as the parser meets them; the rest is left out, content and all."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.skipping = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.removeprefix(_SVG)
        if self.skipping or name not in _TAGS:
            self.skipping += 1
            return
        kept = {k: v for k, v in attributes.items() if k in _ATTRIBUTES}
        if not _ID.fullmatch(kept.get("id", "n0")):
            del kept["id"]
        if name == "svg":
            kept = {"xmlns": _SVG[1:-1], **kept}
        self.parts.append(
            f"<{name}{''.join(f' {k}={quoteattr(v)}' for k, v in kept.items())}>"
        )

    def data(self, text: str) -> None:
        if not self.skipping:
            self.parts.append(escape(text))

    def end(self, tag: str) -> None:
        if self.skipping:
            self.skipping -= 1
        else:
            self.parts.append(f"</{tag.removeprefix(_SVG)}>")

    def close(self) -> str:
        return "".join(self.parts)
