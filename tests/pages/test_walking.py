"""A point is walked through in the step page: the graph of its sample, with the parameters as they are."""

import re
from typing import Any

import pytest
from browsers import Opened
from test_watched_page import PAGES
from told import walked, words_of

from micrograd_kr import OPS, Value
from micrograd_kr.engine import FUNCTIONS
from micrograd_kr.pages import training_page
from micrograd_kr.training import TrainingPage

TOLD = """() => ({
  graph: recording.graph,
  names: nodes.map(({ name }) => name),
  forward: forward.map((step) => textOf(step).join(" ")),
  backward: backward.map((step) => [...textOf(step), ...whyOf(step)].join(" ")),
  rules: [...lineOf.values()].map((line) => [nodes[line.node].name, nodes[line.parent].name, ruleOf(line)]),
  data: nodes.map(({ data }) => data),
  grads: nodes.map((_, i) => grad(i, last)),
})"""
BEGIN = "(i) => { for (let k = 0; k < 5; k++) learner.epoch(); learner.measure(); choose(learner.train[i]); }"


@pytest.fixture
def own(browser, tmp_path):
    """Opens the page that makes its own networks, at an address."""
    path = TrainingPage({}, lang="en").save(tmp_path / "train.html")
    opened = []

    def open_page(address: str) -> Any:
        opened.append(Opened(browser, path, address, {}))
        return opened[-1].page

    yield open_page
    for each in opened:
        each.close()


def frame_of(page: Any) -> Any:
    """The step page in its frame, when it has been drawn."""
    page.locator("#walk-frame").wait_for()
    frame = page.frames[-1]
    frame.locator("#expression").wait_for()
    assert frame.evaluate("picture.viewBox.baseVal.width") > 100  # it was measured
    return frame


def walk(page: Any, sample: int = 3) -> Any:
    page.evaluate(BEGIN, sample)
    page.click("#walk")
    return frame_of(page)


def rebuilt(told: dict[str, Any]) -> list[Value]:
    """The same graph in Python, of Values with the same names and numbers."""
    graph, nodes = told["graph"], []
    rows = zip(
        graph["ops"], graph["operands"], told["data"], told["names"], strict=True
    )
    for op, operands, x, name in rows:
        numbers = [
            *nodes,
            *[None] * (len(graph["ops"]) - len(nodes)),
            *graph["constants"],
        ]
        given = [numbers[k] for k in operands]
        v = (
            Value(x)
            if op is None
            else FUNCTIONS[op](*(OPS[op].split(given) if OPS[op].variadic else given))
        )
        v.label = name
        nodes.append(v)
    return nodes


def is_python_s(told: dict[str, Any]) -> None:
    """Data, grads, and the words of every forward step and of every partial."""
    nodes = rebuilt(told)
    assert told["data"] == pytest.approx([v.data for v in nodes], rel=1e-12)
    expected = walked(nodes[-1])
    said = {nodes_named(text): words_of(text) for text in told["forward"]}
    for step in expected["forward"]:
        text = words_of(step["text"]["en"])
        assert said[nodes_named(text)] == text
    nodes[-1].backward()
    assert told["grads"] == pytest.approx([v.grad for v in nodes], rel=1e-9, abs=1e-15)


def nodes_named(text: str) -> str:
    return text.partition(" = ")[0]


OWN = {
    "xor": "#data=xor&layers=2&activations=relu&optimizer=SGD",
    "two layers": "#layers=3,2&activations=leaky_relu,gelu",
    "three classes": "#data=blobs&layers=4&activations=sigmoid",
    "wide": "#layers=12&activations=silu&features=x1,x2,x1²,sin x2&loss=hinge",
    "regression": "#data=hill&layers=3&activations=softplus",
    "linear": "#layers=&loss=mse",
    "cross-entropy of two": "#loss=cross_entropy&layers=3&activations=elu",
}


@pytest.mark.parametrize("name", OWN)
def test_a_network_of_the_page_is_walked_through_with_python_s_numbers(own, name):
    page = own(OWN[name])
    frame = walk(page)
    told = frame.evaluate(TOLD)
    parameters = page.evaluate("[...learner.trainer.parameters]")
    places = page.evaluate("learner.parameters")
    assert [told["data"][k] for k in places] == parameters
    is_python_s(told)
    page.evaluate("learner.trainer.measure([plane.chosen])")
    gradient = page.evaluate("[...learner.trainer.gradient]")
    assert [told["grads"][k] for k in places] == pytest.approx(
        gradient, rel=1e-9, abs=1e-15
    )


GIVEN = ["mlp", "three classes", "a curve", "two numbers", "its own", "images"]


@pytest.mark.parametrize("name", GIVEN)
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_model_of_python_s_is_told_as_the_repl_tells_it(
    browser, tmp_path, name, lang
):
    page = PAGES[name]()
    page.lang = lang
    opened = Opened(browser, page.save(tmp_path / "train.html"), "", {})
    told = walk(opened.page).evaluate(TOLD)
    is_python_s(told)
    expected = walked(rebuilt(told)[-1])
    shown = zip(told["backward"], expected["backward"], strict=True)
    for text, step in shown:
        assert words_of(text) == words_of(f"{step['text'][lang]} {step['why'][lang]}")
    opened.close()


