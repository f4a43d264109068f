"""Lessons on the backward pass: the chain rule by hand, the order, what goes wrong."""

from collections import Counter
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from ..engine import Edge, Value
from ..text import choose, format_number
from .live import Live, Pass, Slider, Write
from .parts import Parts, bracketed


def backprop_by_hand(demo: ModuleType) -> Parts:
    """Go forwards and backwards through nine parameters, on the step page."""
    model = demo.network()
    loss = demo.loss_of(model)
    loss.backward()
    output = loss.parents[0].parents[0]
    hidden = [v for v in output.parents if v.label in ("h0", "h1")]
    grads = demo.by_hand()
    facts = {
        "x": bracketed(demo.X),
        "t": format_number(demo.T),
        "h": bracketed(hidden),
        "o": format_number(output.data),
        "loss": format_number(loss.data),
        "o_grad": format_number(output.grad),
        "w2": bracketed(demo.W2),
        "w2_0": format_number(demo.W2[0]),
        "h_grad": bracketed(h.grad for h in hidden),
        "h0_grad": format_number(hidden[0].grad),
        "z_grad": bracketed(h.parents[0].grad for h in hidden),
        "parameters": len(grads),
    }
    return Parts(facts)


def order_matters(demo: ModuleType) -> Parts:
    """Show wrong backward passes beside the right one, the first wrong step in red."""
    wrong: dict[Any, list[Any]] = {}
    for mistake in demo.mistakes():
        wrong.setdefault(mistake.graph, []).append(mistake)
    nodes, square = demo.graph(), demo.square()
    lives = {
        "order": _beside(demo, nodes, nodes[:2], wrong[demo.graph]),
        "square": _beside(demo, square, square[:1], wrong[demo.square]),
    }
    demo.backward(nodes[-1])
    demo.backward(square[-1])
    recursive = demo.graph()
    demo.backward(recursive[-1], demo.recursive)
    facts = {
        "a_grad": format_number(nodes[0].grad),
        "c_grad": format_number(nodes[2].grad),
        "wrong_grad": format_number(recursive[0].grad),
        "numeric": f"{demo.numeric_slope():.4f}",
        "square": format_number(square[0].data),
        "square_grad": format_number(square[0].grad),
    }
    return Parts(facts, lives)


def _beside(
    demo: ModuleType, nodes: list[Value], leaves: list[Value], mistakes: list[Any]
) -> Live:
    root = nodes[-1]
    right = choose("바른 역전파", "the right pass")
    passes = [Pass(right, list(_writes(demo.in_order(root))))]
    for mistake in mistakes:
        writes = list(_writes(mistake.written(root)))
        passes.append(Pass(mistake.title, writes, mistake.again))
    groups = {"": [Slider(str(v.label), [v], -5, 5, 1) for v in leaves]}
    return Live(root, groups=groups, lines=nodes[len(leaves) :], passes=passes)


def _writes(edges: Iterator[tuple[Edge, str]]) -> Iterator[Write]:
    """Tell which of its edges a node writes along: they come in order."""
    met: Counter[Value] = Counter()
    for edge, sign in edges:
        k = met[edge.node] % len(edge.node.parents)
        met[edge.node] += 1
        yield edge.node, k, edge.parent, sign
