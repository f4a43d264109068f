"""`record_lines`: a Value knows the line that computed it, and only where it was asked for."""

import copy
import inspect
import linecache
import pickle
import threading

import pytest
from table import random_graph

from micrograd_kr import MLP, OPS, Stepper, Value, no_grad, record_lines
from micrograd_kr.engine import FUNCTIONS


def here() -> int:
    """The number of the line that calls this."""
    frame = inspect.currentframe()
    assert frame is not None
    assert frame.f_back is not None
    return frame.f_back.f_lineno


@pytest.mark.parametrize("op", OPS.values(), ids=list(OPS))
def test_every_operation_has_the_line_of_the_user(op):
    lists = sum(name.startswith("*") for name in op.operands)
    operands = [[Value(0.5)]] * lists + [Value(0.5)] * (len(op.names) - lists)
    with record_lines():
        v, number = FUNCTIONS[op.name](*operands), here()
    assert v.line.file == __file__
    assert v.line.number == number
    assert v.line.text == "v, number = FUNCTIONS[op.name](*operands), here()"


def test_what_the_package_computes_for_a_line_has_that_line():
    model = MLP(2, [3, 1], seed=1)
    with record_lines():
        loss = (2 - model([1.0, -1.0])) ** 2 / 3
    lines = {v.line for v in loss.topological_order() if v.op}
    assert [line.text for line in lines] == ["loss = (2 - model([1.0, -1.0])) ** 2 / 3"]


def test_nothing_is_kept_outside_and_nothing_else_changes():
    x = Value(2.0, "x")
    plain = x * x
    with record_lines():
        y = x * x
        with no_grad():
            number = x * x
    assert plain.line is None
    assert number.line is None
    assert x.line is None
    assert type(plain) is Value
    assert type(x * x) is Value
    for v in (plain, y):
        x.grad = 0.0
        v.backward()
        assert (x.grad, v.data, repr(v)) == (4.0, 4.0, repr(plain))
        assert not hasattr(v, "__dict__")
    for again in (copy.copy(y), pickle.loads(pickle.dumps(y))):
        assert type(again) is Value


def test_a_graph_computed_within_is_the_same():
    def chosen(found):
        return found[len(found) // 2]

    outside = random_graph(chosen, 12)[1]
    with record_lines():
        within = random_graph(chosen, 12)[1]
    for nodes in (outside, within):
        nodes[-1].backward()
    assert [(v.data, v.grad) for v in within] == [(v.data, v.grad) for v in outside]


def test_it_holds_for_the_thread_that_entered_it():
    found = []
    x = Value(2.0)
    with record_lines():
        other = threading.Thread(target=lambda: found.append(x * x))
        other.start()
        other.join()
    assert found[0].line is None


def test_why_ends_with_the_line():
    x = Value(2.0, "x")
    with record_lines():
        y, number = x * x, here()
    for direction in ("backward", "forward"):
        s = Stepper(y, direction, "en")
        s.next()
        told = f"test_lines.py, line {number}: y, number = x * x, here()"
        assert s.why().splitlines()[-1] == told
        assert s.why("ko").splitlines()[-1].startswith("test_lines.py ")
    assert "test_lines" not in Stepper(x * x).why()


TYPED = """\
x = Value(2.0)
with record_lines():
    y = x * x
"""


@pytest.mark.parametrize("is_kept", [False, True])
def test_what_is_typed_at_a_prompt_is_shown_if_python_kept_it(is_kept, monkeypatch):
    """Python 3.13 keeps it, and so does IPython; before, there is no line to show."""
    file = "<python-input-0>" if is_kept else "<stdin>"
    if is_kept:
        lines = TYPED.splitlines(keepends=True)
        monkeypatch.setitem(linecache.cache, file, (len(TYPED), None, lines, file))
    names = {"Value": Value, "record_lines": record_lines}
    exec(compile(TYPED, file, "exec"), names)
    s = Stepper(names["y"], lang="en")
    s.next()
    told = s.why().splitlines()[-1]
    assert ("line 3" in told) is is_kept
    assert told.endswith("<python-input-0>, line 3: y = x * x") is is_kept
    [*_, node] = s.recording()["nodes"]
    assert ("line" in node) is is_kept
