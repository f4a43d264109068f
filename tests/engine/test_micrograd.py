"""micrograd's own examples with only the import changed, and its numbers."""

import random

import micrograd.engine
import micrograd.nn
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import micrograd_kr.engine.value
import micrograd_kr.nn.modules

engines = pytest.mark.parametrize(
    "engine", [micrograd.engine, micrograd_kr.engine], ids=["micrograd", "micrograd_kr"]
)


def arithmetic(Value):
    """The expression of micrograd's README: 24.7041, with slopes 138.8338 and 645.5773."""
    a = Value(-4.0)
    b = Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    return a, b, g


@engines
def test_the_readme_s_expression(engine):
    a, b, g = arithmetic(engine.Value)
    assert [f"{x:.4f}" for x in (g.data, a.grad, b.grad)] == [
        "24.7041",
        "138.8338",
        "645.5773",
    ]


def test_the_readme_s_expression_to_the_last_digits():
    ours, theirs = (
        arithmetic(micrograd_kr.engine.Value),
        arithmetic(micrograd.engine.Value),
    )
    assert [v.grad for v in ours] == pytest.approx([v.grad for v in theirs], rel=1e-15)
    assert [v.data for v in ours] == pytest.approx([v.data for v in theirs], rel=1e-15)


# ---- the notebook's drawing, which walks _prev and _op ------------------------------------------------


def trace(root):
    """Nodes and edges, as the notebook collects them."""
    nodes, edges = set(), set()

    def build(v):
        if v not in nodes:
            nodes.add(v)
            for child in v._prev:
                edges.add((child, v))
                build(child)

    build(root)
    return nodes, edges


def draw_dot(root):
    """The notebook's picture as DOT: a record for each Value, a circle for each op."""
    lines = ["digraph { rankdir=LR"]
    nodes, edges = trace(root)
    for n in nodes:
        lines.append(
            f'{id(n)} [label="{{ data {n.data:.4f} | grad {n.grad:.4f} }}", shape=record]'
        )
        if n._op:
            lines += [
                f'{id(n)}{n._op!r} [label="{n._op}"]',
                f"{id(n)}{n._op!r} -> {id(n)}",
            ]
    lines += [f"{id(a)} -> {id(b)}{b._op!r}" for a, b in edges]
    return "\n".join([*lines, "}"])


@engines
def test_draw_dot_runs_unchanged(engine):
    Value = engine.Value
    x, w, b = Value(1.0), Value(-3.0), Value(2.0)
    y = (x * w + b).relu() ** 2
    y.backward()
    nodes, edges = trace(y)
    assert len(nodes) == 7
    assert len(edges) == 6
    assert sorted(n._op for n in nodes) == ["", "", "", "*", "**2", "+", "ReLU"]
    dot = draw_dot(y)
    assert dot.count("shape=record") == 7
    assert dot.count("->") == 6 + 4


@engines
def test_prev_and_op(engine):
    Value = engine.Value
    a, b = Value(2.0), Value(3.0)
    for v, op in (
        (a + b, "+"),
        (a * b, "*"),
        (a**3, "**3"),
        (a**0.5, "**0.5"),
        (a.relu(), "ReLU"),
        (a, ""),
    ):
        assert v._op == op
        assert v._prev <= {a, b}
        assert isinstance(v._prev, set)
    assert (a * a)._prev == {a}


def test_the_ops_micrograd_does_not_have_show_what_they_are():
    Value = micrograd_kr.engine.Value
    a, b = Value(2.0), Value(3.0)
    assert [(v._op, len(v._prev)) for v in (a - b, a / b, -a, a**b, a.tanh(), a * 2, 1 - a, a.exp())] == [
        ("-", 2), ("/", 2), ("-", 1), ("**", 2), ("tanh", 1), ("*2", 1), ("-1", 1), ("exp", 1),
    ]  # fmt: skip


# ---- random expressions ---------------------------------------------------------------------------------

