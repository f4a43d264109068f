"""The parts of the compiler: the text it writes, its expressions against NumPy, its errors."""

import builtins
import math
import random
import re
import warnings
from itertools import product
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import micrograd_kr as mk
from micrograd_kr.compiler import compile as compiled
from micrograd_kr.compiler import expressions as ex
from micrograd_kr.compiler.arrays import Reading
from micrograd_kr.compiler.groups import alike
from micrograd_kr.compiler.prelude import FUNCTIONS
from micrograd_kr.compiler.scalars import scalars
from micrograd_kr.compiler.shapes import (
    common,
    loops,
    nested,
    reading_at,
    step_along,
)
from micrograd_kr.compiler.views import assemble, view
from micrograd_kr.compiler.write import write
from micrograd_kr.engine import functions as engine
from micrograd_kr.engine import ops
from micrograd_kr.engine.ops import OPS, Op
from micrograd_kr.engine.value import Value
from micrograd_kr.nn.losses import cross_entropy, hinge
from micrograd_kr.nn.modules import MLP


def recorded_moons(
    expand: bool = False, chains: bool = False, samples: int = 100
) -> tuple[Value, list[Value], dict[str, Any]]:
    rng = random.Random(0)
    X = [[Value(rng.gauss(0, 1)) for _ in range(2)] for _ in range(samples)]
    y = [Value(rng.choice((-1.0, 1.0))) for _ in range(samples)]
    model = MLP(2, [16, 16, 1], seed=0, expand=expand)
    scores, params = [model(x) for x in X], model.parameters()
    if chains:  # the sums of micrograd's demo
        losses = [(1 - s * t).relu() for s, t in zip(scores, y, strict=True)]
        loss = sum(losses) / len(losses) + 1e-4 * sum(p * p for p in params)
    else:
        loss = hinge(scores, y) + 1e-4 * mk.dot(params, params)
    return loss, params, {"X": X, "y": y}


def body(source: str) -> list[str]:
    """The lines of the function, without comments and indentation."""
    lines = source[source.index("def program") :].splitlines()[1:]
    return [
        line.split("  # ")[0].strip()
        for line in lines
        if not line.strip().startswith("#")
    ]


def gradient(loss: Value, params: list[Value]) -> np.ndarray:
    for p in params:
        p.grad = 0.0
    loss.backward()
    return np.array([p.grad for p in params])


def assert_eager(
    program: Any, loss: Value, params: list[Value], relative: float = 1e-12
) -> None:
    value, got = program(program.theta())
    expected = gradient(loss, params)
    assert value == pytest.approx(loss.data, rel=relative)
    assert np.abs(np.asarray(got) - expected).max() <= relative * np.abs(expected).max(
        initial=1e-300
    )


# ---- the text ------------------------------------------------------------------------------------


def test_moons_is_what_a_person_would_write() -> None:
    loss, params, inputs = recorded_moons()
    program = compiled(loss, params, inputs=inputs)
    assert [
        line
        for line in body(program.source)
        if re.match(r"(h\d|loss|dz\d|dW\d) =", line)
    ] == [
        "h1 = maximum(W1 @ X.T + b1[:, None], 0.0)",
        "h2 = maximum(W2 @ h1 + b2[:, None], 0.0)",
        "h3 = maximum(1.0 - y * (w3 @ h2 + b3), 0.0)",
        "loss = 0.0001 * (theta @ theta) + h3.dot(ones100) / 100.0",
        "dz3 = -0.01 * (h3 > 0.0) * y",
        "dz2 = dz3 * w3[:, None] * (h2 > 0.0)",
        "dW2 = dz2 @ h1.T",
        "dz1 = W2.T @ dz2 * (h1 > 0.0)",
        "dW1 = dz1 @ X",
    ]
    assert body(program.source)[-9:-1] == [
        "dtheta = empty(337)",
        "dtheta[:48].reshape(16, 3)[:, :2] = dW1",  # as W1 was read
        "dtheta[2:48:3] = db1",
        "dtheta[48:320].reshape(16, 17)[:, :16] = dW2",
        "dtheta[64:320:17] = db2",
        "dtheta[320:336] = dw3",
        "dtheta[336] = db3",
        "dtheta += 0.0002 * theta",
    ]
    assert "# 16 neurons × 100 rows of X" in program.source
    assert program.constants == {}
    assert str(program) == program.source
    assert repr(program) == "<Program of 337 parameters: program(theta, X, y)>"


