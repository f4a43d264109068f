"""The walk through a graph: its numbers are reverse mode's, its text says them, and going back undoes everything."""

import gc
import html
import json
import math
import re
import struct
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from walks import FLOAT, bits, diamond, first, grads, graphs, labelled, named, restore

import micrograd_kr as mk
from micrograd_kr import OPS, Value
from micrograd_kr.engine.ops import FLOATS
from micrograd_kr.stepper.formulas import rule
from micrograd_kr.stepper.messages import say as stepper_says
from micrograd_kr.stepper.stepper import Step, Stepper
from micrograd_kr.text import LANGUAGES, Word, language
from micrograd_kr.text import format_number as number

some = settings(deadline=None)


def states(y: Value) -> list[list[bytes]]:
    """The grads of every node after each step, by reverse mode written out here."""
    order = y.topological_order()
    grad = {id(v): v.grad for v in order}
    seen = [bits(grad.values())]
    for k, v in enumerate(v for v in reversed(order) if v.op or v is y):
        if k == 0:
            grad |= {id(u): 0.0 for u in order if u.op}
            grad[id(y)] += 1.0
        for p, d in zip(v.parents, v.partials, strict=True):
            grad[id(p)] += grad[id(v)] * d
        seen.append(bits(grad.values()))
    return seen


# ---- the numbers -----------------------------------------------------------------------------------


@some
@given(graphs())
def test_all_steps_leave_the_grads_of_backward(y: Value) -> None:
    before = grads(y)
    y.backward()
    y.backward()
    expected = grads(y)
    restore(y, before)
    Stepper(y).run()
    assert len(list(Stepper(y))) == len(Stepper(y))
    assert grads(y) == expected


@some
@given(graphs(), st.data())
def test_any_way_through_the_steps_has_the_grads_of_each_place(
    y: Value, data: Any
) -> None:
    expected = states(y)
    order = y.topological_order()
    s = Stepper(y, lang="en")
    assert len(s) == len(expected) - 1
    for _ in range(data.draw(st.integers(1, 12))):
        action = data.draw(
            st.sampled_from(
                ["next", "back", "to", "node", "run", "until", "why", "record", "rest"]
            )
        )
        at = s.at
        if action == "next":
            s.next()
            assert s.at == min(at + 1, len(s))
        elif action == "back":
            s.back()
            assert s.at == max(at - 1, 0)
        elif action == "to":
            k = data.draw(st.integers(0, len(s)))
            s.goto(k)
            assert s.at == k
        elif action == "node":
            v = data.draw(st.sampled_from(order))
            s.goto(v)
            last = s._last()
            assert (
                last.node is v
                if v.op or v is y
                else v in [line.parent for line in last.edges]
            )
        elif action == "run":
            s.run()
            assert s.at == len(s)
        elif action == "until":
            v = data.draw(st.sampled_from(order))
            s.run(until=v)
            if s.at > at and v.op:  # it was not there yet
                assert s.nodes[s.at] is v
        elif action == "why":
            s.why()
        elif action == "record":
            s.recording()
        else:
            assert len(list(s)) == len(s) - at
        assert grads(y) == expected[s.at]
    s.goto(len(s))
    restore(y, expected[0])
    y.backward()
    assert grads(y) == expected[-1]


@some
@given(graphs())
def test_a_move_has_the_exact_numbers(y: Value) -> None:
    for turn in Stepper(y):
        assert (
            [line.parent for line in turn.edges] == list(turn.node.parents)
            if turn.node.op
            else not turn.edges
        )
        for line, partial in zip(turn.edges, turn.node.partials, strict=True):
            assert bits([line.adjoint, line.partial]) == bits([turn.adjoint, partial])
            assert bits([line.contribution]) == bits([line.adjoint * line.partial])
            assert bits([line.after]) == bits([line.before + line.contribution])


