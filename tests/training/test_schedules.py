"""Learning-rate schedules beside PyTorch's, and in a training."""

import warnings
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from micrograd_kr import Value, fit
from micrograd_kr.nn import SGD
from micrograd_kr.training import (
    cosine_decay,
    exponential_decay,
    schedule,
    step_decay,
    warmup,
)

RATE = 0.3
schedulers = torch.optim.lr_scheduler


def rates(rule: Any, epochs: int) -> list[float]:
    optimizer = SGD([Value(1.0)], lr=RATE)
    callback = schedule(optimizer, rule)
    found = [optimizer.lr]
    for epoch in range(1, epochs):
        assert callback(range(epoch)) is None  # True would end the training
        found.append(optimizer.lr)
    return found


def theirs(make: Any, epochs: int) -> list[float]:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=RATE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it misses a step of the optimizer
        scheduler = make(optimizer)
        found = []
        for _ in range(epochs):
            found.append(scheduler.get_last_lr()[0])
            scheduler.step()
    return found


@given(st.integers(1, 9), st.floats(0.05, 1.0), st.integers(1, 30))
def test_decays_are_pytorch_s(every: int, factor: float, epochs: int) -> None:
    assert rates(step_decay(every, factor), epochs) == pytest.approx(
        theirs(lambda o: schedulers.StepLR(o, every, factor), epochs)
    )
    assert rates(exponential_decay(factor), epochs) == pytest.approx(
        theirs(lambda o: schedulers.ExponentialLR(o, factor), epochs)
    )


@given(st.integers(1, 30), st.floats(0, 1.0))
def test_the_cosine_is_pytorch_s(epochs: int, lowest: float) -> None:
    ours = rates(cosine_decay(epochs, lowest), epochs + 1)
    right = theirs(
        lambda o: schedulers.CosineAnnealingLR(o, epochs, lowest * RATE), epochs + 1
    )
    assert ours == pytest.approx(right, abs=1e-12)
    assert rates(cosine_decay(epochs, lowest), epochs + 3)[-1] == pytest.approx(
        ours[-1]
    )


@given(st.integers(1, 9), st.integers(2, 30))
def test_the_warm_up_is_pytorch_s_and_goes_on(epochs: int, more: int) -> None:
    ours = rates(warmup(epochs, exponential_decay(0.5)), epochs + more)
    right = theirs(
        lambda o: schedulers.SequentialLR(
            o,
            [
                schedulers.LambdaLR(o, lambda e: (e + 1) / epochs),
                schedulers.ExponentialLR(o, 0.5),
            ],
            [epochs],
        ),
        epochs + more,
    )
    assert ours == pytest.approx(right)


@pytest.mark.parametrize("compiled", [False, True])
def test_a_training_goes_by_it(compiled: bool) -> None:
    """Gradient descent by hand: w moves by the rate of each epoch."""
    if compiled:
        pytest.importorskip("numpy")
    w = Value(0.0, "w")
    optimizer = SGD([w], lr=RATE)
    seen: list[float] = []
    fit(
        lambda x: w * x,
        [1.0],
        [3.0],
        loss="mse",
        optimizer=optimizer,
        epochs=6,
        callbacks=[lambda h: seen.append(optimizer.lr), schedule(optimizer, step_decay(2, 0.5))],
        progress=False,
        compiled=compiled,
    )  # fmt: skip
    by_hand = 0.0
    for epoch in range(6):
        by_hand -= RATE * 0.5 ** (epoch // 2) * 2 * (by_hand - 3.0)
    assert w.data == pytest.approx(by_hand, rel=1e-12)
    assert seen == [RATE * 0.5 ** (epoch // 2) for epoch in range(6)]


@pytest.mark.parametrize("rule", [step_decay, cosine_decay, warmup])
def test_epochs_are_whole_numbers(rule: Any) -> None:
    for epochs in (0, 1.5, "two"):
        with pytest.raises((TypeError, ValueError)):
            rule(epochs)
