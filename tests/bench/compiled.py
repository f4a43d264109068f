"""How fast compiled programs are: against hand-written NumPy, PyTorch, JAX, micrograd, and the graph they came from.

    python tests/bench/compiled.py            # everything: about three minutes
    python tests/bench/compiled.py moons      # the cases with "moons" in their name

A step is the loss, its gradient and an SGD update, in float64. Every engine lives in a process of its own and gets one
turn after the other through a pipe, so neither garbage nor threads of one disturb another, and a slow moment of the
machine meets them all. Times are medians over the turns, ratios are medians of the ratios within a round. Before it is
timed, every engine takes five steps from the same parameters, and the losses must agree.
Exit status: the number of bars missed.
"""

import argparse
import functools
import itertools
import math
import multiprocessing
import os
import platform
import random
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from microgpt import (
    compiled_gpt,
    documents_data,
    eager_gpt,
    gpt_by_hand,
    own,
    own_of_one,
)

sys.path.insert(
    0, str(Path(__file__).parents[2])
)  # the checkout this file is in, installed or not

Run = Callable[[int], float]  # takes so many steps and gives the last loss


# ---- moons: 2-16-16-1, hinge loss, L2 penalty, 100 points, full batch ----------------------------

RATE, L2 = 0.05, 1e-4


def moons_data() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    angle, side = rng.uniform(0, math.pi, 100), np.arange(100) % 2
    X = np.stack(
        [
            np.where(side, 1 - np.cos(angle), np.cos(angle)),
            np.where(side, 0.5 - np.sin(angle), np.sin(angle)),
        ],
        1,
    )
    X += rng.normal(0, 0.1, X.shape)
    return {"X": X, "y": 2.0 * side - 1, "weights": weights([2, 16, 16, 1])}


def weights(sizes: list[int]) -> list[Any]:
    """W1, b1, W2, b2, ...; W is (out, in)."""
    rng, arrays = np.random.default_rng(1), []
    for nin, nout in itertools.pairwise(sizes):
        arrays += [
            rng.normal(0, (1 / nin) ** 0.5, (nout, nin)),
            rng.normal(0, 0.1, nout),
        ]
    return arrays


def moons_by_hand(X: Any, y: Any, weights: list[Any]) -> Run:
    """Samples in columns, one flat vector of parameters, sums of rows as products with ones: the fastest of five."""
    theta = np.concatenate([a.ravel() for a in weights])
    W1, b1, W2, b2 = (
        theta[:32].reshape(16, 2),
        theta[32:48, None],
        theta[48:304].reshape(16, 16),
        theta[304:320, None],
    )
    w3, b3 = theta[320:336], theta[336:]
    n, XT, slope, ones = len(y), np.ascontiguousarray(X.T), -y / len(y), np.ones(len(y))

    def run(steps: int) -> float:
        nonlocal theta
        loss = math.nan
        for _ in range(steps):
            h1 = np.maximum(W1 @ XT + b1, 0)
            h2 = np.maximum(W2 @ h1 + b2, 0)
            margin = 1 - y * (w3 @ h2 + b3)
            loss = np.maximum(margin, 0).sum() / n + L2 * (theta @ theta)
            d = slope * (margin > 0)
            d2 = np.multiply.outer(w3, d) * (h2 > 0)
            d1 = (W2.T @ d2) * (h1 > 0)
            gradient = np.concatenate(
                [
                    (d1 @ X).ravel(),
                    d1 @ ones,
                    (d2 @ h1.T).ravel(),
                    d2 @ ones,
                    h2 @ d,
                    [d.sum()],
                ]
            )
            gradient += 2 * L2 * theta
            theta -= RATE * gradient
        return float(loss)

    return run


def moons_in_torch(X: Any, y: Any, weights: list[Any]) -> Run:
    import torch

    torch.set_num_threads(1)  # faster than more at these sizes
    X, y = torch.tensor(X), torch.tensor(y)
    params = [torch.tensor(a, requires_grad=True) for a in weights]
    W1, b1, W2, b2, W3, b3 = params

    def run(steps: int) -> float:
        loss = torch.tensor(math.nan)
        for _ in range(steps):
            h1 = torch.relu(torch.addmm(b1, X, W1.T))
            h2 = torch.relu(torch.addmm(b2, h1, W2.T))
            margin = torch.relu(1 - y * torch.addmm(b3, h2, W3.T).squeeze(1))
            loss = margin.mean() + L2 * sum([(p * p).sum() for p in params])
            gradients = torch.autograd.grad(loss, params)
            with torch.no_grad():
                torch._foreach_add_(params, gradients, alpha=-RATE)
        return loss.item()

    return run


def moons_loss_in_jax(params: list[Any], X: Any, y: Any) -> Any:
    import jax.numpy as jnp

    W1, b1, W2, b2, W3, b3 = params
    h1 = jnp.maximum(X @ W1.T + b1, 0)
    h2 = jnp.maximum(h1 @ W2.T + b2, 0)
    margin = jnp.maximum(1 - y * (h2 @ W3.T + b3)[:, 0], 0)
    return margin.mean() + L2 * sum([(p * p).sum() for p in params])


def jax64() -> Any:
    import jax

    jax.config.update("jax_enable_x64", True)
    return jax


def moons_loss_of_a_vector(theta: Any, XT: Any, y: Any) -> Any:
    """The same with samples in columns and all parameters in one vector."""
    import jax.numpy as jnp

    W1, b1, W2, b2 = (
        theta[:32].reshape(16, 2),
        theta[32:48, None],
        theta[48:304].reshape(16, 16),
        theta[304:320, None],
    )
    h2 = jnp.maximum(W2 @ jnp.maximum(W1 @ XT + b1, 0) + b2, 0)
    return jnp.maximum(1 - y * (theta[320:336] @ h2 + theta[336]), 0).mean() + L2 * (
        theta @ theta
    )


