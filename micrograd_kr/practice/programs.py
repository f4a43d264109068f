"""Small programs for a learner's engine, from the smallest on: text that Python runs.

The first one that fails is then the smallest that does, and what is shown is the very
text that ran.

>>> print(next(programs(["{} + {}"], 1, 2, once)).text)
a = Value(3.0)
b = Value(-2.0)
c = a + b
c.backward()
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import NamedTuple

# Numbers at which x + x, x * x and x ** 2, or a slope and a value, are not the same.
POINTS = ((3.0, -2.0, 5.0), (-0.5, 1.5, 0.25))

Uses = Counter[str]
Fits = Callable[[Uses, str], bool]


class Program(NamedTuple):
    """A program for any engine called ``Value``, and what to ask if it goes wrong."""

    text: str
    asks: str


class Call(NamedTuple):
    """One line: what is computed, the form it has, the names it uses."""

    text: str
    form: str
    uses: tuple[str, ...]


# ---- which programs: `uses` counts each name but the result, `leaves` names some ----


def once(uses: Uses, leaves: str) -> bool:
    """Tell whether each name is used once: a tree."""
    return set(uses.values()) == {1}


def leaf_again(uses: Uses, leaves: str) -> bool:
    """Tell whether a leaf is used again, and nothing else is."""
    return max(n for name, n in uses.items() if name in leaves) > 1 and all(
        n == 1 for name, n in uses.items() if name not in leaves
    )


def result_again(uses: Uses, leaves: str) -> bool:
    """Tell whether something that was computed is used more than once."""
    return any(n > 1 for name, n in uses.items() if name not in leaves)


def however(uses: Uses, leaves: str) -> bool:
    """Take every program."""
    return True


# ---- all of them --------------------------------------------------------------------


def programs(
    forms: Sequence[str],
    length: int,
    leaves: int,
    fits: Fits,
    points: Sequence[Sequence[float]] = POINTS,
    asks: str = "",
    having: str = "",
) -> Iterator[Program]:
    """Give every program of ``length`` lines from so many leaves, at each point.

    ``forms`` are what a line can be, ``{} * {}`` or ``{}.exp()``. Every name is used,
    and ``fits`` chooses by how often. ``asks`` is what to ask; left out, it is the form
    of the first line. ``having``: only those with a line of this form.
    """
    names = "abcdefgh"[: leaves + length]
    lines = [list(_calls(forms, names[: leaves + i])) for i in range(length)]
    for calls in product(*lines):
        uses = Counter(name for call in calls for name in call.uses)
        if set(uses) != set(names[:-1]) or not fits(uses, names[:leaves]):
            continue
        if having and all(call.form != having for call in calls):
            continue
        computed = [
            f"{name} = {call.text}"
            for name, call in zip(names[leaves:], calls, strict=True)
        ]
        for point in points:
            given = [
                f"{name} = Value({x})"
                for name, x in zip(names[:leaves], point, strict=False)
            ]
            text = "\n".join([*given, *computed, f"{names[-1]}.backward()"])
            yield Program(text, asks or calls[0].form)


def _calls(forms: Sequence[str], names: str) -> Iterator[Call]:
    """Every line that can be made of these forms and names."""
    for form in forms:
        for uses in product(names, repeat=form.count("{}")):
            yield Call(form.format(*uses), form, uses)
