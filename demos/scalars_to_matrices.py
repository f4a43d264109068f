"""From scalars to matrices: a recorded graph of single operations becomes the array program of a few lines.

스칼라에서 행렬로: 덧셈과 곱셈 하나하나를 기록한 계산 그래프가 몇 줄짜리 배열 프로그램으로 바뀝니다.
"""

import argparse
import random
import statistics
import textwrap
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import micrograd_kr as mk
from micrograd_kr import Value
from micrograd_kr.compiler import Program, compile
from micrograd_kr.nn import MLP, SGD, accuracy, hinge
from micrograd_kr.training import make_moons


def main(argv: Sequence[str] | None = None) -> None:
    """Record, compile, compare, train; write the source and a picture."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--steps", type=int, default=1000, help="training steps of the compiled program"
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("out"),
        help="the folder for what is written (default: out)",
    )
    args = parser.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)

    print("== The scalar graph · 스칼라 계산 그래프")
    X, y = make_moons(100, noise=0.1, seed=1)
    model = MLP(
        2, [16, 16, 1], seed=1, expand=True
    )  # every multiplication and addition is a node
    params = model.parameters()
    inputs = {
        "X": [[Value(x) for x in row] for row in X],
        "y": [Value(2.0 * t - 1.0) for t in y],
    }

    def record() -> Value:
        scores = [model(row) for row in inputs["X"]]
        return hinge(scores, inputs["y"]) + 1e-4 * mk.sum([p * p for p in params])

    def eager_step() -> None:
        loss = record()
        model.zero_grad()
        loss.backward()

    loss = record()
    nodes = loss.topological_order()
    kinds = Counter(v.op.symbol for v in nodes if v.op)
    print(
        f"   nodes 노드 {len(nodes):,}: "
        + ", ".join(f"{symbol} {n:,}" for symbol, n in kinds.most_common(4))
    )

    print("== The source it became · 변환된 소스")
    program = compile(loss, params, inputs=inputs)
    print("   " + str(program).strip().replace("\n", "\n   "))

    print("== The same numbers · 같은 값")
    arrays = {"X": np.array(X), "y": 2.0 * np.array(y) - 1.0}
    eager_step()
    value, gradient = program(program.theta(), **arrays)
    furthest = max(abs(g - p.grad) for g, p in zip(gradient, params, strict=True))
    print(f"   loss 손실: scalars 스칼라 {loss.data:.12f}, arrays 배열 {value:.12f}")
    print(
        f"   largest difference of the gradients · 기울기의 가장 큰 차이: {furthest:.1e}"
    )

    print("== The two times, forward and backward · 순전파와 역전파 시간")
    theta = program.theta()
    slow, fast = seconds(eager_step, 5), seconds(lambda: program(theta, **arrays), 500)
    print(f"   scalars 스칼라 {slow * 1e3:8.3f} ms")
    print(f"   arrays 배열 {fast * 1e3:11.3f} ms  ({slow / fast:,.0f} ×)")

    print("== Training with it · 학습")
    optimizer = SGD(params, lr=0.2, momentum=0.9)
    losses = [program.step(optimizer, **arrays) for _ in range(args.steps)]
    correct = accuracy(
        [model(row) for row in X], y
    )  # the model's own Values were trained
    print(
        f"   {args.steps} steps 걸음: loss 손실 {losses[0]:.4f} -> {losses[-1]:.4f}, accuracy 정확도 {correct:.0%}"
    )

    print("== Written · 파일")
    source, picture = (
        args.out / "moons_program.py",
        args.out / "scalars_to_matrices.png",
    )
    source.write_text(program.source, encoding="utf-8")
    drawn(nodes, program, slow, fast).savefig(picture, dpi=120)
    for path in (source, picture):
        print(f"   {path}")


def seconds(f: Callable[[], object], times: int) -> float:
    """The median time of a call."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        f()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def drawn(nodes: list[Value], program: Program, slow: float, fast: float) -> Figure:
    """Every Value as a dot, in a column for each step away from the leaves; beside it the text of the program."""
    level: dict[Value, int] = {}
    for v in nodes:
        level[v] = 1 + max([level[p] for p in v.parents], default=-1)
    columns = Counter(level.values())
    rng = random.Random(0)
    points: dict[str, list[tuple[float, float]]] = {}
    for v in nodes:
        k = level[v]
        height = columns[k] ** 0.5
        at = (k + rng.uniform(-0.4, 0.4), rng.uniform(-height, height))
        points.setdefault(v.op.symbol if v.op else "leaf", []).append(at)

    figure = Figure(figsize=(15, 6.5), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=[1, 1])
    for symbol, dots in sorted(points.items(), key=lambda item: -len(item[1])):
        left.scatter(
            *zip(*dots, strict=True),
            s=1.5,
            label=f"{symbol}  {len(dots):,}",
            linewidths=0,
        )
    left.set_title(f"{len(nodes):,} scalars, {slow * 1e3:.1f} ms")
    left.set_xlabel("steps from the leaves")
    left.set_yticks([])
    left.legend(markerscale=5, frameon=False, fontsize=9)
    wrapped = [
        textwrap.wrap(line, 88, subsequent_indent=" " * 12) or [""]
        for line in program.source.strip().split("\n")
    ]
    lines = [part for line in wrapped for part in line]
    size = min(9.5, 430 / (1.3 * len(lines)))
    right.text(
        0.0,
        1.0,
        "\n".join(lines),
        family="monospace",
        fontsize=size,
        va="top",
        transform=right.transAxes,
    )
    right.set_title(f"the same as arrays, {fast * 1e6:.0f} µs")
    right.set_axis_off()
    return figure


if __name__ == "__main__":
    main()
