"""A CSV file is read as the page reads one, with the same sentences."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micrograd_kr.pages.javascript import web_file
from micrograd_kr.training import load_csv
from micrograd_kr.training.messages import say

ROWS = "1,2,a\n3,4,b\n-1,0.5,a\n1e-3,7,b\n"


@pytest.fixture
def file(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "points.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


@pytest.mark.parametrize(
    "text",
    [
        ROWS,
        "x1,x2,class\n" + ROWS,
        ROWS.replace(",", ";"),
        ROWS.replace(",", " \t "),
        ROWS.replace("\n", "\r\n"),
        "\n\n" + ROWS + "\n,,\n",
    ],
)
def test_it_is_read_with_or_without_a_heading(file, text):
    for encoding in ("utf-8", "utf-8-sig"):
        X, y = load_csv(file(text, encoding))
        assert X == [[1, 2], [3, 4], [-1, 0.5], [0.001, 7]]
        assert y == [0, 1, 0, 1]


# The same that tests/pages/test_training_engine.py asks of the page.
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1,2,a\n3,4\n", "line 2: 2 columns"),
        ("1,2,a\n3,x,b\n", "line 2: x is not a number."),
        ("1,2,a\n\n,4,b\n", "line 3: — is not a number."),
        ("1,2,a\n3,4,b\n", "only 2 points"),
        ("1,2,a\n" * 5, "only 5 points"),
        ("".join(f"1,2,{c}\n" for c in range(11)), "11 classes; at most 10"),
        ("1,2,a\n3,inf,b\n", "line 2: inf is not a number."),
        ("1,2,a\n3,1_0,b\n", "line 2: 1_0 is not a number."),
        ("1,2,a\n3,{line},b\n", "line 2: {line} is not a number."),
        ("", "only 0 points"),
    ],
)
def test_what_cannot_be_read_says_where(file, text, says):
    path = file(text)
    with pytest.raises(ValueError, match=re.escape(f"{path}: {says}")):
        load_csv(path)


@given(st.lists(st.tuples(*[st.floats(-1e300, 1e300)] * 2), min_size=4, max_size=20))
def test_numbers_come_back_to_the_bit(tmp_path_factory, points):
    path = tmp_path_factory.mktemp("csv") / "points.csv"
    lines = [f"{a!r},{b!r},{i % 2}" for i, (a, b) in enumerate(points)]
    path.write_text("\n".join(lines))
    assert load_csv(path)[0] == [list(point) for point in points]


@pytest.mark.parametrize("name", ["csvColumns", "csvNumber", "csvFew", "csvMany"])
def test_the_sentences_are_the_page_s(name):
    words = json.loads(web_file("training/words.json"))
    key = re.sub("([A-Z])", r"_\1", name).lower()
    assert say.table[key] == (words["ko"][name], words["en"][name])
