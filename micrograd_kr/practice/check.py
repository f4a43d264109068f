"""A learner's own engine, checked in a process of its own, with a limit of time.

`check` gives what became of each stage, `Checked.text` tells it.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..text import FEW, format_number, language, listed
from .messages import say
from .programs import Program
from .stages import ladder
from .trial import Came, Difference, differences, right

PACKAGE = Path(__file__).parents[2]
MARKS = {"passed": "✓", "failed": "✗", "waits": "…"}
SECONDS = 20.0  # a right engine takes less than one


@dataclass(frozen=True)
class Failure:
    """A stage that went wrong: with which program, what came of it."""

    stage: str
    program: Program
    came: Came


@dataclass
class Checked:
    """What became of a learner's file.

    ``status`` has a word for each stage: "passed", "failed" or "waits".
    ``unable`` says why the file could not be tried at all, and is empty otherwise.
    """

    file: str
    status: dict[str, str] = field(default_factory=dict)
    waits_for: dict[str, str] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    unable: str = ""

    @property
    def code(self) -> int:
        """The exit code: 0 if all passed, 1 if a stage did not, 2 if nothing ran."""
        if self.unable:
            return 2
        return 0 if set(self.status.values()) == {"passed"} else 1

    def text(self, lang: str | None = None) -> str:
        """Tell all of it in the reader's language."""
        if self.unable:
            return say("unable", lang, file=self.file, reason=self.unable)
        told = [self.file, *self._ladder(lang), ""]
        for failure in self.failures:
            told += _failure_text(failure, Path(self.file).name, lang)
        passed = list(self.status.values()).count("passed")
        key = "passed" if self.code else "passed_all"
        told.append(say(key, lang, n=passed, of=len(self.status)))
        return "\n".join(told)

    def _ladder(self, lang: str | None) -> list[str]:
        """A line for each stage."""
        lines = []
        for stage, status in self.status.items():
            about = say(f"stage_{stage}", lang)
            if status == "waits":
                about = say("waits", lang, stage=self.waits_for[stage])
            lines.append(f"  {MARKS[status]} {stage:<8} {about}")
        return lines


def check(
    file: str | os.PathLike[str],
    until: str | None = None,
    seconds: float = SECONDS,
    lang: str | None = None,
) -> Checked:
    """Check the ``Value`` in a Python file, stage by stage up to ``until``.

    It runs in a process of its own, which is ended after so many seconds. Nothing is
    raised for what is wrong with the file: `Checked.unable` says it.

    >>> check("nowhere.py", lang="en").code
    2
    """
    path = Path(file)
    if not path.is_file():
        return Checked(str(file), unable=say("no_file", lang))
    with TemporaryDirectory() as folder:
        report = Path(folder, "report")
        words = [str(path.resolve()), str(report), *([until] if until else [])]
        ended = _run(words, seconds, language(lang))
        written = report.read_text("utf-8") if report.exists() else ""
    whole_lines = written.rpartition("\n")[0].splitlines()  # the last may be half
    events = [json.loads(line) for line in whole_lines]
    reason = say("too_slow", lang, seconds=format_number(seconds))
    if ended:
        reason = say("python_ended", lang)
    return _read(str(file), events, until, reason)


