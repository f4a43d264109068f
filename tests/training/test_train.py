"""The training loop: equal to a loop written out, the same to the bit, and safe to stop at any point."""

import builtins
import gc
import os
import random
import signal
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from micrograd_kr import MLP, Value
from micrograd_kr.nn.losses import (
    accuracy,
    binary_cross_entropy,
    cross_entropy,
    hinge,
    mse,
)
from micrograd_kr.nn.optim import SGD, Adam
from micrograd_kr.training.data import make_moons, make_xor
from micrograd_kr.training.fit import evaluate, fit
from micrograd_kr.training.history import Epoch, History

X, Y = make_moons(20, seed=3)


def network(seed=0):
    return MLP(2, [4, 1], activation="tanh", seed=seed)


def data(model):
    return [p.data for p in model.parameters()]


def quiet(model, epochs=3, **options):
    options = {"loss": binary_cross_entropy, "progress": False, **options}
    return fit(
        model, options.pop("X", X), options.pop("y", Y), epochs=epochs, **options
    )


@pytest.mark.parametrize(
    "make",
    [lambda p: SGD(p, 0.1, momentum=0.9), lambda p: Adam(p, 0.05)],
    ids=["SGD", "Adam"],
)
def test_it_is_the_loop_a_learner_writes(make):
    by_hand, fitted = network(), network()
    optimizer, losses, scores = make(by_hand.parameters()), [], []
    for _ in range(5):
        outputs = [by_hand(x) for x in X]
        loss = binary_cross_entropy(outputs, Y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.data)
        scores.append(accuracy([by_hand(x) for x in X], Y))
    history = quiet(fitted, 5, optimizer=make(fitted.parameters()), metric=accuracy)
    assert data(fitted) == data(by_hand)
    assert history.loss == pytest.approx(losses, rel=1e-15)
    assert history.metric == pytest.approx(scores, rel=1e-15)
    assert losses[-1] < losses[0]


@settings(max_examples=50, deadline=None)
@given(batch_size=st.integers(1, 25), seed=st.integers(0, 1000))
def test_the_same_call_gives_the_same_numbers_to_the_bit(batch_size, seed):
    runs = []
    for noise in (1, 2):
        random.seed(noise)  # Python's own state has no say
        model = network()
        history = quiet(
            model, 2, batch_size=batch_size, seed=seed, validation=(X[:5], Y[:5])
        )
        runs.append((data(model), list(history)))
    assert runs[0] == runs[1]


def test_another_seed_is_another_order_and_whole_batches_need_none():
    models = [network() for _ in range(4)]
    for model, (seed, batch_size) in zip(
        models, [(0, 4), (1, 4), (0, None), (1, 20)], strict=True
    ):
        quiet(model, seed=seed, batch_size=batch_size)
    assert data(models[0]) != data(models[1])
    assert data(models[2]) == data(models[3])


