"""From scalars to arrays: the recorded graph of a loss as an array program."""

from .compiling import compile, compile_outputs
from .program import Forward, Program

__all__ = ["Forward", "Program", "compile", "compile_outputs"]
