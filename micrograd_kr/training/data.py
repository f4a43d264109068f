"""Toy data, made here with the standard library alone, and scikit-learn's digits.

Each maker gives plain lists: X, n points ``[x1, x2]``, and y, for each point its class,
counted from 0, or its height. The same seed gives the same data, to the bit. As in
scikit-learn ``random_state`` may be said for ``seed``, ``noise`` may be None, and
``n_samples`` a number for each class.

>>> X, y = make_moons(100, noise=0.1, seed=0)
>>> len(X), len(X[0]), sorted(set(y))
(100, 2, [0, 1])
"""

import random
from collections.abc import Callable
from math import cos, exp, hypot, inf, pi, sin
from typing import Any

from ..nn import unpacked
from ..text import install_command
from .given import generator, real, samples_and_targets, whole
from .messages import say

Point = list[float]
Data = tuple[list[Point], list[int]]
Heights = tuple[list[Point], list[float]]
Curve = Callable[[int, float], tuple[float, float]]  # of a class, from 0 to 1

# ---- classes


def make_moons(
    n_samples: Any = 100,
    noise: float | None = 0.1,
    seed: Any = 0,
    random_state: Any = None,
) -> Data:
    """Make two half circles that reach into each other, with Gaussian noise.

    The shape is scikit-learn's.

    >>> X, y = make_moons(4, noise=None)
    >>> sorted([(c, round(x, 3) + 0.0) for c, (x, _) in zip(y, X)])
    [(0, -1.0), (0, 1.0), (1, 0.0), (1, 2.0)]
    """
    rng = _generator(seed, random_state)
    return _curves(_moon, n_samples, 2, noise, rng)


def _moon(c: int, t: float) -> tuple[float, float]:
    if c == 0:
        return cos(pi * t), sin(pi * t)
    return 1 - cos(pi * t), 0.5 - sin(pi * t)


def make_circles(
    n_samples: Any = 100,
    noise: float | None = 0.05,
    factor: float = 0.5,
    seed: Any = 0,
    random_state: Any = None,
) -> Data:
    """Make a circle of radius ``factor`` (class 1) in one of radius 1 (class 0).

    The shape is scikit-learn's. Raises ValueError for a factor that is not from 0 to
    below 1.

    >>> X, y = make_circles(10, noise=None, factor=0.5)
    >>> sorted({(c, round(hypot(*point), 6)) for c, point in zip(y, X)})
    [(0, 1.0), (1, 0.5)]
    """
    if not 0 <= factor < 1:
        raise ValueError(say("factor", x=factor))

    def circle(c: int, t: float) -> tuple[float, float]:
        radius = factor if c else 1.0
        return radius * cos(2 * pi * t), radius * sin(2 * pi * t)

    rng = _generator(seed, random_state)
    return _curves(circle, n_samples, 2, noise, rng, closed=True)


def make_spirals(
    n_samples: Any = 150,
    classes: int = 3,
    noise: float | None = 0.02,
    seed: Any = 0,
    random_state: Any = None,
) -> Data:
    """Make spiral arms, one for each class, out to radius 1, over 4 radians each.

    The data of Stanford's course CS231n, with the noise on the points instead of on the
    angle.

    >>> X, y = make_spirals(90, classes=3)
    >>> [y.count(c) for c in range(3)]
    [30, 30, 30]
    """
    classes = whole(classes, "classes")

    def arm(c: int, t: float) -> tuple[float, float]:
        radius = 0.05 + 0.95 * t
        angle = 2 * pi * c / classes + 4 * t
        return radius * cos(angle), radius * sin(angle)

    rng = _generator(seed, random_state)
    return _curves(arm, n_samples, classes, noise, rng)


def make_xor(
    n_samples: Any = 100,
    noise: float | None = 0.2,
    seed: Any = 0,
    random_state: Any = None,
) -> Data:
    """Make clouds around (±1, ±1): exclusive or, class 1 where the signs differ.

    With 4 samples and no noise it is the truth table that no linear model can learn
    (Minsky & Papert, Perceptrons, 1969).

    >>> X, y = make_xor(4, noise=None)
    >>> sorted(zip(X, y))
    [([-1.0, -1.0], 0), ([-1.0, 1.0], 1), ([1.0, -1.0], 1), ([1.0, 1.0], 0)]
    """
    rng = _generator(seed, random_state)
    return _curves(_corner, n_samples, 2, noise, rng)