@pytest.mark.parametrize("chains", [False, True])
@pytest.mark.parametrize("expand", [False, True])
def test_moons_goes_forward_in_three_products_and_gathers_nothing(
    expand: bool, chains: bool
) -> None:
    loss, params, inputs = recorded_moons(expand, chains)
    program = compiled(loss, params, inputs=inputs)
    forward = program.source[: program.source.index("# backwards")]
    assert len(re.findall(r"\b[Ww]\d @", forward)) == 3
    assert forward.count("@") == 4  # and theta @ theta
    assert not re.search(r"\[c\d", program.source)
    assert "segment_sum" not in program.source
    assert_eager(program, loss, params)


def test_all_recordings_give_the_same_program() -> None:
    sources = set()
    for expand in (False, True):
        for chains in (False, True):
            loss, params, inputs = recorded_moons(expand, chains)
            sources.add(compiled(loss, params, inputs=inputs).source)
    assert len(sources) == 1


def test_cross_entropy_shares_the_powers_of_logsumexp() -> None:
    rng = random.Random(0)
    X = [[Value(rng.gauss(0, 1)) for _ in range(5)] for _ in range(8)]
    T = [[Value(float(k == i % 3)) for k in range(3)] for i in range(8)]
    model = MLP(5, [4, 3], seed=0)
    loss = cross_entropy([model(x) for x in X], T)
    program = compiled(loss, model.parameters(), inputs={"X": X, "T": T})
    assert program.source.count("exp(") == 1
    assert "dz2 = 0.125 * (exps / total - T.T)" in body(program.source)
    assert (
        program.source.splitlines()[0]
        == "from numpy import empty, exp, log, maximum, ones, vdot"
    )
    assert_eager(program, loss, model.parameters())


def test_a_batch_is_recorded_by_one_example() -> None:
    model = MLP(5, [4, 3], seed=0)
    x, t = [Value(0.1 * k) for k in range(5)], [Value(float(k == 1)) for k in range(3)]
    params = model.parameters()
    loss = cross_entropy(model(x), t) + 1e-3 * mk.dot(params, params)
    lines = body(
        compiled(loss, params, inputs={"x": x, "t": t}, batch=("x", "t")).source
    )
    assert lines[0] == "n = len(x)"
    assert "h1 = maximum(x @ W1.T + b1, 0.0)" in lines
    assert "dz2 = (exps / total[:, None] - t) / n" in lines
    assert next(line for line in lines if line.startswith("loss =")).endswith(
        ".mean() + 0.001 * (theta @ theta)"
    )


def test_names_come_from_labels_and_do_not_clash() -> None:
    gain = [Value(0.5 + k, f"gain{k}") for k in range(3)]
    other = [Value(0.5 - k, f"exp{k}") for k in range(3)]
    loss = mk.sum([(g * e).tanh() for g, e in zip(gain, other, strict=True)])
    lines = body(compiled(loss, gain + other).source)
    assert lines[:2] == ["gain = theta[:3]", "exp1 = theta[3:]"]


@pytest.mark.parametrize(
    "label",
    [
        "len",
        "exp",
        "n",
        "theta",
        "loss",
        "c1",
        "ones",
        "lambda",
        "가중치",
        "2",
        "a b",
        "",
    ],
)
def test_a_label_may_be_anything(label: str) -> None:
    w, v = [[Value(0.1 * (i + k), f"{label}{i}") for i in range(3)] for k in range(2)]
    x = [Value(1.0 + k) for k in range(3)]
    loss = mk.dot(w, x).exp() + mk.dot(v, x) * mk.sum(
        [(a * b).sin() for a, b in zip(w, v, strict=True)]
    )
    program = compiled(loss, w + v, inputs={"x": x}, batch="x")
    assert_eager(program, loss, w + v)


