"""Training that stays in arrays, that diverges, and a history that shows itself."""

import pytest

from micrograd_kr import MLP, Value
from micrograd_kr import sum as total
from micrograd_kr.nn import SGD, binary_cross_entropy, mse
from micrograd_kr.training import Diverged, Epoch, History, fit, make_moons

X, Y = make_moons(20, seed=3)


@pytest.mark.parametrize("compiled", [False, True])
def test_divergence_tells_the_epoch_and_keeps_history_and_model(compiled):
    w = Value(1.0, "w")
    xs = [1.0, 2.0, 3.0]
    with pytest.raises(Diverged, match="lower the learning rate") as caught:
        fit(
            lambda x: w * x, xs, xs[::-1], loss=mse, optimizer=SGD([w], lr=1e60),
            progress=False, compiled=compiled,
        )  # fmt: skip
    history = caught.value.history
    assert len(history) >= 1
    assert history.stopped == "diverged"
    assert f"epoch {len(history) + 1}" in str(caught.value)
    assert abs(w.data) < 1e300


def test_a_sum_is_no_loss_for_a_compiled_training():
    def summed(outputs, targets):
        return total([(o - t) ** 2 for o, t in zip(outputs, targets, strict=True)])

    with pytest.raises(ValueError, match="a mean over the samples"):
        fit(MLP(2, [1]), X, Y, loss=summed, progress=False, compiled=True)


def test_compiled_training_calls_nobody_home_before_it_ends():
    model = MLP(2, [4, 1], seed=0)
    fit(model, X, Y, loss=binary_cross_entropy, epochs=3, progress=False, compiled=True)
    parameters = model.parameters()
    assert type(parameters[0]) is not Value
    assert isinstance(parameters[0].data, float)
    assert {type(p) for p in parameters} == {Value}


def test_a_history_is_one_line_and_a_picture():
    pytest.importorskip("matplotlib")
    history = History([Epoch(0.7), Epoch(0.4)])
    assert repr(history) == "<History of 2 epochs: loss 0.7 to 0.4>"
    assert history._repr_png_().startswith(b"\x89PNG")
    assert history.plot().axes[0].get_lines()
