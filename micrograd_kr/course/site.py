"""The site: its lessons in two languages, the pictures, the pages to step and train.

All in one folder, each page a file of its own with its style and script inside, so that
it opens by double-click. The text of a lesson is ``ko/NAME.html`` and ``en/NAME.html``
beside this file; ``$name`` in it is a number of `lessons`, or ``$name_svg`` the address
of a picture that a demo wrote.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping
from html import escape
from importlib import resources
from pathlib import Path
from string import Template
from typing import Any

from ..pages import engine_script, page_document, web_file
from ..text import LANGUAGES, Word, language, replace_file, speaking
from .demos import about, draw_all
from .lessons import LESSONS, Lesson
from .messages import say
from .reference import reference

JS_WORDS = (
    *("check", "answer", "no_number", "no_choice", "again", "choose", "slope"),
    *("one_step", "hundred_steps", "loss", "steps_done"),
    *("samples", "choose_mistake", "first_wrong", "missing"),
)
FILES = "img-src 'self' file:; frame-src 'self' file:"  # pictures and pages of the site


def write_course(
    folder: str | os.PathLike[str],
    quick: bool = False,
    said: Callable[[str], object] = lambda text: None,
) -> Path:
    """Write the site into ``folder``; give its first page, in the reader's language.

    ``quick`` trains the networks of the demos for a moment only. ``said`` is told what
    is done. Raises RuntimeError where a demo fails, or lacks its libraries.

    >>> write_course("site")  # doctest: +SKIP
    PosixPath('site/index.html')
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as drawn:
        said(say("drawing"))
        written = draw_all(Path(drawn), quick, said)
        said(say("writing"))
        for lang in LANGUAGES:
            with speaking(lang):
                _Site(folder, lang, written[lang]).write()
    return folder / address("index", language())


def address(name: str, lang: str) -> str:
    """Give the name of a page's file: the Korean is the first.

    >>> address("softmax", "ko"), address("softmax", "en")
    ('softmax.html', 'softmax.en.html')
    """
    return f"{name}.html" if lang == LANGUAGES[0] else f"{name}.{lang}.html"


class _Told(Template):
    """The text of a lesson: ``${n:은/는}`` is a value and the particle that fits."""

    braceidpattern = r"\w+(?::[가-힣]+/[가-힣]+)?"


class _Values(dict[str, object]):
    """The values of a lesson by name, and by name and particles."""

    def __missing__(self, place: str) -> str:
        name, colon, particles = place.partition(":")
        if not colon:
            raise KeyError(name)
        return format(Word(self[name]), particles)


