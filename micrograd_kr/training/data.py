"""Toy data sets, made here with the standard library alone, and scikit-learn's digits.

Each generator gives plain lists: X, a list of points ``[x1, x2]``, and y, the class of each, counted
from 0, in shuffled order. The same seed gives the same data, to the bit.

>>> X, y = make_moons(100, noise=0.1, seed=0)
>>> len(X), len(X[0]), sorted(set(y))
(100, 2, [0, 1])
"""

import random
from collections.abc import Callable, Sequence
from math import cos, hypot, pi, sin
from typing import Any

from ..text import install_command
from .messages import say

Data = tuple[list[list[float]], list[int]]
Curve = Callable[
    [int, float], tuple[float, float]
]  # a class and how far along it, 0 to 1, to a point


def make_moons(n_samples: int = 100, noise: float = 0.1, seed: int = 0) -> Data:
    """Two half circles that reach into each other, with Gaussian noise; scikit-learn's shape.

    >>> X, y = make_moons(4, noise=0.0)
    >>> sorted((c, *[round(x, 3) + 0.0 for x in point]) for c, point in zip(y, X))
    [(0, -1.0, 0.0), (0, 1.0, 0.0), (1, 0.0, 0.5), (1, 2.0, 0.5)]
    """

    def moon(c: int, t: float) -> tuple[float, float]:
        return (1 - cos(pi * t), 0.5 - sin(pi * t)) if c else (cos(pi * t), sin(pi * t))

    return _curves(moon, n_samples, 2, noise, seed)


def make_circles(
    n_samples: int = 100, noise: float = 0.05, factor: float = 0.5, seed: int = 0
) -> Data:
    """A circle of radius ``factor`` (class 1) in one of radius 1 (class 0); scikit-learn's shape.

    >>> X, y = make_circles(10, noise=0.0, factor=0.5)
    >>> sorted({(c, round(hypot(*point), 6)) for c, point in zip(y, X)})
    [(0, 1.0), (1, 0.5)]
    """
    if not 0 <= factor < 1:
        raise ValueError(
            f"factor is the radius of the inner circle, from 0 to below 1, not {factor!r}"
        )

    def circle(c: int, t: float) -> tuple[float, float]:
        r = factor if c else 1.0
        return r * cos(2 * pi * t), r * sin(2 * pi * t)

    return _curves(circle, n_samples, 2, noise, seed, closed=True)


def make_spirals(
    n_samples: int = 150, classes: int = 3, noise: float = 0.02, seed: int = 0
) -> Data:
    """Spiral arms, one for each class, from near the middle out to radius 1, over 4 radians each.

    The data of Stanford's course CS231n, with the noise on the points instead of on the angle.

    >>> X, y = make_spirals(90, classes=3)
    >>> [y.count(c) for c in range(3)]
    [30, 30, 30]
    """

    def arm(c: int, t: float) -> tuple[float, float]:
        r, angle = 0.05 + 0.95 * t, 2 * pi * c / classes + 4 * t
        return r * cos(angle), r * sin(angle)

    return _curves(arm, n_samples, classes, noise, seed)


def make_xor(n_samples: int = 100, noise: float = 0.2, seed: int = 0) -> Data:
    """Exclusive or: clouds around (±1, ±1), class 1 where the signs differ.

    With 4 samples and no noise it is the truth table no single linear model can learn (Minsky &
    Papert, Perceptrons, 1969).

    >>> X, y = make_xor(4, noise=0.0)
    >>> sorted(zip(X, y))
    [([-1.0, -1.0], 0), ([-1.0, 1.0], 1), ([1.0, -1.0], 1), ([1.0, 1.0], 0)]
    """
    corners = (((-1.0, -1.0), (1.0, 1.0)), ((-1.0, 1.0), (1.0, -1.0)))
    return _curves(lambda c, t: corners[c][t > 0.5], n_samples, 2, noise, seed)


