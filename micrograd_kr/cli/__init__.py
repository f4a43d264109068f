"""The command line, and the options of the demos."""

from .arguments import demo_options, page_written
from .commands import main

__all__ = ["demo_options", "main", "page_written"]
