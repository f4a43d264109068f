"""What keeps a network from learning by heart: dropout, penalties, clipped gradients."""

import math
import pickle
import random
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from micrograd_kr import MLP, Layer, Module, Value, draw, fit
from micrograd_kr.nn import (
    SGD,
    Dropout,
    clip_grad_norm,
    drops,
    evaluating,
    l1,
    l2,
    mse,
)
from micrograd_kr.training import evaluate, watch
from micrograd_kr.training.plot import outputs_of

numbers = st.lists(st.floats(-100, 100), min_size=1, max_size=8)


class Net(Module):
    """A layer, dropout, a layer: as one writes it in PyTorch."""

    def __init__(self, p: float = 0.5) -> None:
        self.hidden = Layer(2, 8, "tanh", seed=1)
        self.dropout = Dropout(p, seed=3)
        self.out = Layer(8, 1, None, seed=2)

    def forward(self, x: Any) -> Any:
        return self.out(self.dropout(self.hidden(x)))


X = [[0.5, -1.0], [1.0, 0.25], [-0.5, 0.75], [0.1, 0.2]]
Y = [1.0, -1.0, 0.5, 0.0]


# ---- dropout ----------------------------------------------------------------------------


@given(numbers, st.sampled_from([0.1, 0.5, 0.9]), st.integers(0, 100))
def test_what_is_kept_is_scaled_and_the_graph_shows_it(
    xs: list[float], p: float, seed: int
) -> None:
    """The factors in the graph are 0 or 1 / (1 - p), and the gradients are they."""
    values = [Value(x) for x in xs]
    out = Dropout(p, seed)(values)
    factors = [v.operands[1] for v in out]
    assert set(factors) <= {0.0, 1 / (1 - p)}
    theirs = torch.tensor(xs, dtype=torch.float64, requires_grad=True)
    mask = torch.tensor(factors, dtype=torch.float64)
    total = (theirs * mask).square().sum()
    total.backward()
    ours = sum((v * v for v in out), Value(0.0))
    ours.backward()
    assert ours.data == pytest.approx(total.item())
    assert [v.grad for v in values] == pytest.approx(theirs.grad.tolist())


def test_the_mean_is_kept_and_the_share_is_p() -> None:
    n, p = 20_000, 0.3
    out = Dropout(p, seed=0)([1.0] * n)
    dropped = sum(v.data == 0 for v in out)
    assert dropped / n == pytest.approx(p, abs=4 * math.sqrt(p * (1 - p) / n))
    torch.manual_seed(0)
    theirs = torch.nn.Dropout(p)(torch.ones(n))
    kept = theirs[theirs > 0]
    (ours,) = {v.data for v in out if v.data}
    assert ours == pytest.approx(float(kept[0]))


def test_the_same_seed_is_the_same_mask_and_the_next_call_another() -> None:
    one, other = Dropout(0.5, seed=7), Dropout(0.5, seed=random.Random(7))
    first = [v.data for v in one([1.0] * 32)]
    assert first == [v.data for v in other([1.0] * 32)]
    assert first != [v.data for v in one([1.0] * 32)]
    assert [v.data for v in pickle.loads(pickle.dumps(one))([1.0] * 32)] == [
        v.data for v in one([1.0] * 32)
    ]


def test_a_single_number_and_an_array() -> None:
    np = pytest.importorskip("numpy")
    drop = Dropout(0.5, seed=1)
    assert drop(Value(3.0)).data in (0.0, 6.0)
    assert {v.data for v in drop(np.ones(64))} == {0.0, 2.0}
    assert [v.data for v in Dropout(1.0)([1.0, 2.0])] == [0.0, 0.0]
    x = Value(1.0)
    assert Dropout(0.0)(x) is x


@pytest.mark.parametrize("p", [-0.1, 1.1, math.nan, "half", None])
def test_what_is_no_probability(p: Any) -> None:
    with pytest.raises(ValueError, match="probability from 0 to 1"):
        Dropout(p)


def test_train_and_eval_reach_every_part_as_in_pytorch() -> None:
    net = Net()
    assert net.training
    assert net.eval() is net
    assert not any(part.training for part in net.with_parts())
    assert net(X[0]).data == net(X[0]).data
    assert not drops(net)
    assert net.train() is net
    assert net.dropout.training
    assert drops(net)
    assert len({net(X[0]).data for _ in range(10)}) > 1
    assert [type(p).__name__ for p in net.with_parts()].count("Neuron") == 9


def test_evaluating_gives_each_part_back_what_it_had() -> None:
    net = Net()
    net.hidden.eval()

    def interrupted() -> None:
        with evaluating(net):
            assert not net.dropout.training
            raise KeyError

    with pytest.raises(KeyError):
        interrupted()
    assert net.dropout.training
    assert not net.hidden.training


def test_fit_trains_with_it_and_measures_without() -> None:
    net = Net()
    validation = (X, Y)
    history = fit(
        net, X, Y, loss="mse", epochs=3, validation=validation, progress=False
    )
    assert net.training
    measured = evaluate(net, X, Y, loss="mse")[0]
    assert history.validation_loss[-1] == measured
    assert measured == mse([net.eval()(x) for x in X], Y).data
    np = pytest.importorskip("numpy")
    net.train()
    assert np.ravel(outputs_of(net, X)).tolist() == pytest.approx(
        [net.eval()(x).data for x in X]
    )


