"""From scalars to arrays: the recorded graph of a loss as an array program."""

from .program import Forward, Program, compile, compile_outputs

__all__ = ["Forward", "Program", "compile", "compile_outputs"]
