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
from .page import step_document, step_look
from .pieces import activations, loss_pieces

SCRIPTS = (
    *("random", "samples", "optimizers", "recorder", "trainer"),  # what computes
    *("common", "settings", "csv", "learner", "health"),  # what there is
    *("plane", "line", "network", "curves", "confusion", "controls"),  # what is shown
    *("drawing", "walking", "main"),
)


def training_page(
    settings: Mapping[str, Any] | None = None,
    model: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
    lang: str | None = None,
    own: Mapping[str, Any] | None = None,
    phrases: Mapping[str, Any] | None = None,
) -> str:
    """Write the HTML of the page, which begins with these settings.

    ``settings``: any of those of ``web/training/settings.js``, such as
    ``{"data": "xor", "layers": [4]}``. ``model``: a recorded model, see
    `micrograd_kr.training.watch`; without one the page makes networks of its own.
    ``data``: ``{"train": [...], "test": [...]}`` of samples ``{"x": [...], "y": 0}``.
    ``own``: a data set of two inputs beside the toy sets, called "own":
    ``{"samples": [...], "classes": 2}``. ``phrases``: what there is to say of the
    operations, see `micrograd_kr.stepper.phrases`; without them no point is walked
    through.

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
    parts = {"given": given, "words": json.loads(web_file("training/words.json"))}
    frames = []
    if phrases:
        look = step_look(phrases["mistakes"])
        form = step_document("ko", body("page.html", svg="", folded=""), look, None)
        parts["phrases"] = {**phrases, "page": form}
        frames = [look]
    scripts = [web_file(f"training/{name}.js") for name in SCRIPTS]
    return document(
        lang=language(lang),
        body=body("training/page.html"),
        style=web_file("training/page.css"),
        script="\n".join([engine(), batch_engine(), *scripts]),
        data=parts,
        frames=frames,
    )