class _Site:
    """The site in one language."""

    def __init__(
        self, folder: Path, lang: str, written: Mapping[str, list[Path]]
    ) -> None:
        self.folder, self.lang, self.written = folder, lang, written
        self.texts = {
            lesson.name: _text(f"{lang}/{lesson.name}.html") for lesson in LESSONS
        }
        self.addresses: dict[str, str] = {}
        self.paths: dict[str, Path] = {}
        for paths in written.values():
            for path in paths:
                self._take(path)

    def _take(self, path: Path) -> None:
        """Give a file a place in the site: pictures by language, a page for both."""
        name = f"{path.stem}_{path.suffix[1:]}"
        if path.suffix == ".html":
            place = f"pages/{path.name}"
            self.addresses[name] = f"{place}#lang={self.lang}"
        else:
            place = f"pictures/{self.lang}/{path.name}"
            self.addresses[name] = place
        self.paths[place] = path

    def write(self) -> None:
        """Write every page of this language, and copy what they show."""
        shown = [self.lesson(place) for place in range(len(LESSONS))]
        shown += [self.page("pictures", say("pictures"), self.pictures())]
        self.page("reference", say("reference"), reference())
        self.page("index", say("course"), self.contents())
        for place, path in self.paths.items():
            if any(f'"{place}' in html for html in shown):
                target = self.folder / place
                target.parent.mkdir(parents=True, exist_ok=True)
                _copy(path, target)

    # ---- pages ----------------------------------------------------------------------

    def lesson(self, place: int) -> str:
        """Write the page of a lesson; give its HTML."""
        lesson = LESSONS[place]
        parts = lesson.make()
        values = {**self.addresses, **parts.facts}
        told = _Told(self.texts[lesson.name]).substitute(_Values(values))
        content = _minus(told)
        title = _heading(content)
        return self.page(lesson.name, title, content, parts.data(), self.around(place))

    def around(self, place: int) -> str:
        """Lead to the lessons before and after, and to the demo."""
        links = []
        if place:
            links.append(self.link(LESSONS[place - 1], say("previous")))
        if place + 1 < len(LESSONS):
            links.append(self.link(LESSONS[place + 1], say("next")))
        demo = f"<code>micrograd_kr demo {LESSONS[place].name}</code>"
        told = say("from_demo", name=demo)
        nav = "\n".join([f'<nav aria-label="{say("lessons")}">', *links, "</nav>"])
        return f"<p>{told}</p>\n{nav}"

    def link(self, lesson: Lesson, said: str) -> str:
        """Lead to a lesson by its heading."""
        to = address(lesson.name, self.lang)
        return f'<a href="{to}">{said}: {_heading(self.texts[lesson.name])}</a>'

    def contents(self) -> str:
        """Write what the first page shows."""
        lessons = [
            self.entry(name, _heading(text), _lead(text))
            for name, text in self.texts.items()
        ]
        more = [
            self.entry(name, say(name), say(f"{name}_about"))
            for name in ("pictures", "reference")
        ]
        return Template(_text("web/contents.html")).substitute(
            course=say("course"),
            about=say("course_about"),
            lessons_title=say("lessons"),
            lessons="\n".join(lessons),
            more_title=say("more"),
            more="\n".join(more),
        )

    def entry(self, name: str, title: str, about: str) -> str:
        """Lead to a page, and say what it is about."""
        to = address(name, self.lang)
        return f'<li><a href="{to}">{title}</a><span>{about}</span></li>'

    def pictures(self) -> str:
        """Write the gallery: the pictures of each demo under what it is about."""
        parts = [f"<h1>{say('pictures')}</h1>", f"<p>{say('pictures_about')}</p>"]
        for demo, paths in self.written.items():
            shown = [path for path in paths if path.suffix != ".html"]
            if not shown:
                continue
            parts += [f"<h2>{escape(about(demo))}</h2>", '<div class="pictures">']
            for path in shown:
                place = self.addresses[f"{path.stem}_{path.suffix[1:]}"]
                parts.append(
                    f'<figure><img src="{place}" alt="{path.stem}" loading="lazy">'
                    f"<figcaption><code>{path.name}</code></figcaption></figure>"
                )
            parts.append("</div>")
        return "\n".join(parts)

    def page(
        self,
        name: str,
        title: str,
        content: str,
        lives: Mapping[str, Any] | None = None,
        footer: str = "",
    ) -> str:
        """Write a page around its content; give its HTML."""
        other = next(lang for lang in LANGUAGES if lang != self.lang)
        body = Template(_text("web/page.html")).substitute(
            skip=say("skip"),
            course=say("course"),
            home=address("index", self.lang),
            other=address(name, other),
            other_lang=other,
            other_language=say("other_language"),
            theme=say("theme"),
            content=content,
            footer=footer,
        )
        words = {self.lang: {word: say(word) for word in JS_WORDS}}
        data = {"words": words, "lives": dict(lives or {})}
        style, script = _text("web/course.css"), _script(bool(lives))
        html = page_document(self.lang, body, style, script, data, title, FILES)
        replace_file(self.folder / address(name, self.lang), html.encode())
        return html


def _copy(path: Path, target: Path) -> None:
    """Copy a file; a picture with no more digits than are seen."""
    if path.suffix == ".svg":
        text = path.read_text("utf-8")
        paths = re.sub(r' d="[^"]*"', lambda d: _LONG.sub(r"\1", d[0]), text)
        target.write_text(paths, "utf-8")
    else:
        shutil.copyfile(path, target)


_LONG = re.compile(r"(\.\d\d)\d+")  # two digits behind the point are seen


def _text(name: str) -> str:
    return (resources.files(__package__) / name).read_text(encoding="utf-8")


def _script(has_lives: bool) -> str:
    """The script of a page: what computes only where something is moved."""
    parts = [_text("web/theme.js"), _text("web/questions.js")]
    if has_lives:
        optimizers = web_file("training/optimizers.js")
        parts += [engine_script(), optimizers, _text("web/live.js")]
    return "\n".join(parts)


_TAG_OR_HYPHEN = re.compile(r"<[^>]*>|(?<!\w)-(?=\d)|(?<=\de)-(?=\d)")


def _minus(html: str) -> str:
    """Write a minus sign before negative numbers, but for those within tags."""
    return _TAG_OR_HYPHEN.sub(lambda found: "−" if found[0] == "-" else found[0], html)


def _heading(html: str) -> str:
    found = re.search("<h1>(.*?)</h1>", html, re.DOTALL)
    assert found, "a lesson has a heading"
    return found[1]


def _lead(html: str) -> str:
    found = re.search('<p class="lead">(.*?)</p>', html, re.DOTALL)
    assert found, "a lesson has a lead"
    return found[1].strip()
