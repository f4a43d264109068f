"""The page of a model of one's own: what is embedded is Python's, and so is what it learns."""

import html
import json
import pickle
import re
import shutil
import subprocess
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import micrograd_kr as mk
from micrograd_kr import MLP, Layer, Module, Neuron, Value, fit, nn, training, watch
from micrograd_kr.pages.batches import batch_engine
from micrograd_kr.pages.javascript import engine, web_file
from micrograd_kr.text import speak
from micrograd_kr.training import (
    TrainingPage,
    make_moons,
    make_spirals,
    train_test_split,
)
from micrograd_kr.training.replay import MOST, MOST_NUMBERS, Run

X, Y = make_moons(24, seed=3)
NODE = shutil.which("node")
CROSS = nn.binary_cross_entropy


def network(seed=1, widths=(4, 1), **options):
    return MLP(2, list(widths), **{"activation": "tanh", "seed": seed, **options})


def embedded(page):
    """What a browser finds in the page."""
    text = page.html() if isinstance(page, TrainingPage) else page
    found = re.search(
        r'<script type="application/json" id="given">(.*?)</script>', text
    )
    return json.loads(found[1])


def numbers_of(model):
    """The parameters of a model as a browser finds them: in its graph."""
    values = model["graph"]["values"]
    return [values[node] for node in model["parameters"]]


# ---- the page's own training, under node ---------------------------------------

FILES = ("random", "samples", "optimizers", "recorder", "trainer")
# The learner of the page, and what it shows after some epochs.
PROGRAM = """
const given = JSON.parse(require("fs").readFileSync(0, "utf8"));
const location = { hash: "" };
const document = { documentElement: { lang: "en" }, getElementById: () => null };
const language = () => "en";
%s
readAddress();
const learner = new Learner();
const { epochs, to } = given.asked;
if (to !== undefined) learner.goTo(to);
const graph = { loss: learner.seen.loss, gradient: [...learner.gradient] };
const first = [...learner.trainer.parameters];
for (let i = 0; i < epochs; i++) learner.epoch();
learner.measure();
const { parameters } = learner.trainer;
console.log(JSON.stringify({ graph, first, parameters: [...parameters], curve: learner.curve, now: learner.now,
  kept: [...learner.kept.keys()], train: learner.train, classes: learner.classes, layers: learner.layers }));
"""