def test_leaf_alone_is_one_step() -> None:
    x = Value(3.0, "x")
    x.grad = 5.0
    s = Stepper(x)
    s.run()
    assert (len(s), x.grad) == (1, 6.0)
    s.back()
    assert x.grad == 5.0


@pytest.mark.parametrize(
    "disturb",
    [Value.backward, Value.zero_grad, lambda y: setattr(named(y)["d"], "grad", 99.0)],
)
def test_what_happens_to_grads_in_between_does_not_mix_with_the_walk(
    disturb: Any,
) -> None:
    y = diamond()
    s, undisturbed = Stepper(y), Stepper(diamond())
    for _ in range(2):
        s.next()
        undisturbed.next()
    disturb(y)
    for turn, expected in zip(s, undisturbed, strict=True):
        assert [line[2:5] for line in turn.edges] == [
            line[2:5] for line in expected.edges
        ]
        assert turn.node.grad == expected.node.grad


def test_backward_in_between_adds_to_the_leaves() -> None:
    y = diamond()
    s = Stepper(y)
    s.goto(3)
    y.backward()
    s.run()
    assert [named(y)[name].grad for name in "ab"] == [2 * 25.0, 2 * 19.0]


def test_recording_and_frames_keep_grads_that_were_set_by_hand(tmp_path: Any) -> None:
    y = first()
    s = Stepper(y)
    s.run()
    named(y)["a"].grad = named(y)["d"].grad = 99.0
    before = grads(y)
    s.recording(), s.save_frames(tmp_path), s.draw()
    assert grads(y) == before


def test_forward_walk_changes_no_grad_and_goes_the_other_way() -> None:
    y = diamond()
    y.backward()
    before = grads(y)
    s = Stepper(y, "forward", "en")
    assert [m.node.label for m in s] == ["c", "d", "e", "f", "y"]
    assert [v.label for v in reversed(s.walk.done)] == [
        m.node.label for m in Stepper(y)
    ][:5]
    restore(y, before)
    s.back()
    s.goto(named(y)["d"])
    assert s.at == 2
    s.run(until=named(y)["f"])
    assert s.at == 3
    s.goto(named(y)["a"])
    assert s.at == 0
    s.why(), s.recording(), s.run()
    assert grads(y) == before


def opcodes(call: Any) -> int:
    """How much Python a call runs."""
    count = 0

    def trace(frame: Any, event: str, arg: Any) -> Any:
        nonlocal count
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return trace

    former = sys.gettrace()
    gc.disable()  # the collector may call functions too
    sys.settrace(trace)
    try:
        repr(call())
    finally:
        sys.settrace(former)
        gc.enable()
    return count


def test_next_and_back_cost_the_node_and_not_the_graph() -> None:
    def walk(n: int) -> Stepper:
        x = y = Value(1.0, "x")
        for i in range(n):
            y = y * x
            y.label = f"y{i - n:06}"
        return Stepper(y, lang="en")

    opcodes(lambda: None)  # the first time that Python 3.12 counts, it counts nothing
    small, large = walk(50), walk(20_000)
    for s in (small, large):
        s.goto(10)
        repr(s.next())  # caches are filled
    for do in ("next", "back", "next", "next", "back"):
        few = opcodes(getattr(small, do))
        # [12/20000] is wider than [12/50], and a line is broken elsewhere
        assert 0 < opcodes(getattr(large, do)) < 1.05 * few


def test_a_deep_graph_walks_to_its_end_and_back() -> None:
    y = x = Value(1.0, "x")
    for _ in range(20_000):
        y = y + 1.0
    s = Stepper(y, lang="en")
    s.run()
    assert x.grad == 1.0
    s.goto(0)
    assert x.grad == 0.0
    assert "x.grad" in repr(s.run())


def test_goto_a_leaf_used_often_is_where_its_last_contribution_arrives() -> None:
    """x is used by each of five nodes; its grad is complete only after all of them."""
    x = Value(2.0, "x")
    y = x * 3
    for k in range(4):
        y = y + x * (k + 1)
    y.backward()
    complete, x.grad = x.grad, 0.0
    s = Stepper(y, lang="en")
    s.goto(x)
    assert x.grad == complete == 13.0
    assert x in [edge.parent for edge in s._last().edges]
    s.back()
    assert x.grad != complete


