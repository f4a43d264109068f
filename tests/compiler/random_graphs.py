"""Random graphs: seeded, over every op of the table, inside the domains, with the shapes compilers trip over.

A `Graph` is a list of instructions that can be recorded again with other numbers, shrunk, and printed as Python.
Regular blocks (layers, convolutions, attention, recurrences) stand beside single operations that connect anything.

>>> graph = random_graph(seed=3)
>>> loss, params, inputs = graph.record()
>>> again, *_ = graph.record(graph.other_numbers(seed=1))
>>> loss.data == again.data
False
"""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from micrograd_kr.engine import FUNCTIONS, Value
from micrograd_kr.engine.ops import FLOATS, OPS

LEAVES = ("parameter", "input", "constant")
LIMIT = (
    100.0  # no value and no partial beyond it: the truth is then known to many digits
)
WRONG_POINT = (
    ValueError,
    OverflowError,
    ZeroDivisionError,
)  # these numbers are outside a domain: take others

# (what, *arguments). A leaf: ("parameter", 0.5). An op: ("mul", 3, 0.5), where an int is an earlier instruction and a
# float a plain number; ("linear", [0, 1], [2, 3], 4) for one that takes lists.
Instruction = tuple[Any, ...]
Ids = npt.NDArray[np.int64]  # instructions, arranged as an array
Recording = tuple[Value, list[Value], dict[str, Any]]


@dataclass(frozen=True)
class Graph:
    """Instructions, which of them is the loss, and how many columns the matrix of inputs has (0: a list)."""

    code: tuple[Instruction, ...]
    loss: int
    columns: int = 0

    def leaves(self, kind: str) -> list[float]:
        """The numbers of the leaves of that kind, in order."""
        return [what[1] for what in self.code if what[0] == kind]

    def with_leaves(self, numbers: dict[str, list[float]]) -> "Graph":
        """The same graph with other numbers in the leaves of those kinds."""
        left = {kind: iter(values) for kind, values in numbers.items()}
        return replace(
            self,
            code=tuple(
                (w[0], next(left[w[0]])) if w[0] in left else w for w in self.code
            ),
        )

    def values(self) -> list[Value]:
        """Every instruction carried out. Raises one of WRONG_POINT where a number is outside a domain."""
        values: list[Value] = []
        counts = dict.fromkeys(LEAVES, 0)
        for what, *arguments in self.code:
            if what in LEAVES:
                values.append(
                    Value(
                        arguments[0],
                        f"{what[0]}{counts[what]}" if what != "constant" else None,
                    )
                )
                counts[what] += 1
            else:
                values.append(FUNCTIONS[what](*_resolved(arguments, values)))
        return values

    def record(self, numbers: "dict[str, list[float]] | None" = None) -> Recording:
        """The loss, the parameters and the inputs: full rows of "X", and what is left over as "y"."""
        graph = self.with_leaves(numbers) if numbers else self
        values = graph.values()
        params = [
            v for v, w in zip(values, self.code, strict=True) if w[0] == "parameter"
        ]
        return (
            values[self.loss],
            params,
            self.arranged(
                [v for v, w in zip(values, self.code, strict=True) if w[0] == "input"]
            ),
        )

    def arranged(self, inputs: Sequence[Any]) -> dict[str, Any]:
        """A flat list of inputs as the arrays that the graph is recorded with."""
        if not inputs:
            return {}
        d = self.columns
        full = len(inputs) // d * d if d else len(inputs)
        rows: list[Any] = (
            [list(inputs[i : i + d]) for i in range(0, full, d)] if d else list(inputs)
        )
        return {
            name: part
            for name, part in (("X", rows), ("y", list(inputs[full:])))
            if part
        }

    def numbers(self) -> dict[str, list[float]]:
        """The numbers it was made with."""
        return {kind: self.leaves(kind) for kind in ("parameter", "input")}

    def other_numbers(self, seed: int) -> "dict[str, list[float]]":
        """Other parameters and inputs, at which every op has its value and no branch hangs on rounding.

        Near the first ones, nearer with each attempt, in case a domain is narrow; at last the first ones themselves.
        """
        rng = random.Random(seed)
        for spread in (1.0, 0.3, 0.1, 0.01):
            numbers = {
                kind: [_moved(x, spread, rng) for x in xs]
                for kind, xs in self.numbers().items()
            }
            if self.is_sound(numbers):
                return numbers
        return self.numbers()

    def is_sound(self, numbers: "dict[str, list[float]] | None" = None) -> bool:
        """Whether all of it is well inside the domains, with exact numbers where a branch is a tie."""
        graph = self.with_leaves(numbers) if numbers else self
        checker = _Checker()
        try:
            values = graph.values()
        except WRONG_POINT:
            return False
        return all(checker.accepts(v) for v in values)

    def trimmed(self) -> "Graph":
        """Without the instructions that the loss does not depend on, parameters and inputs included."""
        needed = {self.loss}
        for i in range(self.loss, -1, -1):
            if i in needed:
                needed.update(_references(self.code[i]))
        keep = sorted(needed)
        place = {old: new for new, old in enumerate(keep)}
        code = tuple(
            (self.code[i][0], *_mapped(self.code[i][1:], lambda k: place[k]))
            for i in keep
        )
        return Graph(code, place[self.loss], self.columns)

    def python(self) -> str:
        """A script that records it."""
        lines = ["import micrograd_kr as mk", "from micrograd_kr import Value", ""]
        for i, (what, *arguments) in enumerate(self.code):
            names = ", ".join(_text(a) for a in arguments)
            lines.append(
                f"v{i} = Value({names})  # {what}"
                if what in LEAVES
                else f"v{i} = mk.{what}({names})"
            )
        kinds = [
            [f"v{i}" for i, w in enumerate(self.code) if w[0] == kind]
            for kind in ("parameter", "input")
        ]
        lines += [
            f"loss = v{self.loss}",
            f"params = [{', '.join(kinds[0])}]",
            f"inputs = {self.arranged(kinds[1])}".replace("'v", "v")
            .replace("',", ",")
            .replace("']", "]"),
        ]
        return "\n".join(lines)


