"""What a learner moves on a page: an expression of Values, its leaves as sliders.

Python records the graph once and says what is shown of it; ``web/live.js`` computes it
with the engine of the pages. A `Live` becomes plain data for JSON: a node is its place
in topological order, a line the form of an operation, both as in
``stepper/recording.py``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..engine import Value
from ..stepper import Stepper


@dataclass(frozen=True)
class Slider:
    """One number the learner moves: a leaf, or what many leaves are multiplied by.

    >>> Slider("x", [Value(2.0)], -3, 3).start
    2.0
    """

    label: str
    leaves: Sequence[Value]
    low: float
    high: float
    step: float = 0.1
    scales: bool = False  # multiplies the numbers the leaves began with

    @property
    def start(self) -> float:
        """Where it begins."""
        return 1.0 if self.scales else self.leaves[0].data


@dataclass(frozen=True)
class Bars:
    """A bar for each group of nodes: the mean of what it shows of them.

    ``shows``: "data", "grad", "size" (of the grad, on a logarithmic scale) or "one-hot"
    of the largest datum.
    """

    title: str
    labels: Sequence[str]
    nodes: Sequence[Sequence[Value]]
    shows: str = "data"


@dataclass(frozen=True)
class Curve:
    """A node as a curve over the leaf ``x``; ``formulas`` are f and its slope."""

    label: str
    node: Value
    formulas: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Plot:
    """Curves over the leaf ``x``; with the samples, where there are any.

    ``slope``: one to choose, with its derivative and its tangent at x.
    """

    x: Value
    low: float
    high: float
    curves: Sequence[Curve]
    slope: bool = False
    height: tuple[float, float] | None = None  # from where to where; else what fits


@dataclass(frozen=True)
class Learning:
    """Gradient descent on samples, of which there are several sets, by name.

    ``leaves`` take the numbers of a sample, its inputs and then its target; the last
    node of the graph is the loss of one.
    """

    leaves: Sequence[Value]
    sets: Mapping[str, Sequence[Sequence[float]]]
    parameters: Sequence[Value]
    optimizer: str
    lr: float
    hyper: Mapping[str, float] = field(default_factory=dict)


Write = tuple[Value, int, Value, str]  # node, k, its k-th parent, "+=" or "="


@dataclass(frozen=True)
class Pass:
    """A backward pass as what it writes; ``again``: over the grads of a right one."""

    title: str
    writes: Sequence[Write]
    again: bool = False


@dataclass
class Live:
    """An expression that ends in ``root``, and what is shown of it.

    ``groups``: sliders by title. ``switches``: leaves that are 0 or 1, by what is said
    of them. ``count``: how many of some leaves are 1, the others being 0. ``choice``:
    nodes whose row the learner chooses, and the names of the rows. ``lines``: nodes
    that are written out with their numbers. Grads are those of ``of``, else of the
    root. ``passes``: the right backward pass, and wrong ones beside it.

    >>> x = Value(3.0, "x"); y = x * x; y.label = "y"
    >>> live = Live(y, groups={"": [Slider("x", [x], -4, 4)]}, lines=[y])
    >>> live.data()["lines"][0]["form"]["names"]
    [['0'], ' * ', ['1']]
    """

    root: Value
    of: Value | None = None
    groups: Mapping[str, Sequence[Slider]] = field(default_factory=dict)
    switches: Mapping[str, Value] = field(default_factory=dict)
    count: tuple[str, Sequence[Value]] | None = None
    choice: tuple[Sequence[Value], Sequence[str]] | None = None
    lines: Sequence[Value] = ()
    grads: Sequence[Value] = ()
    bars: Sequence[Bars] = ()
    plot: Plot | None = None
    learning: Learning | None = None
    passes: Sequence[Pass] = ()  # the right one, then wrong ones

    def data(self) -> dict[str, Any]:
        """Give all of it as plain data."""
        recorded = Stepper(self.root).recording()
        nodes, forms = recorded["nodes"], recorded["forms"]
        lines = [
            {"node": at, "form": forms[nodes[at]["form"]]}
            for at in self._all(self.lines)
        ]
        groups = [
            {"title": title, "sliders": [self._slider(s) for s in sliders]}
            for title, sliders in self.groups.items()
        ]
        return {
            "graph": recorded["graph"],
            "names": [node["name"] for node in nodes],
            "of": self._at(self.of or self.root),
            "groups": groups,
            "switches": {said: self._at(v) for said, v in self.switches.items()},
            "count": self.count and [self.count[0], self._all(self.count[1])],
            "choice": self.choice and [self._all(self.choice[0]), self.choice[1]],
            "lines": lines,
            "grads": [[v.label, self._at(v)] for v in self.grads],
            "bars": [self._bars(bars) for bars in self.bars],
            "plot": self._plot(),
            "learning": self._learning(),
            "passes": [self._pass(each) for each in self.passes],
        }

    @cached_property
    def _places(self) -> dict[Value, int]:
        return {v: i for i, v in enumerate(self.root.topological_order())}

    def _at(self, v: Value) -> int:
        return self._places[v]

    def _all(self, values: Sequence[Value]) -> list[int]:
        return [self._at(v) for v in values]

    def _slider(self, slider: Slider) -> dict[str, Any]:
        return {
            "label": slider.label,
            "nodes": self._all(slider.leaves),
            "low": slider.low,
            "high": slider.high,
            "step": slider.step,
            "start": slider.start,
            "scales": slider.scales,
        }

    def _bars(self, bars: Bars) -> dict[str, Any]:
        nodes = [self._all(group) for group in bars.nodes]
        shown = zip(bars.labels, nodes, strict=True)
        return {"title": bars.title, "shows": bars.shows, "bars": list(shown)}

    def _plot(self) -> dict[str, Any] | None:
        if self.plot is None:
            return None
        curves = [
            {"label": c.label, "node": self._at(c.node), "formulas": c.formulas}
            for c in self.plot.curves
        ]
        return {
            "x": self._at(self.plot.x),
            "from": self.plot.low,
            "to": self.plot.high,
            "curves": curves,
            "slope": self.plot.slope,
            "height": self.plot.height,
        }

    def _pass(self, shown: Pass) -> dict[str, Any]:
        writes = [
            [self._at(node), k, self._at(parent), sign]
            for node, k, parent, sign in shown.writes
        ]
        return {"title": shown.title, "again": shown.again, "writes": writes}

    def _learning(self) -> dict[str, Any] | None:
        if self.learning is None:
            return None
        learning = self.learning
        return {
            "leaves": self._all(learning.leaves),
            "sets": learning.sets,
            "parameters": self._all(learning.parameters),
            "optimizer": learning.optimizer,
            "lr": learning.lr,
            "hyper": dict(learning.hyper),
        }
