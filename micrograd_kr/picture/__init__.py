"""Pictures of graphs: what is drawn, how it is named, and what lays it out."""

from .draw import draw
from .label import visible
from .names import formula, names
from .neurons import find_neurons
from .render import Drawing, write

__all__ = ["Drawing", "draw", "find_neurons", "formula", "names", "visible", "write"]
