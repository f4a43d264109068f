"""How fast the engine is beside two others, as a table with the bars it must reach.

    python tests/bench/eager.py [--starts 5] [--turns 4] [--chain 1000000]
    python tests/bench/eager.py --against CHECKOUT

One training step of micrograd's demo (two moons, 100 points, 2-16-16-1, hinge loss and
L2), a random graph where many nodes use the same few, and the memory of a long chain.
The others are micrograd as it is on PyPI and an engine in the style of microgpt: slots
and stored local gradients, recursive order. With ``--against``, the engine of another
checkout of this project instead: before and after.

Every engine lives in a process of its own and takes its turn when told to, so that all
share the machine's good and bad moments; a turn is as many steps as take 0.5 s. All
stay on one processor: on two, with others at work on them, the same engine twice came
out as 0.91 of itself; on one as 1.00 and 1.02. Processes are started several times:
where one happens to lie in memory is worth some percent. The ratio of two engines is
the median over starts of their times in all turns of a start: a full collection takes
half as long as a step and comes in two steps of three, so that a short turn may have
one more. Times are CPU times, which what else runs on the machine disturbs least.
The garbage collector runs as users have it, and, as in the demo, the loss of the step
before is alive while the next one is computed. The losses of the first steps are
compared: all must have done the same work.
"""

import argparse
import math
import os
import platform
import random
import statistics
import subprocess
import sys
import time
import tracemalloc
from itertools import pairwise
from pathlib import Path

HERE = str(Path(__file__).parents[2])  # the checkout this file is in
FIRST = 3  # steps whose losses are compared, and that warm up
TURN = 0.5  # seconds

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

    try:
        from micrograd_kr.nn import hinge
    except ImportError:  # a checkout from before the rooms
        from micrograd_kr.losses import hinge

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


# ---- workers, and the one who commands them -----------------------------------------


def work(name, turn):
    """Print the results of the first steps; then, for each line, the time of a step."""
    step = job(name)
    print(*[step() for _ in range(FIRST)], flush=True)
    steps = steps_of(turn, step)
    for _ in sys.stdin:
        start = time.process_time()
        for _ in range(steps):
            step()
        print((time.process_time() - start) / steps, flush=True)


def steps_of(turn, step):
    """Count the steps that take so many seconds."""
    steps = 0
    start = time.process_time()
    while not steps or time.process_time() - start < turn:
        step()
        steps += 1
    return steps