@some
@given(graphs())
def test_after_goto_a_leaf_nothing_more_arrives(y: Value) -> None:
    before = grads(y)
    for leaf in [v for v in y.topological_order() if v.op is None and v is not y]:
        s = Stepper(y)
        s.goto(leaf)
        here = leaf.grad
        received = len(s.walk.received[leaf])
        assert any(edge.parent is leaf for edge in s._last().edges)
        s.run()
        assert len(s.walk.received[leaf]) == received
        assert bits([leaf.grad]) == bits([here])
        restore(y, before)


def test_places_have_names() -> None:
    y = diamond()
    s = Stepper(y, lang="en")
    s.goto("d")
    assert s._last().node is named(y)["d"]
    s.goto("a")
    assert s._last().node is named(y)["c"]
    s.goto(0)
    s.run(until="d")
    assert s.nodes[s.at] is named(y)["d"]
    z = y * 2 + y
    s = Stepper(z, lang="en")
    s.goto("v1")  # the name that the text gives it
    assert s._last().node is z.parents[0]
    with pytest.raises(ValueError, match="is called 'q'; there are a, b, c"):
        s.goto("q")
    for place in (1.5, True, None):
        with pytest.raises(TypeError, match="no number of steps"):
            s.goto(place)  # type: ignore[arg-type]


@pytest.mark.parametrize("k", [-1, 4])
def test_goto_outside_says_the_range(k: int) -> None:
    with pytest.raises(IndexError, match=f"{k} is not from 0 to 3"):
        Stepper(first()).goto(k)


def test_what_is_no_part_of_the_graph_is_refused_by_name() -> None:
    s = Stepper(first())
    for go in (s.goto, lambda v: s.run(until=v)):
        with pytest.raises(ValueError, match=r"label='z'.* is not in the graph of L"):
            go(Value(1.0, "z"))
    with pytest.raises(TypeError, match=r"3\.0 is a float"):
        Stepper(3.0)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="'up'"):
        Stepper(first(), "up")  # type: ignore[arg-type]


# ---- the text --------------------------------------------------------------------------------------

REAL = r"(-?\d[\d.]*(?:e[-+]\d+)?|-?inf|nan)"


@some
@given(graphs(), st.sampled_from(LANGUAGES))
def test_the_full_text_has_every_number_exactly(y: Value, lang: str) -> None:
    for turn in Stepper(y, lang=lang):
        said = re.findall(rf"= {REAL} × {REAL} = {REAL}", turn.full())
        assert [bits(map(float, numbers)) for numbers in said] == [
            bits(line[2:5]) for line in turn.edges
        ]
        grads_said = re.findall(rf"\.grad: {REAL} → {REAL}", turn.full())
        assert [bits(map(float, numbers)) for numbers in grads_said] == [
            bits([line.before, line.after]) for line in turn.edges
        ]


@some
@given(graphs(), st.sampled_from(LANGUAGES))
def test_the_text_has_the_same_numbers_rounded(y: Value, lang: str) -> None:
    for turn in Stepper(y, lang=lang):
        said = re.findall(rf"= {REAL} × {REAL} = {REAL}", repr(turn))
        assert [tuple(map(number, line[2:5])) for line in turn.edges[:8]] == said


