"""The engine: what a learner sees in a REPL, the graph, one sweep of reverse mode, and memory.

The single operations are tested in test_ops.py, derivatives of derivatives in test_gradients.py.
"""

import copy
import gc
import math
import pickle
import random
import sys
import threading
import tracemalloc

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from table import operands, random_graph, split, torch_function

import micrograd_kr as mk
from micrograd_kr import OPS, Edge, Value, no_grad
from micrograd_kr.engine import FUNCTIONS
from micrograd_kr.engine.graph import inner_order

# ---- in the REPL ------------------------------------------------------------------------------------


def test_repr_is_what_a_learner_types():
    a = Value(2, label="a")
    assert repr(a) == "Value(data=2.0, grad=0.0, label='a')"
    assert repr(a * 3) == "Value(data=6.0, grad=0.0)"
    assert (
        repr(Value(0.1, label="it's")) == """Value(data=0.1, grad=0.0, label="it's")"""
    )
    assert (
        repr(Value(-0.0, label="기울기 🙂"))
        == "Value(data=-0.0, grad=0.0, label='기울기 🙂')"
    )
    a.backward()
    assert repr(a) == "Value(data=2.0, grad=1.0, label='a')"


def test_format():
    v = Value(3.14159)
    assert f"{v:.2f}|{v:8.1e}|{v}" == "3.14| 3.1e+00|Value(data=3.14159, grad=0.0)"
    assert str([v]) == "[Value(data=3.14159, grad=0.0)]"


def test_the_apple_example():
    """Two apples at 100 won with 10 % tax: 220 won. One more won per apple costs 2.2 won."""
    price, apples, tax = Value(100, "price"), Value(2, "apples"), Value(1.1, "tax")
    total = price * apples * tax
    total.backward()
    assert total.data == pytest.approx(220)
    assert [v.grad for v in (price, apples, tax)] == pytest.approx([2.2, 110, 200])


def test_the_chain_rule_by_hand():
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    c = a * b
    d = c + 10
    e = d * c
    e.backward()
    assert (c.data, d.data, e.data) == (-6.0, 4.0, -24.0)
    assert (e.grad, d.grad, c.grad) == (1.0, -6.0, -6.0 + 4.0)
    assert (a.grad, b.grad) == (-2.0 * -3.0, -2.0 * 2.0)


def test_labels_can_be_given_later():
    a = Value(1.0)
    b = a + 1
    b.label = "b"
    assert (a.label, b.label) == (None, "b")


def test_float_and_comparisons():
    a, b = Value(1.0), Value(2.0)
    with no_grad():
        assert (float(a), float(b)) == (1.0, 2.0)
    assert a < b <= b < 3 > b >= 2 >= a > 0
    assert a == 1.0 != b
    assert a != Value(1.0)
    assert a == a
    assert a != None  # noqa: E711
    assert a != "a"
    assert bool(a)
    assert not Value(0.0)
    assert 0.5 < a < 1.5
    with pytest.raises(TypeError):
        a < "a"  # noqa: B015


def test_two_values_are_two_keys():
    a, b = Value(1.0), Value(1.0)
    assert a != b
    assert len({a, b}) == 2
    assert {a: "a", b: "b"}[b] == "b"


def test_python_s_sum_max_min_sorted_abs_round_trip():
    values = [Value(x) for x in (3.0, -1.0, 2.0)]
    total = sum(values)
    total.backward()
    assert (total.data, [v.grad for v in values]) == (4.0, [1.0, 1.0, 1.0])
    assert max(values) is values[0]
    assert min(values) is values[1]
    assert sorted(values) == [-1.0, 2.0, 3.0]
    assert (abs(values[1]).data, (-values[0]).data) == (1.0, -3.0)
    assert sum([]) == 0
    assert sum(values, Value(1.0)).data == 5.0


