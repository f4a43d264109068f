"""Classes: as a one among zeros, as probabilities, as what a network predicts."""

from collections.abc import Callable, Sequence
from typing import Any

from ..engine import FUNCTIONS, Number, Value, as_value, check_number
from .arguments import is_several, unpacked
from .messages import say

_logsumexp: Callable[..., Value] = FUNCTIONS["logsumexp"]


def softmax(logits: Sequence[Value | Number]) -> list[Value]:
    """Give the probabilities exp(x_i) / sum_j exp(x_j) of n logits: n Values.

    Computed as exp(x_i - logsumexp(x)), once x has lost what its numbers have in
    common: no exponential overflows (Goodfellow et al., Deep Learning, 2016, 4.1).

    >>> [round(p.data, 3) for p in softmax([1000.0, 1000.0, 0.0])]
    [0.5, 0.5, 0.0]
    """
    shifted = less_their_sum([as_value(x, "softmax") for x in logits])
    total = _logsumexp(shifted)
    return [(x - total).exp() for x in shifted]


def less_their_sum(logits: Sequence[Value]) -> list[Value]:
    """Give x_i - logsumexp(x): n Values near 0, or below, with the same softmax.

    Beside an offset a sum of exponentials is lost in rounding: logsumexp([1e16, 1e16])
    is 1e16. It is still near the largest x, so what they have in common goes with it,
    and a second logsumexp, of what is left, sees the rest.

    >>> [x.data for x in less_their_sum([Value(1e16), Value(1e16 - 2)])]
    [0.0, -2.0]
    """
    total = _logsumexp(logits)
    return [x - total for x in logits]


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
    number = check_number(index, what)
    if not (0 <= number < n and number.is_integer()):
        raise ValueError(say("class", what=what, index=str(index), last=n - 1))
    return int(number)


def predict(output: Any) -> int | bool:
    """Give the class of an output, which is a number or a list of them.

    Of several numbers it is the index of the largest; of one, whether it is positive.
    Raises ValueError for none.

    >>> predict([Value(0.1), Value(0.7)]), predict(Value(-1.0))
    (1, False)
    """
    scores = numbers(output, "predict")
    if not scores:
        raise ValueError(say("no_scores"))
    if len(scores) == 1:
        return scores[0] > 0
    return scores.index(max(scores))


def numbers(output: Any, what: str) -> list[float]:
    """Give the numbers of an output, of one number or of a list, as plain floats.

    Raises TypeError, which says ``what`` was given them, for what is no number.

    >>> numbers([Value(1.0), 2], "accuracy"), numbers(Value(3.0), "accuracy")
    ([1.0, 2.0], [3.0])
    """
    output = unpacked(output)
    several = output if is_several(output) else [output]
    return [x.data if isinstance(x, Value) else check_number(x, what) for x in several]
