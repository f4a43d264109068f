"""Dropout: while a network trains, some of its numbers are left out, others each time.

>>> drop = Dropout(0.5, seed=1)
>>> [v.data for v in drop([1.0, 1.0, 1.0, 1.0])]
[0.0, 2.0, 2.0, 0.0]
>>> [v.data for v in drop.eval()([1.0, 1.0])]
[1.0, 1.0]
"""

from collections.abc import Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any

from ..engine import Number, Value, as_value
from .arguments import Seed, generator, unpacked
from .messages import say
from .modules import Module


class Dropout(Module):
    """Multiplies each number by 0 with probability ``p``, else by 1 / (1 - p).

    So a sum stays what it is on average. In a recorded graph that is a multiplication
    by a plain number. After ``eval()`` numbers pass as they are; ``train()`` drops
    again, as in PyTorch, and `fit` does both by itself. ``seed``: a number, a
    `random.Random`, or None for Python's own random state. Raises ValueError for a p
    that is not from 0 to 1. Srivastava et al., Dropout, 2014.

    >>> x = Value(3.0, "x"); y = Dropout(0.5, seed=1)([x, x])[1]
    >>> y.data, y.operands[1]
    (6.0, 2.0)
    """

    def __init__(self, p: float = 0.5, seed: Seed = None) -> None:
        if not isinstance(p, Real) or not 0 <= p <= 1:
            raise ValueError(say("probability", p=p))
        self.p: float = float(p)
        self.rng: Any = generator(seed)

    if TYPE_CHECKING:

        def __call__(self, x: Any) -> Any: ...  # noqa: D102

    def forward(self, x: Sequence[Value | Number] | Value | Number) -> Any:
        """Give a list of as many Values as x has numbers; of one number, one Value."""
        numbers: Any = unpacked(x)
        if hasattr(numbers, "__len__"):
            return [self._dropped(as_value(v, "Dropout")) for v in numbers]
        return self._dropped(as_value(numbers, "Dropout"))

    def _dropped(self, v: Value) -> Value:
        if not self.training or self.p == 0:
            return v
        if self.rng.random() < self.p:
            return v * 0.0
        return v * (1 / (1 - self.p))

    def __repr__(self) -> str:
        return f"Dropout({self.p:g})"


def drops(model: Any) -> bool:
    """Tell whether a Dropout in a Module is at work.

    >>> drops(Dropout(0.5)), drops(Dropout(0.5).eval()), drops(lambda x: x)
    (True, False, False)
    """
    if not isinstance(model, Module):
        return False
    parts = [part for part in model.with_parts() if isinstance(part, Dropout)]
    return any(part.training and part.p > 0 for part in parts)
