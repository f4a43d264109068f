"""Models to compile, each written plainly with Values: what the compiler must get right, whatever it does inside.

A model is a function of `Numbers`, which hands it parameters and inputs drawn from a seed. Recording it with
another seed is the same graph with other numbers: the truth about a compiled program that was given new ones.

>>> numbers = Numbers(seed=1)
>>> loss = MODELS["matrix factorisation"](numbers)
>>> len(numbers.params) > 0, loss.data > 0
(True, True)
"""

import random
from collections.abc import Callable, Iterable
from itertools import combinations
from typing import Any

import micrograd_kr as mk
from micrograd_kr.engine.value import Value
from micrograd_kr.nn import MLP, Layer, softmax
from micrograd_kr.nn.losses import binary_cross_entropy, cross_entropy, hinge, mse


class Numbers:
    """Draws the numbers of one recording, and remembers which Values are parameters and which inputs.

    ``theta``: the parameters in their order, if they are not to be drawn.
    """

    def __init__(self, seed: int, theta: Iterable[float] | None = None) -> None:
        self.rng = random.Random(seed)
        self.theta = None if theta is None else iter(theta)
        self.params: list[Value] = []
        self.inputs: dict[str, Any] = {}

    def _nested(
        self, label: str, shape: tuple[int, ...], draw: Callable[[], float]
    ) -> Any:
        if not shape:
            return Value(draw(), label)
        return [self._nested(f"{label}[{i}]", shape[1:], draw) for i in range(shape[0])]

    def _parameter(self, scale: float) -> float:
        return self.rng.gauss(0.0, scale) if self.theta is None else next(self.theta)

    def parameters(self, label: str, *shape: int, scale: float = 0.5) -> Any:
        """A nested list of parameters of that shape, normally distributed."""
        values = self._nested(label, shape, lambda: self._parameter(scale))
        self.params += flat(values)
        return values

    def network(self, module: Any) -> Any:
        """A module whose parameters are all drawn anew, the biases too."""
        for p in module.parameters():
            p.data = self._parameter(0.4)
        self.params += module.parameters()
        return module

    def input(
        self, name: str, *shape: int, draw: Callable[[], float] | None = None
    ) -> Any:
        """A nested list of inputs of that shape, normally distributed unless ``draw`` says how."""
        self.inputs[name] = self._nested(
            name, shape, draw or (lambda: self.rng.gauss(0.0, 1.0))
        )
        return self.inputs[name]

    def signs(self, name: str, *shape: int) -> Any:
        """Targets -1 or 1."""
        return self.input(name, *shape, draw=lambda: self.rng.choice((-1.0, 1.0)))

    def one_hots(self, name: str, rows: int, classes: int) -> Any:
        """Rows with a single 1."""
        hot = [self.rng.randrange(classes) for _ in range(rows)]
        place = iter([float(k == h) for h in hot for k in range(classes)])
        return self.input(name, rows, classes, draw=lambda: next(place))


def flat(values: Any) -> list[Any]:
    """The items of a nested list, in order."""
    return (
        [x for row in values for x in flat(row)]
        if isinstance(values, list | tuple)
        else [values]
    )


def numbers_of(values: Any) -> Any:
    """The same nested list with the data in place of the Values."""
    return (
        [numbers_of(row) for row in values]
        if isinstance(values, list | tuple)
        else values.data
    )


def penalty(params: Iterable[Value], rate: float = 1e-2) -> Value:
    """rate times the sum of squares."""
    return rate * mk.sum([p * p for p in params])


def matvec(W: list[list[Value]], x: list[Any]) -> list[Value]:
    """W x, a `dot` for each row."""
    return [mk.dot(row, x) for row in W]


def affine(W: list[list[Value]], x: list[Any], b: list[Value]) -> list[Value]:
    """W x + b, a `linear` for each row."""
    return [mk.linear(row, x, bias) for row, bias in zip(W, b, strict=True)]


def total(terms: Iterable[Any]) -> Any:
    """Their sum as a chain of +."""
    terms = list(terms)
    result = terms[0]
    for term in terms[1:]:
        result = result + term
    return result


def mean(terms: Iterable[Any]) -> Any:
    """Their mean, one n-ary sum."""
    terms = list(terms)
    return mk.sum(terms) / len(terms)


# ---- networks ------------------------------------------------------------------------------------


