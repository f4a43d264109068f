"""From scalars to arrays: the recorded graph of a loss as an array program."""

from .program import Program, compile

__all__ = ["Program", "compile"]
