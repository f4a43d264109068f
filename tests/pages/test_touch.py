"""The page is touched: a number is changed, everything follows, and it is what Python says."""

import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browsers import Opened
from test_javascript import recomputed
from told import ascii_minus

from micrograd_kr import Stepper, Value, nn, record_lines
from micrograd_kr.picture import arrows

Open = Callable[..., Any]


def expression(a: float = 2.0, b: float = -3.0) -> Value:
    x, y = Value(a, "a"), Value(b, "b")
    d = x * y + 10
    d.label = "d"
    result = d * x
    result.label = "L"
    return result


def logarithm() -> Value:
    x = Value(2.0, "x")
    y = x.log() * 3 + x
    y.label = "y"
    return y


def network(seed: int = 1) -> Value:
    model = nn.MLP(2, [3, 1], activation="tanh", seed=seed)
    loss = (model([Value(1.0, "x1"), Value(-1.0, "x2")]) - 1.0) ** 2
    loss.label = "loss"
    return loss


def data_of(page: Any) -> list[float]:
    return list(page.evaluate("nodes.map((node) => Number(node.data))"))


def grads_of(page: Any) -> list[float]:
    return list(page.evaluate("nodes.map((node, i) => Number(grad(i, last)))"))


def python_s(root: Value) -> tuple[list[float], list[float]]:
    """Values and grads after a backward pass."""
    root.zero_grad()
    root.backward()
    order = root.topological_order()
    return [v.data for v in order], [v.grad for v in order]


def close(got: list[float], want: list[float]) -> bool:
    size = max(map(abs, want))
    return got == pytest.approx(want, rel=1e-11, abs=1e-13 * max(1.0, size))


def agrees(page: Any, root: Value) -> bool:
    data, grads = python_s(root)
    return close(data_of(page), data) and close(grads_of(page), grads)


def leaf(page: Any, name: str) -> int:
    return int(page.evaluate("(name) => nodes.find((n) => n.name === name).id", name))


def type_number(page: Any, name: str, text: str) -> None:
    page.locator("#leaf").select_option(str(leaf(page, name)))
    page.locator("#number").fill(text)


# ---- a number is changed --------------------------------------------------------------------------


def test_a_typed_number_changes_every_value_and_grad(view: Open) -> None:
    page = view(expression())
    assert agrees(page, expression())
    page.keyboard.press("End")
    type_number(page, "a", "-1.5")
    assert agrees(page, expression(-1.5))
    assert "L = −21.75" in page.locator("#result").text_content()
    assert "−21.75" in page.locator("tbody").text_content()


def test_arrow_keys_change_it_by_a_tenth(view: Open) -> None:
    page = view(expression())
    for place in ("#number", "#drag"):
        page.locator("#reset").click(force=True)
        page.locator(place).focus()
        page.keyboard.press("ArrowUp")
        assert agrees(page, expression(2.1))
        for _ in range(2):
            page.keyboard.press("ArrowDown")
        assert agrees(page, expression(1.9))
        assert page.locator("#slider").input_value() == "0"


@pytest.mark.parametrize("place", ["#drag", "#n0 .handle"])
def test_a_number_is_dragged(view: Open, place: str) -> None:
    page = view(expression())
    box = page.locator(place).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 20, y)
    page.mouse.move(x + 40, y)
    page.mouse.up()
    assert data_of(page)[0] == 3.0
    assert agrees(page, expression(3.0))
    page.locator("#undo").click()
    assert agrees(page, expression())


def test_undo_and_reset_lead_back_to_the_last_bit(view: Open) -> None:
    y = network()
    page = view(y)
    data, grads = python_s(y)
    type_number(page, "x1", "3")
    type_number(page, "x2", "4")
    page.locator("#undo").click()
    assert data_of(page)[leaf(page, "x1")] == 3.0
    page.locator("#reset").click()
    assert data_of(page) == data
    assert grads_of(page) == grads


def test_where_there_is_no_value_python_s_sentence_stands_and_nothing_is_stale(
    view: Open,
) -> None:
    page = view(logarithm())
    page.keyboard.press("End")
    type_number(page, "x", "-1")
    with pytest.raises(ValueError, match="log") as error:
        Value(-1.0, "x").log()
    assert ascii_minus(page.locator("#result").text_content()) == str(error.value)
    shown = page.evaluate("nodes.map((node) => String(node.data))")
    assert shown.count("NaN") == len(shown) - 1
    table = page.locator("tbody td:last-child").all_text_contents()
    assert set(table) == {"–"}
    refused = page.locator(".node.refused")
    assert str(error.value) in ascii_minus(refused.get_attribute("aria-label"))
    page.locator("#languages [value=ko]").click()
    assert re.search("[가-힣]", page.locator("#result").text_content())
    type_number(page, "x", "4")
    assert page.evaluate("Number(root.data)") == 3 * math.log(4.0) + 4


