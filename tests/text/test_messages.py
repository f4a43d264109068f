"""Sentences: a particle fits what stands before it, be it a word, a number or a repr."""

import math
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micrograd_kr import Value
from micrograd_kr.compiler import messages as compiler
from micrograd_kr.engine import messages as engine
from micrograd_kr.export import messages as export
from micrograd_kr.nn import SGD, Neuron
from micrograd_kr.nn import messages as nn
from micrograd_kr.practice import messages as practice
from micrograd_kr.text import Messages, Word
from micrograd_kr.training import messages as training

say = Messages({"is": ("{x:은/는} {x!r:이/가} {x}", "{x} is {x!r}")})
ROOMS = [engine.say, nn.say, training.say, export.say, compiler.say, practice.say]

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


@pytest.mark.parametrize("room", ROOMS)
def test_no_sentence_has_a_particle_that_cannot_change(room):
    """After a place stands {x:은/는}, and not 는, which is right for some x only."""
    for key, (korean, _) in room.table.items():
        after_a_place = False
        for text, field, *_ in Formatter().parse(korean):
            if after_a_place:
                word = (text.split(" ")[0] if text else "").rstrip(".,;:")
                assert word not in {*"은는이가을를과와", "으로", "로"}, key
            after_a_place = field is not None


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
