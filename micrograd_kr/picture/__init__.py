"""Pictures of graphs: what is drawn, how it is named, and what lays it out."""

from .draw import draw
from .drawing import Drawing
from .folding import FOLD_OVER, Arrow, arrows
from .label import visible
from .names import formula, names
from .neurons import Neurons, find_neurons
from .render import layout_with
from .words import shown_number

__all__ = [
    "FOLD_OVER",
    "Arrow",
    "Drawing",
    "Neurons",
    "arrows",
    "draw",
    "find_neurons",
    "formula",
    "layout_with",
    "names",
    "shown_number",
    "visible",
]