def test_an_infinite_gradient_is_an_error_where_warnings_are_off() -> None:
    w = Value(1.0)
    program = compiled(w.sqrt() + mk.leaky_relu(w, 0.1), [w])
    with pytest.raises(OverflowError, match="gradient"):
        program([0.0])


def test_irregular_graphs_are_a_few_lines_for_each_level() -> None:
    rng = random.Random(1)
    params = [Value(rng.uniform(-1, 1)) for _ in range(20)]
    values = list(params)
    for _ in range(10):
        before = list(values)
        for _ in range(300):
            a, b = rng.choice(before), rng.choice(before)
            values.append(
                rng.choice((mk.add, mk.mul, mk.maximum, mk.sub))(
                    rng.choice((a.sin, a.tanh))(), b
                )
            )
    loss = mk.sum([v.sin() for v in values[-600:]])
    program = compiled(loss, params)
    assert len(values) > 3000
    assert len(body(program.source)) < 500
    assert_eager(program, loss, params)


def test_lists_of_different_lengths_stand_side_by_side() -> None:
    rng = random.Random(1)
    params = [Value(rng.gauss(0, 1)) for _ in range(40)]
    loss = mk.sum([mk.logsumexp(params[: i + 1]).tanh() for i in range(40)])
    program = compiled(loss, params)
    assert len(body(program.source)) < 20
    assert_eager(program, loss, params)


@pytest.mark.parametrize("kind", ["beginnings", "ends", "windows"])
def test_sums_that_end_earlier_and_earlier_are_a_masked_matrix(kind: str) -> None:
    """No product is added to its sum by position."""
    rng = random.Random(2)
    w, x = ([Value(rng.gauss(0, 1)) for _ in range(12)] for _ in range(2))
    parts = {
        "beginnings": [slice(0, i + 1) for i in range(12)],
        "ends": [slice(i, 12) for i in range(12)],
        "windows": [slice(max(0, i - 7), i + 1) for i in range(12)],
    }[kind]
    loss = mk.sum([mk.dot(w[part], x[part]).tanh() for part in parts])
    program = compiled(loss, w + x)
    forward = program.source.partition("# backwards")[0]
    assert "where(" in forward
    assert len(body(program.source)) < 20
    assert_eager(program, loss, w + x)


def test_what_depends_on_no_parameter_and_no_input_is_a_number() -> None:
    w = Value(2.0)
    constant = (Value(2.0) * Value(3.0) + 1).tanh()
    assert (
        body(compiled(w * constant, [w]).source)[0]
        == f"loss = {constant.data!r} * theta[0]"
    )


