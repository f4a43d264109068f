"""The course: what is moved computes what Python computes, what is asked is judged, every link leads somewhere."""

import random
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

import micrograd_kr
from micrograd_kr import OPS, Stepper, Value, nn
from micrograd_kr.cli import main
from micrograd_kr.course import demos, site
from micrograd_kr.course.lessons import LESSONS
from micrograd_kr.course.live import Live
from micrograd_kr.engine import FUNCTIONS
from micrograd_kr.text import LANGUAGES, format_number
from micrograd_kr.training import TrainingPage

PACKAGE = Path(micrograd_kr.__file__).parent
TEXTS = sorted(PACKAGE.glob("course/??/*.html"))
NAMED = re.compile(r"\$\{?(\w+)_(svg|html)\b")
PICTURE = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"


def drawn(folder, quick, said):
    """What the lessons show: pictures without anything in them, small pages to step and to train."""
    y = Value(3.0, "x") * 2
    pages = [
        Stepper(y).save(folder / "step.html"),
        TrainingPage({"data": "xor"}).save(folder / "train.html"),
    ]
    shown = {
        found for path in TEXTS for found in NAMED.findall(path.read_text("utf-8"))
    }
    made = []
    for k, (stem, kind) in enumerate(sorted(shown)):
        path = folder / f"{stem}.{kind}"
        path.write_text(pages[k % 2].read_text("utf-8") if kind == "html" else PICTURE)
        made.append(path)
    return {lang: {"moons": made} for lang in LANGUAGES}


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """The folder of the site."""
    folder = tmp_path_factory.mktemp("course")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(site, "draw_all", drawn)
        site.write_course(folder, quick=True)
    return folder


NAMES = [lesson.name for lesson in LESSONS]
PAGES = [*NAMES, "index", "pictures", "reference"]
both = pytest.mark.parametrize("lang", LANGUAGES)
each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=NAMES)


@cache
def made(lesson):
    """What Python brings to a lesson, made once for all that only look at it."""
    return lesson.make()


class Tags(HTMLParser):
    """The tags of a page, with their attributes."""

    def __init__(self, path):
        super().__init__()
        self.found = []
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))

    def all(self, attribute):
        return [of[attribute] for _, of in self.found if attribute in of]


