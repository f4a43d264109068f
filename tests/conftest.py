"""What every test needs: English unless it asks, and time that a busy machine has."""

import os

import pytest
from hypothesis import settings

os.environ["MICROGRAD_KR_LANG"] = "en"

settings.register_profile("project", deadline=None)
settings.load_profile("project")


@pytest.fixture
def korean():
    """Everything is said in Korean until the test is over."""
    from micrograd_kr.text import speak

    speak("ko")
    yield
    speak(None)
