"""A computation graph as a picture.

>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> draw(a * b + 10).save("graph.svg")  # doctest: +SKIP
PosixPath('graph.svg')
"""

import re
from collections.abc import Callable, Iterable, Mapping

from ..engine import Value
from .dot import Page, Style
from .drawing import Drawing
from .folding import Arrow, Boxes, boxes_of
from .grid import grid_of
from .looks import COLOURS
from .mermaid import mermaid
from .messages import say
from .names import names as default_names
from .words import Words

MAX_NODES = 300
# For each of these nodes; 300 nodes in random order with 1,500 edges take seconds, with
# 3,000 a minute.
EDGES = 5

Grads = Mapping[Value, float | None]


def draw(
    value: Value | Iterable[Value],
    *,
    partials: bool = False,
    fold: bool | None = None,
    max_nodes: int = MAX_NODES,
    names: Mapping[Value, str] | None = None,
    grads: Grads | None = None,
    notes: Mapping[Value, str] | None = None,
    node_style: Callable[[Value], Style] | None = None,
    edge_style: Callable[[Value, int], Style] | None = None,
    graph_style: Style | None = None,
) -> Drawing:
    """Draw the graph below a Value, or below several.

    Each node shows name, formula, data and grad. Green is an input, yellow a parameter
    (``w``, ``w1``, ``b``, or as `nn` names them), white an operation, blue the result;
    each neuron of a network has a frame.

    ``partials``: write the local derivative on each edge. ``fold``: draw each neuron as
    one violet box, without its parameters, and frame the layers; None does so for more
    than 100 nodes. A line into a folded neuron is as wide as the weight is large, blue
    for a positive and orange for a negative one; which edges of the graph it stands for
    is told by `arrows`. ``names``: to use instead of those of `names`. ``grads``: to
    show instead of ``Value.grad``, None for one that is not there yet. ``notes``: one
    line more in a box, below grad and in red. Numbers are shown to 4 significant
    digits.

    Node i of ``value.topological_order()`` has the id ``n{i}`` in the SVG, and the edge
    to it from the k-th of its ``parents`` has ``e{i}_{k}`` (the k-th arrow, when it is
    folded); the last text in a node without note is its grad. ``node_style(v)`` and
    ``edge_style(v, k)`` give attributes of Graphviz for these, such as
    ``{"color": "red", "penwidth": 3}``, and ``graph_style`` for the whole,
    ``{"rankdir": "TB"}``. For many pictures of one graph, `Drawing.frame` changes texts
    and colours and moves nothing. All text is shown as it is: nothing in it is markup.
    `Drawing.mermaid` is the same as a diagram for GitHub, without the styles given
    here.

    Raises ValueError if there are more than ``max_nodes`` boxes, or five times as many
    edges.

    >>> x = Value(3.0, label="x"); y = x * x
    >>> y.backward()
    >>> svg = draw(y, partials=True).svg()
    >>> [f'id="{name}"' in svg for name in ("n0", "n1", "e1_0", "e1_1", "e1_2")]
    [True, True, True, True, False]
    """
    roots = _roots(value)
    boxes = boxes_of(roots, fold)
    _check_size(boxes, max_nodes)
    words = Words(_called(boxes, names), boxes)
    kinds = _kinds(boxes)
    noted = notes or {}
    grad, caption = _grads(boxes, grads)
    sizes = {v: words.size(v, grad[v], noted.get(v, "")) for v in boxes.shown}
    labelled = partials or edge_style is not None
    free = {"layout", "rankdir", "splines"} & set(graph_style or {})
    grid = None if free else grid_of(boxes, sizes, labelled)
    page = Page(boxes, caption, graph_style or {}, grid)

    def node(v: Value) -> dict[str, str]:
        fill, border = COLOURS[kinds[v]]
        label = words.node(v, grad[v], noted.get(v, ""), page.room(v))
        looks = {"label": label, "fillcolor": fill, "color": border}
        if node_style:
            looks |= page.attributes(node_style(v))
        return looks

    def edge(arrow: Arrow) -> dict[str, str]:
        looks = {"label": words.partial(arrow, page.behind(arrow))} if partials else {}
        if edge_style:
            looks |= page.attributes(edge_style(arrow.box, arrow.k))
        return looks

    page.nodes(node)
    page.edges(edge)
    diagram = mermaid(boxes, words, kinds, grad, noted, partials)
    return Drawing(page.graph.source, diagram=diagram)


def _roots(value: Value | Iterable[Value]) -> list[Value]:
    roots = list(value) if isinstance(value, Iterable) else [value]
    for v in roots:
        if not isinstance(v, Value):
            kind = type(v).__name__
            raise TypeError(say("no_value", value=repr(v), kind=kind))
    if not roots:
        raise ValueError(say("no_values"))
    return list(dict.fromkeys(roots))


def _called(boxes: Boxes, given: Mapping[Value, str] | None) -> dict[Value, str]:
    """Name every Value: as it is given here, else as `names` does."""
    called = default_names(boxes.order)
    for v, name in (given or {}).items():
        _check_name(v, name)
        called[v] = name
    return called


def _check_name(v: object, name: object) -> None:
    if isinstance(v, Value) and isinstance(name, str):
        return
    if isinstance(v, Value):
        raise TypeError(say("name_is_value", value=repr(v), given=repr(name)))
    if isinstance(name, Value):
        raise TypeError(say("name_first", name=str(v), given=v))
    raise TypeError(say("name_of_nothing", given=v, kind=type(v).__name__))


def _kinds(boxes: Boxes) -> dict[Value, str]:
    """Tell inputs, parameters, operations, neurons and results apart."""
    last = {}
    for v in boxes.order:
        if v.op is None:
            last[v] = str(v.label).rpartition(".")[2]
    # Without a weight, b is any variable.
    weights = any(re.fullmatch(r"w\d*", label) for label in last.values())
    kinds = dict.fromkeys(boxes.order, "operation")
    for v, label in last.items():
        is_parameter = weights and re.fullmatch(r"[wb]\d*", label)
        kinds[v] = "parameter" if is_parameter else "input"
    neurons = dict.fromkeys(boxes.inside, "neuron")
    return kinds | neurons | dict.fromkeys(boxes.roots, "result")


def _grads(boxes: Boxes, given: Grads | None) -> tuple[dict[Value, float | None], str]:
    """Choose the grad to show for each, and a line to say so if there is none yet."""
    order = boxes.order
    if given is not None:
        return {v: given.get(v) for v in order}, ""
    grads: dict[Value, float | None] = {v: v.grad for v in order}
    if any(v.grad for v in order if v.op or len(order) == 1):
        return grads, ""
    from_before = any(v.grad for v in order)
    for v in order:
        if v.op or not from_before:
            grads[v] = None
    return grads, say("old_grads" if from_before else "no_grads")


def _check_size(boxes: Boxes, most: int) -> None:
    nodes, shown, arrows = len(boxes.order), len(boxes.shown), len(boxes.arrows)
    allow = max(shown, -(-arrows // EDGES))
    if allow <= most:
        return
    folded = say("folded", boxes=shown) if shown < nodes else ""
    foldable = boxes.neurons.box and not boxes.folded
    fold = say("fold") if foldable else ""
    said = say(
        "too_large",
        nodes=nodes,
        arrows=arrows,
        most=most,
        allow=allow,
        folded=folded,
        fold=fold,
    )
    raise ValueError(said)
