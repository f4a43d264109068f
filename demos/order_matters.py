"""Why the order matters: reverse topological order beside plain recursion, two numbers, one of them wrong.

왜 위상 정렬인가: 같은 그래프를 두 가지 순서로 거꾸로 걸어 봅니다.

The same graph backwards twice: in reverse topological order, and by plain recursion that hands a node's
gradient on before everything that uses the node has been heard. Two numbers, one of them wrong.

    python demos/order_matters.py [--out DIR]
"""

import argparse
from pathlib import Path

from micrograd_kr import Value
from micrograd_kr.picture import draw


def graph() -> tuple[Value, Value, Value]:
    """Two diamonds: c and d are used twice each, by e and by f."""
    a, b = Value(2, "a"), Value(3, "b")
    c, d = a + b, a * b
    e, f = c + d, c * d
    y = e + f
    for v, label in zip((c, d, e, f, y), "cdefy", strict=True):
        v.label = label
    return a, b, y


def recursive_backward(v: Value) -> None:
    """What one writes first: pass the gradient on and call the parents at once. Wrong at c and d."""
    for step in v.steps():
        step.parent.grad += step.contribution
        recursive_backward(step.parent)


def main(argv: list[str] | None = None) -> None:
    """Print both results and the numeric derivative, write the picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--out", type=Path, default=Path("out"), help="folder for the picture"
    )
    out = parser.parse_args(argv).out
    out.mkdir(parents=True, exist_ok=True)

    print(
        "c = a + b,  d = a * b,  e = c + d,  f = c * d,  y = e + f   (a = 2, b = 3)\n"
    )
    a, b, y = graph()
    y.backward()
    print(
        f"위상 정렬 / reverse topological order   ∂y/∂a = {a.grad:g}   ∂y/∂b = {b.grad:g}"
    )
    path = draw(y, partials=True).save(out / "order_matters.svg")

    a2, b2, y2 = graph()
    y2.grad = 1.0
    recursive_backward(y2)
    print(
        f"재귀 호출 / plain recursion             ∂y/∂a = {a2.grad:g}   ∂y/∂b = {b2.grad:g}   (wrong, 틀림)\n"
    )

    h = 1e-6
    slope = [
        ((x + h) + 3 + (x + h) * 3 + ((x + h) + 3) * (x + h) * 3)
        for x in (2.0, 2.0 - 2 * h)
    ]
    print(
        f"수치 미분 / central difference          ∂y/∂a = {(slope[0] - slope[1]) / (2 * h):.4f}\n"
    )
    print(
        "c는 e와 f가 모두 쓴다. 한쪽의 몫만 듣고 부모에게 넘기면, 나머지를 들은 뒤 다시 넘길 때"
    )
    print(
        "앞의 몫이 두 번 더해진다. 그래서 노드는 자기를 쓰는 쪽이 모두 끝날 때까지 기다린다."
    )
    print(
        "c is used by e and by f. Whoever passes its gradient on after hearing only one of them passes"
    )
    print(
        "that share on again with the second: it is counted twice. So a node waits for all its users."
    )
    print(f"\n{path}")


if __name__ == "__main__":
    main()
