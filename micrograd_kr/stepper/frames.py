"""A place in a walk as a picture."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from ..engine import Value
from ..picture import Drawing, draw, shown_number
from ..text import format_number
from .walk import Edge, Walk

NOW, SEEN = "#d9480f", "#8a94a0"  # the colours of the step shown, and of the finished
OWN = {"fold", "grads", "node_style", "edge_style"}  # options that say what is shown


def product(edge: Edge) -> str:
    """Write an edge as it stands in a picture: upstream × local = contribution."""
    numbers = (edge.adjoint, edge.partial, edge.contribution)
    return "{} × {} = {}".format(*map(format_number, numbers))


class Frames:
    """The pictures of one walk.

    >>> walk = Walk(Value(3.0, "x") * 2); frames = Frames(walk)
    >>> "#d9480f" in frames.draw().svg()
    False
    >>> v = walk.do(); "#d9480f" in frames.draw().svg()
    True
    """

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.tagged: bool = walk.backward
        self.receiving: set[Value] = set()
        self._end: tuple[Any, Drawing] | None = None

    def draw(self, **options: Any) -> Drawing:
        """Draw the node of the last step in red, the finished grey, the rest dashed.

        ``options`` go to `draw`. All places of a walk are laid out as one, with the
        numbers of its end, so that nothing moves from step to step; but for options
        that say themselves what stands in the picture.
        """
        now = self.walk.now
        edges = () if now is None else self.walk.done[now]
        self.receiving = {edge.parent for edge in edges}
        if OWN & set(options):
            return self._drawn_anew(options)
        caption = options.pop("graph_style", {})
        looks = self._looks()
        if caption.get("label"):
            looks["graph"] = {"label": caption["label"]}
        return self._at_the_end(options, caption).frame(looks)

    def _drawn_anew(self, options: dict[str, Any]) -> Drawing:
        # an edge of a folded neuron is many edges in one: it has no product of its own
        self.tagged = self.walk.backward and options.get("fold", False) is False
        given: dict[str, Any] = {
            "fold": False,
            "grads": {v: self._grad(v) for v in self.walk.order},
            "node_style": self._node_style,
            "edge_style": self._edge_style,
        }
        return draw(self.walk.root, **(given | options))

    def _at_the_end(
        self, options: Mapping[str, Any], caption: Mapping[str, object]
    ) -> Drawing:
        """The picture when all steps are done: it has room for every number."""
        known = (options, {**caption, "label": ""})
        if self._end is None or self._end[0] != known:
            with self.walk.from_the_start():
                self.walk.go(len(self.walk.nodes))
                grads = {v: self._grad(v) for v in self.walk.order}
            drawing = draw(
                self.walk.root,
                fold=False,
                grads=grads,
                edge_style=self._product,
                graph_style=dict(caption),
                **options,
            )
            self._end = (known, drawing)
        return self._end[1]

    def _product(self, v: Value, k: int) -> dict[str, object]:
        return {"label": product(self._every[v][k])} if self.walk.backward else {}

    def _looks(self) -> dict[str, dict[str, object]]:
        """What is different from the picture of the end, by id."""
        looks: dict[str, dict[str, object]] = {}
        for i, v in enumerate(self.walk.order):
            grad = shown_number(self._grad(v))
            looks[f"n{i}"] = {"grad": grad, **self._node_style(v)}
            for k in range(len(v.parents)):
                looks[f"e{i}_{k}"] = self._edge_look(v)
        return looks

    def _edge_look(self, v: Value) -> dict[str, object]:
        is_now = v is self.walk.now
        colour = NOW if is_now else SEEN
        look: dict[str, object] = {"color": colour, "penwidth": 2 if is_now else 1}
        seen = self.walk.backward and v in self.walk.done
        return look | ({"fontcolor": colour} if seen else {"label": ""})

    def _grad(self, v: Value) -> float | None:
        """The grad so far; before the first step only leaves have one."""
        known = self.walk.backward and (self.walk.at > 0 or v.op is None)
        return v.grad if known else None

    def _node_style(self, v: Value) -> dict[str, object]:
        if v is self.walk.now:
            return {"color": NOW, "penwidth": 3}
        if v in self.receiving:
            return {"color": NOW, "penwidth": 1.5}
        if self._is_finished(v):
            return {"color": SEEN, "fillcolor": "#eceff2"}
        return {"style": "rounded,filled,dashed"}

    def _is_finished(self, v: Value) -> bool:
        walk = self.walk
        if v.op or v is walk.root:
            return v in walk.done
        return not walk.backward or all(u in walk.done for u in walk.users[v])

    def _edge_style(self, v: Value, k: int) -> dict[str, object]:
        is_now = v is self.walk.now
        colour = NOW if is_now else SEEN
        style: dict[str, object] = {"color": colour, "penwidth": 2 if is_now else 1}
        if self.tagged:
            # unseen, it holds the room: the picture stays still from step to step
            seen = v in self.walk.done
            style["label"] = product(self._every[v][k])
            style["fontcolor"] = colour if seen else "transparent"
        return style

    @cached_property
    def _every(self) -> dict[Value, tuple[Edge, ...]]:
        """The edges of all steps: what is propagated depends on no grad from before."""
        with self.walk.from_the_start():
            self.walk.go(len(self.walk.nodes))
            return dict(self.walk.done)
