"""Why the order matters, and what else goes wrong in a backward pass of one's own.

왜 위상 정렬인가, 그리고 역전파를 직접 만들 때 또 무엇이 틀리는가.

Backwards in reverse topological order, and by plain recursion that hands a node's
gradient on before everything that uses the node has been heard.

거꾸로 된 위상 정렬 순서, 그리고 노드를 쓰는 쪽이 모두 끝나기 전에 기울기를 넘겨 버리는
재귀 호출을 비교합니다.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from micrograd_kr import Edge, Value, draw
from micrograd_kr.cli import demo_options
from micrograd_kr.text import choose, padded

# A backward pass as what it writes, one edge after the other: += or =, or "missing"
# for what it forgets to write.
Pass = Iterator[tuple[Edge, str]]


def graph(a_data: float = 2, b_data: float = 3) -> list[Value]:
    """Build two diamonds: c and d are used twice each, by e and by f."""
    a = Value(a_data, "a")
    b = Value(b_data, "b")
    c = a + b
    d = a * b
    e = c + d
    f = c * d
    y = e + f
    for v, label in zip((c, d, e, f, y), "cdefy", strict=True):
        v.label = label
    return [a, b, c, d, e, f, y]


def square(a_data: float = 3) -> list[Value]:
    """Build y = a * a + a, where a product uses the same Value twice."""
    a = Value(a_data, "a")
    s = a * a
    y = s + a
    s.label, y.label = "s", "y"
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
    ends: set[tuple[Value, Value]] = set()
    for edge, sign in in_order(y):
        is_again = (edge.node, edge.parent) in ends
        ends.add((edge.node, edge.parent))
        yield edge, "missing" if is_again else sign


def backward(y: Value, written: Callable[[Value], Pass] = in_order) -> None:
    """Go backwards from y as ``written``; what grads there are stay."""
    y.grad = 1.0
    for edge, sign in written(y):
        if sign == "+=":
            edge.parent.grad += edge.contribution
        elif sign == "=":
            edge.parent.grad = edge.contribution


class Mistake(NamedTuple):
    """A wrong pass: its name, why it is wrong, the graph it shows on."""

    title: str
    why: str
    graph: Callable[..., list[Value]]
    written: Callable[[Value], Pass]
    again: bool = False  # over the grads that a pass before it left


def mistakes() -> list[Mistake]:
    """Give the wrong passes."""
    return [
        Mistake(
            choose("재귀로 바로 넘김", "recursion that passes on at once"),
            choose(
                "c와 d는 e와 f가 모두 씁니다. 한쪽만 듣고 넘기면 그 몫이 두 번 갑니다.",
                "c and d are used by e and by f; heard once, their share goes twice.",
            ),
            graph,
            recursive,
        ),
        Mistake(
            choose("+= 대신 =", "= instead of +="),
            choose(
                "나중에 온 기여가 먼저 온 기여를 지웁니다.",
                "What comes later wipes out what came before.",
            ),
            graph,
            overwriting,
        ),
        Mistake(
            choose("zero_grad 없이 다시", "again, without zero_grad"),
            choose(
                "지난번 grad에 더합니다. 중간 노드에도 남아 있어서 두 배보다 커집니다.",
                "It adds to old grads, in nodes between too: more than twice as much.",
            ),
            graph,
            in_order,
            again=True,
        ),
        Mistake(
            choose(
                "그래프 밖의 숫자: c * d.data", "a number out of the graph: c * d.data"
            ),
            choose(
                "숫자에는 길이 없습니다. f에서 d로 가야 할 기여가 사라집니다.",
                "No way leads through a number: the share of f for d is lost.",
            ),
            graph,
            taken_out,
        ),
        Mistake(
            choose("a * a를 한 번만", "a * a counted once"),
            choose(
                "부모를 set에 담으면 같은 부모가 하나로 줄어듭니다. 길은 둘입니다.",
                "Parents kept in a set become one; there are two ways.",
            ),
            square,
            counted_once,
        ),
    ]


def numeric_slope(h: float = 1e-6) -> float:
    """Measure the slope of y at a = 2 by moving a a little."""

    def y(a: float) -> float:
        c, d = a + 3, a * 3
        return (c + d) + c * d

    return (y(2 + h) - y(2 - h)) / (2 * h)


def main(argv: Sequence[str] | None = None) -> None:
    """Print both results and the numeric slope; draw the wrong beside the right."""
    args = demo_options(__doc__).parse_args(argv)

    print("c = a + b,  d = a * b,  e = c + d,  f = c * d,  y = e + f   (a = 2, b = 3)")
    right = graph()
    backward(right[-1])
    wrong = graph()
    backward(wrong[-1], recursive)

    for title, nodes in (
        (choose("위상 정렬", "reverse topological order"), right),
        (choose("재귀 호출 (틀림)", "plain recursion (wrong)"), wrong),
    ):
        grads = "   ".join(f"{v.label}.grad = {v.grad:g}" for v in nodes[:4])
        print("  ", padded([title, grads], [26, 0]))
    numeric = choose("수치 미분", "central difference")
    print("  ", padded([numeric, f"a.grad ≈ {numeric_slope():.4f}"], [26, 0]))

    print(
        choose(
            "c는 e와 f가 모두 씁니다. 한쪽의 기여만 듣고 부모에게 넘기면, 나머지를\n"
            "듣고 다시 넘길 때 앞의 기여가 두 번 더해집니다. 그래서 노드는 자기를\n"
            "쓰는 쪽이 모두 끝날 때까지 기다립니다.",
            "c is used by e and by f. Whoever passes its gradient on after one of\n"
            "them passes that share on again after the other: it is counted twice.\n"
            "So a node waits for all its users.",
        )
    )

    print(choose("== 틀린 역전파", "== Wrong backward passes"))
    for mistake in mistakes():
        nodes = mistake.graph()
        if mistake.again:
            backward(nodes[-1])
        backward(nodes[-1], mistake.written)
        truth = mistake.graph()
        truth[-1].backward()
        print(f"   {mistake.title}")
        print(f"      a.grad = {nodes[0].grad:g} ≠ {truth[0].grad:g}")

    told = choose("재귀", "recursion")
    notes = {}
    for v, other in zip(right, wrong, strict=True):
        if v.grad != other.grad:
            notes[v] = f"{told}: {other.grad:g}"
    picture = draw(right[-1], partials=True, notes=notes)
    print(picture.save(args.out / "order_matters.svg"))


if __name__ == "__main__":
    main()
