"""Pictures of training: decision boundary, loss curve, activation curves, weights; SVG or PNG.

Each function draws into a new matplotlib Figure, or into ``ax``, one of its axes, and returns the
Figure; `save` writes it. Nothing here touches pyplot or the settings of the user's matplotlib.
Korean is set in NanumGothic, from the font file in the wheel of koreanize-matplotlib.

>>> save(activation_curve("relu"), "relu.txt")
Traceback (most recent call last):
    ...
ValueError: relu.txt: a picture is written as .svg or .png
"""

import os
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from textwrap import wrap
from typing import Any

from ..engine import FUNCTIONS, OPS, Value, no_grad
from ..text import install_command, replace_file
from .messages import say

try:
    import matplotlib
    from matplotlib.axes import Axes
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.font_manager import fontManager, get_font
    from matplotlib.text import Text
except ImportError:
    raise ImportError(
        say(
            "needs",
            what="plot",
            library="matplotlib",
            command=install_command("demos"),
        )
    ) from None

COLORS = (
    "#3573b1",
    "#e0771c",
    "#3a9b62",
    "#8a63b8",
    "#c94f6d",
    "#5aa9c4",
    "#b59a1f",
    "#8c6d4f",
    "#7a7f87",
    "#2f4b7c",
)
MARKERS = "os^Dv<>pPX"  # a class differs in shape too, not in color alone
METADATA: Mapping[str, dict[str, None]] = {
    ".svg": {"Date": None},
    ".png": {"Software": None},
}


class Picture(Figure):
    """A Figure whose letters come from fonts that have Hangul, however and wherever it is drawn.

    A notebook shows it when it is the last value of a cell.
    """

    def draw(self, renderer: Any) -> None:
        """Draw everything, in these fonts."""
        for text in self.findobj(Text):
            text.set_fontfamily(_fonts())
        with matplotlib.rc_context(
            {"font.family": _fonts()}
        ):  # for the labels of ticks, which are made here
            super().draw(renderer)

    def encoded(self, suffix: str) -> bytes:
        """The bytes of an SVG or PNG file; the same for the same picture."""
        out = BytesIO()
        with matplotlib.rc_context(
            {"svg.fonttype": "path", "svg.hashsalt": "micrograd_kr"}
        ):
            self.savefig(out, format=suffix[1:], dpi=150, metadata=METADATA[suffix])
        return out.getvalue()

    def _repr_png_(self) -> bytes:
        return self.encoded(".png")


def figure(
    rows: int = 1, columns: int = 1, size: tuple[float, float] = (5.5, 4.2)
) -> Picture:
    """An empty Figure with ``rows`` × ``columns`` axes in ``.axes``, each ``size`` inches.

    >>> len(figure(2, 3).axes)
    6
    """
    made = Picture(figsize=(size[0] * columns, size[1] * rows), layout="constrained")
    FigureCanvasAgg(made)
    made.subplots(rows, columns)
    for ax in made.axes:
        ax.set_prop_cycle(color=COLORS)
    return made


def save(figure: Picture, path: str | os.PathLike[str]) -> Path:
    """Write ``figure`` as SVG or PNG, by the suffix of ``path``, whole or not at all; return the path.

    In an SVG letters are outlines and need no font.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in METADATA:
        raise ValueError(f"{path}: a picture is written as .svg or .png")
    replace_file(path, figure.encoded(suffix))
    return path


@cache
def _fonts() -> list[str]:
    """The families to take letters from, in order: matplotlib's own, then the one with Hangul."""
    package = find_spec(
        "koreanize_matplotlib"
    )  # found, not imported: importing it changes matplotlib's settings
    folder = package.submodule_search_locations if package else None
    if not folder:
        raise ImportError(
            say(
                "needs",
                what="plot",
                library="koreanize-matplotlib",
                command=install_command("demos"),
            )
        )
    file = os.path.join(folder[0], "fonts", "NanumGothic.ttf")
    fontManager.addfont(file)
    return ["DejaVu Sans", get_font(file).family_name]


def decision_boundary(
    model: Any,
    X: Sequence[Sequence[float]],
    y: Sequence[float],
    *,
    ax: Axes | None = None,
    title: str = "Decision boundary · 결정 경계",
    steps: int = 60,
) -> Picture:
    """The plane colored by the class ``model`` predicts, and the samples X with their classes y.

    ``model`` takes two numbers: a single score decides by its sign, several by the largest. The
    classes are whole numbers from 0, or -1 and 1. ``steps``: the model is called on steps² points.
    """
    ax, made = _axes(ax)
    if not X or any(len(x) != 2 for x in X):
        raise ValueError(
            "decision_boundary: the samples must be lists of 2 numbers, and at least one"
        )
    (left, right), (bottom, top) = (_padded([x[i] for x in X]) for i in (0, 1))
    xs, ys = _span(left, right, steps), _span(bottom, top, steps)
    with no_grad():
        rows = [[_margins(model([a, b])) for a in xs] for b in ys]
    classes = len(rows[0][0])
    for c in range(classes):
        margin = [[scores[c] for scores in row] for row in rows]
        if any(m > 0 for row in margin for m in row):
            ax.contourf(
                xs, ys, margin, levels=[0, float("inf")], colors=[COLORS[c]], alpha=0.25
            )
        if (
            c
            and any(m > 0 for row in margin for m in row)
            and any(m < 0 for row in margin for m in row)
        ):
            ax.contour(xs, ys, margin, levels=[0], colors="#444444", linewidths=1.0)
    for c in range(classes):
        mine = [x for x, t in zip(X, y, strict=True) if max(int(t), 0) == c]
        ax.scatter(
            [x[0] for x in mine],
            [x[1] for x in mine],
            s=26,
            c=COLORS[c],
            marker=MARKERS[c],
            edgecolors="white",
            linewidths=0.6,
            label=f"class {c}",
            zorder=3,
        )
    ax.set(
        title=title, xlabel="x₀", ylabel="x₁", xlim=(left, right), ylim=(bottom, top)
    )
    return made


