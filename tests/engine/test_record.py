"""The recorders as they stand, and with the text of the row in them: the same function."""

import inspect
import math
import pdb
import subprocess
import sys
import textwrap
import traceback
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import micrograd_kr as mk
from micrograd_kr import OPS, Value, no_grad
from micrograd_kr.engine.functions import methods, rule_texts
from micrograd_kr.engine.ops import FLOATS
from micrograd_kr.engine.record import binary, reflected, unary

single = pytest.mark.parametrize(
    "op",
    [op for op in OPS.values() if len(op.operands) < 3 and not op.variadic],
    ids=lambda op: op.name,
)


def as_it_stands(make, op, name, texts):
    """The function that ``make`` makes, with the row's text behind ordinary calls."""
    xy = ", ".join(op.operands)
    arguments = {"forward": xy, "d_x": f"{xy}, out", "d_y": f"{xy}, out"}
    arguments["infinite"] = "out, da" if make is unary else "out, da, db"
    if make is reflected:
        texts = texts | {"infinite": texts["infinite"].replace(" or da - da", "")}
    rules = [
        eval(f"lambda {arguments[rule]}: {texts[rule]}", dict(FLOATS))
        for rule in list(inspect.signature(make).parameters)[1:]
    ]
    return make(op, *rules)


def outcome(record, args):
    """Everything there is to see of a result, or of an error."""
    try:
        v = record(*args)
    except (ArithmeticError, ValueError, TypeError) as error:
        return type(error), str(error)
    if v is NotImplemented:
        return v
    seen = [x if isinstance(x, float) else id(x) for x in v.operands]
    parents = [id(x) for x in v.parents]
    return v.data.hex(), seen, parents, v.partials, v.op, v.grad, v.label, type(v)


SPECIAL = [0.0, -0.0, 1.0, -1.0, 5e-324, 1e308, -1e308, 710.0, math.nan, math.inf]
anything = st.sampled_from(SPECIAL) | st.floats(-5, 5) | st.floats()
no_number = st.sampled_from(["1", None, [1.0], 1j, 10**400])


@cache
def both_ways(op):
    """The methods of a row as they stand, and with its text written in."""
    return list(zip(methods(op, as_it_stands), methods(op), strict=True))


@single
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_written_in_or_not_is_the_same(op, data):
    """Results bit for bit, errors word for word, recording or not."""
    values = []
    for name in "xy":
        v = Value(0.0, data.draw(st.sampled_from([None, name])))
        v._data = data.draw(anything)
        values.append(v)
    paused = data.draw(st.booleans())
    for nth, (one, other) in enumerate(both_ways(op)):
        if len(op.operands) == 1:
            args = values[:1]
        elif nth == 0 and data.draw(st.booleans()):
            args = values
        else:
            args = [values[0], data.draw(anything | no_number)]
        if paused:
            with no_grad():
                assert outcome(one, args) == outcome(other, args)
        else:
            assert outcome(one, args) == outcome(other, args)


def test_there_is_one_recorder_for_each_shape():
    assert [f.__name__ for f in methods(OPS["tanh"])] == ["tanh"]
    assert [f.__name__ for f in methods(OPS["mul"])] == ["__mul__", "__rmul__"]
    assert set(inspect.signature(binary).parameters) - {"op"} == set(
        rule_texts(OPS["mul"])
    )


# ---- what a reader and a debugger see ----


def every_function():
    for name, op in OPS.items():
        yield pytest.param(op, getattr(mk, name), id=name)
        if not op.variadic:
            yield pytest.param(op, getattr(Value, op.method), id=f"Value.{op.method}")
        if op.is_sign and len(op.operands) == 2:
            right = op.method.replace("__", "__r", 1)
            yield pytest.param(op, getattr(Value, right), id=f"Value.{right}")


@pytest.mark.parametrize(("op", "function"), list(every_function()))
def test_the_source_of_every_operation_can_be_read(op, function):
    source = inspect.getsource(function)
    assert source.lstrip().startswith("def ")
    compile(textwrap.dedent(source), "source", "exec")
    if getattr(Value, op.method, None) is function and len(op.operands) < 3:
        assert op.method in source
        assert f"out = {op.forward}" in source
    assert function.__code__.co_name == function.__name__


@pytest.mark.parametrize(
    ("name", "signature"),
    [
        ("linear", "(w, x, b)"),
        ("dot", "(x, y)"),
        ("sum", "(x)"),
        ("logsumexp", "(x)"),
        ("maximum", "(x, y)"),
        ("leaky_relu", "(x, y=0.01)"),
        ("clip", "(x, lo, hi)"),
        ("tanh", "(x)"),
        ("add", "(x, y)"),
    ],
)
def test_signatures_say_what_may_be_given(name, signature):
    parameters = inspect.signature(getattr(mk, name)).parameters.values()
    bare = [p.replace(annotation=inspect.Parameter.empty) for p in parameters]
    assert str(inspect.Signature(bare)) == signature


def test_signatures_of_methods():
    for op in OPS.values():
        if not op.variadic:
            parameters = inspect.signature(getattr(Value, op.method)).parameters
            others = ["other"] if len(op.operands) == 2 else op.names[1:]
            assert list(parameters) == ["self", *others]
            last = list(parameters.values())[-1]
            given_up = op.default if op.default is not None else inspect._empty
            assert last.default == given_up


def test_what_is_left_out_is_python_s_own_error():
    for call in (
        lambda: mk.maximum(1.0),
        lambda: Value(1.0).maximum(),
        lambda: mk.clip(1.0, lo=0.0),
        lambda: Value(1.0).clip(hi=1.0),
    ):
        with pytest.raises(TypeError, match="missing 1 required"):
            call()


def test_a_traceback_shows_the_lines():
    try:
        Value(-1.0, "a") / Value(0.0, "b")
    except ZeroDivisionError as error:
        lines = traceback.extract_tb(error.__traceback__)
    assert lines[1].name == "__truediv__"
    assert "return value_alone(op, (x, y), (self, other), error)" in lines[1].line


def test_a_debugger_steps_into_an_operation():
    code = "from micrograd_kr import Value\nx = Value(2.0)\nbreakpoint()\ny = x * 3\n"
    done = subprocess.run(
        [sys.executable, "-c", code],
        input="s\ns\ns\nn\nc\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert pdb.line_prefix.strip() in done.stdout
    assert "x = self._data" in done.stdout, done.stdout


def test_a_row_of_the_same_name_shows_its_own_source_and_leaves_the_first_alone():
    before = inspect.getsource(Value.tanh)
    row = mk.Op("tanh", "tanh", "tanh(x)", ("1 - out",))
    [other] = methods(row)
    assert "da = 1 - out\n" in inspect.getsource(other)
    assert inspect.getsource(Value.tanh) == before
