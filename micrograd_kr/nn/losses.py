"""Losses: how wrong a batch of outputs is, as one Value to call backward() on.

Each takes the outputs of n samples and their n targets and gives the mean over the
samples; the output of a single sample with its single target works too. Targets are
numbers or Values, in lists or arrays; an array of shape (n, 1) is a column of n.
"""

from collections.abc import Callable, Iterable
from typing import Any

from ..engine import FUNCTIONS, Value, as_value, check_number
from .arguments import is_several, unpacked
from .classes import check_class, less_their_sum, numbers, predict
from .messages import say
from .modules import as_parameters

_sum: Callable[..., Value] = FUNCTIONS["sum"]
_dot: Callable[..., Value] = FUNCTIONS["dot"]
_logsumexp: Callable[..., Value] = FUNCTIONS["logsumexp"]

_LARGE = 100.0  # up to here a loss is off by less than 1e-13


def mse(outputs: Any, targets: Any) -> Value:
    """Give the mean of (output - target)² over all numbers of all samples.

    A sample is one number or a list of them. Raises ValueError when outputs and targets
    are not as many.

    >>> mse([Value(1.0), Value(2.0)], [0.0, 4.0]).data
    2.5
    """
    pairs = []
    for output, target in _pairs("mse", outputs, targets):
        if is_several(output) or is_several(target):
            pairs += _pairs("mse", output, target)
        else:
            pairs.append((output, target))
    return _mean([(as_value(o, "mse") - _number(t, "mse")) ** 2 for o, t in pairs])


def hinge(scores: Any, targets: Any) -> Value:
    """Give the mean of max(0, 1 - target × score); targets are -1 or 1.

    Raises ValueError for another target. Cortes & Vapnik, Support-Vector Networks,
    1995.

    >>> hinge([Value(2.0), Value(0.5)], [1, 1]).data
    0.25
    """
    losses = []
    for score, target in _pairs("hinge", scores, targets):
        side = _number(target, "hinge")
        if _plain(side) not in (-1.0, 1.0):
            raise _bad_target("hinge", target, "sides")
        margin = as_value(score, "hinge") * side
        losses.append((1 - margin).relu())
    return _mean(losses)


def binary_cross_entropy(logits: Any, targets: Any) -> Value:
    """Give the mean of -t log σ(z) - (1 - t) log(1 - σ(z)); targets t are from 0 to 1.

    Computed with softplus(-z) for -log σ(z) and softplus(z) for -log(1 - σ(z)), which
    never overflow; both are positive, so nothing cancels. Raises ValueError for a
    target outside 0 to 1.

    >>> round(binary_cross_entropy([Value(0.0), Value(1000.0)], [1, 1]).data, 4)
    0.3466
    """
    losses = []
    for logit, target in _pairs("binary_cross_entropy", logits, targets):
        share = _number(target, "binary_cross_entropy")
        if not 0 <= _plain(share) <= 1:
            raise _bad_target("binary_cross_entropy", target, "from_0_to_1")
        losses.append(_surprise(as_value(logit, "binary_cross_entropy"), share))
    return _mean(losses)


def _surprise(z: Value, t: float | Value) -> Value:
    """The binary cross-entropy of one logit."""
    if not isinstance(t, Value) and t in (0.0, 1.0):
        return (z * (1 - 2 * t)).softplus()  # one of the two, by the sign
    return t * (-z).softplus() + (1 - t) * z.softplus()


def cross_entropy(logits: Any, targets: Any) -> Value:
    """Give the mean of -log softmax(z)[t] over lists of logits z.

    A target t is the index of a class, or a list of probabilities, one for each class.
    Computed as logsumexp(z) - z_t, once z has lost what its numbers have in common;
    nothing overflows (Goodfellow et al., Deep Learning, 2016, 6.2.2.3). Raises
    ValueError for what is no class and no probabilities.

    >>> round(cross_entropy([[Value(0.0), Value(0.0)]], [1]).data, 4)
    0.6931
    """
    logits, targets = unpacked(logits), unpacked(targets)
    losses = []
    for zs, target in _samples(logits, targets):
        values = [as_value(z, "cross_entropy") for z in unpacked(zs)]
        target = unpacked(target)
        if is_several(target) and len(target) == 1 < len(values):
            target = target[0]  # of a column
        if is_several(target):
            losses.append(_from_shares(values, target))
        else:
            losses.append(_from_class(values, target))
    return _mean(losses)


def _samples(logits: Any, targets: Any) -> list[tuple[Any, Any]]:
    """The samples of `cross_entropy`: a list of logits and its target each."""
    if not len(logits) or is_several(logits[0]):
        return _pairs("cross_entropy", logits, targets)
    if is_several(targets) and all(_is_whole(t) for t in targets):
        said = say("one_or_several", n=len(logits), targets=str(targets))
        raise ValueError(said)
    return [(logits, targets)]


def _from_class(logits: list[Value], target: Any) -> Value:
    if not _is_whole(target):
        raise _bad_target("cross_entropy", target, "class_or_shares")
    at = check_class(target, len(logits), "cross_entropy")
    shifted = less_their_sum(logits)
    return _logsumexp(shifted) - shifted[at]