def moons(numbers: Numbers, samples: int = 24, expand: bool = False) -> Value:
    """2-16-16-1, hinge loss and L2 penalty: micrograd's own demo."""
    X, y = numbers.input("X", samples, 2), numbers.signs("y", samples)
    model = numbers.network(MLP(2, [16, 16, 1], expand=expand))
    return hinge([model(x) for x in X], y) + penalty(model.parameters(), 1e-4)


def digits(numbers: Numbers, samples: int = 8, expand: bool = False) -> Value:
    """64-32-10 with cross-entropy against one-hot rows."""
    X, T = numbers.input("X", samples, 64), numbers.one_hots("T", samples, 10)
    model = numbers.network(MLP(64, [32, 10], expand=expand))
    return cross_entropy([model(x) for x in X], T)


def fixed_classes(numbers: Numbers) -> Value:
    """Cross-entropy with the class numbers written into the graph: each row picks its own logit."""
    X = numbers.input("X", 7, 5)
    model = numbers.network(MLP(5, [6, 4], activation="tanh"))
    return cross_entropy([model(x) for x in X], [0, 3, 1, 1, 2, 0, 3])


def plain_classifier(numbers: Numbers) -> Value:
    """Softmax written out, exp over the sum of exps, in single operations and chains of +."""
    X, T = numbers.input("X", 5, 3), numbers.one_hots("T", 5, 4)
    W, b = numbers.parameters("W", 4, 3), numbers.parameters("b", 4)
    loss: Any = 0.0
    for x, t in zip(X, T, strict=True):
        e = [
            (total(w * xi for w, xi in zip(row, x, strict=True)) + bias).exp()
            for row, bias in zip(W, b, strict=True)
        ]
        loss = loss - total(
            ti * (ei / total(e)).log() for ti, ei in zip(t, e, strict=True)
        )
    return loss / 5


def logistic(numbers: Numbers) -> Value:
    """Logistic regression: one neuron, no hidden layer."""
    X, y = (
        numbers.input("X", 9, 3),
        numbers.input("y", 9, draw=lambda: numbers.rng.choice((0.0, 0.3, 1.0))),
    )
    w, b = numbers.parameters("w", 3), numbers.parameters("b")
    return binary_cross_entropy(
        [mk.linear(w, x, b) for x in X], [v * 1.0 for v in y]
    ) + penalty(w)


def activations(numbers: Numbers) -> Value:
    """A net whose layers have GELU, SiLU, softplus, leaky ReLU, sigmoid, tanh and sine."""
    curves = [
        "gelu",
        "silu",
        "softplus",
        "leaky_relu",
        "sigmoid",
        "tanh",
        lambda v: v.sin(),
    ]
    X, Y = numbers.input("X", 4, 3), numbers.input("Y", 4, 2)
    model = numbers.network(
        MLP(3, [5, 4, 3, 4, 5, 4, 3, 2], activation=[*curves, None])
    )
    return mse([model(x) for x in X], Y)


def mixed_neurons(numbers: Numbers) -> Value:
    """A layer in which each neuron has an activation of its own."""
    X, y = numbers.input("X", 6, 3), numbers.input("y", 6)
    W, b, v = (
        numbers.parameters("W", 5, 3),
        numbers.parameters("b", 5),
        numbers.parameters("v", 5),
    )
    curves = [mk.relu, mk.tanh, mk.sigmoid, mk.gelu, mk.abs]
    outputs = [
        mk.dot(v, [f(z) for f, z in zip(curves, affine(W, x, b), strict=True)])
        for x in X
    ]
    return mse(outputs, y)


def residual(numbers: Numbers) -> Value:
    """Blocks x + f(x), six of them: every value is used twice."""
    X, Y = numbers.input("X", 5, 4), numbers.input("Y", 5, 4)
    blocks = [numbers.network(Layer(4, 4, activation="tanh")) for _ in range(6)]
    outputs = []
    for x in X:
        for block in blocks:
            x = [a + b for a, b in zip(x, block(x), strict=True)]
        outputs.append(x)
    return mse(outputs, Y)


