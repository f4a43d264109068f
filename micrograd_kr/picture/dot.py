"""From boxes and arrows to text in the DOT language."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ..engine import Value
from .folding import Arrow, Boxes
from .label import cell, cut, table, visible
from .looks import (
    EDGE,
    FRAME,
    GRAPH,
    IN_ORDER,
    LAYERS,
    LAYERS_EDGE,
    NODE,
    SOFT,
    of_weight,
)
from .names import joined

Style = Mapping[str, object]
Styles = Mapping[str, str]

if TYPE_CHECKING:
    import graphviz


class Page:
    """Write one picture: the graph, its frames with their boxes, the arrows."""

    def __init__(self, boxes: Boxes, caption: str, graph_style: Style) -> None:
        import graphviz  # when something is drawn: text needs none

        self.boxes = boxes
        self.escape = graphviz.escape
        self.index = {v: i for i, v in enumerate(boxes.order)}
        self.frames = _frames(boxes)
        self.layered = any(arrow.weight is not None for arrow in boxes.arrows)
        looks = dict(GRAPH)
        if self.layered:
            looks |= LAYERS
        if any(self.frames) or self.layered:
            looks |= IN_ORDER
        looks["label"] = table(cell(caption, 11, SOFT)) if caption else ""
        self.graph = graphviz.Digraph("graph")
        self.graph.attr("graph", **looks | self.attributes(graph_style))
        self.graph.attr("node", **NODE)
        self.graph.attr("edge", **EDGE | (LAYERS_EDGE if self.layered else {}))

    def id(self, v: Value) -> str:
        """Give the id of a box: n and its place in topological order."""
        return f"n{self.index[v]}"

    def nodes(self, look: Callable[[Value], Styles]) -> None:
        """Write all boxes, those of one frame together and in order."""
        column = _columns(self.boxes.arrows)
        for i, (title, members) in enumerate(self.frames.items()):
            with _frame(self.graph, i, title) as frame:
                for v in members:
                    frame.node(self.id(v), id=self.id(v), **look(v))
                in_order = bool(title) or self.layered
                for group in _grouped(members, column) if in_order else []:
                    ids = [self.id(v) for v in group]
                    if title:  # in a frame these edges go upwards
                        ids.reverse()
                    _keep_order(frame, ids)

    def edges(self, look: Callable[[Arrow], Styles]) -> None:
        """Write all arrows."""
        weights = [abs(a.weight) for a in self.boxes.arrows if a.weight is not None]
        largest = max(weights, default=0.0)
        for arrow in self.boxes.arrows:
            looks = {"id": arrow.id}
            if arrow.weight is not None:
                looks |= of_weight(arrow.weight, largest)
            if self._enters_a_neuron(arrow):
                # leaves room for the parameters in front of the operation
                looks["minlen"] = "2"
            looks |= look(arrow)
            self.graph.edge(self.id(arrow.parent), self.id(arrow.box), **looks)

    def _enters_a_neuron(self, arrow: Arrow) -> bool:
        home = self.boxes.neurons.home
        if self.boxes.folded or arrow.box not in home:
            return False
        return home.get(arrow.parent) != home[arrow.box]

    def attributes(self, style: Style) -> dict[str, str]:
        """Give attributes for Graphviz, none of whose values is markup."""
        safe = {}
        for name, x in style.items():
            if name.endswith("label"):
                safe[name] = table(cell(str(x), 10))
            else:
                safe[name] = self.escape(visible(str(x)))
        return safe


def _frames(boxes: Boxes) -> dict[str, list[Value]]:
    """Sort the boxes by frame: a layer's when folded, else a neuron's; "" is none."""
    frames: dict[str, list[Value]] = {}
    for v in boxes.shown:
        layer, neuron = boxes.neurons.home.get(v, ("", ""))
        title = layer if boxes.folded else joined(layer, neuron)
        frames.setdefault(title, []).append(v)
    return frames


@contextmanager
def _frame(graph: "graphviz.Digraph", i: int, title: str) -> Iterator[Any]:
    """Open a cluster with a title; without one, the graph itself."""
    if not title:
        yield graph
        return
    with graph.subgraph(name=f"cluster{i}") as cluster:
        label = table(cell(cut(title), 11, SOFT))
        cluster.attr("graph", **FRAME, label=label)
        yield cluster


def _columns(arrows: Iterable[Arrow]) -> dict[Value, object]:
    """Tell what stands in one column.

    Operations equally far from the leaves, leaves that are first used by the same.
    """
    depth: dict[Value, int] = {}
    user: dict[Value, Value] = {}
    for arrow in arrows:
        v, parent = arrow.box, arrow.parent
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
    """Hold them in one column in this order, by edges that are not seen."""
    with frame.subgraph() as column:
        column.attr("graph", rank="same")
        for a, b in pairwise(nodes):
            column.edge(a, b, style="invis")