@some
@given(st.sampled_from(list(OPS.values())), st.data())
def test_the_formula_in_the_text_is_worth_the_partial(op: Any, data: Any) -> None:
    n = data.draw(st.integers(1, 3))
    count = iter(range(100))

    def operand() -> Value:
        return Value(data.draw(FLOAT), f"v{next(count)}")

    operands: list[Any] = [
        [operand() for _ in range(n)] if x[0] == "*" else operand() for x in op.operands
    ]
    if len(operands) > 1 and not op.variadic and data.draw(st.booleans()):
        operands[data.draw(st.integers(0, len(operands) - 1))] = data.draw(
            st.sampled_from([2.0, -1.5, 1.0, 0.0])
        )
    try:
        v = getattr(mk, op.name)(*operands)
    except (ValueError, ArithmeticError):
        return
    v.label = "out_"
    names = {str(x.label): x.data for x in (*v.parents, v)}
    for k, partial in enumerate(v.partials):
        text = rule(v, k, lambda x: str(x.label), None)
        found = re.fullmatch(r"(.*?)(?: \(([^()]*[<>=≤≥≠][^()]*)\))?", text)
        assert found
        assert " if " not in text
        space = {**FLOATS, "π": math.pi, **names}
        assert eval(found[1], space) == pytest.approx(partial, rel=1e-12, abs=1e-300)
        for condition in (found[2] or "True").split(", "):
            python = (
                condition.replace("≤", "<=")
                .replace("≥", ">=")
                .replace("≠", "!=")
                .replace(" = ", " == ")
            )
            assert eval(python, space)


def test_a_formula_is_no_case_distinction_when_the_data_has_changed() -> None:
    y = first()
    n = named(y)
    n["e"].data = -1.0  # the partial recorded is that of e > 0
    turn = Stepper(y, lang="en").next()
    assert "e ≤ 0" not in repr(turn)
    assert "= 1 × 1 = 1" in repr(turn)
    assert "with the data of the forward pass" in repr(turn)


@some
@given(graphs())
def test_the_forward_text_ends_in_the_value(y: Value) -> None:
    for turn in Stepper(y, "forward", "ko"):
        assert repr(turn).endswith(f" = {number(turn.node.data)}")


def test_readme_transcript() -> None:
    s = Stepper(first(), lang="en")
    s.goto(2)
    assert (
        repr(s.next())
        == """\
[3/3] d = a * b
      a.grad += d.grad × ∂d/∂a = 1 × -3 = -3    ∂d/∂a = b    (a.grad: 0 → -3)
      b.grad += d.grad × ∂d/∂b = 1 × 2 = 2      ∂d/∂b = a    (b.grad: 0 → 2)"""
    )
    assert (
        repr(s.back())
        == "[2/3] the step of d is undone.\n      b.grad: 2 → 0, a.grad: -3 → 0"
    )


def test_a_second_contribution_is_shown_as_one() -> None:
    s = Stepper(diamond(), lang="en")
    texts = {m.node.label: repr(m) for m in s}
    assert "contribution" not in texts["y"] + texts["f"]
    assert "(c.grad: 6 → 7, contribution 2 added)" in texts["e"]
    assert "(a.grad: 18 → 25, contribution 2 added)" in texts["c"]


def test_a_grad_from_before_is_shown_as_one() -> None:
    y = first()
    y.backward()
    s = Stepper(y, lang="en")
    s.goto(named(y)["d"])
    assert "(a.grad: -3 → -6, added to the grad from before)" in repr(s)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_why_names_who_had_to_be_finished_first(lang: str) -> None:
    y = diamond()
    s = Stepper(y, lang=lang)
    assert "y.grad = 1" in s.why()
    for turn in s:
        users = {u.label for u in y.topological_order() if turn.node in u.parents}
        finished = {v.label for v in list(s.walk.done)[:-1]}
        assert users <= finished
        said = re.search(r"\(([a-z, ]+)\)", s.why())
        assert users == (set(said[1].split(", ")) if said and users else set())
    s.goto(named(y)["d"])
    assert "d.grad = 5 + 1 = 6" in s.why()
    assert "a → d, c; b → d, c" in s.why()


@pytest.mark.parametrize(
    ("lang", "twice"), [("ko", "x → y(2번)"), ("en", "x → y (2 times)")]
)
def test_why_counts_a_value_used_twice_by_one(lang: str, twice: str) -> None:
    x = Value(3.0, "x")
    assert twice in Stepper(labelled(y=x * x), lang=lang).why()
    assert "+=" in Stepper(labelled(z=Value(1.0, "x").exp()), lang=lang).why()


