"""What type checkers and editors know: the operations of the table, and no others."""

import importlib.util
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import micrograd_kr as mk
from micrograd_kr import OPS, Value

ROOT = Path(mk.__file__).parents[1]

RIGHT = """
from typing import assert_type
import micrograd_kr as mk
from micrograd_kr import MLP, Value, grad

x = Value(2.0, "x")
assert_type(x.exp(), Value)
assert_type(x.leaky_relu(), Value)
assert_type(x.maximum(1.0), Value)
assert_type(2 * x + x / 3 - x**2, Value)
assert_type(-abs(x), Value)
assert_type(mk.exp(1), Value)
assert_type(mk.linear([1.0, x], [x, 2], 0.5), Value)
assert_type(mk.leaky_relu(x, 0.1), Value)
assert_type(mk.sum([x, 1.0]), Value)
assert_type(x.grad, float)
assert_type(grad(x, [x]), tuple[Value, ...])
assert_type(x.steps()[0].parent, Value)
assert_type(MLP(2, [3, 1])([1.0, x]), Value | list[Value])
x.draw(partials=True).save("x.svg")
"""

WRONG = """
import micrograd_kr as mk
from micrograd_kr import Value

x = Value(2.0)
x.gard
x.sinh()
x.exp(1)
x + "1"
x.draw(partial=True)
mk.sinh(x)
mk.sum(x)
mk.linear([x], [x])
"""


def test_a_user_s_code_is_checked(tmp_path):
    """All of RIGHT passes mypy, and every call of WRONG is an error."""
    pytest.importorskip("mypy")
    for name, code in {"right.py": RIGHT, "wrong.py": WRONG}.items():
        (tmp_path / name).write_text(code, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "right.py", "wrong.py"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"MYPYPATH": str(ROOT), "PATH": "", "HOME": str(tmp_path)},
        check=False,
    )
    said = done.stdout.splitlines()
    assert [line for line in said if line.startswith("right.py")] == [], done.stderr
    wrong = [line for line in said if line.startswith("wrong.py") and "error:" in line]
    first = WRONG.splitlines().index("x.gard") + 1
    lines = {int(line.split(":")[1]) for line in wrong}
    assert lines == set(range(first, 1 + len(WRONG.splitlines()))), done.stdout


def test_the_stub_is_the_table():
    spec = importlib.util.spec_from_file_location("stub", ROOT / "scripts" / "stub.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.STUB.read_text("utf-8") == module.stub()


def test_the_stub_says_what_the_functions_take():
    """Parameters and defaults of the stub, compiled, against those that run."""
    stub = (ROOT / "micrograd_kr" / "engine" / "operations.pyi").read_text("utf-8")
    body = stub[stub.index("class _Operations") :].replace("draw = _draw", "")
    typed = {}
    exec("from __future__ import annotations\n" + body, typed)

    def parameters(function):
        given = inspect.signature(function).parameters.values()
        return [(p.name, p.default) for p in given]

    for name, op in OPS.items():
        assert parameters(typed[name]) == parameters(getattr(mk, name))
        if not op.variadic:
            method = getattr(typed["_Operations"], op.method)
            assert parameters(method) == parameters(getattr(Value, op.method))
