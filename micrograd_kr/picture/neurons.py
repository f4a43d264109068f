"""Find the neurons in a recorded graph, to frame each one or draw it as one box.

A neuron is known by the labels of its parameters, ``layer0.neuron3.w1``: the operations
that take in all of them, and the activation that follows. Nothing was recorded for this
on the way forward.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..engine import Value

Home = tuple[str, str]  # a layer and a neuron, by name

_PARAMETER = re.compile(r"(?:(.+)\.)?(neuron\d+)\.(?:w\d+|b)")


def neuron_of(label: str | None) -> Home | None:
    """Tell the layer and the neuron a parameter belongs to, by its label.

    >>> neuron_of("layer0.neuron3.w1"), neuron_of("neuron0.b"), neuron_of("x1")
    (('layer0', 'neuron3'), ('', 'neuron0'), None)
    """
    found = _PARAMETER.fullmatch(label) if isinstance(label, str) else None
    if found is None:
        return None
    return found[1] or "", found[2]


@dataclass(slots=True)
class Neurons:
    """Hold which Values belong to which neuron.

    ``home``: the (layer, neuron) of each parameter and operation that belongs to one.
    ``box``: for each operation of a neuron, the last one, which is the neuron's output;
    a neuron applied to several samples has several. ``linear``: for each output, the
    operation before the activation. ``hidden``: the parameters that only neurons use.
    """

    home: dict[Value, Home] = field(default_factory=dict)
    box: dict[Value, Value] = field(default_factory=dict)
    linear: dict[Value, Value] = field(default_factory=dict)
    hidden: set[Value] = field(default_factory=set)


def find_neurons(order: Sequence[Value], roots: Iterable[Value]) -> Neurons:
    """Find the neurons in a graph in topological order; ``roots`` stay visible.

    >>> from micrograd_kr.nn import Layer
    >>> y = Layer(2, 1)([1.0, 2.0])  # one neuron: a linear model and its activation
    >>> found = find_neurons(y.topological_order(), [y])
    >>> [v.op.symbol for v in found.box], len(found.hidden)
    (['ReLU', 'w·x+b'], 3)
    """
    roots = list(roots)
    parameters = _parameters(order)
    if not parameters:
        return Neurons()
    search = _Search(order, roots, parameters)
    search.gather()
    search.enclose()
    return search.found


def _parameters(order: Iterable[Value]) -> dict[Home, set[Value]]:
    """Collect the parameters of each neuron, by their labels."""
    parameters: dict[Home, set[Value]] = {}
    for v in order:
        home = neuron_of(v.label) if v.op is None else None
        if home is not None:
            parameters.setdefault(home, set()).add(v)
    return parameters


class _Search:
    """Looks forwards for what takes in the parameters, then backwards for the rest."""

    def __init__(
        self,
        order: Sequence[Value],
        roots: list[Value],
        parameters: Mapping[Home, set[Value]],
    ) -> None:
        self.order, self.roots, self.parameters = order, roots, parameters
        self.found = Neurons()
        for home, group in parameters.items():
            self.found.home.update(dict.fromkeys(group, home))
        self.users = Counter(p for v in order for p in set(v.parents))
        self.users.update(roots)
        # By an operation of a neuron: which of its parameters are in it.
        self.taken: dict[Value, set[Value]] = {}
        self.whole: set[Value] = set()  # operations that have taken all of them
        self.activation: dict[Value, Value] = {}  # of such an operation

    def gather(self) -> None:
        """Go forwards: an operation joins the neuron whose parameters it takes in."""
        for v in self.order:
            if v.op is None:
                continue
            parts = [p for p in dict.fromkeys(v.parents) if self._is_part(p)]
            homes = {self.found.home[p] for p in parts}
            if len(homes) == 1:
                self._join(v, parts, homes.pop())
            elif self._is_activation(v):
                (linear,) = v.parents
                self.activation[linear] = v
                self.found.home[v] = self.found.home[linear]

    def _is_part(self, p: Value) -> bool:
        """Tell whether p is of a neuron that still waits for parameters."""
        if p not in self.found.home:
            return False
        return p.op is None or (p in self.taken and p not in self.whole)

    def _join(self, v: Value, parts: Iterable[Value], home: Home) -> None:
        self.found.home[v] = home
        taken = [self.taken.get(p, {p}) for p in parts]
        self.taken[v] = set().union(*taken)
        if self.taken[v] == self.parameters[home]:
            self.whole.add(v)

    def _is_activation(self, v: Value) -> bool:
        if v.op is None or not v.op.is_activation or len(v.parents) != 1:
            return False
        linear = v.parents[0]
        return linear in self.whole and self.users[linear] == 1

    def enclose(self) -> None:
        """Go backwards: what only one output of a neuron uses is inside its box."""
        linear = {self.activation.get(v, v): v for v in self.whole}
        box_of_users: dict[Value, Value | None] = dict.fromkeys(self.roots)
        shown = set(self.roots)
        for v in reversed(self.order):
            box = None
            if v in linear:
                box = v
                self.found.linear[v] = linear[v]
            elif v in self.taken:
                box = box_of_users.get(v)
            self._settle(v, box)
            for p in v.parents:
                same = box_of_users.get(p, box) is box
                box_of_users[p] = box if same else None
                if box is None or self.found.home.get(p) != self.found.home[box]:
                    shown.add(p)
        every = set().union(*self.parameters.values())
        self.found.hidden = every - shown

    def _settle(self, v: Value, box: Value | None) -> None:
        if box is not None:
            self.found.box[v] = box
        elif v.op is not None:  # of a neuron that is not whole: like any other
            self.found.home.pop(v, None)
