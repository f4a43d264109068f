"""What a person would call the arrays of a program, and what their axes are."""

import math
import re
from collections.abc import Sequence
from typing import Any

from . import array as A
from .array import Expr
from .group import CONSTANT
from .layout import Array, Operand
from .views import part


class Names:
    """Names after the labels of parameters: W1, b1; z for weighted sums, h for what is made of one, v for the rest."""

    def __init__(self, arrays: Sequence[Array], leaves: Sequence[str], labels: Sequence[str | None]) -> None:
        self.labels, self.leaves = labels, leaves
        self.shapes = [a.shape for a in arrays]
        self.axes: list[list[str]] = []  # of each array, what its axes count
        self.parameters: dict[Any, Expr] = {}  # the parts of theta that have names, by position
        for a in arrays:
            self.axes.append(self.axes_of(a))

    def parameter(self, x: Expr, index: Any) -> Expr:
        """A part of the parameters, named after the label they share."""
        if x.op != "name" and index.size < self.shapes[0][0]:
            labels = [self.labels[int(index.flat[k])] or "" for k in (0, -1)]
            stems = {re.sub(r"\d+", "0", label) for label in labels}
            stem = re.match(r"[^\W\d]+", labels[0].rpartition(".")[2]) if len(stems) == 1 else None
            name = stem[0] if stem else "w"
            A.named(x, name.upper() if len(name) == 1 and index.ndim > 1 else name, line=True)
            key = part(index, self.shapes[0])
            if key is not None:
                self.parameters.setdefault(key, x)
        return x

    def value(self, a: Array, x: Expr) -> Expr:
        """The value of a group."""
        sides = [*a.operands, *[side for term in a.terms for side in term[:2]]]
        product = bool(a.shape) and any(p.index.ndim > len(a.shape) and p.index.shape[-1] > 1 and q.source != CONSTANT for p, q, _ in a.terms)
        single = a.row is not None and len([s for s in sides if s.source != CONSTANT]) == 1
        axes = self.axes[a.group.number]
        counts = ["rows"] * a.group.batched + [f"{n} {axis}".strip() for n, axis in zip(a.shape, axes, strict=True)]
        note = " × ".join(counts) * (any(axes) or a.group.batched)
        return A.named(x, "z" if product else "h" if single else "v", note)

    def axes_of(self, a: Array) -> list[str]:
        """What the axes count: neurons of a layer, rows of an input; empty where it is not known."""
        if 0 < a.group.number < len(self.leaves):
            name = self.leaves[a.group.number]
            return [f"values of {name}"] if len(a.shape) == 1 else [f"rows of {name}", f"columns of {name}", *[""] * 9][: len(a.shape)]
        sides = [*a.operands, *[side for term in a.terms if term[2] is None for side in term[:2]]]
        found = [[t for t in (self.axis(side, k) for side in sides) if t] for k in range(len(a.shape))]
        return [next((t for t in ts if not t.startswith("values")), ts[0] if ts else "") for ts in found]

    def axis(self, side: Operand, k: int) -> str:
        """What an axis counts, by what an operand reads along it."""
        index = side.index
        if side.source == CONSTANT or k >= index.ndim or index.shape[k] == 1:
            return ""
        first, second = int(index.flat[0]), int(index[(0,) * k + (1,) + (0,) * (index.ndim - k - 1)])
        if side.source == 0:
            names = [(self.labels[i] or "").split(".") for i in (first, second)]
            differ = [x for x, y in zip(*names, strict=False) if x != y]
            stem = re.fullmatch(r"([^\W\d]{3,})\d+", differ[0]) if differ else None
            return f"{stem[1]}s" if stem else ""
        shape = self.shapes[side.source]
        for j, n in enumerate(shape):
            if second - first == math.prod(shape[j + 1 :]) and n == index.shape[k] and self.axes[side.source]:
                return self.axes[side.source][j]
        return ""
