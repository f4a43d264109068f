"""The command line, and what a demo is run with."""

from .commands import main
from .demos import Demo

__all__ = ["Demo", "main"]
