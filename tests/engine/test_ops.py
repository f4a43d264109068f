"""Every row of the table against truths it cannot know: mpmath with many digits, and PyTorch.

All cases are drawn from `OPS` itself, so a new row is tested the moment it is written. It needs one
entry in `TRUTH`, its textbook definition in mpmath; without one the first test fails.
"""

import math
from decimal import Decimal
from fractions import Fraction
from itertools import product

import mpmath
import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf
from table import split, torch_function

import micrograd_kr as mk
from micrograd_kr import OPS, Value
from micrograd_kr.engine import FUNCTIONS
from micrograd_kr.engine.ops import FLOATS

few = settings(max_examples=40, deadline=None)
LARGEST = mpf(1.7976931348623157e308)
SMALLEST = 2.3e-308  # below it floats lose digits

# ---- the truths ---------------------------------------------------------------------------------

TRUTH = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "pow": lambda x, y: x**y,
    "neg": lambda x: -x,
    "abs": mp.fabs,
    "maximum": max,
    "minimum": min,
    "clip": lambda x, lo, hi: min(max(x, lo), hi),
    "exp": mp.exp,
    "log": mp.log,
    "log2": lambda x: mp.log(x) / mp.log(2),
    "log10": lambda x: mp.log(x) / mp.log(10),
    "sqrt": mp.sqrt,
    "hypot": lambda x, y: mp.sqrt(x * x + y * y),
    "sin": mp.sin,
    "cos": mp.cos,
    "tan": mp.tan,
    "asin": mp.asin,
    "acos": mp.acos,
    "atan": mp.atan,
    "sinh": mp.sinh,
    "cosh": mp.cosh,
    "tanh": mp.tanh,
    "erf": mp.erf,
    "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
    "softplus": lambda x: mp.log1p(mp.exp(x)),
    "relu": lambda x: max(x, mpf(0)),
    "leaky_relu": lambda x, y: x if x > 0 else y * x,
    "elu": lambda x, y: x if x > 0 else y * mp.expm1(x),
    "silu": lambda x: x / (1 + mp.exp(-x)),
    "gelu": lambda x: x * mp.ncdf(x),
    "sum": mp.fsum,
    "dot": mp.fdot,
    "linear": lambda w, x, b: mp.fdot(w, x) + b,
    "logsumexp": lambda x: mp.log(mp.fsum(mp.exp(v) for v in x)),
}


def test_every_row_has_its_truths():
    assert set(TRUTH) == set(OPS)
    assert [name for name in OPS if torch_function(name) is None] == []


# ---- points -------------------------------------------------------------------------------------


def domain(op, args):
    return eval(op.domain, {}, dict(zip(op.names, args, strict=True)))


def numbers(low, high):
    return st.floats(low, high) | st.floats(-high, -low)


FIRST = {"-1 < x < 1": st.floats(-0.999, 0.999)}


@st.composite
def points(draw, op, of, inside=True):
    """Flat operands of the row, within its domain."""
    count = len(op.operands)
    if op.variadic:
        lists = sum(name[0] == "*" for name in op.operands)
        count += lists * (draw(st.integers(1, 5)) - 1)
    first = FIRST.get(op.domain, st.floats(1e-3, 50) if "x > 0" in op.domain else of)
    flat = [draw(first if i == 0 else of) for i in range(count)]
    assume(not inside or domain(op, split(op, flat)))
    return flat


def distinct(flat, gap=1e-3):
    """Away from the kinks: no operand near 0, no two near each other."""
    return all(abs(x) > gap for x in flat) and all(
        abs(x - y) > gap for i, x in enumerate(flat) for y in flat[:i]
    )


def truth(op, flat):
    return TRUTH[op.name](*split(op, [mpf(x) for x in flat]))


