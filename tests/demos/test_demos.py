"""The demos: each runs, writes its pictures, and what it says is true."""

import importlib.util
import io
import itertools
import os
import random
import statistics
import subprocess
import sys
import warnings
import xml.etree.ElementTree as ET
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path

import pytest

np = pytest.importorskip("numpy")
pytest.importorskip("matplotlib")
pytest.importorskip("sklearn")

from micrograd_kr import MLP, Value, no_grad, softmax  # noqa: E402
from micrograd_kr.cli.demos import run as run_demo  # noqa: E402
from micrograd_kr.course import bracketed, demo_files  # noqa: E402
from micrograd_kr.engine import FUNCTIONS  # noqa: E402
from micrograd_kr.nn.losses import accuracy, cross_entropy, predict  # noqa: E402
from micrograd_kr.text import LANGUAGES, speak  # noqa: E402
from micrograd_kr.training.data import make_moons  # noqa: E402

DEMOS = Path(__file__).parents[2] / "demos"

# Name, options that make it short, pictures and pages.
RUNS = {
    "activations": (
        ["--epochs", "1"],
        ["activations_vanishing.svg", "activations.html"],
    ),
    "backprop_by_hand": ([], ["backprop_by_hand.svg", "backprop_by_hand.html"]),
    "digits": (["--epochs", "20"], ["digits.svg", "digits.html"]),
    "least_squares": (["--epochs", "5"], ["least_squares.svg"]),
    "linear_model": ([], ["linear_model.svg"]),
    "microgpt": (["--epochs", "1"], ["microgpt_loss.svg"]),
    "moons": (
        ["--epochs", "2"],
        ["moons_boundary.svg", "moons_loss.svg", "neuron.svg", "moons.html"],
    ),
    "order_matters": ([], ["order_matters.svg"]),
    "scalars_to_matrices": (["--steps", "3"], []),
    "softmax": ([], ["softmax.svg"]),
    "step_through": ([], ["two_paths.html", "xor.html"]),
    "toy_classification": (
        ["--epochs", "1"],
        ["toy_classification.svg", "toy_classification.html"],
    ),
    "two_layers": ([], ["two_layers.svg", "many_layers.svg"]),
    "universal_approximation": (
        ["--epochs", "2", "--seeds", "1"],
        [
            "universal_approximation.svg",
            "depth_or_width.svg",
            "universal_approximation.html",
        ],
    ),
}


