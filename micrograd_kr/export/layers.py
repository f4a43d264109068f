"""A network as numbers, layer by layer: what any other program needs of it."""

import importlib
from typing import Any, NamedTuple

from ..engine import OPS, Op, check_number
from ..nn import MLP, Layer, Module, Neuron
from .messages import say

_FORWARDS = (MLP.forward, Layer.forward, Neuron.forward)


class LinearLayer(NamedTuple):
    """A layer of n neurons over m inputs: activation(weight x + bias).

    ``weight`` has n lists of m floats, ``bias`` n floats; ``activation`` is a row of
    the table, or None for a linear layer.
    """

    weight: list[list[float]]
    bias: list[float]
    activation: Op | None


def layers_of(model: Module, what: str) -> list[LinearLayer]:
    """Give the layers of an MLP, a Layer or a Neuron as numbers; ``what`` asks.

    Raises TypeError for what computes in another way, and ValueError for an activation
    without a name, for neurons of one layer that differ, and for NaN or infinities.

    >>> [len(layer.weight) for layer in layers_of(MLP(2, [16, 1]), "to_torch")]
    [16, 1]
    """
    if getattr(type(model), "forward", None) not in _FORWARDS:
        raise TypeError(say("own_code", what=what, kind=type(model).__name__))
    parts = model.layers if isinstance(model, MLP) else [model]
    found = []
    for i, part in enumerate(parts):
        neurons = part.neurons_of_layer()
        activation = _activation_of(neurons, i, what)
        weight = [_numbers(neuron.w, what) for neuron in neurons]
        bias = _numbers([neuron.b for neuron in neurons], what)
        found.append(LinearLayer(weight, bias, activation))
    return found


def _activation_of(neurons: list[Neuron], i: int, what: str) -> Op | None:
    """The activation that the neurons of layer ``i`` have in common."""
    first = neurons[0].activation
    for neuron in neurons:
        if callable(neuron.activation):
            raise ValueError(say("function", what=what, i=i))
        if neuron.activation != first:
            one, other = repr(first), repr(neuron.activation)
            raise ValueError(say("mixed", what=what, i=i, one=one, other=other))
    return OPS[first] if isinstance(first, str) else None


def _numbers(parameters: list[Any], what: str) -> list[float]:
    return [check_number(p.data, f"{what}: {p.label}") for p in parameters]


def mlp_of(nin: int, layers: list[LinearLayer], what: str) -> MLP:
    """Make the MLP of ``nin`` inputs that has these layers; ``what`` asks.

    Raises ValueError for NaN or infinities, and what `MLP` raises.

    >>> mlp_of(2, [LinearLayer([[1.0, 2.0]], [0.5], None)], "from_torch")([3.0, 4.0])
    Value(data=11.5, grad=0.0)
    """
    widths = [len(layer.weight) for layer in layers]
    activations = [_name_of(layer.activation) for layer in layers]
    # A seed, so that Python's random state stays as it is.
    model = MLP(nin, widths, activations, seed=0)
    numbers = []
    for layer in layers:
        for row, b in zip(layer.weight, layer.bias, strict=True):
            numbers += [*row, b]
    for p, x in zip(model.parameters(), numbers, strict=True):
        p.data = check_number(x, f"{what}: {p.label}")
    return model


def _name_of(activation: Op | None) -> str | None:
    return activation.name if activation else None


def needed(name: str, what: str) -> Any:
    """Import the package ``name``, or raise ImportError that says what to install.

    >>> needed("math", "this example").pi
    3.141592653589793
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ImportError(say("missing", what=what, name=name)) from error
