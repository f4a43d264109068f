"""Compiled random graphs against eager: a hundred seeds here, 400 in CI, and as many as wanted from the command line.

    python tests/compiler/test_compile_fuzz.py --seeds 5000 [--start 0]

It prints the first seed that fails with a graph shrunk to a script of a few lines. Each seed is one graph, compared
where it was recorded, with other parameters and inputs, and as an example of a batch of several rows.
"""

import argparse
import random
import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from compile_models import eager
from random_graphs import Graph, Reader, random_graph, random_recurrence, shrink

from micrograd_kr.compiler import compile as compiled

HERE, IN_CI, AT_ONCE = 100, 400, 25
ROUNDING = 1e-9  # of the sum of the sizes of what was added up: thousands of times what is seen, far below any slip


def check(seed: int, **how: Any) -> None:
    """Raises AssertionError, or whatever compiling raises, where a program and its graph differ."""
    check_graph(random_graph(seed), seed, **how)
    check_batch(random_graph(seed, example=True), seed, **how)


def check_recurrence(seed: int) -> None:
    """The same for graphs that do something again and again."""
    check_graph(random_recurrence(seed), seed)
    check_batch(random_recurrence(seed), seed)


def check_graph(graph: Graph, seed: int = 0, **how: Any) -> None:
    loss, params, inputs = graph.record()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        program = compiled(loss, params, inputs=inputs, **how)
        for numbers in (graph.numbers(), graph.other_numbers(seed)):
            loss, params, _ = graph.record(numbers)
            given = {
                k: np.array(v) for k, v in graph.arranged(numbers["input"]).items()
            }
            compare(
                program(np.array(numbers["parameter"]), **given), eager(loss, params)
            )


def check_batch(graph: Graph, seed: int = 0, **how: Any) -> None:
    """The graph as one example: the mean of eager runs over rows of inputs."""
    loss, params, inputs = graph.record()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        program = compiled(loss, params, inputs=inputs, batch=tuple(inputs), **how)
        theta = graph.numbers()["parameter"]
        rows = []
        for row in range(random.Random(seed).choice((1, 2, 3, 5))):
            numbers = {
                "parameter": theta,
                "input": graph.other_numbers(100 * seed + row)["input"],
            }
            rows.append(numbers if graph.is_sound(numbers) else graph.numbers())
        truths = [eager(*graph.record(numbers)[:2]) for numbers in rows]
        arranged = [graph.arranged(numbers["input"]) for numbers in rows]
        given = {k: np.array([a[k] for a in arranged]) for k in inputs}
        expected = [np.mean([truth[i] for truth in truths], axis=0) for i in range(3)]
        compare(program(np.array(theta), **given), expected)


def check_tokens(seed: int, **how: Any) -> None:
    """A function of whole numbers at other ones, alone and in a batch."""
    reader = Reader(seed)
    given = [reader.tokens(1000 * seed + k) for k in range(4)]
    truths = [eager(reader(**tokens), reader.params) for tokens in given]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        program = compiled(reader, reader.params, reader.example(), **how)
        theta = program.theta()
        for tokens, truth in zip(given, truths, strict=True):
            compare(program(theta, **tokens), truth)
        names = [*reader.counts]
        batched = compiled(reader, reader.params, reader.example(), batch=names, **how)
        rows = {name: np.array([t[name] for t in given]) for name in names}
        mean = [np.mean([truth[i] for truth in truths], axis=0) for i in range(3)]
        compare(batched(theta, **rows), mean)


def compare(got: Any, expected: Any) -> None:
    value, gradient, sizes = (np.asarray(x, dtype=float) for x in expected)
    loss, slope = (np.asarray(x, dtype=float) for x in got)
    assert (loss.shape, slope.shape) == ((), gradient.shape)
    assert abs(loss - value) <= ROUNDING * (1 + abs(value)), (
        f"the loss is {loss!r}, eager says {value!r}"
    )
    wrong = np.flatnonzero(~(np.abs(slope - gradient) <= ROUNDING * sizes))
    assert not len(wrong), "\n".join(
        f"d loss / d parameter{i} is {slope[i]!r}, eager says {gradient[i]!r}"
        for i in wrong
    )


STARTS = [
    pytest.param(start, marks=pytest.mark.slow if start >= HERE else [])
    for start in range(0, IN_CI, AT_ONCE)
]


@pytest.mark.parametrize("start", STARTS)
def test_compiled_random_graphs_are_eager_s(start: int) -> None:
    for seed in range(start, start + AT_ONCE):
        try:
            check(seed)
        except Exception as error:
            pytest.fail(
                f"seed {seed}: {error!r}; python tests/compiler/test_compile_fuzz.py --start {seed} --seeds 1 shrinks it"
            )


