"""A learner's engine: each wrong one fails at the stage where it is wrong, and is asked."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from micrograd_kr import Value
from micrograd_kr.cli import main
from micrograd_kr.practice import STAGES, check
from micrograd_kr.practice.check import ASKS, Failure, question_key
from micrograd_kr.practice.messages import say
from micrograd_kr.practice.trial import differences, examine, run
from micrograd_kr.text import LANGUAGES

FOLDER = Path(__file__).parents[2] / "demos" / "own_engine"
SOLUTION = (FOLDER / "solution.py").read_text("utf-8")
TEMPLATE = FOLDER / "my_value.py"
NAMES = [stage.name for stage in STAGES]


def engine(text: str) -> Any:
    space: dict[str, Any] = {"__name__": "learner"}
    exec(text, space)
    return space["Value"]


def examined(kind: Any) -> tuple[dict[str, str], list[Failure]]:
    status, failures = {}, []
    for word, stage, *rest in _events(kind):
        status[stage] = word
        if word == "failed":
            failures.append(Failure(stage, *rest))
    return status, failures


def _events(kind: Any) -> list[tuple[Any, ...]]:
    events: list[tuple[Any, ...]] = []
    examine(kind, STAGES, events.append)
    return events


def test_the_solution_is_sixty_lines_and_passes_everything() -> None:
    code = [line for line in SOLUTION.splitlines() if line.strip()]
    assert len(code) <= 60
    status, _ = examined(engine(SOLUTION))
    assert status == dict.fromkeys(NAMES, "passed")


def test_the_package_s_own_value_passes_everything() -> None:
    assert set(examined(Value)[0].values()) == {"passed"}


numbers = st.floats(-4, 4).filter(lambda x: abs(x) > 0.1)
forms = ["{} + {}", "{} - {}", "{} * {}", "{} / {}", "2.0 - {}", "{} ** 3"]
forms += ["{}.tanh()", "{}.relu()", "-{}", "3.0 / {}"]


@settings(max_examples=200)
@given(st.data())
def test_the_solution_is_equal_to_ours(data: Any) -> None:
    """On programs larger than any stage has, with every sharing."""
    names = ["a", "b"]
    lines = [f"{name} = Value({data.draw(numbers)!r})" for name in names]
    for name in "cdefgh":
        form = data.draw(st.sampled_from(forms))
        uses = data.draw(st.lists(st.sampled_from(names), min_size=2, max_size=2))
        lines.append(f"{name} = {form.format(*uses)}")
        names.append(name)
    text = "\n".join([*lines, "h.backward()"])
    ours, theirs = run(text, Value), run(text, engine(SOLUTION))
    if not ours.error:  # such as 1 / 0, which ours refuses
        assert theirs.error == ""
        assert differences(theirs.numbers, ours.numbers) == []


# ---- wrong engines: a line of the solution, what is written there instead --------------

ACCUMULATE = "parent.grad += v.grad * partial"
SWEEP = """\
        for v in reversed(order):
            for parent, partial in v.edges:
                parent.grad += v.grad * partial"""
RECURSE = """\
        def down(v):
            for parent, partial in v.edges:
                parent.grad += v.grad * partial
                down(parent)
        down(self)"""
BREADTH_FIRST = """\
        order, seen = [self], {self}
        for v in order:
            for parent, partial in v.edges:
                parent.grad += v.grad * partial
                if parent not in seen:
                    seen.add(parent)
                    order.append(parent)"""
RECURSIVE_ORDER = """\
def topological_order(result):
    order, seen = [], set()
    def build(v):
        if v not in seen:
            seen.add(v)
            for parent, _ in v.edges:
                build(parent)
            order.append(v)
    build(result)
    return order

