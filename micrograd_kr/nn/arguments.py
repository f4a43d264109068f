"""What a caller gives to a network, checked: activations, sizes, seeds and samples."""

import random
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from numbers import Real
from operator import index
from typing import Any

from ..engine import OPS, Value, as_value
from ..text import listed
from .messages import say

Activation = str | Callable[[Value], Value] | None
Seed = int | random.Random | None


def unpacked(x: Any) -> Any:
    """Take an array or its scalar as Python has it: a list, or a number.

    Whatever has a ``tolist`` is one: NumPy's arrays and numbers, tensors, columns.

    >>> unpacked(3), unpacked([1, 2])
    (3, [1, 2])
    """
    return x.tolist() if hasattr(x, "tolist") else x


def is_several(x: Any) -> bool:
    """Tell whether ``x`` is a list of numbers, of whatever kind, and no single one.

    >>> is_several((1, 2)), is_several(3), is_several("12")
    (True, False, False)
    """
    return hasattr(x, "__len__") and not isinstance(x, str)


# ---- how a network is made


def check_activation(activation: Any) -> None:
    """Raise ValueError, with what there is, for what is no activation.

    >>> check_activation("tanh")
    """
    if activation is None or (
        callable(activation) and not isinstance(activation, type)
    ):
        return
    if not isinstance(activation, str):
        raise ValueError(say("activation_kind", given=activation))
    curves = [op.name for op in OPS.values() if op.is_activation]
    if activation not in curves:
        known = listed(_closest_first(activation, curves), most=len(curves))
        raise ValueError(say("activation", name=activation, known=known))


def _closest_first(name: str, known: Sequence[str]) -> list[str]:
    """The known names, those that are spelled most like ``name`` before the others."""

    def likeness(candidate: str) -> float:
        return SequenceMatcher(None, name.lower(), candidate).ratio()

    return sorted(known, key=likeness, reverse=True)


def check_size(size: Any, who: str) -> int:
    """Give a size as an int; raise TypeError for what is no whole number.

    >>> check_size(3, "Layer")
    3
    """
    try:
        return index(size)
    except TypeError:
        raise TypeError(say("width", who=who, x=size)) from None


def check_widths(nin: Any, nouts: Any, *following: Any) -> list[int]:
    """Give the widths of the layers; raise TypeError for ``MLP(2, 8, 1)``.

    ``following`` are the arguments after them, where widths without a list end up.

    >>> check_widths(2, (8, 1))
    [8, 1]
    """
    nouts = unpacked(nouts)
    if isinstance(nouts, str) or not hasattr(nouts, "__iter__"):
        widths = [n for n in (nouts, *following) if type(n) is int]
        raise TypeError(say("widths", nin=nin, widths=widths))
    widths = [check_size(n, "MLP") for n in nouts]
    if not widths:
        raise ValueError(say("no_layers"))
    return widths


def per_layer(given: Any, layers: int, what: str) -> list[Any]:
    """Give a list with one for each layer, from such a list or from one for all.

    >>> per_layer("he", 2, "init")
    ['he', 'he']
    """
    if not isinstance(given, list | tuple):
        return [given] * layers
    if len(given) != layers:
        raise ValueError(say("per_layer", n=len(given), what=what, layers=layers))
    return list(given)


def generator(seed: Any) -> Any:
    """Give the source of random numbers that ``seed`` stands for.

    None is Python's own state, which `random.seed` governs.

    >>> generator(0).random() == random.Random(0).random()
    True
    """
    if seed is None:
        return random
    return seed if hasattr(seed, "gauss") else random.Random(seed)


def initial_weight(init: str, rng: Any, fan_in: int, fan_out: int) -> float:
    """Draw a weight.

    "he": normal with variance 2 / fan_in (He et al., Delving Deep into Rectifiers,
    2015). "xavier": uniform with variance 2 / (fan_in + fan_out) (Glorot & Bengio,
    2010). "uniform": from -1 to 1.

    >>> -1 <= initial_weight("uniform", random, 2, 1) <= 1
    True
    """
    if init == "he":
        deviation = (2 / fan_in) ** 0.5
        return float(rng.gauss(0.0, deviation))
    if init == "xavier":
        bound = (6 / (fan_in + fan_out)) ** 0.5
        return float(rng.uniform(-bound, bound))
    if init == "uniform":
        return float(rng.uniform(-1.0, 1.0))
    raise ValueError(say("init", name=init))


# ---- what a network is given


def as_inputs(x: Any, nin: int, who: str) -> list[Value]:
    """Give one sample as ``nin`` Values; a single number stands for a list of one.

    Raises ValueError for another number of inputs, and TypeError for what holds no
    numbers: several samples at once among them.

    >>> as_inputs(2, 1, "MLP")
    [Value(data=2.0, grad=0.0)]
    """
    x = unpacked(x)
    if not isinstance(x, list):
        x = _as_list(x, nin, who)
    values = [v if isinstance(v, Value) else _as_input(v, nin, who) for v in x]
    if len(values) != nin:
        key = "inputs" if nin > 1 else "inputs_one"
        raise ValueError(say(key, who=who, nin=nin, n=len(values)))
    return values


def _as_list(x: Any, nin: int, who: str) -> list[Any]:
    if isinstance(x, Value | Real):
        return [x]
    if isinstance(x, str | dict | set) or not hasattr(x, "__iter__"):
        raise TypeError(say("no_sample", who=who, x=x, kind=type(x).__name__, nin=nin))
    return list(x)


def _as_input(x: Any, nin: int, who: str) -> Value:
    if isinstance(x, list | tuple) or getattr(x, "ndim", 0) > 0:  # `x` was a batch
        raise TypeError(say("batch", who=who, nin=nin))
    return as_value(unpacked(x), who)