def demo(name):
    spec = importlib.util.spec_from_file_location(f"demo_{name}", DEMOS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def words(path):
    """The text of an SVG that has its text as text."""
    return [
        text.text
        for text in ET.parse(path).getroot().iter("{http://www.w3.org/2000/svg}text")
    ]


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """What a demo says and the folder that it writes to; each runs once in a language."""

    @cache
    def run(name, lang="en"):
        folder = tmp_path_factory.mktemp(name) / "new" / "folder"
        said = io.StringIO()
        speak(lang)
        try:
            with redirect_stdout(said), warnings.catch_warnings():
                warnings.simplefilter("error")  # as for a glyph that no font has
                run_demo(name, [*RUNS[name][0], "--out", str(folder)])
        finally:
            speak(None)
        return said.getvalue(), folder

    return run


@pytest.mark.parametrize("name", RUNS)
def test_it_runs_and_writes_the_pictures_it_names(name, shown):
    pictures = RUNS[name][1]
    said, folder = shown(name)
    assert sorted(p.name for p in folder.iterdir()) == sorted(pictures)
    for picture in pictures:
        path = folder / picture
        if path.suffix == ".html":
            assert path.read_text("utf-8").startswith("<!DOCTYPE html>")
            assert path.stat().st_size < 500_000
        else:
            assert ET.parse(path).getroot().tag == "{http://www.w3.org/2000/svg}svg"
        assert str(path) in said
    assert said
    # What is printed are totals, and those are grads; a step has local derivatives.
    assert ("∂" in said) is (name == "step_through")


def test_every_demo_is_run():
    assert set(RUNS) == set(demo_files())


def test_what_is_written_is_opened_where_that_is_asked(tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    run_demo("backprop_by_hand", ["--open", "--out", str(tmp_path)])
    written = RUNS["backprop_by_hand"][1]
    assert opened == [(tmp_path / name).as_uri() for name in written]


@pytest.mark.parametrize("name", RUNS)
def test_it_says_what_it_is_in_both_languages_and_uses_the_package_alone(name):
    text = (DEMOS / f"{name}.py").read_text(encoding="utf-8")
    doc = demo(name).__doc__
    assert any("가" <= c <= "힣" for c in doc)
    assert doc.split()[0].isascii()
    allowed = {"micrograd_kr", "numpy", "sklearn", *sys.stdlib_module_names}
    imported = {
        line.split()[1].split(".")[0]
        for line in text.splitlines()
        if line.startswith(("import ", "from "))
    }
    assert imported <= allowed


@pytest.mark.parametrize(
    "name",
    [
        "moons",
        "linear_model",
        "softmax",
        "two_layers",
        "order_matters",
        "backprop_by_hand",
        "step_through",
    ],
)
def test_it_speaks_one_language(name, shown):
    said = {lang: shown(name, lang)[0] for lang in LANGUAGES}
    assert not any("가" <= c <= "힣" for c in said["en"])
    assert any("가" <= c <= "힣" for c in said["ko"])
    headings = [line for line in said["ko"].splitlines() if line.startswith("== ")]
    for heading in headings:
        assert any("가" <= c <= "힣" for c in heading), heading


def test_activations_show_the_formulas_of_a_textbook(shown):
    mp = pytest.importorskip("mpmath")
    activations = demo("activations")
    said, _ = shown("activations")
    assert "1/(1 + e⁻ˣ)" in said
    assert "f(1 − f)" in said
    # each formula, as mpmath reads it, is the op and its slope
    spoken = {"e⁻ˣ": "exp(-x)", "eˣ": "exp(x)", "−": "-", "f²": "f*f", "f(": "f*("}
    spoken |= {"0.01x": "0.01*x", "x Φ": "x*Φ", "x φ": "x*φ", "x σ": "x*σ"}
    names = {"exp": mp.exp, "log": mp.log, "Φ": mp.ncdf, "φ": mp.npdf, "max": max}
    names["σ"] = lambda x: 1 / (1 + mp.exp(-x))
    for name, formulas in activations.FORMULAS.items():
        for x in (-1.5, 0.7, 2.0):
            v = Value(x)
            y = FUNCTIONS[name](v)
            y.backward()
            got = []
            for text in formulas:
                for written, typed in spoken.items():
                    text = text.replace(written, typed)
                if "(x > 0)" in text:
                    above, below = text.split(", ")
                    text = (above if x > 0 else below).partition(" (")[0]
                f = got[0] if got else None
                got.append(eval(text, {**names, "x": x, "f": f}))
            assert [float(g) for g in got] == pytest.approx([y.data, v.grad]), name


def test_order_matters_draws_the_wrong_numbers_in_red_beside_the_right(shown):
    said, folder = shown("order_matters")
    assert "central difference: 25.0000" in said
    root = ET.parse(folder / "order_matters.svg").getroot()
    texts = list(root.iter("{http://www.w3.org/2000/svg}text"))
    red = [t.text for t in texts if t.get("fill") == "#c0392b"]
    assert sorted(red) == ["recursion: 22", "recursion: 29"]  # and nothing else
    assert {"25", "19"} <= {t.text for t in texts}


def test_each_mistake_is_one_and_without_it_the_grads_are_those_of_backward(shown):
    order_matters = demo("order_matters")
    said, _ = shown("order_matters")
    wrong = [29, 1, 100, 10, 4]
    for mistake, a_grad in zip(order_matters.mistakes(), wrong, strict=True):
        right, truth = mistake.graph(), mistake.graph()
        order_matters.backward(right[-1])
        truth[-1].backward()
        assert [v.grad for v in right] == [v.grad for v in truth]
        assert mistake.nodes()[0].grad == a_grad
        told = f"a.grad = {a_grad} ≠ {truth[0].grad:g}"
        assert f"{mistake.title}: {told}" in said


def test_the_linear_model_fails_where_the_network_does_not():
    for name in ("circles", "xor"):
        _, line = TOY.train(name, 150, hidden=())
        assert line < 0.75
    _, line = TOY.train("blobs", 150, hidden=())
    assert line > 0.95


def test_the_main_job_runs_headless_from_any_folder_and_learns_all_100_points(tmp_path):
    environment = {
        k: v
        for k, v in os.environ.items()
        if k not in ("DISPLAY", "PYTHONUTF8", "LC_ALL", "LANG")
    }
    path = os.pathsep.join([str(DEMOS.parent), environment.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, DEMOS / "moons.py"],
        cwd=tmp_path, capture_output=True, check=False, env={**environment, "PYTHONPATH": path, "LC_ALL": "C"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    assert "accuracy 100%" in done.stdout.decode()
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == sorted(
        RUNS["moons"][1]
    )


def test_the_neuron_drawn_is_one_that_fires(shown):
    _, folder = shown("moons")
    drawn = words(folder / "neuron.svg")
    assert {"x0", "x1", "w0", "w1", "b", "data", "grad"} <= set(drawn)
    numbers = [float(w) for w in drawn if w.replace(".", "").replace("-", "").isdigit()]
    assert len(numbers) >= 14
    assert 0.0 not in numbers  # a neuron that does not fire has grads of zero


# ---- 1: the linear model ----------------------------------------------------------------------------------


def test_a_layer_is_W_x_plus_b():
    linear_model = demo("linear_model")
    rng = np.random.default_rng(0)
    for d, p in ((3, 2), (1, 4), (5, 1)):
        W, b, x = rng.normal(size=(p, d)), rng.normal(size=p), rng.normal(size=d)
        model = linear_model.linear_model(W.tolist(), b.tolist())
        outputs = model(x.tolist())
        outputs = outputs if isinstance(outputs, list) else [outputs]
        assert [o.data for o in outputs] == pytest.approx(W @ x + b)
        assert len(model.parameters()) == p * (d + 1)
        if p > 1:
            assert np.array(linear_model.slopes(model, x.tolist())) == pytest.approx(W)


def test_two_linear_models_in_a_row_are_one_and_with_an_activation_they_are_not():
    linear_model, rng = demo("linear_model"), random.Random(0)
    points = [[rng.uniform(-5, 5) for _ in range(3)] for _ in range(20)]
    for activation, same in ((None, True), ("relu", False), ("tanh", False)):
        model = MLP(3, [4, 2], activation=[activation, None], seed=1)
        one = linear_model.collapsed(model)
        far = [
            abs(a.data - b.data)
            for x in points
            for a, b in zip(model(x), one(x), strict=True)
        ]
        assert (max(far) < 1e-12) is same


# ---- 2: softmax -------------------------------------------------------------------------------------------


def test_the_slope_of_the_loss_is_softmax_less_one_hot(shown):
    logits = [Value(z) for z in (2.0, 1.0, -1.0)]
    cross_entropy(logits, 1).backward()
    e = np.exp([2.0, 1.0, -1.0])
    grads = e / e.sum() - [0, 1, 0]
    assert [z.grad for z in logits] == pytest.approx(grads)
    said, folder = shown("softmax")
    assert said.splitlines()[-2] == f"o.grad = {bracketed(grads)}"
    assert {f"{g:.4g}" for g in grads} <= set(words(folder / "softmax.svg"))


# ---- 3: activations ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_gradients_vanish_through_ten_layers_of_sigmoid_and_not_of_relu(seed):
    activations = demo("activations")
    X, y = make_moons(40, seed=1)
    sigmoid = activations.gradient_sizes(activations.network("sigmoid", seed), X, y)
    relu = activations.gradient_sizes(activations.network("relu", seed), X, y)
    assert len(sigmoid) == len(relu) == 10
    assert sigmoid[0] < 1e-4 * sigmoid[-1]
    assert relu[0] > 1e-2 * relu[-1]


def test_so_sigmoid_learns_nothing_where_relu_learns():
    activations = demo("activations")
    sigmoid = activations.train(activations.network("sigmoid"), 40)
    relu = activations.train(activations.network("relu"), 40)
    assert min(sigmoid.loss) > 0.68  # log 2 is 0.693: guessing
    assert relu.loss[-1] < 0.3


# ---- 4: networks of two and more layers -------------------------------------------------------------------


def test_two_layers_are_the_notes_formula():
    two_layers = demo("two_layers")
    x = np.array([0.3, -1.2])
    z = np.array(two_layers.W1) @ x + two_layers.B1
    h = 1 / (1 + np.exp(-z))
    o = np.array(two_layers.W2) @ h + two_layers.B2
    (z1, h1), (z2, h2) = two_layers.forward(
        two_layers.two_layers(), [Value(float(v)) for v in x]
    )
    assert [v.data for v in z1] == pytest.approx(z)
    assert [v.data for v in h1] == pytest.approx(h)
    assert [v.data for v in z2] == [v.data for v in h2] == pytest.approx(o)


def test_what_is_printed_layer_by_layer_is_what_the_network_computes():
    two_layers = demo("two_layers")
    model = MLP(2, [4, 4, 3, 2], activation="tanh", seed=0)
    x = [Value(1.0), Value(0.5)]
    steps = two_layers.forward(model, x)
    assert [len(h) for _, h in steps] == [4, 4, 3, 2]
    assert [v.data for v in steps[-1][1]] == [v.data for v in model(x)]
    for z, h in steps[:-1]:
        assert [v.data for v in h] == pytest.approx(np.tanh([v.data for v in z]))


# ---- 5: universal approximation ---------------------------------------------------------------------------


def test_the_error_falls_with_the_width():
    approximation = demo("universal_approximation")
    for name, widths in (("sin x", (1, 3, 16)), ("step", (1, 2, 8)), ("|x|", (1, 2))):
        curve = approximation.CURVES[name]
        errors = [
            min(approximation.train([n], curve, seed, 800)[0] for seed in range(3))
            for n in widths
        ]
        assert all(wide < narrow / 3 for narrow, wide in itertools.pairwise(errors)), (
            name,
            errors,
        )
        assert errors[-1] < 5e-3
    assert errors[-1] < 1e-4  # |x| is two relus


def test_deeper_is_not_easier_to_optimise_at_equal_numbers_of_parameters():
    approximation = demo("universal_approximation")
    middles, sizes = [], []
    for hidden in (approximation.SHAPES[0], approximation.SHAPES[-1]):
        runs = [
            approximation.train(hidden, approximation.CURVES["sin x"], seed, 500)
            for seed in range(5)
        ]
        middles.append(statistics.median(error for error, _ in runs))
        sizes.append(len(runs[0][1].parameters()))
    assert middles[1] > 3 * middles[0]
    assert sizes[0] == pytest.approx(sizes[1], rel=0.15)


# ---- 6: backpropagation by hand ---------------------------------------------------------------------------


def test_the_hand_calculation_is_backward_and_pytorch():
    torch = pytest.importorskip("torch")
    by_hand = demo("backprop_by_hand")
    hand = by_hand.by_hand()
    model = by_hand.network()
    loss = by_hand.loss_of(model)
    loss.backward()
    assert hand == pytest.approx([p.grad for p in model.parameters()], rel=1e-14)
    W1, b1, W2, b2 = (
        torch.tensor(v, dtype=torch.float64, requires_grad=True)
        for v in (by_hand.W1, by_hand.B1, by_hand.W2, by_hand.B2)
    )
    h = torch.sigmoid(W1 @ torch.tensor(by_hand.X, dtype=torch.float64) + b1)
    ((W2 @ h + b2 - by_hand.T) ** 2).backward()
    theirs = [*W1.grad[0], b1.grad[0], *W1.grad[1], b1.grad[1], *W2.grad, b2.grad]
    assert hand == pytest.approx([float(g) for g in theirs], rel=1e-13)
    assert min(abs(d) for d in hand) > 0.01  # none is right by being nothing


def test_both_passes_are_named_and_timed(shown):
    said, _ = shown("backprop_by_hand")
    lines = [line for line in said.splitlines() if "µs" in line]
    assert "forward propagation" in lines[0]
    assert "backpropagation" in lines[1]


def test_the_drawn_gradients_are_those_of_one_backward_pass(shown):
    by_hand = demo("backprop_by_hand")
    _, folder = shown("backprop_by_hand")
    loss = by_hand.loss_of(by_hand.network())
    loss.backward()
    leaf = next(v for v in loss.topological_order() if v.label == "x0")
    assert f"{leaf.grad:.4g}" in words(folder / "backprop_by_hand.svg")


# ---- 7: least squares -------------------------------------------------------------------------------------


def test_three_ways_agree_with_the_column_of_ones_and_differ_without():
    least_squares = demo("least_squares")
    sets = least_squares.data_sets()
    assert len(sets) == 3
    for name, (X, y) in sets.items():
        table = least_squares.coefficients(X, y, 1500)
        ours, pinv, regression, bare, through_zero = table.values()
        assert ours == pytest.approx(pinv, abs=1e-6), name
        assert pinv == pytest.approx(regression, abs=1e-9), name
        assert bare == pytest.approx(through_zero, abs=1e-9), name
        assert all(abs(a - b) > 0.1 for a, b in zip(bare, pinv, strict=True)), name


def test_the_data_are_what_their_names_say():
    (exact, y), (line, _), (cubic, _) = demo("least_squares").data_sets().values()
    assert [5 + 2 * x for [x] in exact] == list(y)
    assert len(exact) == len(exact[0]) + 1
    assert len(line) > len(line[0]) + 1
    assert all((b, c) == pytest.approx((a**2, a**3)) for a, b, c in cubic)


# ---- 8: toy classification and digits ---------------------------------------------------------------------

TOY = demo("toy_classification")


@pytest.mark.parametrize("name", TOY.SETS)
def test_each_toy_set_is_learned_with_softmax_and_predicted_without_it(name):
    model, new = TOY.train(name, 150)
    X, y = TOY.SETS[name](seed=0)
    with no_grad():
        outputs = [model(x) for x in X]
        assert accuracy(outputs, y) >= 0.97
        for o in outputs:
            assert predict(softmax(o)) == predict(o)
    assert new >= (0.88 if "yin-yang" in name else 0.97)


def test_all_the_sets_are_there():
    names = " ".join(TOY.SETS)
    assert all(
        word in names
        for word in (
            "moons",
            "circles",
            "2 spirals",
            "3 spirals",
            "xor",
            "blobs",
            "yin-yang",
        )
    )


def test_held_out_digits_are_read_at_95_percent(shown):
    said, _ = shown("digits")
    [line] = [line for line in said.splitlines() if "held-out" in line]
    assert float(line.split()[-1].rstrip("%")) >= 95.0


# ---- 9: one step at a time, and the program --------------------------------------------------------------


def test_the_chain_rule_has_numbers_one_can_check_by_hand(shown):
    said, _ = shown("step_through")
    # L = d * (d + a) with d = a * b, a = 2, b = -3: d.grad = 2d + a = -10, a.grad = b * d.grad + d = 24
    assert "a.grad += d.grad × ∂d/∂a = -10 × -3 = 30" in said
    assert "a.grad = 24, b.grad = -20" in said


def test_one_step_down_the_gradients_makes_the_loss_smaller(shown):
    said, _ = shown("step_through")
    told = said.splitlines()[-1].rpartition(": ")[2]
    before, after = map(float, told.split(" → "))
    assert after < before


def test_pages_are_in_the_language_that_is_spoken(shown):
    said, folder = shown("step_through", "ko")
    assert "왜 지금" in said
    assert '<html lang="ko">' in (folder / "xor.html").read_text("utf-8")


def test_the_program_that_is_printed_runs_and_gives_the_loss_and_gradients(shown):
    said, _ = shown("scalars_to_matrices")
    moons = demo("scalars_to_matrices").Moons(100)
    assert said.startswith(moons.program.source)
    names = {}
    exec(moons.program.source, names)
    theta = moons.program.theta()
    value, gradient = names["program"](theta, **moons.arrays)
    assert value == pytest.approx(moons.eager_step().data)
    assert gradient == pytest.approx([p.grad for p in moons.params], abs=1e-12)