def test_a_program_cannot_draw_lots() -> None:
    pytest.importorskip("numpy")
    net = Net()
    with pytest.raises(ValueError, match=r"compiled=False.*model\.eval\(\)"):
        fit(net, X, Y, loss="mse", epochs=1, compiled=True, progress=False)
    with pytest.raises(ValueError, match="Dropout"):
        watch(net, X, Y, loss="mse")
    fit(net.eval(), X, Y, loss="mse", epochs=1, compiled=True, progress=False)


def test_it_has_no_parameters_and_a_picture() -> None:
    net = Net()
    names = [name for name, _ in net.named_parameters()]
    assert len(names) == 8 * 3 + 9
    assert not [name for name in names if "dropout" in name]
    assert "total" in net.summary()
    assert "* 2" in draw(Dropout(0.5, seed=1)([Value(1.0), Value(1.0)])[1]).svg()
    assert repr(net.dropout) == "Dropout(0.5)"


# ---- penalties --------------------------------------------------------------------------


@given(numbers)
def test_penalties(xs: list[float]) -> None:
    values = [Value(x) for x in xs]
    for ours, theirs in ((l1, lambda t: t.abs().sum()), (l2, lambda t: (t * t).sum())):
        t = torch.tensor(xs, dtype=torch.float64, requires_grad=True)
        total = theirs(t)
        total.backward()
        for v in values:
            v.grad = 0.0
        penalty = ours(values)
        penalty.backward()
        assert penalty.data == pytest.approx(total.item())
        assert [v.grad for v in values] == pytest.approx(t.grad.tolist())


def test_the_lasso_makes_the_useless_weight_zero() -> None:
    """Of two inputs one says nothing: its weight goes to 0, and stays with L2 alone."""

    def trained(penalty: Any) -> list[float]:
        layer = Layer(2, 1, None, init="uniform", seed=0)
        rng = random.Random(1)
        xs = [[rng.gauss(0, 1), rng.gauss(0, 1)] for _ in range(20)]
        ys = [2 * x + 0.1 * rng.gauss(0, 1) for x, _ in xs]

        def loss(outputs: Any, targets: Any) -> Value:
            return mse(outputs, targets) + 0.2 * penalty(layer.neurons[0].w)

        fit(layer, xs, ys, loss=loss, optimizer=SGD(layer, 0.05), epochs=150, progress=False)  # fmt: skip
        return [abs(w.data) for w in layer.neurons[0].w]

    assert trained(l1)[1] < 0.02
    assert trained(l1)[0] > 1.5
    assert trained(l2)[1] > 0.005


@pytest.mark.parametrize("take", [l1, l2, lambda given: clip_grad_norm(given, 1.0)])
@pytest.mark.parametrize("given", [3.0, Value(1.0), [1.0, 2.0], "wb", MLP])
def test_what_is_no_parameters_is_told(take: Any, given: Any) -> None:
    with pytest.raises(TypeError, match="a Module or a list of Values"):
        take(given)


def test_a_penalty_of_a_module_is_that_of_its_parameters() -> None:
    net = Net()
    assert l1(net).data == pytest.approx(sum(abs(p.data) for p in net.parameters()))


# ---- clipping ---------------------------------------------------------------------------


@given(numbers, st.floats(0.01, 1000))
def test_clipping_is_pytorch_s(grads: list[float], most: float) -> None:
    values = [Value(0.0) for _ in grads]
    tensors = [torch.zeros(1, dtype=torch.float64) for _ in grads]
    for v, t, g in zip(values, tensors, grads, strict=True):
        v.grad = g
        t.grad = torch.tensor([g], dtype=torch.float64)
    norm = clip_grad_norm(values, most)
    theirs = torch.nn.utils.clip_grad_norm_(tensors, most)
    assert norm == pytest.approx(theirs.item())
    clipped = [v.grad for v in values]
    # PyTorch divides by norm + 1e-6
    right = [t.grad.item() for t in tensors]
    assert clipped == pytest.approx(right, rel=2e-4, abs=1e-9)
    assert math.hypot(*clipped) <= most * (1 + 1e-12) or norm <= most


def test_clipping_of_a_module_of_huge_grads_and_what_it_refuses() -> None:
    net = Net()
    for p in net.parameters():
        p.grad = 1e300
    assert clip_grad_norm(net, 1.0) > 1e300  # no square overflows
    assert math.hypot(*[p.grad for p in net.parameters()]) == pytest.approx(1.0)
    assert clip_grad_norm([Value(1.0)], 1.0) == 0.0
    for most in (0, -1.0, math.nan, "1"):
        with pytest.raises(ValueError, match="must be a positive number"):
            clip_grad_norm(net, most)
    net.parameters()[3].grad = math.inf
    with pytest.raises(OverflowError, match=r"neuron1\.w0.* is inf"):
        clip_grad_norm(net, 1.0)