def random_graph(seed: int, size: int | None = None, example: bool = False) -> Graph:
    """A graph of about ``size`` operations (a few to 400 unless said).

    ``example``: with the inputs of one example of a batch, x and then y.
    """
    return _Maker(seed).graph(size, example)


def random_recurrence(seed: int) -> Graph:
    """A graph that does the same again and again: 16 to 22 turns of vectors, matrices and what moves."""
    for attempt in range(100):
        with suppress(*WRONG_POINT):
            return _Maker(1000 * seed + attempt).recurrent()
    raise AssertionError("no recurrence found: this seed needs another generator")


class _Maker:
    """Grows a graph: each motif appends instructions, each of which is carried out and checked at once."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.code: list[Instruction] = []
        self.values: list[Value] = []
        self.checker = _Checker()

    def graph(self, size: int | None, example: bool) -> Graph:
        rng = self.rng
        size = size or rng.choice((3, 8, 20, 50, 150, 400))
        columns = 0 if example else rng.choice((0, 1, 2, 3, 4))
        for _ in range(rng.randint(1, 8)):
            self.leaf("parameter")
        for _ in range(rng.choice((0, 0, 1, 4, 6, 9)) + 2 * example):
            self.leaf("input")
        for _ in range(rng.randint(0, 3)):
            self.leaf("constant")
        start = len(self.code)
        motifs = rng.choices((self.single, self.many, self.tensors), (2, 3, 2))[0]
        for _ in range(50 * size):
            if len(self.code) - start >= size:
                break
            with suppress(
                *WRONG_POINT
            ):  # the motif ends where a value leaves its domain; what came before stays
                motifs()
        for _ in range(20):
            with suppress(*WRONG_POINT):
                loss = self.ending()
                return Graph(tuple(self.code), loss, columns)
        raise AssertionError("no end found: this seed needs another generator")

    def recurrent(self) -> Graph:
        """A recurrence, and something before and after it."""
        rng = self.rng
        for kind in ("parameter", "parameter", "input", "input", "constant"):
            self.leaf(kind)
        for _ in range(rng.randint(0, 3)):
            self.single()
        for _ in range(rng.choice((1, 1, 1, 2))):
            self.turns()
        for _ in range(rng.randint(0, 2)):
            self.single()
        loss = self.add("sum", [self.ending(), *self.some(2), len(self.code) - 1])
        return Graph(tuple(self.code), loss)

    def turns(self) -> None:
        """States that are vectors, and a few operations on them, many times."""
        rng = self.rng
        width, count, depth = (
            rng.choice((1, 1, 2, 3, 5)),
            rng.randint(1, 3),
            rng.choice((1, 1, 2)),
        )
        turns = rng.randint(16, 22)
        states = [
            [[self.any() for _ in range(width)] for _ in range(depth)]
            for _ in range(count)
        ]
        still = [self.weights(width) for _ in range(3)]
        matrices = [[self.weights(width) for _ in range(width)] for _ in range(2)]
        kind = rng.choice(("input", "parameter", "constant"))
        moving = [[self.leaf(kind) for _ in range(width)] for _ in range(turns)]
        body = [self.part(len(states) + k, depth) for k in range(rng.randint(count, 5))]
        said: list[int] = []
        for t in range(turns):
            made: list[list[int]] = []
            for what, a, b, back in body:
                known = [state[-back] for state in states] + made
                x = known[a % len(known)]
                others = [*known, *still, moving[t]]
                made.append(
                    self.vector(what, x, others[b % len(others)], matrices[b % 2])
                )
            for k, state in enumerate(states):
                state.append(made[-1 - k])
            if body[0][1] % 3 == 0:
                said.append(self.add("sum", made[-1]))
        if said:
            self.add("dot", said, said)

    def part(self, known: int, depth: int) -> tuple[str, int, int, int]:
        """What is done to what in every turn."""
        rng = self.rng
        what = rng.choice(
            (
                "matrix",
                "matrix",
                "curve",
                "tanh",
                "add",
                "mul",
                "step",
                "gate",
                "maximum",
                "norm",
            )
        )
        return what, rng.randrange(60), rng.randrange(60), rng.randint(1, depth)

    def vector(
        self, what: str, x: list[int], y: list[int], W: list[list[int]]
    ) -> list[int]:
        """One operation on vectors."""
        pairs = list(zip(x, y, strict=True))
        match what:
            case "matrix":
                return [
                    self.add("tanh", self.add("linear", row, x, b))
                    for row, b in zip(W, y, strict=True)
                ]
            case "curve":
                return [self.add("sin", self.add("mul", a, b)) for a, b in pairs]
            case "tanh":
                return [self.add("tanh", a) for a in x]
            case "step":
                return [
                    self.add("add", a, self.add("mul", self.add("sub", b, a), 0.1))
                    for a, b in pairs
                ]
            case "gate":
                return [self.add("mul", self.add("sigmoid", b), a) for a, b in pairs]
            case "norm":
                size = self.add("sqrt", self.add("add", self.add("dot", x, x), 0.5))
                return [self.add("div", a, size) for a in x]
        return [self.add("tanh", self.add(what, a, b)) for a, b in pairs]

    def many(self) -> None:
        """Any motif."""
        motifs: dict[Callable[[], Any], int] = {
            self.single: 6,
            self.layer: 4,
            self.samples: 4,
            self.convolution: 1,
            self.attention: 1,
            self.causal: 1,
            self.prefixes: 1,
            self.recurrence: 1,
            self.outer: 1,
            self.chain: 2,
            self.twins: 2,
            self.ragged: 1,
            self.tie: 2,
            self.numbers_only: 1,
            self.powers: 1,
            self.elementwise: 2,
            self.picked: 1,
            self.normalised: 1,
            self.tensors: 3,
        }
        self.rng.choices(list(motifs), list(motifs.values()))[0]()

    # ---- instructions ----------------------------------------------------------------------------

    def leaf(self, kind: str) -> int:
        # half of the numbers are multiples of 1/4, so that sums of products of them are exact and can tie
        x = self.rng.choice((self.rng.randint(-8, 8) / 4, self.rng.gauss(0.0, 1.0)))
        self.code.append((kind, x))
        self.values.append(Value(x))
        self.checker.accepts(self.values[-1])
        return len(self.code) - 1

    def add(self, what: str, *arguments: Any) -> int:
        """One operation. Raises one of WRONG_POINT, and adds nothing, where it has no sound value."""
        v = FUNCTIONS[what](*_resolved(arguments, self.values))
        if not self.checker.accepts(v):
            raise ValueError(what)
        self.code.append((what, *arguments))
        self.values.append(v)
        return len(self.code) - 1

    def any(self) -> int:
        """An instruction: often a recent one, otherwise any."""
        n = len(self.code)
        return (
            self.rng.randrange(max(0, n - 12), n)
            if self.rng.random() < 0.4
            else self.rng.randrange(n)
        )

    def some(self, n: int) -> list[int]:
        """``n`` of them, with repetitions one time in three."""
        if self.rng.random() < 0.3 or n > len(self.code):
            return [self.any() for _ in range(n)]
        return self.rng.sample(range(len(self.code)), n)

    def weights(self, n: int) -> list[int]:
        """``n`` parameters: new ones mostly, sometimes old ones, constants or whatever there is."""
        kind = self.rng.random()
        if kind < 0.65:
            return [self.leaf("parameter") for _ in range(n)]
        if kind < 0.8:
            return self.rng.choices(
                [i for i, w in enumerate(self.code) if w[0] == "parameter"], k=n
            )
        return [self.leaf("constant") for _ in range(n)] if kind < 0.9 else self.some(n)

    def number(self) -> float:
        return self.rng.choice(
            (0.0, 1.0, -1.0, 2.0, 0.5, 3.0, self.rng.gauss(0.0, 1.0))
        )

    def curve(self) -> str:
        return self.rng.choice(
            [
                op.name
                for op in OPS.values()
                if len(op.operands) == 1 and not op.variadic
            ]
        )

    def weighted_sum(
        self, ws: list[int], xs: list[int], b: int | None, how: str
    ) -> int:
        """w . x + b by one of the ways to write it."""
        if how == "linear":
            return self.add("linear", ws, xs, b if b is not None else 0.5)
        if how == "dot":
            z = self.add("dot", ws, xs)
        else:
            turned = self.rng.random() < 0.2  # x * w in place of w * x
            terms = [
                self.add("mul", *((x, w) if turned else (w, x)))
                for w, x in zip(ws, xs, strict=True)
            ]
            z = self.add("sum", terms) if how == "sum" else self.chained(terms)
        return z if b is None else self.add("add", z, b)

    def chained(self, terms: list[int]) -> int:
        z = terms[0]
        for term in terms[1:]:
            z = self.add(self.rng.choices(("add", "sub"), (9, 1))[0], z, term)
        return z

    def how(self) -> str:
        return self.rng.choice(("linear", "dot", "sum", "chain"))

    # ---- motifs ----------------------------------------------------------------------------------

    def single(self) -> None:
        """Any op of any operands, plain numbers among them."""
        op = self.rng.choice(list(OPS.values()))
        if op.variadic:
            n = self.rng.choice((1, 1, 2, 3, 5, 7))
            operands = [
                self.some(n) if o[0] == "*" else self.any() for o in op.operands
            ]
            for i, o in enumerate(operands):  # numbers in lists become leaves
                if isinstance(o, list) and self.rng.random() < 0.2:
                    operands[i] = [
                        self.number() if self.rng.random() < 0.4 else x for x in o
                    ]
        else:
            operands = [self.any() for _ in op.operands]
            if len(operands) > 1 and self.rng.random() < 0.3:
                numbers = self.rng.randrange(1, len(operands))
                for place in self.rng.sample(range(len(operands)), numbers):
                    operands[place] = self.number()
            if len(operands) == 2 and self.rng.random() < 0.1:
                operands[1] = operands[0]
        self.add(op.name, *operands)

    def layer(self) -> list[int]:
        """Neurons over the same inputs."""
        xs, width, how, f = (
            self.some(self.rng.randint(1, 5)),
            self.rng.randint(1, 5),
            self.how(),
            self.curve(),
        )
        biased = self.rng.random() < 0.7
        out = []
        for _ in range(width):
            ws = self.weights(len(xs))
            z = self.weighted_sum(ws, xs, self.weights(1)[0] if biased else None, how)
            out.append(self.add(f, z))
        return out

    def samples(self) -> None:
        """A network of one to three layers over several rows, some of its neurons different."""
        n, width, how = self.rng.randint(1, 4), self.rng.randint(1, 4), self.how()
        rows = [self.some(width) for _ in range(n)]
        if inputs := [i for i, w in enumerate(self.code) if w[0] == "input"]:
            rows = [self.rng.choices(inputs, k=width) for _ in range(n)]
        for _ in range(self.rng.randint(1, 3)):
            m = self.rng.randint(1, 4)
            W, b = [self.weights(len(rows[0])) for _ in range(m)], self.weights(m)
            curves = (
                [self.curve()] * m
                if self.rng.random() < 0.8
                else [self.curve() for _ in range(m)]
            )
            rows = [
                [
                    self.add(f, self.weighted_sum(w, row, c, how))
                    for w, c, f in zip(W, b, curves, strict=True)
                ]
                for row in rows
            ]
        out = (
            [row[0] for row in rows]
            if self.rng.random() < 0.5
            else [i for row in rows for i in row]
        )
        self.add("sum", out)

    def convolution(self) -> None:
        """A window that slides along a line, with a step, zeros around it or not, then a pool."""
        line = self.some(self.rng.randint(3, 9))
        k, step = self.rng.randint(1, 3), self.rng.randint(1, 2)
        ws, b, how, f = self.weights(k), self.weights(1)[0], self.how(), self.curve()
        if self.rng.random() < 0.3:
            zero = self.leaf("constant")
            line = [zero, *line, zero]
        out = [
            self.add(f, self.weighted_sum(ws, line[i : i + k], b, how))
            for i in range(0, len(line) - k + 1, step)
        ]
        pool = self.rng.choice(("maximum", "add", "minimum"))
        pooled = [
            self.add(pool, p, q) for p, q in zip(out[::2], out[1::2], strict=False)
        ]
        self.add("sum", pooled or out)

    def attention(self) -> None:
        """Weights exp(s - logsumexp(s)) of products of pairs; causal half of the time."""
        n, d = self.rng.randint(1, 4), self.rng.randint(1, 3)
        q, k, v = ([self.some(d) for _ in range(n)] for _ in range(3))
        causal = self.rng.random() < 0.5
        out = []
        for i in range(n):
            seen = range(i + 1 if causal else n)
            scores = [self.add("tanh", self.add("dot", q[i], k[j])) for j in seen]
            whole = self.add("logsumexp", scores)
            p = [self.add("exp", self.add("sub", s, whole)) for s in scores]
            out += [self.add("dot", p, [v[j][c] for j in seen]) for c in range(d)]
        self.add("sum", out)

    def causal(self) -> None:
        """Attention over the past (or the future) in several heads, of rows that are alike."""
        rng = self.rng
        n, heads, d = rng.randint(2, 7), rng.randint(1, 2), rng.randint(1, 3)
        kind = rng.choice(("parameter", "input"))
        rows = [[self.leaf(kind) for _ in range(2)] for _ in range(n)]
        q, k, v = ([self.weights(2) for _ in range(heads * d)] for _ in range(3))
        q, k, v = (
            [[self.add("dot", w, x) for w in matrix] for x in rows]
            for matrix in (q, k, v)
        )
        scaled = rng.choice(("div", "mul", "tanh", ""))
        way = rng.choice(("logsumexp", "div", "none"))
        backwards = rng.random() < 0.3
        for i in range(n):
            seen = range(i, n) if backwards else range(i + 1)
            for h in range(heads):
                part = slice(h * d, (h + 1) * d)
                scores = [self.add("dot", q[i][part], k[j][part]) for j in seen]
                if scaled == "tanh":
                    scores = [self.add("tanh", s) for s in scores]
                elif scaled:
                    scores = [self.add(scaled, s, 2.0) for s in scores]
                p = self.normalised_by(way, scores)
                for column in range(h * d, (h + 1) * d):
                    self.add("dot", p, [v[j][column] for j in seen])
        self.add("sum", list(range(len(self.code) - n, len(self.code))))

    def normalised_by(self, way: str, scores: list[int]) -> list[int]:
        """The scores as weights, by one of the ways to write a softmax; or as they are."""
        if way == "logsumexp":
            whole = self.add("logsumexp", scores)
            return [self.add("exp", self.add("sub", s, whole)) for s in scores]
        if way == "div":
            exps = [self.add("exp", s) for s in scores]
            whole = self.add("sum", exps)
            return [self.add("div", e, whole) for e in exps]
        return scores

    def prefixes(self) -> None:
        """An operation on the beginnings of a list, or on its ends, or on windows that grow."""
        rng = self.rng
        n = rng.randint(3, 8)
        xs = [self.leaf("parameter") for _ in range(n)] if rng.random() < 0.5 else []
        xs = xs or self.some(n)
        ws = self.weights(n)
        kind, op = rng.randrange(3), rng.choice(("sum", "dot", "logsumexp"))
        results = []
        for i in range(n):
            start = (0, i, max(0, i - 3))[kind]
            end = n if kind == 1 else i + 1
            part = xs[start:end]
            if op == "dot":
                result = self.add("dot", part, ws[start:end])
            else:
                result = self.add(op, part)
            results.append(self.add("tanh", result) if kind else result)
        self.add("sum", results)

    def recurrence(self) -> None:
        """The same few weights at every step."""
        w, u, b = self.weights(3)
        h = self.any()
        for _ in range(self.rng.randint(2, 7)):
            h = self.add("tanh", self.add("linear", [w, u], [h, self.any()], b))

    def outer(self) -> None:
        """Every x with every y, then sums of rows and of columns."""
        xs, ys = self.some(self.rng.randint(1, 4)), self.some(self.rng.randint(1, 4))
        op = self.rng.choice(("mul", "sub", "add", "maximum", "minimum", "div"))
        f = self.curve()
        table = [[self.add(f, self.add(op, x, y)) for y in ys] for x in xs]
        if self.rng.random() < 0.5:
            table = [list(column) for column in zip(*table, strict=True)]
        rows = [self.add("sum", row) for row in table]
        self.add(self.rng.choice(("sum", "logsumexp")), rows)

    def chain(self) -> None:
        """A long sum by +, products and repetitions among its terms, parts of it used elsewhere."""
        z = self.any()
        for _ in range(self.rng.randint(2, 12)):
            term = (
                self.add("mul", self.any(), self.any())
                if self.rng.random() < 0.5
                else self.any()
            )
            pair = (z, term) if self.rng.random() < 0.8 else (term, z)
            z = self.add(self.rng.choices(("add", "sub"), (5, 1))[0], *pair)

    def twins(self) -> None:
        """The same operation of the same operands twice, and what both lead to."""
        a, b = self.any(), self.any()
        op, f = self.rng.choice(("mul", "add", "sub", "maximum")), self.curve()
        first, second = (
            self.add(op, a, b),
            self.add(op, *self.rng.choice(((a, b), (b, a)))),
        )
        p, q = self.add(f, first), self.add(f, second)
        self.add(self.rng.choice(("mul", "add", "sub", "minimum")), p, q)

    def ragged(self) -> None:
        """Sums of different lengths."""
        op = self.rng.choice(("sum", "logsumexp"))
        groups = [
            self.some(self.rng.randint(1, 5)) for _ in range(self.rng.randint(2, 4))
        ]
        self.add("sum", [self.add("tanh", self.add(op, group)) for group in groups])

    def tie(self) -> None:
        """A branch exactly at its edge, by exact arithmetic."""
        exact = [i for i, v in enumerate(self.values) if v in self.checker.exact]
        a = self.rng.choice(exact) if exact else self.leaf("constant")
        zero = (
            self.add("sub", a, a)
            if self.rng.random() < 0.5
            else self.add("add", a, self.add("neg", a))
        )
        f = self.rng.choice(("relu", "abs", "maximum", "minimum", "leaky_relu"))
        if f in ("relu", "abs", "leaky_relu"):
            self.add(f, zero, *([0.25] if f == "leaky_relu" else []))
        else:
            self.add(
                f,
                *self.rng.choice(
                    (
                        (a, a),
                        (zero, 0.0),
                        (a, self.add("add", a, 0.0)),
                        (a, self.values[a].data),
                    )
                ),
            )

    def numbers_only(self) -> None:
        """What depends on no parameter and no input: to be folded."""
        a, b = self.leaf("constant"), self.leaf("constant")
        c = self.add(
            self.rng.choice(("mul", "add", "maximum")),
            a,
            self.rng.choice((b, self.number())),
        )
        self.add(
            self.rng.choice(("mul", "add", "sub")),
            self.add(self.curve(), c),
            self.any(),
        )

    def powers(self) -> None:
        """x * x, x ** n, x ** y, powers of a sum of squares."""
        a = self.any()
        square = (
            self.add("mul", a, a)
            if self.rng.random() < 0.5
            else self.add("pow", a, 2.0)
        )
        positive = self.add("add", square, 0.5)
        self.add(
            "pow", positive, self.rng.choice((self.any(), 0.5, -1.0, 3.0, 1.0, 0.0))
        )
        self.add(
            "pow",
            self.rng.choice((2.0, 0.0, 1.0)),
            self.add("add", self.add("relu", a), 1.0),
        )

    def elementwise(self) -> None:
        """The same binary operation over whole lists, one side perhaps always the same."""
        n = self.rng.randint(2, 6)
        xs, ys = (
            self.some(n),
            self.some(n) if self.rng.random() < 0.6 else [self.any()] * n,
        )
        op, f = (
            self.rng.choice(
                [
                    op.name
                    for op in OPS.values()
                    if len(op.operands) == 2 and not op.variadic
                ]
            ),
            self.curve(),
        )
        out = [self.add(f, self.add(op, x, y)) for x, y in zip(xs, ys, strict=True)]
        self.rng.shuffle(out)
        self.add("sum", out[: self.rng.randint(1, n)])

    def picked(self) -> None:
        """Few elements of a row: what is left over is dead or used by something else."""
        out = self.layer()
        self.add("mul", self.rng.choice(out), self.rng.choice(out))

    def normalised(self) -> None:
        """Minus the mean, over the deviation."""
        xs = self.some(self.rng.randint(2, 5))
        centre = self.add("div", self.add("sum", xs), float(len(xs)))
        moved = [self.add("sub", x, centre) for x in xs]
        spread = self.add("sqrt", self.add("add", self.add("dot", moved, moved), 0.25))
        self.add("sum", [self.add("sin", self.add("div", m, spread)) for m in moved])

    def tensors(self) -> None:
        """Arrays of up to three axes through views, products over an axis, broadcasting, sums and joins."""
        rng = self.rng
        pool = [
            self.tensor(
                rng.choice(((2,), (3,), (2, 3), (3, 2), (3, 3), (1, 4), (2, 2, 3)))
            )
            for _ in range(2)
        ]
        for _ in range(rng.randint(2, 6)):
            a, b = rng.choice(pool), rng.choice(pool)
            made = rng.choice(
                (
                    self.viewed,
                    self.viewed,
                    self.mapped,
                    self.zipped,
                    self.product,
                    self.reduced,
                    self.joined,
                )
            )
            new = made(a, b)
            if 0 < new.size <= 40:
                pool.append(new)
        self.add("sum", [int(i) for i in pool[-1].ravel()])

    def tensor(self, shape: tuple[int, ...]) -> Ids:
        n = math.prod(shape)
        return np.array(
            self.weights(n) if self.rng.random() < 0.7 else self.some(n)
        ).reshape(shape)

    def viewed(self, a: Ids, _: Ids) -> Ids:
        """The same values in other places, some of them left out or repeated."""
        rng = self.rng
        axis = rng.randrange(a.ndim)
        n = a.shape[axis]
        views = [
            lambda: np.flip(a, axis),
            lambda: a.transpose(rng.sample(range(a.ndim), a.ndim)),
            lambda: a.ravel(),
            lambda: np.roll(a, 1, axis),
            lambda: a.take(range(rng.randrange(n), n, rng.randint(1, 2)), axis),
            lambda: a.take([rng.randrange(n) for _ in range(rng.randint(1, 4))], axis),
            lambda: np.repeat(a, 2, axis),
            lambda: np.expand_dims(a, axis) if a.ndim < 3 else a[0],
            lambda: np.diagonal(a),
            lambda: np.tril(a)[np.tril(a) > 0],
            lambda: a.reshape(-1, n),
        ]
        return np.asarray(rng.choice(views[: 8 if a.ndim == 1 else None])())

    def mapped(self, a: Ids, _: Ids) -> Ids:
        f = self.curve()
        return np.array([self.add(f, int(i)) for i in a.ravel()]).reshape(a.shape)

    def zipped(self, a: Ids, b: Ids) -> Ids:
        op = self.rng.choice(("add", "sub", "mul", "div", "maximum", "minimum"))
        try:
            a, b = np.broadcast_arrays(a, b)
        except ValueError:  # shapes that do not fit: a with itself in another order
            b = np.flip(a)
        return np.array(
            [
                self.add(op, int(i), int(j))
                for i, j in zip(a.ravel(), b.ravel(), strict=True)
            ]
        ).reshape(a.shape)

    def product(self, a: Ids, b: Ids) -> Ids:
        """Summed over the last axis of both: each row of a with each of b, or row by row."""
        n = min(a.shape[-1], b.shape[-1])
        rows, others = (
            a[..., :n].reshape(-1, n).tolist(),
            b[..., :n].reshape(-1, n).tolist(),
        )
        how, f = self.how(), self.curve()
        if self.rng.random() < 0.3:
            pairs = list(zip(rows, others, strict=False))
            return np.array(
                [self.add(f, self.weighted_sum(x, y, None, how)) for x, y in pairs]
            )
        return np.array(
            [
                [self.add(f, self.weighted_sum(x, y, None, how)) for y in others]
                for x in rows
            ]
        )

    def reduced(self, a: Ids, _: Ids) -> Ids:
        op, axis = (
            self.rng.choice(("sum", "logsumexp", "chain")),
            self.rng.randrange(a.ndim),
        )
        rows = np.moveaxis(a, axis, -1)
        sums = [
            self.chained(row) if op == "chain" else self.add(op, row)
            for row in rows.reshape(-1, a.shape[axis]).tolist()
        ]
        return np.array(sums).reshape(rows.shape[:-1] or (1,))

    def joined(self, a: Ids, b: Ids) -> Ids:
        axis = self.rng.randrange(a.ndim)
        fits = a.ndim == b.ndim and all(
            m == n or k == axis
            for k, (m, n) in enumerate(zip(a.shape, b.shape, strict=True))
        )
        return (
            np.concatenate([a, b], axis)
            if fits
            else np.concatenate([a.ravel(), b.ravel()])
        )

    def ending(self) -> int:
        """The loss: of a few of the last values, and of one parameter at least."""
        rng, n = self.rng, len(self.code)
        if rng.random() < 0.2:
            for i in range(
                n - 1, -1, -1
            ):  # the last operation, if it depends on a parameter
                if self.code[i][0] not in LEAVES and self.depends(i):
                    return i
        ends = rng.sample(range(n // 2, n), min(rng.randint(1, 8), n - n // 2))
        parameters = [i for i, w in enumerate(self.code) if w[0] == "parameter"]
        ends.append(rng.choice(parameters))
        ends = [
            i if abs(self.values[i].data) < 10 else self.add("sin", i) for i in ends
        ]
        how = rng.choice(("sum", "chain", "mean", "dot", "logsumexp"))
        if how == "chain":
            return self.chained(ends)
        if how == "dot":
            return self.add("dot", ends, ends)
        if how == "logsumexp":
            return self.add("logsumexp", [self.add("sin", i) for i in ends])
        z = self.add("sum", ends)
        return z if how == "sum" else self.add("div", z, float(len(ends)))

    def depends(self, i: int) -> bool:
        below = {i}
        for k in range(i, -1, -1):
            if k in below:
                below.update(_references(self.code[k]))
        return any(self.code[k][0] == "parameter" for k in below)


class _Checker:
    """Says of one Value after the other, parents first, whether its number is well defined in spite of rounding.

    A value and its partials are at most LIMIT. Where a partial jumps (relu at 0, equal arguments of maximum) another
    order of additions could take the other branch; so close to a jump, operands must be exact: made of multiples of
    1/4 by additions and multiplications, which no order of them rounds.
    """

    def __init__(self) -> None:
        self.exact: dict[Value, Fraction] = {}

    def accepts(self, v: Value) -> bool:
        if v.op is None:
            self._remember(v, Fraction(v.data))
            return True
        if abs(v.data) > LIMIT or any(abs(d) > LIMIT for d in v.partials):
            return False
        operands = [self._exact(x) for x in v.operands]
        if None not in operands:
            result = _evaluate(v, v.op.forward, operands, _FRACTIONS)
            if isinstance(result, Fraction) or result == 0.0:
                self._remember(v, Fraction(result))
        return None not in operands or not self._jumps(v)

    def _remember(self, v: Value, x: Fraction) -> None:
        if x.denominator <= 2**20 and x.denominator & (x.denominator - 1) == 0:
            self.exact[v] = x

    def _exact(self, x: Any) -> Fraction | None:
        if isinstance(x, Value):
            return self.exact.get(x)
        return Fraction(x) if Fraction(x).denominator <= 2**20 else None

    def _jumps(self, v: Value) -> bool:
        assert v.op is not None
        if " if " not in v.op.forward + "".join(v.op.partials):
            return False
        data = [x.data if isinstance(x, Value) else x for x in v.operands]
        near: list[Sequence[float]] = []
        for signs in product((-1e-8, 1e-8), repeat=len(data)):
            moved = [x + s for x, s in zip(data, signs, strict=True)]
            try:
                near.append(
                    [
                        float(_evaluate(v, text, moved, FLOATS, out=v.data))
                        for text in v.op.partials
                    ]
                )
            except WRONG_POINT:
                return True
        return any(
            abs(a - b) > 1e-4 * (1 + abs(b))
            for row in near
            for a, b in zip(row, near[0], strict=True)
        )


_FRACTIONS: dict[str, Any] = {
    **FLOATS,
    "sum": sum,
    "dot": lambda xs, ys: sum(x * y for x, y in zip(xs, ys, strict=True)),
    "logsumexp": lambda xs: math.nan,  # no fraction: not exact
}


def _evaluate(
    v: Value, text: str, data: Sequence[Any], names: dict[str, Any], out: Any = None
) -> Any:
    """A text of the table on those operands."""
    op = v.op
    assert op is not None
    if op.variadic:
        n, lists = op.lengths(len(data))
        data = [*(data[i * n : (i + 1) * n] for i in range(lists)), *data[lists * n :]]
    return eval(text, names, {**dict(zip(op.names, data, strict=True)), "out": out})


def _moved(x: float, spread: float, rng: random.Random) -> float:
    """Another number near x; a multiple of 1/4 stays one."""
    if x * 4 == int(x * 4):
        return x + rng.randint(-3, 3) / 4 * (spread == 1.0)
    return x + spread * (0.3 * x + 0.3) * rng.gauss(0.0, 1.0)


def _resolved(arguments: Sequence[Any], values: Sequence[Value]) -> list[Any]:
    return [
        _resolved(a, values)
        if isinstance(a, list | tuple)
        else values[a]
        if isinstance(a, int)
        else a
        for a in arguments
    ]


def _references(instruction: Any) -> Iterator[int]:
    for a in instruction[1:] if isinstance(instruction[0], str) else instruction:
        if isinstance(a, list | tuple):
            yield from _references(a)
        elif isinstance(a, int):
            yield a


def _mapped(arguments: Sequence[Any], f: Callable[[int], Any]) -> list[Any]:
    return [
        _mapped(a, f)
        if isinstance(a, list | tuple)
        else f(a)
        if isinstance(a, int)
        else a
        for a in arguments
    ]


def _text(a: Any) -> str:
    if isinstance(a, list | tuple):
        return f"[{', '.join(map(_text, a))}]"
    return f"v{a}" if isinstance(a, int) else repr(a)


# ---- functions of whole numbers ------------------------------------------------------------------


class Reader:
    """A random function that reads tables at tokens: the same operations for whatever tokens it is given.

    >>> reader = Reader(seed=1)
    >>> reader(**reader.tokens(0)).data == reader(**reader.tokens(0)).data
    True
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        rng = random.Random(seed)
        self.counts = {"x": rng.randint(2, 6)}  # rows of the tables of an input
        self.lengths = {"x": rng.randint(1, 6)}
        if rng.random() < 0.5:
            self.counts["y"], self.lengths["y"] = rng.randint(2, 5), rng.randint(1, 4)
        self.width = rng.randint(1, 4)
        self.params: list[Value] = []
        self.extra = self.leaves(rng, rng.randint(1, 4))
        self.tables = {
            name: self.table(rng, n, name) for name, n in self.counts.items()
        }
        self.pairs = self.table(rng, self.counts["x"], "pairs", self.counts["x"])
        self.matrix = self.table(rng, self.width, "w")
        self.extra += self.leaves(rng, 2)

    def leaves(self, rng: random.Random, n: int) -> list[Value]:
        made = [Value(rng.uniform(-1, 1), f"a{i}") for i in range(n)]
        self.params += made
        return made

    def table(
        self, rng: random.Random, rows: int, name: str, width: int = 0
    ) -> list[list[Value]]:
        return [self.leaves(rng, width or self.width) for _ in range(rows)]

    def tokens(self, seed: int) -> dict[str, list[int]]:
        rng = random.Random(seed)
        return {
            name: [rng.randrange(self.counts[name]) for _ in range(n)]
            for name, n in self.lengths.items()
        }

    def example(self) -> dict[str, list[int]]:
        """Tokens with the largest among them."""
        return {name: [self.counts[name] - 1] * n for name, n in self.lengths.items()}

    def __call__(self, **tokens: list[int]) -> Value:
        rng = random.Random(self.seed + 1)
        parts: list[Value] = []
        rows = [self.tables[name][t] for name, ts in tokens.items() for t in ts]
        for _ in range(rng.randint(1, 4)):
            self.read(rng, rows, tokens["x"], parts)
        parts.append(FUNCTIONS["dot"](rng.choice(rows), self.matrix[0]))
        return FUNCTIONS["sum"](parts) / float(len(parts))

    def read(
        self,
        rng: random.Random,
        rows: list[list[Value]],
        x: list[int],
        parts: list[Value],
    ) -> None:
        """One of the ways in which models read tables."""
        dot, total = FUNCTIONS["dot"], FUNCTIONS["sum"]
        kind = rng.randrange(7)
        f = rng.choice(("tanh", "relu", "sin", "sigmoid"))
        curve = FUNCTIONS[f]
        if kind == 0:  # a layer on each row
            made = [[curve(dot(w, row)) for w in self.matrix] for row in rows]
            parts += [total(row) for row in made]
        elif kind == 1:  # the next one, of a table of pairs
            pairs = list(zip(x, x[1:] or x, strict=False))
            parts += [
                FUNCTIONS["logsumexp"](self.pairs[a]) - self.pairs[a][b]
                for a, b in pairs
            ]
        elif kind == 2:  # a target among logits
            logits = [dot(row, rows[0]) for row in self.tables["x"]]
            parts.append(FUNCTIONS["logsumexp"](logits) - logits[x[-1]])
        elif kind == 3:  # what came before each
            for i in range(len(rows)):
                scores = [dot(rows[i], row) for row in rows[: i + 1]]
                whole = FUNCTIONS["logsumexp"](scores)
                weights = [(s - whole).exp() for s in scores]
                parts.append(curve(dot(weights, [row[0] for row in rows[: i + 1]])))
        elif kind == 4:  # some rows, some columns, one of them twice
            some = rng.sample(rows, rng.randint(1, len(rows)))
            k = rng.randrange(self.width)
            parts += [curve(row[k] * row[-1]) for row in some]
        elif kind == 5:  # a mean of rows
            columns = list(zip(*rows, strict=True))
            parts += [curve(total(list(c)) / float(len(c))) for c in columns]
        else:  # beside other parameters
            parts += [row[0] * a for row, a in zip(rows, self.extra, strict=False)]


