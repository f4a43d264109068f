"""Find the neurons in a recorded graph, so that a picture can frame each one or draw it as one box.

A neuron is known by the labels of its parameters, ``layer0.neuron3.w1``: the operations that take
in all of them, and the activation that follows. Nothing was recorded for this on the way forward.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..engine import Value

_PARAMETER = re.compile(r"(?:(.+)\.)?(neuron\d+)\.(?:w\d+|b)")


def neuron_of(label: str | None) -> tuple[str, str] | None:
    """The layer and the neuron a parameter belongs to, by its label.

    >>> neuron_of("layer0.neuron3.w1"), neuron_of("neuron0.b"), neuron_of("x1")
    (('layer0', 'neuron3'), ('', 'neuron0'), None)
    """
    found = _PARAMETER.fullmatch(label) if isinstance(label, str) else None
    return (found[1] or "", found[2]) if found else None


@dataclass(slots=True)
class Neurons:
    """``home``: the (layer, neuron) of each parameter and operation that belongs to one.

    ``box``: for each operation of a neuron, the last one, which is the neuron's output; a neuron
    applied to several samples has several. ``hidden``: the parameters that only neurons use.
    """

    home: dict[Value, tuple[str, str]] = field(default_factory=dict)
    box: dict[Value, Value] = field(default_factory=dict)
    hidden: set[Value] = field(default_factory=set)


def find_neurons(order: Sequence[Value], roots: Iterable[Value]) -> Neurons:
    """The neurons in a graph given in topological order; ``roots`` stay visible.

    >>> from micrograd_kr.nn.modules import Neuron, Layer
    >>> y = Layer(2, 1)([1.0, 2.0])  # one neuron: a linear model and its activation
    >>> order = y.topological_order()
    >>> [v.op.symbol for v in find_neurons(order, [y]).box], len(find_neurons(order, [y]).hidden)
    (['ReLU', 'w·x+b'], 3)
    """
    found = Neurons()
    parameters: dict[tuple[str, str], set[Value]] = {}
    for v in order:
        if v.op is None and (name := neuron_of(v.label)):
            found.home[v] = name
            parameters.setdefault(name, set()).add(v)
    if not parameters:
        return found

    users = Counter(p for v in order for p in set(v.parents))
    users.update(roots)
    taken: dict[Value, set[Value]] = {}  # by an operation, of its neuron's parameters
    activation: dict[Value, Value] = {}  # of a linear model that has taken all of them
    whole: set[Value] = set()
    for v in order:
        if v.op is None:
            continue
        parents = list(dict.fromkeys(v.parents))
        near = [
            p
            for p in parents
            if p in found.home and (p.op is None or (p in taken and p not in whole))
        ]
        names = {found.home[p] for p in near}
        if len(names) == 1:
            found.home[v] = names.pop()
            taken[v] = set().union(*[taken.get(p, {p}) for p in near])
            if len(taken[v]) == len(parameters[found.home[v]]):
                whole.add(v)
        elif (
            len(parents) == 1
            and parents[0] in whole
            and users[parents[0]] == 1
            and v.op.is_activation
        ):
            found.home[v] = found.home[parents[0]]
            activation[parents[0]] = v

    outputs = {activation.get(v, v) for v in whole}
    into: dict[Value, Value | None] = dict.fromkeys(
        roots
    )  # the one box all users are in
    shown: set[Value] = set()
    for v in reversed(order):
        box = v if v in outputs else into.get(v) if v in taken else None
        if box is not None:
            found.box[v] = box
        elif v.op is not None:
            found.home.pop(
                v, None
            )  # part of a neuron that is not whole: an operation like any other
        for p in v.parents:
            into[p] = box if into.get(p, box) is box else None
            if box is None or found.home.get(p) != found.home[box]:
                shown.add(p)
    found.hidden = (
        {p for group in parameters.values() for p in group} - shown - set(roots)
    )
    return found