def difference(f, flat, i, h):
    """Central difference of f in its i-th operand; with 100 digits and h = 1e-30 its error is ~1e-60."""
    up, down = [mpf(x) for x in flat], [mpf(x) for x in flat]
    up[i] += h
    down[i] -= h
    return (f(up) - f(down)) / (2 * h)


H = mpf(10) ** -30


def slope(op, flat, i):
    return difference(lambda p: truth(op, p), flat, i, H)


def curvature(op, flat, i, j):
    return difference(lambda p: difference(lambda q: truth(op, q), p, j, H), flat, i, H)


@pytest.fixture(autouse=True)
def hundred_digits():
    with mp.workdps(100):
        yield


def close(got, want, scale=1.0, rel=1e-13):
    assert abs(mpf(got) - want) <= mpf(rel) * abs(want) + mpf(1e-15) * scale, (
        f"{got!r}, not {mp.nstr(want, 20)}"
    )


def size(flat):
    return max(1.0, *[abs(x) for x in flat]) ** 2


every_op = pytest.mark.parametrize("op", OPS.values(), ids=OPS)
several = pytest.mark.parametrize(
    "name", [n for n, op in OPS.items() if len(op.operands) > 1 and not op.variadic]
)
variadic = pytest.mark.parametrize("name", [n for n, op in OPS.items() if op.variadic])
plain = pytest.mark.parametrize("name", [n for n, op in OPS.items() if not op.variadic])

# ---- the text of a row, read by mpmath ------------------------------------------------------------


def with_digits(name):
    """The row's own text as a function of mpmath numbers."""
    return eval(
        f"lambda {', '.join(OPS[name].names)}: {OPS[name].forward}", WITH_DIGITS
    )


CALLED = (
    "exp expm1 log log1p log10 sqrt hypot sin cos tan asin acos atan sinh cosh tanh erf"
)

WITH_DIGITS = {
    **{name: getattr(mp, name) for name in CALLED.split()},
    "log2": TRUTH["log2"],
    **{"pow": lambda x, y: x**y, "abs": abs, "pi": mp.pi},
    **{"sum": mp.fsum, "dot": mp.fdot, "logsumexp": TRUTH["logsumexp"]},
}
for _name in OPS:
    if _name not in WITH_DIGITS:
        WITH_DIGITS[_name] = with_digits(_name)


@every_op
@given(data=st.data())
@few
def test_the_text_is_the_textbook(op, data):
    """Value and partials as written, with 100 digits: equal to the definition, not merely near it."""
    flat = data.draw(points(op, numbers(1e-2, 10)))
    assume(distinct(flat))
    args = split(op, [mpf(x) for x in flat])
    out = truth(op, flat)
    assert mp.almosteq(WITH_DIGITS[op.name](*args), out, 1e-80, 1e-80)
    n, lists = op.lengths(len(flat)) if op.variadic else (1, len(flat))
    for i in range(len(flat)):
        operand = i // n if i < n * lists else lists + i - n * lists
        row = [a[i % n] if isinstance(a, list) else a for a in args]
        partial = eval(
            op.partials[operand],
            WITH_DIGITS,
            {**dict(zip(op.names, row, strict=True)), "out": out},
        )
        assert mp.almosteq(partial, slope(op, flat, i), 1e-45, 1e-45), (
            op.partials[operand],
            flat,
        )


# ---- on floats ----------------------------------------------------------------------------------


@every_op
@given(data=st.data())
@few
def test_value_on_floats(op, data):
    flat = data.draw(points(op, st.floats(-50, 50)))
    out = truth(op, flat)
    assume(abs(out) < LARGEST)
    close(FLOATS[op.name](*split(op, flat)), out, size(flat))


@every_op
@given(data=st.data())
@few
def test_partials_on_floats(op, data):
    flat = data.draw(points(op, numbers(1e-2, 40)))
    assume(distinct(flat))
    slopes = [slope(op, flat, i) for i in range(len(flat))]
    assume(all(abs(s) < LARGEST for s in [truth(op, flat), *slopes]))
    v = FUNCTIONS[op.name](*split(op, [Value(x) for x in flat]))
    for partial, exact in zip(v.partials, slopes, strict=True):
        close(partial, exact, size(flat), rel=1e-12)