@settings(max_examples=50, deadline=None)
@given(n=st.integers(1, 13), batch_size=st.integers(1, 15), epochs=st.integers(1, 3))
def test_each_epoch_sees_every_sample_once_with_its_target(n, batch_size, epochs):
    model, seen, sizes = Value(1.0), [], []

    def line(x):
        return model * x

    def loss(outputs, targets):
        seen.extend(targets)
        sizes.append(len(targets))
        assert [round(o.data / model.data) for o in outputs] == [t / 2 for t in targets]
        return mse(outputs, targets)

    samples = [float(i) for i in range(n)]
    optimizer = SGD([model], lr=1e-9)
    fit(line, samples, [2 * x for x in samples], loss=loss, optimizer=optimizer, epochs=epochs, batch_size=batch_size,
        progress=False)  # fmt: skip
    for epoch in range(epochs):
        assert sorted(seen[epoch * n : (epoch + 1) * n]) == [2 * x for x in samples]
    assert max(sizes) == min(batch_size, n)
    assert len(sizes) == epochs * -(-n // batch_size)


@pytest.mark.parametrize("batch_size", [1, 3, 7, 20])
def test_the_loss_of_an_epoch_is_the_mean_over_samples_not_over_batches(batch_size):
    model = network()
    history = quiet(
        model,
        1,
        optimizer=SGD(model.parameters(), lr=1e-300),
        batch_size=batch_size,
        metric=accuracy,
    )
    assert (history[0].loss, history[0].metric) == pytest.approx(
        evaluate(model, X, Y, loss=binary_cross_entropy, metric=accuracy), rel=1e-12
    )


def test_validation_is_measured_after_the_epoch_and_changes_nothing():
    held_out = make_moons(12, seed=9)
    alone, watched = network(), network()
    quiet(alone)
    history = quiet(watched, validation=held_out, metric=accuracy)
    assert data(alone) == data(watched)
    last = evaluate(watched, *held_out, loss=binary_cross_entropy, metric=accuracy)
    assert history[-1][1:] == (history.validation_loss[-1], history.metric[-1]) == last
    assert quiet(network())[0] == Epoch(history.loss[0], None, None)


def test_evaluate_records_no_graph():
    model, outputs = network(), []
    evaluate(model, X, Y, loss=lambda o, t: outputs.append(o[0]) or mse(o, t))
    assert outputs[0].parents == ()


def test_early_stopping_ends_with_the_best_parameters():
    model, noise = network(), random.Random(0)
    targets = [
        noise.randint(0, 1) for _ in X
    ]  # nothing to learn: the validation loss turns up soon
    optimizer = Adam(model.parameters(), lr=0.1)
    history = quiet(
        model, 200, y=targets, optimizer=optimizer, validation=make_xor(40), patience=7
    )
    best = min(range(len(history)), key=history.validation_loss.__getitem__)
    assert history.stopped == "early"
    assert best == len(history) - 1 - 7
    assert (
        evaluate(model, *make_xor(40), loss=binary_cross_entropy)[0]
        == history.validation_loss[best]
    )
    assert optimizer.steps == best + 1


def test_patience_ends_with_the_best_parameters_even_if_it_never_runs_out():
    model = network()
    held_out = make_xor(40)
    history = quiet(
        model,
        30,
        optimizer=Adam(model.parameters(), lr=0.3),
        validation=held_out,
        patience=1000,
    )
    assert len(history) == 30
    assert history.stopped == ""
    assert min(history.validation_loss) < history.validation_loss[-1]
    assert evaluate(model, *held_out, loss=binary_cross_entropy)[0] == min(
        history.validation_loss
    )


def test_callbacks_see_each_epoch_and_can_stop_and_change_the_learning_rate():
    model = network()
    optimizer, rows = SGD(model.parameters(), lr=1.0), []

    def halve(history):
        optimizer.lr /= 2
        rows.append(history[-1])

    history = quiet(
        model, 10, optimizer=optimizer, callbacks=[halve, lambda h: len(h) == 4]
    )
    assert rows == list(history)
    assert len(history) == 4
    assert history.stopped == "early"
    assert optimizer.lr == 1 / 16


def test_a_callback_that_returns_something_else_does_not_stop():
    assert len(quiet(network(), 3, callbacks=[lambda h: 1, lambda h: "yes"])) == 3


class Interrupted(list):
    """Samples; the n-th access to one is Ctrl-C."""

    def __init__(self, items, n):
        super().__init__(items)
        self.left = n

    def __getitem__(self, i):
        self.left -= 1
        if not self.left:
            signal.raise_signal(signal.SIGINT)
        return super().__getitem__(i)


@settings(max_examples=50, deadline=None)
@given(n=st.integers(1, 100))
def test_ctrl_c_keeps_the_last_complete_step_and_the_history(n):
    steps, rows = divmod(n - 1, 5)[0], (n - 1) // 20  # 4 batches of 5 in an epoch
    stopped, whole = network(), network()
    optimizer = Adam(stopped.parameters(), lr=0.01)
    history = quiet(stopped, 5, X=Interrupted(X, n), batch_size=5, optimizer=optimizer)
    steps_of = []
    reference = Adam(whole.parameters(), lr=0.01)
    plain_step = reference.step
    reference.step = lambda: (plain_step(), steps_of.append(data(whole)))
    full = quiet(whole, 5, batch_size=5, optimizer=reference)
    assert history.stopped == "interrupted"
    assert list(history) == full[:rows]
    assert data(stopped) == (steps_of[steps - 1] if steps else data(network()))
    assert optimizer.steps == steps


def test_ctrl_c_in_the_middle_of_a_step_leaves_no_half_step():
    model, before = network(), []

    class Cut(Value):
        """A parameter whose third change is interrupted."""

        changes = 0

        def __setattr__(self, name, value):
            if name == "data":
                Cut.changes += 1
                if Cut.changes == 3:
                    raise KeyboardInterrupt
            super().__setattr__(name, value)

    model.layers[0].neurons[2].b = Cut(0.0, label="b")
    history = quiet(model, 10, callbacks=[lambda h: before.append(data(model))])
    assert history.stopped == "interrupted"
    assert len(history) == 2
    assert data(model) == before[-1]


def test_training_goes_on_after_an_interruption_as_if_there_had_been_none():
    stopped, whole = network(), network()
    optimizer = Adam(stopped.parameters(), lr=0.01)
    first = quiet(stopped, 6, X=Interrupted(X, 50), optimizer=optimizer)
    rest = quiet(stopped, 6 - len(first), optimizer=optimizer)
    full = quiet(whole, 6, optimizer=Adam(whole.parameters(), lr=0.01))
    assert data(stopped) == data(whole)
    assert [*first, *rest] == full


def test_a_real_ctrl_c_in_a_terminal_ends_with_the_history_and_a_trained_model():
    pty = pytest.importorskip("pty")
    code = (
        "from micrograd_kr import MLP; from micrograd_kr.training.data import *; from micrograd_kr.nn.losses import *\n"
        "from micrograd_kr.training.fit import fit\n"
        "X, y = make_moons(10); model = MLP(2, [2, 1], seed=0); start = [p.data for p in model.parameters()]\n"
        "h = fit(model, X, y, loss=mse, epochs=10**7)\n"
        "print('END', h.stopped, len(h) > 0, [p.data for p in model.parameters()] != start)\n"
    )
    master, slave = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=slave,
        stderr=slave,
        env={**os.environ, "TERM": "xterm"},
    )
    os.close(slave)
    shown = b""
    while b"loss" not in shown and child.poll() is None:
        shown += os.read(master, 4096)
    child.send_signal(signal.SIGINT)
    try:
        while chunk := os.read(master, 4096):
            shown += chunk
    except OSError:  # Linux says so when the other end is closed
        pass
    os.close(master)
    assert child.wait() == 0, shown
    assert b"END interrupted True True" in shown
    assert "━".encode() in shown  # rich's bar
    assert b"interrupted after" in shown