def test_many_parents_are_cut_and_all_are_there_on_request() -> None:
    y = mk.sum([Value(float(i), f"x{i}") for i in range(33)])
    turn = Stepper(y, lang="en").next()
    assert isinstance(turn, Step)
    assert repr(turn).count("+=") == 8
    assert "and 25 more" in repr(turn)
    assert turn.full().count("+=") == 33
    assert Stepper(y, lang="en").run().count(".grad = ") == 8


def test_ends_and_starts_say_so_and_change_nothing() -> None:
    y = first()
    s = Stepper(y, lang="en")
    assert repr(s.back()) == repr(s) == "[0/3] no step is done yet."
    s.run()
    before = grads(y)
    assert (
        repr(s.next())
        == "[3/3] the backward pass is finished.\n      a.grad = -3, b.grad = 2, c.grad = 1"
    )
    assert grads(y) == before


def test_a_name_cannot_break_the_lines_of_the_text() -> None:
    hostile, harmless = (
        repr(Stepper(Value(2.0, label).exp(), lang="en").next())
        for label in ("a\n\x1b", "a-------")
    )
    assert hostile.count("\n") == harmless.count("\n")
    assert "\x1b" not in hostile


def test_long_names_are_broken_into_readable_lines() -> None:
    loss = (mk.MLP(2, [2, 1], seed=0)([1.0, 2.0]) - 1) ** 2
    loss.label = "loss"
    for turn in Stepper(loss, lang="ko"):
        assert all(len(line) <= 106 for line in repr(turn).splitlines())
    assert "layer0.neuron1.w0.grad += " in "\n".join(map(repr, Stepper(loss)))


def test_the_same_words_in_both_languages() -> None:
    for key, texts in stepper_says.table.items():
        fields = [sorted(set(re.findall(r"\{(\w+)", text))) for text in texts]
        assert fields[0] == fields[1], key
        assert not re.search("[가-힣]", texts[1]), key
        assert len(texts) == len(LANGUAGES)


def test_korean_steps_are_in_korean_and_english_ones_in_english() -> None:
    for direction in ("backward", "forward"):
        for lang in LANGUAGES:
            s = Stepper(diamond(), direction, lang)  # type: ignore[arg-type]
            told = [repr(s), repr(s.next()), s.why(), repr(s.back()), repr(s.run())]
            assert [bool(re.search("[가-힣]", x)) for x in told[2:]] == [
                lang == "ko"
            ] * 3


@pytest.mark.parametrize(
    ("word", "topic", "toward"),
    [
        *[
            ("사과", "는", "로"),
            ("손실", "은", "로"),
            ("값", "은", "으로"),
            ("-6", "은", "으로"),
            ("x)", "는", "로"),
        ],
        *[
            ("a", "는", "로"),
            ("L", "은", "로"),
            ("n", "은", "으로"),
            ("loss", "는", "로"),
            ("total", "은", "로"),
        ],
        *[
            ("v1", "은", "로"),
            ("v2", "는", "로"),
            ("v13", "은", "으로"),
            ("layer0.b", "는", "로"),
            ("", "는", "로"),
        ],
    ],
)
def test_korean_particles_fit_the_word_before(
    word: str, topic: str, toward: str
) -> None:
    assert f"{Word(word):은/는}" == word + topic
    assert f"{Word(word):으로/로}" == word + toward


def test_language_is_the_locales_unless_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MICROGRAD_KR_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "ko_KR.UTF-8")
    assert Stepper(first()).lang == language() == "ko"
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert Stepper(first()).lang == "en"
    assert Stepper(first(), lang="ko").lang == "ko"
    with pytest.raises(ValueError, match="'fr'"):
        Stepper(first(), lang="fr")