@every_op
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_any_floats_give_the_value_or_an_error(op, data):
    """From -1.8e308 to 1.8e308: never a wrong number, an infinity or NaN, in the value or a partial."""
    flat = data.draw(
        points(op, st.floats(allow_nan=False, allow_infinity=False), inside=False)
    )
    values = [Value(x, f"v{i}") for i, x in enumerate(flat)]
    try:
        v = FUNCTIONS[op.name](*split(op, values))
    except OverflowError:
        assume(distinct(flat, SMALLEST))
        assert (
            not domain(op, split(op, flat))
            or any(abs(x) > 1e300 for x in flat)
            or too_large(op, flat)
        )
    except (ValueError, ZeroDivisionError):
        assert not domain(op, split(op, flat))
    else:
        assert all(math.isfinite(x) for x in (v.data, *v.partials)), (v, v.partials)


def too_large(op, flat):
    with mp.workprec(2500):  # a step that moves even 1e308
        h = min(abs(mpf(x)) for x in flat) * mpf(10) ** -20
        slopes = [
            difference(lambda p: truth(op, p), flat, i, h) for i in range(len(flat))
        ]
        return any(abs(s) > LARGEST * 0.99 for s in [truth(op, flat), *slopes])


@pytest.mark.parametrize(
    "x", [1e308, -1e308, 1.7e308, -1.7e308, 1000.0, -1000.0, 40.0, -40.0]
)
@pytest.mark.parametrize(
    "name", ["sigmoid", "softplus", "tanh", "erf", "relu", "silu", "gelu"]
)
def test_saturating_curves_never_overflow(name, x):
    """And their gradients neither: each is 0 or 1 (within 1e-15) so far out."""
    v = Value(x)
    y = FUNCTIONS[name](v)
    y.backward()
    limit = {"sigmoid": (0, 1), "tanh": (-1, 1), "erf": (-1, 1)}.get(name, (0, x))[
        x > 0
    ]
    assert y.data == pytest.approx(limit, rel=1e-15, abs=1e-14)
    assert v.grad == pytest.approx(float(x > 0 and limit == x), rel=1e-15, abs=1e-13)


def test_logsumexp_and_softmax_never_overflow():
    xs = [Value(x) for x in (1.7e308, 1.7e308, -1.7e308)]
    y = mk.logsumexp(xs)
    y.backward()
    assert y.data == 1.7e308
    assert [x.grad for x in xs] == [1.0, 1.0, 0.0] or [x.grad for x in xs] == [
        0.5,
        0.5,
        0.0,
    ]
    assert mk.logsumexp([Value(-1e4), Value(-1e4)]).data == pytest.approx(
        -1e4 + math.log(2), rel=1e-15
    )
    assert [v.data for v in mk.softmax([Value(1000.0), Value(0.0), Value(0.0)])] == [
        1.0,
        0.0,
        0.0,
    ]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Value(1000.0, "big").exp(),
        lambda: 2 ** Value(5000.0, "big"),
        lambda: Value(1e200, "big") * Value(1e200),
        lambda: Value(1e308, "big") + 1e308,
        lambda: Value(1e308, "big") / 0.1,
        lambda: mk.sum([Value(1e308, "big"), 1e308]),
        lambda: mk.dot([Value(1e308, "big")], [10.0]),
        lambda: mk.linear([Value(1e308, "big")], [10.0], 0.0),
    ],
)
def test_too_large_says_which_op_label_and_value(make):
    with pytest.raises(
        OverflowError,
        match=r"^(exp|pow|mul|add|div|sum|dot|linear): .*too large.*(0\.0)?.*'big'",
    ):
        make()


# ---- PyTorch ------------------------------------------------------------------------------------