# ---- smaller and smaller graphs that still fail --------------------------------------------------


def shrink(graph: Graph, fails: Callable[[Graph], bool], attempts: int = 2000) -> Graph:
    """A small graph for which ``fails`` is still true: an earlier loss, operands in place of results, shorter lists."""
    again = True
    while again and attempts > 0:
        again = False
        for smaller in _smaller(graph):
            attempts -= 1
            if attempts <= 0:
                break
            try:
                failing = smaller.is_sound() and fails(smaller)
            except WRONG_POINT:
                continue
            if failing:
                graph, again = smaller, True
                break
    return graph


def _smaller(graph: Graph) -> Iterator[Graph]:
    trimmed = graph.trimmed()
    if len(trimmed.code) < len(graph.code):
        yield trimmed
    for i in range(graph.loss):
        if graph.code[i][0] not in LEAVES:
            yield replace(graph, loss=i).trimmed()
    for i in range(len(graph.code) - 1, -1, -1):
        what = graph.code[i]
        if what[0] in LEAVES:
            if what[0] != "constant":
                yield replace(
                    graph,
                    code=(*graph.code[:i], ("constant", what[1]), *graph.code[i + 1 :]),
                )
            continue
        for operand in dict.fromkeys(_references(what)):
            yield _replaced(graph, i, operand).trimmed()
        data = graph.values()[i].data
        yield replace(
            graph, code=(*graph.code[:i], ("parameter", data), *graph.code[i + 1 :])
        ).trimmed()
        lists = [a for a in what[1:] if isinstance(a, list | tuple)]
        for k in range(len(lists[0]) if lists and len(lists[0]) > 1 else 0):
            shorter = tuple(
                [*a[:k], *a[k + 1 :]] if isinstance(a, list | tuple) else a
                for a in what[1:]
            )
            yield replace(
                graph, code=(*graph.code[:i], (what[0], *shorter), *graph.code[i + 1 :])
            ).trimmed()
    if graph.columns:
        yield replace(graph, columns=0)


def _replaced(graph: Graph, i: int, by: int) -> Graph:
    """Every use of instruction i now uses instruction ``by``, an earlier one."""
    code = tuple(
        (w[0], *_mapped(w[1:], lambda k: by if k == i else k)) for w in graph.code
    )
    return replace(graph, code=code, loss=by if graph.loss == i else graph.loss)
