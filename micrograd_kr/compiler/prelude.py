"""The few functions that an array library lacks, as text for the top of a program.

The programs run under NumPy and under JAX; where the two differ, the difference is
here.
"""

import builtins
import keyword
import math
import re
from typing import Any

import numpy as np

from ..engine import FLOATS

NUMPY = {
    "asin": """
from numpy import arcsin as asin
""",
    "acos": """
from numpy import arccos as acos
""",
    "atan": """
from numpy import arctan as atan
""",
    "erf": """
import math
from numpy import vectorize
erf = vectorize(math.erf, otypes=[float])
""",
    "add_rows": """
def add_rows(x, rows, count):
    x = asarray(x)
    width = x.size // rows.size
    at = rows.reshape(-1, 1) * width + arange(width)
    return bincount(at.ravel(), x.ravel(), count * width).reshape(count, width)
""",
    "segment_sum": """
def segment_sum(x, segments, count):
    if x.ndim == 1:
        return bincount(segments, x, count)
    rows = arange(len(x))[:, None]
    at = rows * count + segments
    return bincount(at.ravel(), x.ravel(), len(x) * count).reshape(len(x), count)
""",
}

JAX = {
    "fori_loop": """
from jax.lax import fori_loop
""",
    "erf": """
from jax.scipy.special import erf
""",
    "add_rows": """
def add_rows(x, rows, count):
    x = asarray(x)
    width = x.size // rows.size
    return zeros((count, width)).at[rows.ravel()].add(x.reshape(-1, width))
""",
    "segment_sum": """
def segment_sum(x, segments, count):
    return zeros((*x.shape[:-1], count)).at[..., segments].add(x)
""",
}

# What a program means by a name, so that no array of it can be called that.
RESERVED = frozenset(
    {
        *dir(np),
        *dir(builtins),
        *keyword.kwlist,
        *NUMPY,
        "math",
        "theta",
        "n",
        "loss",
        "dtheta",
        *FLOATS,
        *("numbers", "tape", "steps", "operations"),
        *("turn", "states"),
    }
)

FUNCTIONS: dict[str, Any] = {
    **vars(np),
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "erf": np.vectorize(math.erf, otypes=[float]),
}  # on numbers known now


def reserved(name: str) -> bool:
    """Whether a program means something by the name.

    >>> reserved("exp"), reserved("ones100"), reserved("W1")
    (True, True, False)
    """
    return name in RESERVED or (name.startswith("ones") and name[4:].isdecimal())


def head(body: str, library: str) -> str:
    """The lines that a program needs above it: imports, and the functions from here.

    >>> print(head("h = maximum(exp(x), 0)", "numpy"))
    from numpy import exp, maximum
    """
    sizes = sorted(set(re.findall(r"ones(?<!\wones)\d+\b", body)))
    ones = "".join([f"\n{name} = ones({name[4:]})" for name in sizes])
    own = JAX if library.startswith("jax") else NUMPY
    calls = re.compile(
        r"(?<![\w.])([^\W\d][\w.]*)\("
    )  # h1.sum is none of NumPy's names
    called = {*calls.findall(body)}
    used = "".join([text for name, text in own.items() if name in called])
    called |= set(re.findall(r"\b(?:inf|nan)\b", body))
    names = sorted(
        name
        for name in called.union(calls.findall(used + ones)) - own.keys()
        if name in vars(np) and name not in vars(builtins)
    )
    imports = ["import math"] if "math." in body else []
    if names:
        imports.append(f"from {library} import {', '.join(names)}")
    return "\n".join([*imports, *filter(None, [used, ones])]).rstrip()
