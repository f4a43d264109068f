"""Losses: how wrong a batch of outputs is, as one Value to call backward() on.

Each takes the outputs of n samples and their n targets and gives the mean over the samples; the
output of a single sample with its single target works too. Targets are numbers or Values.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from ..engine import FUNCTIONS, Value, as_value
from .modules import one_hot

_sum, _dot, _logsumexp = FUNCTIONS["sum"], FUNCTIONS["dot"], FUNCTIONS["logsumexp"]


def mse(outputs: Any, targets: Any) -> Value:
    """The mean of (output - target)^2 over all numbers, in samples of one number or of a list.

    >>> mse([Value(1.0), Value(2.0)], [0.0, 4.0]).data
    2.5
    """
    pairs = _pairs("mse", outputs, targets)
    flat = [
        pair
        for o, t in pairs
        for pair in (_pairs("mse", o, t) if _many(o) or _many(t) else [(o, t)])
    ]
    return _mean([(as_value(o, "mse") - t) ** 2 for o, t in flat])


def hinge(scores: Any, targets: Any) -> Value:
    """The mean of max(0, 1 - target * score), targets -1 or 1 (Cortes & Vapnik, 1995).

    >>> hinge([Value(2.0), Value(0.5)], [1, 1]).data
    0.25
    """
    losses = []
    for score, target in _pairs("hinge", scores, targets):
        _check("hinge", target, float(target) in (-1.0, 1.0), "-1 or 1")
        losses.append((1 - as_value(score, "hinge") * target).relu())
    return _mean(losses)


def binary_cross_entropy(logits: Any, targets: Any) -> Value:
    """The mean of -t log σ(z) - (1 - t) log(1 - σ(z)) of logits z, targets t from 0 to 1.

    Computed as softplus(z) - t z, which is the same and never overflows.

    >>> round(binary_cross_entropy([Value(0.0), Value(1000.0)], [1, 1]).data, 4)
    0.3466
    """
    losses = []
    for z, t in _pairs("binary_cross_entropy", logits, targets):
        _check("binary_cross_entropy", t, 0 <= float(t) <= 1, "from 0 to 1")
        losses.append(as_value(z, "binary_cross_entropy").softplus() - z * t)
    return _mean(losses)


def cross_entropy(logits: Any, targets: Any) -> Value:
    """The mean of -log softmax(z)[t] of lists of logits z, targets t a class index or a list of probabilities.

    Computed as logsumexp(z) - z_t, which never overflows (Goodfellow et al., Deep Learning, 2016, 6.2.2.3).

    >>> round(cross_entropy([[Value(0.0), Value(0.0)]], [1]).data, 4)
    0.6931
    """
    single = len(logits) > 0 and not _many(logits[0])
    losses = []
    for zs, target in (
        [(logits, targets)] if single else _pairs("cross_entropy", logits, targets)
    ):
        values = [as_value(z, "cross_entropy") for z in zs]
        if _many(target):
            total = sum(float(t) for t in target)
            _check(
                "cross_entropy",
                target,
                abs(total - 1) < 1e-6,
                f"probabilities that sum to 1, not to {total}",
            )
            losses.append(_logsumexp(values) - _dot(values, list(target)))
        else:
            _check(
                "cross_entropy",
                target,
                int(target) == target,
                "a whole number, or a list of probabilities",
            )
            losses.append(
                _logsumexp(values)
                - values[one_hot(int(target), len(values)).index(1.0)]
            )
    return _mean(losses)


def accuracy(outputs: Iterable[Any], targets: Iterable[Any]) -> float:
    """The share of samples classified right: by sign for single scores, by the largest of several.

    Targets of single scores are -1 and 1, or 0 and 1; of several, the class index.

    >>> accuracy([Value(0.3), Value(-2.0)], [1, 1])
    0.5
    """
    pairs = _pairs("accuracy", list(outputs), list(targets))
    right = [bool(predict(o) == (t if _many(o) else t > 0)) for o, t in pairs]
    return sum(right) / len(right)


def predict(output: Any) -> int | bool:
    """The class of an output: the index of the largest of several, whether a single one is positive.

    >>> predict([Value(0.1), Value(0.7)]), predict(Value(-1.0))
    (1, False)
    """
    if not _many(output):
        return float(output) > 0
    numbers = [float(x) for x in output]
    return numbers.index(max(numbers))


def _many(x: Any) -> bool:
    return hasattr(x, "__len__")


def _pairs(what: str, outputs: Any, targets: Any) -> Sequence[tuple[Any, Any]]:
    if not _many(outputs) and not _many(targets):
        return [(outputs, targets)]
    if not _many(outputs) or not _many(targets) or len(outputs) != len(targets):
        counts = [str(len(x)) if _many(x) else "a single" for x in (outputs, targets)]
        raise ValueError(
            f"{what}: {counts[0]} outputs and {counts[1]} targets; they must be as many"
        )
    if not len(outputs):
        raise ValueError(f"{what}: no samples")
    return list(zip(outputs, targets, strict=True))


def _check(what: str, target: Any, good: bool, needed: str) -> None:
    if not good:
        raise ValueError(f"{what}: target {target!r} must be {needed}")


def _mean(losses: list[Value]) -> Value:
    return losses[0] if len(losses) == 1 else _sum(losses) / len(losses)
