"""What every test needs: English unless it asks, time that a busy machine has, a browser."""

import os
import shutil
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    None,
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

os.environ["MICROGRAD_KR_LANG"] = "en"

# What a shell starts in the background ignores Ctrl-C, and so would all it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("project", deadline=None)
settings.load_profile("project")


@pytest.fixture
def korean():
    """Everything is said in Korean until the test is over."""
    from micrograd_kr.text import speak

    speak("ko")
    yield
    speak(None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip(
        "playwright.sync_api",
        reason="the page is tested with Playwright: pip install playwright",
    )
    if CHROMIUM is None:
        pytest.skip("the page is tested in Chromium, and there is none on PATH")
    with playwright.sync_playwright() as p:
        launched = p.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield launched
        launched.close()