def densely_connected(numbers: Numbers) -> Value:
    """Each layer sees all layers before it, concatenated."""
    X, y = numbers.input("X", 4, 3), numbers.input("y", 4)
    layers = [numbers.network(Layer(3 + 2 * k, 2, activation="tanh")) for k in range(4)]
    last = numbers.network(Layer(11, 1, activation=None))
    outputs = []
    for x in X:
        for layer in layers:
            x = [*x, *layer(x)]
        outputs.append(last(x))
    return mse(outputs, y)


def tied_autoencoder(numbers: Numbers) -> Value:
    """Decodes with the transpose of the matrix it encodes with."""
    X = numbers.input("X", 5, 6)
    W, b, c = (
        numbers.parameters("W", 3, 6),
        numbers.parameters("b", 3),
        numbers.parameters("c", 6),
    )
    codes = [[z.sigmoid() for z in affine(W, x, b)] for x in X]
    return mse(
        [
            affine([list(column) for column in zip(*W, strict=True)], h, c)
            for h in codes
        ],
        X,
    )


def ensemble(
    numbers: Numbers, shapes: Iterable[Iterable[int]] = ((4, 1),) * 5
) -> Value:
    """The mean of several networks; equal shapes ask for one batched product."""
    X, y = numbers.input("X", 6, 3), numbers.input("y", 6)
    models = [
        numbers.network(MLP(3, list(shape), activation="tanh")) for shape in shapes
    ]
    return mse([mean(model(x) for model in models) for x in X], y)


def mixture_of_experts(numbers: Numbers) -> Value:
    """A softmax gate weighs four small networks."""
    X, y = numbers.input("X", 5, 3), numbers.input("y", 5)
    gate = numbers.network(Layer(3, 4, activation=None))
    experts = [numbers.network(MLP(3, [3, 1], activation="relu")) for _ in range(4)]
    return mse(
        [mk.dot(softmax(gate(x)), [expert(x) for expert in experts]) for x in X], y
    )


def siamese(numbers: Numbers) -> Value:
    """The same network on both halves of a pair; contrastive loss with a hinge."""
    A, B, same = (
        numbers.input("A", 4, 3),
        numbers.input("B", 4, 3),
        numbers.signs("same", 4),
    )
    model = numbers.network(MLP(3, [4, 2], activation="tanh"))
    losses = []
    for a, b, s in zip(A, B, same, strict=True):
        distance = mk.sum(
            [(p - q) ** 2 for p, q in zip(model(a), model(b), strict=True)]
        )
        losses.append((s + 1) / 2 * distance + (1 - s) / 2 * (1 - distance).relu())
    return mean(losses)


# ---- sequences -----------------------------------------------------------------------------------


def rnn(numbers: Numbers, lengths: Iterable[int] = (6, 6, 6, 6)) -> Value:
    """An Elman network over several sequences; ragged when the lengths differ."""
    lengths = list(lengths)
    X, y = numbers.input("X", sum(lengths), 3), numbers.input("y", len(lengths))
    W, U, b = (
        numbers.parameters("W", 5, 3),
        numbers.parameters("U", 5, 5),
        numbers.parameters("b", 5),
    )
    v = numbers.parameters("v", 5)
    outputs, start = [], 0
    for n in lengths:
        h: list[Any] = [0.0] * 5
        for x in X[start : start + n]:
            h = [
                (p + q).tanh()
                for p, q in zip(affine(W, x, b), matvec(U, h), strict=True)
            ]
        outputs.append(mk.dot(v, h))
        start += n
    return mse(outputs, y)


def rnn_expanded(numbers: Numbers) -> Value:
    """The same in single multiplications and additions, an output and an error at every step."""
    X, Y = numbers.input("X", 5, 2), numbers.input("Y", 5)
    W, U, v = (
        numbers.parameters("W", 3, 2),
        numbers.parameters("U", 3, 3),
        numbers.parameters("v", 3),
    )
    h: list[Any] = [Value(0.0) for _ in range(3)]
    loss: Any = 0.0
    for x, target in zip(X, Y, strict=True):
        h = [
            (
                total(w * a for w, a in zip(W[i], x, strict=True))
                + total(u * a for u, a in zip(U[i], h, strict=True))
            ).tanh()
            for i in range(3)
        ]
        loss = loss + (total(a * b for a, b in zip(v, h, strict=True)) - target) ** 2
    return loss


