"""The page where it learns, in a real browser: every control, by mouse and by keys."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from browsers import Opened

from micrograd_kr import MLP, OPS, Value, fit, nn, watch
from micrograd_kr.pages.javascript import web_file
from micrograd_kr.pages.training_page import training_page
from micrograd_kr.training import TrainingPage, load_digits, make_moons, make_spirals

LEARN = (
    "(n) => { for (let i = 0; i < n; i++) learner.epoch(); learner.measure(); show(); }"
)


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("page") / "training.html"
    return TrainingPage({}, lang="en").save(path)


@pytest.fixture
def view(browser, path):
    opened = []

    def open_page(address: str = "", **options: Any) -> Any:
        opened.append(Opened(browser, path, address, options))
        return opened[-1].page

    yield open_page
    for each in opened:
        each.close()


def text(page, name):
    return page.locator(f"#{name}").inner_text()


def until(page, condition):
    """Wait until it holds: Playwright's own waiting is what the policy forbids."""
    for _ in range(200):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(condition)


def choose_data(page, name):
    page.locator(f'[name="data"][value="{name}"]').check()


def settings(page):
    return page.evaluate("settings")


def address(page):
    return page.evaluate("location.hash")


def middle_of(page, where):
    """The pixel of a spot of the plane on the screen."""
    return page.evaluate(
        """([x1, x2]) => {
          const [x, y] = plane.pixel([x1, x2]);
          const box = $("plane").getBoundingClientRect();
          const scale = box.width / $("plane").width;
          return [box.left + x * scale, box.top + y * scale];
        }""",
        where,
    )


# ---- one file ----------------------------------------------------------------


def test_it_is_one_small_file_in_two_languages(path):
    html = path.read_text("utf-8")
    assert len(html.encode()) < 500_000
    words = json.loads(web_file("training/words.json"))
    assert words["ko"].keys() == words["en"].keys()
    for key in words["ko"]:
        fields = [set(re.findall(r"\{(\w+)", words[lang][key])) for lang in words]
        assert fields[0] == fields[1], key
    used = set(re.findall(r'data-(?:word|label)="([\w-]+)"', html))
    assert used <= words["en"].keys()


def test_text_of_a_user_never_becomes_markup():
    hostile = "</script><img src=x onerror=alert(1)>"
    html = training_page({"data": hostile}, lang="en")
    assert hostile not in html


# ---- learning ----------------------------------------------------------------


def test_it_learns_moons(view):
    page = view()
    before = float(text(page, "train-loss"))
    page.evaluate(LEARN, 120)
    assert float(text(page, "train-loss")) < before / 5
    assert text(page, "epoch") == "120"
    assert re.match(r"(9\d|100) % / ", text(page, "accuracy"))


def test_play_and_pause(view):
    page = view()
    page.locator("#play").click()
    until(page, "learner.epochs > 3")
    assert "Pause" in text(page, "play")
    page.locator("#play").click()
    epochs = page.evaluate("learner.epochs")
    page.wait_for_timeout(150)
    assert page.evaluate("learner.epochs") == epochs
    assert f"epoch {epochs}" in page.locator("#status").text_content()


@pytest.mark.parametrize("speed", ["slow", "fast"])
def test_it_plays_slowly_and_as_fast_as_it_goes(view, speed):
    page = view()
    page.locator("#speed").select_option(speed)
    page.locator("#play").click()
    until(page, "learner.epochs > 1")
    page.locator("#play").click()
    assert f"speed={speed}" in address(page)


def test_one_step_one_epoch_and_from_the_start(view):
    page = view("#batch=10")
    first = page.evaluate("[...learner.trainer.parameters]")
    page.locator("#one-step").click()
    assert page.evaluate("[learner.epochs, learner.trainer.optimizer.steps]") == [0, 1]
    page.locator("#one-epoch").click()
    assert page.evaluate("[learner.epochs, learner.trainer.optimizer.steps]") == [1, 8]
    page.locator("#reset").click()
    assert page.evaluate("[...learner.trainer.parameters]") == first
    assert text(page, "epoch") == "0"


def test_looking_back_is_the_network_of_then(view):
    page = view()
    for _ in range(4):
        page.locator("#one-epoch").click()
    loss = page.evaluate("learner.curve.map((point) => point.train)")
    page.locator("#scrub").fill("2")
    assert text(page, "epoch") == "2"
    assert page.evaluate("learner.now.train") == loss[2]
    page.locator("#one-epoch").click()
    assert page.evaluate("learner.now.train") == pytest.approx(loss[3], rel=1e-12)


