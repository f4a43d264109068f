"""Sentences for a reader, in Korean and English: each room keeps its own beside it.

>>> say = Messages({"undone": ("{node:을/를} 되돌렸습니다.", "{node} is undone.")})
>>> say("undone", "ko", node="d"), say("undone", "en", node="d")
('d를 되돌렸습니다.', 'd is undone.')
"""

import locale
import os
import sys
from collections.abc import Iterable, Mapping

from .korean import Word

LANGUAGES = ("ko", "en")
FEW = 8  # of many lines or names, so many are shown


class Messages:
    """The sentences of one room: a Korean and an English text for each key.

    Called with a key, a language and values, it gives the sentence. Text among the
    values takes the Korean particle that fits it: ``{node:은/는}``.
    """

    def __init__(self, table: Mapping[str, tuple[str, str]]) -> None:
        self.table = table

    def __call__(self, key: str, lang: str | None = None, **values: object) -> str:
        """Say ``key`` in ``lang`` ("ko", "en", or None for the reader's own)."""
        sentence = self.table[key][LANGUAGES.index(language(lang))]
        words = {
            name: Word(value) if isinstance(value, str) else value
            for name, value in values.items()
        }
        return sentence.format(**words)


_chosen: list[str] = []  # by `speak`, for the whole session


def speak(lang: str | None) -> None:
    """Choose the language of everything that is said from now on; None: the locale's.

    >>> speak("ko"); language()
    'ko'
    >>> speak(None)
    """
    _chosen[:] = [] if lang is None else [_known(lang)]


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
        raise ValueError(f"lang is {lang!r}; it must be 'ko', 'en' or None")
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


_say = Messages({"others": ("{names} 외 {n}개", "{names} and {n} more")})


def listed(
    names: Iterable[str], lang: str | None = None, most: int = FEW, between: str = ", "
) -> str:
    """Join the names in a row; of many, the first ones and how many more.

    >>> listed("abcdefghijkl", "en", 3)
    'a, b, c and 9 more'
    """
    names = list(names)
    if len(names) <= most:
        return between.join(names)
    first = between.join(names[:most])
    return _say("others", lang, names=first, n=len(names) - most)