def learned(page, epochs, **asked):
    """Open the page under node and train so many epochs."""
    files = [
        web_file(f"training/{name}.js") for name in (*FILES, "settings", "learner")
    ]
    script = PROGRAM % "\n".join([engine(), batch_engine(), *files])
    given = embedded(page) | {"asked": {"epochs": epochs, **asked}}
    done = subprocess.run(
        [NODE, "--input-type=commonjs", "--eval", script],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


in_node = pytest.mark.skipif(NODE is None, reason="there is no node on PATH")


class Bent(Module):
    """A model of one's own: a parabola of a neuron, beside a Value of its own."""

    def __init__(self):
        self.neuron = Neuron(2, activation=None, seed=5)
        self.bend = Value(0.3, "bend")

    def forward(self, x):
        z = self.neuron(x)
        return z + self.bend * z**2


OPTIMIZERS = {
    "SGD": lambda p: nn.SGD(p, lr=0.05),
    "momentum": lambda p: nn.SGD(p, lr=0.02, momentum=0.7, weight_decay=0.01),
    "Adam": lambda p: nn.Adam(p, lr=0.03, betas=(0.8, 0.99), weight_decay=0.02),
    "AdamW": lambda p: nn.AdamW(p, lr=0.03, weight_decay=0.2, eps=1e-6),
}
SIDES = [2 * c - 1 for c in Y]
X3, Y3 = make_spirals(30, classes=3, seed=2)
HEIGHTS = [x1 * x2 for x1, x2 in X]
JOBS = {
    "mlp": (network, X, Y, CROSS),
    "deep": (lambda: network(widths=(3, 4, 1), activation="relu"), X, Y, CROSS),
    "hinge": (network, X, SIDES, nn.hinge),
    "three classes": (lambda: network(widths=(5, 3)), X3, Y3, nn.cross_entropy),
    "regression": (network, X, HEIGHTS, nn.mse),
    "two numbers": (
        lambda: network(widths=(4, 2)),
        X,
        [[a, -b] for a, b in X],
        nn.mse,
    ),
    "its own": (Bent, X, Y, CROSS),
    "expanded": (lambda: network(expand=True), X, Y, CROSS),
}


@in_node
@pytest.mark.parametrize(
    ("job", "optimizer", "batch"),
    [
        # Adam makes a step of a gradient that is 0 but for rounding: hinge has one
        *[(job, "SGD" if job == "hinge" else "Adam", None) for job in JOBS],
        *[("mlp", optimizer, 7) for optimizer in OPTIMIZERS],
    ],
)
def test_the_page_learns_what_fit_learns(job, optimizer, batch):
    make, inputs, targets, loss = JOBS[job]
    model = make()
    rule = OPTIMIZERS[optimizer](model.parameters())
    page = watch(
        model, inputs, targets, loss=loss, optimizer=rule, batch_size=batch, seed=4
    )
    found = learned(page, 20)
    with_grads = loss([model(x) for x in inputs], targets)
    with_grads.backward()
    assert found["graph"]["loss"] == pytest.approx(with_grads.data, rel=1e-12)
    decay = 0.0 if optimizer == "AdamW" else rule.weight_decay
    grads = [p.grad + decay * p.data for p in model.parameters()]
    assert found["graph"]["gradient"] == pytest.approx(grads, rel=1e-9, abs=1e-12)
    history = fit(
        model, inputs, targets, loss=loss, optimizer=rule, epochs=20,
        batch_size=batch, seed=4, progress=False,
    )  # fmt: skip
    now = [p.data for p in model.parameters()]
    assert found["parameters"] == pytest.approx(now, rel=1e-9, abs=1e-9)
    assert found["now"]["train"] < history.loss[0]


@pytest.mark.parametrize("job", JOBS)
def test_what_is_embedded_is_what_python_recorded(job):
    make, inputs, targets, loss = JOBS[job]
    model = make()
    found = embedded(watch(model, inputs, targets, loss=loss))
    graph = found["model"]
    values = graph["graph"]["values"]
    assert numbers_of(graph) == [p.data for p in model.parameters()]
    assert [values[node] for node in graph["inputs"]] == list(inputs[0])
    output = model(inputs[0])
    outputs = output if isinstance(output, list) else [output]
    assert [values[node] for node in graph["outputs"]] == [v.data for v in outputs]
    value = loss([output], [targets[0]])
    assert values[graph["result"]] == pytest.approx(value.data, rel=1e-14)
    assert [s["x"] for s in found["data"]["train"]] == inputs
    assert graph["loss"] == loss.__name__
    assert graph["names"] == ["x0", "x1"]


# ---- classes and numbers -----------------------------------------------------


@pytest.mark.parametrize(
    ("model", "targets", "loss", "classes", "encoded"),
    [
        (network(), Y, CROSS, 2, {"0": [0.0], "1": [1.0]}),
        (network(), [bool(c) for c in Y], CROSS, 2, {"0": [0.0], "1": [1.0]}),
        (network(), SIDES, nn.hinge, 2, {"0": [-1.0], "1": [1.0]}),
        (network(), SIDES, nn.mse, 2, {"0": [-1.0], "1": [1.0]}),
        (network(), Y, nn.mse, 0, {}),  # of 0 and 1 the sign tells nothing
        (network(), HEIGHTS, nn.mse, 0, {}),
        (network(), [0.25 + c / 2 for c in Y], CROSS, 0, {}),
        (network(widths=(2,)), Y, nn.cross_entropy, 2, {"0": [1, 0], "1": [0, 1]}),
        (network(widths=(2,)), [[0.5, 0.5]] * 24, nn.cross_entropy, 0, {}),
    ],
)
def test_classes_are_found_in_the_targets(model, targets, loss, classes, encoded):
    found = embedded(watch(model, X, targets, loss=loss))
    assert found["model"]["classes"] == classes
    assert found["model"]["encoded"] == encoded
    labels = {sample["y"] for sample in found["data"]["train"]} if classes else set()
    assert labels <= set(range(classes))


def test_digits_have_64_inputs_and_ten_classes():
    X, y = training.load_digits() if has_sklearn() else grey_levels()
    model = MLP(64, [6, 10], seed=0)
    page = watch(model, X[:50], y[:50], loss=nn.cross_entropy)
    found = embedded(page)["model"]
    assert (len(found["inputs"]), found["classes"]) == (64, 10)
    assert [len(layer) for layer in found["layers"]] == [6, 10]
    assert repr(page).startswith("TrainingPage(64 inputs, 460 parameters; .show()")


def has_sklearn():
    try:
        import sklearn  # noqa: F401
    except ImportError:
        return False
    return True


def grey_levels():
    return [[(i * k % 17) / 16 for k in range(64)] for i in range(50)], list(
        range(10)
    ) * 5


def test_arrays_numbers_and_columns_are_samples_too():
    np = pytest.importorskip("numpy")
    model = network()
    usual = embedded(watch(model, X, Y, loss=CROSS))
    assert embedded(watch(model, np.array(X), np.array(Y), loss=CROSS)) == usual
    w = Value(0.5, "w")
    rule = nn.SGD([w], lr=0.1)
    found = embedded(
        watch(lambda x: w * x, [1, 2], [2, 4], loss=nn.mse, optimizer=rule)
    )
    assert found["data"]["train"] == [{"x": [1.0], "y": 2.0}, {"x": [2.0], "y": 4.0}]
    assert found["model"]["labels"] == {str(found["model"]["parameters"][0]): "w"}


# ---- layers ------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(
    widths=st.lists(st.integers(1, 5), min_size=1, max_size=4),
    names=st.sampled_from(["relu", "tanh", "gelu", "leaky_relu", None]),
)
def test_the_layers_of_an_mlp_are_found_in_its_graph(widths, names):
    model = MLP(2, widths, activation=names, seed=2)
    loss = nn.mse
    targets = [[0.5] * widths[-1] if widths[-1] > 1 else 0.5]
    found = embedded(watch(model, X[:1], targets, loss=loss))["model"]
    graph = found["graph"]
    x = X[0]
    for layer, nodes in zip(model.layers, found["layers"], strict=True):
        for neuron, node in zip(layer.neurons, nodes, strict=True):
            weights = [graph["values"][w] for w in node["weights"]]
            assert weights == [w.data for w in neuron.w]
            assert graph["values"][node["bias"]] == neuron.b.data
            assert graph["values"][node["out"]] == neuron(x).data
            z = sum(w * xi for w, xi in zip(weights, map(float_of, x), strict=True))
            assert graph["values"][node["sum"]] == pytest.approx(z + neuron.b.data)
        x = [neuron(x) for neuron in layer.neurons]
    assert [n["out"] for n in found["layers"][-1]] == found["outputs"]
    assert found["activations"] == [
        layer.neurons[0].activation for layer in model.layers
    ]
    assert found["labels"] == {}


