"""What a person would call the arrays of a program, and what their axes are."""

import math
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from . import array as A
from .array import Expr
from .group import CONSTANT
from .layout import LISTS, Array, Operand, step_along
from .prelude import reserved
from .views import place


def stem(label: str) -> str:
    """The letters that a label begins with, as a name that Python reads as it is written.

    Python compares names after NFKC: what is not one and the same after it would be two names in the
    program's text and one when it runs.

    >>> stem("layer0.σ²"), stem("ｘ1"), stem("2")
    ('σ', 'x', '')
    """
    text = unicodedata.normalize("NFKC", label.rpartition(".")[2])
    found = re.match(r"[^\W\d]+", text)
    name = unicodedata.normalize("NFKC", found[0]) if found else ""
    return name if name.isidentifier() else ""


class Names:
    """Names after the labels of parameters: W1, b1; z for weighted sums, h for what is made of one, v for the rest."""

    def __init__(
        self,
        arrays: Sequence[Array],
        leaves: Sequence[str],
        labels: Sequence[str | None],
    ) -> None:
        self.labels, self.leaves = labels, leaves
        self.shapes = [a.shape for a in arrays]
        self.axes: list[list[str]] = []  # of each array, what its axes count
        self.parameters: dict[
            Any, Expr
        ] = {}  # the parts of theta that have names, by position
        for a in arrays:
            self.axes.append(self.axes_of(a))

    def parameter(self, x: Expr, operand: Operand) -> Expr:
        """A part of the parameters, named after the label they share."""
        index = operand.index
        if x.op != "name" and index.size < self.shapes[0][0]:
            labels = [self.labels[int(index.flat[k])] or "" for k in (0, -1)]
            alike = len({re.sub(r"\d+", "0", label) for label in labels}) == 1
            name = stem(labels[0]) if alike else ""
            if not name or reserved(f"{name}1"):
                name = "w"
            if len(name) == 1 and index.ndim > 1:
                name = stem(name.upper()) or name
            A.named(x, name, line=True)
            if operand.steps is not None:
                self.parameters.setdefault(place(operand), x)
        return x

    def value(self, a: Array, x: Expr) -> Expr:
        """The value of a group."""
        products = [
            t
            for t in a.terms
            if t.owner is None and set(t.a.letters) & set(t.b.letters) & set(LISTS)
        ]
        live = [operand for operand in a.operands if operand.source != CONSTANT]
        name = (
            "z"
            if a.shape and products
            else "h"
            if a.group.row and len(live) == 1
            else "v"
        )
        axes = self.axes[a.group.number]
        counts = ["rows"] * a.group.batched + [
            f"{n} {axis}".strip() for n, axis in zip(a.shape, axes, strict=True)
        ]
        return A.named(x, name, " × ".join(counts) * (any(axes) or a.group.batched))

    def axes_of(self, a: Array) -> list[str]:
        """What the axes count: neurons of a layer, rows of an input; empty where it is not known."""
        if 0 < a.group.number < len(self.leaves):
            name = self.leaves[a.group.number]
            counts = (
                ["values"]
                if len(a.shape) == 1
                else ["rows", "columns"] + [""] * len(a.shape)
            )
            return [
                f"{count} of {name}" * bool(count) for count in counts[: len(a.shape)]
            ]
        sides = [
            *a.operands,
            *[side for t in a.terms if t.owner is None for side in (t.a, t.b)],
        ]
        found = [
            [self.axis(side, letter) for side in sides if letter in side.letters]
            for letter in a.letters
        ]
        return [
            min(
                filter(None, counts),
                key=lambda text: text.startswith("values"),
                default="",
            )
            for counts in found
        ]

    def axis(self, side: Operand, letter: str) -> str:
        """What an axis counts, by what an operand reads along it."""
        if side.source == CONSTANT:
            return ""
        k = side.letters.index(letter)
        step = step_along(side.index, k)
        if side.source == 0:
            first = int(side.index.flat[0])
            names = [(self.labels[i] or "").split(".") for i in (first, first + step)]
            differ = [x for x, y in zip(*names, strict=False) if x != y]
            stem = re.fullmatch(r"([^\W\d]{3,})\d+", differ[0]) if differ else None
            return f"{stem[1]}s" if stem else ""
        shape = self.shapes[side.source]
        for j, n in enumerate(shape):
            if (
                step == math.prod(shape[j + 1 :])
                and n == side.index.shape[k]
                and self.axes[side.source]
            ):
                return self.axes[side.source][j]
        return ""
