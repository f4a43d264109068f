"""Korean particles: which one follows a word depends on how the word is read aloud.

>>> f"{Word('d'):을/를} {Word('손실'):이/가}"
'd를 손실이'
"""

import re

# The consonant that a Korean word for it ends in: 일, 칠, 팔; 영, 삼, 육
_DIGITS = {"1": "ㄹ", "7": "ㄹ", "8": "ㄹ", "0": "ㅇ", "3": "ㅁ", "6": "ㄱ"}
_LETTERS = {"l": "ㄹ", "m": "ㅁ", "n": "ㄴ", "r": "ㄹ"}  # 엘, 엠, 엔, 알


class Word(str):
    """Text that knows which Korean particle follows it.

    >>> f"{Word('d'):을/를} {Word('L'):은/는} {Word('w1'):으로/로} {Word('손실'):이/가}"
    'd를 L은 w1로 손실이'
    """

    @property
    def final(self) -> str:
        """The consonant it ends in when read aloud in Korean, "" for none.

        Only ㄹ is told apart: ㅇ, ㅁ and ㄱ take the same particles.

        >>> Word("손실").final, Word("w1").final, Word("d").final
        ('ㄹ', 'ㄹ', '')
        """
        return _final(self)

    def __format__(self, spec: str) -> str:
        if "/" not in spec:
            return super().__format__(spec)
        after_consonant, after_vowel = spec.split("/")
        end = self.final
        if not end or (end == "ㄹ" and after_vowel == "로"):
            return self + after_vowel
        return self + after_consonant


def _final(text: str) -> str:
    """The consonant that ``text`` ends in when read aloud in Korean, "" for none."""
    text = re.sub(r"[\W_]+$", "", text.replace("%", "퍼센트"))
    last = text[-1:].lower()
    if "가" <= last <= "힣":
        return _final_of_syllable(last)
    if last.isdigit():
        return _DIGITS.get(last, "")
    word = re.search(r"[a-z]*$", text.lower())
    return _final_of_english(word[0] if word else "")


def _final_of_syllable(syllable: str) -> str:
    """One of ㄹ, any other consonant (ㅇ stands for them) or none."""
    end = (ord(syllable) - ord("가")) % 28  # 28 ends to each pair of first letters
    if end == 0:
        return ""
    return "ㄹ" if end == 8 else "ㅇ"


def _final_of_english(word: str) -> str:
    """As it sounds in Korean: a single letter by its name, a word by its ending."""
    if len(word) == 1:
        return _LETTERS.get(word, "")
    if word.endswith(("l", "le")):
        return "ㄹ"
    return "ㅇ" if word.endswith(("m", "me", "n", "ne", "ng")) else ""
