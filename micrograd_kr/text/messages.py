"""What a learner reads, in Korean and English: every sentence of the steps and of the command line.

>>> say("seed", "en", root="L")
'the seed ∂L/∂L = 1'
>>> say("undone", "ko", node="d")
'd의 단계를 되돌렸습니다.'
"""

import locale
import os
import re
from collections.abc import Iterable
from unicodedata import combining, east_asian_width

LANGUAGES = ("ko", "en")
FEW = 8  # of many lines or names, so many are shown

MESSAGES: dict[str, tuple[str, str]] = {  # in the order of LANGUAGES
    # ---- one step
    "seed": ("출발점 ∂{root}/∂{root} = 1", "the seed ∂{root}/∂{root} = 1"),
    "again": ("{n}번째 기여를 더함", "contribution {n} added"),
    "earlier": ("전에 있던 grad에 더함", "added to the grad from before"),
    "stale": ("순전파 때의 값으로 계산함", "with the data of the forward pass"),
    "more": (
        "… 그 밖에 {n}개 (모두 보려면 .full())",
        "… and {n} more (all of them: .full())",
    ),
    "others": ("{names} 외 {n}개", "{names} and {n} more"),
    # ---- where a walk stands
    "start": ("아직 한 단계도 하지 않았습니다.", "no step is done yet."),
    "undone": ("{node}의 단계를 되돌렸습니다.", "the step of {node} is undone."),
    "backward_end": ("역전파가 끝났습니다.", "the backward pass is finished."),
    "forward_end": ("순전파가 끝났습니다.", "the forward pass is finished."),
    # ---- why
    "why": ("왜 지금 {node}인가요?", "Why {node} now?"),
    "why_seed": (
        "{root:은/는} 마지막 결과라서 역전파가 여기서 시작합니다. {root:을/를} 1만큼 바꾸면 {root:은/는} 당연히 1만큼 "
        "바뀌므로 출발점은 ∂{root}/∂{root} = 1입니다.",
        "{root} is the result, so the backward pass starts here. When {root} changes by 1, {root} itself changes by "
        "exactly 1: the seed is ∂{root}/∂{root} = 1.",
    ),
    "why_users": (
        "{node:을/를} 쓰는 노드({used})가 모두 끝났으므로 더 올 기울기가 없습니다: {sum}. "
        "쓰는 쪽이 언제나 먼저 끝나도록 위상 정렬의 역순으로 갑니다.",
        "Everything that uses {node} ({used}) is finished, so no more gradient can arrive: {sum}. "
        "The reverse of the topological order makes sure that users come first.",
    ),
    "why_plus": (
        "왜 +=인가요? 여러 번 쓰이는 값이 있습니다: {uses}. "
        "{root:은/는} 그 길마다 영향을 받으므로 길마다 온 기울기를 모두 더합니다(다변수 연쇄법칙).",
        "Why +=? Some are used more than once: {uses}. {root} depends on them along each of these paths, so what "
        "arrives along all of them is added up (the multivariable chain rule).",
    ),
    "why_plus_once": (
        "왜 +=인가요? 여러 곳에 쓰인 값은 길마다 온 기울기를 모두 더해야 하기 때문입니다. "
        "여기서는 모두 한 번씩만 쓰입니다.",
        "Why +=? A value used in several places adds up what arrives from each. Here each is used only once.",
    ),
    "times": ("{name}({n}번)", "{name} ({n} times)"),
    "why_value": (
        "{node:을/를} 계산하는 데 필요한 값({used})이 모두 준비되었습니다.",
        "All that {node} is computed from ({used}) is there.",
    ),
    # ---- an expression that cannot be read
    "syntax": ("식을 읽을 수 없습니다: {reason}", "this cannot be read: {reason}"),
    "too_long": (
        "식이 너무 깁니다: {n}자 (최대 {most}자)",
        "the expression is too long: {n} characters of at most {most}",
    ),
    "too_deep": (
        "괄호나 연산이 너무 깊습니다 (최대 {most}겹)",
        "nested too deeply (at most {most} levels)",
    ),
    "empty": ("식이 비어 있습니다", "the expression is empty"),
    "not_allowed": (
        "여기에는 쓸 수 없습니다. 이름, 숫자, + - * / **, 괄호, 함수({functions})만 됩니다",
        "not allowed: only names, numbers, + - * / **, parentheses and functions ({functions}) are",
    ),
    "power": ("거듭제곱은 **로 씁니다: x**2", "a power is written **: x**2"),
    "target": (
        "= 왼쪽에는 이름 하나만 옵니다: d = a*b",
        "only a single name stands left of =: d = a*b",
    ),
    "twice": (
        "{name:은/는} 이미 있습니다. 다른 이름을 쓰세요",
        "{name} exists already; take another name",
    ),
    "is_function": (
        "{name:은/는} 함수 이름입니다. 다른 이름을 쓰세요",
        "{name} is a function; take another name",
    ),
    "unknown_name": (
        "{name}의 값이 없습니다. {name}=2처럼 주세요{hint}",
        "{name} has no value; give one: {name}=2{hint}",
    ),
    "unknown_function": (
        "{name:이라는/라는} 함수는 없습니다{hint}",
        "there is no function {name}{hint}",
    ),
    "hint": (" (혹시 {names}?)", " (did you mean {names}?)"),
    "unused": (
        "{name:은/는} 식에 쓰이지 않습니다",
        "{name} is not used in the expression",
    ),
    "no_name": (
        "; 앞의 식에는 이름을 붙이세요: d = a*b",
        "what stands before a ; needs a name: d = a*b",
    ),
    "engine": ("{text}", "{text}"),
    "signature": ("{call}처럼 씁니다", "it is written {call}"),
    "no_variable": (
        "변수가 없습니다. 예: x = 3; x**2",
        "there is no variable in it; for example x = 3; x**2",
    ),
    "bad_number": (
        "{name}={value}: {value:은/는} 유한한 실수가 아닙니다",
        "{name}={value}: {value} is not a finite number",
    ),
    "bad_assignment": (
        "{text!r}: 이름=숫자 꼴로 주세요. 예: a=2",
        "{text!r}: write name=number, for example a=2",
    ),
    # ---- the command line
    "about": (
        "식 하나를 계산 그래프로 만들어 한 단계씩 따라가거나 그림으로 저장합니다.",
        "Make a computation graph of an expression, and step through it or draw it.",
    ),
    "examples": (
        """예:
  python -m micrograd_kr step "relu(a*b + c)" a=2 b=-3 c=10
  python -m micrograd_kr step "d = a*b; e = d + c; L = relu(e)" a=2 b=-3 c=10 --html steps.html
  python -m micrograd_kr draw "tanh(w1*x1 + w2*x2 + b)" w1=0.5 x1=1 w2=-1 x2=2 b=0.1 -o neuron.svg""",
        """examples:
  python -m micrograd_kr step "relu(a*b + c)" a=2 b=-3 c=10
  python -m micrograd_kr step "d = a*b; e = d + c; L = relu(e)" a=2 b=-3 c=10 --html steps.html
  python -m micrograd_kr draw "tanh(w1*x1 + w2*x2 + b)" w1=0.5 x1=1 w2=-1 x2=2 b=0.1 -o neuron.svg""",
    ),
    "commands": ("명령", "commands"),
    "about_step": (
        "순전파와 역전파를 한 노드씩 보여 줍니다",
        "show the forward and the backward pass, one node at a time",
    ),
    "about_demo": ("데모를 보여 주거나 실행합니다", "list the demos, or run one"),
    "arg_demo": (
        "데모의 이름. 없으면 목록을 보여 줍니다",
        "which one; without it they are listed",
    ),
    "arg_rest": (
        "데모에 넘길 인자. 예: --epochs 50",
        "arguments of the demo, such as --epochs 50",
    ),
    "about_draw": ("계산 그래프를 그림으로 저장합니다", "write the graph as a picture"),
    "arg_expression": (
        "식. 예: 'relu(a*b + c)'. ;로 나누면 중간 값에 이름이 붙습니다: 'd = a*b; relu(d + c)'",
        "such as 'relu(a*b + c)'; with ; the parts get names: 'd = a*b; relu(d + c)'",
    ),
    "arg_values": ("변수의 값. 예: a=2 b=-3", "what the variables are: a=2 b=-3"),
    "arg_html": (
        "한 장으로 된 웹 페이지로 저장",
        "write one web page that plays the steps",
    ),
    "arg_svg": (
        "역전파를 마친 그래프를 그림으로 저장",
        "write the picture of the finished backward pass",
    ),
    "arg_frames": (
        "단계마다 SVG 하나씩 폴더에 저장",
        "write an SVG for each step into a folder",
    ),
    "arg_output": (
        "저장할 파일: .svg .png .pdf .dot (기본값 graph.svg)",
        "the file: .svg, .png, .pdf or .dot (default: graph.svg)",
    ),
    "arg_lang": (
        "글의 언어 (기본값은 시스템 언어)",
        "language of the text (default: that of the locale)",
    ),
    "functions": (
        """함수: {functions}.
목록을 받는 함수는 [ ]를 씁니다: sum([a, b]), dot([a, b], [c, d]).
-로 시작하는 식은 -- 뒤에 둡니다: step -- "-a*b" a=2 b=3""",
        """functions: {functions}.
Those that take lists are written with [ ]: sum([a, b]), dot([a, b], [c, d]).
An expression that starts with - stands behind --: step -- "-a*b" a=2 b=3""",
    ),
    "forward": (
        "순전파: 입력에서 결과로",
        "forward pass: from the inputs to the result",
    ),
    "backward": (
        "역전파: 결과에서 입력으로",
        "backward pass: from the result to the inputs",
    ),
    "prompt": (
        "[Enter] 다음  [b] 뒤로  [w] 왜?  [q] 끝내기 > ",
        "[Enter] next  [b] back  [w] why?  [q] quit > ",
    ),
    "wrote": ("저장했습니다: {path}", "wrote {path}"),
    "wrong": ("오류: {text}", "error: {text}"),
}


