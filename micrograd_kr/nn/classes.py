"""Classes: as a list of zeros and a one, as probabilities, as what a network predicts."""

from collections.abc import Sequence
from typing import Any

from ..engine import FUNCTIONS, Number, Value, as_value
from .arguments import unpacked
from .messages import say

_logsumexp = FUNCTIONS["logsumexp"]


def softmax(logits: Sequence[Value | Number]) -> list[Value]:
    """Give the probabilities exp(x_i) / sum_j exp(x_j) of n logits: n Values.

    Computed as exp(log_softmax(x)): no exponential overflows (Goodfellow et al., Deep
    Learning, 2016, 4.1).

    >>> [round(p.data, 3) for p in softmax([1000.0, 1000.0, 0.0])]
    [0.5, 0.5, 0.0]
    """
    return [x.exp() for x in log_softmax([as_value(x, "softmax") for x in logits])]


def log_softmax(logits: Sequence[Value]) -> list[Value]:
    """Give log softmax(x), which is x_i - logsumexp(x): n Values of n.

    Beside a large x the sum is lost in rounding: logsumexp([1e16, 1e16]) is 1e16. What
    was taken away is then nearly the largest x, whatever they have in common is gone,
    and doing it once more takes away what is left.

    >>> [round(x.data, 3) for x in log_softmax([Value(1e16), Value(1e16)])]
    [-0.693, -0.693]
    """
    total = _logsumexp(logits)
    near_zero = [x - total for x in logits]
    rest = _logsumexp(near_zero)
    return [x - rest for x in near_zero]


def one_hot(index: int, n: int) -> list[float]:
    """Give a list of ``n`` zeros with a 1 at ``index``.

    Raises ValueError when the index is not among 0 to n - 1.

    >>> one_hot(1, 3)
    [0.0, 1.0, 0.0]
    """
    at = check_class(index, n, "one_hot")
    return [1.0 if i == at else 0.0 for i in range(n)]


def check_class(index: Any, n: int, what: str) -> int:
    """Give the index of a class among ``n``; raise ValueError for what is none.

    >>> check_class(2.0, 3, "one_hot")
    2
    """
    if not 0 <= index < n:
        raise ValueError(say("class", what=what, index=str(index), last=n - 1))
    return int(index)


def predict(output: Any) -> int | bool:
    """Give the class of an output, which is a number or a list of them.

    Of several numbers it is the index of the largest; of one, whether it is positive.
    Raises ValueError for none.

    >>> predict([Value(0.1), Value(0.7)]), predict(Value(-1.0))
    (1, False)
    """
    scores = numbers(output)
    if not scores:
        raise ValueError(say("no_scores"))
    if len(scores) == 1:
        return scores[0] > 0
    return scores.index(max(scores))


def numbers(output: Any) -> list[float]:
    """Give the numbers of an output, of one number or of a list, as plain floats.

    >>> numbers([Value(1.0), 2]), numbers(Value(3.0))
    ([1.0, 2.0], [3.0])
    """
    output = unpacked(output)
    several = output if hasattr(output, "__len__") else [output]
    return [as_value(x, "predict").data for x in several]
