"""The page as a file: what is in it, and that nothing else is."""

import base64
import hashlib
import json
import math
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from micrograd_kr import Value, nn
from micrograd_kr.pages import page as player
from micrograd_kr.pages.javascript import web_file
from micrograd_kr.pages.picture import clean
from micrograd_kr.stepper.stepper import Stepper

SVG = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<!-- a comment -->
<svg width="90pt" height="40pt" viewBox="0 0 90 40" xmlns="http://www.w3.org/2000/svg">
<g id="graph0" class="graph" transform="translate(4 36)"><title>graph</title>
<g id="n0" class="node"><ellipse rx="9" ry="9" cx="10" cy="-18" fill="none"/><text x="10" y="-18">a &lt; 3</text></g>
<g id="n1" class="node"><ellipse rx="9" ry="9" cx="70" cy="-18" fill="none"/><text x="70" y="-18">y</text></g>
<g id="e1_0" class="edge"><path d="M20,-18C30,-18 50,-18 60,-18"/></g>
</g></svg>"""


def recording(label: str = "a", grad: float = 0.0) -> dict[str, Any]:
    """y = -a, at a = 2."""
    a = Value(2.0, label)
    a.grad = grad
    y = -a
    y.label = "y"
    return Stepper(y).recording()


class Parts(HTMLParser):
    """The elements of a page as a browser's parser would meet them: (tag, attributes, text)."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None], str]] = []
        self.inside = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), ""))
        self.inside = True

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            tag, attributes, text = self.found[-1]
            self.found[-1] = (tag, attributes, text + data)

    def __getitem__(self, wanted: str) -> list[tuple[str, dict[str, str | None], str]]:
        return [part for part in self.found if part[0] == wanted]


def recorded(page: str) -> Any:
    """The recording as the page's script reads it."""
    (text,) = [
        text
        for _, attributes, text in Parts(page)["script"]
        if attributes.get("id") == "recording"
    ]
    return json.loads(text)


def test_the_recording_is_in_the_page_unchanged() -> None:
    assert recorded(player.page(recording(), SVG)) == recording()


@given(st.text(st.characters(exclude_categories=[])))
@settings(deadline=None)
def test_any_label_comes_through_and_adds_no_element(label: str) -> None:
    page = player.page(recording(label), SVG)
    assert recorded(page) == recording(label)
    assert [part[0] for part in Parts(page).found] == [
        part[0] for part in Parts(player.page(recording(), SVG)).found
    ]


@pytest.mark.parametrize(
    "label", ["</script><img src=x onerror=alert(1)>", "<!--<script>", "]]>", "\u2028"]
)
def test_hostile_labels_leave_no_trace_in_the_markup(label: str) -> None:
    page = player.page(recording(label), SVG)
    assert label not in page
    assert recorded(page)["nodes"][0]["label"] == label


@pytest.mark.parametrize("label", ["$svg", "${svg}", "$$svg", "\\1"])
def test_a_label_that_looks_like_a_hole_of_the_template_is_not_filled(
    label: str,
) -> None:
    page = player.page(recording(label), SVG)
    assert recorded(page)["nodes"][0]["name"] == label
    assert page.count('viewBox="0 0 90 40"') == 1


def test_infinite_numbers_are_written_so_that_the_page_can_read_them() -> None:
    read = recorded(player.page(recording(grad=math.inf), SVG))
    assert read["nodes"][0]["grad"] == "Infinity"  # Number("Infinity") in JavaScript
    assert (
        recorded(player.page(recording(grad=-math.inf), SVG))["nodes"][0]["grad"]
        == "-Infinity"
    )
    assert (
        recorded(player.page(recording(grad=math.nan), SVG))["nodes"][0]["grad"]
        == "NaN"
    )


def test_the_policy_allows_this_style_and_this_script_and_nothing_else() -> None:
    page = Parts(player.page(recording(), SVG))
    (policy,) = [
        attributes["content"]
        for _, attributes, _ in page["meta"]
        if "http-equiv" in attributes
    ]
    (style,) = [text for _, _, text in page["style"]]
    (script,) = [
        text for _, attributes, text in page["script"] if "type" not in attributes
    ]
    directives = dict(
        directive.strip().split(" ", 1) for directive in str(policy).split(";")
    )
    assert directives["default-src"] == "'none'"
    for text, directive in ((style, "style-src"), (script, "script-src")):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert directives[directive] == f"'sha256-{digest}'"


def test_nothing_in_the_page_points_outside() -> None:
    for _, attributes, _ in Parts(player.page(recording(), SVG)).found:
        assert (
            not {"src", "href", "xlink:href", "action", "srcset", "data", "style"}
            & attributes.keys()
        )
    page = player.page(recording(), SVG)
    assert set(re.findall(r"\w+://[^\"'\s<]*", page)) <= {
        "http://www.w3.org/2000/svg",  # names, not addresses
        "http://www.w3.org/1999/xhtml",
        "http://www.w3.org/1998/Math/MathML",
    }
    assert "url(" not in page
    assert "@import" not in page


def test_the_script_never_turns_text_into_markup() -> None:
    script = "".join(map(web_file, player.SCRIPTS))
    for danger in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "Function(",
        "DOMParser",
    ):
        assert danger not in script


