"""What `compiled.py` measures of the GPT in `demos/microgpt.py`: three ways to run its scalars, and NumPy by hand.

The model is that of the demo, with 27 tokens and 4,192 parameters; a document has 8 of them. Its names for a scalar
and for sums are replaced to run it on an engine in the style of microgpt, or in single operations.
"""

import functools
import importlib.util
import math
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from eager import Stored

TOKENS, PLACES, LENGTH, RATE = 27, 16, 8, 0.05
DEMO = Path(__file__).parents[2] / "demos" / "microgpt.py"
Run = Callable[[int], float]


def documents_data(count: int) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    return {"documents": rng.integers(TOKENS, size=(count, LENGTH + 1))}


def demo(**names: Any) -> Any:
    """The demo as a module of its own, with other meanings for some of its names."""
    spec = importlib.util.spec_from_file_location("microgpt_demo", DEMO)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    vars(module).update(names)
    return module


MATRICES = ("meaning", "place", "query", "key", "value", "mix", "up", "down", "out")


def parameters(model: Any) -> list[Any]:
    return [p for name in MATRICES for row in getattr(model, name) for p in row]


# ---- an engine in the style of microgpt ----------------------------------------------------------


class Own(Stored):
    """With the operations that a GPT needs: slots, stored local gradients, recursive order."""

    __slots__ = ()

    def __add__(self, other: Any) -> "Own":
        other = other if isinstance(other, Own) else Own(other)
        return Own(self.data + other.data, (self, other), (1, 1))

    def __mul__(self, other: Any) -> "Own":
        other = other if isinstance(other, Own) else Own(other)
        return Own(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, power: float) -> "Own":
        slope = power * self.data ** (power - 1)
        return Own(self.data**power, (self,), (slope,))

    def exp(self) -> "Own":
        e = math.exp(self.data)
        return Own(e, (self,), (e,))

    def log(self) -> "Own":
        return Own(math.log(self.data), (self,), (1 / self.data,))

    def relu(self) -> "Own":
        return Own(max(0, self.data), (self,), (float(self.data > 0),))

    def __truediv__(self, other: Any) -> Any:
        return self * other**-1

    __radd__, __rmul__ = __add__, __mul__


def chained_dot(x: list[Any], y: list[Any]) -> Any:
    """Products and sums, one node each."""
    return functools.reduce(lambda z, term: z + term, map(lambda a, b: a * b, x, y))


def chained_sum(x: list[Any]) -> Any:
    return functools.reduce(lambda a, b: a + b, x)


def chained_logsumexp(x: list[Any]) -> Any:
    top = max([v.data for v in x])
    return chained_sum([(v - top).exp() for v in x]).log() + top


def single_operations(kind: Any) -> dict[str, Any]:
    return {
        "dot": chained_dot,
        "total": chained_sum,
        "logsumexp": chained_logsumexp,
    } | kind


def trained(module: Any, documents: Any) -> Run:
    """Record, go backward, update."""
    model = module.GPT(TOKENS, PLACES)
    params = parameters(model)
    rows = documents.tolist()

    def run(steps: int) -> float:
        loss = math.nan
        for _ in range(steps):
            outputs = [model(row[:-1]) for row in rows]
            value = module.mean_surprise(outputs, [row[1:] for row in rows])
            for p in params:
                p.grad = 0.0
            value.backward()
            for p in params:
                p.data -= RATE * p.grad
            loss = value.data
            del outputs, value
        return loss

    return run


def own(documents: Any) -> Run:
    sys.setrecursionlimit(100_000)  # its order is recursive
    kind = {"Value": lambda number, label: Own(number)}
    return trained(demo(**single_operations(kind)), documents)


def own_of_one(documents: Any) -> Run:
    """One document of a batch: all 32 of them take five seconds a step.

    Its loss is not that of the batch, and is not compared with it.
    """
    run_one = own(documents[:1])

    def run(steps: int) -> float:
        run_one(steps)
        return math.nan

    return run


def eager_gpt(documents: Any, single: bool) -> Run:
    return trained(demo(**single_operations({}) if single else {}), documents)


# ---- compiled ------------------------------------------------------------------------------------


def compiled_gpt(documents: Any, batch: bool) -> Run:
    from micrograd_kr import compile as compile_graph

    module = demo()
    model = module.GPT(TOKENS, PLACES)
    batched = ("tokens",) if batch else ()

    def loss_of(tokens: list[int]) -> Any:
        return module.surprise(model(tokens[:-1]), tokens[1:])

    example = {"tokens": documents[0].tolist()}
    program = compile_graph(loss_of, parameters(model), example, batch=batched)
    theta, tokens = program.theta(), documents if batch else documents[0]

    def run(steps: int) -> float:
        nonlocal theta
        loss = math.nan
        for _ in range(steps):
            loss, gradient = program(theta, tokens=tokens)
            theta -= RATE * gradient
        return float(loss)

    return run


