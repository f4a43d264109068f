"""The page in a real browser: it moves, it says what the recording says, and it asks nobody for anything."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from told import ascii_minus, words_of

from micrograd_kr import Value, nn
from micrograd_kr.stepper.stepper import Stepper

HOSTILE = "</script><img src=x onerror=alert(1)>\"'&😀 변수 ` ${x}"

Open = Callable[..., Any]


def shared() -> Value:
    """y = (a + b) + (a + b) * (a * b): every inner node but the last two is used twice."""
    a, b = Value(2.0, "a"), Value(-3.5, "b")
    c, d = a + b, a * b
    e, f = c + d, c * d
    y = e + f
    for v, label in ((c, "c"), (d, "d"), (e, "e"), (f, "f"), (y, "y")):
        v.label = label
    return y


def hostile() -> Value:
    a, b = Value(2.0, HOSTILE), Value(1 / 3, "<b>")
    y = (a * b + a).tanh()
    y.label = "<svg onload=alert(2)>"
    return y


def network() -> Value:
    model = nn.MLP(2, [3, 1], activation="tanh", seed=1)
    loss = (model([Value(1.0, "x1"), Value(-1.0, "x2")]) - 1.0) ** 2
    loss.label = "loss"
    return loss


# ---- reading the page ------------------------------------------------------------------------------


def at(page: Any) -> int:
    return int(page.locator("#slider").input_value())


def to(page: Any, position: int) -> None:
    page.locator("#slider").fill(str(position))


def last(page: Any) -> int:
    return len(page.recording["forward"]) + len(page.recording["backward"])


def numbers(text: str) -> list[float]:
    return [
        float(x.replace("−", "-"))
        for x in re.findall(r"(?<![\w.])[-−]?\d[\d.]*(?:e[-−+]?\d+)?", text)
    ]


def grads(recording: dict[str, Any], position: int) -> list[float]:
    """Reverse mode by hand: what each grad is after so many steps."""
    grad = [n["grad"] if not n["parents"] else 0.0 for n in recording["nodes"]]
    backward = recording["backward"][: max(0, position - len(recording["forward"]))]
    if backward:
        grad[backward[0]["node"]] = 1.0
    for step in backward:
        for line in step["lines"]:
            grad[line["parent"]] += line["contribution"]
    return grad


def rounded(x: float) -> Any:
    return pytest.approx(x, rel=5e-4, abs=1e-12)


def everything(page: Any) -> str:
    """All that is on the page, as markup."""
    return str(page.locator("body").inner_html())


# ---- moving ----------------------------------------------------------------------------------------


def test_next_and_back_go_through_every_step_and_back_to_the_same_page(
    view: Open,
) -> None:
    page = view(shared())
    seen = [everything(page)]
    for position in range(1, last(page) + 1):
        page.get_by_role("button", name="Next step").click()
        assert at(page) == position
        seen.append(everything(page))
    assert len(set(seen)) == len(seen)
    assert page.get_by_role("button", name="Next step").is_disabled()
    page.locator("#first").focus()  # so that the focus is where it was on the way
    for position in reversed(range(last(page))):
        page.locator("#back").click()
        assert at(page) == position
        assert everything(page) == seen[position]
    assert page.get_by_role("button", name="Previous step").is_disabled()


def test_slider_goes_to_any_step(view: Open) -> None:
    page = view(shared())
    for position in (9, 3, last(page), 0):
        to(page, position)
        assert at(page) == position
        assert page.locator("#first").is_disabled() == (position == 0)
    slider = page.locator("#slider")
    slider.focus()
    slider.press("ArrowRight")
    slider.press("ArrowRight")
    slider.press("ArrowLeft")
    assert at(page) == 1
    slider.press("End")
    assert at(page) == last(page)
    assert (
        slider.get_attribute("aria-valuetext")
        == f"Backward {len(page.recording['backward'])}/{len(page.recording['backward'])}"
    )


def test_keys_move_wherever_the_focus_is(view: Open) -> None:
    page = view(shared())
    for focus in ("body", "#next", "#n0", "#theme"):
        page.locator(focus).focus()
        page.keyboard.press("Home")
        for _ in range(5):
            page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowLeft")
        assert at(page) == 4
        page.keyboard.press("End")
        assert at(page) == last(page)


def test_play_goes_to_the_end_at_the_speed_chosen_and_stops(view: Open) -> None:
    page = view(shared())
    page.get_by_label("Speed").select_option("4")
    page.get_by_role("button", name="Play").click()
    page.clock.run_for(449)
    assert at(page) == 0
    page.clock.run_for(1)
    assert at(page) == 1
    page.get_by_role("button", name="Pause").click()
    page.clock.run_for(10_000)
    assert at(page) == 1
    page.locator("body").focus()
    page.keyboard.press("Space")
    page.clock.run_for(60_000)
    assert at(page) == last(page)
    page.get_by_role("button", name="Play").click()  # from the end it begins again
    assert at(page) == 0
    page.clock.run_for(900)
    assert at(page) == 2
    page.keyboard.press("ArrowLeft")  # a move by hand takes over
    page.clock.run_for(10_000)
    assert at(page) == 1


# ---- what it says ----------------------------------------------------------------------------------


READ = """() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const texts = (selector, within) => all(selector, within).map((e) => e.textContent);
  return {
    picture: Object.fromEntries(all(".node").map((e) => [e.id, texts("text", e).slice(-3)])),
    table: texts("tbody td:last-child"),
    chains: all(".chain").map((chain) => ({
      upstream: texts(".numbers .upstream", chain), local: texts(".numbers .local", chain),
      contribution: texts(".numbers .contribution", chain), formula: texts("math", chain),
      names: chain.querySelector(".formula").textContent.split("∂")[0],
      note: texts(".note > span", chain) })),
    tags: texts(".tag text"),
    why: texts("#why p").join("\\n"), text: texts("#text p").join("\\n"), status: texts("#status")[0],
    current: all(".node.current").map((e) => e.id), receiving: all(".node.receiving").map((e) => e.id),
    done: all(".node.done").map((e) => e.id), active: all(".edge.active").map((e) => e.id),
  };
}"""


@pytest.mark.parametrize("graph", [shared, network, hostile])
def test_every_number_is_the_recordings(view: Open, graph: Callable[[], Value]) -> None:
    page = view(graph())
    recording = page.recording
    names = [n["name"] for n in recording["nodes"]]
    for position in range(last(page) + 1):
        to(page, position)
        shown = page.evaluate(READ)
        expected = [rounded(g) for g in grads(recording, position)]
        assert [
            numbers(shown["picture"][f"n{i}"][-1])[0] for i in range(len(names))
        ] == expected
        assert [numbers(cell)[0] for cell in shown["table"]] == expected
        if position <= len(recording["forward"]):
            assert shown["chains"] == shown["tags"] == []
            continue
        step = recording["backward"][position - len(recording["forward"]) - 1]
        assert ascii_minus(shown["why"]) == step["why"]["en"]
        assert words_of(shown["text"]) == words_of(step["text"]["en"])
        assert (
            page.locator("#why h3").text_content() == f"Why {names[step['node']]} now?"
        )
        number = f"{position - len(recording['forward'])}/{len(recording['backward'])}"
        assert shown["status"].startswith(f"Backward {number}. ")
        assert words_of(step["text"]["en"]) in words_of(shown["status"])
        for chain, tag, line in zip(
            shown["chains"], shown["tags"], step["lines"], strict=True
        ):
            node, parent = names[step["node"]], names[line["parent"]]
            product = [
                rounded(line[key]) for key in ("adjoint", "partial", "contribution")
            ]
            assert [
                numbers(chain[kind][0])[0]
                for kind in ("upstream", "local", "contribution")
            ] == product
            assert numbers(tag) == product
            assert chain["formula"] == [f"∂{node}∂{parent}"]
            assert chain["names"] == f"{parent}.grad+={node}.grad×"
            rule = ascii_minus(chain["note"][0]).removeprefix("local derivative ")
            assert rule.partition(" = ")[0] == f"∂{node}/∂{parent}"
            assert rule.removesuffix(f" = {line['partial']:.4g}") in words_of(
                step["text"]["en"]
            )
            assert numbers(chain["note"][0])[-1] == rounded(line["partial"])
            said = chain["note"][1].removeprefix(f"{parent}.grad: ")
            assert numbers(said)[:2] == [
                rounded(line["before"]),
                rounded(line["after"]),
            ]


def products_drawn(svg: str) -> dict[str, str]:
    """What stands on each edge of a picture."""
    groups = re.findall(r'<g id="(e\d+_\d+)" class="edge">(.*?)</g>', svg, re.DOTALL)
    return {
        name: unescape("".join(re.findall(r"<text[^>]*>([^<]*)</text>", inside)))
        for name, inside in groups
    }


@pytest.mark.parametrize("graph", [shared, network])
def test_terminal_picture_and_page_show_the_same_numbers(
    view: Open, graph: Callable[[], Value]
) -> None:
    page = view(graph())
    y = graph()
    for k, move in enumerate(
        Stepper(y, lang="en"), start=len(page.recording["forward"]) + 1
    ):
        to(page, k)
        step = page.recording["backward"][k - len(page.recording["forward"]) - 1]
        shown = page.evaluate(READ)
        drawn = products_drawn(move.stepper.draw().svg())
        for tag, line in zip(shown["tags"], step["lines"], strict=True):
            product = tag.replace("−", "-")
            assert drawn[line["edge"]] == product
            assert f"= {product}" in str(move)
        assert words_of(str(move)).endswith(words_of(shown["text"]))


def test_the_last_grads_are_those_of_backward(view: Open) -> None:
    y = network()
    page = view(y)
    page.keyboard.press("End")
    y.zero_grad()
    y.backward()
    for i, v in enumerate(y.topological_order()):
        page.locator(f"#n{i}").focus()
        exact = page.locator("#exact dd").all_text_contents()
        assert [float(ascii_minus(x)) for x in exact[-2:]] == [v.data, v.grad]


def test_picture_shows_where_the_step_is(view: Open) -> None:
    page = view(shared())
    recording = page.recording
    for k, step in enumerate(recording["backward"]):
        to(page, len(recording["forward"]) + k + 1)
        shown = page.evaluate(READ)
        assert shown["current"] == [f"n{step['node']}"]
        assert sorted(shown["active"]) == sorted(line["edge"] for line in step["lines"])
        assert set(shown["receiving"]) == {
            f"n{line['parent']}" for line in step["lines"]
        }
        finished = {f"n{s['node']}" for s in recording["backward"][:k]}
        assert finished <= set(shown["done"])
        leaves = {f"n{n['id']}" for n in recording["nodes"] if not n["parents"]}
        assert set(shown["done"]) <= finished | leaves


def test_forward_steps_compute_before_they_show(view: Open) -> None:
    page = view(shared())
    for position, step in enumerate(page.recording["forward"], start=1):
        data = page.locator(f"#n{step['node']} > text").nth(-3)
        to(page, position - 1)
        assert numbers(data.text_content()) == []
        to(page, position)
        assert numbers(data.text_content()) == [
            rounded(page.recording["nodes"][step["node"]]["data"])
        ]
        told = page.locator("#rule").text_content()
        assert ascii_minus(told) == step["text"]["en"]


def test_an_infinite_gradient_is_shown(view: Open) -> None:
    a = Value(1e-300, "a")
    page = view(
        a * 1e200 * 1e200
    )  # the value is 1e100, the derivative too large for a float
    page.keyboard.press("End")
    node(page, "a").focus()
    assert page.locator("#exact dd").all_text_contents() == ["1e−300", "Infinity"]
    assert page.evaluate(READ)["table"][0] == "∞"


# ---- the history of a node -------------------------------------------------------------------------


def node(page: Any, name: str) -> Any:
    (i,) = [n["id"] for n in page.recording["nodes"] if n["name"] == name]
    return page.locator(f"#n{i}")


def history(page: Any) -> tuple[str, list[str]]:
    return page.locator("#history-title").text_content(), page.locator(
        "#contributions button"
    ).all_text_contents()


def test_hover_and_focus_show_where_a_grad_comes_from(view: Open) -> None:
    page = view(shared())
    page.keyboard.press("End")
    for reach in ("hover", "focus"):
        getattr(node(page, "d"), reach)()
        title, items = history(page)
        assert title == "Where the grad of d comes from"
        recorded = [
            line
            for step in page.recording["backward"]
            for line in step["lines"]
            if page.recording["nodes"][line["parent"]]["name"] == "d"
        ]
        assert len(items) == len(recorded) == 2
        for item, line in zip(items, recorded, strict=True):
            keys = ("adjoint", "partial", "contribution", "before", "after")
            assert numbers(item) == [rounded(line[key]) for key in keys]
    node(page, "a").hover()
    assert history(page)[0].endswith(" a comes from") or history(page)[0].endswith(
        " d comes from"
    )


def test_a_contribution_is_not_told_before_its_time(view: Open) -> None:
    page = view(shared())
    node(page, "d").focus()
    _, items = history(page)
    assert [numbers(item) for item in items] == [[], []]
    assert all("not yet" in item for item in items)


def test_click_keeps_a_node_escape_lets_it_go_and_a_contribution_leads_to_its_step(
    view: Open,
) -> None:
    page = view(shared())
    node(page, "d").click()
    page.mouse.move(0, 0)
    page.keyboard.press("ArrowRight")
    assert history(page)[0] == "Where the grad of d comes from"
    page.locator("#contributions button").first.click()
    assert page.evaluate("document.activeElement.closest('#contributions') !== null")
    step = page.recording["backward"][at(page) - len(page.recording["forward"]) - 1]
    assert (
        page.recording["nodes"][step["node"]]["name"]
        in page.locator("#contributions button").first.text_content()
    )
    page.locator("body").focus()
    page.keyboard.press("Escape")
    current = page.recording["nodes"][step["node"]]["name"]
    assert history(page)[0] == f"Where the grad of {current} comes from"


def test_enter_keeps_a_node_and_space_on_it_does_not_play(view: Open) -> None:
    page = view(shared())
    node(page, "c").focus()
    page.keyboard.press("Enter")
    assert node(page, "c").get_attribute("aria-pressed") == "true"
    page.keyboard.press("Space")
    assert node(page, "c").get_attribute("aria-pressed") == "false"
    page.clock.run_for(10_000)
    assert at(page) == 0


# ---- language, light, size, motion -----------------------------------------------------------------


def test_languages_switch_everything(view: Open) -> None:
    page = view(shared(), lang="ko")
    assert page.locator("html").get_attribute("lang") == "ko"
    to(page, last(page) - 1)
    step = page.recording["backward"][-2]
    assert "역전파" in page.title()
    assert ascii_minus(page.evaluate(READ)["why"]) == step["why"]["ko"]
    page.get_by_role("button", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert at(page) == last(page) - 1
    assert ascii_minus(page.evaluate(READ)["why"]) == step["why"]["en"]
    text = page.locator("body").inner_text().replace("한국어", "") + page.title()
    labels = page.locator("[aria-label]").evaluate_all(
        "all => all.map(e => e.getAttribute('aria-label')).join()"
    )
    assert not re.search("[가-힣]", text + labels)
    page.get_by_role("button", name="한국어").click()
    assert re.search("[가-힣]", page.locator("#phase").text_content())


CONTRAST = """() => {
  const parse = (c) => c.match(/[\\d.]+/g).map(Number);
  const channel = (v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = (c) => parse(c).slice(0, 3).map(channel).reduce((s, v, i) => s + v * [0.2126, 0.7152, 0.0722][i], 0);
  const solid = (c) => parse(c)[3] !== 0;
  const behind = (e) => {
    const own = getComputedStyle(e).backgroundColor;
    return solid(own) ? own : behind(e.parentElement);
  };
  const bad = [];
  for (const e of document.querySelectorAll("body *")) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!own || e.matches("script, noscript, .unseen, .unseen *") || !e.checkVisibility()) continue;
    const inPicture = e.closest("#scroller svg");
    const style = getComputedStyle(e);
    const shape = e.closest(".node")?.querySelector(".shape") ?? e.closest(".tag")?.querySelector("rect");
    const back = shape ? getComputedStyle(shape).fill : behind(e);
    const [a, b] = [light(inPicture ? style.fill : style.color), light(back)].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < 4.5) bad.push(`${contrast.toFixed(2)}: ${e.outerHTML.slice(0, 80)}`);
  }
  return bad;
}"""


def background(page: Any) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def test_light_and_dark_follow_the_system_and_the_button(view: Open) -> None:
    light, dark = (
        view(shared(), color_scheme="light"),
        view(shared(), color_scheme="dark"),
    )
    assert background(light) != background(dark)
    for page, other in ((light, background(dark)), (dark, background(light))):
        own = background(page)
        page.locator("#theme").click()
        assert background(page) == other
        page.locator("#theme").click()
        assert background(page) == own


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_the_contrast_of_wcag_aa_at_every_step(
    view: Open, scheme: str
) -> None:
    page = view(shared(), color_scheme=scheme)
    for position in range(last(page) + 1):
        to(page, position)
        assert page.evaluate(CONTRAST) == []


OUTSIDE = """() => [...document.querySelectorAll("main > section")].flatMap((card) => {
  const edge = card.getBoundingClientRect().right - 8;
  return [...card.querySelectorAll("p, h2, dd, button, .formula > *")]
    .filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > edge).map((e) => e.outerHTML.slice(0, 80));
})"""


@pytest.mark.parametrize("graph", [shared, network, hostile])
def test_phone_scrolls_only_down_and_text_stays_in_its_card(
    view: Open, graph: Callable[[], Value]
) -> None:
    page = view(
        graph(), viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True
    )
    page.locator("#all summary").tap()
    for position in range(last(page) + 1):
        to(page, position)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert page.evaluate("visualViewport.scale") == 1
        assert page.evaluate(OUTSIDE) == []
    for button in page.locator("#controls button, #controls select").all():
        box = button.bounding_box()
        assert box["width"] >= 44
        assert box["height"] >= 44


def test_a_very_long_name_breaks_nothing_on_a_phone(view: Open) -> None:
    y = Value(2.0, "x" * 300) * Value(3.0, "긴이름" * 40)
    y.label = "result" * 30
    page = view(
        y, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True
    )
    page.locator("#all summary").tap()
    for position in range(last(page) + 1):
        to(page, position)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_whole_picture_fits_when_asked(view: Open) -> None:
    page = view(network())
    scroller, svg = page.locator("#scroller"), page.locator("#stage > svg:visible")
    assert svg.bounding_box()["height"] > scroller.bounding_box()["height"]
    page.get_by_role("button", name="Show the whole picture").click()
    for side in ("width", "height"):
        assert svg.bounding_box()[side] <= scroller.bounding_box()[side]
    page.get_by_role("button", name="Show the whole picture").click()
    assert svg.bounding_box()["height"] > scroller.bounding_box()["height"]


def test_phone_shows_the_current_node(view: Open) -> None:
    page = view(
        network(),
        viewport={"width": 360, "height": 740},
        has_touch=True,
        is_mobile=True,
    )
    outer = page.locator("#scroller").bounding_box()
    for position in range(1, last(page) + 1):
        to(page, position)
        box = page.locator(".node.current").bounding_box()
        assert outer["x"] <= box["x"] + box["width"] / 2 <= outer["x"] + outer["width"]
        assert (
            outer["y"] <= box["y"] + box["height"] / 2 <= outer["y"] + outer["height"]
        )


def test_nothing_moves_by_itself_when_less_motion_is_wanted(view: Open) -> None:
    for motion in ("reduce", "no-preference"):
        page = view(shared(), reduced_motion=motion)
        page.keyboard.press("End")
        assert bool(page.evaluate("document.getAnimations().length")) == (
            motion == "no-preference"
        )


# ---- reached by everybody --------------------------------------------------------------------------


def test_every_control_has_a_name_and_the_step_is_announced(view: Open) -> None:
    page = view(shared(), lang="ko")
    nameless = page.locator(
        "button, input, select, summary, [role=button], section"
    ).evaluate_all(
        """all => all.filter(e => !e.getAttribute("aria-label") && !e.getAttribute("aria-labelledby")
                                  && !e.labels?.length && !e.textContent.trim()).map(e => e.outerHTML)"""
    )
    assert nameless == []
    status = page.locator("#status")
    to(page, len(page.recording["forward"]) + 1)
    told = words_of(page.recording["backward"][0]["text"]["ko"])
    assert told in words_of(status.text_content())


def test_tab_reaches_every_control_and_the_focus_is_seen(view: Open) -> None:
    page = view(shared())
    to(page, 3)
    reached = []
    for _ in range(40):  # once around the page
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("document.activeElement.id || document.activeElement.tagName")
        )
    assert {
        "theme",
        "slider",
        "first",
        "back",
        "play",
        "next",
        "last",
        "SUMMARY",
        "speed",
    } <= set(reached)
    assert {f"n{n['id']}" for n in page.recording["nodes"]} <= set(reached)
    for control in ("theme", "next", "slider", "speed"):
        page.locator(f"#{control}").focus()
        page.keyboard.press("Shift")  # so that the browser knows that keys are used
        assert (
            page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            == "solid"
        )


# ---- text of a user --------------------------------------------------------------------------------


def test_hostile_labels_are_text(view: Open) -> None:
    page = view(hostile())
    kinds = (
        "[...new Set([...document.querySelectorAll('*')].map(e => e.localName))].sort()"
    )
    for position in range(last(page) + 1):
        to(page, position)
        assert (
            page.locator(
                "img, iframe, object, b > b, svg svg, [onerror], [onload]"
            ).count()
            == 0
        )
        assert page.locator("script").count() == 4
    harmless = view(shared())
    to(harmless, last(harmless))
    assert set(page.evaluate(kinds)) <= set(harmless.evaluate(kinds)) | {"mtext"}
    assert HOSTILE in page.locator("tbody th").all_text_contents()
    node(page, HOSTILE).focus()
    assert (
        page.locator("#history-title").text_content()
        == f"Where the grad of {HOSTILE} comes from"
    )


def test_a_node_that_is_not_in_the_picture_is_no_problem(view: Open) -> None:
    page = view(
        shared(), svg="<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'/>"
    )
    page.keyboard.press("End")
    assert [
        numbers(c)[-1] for c in page.locator("tbody td:last-child").all_text_contents()
    ] == [rounded(g) for g in grads(page.recording, last(page))]