def make_blobs(
    n_samples: int = 100, centers: int = 3, cluster_std: float = 0.2, seed: int = 0
) -> Data:
    """Round clouds, one for each class, their centers evenly on a circle of radius 1.

    >>> X, y = make_blobs(6, centers=2, cluster_std=0.0)
    >>> sorted({(c, round(point[0], 6)) for c, point in zip(y, X)})
    [(0, 1.0), (1, -1.0)]
    """
    center = [
        (cos(2 * pi * c / centers), sin(2 * pi * c / centers))
        for c in range(max(centers, 0))
    ]
    return _curves(lambda c, t: center[c], n_samples, centers, cluster_std, seed)


def make_yin_yang(n_samples: int = 150, noise: float = 0.0, seed: int = 0) -> Data:
    """The two halves of the yin-yang sign in a disc of radius 1, and its two dots: 3 classes.

    After Kriener, Göltz & Petrovici, The Yin-Yang dataset, 2022; yin is 0, yang 1, the dots 2.

    >>> X, y = make_yin_yang(300)
    >>> max(hypot(*point) for point in X) <= 1, [y.count(c) for c in range(3)]
    (True, [100, 100, 100])
    """
    rng = random.Random(seed)

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
    return 0 if left <= 0.5 or (y > 0 and right > 0.5) else 1


def load_digits() -> Data:
    """scikit-learn's 1797 digits: X of 64 grey levels each (8 × 8, scaled to 0 to 1), y from 0 to 9.

    Needs scikit-learn. The digits are NIST's (Alpaydin & Kaynak, 1998, UCI repository).

    >>> X, y = load_digits()
    >>> len(X), len(X[0]), max(max(X))
    (1797, 64, 1.0)
    """
    try:
        from sklearn.datasets import load_digits as load
    except ImportError:
        raise ImportError(
            say(
                "needs",
                what="load_digits",
                library="scikit-learn",
                command=install_command("demos"),
            )
        ) from None
    digits = load()
    return (digits.data / 16).tolist(), digits.target.tolist()


def train_test_split(
    X: Sequence[Any], y: Sequence[Any], test_size: float = 0.25, seed: int = 0
) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    """Shuffle, then split into ``X_train, X_test, y_train, y_test``, in scikit-learn's order.

    ``test_size``: a share between 0 and 1, or a whole number of samples.

    >>> X_train, X_test, y_train, y_test = train_test_split([1, 2, 3, 4], [10, 20, 30, 40])
    >>> len(X_train), len(X_test), all(10 * a == b for a, b in zip(X_train, y_train))
    (3, 1, True)
    """
    if len(X) != len(y):
        raise ValueError(
            f"train_test_split: {len(X)} samples in X and {len(y)} in y; they must be as many"
        )
    n_test = round(test_size * len(X)) if isinstance(test_size, float) else test_size
    if not 0 < n_test < len(X):
        raise ValueError(
            f"train_test_split: test_size={test_size!r} of {len(X)} samples leaves one part empty"
        )
    order = list(range(len(X)))
    random.Random(seed).shuffle(order)
    test, train = order[:n_test], order[n_test:]
    return (
        [X[i] for i in train],
        [X[i] for i in test],
        [y[i] for i in train],
        [y[i] for i in test],
    )


def _curves(
    curve: Curve,
    n_samples: int,
    classes: int,
    noise: float,
    seed: int | random.Random,
    closed: bool = False,
) -> Data:
    """Points along one curve for each class, as many for each as can be, with noise, shuffled."""
    if classes < 1:
        raise ValueError(f"at least 1 class is needed, not {classes!r}")
    if n_samples < classes:
        raise ValueError(
            f"n_samples={n_samples!r} is too few: {classes} classes need at least one each"
        )
    if noise < 0:
        raise ValueError(
            f"noise is a standard deviation and cannot be negative: {noise!r}"
        )
    rng = seed if isinstance(seed, random.Random) else random.Random(seed)
    samples = []
    for c in range(classes):
        n = n_samples // classes + (
            c >= classes - n_samples % classes
        )  # the last classes get the rest
        for i in range(n):
            x1, x2 = curve(c, i / n if closed else i / max(n - 1, 1))
            samples.append(([rng.gauss(x1, noise), rng.gauss(x2, noise)], c))
    rng.shuffle(samples)
    return [point for point, _ in samples], [c for _, c in samples]
