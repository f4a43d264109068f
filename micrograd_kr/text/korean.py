"""Korean particles: which one follows a word depends on how the word ends when read aloud.

>>> f"{Word('d'):을/를} {Word('손실'):이/가}"
'd를 손실이'
"""

import re


class Word(str):
    """Text that knows which Korean particle follows it.

    >>> f"{Word('d'):을/를} {Word('L'):은/는} {Word('w1'):으로/로} {Word('손실'):이/가}"
    'd를 L은 w1로 손실이'
    """

    def __format__(self, spec: str) -> str:
        if "/" not in spec:
            return super().__format__(spec)
        after_consonant, after_vowel = spec.split("/")
        end = _final(self)
        return self + (
            after_vowel
            if not end or (end == "ㄹ" and after_vowel == "로")
            else after_consonant
        )


def _final(text: str) -> str:
    """The consonant that ``text`` ends in when it is read aloud in Korean, "" for none."""
    text = re.sub(r"[\W_]+$", "", text)
    last = text[-1:].lower()
    if "가" <= last <= "힣":
        end = (ord(last) - ord("가")) % 28
        return "" if end == 0 else "ㄹ" if end == 8 else "ㅇ"
    if last.isdigit():
        return {"1": "ㄹ", "7": "ㄹ", "8": "ㄹ", "0": "ㅇ", "3": "ㅁ", "6": "ㄱ"}.get(
            last, ""
        )
    word = re.search(r"[a-z]*$", text.lower())[0]  # type: ignore[index]  # it matches the empty end too
    if len(word) == 1:  # read as a letter: 엘, 엠, 엔, 알
        return {"l": "ㄹ", "m": "ㅁ", "n": "ㄴ", "r": "ㄹ"}.get(word, "")
    return (
        "ㄹ"
        if word.endswith(("l", "le"))
        else "ㅇ"
        if word.endswith(("m", "n", "ng"))
        else ""
    )
