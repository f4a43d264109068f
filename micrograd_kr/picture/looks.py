"""How pictures look: colours, lines, letters."""

from .render import FONT

INK, SOFT, RED = "#1f2933", "#66727f", "#c0392b"
COLOURS = {  # of a box and of its border
    "input": ("#e4f2e8", "#7fae8f"),
    "parameter": ("#fdf1d8", "#d3ab5c"),
    "operation": ("#ffffff", "#9aa5b1"),
    "neuron": ("#ebeaf7", "#938fc0"),
    "result": ("#dcebfa", "#4a83bd"),
}
# A weight's sign: blue and orange are told apart by every kind of colour vision.
POSITIVE, NEGATIVE = "#2f74b5", "#e07b1a"
THIN, THICK = 0.4, 3.2  # lines, of a weight of 0 and of the largest weight
_FONT = {"fontname": FONT, "fontcolor": INK}
GRAPH = {
    "rankdir": "LR",
    "bgcolor": "white",
    "ranksep": "0.4",
    "nodesep": "0.18",
    "labelloc": "b",
    **_FONT,
}
NODE = {
    "shape": "box",
    "style": "rounded,filled",
    "margin": "0.09,0.05",
    "width": "0",
    "height": "0",
    **_FONT,
}
EDGE = {"color": "#8793a0", "arrowsize": "0.6", "labelangle": "0", **_FONT}
FRAME = {
    "style": "rounded",
    "color": "#c4cdd5",
    "bgcolor": "#f6f8f9",
    "margin": "8",
    "labelloc": "t",
    "labeljust": "l",
}
# Folded networks: straight lines from side to side of the columns.
LAYERS = {"ranksep": "1.0", "splines": "line"}
LAYERS_EDGE = {"tailport": "e", "headport": "w", "arrowsize": "0.4"}
# All places are given, see grid.py; lines are straight where their way is not given.
PLACED = {"layout": "nop2", "splines": "line"}
# Graphviz orders what is in frames to have few crossings, which puts w1 before w0 and
# neuron 7 before neuron 0. With next to no search it keeps to the order given by `dot`.
IN_ORDER = {"mclimit": "0.01", "remincross": "false"}

# Graphviz searches long for few crossings and short lines: of 1,540 nodes it makes a
# picture in 1.3 s with this and in 15 s without, and the picture is no larger.
LARGE = {"mclimit": "0.05", "nslimit": "0.1", "nslimit1": "0.1"}
LARGE_OVER = 300  # boxes


def of_weight(weight: float, largest: float) -> dict[str, str]:
    """Style a line: as wide as the weight is large, coloured by its sign.

    >>> of_weight(-2.0, 2.0)
    {'color': '#e07b1a', 'penwidth': '3.2'}
    """
    share = abs(weight) / largest if largest else 0.0
    colour = NEGATIVE if weight < 0 else POSITIVE
    return {"color": colour, "penwidth": f"{THIN + (THICK - THIN) * share:.3g}"}
