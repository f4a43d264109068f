"""What a lesson has besides its text, and how its numbers and sliders are written."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from statistics import median
from time import perf_counter
from typing import Any

from ..engine import Value
from ..nn import Layer
from ..text import format_number
from .live import Live, Slider


@dataclass
class Parts:
    """What Python brings to a lesson: ``facts`` by name, live things by name."""

    facts: Mapping[str, object]
    lives: Mapping[str, Any] = field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        """Give the live things as plain data."""
        return {
            name: live.data() if isinstance(live, Live) else live
            for name, live in self.lives.items()
        }


def bracketed(numbers: Iterable[Value | float]) -> str:
    """Write numbers in brackets.

    >>> bracketed([2.0, Value(-0.5)])
    '[2, -0.5]'
    """
    plain = [x.data if isinstance(x, Value) else x for x in numbers]
    return f"[{', '.join(map(format_number, plain))}]"


def total(values: Iterable[Value]) -> Value:
    """Add Values: one root for a graph of several results.

    >>> total([Value(1.0), Value(2.0)]).data
    3.0
    """
    return reduce(add, values)


def labelled(values: Iterable[Value], name: str) -> list[Value]:
    """Number them: o0, o1 and on.

    >>> [v.label for v in labelled([Value(1.0), Value(2.0)], "o")]
    ['o0', 'o1']
    """
    numbered = list(values)
    for i, v in enumerate(numbered):
        v.label = f"{name}{i}"
    return numbered


def seconds(work: Callable[[], object], times: int) -> float:
    """Measure the median time of a call, of so many.

    >>> seconds(lambda: sum(range(1000)), 5) > 0
    True
    """
    taken = []
    for _ in range(times):
        start = perf_counter()
        work()
        taken.append(perf_counter() - start)
    return median(taken)


def sliders(values: Sequence[Value], name: str, size: float) -> list[Slider]:
    """Give each a slider, numbered.

    >>> sliders([Value(1.0)], "x", 3)[0].label
    'x0'
    """
    return [Slider(f"{name}{i}", [v], -size, size) for i, v in enumerate(values)]


def weights(layer: Layer, name: str = "") -> dict[str, list[Slider]]:
    """Give the sliders of a layer, a group for each neuron.

    >>> list(weights(Layer(2, 1, seed=0), "1"))
    ['W1[0], b1[0]']
    """
    groups = {}
    for i, neuron in enumerate(layer.neurons):
        numbered = [Slider(f"w{i}{k}", [w], -4, 4) for k, w in enumerate(neuron.w)]
        title = f"W{name}[{i}], b{name}[{i}]"
        groups[title] = [*numbered, Slider(f"b{i}", [neuron.b], -4, 4)]
    return groups
