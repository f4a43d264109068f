"""Losses as pieces of a graph, which the page puts behind a network of its own.

A page that builds networks needs the graph of a loss for any number of outputs. Python
records it, once for each, so that there is one source of what a loss is.
"""

from collections.abc import Callable, Iterator
from typing import Any

from ..engine import OPS, Value
from ..nn import Neuron, binary_cross_entropy, cross_entropy, hinge, mse, one_hot
from ..text import FEW
from .graph import graph_data

Piece = dict[str, Any]

MOST_CLASSES = 10
LENGTHS = range(1, FEW + 1)  # of sums; all longer ones are told as the longest here


def recorded(
    loss: Callable[..., Value], outputs: list[Value], targets: list[Value]
) -> Piece:
    """Record the loss of one sample; ``outputs`` and ``targets`` are leaves of it.

    >>> piece = recorded(mse, [Value(1.0)], [Value(0.0)])
    >>> len(piece["outputs"]), piece["ops"][piece["result"]] is None
    (1, False)
    """
    order = _loss_of(loss, outputs, targets).topological_order()
    numbers = {v: i for i, v in enumerate(order)}
    return graph_data(order) | {
        "outputs": [numbers[v] for v in outputs],
        "targets": [numbers[v] for v in targets],
        "result": len(order) - 1,
    }


def _loss_of(
    loss: Callable[..., Value], outputs: list[Value], targets: list[Value]
) -> Value:
    single = len(outputs) == 1
    output = outputs[0] if single else outputs
    target = targets[0] if single else targets
    return loss([output], [target])


def loss_pieces() -> dict[str, dict[int, Piece]]:
    """Give every loss a page offers, by name and by how many outputs it takes.

    >>> sorted(loss_pieces()), sorted(loss_pieces()["cross_entropy"])[0]
    (['binary_cross_entropy', 'cross_entropy', 'hinge', 'mse'], 2)
    """
    pieces: dict[str, dict[int, Piece]] = {}
    for loss, outputs, targets in _losses():
        piece = recorded(loss, outputs, targets)
        pieces.setdefault(loss.__name__, {})[len(outputs)] = piece
    return pieces


def _losses() -> Iterator[tuple[Callable[..., Value], list[Value], list[Value]]]:
    """Every loss a page offers, with leaves for outputs and targets."""
    for loss in (binary_cross_entropy, hinge, mse):
        yield loss, [Value(0.5)], [Value(1.0)]
    for n in range(2, MOST_CLASSES + 1):
        targets = [Value(x) for x in one_hot(0, n)]
        yield cross_entropy, [Value(float(k)) for k in range(n)], targets


def operations() -> list[Value]:
    """Give one of each operation that the networks a page makes can have.

    >>> {v.op.name for v in operations()} >= {"linear", "tanh", "logsumexp"}
    True
    """
    curves = [getattr(Value(0.5), OPS[name].method)() for name in activations()]
    sums = [Neuron(n, activation=None)([1.0] * n) for n in LENGTHS]
    losses = [_loss_of(*loss).topological_order() for loss in _losses()]
    computed = [v for order in losses for v in order if v.op]
    return [*curves, *sums, *computed]


def activations() -> dict[str, float | None]:
    """Give every curve of the table, and the setting of one that has a second operand.

    >>> activations()["tanh"], activations()["leaky_relu"]
    (None, 0.01)
    """
    return {op.name: op.default for op in OPS.values() if op.is_activation}
