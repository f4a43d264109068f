"""What a learner types: it works, or the error says what to type."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import make_moons

from micrograd_kr import MLP, Layer, Neuron, Value
from micrograd_kr.nn import (
    SGD,
    Adam,
    accuracy,
    binary_cross_entropy,
    cross_entropy,
    hinge,
    mse,
    predict,
)
from micrograd_kr.text import speak

KINDS = [float, int, Fraction, np.float32, np.float64, np.int64, np.array, Value]
kinds = st.sampled_from(KINDS)
v, w = Value(0.5), Value(-1.0)


@given(st.integers(-9, 9), kinds)
def test_one_number_of_any_kind_is_a_sample_of_one(x, kind):
    model = MLP(1, [2, 1], seed=0)
    assert model(kind(x)).data == model([float(x)]).data


@given(st.lists(st.tuples(st.integers(-9, 9), kinds), min_size=3, max_size=3))
def test_numbers_of_any_kind_in_a_sample(xs):
    model = Layer(3, 2, seed=0)
    given = model([kind(x) for x, kind in xs])
    assert [y.data for y in given] == [y.data for y in model([x for x, _ in xs])]


def test_rows_and_targets_of_scikit_learn():
    X, y = make_moons(6, random_state=0)
    model = MLP(2, [3, 1], seed=0)
    outputs = [model(x) for x in X]
    plain = y.tolist()
    for targets in (y, y.reshape(-1, 1), y == 1, list(y == 1), y.astype(np.float32)):
        assert accuracy(outputs, targets) == accuracy(outputs, plain)
        for loss in (mse, binary_cross_entropy):
            assert loss(outputs, targets).data == loss(outputs, plain).data
    sides = 2 * y - 1
    column = sides.reshape(-1, 1)
    assert hinge(outputs, column).data == hinge(outputs, sides.tolist()).data
    rows = [[o, -o] for o in outputs]
    column = y.reshape(-1, 1)
    assert cross_entropy(rows, column).data == cross_entropy(rows, plain).data
    assert cross_entropy(rows, y == 1).data == cross_entropy(rows, plain).data


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1))
def test_accuracy_of_one_hot_targets(samples):
    rows = np.eye(4)
    outputs = [[Value(x) for x in 3 * rows[guess]] for guess, _ in samples]
    right = sum(guess == true for guess, true in samples) / len(samples)
    classes = [true for _, true in samples]
    for targets in (classes, rows[classes], rows[classes].tolist()):
        assert accuracy(outputs, targets) == right
    assert accuracy(outputs, np.array(classes).reshape(-1, 1)) == right


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: MLP(2, [1])([[1.0, 2.0]] * 3), r"\[model\(x\) for x in X\]"),
        (lambda: MLP(2, [1])(np.ones((3, 2))), r"\[model\(x\) for x in X\]"),
        (lambda: MLP(1, [1])([1.0, 2.0]), r"\[model\(x\) for x in X\]"),
        (lambda: MLP(1, [1])("1.0"), "'1.0' is a str; a list of 1 numbers"),
        (lambda: MLP(1, [1])({"a": 1.0}), "is a dict; a list of 1 numbers"),
        (lambda: MLP(2, 8, 1), r"one list: MLP\(2, \[8, 1\]\)"),
        (lambda: MLP(2, 1), r"one list: MLP\(2, \[1\]\)"),
        (lambda: MLP(2, [8.5, 1]), r"the size 8\.5 is not a whole number"),
        (lambda: Layer(2, "3"), "the size '3' is not a whole number"),
        (lambda: Neuron(2, activation=False), "is False; give None for a linear"),
        (lambda: MLP(2, [2, 1], activation=3), "is 3; give None for a linear"),
        (lambda: Neuron(2, "ReLU"), "'ReLU' is not one of relu, "),
        (lambda: Neuron(2, "sigmod"), "'sigmod' is not one of sigmoid, "),
        (lambda: cross_entropy([[v, w]], [5]), "cross_entropy: class 5 is not among"),
        (lambda: cross_entropy([v, w], [1, 0]), r"cross_entropy\(\[z\], \[t\]\)"),
        (lambda: cross_entropy([v, w], np.array([1, 0])), "binary_cross_entropy"),
        (lambda: accuracy([[v, w]], [2]), "accuracy: class 2 is not among 0 to 1"),
        (lambda: accuracy([[v, w]], [0.5]), "must be a whole number, or a one-hot"),
        (lambda: accuracy([v], [2]), "must be -1 or 1, or 0 or 1"),
        (lambda: accuracy([[v, w]], [[1, 0, 0]]), "outputs: 2, targets: 3"),
        (lambda: predict([]), "the output is empty"),
        (lambda: SGD(v), "Module or a list of Values is needed, as model"),
        (lambda: SGD([0.5]), "0.5 is a float; a Module or a list"),
        (lambda: SGD(x for x in []), "SGD got no parameters"),
        (lambda: SGD("sgd"), "'sgd' is a str; a Module or a list"),
        (lambda: SGD([v], lr="0.1"), "the learning rate must be positive, not '0.1'"),
        (lambda: SGD([v], lr=float("inf")), "must be positive, not inf"),
        (lambda: SGD([v], momentum=-1), "momentum must be 0 or more, not -1"),
        (lambda: Adam([v], betas=(1, 0.9)), r"betas must be at least 0 and less"),
        (lambda: Adam([v], betas=0.9), r"betas must be two of them: \(0.9, 0.999\)"),
        (lambda: Adam([v], eps=-1), "eps must be positive, not -1"),
        (lambda: Adam([v], weight_decay=-1), "weight_decay must be 0 or more, not -1"),
    ],
)
def test_errors_say_what_to_type(make, says):
    with pytest.raises((ValueError, TypeError), match=says):
        make()
    speak("ko")
    try:
        with pytest.raises((ValueError, TypeError), match=r"[가-힣]"):
            make()
    finally:
        speak(None)


def test_what_is_accepted():
    model = MLP(np.int64(2), np.array([3, 1]), seed=0)
    assert SGD(model, lr=0.1).parameters == model.parameters()
    assert SGD(p for p in model.parameters()).parameters == model.parameters()
    assert Neuron(2, nonlin=False).activation is None
    assert Neuron(2, nonlin=True).activation == "relu"
    assert Layer(2, 2, nonlin=False).neurons[1].activation is None
    assert cross_entropy([v, w], [0.25, 0.75]).data > 0  # one sample, without doubt
    assert cross_entropy([v, w], 0).data > 0


def test_a_model_shows_itself():
    model = MLP(2, [3, 1], seed=0)
    assert repr(model.summary()) == model.summary()
    assert model.summary() in model._repr_html_()
    assert len(model.draw().source) > 100
    assert "neuron" in Layer(2, 2).draw([1.0, 2.0], fold=True).source
    speak("ko")
    try:
        assert model.summary().startswith("층")
    finally:
        speak(None)
