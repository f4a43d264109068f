"""How fast the engine is beside two others, as a table with the bars it must reach.

    python tests/bench/eager.py [--rounds 15] [--chain 1000000]

One training step of micrograd's demo (two moons, 100 points, 2-16-16-1, hinge loss + L2), a random
graph where many nodes use the same few, and the memory of a long chain. The others are micrograd as
it is on PyPI and an engine in the style of microgpt: slots and stored local gradients, recursive order.

Every engine lives in a process of its own and does one step when told to, in turn with the others, so
that they share the machine's good and bad moments; a ratio is the median over rounds of the two times
of one round. The garbage collector runs as users have it, and, as in the demo, the loss of the step
before is alive while the next one is computed. Losses are compared: all must have done the same work.
"""

import argparse
import math
import platform
import random
import statistics
import subprocess
import sys
import time
import tracemalloc
from itertools import pairwise
from pathlib import Path

sys.path.insert(
    0, str(Path(__file__).parents[2])
)  # the checkout this file is in, installed or not

POINTS, WIDTHS, ALPHA = 100, [2, 16, 16, 1], 1e-4


# ---- an engine in the style of microgpt ---------------------------------------------------------------


class Stored:
    """A scalar that stores its children and the local gradients beside them."""

    __slots__ = ("children", "data", "grad", "local")

    def __init__(self, data, children=(), local=()):
        self.data, self.grad = data, 0
        self.children, self.local = children, local

    def __add__(self, other):
        other = other if isinstance(other, Stored) else Stored(other)
        return Stored(self.data + other.data, (self, other), (1, 1))

    def __mul__(self, other):
        other = other if isinstance(other, Stored) else Stored(other)
        return Stored(self.data * other.data, (self, other), (other.data, self.data))

    def relu(self):
        return Stored(max(0, self.data), (self,), (float(self.data > 0),))

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -other

    __radd__, __rmul__ = __add__, __mul__

    def backward(self):
        order, seen = [], set()

        def visit(v):
            if v not in seen:
                seen.add(v)
                for child in v.children:
                    visit(child)
                order.append(v)

        visit(self)
        self.grad = 1
        for v in reversed(order):
            for child, local in zip(v.children, v.local, strict=True):
                child.grad += local * v.grad


# ---- the work -----------------------------------------------------------------------------------------


def moons():
    """Points on two half circles, with a little noise, and their sides: -1 and 1."""
    rng = random.Random(0)
    points, sides = [], []
    for i in range(POINTS):
        angle, side = math.pi * rng.random(), 2 * (i % 2) - 1
        x, y = math.cos(angle), math.sin(angle)
        points.append(
            [
                (x if side < 0 else 1 - x) + rng.gauss(0, 0.1),
                (y if side < 0 else 0.5 - y) + rng.gauss(0, 0.1),
            ]
        )
        sides.append(side)
    return points, sides


class PlainNet:
    """micrograd's MLP for any engine: single multiplications and additions, the parameters in the same order."""

    def __init__(self, Value):
        self.layers = [
            [([Value(0.0) for _ in range(nin)], Value(0.0)) for _ in range(nout)]
            for nin, nout in pairwise(WIDTHS)
        ]

    def parameters(self):
        return [p for layer in self.layers for w, b in layer for p in (*w, b)]

    def __call__(self, x):
        for layer in self.layers:
            x = [
                sum((wi * xi for wi, xi in zip(w, x, strict=True)), b) for w, b in layer
            ]
            x = [v.relu() for v in x] if layer is not self.layers[-1] else x
        return x[0]


def trainer(Value, model, loss):
    """The demo's loop as a function of nothing that makes one step and gives the loss."""
    rng = random.Random(1)
    for p in model.parameters():
        p.data = rng.uniform(-1, 1)
    points, sides = moons()
    total = None

    def step():
        nonlocal total
        total = loss(Value, model, points, sides)  # the last one is alive until here
        for p in model.parameters():
            p.grad = 0.0
        total.backward()
        for p in model.parameters():
            p.data -= 0.05 * p.grad
        return total.data

    return step


def demo_loss(Value, model, points, sides):
    """As micrograd's demo writes it."""
    inputs = [list(map(Value, row)) for row in points]
    scores = list(map(model, inputs))
    losses = [(1 + -yi * score).relu() for yi, score in zip(sides, scores, strict=True)]
    return sum(losses) * (1.0 / len(losses)) + ALPHA * sum(
        p * p for p in model.parameters()
    )


def linear_loss(Value, model, points, sides):
    """The same with this package's own functions: one node where it has one."""
    import micrograd_kr as mk
    from micrograd_kr.nn.losses import hinge

    parameters = model.parameters()
    return hinge([model(row) for row in points], sides) + ALPHA * mk.dot(
        parameters, parameters
    )


