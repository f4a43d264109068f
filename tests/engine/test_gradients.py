"""Gradients as values: `grad` of any order against sympy and PyTorch, and `gradcheck`."""

import math

import numpy as np
import pytest
import sympy
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from table import random_graph

import micrograd_kr as mk
from micrograd_kr import OPS, Value, grad, gradcheck, hessian, jacobian, jvp

small = st.floats(-2, 2)


def rosenbrock(x, y):
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def wavy(x, y, z):
    """Everything smooth in one function of three variables, as Values or as sympy or PyTorch numbers."""
    f = mk if isinstance(x, Value) else sympy if isinstance(x, sympy.Expr) else torch
    return (
        f.sin(x * y) * f.exp(-z * z / 4)
        + f.log(1 + x * x) / (2 + f.cos(z))
        - f.tanh(y - z) * f.sqrt(2 + x * x)
    )


def test_the_functional_form_touches_nothing():
    x, y = Value(2.0), Value(3.0)
    z = x * y + x
    before = (x.grad, y.grad, z.grad)
    dx, dy = grad(z, [x, y])
    assert (dx.data, dy.data) == (4.0, 2.0)
    assert (dx.op, dx.parents, dx.grad) == (None, (), 0.0)
    grad(z, [x, y], create_graph=True)
    assert (x.grad, y.grad, z.grad) == before == (0.0, 0.0, 0.0)
    z.backward()
    assert (x.grad, y.grad) == (4.0, 2.0)


def test_unused_inputs_have_0():
    x, y, constant = Value(2.0), Value(3.0), Value(7.0)
    for create_graph in (False, True):
        dx, dy = grad(x * 2, [x, y], create_graph)
        assert (dx.data, dy.data) == (2.0, 0.0)
        assert [g.data for g in grad(constant, [x, y], create_graph)] == [0.0, 0.0]
        assert [g.data for g in grad(x.detach() * y, [x], create_graph)] == [0.0]
    assert grad(x * 2, []) == ()


def test_with_respect_to_inner_nodes_and_itself():
    x = Value(2.0)
    inner = x * x
    y = inner * 3 + inner**2
    for create_graph in (False, True):
        dy, dinner, dx, again = grad(y, [y, inner, x, x], create_graph)
        assert (dy.data, dinner.data, dx.data, again.data) == (
            1.0,
            3 + 2 * 4.0,
            11.0 * 4,
            44.0,
        )
    assert grad(grad(y, [inner], create_graph=True)[0], [inner])[0].data == 2.0
    assert grad(grad(y, [inner], create_graph=True)[0], [x])[0].data == 2.0 * 4.0


def test_what_is_no_value_is_a_clear_error():
    x = Value(1.0)
    with pytest.raises(TypeError, match=r"grad.*float"):
        grad(2.0, [x])
    with pytest.raises(TypeError, match=r"grad.*float"):
        grad(x * 2, [2.0])
    assert grad(x * 2, x)[0].data == grad(x * 2, (v for v in [x]))[0].data == 2.0


def test_an_infinite_gradient_names_the_input():
    x = Value(1e-200, "x")
    y = x * 1e200 * 1e200
    with pytest.raises((OverflowError, ValueError), match=r"grad.*'x'"):
        grad(y, [x])


# ---- second and third derivatives -------------------------------------------------------------------


@given(small, small)
@settings(deadline=None)
def test_hessian_of_rosenbrock(x, y):
    """By hand: [[2 - 400 y + 1200 x^2, -400 x], [-400 x, 200]]."""
    assert np.allclose(
        hessian(rosenbrock, (x, y)),
        [[2 - 400 * y + 1200 * x * x, -400 * x], [-400 * x, 200]],
    )


def test_rosenbrock_s_minimum_by_newton_steps():
    """The Hessian is good for what Hessians are good for: Newton's method ends at (1, 1)."""
    point = np.array([-1.2, 1.0])
    for _ in range(8):
        xs = [Value(p) for p in point]
        slope = [g.data for g in grad(rosenbrock(*xs), xs)]
        point = point - np.linalg.solve(hessian(rosenbrock, point), slope)
    assert point == pytest.approx([1.0, 1.0], abs=1e-12)