class Engine:
    """One process that works: the engine of a checkout at one kind of work."""

    def __init__(self, checkout, name, turn):
        code = f"import sys; sys.path[:0] = {[checkout, str(Path(__file__).parent)]}\n"
        code += f"import eager; eager.work({name!r}, {turn})"
        self.process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def numbers(self):
        """Read a line of numbers."""
        return [float(x) for x in self.process.stdout.readline().split()]

    def turn(self):
        """Have it take its turn, and give the seconds of a step."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.numbers()[0]

    def end(self):
        """Let it go."""
        self.process.stdin.close()
        self.process.wait()


def measure(wanted, options):
    """Give the seconds of a step in every start of each engine, by its title.

    ``wanted`` gives each title a checkout and the name of a job.
    """
    starts = {title: [] for title in wanted}
    for _ in range(options.starts):
        turns = {title: [] for title in wanted}
        engines = {t: Engine(*w, options.turn) for t, w in wanted.items()}
        try:
            check_agreement({t: e.numbers() for t, e in engines.items()})
            for turn in range(options.turns):
                order = list(engines)
                if turn % 2:  # who comes first takes turns as well
                    order.reverse()
                for title in order:
                    turns[title].append(engines[title].turn())
        finally:
            for engine in engines.values():
                engine.end()
        for title, seconds in turns.items():
            starts[title].append(statistics.mean(seconds))
    return starts


def stay_on_one_processor():
    """Keep this process, and the engines that it starts, on one, where that is asked."""
    if hasattr(os, "sched_setaffinity"):  # Linux
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def check_agreement(results):
    """Stop if the engines did not get the same losses."""
    for one, *others in zip(*results.values(), strict=True):
        if not all(math.isclose(one, other, rel_tol=1e-6) for other in others):
            raise SystemExit(f"the engines do not agree: {results}")


def ratio(slow, fast):
    """How many times as long, start by start; the median."""
    return statistics.median([s / f for s, f in zip(slow, fast, strict=True)])


def ms(times):
    """Write a time."""
    return f"{1000 * statistics.median(times):.1f} ms"


# ---- tables ---------------------------------------------------------------------------


def beside_others(options):
    """Print how fast the engine is beside the two others; give the bars it misses."""
    sys.path.insert(0, HERE)
    from micrograd_kr import Value

    jobs = ["micrograd", "microgpt style", "single operations", "linear nodes"]
    step = measure({name: (HERE, name) for name in jobs}, options)
    jobs = ["DAG, microgpt style", "DAG"]
    theirs, ours = measure({name: (HERE, name) for name in jobs}, options).values()
    bytes_ours, bytes_theirs = chain(Value, options.chain), chain(Stored, options.chain)

    def beside(name, times):
        return f"{ratio(step[name], times):.2f}"

    rows = [
        ("one training step of two moons", "time", "× micrograd", "× microgpt style")
    ]
    for name, times in step.items():
        others = beside("micrograd", times), beside("microgpt style", times)
        rows.append((name, ms(times), *others))
    fan = "a graph of heavy fan-out"
    rows.append((f"{fan}, microgpt style", ms(theirs), "", "1.00"))
    fan_ratio = ratio(theirs, ours)
    rows.append((f"{fan}, single operations", ms(ours), "", f"{fan_ratio:.2f}"))
    long = f"a chain of {options.chain:,} operations"
    rows.append((f"{long}, microgpt style", f"{bytes_theirs:.0f} bytes a node", "", ""))
    rows.append((long, f"{bytes_ours:.0f} bytes a node", "", ""))
    table(rows)

    single, linear = step["single operations"], step["linear nodes"]
    plain, stored = step["micrograd"], step["microgpt style"]
    return check_bars(
        [
            ("single operations, × micrograd", ratio(plain, single), 15),
            ("single operations, × microgpt style", ratio(stored, single), 1.4),
            ("linear nodes, × micrograd", ratio(plain, linear), 50),
            ("heavy fan-out, × microgpt style", fan_ratio, 2),
            ("bytes a node of the chain", bytes_ours, -160),
        ]
    )


def before_and_after(options):
    """Print how fast the engine is beside that of another checkout, likewise."""
    before = str(Path(options.against).resolve())
    bars = []
    rows = [("one training step of two moons", "before", "after", "speed")]
    for name, bar in {"single operations": 0.97, "linear nodes": 0.93}.items():
        old, new = measure(
            {"before": (before, name), "after": (HERE, name)}, options
        ).values()
        rows.append((name, ms(old), ms(new), f"{ratio(old, new):.3f}"))
        bars.append((f"{name}, × before", ratio(old, new), bar))
    table(rows)
    return check_bars(bars)


def check_bars(bars):
    """Print what was measured beside what must be; count what is missed."""
    rows = [("bar", "at least", "at most", "measured", "")]
    missed = 0
    for what, measured, bar in bars:
        good = measured >= bar if bar > 0 else measured <= -bar
        missed += not good
        least, most = (f"{bar}", "") if bar > 0 else ("", f"{-bar}")
        rows.append((what, least, most, f"{measured:.2f}", "ok" if good else "not"))
    print()
    table(rows)
    return missed


def table(rows):
    """Print rows as a Markdown table, the first its head."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [" | ".join(map(str.ljust, row, widths)) for row in rows]
    lines.insert(1, "-|-".join(["-" * width for width in widths]))
    for line in lines:
        print(f"| {line} |".replace("| -", "|--").replace("- |", "--|"))


def main():
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--starts", type=int, default=5, help="of every process")
    parser.add_argument("--turns", type=int, default=4, help="of each start")
    parser.add_argument("--turn", type=float, default=TURN, help="its seconds")
    parser.add_argument(
        "--chain", type=int, default=1_000_000, help="operations of the chain"
    )
    parser.add_argument("--against", help="another checkout, which was before")
    options = parser.parse_args()
    stay_on_one_processor()
    missed = before_and_after(options) if options.against else beside_others(options)
    print(
        f"\nPython {platform.python_version()}, {platform.machine()}, "
        f"{options.starts} starts of {options.turns} turns"
    )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