def one_by_one(step: Callable[..., Any], params: Any, *data: Any) -> Run:
    def run(steps: int) -> float:
        nonlocal params
        loss = math.nan
        for _ in range(steps):
            loss, params = step(params, *data)
        return float(loss)  # waits for it

    return run


def moons_in_jax(X: Any, y: Any, weights: list[Any], vector: bool, loop: bool) -> Run:
    """Written for JAX: a list of arrays and samples in rows, as it is usually written, or one vector and columns."""
    jax = jax64()
    params: Any = [jax.numpy.array(a) for a in weights]
    data = jax.numpy.array(X), jax.numpy.array(y)
    if vector:
        params = jax.numpy.concatenate([a.ravel() for a in params])
        data = jax.numpy.array(X.T.copy()), data[1]

    def step(params: Any, X: Any, y: Any) -> Any:
        loss, gradients = jax.value_and_grad(
            moons_loss_of_a_vector if vector else moons_loss_in_jax
        )(params, X, y)
        return loss, jax.tree.map(lambda p, g: p - RATE * g, params, gradients)

    return (
        in_one_loop(jax, step, params, *data)
        if loop
        else one_by_one(jax.jit(step), params, *data)
    )


def in_one_loop(jax: Any, step: Callable[..., Any], params: Any, *data: Any) -> Run:
    """All the steps in one call of `jax.lax.fori_loop`."""

    @jax.jit
    def loop(steps: Any, params: Any, *data: Any) -> Any:
        return jax.lax.fori_loop(
            0,
            steps,
            lambda _, carry: step(carry[1], *data),
            (jax.numpy.array(math.nan), params),
        )

    def run(steps: int) -> float:
        nonlocal params
        loss, params = loop(steps, params, *data)
        return float(loss)

    return run


def moons_in_micrograd(X: Any, y: Any, weights: list[Any]) -> Run:
    """As in micrograd's own demo."""
    from micrograd.engine import Value
    from micrograd.nn import MLP

    model = MLP(2, [16, 16, 1])
    for p, data in zip(model.parameters(), neuron_by_neuron(weights), strict=True):
        p.data = data
    rows = [[Value(x) for x in row] for row in X.tolist()]

    def run(steps: int) -> float:
        loss = Value(math.nan)
        for _ in range(steps):
            scores = [model(row) for row in rows]
            losses = [
                (1 + -yi * score).relu()
                for yi, score in zip(y.tolist(), scores, strict=True)
            ]
            loss = sum(losses) * (1.0 / len(losses)) + L2 * sum(
                p * p for p in model.parameters()
            )
            model.zero_grad()
            loss.backward()
            for p in model.parameters():
                p.data -= RATE * p.grad
        return loss.data

    return run


def neuron_by_neuron(weights: list[Any]) -> list[float]:
    """The order of parameters in a network of neurons: the weights of each, then its bias."""
    pairs = zip(weights[::2], weights[1::2], strict=True)
    return [
        x
        for W, b in pairs
        for row, bias in zip(W, b, strict=True)
        for x in (*row.tolist(), float(bias))
    ]


def moons_recorded(
    X: Any, y: Any, weights: list[Any], expand: bool = False
) -> tuple[Any, Any, dict[str, Any], Any]:
    """The loss as learners write it: a model, its inputs, and a function that records the loss."""
    import micrograd_kr as mk
    from micrograd_kr.nn.losses import hinge
    from micrograd_kr.nn.modules import MLP

    model = MLP(2, [16, 16, 1], expand=expand)
    for p, data in zip(model.parameters(), neuron_by_neuron(weights), strict=True):
        p.data = data
    inputs = {
        "X": [[mk.Value(x) for x in row] for row in X.tolist()],
        "y": [mk.Value(t) for t in y.tolist()],
    }

    def record() -> Any:
        penalty = L2 * mk.sum([p * p for p in model.parameters()])
        return hinge([model(row) for row in inputs["X"]], inputs["y"]) + penalty

    return record, model, inputs, {"X": X, "y": y}


# ---- digits: 64-32-10, cross-entropy, a batch of 64; and 784-128-10 from one recorded example ----


def digits_data() -> dict[str, Any]:
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    return {
        "X": images[:64] / 16,
        "T": np.eye(10)[labels[:64]],
        "weights": weights([64, 32, 10]),
    }


def large_data() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    X = rng.random((128, 784)) * (rng.random((128, 784)) < 0.2)
    return {
        "X": X,
        "T": np.eye(10)[rng.integers(0, 10, 128)],
        "weights": weights([784, 128, 10]),
    }


def digits_by_hand(X: Any, T: Any, weights: list[Any]) -> Run:
    """Samples in columns and one flat vector of parameters: the fastest of five at this size."""
    theta = np.concatenate([a.ravel() for a in weights])
    (h, d), c = weights[0].shape, len(weights[3])
    W1, b1 = theta[: h * d].reshape(h, d), theta[h * d : h * d + h, None]
    W2, b2 = theta[h * d + h : -c].reshape(c, h), theta[-c:, None]
    n, XT, TT, ones = (
        len(X),
        np.ascontiguousarray(X.T),
        np.ascontiguousarray(T.T),
        np.ones(len(X)),
    )

    def run(steps: int) -> float:
        nonlocal theta
        loss = math.nan
        for _ in range(steps):
            hidden = np.maximum(W1 @ XT + b1, 0)
            z = W2 @ hidden + b2
            z -= z.max(0)
            p = np.exp(z)
            total = p.sum(0)
            loss = (np.log(total).sum() - np.vdot(z, TT)) / n
            p /= total
            p -= TT
            p /= n
            d1 = (W2.T @ p) * (hidden > 0)
            theta -= RATE * np.concatenate(
                [(d1 @ X).ravel(), d1 @ ones, (p @ hidden.T).ravel(), p @ ones]
            )
        return float(loss)

    return run