def lstm(numbers: Numbers) -> Value:
    """Four gates, three steps, two sequences."""
    X, y = numbers.input("X", 6, 2), numbers.input("y", 2)
    gates = [
        numbers.network(Layer(5, 3, activation=a))
        for a in ("sigmoid", "sigmoid", "sigmoid", "tanh")
    ]
    outputs = []
    for sequence in (X[:3], X[3:]):
        h: list[Any] = [0.0] * 3
        c: list[Any] = [0.0] * 3
        for x in sequence:
            i, f, o, g = (gate([*x, *h]) for gate in gates)
            c = [f[k] * c[k] + i[k] * g[k] for k in range(3)]
            h = [o[k] * c[k].tanh() for k in range(3)]
        outputs.append(mk.sum(h))
    return mse(outputs, y)


def attention(numbers: Numbers, causal: bool = False) -> Value:
    """Two heads of scaled dot-product attention over six tokens, then a linear read-out."""
    X, Y = numbers.input("X", 6, 4), numbers.input("Y", 6, 2)
    out = numbers.parameters("O", 2, 4)
    heads = []
    for h in range(2):
        matrices = [numbers.parameters(f"{name}{h}", 2, 4) for name in "QKV"]
        q, k, v = ([matvec(M, x) for x in X] for M in matrices)
        head = []
        for i in range(6):
            seen = range(i + 1 if causal else 6)
            weights = softmax([mk.dot(q[i], k[j]) / 2**0.5 for j in seen])
            head.append([mk.dot(weights, [v[j][d] for j in seen]) for d in range(2)])
        heads.append(head)
    mixed = [[*a, *b] for a, b in zip(*heads, strict=True)]
    return mse([matvec(out, row) for row in mixed], Y)


def transformer_block(numbers: Numbers) -> Value:
    """Layer norm, causal attention, residual, layer norm, GELU network, residual; next-token loss."""
    tokens, classes, d = [0, 2, 1, 3, 2], 4, 4
    E, P = numbers.parameters("E", classes, d), numbers.parameters("P", len(tokens), d)
    g1, g2 = (
        numbers.parameters("g1", d, scale=1.0),
        numbers.parameters("g2", d, scale=1.0),
    )
    Q, K, V = (numbers.parameters(name, d, d) for name in "QKV")
    net = numbers.network(MLP(d, [2 * d, d], activation="gelu"))
    x = [[e + p for e, p in zip(E[t], P[i], strict=True)] for i, t in enumerate(tokens)]
    normed = [normalised(row, g1) for row in x]
    q, k, v = ([matvec(M, row) for row in normed] for M in (Q, K, V))
    logits = []
    for i, row in enumerate(x):
        weights = softmax([mk.dot(q[i], k[j]) * 0.5 for j in range(i + 1)])
        row = [
            r + mk.dot(weights, [v[j][c] for j in range(i + 1)])
            for c, r in enumerate(row)
        ]
        row = [r + m for r, m in zip(row, net(normalised(row, g2)), strict=True)]
        logits.append(matvec(E, row))
    return cross_entropy(logits[:-1], tokens[1:])


def normalised(row: list[Any], gain: list[Value]) -> list[Value]:
    """Layer normalisation with a gain."""
    centre = mean(row)
    deviation = (mean((x - centre) ** 2 for x in row) + 1e-5).sqrt()
    return [g * (x - centre) / deviation for g, x in zip(gain, row, strict=True)]


def layer_norm(numbers: Numbers) -> Value:
    """Linear, layer norm, tanh, linear."""
    X, y = numbers.input("X", 5, 3), numbers.input("y", 5)
    first, last = (
        numbers.network(Layer(3, 6, activation=None)),
        numbers.network(Layer(6, 1, activation=None)),
    )
    gain = numbers.parameters("gain", 6)
    return mse([last([z.tanh() for z in normalised(first(x), gain)]) for x in X], y)


def batch_norm(numbers: Numbers) -> Value:
    """Normalised over the samples: every output depends on every input."""
    X, y = numbers.input("X", 6, 3), numbers.input("y", 6)
    first, last = (
        numbers.network(Layer(3, 4, activation=None)),
        numbers.network(Layer(4, 1, activation=None)),
    )
    gain = numbers.parameters("gain", 6)
    columns = [
        normalised(list(column), gain)
        for column in zip(*[first(x) for x in X], strict=True)
    ]
    return mse([last([z.relu() for z in row]) for row in zip(*columns, strict=True)], y)