def _run(words: list[str], seconds: float, lang: str) -> bool:
    """Run the child; False if it had to be ended."""
    paths = [str(PACKAGE), os.environ.get("PYTHONPATH", "")]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "MICROGRAD_KR_LANG": lang,
    }
    # -P: what lies in this folder is not taken for a library
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", f"{__package__}.child", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    )
    try:
        child.wait(seconds)
        return True
    except subprocess.TimeoutExpired:
        return False
    finally:
        _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the child and what it started, as far as they are still there."""
    if hasattr(os, "killpg"):  # its session is its own
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    elif child.poll() is None:
        child.kill()
    child.wait()


def _read(
    file: str, events: Iterable[list[Any]], until: str | None, reason: str
) -> Checked:
    """Read the report; ``reason`` is why it broke off, if it did."""
    checked = Checked(file, unable=reason)
    trying: tuple[str, Program] | None = None
    for kind, *said in events:
        match kind, said:
            case "unable", [error, line]:
                checked.unable = f"{error}{_line_text(line, file, None)}"
            case "loaded", []:
                checked.unable = ""
            case "trying", [stage, program]:
                trying = stage, Program(*program)
            case "passed", [stage]:
                checked.status[stage] = "passed"
            case "waits", [stage, first]:
                checked.status[stage] = "waits"
                checked.waits_for[stage] = first
            case "failed", [stage, program, came]:
                _fail(checked, stage, Program(*program), Came(*came))
            case "done", []:
                trying = None
    if trying:
        _fail(checked, *trying, Came({}, reason))
        for stage in ladder(until):
            if stage.name not in checked.status:
                checked.status[stage.name] = "waits"
                checked.waits_for[stage.name] = trying[0]
    return checked


def _fail(checked: Checked, stage: str, program: Program, came: Came) -> None:
    checked.status[stage] = "failed"
    checked.failures.append(Failure(stage, program, came))


# ---- in words -----------------------------------------------------------------------


def _failure_text(failure: Failure, name: str, lang: str | None) -> list[str]:
    """The program, what came, what is right, and the question."""
    program, came = failure.program, failure.came
    lines = [f"    {line}" for line in program.text.splitlines()]
    wrong = differences(came.numbers, right(program))
    if came.error:
        arrived = came.error + _line_text(came.line, name, lang)
    else:
        arrived = listed([_number_text(d, d.came, lang) for d in wrong], lang, FEW)
    wanted = listed([_number_text(d, d.right, lang) for d in wrong], lang, FEW)
    question = question_key(failure)
    heading = "to_write" if question == "ask_todo" else "smallest"
    return [
        say(heading, lang, stage=failure.stage),
        "",
        *lines,
        "",
        f"  {say('came', lang)}: {arrived}",
        f"  {say('right', lang)}: {wanted}",
        f"  ? {say(question, lang)}",
        "",
    ]


def _line_text(line: int, name: str, lang: str | None) -> str:
    return f" ({say('line', lang, file=Path(name).name, line=line)})" if line else ""


def _number_text(d: Difference, x: float | None, lang: str | None) -> str:
    number = say("missing", lang) if x is None else format_number(x)
    if x is not None and number == format_number(d.right) and x != d.right:
        number = repr(x)  # near, and not the same
    return f"{d.name}.{d.attribute} = {number}"


def question_key(failure: Failure) -> str:
    """Choose the question that leads on from what went wrong."""
    program, came = failure.program, failure.came
    key = f"ask_{ASKS.get(program.asks, program.asks)}"
    if failure.stage == "number":
        return key
    if came.error:
        return _after_error(came, key)
    if came.mutated:
        return "ask_mutated"
    wanted = right(program)
    first = differences(came.numbers, wanted)[0]
    if first.attribute == "data" and failure.stage not in ("relu", "neuron"):
        return "ask_data"
    if first.attribute == "grad" and first.name == list(wanted)[-1]:
        return "ask_seed"
    if first.came == 0.0 and failure.stage not in ("relu", "neuron"):
        return "ask_nothing"
    return key


def _after_error(came: Came, key: str) -> str:
    """Choose it after an error."""
    if "NotImplementedError" in came.error:
        return "ask_todo"
    if "Error" not in came.error:  # it was too slow, or Python ended
        return "ask_endless"
    if "RecursionError" in came.error:
        return "ask_deep"
    if key in ("ask_number_left", "ask_number_right"):
        return key
    if came.line:
        return "ask_error"
    return "ask_none" if "NoneType" in came.error else "ask_absent"


# The form of a single line, and the question about it.
ASKS = {
    "{} + {}": "add",
    "{} + 2.0": "number_right",
    "2.0 + {}": "number_left",
    "{} * {}": "mul",
    "{} * 2.0": "number_right",
    "2.0 * {}": "number_left",
    "-{}": "neg",
    "{} - {}": "sub",
    "{} - 2.0": "number_right",
    "2.0 - {}": "number_left",
    "{} / {}": "div",
    "{} / 2.0": "number_right",
    "2.0 / {}": "number_left",
    "{} ** 2": "pow",
    "{} ** -1": "pow",
    "{}.relu()": "relu",
    "{}.exp()": "exp",
    "{}.tanh()": "tanh",
}
