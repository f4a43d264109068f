"""What a person would call the arrays of a program, and what their axes are."""

import itertools
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from . import expressions as ex
from .arrays import LISTS, NUMBERS, Array, Reading
from .expressions import Expr
from .prelude import reserved
from .shapes import step_along


def as_python(name: str) -> str:
    """A name as Python's parser reads it: full-width letters are the usual ones.

    >>> as_python("ｘ")
    'x'
    """
    return unicodedata.normalize("NFKC", name)


def stem(label: str) -> str:
    """The letters that a label begins with, if they are a name.

    Python compares names after NFKC: what is not one and the same after it would be two
    names in the program's text and one when it runs.

    >>> stem("layer0.σ²"), stem("ｘ1"), stem("2")
    ('σ', 'x', '')
    """
    found = re.match(r"[^\W\d]+", as_python(label.rpartition(".")[2]))
    name = found[0] if found else ""
    return name if name.isidentifier() else ""


class Names:
    """Names after the labels of parameters: W1, b1; and z, h and v.

    z is for weighted sums, h for what is made of one array, v for the rest.
    """

    def __init__(
        self,
        arrays: Sequence[Array],
        leaves: Sequence[str],
        labels: Sequence[str | None],
    ) -> None:
        self.labels: list[str] = [label or "" for label in labels]
        self.leaves = leaves
        self.shapes: list[tuple[int, ...]] = [array.shape for array in arrays]
        self.axes: list[list[str]] = []  # of each array, what its axes count
        # The parts of theta that have names, by their place:
        self.parameters: dict[Any, Expr] = {}
        for array in arrays:
            self.axes.append(self.axes_of(array))

    def name_parameter(self, x: Expr, reading: Reading) -> None:
        """Name a part of the parameters after the label they share."""
        index = reading.index
        if not self.labels or index.size == len(self.labels):
            return
        ends = [self.labels[index.flat[k]] for k in (0, -1)]
        first, last = [re.sub(r"\d+", "0", label) for label in ends]
        name = stem(first) if first == last else ""
        if not name or reserved(f"{name}1"):
            name = "w"
        if len(name) == 1 and index.ndim > 1:
            name = stem(name.upper()) or name
        ex.named(x, name, line=True)
        if reading.steps is not None:
            self.parameters.setdefault(reading.place, x)

    def value(self, array: Array, x: Expr, like: Array | None = None) -> Expr:
        """The value of an array, named."""
        axes = self.axes[array.number]
        sizes = zip(array.shape, axes, strict=True)
        counts = [f"{n} {axis}".strip() for n, axis in sizes]
        if array.batched:
            counts.insert(0, "rows")
        tells = any(axes) or array.batched
        return ex.named(x, kind(like or array), " × ".join(counts) if tells else "")

    def axes_of(self, array: Array) -> list[str]:
        """What the axes count: neurons, rows of an input; empty where not known."""
        axes = len(array.shape)
        if array.gather:
            places = array.gather.tokens.shape[1]
            counted = [f"values of {self.leaves[array.number]}"] * (places > 1)
            return [*counted, ""][:axes]
        if 0 < array.number < len(self.leaves):
            return axes_of_input(self.leaves[array.number], axes)
        if array.loop is not None:
            return ["turns", ""][:axes]
        readings = [*array.aligned, *array.members]
        return [self.axis(readings, subscript) for subscript in array.subscripts]

    def axis(self, readings: Sequence[Reading], subscript: str) -> str:
        """What an axis counts, by the first reading along it that knows.

        One that knows rows or neurons comes before one that knows values.
        """
        along = [
            self.along(r, subscript) for r in readings if subscript in r.subscripts
        ]
        known = [text for text in along if text]
        return min(known, key=lambda text: text.startswith("values"), default="")

    def along(self, reading: Reading, subscript: str) -> str:
        """What an axis counts, by what is read along it."""
        if reading.source == NUMBERS:
            return ""
        k = reading.subscripts.index(subscript)
        n, step = reading.index.shape[k], step_along(reading.index, k)
        if reading.source == 0 and self.labels:
            return self.unit(reading.first, reading.first + step)
        shape, axes = self.shapes[reading.source], self.axes[reading.source]
        for j, axis in enumerate(axes):
            if (step, n) == (math.prod(shape[j + 1 :]), shape[j]):
                return axis
        return ""

    def unit(self, first: int, second: int) -> str:
        """What labels differ by: layer0.neuron0.w0 and layer0.neuron1.w0 by neurons."""
        names = [self.labels[i].split(".") for i in (first, second)]
        differ = [x for x, y in zip(*names, strict=False) if x != y]
        word = re.fullmatch(r"([^\W\d]{3,})\d+", differ[0]) if differ else None
        return f"{word[1]}s" if word else ""


def axes_of_input(name: str, axes: int) -> list[str]:
    """What the axes of an input are called.

    >>> axes_of_input("X", 2)
    ['rows of X', 'columns of X']
    """
    if axes == 1:
        return [f"values of {name}"]
    known = [f"rows of {name}", f"columns of {name}"]
    return (known + [""] * axes)[:axes]


def kind(array: Array) -> str:
    """The letter of an array: z, h or v."""
    for product in array.regular if array.shape else ():
        if {*LISTS}.intersection(product.a.subscripts, product.b.subscripts):
            return "z"
    read = [operand for operand in array.operands if operand.source != NUMBERS]
    return "h" if array.row and len(read) == 1 else "v"


def names_of_lines(
    lines: Sequence[Expr], outputs: Mapping[Expr, str], taken: set[str]
) -> dict[Expr, str]:
    """A name for each, numbered when several have it; the gradient of h2 is dh2."""
    names = dict(outputs)
    taken = taken.union(outputs.values())

    def give(x: Expr, first: list[str], more: str, numbers: Iterator[int]) -> None:
        every = itertools.chain(first, (f"{more}{k}" for k in numbers))
        free = (name for name in every if name not in taken)
        names[x] = next(name for name in free if not reserved(name))
        taken.add(names[x])

    values = [x for x in lines if x not in outputs and not isinstance(x.name, Expr)]
    several = Counter(str(x.name or "t").lower() for x in values)
    # W1 and b1, w2 and b2: large and small letters share their numbers
    numbers = {base: itertools.count(1) for base in several}
    for x in values:
        name = str(x.name or "t")
        base = name.lower()
        alone = x.name and several[base] == 1
        give(x, [name] if alone else [], name, numbers[base])
    for x in lines:
        if isinstance(x.name, Expr) and x not in names:
            name = f"d{names.get(x.name, 't')}"
            give(x, [name], f"{name}_", itertools.count(2))
    return names