def torch_grads(op, flat):
    """PyTorch's value and gradient; None where it does not differentiate."""
    leaves = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in flat]
    args = [torch.stack(a) if isinstance(a, list) else a for a in split(op, leaves)]
    out = torch_function(op.name)(*args)
    return out.item(), [
        None if g is None else g.item()
        for g in torch.autograd.grad(out, leaves, allow_unused=True)
    ]


def our_grads(op, flat):
    leaves = [Value(x) for x in flat]
    out = FUNCTIONS[op.name](*split(op, leaves))
    out.backward()
    return out.data, [v.grad for v in leaves]


@every_op
@given(data=st.data())
@few
def test_like_pytorch(op, data):
    flat = data.draw(points(op, numbers(1e-2, 20)))
    value, grads = torch_grads(op, flat)
    assume(math.isfinite(value))
    out, ours = our_grads(op, flat)
    assert out == pytest.approx(value, rel=1e-11, abs=1e-13 * size(flat))
    for g, t in zip(ours, grads, strict=True):
        assert t is None or g == pytest.approx(t, rel=1e-11, abs=1e-13 * size(flat))


KINKS = [
    *[
        (name, (0.0,))
        for name in ("relu", "abs", "silu", "gelu", "softplus", "sigmoid", "tanh")
    ],
    *[(name, (-0.0,)) for name in ("relu", "abs")],
    *[
        (name, pair)
        for name in ("maximum", "minimum")
        for pair in ((2.0, 2.0), (0.0, -0.0), (-1.5, -1.5))
    ],
    *[("pow", (x, y)) for x in (0.0, 1.0, 3.0) for y in (0.0, 1.0, 2.0, 3.5)],
    *[("leaky_relu", (0.0, y)) for y in (0.01, 0.3)],
    *[("logsumexp", (1.0, 1.0, 1.0))],
    *[("clip", point) for point in product((-1.0, 0.0, 1.0), repeat=3)],
]


@pytest.mark.parametrize(("name", "flat"), KINKS)
def test_where_a_derivative_has_a_choice_it_is_pytorchs(name, flat):
    value, grads = torch_grads(OPS[name], flat)
    out, ours = our_grads(OPS[name], flat)
    assert out == pytest.approx(value, rel=1e-15)
    assert [
        g for g, t in zip(ours, grads, strict=True) if t is not None
    ] == pytest.approx([t for t in grads if t is not None], rel=1e-15)


@pytest.mark.parametrize("name", ["maximum", "minimum", "pow", "mul", "div"])
def test_the_same_value_twice(name):
    """maximum(x, x) is x: its gradient is 1, half from each side."""
    x = Value(3.0)
    FUNCTIONS[name](x, x).backward()
    t = torch.tensor(3.0, dtype=torch.float64, requires_grad=True)
    torch_function(name)(t, t).backward()
    assert x.grad == pytest.approx(t.grad.item(), rel=1e-15)


# ---- every way to write an operation --------------------------------------------------------------


@every_op
@given(data=st.data())
@few
def test_a_node_tells_what_made_it(op, data):
    flat = data.draw(points(op, numbers(1e-2, 20)))
    leaves = [Value(x) for x in flat]
    v = FUNCTIONS[op.name](*split(op, leaves))
    assert v.op is op
    assert v.grad == 0.0
    assert v.label is None
    assert [type(x) for x in (v.data, *v.partials)] == [float] * (1 + len(flat))
    assert v.data == FLOATS[op.name](*split(op, flat))
    for seen in (v.operands, v.parents):
        assert isinstance(seen, tuple)
        assert [a is b for a, b in zip(seen, leaves, strict=True)] == [True] * len(
            leaves
        )


