"""Backpropagation one node at a time, in words and pictures.

``stepper`` is what a person calls, ``walk`` the numbers, ``formulas`` and ``sentences``
the text, ``frames`` the pictures, ``recording`` the data for a page; ``questions``
asks a learner, and ``mistakes`` has what goes wrong.
"""

from .questions import Judged, score
from .recording import phrases
from .stepper import Note, Step, Stepper

__all__ = ["Judged", "Note", "Step", "Stepper", "phrases", "score"]
