"""Pictures of graphs: what is drawn, how it is named, and what lays it out."""

from .draw import draw
from .drawing import Drawing
from .folding import Arrow, arrows
from .label import visible
from .names import formula, names
from .neurons import Neurons, find_neurons
from .render import write
from .words import shown_number

__all__ = [
    "Arrow",
    "Drawing",
    "Neurons",
    "arrows",
    "draw",
    "find_neurons",
    "formula",
    "names",
    "shown_number",
    "visible",
    "write",
]