SYMBOLS = sympy.symbols("x y z")
WAVY = wavy(*SYMBOLS)
FIRST = [sympy.diff(WAVY, s) for s in SYMBOLS]
SECOND = sympy.lambdify(
    SYMBOLS, [[sympy.diff(d, s) for s in SYMBOLS] for d in FIRST], "math"
)
THIRD = sympy.lambdify(
    SYMBOLS,
    [[[sympy.diff(d, s, t) for t in SYMBOLS] for s in SYMBOLS] for d in FIRST],
    "math",
)
FIRST = sympy.lambdify(SYMBOLS, FIRST, "math")


@given(small, small, small)
@settings(max_examples=25, deadline=None)
def test_three_orders_against_sympy(x, y, z):
    xs = [Value(x), Value(y), Value(z)]
    firsts = grad(wavy(*xs), xs, create_graph=True)
    seconds = [grad(g, xs, create_graph=True) for g in firsts]
    thirds = [[[t.data for t in grad(h, xs)] for h in row] for row in seconds]
    assert np.allclose([g.data for g in firsts], FIRST(x, y, z), rtol=1e-9, atol=1e-10)
    assert np.allclose(
        [[h.data for h in row] for row in seconds],
        SECOND(x, y, z),
        rtol=1e-9,
        atol=1e-10,
    )
    assert np.allclose(thirds, THIRD(x, y, z), rtol=1e-8, atol=1e-9)


@given(st.tuples(small, small, small), st.tuples(small, small, small))
@settings(max_examples=25, deadline=None)
def test_hessian_vector_products_against_pytorch(point, vector):
    """Hv is the gradient of (gradient . v): no Hessian is ever formed."""
    xs = [Value(p) for p in point]
    along = mk.dot(grad(wavy(*xs), xs, create_graph=True), list(vector))
    ours = [g.data for g in grad(along, xs)]
    leaves = [torch.tensor(p, dtype=torch.float64) for p in point]
    vectors = [torch.tensor(v, dtype=torch.float64) for v in vector]
    _, theirs = torch.autograd.functional.hvp(wavy, tuple(leaves), tuple(vectors))
    assert ours == pytest.approx([t.item() for t in theirs], rel=1e-9, abs=1e-10)


@pytest.mark.parametrize("order", range(1, 7))
def test_any_order(order):
    """The n-th derivative of exp(2x) is 2^n exp(2x), of x^5 it is 5!/(5-n)! x^(5-n), of 1/x n!/(-x)^(n+1)."""
    x = Value(0.75)
    for f, wanted in (
        ((2 * x).exp(), 2**order * math.exp(1.5)),
        (x**5, math.perm(5, order) * 0.75 ** (5 - order) if order <= 5 else 0.0),
        (1 / x, (-1) ** order * math.factorial(order) / 0.75 ** (order + 1)),
    ):
        for _ in range(order):
            (f,) = grad(f, [x], create_graph=True)
        assert f.data == pytest.approx(wanted, rel=1e-12, abs=1e-12)


def test_backward_through_a_gradient():
    """A gradient penalty: the loss of a slope, by backward()."""
    w, x = Value(0.5, "w"), Value(2.0, "x")
    (dx,) = grad((w * x) ** 3, [x], create_graph=True)  # 3 w^3 x^2
    penalty = (dx - 1) ** 2
    penalty.backward()
    d = 3 * 0.5**3 * 4
    assert dx.data == d
    assert w.grad == pytest.approx(2 * (d - 1) * 9 * 0.5**2 * 4)


def test_second_derivatives_at_kinks_are_0():
    for make in (
        lambda x: x.relu(),
        abs,
        lambda x: x.maximum(0.0),
        lambda x: x.leaky_relu(),
    ):
        for point in (-1.0, 0.0, 1.0):
            x = Value(point)
            (d,) = grad(make(x) * 3, [x], create_graph=True)
            assert grad(d, [x])[0].data == 0.0


@given(st.randoms(use_true_random=False), st.integers(1, 25))
@settings(max_examples=40, deadline=None)
def test_gradients_of_random_graphs_are_symmetric(rng, size):
    """Forms agree bit for bit; the Hessian of any recorded graph is symmetric."""
    leaves, nodes = random_graph(rng.choice, size)
    y = nodes[-1]
    plain, graphs = grad(y, leaves), grad(y, leaves, create_graph=True)
    assert [g.data for g in plain] == [g.data for g in graphs]
    rows = [[h.data for h in grad(g, leaves)] for g in graphs]
    assert np.allclose(
        rows, np.transpose(rows), rtol=1e-9, atol=1e-9 * (1 + np.abs(rows).max())
    )


