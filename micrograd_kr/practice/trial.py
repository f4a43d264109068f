"""One engine tried with small programs: what comes out, and whether it is right.

>>> from micrograd_kr import Value
>>> from micrograd_kr.practice.stages import ladder
>>> examine(Value, ladder("mul"), print)
('passed', 'number')
('passed', 'add')
('passed', 'mul')
"""

import math
import traceback
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ..engine import Value
from .messages import say
from .programs import Program
from .stages import Stage

CLOSE = 1e-9  # relative; several ways to write a formula differ in the last digits

# data and grad of every Value that has a name when the program is over
Numbers = dict[str, tuple[float, float]]


class Came(NamedTuple):
    """What came of a program: numbers, or the error it ended in and where that is."""

    numbers: Numbers
    error: str = ""
    line: int = 0  # in the file of the learner; 0 if it is not there
    mutated: bool = False  # data was right before backward() and is not after


def examine(
    kind: Any,
    stages: Sequence[Stage],
    report: Callable[[tuple[Any, ...]], None],
    file: str = "",
    trying: Callable[[str, Program], None] = lambda stage, program: None,
) -> None:
    """Try the programs of each stage and report what becomes of it.

    That is ("passed", stage), ("waits", stage, for which), or ("failed", stage,
    program, came). ``trying`` hears of each program before it runs.
    """
    lacking: set[str] = set()
    for stage in stages:
        missing = [name for name in stage.needs if name in lacking]
        if missing:
            lacking.add(stage.name)
            report(("waits", stage.name, missing[0]))
            continue
        for program in stage.programs():
            trying(stage.name, program)
            came = run(program.text, kind, file)
            if not is_right(came, program):
                lacking.add(stage.name)
                report(("failed", stage.name, program, _looked_at(came, program, kind)))
                break
        else:
            report(("passed", stage.name))


def run(text: str, kind: Any, file: str = "") -> Came:
    """Run a program with this class as its ``Value``; whatever it raises is told.

    >>> run("a = Value(3.0); b = a * 2; b.backward()", Value).numbers
    {'a': (3.0, 2.0), 'b': (6.0, 1.0)}
    """
    space: dict[str, Any] = {"Value": kind}
    try:
        exec(text, space)
        numbers = {}
        for name, v in space.items():
            if isinstance(v, kind):
                data = _number(v.data, f"{name}.data")
                numbers[name] = data, _number(v.grad, f"{name}.grad")
        return Came(numbers)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a learner's file may well raise SystemExit
        return Came({}, told(error), line_of(error, file))


def _number(x: Any, name: str) -> float:
    try:
        return float(x)
    except (TypeError, ValueError):
        raise TypeError(say("no_number", name=name, x=repr(x))) from None


def told(error: BaseException) -> str:
    """Name an error as Python does in its last line.

    >>> told(KeyError("a"))
    "KeyError: 'a'"
    """
    return "".join(traceback.format_exception_only(error)).strip()


def line_of(error: BaseException, file: str) -> int:
    """Find the last line of the file that an error went through, else 0."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno or 0 for frame in frames if frame.filename == file]
    return lines[-1] if lines else 0


def right(program: Program) -> Numbers:
    """Work out what is right, with the engine of this package."""
    return run(program.text, Value).numbers


def is_right(came: Came, program: Program) -> bool:
    """Tell whether this came and nothing else."""
    return not came.error and not differences(came.numbers, right(program))


class Difference(NamedTuple):
    """One number that is not what it should be: ``a.grad``; None if it is missing."""

    name: str
    attribute: str
    came: float | None
    right: float


def differences(came: Numbers, wanted: Numbers) -> list[Difference]:
    """List the numbers that differ, those of the result first."""
    found = []
    for name, numbers in reversed(wanted.items()):
        theirs = came.get(name, (None, None))
        for attribute, x, y in zip(("data", "grad"), theirs, numbers, strict=True):
            if x is None or not math.isclose(x, y, rel_tol=CLOSE, abs_tol=1e-12):
                found.append(Difference(name, attribute, x, y))
    return found


def _looked_at(came: Came, program: Program, kind: Any) -> Came:
    """Find out whether backward() changed the data of a program that went wrong."""
    forward = "\n".join(x for x in program.text.splitlines() if ".backward" not in x)
    before, wanted = run(forward, kind).numbers, right(program)
    for name, (data, _) in came.numbers.items():
        if name in before and before[name][0] == wanted[name][0] != data:
            return came._replace(mutated=True)
    return came
