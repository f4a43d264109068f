"""Why the order matters, and what else goes wrong in a backward pass of one's own.

왜 위상 정렬인가, 그리고 역전파를 직접 만들 때 또 무엇이 틀리는가.

Backwards in reverse topological order, and by plain recursion that hands a node's
gradient on before everything that uses the node has been heard.

거꾸로 된 위상 정렬 순서, 그리고 노드를 쓰는 쪽이 모두 끝나기 전에 기울기를 넘겨 버리는
재귀 호출을 비교합니다.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from micrograd_kr import Edge, Value, draw
from micrograd_kr.cli import Demo
from micrograd_kr.text import choose

# A backward pass as what it writes, one edge after the other: += or =, or "missing"
# for what it forgets to write.
Pass = Iterator[tuple[Edge, str]]


def graph(a_data: float = 2, b_data: float = 3) -> list[Value]:
    """Build two diamonds: c and d are used twice each, by e and by f."""
    a, b = Value(a_data, "a"), Value(b_data, "b")
    c = a + b
    d = a * b
    e = c + d
    f = c * d
    y = e + f
    c.label, d.label, e.label, f.label, y.label = "cdefy"
    return [a, b, c, d, e, f, y]


def square(a_data: float = 3) -> list[Value]:
    """Build y = a * a + a, where a product uses the same Value twice."""
    a = Value(a_data, "a")
    s = a * a
    y = s + a
    s.label, y.label = "sy"
    return [a, s, y]


# ---- the right pass, and those that people write first


def in_order(y: Value) -> Pass:
    """Take a node when all its users have had their turn, and add: the right pass."""
    for v in reversed(y.topological_order()):
        for edge in v.steps():
            yield edge, "+="


def recursive(y: Value) -> Pass:
    """Pass the gradient on and go to the parents at once.

    It is wrong at c and d, and so at all that lies before them.
    """
    for edge in y.steps():
        yield edge, "+="
        yield from recursive(edge.parent)


def overwriting(y: Value) -> Pass:
    """Write = where += is meant: the last user alone is heard."""
    for edge, _ in in_order(y):
        yield edge, "="


def taken_out(y: Value) -> Pass:
    """Compute f with a number, c * d.data: no edge leads from f to d."""
    for edge, sign in in_order(y):
        is_out = (edge.node.label, edge.parent.label) == ("f", "d")
        yield edge, "missing" if is_out else sign


def counted_once(y: Value) -> Pass:
    """Keep the parents in a set: a product with itself has one edge instead of two."""
    ends = set()
    for edge, sign in in_order(y):
        end = (edge.node, edge.parent)
        yield edge, "missing" if end in ends else sign
        ends.add(end)


def backward(y: Value, written: Callable[[Value], Pass] = in_order) -> None:
    """Go backwards from y as ``written``; what grads there are stay."""
    y.grad = 1.0
    for edge, sign in written(y):
        if sign == "+=":
            edge.parent.grad += edge.contribution
        elif sign == "=":
            edge.parent.grad = edge.contribution


class Mistake(NamedTuple):
    """A wrong pass: its name, and the graph it shows on."""

    title: str
    graph: Callable[..., list[Value]]
    written: Callable[[Value], Pass]
    again: bool = False  # over the grads that a pass before it left

    def nodes(self, *leaves: float) -> list[Value]:
        """Give its graph, with the grads that it leaves."""
        nodes = self.graph(*leaves)
        if self.again:
            backward(nodes[-1])
        backward(nodes[-1], self.written)
        return nodes


def mistakes() -> list[Mistake]:
    """Give the wrong passes."""
    recursion = choose("재귀로 바로 넘김", "recursion that passes on at once")
    assignment = choose("+= 대신 =", "= instead of +=")
    no_zero_grad = choose("zero_grad 없이 다시", "again, without zero_grad")
    number = choose(
        "그래프 밖의 숫자: c * d.data", "a number out of the graph: c * d.data"
    )
    once = choose("a * a를 한 번만", "a * a counted once")
    return [
        Mistake(recursion, graph, recursive),
        Mistake(assignment, graph, overwriting),
        Mistake(no_zero_grad, graph, in_order, again=True),
        Mistake(number, graph, taken_out),
        Mistake(once, square, counted_once),
    ]


def numeric_slope(h: float = 1e-6) -> float:
    """Measure the slope of y at a = 2 by moving a a little."""
    above, below = graph(2 + h)[-1], graph(2 - h)[-1]
    return (above.data - below.data) / (2 * h)


def main(demo: Demo) -> None:
    """Print what each wrong pass says of a; draw the first beside the right one."""
    print("c = a + b,  d = a * b,  e = c + d,  f = c * d,  y = e + f   (a = 2, b = 3)")
    print(f"{choose('수치 미분', 'central difference')}: {numeric_slope():.4f}")
    for mistake in mistakes():
        wrong, right = mistake.nodes(), mistake.graph()
        backward(right[-1])
        print(f"{mistake.title}: a.grad = {wrong[0].grad:g} ≠ {right[0].grad:g}")

    right, wrong = graph(), mistakes()[0].nodes()
    backward(right[-1])
    notes = {}
    for v, other in zip(right, wrong, strict=True):
        if v.grad != other.grad:
            notes[v] = f"{choose('재귀', 'recursion')}: {other.grad:g}"
    demo.write(draw(right[-1], partials=True, notes=notes), "order_matters.svg")


if __name__ == "__main__":
    main(Demo(__doc__))
