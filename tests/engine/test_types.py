"""What type checkers and editors know: the operations of the table, and no others.

What they make of a user's code is in `users_code.py`, which mypy reads in `scripts/lint`.
"""

import importlib.util
import inspect
from pathlib import Path

import micrograd_kr as mk
from micrograd_kr import OPS, Value

ROOT = Path(mk.__file__).parents[1]


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