def embedding(numbers: Numbers) -> Value:
    """Rows of a table picked by number, repeated ones too, averaged over sentences of different lengths."""
    sentences, classes = [[1, 4, 1], [0], [5, 2, 4, 4], [3, 1]], [0, 1, 2, 0]
    E = numbers.parameters("E", 7, 3)  # row 6 is never used
    last = numbers.network(Layer(3, 3, activation=None))
    bags = [
        [mean(E[token][d] for token in sentence) for d in range(3)]
        for sentence in sentences
    ]
    return cross_entropy([last(bag) for bag in bags], classes)


# ---- images --------------------------------------------------------------------------------------


def convolution(numbers: Numbers, pool: str = "maximum", expand: bool = False) -> Value:
    """Three 3 x 3 filters, ReLU, 2 x 2 pooling, a linear read-out; two images of 8 x 8."""
    X, T = numbers.input("X", 2, 64), numbers.one_hots("T", 2, 3)
    filters, bias = numbers.parameters("F", 3, 9), numbers.parameters("f", 3)
    last = numbers.network(Layer(27, 3, activation=None))
    rows = []
    for image in X:
        features: list[Any] = []
        for F, f in zip(filters, bias, strict=True):
            maps = [
                [
                    _window(
                        F,
                        [
                            image[8 * (r + i) + c + j]
                            for i in range(3)
                            for j in range(3)
                        ],
                        f,
                        expand,
                    )
                    for c in range(6)
                ]
                for r in range(6)
            ]
            for r in range(0, 6, 2):
                for c in range(0, 6, 2):
                    a, b, c_, d = (
                        maps[r][c],
                        maps[r][c + 1],
                        maps[r + 1][c],
                        maps[r + 1][c + 1],
                    )
                    features.append(
                        mk.maximum(mk.maximum(a, b), mk.maximum(c_, d))
                        if pool == "maximum"
                        else mean([a, b, c_, d])
                    )
        rows.append(last(features))
    return cross_entropy(rows, T)


def _window(F: list[Value], patch: list[Any], f: Value, expand: bool) -> Value:
    z = (
        total([*(a * b for a, b in zip(F, patch, strict=True)), f])
        if expand
        else mk.linear(F, patch, f)
    )
    return z.relu()


def dilated_convolution(numbers: Numbers) -> Value:
    """A causal 1-D convolution with steps 1, 2, 4 and zero padding."""
    X, Y = numbers.input("X", 12), numbers.input("Y", 12)
    line: list[Any] = X
    for step in (1, 2, 4):
        a, b, c = numbers.parameters(f"k{step}", 3)
        line = [
            mk.linear([a, b], [line[t], line[t - step] if t >= step else 0.0], c).tanh()
            for t in range(12)
        ]
    return mse(line, Y)


# ---- physics, geometry, statistics ---------------------------------------------------------------


def n_body(numbers: Numbers) -> Value:
    """The energy of seven bodies: half m v^2, and -m m' / r over all pairs."""
    positions, velocities = (
        numbers.parameters("r", 7, 3, scale=2.0),
        numbers.parameters("v", 7, 3),
    )
    masses = numbers.input("m", 7, draw=lambda: numbers.rng.uniform(0.5, 2.0))
    kinetic = mk.sum(
        [
            0.5 * m * mk.sum([c * c for c in v])
            for m, v in zip(masses, velocities, strict=True)
        ]
    )
    bonds = []
    for i, j in combinations(range(7), 2):
        square = mk.sum(
            [(a - b) ** 2 for a, b in zip(positions[i], positions[j], strict=True)]
        )
        bonds.append(masses[i] * masses[j] / (square + 0.01).sqrt())
    return kinetic - mk.sum(bonds)


