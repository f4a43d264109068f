"""Optimizers against PyTorch's, step by step."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from micrograd_kr import Value
from micrograd_kr.nn.optim import SGD, Adam, AdamW, Optimizer

START = (-1.2, 1.0, 0.3)


def uphill(x, y, z):
    """A curved function of three: steps differ every time, gradients change sign."""
    return (1 - x) ** 2 + 10 * (y - x * x) ** 2 + (z * x).tanh() + 0.5 * z * z


def same_path(ours, theirs, steps=25):
    """Both optimizers from START, each with its own gradients: the same parameters after every step."""
    values = [Value(p) for p in START]
    leaves = [torch.tensor(p, dtype=torch.float64, requires_grad=True) for p in START]
    mine, reference = ours(values), theirs(leaves)
    for _ in range(steps):
        mine.zero_grad()
        uphill(*values).backward()
        mine.step()
        reference.zero_grad()
        uphill(*leaves).backward()
        reference.step()
        assert [v.data for v in values] == pytest.approx(
            [t.item() for t in leaves], rel=1e-9, abs=1e-11
        )
    assert [v.data for v in values] != list(START)


rates = st.sampled_from([1e-4, 1e-3, 0.01])
decays = st.sampled_from([0.0, 0.01, 0.3])


@given(rates, st.sampled_from([0.0, 0.5, 0.9]), decays)
@settings(deadline=None)
def test_sgd(lr, momentum, decay):
    same_path(
        lambda ps: SGD(ps, lr, momentum, decay),
        lambda ps: torch.optim.SGD(ps, lr, momentum=momentum, weight_decay=decay),
    )


@pytest.mark.parametrize(
    ("ours", "theirs"), [(Adam, torch.optim.Adam), (AdamW, torch.optim.AdamW)]
)
@given(
    rates,
    st.sampled_from([(0.9, 0.999), (0.5, 0.9), (0.0, 0.0)]),
    st.sampled_from([1e-8, 1e-3]),
    decays,
)
@settings(max_examples=30, deadline=None)
def test_adam_and_adamw(ours, theirs, lr, betas, eps, decay):
    same_path(
        lambda ps: ours(ps, lr, betas=betas, eps=eps, weight_decay=decay),
        lambda ps: theirs(ps, lr, betas=betas, eps=eps, weight_decay=decay),
    )


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(SGD, torch.optim.SGD), (Adam, torch.optim.Adam), (AdamW, torch.optim.AdamW)],
)
def test_defaults_are_pytorch_s(ours, theirs):
    """SGD's too, with a rate that has to be given there."""
    same_path(ours, lambda ps: theirs(ps, lr=0.01) if ours is SGD else theirs(ps))


def test_a_step_by_hand():
    w = Value(1.0)
    sgd = SGD([w], lr=0.1, momentum=0.5)
    for grad, want in (
        (2.0, 1.0 - 0.1 * 2.0),
        (2.0, 0.8 - 0.1 * 3.0),
        (0.0, 0.5 - 0.1 * 1.5),
    ):
        w.grad = grad
        sgd.step()
        assert w.data == pytest.approx(want, rel=1e-15)
    w = Value(1.0)
    adam = Adam([w], lr=0.1)
    w.grad = -123.0
    adam.step()
    assert w.data == pytest.approx(
        1.1, rel=1e-9
    )  # the first step is the rate, whatever the gradient


def test_the_rate_may_change_between_steps():
    w = Value(1.0)
    sgd = SGD([w], lr=1.0)
    w.grad = 1.0
    sgd.step()
    sgd.lr = 0.5
    sgd.step()
    assert w.data == -0.5


def test_zero_grad_and_parameters_from_any_iterable():
    ps = [Value(1.0), Value(2.0)]
    opt = SGD(iter(ps), lr=0.1)
    for p in ps:
        p.grad = 5.0
    opt.zero_grad()
    assert [p.grad for p in ps] == [0.0, 0.0]
    opt.step()
    assert [p.data for p in ps] == [1.0, 2.0]


@pytest.mark.parametrize("kind", [SGD, Adam, AdamW])
def test_what_optimizers_refuse(kind):
    a = Value(1.0)
    for make, says in (
        (lambda: kind([], lr=0.1), "no parameters"),
        (lambda: kind([a, a], lr=0.1), "twice"),
        (lambda: kind([a * 2], lr=0.1), "computed by mul"),
        (lambda: kind([a], lr=0.0), "must be positive, not 0.0"),
        (lambda: kind([a], lr=-1), "must be positive, not -1"),
        (lambda: kind([a], lr=math.nan), "must be positive, not nan"),
    ):
        with pytest.raises(ValueError, match=f"{kind.__name__}.*{says}"):
            make()


@pytest.mark.parametrize("kind", [SGD, Adam, AdamW])
def test_a_step_into_infinity_moves_nothing(kind):
    good, bad = Value(1.0, "good"), Value(2.0, "bad")
    opt = kind([good, bad], lr=0.1)
    good.grad, bad.grad = 1.0, math.nan
    with pytest.raises(OverflowError, match=r"bad.*grad nan"):
        opt.step()
    assert (good.data, bad.data) == (1.0, 2.0)
    bad.grad = 1.0
    fresh = [Value(1.0), Value(2.0)]
    for p in fresh:
        p.grad = 1.0
    opt.step()
    kind(fresh, lr=0.1).step()
    assert (good.data, bad.data) == (
        fresh[0].data,
        fresh[1].data,
    )  # as if the failed step had not been


def test_an_optimizer_of_one_s_own():
    class Sign(Optimizer):
        def initial_state(self, zero):
            return ()

        def update(self, data, grad, state, t):
            return data - self.lr * ((grad > 0) - (grad < 0)), state

    w = Value(1.0)
    opt = Sign([w], 0.25)
    for _ in range(3):
        opt.zero_grad()
        (w * w).backward()
        opt.step()
    assert w.data == 0.25


@pytest.mark.parametrize("kind", [SGD, Adam, AdamW])
def test_the_rules_serve_arrays(kind):
    """`update` is plain arithmetic: on arrays it does to each element what it does to a float."""
    import numpy as np

    data, grads = [1.0, -2.0, 0.5], [[0.1, -0.2, 3.0], [0.0, 1.0, -1.0]]
    values = [Value(x) for x in data]
    opt = kind(values, lr=0.1)
    array, state = np.array(data), opt.initial_state(np.zeros(3))
    for t, gradient in enumerate(grads, 1):
        for v, g in zip(values, gradient, strict=True):
            v.grad = g
        opt.step()
        array, state = opt.update(array, np.array(gradient), state, t)
        assert [v.data for v in values] == pytest.approx(array.tolist(), rel=1e-14)