def unused(result):"""
RSUB = "        return other + -self"

WRONG = {
    "grads begin with 1": ("self.grad = 0.0\n", "self.grad = 1.0\n", "number", "number"),
    "grads begin with None": ("self.grad = 0.0\n", "self.grad = None\n", "number", "number"),
    "no __radd__": ("__radd__, __rmul__ = ", "__rmul__ = ", "add", "number_left"),
    "no numbers": ("Value) else Value(x)", "Value) else x", "add", "number_right"),
    "no seed": ("self.grad = 1.0\n", "pass\n", "add", "seed"),
    "seed is the data": ("self.grad = 1.0\n", "self.grad = self.data\n", "add", "seed"),
    "data is changed": (ACCUMULATE, ACCUMULATE + "; parent.data += 1", "add", "mutated"),
    "+ subtracts": ("self.data + other.data", "self.data - other.data", "add", "data"),
    "a product's own factor": (
        "[(self, other.data), (other, self.data)]",
        "[(self, self.data), (other, other.data)]",
        "mul",
        "mul",
    ),
    "no upstream": (ACCUMULATE, "parent.grad += partial", "chain", "chain"),
    "= for +=": (ACCUMULATE, "parent.grad = v.grad * partial", "shared", "shared"),
    "a product with itself once": (
        "in v.edges:\n                parent.grad +=",
        "in dict(v.edges).items():\n                parent.grad +=",
        "shared",
        "shared",
    ),
    "plain recursion": (SWEEP, RECURSE, "order", "order"),
    "breadth first": (SWEEP, BREADTH_FIRST, "order", "order"),
    "not reversed": ("reversed(order)", "order", "chain", "nothing"),
    "no parents": ("other.data, [(self, other.data), (other, self.data)]", "other.data", "mul", "nothing"),
    "no return": ("return Value(self.data + ", "Value(self.data + ", "add", "none"),
    "leaves wiped": ("if v.edges:", "if True:", "again", "again"),
    "nothing wiped": ("if v.edges:", "if False:", None, None),
    "no sign": ("self + -as_value", "self + as_value", "sub", "data"),
    "sides exchanged": (RSUB, "        return self + -other", "sub", "data"),
    "exponent kept": ("n * self.data ** (n - 1)", "n * self.data**n", "div", "div"),
    "no / with a number left": ("other * self**-1", "self * other**-1", "div", "data"),
    "relu at 0": ("self.data > 0 else", "self.data >= 0 else", "relu", "relu"),
    "relu dead passes on": ("1.0 if self.data > 0 else 0.0", "1.0", "relu", "relu"),
    "exp by its input": ("Value(out, [(self, out)])", "Value(out, [(self, self.data)])", "exp", "exp"),
    "tanh by its input": ("1 - out * out", "1 - self.data**2", "tanh", "tanh"),
    "tanh without a square": ("1 - out * out", "1 - out", "tanh", "tanh"),
    "recursion": ("def topological_order(result):", RECURSIVE_ORDER, "deep", "deep"),
}  # fmt: skip


def test_what_is_no_number_is_told_by_its_name() -> None:
    kind = engine(SOLUTION.replace("self.grad = 0.0\n", "self.grad = None\n"))
    assert run("a = Value(3.0)", kind).error.endswith(
        "a.grad is None, which is no number"
    )


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_engine_fails_at_its_stage_and_is_asked(name: str) -> None:
    line, instead, stage, question = WRONG[name]
    assert SOLUTION.count(line) == 1
    status, failures = examined(engine(SOLUTION.replace(line, instead)))
    if stage is None:
        assert set(status.values()) == {"passed"}
        return
    first = failures[0]
    before = NAMES[: NAMES.index(stage)]
    assert first.stage == stage
    assert all(status[name] == "passed" for name in before)
    assert question_key(first) == f"ask_{question}"


@pytest.mark.parametrize("name", ["= for +=", "plain recursion", "no upstream"])
def test_what_is_shown_is_the_smallest(name: str) -> None:
    """No line can be left out: without it the program is right, or is none."""
    line, instead, *_ = WRONG[name]
    kind = engine(SOLUTION.replace(line, instead))
    (first, *_) = examined(kind)[1]
    lines = first.program.text.splitlines()
    for i in range(len(lines) - 1):
        text = "\n".join(lines[:i] + lines[i + 1 :])
        came, ours = run(text, kind), run(text, Value)
        assert ours.error or not differences(came.numbers, ours.numbers)


def test_every_stage_and_every_question_is_said() -> None:
    asked = {program.asks for stage in STAGES for program in stage.programs()}
    assert set(ASKS) <= asked
    for key in [f"ask_{ASKS.get(a, a)}" for a in asked]:
        assert say(key, "ko") != say(key, "en")
    for name in NAMES:
        say(f"stage_{name}", "ko")


# ---- in a process of its own ------------------------------------------------------------


def typed(capsys: Any, *words: str) -> tuple[int, str]:
    code = main(list(words))
    out, err = capsys.readouterr()
    return code, out + err


@pytest.fixture
def written(tmp_path: Path) -> Any:
    def write(text: str) -> str:
        path = tmp_path / "my_value.py"
        path.write_text(text, "utf-8")
        return str(path)

    return write


def test_all_right_is_code_0(written: Any, capsys: Any) -> None:
    noisy = SOLUTION.replace(
        "        order = top", "        print('x')\n        order = top"
    )
    code, said = typed(capsys, "check", written(noisy), "--lang", "en")
    assert (code, said.count("✓")) == (0, len(NAMES))
    assert f"All {len(NAMES)} stages passed: your engine finds" in said


def test_a_wrong_engine_is_told_in_both_languages(written: Any, capsys: Any) -> None:
    file = written(SOLUTION.replace(ACCUMULATE, "parent.grad = v.grad * partial"))
    code, said = typed(capsys, "check", file, "--lang", "en")
    assert code == 1
    assert (
        """\
  ✓ chain    the chain rule: two steps
  ✗ shared   a value that is used again
  … order    comes after shared
