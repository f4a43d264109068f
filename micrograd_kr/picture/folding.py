"""Which Values of a graph are boxes of its picture, and which arrows join them.

Unfolded, each Value is a box and each edge an arrow. Folded, a neuron is one box, and
an arrow to it stands for all the ways on which its parent gets in.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..engine import Value
from .names import joined
from .neurons import Neurons, find_neurons

FOLD_OVER = 100  # a graph of more nodes than this is drawn with its neurons folded


class Arrow(NamedTuple):
    """Describe one arrow of a picture, from ``parent`` to ``box``.

    ``id`` is its id in the SVG and ``k`` counts the arrows of its box. ``partial`` is
    the derivative of the box with respect to the parent: in a folded neuron, the sum
    over all paths. ``edges``: the (node, k) of the graph that it stands for: what they
    hand to ``parent.grad`` adds up to ``box.grad * partial``. ``weight``: by what a
    neuron multiplies the parent, else None.
    """

    id: str
    box: Value
    k: int
    parent: Value
    partial: float
    weight: float | None
    edges: tuple[tuple[Value, int], ...]


@dataclass(frozen=True, slots=True)
class Boxes:
    """Hold what is drawn: the Values that are boxes, in order, and the arrows.

    ``inside``: the operations of each neuron that is one box.
    """

    order: Sequence[Value]
    roots: Sequence[Value]
    neurons: Neurons
    folded: bool
    shown: list[Value]
    inside: dict[Value, list[Value]]
    arrows: list[Arrow]

    def frames(self) -> dict[str, list[Value]]:
        """Sort them by frame: a layer's when folded, else a neuron's; "" is none."""
        frames: dict[str, list[Value]] = {}
        for v in self.shown:
            layer, neuron = self.neurons.home.get(v, ("", ""))
            title = layer if self.folded else joined(layer, neuron)
            frames.setdefault(title, []).append(v)
        return frames


def arrows(value: Value | Iterable[Value], fold: bool | None = None) -> list[Arrow]:
    """List the arrows that `draw` draws, and which edges of the graph each stands for.

    >>> from micrograd_kr.nn import Layer
    >>> a = Value(2.0, "a")
    >>> y = Layer(2, 1, activation=None, expand=True)([a, a])
    >>> [arrow] = arrows(y, fold=True)
    >>> arrow.id, arrow.parent.label, len(arrow.edges)
    ('e7_0', 'a', 2)
    """
    roots = list(value) if isinstance(value, Iterable) else [value]
    return boxes_of(roots, fold).arrows


def boxes_of(roots: Sequence[Value], fold: bool | None) -> Boxes:
    """Choose the boxes and arrows; ``fold`` None folds what has more than 100 nodes."""
    order = below(roots)
    folded = len(order) > FOLD_OVER if fold is None else fold
    neurons = find_neurons(order, roots)
    inside = _inside(order, neurons) if folded else {}
    index = {v: i for i, v in enumerate(order)}
    shown = order
    if inside:
        shown = [v for v in order if _is_box(v, neurons)]
    joined = []
    for v in shown:
        if v in inside:
            joined += _into_neuron(v, index[v], inside[v], neurons)
        else:
            joined += _into_operation(v, index[v])
    return Boxes(order, roots, neurons, folded, shown, inside, joined)


def below(roots: Sequence[Value]) -> list[Value]:
    """Put all that the roots are made of in topological order."""
    if len(roots) == 1:
        return roots[0].topological_order()
    # A child of them all, so that what they share is walked once.
    together = object.__new__(Value)
    together._a, together._b = None, tuple(roots)
    return together.topological_order()[:-1]


def _inside(order: Iterable[Value], neurons: Neurons) -> dict[Value, list[Value]]:
    inside: dict[Value, list[Value]] = {}
    for v in order:
        if v in neurons.box:
            inside.setdefault(neurons.box[v], []).append(v)
    return inside


def _is_box(v: Value, neurons: Neurons) -> bool:
    return v not in neurons.hidden and neurons.box.get(v, v) is v


def _into_operation(v: Value, i: int) -> list[Arrow]:
    found = []
    for k, (parent, partial) in enumerate(zip(v.parents, v.partials, strict=True)):
        found.append(Arrow(f"e{i}_{k}", v, k, parent, partial, None, ((v, k),)))
    return found


def _into_neuron(
    box: Value, i: int, members: Sequence[Value], neurons: Neurons
) -> list[Arrow]:
    """Join a folded neuron with all that it reads and does not hide."""
    within = set(members)
    edges: dict[Value, list[tuple[Value, int]]] = {}
    for v in reversed(members):
        for k, parent in enumerate(v.parents):
            if parent not in neurons.hidden and parent not in within:
                edges.setdefault(parent, []).append((v, k))
    partials = _slopes(box, members)
    weights = _slopes(neurons.linear[box], members)
    found = []
    for k, (parent, through) in enumerate(edges.items()):
        partial, weight = partials[parent], weights[parent]
        arrow = Arrow(f"e{i}_{k}", box, k, parent, partial, weight, tuple(through))
        found.append(arrow)
    return found


def _slopes(start: Value, members: Sequence[Value]) -> Mapping[Value, float]:
    """Derive ``start`` with respect to all that these operations read."""
    slopes = {start: 1.0}
    for v in reversed(members):
        if v not in slopes:  # it comes after the start
            continue
        for parent, partial in zip(v.parents, v.partials, strict=True):
            slopes[parent] = slopes.get(parent, 0.0) + slopes[v] * partial
    return slopes
