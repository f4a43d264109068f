"""Losses and their gradients against PyTorch's numbers."""

import math
import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from micrograd_kr import Value, one_hot
from micrograd_kr.nn.losses import (
    accuracy,
    binary_cross_entropy,
    cross_entropy,
    hinge,
    mse,
)

numbers = st.floats(-30, 30)
some = settings(max_examples=60, deadline=None)


def tensor(x):
    return torch.tensor(x, dtype=torch.float64, requires_grad=True)


def agrees(ours, values, theirs, leaf):
    """The same value, and the same gradient with respect to each input."""
    assert ours.data == pytest.approx(theirs.item(), rel=1e-11, abs=1e-14)
    ours.backward()
    theirs.backward()
    assert [v.grad for v in values] == pytest.approx(
        leaf.grad.flatten().tolist(), rel=1e-10, abs=1e-14
    )


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=6))
@some
def test_mse(pairs):
    outputs, targets = map(list, zip(*pairs, strict=True))
    values, leaf = [Value(x) for x in outputs], tensor(outputs)
    agrees(
        mse(values, targets),
        values,
        F.mse_loss(leaf, torch.tensor(targets, dtype=torch.float64)),
        leaf,
    )


@given(
    st.integers(1, 3).flatmap(
        lambda k: st.lists(
            st.lists(numbers, min_size=2 * k, max_size=2 * k), min_size=1, max_size=4
        )
    )
)
@some
def test_mse_of_samples_of_several_numbers(rows):
    k = len(rows[0]) // 2
    outputs, targets = [r[:k] for r in rows], [r[k:] for r in rows]
    values, leaf = [[Value(x) for x in r] for r in outputs], tensor(outputs)
    flat = [v for row in values for v in row]
    agrees(
        mse(values, targets),
        flat,
        F.mse_loss(leaf, torch.tensor(targets, dtype=torch.float64)),
        leaf,
    )


def test_mse_differentiates_targets_too():
    o, t = Value(3.0), Value(1.0)
    mse([o], [t]).backward()
    assert (o.grad, t.grad) == (4.0, -4.0)


@given(
    st.lists(
        st.tuples(numbers, st.sampled_from([-1, 1, -1.0, 1.0])), min_size=1, max_size=6
    )
)
@some
def test_hinge(pairs):
    scores, targets = map(list, zip(*pairs, strict=True))
    values, leaf = [Value(x) for x in scores], tensor(scores)
    theirs = F.relu(1 - torch.tensor(targets, dtype=torch.float64) * leaf).mean()
    agrees(hinge(values, targets), values, theirs, leaf)


def test_hinge_at_its_kink():
    """At a margin of exactly 1 the slope is 0, relu's subgradient at 0."""
    v = Value(1.0)
    hinge([v], [1]).backward()
    assert v.grad == 0.0


@given(
    st.lists(
        st.tuples(numbers, st.sampled_from([0, 1]) | st.floats(0, 1)),
        min_size=1,
        max_size=6,
    )
)
@some
def test_binary_cross_entropy(pairs):
    logits, targets = map(list, zip(*pairs, strict=True))
    values, leaf = [Value(x) for x in logits], tensor(logits)
    theirs = F.binary_cross_entropy_with_logits(
        leaf, torch.tensor(targets, dtype=torch.float64)
    )
    agrees(binary_cross_entropy(values, targets), values, theirs, leaf)


@given(
    st.integers(2, 5).flatmap(
        lambda k: st.lists(
            st.tuples(st.lists(numbers, min_size=k, max_size=k), st.integers(0, k - 1)),
            min_size=1,
            max_size=4,
        )
    )
)
@some
def test_cross_entropy(samples):
    logits, classes = [z for z, _ in samples], [c for _, c in samples]
    values, leaf = [[Value(x) for x in row] for row in logits], tensor(logits)
    flat = [v for row in values for v in row]
    agrees(
        cross_entropy(values, classes),
        flat,
        F.cross_entropy(leaf, torch.tensor(classes)),
        leaf,
    )


@given(
    st.integers(2, 4).flatmap(
        lambda k: st.lists(
            st.lists(st.floats(-5, 5), min_size=2 * k, max_size=2 * k),
            min_size=1,
            max_size=3,
        )
    )
)
@some
def test_cross_entropy_with_probabilities(rows):
    k = len(rows[0]) // 2
    logits = [r[:k] for r in rows]
    targets = torch.softmax(torch.tensor([r[k:] for r in rows], dtype=torch.float64), 1)
    values, leaf = [[Value(x) for x in row] for row in logits], tensor(logits)
    flat = [v for row in values for v in row]
    agrees(
        cross_entropy(values, targets.tolist()),
        flat,
        F.cross_entropy(leaf, targets),
        leaf,
    )


def test_probabilities_must_be_probabilities():
    """Weights that do not sum to 1 give PyTorch's number or an error, never a third number."""
    logits, weights = [0.5, -1.0], [0.5, 0.9]
    theirs = F.cross_entropy(torch.tensor([logits]), torch.tensor([weights])).item()
    try:
        ours = cross_entropy([[Value(x) for x in logits]], [weights]).data
    except ValueError:
        return
    assert ours == pytest.approx(theirs, rel=1e-6)