LEAF = st.sampled_from("abc")
NUMBER = st.sampled_from(["2", "0.5", "3.0", "1.25", "7"])
EXPRESSION = st.recursive(
    LEAF,
    lambda sub: st.one_of(
        st.tuples(sub, st.sampled_from(["+", "-", "*"]), sub | NUMBER).map(
            lambda t: f"({t[0]} {t[1]} {t[2]})"
        ),
        st.tuples(NUMBER, st.sampled_from(["+", "-", "*"]), sub).map(
            lambda t: f"({t[0]} {t[1]} {t[2]})"
        ),
        sub.map(lambda s: f"(-{s})"),
        sub.map(lambda s: f"({s}).relu()"),
        st.tuples(sub, st.sampled_from(["2", "3"])).map(
            lambda t: f"({t[0]} ** {t[1]})"
        ),
        st.tuples(sub, sub).map(lambda t: f"({t[0]} / ({t[1]} ** 2 + 1))"),
        st.tuples(NUMBER, sub).map(lambda t: f"({t[0]} / ({t[1]} ** 2 + 0.5))"),
    ),
    max_leaves=12,
)
POINT = st.tuples(*[st.floats(0.1, 2) | st.floats(-2, -0.1)] * 3)


def slopes(Value, expression, point):
    leaves = dict(zip("abc", map(Value, point), strict=True))
    y = eval(expression, leaves.copy())
    y.backward()
    return [y.data, *[v.grad for v in leaves.values()]]


@given(EXPRESSION, POINT)
@settings(max_examples=300, deadline=None)
def test_random_expressions_agree(expression, point):
    theirs = slopes(micrograd.engine.Value, expression, point)
    scale = max(1.0, *map(abs, theirs))
    assert slopes(micrograd_kr.engine.Value, expression, point) == pytest.approx(
        theirs, rel=1e-9, abs=1e-10 * scale
    )


# ---- the notebook's network -----------------------------------------------------------------------------


def train(nn, Value, weights, steps=3):
    """The training loop of micrograd's demo: hinge loss, L2 and a falling learning rate."""
    model = nn.MLP(2, [8, 8, 1])
    for p, w in zip(model.parameters(), weights, strict=True):
        p.data = w
    X = [[(i % 5 - 2) / 2, (i % 7 - 3) / 3] for i in range(20)]
    Y = [1 if x * x + y > 0.3 else -1 for x, y in X]
    losses = []
    for k in range(steps):
        inputs = [list(map(Value, row)) for row in X]
        scores = list(map(model, inputs))
        hinge = [(1 + -yi * score).relu() for yi, score in zip(Y, scores, strict=True)]
        total = sum(hinge) * (1.0 / len(hinge)) + 1e-4 * sum(
            p * p for p in model.parameters()
        )
        model.zero_grad()
        total.backward()
        for p in model.parameters():
            p.data -= (1.0 - 0.9 * k / 100) * p.grad
        losses.append(total.data)
    accuracy = sum(
        (yi > 0) == (score.data > 0) for yi, score in zip(Y, scores, strict=True)
    ) / len(Y)
    return losses, [p.data for p in model.parameters()], accuracy


def test_the_notebook_trains_to_the_same_numbers():
    rng = random.Random(1)
    weights = [rng.uniform(-1, 1) for _ in range(2 * 8 + 8 + 8 * 8 + 8 + 8 + 1)]
    theirs = train(micrograd.nn, micrograd.engine.Value, weights)
    ours = train(micrograd_kr.nn, micrograd_kr.engine.Value, weights)
    for a, b in zip(ours, theirs, strict=True):
        assert a == pytest.approx(b, rel=1e-10)


@pytest.mark.parametrize(
    "nn", [micrograd.nn, micrograd_kr.nn], ids=["micrograd", "micrograd_kr"]
)
def test_names_of_the_network(nn):
    """`Module`, `Neuron`, `Layer`, `MLP`, their parts and their calls."""
    model = nn.MLP(3, [4, 2])
    assert isinstance(model, nn.Module)
    assert [len(layer.neurons) for layer in model.layers] == [4, 2]
    assert [len(n.w) for layer in model.layers for n in layer.neurons] == [3] * 4 + [
        4
    ] * 2
    assert len(model.parameters()) == 4 * 4 + 2 * 5
    assert model.parameters()[:4] == [
        *model.layers[0].neurons[0].w,
        model.layers[0].neurons[0].b,
    ]
    assert len(model([1.0, 2.0, 3.0])) == 2
    assert nn.MLP(3, [4, 1])([1.0, 2.0, 3.0]).data == pytest.approx(0.0, abs=1e3)
    assert nn.Layer(2, 3)([1.0, 2.0])[0].data >= 0.0
    assert nn.Neuron(2)([1.0, 2.0]).data >= 0.0
