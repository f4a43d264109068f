"""Losses as pieces of a graph, which the page puts behind a network of its own.

A page that builds networks needs the graph of a loss for any number of outputs. Python
records it, once for each, so that there is one source of what a loss is.
"""

from collections.abc import Callable
from typing import Any

from ..engine import OPS, Value
from ..nn import binary_cross_entropy, cross_entropy, hinge, mse, one_hot
from .graph import graph_data

Piece = dict[str, Any]

MOST_CLASSES = 10


def recorded(
    loss: Callable[..., Value], outputs: list[Value], targets: list[Value]
) -> Piece:
    """Record the loss of one sample; ``outputs`` and ``targets`` are leaves of it.

    >>> piece = recorded(mse, [Value(1.0)], [Value(0.0)])
    >>> len(piece["outputs"]), piece["ops"][piece["result"]] is None
    (1, False)
    """
    single = len(outputs) == 1
    output = outputs[0] if single else outputs
    target = targets[0] if single else targets
    order = loss([output], [target]).topological_order()
    numbers = {v: i for i, v in enumerate(order)}
    return graph_data(order) | {
        "outputs": [numbers[v] for v in outputs],
        "targets": [numbers[v] for v in targets],
        "result": len(order) - 1,
    }


def loss_pieces() -> dict[str, dict[int, Piece]]:
    """Give every loss a page offers, by name and by how many outputs it takes.

    >>> sorted(loss_pieces()), sorted(loss_pieces()["cross_entropy"])[0]
    (['binary_cross_entropy', 'cross_entropy', 'hinge', 'mse'], 2)
    """
    pieces: dict[str, dict[int, Piece]] = {}
    for loss in (binary_cross_entropy, hinge, mse):
        pieces[loss.__name__] = {1: recorded(loss, [Value(0.5)], [Value(1.0)])}
    classes = range(2, MOST_CLASSES + 1)
    pieces["cross_entropy"] = {n: _of_classes(n) for n in classes}
    return pieces


def _of_classes(n: int) -> Piece:
    outputs = [Value(float(k)) for k in range(n)]
    targets = [Value(x) for x in one_hot(0, n)]
    return recorded(cross_entropy, outputs, targets)


def activations() -> dict[str, float | None]:
    """Give every curve of the table, and the setting of one that has a second operand.

    >>> activations()["tanh"], activations()["leaky_relu"]
    (None, 0.01)
    """
    return {op.name: op.default for op in OPS.values() if op.is_activation}