def _margins(output: Any) -> list[float]:
    """By how much each class wins: its score less the largest of the others."""
    if not hasattr(output, "__len__"):
        return [-float(output), float(output)]
    scores = [float(v) for v in output]
    return [s - max(scores[:c] + scores[c + 1 :]) for c, s in enumerate(scores)]


def loss_curve(
    curves: Any,
    *,
    ax: Axes | None = None,
    title: str = "Loss · 손실",
    log: bool = False,
) -> Picture:
    """The loss over the epochs: of a `History`, with validation if it has one, or of several, by name.

    ``curves``: a history, or a dict of names and lists of numbers. ``log``: a logarithmic scale.
    """
    ax, made = _axes(ax)
    if not isinstance(curves, Mapping):
        held_out = [x for x in curves.validation_loss if x is not None]
        curves = {"training · 훈련": curves.loss} | (
            {"validation · 검증": held_out} if held_out else {}
        )
    for name, values in curves.items():
        ax.plot(range(1, len(values) + 1), values, label=name)
    ax.set(title=title, xlabel="epoch · 에폭", ylabel="loss · 손실")
    if log:
        ax.set_yscale("log")
    else:
        ax.set_ylim(bottom=0)
    if len(curves) > 1:
        ax.legend()
    ax.grid(alpha=0.3)
    return made


def activation_curve(
    name: str, *, ax: Axes | None = None, width: float = 5.0
) -> Picture:
    """An op of one operand and its derivative, both with their formula in the table, over -width to width."""
    op = OPS.get(name)
    if op is None or not op.is_activation:
        raise ValueError(
            f"activation_curve: {name!r} is no op of one operand in the table"
        )
    ax, made = _axes(ax)
    xs = _span(-width, width, 401)
    nodes = [FUNCTIONS[name](Value(x)) for x in xs]
    ax.axhline(0, color="#bbbbbb", linewidth=0.8)
    ax.axvline(0, color="#bbbbbb", linewidth=0.8)
    ax.plot(xs, [v.data for v in nodes], color=COLORS[0], label="f(x)")
    ax.plot(
        xs,
        [v.partials[0] for v in nodes],
        color=COLORS[1],
        linestyle="--",
        label="f′(x) · 도함수",
    )
    where = f", y = {op.default}" if op.default is not None else ""
    lines = [*wrap(f"f = {op.forward}{where}", 44), *wrap(f"f′ = {op.partials[0]}", 44)]
    ax.set(title=name, xlabel="\n".join(lines), ylim=(-1.5, 3))
    ax.legend(loc="upper left", fontsize="small")
    return made


def weight_histogram(
    model: Any, *, ax: Axes | None = None, title: str = "Weights · 가중치"
) -> Picture:
    """How the weights of each layer of ``model`` are spread; biases are left out."""
    ax, made = _axes(ax)
    layers: dict[str, list[float]] = {}
    for name, p in model.named_parameters():
        layer, _, last = name.partition(".")
        if not (last or layer).endswith("b"):
            layers.setdefault(layer if last else "weights", []).append(p.data)
    for name, weights in layers.items():
        ax.hist(
            weights,
            bins=30,
            histtype="stepfilled",
            alpha=0.45,
            label=f"{name} ({len(weights)})",
        )
    ax.set(title=title, xlabel="weight · 가중치", ylabel="count · 개수")
    ax.legend()
    return made


def _axes(ax: Axes | None) -> tuple[Axes, Picture]:
    if ax is None:
        ax = figure().axes[0]
    made = ax.get_figure(root=True)
    if not isinstance(made, Picture):
        raise TypeError(
            "ax must be one of the axes of plot.figure(), whose fonts have Hangul"
        )
    return ax, made


def _span(low: float, high: float, n: int) -> list[float]:
    return [low + (high - low) * i / (n - 1) for i in range(n)]


def _padded(xs: Sequence[float]) -> tuple[float, float]:
    pad = 0.1 * (max(xs) - min(xs)) or 1.0
    return min(xs) - pad, max(xs) + pad