def _from_shares(logits: list[Value], target: Any) -> Value:
    shares = [_number(t, "cross_entropy") for t in target]
    total = sum(_plain(t) for t in shares)
    if not abs(total - 1) < 1e-6:
        raise _bad_target("cross_entropy", target, "shares", total=total)
    if any(isinstance(t, Value) for t in shares):
        # The inputs of a compiled program, which is softmax(z) - t backwards this way.
        # Less their sum it takes 1.2 times as long (50 samples of 10 classes), so only
        # large logits, beside which the loss would be rounded away, lose theirs.
        if max(abs(z.data) for z in logits) > _LARGE:
            logits = less_their_sum(logits)
        return _logsumexp(logits) - _dot(logits, shares)
    if set(shares) == {0.0, 1.0}:
        return _from_class(logits, shares.index(1.0))
    shifted = less_their_sum(logits)
    return _logsumexp(shifted) - _dot(shifted, shares)


def l1(parameters: Any) -> Value:
    r"""Give the sum of \|p\|, to add to a loss: many parameters become 0.

    ``parameters``: a Module or a list of Values. Tibshirani, Regression Shrinkage and
    Selection via the Lasso, 1996.

    >>> l1([Value(2.0), Value(-3.0)]).data
    5.0
    """
    return _sum([abs(p) for p in as_parameters(parameters, "l1")])


def l2(parameters: Any) -> Value:
    """Give the sum of p², to add to a loss: all parameters stay small.

    ``parameters``: a Module or a list of Values. Hoerl & Kennard, Ridge Regression,
    1970.

    >>> l2([Value(2.0), Value(-3.0)]).data
    13.0
    """
    values = as_parameters(parameters, "l2")
    return _dot(values, values)


def accuracy(outputs: Iterable[Any], targets: Iterable[Any]) -> float:
    """Give the share of the samples whose class is predicted right, from 0 to 1.

    Of single scores the sign counts, and targets are -1 and 1, or 0 and 1. Of several
    the largest counts, and targets are class indices or one-hot lists. Raises
    ValueError for another target.

    >>> accuracy([Value(0.3), Value(-2.0)], [1, 1])
    0.5
    """
    pairs = _pairs("accuracy", _listed(outputs), _listed(targets))
    right = [_is_right(output, target) for output, target in pairs]
    return sum(right) / len(right)


def _is_right(output: Any, target: Any) -> bool:
    classes = len(numbers(output, "accuracy"))
    wanted = numbers(target, "accuracy")
    if len(wanted) != 1:
        _check_counts("accuracy", output, target)
        return predict(output) == wanted.index(max(wanted))
    label = wanted[0]
    if classes == 1:
        if label not in (-1.0, 0.0, 1.0):
            raise _bad_target("accuracy", target, "signs")
        return predict(output) is (label > 0)
    if not label.is_integer():
        raise _bad_target("accuracy", target, "class_or_one_hot")
    return predict(output) == check_class(int(label), classes, "accuracy")


# ---- outputs and targets, checked


def _listed(x: Any) -> Any:
    """Arrays and iterators as lists; one number as it is."""
    x = unpacked(x)
    return x if isinstance(x, Value) or not hasattr(x, "__iter__") else list(x)


def _number(target: Any, what: str) -> float | Value:
    """A target of one number; bools, NumPy's numbers and lists of one are floats."""
    target = unpacked(target)
    if is_several(target) and len(target) == 1:
        return _number(target[0], what)
    return target if isinstance(target, Value) else check_number(target, what)


def _plain(x: float | Value) -> float:
    return x.data if isinstance(x, Value) else x


def _is_whole(target: Any) -> bool:
    target = unpacked(target)
    if isinstance(target, Value) or is_several(target):
        return False
    return check_number(target, "cross_entropy").is_integer()


def _pairs(what: str, outputs: Any, targets: Any) -> list[tuple[Any, Any]]:
    """Each output with its target; a single output with a single target is one pair."""
    outputs, targets = unpacked(outputs), unpacked(targets)
    if is_several(targets) and len(targets) == 1 and not is_several(outputs):
        targets = targets[0]  # of a column
    if not is_several(outputs) and not is_several(targets):
        return [(outputs, targets)]
    _check_counts(what, outputs, targets)
    if not len(outputs):
        raise ValueError(say("no_samples", what=what))
    return list(zip(outputs, targets, strict=True))


def _check_counts(what: str, outputs: Any, targets: Any) -> None:
    if is_several(outputs) and is_several(targets) and len(outputs) == len(targets):
        return
    n, m = _count(outputs), _count(targets)
    raise ValueError(say("counts", what=what, outputs=n, targets=m))


def _count(x: Any) -> str:
    return str(len(x)) if is_several(x) else say("single")


def _bad_target(what: str, target: Any, needed: str, **values: Any) -> ValueError:
    asked = say(needed, **values)
    return ValueError(say("target", what=what, target=target, needed=asked))


def _mean(losses: list[Value]) -> Value:
    return losses[0] if len(losses) == 1 else _sum(losses) / len(losses)