def test_divergence_is_told_and_the_last_good_numbers_stay(view):
    page = view("#data=plane&optimizer=SGD&lr=100&layers=")
    page.evaluate(LEARN, 2000)
    assert "Lower the learning rate" in text(page, "health")
    assert page.evaluate("learner.trainer.parameters.every(Number.isFinite)")


# ---- what can be chosen ------------------------------------------------------

DATA = ["moons", "circles", "spirals", "xor", "blobs", "yin-yang", "plane", "hill"]


@pytest.mark.parametrize("name", [*DATA, "sin"])
def test_every_data_set(view, name):
    page = view()
    choose_data(page, name)
    before = page.evaluate("learner.now.train")
    page.evaluate(LEARN, 30)
    assert page.evaluate("learner.now.train") < before
    assert settings(page)["data"] == name
    regression = name in ("plane", "hill", "sin")
    assert page.locator("#accuracy").is_visible() != regression


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("loss", ["cross_entropy", "hinge", "mse"]),
        ("optimizer", ["SGD", "momentum", "AdamW"]),
        ("init", ["he", "uniform", "zeros"]),
        ("lr", ["0.3"]),
        ("batch", ["10"]),
        ("l1", ["0.01"]),
        ("l2", ["0.01"]),
    ],
)
def test_every_choice_is_learned_with_and_stands_in_the_address(view, key, values):
    page = view()
    for value in values:
        page.locator(f"#set-{key}").select_option(value)
        page.evaluate(LEARN, 5)
        assert f"{key}={value}" in address(page)
        assert page.evaluate("Number.isFinite(learner.now.train)")


@pytest.mark.parametrize(
    ("key", "value"), [("n", "200"), ("noise", "0.3"), ("test", "0.5"), ("seed", "7")]
)
def test_numbers_of_the_data(view, key, value):
    page = view()
    before = page.evaluate("JSON.stringify(learner.train)")
    control = page.locator(f"#set-{key}")
    control.fill(value)
    control.dispatch_event("change")
    assert page.evaluate("JSON.stringify(learner.train)") != before
    assert f"{key}={value}" in address(page)


def test_layers_neurons_and_activations(view):
    page = view()
    page.locator("#more-layers").click()
    assert settings(page)["layers"] == [8, 8, 8]
    page.get_by_label("one neuron more in layer 1").click()
    page.get_by_label("one neuron less in layer 3").click()
    assert settings(page)["layers"] == [9, 8, 7]
    page.locator("#set-activation-1").select_option("relu")
    assert settings(page)["activations"] == ["tanh", "relu", "tanh"]
    for _ in range(3):
        page.locator("#fewer-layers").click()
    assert settings(page)["layers"] == []
    page.evaluate(LEARN, 5)


def test_every_activation_by_layer(view):
    page = view("#layers=3,2&loss=mse")
    curves = page.evaluate("Object.keys(given.activations)")
    assert {"relu", "tanh", "sigmoid", "gelu", "softplus"} <= set(curves)
    for name in curves:
        page.locator("#set-activation-0").select_option(name)
        assert settings(page)["activations"] == [name, "tanh"]
        ops = page.evaluate("learner.data.ops")
        assert ops.count(name) == (5 if name == "tanh" else 3)
        said = text(page, "health")
        if OPS[name].domain == "True":
            assert "no value" not in said, name
    page.locator("#set-activation-0").select_option("log")
    assert "There is no value: a logarithm" in text(page, "health")


def test_a_slider_is_dragged_and_keys_keep_their_place(view):
    page = view("#layers=3")
    box = page.locator("#set-noise").bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.3 * box["width"], y)
    page.mouse.down()
    seen = []
    for share in (0.4, 0.6, 0.8):
        page.mouse.move(box["x"] + share * box["width"], y)
        seen.append(settings(page)["noise"])
    page.mouse.up()
    assert seen == sorted(set(seen))
    for control in ("set-n", "set-loss", "set-activation-0", "more-1"):
        page.locator(f"#{control}").focus()
        page.keyboard.press("Enter" if control == "more-1" else "ArrowRight")
        assert page.evaluate("document.activeElement.id") == control


def test_input_features(view):
    page = view("#data=circles&layers=")
    page.evaluate(LEARN, 100)
    poor = page.evaluate("learner.now.accuracy")
    for name in ("x1²", "x2²"):
        page.locator(f'#features input[value="{name}"]').check()
    page.evaluate(LEARN, 200)
    assert page.evaluate("learner.now.accuracy") > max(poor, 0.95)


