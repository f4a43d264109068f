"""What used to be wrong without a word: each kind is right, or an error that says what to do."""

import copy
import math
import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import micrograd_kr as mk
from micrograd_kr import Value, grad, no_grad
from micrograd_kr.text import speak

# ---- leaving the graph ----

LEAVING = {
    "float": float,
    "math.exp": math.exp,
    "math.sqrt": math.sqrt,
    "array": lambda v: np.array([v], dtype=float),
    "round": lambda v: math.floor(v),
}


def put(v):
    array = np.zeros(2)
    array[0] = v
    return array


@pytest.mark.parametrize("leave", [*LEAVING.values(), put])
@pytest.mark.parametrize("make", [lambda: Value(2.0, "v"), lambda: Value(1.0) * 2])
def test_a_value_becomes_no_float_while_gradients_are_recorded(leave, make):
    with pytest.raises(TypeError, match=r"Value\(data=2\.0.*x\.exp\(\).*x\.data"):
        leave(make())
    with no_grad():
        leave(make())


def test_printing_is_no_leaving():
    v = Value(2.0) * 3
    assert (f"{v:.1f}", f"{v}", str(v)) == ("6.0", *["Value(data=6.0, grad=0.0)"] * 2)


def test_the_cure_is_said_in_korean():
    speak("ko")
    try:
        with pytest.raises(TypeError, match="기울기가 사라집니다"):
            float(Value(1.0))
    finally:
        speak(None)


# ---- equality ----


@given(st.lists(st.floats(-2, 2), min_size=1, max_size=6), st.floats(-2, 2))
@settings(deadline=None)
def test_a_list_finds_the_value_it_holds(numbers, x):
    values = [Value(n) for n in numbers]
    assert Value(x) not in values
    assert [v in values for v in values] == [True] * len(values)
    assert [values.index(v) for v in values] == list(range(len(values)))
    for v in values:
        assert (v == x, x == v, v != x) == (v.data == x, v.data == x, v.data != x)
    values.remove(values[-1])
    assert len(values) == len(numbers) - 1


def test_a_trace_with_lists_finds_every_node():
    a, b = Value(1.0), Value(1.0)
    y = (a * b + a) * (b * a)
    nodes = []

    def build(v):
        if v not in nodes:
            nodes.append(v)
            for parent in v._prev:
                build(parent)

    build(y)
    assert len(nodes) == 6


def test_a_compared_value_is_called_a_value():
    a = Value(1.0, "a")
    assert a > 0
    assert type(a).__name__ == type(a).__qualname__ == "Value"
    assert type(a).__module__ == Value.__module__
    assert type(pickle.loads(pickle.dumps(a))) is Value
    with pytest.raises(AttributeError, match="'Value'"):
        a.sihn()


# ---- data ----


@given(
    st.sampled_from([float, np.float64, np.float32, Fraction, int, np.int64, bool]),
    st.integers(0, 1),
)
def test_every_number_is_data(kind, x):
    v = Value(0.5)
    v.data = kind(x)
    assert (type(v.data), v.data) == (float, float(x))


def test_an_array_s_zero_divides_as_python_s():
    v = Value(1.0)
    v.data = np.float64(0.0)
    with pytest.raises(ZeroDivisionError):
        1 / v


# ---- backward ----


@given(st.integers(1, 5), st.integers(310, 400), st.booleans())
@settings(max_examples=20, deadline=None)
def test_backward_says_which_grad_left_the_floats(branches, length, as_list):
    x = Value(1e-300, "x")
    ends = []
    for _ in range(branches):
        y = x
        for _ in range(length):
            y = mk.dot([y], [10.0]) if as_list else y * 10
            if abs(y.data) > 1e200:
                y = y * 1e-300
                y = y * 10
        ends.append(y)
    total = mk.sum([(end * 0.0 + x) * 1e200 * 1e200 for end in ends])
    with pytest.raises(OverflowError, match=r"backward: .*Value\(data=.*too large"):
        total.backward()