def test_a_comparison_leaves_a_mark():
    """A branch may follow, so `_compared` tells those who need one graph for all data."""
    a, b, c = Value(1.0), Value(2.0), Value(3.0)
    assert not any(hasattr(v, "_compared") for v in (a, b, c))
    assert a < b
    assert (
        hasattr(a, "_compared"),
        hasattr(b, "_compared"),
        hasattr(c, "_compared"),
    ) == (True, True, False)
    for compare in (
        bool,
        lambda v: v == 1,
        lambda v: v >= 1,
        lambda v: max(v, 0.0),
        lambda v: sorted([v, 2.0]),
    ):
        v = Value(1.0)
        compare(v)
        assert hasattr(v, "_compared")


def test_what_leaves_no_mark():
    """Recording, sweeping, printing, hashing and reading numbers compare nothing."""
    a, b = Value(0.5, "a"), Value(0.5, "b")
    y = mk.linear([a, b], [b, a], 1.0).relu() + a.maximum(b) ** 2 + abs(a)
    y.backward()
    mk.grad(y, [a, b])
    mk.grad(y, [a, b], create_graph=True)
    mk.gradcheck(lambda x: x.relu(), [1.0])
    (
        repr(y),
        f"{y:.3f}",
        {a, b, y},
        y.steps(),
        y._prev,
        y._op,
        y.topological_order(),
        copy.copy(a),
    )
    assert [v for v in y.topological_order() if hasattr(v, "_compared")] == []


def test_the_gradient_graph_of_a_branch_is_marked_itself():
    """The slope of relu as a graph is 0 or 1, chosen by today's data: that is a branch."""
    a = Value(0.5)
    (slope,) = mk.grad(a.relu(), [a], create_graph=True)
    assert (hasattr(slope, "_compared"), hasattr(a, "_compared")) == (True, False)


def test_a_subclass_is_a_value():
    """With behaviour of its own; what operations make of it are plain Values."""

    class Weight(Value):
        def half(self):
            return self / 2

    w, x = Weight(3.0, "w"), Value(2.0)
    y = w * x + x * w + w**2 + w.half() + mk.sum([w, x]) + mk.maximum(1.0, w)
    y.backward()
    assert (w.grad, x.grad) == (2 + 2 + 6 + 0.5 + 1 + 1, 3 + 3 + 1)
    assert isinstance(w * x, Value)
    assert w > x
    assert w.half().data == 1.5
    assert hasattr(w, "_compared")


def test_unknown_attributes_are_errors():
    with pytest.raises(AttributeError, match="sihn"):
        Value(1.0).sihn()
    with pytest.raises(AttributeError, match="sihn"):
        mk.sihn(1.0)
    with pytest.raises(AttributeError):
        Value(1.0).name = "x"


# ---- backward -----------------------------------------------------------------------------------------


def test_a_second_backward_over_the_same_graph():
    """(a + 1)^2 has the slope 8 at 3; twice that is 16, not 24."""
    a = Value(3.0)
    y = (a + 1) ** 2
    y.backward()
    assert a.grad == 8.0
    y.backward()
    assert a.grad == 16.0
    assert y.parents[0].grad == 8.0  # in between, from zero at each call


def test_leaves_accumulate_over_graphs():
    a = Value(3.0)
    (a * 2).backward()
    (a * a).backward()
    assert a.grad == 2.0 + 6.0
    a.grad = 0
    (a * a).backward()
    assert a.grad == 6.0


def test_graphs_that_share_inner_nodes():
    """The sums of two backward passes over a shared node, as in PyTorch."""
    a = Value(2.0)
    shared = a * 3
    y, z = shared**2, shared * 5
    y.backward()
    z.backward()
    y.backward()
    assert a.grad == 2 * (2 * 6.0 * 3) + 15
    assert shared.grad == 2 * 6.0


