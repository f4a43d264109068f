"""The frame of every page: one HTML document with its policy, data and script."""

from collections.abc import Mapping
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
) -> str:
    """Write a document whose script finds each of ``data`` in an element of that id.

    ``style`` and ``script`` come behind what all pages share. ``files``: what the
    policy allows beside them, such as ``img-src 'self'``.

    >>> "'sha256-" in document("ko", "<main></main>", "", "", {"given": {"a": 1}})
    True
    """
    style = web_file("shared.css") + style
    script = '"use strict";\n' + web_file("shared.js") + script
    texts = {name: inert_json(value) for name, value in data.items()}
    kind = 'type="application/json"'
    elements = [
        f'<script {kind} id="{id}">{text}</script>' for id, text in texts.items()
    ]
    return Template(web_file("document.html")).substitute(
        lang=lang,
        policy="; ".join(filter(None, [policy(style, script), files])),
        title=title,
        style=style,
        body=body,
        data="\n".join(elements),
        script=script,
    )


def body(name: str, **parts: str) -> str:
    """Read what stands between head and data, with the switches that all pages have.

    >>> 'id="theme"' in body("training/page.html")
    True
    """
    switches = web_file("switches.html")
    return Template(web_file(name)).substitute(switches=switches, **parts)
