"""Parameters in containers of any kind and depth: none lost, each with a name."""

import functools
from collections import OrderedDict, deque
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from micrograd_kr import Layer, Module, Value
from micrograd_kr.nn import SGD


class Made(Module):
    """A module with the attributes it is given."""

    def __init__(self, **attributes):
        vars(self).update(attributes)


def array(items):
    found = np.empty(len(items), dtype=object)
    for i, item in enumerate(items):
        found[i] = item
    return found


def labelled(items):
    return dict(zip("abcdefgh", items, strict=False))


def module_of(items):
    return Made(**labelled(items))


WAYS = [list, tuple, deque, array, labelled, module_of]
shapes = st.recursive(
    st.just(None),
    lambda inner: st.tuples(st.sampled_from(WAYS), st.lists(inner, max_size=4)),
    max_leaves=20,
)


def filled(shape, values):
    """Containers of that shape, with a new Value in each place."""
    if shape is None:
        values.append(Value(float(len(values))))
        return values[-1]
    way, inside = shape
    return way([filled(each, values) for each in inside])


@given(st.lists(shapes, min_size=1, max_size=4))
@settings(max_examples=200, deadline=None)
def test_every_value_is_found_once_in_order_and_by_a_name(things):
    values = []
    model = module_of([filled(each, values) for each in things])
    named = list(model.named_parameters())
    assert [p for _, p in named] == values
    assert model.parameters() == values
    assert len({name for name, _ in named}) == len(values)
    for p in values:
        p.grad = 1.0
    model.zero_grad()
    assert [p.grad for p in values] == [0.0] * len(values)


def test_names_say_the_way():
    model = Made(
        W=[[Value(1), Value(2)]],
        b=Value(3),
        w={"a": Value(4), 7: [Value(5)]},
        blocks=[{"layers": (Layer(1, 1),)}],
    )
    assert [name for name, _ in model.named_parameters()] == [
        *("W0_0", "W0_1", "b", "w.a", "w.70"),
        *("block0.layer0.neuron0.w0", "block0.layer0.neuron0.b"),
    ]
    names = [name for name, _ in model.named_parts()]
    assert names[-1] == "block0.layer0"


def test_they_are_saved_and_loaded(tmp_path):
    def made(x):
        return Made(W=[[Value(x)], [Value(x + 1)]], w=OrderedDict(a=Value(x + 2)))

    first, second = made(1.0), made(9.0)
    first.save(tmp_path / "m.json")
    second.load(tmp_path / "m.json")
    assert [p.data for p in second.parameters()] == [1.0, 2.0, 3.0]
    assert len(SGD(second).parameters) == 3


def test_what_leads_back_into_itself():
    model = Made(w=Value(1), ring=[Value(2)])
    model.me, model.inner = model, Made(parent=model, b=Value(3))
    model.ring.append(model.ring)
    names = [name for name, _ in model.named_parameters()]
    assert names == ["w", "ring0", "inner.b"]
    assert model.summary().splitlines()[-1].split() == ["total", "3"]


def test_as_deep_as_memory_allows():
    nested, chain = [Value(1)], Made(w=Value(2))
    for _ in range(5_000):
        nested, chain = [nested], Made(next=chain)
    assert len(Made(nested=nested, chain=chain).parameters()) == 2


@pytest.mark.parametrize(
    "hold",
    [
        lambda v: {v},
        lambda v: frozenset({("a", v)}),
        lambda v: [{v}],
        lambda v: {"v": v}.values(),
        lambda v: iter([v]),
        lambda v: SimpleNamespace(v=[v]),
        lambda v: functools.partial(max, v),
        lambda v: {Made(v=v)},
    ],
)
def test_what_cannot_be_walked_and_holds_values_is_said(hold):
    model = Made(b=Value(0), w=hold(Value(1)))
    for find in (model.parameters, model.zero_grad, lambda: SGD(model)):
        with pytest.raises(TypeError, match=r"Made: the Values in w.* cannot be found"):
            find()


def test_what_holds_only_parameters_found_elsewhere_is_no_mistake():
    w = Value(1)
    model = Made(w=w, hidden=Layer(1, 1, lambda z: w * z), frozen={w})
    model.optimizer, model.words = SGD(model, 0.1), {"a", "b"}
    model.last = Made(outputs={w * 2})  # computed, and so no parameter
    assert len(model.parameters()) == 3
