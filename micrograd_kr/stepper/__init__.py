"""Backpropagation one node at a time, in words and pictures."""

from .stepper import Move, Note, Stepper

__all__ = ["Move", "Note", "Stepper"]
