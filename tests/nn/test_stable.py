"""Losses and softmax beside mpmath: right to 1e-12 wherever PyTorch is, at any offset."""

import math

import mpmath
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from micrograd_kr import Value, compile, one_hot, softmax
from micrograd_kr.nn import binary_cross_entropy, cross_entropy

mpmath.mp.dps = 350  # 1 - 1e-300 is not 1
CLOSE = 1e-12
offsets = st.sampled_from([0.0, 1.0, -1e3, 1e6, -1e9, 1e16, -1e17, 1e18])
spreads = st.lists(st.floats(-800, 800) | st.integers(-3, 3), min_size=2, max_size=5)


def shares(logits):
    """The softmax of the floats as they are, exactly."""
    powers = [mpmath.exp(mpmath.mpf(z) - max(logits)) for z in logits]
    total = mpmath.fsum(powers)
    return [p / total for p in powers]


def off(x, truth):
    """How far, relative to the truth; what is below every float is not counted."""
    truth = mpmath.mpf(truth)
    if abs(truth) < 1e-300:
        return abs(float(mpmath.mpf(x) - truth))
    return float(abs((mpmath.mpf(x) - truth) / truth))


def as_good(ours, theirs, truth):
    """Every number of ours is within 1e-12 of the truth, or PyTorch's is not either."""
    for x, y, true in zip(ours, theirs, truth, strict=True):
        assert off(x, true) < max(CLOSE, 4 * off(y, true)), (x, y, true)


def theirs_of(logits, loss):
    leaf = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
    value = loss(leaf)
    value.backward()
    return [value.item(), *leaf.grad.tolist()]


def ours_of(logits, loss):
    values = [Value(z) for z in logits]
    value = loss(values)
    value.backward()
    return [value.data, *[v.grad for v in values]]


@given(offsets, spreads, st.data())
@settings(max_examples=150, deadline=None)
def test_cross_entropy_of_a_class(offset, spread, data):
    logits = [offset + z for z in spread]
    at = data.draw(st.integers(0, len(logits) - 1))
    p = shares(logits)
    truth = [-mpmath.log(p[at]), *[x - (i == at) for i, x in enumerate(p)]]
    theirs = theirs_of(
        logits,
        lambda z: torch.nn.functional.cross_entropy(z[None], torch.tensor([at])),
    )
    for target in (at, one_hot(at, len(logits))):
        ours = ours_of(logits, lambda z, t=target: cross_entropy([z], [t]))
        as_good(ours, theirs, truth)


@given(offsets, spreads, st.data())
@settings(max_examples=150, deadline=None)
def test_cross_entropy_of_probabilities(offset, spread, data):
    logits = [offset + z for z in spread]
    weights = [data.draw(st.integers(1, 9)) for _ in logits]
    target = [w / sum(weights) for w in weights]
    p, total = shares(logits), mpmath.fsum(target)
    terms = [-t * mpmath.log(x) for t, x in zip(target, p, strict=True)]
    truth = [mpmath.fsum(terms)]
    truth += [x * total - t for x, t in zip(p, target, strict=True)]
    inputs = list(map(Value, target))  # as a compiled program has them
    for given_as, near in ((target, 1e-14), (inputs, 1e-13)):
        ours = ours_of(logits, lambda z, t=given_as: cross_entropy([z], [t]))
        assert off(ours[0], truth[0]) < CLOSE
        for x, y in zip(ours[1:], truth[1:], strict=True):
            assert float(abs(x - y)) < near  # a difference of numbers up to 1


@given(offsets, spreads, st.data())
@settings(max_examples=150, deadline=None)
def test_softmax(offset, spread, data):
    logits = [offset + z for z in spread]
    at = data.draw(st.integers(0, len(logits) - 1))
    p = shares(logits)
    truth = [p[at], *[p[at] * ((i == at) - x) for i, x in enumerate(p)]]
    theirs = theirs_of(logits, lambda z: torch.softmax(z, 0)[at])
    as_good(ours_of(logits, lambda z: softmax(z)[at]), theirs, truth)


@given(st.floats(-700, 700), st.sampled_from([0, 1, False, True]) | st.floats(0, 1))
@example(29.82328061693546, 1)
@example(-29.82328061693546, 0)
@settings(max_examples=300, deadline=None)
def test_binary_cross_entropy(z, t):
    one = 1 / (1 + mpmath.exp(-mpmath.mpf(z)))
    rest = 1 / (1 + mpmath.exp(mpmath.mpf(z)))
    truth = -mpmath.mpf(t) * mpmath.log(one) - (1 - mpmath.mpf(t)) * mpmath.log(rest)
    for target in (t, Value(float(t))):  # the inputs of a compiled program are Values
        v = Value(z)
        loss = binary_cross_entropy([v], [target])
        loss.backward()
        assert off(loss.data, truth) < CLOSE
        assert float(abs(v.grad - (one - t))) < 1e-15
        if t in (0, 1):
            assert off(v.grad, -rest if t else one) < CLOSE


def test_the_examples_a_learner_can_check():
    loss, *grads = ours_of([1e17] * 3, lambda z: cross_entropy([z], [0]))
    assert loss == pytest.approx(math.log(3), rel=1e-15)
    assert grads == pytest.approx([-2 / 3, 1 / 3, 1 / 3], rel=1e-15)
    assert [p.data for p in softmax([1e16, 1e16])] == pytest.approx([0.5, 0.5])
    assert [p.data for p in softmax([-1e16, 0.0, 0.0])] == pytest.approx([0, 0.5, 0.5])


def test_gradients_of_a_compiled_loss_lose_no_offset_either():
    """It is recorded at small numbers, and called with large ones."""
    z, t = [Value(0.1), Value(0.2), Value(0.3)], [Value(1.0), Value(0.0), Value(0.0)]
    program = compile(cross_entropy([z], [t]), z, inputs={"t": t})
    loss, grads = program([1e17] * 3, t=[0.0, 1.0, 0.0])
    assert grads == pytest.approx([1 / 3, -2 / 3, 1 / 3], rel=1e-15)
    assert abs(loss - math.log(3)) <= math.ulp(1e17)
