"""From scalars to arrays: the recorded graph of a loss as an array program."""

from .messages import say

try:
    from .compiling import compile, compile_outputs
    from .documents import Programs
    from .program import Forward, Program
except ModuleNotFoundError as _error:
    if _error.name != "numpy":
        raise
    raise ImportError(say("no_numpy")) from None

__all__ = ["Forward", "Program", "Programs", "compile", "compile_outputs"]