def test_diamonds_and_repeats():
    a, b = Value(2.0), Value(3.0)
    c, d = a + b, a * b
    y = (c + d) + c * d
    y.backward()
    assert a.grad == (1 + 3) + (6 + 5 * 3)
    assert b.grad == (1 + 2) + (6 + 5 * 2)
    x = Value(3.0)
    (x * x).backward()
    assert x.grad == 6.0
    x = Value(3.0)
    y = x * x
    (y * y + y).backward()
    assert x.grad == 4 * 27.0 + 6.0
    x = Value(3.0)
    mk.sum([x, x, x]).backward()
    assert x.grad == 3.0
    x = Value(3.0)
    mk.dot([x, x], [x, 1.0]).backward()
    assert x.grad == 7.0


def test_order_matters_here():
    """Handing down from c before f has handed down to it would lose f's share."""
    a, b = Value(2.0), Value(3.0)
    c = a + b
    d = a * b
    e = c + d
    f = c * d
    y = e + f
    y.backward()
    assert (a.grad, b.grad) == (1 + 3 + 6 + 5 * 3, 1 + 2 + 6 + 5 * 2)


def test_a_leaf_and_a_seed():
    a = Value(2.0)
    a.backward()
    a.backward(seed=2.5)
    assert a.grad == 3.5
    y = a * 3
    y.backward(-2)
    assert (a.grad, y.grad) == (3.5 - 6.0, -2.0)
    y.backward(0.0)
    assert (a.grad, y.grad) == (-2.5, 0.0)
    for bad, error in (
        (math.nan, ValueError),
        ("1", TypeError),
        (None, TypeError),
    ):
        with pytest.raises(error, match="seed"):
            y.backward(bad)
    assert a.grad == -2.5


def test_backward_from_the_middle_leaves_the_rest_alone():
    a = Value(2.0)
    b = a * 3
    c = b * 4
    c.grad = 99.0
    b.backward()
    assert (a.grad, b.grad, c.grad) == (3.0, 1.0, 99.0)


def test_grads_of_inner_nodes_are_overwritten_whatever_they_are():
    a = Value(2.0)
    b = a * 3
    c = b * b
    for junk in (7.0, 0, 0.0, -0.0, None, math.nan):
        a.grad, b.grad, c.grad = 0.0, junk, junk
        c.backward()
        assert (a.grad, b.grad, c.grad) == (36.0, 12.0, 1.0)


def test_zero_grad_below():
    a = Value(2.0)
    y = (a * 3).tanh()
    other = a * 5
    other.grad = 1.0
    y.backward()
    y.zero_grad()
    assert [v.grad for v in y.topological_order()] == [0.0] * 3
    assert other.grad == 1.0


def test_data_changed_after_the_forward_pass():
    """backward() gives the gradient of what was computed, not of a mixture of old and new numbers."""
    for name, op in OPS.items():
        flat = [Value(0.5 + i / 10) for i in range(operands(op, 2))]
        y = FUNCTIONS[name](*split(op, flat))
        partials = y.partials
        for v in flat:
            v.data = -v.data * 3
        y.backward()
        assert tuple(v.grad for v in flat) == partials
        assert tuple(g.data for g in mk.grad(y, flat)) == partials


def test_errors_leave_no_half_made_node():
    x = Value(0.0, "x")
    with pytest.raises(ZeroDivisionError):
        1 / x
    y = x * 2
    y.backward()
    assert x.grad == 2.0


# ---- random graphs ------------------------------------------------------------------------------------


def all_nodes(nodes):
    """Every node reachable, found without the engine's own orders."""
    found, todo = {}, list(nodes)
    while todo:
        v = todo.pop()
        if id(v) not in found:
            found[id(v)] = v
            todo += [x for x in v.operands if isinstance(x, Value)]
    return list(found.values())


# PyTorch's own take a plain number as the slope.
SLOPE_LEARNED = {
    "leaky_relu": lambda x, y: torch.where(x > 0, x, x * y),
    "elu": lambda x, y: torch.where(x > 0, x, y * torch.expm1(x)),
}

graphs = given(st.randoms(use_true_random=False), st.integers(1, 40))
some = settings(max_examples=60, deadline=None)


