"""The lessons: for each the numbers its text speaks of, and what is moved beside it.

Every number and model is made by the demo of the lesson, so that there is one source
of it; what a lesson claims, the demo prints and the tests hold.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from types import ModuleType
from typing import Any

from ..engine import Value
from ..nn import MLP, Layer
from ..text import choose, format_number
from .demos import load
from .live import Curve, Live, Plot, Slider


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


@dataclass(frozen=True)
class Lesson:
    """A lesson: its name, the demo it is made of, and what that demo gives it."""

    name: str
    demo: str
    build: Callable[[ModuleType], Parts]

    def make(self) -> Parts:
        """Ask the demo, in the reader's language."""
        return self.build(load(self.demo))


def _labelled(values: Sequence[Value], name: str) -> list[Value]:
    for i, v in enumerate(values):
        v.label = f"{name}{i}"
    return list(values)


def _inputs(numbers: Sequence[float]) -> list[Value]:
    return _labelled([Value(number) for number in numbers], "x")


def _sliders(values: Sequence[Value], name: str, size: float) -> list[Slider]:
    """A slider for each, numbered."""
    return [Slider(f"{name}{i}", [v], -size, size) for i, v in enumerate(values)]


def _row(numbers: Sequence[float]) -> str:
    return f"[{', '.join(map(format_number, numbers))}]"


def _weights(layer: Layer) -> dict[str, list[Slider]]:
    """The sliders of a layer, a group for each neuron."""
    groups = {}
    for i, neuron in enumerate(layer.neurons):
        sliders = [Slider(f"w{i}{k}", [w], -4, 4) for k, w in enumerate(neuron.w)]
        groups[f"W[{i}], b{i}"] = [*sliders, Slider(f"b{i}", [neuron.b], -4, 4)]
    return groups


# ---- the linear model


def linear_model(demo: ModuleType) -> Parts:
    """Show o = Wx + b in numbers, and two linear models in a row as a line."""
    x = _inputs(demo.X)
    layer = demo.linear_model(demo.W, demo.B)
    outputs = _labelled(layer(x), "o")
    groups = {"x": _sliders(x, "x", 5), **_weights(layer)}
    total = reduce(add, outputs)
    slopes = demo.slopes(layer, demo.X)
    facts = {
        "x": _row(demo.X),
        "row": _row(demo.W[0]),
        "b": format_number(demo.B[0]),
        "o0": format_number(outputs[0].data),
        "slopes": _row(slopes[0]),
        "slope": format_number(slopes[0][2]),
        "one_more": format_number(outputs[0].data + slopes[0][2]),
    }
    return Parts(
        facts, {"numbers": Live(total, groups, lines=outputs), "bent": _bent()}
    )


def _bent() -> Live:
    """Two layers in a row over one input: with an activation between, and without."""
    x = Value(1.0, "x")
    model = MLP(1, [2, 1], activation=None, seed=0)
    first, last = model.layers
    for p, number in zip(model.parameters(), (1, 0, -1, 1, 1, 2, 0), strict=True):
        p.data = float(number)
    z = [neuron(x) for neuron in first.neurons]
    [output] = last.neurons
    line = output(z)
    bent = output([v.relu() for v in z])
    groups = {
        "W1": _sliders([n.w[0] for n in first.neurons], "w", 2),
        "b1": _sliders([n.b for n in first.neurons], "b", 2),
        "W2": _sliders(output.w, "w", 2),
    }
    straight = choose("선형만", "linear only")
    between = choose("사이에 ReLU", "ReLU between")
    curves = [Curve(straight, line), Curve(between, bent)]
    plot = Plot(x, -3, 3, curves, height=(-5, 5))
    return Live(line + bent, {"x": [Slider("x", [x], -3, 3)], **groups}, plot=plot)


LESSONS = [
    Lesson("linear_model", "linear_model", linear_model),
]
