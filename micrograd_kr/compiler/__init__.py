"""From scalars to arrays: the recorded graph of a loss as an array program."""

from .compiling import compile, compile_outputs
from .documents import Programs
from .program import Forward, Program

__all__ = ["Forward", "Program", "Programs", "compile", "compile_outputs"]