def float_of(x):
    return x.data if isinstance(x, Value) else x


class Chain(Module):
    """Layers that a learner has put together; an activation is a function."""

    def __init__(self):
        self.first = Layer(2, 3, activation=lambda z: z * z.sigmoid(), seed=1)
        self.last = Neuron(3, activation=None, seed=2)

    def forward(self, x):
        return self.last(self.first(x))


class Scaled(Chain):
    """Its inputs are not those of the first layer."""

    def forward(self, x):
        return self.last(self.first([2 * x[0], x[1]]))


class Twice(Module):
    """One layer, used two times."""

    def __init__(self):
        self.layer = Layer(2, 2, activation="tanh", seed=1)
        self.last = Neuron(2, activation=None, seed=2)

    def forward(self, x):
        return self.last(self.layer(self.layer(x)))


def test_layers_of_one_s_own_are_shown_where_they_are_a_chain():
    model = Chain()
    found = embedded(watch(model, X, Y, loss=CROSS))["model"]
    values = found["graph"]["values"]
    outs = [values[node["out"]] for node in found["layers"][0]]
    assert outs == [v.data for v in model.first(X[0])]
    assert found["activations"] == [None, None]
    for other in (Scaled(), Twice(), Bent(), network(expand=True)):
        assert embedded(watch(other, X, Y, loss=CROSS))["model"]["layers"] is None


def test_a_frozen_layer_is_no_part_of_the_network_but_of_the_graph():
    model = network()
    rule = nn.SGD(model.layers[1].parameters(), lr=0.1)
    found = embedded(watch(model, X, Y, loss=CROSS, optimizer=rule))["model"]
    assert found["layers"] is None
    assert numbers_of(found) == [p.data for p in model.layers[1].parameters()]


