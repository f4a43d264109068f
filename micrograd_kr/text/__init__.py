"""Words, numbers and files: what every room says, and how it is written down."""

from .files import replace_file
from .korean import Word
from .messages import FEW, LANGUAGES, Messages, language, listed, speak
from .numbers import columns, format_number, padded

__all__ = [
    "FEW",
    "LANGUAGES",
    "Messages",
    "Word",
    "columns",
    "format_number",
    "language",
    "listed",
    "padded",
    "replace_file",
    "speak",
]
