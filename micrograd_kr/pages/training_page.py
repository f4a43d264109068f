"""The page where a network learns: one file that computes, and asks for nothing.

The page has the engine of the step page, in the form that computes many samples at
once, and trains as `fit` does. It makes its own networks, or is given a model, data and
a loss that Python recorded.
"""

import json
from collections.abc import Mapping
from typing import Any

from ..text import language
from .batches import batch_engine
from .document import body, document
from .javascript import engine, web_file
from .pieces import activations, loss_pieces

SCRIPTS = (
    *("random", "samples", "optimizers", "recorder", "trainer"),  # what computes
    *("common", "settings", "csv", "learner", "health", "walk"),  # what there is
    *("plane", "line", "network", "curves", "confusion", "controls", "main"),  # shown
)


def training_page(
    settings: Mapping[str, Any] | None = None,
    model: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
    lang: str | None = None,
    own: Mapping[str, Any] | None = None,
) -> str:
    """Write the HTML of the page, which begins with these settings.

    ``settings``: any of those of ``web/training/settings.js``, such as
    ``{"data": "xor", "layers": [4]}``. ``model``: a recorded model, see
    `micrograd_kr.training.watch`; without one the page makes networks of its own.
    ``data``: ``{"train": [...], "test": [...]}`` of samples ``{"x": [...], "y": 0}``.
    ``own``: a data set of two inputs beside the toy sets, called "own":
    ``{"samples": [...], "classes": 2}``.

    >>> training_page({"data": "xor"})[:15]
    '<!DOCTYPE html>'
    """
    given = {
        "lang": language(lang),
        "settings": dict(settings or {}),
        "model": model,
        "data": data,
        "own": own,
        "activations": activations(),
        "pieces": loss_pieces(),
    }
    parts = [web_file(f"training/{name}.js") for name in SCRIPTS]
    words = json.loads(web_file("training/words.json"))
    return document(
        lang=language(lang),
        body=body("training/page.html"),
        style=web_file("training/page.css"),
        script="\n".join([engine(), batch_engine(), *parts]),
        data={"given": given, "words": words},
    )
