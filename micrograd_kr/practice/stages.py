"""The ladder of a learner's engine: each stage a name, what it needs, its programs."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from .programs import Program, however, leaf_again, once, programs, result_again

TWO = ["{} + {}", "{} * {}"]
DEPTHS = (10, 100, 1_000, 10_000)

NUMBER = "a = Value(3.0)"

AGAIN = """\
a = Value(3.0)
b = Value(-2.0)
c = a * b
c.backward()
d = a + b
d.backward()"""

TWICE = """\
a = Value(3.0)
b = a * 2.0
b.backward()
b.backward()"""

DEEP = """\
a = Value(0.5)
b = a
for i in range({depth}):
    b = b + a
b.backward()"""

NEURON = """\
w = Value(0.5)
b = Value(0.0)
for step in range({steps}):
    loss = Value(0.0)
    for x, t in [(1.0, 2.0), (2.0, 3.0), (-4.0, 0.0)]:
        o = (w * x + b).relu()
        loss = loss + (o - t) ** 2
    w.grad = 0.0
    b.grad = 0.0
    loss.backward()
    w.data = w.data - 0.05 * w.grad
    b.data = b.data - 0.05 * b.grad"""


class Stage(NamedTuple):
    """One rung: it is tried when those it ``needs`` are passed."""

    name: str
    needs: tuple[str, ...]
    programs: Callable[[], Iterator[Program]]


def _texts(*texts: str, asks: str) -> Callable[[], Iterator[Program]]:
    return lambda: (Program(text, asks) for text in texts)


def _sign(sign: str) -> Callable[[], Iterator[Program]]:
    """A sign between two Values, and with a number on either side."""
    return lambda: _alone([f"{{}} {sign} {{}}", f"{{}} {sign} 2.0", f"2.0 {sign} {{}}"])


def _alone(
    forms: list[str], points: tuple[float, ...] = (3.0, -2.0)
) -> Iterator[Program]:
    """Each form as the one line of a program, at Values that are used once."""
    several = [(x, 5.0 - x) for x in points]
    for form in forms:
        yield from programs([form], 1, form.count("{}"), once, several)


def _new(
    name: str, forms: list[str], points: tuple[float, ...] = (3.0, -2.0)
) -> Callable[[], Iterator[Program]]:
    """Something new: each form alone, then with + and * behind or before it."""

    def found() -> Iterator[Program]:
        yield from _alone(forms, points)
        for form in forms:
            for leaves in (1, 2):
                lines = [form, *TWO]
                yield from programs(lines, 2, leaves, however, asks=name, having=form)

    return found


def _chains() -> Iterator[Program]:
    for leaves in (1, 2, 3):
        yield from programs(["{} * 2.0", *TWO], 2, leaves, once, asks="chain")


def _shared() -> Iterator[Program]:
    for length in (1, 2):
        for leaves in (1, 2):
            yield from programs(TWO, length, leaves, leaf_again, asks="shared")


def _ordered() -> Iterator[Program]:
    for length in (2, 3):
        for leaves in (1, 2):
            yield from programs(TWO, length, leaves, result_again, asks="order")


STAGES = (
    Stage("number", (), _texts(NUMBER, asks="number")),
    Stage("add", ("number",), _sign("+")),
    Stage("mul", ("number",), _sign("*")),
    Stage("chain", ("add", "mul"), _chains),
    Stage("shared", ("chain",), _shared),
    Stage("order", ("shared",), _ordered),
    Stage("again", ("order",), _texts(AGAIN, TWICE, asks="again")),
    Stage("sub", ("order",), _new("sub", ["-{}", "{} - {}", "{} - 2.0", "2.0 - {}"])),
    Stage(
        "div",
        ("order",),
        _new("div", ["{} / {}", "{} / 2.0", "2.0 / {}", "{} ** 2", "{} ** -1"]),
    ),
    Stage("relu", ("order",), _new("relu", ["{}.relu()"], (3.0, -2.0, 0.0))),
    Stage("exp", ("order",), _new("exp", ["{}.exp()"], (1.0, -2.0, 0.0))),
    Stage("tanh", ("order",), _new("tanh", ["{}.tanh()"], (0.5, -2.0, 20.0))),
    Stage(
        "deep", ("order",), _texts(*[DEEP.format(depth=n) for n in DEPTHS], asks="deep")
    ),
    Stage(
        "neuron",
        ("again", "sub", "div", "relu"),
        _texts(*[NEURON.format(steps=n) for n in (1, 2, 50)], asks="neuron"),
    ),
)


def ladder(until: str | None = None) -> tuple[Stage, ...]:
    """Give the stages up to one of them and with it, all without a name.

    >>> [stage.name for stage in ladder("mul")]
    ['number', 'add', 'mul']
    """
    names = [stage.name for stage in STAGES]
    return STAGES[: names.index(until) + 1] if until else STAGES
