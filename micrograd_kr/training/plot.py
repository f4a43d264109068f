"""Pictures of training: decision boundary, loss curve, activation curves, weights.

Each function draws into a new Figure, or into ``ax``, one of the axes of `figure`, and
returns the Figure.

>>> activation_curve("tanh")
Picture(1 axes; .show() opens it, .save('plot.svg') writes it)
"""

from collections.abc import Mapping
from textwrap import wrap
from typing import Any

from ..engine import FUNCTIONS, OPS, Value
from .figure import COLORS, Axes, Picture, axes_of, figure
from .given import check_model, samples, samples_and_targets, whole
from .messages import say
from .outputs import outputs_of

__all__ = [
    "COLORS",
    "MARKERS",
    "Axes",
    "Picture",
    "activation_curve",
    "decision_boundary",
    "figure",
    "loss_curve",
    "weight_histogram",
]

MARKERS = "os^Dv<>pPX"  # a class differs in shape too, not in color alone
FORMULA = 44  # letters of a line below a curve

# ---- the plane


def decision_boundary(
    model: Any,
    X: Any,
    y: Any,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    steps: int = 60,
) -> Picture:
    """Color the plane by the class that ``model`` predicts, and draw the samples.

    ``X`` are n points (x0, x1), ``y`` their n classes: whole numbers from 0, or -1 and
    1. ``model`` takes a point: a single score decides by its sign, several by the
    largest. The plane has ``steps`` × ``steps`` points. Raises ValueError for samples
    that are no points of a plane.

    >>> X, y = [[0.0, 0.0], [1.0, 1.0]], [0, 1]
    >>> decision_boundary(lambda x: x[0] + x[1] - 1, X, y).axes[0].get_title()
    'Decision boundary'
    """
    check_model(model, "decision_boundary")
    X, y = samples(X, "decision_boundary"), samples(y, "decision_boundary", "y")
    if not X or any(_width(x) != 2 for x in X):
        raise ValueError(say("no_plane"))
    X, y = samples_and_targets(X, y, "decision_boundary")
    steps = whole(steps, "steps", least=2)
    ax, picture = axes_of(ax)
    (left, right), (bottom, top) = (_padded([x[i] for x in X]) for i in (0, 1))
    xs, ys = _span(left, right, steps), _span(bottom, top, steps)
    margins = _margins(outputs_of(model, _grid(xs, ys)))
    for c in range(margins.shape[1]):
        _draw_region(ax, c, xs, ys, margins[:, c].reshape(steps, steps))
    for c in range(margins.shape[1]):
        _draw_class(ax, c, [x for x, t in zip(X, y, strict=True) if _class(t) == c])
    ax.set(xlim=(left, right), ylim=(bottom, top), xlabel="x₀", ylabel="x₁")
    ax.set_title(say("boundary") if title is None else title)
    return picture


def _draw_region(ax: Axes, c: int, xs: list[float], ys: list[float], won: Any) -> None:
    """Color where class ``c`` wins, and draw the line where it begins to."""
    if (won > 0).any():
        everything = [0, float("inf")]
        color = COLORS[c % len(COLORS)]
        ax.contourf(xs, ys, won, levels=everything, colors=[color], alpha=0.25)
    has_border = (won > 0).any() and (won < 0).any()
    if c > 0 and has_border:  # the border of class 0 is that of the others
        ax.contour(xs, ys, won, levels=[0], colors="#444444", linewidths=1.0)


def _draw_class(ax: Axes, c: int, points: list[Any]) -> None:
    ax.scatter(
        [x[0] for x in points],
        [x[1] for x in points],
        s=26,
        c=COLORS[c % len(COLORS)],
        marker=MARKERS[c % len(MARKERS)],
        edgecolors="white",
        linewidths=0.6,
        label=say("class", c=c),
        zorder=3,
    )


def _grid(xs: list[float], ys: list[float]) -> Any:
    """All points (x, y), row by row, in an array."""
    import numpy as np

    across, up = np.meshgrid(xs, ys)
    return np.column_stack([across.ravel(), up.ravel()])


def _margins(scores: Any) -> Any:
    """By how much each class wins: its score less the largest of the others."""
    import numpy as np

    if scores.shape[1] == 1:
        return np.hstack([-scores, scores])
    margins = np.empty_like(scores)
    for c in range(scores.shape[1]):
        others = np.delete(scores, c, axis=1)
        margins[:, c] = scores[:, c] - others.max(axis=1)
    return margins