@pytest.mark.parametrize("start", [0, 20])
@pytest.mark.parametrize("check", [check_recurrence, check_tokens])
def test_compiled_recurrences_and_functions_of_tokens_are_eager_s(
    check: Callable[[int], None], start: int
) -> None:
    for seed in range(start, start + 20):
        try:
            check(seed)
        except Exception as error:
            pytest.fail(f"{check.__name__}({seed}): {error!r}")


def test_loops_that_read_one_another() -> None:
    check_recurrence(21465)  # that which comes first is found last
    check_recurrence(2000223)  # two begin as one
    check_recurrence(24713)  # a state of one is computed by a turn of the other


def test_a_loop_that_no_example_reaches_beside_what_is_of_a_batch() -> None:
    check_recurrence(44740323)  # the numbers of its turns are in an array of a batch


def test_random_recurrences_are_loops() -> None:
    texts = []
    for seed in range(30):
        loss, params, inputs = random_recurrence(seed).record()
        texts.append(compiled(loss, params, inputs=inputs).source)
    assert sum("for t in range(" in text for text in texts) >= 15  # half of them


def test_the_comparison_can_fail() -> None:
    loss, params, _ = random_graph(0).record()
    value, gradient, sizes = eager(loss, params)
    compare((value, gradient), (value, gradient, sizes))
    i = int(np.argmax(sizes))
    off = [g + 1e-6 * sizes[i] * (k == i) for k, g in enumerate(gradient)]
    for wrong in (
        (value + 1e-6, gradient),
        (value, off),
        (value, gradient[1:]),
        ([value], gradient),
        (np.nan, gradient),
    ):
        with pytest.raises(AssertionError):
            compare(wrong, (value, gradient, sizes))


def test_a_failing_graph_is_shrunk_and_printed_as_a_script_that_fails_too() -> None:
    graph = next(
        g for g in map(random_graph, range(100)) if has(g, "erf") and len(g.code) > 50
    )
    small = shrink(graph, lambda g: has(g, "erf"))
    assert len(small.code) <= 2
    names: dict[str, Any] = {}
    exec(small.python(), names)
    assert names["loss"].data == small.record()[0].data
    assert len(names["params"]) == len(small.record()[1])


def has(graph: Graph, op: str) -> bool:
    return any(instruction[0] == op for instruction in graph.trimmed().code)


# ---- the command -----------------------------------------------------------------------------------


def failure(check_one: Any, graph: Graph, seed: int) -> Exception | None:
    try:
        check_one(graph, seed)
    except Exception as error:
        return error
    return None


def kind(error: Exception | None) -> str:
    """What stays the same of an error while its graph shrinks: its type and first words."""
    return f"{type(error).__name__}: {' '.join(str(error).split()[:3])}"


def smallest(graph, check, seed, error):
    """The smallest graph that fails in the same way."""

    def fails_so(g):
        return kind(failure(check, g, seed)) == kind(error)

    return shrink(graph, fails_so)


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Compare compiled random graphs with eager ones."
    )
    parser.add_argument("--seeds", type=int, default=5000)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--recurrences", action="store_true", help="these alone")
    parser.add_argument("--tokens", action="store_true", help="functions of them alone")
    parser.add_argument(
        "--keep-going",
        action="store_true",
        help="count failures, shrink only the first of each kind",
    )
    options = parser.parse_args()
    seen: dict[str, int] = {}
    for seed in range(options.start, options.start + options.seeds):
        if options.tokens or not options.recurrences:
            try:
                check_tokens(seed)
            except Exception as error:
                what = f"check_tokens, {kind(error)}"
                seen[what] = seen.get(what, 0) + 1
                print(f"check_tokens({seed}): {error!r}", flush=True)
                if not options.keep_going:
                    return 1
        if options.tokens:
            continue
        again = random_recurrence(seed)
        graphs = [(check_graph, again), (check_batch, again)]
        if not options.recurrences:
            graphs.append((check_graph, random_graph(seed)))
            graphs.append((check_batch, random_graph(seed, example=True)))
        for check_one, graph in graphs:
            error = failure(check_one, graph, seed)
            if error is None:
                continue
            what = f"{check_one.__name__}, {kind(error)}"
            seen[what] = seen.get(what, 0) + 1
            if seen[what] > 1:
                continue
            small = smallest(graph, check_one, seed, error)
            print(f"\nseed {seed}, {check_one.__name__}: {error!r}\n")
            print(small.python())
            print(
                f"# {check_one.__name__}: {failure(check_one, small, seed)!r}",
                flush=True,
            )
            if not options.keep_going:
                return 1
        if (seed + 1 - options.start) % 500 == 0:
            print(
                f"{seed + 1 - options.start} seeds, {sum(seen.values())} failures",
                flush=True,
            )
    for what, count in seen.items():
        print(f"{count:6}  {what}")
    print(f"{options.seeds} seeds from {options.start}: {sum(seen.values())} failures")
    return bool(seen)


if __name__ == "__main__":
    sys.exit(main())
