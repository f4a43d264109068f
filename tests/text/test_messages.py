"""Sentences: a particle fits what stands before it, be it a word, a number or a repr."""

import ast
import math
import re
from importlib import import_module
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

import micrograd_kr
from micrograd_kr import Value
from micrograd_kr.nn import SGD, Neuron
from micrograd_kr.text import Messages, Word

say = Messages({"is": ("{x:은/는} {x!r:이/가} {x}", "{x} is {x!r}")})

# How a digit ends in Korean: 영 일 이 삼 사 오 육 칠 팔 구.
ENDS_IN_CONSONANT = {"0": 1, "1": 1, "2": 0, "3": 1, "4": 0, "5": 0, "6": 1, "7": 1}
ENDS_IN_CONSONANT |= {"8": 1, "9": 0}


@pytest.mark.parametrize(
    ("x", "said"),
    [
        (3, "3은 3이 3"),
        (2.5, "2.5는 2.5가 2.5"),
        (-0.0, "-0.0은 -0.0이 -0.0"),
        (math.nan, "nan은 nan이 nan"),
        (math.inf, "inf는 inf가 inf"),
        (None, "None은 None이 None"),
        (True, "True는 True가 True"),
        ([1, 2], "[1, 2]는 [1, 2]가 [1, 2]"),
        ("손실", "손실은 '손실'이 손실"),
        ("d", "d는 'd'가 d"),
        ("95.0%", "95.0%는 '95.0%'가 95.0%"),
    ],
)
def test_whatever_stands_there_has_its_particle(x, said):
    assert say("is", "ko", x=x) == said


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_a_number_s_particle_is_that_of_its_last_digit(x):
    consonant = ENDS_IN_CONSONANT[repr(x)[-1]]
    particles = ("은", "이") if consonant else ("는", "가")
    first, second, _ = say("is", "ko", x=x).split(" ")
    assert (first[-1], second[-1]) == particles


def test_other_specs_are_python_s_own():
    sizes = Messages({"n": ("{n:,}바이트 {x:.2f} {b:#04x}", "{n:,} {x:.2f} {b:#04x}")})
    assert sizes("n", "en", n=12345, x=0.5, b=7) == "12,345 0.50 0x07"


PACKAGE = Path(micrograd_kr.__file__).parent
SPOKEN = [
    path
    for folder in (PACKAGE, PACKAGE.parent / "demos")
    for path in sorted(folder.rglob("*"))
    if path.suffix in (".py", ".js", ".json", ".html", ".md")
]
FIXED = re.compile(
    r"(?<!})}(은|는|이|가|을|를|과|와|으로|로)(?![가-힣])"  # after a place
    r"|[은을이과]\((는|를|가|와)\)|\((은|을|이|과)\)[는를가와]|\(으\)로"  # both at once
)


def test_no_sentence_has_a_particle_that_cannot_change():
    """After a place stands {x:은/는}, and not 는, which is right for some x only, nor 은(는)."""
    assert len(SPOKEN) > 200
    said = [
        (path.name, line)
        for path in SPOKEN
        for line in path.read_text("utf-8").splitlines()
    ]
    assert [where for where in said if FIXED.search(where[1])] == []


def test_what_cannot_change_is_found():
    for text in ("{x}는 3", "${x}을.", "f(x)은(는)", "{x}로"):
        assert FIXED.search(text), text
    assert FIXED.search("{x:은/는} {n}이면 {a}가지") is None


ROOMS = sorted(path.parent.name for path in PACKAGE.glob("*/messages.py"))
every_room = pytest.mark.parametrize("room", ROOMS)
ELSEWHERE = {"cli": {"backward"}}  # a key that is a word of another room


@every_room
def test_both_languages_have_the_same_places(room):
    table = import_module(f"micrograd_kr.{room}.messages").say.table
    for key, texts in table.items():
        korean, english = [
            {field.split("!")[0] for _, field, *_ in Formatter().parse(text) if field}
            for text in texts
        ]
        assert korean == english, key


@every_room
def test_every_sentence_is_said_and_what_is_said_is_there(room):
    """A key stands somewhere in its room, if only a part of it: ``say(f"about_{level}")``."""
    keys, words, said, beginnings, endings = [], set(), set(), set(), set()
    for path in (PACKAGE / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(ast.Name("Messages"), [ast.Dict(keys=found)]):
                    keys += found
                case ast.Call(ast.Name("say"), [ast.Constant(key), *_]):
                    said.add(key)
                case ast.JoinedStr([ast.Constant(text), *_]) if text.endswith("_"):
                    beginnings.add(text)
                case ast.JoinedStr([*_, ast.Constant(text)]) if text.startswith("_"):
                    endings.add(text)
                case ast.Constant(str()) if node not in keys:
                    words.add(node.value)
    names = {key.value for key in keys}
    assert said <= names
    for key in names - words - ELSEWHERE.get(room, set()):
        assert key.startswith(tuple(beginnings)) or key.endswith(tuple(endings)), key


def test_errors_of_a_learner_read_well(korean):
    """Numbers and lists are read as a Korean reads them."""
    v = Value(1.0, "v")
    with pytest.raises(TypeError, match=r"크기 2\.5는 정수가"):
        Neuron(2.5)
    with pytest.raises(ValueError, match="'swish'는 없습니다"):
        Neuron(2, "swish")
    v.grad = 1e308
    with pytest.raises(OverflowError, match=r"-inf가 됩니다.*학습률 10\.0을 낮추세요"):
        SGD([v], lr=10.0).step()
    assert f"{Word('line'):은/는} {Word('sigmoid'):은/는}" == "line은 sigmoid는"
