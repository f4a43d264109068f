"""The lessons in the order in which they are read, each with the demo it is made of.

Every number and model is made by the demo, so that there is one source of it; what a
lesson claims, the demo prints and the tests hold.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

from . import gradients, learning, networks
from .demos import load
from .parts import Parts


@dataclass(frozen=True)
class Lesson:
    """A lesson: its name, which is that of its demo, and what the demo gives it."""

    name: str
    build: Callable[[ModuleType], Parts]

    def make(self) -> Parts:
        """Ask the demo, in the reader's language."""
        return self.build(load(self.name))


def _lesson(build: Callable[[ModuleType], Parts]) -> Lesson:
    """Make a lesson that has the name of its demo."""
    return Lesson(build.__name__, build)


LESSONS = [
    _lesson(networks.linear_model),
    _lesson(networks.softmax),
    _lesson(networks.activations),
    _lesson(networks.two_layers),
    _lesson(networks.universal_approximation),
    _lesson(gradients.backprop_by_hand),
    _lesson(gradients.order_matters),
    _lesson(learning.least_squares),
    _lesson(learning.toy_classification),
    _lesson(learning.scalars_to_matrices),
    _lesson(learning.microgpt),
]
