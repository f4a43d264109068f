"""What every test needs: sentences are compared in English unless a test asks."""

import os

import pytest

os.environ["MICROGRAD_KR_LANG"] = "en"


@pytest.fixture
def korean():
    """Everything is said in Korean until the test is over."""
    from micrograd_kr.text import speak

    speak("ko")
    yield
    speak(None)
