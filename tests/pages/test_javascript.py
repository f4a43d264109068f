"""The table in JavaScript is the table in Python: every row, any numbers, whole graphs."""

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import mpmath
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from node import NODE, Node, ulps
from table import operands, random_graph, split

from micrograd_kr import OPS, Value, nn
from micrograd_kr.engine import FLOATS, FUNCTIONS, Op
from micrograd_kr.pages import javascript
from micrograd_kr.pages.javascript import row

every_row = pytest.mark.parametrize("op", OPS.values(), ids=list(OPS))
needs_node = pytest.mark.skipif(NODE is None, reason="there is no node on PATH")

ERRORS = (ValueError, ZeroDivisionError, OverflowError)
ENDS = (0.0, -0.0, 5e-324, 2.2e-308, 1e-17, 0.5, 1.0, 20.0, 709.0, 746.0, 1e154, 1e308)


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    process = Node()
    yield process
    process.close()


# ---- how far apart two right answers may be ------------------------------------------------------

# Two libraries for the same function: each is right to about an ulp, but tanh of glibc to 2.2,
# and our erf to 1e-15.
FUNCTION_ULPS = {"tanh": 4, "erf": 4}


def step(x: float, by: int) -> float:
    """So many floats further: `math.nextafter` takes no steps before Python 3.12."""
    for _ in range(abs(by)):
        x = math.nextafter(x, math.copysign(math.inf, by))
    return x


def band(text: str, names: dict[str, Any]) -> tuple[float, float]:
    """Least and largest value of a formula when each function in it, and ``out``, is an ulp or two off."""
    called = [name for name in FLOATS if f"{name}(" in text]
    loose = called + ["out"] * ("out" in text)
    found = []
    for signs in itertools.product((-1, 0, 1), repeat=min(len(loose), 4)):
        off = dict(zip(loose, signs, strict=False))
        space = dict(FLOATS) | names
        for name in called:
            space[name] = off_by(FLOATS[name], off.get(name, 0) * allowed(name))
        if "out" in off:
            space["out"] = step(names["out"], 2 * off["out"])
        try:
            found.append(float(eval(text, space)))
        except ERRORS:
            continue
    return min(found), max(found)


def allowed(name: str) -> int:
    return FUNCTION_ULPS.get(name, 2)


def off_by(function: Callable[..., float], ulps: int) -> Callable[..., float]:
    return lambda *arguments: step(function(*arguments), ulps)


def agree(text: str, names: dict[str, Any], got: float, want: float) -> bool:
    if ulps(got, want) <= 2:
        return True
    least, most = band(text, names)
    return step(least, -2) <= got <= step(most, 2)


# ---- every row -----------------------------------------------------------------------------------


def python_says(op: Op, flat: list[float]) -> Value | Exception:
    values = [Value(x, f"v{i}") for i, x in enumerate(flat)]
    try:
        return FUNCTIONS[op.name](*split(op, values))
    except ERRORS as error:
        return error


def check_row(node: Node, op: Op, flat: list[float]) -> None:
    leaves = [Value(0.5) for _ in flat]
    safe = FUNCTIONS[op.name](*split(op, leaves))
    got = node.run([*leaves, safe], dict(zip(leaves, flat, strict=True)))
    want = python_says(op, flat)
    refusal = got["refusals"].get(len(flat))
    value, partials = got["values"][-1], got["partials"]
    if isinstance(want, Exception):
        assert refusal == kind(want) or at_the_end([value, *partials])
        return
    if refusal is not None:
        assert at_the_end([want.data, *want.partials]), refusal
        return
    arguments = split(op, flat)
    names = dict(zip(op.names, arguments, strict=True))
    assert agree(op.forward, names, value, want.data), (value, want)
    for k, (mine, theirs) in enumerate(zip(partials, want.partials, strict=True)):
        text, here = partial_of(op, arguments, k)
        assert agree(text, here | {"out": want.data}, mine, theirs), (k, mine, theirs)


def kind(error: Exception) -> str:
    if isinstance(error, OverflowError):
        return "large"
    return "value" if "no value" in str(error) else "derivative"


def at_the_end(numbers: list[float]) -> bool:
    """Whether one is so large that an ulp decides if it is a float at all."""
    return any(1.797693134862e308 < abs(x) < math.inf for x in numbers)


def partial_of(op: Op, arguments: list[Any], k: int) -> tuple[str, dict[str, float]]:
    """The text of the partial in the k-th operand, and the numbers of its names."""
    if not op.variadic:
        return op.partials[k], dict(zip(op.names, arguments, strict=True))
    n = len(arguments[0])
    lists = [name for name in op.operands if name[0] == "*"]
    if k >= n * len(lists):
        return op.partials[len(lists) + k - n * len(lists)], {}
    row = {name[1:]: arguments[i][k % n] for i, name in enumerate(lists)}
    return op.partials[k // n], row


def points(op: Op) -> st.SearchStrategy[list[float]]:
    usual = st.floats(-50, 50)
    any_float = st.floats(allow_nan=False, allow_infinity=False)
    number = usual | any_float | st.sampled_from([*ENDS, *(-x for x in ENDS)])
    return st.integers(1, 5).flatmap(
        lambda n: st.lists(number, min_size=operands(op, n), max_size=operands(op, n))
    )


@needs_node
@every_row
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_every_row_says_what_python_says(node: Node, op: Op, data: Any) -> None:
    check_row(node, op, data.draw(points(op)))


@needs_node
@every_row
def test_every_row_at_the_ends_of_the_range(node: Node, op: Op) -> None:
    ends = [*ENDS, *(-x for x in ENDS)]
    for flat in itertools.product(ends, repeat=min(operands(op, 1), 2)):
        padded = [*flat, *[1.5] * (operands(op, 1) - len(flat))]
        check_row(node, op, padded)


@needs_node
@given(st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=30))
@example([1e16, 1.0, -1e16])
@example([1.0, 2.0**-53, 2.0**-106])
@settings(max_examples=200, deadline=None)
def test_a_sum_is_rounded_once(node: Node, numbers: list[float]) -> None:
    leaves = list(map(Value, numbers))
    total = FUNCTIONS["sum"](leaves)
    assert node.run([*leaves, total])["values"][-1] == total.data == math.fsum(numbers)