def _corner(c: int, t: float) -> tuple[float, float]:
    x = 1.0 if t > 0.5 else -1.0
    return (x, -x) if c else (x, x)


def make_blobs(
    n_samples: Any = 100,
    centers: int = 3,
    cluster_std: float | None = 0.2,
    seed: Any = 0,
    random_state: Any = None,
) -> Data:
    """Make round clouds, one for each class, their centers on a circle of radius 1.

    >>> X, y = make_blobs(6, centers=2, cluster_std=0.0)
    >>> sorted({(c, round(point[0], 6)) for c, point in zip(y, X)})
    [(0, 1.0), (1, -1.0)]
    """
    centers = whole(centers, "centers")

    def center(c: int, t: float) -> tuple[float, float]:
        angle = 2 * pi * c / centers
        return cos(angle), sin(angle)

    rng = _generator(seed, random_state)
    return _curves(center, n_samples, centers, cluster_std, rng)


def make_yin_yang(
    n_samples: Any = 150,
    noise: float | None = 0.0,
    seed: Any = 0,
    random_state: Any = None,
) -> Data:
    """Make the halves of the yin-yang sign in a disc of radius 1, and its dots.

    Yin is 0, yang 1, the dots 2 (Kriener, Göltz & Petrovici, The Yin-Yang dataset,
    2022).

    >>> X, y = make_yin_yang(300)
    >>> max([hypot(*point) for point in X]) <= 1, [y.count(c) for c in range(3)]
    (True, [100, 100, 100])
    """
    rng = _generator(seed, random_state)

    def region(c: int, t: float) -> tuple[float, float]:
        while True:  # the first point of the square that falls into class c
            x, y = rng.uniform(-1, 1), rng.uniform(-1, 1)
            if hypot(x, y) <= 1 and _yin_yang(x, y) == c:
                return x, y

    return _curves(region, n_samples, 3, noise, rng)


def _yin_yang(x: float, y: float) -> int:
    left, right = hypot(x + 0.5, y), hypot(x - 0.5, y)
    if min(left, right) < 0.2:
        return 2
    is_yin = left <= 0.5 or (y > 0 and right > 0.5)
    return 0 if is_yin else 1


def _curves(
    curve: Curve,
    n_samples: Any,
    classes: int,
    noise: float | None,
    rng: random.Random,
    closed: bool = False,
) -> Data:
    """Points along one curve for each class, with noise, shuffled."""
    deviation = _deviation(noise)
    samples = []
    for c, n in enumerate(_counts(n_samples, classes)):
        last = n if closed else max(n - 1, 1)
        for i in range(n):
            x1, x2 = curve(c, i / last)
            point = [rng.gauss(x1, deviation), rng.gauss(x2, deviation)]
            samples.append((point, c))
    rng.shuffle(samples)
    return [point for point, _ in samples], [c for _, c in samples]