@plain
@given(data=st.data())
@few
def test_function_method_and_numbers_agree(name, data):
    """`mk.op(x)`, `x.op()`, plain numbers: one result."""
    op = OPS[name]
    flat = data.draw(points(op, numbers(1e-2, 20)))
    v = getattr(mk, name)(*[Value(x) for x in flat])
    method = getattr(Value(flat[0]), op.method)(*[Value(x) for x in flat[1:]])
    numbers_only = getattr(mk, name)(*flat)
    assert (method.data, method.partials) == (v.data, v.partials)
    assert numbers_only.data == v.data
    assert isinstance(numbers_only, Value)


@several
@given(data=st.data())
@few
def test_a_number_in_any_place_is_no_node(name, data):
    op = OPS[name]
    flat = data.draw(points(op, numbers(1e-2, 20)))
    every = FUNCTIONS[name](*map(Value, flat))
    for i, x in enumerate(flat):
        v = Value(x)
        out = FUNCTIONS[name](*flat[:i], v, *flat[i + 1 :])
        assert out.data == every.data
        assert out.parents == (v,)
        assert out.operands == (*flat[:i], v, *flat[i + 1 :])
        assert out.partials == (every.partials[i],)


@pytest.mark.parametrize("point", list(product((-1.0, 0.0, 1.0), repeat=3)), ids=str)
def test_clip_between_plain_numbers_is_pytorchs(point):
    """x.clip(lo, hi), at the borders and with lo above hi, too: only x has a gradient."""
    x, lo, hi = point
    a, t = Value(x), torch.tensor(x, dtype=torch.float64, requires_grad=True)
    out, wanted = a.clip(lo, hi), torch.clip(t, lo, hi)
    out.backward()
    wanted.backward()
    assert (out.data, a.grad) == (wanted.item(), t.grad.item())
    assert out.topological_order() == [a, out]


SIGNS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**"}


@pytest.mark.parametrize("name", SIGNS)
def test_python_s_operators(name):
    for text in ("a {} b", "a {} 3", "4 {} b", "4.0 {} b", "a {} a", "a {}= b"):
        a, b = Value(4.0), Value(3.0)
        code = text.format(SIGNS[name])
        if "=" in code:
            scope = {"a": a, "b": b}
            exec(code, scope)
            v = scope["a"]
        else:
            v = eval(code, {"a": a, "b": b})
        x, y = (4.0, 4.0) if text == "a {} a" else (4.0, 3.0)
        assert v.data == FLOATS[name](x, y)
        assert v.op is OPS[name]
    assert (-Value(2.0)).data == -2.0
    assert abs(Value(-2.0)).data == 2.0


def test_a_sign_is_python_s_operator():
    """The symbols of the table are the ones the operators have."""
    assert {OPS[name].symbol for name in SIGNS} == set(SIGNS.values())


@variadic
@given(data=st.data())
@few
def test_lists_take_numbers_and_any_iterable(name, data):
    op = OPS[name]
    flat = data.draw(points(op, numbers(1e-2, 20)))
    v = FUNCTIONS[name](*split(op, [Value(x) for x in flat]))
    assert FUNCTIONS[name](*split(op, flat)).data == v.data
    mixed = [Value(x) if i % 2 else x for i, x in enumerate(flat)]
    assert FUNCTIONS[name](*split(op, mixed)).data == v.data
    for kind in (tuple, iter, lambda xs: (x for x in xs), np.array):
        for items in (flat, mixed, [Value(x) for x in flat]):
            args = [kind(a) if isinstance(a, list) else a for a in split(op, items)]
            again = FUNCTIONS[name](*args)
            assert (again.data, again.partials) == (v.data, v.partials)


def test_lists_may_be_empty_where_that_means_something():
    for v in (mk.sum([]), mk.dot([], []), mk.linear([], [], 0.0)):
        assert (type(v.data), v.data) == (float, 0.0)
        v.backward()
    with pytest.raises(ValueError, match="logsumexp"):
        mk.logsumexp([])