@pytest.fixture(scope="module")
def tab(browser, course):
    """One tab for all; a page may ask for files of the site alone, and has no complaint."""
    context = browser.new_context(
        viewport={"width": 1200, "height": 900}, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.folder = course
    page.go = lambda name, lang="en": page.goto(
        (course / site.address(name, lang)).as_uri()
    )
    yield page
    context.close()
    assert said == []
    assert [url for url in asked if not url.startswith(course.as_uri())] == []


# ---- links and words ----------------------------------------------------------------------------------


@both
@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(course, name, lang):
    tags = Tags(course / site.address(name, lang))
    links = [*tags.all("href"), *tags.all("src")]
    assert links
    for link in links:
        path, _, anchor = unquote(link).partition("#")
        target = course / path if path else course / site.address(name, lang)
        assert target.is_file(), link
        if anchor and not anchor.startswith("lang="):
            assert anchor in Tags(target).all("id"), link


@each_lesson
def test_both_languages_have_the_same_parts(course, lesson):
    parts = []
    for lang in LANGUAGES:
        tags = Tags(course / site.address(lesson.name, lang))
        shown = [
            src.partition("#")[0].replace(f"/{lang}/", "/") for src in tags.all("src")
        ]
        forms = [of["data-answer"] for tag, of in tags.found if tag == "form"]
        choices = [of["value"] for tag, of in tags.found if of.get("type") == "radio"]
        parts.append([tags.all("data-live"), shown, forms, choices])
        assert len(forms) == 2
    assert parts[0] == parts[1]


@each_lesson
def test_the_text_uses_every_number_and_shows_every_live_thing(lesson):
    """A number in the text has one source, and no number is computed for nothing."""
    parts = made(lesson)
    used = set()
    for lang in LANGUAGES:
        text = (PACKAGE / "course" / lang / f"{lesson.name}.html").read_text("utf-8")
        names = set(re.findall(r"\$\{?(\w+)", text, re.ASCII))
        used |= {name for name in names if not name.endswith(("_svg", "_html"))}
        assert re.findall('data-live="(.*?)"', text) == list(parts.lives)
    assert used == set(parts.facts)


def test_a_lesson_speaks_one_language_and_its_minus_signs_are_minus_signs(course):
    for name in NAMES:
        text = (course / site.address(name, "en")).read_text("utf-8")
        main_part = re.search("<main.*</main>", text, re.DOTALL)[0]
        assert not re.search("[가-힣]", main_part), name
        said = re.sub("<[^>]*>", "", main_part)
        assert not re.search(r"(?<![A-Za-z])-\d", said), name


def test_the_reference_has_every_public_name(course):
    from micrograd_kr import nn

    ids = set(Tags(course / "reference.html").all("id"))
    assert {f"nn-{name}" for name in nn.__all__} <= ids
    assert {"nn-Module.summary", "engine-Value.backward", "stepper-Stepper.ask"} <= ids


# ---- in a browser -------------------------------------------------------------------------------------


def replayed(root, leaves, of=None):
    """The graph again, of fresh Values, with other numbers in its leaves; each by its place in the order."""
    order = root.topological_order()
    fresh = {}
    for v in order:
        if v.op is None:
            fresh[v] = Value(leaves.get(v, v.data))
        else:
            operands = [fresh.get(p, p) for p in v.operands]
            fresh[v] = FUNCTIONS[v.op.name](
                *(v.op.split(operands) if v.op.variadic else operands)
            )
    fresh[of or root].backward()
    return [fresh[v] for v in order]


MOVE = """([name, group, k, x]) => {
  const place = document.querySelector(`[data-live="${name}"]`);
  const input = place.querySelectorAll("fieldset")[group].querySelectorAll("input")[k];
  input.value = x;
  input.dispatchEvent(new Event("input"));
}"""


@each_lesson
def test_what_is_moved_has_the_numbers_of_python(tab, lesson):
    tab.go(lesson.name)
    rng = random.Random(lesson.name)
    for name, live in made(lesson).lives.items():
        if not isinstance(live, Live):
            continue
        moved = {}
        for group, sliders in enumerate(live.groups.values()):
            for k, slider in enumerate(sliders):
                places = round((slider.high - slider.low) / slider.step)
                x = round(slider.low + slider.step * rng.randint(0, places), 6)
                x = (
                    round(abs(x) / 5, 1) or 0.5 if name == "curves" else x
                )  # logarithms and arcs are among them
                tab.evaluate(MOVE, [name, group, k, x])
                for leaf in slider.leaves:
                    moved[leaf] = x * leaf.data if slider.scales else x
        there = tab.evaluate(
            "name => ({values: [...shownLives[name].graph.values], adjoints: [...shownLives[name].adjoints]})",
            name,
        )
        truth = replayed(live.root, moved, live.of)
        assert there["values"][: len(truth)] == pytest.approx(
            [v.data for v in truth], rel=1e-9, abs=1e-12
        )
        assert there["adjoints"][: len(truth)] == pytest.approx(
            [v.grad for v in truth], rel=1e-9, abs=1e-12
        )
        place = tab.locator(f'[data-live="{name}"]')
        for line, v in zip(place.locator(".lines li").all(), live.lines, strict=False):
            at = live.root.topological_order().index(v)
            shown = float(line.inner_text().rpartition("= ")[2].replace("−", "-"))
            assert shown == pytest.approx(
                float(format_number(truth[at].data)), rel=1e-3
            )
        place.locator(".again").click()
        again = tab.evaluate("name => [...shownLives[name].graph.values]", name)
        assert again[: len(truth)] == pytest.approx(
            [v.data for v in live.root.topological_order()], rel=1e-9
        )


def learners():
    """The live things that learn, with their lessons."""
    for lesson in LESSONS:
        for name, live in made(lesson).lives.items():
            if isinstance(live, Live) and live.learning:
                yield pytest.param(lesson, name, id=f"{lesson.name}-{name}")


@pytest.mark.parametrize(("lesson", "name"), list(learners()))
def test_what_learns_takes_the_steps_of_our_optimizers(tab, lesson, name):
    live = lesson.make().lives[name]
    tab.go(lesson.name)
    place = tab.locator(f'[data-live="{name}"]')
    learning = live.learning
    for switch in place.locator("input[type=checkbox]").all():
        switch.set_checked(True)
    for node in live.switches.values():
        node.data = 1.0
    if live.count:
        count = place.locator(".controls > .slider input").first
        count.fill("3")
        for k, node in enumerate(live.count[1]):
            node.data = float(k < 3)
    [samples, *_] = learning.sets.values()
    kinds = {"Adam": nn.Adam, "SGD": nn.SGD, "momentum": nn.SGD}
    options = {"momentum": 0.9} if learning.optimizer == "momentum" else {}
    optimizer = kinds[learning.optimizer](
        learning.parameters, lr=learning.lr, **options
    )
    order = live.root.topological_order()
    places = [order.index(p) for p in learning.parameters]
    for _ in range(20):
        place.locator("p.row button").first.click()
        optimizer.zero_grad()
        for sample in samples:
            numbers = {p: p.data for p in order if p.op is None}
            values = replayed(
                live.root, numbers | dict(zip(learning.leaves, sample, strict=True))
            )
            for p, at in zip(learning.parameters, places, strict=True):
                p.grad += values[at].grad / len(samples)
        optimizer.step()
    there = tab.evaluate(
        "([name, places]) => places.map((at) => shownLives[name].graph.values[at])",
        [name, places],
    )
    assert there == pytest.approx(
        [p.data for p in learning.parameters], rel=1e-9, abs=1e-12
    )
    before = tab.evaluate("name => shownLives[name].meanLoss()", name)
    place.locator("p.row button").nth(1).click()
    assert tab.evaluate("name => shownLives[name].meanLoss()", name) < before
    place.locator(".again").click()
    assert place.locator(".loss").inner_text().startswith("steps 0,")


WRONG = {  # where each pass goes wrong first
    "recursive": "a.grad += c.grad × ∂c/∂a = 1 × 1 = 1",
    "overwriting": "c.grad = e.grad × ∂e/∂c = 1 × 1 = 1",
    "in_order": "e.grad += y.grad × ∂y/∂e = 1 × 1 = 1",
    "taken_out": "d.grad += f.grad × ∂f/∂d",
    "counted_once": "a.grad += s.grad × ∂s/∂a",
}


@pytest.mark.parametrize("place", ["order", "square"])
def test_wrong_passes_write_what_they_write_in_python_and_the_first_wrong_step_is_red(
    tab, place
):
    demo = demos.load("order_matters")
    tab.go("order_matters")
    live = tab.locator(f'[data-live="{place}"]')
    shown = [
        m for m in demo.mistakes() if (m.graph is demo.graph) == (place == "order")
    ]
    right, wrong = live.locator("ol.pass").all()
    for mistake in shown:
        if len(shown) > 1:
            live.locator("select").select_option(label=mistake.title)
        red = wrong.locator(".first")
        assert red.count() == 1
        assert WRONG[mistake.written.__name__] in red.inner_text()
        assert right.locator(".first").count() == 0
    for numbers in ([2, 3], [-1, 4], [5, -2]):
        leaves = numbers if place == "order" else numbers[:1]
        for k, x in enumerate(leaves):
            tab.evaluate(MOVE, [place, 0, k, x])
        for mistake in shown:
            if len(shown) > 1:
                live.locator("select").select_option(label=mistake.title)
            nodes = mistake.nodes(*leaves)
            places = tab.evaluate("name => shownLives[name].names", place)
            grads = tab.evaluate("name => [...shownLives[name].wrongGrads]", place)
            for v in nodes:
                assert grads[places.index(v.label)] == pytest.approx(v.grad)


def test_the_program_of_so_many_points_is_shown(tab):
    tab.go("scalars_to_matrices")
    live = tab.locator('[data-live="sizes"]')
    [lesson] = [x for x in LESSONS if x.name == "scalars_to_matrices"]
    cases = made(lesson).lives["sizes"]["cases"]
    nodes = []
    for k, case in enumerate(cases):
        live.locator("input").fill(str(k))
        assert live.locator("output").inner_text() == case["name"]
        assert live.locator("pre").inner_text() == case["source"]
        nodes.append(int(case["lines"][0].rpartition(" ")[2].replace(",", "")))
    assert nodes == sorted(nodes)
    assert nodes[-1] > 20 * nodes[0]
    assert len(cases[-1]["source"]) < 1.3 * len(cases[1]["source"])


def test_gradients_vanish_in_the_page_as_in_python(tab):
    demo = demos.load("activations")
    tab.go("activations")
    place = tab.locator('[data-live="vanishing"]')
    for name in ("sigmoid", "relu", "tanh"):
        place.locator("select").select_option(name)
        model = demo.network("sigmoid")
        for layer in model.layers[:-1]:
            for neuron in layer.neurons:
                neuron.activation = name
        sizes = demo.gradient_sizes(model, demo.X[:1], demo.Y[:1])
        told = place.locator(".bars output").all_inner_texts()
        shown = [float(text.replace("−", "-")) for text in told]
        assert shown == pytest.approx(sizes, rel=1e-3)


def test_the_slope_under_the_pointer_is_the_slope(tab):
    tab.go("activations")
    place = tab.locator('[data-live="curves"]')
    plot = place.locator("svg.plot")
    for op in OPS.values():
        if not op.is_activation or not eval(op.domain, {"x": 4.0}):
            continue
        place.locator("select").select_option(label=op.name)
        plot.hover(position={"x": 400, "y": 100})
        x = Value(
            tab.evaluate("shownLives.curves.graph.values[shownLives.curves.plot.x]")
        )
        assert x.data > 0.5
        y = FUNCTIONS[op.name](x)
        y.backward()
        told = place.locator(".said span").all_inner_texts()
        numbers = [
            float(text.rpartition("= ")[2].replace("−", "-")) for text in told[:2]
        ]
        assert numbers == pytest.approx([y.data, x.grad], rel=1e-3, abs=1e-9)


@each_lesson
def test_questions_are_judged_and_nothing_is_judged_unanswered(tab, lesson):
    """In English: the answers are the same in Korean, as is tested above."""
    tab.go(lesson.name)
    for form in tab.locator("form.question").all():
        answer = form.get_attribute("data-answer")
        right, wrong = form.locator(".right"), form.locator(".wrong")
        button = form.locator("button")
        button.click()
        assert not right.is_visible()
        assert not wrong.is_visible()
        assert form.locator(".unanswered").inner_text()
        radios = form.locator("input[type=radio]")
        if radios.count():
            values = [radio.get_attribute("value") for radio in radios.all()]
            assert answer in values
            for value in values:
                form.locator(f'input[value="{value}"]').check()
                button.click()
                assert (right.is_visible(), wrong.is_visible()) == (
                    value == answer,
                    value != answer,
                )
        else:
            for x in (float(answer), float(answer) + 0.5, -float(answer) - 1):
                form.locator("input").fill(format_number(x))
                button.click()
                is_right = x == float(answer)
                assert (right.is_visible(), wrong.is_visible()) == (
                    is_right,
                    not is_right,
                )


LINES_OF_NUMBERS = """[...document.querySelectorAll("td.number")].map((cell) => {
  const range = document.createRange();
  range.selectNodeContents(cell);
  return range.getClientRects().length === 1 && cell.getBoundingClientRect().right <= 390;
})"""


@pytest.mark.parametrize(("name", "lang"), list(zip(PAGES, LANGUAGES * 7, strict=True)))
def test_axe_finds_nothing_and_nothing_is_wider_than_a_phone(tab, name, lang):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    tab.go(name, lang)
    tab.emulate_media(color_scheme="light" if lang == "ko" else "dark")
    rules = {
        "color-contrast": {"enabled": name != "reference"}
    }  # of so many words it takes long
    found = axe.Axe().run(tab, options={"iframes": False, "rules": rules})
    assert found.response["violations"] == [], found.generate_report()
    tab.set_viewport_size({"width": 390, "height": 800})
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    assert all(tab.evaluate(LINES_OF_NUMBERS))
    tab.set_viewport_size({"width": 1200, "height": 900})


def test_pages_in_frames_run_in_the_language_of_the_lesson(tab):
    for lang in LANGUAGES:
        for name in NAMES:
            tab.go(name, lang)
            for frame in tab.locator("iframe").all():
                frame.scroll_into_view_if_needed()
                inside = frame.content_frame
                inside.locator("main").wait_for()
                # With an origin of its own it might have to wait before it measures.
                assert frame.get_attribute("sandbox") is None
                assert inside.locator("html").get_attribute("lang") == lang


def test_the_theme_is_chosen_and_the_keyboard_is_enough(tab):
    tab.go(NAMES[0])
    tab.locator("#theme").focus()
    tab.keyboard.press("Enter")
    chosen = tab.evaluate("document.documentElement.dataset.theme")
    tab.go("index")
    assert tab.evaluate("document.documentElement.dataset.theme") == chosen
    tab.go("linear_model")
    slider = tab.locator("[data-live=numbers] input").first
    slider.focus()
    before = tab.locator("[data-live=numbers] .lines li").first.inner_text()
    slider.press("ArrowRight")
    assert tab.locator("[data-live=numbers] .lines li").first.inner_text() != before


# ---- the command --------------------------------------------------------------------------------------


def test_the_command_writes_the_site_and_opens_it(tmp_path, monkeypatch, capsys):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    monkeypatch.setattr(site, "draw_all", lambda *_: {lang: {} for lang in LANGUAGES})
    monkeypatch.setattr(site, "LESSONS", [])
    assert main(["course", "--out", str(tmp_path), "--open", "--lang", "ko"]) == 0
    assert opened == [(tmp_path / "index.html").as_uri()]
    assert str(tmp_path / "index.html") in capsys.readouterr().out


def test_a_demo_that_fails_is_named(tmp_path, monkeypatch):
    broken = tmp_path / "broken.py"
    broken.write_text("raise ValueError('what is wrong')")
    monkeypatch.setattr(demos, "demo_files", lambda: {"broken": broken})
    with pytest.raises(RuntimeError, match=r"broken.*what is wrong"):
        demos.draw_all(tmp_path, True)


@pytest.mark.slow
def test_the_whole_site_is_small(tmp_path):
    site.write_course(tmp_path)
    sizes = [path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()]
    assert sum(sizes) < 6e6