def large_by_hand(X: Any, T: Any, weights: list[Any]) -> Run:
    """Samples in rows, each array updated in place: the fastest of five at this size."""
    W1, b1, W2, b2 = (np.ascontiguousarray(a.T) for a in weights)
    n, ones = len(X), np.ones(len(X))

    def run(steps: int) -> float:
        loss = math.nan
        for _ in range(steps):
            hidden = np.maximum(X @ W1 + b1, 0)
            z = hidden @ W2 + b2
            z -= z.max(1, keepdims=True)
            p = np.exp(z)
            total = p.sum(1, keepdims=True)
            loss = (np.log(total).sum() - np.vdot(z, T)) / n
            p /= total
            p -= T
            p /= n
            d1 = (p @ W2.T) * (hidden > 0)
            for a, gradient in (
                (W1, X.T @ d1),
                (b1, ones @ d1),
                (W2, hidden.T @ p),
                (b2, ones @ p),
            ):
                gradient *= RATE
                a -= gradient
        return float(loss)

    return run


def digits_in_torch(X: Any, T: Any, weights: list[Any]) -> Run:
    import torch

    torch.set_num_threads(1)  # faster than more at these sizes
    X, labels = torch.tensor(X), torch.tensor(T.argmax(1))
    params = [torch.tensor(a, requires_grad=True) for a in weights]
    W1, b1, W2, b2 = params

    def run(steps: int) -> float:
        loss = torch.tensor(math.nan)
        for _ in range(steps):
            z = torch.addmm(b2, torch.relu(torch.addmm(b1, X, W1.T)), W2.T)
            loss = torch.nn.functional.cross_entropy(z, labels)
            gradients = torch.autograd.grad(loss, params)
            with torch.no_grad():
                torch._foreach_add_(params, gradients, alpha=-RATE)
        return loss.item()

    return run


def digits_in_jax(X: Any, T: Any, weights: list[Any]) -> Run:
    jax = jax64()

    def loss(params: list[Any], X: Any, T: Any) -> Any:
        W1, b1, W2, b2 = params
        z = jax.numpy.maximum(X @ W1.T + b1, 0) @ W2.T + b2
        return (jax.nn.logsumexp(z, axis=1) - (z * T).sum(1)).mean()

    @jax.jit
    def step(params: list[Any], X: Any, T: Any) -> Any:
        value, gradients = jax.value_and_grad(loss)(params, X, T)
        return value, [p - RATE * g for p, g in zip(params, gradients, strict=True)]

    arrays = [jax.numpy.array(a) for a in (X, T, *weights)]
    return one_by_one(step, arrays[2:], *arrays[:2])


def digits_recorded(
    X: Any, T: Any, weights: list[Any], expand: bool = False
) -> tuple[Any, Any, dict[str, Any], Any]:
    import micrograd_kr as mk
    from micrograd_kr.nn.losses import cross_entropy
    from micrograd_kr.nn.modules import MLP

    model = MLP(X.shape[1], [len(weights[0]), 10], expand=expand)
    for p, data in zip(model.parameters(), neuron_by_neuron(weights), strict=True):
        p.data = data
    inputs = {
        name: [[mk.Value(x) for x in row] for row in a.tolist()]
        for name, a in (("X", X), ("T", T))
    }

    def record() -> Any:
        return cross_entropy([model(row) for row in inputs["X"]], inputs["T"])

    return record, model, inputs, {"X": X, "T": T}


# ---- an irregular graph of 10,000 operations -----------------------------------------------------


def graph_data() -> dict[str, Any]:
    """Statements that use any two of the values before them; the loss is the mean of all values nobody used."""
    rng = random.Random(0)
    theta = [rng.uniform(-1, 1) for _ in range(100)]
    values, lines, unused = list(theta), [], set(range(100))
    forms = [
        ("{a} + {b}", lambda a, b: a + b),
        ("{a} - {b}", lambda a, b: a - b),
        ("{a} * {b}", lambda a, b: a * b),
    ]
    forms += [
        (f"{{a}}.{f.__name__}()", lambda a, b, f=f: f(a))
        for f in (math.sin, math.cos, math.tanh)
    ]
    forms += [("{a}.relu()", lambda a, b: max(a, 0.0))]
    while len(lines) < 9_998:  # and the sum and the division of the mean
        i, j = rng.randrange(len(values)), rng.randrange(len(values))
        text, f = rng.choice(forms)
        if abs(f(values[i], values[j])) > 2:
            continue
        unused -= {i, j} if "{b}" in text else {i}
        unused.add(len(values))
        lines.append(f"v{len(values)} = {text.format(a=f'v{i}', b=f'v{j}')}")
        values.append(f(values[i], values[j]))
    return {"lines": lines, "unused": sorted(unused), "theta": theta}


def graph_recorded(
    lines: list[str], unused: list[int], theta: list[float]
) -> tuple[Any, Any, dict[str, Any], Any]:
    import micrograd_kr as mk
    from micrograd_kr.nn.modules import Module

    class Model(Module):
        def __init__(self) -> None:
            self.v = [mk.Value(x) for x in theta]

    names = ", ".join(f"v{i}" for i in range(len(theta)))
    body = "\n    ".join(
        [
            f"{names} = leaves",
            *lines,
            f"return total([{', '.join(f'v{i}' for i in unused)}]) / {len(unused)}",
        ]
    )
    space: dict[str, Any] = {"total": mk.sum}
    exec(f"def record(leaves):\n    {body}\n", space)
    model = Model()
    return lambda: space["record"](model.v), model, {}, {}