def test_lists_must_be_equally_long():
    with pytest.raises(ValueError, match=r"dot.* 1 and 2"):
        mk.dot([1.0], [1.0, 2.0])
    with pytest.raises(ValueError, match=r"linear.* 3 and 2"):
        mk.linear([1.0, 1.0, 1.0], [1.0, 2.0], 0.0)


# ---- the same text on Values -----------------------------------------------------------------------


@every_op
@given(data=st.data())
@few
def test_gradients_as_graphs_have_the_same_numbers(op, data):
    flat = data.draw(points(op, numbers(1e-2, 20)))
    leaves = [Value(x) for x in flat]
    v = FUNCTIONS[op.name](*split(op, leaves))
    graphs = mk.grad(v, leaves, create_graph=True)
    assert (
        tuple(g.data for g in graphs)
        == v.partials
        == tuple(g.data for g in mk.grad(v, leaves))
    )
    assert [x.grad for x in leaves] == [0.0] * len(leaves)


@every_op
@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_second_derivatives(op, data):
    flat = data.draw(points(op, numbers(1e-1, 5)))
    assume(distinct(flat))
    leaves = [Value(x) for x in flat]
    firsts = mk.grad(FUNCTIONS[op.name](*split(op, leaves)), leaves, create_graph=True)
    for i, first in enumerate(firsts):
        for j, second in enumerate(mk.grad(first, leaves)):
            exact = curvature(op, flat, i, j)
            assume(abs(exact) < 1e15)
            close(second.data, exact, max(size(flat), abs(first.data)) * 10, rel=1e-10)


# ---- domains --------------------------------------------------------------------------------------

SPECIAL = [
    0.0,
    -0.0,
    5e-324,
    -5e-324,
    1e-10,
    -1e-10,
    0.5,
    -0.5,
    1.0,
    -1.0,
    2.0,
    -2.0,
    2.5,
    3.0,
    -8.0,
    20.0,
]


@plain
@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_the_domain_says_where_it_works(name, data):
    """Inside: a value and every partial. Outside: an error with the op, the labels and the values."""
    op = OPS[name]
    flat = [
        data.draw(st.sampled_from(SPECIAL) | st.floats(-20, 20)) for _ in op.operands
    ]
    values = [
        Value(x, label=f"label of {n}") for n, x in zip(op.names, flat, strict=True)
    ]
    if domain(op, flat):
        try:
            v = FUNCTIONS[name](*values)
            assert all(math.isfinite(x) for x in (v.data, *v.partials))
        except OverflowError:
            assume(all(abs(x) > SMALLEST for x in flat))
            assert too_large(op, flat)
    else:
        with pytest.raises((ValueError, ZeroDivisionError, OverflowError)) as caught:
            FUNCTIONS[name](*values)
        message = str(caught.value)
        assert message.startswith(name)
        for n, x in zip(op.names, flat, strict=True):
            assert f"{n} = {x!r} (label 'label of {n}')" in message
        if not isinstance(caught.value, OverflowError):
            assert op.domain in message


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda a: (a * 0).log(), ValueError, "log.* no value .*x = -0.0.*x > 0"),
        (lambda a: a.log(), ValueError, "log.* no value .*x = -8.0 .label 'a'.*x > 0"),
        (lambda a: a.sqrt(), ValueError, "sqrt.* no value .*-8.0 .label 'a'"),
        (lambda a: (a * 0).sqrt(), ZeroDivisionError, "sqrt.* no derivative .*0.0"),
        (lambda a: a**0.5, ValueError, "pow.* no value .*-8.0 .label 'a'.*0.5"),
        (lambda a: a / 0, ZeroDivisionError, "div.* no value .*-8.0 .label 'a'.*0.0"),
        (lambda a: 1 / (a * 0), ZeroDivisionError, "div.* no value .*1.0.*0.0"),
        (lambda a: (a * 0) ** -1, ValueError, "pow.* no value .*0.0.*-1.0"),
        (lambda a: (a * 0) ** 0.5, ValueError, "pow.* no derivative .*0.0.*0.5"),
        (lambda a: 0 ** (a + 7), ValueError, "pow.* no value .*0.0.*-1.0"),
    ],
)
def test_outside_the_domain_reads_well(make, error, says):
    with pytest.raises(error, match=says):
        make(Value(-8.0, label="a"))


