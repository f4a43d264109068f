"""A computation graph as a picture: `draw` writes it in the DOT language, `render` lays it out.

>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> draw(a * b + 10).save("graph.svg")  # doctest: +SKIP
PosixPath('graph.svg')
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

from ..engine import Value
from .label import cell, cut, table, visible
from .names import INK, SOFT, Words, formula, joined, names
from .names import names as default_names
from .neurons import Neurons, find_neurons
from .render import FONT, Drawing

__all__ = ["Drawing", "draw", "formula", "names"]

FOLD_OVER = 100  # a graph of more nodes than this is drawn with its neurons folded
MAX_NODES = 300
EDGES = 5  # for each of these nodes; 300 nodes in random order with 1,500 edges take seconds, with 3,000 a minute

COLOURS = {  # of a box and of its border
    "input": ("#e4f2e8", "#7fae8f"),
    "parameter": ("#fdf1d8", "#d3ab5c"),
    "operation": ("#ffffff", "#9aa5b1"),
    "neuron": ("#ebeaf7", "#938fc0"),
    "result": ("#dcebfa", "#4a83bd"),
}
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
EDGE = {"color": "#8793a0", "arrowsize": "0.6", **_FONT}
FRAME = {
    "style": "rounded",
    "color": "#c4cdd5",
    "bgcolor": "#f6f8f9",
    "margin": "8",
    "labelloc": "t",
    "labeljust": "l",
}
# More edges than DENSE between boxes that are neurons: straight thin lines from side to side.
DENSE = 50
LAYERS = {"ranksep": "1.0", "splines": "line"}
LAYERS_EDGE = {
    "tailport": "e",
    "headport": "w",
    "penwidth": "0.6",
    "arrowsize": "0.4",
    "color": "#8793a0b0",
}
# Graphviz orders what is in frames to have few crossings, which puts w1 before w0 and neuron 7 before neuron 0.
# With next to no search, and an order given by `_keep_order`, it keeps to that.
IN_ORDER = {"mclimit": "0.01", "remincross": "false"}

Style = Mapping[str, object]


def draw(
    value: Value | Iterable[Value],
    *,
    partials: bool = False,
    fold: bool | None = None,
    max_nodes: int = MAX_NODES,
    names: Mapping[Value, str] | None = None,
    grads: Mapping[Value, float | None] | None = None,
    node_style: Callable[[Value], Style] | None = None,
    edge_style: Callable[[Value, int], Style] | None = None,
    graph_style: Style | None = None,
) -> Drawing:
    """The graph below a Value, or below several: name, formula, data and grad of each node.

    Green is an input, yellow a parameter (``w``, ``w1``, ``b``, or as `nn` names them), white an
    operation, blue the result; each neuron of a network has a frame.

    ``partials``: write the local derivative on each edge. ``fold``: draw each neuron as one violet
    box, without its parameters, and frame the layers; None does so for more than 100 nodes.
    ``names``: to use instead of those of `names`. ``grads``: to show instead of ``Value.grad``,
    None for one that is not there yet. Numbers are shown to 4 significant digits.

    Unfolded, node i of ``value.topological_order()`` has the id ``n{i}`` in the SVG, and the edge to
    it from the k-th of its ``parents`` has ``e{i}_{k}``; the last text in a node is its grad.
    ``node_style(v)`` and ``edge_style(v, k)`` give attributes of Graphviz for these, such as
    ``{"color": "red", "penwidth": 3}``, and ``graph_style`` for the whole, ``{"rankdir": "TB"}``.
    All text is shown as it is, a ``"label"`` from a style too: nothing in it is markup.

    Raises ValueError if there are more than ``max_nodes`` boxes, or five times as many edges.

    >>> x = Value(3.0, label="x"); y = x * x
    >>> y.backward()
    >>> svg = draw(y, partials=True).svg()
    >>> [f'id="{name}"' in svg for name in ("n0", "n1", "e1_0", "e1_1", "e1_2")]
    [True, True, True, True, False]
    """
    roots = _roots(value)
    order = _order(roots)
    folded = len(order) > FOLD_OVER if fold is None else fold
    neurons = find_neurons(order, roots)
    boxes = [
        v
        for v in order
        if not folded or (v not in neurons.hidden and neurons.box.get(v, v) is v)
    ]
    inside: dict[
        Value, list[Value]
    ] = {}  # the operations of each neuron that is one box
    for v in order if folded else ():
        if v in neurons.box:
            inside.setdefault(neurons.box[v], []).append(v)
    hidden = neurons.hidden if folded else set()
    arrows = sum(
        p not in hidden for v in boxes for u in inside.get(v, (v,)) for p in u.parents
    )
    _check_size(
        len(boxes), arrows, max_nodes, len(order), bool(neurons.box) and not folded
    )

    edges = [
        (v, k, *edge)
        for v in boxes
        for k, edge in enumerate(_edges(v, neurons, inside))
    ]
    column = _columns(edges)
    dense = bool(inside) and len(edges) > DENSE
    called = default_names(order) | {v: str(name) for v, name in (names or {}).items()}
    words = Words(called, neurons, inside)
    kinds = _kinds(order, roots, inside)
    grad, caption = _grads(order, grads)
    index = {v: i for i, v in enumerate(order)}
    frames: dict[str, list[Value]] = {}
    for v in boxes:
        layer, neuron = neurons.home.get(v, ("", ""))
        frames.setdefault(layer if folded else joined(layer, neuron), []).append(v)

    import graphviz

    graph = graphviz.Digraph("graph")
    looks = GRAPH | (LAYERS if dense else {}) | (IN_ORDER if any(frames) else {})
    looks["label"] = table(cell(caption, 11, SOFT)) if caption else ""
    graph.attr("graph", **looks | _attributes(graph_style or {}))
    graph.attr("node", **NODE)
    graph.attr("edge", **EDGE | (LAYERS_EDGE if dense else {}))
    for i, (name, members) in enumerate(frames.items()):
        with _frame(graph, i, name) as frame:
            for v in members:
                fill, border = COLOURS[kinds[v]]
                looks = {
                    "id": f"n{index[v]}",
                    "label": words.node(v, grad[v]),
                    "fillcolor": fill,
                    "color": border,
                }
                frame.node(
                    f"n{index[v]}",
                    **looks | _attributes(node_style(v) if node_style else {}),
                )
            for side_by_side in _grouped(members, column) if name else ():
                _keep_order(frame, [f"n{index[v]}" for v in side_by_side])
    for v, k, parent, partial in edges:
        looks = {"id": f"e{index[v]}_{k}"}
        if partials:
            looks["label"] = table(cell(words.partial(v, parent, partial), 10, SOFT))
        if (
            not folded
            and v in neurons.home
            and neurons.home.get(parent) != neurons.home[v]
        ):
            looks["minlen"] = (
                "2"  # leaves room for the parameters in front of the operation
            )
        looks |= _attributes(edge_style(v, k) if edge_style else {})
        graph.edge(f"n{index[parent]}", f"n{index[v]}", **looks)
    return Drawing(graph.source)


def _edges(
    v: Value, neurons: Neurons, inside: Mapping[Value, list[Value]]
) -> list[tuple[Value, float]]:
    """The parents of a box and the derivatives with respect to them; of a neuron, through all it does."""
    if v not in inside:
        return list(zip(v.parents, v.partials, strict=True))
    slopes = {v: 1.0}
    for u in reversed(inside[v]):
        for parent, partial in zip(u.parents, u.partials, strict=True):
            slopes[parent] = slopes.get(parent, 0.0) + slopes[u] * partial
    return [
        (p, s)
        for p, s in slopes.items()
        if p not in neurons.hidden and neurons.box.get(p) is not v
    ]


def _kinds(
    order: Sequence[Value], roots: Iterable[Value], inside: Iterable[Value]
) -> dict[Value, str]:
    last = {v: str(v.label).rpartition(".")[2] for v in order if v.op is None}
    weights = any(
        re.fullmatch(r"w\d*", label) for label in last.values()
    )  # without one, b is any variable
    kinds = dict.fromkeys(order, "operation")
    for v, label in last.items():
        kinds[v] = (
            "parameter" if weights and re.fullmatch(r"[wb]\d*", label) else "input"
        )
    return kinds | dict.fromkeys(inside, "neuron") | dict.fromkeys(roots, "result")


def _grads(
    order: Sequence[Value], given: Mapping[Value, float | None] | None
) -> tuple[dict[Value, float | None], str]:
    """The grad to show for each Value, and a line to say so if they are not there yet."""
    if given is not None:
        return {v: given.get(v) for v in order}, ""
    grads: dict[Value, float | None] = {v: v.grad for v in order}
    if any(v.grad for v in order if v.op or len(order) == 1):
        return grads, ""
    before = any(v.grad for v in order)
    grads |= {v: None for v in order if v.op or not before}
    return (
        grads,
        "no gradients yet: call backward()"
        + " (those of the leaves are from before)" * before,
    )


def _roots(value: Value | Iterable[Value]) -> list[Value]:
    roots = list(value) if isinstance(value, Iterable) else [value]
    for v in roots:
        if not isinstance(v, Value):
            raise TypeError(
                f"draw: {v!r} is a {type(v).__name__}; it draws a Value or a list of Values"
            )
    if not roots:
        raise ValueError("draw: an empty list; it draws a Value or a list of Values")
    return list(dict.fromkeys(roots))


def _order(roots: list[Value]) -> list[Value]:
    if len(roots) == 1:
        return roots[0].topological_order()
    together = object.__new__(
        Value
    )  # a child of them all, so that what they share is walked once
    together._a, together._b = None, tuple(roots)
    return together.topological_order()[:-1]


def _check_size(
    boxes: int, edges: int, max_nodes: int, nodes: int, foldable: bool
) -> None:
    allow = max(boxes, -(-edges // EDGES))
    if allow <= max_nodes:
        return
    now = f" ({boxes:,} boxes with its neurons folded)" if boxes < nodes else ""
    fold = "fold its neurons with fold=True, " if foldable else ""
    raise ValueError(
        f"draw: a graph of {nodes:,} nodes{now} and {edges:,} edges is more than max_nodes={max_nodes} allows. Draw "
        f"a part of it (one sample, one neuron, a Value further down), {fold}or allow it with max_nodes={allow}"
    )


@contextmanager
def _frame(graph: Any, i: int, title: str) -> Iterator[Any]:
    """A cluster with a title; without one, the graph itself."""
    if not title:
        yield graph
        return
    with graph.subgraph(name=f"cluster{i}") as cluster:
        cluster.attr("graph", **FRAME, label=table(cell(cut(title), 11, SOFT)))
        yield cluster


def _columns(edges: Iterable[tuple[Value, int, Value, float]]) -> dict[Value, object]:
    """What stands in one column: operations equally far from the leaves, leaves that are first used by the same."""
    depth: dict[Value, int] = {}
    user: dict[Value, Value] = {}
    for v, _, parent, _ in edges:
        depth[v] = max(depth.get(v, 0), depth.get(parent, 0) + 1)
        user.setdefault(parent, v)
    return {**user, **depth}


def _grouped(
    members: Iterable[Value], column: Mapping[Value, object]
) -> Iterable[list[Value]]:
    groups: dict[object, list[Value]] = {}
    for v in members:
        groups.setdefault(column.get(v), []).append(v)
    return groups.values()


def _keep_order(frame: Any, nodes: Sequence[str]) -> None:
    """Hold them in one column from top to bottom, by edges that are not seen and, in a frame, go upwards."""
    with frame.subgraph() as column:
        column.attr("graph", rank="same")
        for a, b in pairwise(reversed(nodes)):
            column.edge(a, b, style="invis")


def _attributes(style: Style) -> dict[str, str]:
    """Attributes for Graphviz, none of whose values is markup."""
    import graphviz

    return {
        name: table(cell(str(x), 10))
        if name.endswith("label")
        else graphviz.escape(visible(str(x)))
        for name, x in style.items()
    }
