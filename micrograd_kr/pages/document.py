"""The frame of every page: one HTML document with its policy, data and script."""

import re
from collections.abc import Mapping, Sequence
from string import Template
from typing import Any

from .inert import inert_json, policy
from .javascript import web_file


def document(
    lang: str,
    body: str,
    style: str,
    script: str,
    data: Mapping[str, Any],
    title: str = "micrograd_kr",
    files: str = "",
    frames: Sequence[tuple[str, str]] = (),
) -> str:
    """Write a document whose script finds each of ``data`` in an element of that id.

    ``style`` and ``script`` come behind what all pages share. ``files``: what the
    policy allows beside them, such as ``img-src 'self'``. ``frames``: style and script
    of the documents that this one may open in a frame.

    >>> "'sha256-" in document("ko", "<main></main>", "", "", {"given": {"a": 1}})
    True
    """
    styles, scripts = zip(*map(_with_shared, [(style, script), *frames]), strict=True)
    texts = {name: inert_json(value) for name, value in data.items()}
    kind = 'type="application/json"'
    elements = [
        f'<script {kind} id="{id}">{text}</script>' for id, text in texts.items()
    ]
    return Template(web_file("document.html")).substitute(
        lang=lang,
        policy="; ".join(filter(None, [policy(styles, scripts), files])),
        title=title,
        style=styles[0],
        body=body,
        data="\n".join(elements),
        script=scripts[0],
    )


def _with_shared(own: tuple[str, str]) -> tuple[str, str]:
    """Style and script behind what all pages share."""
    style, script = own
    shared = '"use strict";\n' + web_file("shared.js")
    return web_file("shared.css") + style, packed(shared + script)


_COMMENT = re.compile(
    r"^[ \t]*(?://.*|/\*\*(?:.|\n)*?\*/[ \t]*)\n|^[ \t]+", re.MULTILINE
)


def packed(script: str) -> str:
    """Leave out the comments that have lines of their own, and indentation.

    >>> packed("// What x is.\\n  const x = 1; // one\\n")
    'const x = 1; // one\\n'
    """
    return _COMMENT.sub("", script)


def body(name: str, **parts: str) -> str:
    """Read what stands between head and data, with the switches that all pages have.

    >>> 'id="theme"' in body("training/page.html")
    True
    """
    switches = web_file("switches.html")
    return Template(web_file(name)).substitute(switches=switches, **parts)