def test_there_and_back_again_is_the_same_moment(own):
    page = own("#data=circles&layers=3")
    frame = walk(page)
    before = page.evaluate("[...learner.trainer.parameters]")
    assert re.search("epoch=5&walk=3$", page.evaluate("location.hash"))
    frame.locator("#next").click()
    frame.locator("#next").click()
    for _ in range(40):
        if page.evaluate("location.hash").endswith("step%3D2"):
            break
        page.wait_for_timeout(50)
    assert page.evaluate("location.hash").endswith("walk=3&moment=step%3D2")
    link = page.evaluate("location.hash")
    page.click("#walk-end")
    page.locator("#walk-frame").wait_for(state="detached")
    assert page.evaluate("[...learner.trainer.parameters]") == before
    assert page.evaluate("learner.epochs") == 5
    assert "walk" not in page.evaluate("location.hash")
    page.click("#one-epoch")
    assert page.evaluate("learner.epochs") == 6
    page.go_forward()  # the browser's own ways lead there and back too
    frame_of(page)
    page.go_back()
    page.locator("#walk-frame").wait_for(state="detached")
    assert page.evaluate("learner.epochs") == 6
    again = own(link)
    assert frame_of(again).evaluate("state.at") == 2
    assert again.evaluate("[...learner.trainer.parameters]") == before
    again.click("#walk-end")
    again.locator("#walk-frame").wait_for(state="detached")


def test_the_numbers_of_a_walk_can_be_touched(own):
    page = own("#data=xor&layers=2")
    frame = walk(page)
    before = frame.evaluate("nodes.at(-1).data")
    parameters = page.evaluate("[...learner.trainer.parameters]")
    frame.evaluate(
        "setLeaves([[nodes.findIndex(({ name }) => name === 'layer0.neuron0.w0'), 3]])"
    )
    assert frame.evaluate("nodes.at(-1).data") != before
    frame.locator("#descend").click()
    assert page.evaluate("[...learner.trainer.parameters]") == parameters
    page.keyboard.press("Escape")


@pytest.mark.parametrize(
    ("address", "folded", "opened"),
    [("#layers=2", 2 + 2 + 1, True), ("#layers=16,16", 2 + 16 + 16 + 1, False)],
)
def test_neurons_are_folded_and_what_is_small_is_open_too(own, address, folded, opened):
    frame = walk(own(address))
    boxes = frame.evaluate("views.map(({ isFolded, drawn }) => [isFolded, drawn.size])")
    graph = frame.evaluate("graph.count")
    loss = 7  # -z, 1 - t, two softplus, two products and their sum, and t
    assert [size for is_folded, size in boxes if is_folded] == [folded + loss + 1]
    assert [size for is_folded, size in boxes if not is_folded] == (
        [graph] if opened else []
    )
    overlapping = frame.evaluate(
        """() => {
          const boxes = [...drawn.values()].map(({ box }) => box);
          return boxes.some((a, i) => boxes.some((b, j) => i < j && overlap(a, b) > 0));
        }"""
    )
    assert not overlapping


def test_a_neuron_is_opened_and_folded_by_itself(own):
    frame = walk(own("#layers=3"))
    assert frame.evaluate("neurons.length") == 4
    frame.evaluate("fold(true)")
    out = frame.evaluate("neurons[1].outputs[0]")
    frame.evaluate("(out) => press(out)", out)
    assert frame.evaluate("neurons.map(isClosed)") == [True, False, True, True]
    assert frame.evaluate("[...neurons[1].inside].every((i) => drawn.has(i))")
    frame.evaluate("toggle(neurons[1])")
    assert frame.evaluate("neurons.every(isClosed)")


def test_text_of_a_user_stays_text_there(browser, tmp_path):
    opened = Opened(browser, PAGES["its own"]().save(tmp_path / "t.html"), "", {})
    frame = walk(opened.page)
    assert "<b>bend</b>" in frame.evaluate("nodes.map(({ name }) => name)")
    assert "<b>bend</b>" in frame.locator("#stage").inner_text()
    assert frame.locator("#stage b").count() == 0
    opened.close()


def test_without_words_there_is_no_walk(browser, tmp_path):
    path = tmp_path / "plain.html"
    path.write_text(training_page({"layers": [2]}, lang="en"), encoding="utf-8")
    opened = Opened(browser, path, "#walk=3", {})
    opened.page.evaluate("choose(learner.train[0])")
    assert opened.page.locator("#walk").is_disabled()
    assert opened.page.locator("#walk-frame").count() == 0
    opened.close()


def test_the_page_is_small(tmp_path):
    assert TrainingPage({}).save(tmp_path / "t.html").stat().st_size < 500_000


def test_the_picture_of_a_walk_is_as_large_as_what_is_seen_of_it(own) -> None:
    frame = walk(own("#layers=8,8"))
    stage, seen = frame.evaluate("""() => {
      const { width, height } = picture.viewBox.baseVal;
      const stage = $("stage").getBoundingClientRect();
      return [[stage.width, stage.height], [width * view.scale, height * view.scale]];
    }""")
    assert stage == pytest.approx(seen, abs=1)
    assert min(stage) > 200
