"""A recorded graph as plain data: what ``class Graph`` of ``web/engine.js`` computes with."""

from collections.abc import Sequence
from typing import Any

from ..engine import Value


def graph_data(order: Sequence[Value]) -> dict[str, Any]:
    """Give the graph whose nodes are ``order``, a topological order, as lists.

    A node's number is its place in the order. ``ops``: the name of each node's row,
    None for a leaf. ``operands``: the numbers of the nodes that each is computed from;
    from ``len(ops)`` on they count plain numbers, which are the ``constants``.

    >>> x = Value(3.0); y = x * 2
    >>> graph_data([x, y])["operands"], graph_data([x, y])["constants"]
    ([[], [0, 2]], [2.0])
    """
    numbers = {v: i for i, v in enumerate(order)}
    constants: list[float] = []

    def number(operand: Value | float) -> int:
        if isinstance(operand, Value):
            return numbers[operand]
        constants.append(operand)
        return len(order) + len(constants) - 1

    return {
        "ops": [v.op.name if v.op else None for v in order],
        "operands": [[number(x) for x in v.operands] for v in order],
        "values": [v.data for v in order],
        "constants": constants,
    }
