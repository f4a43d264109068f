"""From scalars to matrices: a recorded graph becomes an array program of a few lines.

스칼라에서 행렬로: 하나하나 기록한 계산 그래프가 몇 줄짜리 배열 프로그램이 됩니다.
"""

import numpy as np

from micrograd_kr import MLP, Value, compile, dot
from micrograd_kr.cli import Demo
from micrograd_kr.course import seconds
from micrograd_kr.nn import SGD, accuracy, hinge
from micrograd_kr.text import choose
from micrograd_kr.training import make_moons


class Moons:
    """A network on so many points of two moons: its loss recorded, and compiled."""

    def __init__(self, points: int) -> None:
        X, y = make_moons(points, noise=0.1, seed=1)
        signs = [2.0 * label - 1.0 for label in y]
        self.arrays = {"X": np.array(X), "y": np.array(signs)}
        self.rows = [[Value(number) for number in row] for row in X]
        self.targets = [Value(sign) for sign in signs]
        # with a node for each operation
        self.model = MLP(2, [16, 16, 1], seed=1, expand=True)
        self.params = self.model.parameters()
        self.loss = self.record()
        inputs = {"X": self.rows, "y": self.targets}
        self.program = compile(self.loss, self.params, inputs=inputs)

    def record(self) -> Value:
        """Record the loss, one scalar at a time."""
        scores = [self.model(row) for row in self.rows]
        return hinge(scores, self.targets) + 1e-4 * dot(self.params, self.params)

    def eager_step(self) -> Value:
        """Go forward and backward through the scalars; give the loss."""
        loss = self.record()
        self.model.zero_grad()
        loss.backward()
        return loss


def main(demo: Demo) -> None:
    """Record, compile, compare, train."""
    moons = Moons(100)
    program, arrays = moons.program, moons.arrays
    print(program)

    print(choose("== 같은 값, 다른 시간", "== The same numbers, other times"))
    nodes = len(moons.loss.topological_order())
    theta = program.theta()
    loss = moons.eager_step()
    value, gradient = program(theta, **arrays)
    off = [abs(g - p.grad) for g, p in zip(gradient, moons.params, strict=True)]
    slow = seconds(moons.eager_step, 3)
    fast = seconds(lambda: program(theta, **arrays), 500)
    print(f"{nodes:,} Value: L = {loss.data:.12f}, {slow * 1e3:.3f} ms")
    print(f"program: L = {value:.12f}, {fast * 1e3:.3f} ms, grad ± {max(off):.0e}")

    print(choose("== 학습", "== Training with it"))
    optimizer = SGD(moons.params, lr=0.2, momentum=0.9)
    losses = [program.step(optimizer, **arrays) for _ in range(demo.steps)]
    scores = [moons.model(row) for row in moons.rows]  # the model's Values learned
    correct = accuracy(scores, moons.targets)
    print(f"L = {losses[0]:.4f} → {losses[-1]:.4f}, {correct:.0%}")


if __name__ == "__main__":
    main(Demo(__doc__, steps=1000))