# ---- what is refused ---------------------------------------------------------


class Branching(Module):
    def __init__(self):
        self.w = Value(1.0, "w")

    def forward(self, x):
        return self.w * x[0] if x[0] > 0 else -self.w * x[1]


def test_a_graph_that_depends_on_the_sample_is_refused_as_the_compiler_does():
    pytest.importorskip("numpy")
    with pytest.raises(
        ValueError, match=r"compile: .* took part in a Python comparison"
    ):
        watch(Branching(), X, Y, loss=CROSS)
    history = fit(Branching(), X, Y, loss=CROSS, epochs=2, progress=False)
    with pytest.raises(ValueError, match="took part in a Python comparison"):
        history.save("never.html")


class Signs(nn.SGD):
    """A rule of one's own."""


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"optimizer": lambda p: Signs(p, lr=0.1)}, "the page does not have the rule of Signs"),
        ({"loss": lambda o, t: CROSS(o, t) * len(o)}, "watch needs a loss that is a mean"),
        ({"y": Y[:-1]}, "watch: 24 samples in X and 23 targets in y"),
        ({"X": [], "y": []}, "0 samples in X"),
        ({"validation": (X[:3], Y[:2])}, "watch.validation.: 3 samples in X and 2 targets"),
    ],
)  # fmt: skip
def test_what_cannot_be_shown_is_said(change, says):
    model = network()
    options = {"X": X, "y": Y, "loss": CROSS, **change}
    if "optimizer" in change:
        options["optimizer"] = change["optimizer"](model.parameters())
    with pytest.raises(ValueError, match=says):
        watch(model, options.pop("X"), options.pop("y"), **options)


def test_samples_that_are_not_alike_are_told():
    w = Value(1.0)
    rule = nn.SGD([w], lr=0.1)
    with pytest.raises(ValueError, match="sample 1 has 3 numbers and the first has 2"):
        watch(
            lambda x: w * x[0],
            [[1, 2], [1, 2, 3]],
            [0.5, 1],
            loss=nn.mse,
            optimizer=rule,
        )
    speak("ko")
    try:
        with pytest.raises(ValueError, match="표본 1의 수는 3개"):
            watch(
                lambda x: w * x[0],
                [[1, 2], [1, 2, 3]],
                [0.5, 1],
                loss=nn.mse,
                optimizer=rule,
            )
    finally:
        speak(None)


# ---- the page as a file ------------------------------------------------------

MARKUP = "</script><script>alert(1)</script><!-- <b>&amp;"


def test_text_of_a_user_stays_data():
    w = Value(1.0, MARKUP)

    def loss(outputs, targets):
        return nn.mse(outputs, targets)

    loss.__name__ = MARKUP
    rule = nn.SGD([w], lr=0.1)
    page = watch(lambda x: w * x, [1.0, 2.0], [1.0, 2.5], loss=loss, optimizer=rule)
    text = page.html()
    assert "alert(1)</script>" not in text
    found = embedded(text)["model"]
    assert MARKUP in found["labels"].values()
    assert found["loss"] == MARKUP
    assert text.count("<script") == embedded_scripts(TrainingPage({}).html())


def embedded_scripts(text):
    return text.count("<script")


@pytest.mark.parametrize("name", ["train.svg", "train", "train.txt", ".html"])
def test_a_page_is_no_file_of_another_name(name, tmp_path):
    with pytest.raises(ValueError, match=f"{name}: .* must end in one of .html"):
        watch(network(), X, Y, loss=CROSS).save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "train.html"
    page = watch(network(), X, Y, loss=CROSS)
    assert page.save(path) == path
    assert path.read_text("utf-8") == page.html()
    path.write_text("old")
    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(OSError, match="full"):
        page.save(path)
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["train.html"]


def fail(*args):
    raise OSError("full")


