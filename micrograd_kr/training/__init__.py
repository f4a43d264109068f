"""Training: data, the loop, and (in ``training.plot``, with Matplotlib) what came out."""

from .data import (
    Data,
    load_digits,
    make_blobs,
    make_circles,
    make_moons,
    make_spirals,
    make_xor,
    make_yin_yang,
    train_test_split,
)
from .fit import Diverged, Epoch, History, evaluate, fit

__all__ = [
    "Data",
    "Diverged",
    "Epoch",
    "History",
    "evaluate",
    "fit",
    "load_digits",
    "make_blobs",
    "make_circles",
    "make_moons",
    "make_spirals",
    "make_xor",
    "make_yin_yang",
    "train_test_split",
]