def test_what_is_shown(view):
    page = view()
    for name in ("gradients", "activations", "weights"):
        page.locator(f'#views [value="{name}"]').click()
        assert settings(page)["view"] == name
    picture = page.evaluate("$('plane').toDataURL()")
    page.locator("#hard").check()
    assert page.evaluate("$('plane').toDataURL()") != picture
    page.locator("#show-test").uncheck()
    page.locator("#log").check()
    assert "hard=1" in address(page)
    assert "log=1" in address(page)


# ---- the address -------------------------------------------------------------


def test_a_link_shows_the_same(view):
    address = "#data=xor&layers=4,3&activations=relu,sigmoid&epoch=20&seed=3"
    pages = [view(address) for _ in range(2)]
    numbers = [page.evaluate("[...learner.trainer.parameters]") for page in pages]
    assert numbers[0] == numbers[1]
    assert text(pages[0], "epoch") == "20"


def test_what_makes_no_sense_becomes_what_is_usual(view):
    page = view("#data=nothing&layers=0,x,3&activations=nope&lr=no&loss=cube&lang=fr")
    assert settings(page)["data"] == "moons"
    assert settings(page)["layers"] == [3]
    assert settings(page)["activations"] == ["tanh"]
    assert settings(page)["lr"] == 0.03


def test_a_changed_address_is_followed(view):
    page = view()
    page.evaluate("location.hash = '#data=circles'")
    until(page, "settings.data === 'circles'")
    assert page.locator('[name="data"][value="circles"]').is_checked()


def test_a_teacher_hides_controls(view):
    page = view("#hide=lr,features,activations,curves-part,data,walk")
    hidden = ["set-lr", "features", "set-activation-0", "set-activation-1", "curves"]
    for name in (*hidden, "data-sets", "walk"):
        assert page.locator(f"#{name}").is_hidden(), name
    for name in ("set-loss", "data-controls", "plane"):
        assert page.locator(f"#{name}").is_visible()


# ---- points ------------------------------------------------------------------


def test_a_click_adds_a_point_a_drag_moves_it_delete_takes_it_away(view):
    page = view()
    count = page.evaluate("learner.train.length")
    page.locator("#add-class").select_option("1")
    x, y = middle_of(page, [1.9, 1.3])
    page.mouse.click(x, y)
    assert page.evaluate("learner.train.length") == count + 1
    assert page.evaluate("learner.train.at(-1).label") == 1
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(*middle_of(page, [1.5, 1.2]), steps=4)
    page.mouse.up()
    assert page.evaluate("learner.train.length") == count + 1
    assert page.evaluate("learner.train.at(-1).at") == pytest.approx(
        [1.5, 1.2], abs=0.02
    )
    assert "target 1" in text(page, "chosen")
    page.locator("#plane").press("Delete")
    assert page.evaluate("learner.train.length") == count
    page.evaluate(LEARN, 3)


def test_points_by_keys(view):
    page = view()
    count = page.evaluate("learner.train.length")
    page.locator("#plane").focus()
    for key in ["ArrowUp"] * 19 + ["ArrowRight"] * 20 + ["Enter"]:
        page.keyboard.press(key)
    assert page.evaluate("learner.train.length") == count + 1
    at = page.evaluate("learner.train.at(-1).at")
    page.keyboard.press("Shift+ArrowLeft")
    assert page.evaluate("learner.train.at(-1).at[0]") < at[0]
    page.keyboard.press("Delete")
    assert page.evaluate("learner.train.length") == count


def test_a_file_of_one_s_own(view, tmp_path):
    page = view()
    rows = [f"{x / 10},{-x / 20},{'left' if x < 5 else 'right'}" for x in range(10)]
    good = tmp_path / "own.csv"
    good.write_text("\n".join(rows), encoding="utf-8")
    page.locator("#csv").set_input_files(str(good))
    until(page, "settings.data === 'own'")
    assert "10 points in 2 classes" in text(page, "csv-note")
    page.evaluate(LEARN, 3)
    bad = tmp_path / "bad.csv"
    bad.write_text("1,2\n", encoding="utf-8")
    page.locator("#csv").set_input_files(str(bad))
    until(page, "$('csv-note').textContent.includes('line 1')")


DROP = """(text) => {
  const carried = new DataTransfer();
  carried.items.add(new File([text], "own.csv"));
  dispatchEvent(new DragEvent("drop", { dataTransfer: carried, cancelable: true }));
}"""


