"""The same program for `jax.numpy`: under jit, differentiated by JAX itself, in loops, over several devices."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from compile_models import EXAMPLES, Numbers, eager, numbers_of, recorded
from random_graphs import random_graph
from test_compile_fuzz import check_batch, check_graph

import micrograd_kr
from micrograd_kr.compiler import compile as compiled

jax = pytest.importorskip("jax")
jax.config.update("jax_enable_x64", True)

SOME = [
    "moons",
    "moons, single operations",
    "digits",
    "GELU, SiLU and others",
    "RNN, ragged",
    "LSTM",
    "attention, causal",
    "transformer block",
    "convolution, max pooling",
    "embedding",
    "matrix factorisation",
    "n-body energy",
    "power law",
    "two parts",
]


def in_jax(
    name: str,
) -> tuple[Any, list[Any], dict[str, Any], tuple[float, list[float]]]:
    loss, params, inputs = recorded(name, seed=1)
    program = compiled(loss, params, inputs=inputs, xp=jax.numpy)
    given = {key: jax.numpy.array(numbers_of(values)) for key, values in inputs.items()}
    return program, jax.numpy.array(program.theta()), given, eager(loss, params)[:2]


def assert_same(got: Any, expected: Any, relative: float = 1e-12) -> None:
    got, expected = np.asarray(got), np.asarray(expected)
    assert got.shape == expected.shape
    assert got.dtype == np.float64
    assert np.abs(got - expected).max(initial=0.0) <= relative * np.abs(expected).max(
        initial=1e-300
    )


@pytest.mark.parametrize("name", SOME)
def test_under_jit_loss_and_gradient_are_eager_s(name: str) -> None:
    program, theta, given, (value, gradient) = in_jax(name)
    got, got_gradient = jax.jit(program)(theta, **given)
    assert_same(got, value)
    assert_same(got_gradient, gradient)


@pytest.mark.parametrize(
    "name", ["moons", "attention", "layer norm", "Gaussian mixture"]
)
def test_the_gradient_is_jax_s_own_derivative_of_the_loss(name: str) -> None:
    program, theta, given, _ = in_jax(name)
    assert_same(
        program(theta, **given)[1], jax.grad(lambda t: program(t, **given)[0])(theta)
    )


def test_many_parameter_vectors_at_once_by_vmap() -> None:
    program, theta, given, _ = in_jax("RNN, ragged")
    thetas = theta + jax.numpy.array([[0.0], [0.1], [-0.2]])
    values, gradients = jax.vmap(lambda t: program(t, **given))(thetas)
    for t, value, gradient in zip(thetas, values, gradients, strict=True):
        expected = program(t, **given)
        assert_same(value, expected[0])
        assert_same(gradient, expected[1])


def test_a_hundred_steps_in_one_loop_are_a_hundred_steps_in_numpy() -> None:
    program, theta, given, _ = in_jax("moons")
    loop = jax.jit(
        lambda t: jax.lax.fori_loop(
            0, 100, lambda _, t: t - 0.1 * program(t, **given)[1], t
        )
    )
    loss, params, inputs = recorded("moons", seed=1)
    slow = compiled(loss, params, inputs=inputs)
    t, arrays = (
        slow.theta(),
        {key: np.array(numbers_of(values)) for key, values in inputs.items()},
    )
    for _ in range(100):
        t = t - 0.1 * slow(t, **arrays)[1]
    assert_same(loop(theta), t, 1e-10)


@pytest.mark.parametrize("name", EXAMPLES)
def test_any_number_of_rows_under_jit(name: str) -> None:
    numbers = Numbers(seed=1)
    loss = EXAMPLES[name](numbers)
    for_numpy, for_jax = (
        compiled(loss, numbers.params, inputs=numbers.inputs, batch=("x", "y"), xp=xp)
        for xp in (np, jax.numpy)
    )
    step = jax.jit(for_jax)
    for rows in (1, 3):
        examples = [Numbers(seed=10 + row) for row in range(rows)]
        for example in examples:
            EXAMPLES[name](example)
        given = {
            key: np.array([numbers_of(example.inputs[key]) for example in examples])
            for key in ("x", "y")
        }
        got, expected = (
            step(for_numpy.theta(), **given),
            for_numpy(for_numpy.theta(), **given),
        )
        assert_same(got[0], expected[0])
        assert_same(got[1], expected[1])


@pytest.mark.parametrize("seed", range(8))
def test_random_graphs(seed: int) -> None:
    check_graph(random_graph(seed, size=15), seed, xp=jax.numpy)
    check_batch(random_graph(seed, size=10, example=True), seed, xp=jax.numpy)


# ---- several devices -------------------------------------------------------------------------------

SHARDED = """
import json, sys
sys.path[:0] = {path!r}
import jax, numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from compile_models import EXAMPLES, Numbers
from micrograd_kr.compiler import compile as compiled

jax.config.update("jax_enable_x64", True)
numbers = Numbers(seed=1)
program = compiled(EXAMPLES["moons"](numbers), numbers.params, inputs=numbers.inputs, batch=("x", "y"), xp=jax.numpy)
rng = np.random.default_rng(0)
x, y = rng.normal(size=(64, 2)), rng.choice([-1.0, 1.0], 64)
mesh = Mesh(np.array(jax.devices()), ("rows",))
rows, everywhere = (NamedSharding(mesh, spec) for spec in (PartitionSpec("rows"), PartitionSpec()))
theta = jax.device_put(program.theta(), everywhere)
given = {{"x": jax.device_put(x, rows), "y": jax.device_put(y, rows)}}
step = jax.jit(program, out_shardings=everywhere).lower(theta, **given).compile()
value, gradient = step(theta, **given)
text = step.as_text()
print(json.dumps({{
    "devices": len(given["x"].sharding.device_set),
    "rows of each": given["x"].addressable_shards[0].data.shape[0],
    "sums across devices": text.count("all-reduce("),
    "gathers the data": text.count("all-gather("),
    "value": float(value), "gradient": np.asarray(gradient).tolist(),
    "theta": program.theta().tolist(), "x": x.tolist(), "y": y.tolist(),
}}))
"""


def test_rows_spread_over_four_devices_give_the_same_gradient() -> None:
    here = Path(__file__).parent
    environment = {
        **os.environ,
        "XLA_FLAGS": "--xla_force_host_platform_device_count=4",
        "JAX_PLATFORMS": "cpu",
    }
    script = SHARDED.format(
        path=[str(here), str(Path(micrograd_kr.__file__).parents[1])]
    )
    run = subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    answer = json.loads(run.stdout)
    assert (answer["devices"], answer["rows of each"]) == (4, 16)
    assert answer["sums across devices"] > 0
    assert answer["gathers the data"] == 0
    numbers = Numbers(seed=1)
    program = compiled(
        EXAMPLES["moons"](numbers),
        numbers.params,
        inputs=numbers.inputs,
        batch=("x", "y"),
    )
    value, gradient = program(
        np.array(answer["theta"]), x=np.array(answer["x"]), y=np.array(answer["y"])
    )
    assert_same(answer["value"], value)
    assert_same(answer["gradient"], gradient)