def _class(target: Any) -> int:
    """The class of a target; -1 is class 0, and a column has one in each row."""
    number = target[0] if hasattr(target, "__len__") else target
    return max(int(number), 0)


def _width(sample: Any) -> int:
    return len(sample) if hasattr(sample, "__len__") else 1


def _padded(xs: list[float]) -> tuple[float, float]:
    pad = 0.1 * (max(xs) - min(xs)) or 1.0
    return min(xs) - pad, max(xs) + pad


def _span(low: float, high: float, n: int) -> list[float]:
    return [low + (high - low) * i / (n - 1) for i in range(n)]


# ---- curves


def loss_curve(
    curves: Any, *, ax: Axes | None = None, title: str | None = None, log: bool = False
) -> Picture:
    """Draw the loss over the epochs: of a `History`, or of several, by name.

    ``curves`` is a history, whose validation loss is drawn too, or a dict of names and
    lists of numbers. ``log``: a logarithmic scale.

    >>> len(loss_curve({"SGD": [3.0, 1.0], "Adam": [2.0, 0.5]}).axes[0].get_lines())
    2
    """
    ax, picture = axes_of(ax)
    if not isinstance(curves, Mapping):
        curves = _curves_of(curves)
    for name, losses in curves.items():
        ax.plot(range(1, len(losses) + 1), losses, label=name)
    ax.set_title(say("loss_curve") if title is None else title)
    ax.set(xlabel=say("epoch"), ylabel=say("loss"))
    if log:
        ax.set_yscale("log")
    else:
        ax.set_ylim(bottom=0)
    if len(curves) > 1:
        ax.legend()
    ax.grid(alpha=0.3)
    return picture


def _curves_of(history: Any) -> dict[str, list[float]]:
    curves = {say("training"): history.loss}
    held_out = [loss for loss in history.validation_loss if loss is not None]
    if held_out:
        curves[say("validation")] = held_out
    return curves


def activation_curve(
    name: str, *, ax: Axes | None = None, width: float = 5.0
) -> Picture:
    """Draw an op of one operand and its derivative, from -width to width.

    Below stand their formulas in the table. Raises ValueError for another op.

    >>> activation_curve("relu").axes[0].get_title()
    'relu'
    """
    op = OPS.get(name)
    if op is None or not op.is_activation:
        raise ValueError(say("no_curve", name=repr(name)))
    ax, picture = axes_of(ax)
    xs = _span(-width, width, 401)
    nodes = [FUNCTIONS[name](Value(x)) for x in xs]
    slopes = [v.partials[0] for v in nodes]
    ax.axhline(0, color="#bbbbbb", linewidth=0.8)
    ax.axvline(0, color="#bbbbbb", linewidth=0.8)
    ax.plot(xs, [v.data for v in nodes], color=COLORS[0], label="f(x)")
    ax.plot(xs, slopes, color=COLORS[1], linestyle="--", label=say("derivative"))
    where = "" if op.default is None else f", y = {op.default}"
    formulas = f"f = {op.forward}{where}", f"f′ = {op.partials[0]}"
    lines = [line for formula in formulas for line in wrap(formula, FORMULA)]
    ax.set(title=name, xlabel="\n".join(lines), ylim=(-1.5, 3))
    ax.legend(loc="upper left", fontsize="small")
    return picture


# ---- weights


def weight_histogram(
    model: Any, *, ax: Axes | None = None, title: str | None = None
) -> Picture:
    """Draw how the weights of each layer of ``model`` are spread, without the biases.

    >>> from micrograd_kr import MLP
    >>> len(weight_histogram(MLP(2, [3, 1])).axes[0].patches)
    2
    """
    ax, picture = axes_of(ax)
    for name, weights in _weights_by_layer(model).items():
        label = f"{name} ({len(weights)})"
        ax.hist(weights, bins=30, histtype="stepfilled", alpha=0.45, label=label)
    ax.set_title(say("weights") if title is None else title)
    ax.set(xlabel=say("weight"), ylabel=say("count"))
    ax.legend()
    return picture


def _weights_by_layer(model: Any) -> dict[str, list[float]]:
    layers: dict[str, list[float]] = {}
    for name, p in model.named_parameters():
        layer, _, last = name.partition(".")
        is_bias = (last or layer).endswith("b")
        if not is_bias:
            layers.setdefault(layer if last else say("weights"), []).append(p.data)
    return layers