# ---- recurrences, and random graphs that are deep ------------------------------------------------


def steps_of_tanh(p: list[Any], turns: int) -> Any:
    h = p[2]
    for _ in range(turns):
        h = h.tanh() * p[0] + p[1]
    return h


def lotka_volterra(p: list[Any], turns: int) -> Any:
    a: Any = 10.0
    b: Any = 10.0
    for _ in range(turns):
        a, b = (
            a + (p[0] * a - p[1] * a * b) * 0.001,
            b + (p[2] * a * b - p[3] * b) * 0.001,
        )
    return a * b


def rnn(p: list[Any], turns: int) -> Any:
    """16 units, with inputs that are constants."""
    import micrograd_kr as mk

    rng = random.Random(0)
    W = [p[17 * i : 17 * i + 17] for i in range(16)]
    h: list[Any] = [0.0] * 16
    for _ in range(turns):
        x = rng.gauss(0, 1)
        h = [mk.dot(w[:16], h) + w[16] * x for w in W]
        h = [z.tanh() for z in h]
    return mk.sum([z * z for z in h])


DEEP: list[Callable[..., Any]] = [
    lambda x, y: x * y,
    lambda x, y: x + y * 0.5,
    lambda x, y: x.tanh(),
    lambda x, y: y.sin(),
    lambda x, y: (x - y).relu() + y,
]
WIDE: list[Callable[..., Any]] = [
    lambda x, y: x * y,
    lambda x, y: x - y,
    lambda x, y: x.tanh(),
    lambda x, y: y.sin(),
]


def deep_and_random(p: list[Any], nodes: int) -> Any:
    """Each of two values among the last twelve."""
    import micrograd_kr as mk

    rng = random.Random(0)
    values = list(p)
    for _ in range(nodes):
        x, y = rng.choice(values[-12:]), rng.choice(values[-12:])
        values.append(rng.choice(DEEP)(x, y))
    return mk.sum(values[-20:])


