"""The step page in a browser: nothing may go wrong, and nothing may be asked of the network."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from told import walked

from micrograd_kr import Value
from micrograd_kr.pages import page as player
from micrograd_kr.stepper.stepper import Stepper

Open = Callable[..., Any]


@pytest.fixture
def view(browser: Any, tmp_path: Path) -> Iterator[Open]:
    """Opens the page of a graph; at the end nothing may have gone wrong and nothing may have been asked for."""
    trouble: list[str] = []
    asked: list[str] = []
    opened: list[Any] = []
    path = tmp_path / "steps.html"

    def open_page(
        y: Value,
        lang: str = "en",
        svg: str | None = None,
        address: str = "",
        **options: Any,
    ) -> Any:
        stepper = Stepper(y, lang=lang)
        if svg is None:
            stepper.save(path, max_nodes=2000)
        else:
            player.save(stepper.recording(), svg, path, lang)
        context = browser.new_context(
            **{"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"}
            | options
        )
        page = context.new_page()
        page.on("console", lambda message: trouble.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: trouble.append(f"error: {error}"))
        page.on(
            "dialog",
            lambda dialog: (
                trouble.append(f"dialog: {dialog.message}"),
                dialog.dismiss(),
            ),
        )
        page.on("request", lambda request: asked.append(request.url))
        page.set_default_timeout(5000)
        page.clock.install(time=0)
        page.goto(path.as_uri() + address)
        page.clock.pause_at(1000)
        page.recording = walked(y)  # what the REPL tells
        page.evaluate("document.getElementById('all').open = true")
        page.wait_for_function("document.querySelector('tbody tr')")
        opened.append(context)
        return page

    yield open_page
    for context in opened:
        context.close()
    assert trouble == []
    assert [url.partition("#")[0] for url in asked] == [path.as_uri()] * len(opened)
