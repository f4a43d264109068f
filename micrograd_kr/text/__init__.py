"""Words, numbers and files: what every room says and how it is written down."""

from .files import replace_file
from .messages import (
    FEW,
    LANGUAGES,
    MESSAGES,
    Word,
    columns,
    language,
    listed,
    number,
    say,
)

__all__ = [
    "FEW",
    "LANGUAGES",
    "MESSAGES",
    "Word",
    "columns",
    "language",
    "listed",
    "number",
    "replace_file",
    "say",
]