def test_a_file_is_dropped_and_what_is_wrong_with_it_is_said(view):
    page = view()
    page.evaluate(DROP, "x1,x2,kind\n0,0,a\n1,1,b\n0,1,<b>c</b>\n1,0,a\n")
    until(page, "settings.data === 'own'")
    assert "4 points in 3 classes" in text(page, "csv-note")
    assert settings(page)["loss"] == "cross_entropy"
    assert page.locator('[name="data"][value="own"]').is_checked()
    for wrong, said in {
        "1,2\n3,4\n": "line 1: 2 columns",
        "1,2,a\n1,x,a\n": "line 2: x is not a number",
        "1,2,a\n": "only 1 points",
    }.items():
        page.evaluate(DROP, wrong)
        until(page, f"$('csv-note').textContent.includes({said!r})")
    assert page.evaluate("learner.train.length + learner.test.length") == 4


# ---- numbers -----------------------------------------------------------------


def test_a_weight_and_a_bias_are_typed(view):
    page = view("#layers=2&view=weights")
    page.evaluate("document.querySelector('.hit').dispatchEvent(new Event('click'))")
    assert "weight x1" in text(page, "edited")
    page.locator("#edited-number").fill("3.5")
    assert page.evaluate("learner.trainer.parameters[0]") == 3.5
    page.locator("#editor button").click()
    page.locator("button.neuron").first.click()
    assert "bias" in text(page, "edited")
    page.locator("#edited-number").fill("-1")
    assert page.evaluate("learner.trainer.parameters[2]") == -1


def middle_of_link(page, n):
    """The pixel in the middle of the n-th connection."""
    return page.evaluate(
        """(n) => {
          const hit = document.querySelectorAll(".hit")[n];
          const { x, y } = hit.getPointAtLength(hit.getTotalLength() / 2);
          const box = hit.ownerSVGElement.getBoundingClientRect();
          return [box.left + x, box.top + y];
        }""",
        n,
    )


def test_hovering_tells_the_number_and_its_grad(view):
    page = view("#layers=2")
    page.mouse.move(*middle_of_link(page, 0))
    weight = page.evaluate("number(learner.trainer.parameters[0])")
    grad = page.evaluate("number(learner.gradient[0])")
    tip = page.locator(".tip")
    assert tip.inner_text() == f"weight x1 → layer 1 · 1 = {weight}, grad {grad}"
    page.locator("button.neuron").first.hover()
    assert tip.inner_text().startswith("bias of layer 1 · 1 = 0, grad ")
    page.locator("h1").hover()
    assert tip.is_hidden()


def test_over_a_neuron_the_plane_shows_what_it_says(view):
    page = view("#layers=2&epoch=20")
    picture = page.evaluate("$('plane').toDataURL()")
    page.locator("button.neuron").first.hover()
    assert page.evaluate("$('plane').toDataURL()") != picture
    page.locator("h1").hover()
    assert page.evaluate("$('plane').toDataURL()") == picture


# ---- what is wrong with it ---------------------------------------------------


def test_a_network_that_cannot_learn_is_told(view):
    dead = view("#layers=3&activations=relu")
    dead.evaluate(
        """() => {
          const set = (node, x) => {
            learner.trainer.parameters[learner.places.get(node)] = x;
          };
          for (const { weights, bias } of learner.layers[0]) {
            for (const node of weights) set(node, 0);
            set(bias, -1);
          }
          learner.trainer.place();
          learner.measure();
          show();
        }"""
    )
    assert "dead" in text(dead, "health")
    zeros = view("#init=zeros")
    assert "never become different" in text(zeros, "health")
    saturated = view("#layers=3")
    saturated.evaluate(
        """() => {
          learner.trainer.parameters.forEach((_, i, all) => (all[i] = 50 + i));
          learner.trainer.place();
          learner.measure();
          show();
        }"""
    )
    assert "Layer 1 is saturated" in text(saturated, "health")
    steep = view("#layers=3,3,3,3")
    steep.evaluate(
        """() => {
          learner.layers.forEach((neurons, l) => neurons.flatMap(({ weights }) => weights).forEach((node) => {
            learner.trainer.parameters[learner.places.get(node)] = l ? 30 : 1e-7;
          }));
          learner.trainer.place();
          learner.measure();
          show();
        }"""
    )
    assert "explode" in text(steep, "health")
    bars = steep.locator("#norms .bar i").evaluate_all(
        "all => all.map((i) => i.offsetWidth)"
    )
    assert len(bars) == 5
    assert bars[0] > bars[-1]
    deep = view("#layers=6,6,6,6,6,6&activations=sigmoid&init=xavier")
    assert "vanish" in text(deep, "health")
    fine = view()
    assert text(fine, "health") == ""


