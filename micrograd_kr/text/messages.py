"""Sentences for a reader, in Korean and English: each room keeps its own beside it.

>>> say = Messages({"undone": ("{node:을/를} 되돌렸습니다.", "{node} is undone.")})
>>> say("undone", "ko", node="d"), say("undone", "en", node="d")
('d를 되돌렸습니다.', 'd is undone.')
"""

import locale
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from string import Formatter
from typing import Any

from .korean import Word

LANGUAGES = ("ko", "en")
FEW = 8  # of many lines or names, so many are shown


class _Formatter(Formatter):
    """What `str.format` does, and a particle after any value that asks for one."""

    def format_field(self, value: Any, format_spec: str) -> str:
        is_particle = "/" in format_spec
        return format(Word(value) if is_particle else value, format_spec)


_formatter = _Formatter()


class Messages:
    """The sentences of one room: a Korean and an English text for each key.

    Called with a key, a language and values, it gives the sentence. A value takes the
    Korean particle that fits how it is read: ``{node:은/는}``, ``{x!r:을/를}``.
    """

    def __init__(self, table: Mapping[str, tuple[str, str]]) -> None:
        self.table = table

    def __call__(self, key: str, lang: str | None = None, **values: object) -> str:
        """Say ``key`` in ``lang`` ("ko", "en", or None for the reader's own)."""
        return _formatter.vformat(self._sentence(key, lang), (), values)

    def slots(self, key: str, lang: str | None = None) -> list[str | list[str]]:
        """Give the sentence with its places open, for a page that fills them.

        A place is ``[name]``, or ``[name, particle]`` where a particle follows it.

        >>> say = Messages({"has": ("{name:은/는} {n}입니다.", "{name} has {n}.")})
        >>> say.slots("has", "ko")
        [['name', '은/는'], ' ', ['n'], '입니다.']
        """
        found: list[str | list[str]] = []
        for text, field, spec, _ in _formatter.parse(self._sentence(key, lang)):
            if text:
                found.append(text)
            if field is not None:
                found.append([field, spec] if spec else [field])
        return found

    def _sentence(self, key: str, lang: str | None) -> str:
        return self.table[key][LANGUAGES.index(language(lang))]


_chosen: list[str] = []  # by `speak`, for the whole session


def speak(lang: str | None) -> None:
    """Choose the language of everything that is said from now on; None: the locale's.

    >>> speak("ko"); language()
    'ko'
    >>> speak(None)
    """
    _chosen[:] = [] if lang is None else [_known(lang)]


@contextmanager
def speaking(lang: str | None) -> Iterator[None]:
    """Speak ``lang`` within a block, and after it what was spoken before.

    >>> with speaking("ko"):
    ...     language()
    'ko'
    """
    before = list(_chosen)
    speak(lang)
    try:
        yield
    finally:
        _chosen[:] = before


def language(lang: str | None = None) -> str:
    """Find the language to speak: ``lang``, else what `speak` chose, else the locale's.

    Where the terminal cannot show Hangul it is English. Raises ValueError for a
    language that is not spoken here.

    >>> language("ko")
    'ko'
    """
    if lang is not None:
        return _known(lang)
    if _chosen:
        return _chosen[0]
    return "ko" if _locale().startswith("ko") and _can_show_hangul() else "en"


def choose(ko: str, en: str) -> str:
    """Give one of two texts: that in the language of the reader.

    >>> speak("ko"); choose("손실", "loss")
    '손실'
    >>> speak(None)
    """
    return (ko, en)[LANGUAGES.index(language())]


def _known(lang: str) -> str:
    if lang not in LANGUAGES:
        raise ValueError(say("unknown_lang", given=lang))
    return lang


def _locale() -> str:
    names = ("MICROGRAD_KR_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    given = filter(None, map(os.environ.get, names))
    return next(given, locale.getlocale()[0] or "").lower()


def _can_show_hangul() -> bool:
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        "한".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


say: Messages = Messages(
    {
        "others": ("{names} 외 {n}개", "{names} and {n} more"),
        "unknown_lang": (
            "lang으로 {given!r:은/는} 쓸 수 없습니다. 'ko', 'en', None 중 하나를 "
            "주세요.",
            "lang is {given!r}; it must be 'ko', 'en' or None",
        ),
    }
)


def listed(
    items: Iterable[Any],
    lang: str | None = None,
    most: int = FEW,
    between: str = ", ",
    shown: Callable[[Any], str] = str,
) -> str:
    """Join the items in a row, as ``shown``; of many, the first and how many more.

    >>> listed("abcdefghijkl", "en", 3)
    'a, b, c and 9 more'
    """
    items = list(items)
    if len(items) <= most:
        return between.join(map(shown, items))
    first = between.join(map(shown, items[:most]))
    return say("others", lang, names=first, n=len(items) - most)