def test_backward_names_the_first():
    x = Value(1e-200, "x")
    y = x * 1e200
    y.label = "y"
    z = y * 1e200
    with pytest.raises(OverflowError, match="'x'"):
        z.backward()
    with pytest.raises(OverflowError, match="'y'"):
        z.backward(1e150)


def grads_by_the_rule(root, seed, before):
    """The grads of one backward, and the first that is no finite number."""
    order = root.topological_order()
    grads = {v: 0.0 if v.op else before for v in order}
    grads[root] = seed
    for v in reversed(grads):
        for parent, partial in zip(v.parents, v.partials, strict=True):
            grads[parent] += grads[v] * partial
    for v in reversed(grads):
        for parent in v.parents:
            if not math.isfinite(grads[parent]):
                return grads, parent
    return grads, None


@given(
    st.randoms(use_true_random=False),
    st.integers(1, 12),
    st.sampled_from([1.0, 1e200, -1e308]),
)
@settings(max_examples=300, deadline=None)
def test_every_grad_is_finite_or_the_first_that_is_not_is_named(rng, size, seed):
    """Factors up to 1e200 and 0, and differences: inf * 0 and inf - inf among them."""
    leaves = [Value(rng.choice([0.0, 1e-300, 1.0]), f"x{i}") for i in range(3)]
    nodes = list(leaves)
    for i in range(size):
        a, b = rng.choice(nodes), rng.choice(nodes)
        factor = rng.choice([0.0, 1.0, -1.0, 1e100, 1e200])
        make = rng.choice(
            [
                lambda a=a, f=factor: a * f,
                lambda a=a, b=b: a - b,
                lambda a=a, b=b, f=factor: mk.dot([a, b], [f, -f]),
                lambda: mk.sum([]),
            ]
        )
        try:
            nodes.append(make())
        except OverflowError:  # the number itself
            continue
        nodes[-1].label = f"v{i}"
    root = nodes[-1]
    for x in leaves:
        x.grad = 0.25
    if root.op is None:
        return
    grads, first = grads_by_the_rule(root, seed, 0.25)
    if first is None:
        root.backward(seed)
        for x in leaves:
            assert x.grad == grads.get(x, 0.25)
    else:
        with pytest.raises(OverflowError) as told:
            root.backward(seed)
        assert f"Value(data={first.data!r}, grad=" in str(told.value)
        assert first.label is None or f"label={first.label!r}" in str(told.value)
        assert [x.grad for x in leaves] == [0.25] * 3


def test_a_grad_that_overflows_by_what_was_there_before():
    x = Value(1e-200, "x")
    x.grad = 1e308
    with pytest.raises(OverflowError, match="'x'"):
        (x * 1e308).backward()
    assert x.grad == 1e308


def test_a_backward_that_fails_changes_no_leaf():
    x, y, z = Value(1.0, "x"), Value(2.0, "y"), Value(3.0, "z")
    x.grad, y.grad, z.grad = 1.5, None, 2.5
    with pytest.raises(TypeError, match="'y'"):
        mk.dot([x, y, z], [x, y, z]).backward()
    assert (x.grad, y.grad, z.grad) == (1.5, None, 2.5)


def test_large_grads_whose_sum_is_too_large_are_no_error():
    xs = [Value(1e-10) for _ in range(5)]
    mk.dot(xs, [1e308] * 5).backward()
    assert [x.grad for x in xs] == [1e308] * 5


def test_a_grad_of_none_says_what_to_do():
    x, y = Value(1.0, "x"), Value(2.0, "y")
    for make in (lambda: x, lambda: x * y, lambda: mk.dot([x], [y]), lambda: y - x):
        x.grad = None
        with pytest.raises(TypeError, match=r"'x'.*NoneType.*grad = 0\.0"):
            make().backward()
        x.grad = 0.0
        make().backward()


# ---- a graph that was lost ----


def paused(y):
    with no_grad():
        return y * 1