def dag(Value):
    """A random graph of 54,000 operations: of two operands one is among 30 hubs; all nodes are added up."""
    rng = random.Random(2)
    hubs = [rng.randrange(30 + 100 * i) for i in range(30)]
    plan = [
        (rng.choice(hubs[: 1 + n // 700]), rng.randrange(30 + n), rng.random() < 0.3)
        for n in range(20_000)
    ]
    leaves = [Value(rng.uniform(-1, 1)) for _ in range(30)]
    total = None

    def step():
        nonlocal total
        for v in leaves:
            v.grad = 0.0
        nodes = list(leaves)
        for i, j, product in plan:
            a, b = nodes[i], nodes[j]
            nodes.append(a * b if product else (a + b) * 0.5)
        total = sum(nodes)
        total.backward()
        return sum(v.grad for v in leaves)

    return step


def job(name):
    """What a worker of this name does at each command."""
    if name in ("microgpt style", "DAG, microgpt style"):
        sys.setrecursionlimit(100_000)  # its order is recursive
        return (
            dag(Stored)
            if name.startswith("DAG")
            else trainer(Stored, PlainNet(Stored), demo_loss)
        )
    if name == "micrograd":
        from micrograd.engine import Value
        from micrograd.nn import MLP

        return trainer(Value, MLP(WIDTHS[0], WIDTHS[1:]), demo_loss)
    from micrograd_kr import MLP, Value

    if name.startswith("DAG"):
        return dag(Value)
    single = name == "single operations"
    return trainer(
        Value,
        MLP(WIDTHS[0], WIDTHS[1:], expand=single),
        demo_loss if single else linear_loss,
    )


def chain(Value, n):
    """Bytes of memory for each operation of a chain."""
    v = Value(1.0)
    tracemalloc.start()
    for _ in range(n):
        v = v * 1.000001
    return tracemalloc.get_traced_memory()[0] / n


# ---- workers, and the one who commands them -------------------------------------------------------------


def work(name):
    """A step for each line of input; a line of seconds and the result for each step."""
    step = job(name)
    for _ in sys.stdin:
        start = time.perf_counter()
        result = step()
        print(time.perf_counter() - start, result, flush=True)


def command(names, warm_up, rounds):
    """Seconds of every round of every worker, in turn; their results must agree."""
    workers = {
        name: subprocess.Popen(
            [sys.executable, __file__, "--work", name], stdin=-1, stdout=-1, text=True
        )
        for name in names
    }
    seconds = {name: [] for name in names}
    try:
        for n in range(warm_up + rounds):
            results = []
            for name, worker in workers.items():
                worker.stdin.write("\n")
                worker.stdin.flush()
                taken, result = map(float, worker.stdout.readline().split())
                results.append(result)
                if n >= warm_up:
                    seconds[name].append(taken)
            if not all(math.isclose(r, results[0], rel_tol=1e-6) for r in results):
                raise SystemExit(
                    f"the engines do not agree in round {n}: {dict(zip(names, results, strict=True))}"
                )
    finally:
        for worker in workers.values():
            worker.stdin.close()
            worker.wait()
    return seconds


def ratio(slow, fast):
    """How many times as long, round by round; the median."""
    return statistics.median(s / f for s, f in zip(slow, fast, strict=True))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--rounds",
        type=int,
        default=15,
        help="measured rounds after the warm-up (default 15)",
    )
    parser.add_argument(
        "--warm-up", type=int, default=3, help="rounds before them (default 3)"
    )
    parser.add_argument(
        "--chain",
        type=int,
        default=1_000_000,
        help="operations of the chain (default a million)",
    )
    parser.add_argument("--work", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(options.work)
        return 0

    from micrograd_kr import Value

    step = command(
        ["micrograd", "microgpt style", "single operations", "linear nodes"],
        options.warm_up,
        options.rounds,
    )
    fan = command(["DAG, microgpt style", "DAG"], options.warm_up, options.rounds)
    ours, theirs = chain(Value, options.chain), chain(Stored, options.chain)

    def ms(times):
        return f"{1000 * statistics.median(times):.1f} ms"

    rows = [
        ("one training step of two moons", "time", "× micrograd", "× microgpt style")
    ]
    for name, times in step.items():
        rows.append(
            (
                name,
                ms(times),
                f"{ratio(step['micrograd'], times):.1f}",
                f"{ratio(step['microgpt style'], times):.2f}",
            )
        )
    rows.append(
        (
            "a graph of heavy fan-out, microgpt style",
            ms(fan["DAG, microgpt style"]),
            "",
            "1.00",
        )
    )
    rows.append(
        (
            "a graph of heavy fan-out, single operations",
            ms(fan["DAG"]),
            "",
            f"{ratio(*fan.values()):.2f}",
        )
    )
    rows.append(
        (
            f"a chain of {options.chain:,} operations, microgpt style",
            f"{theirs:.0f} bytes a node",
            "",
            "",
        )
    )
    rows.append(
        (f"a chain of {options.chain:,} operations", f"{ours:.0f} bytes a node", "", "")
    )
    table(rows)

    single, linear = step["single operations"], step["linear nodes"]
    bars = [
        ("single operations, × micrograd", ratio(step["micrograd"], single), 15),
        (
            "single operations, × microgpt style",
            ratio(step["microgpt style"], single),
            1.4,
        ),
        ("linear nodes, × micrograd", ratio(step["micrograd"], linear), 50),
        ("heavy fan-out, × microgpt style", ratio(*fan.values()), 2),
        ("bytes a node of the chain", ours, -160),
    ]
    rows = [("bar", "at least", "at most", "measured", "")]
    missed = 0
    for what, measured, bar in bars:
        good = measured >= bar if bar > 0 else measured <= -bar
        missed += not good
        rows.append(
            (
                what,
                f"{bar}" * (bar > 0),
                f"{-bar}" * (bar < 0),
                f"{measured:.2f}",
                "ok" if good else "not",
            )
        )
    print()
    table(rows)
    print(
        f"\nPython {platform.python_version()}, {platform.machine()}, {options.rounds} rounds"
    )
    return 1 if missed else 0


def table(rows):
    """Rows as a Markdown table, the first its head."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for i, row in enumerate(rows):
        print(
            "| "
            + " | ".join(
                cell.ljust(width) for cell, width in zip(row, widths, strict=True)
            )
            + " |"
        )
        if i == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")


if __name__ == "__main__":
    sys.exit(main())