ONES, CLASSES = [2 * t - 1 for t in Y], [t + i % 2 for i, t in enumerate(Y)]


@pytest.mark.parametrize(
    ("loss", "outputs", "targets"),
    [
        (binary_cross_entropy, 1, Y),
        (hinge, 1, ONES),
        (mse, 1, [0.5 * t for t in CLASSES]),
        (mse, 2, [[t, -t] for t in CLASSES]),
        (cross_entropy, 3, CLASSES),
        (cross_entropy, 2, [[0.25, 0.75]] * 10 + [[1.0, 0.0]] * 10),
    ],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_compiled_training_takes_the_same_steps(loss, outputs, targets):
    runs = []
    for compiled in (False, True):
        model = MLP(2, [5, outputs], activation="tanh", seed=1)
        optimizer = Adam(model.parameters(), lr=0.02)
        history = quiet(
            model, 4, y=targets, loss=loss, optimizer=optimizer, batch_size=7, compiled=compiled,
            validation=(X[:6], targets[:6]), metric=None if loss is mse else accuracy,
        )  # fmt: skip
        runs.append((data(model), history))
    assert runs[1][0] == pytest.approx(runs[0][0], rel=1e-9, abs=1e-12)
    for eager, array in zip(runs[0][1], runs[1][1], strict=True):
        assert array[:2] == pytest.approx(eager[:2], rel=1e-9)
        assert array.metric == eager.metric


def test_compiled_training_of_samples_of_one_number():
    w, b = Value(0.5), Value(0.0)
    xs = [0.1 * i for i in range(10)]
    optimizer = SGD([w, b], lr=0.5)
    line = [3 * x - 1 for x in xs]
    history = quiet(
        lambda x: w * x + b,
        300,
        X=xs,
        y=line,
        loss=mse,
        optimizer=optimizer,
        compiled=True,
    )
    assert (w.data, b.data) == pytest.approx((3, -1), abs=1e-3)
    assert history[-1].loss < 1e-6


@pytest.mark.parametrize(
    ("loss", "targets"), [(hinge, [1] * 19 + [0]), (cross_entropy, [0] * 19 + [2])]
)
def test_compiled_or_not_a_wrong_target_is_an_error(loss, targets):
    for compiled in (False, True):
        model = MLP(2, [2], seed=0) if loss is cross_entropy else network()
        before = data(model)
        with pytest.raises(ValueError, match=r"target 0 must|class 2 is not"):
            quiet(model, y=targets, loss=loss, compiled=compiled)
        assert data(model) == before


@pytest.mark.parametrize("compiled", [False, True])
def test_numpy_arrays_are_samples_like_any_other(compiled):
    np = pytest.importorskip("numpy")
    runs = []
    for samples, targets in ((X, CLASSES), (np.array(X), np.array(CLASSES))):
        model = MLP(2, [3, 3], seed=0)
        history = quiet(
            model,
            X=samples,
            y=targets,
            loss=cross_entropy,
            batch_size=8,
            metric=accuracy,
            compiled=compiled,
        )
        runs.append((data(model), list(history)))
    assert runs[0] == runs[1]


def alive():
    return sum(type(v) is Value for v in gc.get_objects())


def test_no_graph_is_kept_while_the_next_is_recorded_nor_at_the_end():
    model = network()
    counts, epochs = [], 4
    before = alive()
    gc.disable()
    try:

        def loss(outputs, targets):
            value = binary_cross_entropy(outputs, targets)
            counts.append(alive() - before)
            return value

        quiet(
            model,
            epochs,
            batch_size=10,
            loss=loss,
            optimizer=SGD(model.parameters(), 0.1),
        )
        after = alive() - before
    finally:
        gc.enable()
    assert counts == [counts[0]] * 2 * epochs  # always one graph, that of the batch
    assert counts[0] > 100
    assert after == 0


def test_where_there_is_no_terminal_the_progress_is_about_ten_lines(capsys):
    fit(network(), X, Y, loss=binary_cross_entropy, metric=accuracy, epochs=50)
    lines = capsys.readouterr().out.splitlines()
    assert 10 <= len(lines) <= 11
    assert lines[0].startswith("epoch  1/50  loss 1.")
    assert "accuracy 0." in lines[0]
    assert lines[-1].startswith("epoch 50/50")


@pytest.mark.parametrize("epochs", [1, 2, 9, 11])
def test_the_first_and_the_last_epoch_are_always_shown(epochs, capsys):
    fit(network(), X, Y, loss=binary_cross_entropy, epochs=epochs)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 11
    assert lines[0].split()[1] == f"1/{epochs}"
    assert lines[-1].split()[1] == f"{epochs}/{epochs}"


def test_without_rich_there_are_the_same_lines(capsys, monkeypatch):
    real = builtins.__import__

    def no_rich(name, *rest):
        if name.startswith("rich"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", no_rich)
    fit(network(), X, Y, loss=binary_cross_entropy, epochs=2)
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_progress_false_says_nothing(capsys):
    quiet(network(), 2, X=Interrupted(X, 30))
    assert capsys.readouterr() == ("", "")


def test_an_error_closes_the_bar_and_comes_through():
    def loss(outputs, targets):
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        fit(network(), X, Y, loss=loss)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": Y[:-1]}, "20 samples in X and 19 targets"),
        ({"X": [], "y": []}, "0 samples in X and 0 targets"),
        ({"epochs": 0}, "epochs must be at least 1, not 0"),
        ({"batch_size": 0}, "batch_size must be at least 1, not 0"),
        ({"patience": 0}, "patience must be at least 1, not 0"),
    ],
)
def test_errors_say_what_was_wrong(change, message):
    with pytest.raises(ValueError, match=message):
        quiet(network(), **change)


def test_the_optimizer_of_another_model_is_an_error():
    with pytest.raises(ValueError, match="none of the model's parameters"):
        quiet(network(), optimizer=SGD(network().parameters(), lr=0.1))


def test_part_of_the_parameters_can_be_trained():
    model = network()
    before = data(model)
    quiet(model, optimizer=SGD(model.layers[1].parameters(), lr=0.1))
    n = len(model.layers[0].parameters())
    assert data(model)[:n] == before[:n]
    assert data(model)[n:] != before[n:]


def test_a_history_is_a_list_of_epochs():
    history = History([Epoch(0.5, metric=0.7), Epoch(0.4, metric=0.8)])
    assert history.loss == [0.5, 0.4]
    assert history.metric == [0.7, 0.8]
    assert history.validation_loss == [None, None]
