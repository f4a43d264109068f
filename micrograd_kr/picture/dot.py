"""From boxes and arrows to text in the DOT language."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

from ..engine import Value
from .folding import Arrow, Boxes
from .grid import MARGIN, TITLE, Grid, Place, Point
from .label import cell, cut, table, visible, width_of
from .looks import (
    EDGE,
    FRAME,
    GRAPH,
    IN_ORDER,
    LARGE,
    LARGE_OVER,
    LAYERS,
    LAYERS_EDGE,
    NODE,
    PLACED,
    SOFT,
    of_weight,
)

Style = Mapping[str, object]
Styles = dict[str, str]

INCH = 72  # points
ACROSS = {"tailport": "e", "headport": "w"}  # where an arrow leaves and enters
DOWN = {"tailport": "s", "headport": "n"}
ARROW = 10.0  # points that the head of an arrow is long
SIDE = 6.5  # points between the side of a box and its text


class Page:
    """Write one picture: the graph, its frames with their boxes, the arrows."""

    def __init__(
        self,
        boxes: Boxes,
        caption: str,
        graph_style: Style,
        grid: Grid | None,
    ) -> None:
        import graphviz  # when something is drawn: text needs none

        self.boxes = boxes
        self.grid = grid
        self.escape: Callable[[str], str] = graphviz.escape
        self.index: dict[Value, int] = {v: i for i, v in enumerate(boxes.order)}
        self.frames: dict[str, list[Value]] = boxes.frames()
        self.layered: bool = any(arrow.weight is not None for arrow in boxes.arrows)
        looks = GRAPH | self._layout()
        looks["label"] = table(cell(caption, 11, SOFT)) if caption else ""
        self.graph: Any = graphviz.Digraph("graph")
        self.graph.attr("graph", **looks | self.attributes(graph_style))
        self.graph.attr("node", **NODE)
        self.graph.attr("edge", **EDGE | (LAYERS_EDGE if self.layered else {}))

    def _layout(self) -> dict[str, str]:
        if self.grid is not None:
            return PLACED
        looks = dict(LAYERS) if self.layered else {}
        if self.layered or any(self.frames):
            looks |= IN_ORDER
        if len(self.boxes.shown) > LARGE_OVER:
            looks |= LARGE
        return looks

    def id(self, v: Value) -> str:
        """Give the id of a box: n and its place in topological order."""
        return f"n{self.index[v]}"

    def nodes(self, look: Callable[[Value], Styles]) -> None:
        """Write all boxes, those of one frame together and in order."""
        for i, (title, members) in enumerate(self.frames.items()):
            with self._frame(i, title) as frame:
                for v in members:
                    looks = self._place(v) | look(v)
                    frame.node(self.id(v), id=self.id(v), **looks)
                if self.grid is None and (title or self.layered):
                    self._keep_order(frame, title, members)

    @contextmanager
    def _frame(self, i: int, title: str) -> Iterator[Any]:
        """Open a cluster with a title; without one, the graph itself."""
        if not title:
            yield self.graph
            return
        looks = FRAME | {"label": table(cell(cut(title), 11, SOFT))}
        if self.grid is not None:
            looks |= _pinned_frame(self.grid.frames[title], title)
        with self.graph.subgraph(name=f"cluster{i}") as cluster:
            cluster.attr("graph", **looks)
            yield cluster

    def _place(self, v: Value) -> dict[str, str]:
        if self.grid is None:
            return {}
        place = self.grid.boxes[v]
        return {
            "pos": _point(place.x, place.y),
            "width": f"{place.width / INCH:.3f}",
            "height": f"{place.height / INCH:.3f}",
        }

    def room(self, v: Value) -> float:
        """Tell how wide the text of a box must be at least."""
        return self.grid.boxes[v].width - 2 * SIDE if self.grid else 0.0

    def behind(self, arrow: Arrow) -> str:
        """Give the colour behind a label that stands on its line."""
        if self.grid is None:
            return ""
        home = self.boxes.neurons.home
        here = home.get(arrow.parent)
        inside = here is not None and here == home.get(arrow.box)
        return FRAME["bgcolor"] if inside else GRAPH["bgcolor"]

    def _keep_order(self, frame: Any, title: str, members: Iterable[Value]) -> None:
        """Hold what stands in one column in this order, by edges that are not seen."""
        column = _columns(self.boxes.arrows)
        for group in _grouped(members, column):
            ids = [self.id(v) for v in group]
            if title:  # in a frame these edges go upwards
                ids.reverse()
            with frame.subgraph() as rank:
                rank.attr("graph", rank="same")
                for a, b in pairwise(ids):
                    rank.edge(a, b, style="invis")

    def edges(self, look: Callable[[Arrow], Styles]) -> None:
        """Write all arrows."""
        weights = [abs(a.weight) for a in self.boxes.arrows if a.weight is not None]
        largest = max(weights, default=0.0)
        for arrow in self.boxes.arrows:
            looks = {"id": arrow.id}
            if arrow.weight is not None:
                looks |= of_weight(arrow.weight, largest)
            looks |= self._way(arrow, look(arrow))
            self.graph.edge(self.id(arrow.parent), self.id(arrow.box), **looks)

    def _way(self, arrow: Arrow, looks: Styles) -> Styles:
        """Lead an arrow from box to box, and its label to where lines have parted."""
        if self.grid is None:
            # room for the parameters in front of the operation
            room = {"minlen": "2"} if self._enters_a_neuron(arrow) else {}
            return room | looks
        if arrow.id in self.grid.ways:
            return self._skip(self.grid.ways[arrow.id], looks)
        ports = DOWN if self.grid.is_above(arrow) else ACROSS
        way = ports | looks
        if "label" in way:
            way["taillabel"] = way.pop("label")
            way["labeldistance"] = f"{self.grid.label_after(arrow) / 10:.2f}"
        return way

    def _skip(self, way: Sequence[Point], looks: Styles) -> Styles:
        """Lead an arrow through these points, with its label on its lane."""
        middle = (way[2].x + way[3].x) / 2
        size = LAYERS_EDGE if self.layered else EDGE
        head = ARROW * float(size["arrowsize"])
        line = {"pos": _spline(way, head), "lp": _point(middle, way[2].y)}
        return line | looks

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


def _point(x: float, y: float) -> str:
    return f"{x:.1f},{y:.1f}"


def _spline(way: Sequence[Point], head: float) -> str:
    """Join points by curves that are horizontal in each, and an arrow's head."""
    end = way[-1]
    points = [*way[:-1], Point(end.x - head, end.y)]
    parts = [f"e,{_point(*end)}", _point(*points[0])]
    for a, b in pairwise(points):
        middle = (a.x + b.x) / 2
        parts += [_point(middle, a.y), _point(middle, b.y), _point(*b)]
    return " ".join(parts)


def _pinned_frame(place: Place, title: str) -> dict[str, str]:
    """Say where a frame is, by its corners, and the middle of its title."""
    left, right = place.x - place.width / 2, place.x + place.width / 2
    bottom, top = place.y - place.height / 2, place.y + place.height / 2
    x = left + MARGIN + width_of(title, 11) / 2
    return {
        "bb": f"{_point(left, bottom)},{_point(right, top)}",
        "lp": _point(x, top - (MARGIN + TITLE) / 2),
    }


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
