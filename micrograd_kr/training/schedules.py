"""Learning-rate schedules: callbacks of `fit` that set ``optimizer.lr`` epoch by epoch.

A rule says by what the first rate is multiplied in epoch 0, 1, 2, ...

>>> from micrograd_kr import Value
>>> from micrograd_kr.nn import SGD
>>> optimizer = SGD([Value(1.0)], lr=0.5)
>>> callback = schedule(optimizer, cosine_decay(10))
>>> callback(range(5)); round(optimizer.lr, 6)  # after 5 epochs
0.25
"""

from collections.abc import Callable, Sized
from math import cos, pi

from ..nn import Optimizer
from .given import whole

Rule = Callable[[int], float]


def schedule(optimizer: Optimizer, rule: Rule) -> Callable[[Sized], None]:
    """Make a callback of `fit` that sets ``optimizer.lr`` before each epoch.

    The rate is what it is now times ``rule(epoch)``; of the first epoch it is set at
    once. As LambdaLR in PyTorch.

    >>> from micrograd_kr import Value
    >>> from micrograd_kr.nn import SGD
    >>> optimizer = SGD([Value(1.0)], lr=0.5)
    >>> halve = schedule(optimizer, lambda epoch: 0.5**epoch)
    >>> halve(range(2)); optimizer.lr
    0.125
    """
    first = optimizer.lr

    def set_rate(history: Sized) -> None:
        optimizer.lr = first * rule(len(history))

    set_rate(())
    return set_rate


def step_decay(every: int, factor: float = 0.1) -> Rule:
    """Multiply the rate by ``factor`` once in so many epochs.

    >>> [step_decay(2, 0.5)(epoch) for epoch in range(5)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """
    every = whole(every, "step_decay: every")
    return lambda epoch: factor ** (epoch // every)


def exponential_decay(factor: float) -> Rule:
    """Multiply the rate by ``factor`` each epoch.

    >>> [exponential_decay(0.5)(epoch) for epoch in range(4)]
    [1.0, 0.5, 0.25, 0.125]
    """
    return lambda epoch: factor**epoch


def cosine_decay(epochs: int, lowest: float = 0.0) -> Rule:
    """Lower the rate along half a cosine to its share ``lowest`` after so many epochs.

    It stays there. Loshchilov & Hutter, SGDR, 2017.

    >>> [round(cosine_decay(4)(epoch), 3) for epoch in range(6)]
    [1.0, 0.854, 0.5, 0.146, 0.0, 0.0]
    """
    epochs = whole(epochs, "cosine_decay: epochs")

    def rule(epoch: int) -> float:
        done = min(epoch / epochs, 1.0)
        return lowest + (1 - lowest) * (1 + cos(pi * done)) / 2

    return rule


def warmup(epochs: int, then: Rule = lambda epoch: 1.0) -> Rule:
    """Raise the rate evenly to what it is in so many epochs, and go on with a rule.

    >>> [warmup(4, step_decay(1, 0.5))(epoch) for epoch in range(6)]
    [0.25, 0.5, 0.75, 1.0, 1.0, 0.5]
    """
    epochs = whole(epochs, "warmup: epochs")

    def rule(epoch: int) -> float:
        if epoch < epochs:
            return (epoch + 1) / epochs
        return then(epoch - epochs)

    return rule