@some
@given(st.floats(-1.7e308, 1.7e308) | st.sampled_from([math.inf, -math.inf, math.nan]))
def test_numbers_are_read_back_as_what_they_nearly_are(x: float) -> None:
    assert struct.pack("d", float(number(x, None))) == struct.pack(
        "d", x
    ) or math.isnan(x)
    assert len(number(x)) <= 11
    assert float(number(x)) == pytest.approx(x, rel=5e-4, nan_ok=True)


# ---- the recording ---------------------------------------------------------------------------------


@some
@given(graphs(), st.data())
def test_recording_is_of_before_the_walk_and_touches_nothing(
    y: Value, data: Any
) -> None:
    expected = states(y)
    order = y.topological_order()
    s = Stepper(y)
    s.goto(data.draw(st.integers(0, len(s))))
    before, at = grads(y), s.at
    recording = json.loads(json.dumps(s.recording()))
    assert grads(y) == before
    assert s.at == at
    nodes = recording["nodes"]
    assert recording["graph"]["values"] == [v.data for v in order]
    assert bits(n["grad"] for n in nodes) == expected[0]
    assert [n.get("partials", []) for n in nodes] == [list(v.partials) for v in order]
    assert [n["name"] for n in nodes] == list(s.sentences.names.values())
    assert Stepper(y, "forward").recording()["forms"] == recording["forms"]


# ---- pictures --------------------------------------------------------------------------------------


def texts(svg: str) -> list[tuple[str, str]]:
    """Each text of a picture with its colour."""
    return re.findall(
        r'<text[^>]*fill="([^"]*)"[^>]*>([^<]*)</text>', html.unescape(svg)
    )


def test_picture_shows_the_products_of_the_steps_so_far() -> None:
    y = diamond()
    s = Stepper(y, lang="en")
    for k in range(len(s) + 1):
        s.goto(k)
        shown = [
            text
            for colour, text in texts(s.draw().svg())
            if "×" in text and colour != "transparent"
        ]
        lines = [edge for edges in s.walk.done.values() for edge in edges]
        expected = [
            f"{number(x.adjoint)} × {number(x.partial)} = {number(x.contribution)}"
            for x in lines
        ]
        assert sorted(shown) == sorted(expected)


def test_picture_marks_the_node_of_the_step() -> None:
    s = Stepper(diamond(), lang="en")
    s.goto(3)
    groups = dict(
        re.findall(r'<g id="(n\d+)"[^>]*>(.*?)</g>', s.draw().svg(), re.DOTALL)
    )
    order = s.loss.topological_order()
    red = {order[int(i[1:])].label for i, group in groups.items() if "#d9480f" in group}
    dashed = {
        order[int(i[1:])].label for i, group in groups.items() if "dasharray" in group
    }
    assert red == {"e", "c", "d"}
    assert dashed == {"a", "b"}


def test_a_network_can_be_drawn_with_its_neurons_folded() -> None:
    loss = (mk.MLP(2, [3, 1], seed=0)([1.0, 2.0]) - 1) ** 2
    s = Stepper(loss, lang="en")
    s.goto(4)
    assert not [text for _, text in texts(s.draw(fold=True).svg()) if "×" in text]
    assert [text for _, text in texts(s.draw().svg()) if "×" in text]


@pytest.mark.parametrize("name", ["steps.svg", "steps", "steps.json"])
def test_a_page_is_no_file_of_another_name(name: str, tmp_path: Any) -> None:
    a = mk.Value(2.0, "a")
    with pytest.raises(ValueError, match=f"{name}: .* must end in one of .html"):
        Stepper(a * a).save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_that_is_too_large_is_refused(lang: str, tmp_path: Any) -> None:
    large = mk.Value(1.0)
    for _ in range(400):
        large = large + 1.0
    s = Stepper(large, lang=lang)
    with pytest.raises(ValueError, match=f"max_nodes={len(s.walk.order)}") as error:
        s.save(tmp_path / "p.html")
    assert bool(re.search("[가-힣]", str(error.value))) == (lang == "ko")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("hidden", "fold", "first"),
    [(3, None, False), (3, True, True), (20, None, True), (20, False, False)],
)
def test_a_page_begins_folded_where_it_is_asked_for_or_large(
    tmp_path: Any, hidden: int, fold: bool | None, first: bool
) -> None:
    loss = (mk.MLP(2, [hidden, 1], seed=0)([1.0, 2.0]) - 1) ** 2
    page = Stepper(loss).save(tmp_path / "p.html", fold=fold).read_text("utf-8")
    assert f'"first":{str(first).lower()}' in page
    assert page.count("<svg xmlns") == 2  # both pictures are there


