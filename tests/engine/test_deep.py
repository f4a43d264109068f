"""Graphs of up to a million nodes, in a process of their own: no recursion anywhere, whatever is done to them.

With Python's default recursion limit, with and without the garbage collector. A crash of the
interpreter (a C stack that ran over) fails the test, and does not take the others along. The stack is
an eighth of what a process usually has, so that 25,000 nodes need what 200,000 would.
"""

import resource
import subprocess
import sys

import pytest

MILLION = 1_000_000
DEEP = 25_000
STACK = 2**20  # bytes

SHAPES = {
    "chain": (MILLION, "v = x\nfor _ in range(N): v = v * 1.000001"),
    "fan-out": (MILLION, "v = mk.sum([x * 1e-6 for _ in range(N)])"),
    "chain through the second operand": (
        DEEP,
        "v = x\nfor i in range(N): v = 1.0 + v if i % 2 else x - v",
    ),
    "chain of lists": (DEEP, "v = x\nfor _ in range(N): v = mk.sum([v, 1e-6])"),
    "sum of a fan-out, one by one": (DEEP, "v = sum(x * 1e-6 for _ in range(N))"),
    "ladder": (
        DEEP,
        "a, v = x, x * 0.5\nfor _ in range(N): a, v = v, (a + v) * 0.5\ndel a",
    ),
}

slow = pytest.mark.slow  # a million nodes: run in CI, or with -m slow
CASES = []
for shape, (n, _) in SHAPES.items():
    CASES.append(pytest.param(shape, marks=[slow] if n == MILLION else []))

USE = """
import copy, gc, pickle, sys
import micrograd_kr as mk
from micrograd_kr import Value
N = {n}
{collector}
assert sys.getrecursionlimit() == 1000

def alive():
    return sum(type(u) is Value for u in gc.get_objects())

x = Value(1.0, label="x")
before = alive()
{record}
y = v
del v
assert alive() - before >= N
order = y.topological_order()
assert order[-1] is y and len(order) == alive() - before + 1 == len(set(order)), (len(order), alive() - before)
del order
y.backward()
once = x.grad
assert once != 0.0
y.backward()
assert abs(x.grad - 2 * once) <= 1e-9 * abs(once)
(dx,) = mk.grad(y, [x])
assert abs(dx.data - once) <= 1e-12 * abs(once)
for twin in (copy.copy(y), copy.deepcopy(y), pickle.loads(pickle.dumps(y)), copy.deepcopy([y])[0], y.detach()):
    assert twin.data == y.data and twin.parents == ()
assert repr(y).startswith("Value(data=") and len(repr(y)) < 100 and f"{{y:.2f}}" and str([y])
y.steps(), y._op
y.zero_grad()
assert x.grad == 0.0
del y, twin, dx
assert alive() == before, (alive(), before)
print("done")
"""


def run(code):
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        preexec_fn=small_stack,
    )


def small_stack():
    hard = resource.getrlimit(resource.RLIMIT_STACK)[1]
    resource.setrlimit(resource.RLIMIT_STACK, (STACK, hard))


def test_a_stack_this_small_runs_over():
    """What these tests are to find, they find: a walk that recurs in C."""
    done = run(f"t = ()\nfor _ in range({DEEP}): t = (t,)\nhash(t)\nprint('done')")
    assert done.stdout == ""
    assert done.returncode < 0


@pytest.mark.parametrize("collector", ["gc.disable()", "gc.enable()"])
@pytest.mark.parametrize("shape", CASES)
def test_deep_and_wide(shape, collector):
    n, record = SHAPES[shape]
    done = run(USE.format(n=n, collector=collector, record=record))
    assert done.stdout == "done\n", (
        done.stderr[-2000:] or f"ended with {done.returncode}"
    )


@slow
def test_a_million_freed_from_the_leaf_s_end():
    """The order in which names go must not matter: the root first, or everything at the interpreter's end."""
    code = f"""
from micrograd_kr import Value
v = x = Value(1.0)
for _ in range({MILLION}):
    v = v + 1.0
nodes = v.topological_order()
del v
nodes.clear()
v = x
for _ in range({MILLION}):
    v = v + x
print("done")
"""
    done = run(code)
    assert (done.stdout, done.returncode) == ("done\n", 0), done.stderr[-2000:]


def test_gradients_of_a_deep_graph_as_a_graph():
    """create_graph, and backward through what it gives: x^N by a chain."""
    code = f"""
N = {DEEP}
import gc
from micrograd_kr import Value, grad
gc.disable()
x = Value(1.0)
before = sum(type(v) is Value for v in gc.get_objects())
y = x
for _ in range(N - 1):
    y = y * x
(dx,) = grad(y, [x], create_graph=True)
assert dx.data == N, dx
(ddx,) = grad(dx, [x])
assert ddx.data == N * (N - 1), ddx
dx.backward()
assert x.grad == ddx.data
del y, dx, ddx
assert sum(type(v) is Value for v in gc.get_objects()) == before
print("done")
"""
    done = run(code)
    assert done.stdout == "done\n", (
        done.stderr[-2000:] or f"ended with {done.returncode}"
    )


@slow
def test_bytes_of_a_node():
    """A million operations take at most 160 bytes each, numbers included; the sweep adds its order only."""
    code = f"""
import tracemalloc
from micrograd_kr import Value
v = x = Value(1.0)
tracemalloc.start()
for _ in range({MILLION}):
    v = v * 1.000001
print(tracemalloc.get_traced_memory()[0] / {MILLION})
v.backward()
print(tracemalloc.get_traced_memory()[0] / {MILLION})
"""
    done = run(code)
    recorded, swept = map(float, done.stdout.split())
    assert recorded <= 160
    assert swept <= recorded + 32