@graphs
@some
def test_topological_order(rng, size):
    """Parents first, each node once, the root last; and the faster order is the same without leaves."""
    _, nodes = random_graph(rng.choice, size)
    root = nodes[-1]
    order = root.topological_order()
    at = {id(v): i for i, v in enumerate(order)}
    assert order[-1] is root
    assert len(at) == len(order)
    assert set(at) == {id(v) for v in all_nodes([root])}
    assert all(at[id(p)] < at[id(v)] for v in order for p in v.parents)
    for _ in range(2):  # again without a sweep in between: nothing is left over
        for v in order:
            v.grad = 0.5
        inner, leaves = inner_order(root) if root.op else ([], [])
        assert list(map(id, inner)) == [id(v) for v in order if v.op is not None]
        below = {v: 0.5 for v in order if v.op is None and v is not root}
        assert dict(leaves) == below
        assert [v.grad for v in inner] == [0.0] * len(inner)
        assert [v.grad for v in below] == [0.5] * len(below)


@graphs
@some
def test_backward_adds_up_the_steps(rng, size):
    """Bit for bit: `backward` is `steps` over the reversed order, added up."""
    leaves, nodes = random_graph(rng.choice, size)
    root = nodes[-1]
    root.backward(1.5)
    order = root.topological_order()
    grads = {id(v): v.grad for v in order}
    for v in order:
        v.grad = 0.0
    root.grad = 1.5
    for v in reversed(order):
        for step in v.steps():
            assert isinstance(step, Edge)
            assert step.node is v
            assert step.contribution == step.adjoint * step.partial
            assert step.adjoint == v.grad
            step.parent.grad += step.contribution
    assert {id(v): v.grad for v in order} == grads
    assert [(g.data) for g in mk.grad(root, leaves)] == pytest.approx(
        [v.grad / 1.5 if root.op else v is root for v in leaves], rel=1e-9, abs=1e-12
    )


@graphs
@some
def test_accumulation_is_linear(rng, size):
    """Two backward passes give twice the gradient of leaves, from any roots in any order."""
    leaves, nodes = random_graph(rng.choice, size)
    roots = [rng.choice(nodes) for _ in range(3)]
    single = []
    for root in roots:
        for v in leaves:
            v.grad = 0.0
        root.backward()
        single.append([v.grad for v in leaves])
    for v in leaves:
        v.grad = 0.0
    for root in (*roots, *reversed(roots)):
        root.backward()
    sums = [2 * sum(column) for column in zip(*single, strict=True)]
    assert [v.grad for v in leaves] == pytest.approx(sums, rel=1e-9, abs=1e-12)


@graphs
@settings(max_examples=25, deadline=None)
def test_like_pytorch_on_random_graphs(rng, size):
    leaves, nodes = random_graph(rng.choice, size)
    root = nodes[-1]
    twins = {}
    for v in root.topological_order():
        if v.op is None:
            twins[v] = torch.tensor(v.data, dtype=torch.float64, requires_grad=True)
        else:
            args = [
                twins[x]
                if isinstance(x, Value)
                else torch.tensor(x, dtype=torch.float64)
                for x in v.operands
            ]
            stacked = [
                torch.stack(a) if isinstance(a, list) else a for a in split(v.op, args)
            ]
            f = SLOPE_LEARNED.get(v.op.name) or torch_function(v.op.name)
            twins[v] = f(*stacked)
    reached = [v for v in leaves if v in twins]
    assume(root.op is not None and reached)
    grads = torch.autograd.grad(
        twins[root], [twins[v] for v in reached], allow_unused=True
    )
    assert root.data == pytest.approx(twins[root].item(), rel=1e-9, abs=1e-12)
    ours = [g.data for g in mk.grad(root, leaves)]
    theirs = {
        v: 0.0 if g is None else g.item() for v, g in zip(reached, grads, strict=True)
    }
    assert ours == pytest.approx(
        [theirs.get(v, 0.0) for v in leaves], rel=1e-9, abs=1e-10
    )