def test_a_page_of_many_neurons_has_the_folded_picture_alone(tmp_path: Any) -> None:
    model = mk.MLP(2, [8, 8, 1], seed=0)
    loss = mk.sum([model([1.0, k]) for k in range(9)])
    s = Stepper(loss, lang="en")
    assert len(s.walk.order) > 300
    page = s.save(tmp_path / "p.html").read_text(encoding="utf-8")
    assert re.findall('<svg[^>]*class="([a-z]*)"', page.partition('<div id="below')[0])[
        -1:
    ] == ["folded"]
    assert page.count('id="fn') > 9


def test_frames_are_one_for_each_step_and_leave_everything_as_it_was(
    tmp_path: Any,
) -> None:
    y = first()
    s = Stepper(y)
    s.goto(2)
    before = grads(y)
    paths = s.save_frames(tmp_path / "frames")
    assert paths == sorted((tmp_path / "frames").iterdir())
    assert len(paths) == len(s) + 1
    assert len({p.read_text() for p in paths}) == len(paths)
    assert (s.at, grads(y)) == (2, before)


def test_nothing_moves_from_frame_to_frame(tmp_path: Any) -> None:
    for paths in (
        Stepper(diamond(), lang="en").save_frames(tmp_path / "backward"),
        Stepper(diamond(), "forward", "ko").save_frames(tmp_path / "forward"),
    ):
        places = set()
        for path in paths:
            svg = path.read_text("utf-8")
            shapes = re.findall(r'<(?:path|polygon)[^>]* (?:d|points)="([^"]*)"', svg)
            places.add((*shapes, *re.findall(r'viewBox="[^"]*"', svg)))
        assert len(places) == 1


def test_notebook_shows_the_picture_beside_the_text() -> None:
    x = Value(2.0, "<script>x</script>")
    s = Stepper(x * x, lang="en")
    turn = s.next()
    for show in (lambda: turn, lambda: s, s.run, s.back, lambda: s):
        shown: Any = show()
        bundle = shown._repr_mimebundle_()
        assert bundle["text/plain"] == repr(shown)
        assert bundle["text/html"].count("<svg") == 1
        assert f"<pre>{html.escape(repr(shown))}</pre>" in bundle["text/html"]
        assert "<script" not in bundle["text/html"]
    assert list(turn._repr_mimebundle_()) == [
        "text/plain"
    ]  # it is no longer the step of the picture


def test_notebook_shows_the_text_alone_when_the_graph_is_too_large_to_draw() -> None:
    y = Value(1.0)
    for _ in range(400):
        y = y + 1
    shown = Stepper(y, lang="en")._repr_mimebundle_()
    assert list(shown) == ["text/plain"]
    assert "max_nodes" in shown["text/plain"]


def test_page_is_written_and_no_grad_changes(tmp_path: Any) -> None:
    y = diamond()
    s = Stepper(y, lang="en")
    s.goto(2)
    before = grads(y)
    for walk in (s, Stepper(y, "forward", "en")):
        page = walk.save(tmp_path / "steps.html").read_text(encoding="utf-8")
        stored = re.search(
            r'<script[^>]*id="recording"[^>]*>(.*?)</script>', page, re.DOTALL
        )
        assert stored
        assert json.loads(stored[1]) == walk.recording()
        assert '<g id="n3"' in page
    assert (s.at, grads(y)) == (2, before)