# ---- a model from Python -----------------------------------------------------


def watched(browser, page, folder):
    path = page.save(folder / "watched.html")
    return Opened(browser, path, "", {})


def test_a_model_of_python_s_goes_on_learning_as_python_does(browser, tmp_path):
    X, y = make_spirals(60)
    model = MLP(2, [6, 3], activation="tanh", seed=0)
    optimizer = nn.Adam(model.parameters(), lr=0.02)
    opened = watched(
        browser,
        watch(model, X, y, loss=nn.cross_entropy, optimizer=optimizer),
        tmp_path,
    )
    page = opened.page
    page.evaluate(LEARN, 20)
    fit(
        model,
        X,
        y,
        loss=nn.cross_entropy,
        optimizer=optimizer,
        epochs=20,
        progress=False,
    )
    numbers = page.evaluate("[...learner.trainer.parameters]")
    assert numbers == pytest.approx([p.data for p in model.parameters()], rel=1e-9)
    assert page.locator("#data").is_hidden()
    assert page.locator(".hit").count() == 2 * 6 + 6 * 3
    page.mouse.click(*middle_of(page, page.evaluate("learner.train[0].at")))
    opened.close()


def test_a_model_that_is_no_mlp_is_watched_too(browser, tmp_path):
    class Parabola(nn.Module):
        def __init__(self):
            self.a, self.b = Value(0.1, "a"), Value(0.0, "<b>")

        def forward(self, x):
            return self.a * x[0] * x[0] + self.b

    points = [[x / 4, 0.0] for x in range(-8, 9)]
    heights = [2 * x * x - 1 for x, _ in points]
    opened = watched(browser, watch(Parabola(), points, heights, loss=nn.mse), tmp_path)
    page = opened.page
    before = page.evaluate("learner.now.train")
    page.evaluate(LEARN, 300)
    assert page.evaluate("learner.now.train") < before / 10
    assert page.locator("#network").is_hidden()
    opened.close()


def test_digits_have_images_and_a_confusion_matrix(browser, tmp_path):
    X, y = load_digits()
    model = MLP(64, [5, 10], seed=0)
    page = watch(model, X[:80], y[:80], loss=nn.cross_entropy)
    opened = watched(browser, page, tmp_path)
    page = opened.page
    page.evaluate(LEARN, 3)
    assert page.locator("#confusion td").count() == 1 + 100
    seen = page.evaluate(
        "[...document.querySelectorAll('#confusion td')].reduce((n, td) => n + Number(td.textContent), 0)"
    )
    assert seen == 80
    page.locator("#misread button").first.click()
    assert "target" in text(page, "chosen")
    assert page.locator("#plane").is_hidden()
    opened.close()


def test_a_run_made_in_python_is_replayed(browser, tmp_path):
    X, y = make_moons(40, seed=1)
    model = MLP(2, [4, 1], activation="tanh", seed=0)
    history = fit(model, X, y, loss="bce", epochs=90, progress=False)
    path = history.save(tmp_path / "run.html")
    opened = Opened(browser, path, "", {})
    page = opened.page
    assert text(page, "epoch") == "90"
    numbers = page.evaluate("[...learner.trainer.parameters]")
    assert numbers == pytest.approx([p.data for p in model.parameters()])
    assert 10 < page.evaluate("learner.kept.size") <= 61
    page.locator("#scrub").fill("0")
    early = page.evaluate("learner.now")
    assert early["train"] > history.loss[-1]
    opened.close()


# ---- for everybody -----------------------------------------------------------


def test_both_languages_and_both_themes(view):
    page = view()
    page.locator('#languages [value="ko"]').click()
    assert "학습" in text(page, "play")
    assert "lang=ko" in address(page)
    hangul = re.compile("[가-힣]")
    assert all(hangul.search(t) for t in page.locator("h2").all_inner_texts() if t)
    page.locator("#theme").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


@pytest.mark.parametrize("width", [390, 768, 1440, 2200])
def test_it_fits_every_width(view, width):
    page = view(viewport={"width": width, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(view, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = view("#layers=3", color_scheme=scheme)
    page.evaluate("choose(learner.train[0]); editor.open(learner.parameters[0], 'w')")
    found = axe.Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
