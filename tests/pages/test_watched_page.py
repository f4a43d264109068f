"""Models that Python recorded, and runs it made, open in a real browser and learn there."""

import pytest
from browsers import Opened

from micrograd_kr import MLP, Module, Neuron, Value, fit, nn, watch
from micrograd_kr.cli.play import page as play_page
from micrograd_kr.training import make_moons, make_spirals

X, Y = make_moons(40, seed=1)
X3, Y3 = make_spirals(60, seed=1)


class Bent(Module):
    """A parabola of a neuron, beside a Value of its own."""

    def __init__(self):
        self.neuron = Neuron(2, activation=None, seed=5)
        self.bend = Value(0.3, "<b>bend</b>")

    def forward(self, x):
        z = self.neuron(x)
        return z + self.bend * z**2


def images():
    """Small images of three kinds: more inputs than a plane has."""
    kinds = [[float(k % 3 == c) for k in range(16)] for c in range(3)]
    return [kinds[i % 3] for i in range(30)], [i % 3 for i in range(30)]


def run():
    model = MLP(2, [5, 1], activation="tanh", seed=1)
    options = {"loss": "bce", "epochs": 50, "progress": False}
    history = fit(model, X, Y, validation=(X[:9], Y[:9]), **options)
    return history.run.page(history.loss, history.validation_loss)


def watched(model, X, y, loss, **options):
    return watch(model, X, y, loss=loss, **options)


