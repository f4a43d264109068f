"""What several tests need of the table of operations: arguments, PyTorch's twins, random graphs."""

import torch

from micrograd_kr import OPS, Value
from micrograd_kr.engine import FUNCTIONS

# PyTorch's function of the same name, but for those it calls in another way.
TORCH = {
    "softplus": lambda x: torch.nn.functional.softplus(
        x, threshold=100.0
    ),  # its 20 gives up 10 digits
    "leaky_relu": lambda x, y: torch.nn.functional.leaky_relu(x, y.item()),
    "elu": lambda x, y: torch.nn.functional.elu(x, y.item()),
    "linear": lambda w, x, b: torch.nn.functional.linear(x, w, b),
    "logsumexp": lambda x: torch.logsumexp(x, 0),
}


def torch_function(name):
    """PyTorch's own ``name``; None where it has none."""
    return (
        TORCH.get(name)
        or getattr(torch, name, None)
        or getattr(torch.nn.functional, name, None)
    )


def operands(op, n):
    """How many operands it has when its lists have ``n``."""
    return sum(n if name[0] == "*" else 1 for name in op.operands)


def split(op, flat):
    """The flat operands as the arguments of the row: lists where it has stars."""
    if not op.variadic:
        return list(flat)
    n, lists = op.lengths(len(flat))
    return [list(flat[i * n : (i + 1) * n]) for i in range(lists)] + list(
        flat[lists * n :]
    )


def random_graph(choose, size):
    """Three leaves and ``size`` operations over them, of every kind without a domain; numbers stay small.

    ``choose`` takes one of a list.
    """
    leaves = [Value(x) for x in (0.5, -1.25, 2.0)]
    nodes = list(leaves)
    for _ in range(size):
        op = choose([op for op in OPS.values() if op.domain in ("True", "len(x) > 0")])
        flat = [choose(nodes) for _ in range(operands(op, choose([1, 2, 3])))]
        if len(op.operands) > 1 and not op.variadic and choose([True, False]):
            flat[choose(range(len(flat)))] = choose([2.0, -0.5, 1])
        shrunk = [
            x.tanh() if isinstance(x, Value) and abs(x.data) > 4 else x for x in flat
        ]
        nodes.append(FUNCTIONS[op.name](*split(op, shrunk)))
    return leaves, nodes
