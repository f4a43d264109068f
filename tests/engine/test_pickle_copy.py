"""Copies and pickles: the same numbers, the same sharing, and none of the graph."""

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micrograd_kr.engine.value import Value
from micrograd_kr.nn.modules import MLP, Layer, Module, Neuron
from micrograd_kr.nn.optim import SGD, Adam

WAYS = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    **{
        f"pickle {n}": lambda x, n=n: pickle.loads(pickle.dumps(x, n))
        for n in range(pickle.HIGHEST_PROTOCOL + 1)
    },
}
DEEP = {name: way for name, way in WAYS.items() if name != "copy"}
way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
deep = pytest.mark.parametrize("way", DEEP.values(), ids=DEEP)
finite = st.floats(allow_nan=False, allow_infinity=False)


@given(finite, st.floats(), st.none() | st.text())
def test_a_value_keeps_its_numbers_and_its_label(data, grad, label):
    v = Value(data, label=label)
    v.grad = grad
    for how in WAYS.values():
        other = how(v)
        assert other is not v
        assert (other.data.hex(), repr(other.grad), other.label) == (
            data.hex(),
            repr(grad),
            label,
        )


@way
def test_a_result_becomes_a_leaf(way):
    a = Value(2.0, "a")
    b = (a * 3 + 1).tanh()
    b.label = "b"
    b.backward()
    other = way(b)
    assert (other.data, other.grad, other.label) == (b.data, 1.0, "b")
    assert (other.op, other.parents, other.operands, other.topological_order()) == (
        None,
        (),
        (),
        [other],
    )
    before = a.grad
    (other * 2).backward()
    assert a.grad == before  # nothing flows back through a copy
    assert b.parents  # and the original keeps its graph


@pytest.fixture(scope="module")
def chain():
    v = Value(0.0)
    for _ in range(100_000):
        v = v + 1
    return v


@way
def test_a_graph_of_any_depth(way, chain):
    assert way(chain).data == 100_000.0


@deep
def test_a_list_keeps_who_is_who(way):
    a, b = Value(1.0), Value(1.0)
    x, y, z = way([a, b, a])
    assert x is z
    assert x is not y  # however equal
    assert a not in {x, y}


@deep
def test_a_model_keeps_its_numbers_and_its_function(way):
    model = MLP(2, [3, 1], "tanh", seed=0)
    model([1.0, 2.0]).backward()
    other = way(model)
    assert repr(other) == repr(model)
    assert [(n, p.data, p.grad, p.label) for n, p in other.named_parameters()] == [
        (n, p.data, p.grad, p.label) for n, p in model.named_parameters()
    ]
    assert other([0.5, -1.0]).data == model([0.5, -1.0]).data
    assert not set(other.parameters()) & set(model.parameters())
    other.layers[0].neurons[0].b.data = 9.0
    assert model.layers[0].neurons[0].b.data == 0.0


@deep
def test_tied_weights_stay_tied(way):
    model = MLP(1, [1, 1], None, seed=0)
    first, second = (layer.neurons[0] for layer in model.layers)
    second.w[0] = first.w[0]
    other = way(model)
    first, second = (layer.neurons[0] for layer in other.layers)
    assert first.w[0] is second.w[0]
    assert len(other.parameters()) == 3
    first.w[0].data = 3.0
    other.zero_grad()
    other(2.0).backward()
    assert first.w[0].grad == 2 * 3.0 * 2.0  # d(w w x)/dw


def test_a_shallow_copy_of_a_model_shares_its_parameters():
    model = Neuron(2, seed=0)
    assert all(
        p is q
        for p, q in zip(copy.copy(model).parameters(), model.parameters(), strict=True)
    )


@deep
@pytest.mark.parametrize(
    "optimizer", [lambda ps: SGD(ps, 0.1, momentum=0.9), lambda ps: Adam(ps, 0.1)]
)
def test_training_goes_on_from_a_copy_as_from_the_original(way, optimizer):
    def step(model, optimizer):
        optimizer.zero_grad()
        ((model([1.0, -1.0]) - 0.5) ** 2).backward()
        optimizer.step()

    model = MLP(2, [3, 1], "tanh", seed=0)
    original = model, optimizer(model.parameters())
    step(*original)
    copied = way(
        original
    )  # in one go: the optimizer of the copy has the parameters of the copy
    assert all(
        p is q
        for p, q in zip(copied[0].parameters(), copied[1].parameters, strict=True)
    )
    for _ in range(3):
        step(*original)
        step(*copied)
    assert [p.data for p in copied[0].parameters()] == [
        p.data for p in original[0].parameters()
    ]


@deep
def test_a_model_far_deeper_than_pythons_recursion(way):
    model = MLP(1, [1] * 1200, "relu", seed=0)
    assert [p.data for p in way(model).parameters()] == [
        p.data for p in model.parameters()
    ]


class Line(Module):
    def __init__(self):
        self.w, self.parts = Value(2.0), [Layer(1, 1), Value(1.0)]


@deep
def test_a_module_of_ones_own(way):
    model = Line()
    other = way(model)
    assert [(n, p.data) for n, p in other.named_parameters()] == [
        (n, p.data) for n, p in model.named_parameters()
    ]
    assert type(other) is Line
