"""Training in the page is training in Python: numbers, data, optimizers, networks."""

import json
import random
import subprocess
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from node import NODE

from micrograd_kr import MLP, OPS, Value, nn, training
from micrograd_kr.pages import graph_data
from micrograd_kr.pages.batches import batch_engine
from micrograd_kr.pages.javascript import engine, web_file
from micrograd_kr.pages.pieces import activations, loss_pieces

pytestmark = pytest.mark.skipif(NODE is None, reason="there is no node on PATH")

FILES = ("random", "samples", "optimizers", "recorder", "trainer", "csv")
SERVER = """
const answers = {
  random: ({ seed }) => {
    const rng = new Random(seed);
    const list = [...Array(50).keys()];
    rng.shuffle(list);
    const numbers = [rng.random(), rng.gauss(1, 2), rng.gauss(1, 2), rng.gauss(0, 1), rng.uniform(-3, 5)];
    return [numbers, list, [1, 2, 7, 1000].map((n) => rng.below(n))];
  },
  data: ({ name, n, noise, seed }) => DATA_SETS[name].make(n, noise, new Random(seed)).map(({ x, y }) => [x, y]),
  split: ({ n, share, seed }) => split([...Array(n).keys()], share, seed),
  network: (given) => network(given).data,
  initial: (given) => initial(network(given).layers, given.init, given.seed),
  train: (given) => {
    const trainer = new Trainer(network(given));
    trainer.set(given.numbers);
    trainer.use(given.optimizer);
    Object.assign(trainer.settings, given.settings);
    const losses = [];
    for (let i = 0; i < given.epochs; i++) losses.push(trainer.epoch(given.samples));
    return [losses, [...trainer.parameters]];
  },
  batch: ({ graph, columns }) => {
    const batch = new Batch(graph, columns[0].length);
    columns.forEach((numbers, node) => numbers && numbers.forEach((x, s) => (batch.values[node * batch.size + s] = x)));
    batch.forward();
    batch.backward(batch.count - 1, batch.size);
    const rows = (flat) => graph.ops.map((_, node) => [...flat.subarray(node * batch.size, (node + 1) * batch.size)]);
    return [rows(batch.values), rows(batch.adjoints)];
  },
  csv: ({ text }) => {
    try {
      return readCsv(text);
    } catch (error) {
      return { error: error.message, ...error.values };
    }
  },
};

function network({ widths, activations, loss, features = 2 }) {
  const recorder = new Recorder();
  const inputs = Array.from({ length: features }, () => recorder.leaf());
  const made = multilayer(recorder, inputs, widths, activations, DEFAULTS);
  if (!loss) return { ...made, data: recorder.data() };
  const piece = PIECES[loss][widths.at(-1)];
  const targets = piece.targets.map(() => recorder.leaf());
  const here = recorder.piece(piece, [...piece.outputs, ...piece.targets], [...made.outputs, ...targets]);
  const weights = made.parameters.map(() => true);
  return { ...made, data: recorder.data(), inputs, targets, loss: here.get(piece.result), weights };
}

require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { ask, ...given } = JSON.parse(line);
  console.log(JSON.stringify(answers[ask](given)));
});
"""