# ---- the graph ----------------------------------------------------------------------------------------


def test_operands_parents_partials():
    a, b = Value(3.0), Value(4.0)
    for v, wanted, partials in (
        (a * b, (a, b), (4.0, 3.0)),
        (a * 2, (a, 2.0), (2.0,)),
        (2 * a, (2.0, a), (2.0,)),
        (a - 1, (a, 1.0), (1.0,)),
        (1 - a, (1.0, a), (-1.0,)),
        (a * a, (a, a), (3.0, 3.0)),
        (-a, (a,), (-1.0,)),
        (mk.linear([a], [b], 1.0), None, (4.0, 3.0, 1.0)),
        (mk.sum([a, a]), (a, a), (1.0, 1.0)),
        (a, (), ()),
    ):
        if wanted is not None:
            assert len(v.operands) == len(wanted)
            assert all(
                x is y or (type(x) is float and x == y)
                for x, y in zip(v.operands, wanted, strict=True)
            )
        assert v.partials == partials
        assert v.parents == tuple(x for x in v.operands if isinstance(x, Value))
        assert len(v.steps()) == len(v.parents)


def test_steps_of_a_leaf_and_of_repeats():
    a = Value(3.0)
    assert a.steps() == []
    y = a * a
    y.grad = 2.0
    assert [
        (s.parent is a, s.adjoint, s.partial, s.contribution) for s in y.steps()
    ] == [(True, 2.0, 3.0, 6.0)] * 2


def test_detach():
    a = Value(2.0, "a")
    b = a * 3
    c = b.detach()
    assert (c.data, c.op, c.parents, c.grad) == (6.0, None, (), 0.0)
    (c * a).backward()
    assert (a.grad, c.grad, b.grad) == (6.0, 2.0, 0.0)
    assert a.detach() is not a
    assert a.detach().label == "a"


@pytest.mark.parametrize(
    "duplicate",
    [copy.copy, copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))],
    ids=["copy", "deepcopy", "pickle"],
)
def test_copies_are_leaves(duplicate):
    a = Value(2.0, "a")
    y = a * 3
    y.label = "y"
    y.backward()
    twin = duplicate(y)
    assert (twin.data, twin.grad, twin.label, twin.op, twin.parents) == (
        6.0,
        1.0,
        "y",
        None,
        (),
    )
    with pytest.raises(RuntimeError, match=r"backward: .*'y'.* is a copy"):
        twin.backward()
    assert (y.grad, a.grad) == (1.0, 3.0)
    values = [a, a, y]
    twins = duplicate(values)
    assert [v.data for v in twins] == [2.0, 2.0, 6.0]
    assert twins[0] is twins[1]


def test_as_value():
    a = Value(1.0)
    assert mk.as_value(a) is a
    assert mk.as_value(2).data == 2.0
    for bad in ("2", None, [1.0]):
        with pytest.raises(TypeError, match="thing"):
            mk.as_value(bad, "thing")


# ---- no_grad ------------------------------------------------------------------------------------------


def test_no_grad_computes_and_records_nothing():
    a = Value(2.0)
    with no_grad():
        for v in (
            a * a,
            a + 1,
            1 - a,
            -a,
            a.tanh(),
            mk.sum([a, 1.0]),
            mk.linear([a], [a], a),
            a**a,
        ):
            assert (v.op, v.operands, v.parents, v.partials) == (None, (), (), ())
            assert math.isfinite(v.data)
    assert (a * a).parents == (a, a)


def test_no_grad_nests_decorates_and_survives_errors():
    a = Value(2.0)
    pause = no_grad()
    with pause:
        with pause, no_grad():
            assert (a * a).op is None
        assert (a * a).op is None
    assert (a * a).op is not None

    @no_grad()
    def evaluate(depth):
        return evaluate(depth - 1) if depth else a * a

    assert evaluate(3).op is None
    with pytest.raises(KeyError), no_grad():
        raise KeyError
    with pytest.raises(ZeroDivisionError), no_grad():
        a / 0
    assert (a * a).op is not None
    assert evaluate.__name__ == "evaluate"