# ---- data changed after the forward pass --------------------------------------------------------------


def test_changed_data_gives_the_recorded_gradient_or_an_error():
    x, y = Value(2.0, "x"), Value(3.0, "y")
    z = x * y
    x.data, y.data = 10.0, 20.0
    assert [g.data for g in grad(z, [x, y])] == [3.0, 2.0]
    with pytest.raises(RuntimeError, match=r"mul.*changed after the forward pass"):
        grad(z, [x, y], create_graph=True)


CURVED = [
    name
    for name, op in OPS.items()
    if op.operands == ("x",) and name not in ("neg", "abs", "relu")
]


@pytest.mark.parametrize("name", CURVED)
def test_no_change_passes_unseen(name):
    """Not even x -> -x, where an odd function has the same slope: its graph would bend the other way."""
    for start, now in ((0.5, -0.5), (0.5, 2.0), (0.5, 0.5 + 1e-9), (0.5, -700.0)):
        x = Value(start)
        y = getattr(x, name)()
        (d,) = grad(y, [x], create_graph=True)
        slope, curvature = d.data, grad(d, [x])[0].data
        x.data = now
        try:
            (d,) = grad(y, [x], create_graph=True)
            again = grad(d, [x])[0].data
        except RuntimeError:
            continue
        assert (d.data, again) == (slope, curvature)


def test_no_change_passes_unseen_because_the_value_is_the_same():
    x, y = Value(2.0), Value(3.0)
    z = x * y
    x.data, y.data = 3.0, 2.0
    with pytest.raises(RuntimeError, match="changed after the forward pass"):
        grad(z, [x, y], create_graph=True)


def test_changing_data_back_is_no_change():
    x = Value(1.0)
    y = x.sin()
    x.data = 5.0
    x.data = 1.0
    assert grad(y, [x], create_graph=True)[0].data == math.cos(1.0)


# ---- jacobian, hessian, jvp ---------------------------------------------------------------------------


def two(x, y, z):
    """Two outputs of three inputs."""
    return [wavy(x, y, z), x * y * y - z]


def tensors(*numbers):
    return tuple(torch.tensor(x, dtype=torch.float64) for x in numbers)


close = {"rel": 1e-11, "abs": 1e-12}


@given(small, small, small)
@settings(max_examples=25, deadline=None)
def test_the_tables_are_pytorch_s(x, y, z):
    functional, point = torch.autograd.functional, tensors(x, y, z)
    theirs = functional.jacobian(lambda *xs: tuple(two(*xs)), point)
    rows = [[float(slope) for slope in row] for row in theirs]
    ours = jacobian(two, [x, y, z])
    assert np.shape(ours) == (2, 3)
    for row, right in zip(ours, rows, strict=True):
        assert row == pytest.approx(right, **close)
    assert jacobian(wavy, [x, y, z]) == ours[0]
    theirs = functional.hessian(wavy, point)
    for row, right in zip(hessian(wavy, [x, y, z]), theirs, strict=True):
        assert row == pytest.approx([float(second) for second in right], **close)


@given(st.lists(small, min_size=3, max_size=3), st.lists(small, min_size=3, max_size=3))
@settings(max_examples=25, deadline=None)
def test_a_direction_is_pytorch_s_and_the_jacobian_times_it(xs, along):
    outputs, products = jvp(two, xs, along)
    values, slopes = torch.func.jvp(
        lambda *xs: tuple(two(*xs)), tensors(*xs), tensors(*along)
    )
    assert outputs == pytest.approx([float(v) for v in values], **close)
    assert products == pytest.approx([float(v) for v in slopes], **close)
    for row, product in zip(jacobian(two, xs), products, strict=True):
        assert product == pytest.approx(np.dot(row, along), **close)
    assert jvp(wavy, xs, along) == (outputs[0], products[0])


