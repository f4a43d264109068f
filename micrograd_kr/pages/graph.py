"""A recorded graph as plain data, for ``class Graph`` of ``web/engine.js``."""

import re
from collections.abc import Sequence
from typing import Any

from ..engine import Value


def graph_data(order: Sequence[Value]) -> dict[str, Any]:
    """Give the graph whose nodes are ``order``, a topological order, as lists.

    A node's number is its place in the order. ``ops``: the name of each node's row,
    None for a leaf. ``operands``: the numbers of the nodes that each is computed from;
    from ``len(ops)`` on they count plain numbers, which are the ``constants``.
    ``parameters``: the leaves that are called as `nn` calls them, ``layer0.w1``; none
    without any weight.

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
        "parameters": [numbers[v] for v in parameters(order)],
    }


def parameters(order: Sequence[Value]) -> list[Value]:
    """Find the leaves that learn, by their labels.

    >>> x, w, b = Value(1.0, "x"), Value(2.0, "w"), Value(3.0, "b")
    >>> [v.label for v in parameters([x, w, b])], parameters([x, b])
    (['w', 'b'], [])
    """
    last = {v: str(v.label).rpartition(".")[2] for v in order if v.op is None}
    found = [v for v, label in last.items() if re.fullmatch(r"[wb]\d*", label)]
    has_weights = any(last[v].startswith("w") for v in found)  # else b is any variable
    return found if has_weights else []