def test_both_languages_have_the_same_words_and_the_page_uses_every_one() -> None:
    words = json.loads(web_file("words.json"))
    assert set(words) == {"ko", "en"}
    assert words["ko"].keys() == words["en"].keys()
    for key in words["ko"]:
        holes = [
            sorted(re.findall(r"\{\w+\}", words[lang][key])) for lang in ("ko", "en")
        ]
        assert holes[0] == holes[1], key
        assert re.search("[가-힣]", words["ko"][key]), key
    html = web_file("page.html") + web_file("switches.html")
    script = "".join(map(web_file, player.SCRIPTS))
    shown = set(re.findall(r'data-(?:word|label)="(\w+)"', html))
    said = set(re.findall(r'word\([^)]*?"(\w+)"', script))
    said |= {"pause", "play", "true", "linear", "apart"}  # said by a name of a variable
    assert shown <= words["ko"].keys()
    assert words["ko"].keys() <= shown | said


def test_the_picture_keeps_its_shapes_and_text() -> None:
    picture = clean(SVG)
    assert picture.startswith("<svg ")
    for kept in (
        'id="n0"',
        'id="n1"',
        'id="e1_0"',
        'viewBox="0 0 90 40"',
        "translate(4 36)",
        "a &lt; 3",
        'd="M20,-18C',
    ):
        assert kept in picture
    for dropped in (
        "<?xml",
        "<!DOCTYPE",
        "<!--",
        "<title",
        'id="graph0"',
        'width="90pt"',
    ):
        assert dropped not in picture


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'>x</p></foreignObject>",
        "<image href='http://example.com/a.png'/>",
        "<a href='javascript:alert(1)'><text>x</text></a>",
        "<use href='http://example.com/a.svg#x'/>",
        "<style>@import 'http://example.com/a.css'</style>",
        "<animate attributeName='href' to='javascript:alert(1)'/>",
        "<script xmlns='http://www.w3.org/1999/xhtml'>alert(1)</script>",
        "<text xmlns='http://www.w3.org/1999/xhtml'>x</text>",
    ],
)
def test_what_is_no_shape_is_left_out_of_the_picture(inside: str) -> None:
    empty = clean("<svg xmlns='http://www.w3.org/2000/svg'></svg>")
    assert clean(f"<svg xmlns='http://www.w3.org/2000/svg'>{inside}</svg>") == empty


@pytest.mark.parametrize(
    "attribute",
    ["onload='alert(1)'", "style='fill:url(http://example.com)'", "fill='url(http://example.com/#x)'", "fill='URL(#x)'",
     "id='recording'", "id='n1x'", "tabindex='0'", "href='http://example.com'"],
)  # fmt: skip
def test_what_is_no_shape_is_left_out_of_its_attributes(attribute: str) -> None:
    plain = clean("<svg xmlns='http://www.w3.org/2000/svg'><g></g></svg>")
    assert (
        clean(f"<svg xmlns='http://www.w3.org/2000/svg'><g {attribute}></g></svg>")
        == plain
    )


@given(
    st.text(
        st.characters(
            codec="utf-8",
            exclude_categories=["Cc", "Cs"],
            exclude_characters="\ufffe\uffff",
        )
    )
)
def test_text_in_the_picture_stays_text(label: str) -> None:
    escaped = label.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    picture = clean(
        f"<svg xmlns='http://www.w3.org/2000/svg'><text>{escaped}</text></svg>"
    )
    assert [(tag, text) for tag, _, text in Parts(picture).found] == [
        ("svg", ""),
        ("text", " " if label.isspace() else label),  # breaks between elements are one
    ]


def test_errors_say_what_is_wrong() -> None:
    with pytest.raises(ValueError, match=r"version 3; 2 is needed"):
        player.page(recording() | {"version": 3}, SVG)
    with pytest.raises(ValueError, match=r"lang is 'fr'; it must be one of 'ko', 'en'"):
        player.page(recording(), SVG, lang="fr")
    with pytest.raises(ValueError, match=r"'no picture' is no SVG"):
        player.page(recording(), "no picture")


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_save_writes_the_page_and_nothing_beside_it(tmp_path: Path, lang: str) -> None:
    path = player.save(recording("변수"), SVG, tmp_path / "걸음.html", lang)
    assert path.read_text(encoding="utf-8") == player.page(recording("변수"), SVG, lang)
    assert f'<html lang="{lang}">' in path.read_text(encoding="utf-8")
    assert os.listdir(tmp_path) == ["걸음.html"]


def test_a_failed_save_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "steps.html"
    path.write_text("old")
    with pytest.raises(ValueError, match="is no SVG"):
        player.save(recording(), "no picture", path)
    monkeypatch.setattr(
        os, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk full"))
    )
    with pytest.raises(OSError, match="disk full"):
        player.save(recording(), SVG, path)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["steps.html"]


def test_the_page_of_twenty_nodes_is_small(tmp_path: Path) -> None:
    loss = (nn.MLP(2, [2, 1], activation="tanh", seed=0)([0.5, -1.0]) - 1.0) ** 2
    assert len(loss.topological_order()) >= 18
    assert Stepper(loss).save(tmp_path / "steps.html").stat().st_size < 350_000


def test_the_parts_of_the_page_are_packaged() -> None:
    shared = ("document.html", "switches.html", "shared.css", "shared.js")
    for name in (*shared, "page.html", "page.css", "words.json", *player.SCRIPTS):
        assert web_file(name)