# ---- nudge and descend ----------------------------------------------------------------------------


def test_nudge_shows_the_true_change_beside_grad_times_delta(view: Open) -> None:
    page = view(expression())
    page.locator("#leaf").select_option("0")
    for position, delta in (("2", 0.01), ("3", 0.1), ("4", 1.0), ("-4", -1.0)):
        page.locator("#delta").fill(position)
        rows = page.locator("#changes dd").all_text_contents()
        truth, linear, apart = (float(x.replace("−", "-")) for x in rows)
        change = expression(2.0 + delta).data - expression().data
        slope = python_s(expression())[1][0]
        assert truth == pytest.approx(change, rel=1e-3)
        assert linear == pytest.approx(slope * delta, rel=1e-3)
        assert apart == pytest.approx(change - slope * delta, rel=1e-3)
    assert agrees(page, expression())  # looking changes nothing


def test_a_step_of_descent_is_python_s_and_can_be_undone(view: Open) -> None:
    page = view(network())
    mine = network()
    losses = [mine.data]
    page.locator("#rate").fill("0.05")
    for _ in range(3):
        mine.zero_grad()
        mine.backward()
        order = mine.topological_order()
        steps = {
            v: v.data - 0.05 * v.grad
            for v in order
            if v.op is None and re.search(r"\.(w\d|b)$", str(v.label))
        }
        page.locator("#descend").click()
        again = recomputed(order, steps)
        for old, new in zip(order, again, strict=True):
            new.label = old.label
        mine = again[-1]
        losses.append(mine.data)
        assert agrees(page, mine)
    assert losses[-1] < losses[0]
    assert page.evaluate("losses") == pytest.approx(losses, rel=1e-11)
    assert page.locator("#loss-curve polyline").count() == 1
    for _ in range(3):
        page.locator("#undo").click()
    assert agrees(page, network())
    assert page.evaluate("losses") == []


# ---- the address ----------------------------------------------------------------------------------


def test_a_link_shows_a_moment(view: Open) -> None:
    page = view(expression(), address="#step=5&n0=-1.5&lang=ko&mode=weights")
    assert page.locator("#slider").input_value() == "5"
    assert agrees(page, expression(-1.5))
    assert page.locator("html").get_attribute("lang") == "ko"
    assert page.locator("#weights").get_attribute("aria-pressed") == "true"


def test_the_address_follows_and_is_followed(view: Open) -> None:
    page = view(expression())
    page.locator("#next").click()
    type_number(page, "b", "4.5")
    page.clock.run_for(500)
    assert page.evaluate("location.hash") == f"#step=1&n{leaf(page, 'b')}=4.5"
    page.evaluate("location.hash = '#step=3'")
    page.wait_for_function("state.at === 3")
    assert agrees(page, expression())


@pytest.mark.parametrize(
    "address",
    ["#step=99", "#step=x&n0=<b>", "#n0=1e999", "#n99=1", "#lang=fr&mode=none", "#%"],
)
def test_an_address_of_nonsense_harms_nothing(view: Open, address: str) -> None:
    page = view(expression(), address=address)
    assert agrees(page, expression())


# ---- what is seen of the picture --------------------------------------------------------------------


SEEN = """() => {
  const outer = scroller.getBoundingClientRect();
  const step = stepAt(state.at);
  const boxes = [step.node, ...nodes[step.node].parents].map(boxOf).filter((i) => drawn.has(i)).map((i) => drawn.get(i).shape.getBoundingClientRect());
  return boxes.filter((b) => b.left < outer.left - 1 || b.right > outer.right + 1
                          || b.top < outer.top - 1 || b.bottom > outer.bottom + 1).length;
}"""


def xor(width: int = 4, expand: bool = False) -> Value:
    model = nn.MLP(2, [width, 1], activation="tanh", seed=1, expand=expand)
    loss = Value(0.0)
    for x, y in (((0, 0), -1), ((0, 1), 1), ((1, 0), 1), ((1, 1), -1)):
        loss = loss + (model(list(x)) - y) ** 2
    loss.label = "loss"
    return loss


