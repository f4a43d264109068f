"""The course: what is moved computes what Python computes, what is asked is judged, every link leads somewhere."""

import random
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

import micrograd_kr
from micrograd_kr import Value
from micrograd_kr.cli import main
from micrograd_kr.course import demos, site
from micrograd_kr.course.lessons import LESSONS
from micrograd_kr.course.live import Live
from micrograd_kr.engine import FUNCTIONS
from micrograd_kr.text import LANGUAGES, format_number, speaking

PACKAGE = Path(micrograd_kr.__file__).parent
TEXTS = sorted(PACKAGE.glob("course/??/*.html"))
NAMED = re.compile(r"\$\{?(\w+)_(svg|png|html)\b")
PICTURE = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"


def drawn(folder, quick, said):
    """What the lessons show: pictures without anything in them, pages of a short run."""
    shown = {
        found for path in TEXTS for found in NAMED.findall(path.read_text("utf-8"))
    }
    written = {lang: {} for lang in LANGUAGES}
    for demo, path in demos.demo_files().items():
        text = path.read_text("utf-8")
        names = [
            f"{stem}.{kind}"
            for stem, kind in sorted(shown)
            if names_it(text, stem, kind)
        ]
        pages = any(name.endswith(".html") for name in names)
        made = demos._run("ko", demo, folder / demo, quick) if pages else []
        for name in names:
            if not name.endswith(".html"):
                (folder / name).write_text(PICTURE)
                made = [*(p for p in made if p.name != name), folder / name]
        for lang in LANGUAGES:
            written[lang][demo] = made
    return written


def names_it(text, stem, kind):
    return f'"{stem}.{kind}"' in text or (
        kind == "html" and f'"{stem}"' in text and "Stepper" in text
    )


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


@both
@each_lesson
def test_the_text_uses_every_number_and_shows_every_live_thing(lesson, lang):
    """A number in the text has one source, and no number is computed for nothing."""
    text = (
        site.resources.files("micrograd_kr.course") / lang / f"{lesson.name}.html"
    ).read_text("utf-8")
    with speaking(lang):
        parts = lesson.make()
    used = set(re.findall(r"\$\{?(\w+)", text, re.ASCII))
    assert {
        name for name in used if not name.endswith(("_svg", "_png", "_html"))
    } == set(parts.facts)
    assert re.findall('data-live="(.*?)"', text) == list(parts.lives)


def test_a_lesson_speaks_one_language(course):
    for name in NAMES:
        text = (course / site.address(name, "en")).read_text("utf-8")
        main_part = re.search("<main.*</main>", text, re.DOTALL)[0]
        assert not re.search("[가-힣]", main_part), name


def test_the_reference_has_every_public_name(course):
    from micrograd_kr import nn

    ids = set(Tags(course / "reference.html").all("id"))
    assert {f"nn-{name}" for name in nn.__all__} <= ids
    assert {"nn-Module.summary", "engine-Value.backward", "stepper-Stepper.ask"} <= ids


# ---- in a browser -------------------------------------------------------------------------------------


def replayed(root, leaves):
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
    fresh[root].backward()
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
    for name, live in lesson.make().lives.items():
        if not isinstance(live, Live):
            continue
        moved = {}
        for group, sliders in enumerate(live.groups.values()):
            for k, slider in enumerate(sliders):
                x = round(rng.uniform(slider.low, slider.high), 1)
                x = min(slider.high, max(slider.low, x))
                tab.evaluate(MOVE, [name, group, k, x])
                for leaf in slider.leaves:
                    moved[leaf] = x * leaf.data if slider.scales else x
        there = tab.evaluate(
            "name => ({values: [...shownLives[name].graph.values], adjoints: [...shownLives[name].adjoints]})",
            name,
        )
        truth = replayed(live.root, moved)
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


@both
@each_lesson
def test_questions_are_judged_and_nothing_is_judged_unanswered(tab, lesson, lang):
    tab.go(lesson.name, lang)
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


@both
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_and_nothing_is_wider_than_a_phone(tab, name, lang):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    tab.go(name, lang)
    for scheme in ("light", "dark"):
        tab.emulate_media(color_scheme=scheme)
        found = axe.Axe().run(tab, options={"iframes": False})
        assert found.response["violations"] == [], found.generate_report()
    tab.set_viewport_size({"width": 390, "height": 800})
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    tab.set_viewport_size({"width": 1200, "height": 900})


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