def test_tables_of_what_is_constant_an_input_or_no_value():
    assert jacobian(lambda x, y: [x, 3.0, y * 0], [1.0, 2.0]) == [
        [1, 0],
        [0, 0],
        [0, 0],
    ]
    assert hessian(lambda x, y: x + y, [1.0, 2.0]) == [[0, 0], [0, 0]]
    assert jvp(lambda x, y: [y, 3.0], [1.0, 2.0], [5, 7]) == ([2.0, 3.0], [7.0, 0.0])
    with pytest.raises(TypeError, match=r"jacobian.*'1'"):
        jacobian(lambda x: x, ["1"])
    with pytest.raises(ValueError, match="jvp: 1 tangents for 2 inputs"):
        jvp(lambda x, y: x * y, [1.0, 2.0], [1.0])
    with pytest.raises(ValueError, match=r"jvp: .*inf is not a finite"):
        jvp(lambda x: x * 1e200, [1.0], [1e200])


@pytest.mark.parametrize(
    "of", [jacobian, hessian, gradcheck, lambda f, xs: jvp(f, xs, xs)]
)
def test_what_f_does_not_take_is_told(of):
    """An f of one list, most of all: f is called with one argument for each number."""

    def length(xs):
        return xs[0] * xs[0] + xs[1] * xs[1]

    with pytest.raises(
        TypeError,
        match=r"2 numbers, which length does not take.*lambda \*xs: length\(xs\)",
    ):
        of(length, [3.0, 4.0])
    with pytest.raises(TypeError, match=r"lambda \*xs: f\(xs\)"):
        of(lambda xs: length(xs), [3.0, 4.0])
    assert of(lambda *xs: length(xs), [3.0, 4.0])
    with pytest.raises(TypeError, match=r"3.0 is a float; a list of numbers"):
        of(length, 3.0)
    with pytest.raises(TypeError, match=r"None is a NoneType"):
        of(lambda x: None, [3.0])
    with pytest.raises(TypeError, match=r"^a mistake in f$"):  # its own errors stay
        of(raising, [3.0])


def raising(x):
    raise TypeError("a mistake in f")


# ---- gradcheck ----------------------------------------------------------------------------------------


@given(small, small, small)
@settings(max_examples=25, deadline=None)
def test_gradcheck_passes_what_is_right(x, y, z):
    assert gradcheck(wavy, [x, y, z]) is True


def test_gradcheck_passes_every_op():
    for name, op in OPS.items():
        if op.variadic:
            n = len(op.operands)
            point = [0.5 + i / 7 for i in range(3 if n == 1 else 5 if n == 3 else 4)]
            cut = op.lengths(len(point))[0]

            def f(*xs, op=op, cut=cut):
                lists = [
                    list(xs[i * cut : (i + 1) * cut])
                    for i in range(op.lengths(len(xs))[1])
                ]
                return getattr(mk, op.name)(*lists, *xs[cut * len(lists) :])
        else:
            f, point = getattr(mk, name), [0.7, 1.3, 1.6][: len(op.operands)]
        assert gradcheck(f, point)


def test_gradcheck_names_the_worst_input_and_both_numbers():
    """A rule that is wrong in two places: detach hides a half of one slope and all of another."""

    def wrong(a, b, c):
        return a * a.detach() + 100 * b.detach() + c

    with pytest.raises(
        AssertionError, match=r"input 1 at -2\.0.* 0\.0.* (100\.0|99\.99)"
    ):
        gradcheck(wrong, [3.0, -2.0, 5.0])
    with pytest.raises(AssertionError, match=r"input 0 at 3\.0.* 3\.0.* (6\.0|5\.99)"):
        gradcheck(lambda a, b, c: a * a.detach() + b + c, [3.0, -2.0, 5.0])


def test_gradcheck_catches_a_wrong_row(monkeypatch):
    """A row with a wrong partial, recorded the way rows are."""
    from micrograd_kr.engine.functions import methods
    from micrograd_kr.engine.ops import Op

    bad = Op("tanh", "tanh", "tanh(x)", ("1 - out",))
    (record,) = methods(bad)
    with pytest.raises(AssertionError, match=r"input 0 at 0\.5.*0\.53.*0\.78"):
        gradcheck(record, [0.5])


def test_gradcheck_scales_its_step():
    assert gradcheck(lambda x: x * x, [1e6])
    assert gradcheck(lambda x: (x * 1e-6).sin(), [1e6])
    assert gradcheck(lambda x: x**3, [0.0])
    assert gradcheck(lambda x: 3.0, [1.0])  # a constant: 0 is right
    with pytest.raises(TypeError, match="gradcheck"):
        gradcheck(lambda x: x, ["1"])