@pytest.mark.parametrize("width", [1440, 390])
def test_the_node_and_all_its_operands_are_in_view_at_every_step(
    view: Open, width: int
) -> None:
    root = xor(expand=True)
    assert len(root.topological_order()) >= 147
    page = view(root, viewport={"width": width, "height": 844})
    for folded in ("true", "false"):
        outside = page.evaluate(f"""() => {{
          const outOfView = {SEEN};
          fold({folded});
          return Array.from({{ length: last }}, (_, k) => k + 1).filter((at) => (move(at), outOfView()));
        }}""")
        assert outside == []


@pytest.fixture
def live(browser: Any, tmp_path: Path) -> Iterator[Open]:
    """Opens the page of a graph, whose clock goes as any clock does."""
    opened = []

    def open_page(root: Value, **options: Any) -> Any:
        path = Stepper(root, lang="en").save(tmp_path / "live.html")
        opened.append(Opened(browser, path, "", options))
        return opened[-1].page

    yield open_page
    for one in opened:
        one.close()


def test_zoom_by_pinch(live: Open) -> None:
    page = live(xor(), viewport={"width": 390, "height": 844}, has_touch=True)
    width = "picture.getBoundingClientRect().width"
    box = page.locator("#scroller").bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    fingers = page.context.new_cdp_session(page)

    def touch(kind: str, apart: float | None = None) -> None:
        x, y = middle
        points = [] if apart is None else [x - apart / 2, x + apart / 2]
        at = [{"x": point, "y": y, "id": i} for i, point in enumerate(points)]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    before = page.evaluate(width)
    touch("touchStart", 60)
    for apart in (70, 80, 90):
        touch("touchMove", apart)
    touch("touchEnd")
    assert page.evaluate(width) == pytest.approx(before * 90 / 60, rel=0.02)
    assert page.evaluate("visualViewport.scale") == 1
    assert page.evaluate("state.pinned") is None  # a pinch is no click


def test_weights_are_widths_and_signs_on_request(view: Open) -> None:
    page = view(expression())
    read = "[...lines].map(([id, { group, path }]) => [lineOf.get(id).partial, path.style.strokeWidth, group.dataset.sign])"
    assert {row[1] for row in page.evaluate(read)} == {""}
    page.locator("#weights").click()
    rows = page.evaluate(read)
    assert all(float(sign) == math.copysign(1, partial) for partial, _, sign in rows)
    widths = [float(width.removesuffix("px")) for _, width, _ in rows]
    sizes = [abs(partial) for partial, _, _ in rows]
    assert widths.index(max(widths)) == sizes.index(max(sizes))