"""
        in said
    )
    assert (
        """\
shared: the smallest program that goes wrong

    a = Value(3.0)
    b = a + a
    b.backward()

  came: a.grad = 1
  right: a.grad = 2
  ? One value is used twice."""
        in said
    )
    code, said = typed(capsys, "check", file, "--lang", "ko")
    assert code == 1
    assert "나온 값: a.grad = 1\n  맞는 값: a.grad = 2\n  ? 같은 값이" in said


def test_micrograd_passes_what_it_can(written: Any) -> None:
    pytest.importorskip("micrograd")
    checked = check(written("from micrograd.engine import Value"), lang="en")
    lacking = {"exp", "tanh", "deep"}
    assert checked.code == 1
    assert {n for n, s in checked.status.items() if s != "passed"} == lacking
    said = checked.text("en")
    assert "'Value' object has no attribute 'tanh'" in said
    assert "RecursionError" in said
    assert say("ask_deep", "en") in said


def test_up_to_a_stage_is_a_class_s_exercise(written: Any, capsys: Any) -> None:
    file = written("from micrograd.engine import Value")
    assert typed(capsys, "check", file, "--until", "relu")[0] == 0
    assert typed(capsys, "check", file, "--until", "exp")[0] == 1


def test_the_template_begins_with_its_first_todo(tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "my_value.py"
    assert typed(capsys, "check", str(file))[0] == 2
    assert typed(capsys, "check", str(file), "--new")[0] == 0
    assert file.read_bytes() == TEMPLATE.read_bytes()
    code, said = typed(capsys, "check", str(file))
    assert code == 1
    assert "✓ number" in said
    assert "NotImplementedError: TODO 1: + (line 2" in said
    assert say("ask_todo") in said
    assert typed(capsys, "check", str(file), "--new")[0] == 2  # nothing is lost
    assert file.read_bytes() == TEMPLATE.read_bytes()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x = (", "SyntaxError"),
        ("import nowhere_to_be_found", "ModuleNotFoundError"),
        ("raise SystemExit", "SystemExit"),
        ("def Value(x): return x", "no class Value"),
        ("1 / 0", "ZeroDivisionError: division by zero (line 1 of my_value.py)"),
        ("import os; os._exit(0)", "Python ended"),
        ("while True: pass", "not over after 1 seconds"),
    ],
)
def test_what_cannot_be_run_is_code_2(
    written: Any, capsys: Any, text: str, reason: str
) -> None:
    seconds = ["--seconds", "1"] if "while" in text else []
    code, said = typed(capsys, "check", written(text), *seconds, "--lang", "en")
    assert code == 2
    assert reason in said
    assert "cannot be run" in said


def test_an_engine_that_never_ends_is_told_with_its_program(written: Any) -> None:
    started = "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    endless = SOLUTION.replace(
        "        order = top",
        "        while self.edges[1:] and self.edges[0][0] is self.edges[1][0]: pass\n        order = top",
    )
    checked = check(written(started + endless), seconds=2, lang="en")
    assert checked.code == 1
    assert list(checked.status) == NAMES
    assert [f.stage for f in checked.failures] == ["shared"]
    assert "b = a + a" in checked.text("en")
    assert "not over after 2 seconds" in checked.text("en")


def test_an_engine_that_ends_python_fails_where_it_does(written: Any) -> None:
    checked = check(
        written(
            SOLUTION.replace(
                "out = math.tanh", "import os; os._exit(3)\n        out = math.tanh"
            )
        )
    )
    assert [f.stage for f in checked.failures] == ["tanh"]


def test_a_file_imports_what_lies_beside_it(written: Any, tmp_path: Path) -> None:
    (tmp_path / "helper_of_mine.py").write_text("from micrograd_kr import Value")
    assert check(written("from helper_of_mine import Value")).code == 0


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_runs_as_a_command(written: Any, lang: str) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "micrograd_kr",
            "check",
            written("x = ("),
            "--lang",
            lang,
        ],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    assert done.returncode == 2
    assert {"ko": "실행할 수 없습니다", "en": "cannot be run"}[lang] in done.stdout
