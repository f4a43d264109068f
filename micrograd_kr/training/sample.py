"""One sample, recorded: a graph with leaves into which every other sample fits."""

from typing import Any, NamedTuple

from ..engine import Value
from ..nn import one_hot
from .given import Loss
from .outputs import leaves


class Sample(NamedTuple):
    """What was recorded; ``input``, ``output`` and ``target`` are Values or lists."""

    input: Any
    output: Any
    target: Any
    loss: Value


def record_sample(
    model: Any, X: list[Any], y: list[Any], loss: Loss
) -> tuple[Sample, list[Any]]:
    """Record the first sample; give it, and all targets as numbers for its leaves.

    >>> from micrograd_kr.nn import mse
    >>> sample, targets = record_sample(lambda x: x * 2, [1.0, 2.0], [0.0, 1.0], mse)
    >>> sample.loss.data, targets
    (4.0, [0.0, 1.0])
    """
    x = leaves(X[0])
    output = model(x)
    targets = as_numbers(y, output)
    target = leaves(targets[0])
    return Sample(x, output, target, loss([output], [target])), targets


def as_numbers(y: list[Any], output: Any) -> list[Any]:
    """Give targets as numbers beside such an output: of a class, a 1 among zeros.

    >>> as_numbers([1], [Value(0.0), Value(0.0)]), as_numbers([1], Value(0.0))
    ([[0.0, 1.0]], [1])
    """
    several = hasattr(output, "__len__") and len(output) > 1
    if not several or not all(map(_is_one_number, y)):
        return y
    return [one_hot(_number(target), len(output)) for target in y]


def _is_one_number(target: Any) -> bool:
    return not hasattr(target, "__len__") or len(target) == 1


def _number(target: Any) -> Any:
    return target[0] if hasattr(target, "__len__") else target
