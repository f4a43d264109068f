"""What a caller gives to training, checked: samples, counts, losses, optimizers."""

import random
from collections.abc import Callable, Mapping
from decimal import Decimal
from math import nan
from numbers import Real
from operator import index
from typing import Any, TypeVar

from ..engine import Value
from ..nn import (
    SGD,
    Adam,
    AdamW,
    Optimizer,
    accuracy,
    binary_cross_entropy,
    cross_entropy,
    hinge,
    mse,
    unpacked,
)
from .messages import say

# Of the outputs and the targets of a batch: their mean loss; how good they are.
Loss = Callable[[list[Any], list[Any]], Value]
Metric = Callable[[list[Any], list[Any]], float]

LOSSES: dict[str, Loss] = {
    "mse": mse,
    "bce": binary_cross_entropy,
    "binary_cross_entropy": binary_cross_entropy,
    "cross_entropy": cross_entropy,
    "hinge": hinge,
}
METRICS: dict[str, Metric] = {"accuracy": accuracy}
OPTIMIZERS: dict[str, type[Optimizer]] = {"sgd": SGD, "adam": Adam, "adamw": AdamW}
LEARNING_RATE = 0.01  # of an optimizer that is made here

Kind = TypeVar("Kind")

# ---- samples


def samples(given: Any, who: str, name: str = "X") -> list[Any]:
    """Give samples as a list, from whatever holds them in an order.

    Arrays, tensors and tables become lists of Python's numbers; a list is left as it
    is. Raises TypeError for what holds no samples.

    >>> samples(range(3), "fit"), samples(([1.0, 2.0],), "fit")
    ([0, 1, 2], [[1.0, 2.0]])
    """
    if hasattr(given, "to_numpy"):  # a table; to iterate it gives the columns' names
        given = given.to_numpy()
    given = unpacked(given)
    unordered = isinstance(given, str | bytes | dict | set | Value)
    if unordered or not hasattr(given, "__iter__"):
        kind = type(given).__name__
        raise TypeError(say("no_samples", who=who, name=name, kind=kind))
    if not isinstance(given, list):
        given = list(given)
    if any(hasattr(sample, "tolist") for sample in given):
        given = [unpacked(sample) for sample in given]
    return given  # type: ignore[no-any-return]


def samples_and_targets(X: Any, y: Any, who: str) -> tuple[list[Any], list[Any]]:
    """Give both as lists, equally long.

    Raises TypeError for what holds none, ValueError for other lengths and for targets
    that are text.

    >>> samples_and_targets([1, 2], (True, False), "fit")
    ([1, 2], [True, False])
    """
    X, y = samples(X, who, "X"), samples(y, who, "y")
    if len(X) != len(y) or not X:
        raise ValueError(say("lengths", who=who, n=len(X), m=len(y)))
    for target in y:
        if isinstance(target, str):
            raise ValueError(say("words", who=who, x=repr(target)))
    return X, y


def validation_samples(given: Any, who: str) -> tuple[list[Any], list[Any]] | None:
    """Give the samples and targets to validate with, if there are any.

    Raises TypeError for what is no pair of them.

    >>> validation_samples(([1, 2], [0, 1]), "fit"), validation_samples(None, "fit")
    (([1, 2], [0, 1]), None)
    """
    if given is None:
        return None
    if not isinstance(given, tuple | list) or len(given) != 2:
        raise TypeError(say("no_pair", who=who, kind=type(given).__name__))
    X, y = given
    return samples_and_targets(X, y, f"{who}(validation)")


def check_model(model: Any, who: str) -> None:
    """Raise TypeError for what cannot be called with a sample.

    >>> check_model(lambda x: x, "fit")
    """
    if isinstance(model, type):
        raise TypeError(say("model_class", who=who, name=model.__name__))
    if not callable(model):
        raise TypeError(say("no_model", who=who, kind=type(model).__name__))


# ---- numbers


def whole(x: Any, name: str, least: int = 1) -> int:
    """Give a count as an int; ``1e3`` and NumPy's numbers are counts too.

    Raises TypeError for what is no whole number, ValueError for one below ``least``.

    >>> whole(1e3, "epochs")
    1000
    """
    n = unpacked(x)
    if isinstance(n, float) and n.is_integer():
        n = int(n)
    try:
        n = index(n)
    except TypeError:
        raise TypeError(say("whole", name=name, x=repr(x))) from None
    if n < least:
        raise ValueError(say("at_least", name=name, least=least, x=repr(x)))
    return n


def real(x: Any) -> float:
    """Give a number as a float; nan, which is in no range, for what is none.

    >>> real(1), real("1")
    (1.0, nan)
    """
    x = unpacked(x)
    return float(x) if isinstance(x, Real | Decimal) else nan


def generator(seed: Any) -> Any:
    """Give the source of random numbers that a seed stands for.

    None is Python's own, which `random.seed` governs. Raises TypeError for what is no
    seed.

    >>> generator(0).random() == random.Random(0).random()
    True
    """
    if seed is None:
        return random
    if hasattr(seed, "gauss"):
        return seed
    try:
        return random.Random(unpacked(seed))
    except TypeError:
        raise TypeError(say("seed", x=repr(seed))) from None


# ---- by name


def loss_for(given: str | Loss) -> Loss:
    """Give the loss that a name stands for; a function is one already.

    Raises ValueError for an unknown name, TypeError for what is no function.

    >>> loss_for("bce").__name__
    'binary_cross_entropy'
    """
    return _chosen("loss", given, LOSSES, say("own_loss"))


def metric_for(given: str | Metric | None) -> Metric | None:
    """Give the metric that a name stands for, if there is one.

    Raises ValueError for an unknown name, TypeError for what is no function.

    >>> metric_for("accuracy").__name__
    'accuracy'
    """
    if given is None:
        return None
    return _chosen("metric", given, METRICS, say("own_loss"))


def optimizer_for(given: Any, model: Any) -> Optimizer:
    """Give the optimizer that is meant: Adam, one by name, by class, or ready made.

    What is made here has the model's parameters and the learning rate 0.01. Any other
    function is called with the parameters. Raises ValueError when there are none, when
    the name is unknown, and for an optimizer of another model.

    >>> from micrograd_kr import MLP
    >>> optimizer_for("sgd", MLP(2, [1])).lr
    0.01
    """
    optimizer = given
    if not isinstance(given, Optimizer):
        make = _chosen("optimizer", given or Adam, OPTIMIZERS, say("own_optimizer"))
        if not hasattr(model, "parameters"):
            raise ValueError(say("what_to_learn"))
        rate = {"lr": LEARNING_RATE} if isinstance(make, type) else {}
        optimizer = make(model.parameters(), **rate)
    if hasattr(model, "parameters"):
        mine = set(model.parameters())
        if mine.isdisjoint(optimizer.parameters):
            raise ValueError(say("other_model"))
    return optimizer  # type: ignore[no-any-return]


def _chosen(name: str, given: Any, known: Mapping[str, Kind], own: str) -> Kind:
    """What a name stands for; whatever can be called stands for itself."""
    if isinstance(given, str) and given.lower() in known:
        return known[given.lower()]
    if callable(given):
        return given  # type: ignore[no-any-return]
    error = ValueError if isinstance(given, str) else TypeError
    names = ", ".join(map(repr, known))
    raise error(say("no_choice", name=name, x=repr(given), known=names, own=own))
