"""What the page says and computes is what Python does: its script under node, any graph, any numbers."""

import random
from collections.abc import Iterator

import pytest
from headless import NODE, Headless
from hypothesis import given, settings
from hypothesis import strategies as st
from table import random_graph
from test_javascript import recomputed
from told import ascii_minus, walked, words_of
from walks import graphs

from micrograd_kr import Value, record_lines
from micrograd_kr.text import LANGUAGES, format_number

pytestmark = pytest.mark.skipif(NODE is None, reason="there is no node on PATH")
many = settings(deadline=None, max_examples=200)


@pytest.fixture(scope="module")
def page() -> Iterator[Headless]:
    process = Headless()
    yield process
    process.close()


@many
@given(graphs(), st.sampled_from(LANGUAGES))
def test_the_page_tells_every_step_as_the_repl_does(
    page: Headless, y: Value, lang: str
) -> None:
    told, expected = page.walk(y, lang), walked(y)
    for lines, step in zip(told["forward"], expected["forward"], strict=True):
        assert words_of(" ".join(lines)) == words_of(step["text"][lang])
    for lines, step in zip(told["backward"], expected["backward"], strict=True):
        text = f"{step['text'][lang]} {step['why'][lang]}"
        assert words_of(" ".join(lines)) == words_of(text)


@many
@given(
    st.integers(0, 10**6),
    st.lists(st.floats(-3, 3), min_size=3, max_size=3),
)
def test_numbers_after_a_change_are_python_s(
    page: Headless, seed: int, numbers: list[float]
) -> None:
    root = random_graph(random.Random(seed).choice, 8)[1][-1]
    order = root.topological_order()
    leaves = [i for i, v in enumerate(order) if v.op is None]
    changed = dict(zip(leaves, numbers, strict=False))
    told = page.walk(root, leaves=changed)
    again = recomputed(order, {order[i]: x for i, x in changed.items()})
    again[-1].backward()
    size = max(1.0, *(abs(v.data) for v in again))
    assert told["data"] == pytest.approx([v.data for v in again], rel=1e-11)
    steepest = max(1.0, *(abs(v.grad) for v in again))
    grads = [v.grad for v in again]
    close = pytest.approx(grads, rel=1e-11, abs=1e-13 * size * steepest)
    assert told["grads"] == close


@many
@given(graphs())
def test_without_a_change_they_are_python_s_to_the_bit(
    page: Headless, y: Value
) -> None:
    told = page.walk(y)
    order = y.topological_order()
    assert told["data"] == [v.data for v in order]
    y.backward()
    assert told["grads"] == [v.grad for v in order]


@many
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_a_number_is_written_as_in_a_terminal(
    page: Headless, numbers: list[float]
) -> None:
    expected = [format_number(x) for x in numbers]
    assert list(map(ascii_minus, page.write(numbers))) == expected


HOSTILE = st.sampled_from(
    ["[node]", '["data", 0]', "{parent}", "$&", "<b>", "</script>", "__proto__", "-1"]
) | st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@many
@given(st.lists(HOSTILE, min_size=4, max_size=4), st.sampled_from(LANGUAGES))
def test_a_label_is_never_taken_for_a_place(
    page: Headless, labels: list[str], lang: str
) -> None:
    """Text of a user goes through every sentence as it is."""
    a, b = Value(2.0, labels[0]), Value(-3.0, labels[1])
    with record_lines():  # {node} <b>: a line of the user's is text as well
        d = a * b + a
        y = d.maximum(b) * d  # [node] {line} <b> "</script>"
    d.label, y.label = labels[2:]
    told, expected = page.walk(y, lang), walked(y)
    for kind in ("forward", "backward"):
        for lines, step in zip(told[kind], expected[kind], strict=True):
            text = f"{step['text'][lang]} {step.get('why', {}).get(lang, '')}"
            assert words_of(" ".join(lines)) == words_of(text)
