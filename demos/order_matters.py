"""Why the order matters: one graph backwards in two orders, and one result is wrong.

왜 위상 정렬인가: 같은 그래프를 두 가지 순서로 거꾸로 걸으면 하나는 답이 틀립니다.

Backwards in reverse topological order, and by plain recursion that hands a node's
gradient on before everything that uses the node has been heard.

거꾸로 된 위상 정렬 순서, 그리고 노드를 쓰는 쪽이 모두 끝나기 전에 기울기를 넘겨 버리는
재귀 호출을 비교합니다.
"""

from collections.abc import Sequence

from micrograd_kr import Value, draw
from micrograd_kr.cli import demo_options
from micrograd_kr.text import choose, padded


def graph() -> list[Value]:
    """Build two diamonds: c and d are used twice each, by e and by f."""
    a = Value(2, "a")
    b = Value(3, "b")
    c = a + b
    d = a * b
    e = c + d
    f = c * d
    y = e + f
    for v, label in zip((c, d, e, f, y), "cdefy", strict=True):
        v.label = label
    return [a, b, c, d, e, f, y]


def recursive_backward(v: Value) -> None:
    """Pass the gradient on and call the parents at once, as one writes it first.

    It is wrong at c and d, and so at all that lies before them.
    """
    for edge in v.steps():
        edge.parent.grad += edge.contribution
        recursive_backward(edge.parent)


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
    right[-1].backward()
    wrong = graph()
    wrong[-1].grad = 1.0
    recursive_backward(wrong[-1])

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

    told = choose("재귀", "recursion")
    notes = {}
    for v, other in zip(right, wrong, strict=True):
        if v.grad != other.grad:
            notes[v] = f"{told}: {other.grad:g}"
    picture = draw(right[-1], partials=True, notes=notes)
    print(picture.save(args.out / "order_matters.svg"))


if __name__ == "__main__":
    main()
