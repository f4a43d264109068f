"""Training that stays in arrays, that diverges, and a history that shows itself."""

import gc

import pytest

from micrograd_kr import MLP, Value
from micrograd_kr import sum as total
from micrograd_kr.nn import SGD, binary_cross_entropy, mse
from micrograd_kr.training import Diverged, Epoch, History, fit, make_moons

X, Y = make_moons(20, seed=3)


@pytest.mark.filterwarnings("error")
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


def fails(loss=mse, **options):
    w = Value(1.0, "w")
    optimizer = SGD([w], lr=0.01)
    options = {"optimizer": optimizer, "epochs": 5, "progress": False} | options
    return w, lambda: fit(lambda x: w * x, [1.0], [2.0], loss=loss, **options)


def test_an_overflow_of_the_user_s_own_is_no_divergence():
    def own(*given):
        raise OverflowError("mine")

    for options in ({"loss": own}, {"callbacks": [own]}, {"metric": own}):
        _, run = fails(**options)
        with pytest.raises(OverflowError, match=r"^mine$") as caught:
            run()
        assert type(caught.value) is OverflowError


@pytest.mark.parametrize("was_on", [True, False])
@pytest.mark.parametrize("error", [None, ZeroDivisionError, KeyboardInterrupt])
def test_the_collector_rests_during_a_step_and_is_then_as_it_was(was_on, error):
    seen = []

    def loss(outputs, targets):
        seen.append(gc.isenabled())
        if error and len(seen) == 3:
            raise error
        return mse(outputs, targets)

    between = []
    _, run = fails(loss=loss, callbacks=[lambda h: between.append(gc.isenabled())])
    before = gc.isenabled()
    try:
        gc.enable() if was_on else gc.disable()
        try:
            run()
        except ZeroDivisionError:
            assert error is ZeroDivisionError
        assert gc.isenabled() is was_on
    finally:
        gc.enable() if before else gc.disable()
    assert set(seen) == {False}
    assert set(between) == {was_on}


def test_compiled_training_measures_what_the_model_would():
    runs = []
    for compiled in (False, True):
        model = MLP(2, [4, 1], seed=0)
        history = fit(
            model, X, Y, loss="bce", metric="accuracy", validation=(X[:7], Y[:7]),
            epochs=4, progress=False, compiled=compiled,
        )  # fmt: skip
        runs.append(history)
    assert runs[1].metric == runs[0].metric
    measured = runs[0].validation_loss
    assert runs[1].validation_loss == pytest.approx(measured, rel=1e-9)