LOST = {
    "no_grad": (paused, "inside no_grad"),
    "copy": (copy.copy, "is a copy"),
    "deepcopy": (copy.deepcopy, "is a copy"),
    "pickle": (lambda y: pickle.loads(pickle.dumps(y)), "is a copy"),
    "twice": (lambda y: copy.copy(copy.copy(y)), "is a copy"),
    "detach": (Value.detach, "detach"),
    "grad": (lambda y: grad(y, [y.parents[0]])[0], "create_graph=True"),
}


@pytest.mark.parametrize(("lose", "says"), LOST.values(), ids=LOST)
def test_a_lost_graph_says_how_it_was_lost(lose, says):
    x = Value(2.0, "x")
    lost = lose(x * x)
    with pytest.raises(RuntimeError, match=says):
        lost.backward()
    with pytest.raises(RuntimeError, match=says):
        grad(lost, [x])
    (lost * x).backward()  # as a constant it is good
    assert x.grad == lost.data
    assert grad(lost * x, [lost])[0].data == 2.0


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy])
def test_the_copy_of_a_leaf_is_a_leaf(way):
    x = way(Value(2.0))
    x.backward()
    assert x.grad == 1.0


def test_a_hessian_without_create_graph_says_so():
    x, y = Value(1.0), Value(2.0)
    f = 3 * x**2 + 4 * x * y
    for first in grad(f, [x, y]):
        with pytest.raises(RuntimeError, match="create_graph=True"):
            grad(first, [x, y])
    along = mk.dot(grad(f, [x, y]), [1.0, 1.0])
    with pytest.raises(RuntimeError, match="create_graph=True"):
        grad(along, [x, y])
    firsts = grad(f, [x, y], create_graph=True)
    rows = [[h.data for h in grad(g, [x, y])] for g in firsts]
    assert rows == [[6.0, 4.0], [4.0, 0.0]]


def test_no_grad_refuses_what_stops_and_goes_on():
    def numbers():
        yield 1

    async def later():
        return 1

    for function in (numbers, later):
        with pytest.raises(TypeError, match=rf"{function.__name__}.*with no_grad"):
            no_grad()(function)


# ---- the value alone ----


def test_without_gradients_the_value_is_enough():
    with no_grad():
        assert Value(0.0).sqrt().data == 0.0
        assert (1 / Value(1e-200)).data == 1e200
        assert (Value(-2.0) ** Value(2.0)).data == 4.0
        with pytest.raises(ValueError, match="sqrt"):
            Value(-1.0).sqrt()
    for make in (lambda: Value(0.0).sqrt(), lambda: 1 / Value(1e-200)):
        with pytest.raises(ArithmeticError):
            make()


def test_an_exponent_that_needs_no_derivative_is_a_plain_number():
    with pytest.raises(ValueError, match=r"pow.*no derivative.*plain number 2\.0"):
        Value(-2.0) ** Value(2.0)
    with pytest.raises(ValueError, match="pow") as caught:
        Value(0.0) ** Value(0.5)
    assert "plain number" not in str(caught.value)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda a: mk.sum(a, a), r"sum\(\[x0, x1, \.\.\.\]\).*Value, Value"),
        (lambda a: mk.sum(a), r"sum\(\[x0, x1, \.\.\.\]\)"),
        (lambda a: mk.sum(), r"sum\(\[x0, x1, \.\.\.\]\)"),
        (lambda a: mk.logsumexp(1.0, 2.0), r"logsumexp\(\["),
        (lambda a: mk.dot(a, a), r"dot\(\[x0, x1, \.\.\.\], \[y0"),
        (lambda a: mk.dot([a], a), r"dot\(\["),
        (lambda a: mk.linear([a], [a]), r"linear\(\[w0.*, b\)"),
    ],
)
def test_what_is_no_list_says_how_lists_are_written(call, says):
    with pytest.raises(TypeError, match=says):
        call(Value(1.0))