@pytest.mark.parametrize("z", [1000.0, -1000.0, 1e300, -1e300])
def test_extreme_logits_never_overflow(z):
    for t in (0, 1):
        v = Value(z)
        loss = binary_cross_entropy([v], [t])
        loss.backward()
        wrong = (z > 0) != t
        assert loss.data == (abs(z) if wrong else 0.0)
        assert v.grad == (z > 0) - t
        row = [Value(z), Value(0.0), Value(-z)]
        loss = cross_entropy([row], [0])
        loss.backward()
        assert loss.data == (
            0.0 if z > 0 else 2 * abs(z) if abs(z) < 1e308 else math.inf
        )
        assert row[0].grad == (0.0 if z > 0 else -1.0)


def test_a_single_sample_is_a_batch_of_one():
    z = [Value(0.5), Value(-1.0), Value(2.0)]
    assert mse(z[0], 1.0).data == mse([z[0]], [1.0]).data
    assert hinge(z[0], -1).data == hinge([z[0]], [-1]).data
    assert binary_cross_entropy(z[0], 1).data == binary_cross_entropy([z[0]], [1]).data
    assert cross_entropy(z, 2).data == cross_entropy([z], [2]).data
    assert (
        cross_entropy(z, [0.0, 0.5, 0.5]).data
        == cross_entropy([z], [[0.0, 0.5, 0.5]]).data
    )


def test_arrays_as_targets():
    z = [Value(0.5), Value(-1.0)]
    assert mse(z, np.array([1.0, 2.0])).data == mse(z, [1.0, 2.0]).data
    assert hinge(z, np.array([1, -1])).data == hinge(z, [1, -1]).data
    assert (
        binary_cross_entropy(z, np.array([1, 0])).data
        == binary_cross_entropy(z, [1, 0]).data
    )
    assert (
        cross_entropy([z, z], np.array([1, 0])).data
        == cross_entropy([z, z], [1, 0]).data
    )
    assert (
        cross_entropy([z], np.array([[0.25, 0.75]])).data
        == cross_entropy([z], [[0.25, 0.75]]).data
    )


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda v: mse([v], [1.0, 2.0]), "mse: outputs: 1, targets: 2"),
        (lambda v: mse([[v, v]], [[1.0]]), "mse: outputs: 2, targets: 1"),
        (lambda v: mse([[v, v]], [1.0]), "mse: outputs: 2, targets: a single one"),
        (lambda v: mse([], []), "mse: no samples"),
        (lambda v: hinge([v], [0]), "hinge: target 0 must be -1 or 1"),
        (lambda v: hinge([v], [0.5]), r"hinge: target 0\.5 must be -1 or 1"),
        (lambda v: hinge([], []), "hinge: no samples"),
        (
            lambda v: binary_cross_entropy([v], [-1]),
            "binary_cross_entropy: target -1 must be from 0 to 1",
        ),
        (
            lambda v: binary_cross_entropy([v], [1.5]),
            r"target 1\.5 must be from 0 to 1",
        ),
        (
            lambda v: binary_cross_entropy([v], [math.nan]),
            "binary_cross_entropy: nan is not a finite number",
        ),
        (lambda v: cross_entropy([[v, v]], [2]), "class 2 is not among 0 to 1"),
        (lambda v: cross_entropy([[v, v]], [-1]), "class -1 is not among 0 to 1"),
        (
            lambda v: cross_entropy([[v, v]], [0.5]),
            r"target 0\.5 must be a whole number",
        ),
        (lambda v: cross_entropy([[v, v]], [[0.5, 0.25, 0.25]]), "2 and 3"),
        (lambda v: cross_entropy([], []), "cross_entropy: no samples"),
        (
            lambda v: cross_entropy([[v, v]], [0, 1]),
            "cross_entropy: outputs: 1, targets: 2",
        ),
    ],
)
def test_errors_say_what_is_wrong(make, says):
    with pytest.raises(ValueError, match=says):
        make(Value(1.0))


@pytest.mark.parametrize("wrong", ["1", "a", "", None, 1j, {}, object()])
@pytest.mark.parametrize(
    "loss",
    [
        mse,
        hinge,
        binary_cross_entropy,
        accuracy,
        lambda z, t: cross_entropy([[*z, 0.0]], t),
        lambda z, t: cross_entropy([[*z, 0.0]], [[t, 0.0]]),
        lambda z, t: accuracy([[*z, 0.0]], t),
        lambda z, t: one_hot(t[0], 3),
    ],
)
def test_what_is_no_number_is_never_read_as_one(loss, wrong):
    with pytest.raises((TypeError, ValueError)) as error:
        loss([Value(1.0)], [wrong])
    assert re.match(r"\w+: ", str(error.value))


def test_half_a_class_is_none():
    with pytest.raises(ValueError, match=r"one_hot: class 1\.5 is not among 0 to 2"):
        one_hot(1.5, 3)


def test_accuracy():
    assert accuracy([Value(0.3), Value(-2.0), Value(0.1)], [1, -1, -1]) == 2 / 3
    assert accuracy([0.3, -2.0], [1, 0]) == 1.0
    assert accuracy([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7]], [1, 0, 0]) == 2 / 3
    assert accuracy([[Value(0.1), Value(0.9)]], [1]) == 1.0
    with pytest.raises(ValueError, match="outputs: 2, targets: 1"):
        accuracy([0.1, 0.2], [1])
    with pytest.raises(ValueError, match="no samples"):
        accuracy([], [])