# ---- NumPy by hand -------------------------------------------------------------------------------


def gpt_by_hand(documents: Any, batch: bool) -> Run:
    """Tokens in rows, one flat vector of parameters, queries, keys and values in one product."""
    width, heads = 16, 4
    size = width // heads
    theta = np.array([p.data for p in parameters(demo().GPT(TOKENS, PLACES))])
    gradient = np.zeros_like(theta)
    shapes = [(TOKENS, width), (PLACES, width), (3 * width, width), (width, width)]
    shapes += [(4 * width, width), (width, 4 * width), (TOKENS, width)]
    ends = np.cumsum([0, *[a * b for a, b in shapes]]).tolist()

    def blocks(flat: Any) -> list[Any]:
        pairs = zip(ends, shapes, strict=False)
        return [flat[at : at + a * b].reshape(a, b) for at, (a, b) in pairs]

    E, P, A, M, U, D, O = blocks(theta)  # noqa: E741
    dE, dP, dA, dM, dU, dD, dO = blocks(gradient)
    tokens = documents if batch else documents[0]
    x_tokens, targets = tokens[..., :-1], tokens[..., 1:]
    lead, n = x_tokens.shape[:-1], x_tokens.size
    mask = np.where(np.tri(LENGTH, dtype=bool), 0.0, -np.inf)
    one_hot = np.eye(TOKENS)
    rows, at, target = np.arange(n), x_tokens.ravel(), targets.ravel()
    mean = np.full(width, 1 / width)

    def split(x: Any) -> Any:  # (..., T, heads * size) to (..., heads, T, size)
        return x.reshape(*lead, LENGTH, heads, size).swapaxes(-2, -3)

    def joined(x: Any) -> Any:
        return x.swapaxes(-2, -3).reshape(n, width)

    def norm(x: Any) -> tuple[Any, Any]:
        r = 1 / np.sqrt((x * x) @ mean + 1e-5)[:, None]
        return x * r, r

    def norm_back(d: Any, h: Any, r: Any) -> Any:
        return r * (d - h * ((d * h) @ mean)[:, None])

    def run(steps: int) -> float:
        nonlocal theta
        loss = math.nan
        for _ in range(steps):
            x = (E[x_tokens] + P[:LENGTH]).reshape(n, width)
            h, r = norm(x)
            a = h @ A.T
            q, k, v = split(a[:, :16]), split(a[:, 16:32]), split(a[:, 32:])
            s = q @ k.swapaxes(-1, -2)
            s *= 0.5
            s += mask
            s -= s.max(-1, keepdims=True)
            p = np.exp(s, out=s)
            p /= p.sum(-1, keepdims=True)
            o = joined(p @ v)
            x2 = x + o @ M.T
            h2, r2 = norm(x2)
            u = np.maximum(h2 @ U.T, 0)
            x3 = x2 + u @ D.T
            h3, r3 = norm(x3)
            z = h3 @ O.T
            z -= z.max(1, keepdims=True)
            picked = z[rows, target]
            e = np.exp(z, out=z)
            total = e.sum(1, keepdims=True)
            loss = (np.log(total).sum() - picked.sum()) / n
            e /= total
            e[rows, target] -= 1
            e /= n
            np.matmul(e.T, h3, out=dO)
            d3 = norm_back(e @ O, h3, r3)
            np.matmul(d3.T, u, out=dD)
            du = d3 @ D
            du *= u > 0
            np.matmul(du.T, h2, out=dU)
            d2 = d3 + norm_back(du @ U, h2, r2)
            np.matmul(d2.T, o, out=dM)
            do = split(d2 @ M)
            dp = do @ v.swapaxes(-1, -2)
            dp -= (dp * p).sum(-1, keepdims=True)
            dp *= p
            dp *= 0.5
            parts = [dp @ k, dp.swapaxes(-1, -2) @ q, p.swapaxes(-1, -2) @ do]
            da = np.concatenate([joined(part) for part in parts], axis=1)
            np.matmul(da.T, h, out=dA)
            dx = d2 + norm_back(da @ A, h, r)
            dP[:LENGTH] = dx.reshape(-1, LENGTH, width).sum(0)
            np.matmul(one_hot[at].T, dx, out=dE)
            theta -= RATE * gradient
        return float(loss)

    return run


if __name__ == "__main__":
    random.seed(0)
    for count in (1, 3):
        data = documents_data(count)["documents"]
        batch = count > 1
        runs = [gpt_by_hand(data, batch), compiled_gpt(data, batch), own(data)]
        runs += [eager_gpt(data, single) for single in (True, False)]
        print([run(5) for run in runs])
