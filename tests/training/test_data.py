"""The toy sets: their shape against scikit-learn's and against their definitions, their seeds, their errors."""

import builtins
import math
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from micrograd_kr.training import data

GENERATORS = {
    data.make_moons: 2,
    data.make_circles: 2,
    data.make_spirals: 3,
    data.make_xor: 2,
    data.make_blobs: 3,
    data.make_yin_yang: 3,
}


@pytest.mark.parametrize("make", GENERATORS, ids=lambda f: f.__name__)
@settings(max_examples=50, deadline=None)
@given(n=st.integers(3, 60), seed=st.integers(0, 2**32))
def test_plain_lists_balanced_and_the_same_for_the_same_seed(make, n, seed):
    X, y = make(n, seed=seed)
    assert make(n, seed=seed) == (X, y)
    assert len(X) == len(y) == n
    assert all(type(x) is float for point in X for x in point)
    assert {len(point) for point in X} == {2}
    counts = [y.count(c) for c in range(GENERATORS[make])]
    assert sum(counts) == n
    assert max(counts) - min(counts) <= 1
    assert all(type(c) is int for c in y)


@pytest.mark.parametrize("make", GENERATORS, ids=lambda f: f.__name__)
def test_another_seed_is_other_data_in_another_order(make):
    (X, y), (X2, y2) = make(60, seed=1), make(60, seed=2)
    assert X != X2
    assert y != y2
    assert y != sorted(y)


def test_pythons_own_random_state_is_neither_read_nor_moved():
    import random

    random.seed(7)
    before = random.getstate()
    for make in GENERATORS:
        make(20)
    data.train_test_split([1, 2, 3], [1, 2, 3], 1)
    assert random.getstate() == before


@pytest.mark.parametrize("n", [2, 7, 100])
def test_moons_and_circles_are_scikit_learns_without_noise(n):
    sets = pytest.importorskip("sklearn.datasets")
    for ours, theirs in (
        (data.make_moons(n, noise=0.0), sets.make_moons(n, noise=None)),
        (
            data.make_circles(n, noise=0.0, factor=0.3),
            sets.make_circles(n, noise=None, factor=0.3),
        ),
    ):
        mine = sorted((c, *point) for c, point in zip(ours[1], ours[0], strict=True))
        other = sorted(
            (int(c), *map(float, point))
            for c, point in zip(theirs[1], theirs[0], strict=True)
        )
        assert [row[0] for row in mine] == [row[0] for row in other]
        for c in (
            0,
            1,
        ):  # points nearly equal in x may sort the other way round: compare as sets of rounded points
            assert {
                tuple(round(x, 9) + 0.0 for x in r[1:]) for r in mine if r[0] == c
            } == {tuple(round(x, 9) + 0.0 for x in r[1:]) for r in other if r[0] == c}


def test_noise_is_a_standard_deviation():
    X, _ = data.make_blobs(3000, centers=1, cluster_std=0.3, seed=3)
    for axis, center in ((0, 1.0), (1, 0.0)):
        spread = [point[axis] - center for point in X]
        assert abs(sum(spread) / 3000) < 4 * 0.3 / 3000**0.5
        assert math.sqrt(sum(s * s for s in spread) / 3000) == pytest.approx(
            0.3, rel=0.06
        )


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_each_arm_of_the_spiral_is_the_first_one_turned(classes):
    X, y = data.make_spirals(20 * classes, classes=classes, noise=0.0)
    arms = [
        {complex(*p) for p, c in zip(X, y, strict=True) if c == arm}
        for arm in range(classes)
    ]
    for arm, points in enumerate(arms):
        turned = [
            z
            * complex(
                math.cos(2 * math.pi * arm / classes),
                math.sin(2 * math.pi * arm / classes),
            )
            for z in arms[0]
        ]
        assert all(min(abs(t - z) for z in points) < 1e-12 for t in turned)
    assert max(abs(z) for z in arms[0]) == pytest.approx(1.0)


def test_xor_is_exclusive_or_of_the_signs():
    X, y = data.make_xor(200, noise=0.15, seed=5)
    assert all((a > 0) ^ (b > 0) == bool(c) for (a, b), c in zip(X, y, strict=True))


def test_yin_and_yang_are_each_other_turned_by_half():
    X, y = data.make_yin_yang(900, seed=4)
    assert all(
        data._yin_yang(-a, -b) == (1, 0, 2)[c] for (a, b), c in zip(X, y, strict=True)
    )
    assert all(data._yin_yang(a, b) == c for (a, b), c in zip(X, y, strict=True))
    upper, lower, heads, dots = (
        [(0.0, 0.9), (-0.9, 0.1)],
        [(0.0, -0.9)],
        [(-0.5, -0.3), (0.5, 0.3)],
        [(0.5, 0.0), (-0.5, 0.1)],
    )
    assert [data._yin_yang(*p) for p in upper + lower + heads + dots] == [
        0,
        0,
        1,
        0,
        1,
        2,
        2,
    ]


@settings(max_examples=50, deadline=None)
@given(n=st.integers(2, 50), seed=st.integers(0, 1000), share=st.floats(0.05, 0.95))
def test_a_split_loses_and_repeats_nothing(n, seed, share):
    X, y = [[float(i)] for i in range(n)], [2 * i for i in range(n)]
    if not 0 < round(share * n) < n:
        with pytest.raises(ValueError, match="empty"):
            data.train_test_split(X, y, share, seed)
        return
    X_train, X_test, y_train, y_test = data.train_test_split(X, y, share, seed)
    assert len(X_test) == round(share * n)
    assert sorted(X_train + X_test) == X
    assert [int(2 * x[0]) for x in X_train + X_test] == y_train + y_test
    assert data.train_test_split(X, y, share, seed) == (
        X_train,
        X_test,
        y_train,
        y_test,
    )


def test_a_split_by_number_of_samples():
    assert len(data.train_test_split(list(range(10)), list(range(10)), 3)[1]) == 3


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: data.make_moons(1), "n_samples=1 is too few"),
        (lambda: data.make_moons(10, noise=-1.0), "noise=-1.0: .* not negative"),
        (lambda: data.make_circles(10, factor=1.0), "not 1.0"),
        (lambda: data.make_blobs(10, centers=0), "must be at least 1, not 0"),
        (lambda: data.make_spirals(10, classes=0), "must be at least 1, not 0"),
        (lambda: data.train_test_split([1, 2], [1]), "2 samples in X and 1 targets"),
        (lambda: data.train_test_split([1, 2], [1, 2], 2), "empty"),
    ],
)
def test_errors_say_what_was_wrong(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_digits_are_scikit_learns():
    sets = pytest.importorskip("sklearn.datasets")
    X, y = data.load_digits()
    theirs = sets.load_digits()
    assert [[16 * x for x in row] for row in X] == theirs.data.tolist()
    assert y == theirs.target.tolist()
    assert type(X[0][0]) is float
    assert type(y[0]) is int


def test_without_scikit_learn_the_digits_say_what_to_install(monkeypatch):
    real = builtins.__import__

    def no_sklearn(name, *rest):
        if name.startswith("sklearn"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", no_sklearn)
    monkeypatch.delitem(sys.modules, "sklearn.datasets", raising=False)
    with pytest.raises(ImportError, match=r"pip install .*demos"):
        data.load_digits()
