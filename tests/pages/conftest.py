"""The step page in a browser: nothing may go wrong, and nothing may be asked of the network."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browsers import Opened
from told import walked

from micrograd_kr import Value
from micrograd_kr.pages import page as player
from micrograd_kr.stepper.stepper import Stepper

Open = Callable[..., Any]
VIEWPORT = {"width": 1280, "height": 800}


@pytest.fixture
def view(browser: Any, tmp_path: Path) -> Iterator[Open]:
    """Opens the page of a graph; at the end nothing may have gone wrong and nothing may have been asked for."""
    opened: list[Opened] = []
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
        options = {"viewport": VIEWPORT} | options
        opened.append(Opened(browser, path, address, options, stopped=True))
        page = opened[-1].page
        page.recording = walked(y)  # what the REPL tells
        page.evaluate("document.getElementById('all').open = true")
        page.wait_for_function("document.querySelector('tbody tr')")
        return page

    def close() -> None:
        while opened:
            opened.pop().close()

    open_page.close = close  # type: ignore[attr-defined]
    yield open_page
    close()