def test_a_lecture_hall_reads_24_pixels(view: Open) -> None:
    page = view(expression(), viewport={"width": 1920, "height": 1080})
    page.locator("#hall").click()
    sizes = page.evaluate(
        "[...document.querySelectorAll('#rule p, #why p, #exact dd')].map((e) => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 22
    assert page.evaluate("11 * view.scale") >= 22
    assert page.locator("main").bounding_box()["width"] > 1800


# ---- folded neurons --------------------------------------------------------------------------------


def test_an_arrow_of_a_folded_neuron_is_the_sum_over_its_paths(view: Open) -> None:
    root = network()
    page = view(root)
    page.locator("#fold").click()
    expected = {arrow.id: arrow.partial for arrow in arrows(root, fold=True)}
    got = page.evaluate("[...lines.values()].map((line) => [line.id, steepness(line)])")
    assert dict(got) == pytest.approx(expected, rel=1e-12)
    sums = page.evaluate("""[...lines.values()].map((line) => {
      const { adjoint, partial, contribution } = numbersOf(line);
      return [adjoint * partial, contribution];
    })""")
    assert [a for a, _ in sums] == pytest.approx([b for _, b in sums], rel=1e-12)


STEEP = "[...lines.values()].map((line) => [line.id, line.node, steepness(line)])"


def test_one_neuron_is_folded_and_its_arrows_are_sums_over_paths(view: Open) -> None:
    root = network()
    page = view(root)
    compact = {
        (arrow.id, int(arrow.id[1:].partition("_")[0])): arrow.partial
        for arrow in arrows(root, fold=True)
    }
    every = dict(page.evaluate("[...lineOf].map(([id, line]) => [id, line.partial])"))
    frames = page.locator("svg:not(.folded) .cluster")
    for i in range(frames.count()):
        frames.nth(i).press("Enter")
        assert frames.nth(i).get_attribute("aria-expanded") == "false"
        (output,), inside = page.evaluate(
            f"[neurons[{i}].outputs, neurons[{i}].inside]"
        )
        for id, node, slope in page.evaluate(STEEP):
            known = compact[id, node] if node == output else every[id]
            assert slope == pytest.approx(known, rel=1e-12)
        outside = [edge for edge in every if int(edge[1:].partition("_")[0]) in inside]
        arrows_in = [id for id, node in compact if node == output]
        assert page.evaluate("lines.size") == len(every) - len(outside) + len(arrows_in)
        for position in range(1, page.evaluate("last") + 1):
            page.evaluate("(at) => move(at)", position)
            assert page.locator("svg:not(.folded) .node.current:visible").count() == 1
            assert page.evaluate(SEEN) == 0
        frames.nth(i).press(" ")
        assert frames.nth(i).get_attribute("aria-expanded") == "true"


def test_a_click_folds_and_opens_one_neuron_or_all(view: Open) -> None:
    page = view(network())
    every = len(network().topological_order())
    shown = page.locator("#stage > svg:visible .node:visible")
    assert shown.count() == every
    page.locator("#fold").click()
    assert shown.count() < every / 2
    page.locator("svg.folded .node", has_text="neuron1").first.press("Enter")
    assert page.locator("#fold").get_attribute("aria-pressed") == "false"
    opened = page.locator(".cluster[aria-expanded=true]")
    assert opened.count() == 1
    assert opened.get_attribute("aria-label") == "layer0.neuron1"
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == (
        "layer0.neuron1"
    )
    before = shown.count()
    page.clock.run_for(500)
    link = page.evaluate("location.hash")
    assert "closed=" in link
    page.evaluate("scroller.scrollTo(0, 0)")
    page.locator("[id^=cfn]", has_text="neuron0").first.click()
    assert shown.count() > before
    again = view(network(), address=link)
    assert again.locator("#stage > svg:visible .node:visible").count() == before
    for _ in range(2):
        page.locator("#fold").click()
        width = page.evaluate("picture.viewBox.baseVal.width * view.scale")
        assert page.locator("#stage").bounding_box()["width"] == pytest.approx(
            width, abs=1
        )
    assert shown.count() == every


def test_a_large_network_opens_folded(view: Open) -> None:
    page = view(xor(8))
    assert page.locator("#fold").get_attribute("aria-pressed") == "true"


# ---- reached by everybody --------------------------------------------------------------------------


STATES = (
    "0",
    "move(forward.length + 3)",
    "$('predict').click()",
    "$('predict').click(), toggle(neurons[0])",
    "$('fold').click(), $('all').open = true",
    "change([[0, 1e300]])",
)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_axe_finds_nothing(live: Open, width: int, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    size = {"width": width, "height": 900}
    page = live(network(), viewport=size, color_scheme=scheme)
    # On a phone half of a node may be out of the picture, and only half of its text is seen.
    rule = {"label-content-name-mismatch": {"enabled": width > 390}}
    for state in STATES:
        page.evaluate(state)
        found = axe.Axe().run(page, options={"rules": rule})
        assert found.violations_count == 0, found.generate_report()


def test_a_node_shows_the_line_of_python_that_computed_it(view: Open) -> None:
    a = Value(2.0, "a")
    with record_lines():
        y = a * a  # <img src=x onerror=alert(1)>
    page = view(y)
    page.keyboard.press("End")
    told = page.locator("#exact .code").text_content()
    assert told.endswith("y = a * a  # <img src=x onerror=alert(1)>")
    assert told.startswith("test_touch.py, line ")
    page.locator("#n0").focus()
    assert page.locator("#exact .code").count() == 0


# ---- in a notebook --------------------------------------------------------------------------------


def test_a_frame_of_a_notebook_holds_the_live_page(browser: Any) -> None:
    stepper = Stepper(expression(), lang="en")
    stepper.next()
    shown = stepper._repr_mimebundle_()["text/html"]
    page = browser.new_page()
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.set_content(shown)
    frame = page.frames[1]
    frame.wait_for_selector(".node.current")
    assert frame.locator("#phase").text_content() == "Backward1/3"
    frame.locator("#next").click()
    frame.locator("#number").fill("0.5")
    frame.wait_for_timeout(300)
    assert frame.evaluate("Number(root.data)") == expression(0.5).data
    assert trouble == []
    page.close()
