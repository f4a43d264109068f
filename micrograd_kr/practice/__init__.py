"""Practice that is checked: a learner's own engine, and questions about gradients."""

from .check import Checked, check
from .quiz import quiz
from .stages import STAGES

__all__ = ["STAGES", "Checked", "check", "quiz"]