class Page:
    """One process of node that has read what trains in the page."""

    def __init__(self) -> None:
        given = f"const PIECES = {json.dumps(loss_pieces())};"
        given += f"const DEFAULTS = {json.dumps(activations())};"
        files = [web_file(f"training/{name}.js") for name in FILES]
        script = "\n".join([engine(), batch_engine(), *files, given, SERVER])
        self.process = subprocess.Popen(
            [str(NODE), "--input-type=commonjs", "--eval", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def __call__(self, ask: str, **given: Any) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"ask": ask, **given}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@pytest.fixture(scope="module")
def page():
    page = Page()
    yield page
    page.process.stdin.close()
    page.process.wait(10)


few = settings(max_examples=25, deadline=None)
SEEDS = st.integers(0, 2**32 - 1)

# ---- the same random numbers, the same data ----------------------------------


@few
@given(SEEDS)
def test_a_seed_gives_python_s_random_numbers(page, seed):
    rng = random.Random(seed)
    order = list(range(50))
    rng.shuffle(order)
    numbers = [rng.random(), rng.gauss(1, 2), rng.gauss(1, 2), rng.gauss(0, 1)]
    numbers.append(rng.uniform(-3, 5))
    below = [rng.randrange(n) for n in (1, 2, 7, 1000)]
    found = page("random", seed=seed)
    assert found[0] == pytest.approx(numbers, rel=1e-14)
    assert found[1:] == [order, below]


MAKERS = {
    "moons": training.make_moons,
    "circles": training.make_circles,
    "spirals": training.make_spirals,
    "xor": training.make_xor,
    "yin-yang": training.make_yin_yang,
}


@few
@given(
    st.sampled_from(sorted(MAKERS)),
    st.integers(4, 120),
    st.floats(0, 0.5),
    st.integers(0, 1000),
)
def test_data_of_a_seed_are_python_s(page, name, n, noise, seed):
    X, y = MAKERS[name](n, noise=noise, seed=seed)
    found = page("data", name=name, n=n, noise=noise, seed=seed)
    assert [label for _, label in found] == y
    for point, (here, _) in zip(X, found, strict=True):
        assert here == pytest.approx(point, abs=1e-12)


def test_blobs_are_python_s(page):
    X, y = training.make_blobs(31, cluster_std=0.3, seed=5)
    found = page("data", name="blobs", n=31, noise=0.3, seed=5)
    assert [label for _, label in found] == y
    assert [c for x, _ in found for c in x] == pytest.approx([c for x in X for c in x])


HEIGHTS = {
    "plane": training.make_plane,
    "hill": training.make_hill,
    "sin": training.make_sine,
}


@few
@given(
    st.sampled_from(sorted(HEIGHTS)),
    st.integers(1, 120),
    st.floats(0, 0.5),
    st.integers(0, 1000),
)
def test_heights_of_a_seed_are_python_s(page, name, n, noise, seed):
    X, y = HEIGHTS[name](n, noise=noise, seed=seed)
    found = page("data", name=name, n=n, noise=noise, seed=seed)
    assert [here for here, _ in found] == X
    assert [height for _, height in found] == pytest.approx(y, abs=1e-12)


@few
@given(st.integers(4, 200), st.floats(0.05, 0.9), st.integers(0, 99))
def test_points_are_split_as_python_splits_them(page, n, share, seed):
    if not 0 < round(share * n) < n:
        return
    train, test, _, _ = training.train_test_split(
        list(range(n)), list(range(n)), test_size=share, seed=seed
    )
    assert page("split", n=n, share=share, seed=seed) == {"train": train, "test": test}


# ---- the same networks -------------------------------------------------------


def python_s(widths, names, features=2):
    model = MLP(features, widths, activation=names, seed=0)
    small = 0.1 if {"asin", "acos"} & set(names) else 0.5
    for p in model.parameters():
        p.data = small  # a logarithm needs positive numbers
    inputs = [Value(0.5 + i) for i in range(features)]
    outputs = model(inputs)
    return model, inputs, outputs if isinstance(outputs, list) else [outputs]


def shape(data, leaves):
    """A graph without numbers, its nodes named by what they are: equal graphs are equal."""
    known = {node: f"leaf {i}" for i, node in enumerate(leaves)}
    constants = data["constants"]
    for node, op in enumerate(data["ops"]):
        if op is not None:
            of = [
                known[k]
                if k < len(data["ops"])
                else float(constants[k - len(data["ops"])])
                for k in data["operands"][node]
            ]
            known[node] = (op, *of)
    return [known[node] for node, op in enumerate(data["ops"]) if op is not None]


@pytest.mark.parametrize("name", [*activations(), None])
@pytest.mark.parametrize("widths", [[1], [3, 1], [2, 4, 3]])
def test_a_network_made_in_the_page_is_the_one_python_records(page, name, widths):
    names = [name] * len(widths)
    model, inputs, outputs = python_s(widths, names)
    order = []
    for output in outputs:
        order += [v for v in output.topological_order() if v not in set(order)]
    numbers = {v: i for i, v in enumerate(order)}
    ours = shape(
        graph_data(order), [numbers[v] for v in (*inputs, *model.parameters())]
    )
    found = page("network", widths=widths, activations=names)
    leaves = [node for node, op in enumerate(found["ops"]) if op is None]
    theirs = shape(found, leaves)
    assert sorted(map(repr, theirs)) == sorted(map(repr, ours))


@pytest.mark.parametrize("init", ["he", "xavier", "uniform"])
@few
@given(widths=st.lists(st.integers(1, 6), min_size=1, max_size=3), seed=SEEDS)
def test_the_first_weights_are_python_s(page, init, widths, seed):
    model = MLP(2, widths, init=init, seed=seed)
    names = [None] * len(widths)
    found = page("initial", widths=widths, activations=names, init=init, seed=seed)
    assert found == pytest.approx([p.data for p in model.parameters()], rel=1e-12)


# ---- many samples at once ----------------------------------------------------


@pytest.mark.parametrize("op", [op for op in OPS.values() if not op.variadic], ids=str)
def test_every_row_over_many_samples(page, op):
    columns = [
        [0.5, 1.25, 2.0, 0.125, 3.5],
        [1.5, 0.75, 0.3, 2.0, 1.0],
        [2.5, 1.0, 0.5, 0.25, 3.0],
    ]
    columns = columns[: len(op.operands)]
    if op.domain == "-1 < x < 1":
        columns = [[x / 4 for x in columns[0]]]
    check(page, op, columns, lambda leaves: getattr(Value, op.method)(*leaves))


@pytest.mark.parametrize("op", [op for op in OPS.values() if op.variadic], ids=str)
def test_every_row_of_lists_over_many_samples(page, op):
    import micrograd_kr as mk

    count = sum(3 if name.startswith("*") else 1 for name in op.operands)
    rng = random.Random(1)
    columns = [[rng.uniform(-2, 2) for _ in range(5)] for _ in range(count)]
    check(page, op, columns, lambda leaves: getattr(mk, op.name)(*op.split(leaves)))


def check(page, op, columns, record):
    example = [Value(column[0]) for column in columns]
    graph = graph_data([*example, record(example)])
    values, adjoints = page("batch", graph=graph, columns=[*columns, None])
    for s in range(5):
        leaves = [Value(column[s]) for column in columns]
        y = record(leaves)
        y.backward()
        assert values[-1][s] == pytest.approx(y.data, rel=1e-13)
        grads = [adjoints[k][s] for k in range(len(leaves))]
        assert grads == pytest.approx([v.grad for v in leaves], rel=1e-12, abs=1e-15)


# ---- the same training -------------------------------------------------------

LOSSES = {
    "binary_cross_entropy": (1, lambda c: [c]),
    "hinge": (1, lambda c: [2 * c - 1]),
    "mse": (1, lambda c: [2 * c - 1]),
    "cross_entropy": (2, lambda c: [float(c == 0), float(c == 1)]),
}
OPTIMIZERS = {
    "SGD": lambda p: nn.SGD(p, lr=0.03),
    "momentum": lambda p: nn.SGD(p, lr=0.03, momentum=0.9),
    "Adam": lambda p: nn.Adam(p, lr=0.03),
    "AdamW": lambda p: nn.AdamW(p, lr=0.03),
}


def both(page, loss, optimizer, activation, batch=None, epochs=100):
    X, y = training.make_moons(40, noise=0.1, seed=1)
    width, target = LOSSES[loss]
    model = MLP(2, [5, width], activation=activation, init="xavier", seed=3)
    numbers = [p.data for p in model.parameters()]
    targets = [target(c) if loss == "cross_entropy" else target(c)[0] for c in y]
    history = training.fit(
        model,
        X,
        targets,
        loss=getattr(nn, loss),
        optimizer=OPTIMIZERS[optimizer](model.parameters()),
        epochs=epochs,
        batch_size=batch,
        seed=7,
        progress=False,
        compiled=True,
    )
    losses, parameters = page(
        "train",
        widths=[5, width],
        activations=[activation, None],
        loss=loss,
        optimizer=optimizer,
        numbers=numbers,
        epochs=epochs,
        samples=[{"x": x, "y": target(c)} for x, c in zip(X, y, strict=True)],
        settings={"lr": 0.03, "batch": batch, "seed": 7},
    )
    assert losses == pytest.approx(history.loss, rel=1e-9, abs=1e-12)
    now = [p.data for p in model.parameters()]
    assert parameters == pytest.approx(now, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_hundred_steps_are_python_s(page, loss, optimizer):
    both(page, loss, optimizer, "tanh")


@pytest.mark.parametrize("activation", activations())
def test_a_hundred_steps_with_every_activation(page, activation):
    if OPS[activation].domain != "True":
        pytest.skip("a network of logarithms leaves its domain")
    both(page, "binary_cross_entropy", "SGD", activation, epochs=30)


def test_batches_come_in_python_s_order(page):
    both(page, "binary_cross_entropy", "Adam", "tanh", batch=7)


@few
@given(l1=st.floats(0, 0.1), l2=st.floats(0, 0.1))
def test_penalties_are_those_a_learner_would_write(page, l1, l2):
    w, b = Value(0.7, "w"), Value(-0.2, "b")
    for _ in range(10):
        loss = nn.mse([w * 0.5 + b], [1.0]) + l1 * (abs(w) + abs(b))
        loss = loss + l2 * (w * w + b * b)
        w.grad = b.grad = 0.0
        loss.backward()
        w.data -= 0.1 * w.grad
        b.data -= 0.1 * b.grad
    _, parameters = page(
        "train",
        widths=[1],
        features=1,
        activations=[None],
        loss="mse",
        optimizer="SGD",
        numbers=[0.7, -0.2],
        epochs=10,
        samples=[{"x": [0.5], "y": [1.0]}],
        settings={"lr": 0.1, "l1": l1, "l2": l2},
    )
    assert parameters == pytest.approx([w.data, b.data], rel=1e-12)


# ---- a file of the learner's own ---------------------------------------------


def test_a_csv_is_read_with_or_without_a_heading(page):
    rows = "1,2,a\n3,4,b\n-1,0.5,a\n1e-3,7,b\n"
    for text in (rows, "x1,x2,class\n" + rows, rows.replace(",", ";"), rows + "\n\n"):
        found = page("csv", text=text)
        assert [s["x"] for s in found["samples"]][2] == [-1, 0.5]
        assert [s["y"] for s in found["samples"]] == [0, 1, 0, 1]
        assert found["classes"] == 2


@pytest.mark.parametrize(
    ("text", "error", "line"),
    [
        ("1,2,a\n3,4\n", "csvColumns", 2),
        ("1,2,a\n3,x,b\n", "csvNumber", 2),
        ("1,2,a\n\n,4,b\n", "csvNumber", 3),
        ("1,2,a\n3,4,b\n", "csvFew", None),
        ("1,2,a\n" * 5, "csvFew", None),
        ("".join(f"1,2,{c}\n" for c in range(11)), "csvMany", None),
        ("1,2,a\n3,inf,b\n", "csvNumber", 2),
        ("", "csvFew", None),
    ],
)
def test_a_csv_that_cannot_be_read_says_where(page, text, error, line):
    found = page("csv", text=text)
    assert found["error"] == error
    assert found.get("line") == line