def wide_and_random(p: list[Any], nodes: int) -> Any:
    """Ten layers, each of any two values of the one before."""
    import micrograd_kr as mk

    rng = random.Random(0)
    values = list(p)
    for _ in range(10):
        pairs = [(rng.choice(values), rng.choice(values)) for _ in range(nodes // 10)]
        values = [rng.choice(WIDE)(x, y) for x, y in pairs]
    return mk.sum(values)


def layers(p: list[Any], nodes: int) -> Any:
    """A network of 4-16-16-1 on as many points as make so many nodes."""
    import micrograd_kr as mk

    model = mk.MLP(4, [16, 16, 1], seed=0)
    rng = random.Random(0)
    points = [[rng.gauss(0, 1) for _ in range(4)] for _ in range(max(1, nodes // 66))]
    p[:] = model.parameters()
    return mk.sum([model(x) for x in points])


def stepped_data(steps: Callable[..., Any], count: int, size: int) -> dict[str, Any]:
    return {"steps": steps, "count": count, "size": size}


def steps_recorded(
    steps: Callable[..., Any], count: int, size: int
) -> tuple[Any, Any, dict[str, Any], Any]:
    import micrograd_kr as mk
    from micrograd_kr.nn.modules import Module

    class Model(Module):
        def __init__(self) -> None:
            rng = random.Random(1)
            self.v = [
                mk.Value(rng.uniform(0.1, 0.9) / count**0.5) for _ in range(count)
            ]

    model = Model()
    return lambda: steps(model.v, size), model, {}, {}


# ---- the same recordings, run in three ways ------------------------------------------------------


def eager(recorded: Callable[..., Any], **data: Any) -> Run:
    """Record, go backward, update: what the compiler takes out of the loop."""
    record, model, _, _ = recorded(**data)
    params = model.parameters()

    def run(steps: int) -> float:
        loss = None
        for _ in range(steps):
            loss = record()
            model.zero_grad()
            loss.backward()
            for p in params:
                p.data -= RATE * p.grad
        return math.nan if loss is None else loss.data

    return run


def compiled(recorded: Callable[..., Any], **data: Any) -> Run:
    from micrograd_kr.compiler import compile as compile_graph

    record, model, inputs, arrays = recorded(**data)
    program = compile_graph(record(), model.parameters(), inputs=inputs)
    return stepped(program, program.theta(), arrays)


def compiled_example(**data: Any) -> Run:
    """Recorded with one example, run with all of them."""
    from micrograd_kr.compiler import compile as compile_graph

    record, model, inputs, arrays = digits_recorded(
        **{**data, "X": data["X"][:1], "T": data["T"][:1]}
    )
    example = {name: rows[0] for name, rows in inputs.items()}
    arrays = {"X": data["X"], "T": data["T"]}
    program = compile_graph(
        record(), model.parameters(), inputs=example, batch=("X", "T")
    )
    return stepped(program, program.theta(), arrays)


def stepped(program: Any, theta: Any, arrays: dict[str, Any]) -> Run:
    def run(steps: int) -> float:
        nonlocal theta
        loss = math.nan
        for _ in range(steps):
            loss, gradient = program(theta, **arrays)
            theta -= RATE * gradient
        return float(loss)

    return run


def convenient(recorded: Callable[..., Any], **data: Any) -> Run:
    """`program.step`: the Values of the model are kept up to date at every step."""
    from micrograd_kr.compiler import compile as compile_graph

    record, model, inputs, arrays = recorded(**data)
    program = compile_graph(record(), model.parameters(), inputs=inputs)

    def run(steps: int) -> float:
        loss = math.nan
        for _ in range(steps):
            loss = program.step(RATE, **arrays)
        return float(loss)

    return run


def compiled_for_jax(recorded: Callable[..., Any], loop: bool, **data: Any) -> Run:
    jax = jax64()
    from micrograd_kr.compiler import compile as compile_graph

    record, model, inputs, arrays = recorded(**data)
    program = compile_graph(record(), model.parameters(), inputs=inputs, xp=jax.numpy)

    def step(theta: Any, arrays: Any) -> Any:
        loss, gradient = program(theta, **arrays)
        return loss, theta - RATE * gradient

    theta = jax.numpy.array(program.theta())
    arrays = {name: jax.numpy.array(a) for name, a in arrays.items()}
    return (
        in_one_loop(jax, step, theta, arrays)
        if loop
        else one_by_one(jax.jit(step), theta, arrays)
    )


def compiling(recorded: Callable[..., Any], **data: Any) -> Run:
    """A step is one compilation of a graph already recorded."""
    from micrograd_kr.compiler import compile as compile_graph

    record, model, inputs, _ = recorded(**data)
    loss, params = record(), model.parameters()

    def run(steps: int) -> float:
        for _ in range(steps):
            compile_graph(loss, params, inputs=inputs)
        return math.nan

    return run


# ---- training: program.step(Adam), and what a picture asks a model --------------------------------


def network_data(sizes: list[int]) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    X, T = rng.normal(size=(64, sizes[0])), rng.normal(size=(64, sizes[-1]))
    return {"sizes": sizes, "arrays": {"X": X, "T": T}}


def network_program(sizes: list[int]) -> tuple[Any, Any]:
    """One sample of a network with mean squared error, compiled; and the network."""
    import micrograd_kr as mk
    from micrograd_kr.compiler import compile as compile_graph
    from micrograd_kr.nn import mse

    model = mk.MLP(sizes[0], sizes[1:], seed=0)
    x = [mk.Value(0.1) for _ in range(sizes[0])]
    t = [mk.Value(0.2) for _ in range(sizes[-1])]
    output = model(x)
    loss = mse(output if isinstance(output, list) else [output], t)
    inputs = {"X": x, "T": t}
    return compile_graph(loss, model.parameters(), inputs, batch=("X", "T")), model


def adam_in_step(sizes: list[int], arrays: dict[str, Any]) -> Run:
    from micrograd_kr.nn import Adam

    program, model = network_program(sizes)
    optimizer = Adam(model, lr=RATE)

    def run(steps: int) -> float:
        loss = math.nan
        for _ in range(steps):
            loss = program.step(optimizer, **arrays)
        return loss

    return run


def adam_by_hand(sizes: list[int], arrays: dict[str, Any]) -> Run:
    program, _ = network_program(sizes)
    theta, taken = program.theta(), 0
    m, v = np.zeros_like(theta), np.zeros_like(theta)

    def run(steps: int) -> float:
        nonlocal theta, taken, m, v
        loss = math.nan
        for _ in range(steps):
            loss, gradient = program(theta, **arrays)
            taken += 1
            m = 0.9 * m + (1 - 0.9) * gradient
            v = 0.999 * v + (1 - 0.999) * gradient * gradient
            m_hat = m / (1 - 0.9**taken)
            v_hat = v / (1 - 0.999**taken)
            theta = theta - RATE * m_hat / (v_hat**0.5 + 1e-8)
        return float(loss)

    return run


def plane_by_hand(sizes: list[int], arrays: dict[str, Any]) -> Run:
    """200 x 200 points through three layers, with one matrix product each."""
    X = np.stack(np.meshgrid(*[np.linspace(-2, 2, 200)] * 2), -1).reshape(-1, 2)
    (W1, b1, W2, b2, W3, b3) = weights(sizes)

    def run(steps: int) -> float:
        for _ in range(steps):
            hidden = np.maximum(X @ W1.T + b1, 0)
            hidden = np.maximum(hidden @ W2.T + b2, 0)
            hidden @ W3.T + b3
        return math.nan

    return run


def plane_by_program(sizes: list[int], arrays: dict[str, Any]) -> Run:
    import micrograd_kr as mk
    from micrograd_kr.compiler import compile_outputs

    model = mk.MLP(sizes[0], sizes[1:], seed=0)
    x = [mk.Value(0.1), mk.Value(0.2)]
    program = compile_outputs(model(x), model.parameters(), {"X": x}, batch="X")
    X = np.stack(np.meshgrid(*[np.linspace(-2, 2, 200)] * 2), -1).reshape(-1, 2)

    def run(steps: int) -> float:
        for _ in range(steps):
            program(X=X)
        return math.nan

    return run


# ---- the cases and their bars --------------------------------------------------------------------


@dataclass
class Engine:
    """Something that takes steps: ``make`` builds its `Run` from the data of the case, in its own process."""

    name: str
    make: Callable[..., Run]
    recorded: Callable[..., Any] | None = None
    rounds: int = 10**6  # no more turns than this
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass
class Bar:
    """The time of one engine divided by that of another, and the limit it must not pass."""

    over: str
    under: str
    at_most: float = math.inf
    at_least: float = 0.0
    times: int = 1  # how often the first does its work in one step of the second

    def __str__(self) -> str:
        return (
            f"at most {self.at_most:g}"
            if self.at_most < math.inf
            else f"at least {self.at_least:g}"
        )


@dataclass
class Case:
    name: str
    data: Callable[[], dict[str, Any]]
    engines: list[Engine]
    bars: list[Bar]
    rounds: int = 25
    pause: float = 0.0  # seconds before every turn
    turn: float = 0.0  # seconds of a turn, if more than usual
    starts: int = 1  # how often all processes are started anew


moons_single = functools.partial(moons_recorded, expand=True)
digits_single = functools.partial(digits_recorded, expand=True)

CASES = [
    Case(
        "moons 2-16-16-1, 100 points",
        moons_data,
        [
            Engine("NumPy by hand", moons_by_hand),
            Engine("compiled", compiled, moons_recorded),
            Engine("compiled from single operations", compiled, moons_single),
            Engine("compiled, program.step", convenient, moons_recorded),
            Engine("PyTorch", moons_in_torch),
            Engine(
                "JAX, jit of a step",
                moons_in_jax,
                settings={"vector": False, "loop": False},
            ),
            Engine(
                "JAX, one vector of parameters",
                moons_in_jax,
                settings={"vector": True, "loop": False},
            ),
            Engine(
                "compiled for JAX, jit of a step",
                compiled_for_jax,
                moons_recorded,
                settings={"loop": False},
            ),
            Engine("eager", eager, moons_recorded, rounds=3),
            Engine("micrograd", moons_in_micrograd, rounds=1),
        ],
        [
            Bar("compiled", "NumPy by hand", at_most=1.1),
            Bar("compiled from single operations", "NumPy by hand", at_most=1.1),
            Bar("PyTorch", "compiled", at_least=5),
            Bar(
                "compiled for JAX, jit of a step",
                "JAX, one vector of parameters",
                at_most=1.2,
            ),
            Bar("compiled", "JAX, jit of a step", at_most=1.5),
            Bar("micrograd", "compiled", at_least=5000),
        ],
        rounds=15,
        starts=5,  # where its arrays happen to lie makes a process up to 5 % faster or slower for all its life
    ),
    Case(
        "moons in one fori_loop",
        moons_data,
        [
            Engine(
                "JAX by hand", moons_in_jax, settings={"vector": False, "loop": True}
            ),
            Engine(
                "JAX by hand, one vector",
                moons_in_jax,
                settings={"vector": True, "loop": True},
            ),
            Engine(
                "compiled for JAX",
                compiled_for_jax,
                moons_recorded,
                settings={"loop": True},
            ),
        ],
        [
            Bar("compiled for JAX", "JAX by hand", at_most=1.1),
            Bar("compiled for JAX", "JAX by hand, one vector", at_most=1.1),
        ],
    ),
    Case(
        "digits 64-32-10, batch of 64",
        digits_data,
        [
            Engine("NumPy by hand", digits_by_hand),
            Engine("compiled", compiled, digits_recorded),
            Engine("compiled from single operations", compiled, digits_single),
            Engine("PyTorch", digits_in_torch),
            Engine("JAX, jit of a step", digits_in_jax),
        ],
        [
            Bar("compiled", "NumPy by hand", at_most=1.2),
            Bar("compiled from single operations", "NumPy by hand", at_most=1.2),
        ],
        rounds=15,
        starts=5,
    ),
    Case(
        "784-128-10, batch of 128 from one recorded example",
        large_data,
        [
            Engine("NumPy by hand", large_by_hand),
            Engine("compiled", compiled_example),
            Engine("PyTorch", digits_in_torch),
            Engine("JAX, jit of a step", digits_in_jax),
        ],
        [Bar("compiled", "NumPy by hand", at_most=1.5)],
        pause=0.15,  # OpenBLAS's threads spin for 0.1 s after a large product, on the core that the next engine needs
    ),
    Case(
        "microgpt, a document of 8 tokens",
        functools.partial(documents_data, 1),
        [
            Engine("NumPy by hand", gpt_by_hand, settings={"batch": False}),
            Engine("compiled", compiled_gpt, settings={"batch": False}),
            Engine("eager", eager_gpt, rounds=3, settings={"single": False}),
            Engine(
                "eager, single operations",
                eager_gpt,
                rounds=3,
                settings={"single": True},
            ),
            Engine("microgpt's kind of Value", own, rounds=3),
        ],
        [
            Bar("compiled", "NumPy by hand", at_most=1.5),
            Bar("microgpt's kind of Value", "compiled", at_least=400),
        ],
        rounds=9,
        turn=0.3,
        starts=3,
    ),
    Case(
        "microgpt, a batch of 32 documents",
        functools.partial(documents_data, 32),
        [
            Engine("NumPy by hand", gpt_by_hand, settings={"batch": True}),
            Engine("compiled", compiled_gpt, settings={"batch": True}),
            Engine("microgpt's kind of Value, one document", own_of_one, rounds=3),
        ],
        [
            Bar("compiled", "NumPy by hand", at_most=1.5),
            Bar(
                "microgpt's kind of Value, one document",
                "compiled",
                at_least=2000,
                times=32,
            ),
        ],
        rounds=9,
        turn=0.3,
        starts=3,
    ),
    Case(
        "irregular graph of 10,000 operations",
        graph_data,
        [
            Engine("eager", eager, graph_recorded),
            Engine("compiled", compiled, graph_recorded),
        ],
        [Bar("eager", "compiled", at_least=10)],
    ),
    *(
        Case(
            name,
            functools.partial(stepped_data, steps, count, size),
            [
                Engine("eager", eager, steps_recorded),
                Engine("compiled", compiled, steps_recorded),
                Engine("compiling", compiling, steps_recorded),
            ],
            [
                Bar("eager", "compiled", at_least=times),
                Bar("compiling", "eager", at_most=most),
            ],
            rounds=5,
            turn=0.3,
        )
        for name, steps, count, size, times, most in (
            ("tanh recurrence, 1,000 steps", steps_of_tanh, 3, 1000, 8, 10),
            ("Lotka-Volterra, 1,000 steps", lotka_volterra, 4, 1000, 8, 10),
            ("RNN of 16 units, 1,000 steps", rnn, 272, 1000, 8, 10),
            ("deep random graph, 1,000 nodes", deep_and_random, 10, 10**3, 1, 20),
            ("deep random graph, 10,000 nodes", deep_and_random, 10, 10**4, 1, 20),
            ("deep random graph, 100,000 nodes", deep_and_random, 10, 10**5, 1, 20),
        )
    ),
    *(
        Case(
            f"program.step(Adam), {count} parameters",
            functools.partial(network_data, sizes),
            [
                Engine("program and Adam by hand", adam_by_hand),
                Engine("program.step(Adam)", adam_in_step),
            ],
            [Bar("program.step(Adam)", "program and Adam by hand", at_most=1.3)],
            rounds=3,
            turn=0.3,
            starts=3,
        )
        for count, sizes in (
            ("337", [2, 16, 16, 1]),
            ("4,192", [97, 32, 32]),
            ("100,000", [898, 100, 100]),
        )
    ),
    Case(
        "decision boundary, 200 x 200 points of moons",
        functools.partial(network_data, [2, 16, 16, 1]),
        [
            Engine("NumPy by hand", plane_by_hand),
            Engine("compiled outputs", plane_by_program),
        ],
        [Bar("compiled outputs", "NumPy by hand", at_most=1.3)],
        rounds=5,
        turn=0.3,
        starts=3,
    ),
    *(
        Case(
            f"compile time, {name}",
            data,
            [
                Engine("eager step", eager, recorded),
                Engine("compiling", compiling, recorded),
            ],
            [Bar("compiling", "eager step", at_most=5)],
            rounds,
            turn=0.3,  # meets the collector as often as users do: a short turn has a full collection, or has none
        )
        for name, data, recorded, rounds in (
            ("moons", moons_data, moons_recorded, 9),
            ("moons in single operations", moons_data, moons_single, 7),
            ("digits", digits_data, digits_recorded, 7),
            ("digits in single operations", digits_data, digits_single, 3),
            ("irregular graph", graph_data, graph_recorded, 7),
        )
    ),
]


# ---- measuring -----------------------------------------------------------------------------------

CHECKED = 5  # steps whose loss must agree


def worker(pipe: Any, engine: Engine, data: dict[str, Any]) -> None:
    """The life of a process: build, then take as many steps as the pipe says and answer (seconds, loss)."""
    try:
        run = engine.make(
            **data,
            **engine.settings,
            **({"recorded": engine.recorded} if engine.recorded else {}),
        )
        pipe.send(None)
        while steps := pipe.recv():
            start = time.perf_counter()
            loss = run(steps)
            pipe.send((time.perf_counter() - start, loss))
    except Exception as error:  # says so in the table instead of a time
        pipe.send(f"{type(error).__name__}: {error}")


@dataclass
class Turns:
    """An engine at work: its process, the steps it takes in a turn, and the seconds a step took in each."""

    engine: Engine
    process: Any
    pipe: Any
    problem: str | None = None
    steps: int = 1
    pause: float = 0.0  # seconds before every turn
    times: list[float] = field(default_factory=list)
    taken: int = 0
    loss: float = math.nan  # after CHECKED steps

    def ask(self, steps: int) -> float:
        if self.problem is None:
            try:
                time.sleep(self.pause)
                self.pipe.send(steps)
                answer = self.pipe.recv()
            except (EOFError, OSError):
                answer = "its process ended"
            if not isinstance(answer, str):
                seconds, loss = answer
                self.taken += steps
                if self.taken == CHECKED:
                    self.loss = loss
                return seconds / steps  # type: ignore[no-any-return]
            self.problem = answer
        return math.nan

    def prepare(self, turn: float) -> None:
        """Five steps for the loss; then how many fill a turn of so many seconds."""
        self.ask(1)
        slow = self.ask(CHECKED - 1)
        while slow * self.steps < turn and self.steps < 10**6:
            self.steps = min(4 * self.steps, math.ceil(1.2 * turn / slow))
            slow = self.ask(self.steps)


def start(engine: Engine, data: dict[str, Any], pause: float) -> Turns:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=worker, args=(there, engine, data), daemon=True)
    process.start()
    there.close()
    return Turns(engine, process, here, problem=_first(here), pause=pause)


def _first(pipe: Any) -> str | None:
    try:
        return pipe.recv()  # type: ignore[no-any-return]
    except EOFError:
        return "its process ended at once"


def measure(case: Case, most: int, turn: float) -> dict[str, Turns]:
    data = case.data()
    turns = [start(engine, data, case.pause) for engine in case.engines]
    for one in turns:
        one.prepare(max(turn, case.turn))
    for k in range(min(case.rounds, most)):
        for one in turns:
            if k < one.engine.rounds and one.problem is None:
                one.times.append(one.ask(one.steps))
    for one in turns:
        if one.process.is_alive():
            one.pipe.send(0)
        one.process.join()
    return {one.engine.name: one for one in turns}


def ratio(over: list[Turns], under: list[Turns]) -> float:
    pairs = [
        pair
        for a, b in zip(over, under, strict=True)
        for pair in zip(a.times, b.times, strict=False)
    ]
    return statistics.median([a / b for a, b in pairs]) if pairs else math.nan


def report(case: Case, starts: list[dict[str, Turns]]) -> list[tuple[str, ...]]:
    """Prints the times of a case; the rows of its bars. Raises SystemExit when the engines do not agree."""
    rows = [(case.name, "a step", "")]
    turns = {name: [start[name] for start in starts] for name in starts[0]}
    for name, ts in turns.items():
        times = [seconds for t in ts for seconds in t.times]
        problem = next(filter(None, [t.problem for t in ts]), "")
        rows.append(
            (name, readable(statistics.median(times)) if times else "", problem)
        )
    print()
    table(rows)
    losses = {
        name: t.loss for name, ts in turns.items() for t in ts if not math.isnan(t.loss)
    }
    if not all(
        math.isclose(loss, next(iter(losses.values())), rel_tol=1e-9)
        for loss in losses.values()
    ):
        raise SystemExit(
            f"the engines do not agree about {case.name}: losses after {CHECKED} steps {losses}"
        )
    bars = []
    for bar in case.bars:
        value = bar.times * ratio(turns[bar.over], turns[bar.under])
        good = bar.at_least <= value <= bar.at_most
        often = f"{bar.times} × " if bar.times > 1 else ""
        title = f"{case.name}: {often}{bar.over} / {bar.under}"
        bars.append(
            (
                title,
                str(bar),
                f"{value:.2f}" if value < 100 else f"{value:,.0f}",
                "ok" if good else "not",
            )
        )
    return bars


FAMILIES = {
    "layers": (layers, 0),
    "wide irregular": (wide_and_random, 100),
    "deep irregular": (deep_and_random, 10),
    "recurrent": (lotka_volterra, 4),
}


COUNTED = ["eager, µs a node", "compile, µs", "call, µs", "bytes"]


def growth(most: int) -> None:
    """Prints time and memory a node against the number of nodes: flat where both are linear.

    Then the exponents: the slopes of their logarithms, which are 1 for what is linear.
    """
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # for times of the processor
    rows = [("family", "nodes", *COUNTED, "lines")]
    exponents = [("exponent", "nodes", *COUNTED)]
    sizes = [size for size in (10**3, 10**4, 10**5, 10**6) if size <= most]
    for name, (steps, count) in FAMILIES.items():
        found = []
        for size in sizes:
            context = multiprocessing.get_context("spawn")
            with context.Pool(1) as pool:  # a process of its own, for its memory
                one = pool.apply(grown, (steps, count, size))
            nodes, lines, *each = one
            found.append((nodes, each))
            counted = [f"{x:.3f}" for x in each[:-1]]
            rows.append((name, f"{size:,}", *counted, f"{each[-1]:.0f}", f"{lines}"))
        large = [one for one in found if one[0] >= 5_000]
        if len(large) > 1:
            log_n = [math.log(nodes) for nodes, _ in large]
            slopes = [
                1 + statistics.linear_regression(log_n, [*map(math.log, column)]).slope
                for column in zip(*[each for _, each in large], strict=True)
            ]
            reach = f"{10**4:,} to {sizes[-1]:,}"
            exponents.append((name, reach, *[f"{x:.2f}" for x in slopes]))
    print()
    table(rows)
    print()
    table(exponents)


def grown(steps: Callable[..., Any], count: int, size: int) -> list[Any]:
    """How many nodes and lines of text there are, and what is `COUNTED` of each node.

    Times are those of the processor, after everything has been used once.
    """
    import tracemalloc

    from micrograd_kr.compiler import compile as compile_graph

    def recorded(size: int) -> tuple[Any, list[Any]]:
        turns = size // (14 if steps is lotka_volterra else 1)
        record, model, _, _ = steps_recorded(steps, count, turns)
        loss = record()
        loss.backward()
        return loss, model.parameters()

    def seconds(run: Callable[[], Any]) -> tuple[float, Any]:
        start = time.process_time()
        result = run()
        return time.process_time() - start, result

    compile_graph(*recorded(1000))
    eager_time, (loss, params) = seconds(lambda: recorded(size))
    nodes = len(loss.topological_order())
    compile_time, program = seconds(lambda: compile_graph(loss, params))
    theta = program.theta()
    program(theta)
    repeated = range(max(1, 10**5 // size))
    call_time = min(
        [seconds(lambda: [program(theta) for _ in repeated])[0] for _ in range(5)]
    )
    lines = len(program.source.splitlines())
    tracemalloc.start()
    compile_graph(loss, params)
    most = tracemalloc.get_traced_memory()[1]
    times = eager_time, compile_time, call_time / len(repeated)
    return [nodes, lines, *[1e6 * t / nodes for t in times], most / nodes]


def table(rows: list[tuple[str, ...]]) -> None:
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
            print(
                "|" + "|".join("-" * (width + 2) for width in widths) + "|", flush=True
            )


def readable(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.2f} {unit}"
    return f"{seconds * 1e6:.1f} µs"


def main() -> int:
    parser = argparse.ArgumentParser(description="How fast compiled programs are.")
    parser.add_argument(
        "names",
        nargs="*",
        help="words: only the cases that have one of them in their name",
    )
    parser.add_argument(
        "--rounds",
        type=int,
        default=10**6,
        help="at most so many turns for each engine",
    )
    parser.add_argument(
        "--turn",
        type=float,
        default=0.03,
        help="seconds an engine works before the next one does",
    )
    parser.add_argument(
        "--growth",
        type=int,
        nargs="?",
        const=10**6,
        help="time and memory a node, up to a million of them or so many",
    )
    options = parser.parse_args()
    if options.growth:
        growth(options.growth)
        return 0
    bars = [("bar", "limit", "measured", "")]
    for case in CASES:
        if not options.names or any(word in case.name for word in options.names):
            bars += report(
                case,
                [
                    measure(case, options.rounds, options.turn)
                    for _ in range(case.starts)
                ],
            )
    print()
    table(bars)
    print(
        f"\nPython {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}, {os.cpu_count()} cores"
    )
    return sum(row[-1] == "not" for row in bars)


if __name__ == "__main__":
    sys.exit(main())