def say(key: str, lang: str, **values: object) -> str:
    """The message ``key`` in ``lang``, with the values in it.

    Text among the values takes the Korean particle that fits it: ``{node:은/는}``.
    """
    words = {
        name: Word(value) if isinstance(value, str) else value
        for name, value in values.items()
    }
    return MESSAGES[key][LANGUAGES.index(lang)].format(**words)


def language(lang: str | None = None) -> str:
    """``lang`` if it is one we speak, else an error; for None what the locale says.

    >>> language("ko")
    'ko'
    """
    if lang is None:
        known = (
            os.environ.get(name)
            for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
        )
        here = next(filter(None, known), None) or locale.getlocale()[0] or ""
        return "ko" if here.lower().startswith("ko") else "en"
    if lang not in LANGUAGES:
        raise ValueError(f"lang is {lang!r}; it must be 'ko', 'en' or None")
    return lang


def number(x: float, digits: int | None = 4) -> str:
    """``x`` to so many significant digits; whole numbers up to a million as they are; None: exactly.

    >>> [number(x) for x in (2.0, -0.0, 220.00000000000003, 12345.6, 1e-7, 1 / 3)]
    ['2', '0', '220', '12350', '1e-07', '0.3333']
    >>> number(1 / 3, None)
    '0.3333333333333333'
    """
    if digits is None:
        return repr(x)
    if x == round(x, 0) and abs(x) < 1e6:
        return str(int(x))
    text = f"{x:.{digits}g}"
    return (
        f"{float(text):.0f}" if "e" in text and 1 <= abs(x) < 1e6 else text
    )  # 12350 and not 1.235e+04


def listed(
    names: Iterable[str], lang: str, most: int = FEW, between: str = ", "
) -> str:
    """The names in a row; of many the first ones and how many more.

    >>> listed("abcdefghijkl", "en", 3)
    'a, b, c and 9 more'
    """
    names = list(names)
    if len(names) <= most:
        return between.join(names)
    return say("others", lang, names=between.join(names[:most]), n=len(names) - most)


def columns(text: str) -> int:
    """How wide the text is in a terminal, where Hangul takes two columns a letter.

    >>> columns("손실 L")
    6
    """
    return sum(
        2 if east_asian_width(c) in "WF" else 0 if combining(c) else 1 for c in text
    )


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