# ---- the table -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "op", [op for op in OPS.values() if not op.variadic], ids=lambda op: op.name
)
def test_every_row_where_its_branches_meet(op: Op) -> None:
    """At zeros and ties, in an array of them: the branch not taken must not leak into values or warn."""
    ends = [
        (0.0, 0.5, 1.0, 2.0, -0.5, -3.0),
        (0.0, 0.5, 1.0, 2.0, -0.5),
        (0.5, 1.0, -0.5),
    ]
    columns, parts = [], []
    for point in product(*ends[: len(op.operands)]):
        operands = [Value(x) for x in point]
        try:
            parts.append(engine.FUNCTIONS[op.name](*operands))
        except (ValueError, ZeroDivisionError, OverflowError):
            continue
        columns.append(operands)
    params = [x for column in zip(*columns, strict=True) for x in column]
    loss = mk.sum([part * (1.0 + 0.1 * k) for k, part in enumerate(parts)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert_eager(compiled(loss, params), loss, params)


def test_a_new_row_needs_nothing_in_the_compiler(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    test, share = "x > 0 and not y < 0", "1.0 if x {} y else 0.5 if x == y else 0.0"
    text = f"x * exp(-y) if {test} else sigmoid(x) - minimum(x, y)"
    partials = (
        f"exp(-y) if {test} else sigmoid(x) * (1 - sigmoid(x)) - ({share.format('<')})",
        f"-x * exp(-y) if {test} else -({share.format('>')})",
    )
    row = Op("strange", "?", text, partials, ("x", "y"))
    monkeypatch.setitem(OPS, "strange", row)
    monkeypatch.setitem(
        ops.FLOATS, "strange", eval(f"lambda x, y: {text}", dict(ops.FLOATS))
    )
    strange = engine.function_of(row)
    monkeypatch.delattr(Value, "strange")
    params = [Value(x) for x in (-1.0, -0.5, 0.0, 0.5, 1.5)]
    loss = mk.sum(
        [strange(a, b) * (i + 1) for i, a in enumerate(params) for b in params]
    )
    assert_eager(compiled(loss, params), loss, params)


# ---- expressions against NumPy -------------------------------------------------------------------


def run(make: Any, **arrays: np.ndarray) -> Any:
    """What an expression of these arrays gives when its text is carried out."""
    book: dict[Any, ex.Expr] = {}
    x = make(*[ex.variable(book, name, a.shape) for name, a in arrays.items()])
    text, constants = write(list(arrays), (), 10**9, out=x)
    space = {**FUNCTIONS, **constants}
    space.update(
        {name: np.ones(int(name[4:])) for name in re.findall(r"\bones\d+", text)}
    )
    space["segment_sum"] = lambda v, at, n: np.bincount(at, v, n)
    exec(text, space)
    return np.asarray(space["program"](*arrays.values()))


@st.composite
def contractions(draw: Any) -> tuple[str, str, str, dict[str, int]]:
    letters = "ijkl"
    sizes = {k: draw(st.integers(2, 4)) for k in letters}
    of_x = "".join(draw(st.permutations(letters))[: draw(st.integers(0, 4))])
    of_y = "".join(draw(st.permutations(letters))[: draw(st.integers(0, 4))])
    union = sorted(set(of_x + of_y))
    out = (
        "".join(draw(st.permutations(union))[: draw(st.integers(0, len(union)))])
        if union
        else ""
    )
    return of_x, of_y, out, sizes


@settings(max_examples=300, deadline=None)
@given(contractions())
def test_contract_is_einsum(spec: tuple[str, str, str, dict[str, int]]) -> None:
    of_x, of_y, out, sizes = spec
    rng = np.random.default_rng(0)
    x, y = (rng.normal(size=[sizes[k] for k in of]) for of in (of_x, of_y))
    got = run(lambda a, b: ex.contract(a, of_x, b, of_y, out, sizes), x=x, y=y)
    expected = np.einsum(f"{of_x},{of_y}->{out}", x, y)
    assert np.allclose(np.broadcast_to(got, expected.shape), expected, rtol=1e-13)


@settings(max_examples=200, deadline=None)
@given(contractions(), st.data())
def test_contract_of_what_is_smaller_by_broadcasting(
    spec: tuple[str, str, str, dict[str, int]], data: Any
) -> None:
    of_x, of_y, out, sizes = spec
    rng = np.random.default_rng(0)
    shape = [data.draw(st.sampled_from([1, sizes[k]])) for k in of_x]
    x, y = rng.normal(size=shape), rng.normal(size=[sizes[k] for k in of_y])
    got = run(lambda a, b: ex.contract(a, of_x, b, of_y, out, sizes), x=x, y=y)
    full = np.broadcast_to(x, [sizes[k] for k in of_x])
    expected = np.einsum(f"{of_x},{of_y}->{out}", full, y)
    assert np.allclose(np.broadcast_to(got, expected.shape), expected, rtol=1e-13)


@st.composite
def readings(draw: Any, source: tuple[int, ...]) -> Reading:
    """Positions in an array of this shape: often a slice of it, sometimes anything."""
    places = np.arange(np.prod(source, dtype=int)).reshape(source)
    if draw(st.booleans()):
        for axis, n in enumerate(source):
            start, step = draw(st.integers(0, n - 1)), draw(st.integers(1, 3))
            places = places.take(np.arange(start, n, step), axis=axis)
        places = places.transpose(draw(st.permutations(range(places.ndim))))
        if draw(st.booleans()):
            places = places.ravel()
    else:
        shape = draw(st.lists(st.integers(1, 3), max_size=3))
        places = np.array(
            draw(st.lists(st.integers(0, places.size - 1), min_size=27, max_size=27))
        )
        places = places[: np.prod(shape, dtype=int)].reshape(shape)
    return reading_at(0, places, "ijkl"[: places.ndim])


shapes = st.lists(st.integers(1, 6), min_size=1, max_size=3).map(tuple)


@settings(max_examples=300, deadline=None)
@given(st.data(), shapes)
def test_a_view_is_what_is_at_the_positions(data: Any, source: tuple[int, ...]) -> None:
    operand = data.draw(readings(source))
    x = np.random.default_rng(0).normal(size=source)
    assert (run(lambda a: view(a, operand), x=x) == x.ravel()[operand.index]).all()


@settings(max_examples=300, deadline=None)
@given(st.data(), shapes, st.integers(1, 4))
def test_assemble_adds_every_part_in_its_place(
    data: Any, source: tuple[int, ...], count: int
) -> None:
    operands = [data.draw(readings(source)) for _ in range(count)]
    rng = np.random.default_rng(0)
    values = {
        f"g{k}": rng.normal(size=operand.index.shape)
        for k, operand in enumerate(operands)
    }
    got = run(
        lambda *gs: ex.spread(
            assemble(list(zip(operands, gs, strict=True)), source), source
        ),
        **values,
    )
    expected = np.zeros(np.prod(source, dtype=int))
    for operand, value in zip(operands, values.values(), strict=True):
        np.add.at(expected, operand.index, value)
    assert np.allclose(got, expected.reshape(source), rtol=1e-13)


@given(st.lists(st.tuples(st.integers(2, 4), st.integers(-5, 50)), max_size=4))
def test_loops_find_the_nested_progressions(dims: list[tuple[int, int]]) -> None:
    values = nested([n for n, _ in dims], [step for _, step in dims]).ravel()
    lengths = loops(values)
    assert lengths is not None
    table = values.reshape(lengths)
    steps = [step_along(table, k) for k in range(table.ndim)]
    assert (nested(lengths, steps) == table).all()


def test_loops_refuse_what_is_irregular() -> None:
    assert loops(np.array([0, 1, 3, 6])) is None
    assert loops(np.random.default_rng(0).permutation(1000)) is None


def test_common_shapes() -> None:
    assert common(12, [[12], None, [4, 3]]) == (4, 3)
    assert common(12, [[4, 3], [3, 4]]) == (
        4,
        3,
    )  # the second does not fit in
    assert common(1, []) == ()
    assert common(2**20, [[2] * 20]) == (
        2**20,
    )  # there are not so many letters for axes


def test_a_fast_fourier_transform_whose_every_level_has_another_pattern() -> None:
    rng = random.Random(0)
    n = 32
    re_, im = (
        [Value(rng.gauss(0, 1)) for _ in range(n)],
        [Value(rng.gauss(0, 1)) for _ in range(n)],
    )
    x = [
        (re_[int(f"{k:05b}"[::-1], 2)], im[int(f"{k:05b}"[::-1], 2)]) for k in range(n)
    ]
    half = 1
    while half < n:
        for k in range(n):
            if not k & half:
                c, s = (
                    math.cos(math.pi * (k % half) / half),
                    -math.sin(math.pi * (k % half) / half),
                )
                (a, b), (p, q) = x[k], x[k + half]
                p, q = p * c - q * s, p * s + q * c
                x[k], x[k + half] = (a + p, b + q), (a - p, b - q)
        half *= 2
    loss = mk.sum([(a * a + b * b + 1).log() for a, b in x])
    program = compiled(loss, re_ + im)
    assert_eager(program, loss, re_ + im)
    power = (
        np.abs(np.fft.fft([a.data + 1j * b.data for a, b in zip(re_, im, strict=True)]))
        ** 2
    )
    assert loss.data == pytest.approx(np.log(power + 1).sum())


@given(
    st.lists(
        st.tuples(
            st.integers(0, 1), st.lists(st.integers(0, 2), min_size=1, max_size=3)
        ),
        min_size=1,
    )
)
def test_alike_is_equality(runs: list[tuple[int, list[int]]]) -> None:
    tags, lengths = (
        np.array([tag for tag, _ in runs]),
        np.array([len(values) for _, values in runs]),
    )
    values = np.array([x for _, run in runs for x in run])
    assert alike(tags, values, lengths).tolist() == [runs.index(run) for run in runs]


def test_numbers_are_folded_and_ones_and_zeros_disappear() -> None:
    book: dict[Any, ex.Expr] = {}
    x = ex.variable(book, "x", (3,))
    assert x * 1.0 is x
    assert (x * 0.0).attr == 0.0
    assert x + 0.0 is x
    assert 2.0 * (3.0 * x) is x * 6.0
    assert (-x) * -1.0 is x
    assert x + x is 2.0 * x
    assert (x - x).attr == 0.0
    assert x**1.0 is x
    assert (x**0.0).attr == 1.0
    assert ex.elementwise("exp", ex.const(book, np.zeros(2))).attr.tolist() == [
        1.0,
        1.0,
    ]
    assert (
        ex.transpose(ex.transpose(ex.variable(book, "M", (2, 3)), (1, 0)), (1, 0)).attr
        == "M"
    )


def test_booleans_do_not_become_numbers_by_accident() -> None:
    x = np.array([-1.0, 0.0, 2.0])
    mask = lambda a: ex.elementwise(">", a, ex.const(a.interned, 0.0))  # noqa: E731
    for make in (
        lambda a: -mask(a),
        lambda a: mask(a) + mask(a),
        lambda a: mask(a) + ex.elementwise("<", a, ex.const(a.interned, 1.0)),
        lambda a: mask(a) * mask(a),
        lambda a: ex.const(a.interned, 1.0) - mask(a),
        lambda a: ex.sum_over(mask(a), [0]),
        lambda a: ex.spread(ex.reshape(mask(a), (1, 3)), (2, 3)),
    ):
        got = run(make, a=x)
        assert got.dtype == float
    assert run(
        lambda a: mask(a) + ex.elementwise("<", a, ex.const(a.interned, 1.0)), a=x
    ).tolist() == [1.0, 1.0, 1.0]


# ---- the graph -----------------------------------------------------------------------------------


def test_chains_of_single_operations_fuse_into_one_sum() -> None:
    w, x = [Value(0.1 * k) for k in range(4)], [Value(1.0 + k) for k in range(4)]
    z = w[0] * x[0]
    for a, b in zip(w[1:], x[1:], strict=True):
        z = z + a * b
    graph = scalars((z + w[0]).tanh(), w + x)
    assert len(graph.live) == 2
    node = graph.live[0]
    assert graph.first[node + 1] - graph.first[node] == 5


def test_neurons_that_meet_in_a_total_stay_neurons() -> None:
    w, X = [Value(0.5), Value(-0.3)], [[Value(1.0 * i), Value(2.0)] for i in range(6)]
    scores = [w[0] * x[0] + w[1] * x[1] for x in X]
    total: Any = 0.0
    for s in scores:
        total = total + s
    program = compiled(total, w, inputs={"X": X})
    assert "X" in program.source
    assert_eager(program, total, w)
    assert len(scalars(total, [*w, *[v for x in X for v in x]]).live) >= 6


def test_equal_nodes_are_computed_once() -> None:
    w = Value(0.5)
    loss = mk.sum([w.exp() * (1.0 + k) for k in range(5)]) + w.exp()
    assert compiled(loss, [w]).source.count("exp(") == 1


# ---- errors --------------------------------------------------------------------------------------


def test_errors_name_what_is_wrong() -> None:
    w, x = Value(3.0, "w"), Value(2.0, "x")
    loss = w * x
    program = compiled(loss, [w], inputs={"x": [x]})
    for wrong, kind, words in (
        (lambda: compiled(loss, [w, 2.0]), TypeError, "parameter 2.0 is a float"),
        (lambda: compiled(loss, [loss]), ValueError, "computed by mul"),
        (
            lambda: compiled(loss, [w, w]),
            ValueError,
            "'w'.*listed in the parameters and before in the parameters",
        ),
        (
            lambda: compiled(loss, [w], inputs={"x": [1.0]}),
            TypeError,
            "1.0 in input 'x' is a float",
        ),
        (
            lambda: compiled(loss, [w], inputs={"x": [[x], [Value(1.0), Value(2.0)]]}),
            ValueError,
            "'x' is no rectangle",
        ),
        (
            lambda: compiled(loss, [w], inputs={"two words": x}),
            ValueError,
            "'two words'",
        ),
        (
            lambda: compiled(loss, [w], inputs={"x": x}, batch="y"),
            ValueError,
            "'y' in batch is none of the inputs x",
        ),
        (
            lambda: compiled(loss, [Value(1.0)]),
            ValueError,
            "depends on none of the 1 parameters",
        ),
        (
            lambda: compiled(loss, [w], xp=math),
            TypeError,
            "xp is math; give one of the modules numpy and jax.numpy",
        ),
        (lambda: compiled(x * 2, [w], inputs={"x": x}), ValueError, "depends on none"),
        (
            lambda: compiled(Value(1.0), []),
            ValueError,
            "depends on none of the 0 parameters",
        ),
        (lambda: program([3.0], z=1.0), TypeError, "no input z; its inputs are x"),
        (
            lambda: program([3.0, 4.0]),
            ValueError,
            r"theta has shape \(2,\); \(1,\) is needed",
        ),
        (
            lambda: program([3.0], x=2.0),
            ValueError,
            r"x has shape \(\); \(1,\) is needed",
        ),
    ):
        with pytest.raises(kind, match=words):
            wrong()


def test_a_comparison_is_refused_only_where_it_matters() -> None:
    w, t, x = Value(3.0, "w"), Value(1.0, "t"), Value(2.0, "x")
    z = w * x
    assert z > 0
    with pytest.raises(ValueError, match=r"took part in a Python comparison.*\.data"):
        compiled(z * t, [w], inputs={"x": x})
    assert t == 1  # a constant: the branch cannot change
    y = w * 2.0
    assert compiled(y * t, [w])([1.0])[0] == 2.0
    assert x < 5
    with pytest.raises(ValueError, match="'x'"):
        compiled(y * x, [w], inputs={"x": x})


def test_an_infinite_loss_is_an_error_and_not_a_number() -> None:
    w = Value(1.0)
    program = compiled(w.exp(), [w])
    with (
        np.errstate(over="ignore"),
        pytest.raises(OverflowError, match="the loss is inf"),
    ):
        program([1000.0])


def test_the_inputs_as_recorded_are_the_default() -> None:
    w, x = Value(3.0, "w"), Value(2.0, "x")
    program = compiled(w * x, [w], inputs={"x": x})
    assert program([5.0])[0] == 10.0
    assert program([5.0], x=4.0)[0] == 20.0
    example = compiled(w * x, [w], inputs={"x": x}, batch=("x",))
    assert example([5.0])[0] == 10.0  # a batch of one row


def test_arrays_of_another_library_are_joined_and_not_written_to() -> None:
    jax = pytest.importorskip("jax")
    loss, params, inputs = recorded_moons(samples=10)
    ours, theirs = [
        compiled(loss, params, inputs=inputs, xp=xp).source for xp in (np, jax.numpy)
    ]
    assert theirs.splitlines()[0] == "from jax.numpy import concatenate, maximum, ones"
    before = ours.partition("    dtheta = ")[0].splitlines()
    assert theirs.splitlines()[1 : len(before)] == before[1:]
    assert "dtheta = 0.0002 * theta + concatenate([" in theirs
    assert "concatenate([dW1, db1[:, None]], axis=1).ravel()," in theirs


def test_the_function_is_bare() -> None:
    loss, params, inputs = recorded_moons(samples=10)
    program = compiled(loss, params, inputs=inputs)
    data = SimpleNamespace(**program.inputs)
    value, slope = program.function(program.theta(), X=data.X, y=data.y)
    assert (value, slope.tolist()) == (
        program(program.theta())[0],
        program(program.theta())[1].tolist(),
    )
    assert builtins.compile(program.source, "source", "exec")
