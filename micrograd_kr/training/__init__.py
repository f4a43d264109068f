"""Training: data, the loop, and pictures of what came out.

``fit`` is the loop, ``data`` the toy sets, ``steps`` one step of either kind, ``given``
what a caller may give, ``watching`` the page that trains a recorded model, ``replay``
a run for that page, ``plot`` (with Matplotlib) the pictures.
"""

from .csv_file import load_csv
from .data import (
    Data,
    Heights,
    load_digits,
    make_blobs,
    make_circles,
    make_hill,
    make_moons,
    make_plane,
    make_sine,
    make_spirals,
    make_xor,
    make_yin_yang,
    train_test_split,
)
from .fit import evaluate, fit
from .history import Diverged, Epoch, History
from .schedules import (
    cosine_decay,
    exponential_decay,
    schedule,
    step_decay,
    warmup,
)
from .watching import TrainingPage, watch

__all__ = [
    "Data",
    "Diverged",
    "Epoch",
    "Heights",
    "History",
    "TrainingPage",
    "cosine_decay",
    "evaluate",
    "exponential_decay",
    "fit",
    "load_csv",
    "load_digits",
    "make_blobs",
    "make_circles",
    "make_hill",
    "make_moons",
    "make_plane",
    "make_sine",
    "make_spirals",
    "make_xor",
    "make_yin_yang",
    "schedule",
    "step_decay",
    "train_test_split",
    "warmup",
    "watch",
]
