"""Words, numbers and files: what every room says, and how it is written down."""

from .extras import install_command
from .files import HTML, check_ending, replace_file
from .korean import Word
from .messages import (
    FEW,
    LANGUAGES,
    Messages,
    choose,
    language,
    listed,
    say,
    speak,
    speaking,
)
from .numbers import columns, format_number, padded

__all__ = [
    "FEW",
    "HTML",
    "LANGUAGES",
    "Messages",
    "Word",
    "check_ending",
    "choose",
    "columns",
    "format_number",
    "install_command",
    "language",
    "listed",
    "padded",
    "replace_file",
    "say",
    "speak",
    "speaking",
]
