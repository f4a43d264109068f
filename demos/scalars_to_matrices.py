"""From scalars to matrices: a recorded graph becomes an array program of a few lines.

스칼라에서 행렬로: 하나하나 기록한 계산 그래프가 몇 줄짜리 배열 프로그램이 됩니다.
"""

import random
import statistics
import textwrap
import time
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

import micrograd_kr as mk
from micrograd_kr import MLP, Value, compile
from micrograd_kr.cli import demo_options
from micrograd_kr.nn import SGD, accuracy, hinge
from micrograd_kr.text import choose
from micrograd_kr.training import make_moons, plot


class Moons:
    """A network on so many points of two moons: its loss recorded, and compiled."""

    def __init__(self, points: int) -> None:
        self.X, self.y = make_moons(points, noise=0.1, seed=1)
        # with a node for each operation
        self.model = MLP(2, [16, 16, 1], seed=1, expand=True)
        self.params = self.model.parameters()
        self.rows = [[Value(x) for x in row] for row in self.X]
        self.targets = [Value(2.0 * t - 1.0) for t in self.y]
        self.arrays = {"X": np.array(self.X), "y": 2.0 * np.array(self.y) - 1.0}
        self.loss = self.record()
        inputs = {"X": self.rows, "y": self.targets}
        self.program = compile(self.loss, self.params, inputs=inputs)

    def record(self) -> Value:
        """Record the loss, one scalar at a time."""
        scores = [self.model(row) for row in self.rows]
        decay = 1e-4 * mk.sum([p * p for p in self.params])
        return hinge(scores, self.targets) + decay

    def eager_step(self) -> Value:
        """Go forward and backward through the scalars; give the loss."""
        loss = self.record()
        self.model.zero_grad()
        loss.backward()
        return loss


def main(argv: Sequence[str] | None = None) -> None:
    """Record, compile, compare, train; write the source and a picture."""
    options = demo_options(__doc__)
    options.add_argument("--steps", type=int, default=1000)
    args = options.parse_args(argv)

    print(choose("== 스칼라 계산 그래프", "== The scalar graph"))
    moons = Moons(100)
    params, arrays = moons.params, moons.arrays
    nodes = moons.loss.topological_order()
    kinds = Counter(v.op.symbol for v in nodes if v.op)
    counts = [f"{symbol} {n:,}" for symbol, n in kinds.most_common(4)]
    print(f"   {choose('노드', 'nodes')} {len(nodes):,}: {', '.join(counts)}")

    print(choose("== 변환된 소스", "== The source it became"))
    program = moons.program
    print(textwrap.indent(str(program).strip(), "   "))

    print(choose("== 같은 값", "== The same numbers"))
    theta = program.theta()
    loss = moons.eager_step()
    value, gradient = program(theta, **arrays)
    differences = [abs(g - p.grad) for g, p in zip(gradient, params, strict=True)]
    print(f"   {choose('스칼라', 'scalars')}: loss {loss.data:.12f}")
    print(f"   {choose('배열', 'arrays')}: loss {value:.12f}")
    told = choose("기울기의 가장 큰 차이", "largest difference of the gradients")
    print(f"   {told}: {max(differences):.1e}")

    print(choose("== 순전파와 역전파 시간", "== The two times, forward and backward"))
    slow = seconds(moons.eager_step, 5)
    fast = seconds(lambda: program(theta, **arrays), 500)
    print(f"   {choose('스칼라', 'scalars')} {slow * 1e3:.3f} ms")
    print(f"   {choose('배열', 'arrays')} {fast * 1e3:.3f} ms ({slow / fast:,.0f} ×)")

    print(choose("== 학습", "== Training with it"))
    optimizer = SGD(params, lr=0.2, momentum=0.9)
    losses = [program.step(optimizer, **arrays) for _ in range(args.steps)]
    scores = [moons.model(row) for row in moons.X]  # the model's Values learned
    correct = accuracy(scores, moons.y)
    print(f"   {args.steps} {choose('걸음', 'steps')}", end=": ")
    print(f"{choose('손실', 'loss')} {losses[0]:.4f} -> {losses[-1]:.4f}", end=", ")
    print(f"{choose('정확도', 'accuracy')} {correct:.0%}")

    print(choose("== 파일", "== Written"))
    source = args.out / "moons_program.py"
    source.write_text(program.source, encoding="utf-8")
    picture = args.out / "scalars_to_matrices.png"
    times = (f"{slow * 1e3:.1f} ms", f"{fast * 1e6:.0f} µs")
    plot.save(drawn(nodes, program.source, times), picture)
    print(f"   {source}")
    print(f"   {picture}")


def seconds(work: Callable[[], object], times: int) -> float:
    """Measure the median time of a call."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


Points = dict[str, list[tuple[float, float]]]


def placed(nodes: list[Value]) -> Points:
    """Place every Value in the column of its steps from the leaves, by its op."""
    level: dict[Value, int] = {}
    for v in nodes:
        below = [level[p] for p in v.parents]
        level[v] = 1 + max(below, default=-1)
    sizes = Counter(level.values())
    rng = random.Random(0)
    points: Points = {}
    for v in nodes:
        x = level[v] + rng.uniform(-0.4, 0.4)
        height = sizes[level[v]] ** 0.5
        symbol = v.op.symbol if v.op else choose("입력", "leaf")
        points.setdefault(symbol, []).append((x, rng.uniform(-height, height)))
    return points


def wrapped(source: str) -> list[str]:
    """Break the lines of a program that are too long for the picture."""
    lines = []
    for line in source.strip().split("\n"):
        lines += textwrap.wrap(line, 88, subsequent_indent=" " * 12) or [""]
    return lines


def drawn(nodes: list[Value], source: str, times: tuple[str, str]) -> plot.Picture:
    """Draw every Value as a dot, and beside them the text of the program."""
    picture = plot.figure(1, 2, size=(7.5, 6.5))
    left, right = picture.axes
    points = placed(nodes)
    for symbol in sorted(points, key=lambda symbol: -len(points[symbol])):
        xs, ys = zip(*points[symbol], strict=True)
        label = f"{symbol}  {len(xs):,}"
        left.scatter(xs, ys, s=1.5, label=label, linewidths=0)
    left.set_title(f"{len(nodes):,} {choose('스칼라', 'scalars')}, {times[0]}")
    left.set_xlabel(choose("입력에서 떨어진 걸음", "steps from the leaves"))
    left.set_yticks([])
    left.legend(markerscale=5, frameon=False, fontsize=9)
    lines = wrapped(source)
    size = min(9.5, 430 / (1.3 * len(lines)))
    place = {"va": "top", "transform": right.transAxes}
    right.text(0.0, 1.0, "\n".join(lines), fontsize=size, **place)
    right.set_title(f"{choose('배열로 쓰면', 'the same as arrays')}, {times[1]}")
    right.set_axis_off()
    return picture


if __name__ == "__main__":
    main()