@needs_node
@given(st.floats(-7, 7))
@settings(max_examples=300, deadline=None)
def test_erf_to_15_digits(node: Node, x: float) -> None:
    """What JavaScript lacks, beside a hundred digits of it."""
    leaf = Value(x)
    got = node.run([leaf, FUNCTIONS["erf"](leaf)])["values"][-1]
    truth = float(mpmath.erf(mpmath.mpf(x)))
    assert got == pytest.approx(truth, rel=1e-15, abs=0)


# ---- whole graphs --------------------------------------------------------------------------------


def compare(node: Node, root: Value, twins: dict[Value, Value] | None = None) -> None:
    """The graph of ``root`` in JavaScript; ``twins``: first with other numbers."""
    order = root.topological_order()
    root.zero_grad()
    root.backward()
    if twins is None:
        got = node.run(order)
    else:  # the graph of before, its leaves changed
        changed = {v: twin.data for v, twin in twins.items() if v.op is None}
        got = node.run(list(twins), changed)
    assert got["refusals"] == {}
    assert got["values"] == pytest.approx([v.data for v in order], rel=1e-13, abs=1e-15)
    grads = [v.grad for v in order]
    size = max(map(abs, grads))
    assert got["adjoints"] == pytest.approx(grads, rel=1e-11, abs=1e-13 * size)


@needs_node
@given(
    choose=st.randoms(use_true_random=False),
    size=st.integers(1, 30),
    numbers=st.lists(st.floats(-3, 3), min_size=3, max_size=3),
)
@settings(max_examples=200, deadline=None)
def test_random_graphs_with_any_leaves_have_python_s_values_and_grads(
    node: Node, choose: Any, size: int, numbers: list[float]
) -> None:
    leaves, nodes = random_graph(choose.choice, size)
    root = nodes[-1]
    compare(node, root)
    table = dict(zip(leaves, numbers, strict=True))
    twin = recomputed(root.topological_order(), table)
    compare(node, twin[-1], dict(zip(root.topological_order(), twin, strict=True)))


def recomputed(order: list[Value], table: dict[Value, float]) -> list[Value]:
    """The same graph with other numbers in its leaves."""
    twin: dict[Value, Value] = {}
    for v in order:
        if v.op is None:
            twin[v] = Value(table.get(v, v.data))
            continue
        operands = [twin[x] if isinstance(x, Value) else x for x in v.operands]
        twin[v] = FUNCTIONS[v.op.name](*split(v.op, operands))
    return list(twin.values())


@needs_node
@pytest.mark.parametrize("activation", ["relu", "leaky_relu"])
@pytest.mark.parametrize("expand", [False, True])
def test_without_functions_a_network_is_equal_to_the_bit(
    node: Node, activation: str, expand: bool
) -> None:
    model = nn.MLP(2, [8, 8, 1], activation=activation, seed=1, expand=expand)
    points = [(0.5, -1.0), (1.5, 0.3), (-0.2, 0.7)]
    loss = sum((1 - model(list(point))).relu() for point in points) / len(points)
    loss += 1e-4 * sum(p * p for p in model.parameters())
    order = loss.topological_order()
    loss.backward()
    got = node.run(order)
    assert got["values"] == [v.data for v in order]
    assert got["adjoints"] == [v.grad for v in order]


@needs_node
def test_where_there_is_no_value_what_depends_on_it_is_blank(node: Node) -> None:
    x, y = Value(1.0), Value(2.0)
    a = x.log()
    b = y * y
    c = a + b
    got = node.run([x, y, a, b, c], {x: -1.0})
    assert got["refusals"] == {2: "value"}
    assert [math.isnan(v) for v in got["values"]] == [False, False, True, False, True]
    assert got["values"][3] == 4.0


@needs_node
def test_of_a_plain_number_no_partial_is_asked(node: Node) -> None:
    x = Value(2.0)
    cube = x**3.0
    got = node.run([x, cube], {x: -2.0})  # with respect to 3 there would be none
    assert got["values"] == [-2.0, -8.0]
    assert got["adjoints"][0] == 12.0
    assert got["refusals"] == {}


# ---- the translator ------------------------------------------------------------------------------


def test_what_no_formula_uses_is_refused() -> None:
    with pytest.raises(NotImplementedError, match="no translation of"):
        javascript.javascript("[x for x in y]")
    with pytest.raises(NotImplementedError, match="MatMult"):
        javascript.javascript("x @ y")


@needs_node
def test_a_new_row_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """One with everything that Python's expressions have: the page computes with it."""
    text = "x ** 2 / y if 0 < x < 5 and not y == 0 or x > 9 else +sigmoid(x)"
    new = Op("fresh", "fresh", text, ("2 * x / y", "-out / y"), ("x", "y"))
    monkeypatch.setitem(OPS, "fresh", new)
    assert "2 * x" in row(new).replace("(", "")
    fresh = Node()
    x, y = Value(3.0), Value(2.0)
    safe = x * y
    monkeypatch.setattr(safe, "op", new)
    got = fresh.run([x, y, safe])
    fresh.close()
    assert got["values"][-1] == 4.5
    assert got["partials"] == [3.0, -2.25]