def test_a_plain_exponent_asks_for_less():
    """x ** n has a derivative at negative x for whole n; only d/dn would need x > 0."""
    x = Value(-8.0)
    y = x**3
    y.backward()
    assert (y.data, x.grad) == (-512.0, 192.0)
    assert (x**-1).data == -0.125
    with pytest.raises(ValueError, match="pow"):
        x ** Value(3.0)


# ---- what is no number ------------------------------------------------------------------------------

NOT_NUMBERS = [
    None,
    "3",
    b"3",
    1j,
    [],
    [1.0],
    {},
    pytest.param(object(), id="object()"),
    int,
    torch.ones(2),
]
NOT_FINITE = [
    math.nan,
    math.inf,
    -math.inf,
    10**400,
    -(10**400),
    np.float64("nan"),
    np.float32("inf"),
    Fraction(10**400),
]
NUMBERS = [
    2,
    2.0,
    np.float64(2),
    np.float32(2),
    np.float16(2),
    np.int64(2),
    np.uint8(2),
    Fraction(4, 2),
    Decimal("2.0"),
]


@pytest.mark.parametrize("good", [True, False, np.True_, np.False_], ids=repr)
def test_a_truth_value_is_a_number(good):
    """As for micrograd and PyTorch: labels are often made by ``y == 1``."""
    assert (type(Value(good).data), Value(good).data) == (float, float(good))
    for name, op in OPS.items():
        for args, same in zip(placed(op, good), placed(op, float(good)), strict=True):
            try:
                wanted = FUNCTIONS[name](*same).data
            except (ArithmeticError, ValueError) as error:
                with pytest.raises(type(error)):
                    FUNCTIONS[name](*args)
            else:
                assert FUNCTIONS[name](*args).data == wanted


@pytest.mark.parametrize("bad", NOT_NUMBERS, ids=repr)
def test_what_is_no_number_is_no_operand(bad):
    with pytest.raises(TypeError, match=f"Value.*{type(bad).__name__.strip('_')}"):
        Value(bad)
    for name, op in OPS.items():
        for args in placed(op, bad):
            if (
                hasattr(bad, "__array_ufunc__")
                and op.method.startswith("__")
                and not isinstance(args[0], Value)
            ):
                continue  # NumPy's own operator comes first
            with pytest.raises(TypeError, match=rf"^{name}\b"):
                FUNCTIONS[name](*args)


@pytest.mark.parametrize("bad", NOT_FINITE, ids=lambda x: repr(x)[:20])
def test_what_is_not_finite_is_no_operand(bad):
    with pytest.raises(ValueError, match=r"^Value\b"):
        Value(bad)
    with pytest.raises(ValueError, match="'w'"):
        Value(bad, label="w")
    for name, op in OPS.items():
        for args in placed(op, bad):
            with pytest.raises(ValueError, match=rf"^{name}\b"):
                FUNCTIONS[name](*args)


@pytest.mark.parametrize("good", NUMBERS, ids=lambda x: type(x).__name__)
def test_every_kind_of_real_number_is_a_float(good):
    assert (type(Value(good).data), Value(good).data) == (float, 2.0)
    for name, op in OPS.items():
        for args, same in zip(placed(op, good), placed(op, 2.0), strict=True):
            if not domain(op, same):
                continue
            v = FUNCTIONS[name](*args)
            assert (type(v.data), v.data) == (float, FUNCTIONS[name](*same).data)
            assert {type(x) for x in v.operands} <= {float, Value}
    for v in (
        good + Value(3.0),
        good - Value(-3.0),
        good * Value(2.5),
        good / Value(0.4),
        Value(3.0) + good,
    ):
        assert isinstance(v, Value)
        assert v.data == 5.0