def _counts(n_samples: Any, classes: int) -> list[int]:
    """How many points each class gets: as many as the others, or as it is said."""
    n_samples = unpacked(n_samples)
    if isinstance(n_samples, list | tuple):
        if len(n_samples) != classes:
            raise ValueError(say("counts", given=n_samples, classes=classes))
        return [whole(n, "n_samples") for n in n_samples]
    n = whole(n_samples, "n_samples")
    if n < classes:
        raise ValueError(say("few_samples", n=str(n), classes=classes))
    first_with_more = classes - n % classes  # the last classes get the rest
    return [n // classes + (c >= first_with_more) for c in range(classes)]


# ---- heights


def make_plane(
    n_samples: int = 100,
    noise: float | None = 0.05,
    seed: Any = 0,
    random_state: Any = None,
) -> Heights:
    """Make points of the square from -1 to 1, on the plane (x1 + x2) / 2 with noise.

    A single linear neuron can learn it.

    >>> X, y = make_plane(100, noise=None)
    >>> y == [(x1 + x2) / 2 for x1, x2 in X]
    True
    """
    rng = _generator(seed, random_state)
    return _heights(lambda x1, x2: (x1 + x2) / 2, n_samples, noise, rng)


def make_hill(
    n_samples: int = 100,
    noise: float | None = 0.05,
    seed: Any = 0,
    random_state: Any = None,
) -> Heights:
    """Make points of the square from -1 to 1, on the hill exp(-4 (x1² + x2²)).

    >>> X, y = make_hill(100, noise=None)
    >>> 0 < min(y) and max(y) < 1
    True
    """
    rng = _generator(seed, random_state)
    return _heights(lambda x1, x2: exp(-4 * (x1 * x1 + x2 * x2)), n_samples, noise, rng)


def make_sine(
    n_samples: int = 100,
    noise: float | None = 0.05,
    seed: Any = 0,
    random_state: Any = None,
) -> Heights:
    """Make points of the square from -1 to 1, on the wave sin(π x1) with noise.

    >>> X, y = make_sine(100, noise=None)
    >>> y == [sin(pi * x1) for x1, x2 in X]
    True
    """
    rng = _generator(seed, random_state)
    return _heights(lambda x1, x2: sin(pi * x1), n_samples, noise, rng)


def _heights(
    height: Callable[[float, float], float],
    n_samples: int,
    noise: float | None,
    rng: random.Random,
) -> Heights:
    """Points of the square, and the height of a surface over each, with noise."""
    deviation = _deviation(noise)
    X, y = [], []
    for _ in range(whole(n_samples, "n_samples")):
        x1, x2 = rng.uniform(-1, 1), rng.uniform(-1, 1)
        X.append([x1, x2])
        y.append(rng.gauss(height(x1, x2), deviation))
    return X, y


# ---- what others have, and what goes to the test


def load_digits() -> Data:
    """Load scikit-learn's 1797 digits: X of 64 grey levels, 0 to 1, and y from 0 to 9.

    Needs scikit-learn. The digits are NIST's (Alpaydin & Kaynak, 1998, UCI repository).

    >>> X, y = load_digits()
    >>> len(X), len(X[0]), max(max(X))
    (1797, 64, 1.0)
    """
    try:
        from sklearn.datasets import load_digits as load
    except ImportError:
        missing = {"what": "load_digits", "library": "scikit-learn"}
        command = install_command("demos")
        raise ImportError(say("needs", command=command, **missing)) from None
    digits = load()
    return (digits.data / 16).tolist(), digits.target.tolist()


def train_test_split(
    X: Any,
    y: Any,
    test_size: float = 0.25,
    seed: Any = 0,
    random_state: Any = None,
) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    """Shuffle, then split into ``X_train, X_test, y_train, y_test``.

    The order is scikit-learn's. ``test_size`` is a share between 0 and 1, or a whole
    number of samples. Raises ValueError when a part is left empty.

    >>> parts = train_test_split([1, 2, 3, 4], [10, 20, 30, 40])
    >>> [len(part) for part in parts]
    [3, 1, 3, 1]
    """
    X, y = samples_and_targets(X, y, "train_test_split")
    n_test = _test_count(test_size, len(X))
    if not 0 < n_test < len(X):
        raise ValueError(say("empty_part", n=len(X), test_size=test_size))
    order = list(range(len(X)))
    _generator(seed, random_state).shuffle(order)
    test, train = order[:n_test], order[n_test:]
    X_train, X_test = [X[i] for i in train], [X[i] for i in test]
    y_train, y_test = [y[i] for i in train], [y[i] for i in test]
    return X_train, X_test, y_train, y_test


def _test_count(test_size: Any, n: int) -> int:
    """How many samples a share is, which is a float, or a number of them."""
    test_size = unpacked(test_size)
    if isinstance(test_size, float):
        return round(test_size * n)
    return whole(test_size, "test_size", least=0)


# ---- settings


def _generator(seed: Any, random_state: Any) -> random.Random:
    """The source of random numbers; ``random_state`` is scikit-learn's name of it."""
    rng = generator(seed if random_state is None else random_state)
    return rng  # type: ignore[no-any-return]


def _deviation(noise: float | None) -> float:
    """A standard deviation; None is none."""
    if noise is None:
        return 0.0
    deviation = real(noise)
    if not 0 <= deviation < inf:
        raise ValueError(say("noise", name="noise", x=repr(noise)))
    return deviation