def test_no_grad_is_of_one_thread():
    """Threads that record and threads that do not, switching as often as Python can."""
    wrong, start = [], threading.Barrier(8)
    interval = sys.getswitchinterval()

    def record():
        start.wait()
        for i in range(3000):
            x = Value(float(i))
            if (x * x + 1).op is None:
                wrong.append("did not record")

    def pause():
        start.wait()
        for i in range(600):
            with no_grad():
                for _ in range(5):
                    x = Value(float(i))
                    if (x * x + 1).op is not None:
                        wrong.append("recorded")
            if (x * x).op is None:
                wrong.append("did not record after")

    threads = [threading.Thread(target=f) for f in (record, pause) * 4]
    sys.setswitchinterval(1e-6)
    try:
        for t in threads:
            t.start()
        for t in threads:
            t.join()
    finally:
        sys.setswitchinterval(interval)
    assert wrong == []
    assert (Value(1.0) * 2).op is not None


def test_a_thread_that_dies_inside_no_grad_changes_nothing():
    def dies():
        with no_grad():
            raise KeyError

    def survives():
        with pytest.raises(KeyError):
            dies()

    t = threading.Thread(target=survives)
    t.start()
    t.join()
    assert (Value(1.0) * 2).op is not None


# ---- memory -------------------------------------------------------------------------------------------


def alive():
    return sum(type(x) is Value for x in gc.get_objects())


@pytest.fixture
def no_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def use_everything(leaves):
    """Record with every op, sweep, differentiate twice, order, print and copy."""
    _, nodes = random_graph(random.Random(0).choice, 200)
    a, b, c = leaves
    y = (
        sum(nodes[-20:])
        + mk.linear([a, b], [b, c], c) * mk.logsumexp([a, b, c])
        + a**2 / (1 + b.exp())
    )
    y.backward()
    y.backward()
    (da, db) = mk.grad(y, [a, b], create_graph=True)
    (da * db).backward()
    mk.grad(da, [b], create_graph=True)
    y.topological_order()[0].steps()
    repr(y), y._prev, y._op, copy.deepcopy(y), y.detach(), y.zero_grad()
    with no_grad():
        y * 2
    for bad in (lambda: y / 0, lambda: y + "1", lambda: mk.sum([y, None])):
        with pytest.raises((ZeroDivisionError, TypeError)):
            bad()
    return y


@pytest.mark.usefixtures("no_collector")
def test_a_graph_goes_with_its_last_name():
    """With the collector off: no cycles anywhere, so `del loss` leaves only the leaves."""
    leaves = [Value(0.5), Value(1.5), Value(-0.5)]
    use_everything(leaves)  # what is made once, at first use, is made here
    gc.collect()
    before = alive()
    for _ in range(3):
        y = use_everything(leaves)
        assert alive() > before + 100
        del y
        assert alive() == before
    assert gc.collect() == 0  # nothing that only a collector could have freed
    assert all(
        sys.getrefcount(v) == 3 for v in leaves
    )  # the list, the loop's name and the call


@pytest.mark.usefixtures("no_collector")
def test_a_loop_of_training_does_not_grow():
    w = Value(0.5)
    xs = [0.1 * i for i in range(50)]

    def step():
        loss = sum((w * x - 2 * x) ** 2 for x in xs) / len(xs)
        w.grad = 0.0
        loss.backward()
        w.data -= 0.1 * w.grad

    step()
    before = alive()
    for _ in range(20):
        step()
    assert alive() == before
    assert w.data == pytest.approx(2.0, abs=1e-3)


@pytest.mark.usefixtures("no_collector")
def test_bytes_of_a_node():
    """A node of a chain takes at most 160 bytes, its numbers included."""
    x = v = Value(1.0)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(10_000):
            v = v * 1.0001
        taken = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert x.grad == 0.0
    assert taken / 10_000 <= 160