def lennard_jones(numbers: Numbers) -> Value:
    """Pair potential with powers 12 and 6, in single operations."""
    grid = [(i % 3, i // 3) for i in range(6)]
    moved = numbers.parameters("r", 6, 2, scale=0.05)
    points = [
        [a * 1.2 + d[0], b * 1.2 + d[1]] for (a, b), d in zip(grid, moved, strict=True)
    ]
    energy: Any = 0.0
    for p, q in combinations(points, 2):
        s = 1 / ((p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2)
        energy = energy + 4 * (s**6 - s**3)
    return energy


def kernel_regression(numbers: Numbers) -> Value:
    """exp(-|x - c|^2 / 2 s^2) of all pairs of points and centres."""
    X, y = numbers.input("X", 6, 2), numbers.input("y", 6)
    C, w, s = (
        numbers.parameters("C", 4, 2),
        numbers.parameters("w", 4),
        numbers.parameters("s"),
    )
    width = 0.5 + s * s
    rows = [
        [
            (
                -mk.sum([(a - b) ** 2 for a, b in zip(x, c, strict=True)]) / (2 * width)
            ).exp()
            for c in C
        ]
        for x in X
    ]
    return mse([mk.dot(w, row) for row in rows], y) + penalty(w)


def gaussian_mixture(numbers: Numbers) -> Value:
    """Negative log likelihood of three Gaussians on a line."""
    X = numbers.input("X", 9)
    a, mu, s = (
        numbers.parameters("a", 3),
        numbers.parameters("mu", 3, scale=1.5),
        numbers.parameters("s", 3),
    )
    total_weight = mk.logsumexp(a)
    losses = []
    for x in X:
        terms = [
            a[k] - total_weight - s[k] - 0.5 * ((x - mu[k]) / s[k].exp()) ** 2
            for k in range(3)
        ]
        losses.append(-mk.logsumexp(terms))
    return mean(losses)


def matrix_factorisation(numbers: Numbers) -> Value:
    """u_i . v_j for the ratings that exist: a sparse pattern, row 3 of U without any."""
    seen = [(0, 0), (0, 2), (1, 1), (2, 0), (2, 1), (2, 2), (2, 4), (4, 3)]
    ratings = numbers.input("ratings", len(seen))
    U, V = numbers.parameters("U", 5, 3), numbers.parameters("V", 5, 3)
    return mse([mk.dot(U[i], V[j]) for i, j in seen], ratings) + penalty(
        flat(U) + flat(V)
    )


def graph_convolution(numbers: Numbers) -> Value:
    """Two rounds of messages over an irregular graph."""
    edges = [(0, 1), (0, 2), (1, 2), (2, 3), (3, 4), (3, 5), (3, 6), (5, 6)]
    near: list[list[int]] = [[i] for i in range(7)]
    for i, j in edges:
        near[i].append(j)
        near[j].append(i)
    H, y = numbers.input("H", 7, 3), numbers.input("y", 7)
    first, second = (
        numbers.network(Layer(3, 4, activation=None)),
        numbers.network(Layer(4, 1, activation=None)),
    )
    H = [[mean(H[j][d] for j in near[i]) for d in range(3)] for i in range(7)]
    H = [[z.relu() for z in first(h)] for h in H]
    H = [[mean(H[j][d] for j in near[i]) for d in range(4)] for i in range(7)]
    return mse([second(h) for h in H], y)


def quadratic_form(numbers: Numbers) -> Value:
    """x^T A x with A = B + B^T: parameters meet themselves."""
    B, x = numbers.parameters("B", 5, 5), numbers.parameters("x", 5)
    A = [[B[i][j] + B[j][i] for j in range(5)] for i in range(5)]
    return mk.dot(x, matvec(A, x)) + mk.sum([xi**4 for xi in x])


def matrix_power(numbers: Numbers) -> Value:
    """tr(A A A) by single multiplications and additions."""
    A = numbers.parameters("A", 4, 4)
    product = A
    for _ in range(2):
        columns = list(zip(*A, strict=True))
        product = [
            [total(a * b for a, b in zip(row, col, strict=True)) for col in columns]
            for row in product
        ]
    return total(product[i][i] for i in range(4))


def euler_steps(numbers: Numbers) -> Value:
    """Lotka-Volterra by fifteen Euler steps: a long thin graph with shared parameters."""
    a, b, c, d = numbers.parameters("abcd", 4, scale=0.3)
    x0 = numbers.input("start", 2, draw=lambda: numbers.rng.uniform(0.5, 1.5))
    x, y = x0
    for _ in range(15):
        x, y = x + 0.1 * x * (a - b * y), y + 0.1 * y * (c * x - d)
    return (x - 1) ** 2 + (y - 1) ** 2


def heat_equation(numbers: Numbers) -> Value:
    """A rod of twelve points: the same stencil at each inner point and each step, fixed ends."""
    rod, goal = numbers.parameters("u", 12), numbers.input("goal", 12)
    k = numbers.parameters("k")
    for _ in range(4):
        inner = [
            rod[i] + k * (rod[i - 1] - 2 * rod[i] + rod[i + 1]) for i in range(1, 11)
        ]
        rod = [rod[0], *inner, rod[11]]
    return mse(rod, goal)


def sorting_network(numbers: Numbers) -> Value:
    """Odd-even transposition of minimum and maximum, against a fixed ranking."""
    line = numbers.parameters("x", 6)
    goal = numbers.input("goal", 6)
    for turn in range(6):
        line = list(line)
        for i in range(turn % 2, 5, 2):
            line[i], line[i + 1] = (
                mk.minimum(line[i], line[i + 1]),
                mk.maximum(line[i], line[i + 1]),
            )
    return mse(line, goal)


def polynomial(numbers: Numbers) -> Value:
    """Horner's rule and powers side by side; one parameter appears in no term."""
    X, y = numbers.input("X", 7), numbers.input("y", 7)
    c = numbers.parameters("c", 5)
    horner = []
    for x in X:
        value: Any = c[3]
        for k in (2, 1, 0):
            value = value * x + c[k]
        horner.append(value - c[3] * x**3)
    return mse(horner, y)


def power_law(numbers: Numbers) -> Value:
    """a x^b + c with the exponent learned; an absolute error."""
    X, y = (
        numbers.input("X", 6, draw=lambda: numbers.rng.uniform(0.2, 3.0)),
        numbers.input("y", 6),
    )
    a, b, c = numbers.parameters("abc", 3)
    return mean(abs(a * x**b + c - target) for x, target in zip(X, y, strict=True))


def two_parts(numbers: Numbers) -> Value:
    """A regular network and a small knot of single operations that shares its parameters."""
    X, y = numbers.input("X", 5, 3), numbers.input("y", 5)
    model = numbers.network(MLP(3, [4, 1], activation="tanh"))
    p = model.parameters()
    knot = (p[0] * p[5]).sin() / (1 + p[2] ** 2) + mk.maximum(p[1], p[-1]) * (
        p[3] - p[4]
    ).exp()
    return mse([model(x) for x in X], y) + knot * knot + penalty(p)


def _with(model: Callable[..., Value], **how: Any) -> Callable[[Numbers], Value]:
    return lambda numbers: model(numbers, **how)


MODELS: dict[str, Callable[[Numbers], Value]] = {
    "moons": moons,
    "moons, single operations": _with(moons, expand=True),
    "moons, 100 points": _with(moons, samples=100),
    "digits": digits,
    "digits, single operations": _with(digits, samples=3, expand=True),
    "fixed classes": fixed_classes,
    "softmax written out": plain_classifier,
    "logistic regression": logistic,
    "GELU, SiLU and others": activations,
    "a curve for each neuron": mixed_neurons,
    "residual": residual,
    "densely connected": densely_connected,
    "tied autoencoder": tied_autoencoder,
    "ensemble of equal shapes": ensemble,
    "ensemble of different shapes": _with(
        ensemble, shapes=((4, 1), (3, 2, 1), (1,), (4, 1))
    ),
    "mixture of experts": mixture_of_experts,
    "siamese": siamese,
    "RNN": rnn,
    "RNN, ragged": _with(rnn, lengths=(2, 5, 1, 3)),
    "RNN, single operations": rnn_expanded,
    "LSTM": lstm,
    "attention": attention,
    "attention, causal": _with(attention, causal=True),
    "transformer block": transformer_block,
    "layer norm": layer_norm,
    "batch norm": batch_norm,
    "embedding": embedding,
    "convolution, max pooling": convolution,
    "convolution, average pooling": _with(convolution, pool="mean"),
    "convolution, single operations": _with(convolution, expand=True),
    "dilated convolution": dilated_convolution,
    "n-body energy": n_body,
    "Lennard-Jones": lennard_jones,
    "kernel regression": kernel_regression,
    "Gaussian mixture": gaussian_mixture,
    "matrix factorisation": matrix_factorisation,
    "graph convolution": graph_convolution,
    "quadratic form": quadratic_form,
    "trace of a cube": matrix_power,
    "Euler steps": euler_steps,
    "heat equation": heat_equation,
    "sorting network": sorting_network,
    "polynomial": polynomial,
    "power law": power_law,
    "two parts": two_parts,
}


def recorded(name: str, seed: int) -> tuple[Value, list[Value], dict[str, Any]]:
    """The loss, parameters and inputs of that model with the numbers of that seed."""
    numbers = Numbers(seed)
    return MODELS[name](numbers), numbers.params, numbers.inputs


def eager(loss: Value, params: list[Value]) -> tuple[float, list[float], list[float]]:
    """The truth: the loss, its gradient, and for each parameter the sum of the sizes of all that was added up to it.

    The last is the scale of rounding: no other order of the same additions can be closer than a few ulps of it. Each
    partial counts with 1e-6 more, because 1 - out * out of a saturated tanh has lost that many digits.
    """
    for p in params:
        p.grad = 0.0
    loss.backward()
    sizes: dict[Value, float] = {loss: 1.0}
    for v in reversed(loss.topological_order()):
        for parent, partial in zip(v.parents, v.partials, strict=True):
            sizes[parent] = sizes.get(parent, 0.0) + sizes[v] * (abs(partial) + 1e-6)
    return loss.data, [p.grad for p in params], [sizes.get(p, 0.0) for p in params]


# ---- one example at a time -----------------------------------------------------------------------
# The losses of a single example, for programs that take any number of rows of "x" and "y".


def one_of_moons(numbers: Numbers) -> Value:
    """Hinge loss of one point, and the penalty, which depends on no data."""
    x, y = numbers.input("x", 2), numbers.signs("y")
    model = numbers.network(MLP(2, [16, 16, 1]))
    return hinge(model(x), y) + penalty(model.parameters())


def one_digit(numbers: Numbers, expand: bool = False) -> Value:
    """Cross-entropy of one image."""
    x, y = numbers.input("x", 16), numbers.one_hots("y", 1, 4)[0]
    numbers.inputs["y"] = y
    model = numbers.network(MLP(16, [8, 4], activation="tanh", expand=expand))
    return cross_entropy(model(x), y)


def one_number(numbers: Numbers) -> Value:
    """A single number in, a single number out, nothing regular about it."""
    x, y = numbers.input("x"), numbers.input("y")
    a, b, c = numbers.parameters("abc", 3)
    return (a * x * x + (b * x).sin() - y) ** 2 + a * b + (c * y).tanh() + c**2 * 0.5


def one_sequence(numbers: Numbers) -> Value:
    """An Elman network over one sequence of four steps."""
    x, y = numbers.input("x", 4, 2), numbers.input("y")
    W, U, v = (
        numbers.parameters("W", 3, 2),
        numbers.parameters("U", 3, 3),
        numbers.parameters("v", 3),
    )
    h: list[Any] = [0.0] * 3
    for step in x:
        h = [(p + q).tanh() for p, q in zip(matvec(W, step), matvec(U, h), strict=True)]
    return (mk.dot(v, h) - y) ** 2


def one_normalised(numbers: Numbers) -> Value:
    """Layer norm within the example, and attention over its three tokens."""
    x, y = numbers.input("x", 3, 4), numbers.input("y", 4)
    gain, Q = numbers.parameters("gain", 4), numbers.parameters("Q", 4, 4)
    rows = [normalised(row, gain) for row in x]
    queries = [matvec(Q, row) for row in rows]
    mixed = []
    for q in queries:
        weights = softmax([mk.dot(q, row) for row in rows])
        mixed.append([mk.dot(weights, [row[d] for row in rows]) for d in range(4)])
    return mse([mean(row[d] for row in mixed) for d in range(4)], y) + penalty(gain)


def one_of_nothing(numbers: Numbers) -> Value:
    """y is an input that the loss does not use, and half of x is not used either."""
    x, _ = numbers.input("x", 4), numbers.input("y")
    w = numbers.parameters("w", 3)
    return (mk.linear(w[:2], x[:2], w[2]) ** 2 + 1).log() + w[0] * w[1]


EXAMPLES: dict[str, Callable[[Numbers], Value]] = {
    "moons": one_of_moons,
    "digit": one_digit,
    "digit, single operations": _with(one_digit, expand=True),
    "one number": one_number,
    "sequence": one_sequence,
    "normalised": one_normalised,
    "unused inputs": one_of_nothing,
}