PAGES = {
    "mlp": lambda: watched(
        MLP(2, [6, 4, 1], activation="tanh", seed=1), X, Y, "bce", validation=(X, Y)
    ),
    "three classes": lambda: watched(MLP(2, [6, 3], seed=1), X3, Y3, "cross_entropy"),
    "hinge": lambda: watched(MLP(2, [6, 1], seed=1), X, [2 * c - 1 for c in Y], "hinge"),
    "a plane": lambda: watched(
        MLP(2, [4, 1], activation="tanh", seed=1), X, [a - b for a, b in X], "mse"
    ),
    "a curve": lambda: watched(
        MLP(1, [4, 1], activation="tanh", seed=1), [a for a, _ in X], [b for _, b in X], "mse"
    ),
    "two numbers": lambda: watched(MLP(2, [4, 2], seed=1), X, [[b, a] for a, b in X], "mse"),
    "images": lambda: watched(MLP(16, [4, 3], seed=1), *images(), "cross_entropy"),
    "its own": lambda: watched(Bent(), X, Y, "bce"),
    "weight decay": lambda: watched(
        MLP(2, [3, 1], seed=1), X, Y, "bce", optimizer=nn.SGD, batch_size=7
    ),
    "a run": run,
    "play": lambda: play_page("spirals", [4, 4], "relu"),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_it_opens_and_learns(browser, name, lang, tmp_path):
    page = PAGES[name]()
    page.lang = lang
    opened = Opened(browser, page.save(tmp_path / "train.html"), "", {})
    view = opened.page
    before = view.evaluate("learner.now.train")
    view.click("#one-step")
    view.click("#one-epoch")
    view.evaluate(
        "() => { for (let i = 0; i < 30; i++) learner.epoch(); learner.measure(); show(); }"
    )
    assert view.evaluate("learner.diverged") is False
    assert view.evaluate("learner.now.train") < before
    assert view.locator("#network").is_visible() == (name != "its own")
    view.click("#reset")
    assert view.locator("#epoch").inner_text() == "0"
    opened.close()


def test_the_scrubber_goes_through_a_run(browser, tmp_path):
    opened = Opened(browser, run().save(tmp_path / "training.html"), "", {})
    view = opened.page
    assert view.locator("#epoch").inner_text() == "50"
    assert view.locator("#scrub").get_attribute("max") == "50"
    for place in (10, 50, 0, 30):
        view.locator("#scrub").fill(str(place))
        assert view.locator("#epoch").inner_text() == str(place)
        assert view.evaluate("learner.kept.size") == 51
        assert view.evaluate("learner.curve.length") == 51
    view.click("#one-epoch")  # and from here on it is another run
    assert view.locator("#epoch").inner_text() == "31"
    assert view.locator("#scrub").get_attribute("max") == "31"
    opened.close()


# ---- one input: no plane, but a curve ----------------------------------------


def pixel_of(view, spot):
    """The pixel of a spot of the picture on the screen."""
    return view.evaluate(
        """(spot) => {
          const [x, y] = plane.pixel(spot);
          const box = $("plane").getBoundingClientRect();
          return [box.left + (x * box.width) / $("plane").width, box.top + (y * box.height) / $("plane").height];
        }""",
        spot,
    )


def test_one_input_is_a_curve_over_a_line(browser, tmp_path):
    model = MLP(1, [6, 1], activation="tanh", seed=1)
    X = [k / 10 for k in range(-20, 21)]
    page = watch(model, X, [x * x for x in X], loss="mse", lang="en")
    opened = Opened(browser, page.save(tmp_path / "line.html"), "", {})
    view = opened.page
    assert view.locator("#plane-title").inner_text() == "The function learned"
    # the curve, and each neuron's, is what Python says there
    places = view.evaluate("squares.map(({ x }) => x[0])")
    outputs = [model(x) for x in places]
    columns = view.evaluate(
        "learner.trainer.evaluate(squares, shownNodes).columns.map((c) => [...c])"
    )
    assert columns[0] == pytest.approx([y.data for y in outputs], rel=1e-12)
    neuron = model.layers[0].neurons[2]
    said = [neuron([Value(x)]).data for x in places]
    assert columns[1 + 1 + 2] == pytest.approx(said, rel=1e-12)
    # a point is added where the click is, moved and taken away
    view.mouse.click(*pixel_of(view, [0.5, 3.0]))
    added = view.evaluate("learner.train.at(-1)")
    assert [*added["at"], added["label"]] == pytest.approx([0.5, 3.0], abs=0.05)
    assert added["y"] == [added["label"]]
    view.mouse.move(*pixel_of(view, [0.5, 3.0]))
    view.mouse.down()
    view.mouse.move(*pixel_of(view, [1.5, 1.0]), steps=3)
    view.mouse.up()
    moved = view.evaluate("learner.train.at(-1)")
    assert [*moved["at"], *moved["y"]] == pytest.approx([1.5, 1.0], abs=0.05)
    view.locator("#plane").press("Delete")
    assert view.evaluate("learner.train.length") == len(X)
    opened.close()


@pytest.mark.parametrize("classes", [2, 3])
def test_classes_along_a_line_are_their_probabilities(browser, classes, tmp_path):
    X = [k / 10 for k in range(-20, 21)]
    y = [int(x > -1) + int(x > 1) if classes == 3 else int(x > 0) for x in X]
    width, loss = (3, "cross_entropy") if classes == 3 else (1, "bce")
    page = watch(MLP(1, [5, width], activation="tanh", seed=1), X, y, loss=loss)
    opened = Opened(browser, page.save(tmp_path / "line.html"), "", {})
    curves = opened.page.evaluate(
        "curvesOf(learner, learner.trainer.evaluate(squares, shownNodes).columns)"
    )
    assert len(curves) == width
    if classes == 3:
        assert [sum(at) for at in zip(*curves, strict=True)] == pytest.approx([1] * 80)
    logits = opened.page.evaluate(
        "[...learner.trainer.evaluate(squares, shownNodes).columns[0]]"
    )
    if classes == 2:
        sigmoid = [Value(z).sigmoid().data for z in logits]
        assert curves[0] == pytest.approx(sigmoid, abs=1e-12)
    opened.close()


def test_many_inputs_have_no_plane_and_the_right_heading(browser, tmp_path):
    saved = {
        name: PAGES[name]().save(tmp_path / f"{name}.html") for name in ("images",)
    }
    opened = Opened(browser, saved["images"], "#lang=en", {})
    view = opened.page
    assert view.locator("#plane-title").inner_text() == "Right and wrong"
    assert view.locator("#plane").is_hidden()
    assert view.locator("#legend").is_hidden()
    opened.close()


def test_a_run_says_what_it_does_not_keep(browser, tmp_path):
    opened = Opened(browser, run().save(tmp_path / "training.html"), "#lang=en", {})
    assert (
        "without the optimizer's memory"
        in opened.page.locator("#replay-note").inner_text()
    )
    opened.close()