def placed(op, x):
    """The arguments of the row with x in each place, Values elsewhere."""
    count = (
        len(op.operands) + 2 * sum(name[0] == "*" for name in op.operands) * op.variadic
    )
    for i in range(count):
        flat = [Value(0.5, f"v{j}") for j in range(count)]
        flat[i] = x
        yield split(op, flat)


@pytest.mark.parametrize("symbol", ["+", "-", "*", "/", "**"])
def test_operators_with_what_is_no_number(symbol):
    for bad in (None, "3", 1j, [1.0], object()):
        for text in ("v {} bad", "bad {} v"):
            with pytest.raises(
                TypeError, match=r"(add|sub|mul|div|pow)\b.*" + type(bad).__name__
            ):
                eval(text.format(symbol), {"v": Value(2.0), "bad": bad})


@pytest.mark.parametrize("symbol", ["+", "-", "*", "/", "**"])
def test_arrays_go_element_by_element(symbol):
    """As NumPy does with any object: an array of Values."""
    v, array = Value(2.0), np.array([[1.0, 2.0], [3.0, 4.0]])
    for text in ("v {} array", "array {} v"):
        code = text.format(symbol)
        got, want = eval(code), eval(code, {"v": 2.0, "array": array})
        assert got.shape == (2, 2)
        assert all(isinstance(x, Value) and x.parents[0] is v for x in got.flat)
        assert [x.data for x in got.flat] == pytest.approx(list(want.flat), rel=1e-15)


@pytest.mark.parametrize("name", OPS)
def test_an_array_is_no_operand_of_a_function(name):
    """Functions and named methods take numbers and Values; they must not give back NotImplemented."""
    op, array = OPS[name], np.array([1.0, 2.0])
    for args in placed(op, array):
        with pytest.raises(TypeError, match=rf"^{name}\b.*ndarray"):
            FUNCTIONS[name](*args)
    if len(op.operands) == 2 and not op.variadic and not op.method.startswith("__"):
        with pytest.raises(TypeError, match=rf"^{name}\b.*ndarray"):
            getattr(Value(1.0), op.method)(array)


def test_data_that_became_nan_is_named():
    w = Value(1.0, label="w")
    w.data = math.nan  # what a step with too large a learning rate can do
    for make in (
        lambda: w * 2,
        lambda: 2 - w,
        lambda: w * w,
        lambda: w.tanh(),
        lambda: mk.sum([w, w]),
    ):
        with pytest.raises((ValueError, OverflowError), match=r"nan.*'w'"):
            make()


def test_data_that_became_no_number_is_an_error():
    w = Value(1.0, label="w")
    for bad in ("1", None, [1.0], np.ones(2), 1j, w - 0.1):
        with pytest.raises(TypeError, match=r"'w'.*data: .*" + type(bad).__name__):
            w.data = bad
    assert w.data == 1.0


@pytest.mark.parametrize("name", OPS)
def test_help_says_what_it_is(name):
    """help(mk.tanh) and help(Value.tanh) name the op and show its formula."""
    for f in (
        getattr(mk, name),
        None if OPS[name].variadic else getattr(Value, OPS[name].method),
    ):
        if f is not None:
            assert OPS[name].forward in f.__doc__
            assert f.__name__ in (name, OPS[name].method)


def test_mpmath_is_the_judge():
    """The truths themselves on numbers anyone can check."""
    assert mpmath.nstr(slope(OPS["sigmoid"], [0.0], 0), 20) == "0.25"
    assert mpmath.nstr(curvature(OPS["pow"], [2.0, 3.0], 0, 0), 20) == "12.0"
    assert mpmath.nstr(truth(OPS["linear"], [2.0, 3.0, 5.0, 7.0, 11.0]), 20) == "42.0"