def test_it_opens_in_the_browser_and_shows_itself_in_a_notebook(monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    page = watch(network(), X, Y, loss=CROSS, lang="ko")
    path = page.show()
    assert opened == [path.as_uri()]
    assert path.read_text("utf-8") == page.html()
    path.unlink()
    frame = page._repr_html_()
    assert frame.startswith('<iframe sandbox="allow-scripts" srcdoc="')
    assert page.html() == html.unescape(re.search('srcdoc="(.*?)"', frame, re.S)[1])
    assert '<html lang="ko">' in page.html()
    assert mk.watch is watch


def test_test_samples_are_those_of_validation():
    train, test, t_train, t_test = train_test_split(X, Y, seed=1)
    found = embedded(
        watch(network(), train, t_train, loss=CROSS, validation=(test, t_test))
    )
    assert [s["x"] for s in found["data"]["test"]] == test
    assert [s["y"] for s in found["data"]["test"]] == t_test


# ---- a run again -------------------------------------------------------------


@settings(max_examples=100, deadline=None)
@given(epochs=st.integers(0, 1000), count=st.sampled_from([1, 337, 3000, 50_000]))
def test_at_most_sixty_moments_and_the_first_and_last_among_them(epochs, count):
    model = Value(1.0)
    run = Run(model, [1], [1], nn.mse, nn.SGD([model], lr=1), None, None, 0)
    numbers = range(count)  # has a length, and costs nothing
    for epoch in range(epochs + 1):
        run.keep(epoch, numbers)
    shown = list(run.shown())
    assert {0, epochs} <= set(shown)
    assert len(shown) <= MOST
    assert len(shown) <= 2 or len(shown) * count <= MOST_NUMBERS
    assert len(shown) == epochs + 1 or len(shown) > 1
    gaps = {b - a for a, b in pairwise(shown[:-1])}
    assert len(gaps) <= 1


@in_node
@pytest.mark.parametrize("compiled", [True, False])
def test_a_saved_history_has_the_parameters_and_losses_of_the_run(compiled, tmp_path):
    snapshots = []
    model = network()

    def look(history):
        snapshots.append([p.data for p in model.parameters()])

    first = [p.data for p in model.parameters()]
    history = fit(
        model, X, Y, loss=CROSS, epochs=100, optimizer=nn.Adam(model, lr=0.03),
        validation=(X[:5], Y[:5]), callbacks=[look], progress=False, compiled=compiled,
    )  # fmt: skip
    path = history.save(tmp_path / "training.html")
    text = path.read_text("utf-8")
    page = embedded(text)
    assert numbers_of(page["model"]) == first
    moments = [0, *range(2, 101, 2)]
    for epoch in (0, 2, 50, 100):
        found = learned(text, 0, to=epoch)
        wanted = snapshots[epoch - 1] if epoch else first
        assert found["parameters"] == wanted  # every bit
        assert sorted(found["kept"]) == moments
        assert found["now"]["epoch"] == epoch
        if epoch < 100:
            assert found["now"]["train"] == pytest.approx(history.loss[epoch])
        if epoch:
            test = history.validation_loss[epoch - 1]
            assert found["now"]["test"] == pytest.approx(test)
    assert [p["train"] for p in found["curve"][1:-1]] == pytest.approx(history.loss[1:])
    assert learned(text, 0)["now"]["epoch"] == 100  # where Python left it


@in_node
def test_training_goes_on_from_any_moment_of_a_run(tmp_path):
    model = network()
    rule = nn.SGD(model.parameters(), lr=0.1)
    history = fit(model, X, Y, loss=CROSS, optimizer=rule, epochs=30, progress=False)
    text = history.save(tmp_path / "training.html").read_text("utf-8")
    found = learned(text, 20, to=10)
    now = [p.data for p in model.parameters()]
    assert found["parameters"] == pytest.approx(now, rel=1e-9)
    assert [point["epoch"] for point in found["curve"]] == [*range(11), 30]


def test_a_history_can_be_pickled_and_then_has_no_run():
    history = fit(network(), X, Y, loss=CROSS, epochs=2, progress=False)
    again = pickle.loads(pickle.dumps(history))
    assert (again, again.stopped) == (history, "")
    with pytest.raises(ValueError, match="one that fit made can be saved"):
        again.save("never.html")


def test_a_run_that_diverged_can_be_seen(tmp_path):
    model = network(activation="relu")
    rule = nn.SGD(model.parameters(), lr=1e200)
    with pytest.raises(training.Diverged) as stopped:
        fit(model, X, HEIGHTS, loss=nn.mse, optimizer=rule, epochs=9, progress=False)
    stopped.value.history.save(tmp_path / "diverged.html")
