"""A place in a walk as a picture, and a whole walk as data for a player.

Both speak of a walk as its steps so far: the lines that each node handed down, in order.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ..engine import Value
from ..picture import Drawing, draw
from ..text import LANGUAGES, format_number
from .sentences import Line, Teller

NOW, SEEN = (
    "#d9480f",
    "#8a94a0",
)  # colours of the step that is shown and of what is finished

Lines = Sequence[Line]


def product(line: Line) -> str:
    """upstream × local = contribution, as it stands on an edge."""
    return "{} × {} = {}".format(
        *map(format_number, (line.adjoint, line.partial, line.contribution))
    )


def picture(
    tell: Teller,
    steps: Mapping[Value, Lines],
    every: Mapping[Value, Lines],
    **options: Any,
) -> Drawing:
    """The graph with the node of the last step in red, the finished in grey, the waiting dashed.

    ``every`` is the whole walk: without lines it is the forward pass. ``options`` go to `draw.draw`.

    >>> y = Value(3.0, "x") * 2
    >>> svg = picture(Teller(y), {y: ()}, {y: ()}).svg()
    >>> "dasharray" in svg, "#d9480f" in svg
    (False, True)
    """
    backward = any(every.values())
    tags = (
        backward and options.get("fold", False) is False
    )  # an edge of a folded neuron is many edges in one
    now = list(steps)[-1] if steps else None
    receiving = {line.parent for line in steps[now]} if now is not None else set()

    def node_style(v: Value) -> dict[str, object]:
        if v is now or v in receiving:
            return {"color": NOW, "penwidth": 3 if v is now else 1.5}
        if v in steps or (
            v.op is None and (not backward or all(u in steps for u in tell.users[v]))
        ):
            return {"color": SEEN, "fillcolor": "#eceff2"}
        return {"style": "rounded,filled,dashed"}

    def edge_style(v: Value, k: int) -> dict[str, object]:
        colour = NOW if v is now else SEEN
        style: dict[str, object] = {"color": colour, "penwidth": 2 if v is now else 1}
        if tags:  # unseen, it holds the room: the picture stays still from step to step
            style |= {
                "label": product(every[v][k]),
                "fontcolor": colour if v in steps else "transparent",
            }
        return style

    grads = {
        v: v.grad if backward and (steps or v.op is None) else None for v in tell.order
    }
    given: dict[str, Any] = {
        "fold": False,
        "grads": grads,
        "node_style": node_style,
        "edge_style": edge_style,
    }
    return draw(tell.root, **(given | options))


def recording(
    tell: Teller,
    steps: Mapping[Value, Lines],
    grads: Sequence[float],
    why: Mapping[Value, Mapping[str, str]],
) -> dict[str, Any]:
    """The graph, its forward and its backward pass as plain data, for JSON.

    ``steps``: the whole backward walk; ``grads``: those before it, in topological order; ``why``: for each
    node of it, by language. The id of a node is its place in topological order; ``e3_0`` is the edge to
    node 3 from its first parent. Keys: version, nodes, edges, forward, backward.
    """
    order = tell.order
    ids = {v: i for i, v in enumerate(order)}

    def node(v: Value) -> dict[str, Any]:
        return {
            "id": ids[v],
            "name": tell.names[v],
            "label": v.label,
            "op": v.op.symbol if v.op else "",
            "expression": tell.expression(v),
            "data": v.data,
            "grad": grads[ids[v]],
            "parents": [ids[p] for p in v.parents],
        }

    def edge(v: Value, k: int) -> dict[str, Any]:
        ends = {"from": ids[v.parents[k]], "to": ids[v]}
        return (
            {"id": f"e{ids[v]}_{k}"}
            | ends
            | {"partial": v.partials[k], "rule": tell.rule(v, k)}
        )

    def line(v: Value, x: Line) -> dict[str, Any]:
        numbers = {
            key: getattr(x, key)
            for key in ("adjoint", "partial", "contribution", "before", "after")
        }
        return {"edge": f"e{ids[v]}_{x.k}", "parent": ids[x.parent]} | numbers

    def step(v: Value, lines: Lines) -> dict[str, Any]:
        return {
            "node": ids[v],
            "adjoint": lines[0].adjoint if lines else 1.0,
            "why": dict(why[v]),
            "text": {lang: tell.chain(v, lines, lang) for lang in LANGUAGES},
            "lines": [line(v, x) for x in lines],
        }

    return {
        "version": 1,
        "nodes": [node(v) for v in order],
        "edges": [edge(v, k) for v in order for k in range(len(v.parents))],
        "forward": [
            {"node": ids[v], "text": dict.fromkeys(LANGUAGES, tell.value(v))}
            for v in reversed(list(steps))
        ],
        "backward": [step(v, lines) for v, lines in steps.items()],
    }
