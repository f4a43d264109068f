"""The picture says what the graph is: every node, every edge, every name as it was typed."""

import os
import pickle
import re
import stat
import string
import subprocess
import sys
import textwrap
import unicodedata
import xml.etree.ElementTree as ET
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import micrograd_kr as mk
from micrograd_kr import MLP, OPS, Layer, Neuron, Value
from micrograd_kr.engine import FUNCTIONS
from micrograd_kr.picture import arrows, label, messages, render
from micrograd_kr.picture import drawing as drawing_room
from micrograd_kr.picture.draw import MAX_NODES, draw
from micrograd_kr.picture.drawing import Drawing
from micrograd_kr.picture.folding import FOLD_OVER
from micrograd_kr.picture.looks import RED
from micrograd_kr.picture.names import formula, names
from micrograd_kr.picture.render import dot_command
from micrograd_kr.text import files, speak

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True, scope="module")
def no_system_dot():
    """The embedded dot for all: what is drawn must not depend on the machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", os.devnull)
        yield


# ---- reading a picture back ------------------------------------------------------------------------


class Picture:
    """What a reader of the SVG finds in it."""

    def __init__(self, drawing):
        self.root = ET.fromstring(drawing.svg())
        groups = [
            g
            for g in self.root.iter(f"{SVG}g")
            if g.get("class") in ("node", "edge", "cluster")
        ]
        self.nodes = {g.get("id"): g for g in groups if g.get("class") == "node"}
        self.edges = {g.get("id"): g for g in groups if g.get("class") == "edge"}
        self.clusters = [g for g in groups if g.get("class") == "cluster"]

    @staticmethod
    def texts(group):
        return [(t.text or "").replace("\xa0", " ") for t in group.iter(f"{SVG}text")]

    def title(self, node):
        """Name and formula of a node: what stands above its data."""
        texts = self.texts(self.nodes[node])
        return texts[: len(texts) - 4]

    def data(self, node):
        return self.texts(self.nodes[node])[-3]

    def grad(self, node):
        return self.texts(self.nodes[node])[-1]

    def fill(self, node):
        return next(self.nodes[node].iter(f"{SVG}path")).get("fill")

    def ends(self, edge):
        return tuple(
            self.edges[edge]
            .find(f"{SVG}title")
            .text.replace(":e", "")
            .replace(":w", "")
            .split("->")
        )

    @property
    def caption(self):
        graph = next(g for g in self.root.iter(f"{SVG}g") if g.get("class") == "graph")
        return [t.text for t in graph.findall(f"{SVG}text")]


def labelled(value, label):
    value.label = label
    return value


def small():
    a, b, c = Value(2.0, "a"), Value(-3.0, "b"), Value(10.0, "c")
    return labelled(labelled(a * b, "d") + c, "e")


def apple():
    """The book's first example: 2 apples at 100 won, 10 % tax."""
    price, count, tax = Value(100, "사과 가격"), Value(2, "개수"), Value(1.1, "소비세")
    return labelled(labelled(price * count, "사과 합계") * tax, "지불 금액")


OPERATIONS = [
    lambda a, b: a + b,
    lambda a, b: a * b,
    lambda a, b: -a,
    lambda a, b: a * 2,
    lambda a, b: 1 - b,
    lambda a, b: mk.sum([a, b, a]),
]


@st.composite
def graphs(draw_from, size=12):
    """A random graph with shared, repeated and folded operands."""
    values = [
        Value(draw_from(st.floats(-2, 2))) for _ in range(draw_from(st.integers(1, 3)))
    ]
    for _ in range(draw_from(st.integers(0, size))):
        make = draw_from(st.sampled_from(OPERATIONS))
        values.append(
            make(draw_from(st.sampled_from(values)), draw_from(st.sampled_from(values)))
        )
    return values[-1]


# ---- what is in it -----------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(graphs())
def test_every_node_and_every_edge_has_its_id(value):
    order = value.topological_order()
    picture = Picture(draw(value, partials=True))
    assert set(picture.nodes) == {f"n{i}" for i in range(len(order))}
    index = {v: i for i, v in enumerate(order)}
    edges = {
        (f"e{i}_{k}"): (f"n{index[p]}", f"n{i}")
        for i, v in enumerate(order)
        for k, p in enumerate(v.parents)
    }
    assert {e: picture.ends(e) for e in picture.edges} == edges
    for i, v in enumerate(order):
        assert float(picture.data(f"n{i}")) == pytest.approx(v.data, rel=6e-4)
        for k, partial in enumerate(v.partials):
            (label,) = picture.texts(picture.edges[f"e{i}_{k}"])
            assert float(label.split(" = ")[1]) == pytest.approx(partial, rel=6e-4)


def test_the_first_example():
    e = small()
    e.backward()
    picture = Picture(draw(e, partials=True))
    order = [v.label for v in e.topological_order()]
    boxes = {
        label: (
            "".join(picture.title(f"n{i}")),
            picture.data(f"n{i}"),
            picture.grad(f"n{i}"),
        )
        for i, label in enumerate(order)
    }
    assert boxes == {
        "a": ("a", "2", "-3"),
        "b": ("b", "-3", "2"),
        "c": ("c", "10", "1"),
        "d": ("d = a * b", "-6", "1"),
        "e": ("e = d + c", "4", "1"),
    }
    assert sorted("".join(picture.texts(g)) for g in picture.edges.values()) == [
        "∂d/∂a = -3",
        "∂d/∂b = 2",
        "∂e/∂c = 1",
        "∂e/∂d = 1",
    ]
    plain = Picture(draw(e))
    assert not any(plain.texts(g) for g in plain.edges.values())


def test_korean_and_four_digits():
    paid = apple()
    assert paid.data != 220  # 220.00000000000003
    paid.backward()
    picture = Picture(draw(paid, partials=True))
    last = f"n{len(paid.topological_order()) - 1}"
    assert picture.title(last) == ["지불 금액", "= 사과 합계 * 소비세"]
    assert picture.data(last) == "220"
    assert "∂지불 금액/∂소비세 = 200" in "".join(
        "".join(picture.texts(g)) for g in picture.edges.values()
    )


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda a, b: a * 2, "a * 2"),
        (lambda a, b: 2 * a, "2 * a"),
        (lambda a, b: 1 / a, "1 / a"),
        (lambda a, b: a**2, "a ** 2"),
        (lambda a, b: 2**a, "2 ** a"),
        (lambda a, b: a - b, "a - b"),
        (lambda a, b: -a, "-a"),
        (lambda a, b: a * 0.1234567, "a * 0.1235"),
        (lambda a, b: a.tanh(), "tanh(a)"),
        (lambda a, b: a.relu(), "ReLU(a)"),
        (lambda a, b: mk.maximum(a, 1), "max(a, 1)"),
        (lambda a, b: mk.sum([a, b, a]), "Σ(a, b, a)"),
        (lambda a, b: mk.sum([a] * 9), "Σ(9 values)"),
        (lambda a, b: mk.linear([a], [b], 1.0), "w·x+b"),
        (lambda a, b: mk.dot([a], [b]), "x·y"),
    ],
)
def test_formulas(make, text):
    assert formula(make(Value(2.0, "a"), Value(3.0, "b")), lambda v: v.label) == text


@pytest.mark.parametrize("op", OPS.values(), ids=list(OPS))
def test_every_op_has_a_formula_and_a_picture(op):
    x, y, z = Value(0.6, "first"), Value(0.7, "second"), Value(0.8, "third")
    several = [[x, y] if name.startswith("*") else z for name in op.operands]
    out = FUNCTIONS[op.name](
        *(several if op.variadic else [x, y, z][: len(op.operands)])
    )
    text = formula(out, lambda v: v.label)
    assert op.symbol in text or set(op.names) <= set(text)
    picture = Picture(draw(out))
    assert len(picture.edges) == len(out.parents)
    assert f"v1 = {text}" in "".join(
        picture.title(f"n{len(out.topological_order()) - 1}")
    )


def test_kinds_of_node_look_different():
    w, x, b = Value(1.0, "w"), Value(2.0, "x"), Value(3.0, "b")
    z = w * x
    y = z + b
    picture = Picture(draw(y))
    fills = {v: picture.fill(f"n{i}") for i, v in enumerate(y.topological_order())}
    assert fills[w] == fills[b]
    assert len({fills[w], fills[x], fills[z], fills[y]}) == 4
    e = small()  # without a weight, b is as any other
    picture = Picture(draw(e))
    assert {
        picture.fill(f"n{i}")
        for i, v in enumerate(e.topological_order())
        if v.op is None
    } == {fills[x]}


def test_several_values_in_one_picture():
    a = Value(1.0, "a")
    b, c = a + 1, a + 2
    picture = Picture(draw([b, c, b]))
    assert len(picture.nodes) == 3
    assert len(picture.edges) == 2
    assert len(Picture(draw(v for v in (b, c))).nodes) == 3
    assert set(Picture(draw([b])).nodes) == set(Picture(draw(b)).nodes)


@pytest.mark.parametrize("wrong", [3.0, "a", None, [1.0], [Value(1.0), None]])
def test_what_is_no_value_is_refused(wrong):
    with pytest.raises(TypeError, match="draws a Value or a list of Values"):
        draw(wrong)
    with pytest.raises(ValueError, match="empty list"):
        draw([])


def test_drawing_leaves_the_graph_alone():
    e = small()
    e.backward()
    before = [
        (v.data, v.grad, v.label, v.parents, hasattr(v, "_compared"))
        for v in e.topological_order()
    ]
    draw([e, e.parents[0]], partials=True, fold=True).svg()
    after = [
        (v.data, v.grad, v.label, v.parents, hasattr(v, "_compared"))
        for v in e.topological_order()
    ]
    assert [b[:3] + b[4:] for b in before] == [a[:3] + a[4:] for a in after]
    assert all(
        p is q
        for b, a in zip(before, after, strict=True)
        for p, q in zip(b[3], a[3], strict=True)
    )


# ---- gradients ---------------------------------------------------------------------------------------


def test_gradients_that_are_not_there_yet_are_not_shown_as_zero():
    e = small()
    picture = Picture(draw(e))
    assert picture.caption == ["no gradients yet: call backward()"]
    assert {picture.grad(n) for n in picture.nodes} == {"–"}
    e.backward()
    picture = Picture(draw(e))
    assert picture.caption == []
    assert "–" not in {picture.grad(n) for n in picture.nodes}
    e.zero_grad()
    assert Picture(draw(e)).caption == ["no gradients yet: call backward()"]


def test_gradients_left_from_before_are_told_from_new_ones():
    w = Value(2.0, "w")
    (w * 3).backward()
    y = w * 5  # a new forward pass, no backward yet
    picture = Picture(draw(y))
    assert picture.caption == [
        "no gradients yet: call backward() (those of the leaves are from before)"
    ]
    assert [picture.grad("n0"), picture.grad("n1")] == ["3", "–"]


def test_a_zero_gradient_is_a_zero():
    x = Value(-1.0, "x")
    y = x.relu()
    y.backward()
    picture = Picture(draw(y))
    assert [picture.grad("n0"), picture.grad("n1")] == ["0", "1"]


def test_a_leaf_alone_has_its_gradient():
    x = Value(2.0, "x")
    assert Picture(draw(x)).grad("n0") == "–"
    x.backward()
    picture = Picture(draw(x))
    assert (picture.grad("n0"), picture.caption) == ("1", [])


def test_other_gradients_than_those_of_the_values():
    e = small()
    a, _, d = (v for v in e.topological_order() if v.label in "abd")
    picture = Picture(draw(e, grads={e: 1.0, d: 0.5, a: None}))
    shown = {
        v.label: picture.grad(f"n{i}") for i, v in enumerate(e.topological_order())
    }
    assert shown == {"a": "–", "b": "–", "d": "0.5", "c": "–", "e": "1"}
    assert picture.caption == []


def test_a_note_is_a_line_in_red_below_the_grad_and_no_markup():
    a = Value(2.0, "a")
    y = a * a
    y.backward()
    plain, noted = Picture(draw(y)), Picture(draw(y, notes={a: "<b>3 & 4</b>"}))
    red = [t.text for t in noted.root.iter(f"{SVG}text") if t.get("fill") == RED]
    assert red == ["<b>3 & 4</b>"]
    before = [t.text for t in plain.nodes["n0"].iter(f"{SVG}text")]
    after = [t.text for t in noted.nodes["n0"].iter(f"{SVG}text")]
    assert after == [*before, *red]


# ---- names -------------------------------------------------------------------------------------------


@given(
    st.lists(
        st.one_of(
            st.none(),
            st.sampled_from(["x", "x_2", "v1", "v2", "", " "]),
            st.text(max_size=3),
        )
    )
)
@example(["x", "x", "x_2", None, "v1", "x_2"])
def test_names_are_unique_and_labels_are_kept(labels):
    values = [Value(float(i), label) for i, label in enumerate(labels)]
    called = names(values)
    assert list(called) == values
    assert len(set(called.values())) == len(values)
    first = {}
    for v in values:
        if v.label and v.label.strip():
            first.setdefault(v.label, v)
    assert all(called[v] == label for label, v in first.items())
    assert all(called[v].startswith("x") for v in values if not (v.label or "").strip())


def test_many_equal_labels_take_one_pass():
    values = [Value(1.0, "x") for _ in range(20_000)]
    assert len(set(names(values).values())) == len(values)


def test_names_of_my_own():
    e = small()
    picture = Picture(draw(e, names={e: "total", e.parents[0]: "<part>"}))
    titles = ["".join(picture.title(n)) for n in picture.nodes]
    assert "total = <part> + c" in titles
    assert "<part> = a * b" in titles


def test_inputs_without_a_label_are_x_in_order():
    for expand in (False, True):
        y = MLP(3, [2, 1], seed=0, expand=expand)([0.5, -1.0, 2.0])
        called = names(y.topological_order())
        inputs = {name: v.data for v, name in called.items() if name[0] == "x"}
        assert inputs == {"x0": 0.5, "x1": -1.0, "x2": 2.0}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda v: {"total": v}, r"wrong way round.*\{total: 'total'\}"),
        (lambda v: {v: 3}, "is text"),
        (lambda v: {"total": "sum"}, "'total', a str"),
    ],
)
def test_names_the_wrong_way_round_are_an_error(wrong, said):
    y = small()
    with pytest.raises(TypeError, match=said):
        draw(y, names=wrong(y))
    speak("ko")
    try:
        with pytest.raises(TypeError, match="draw: "):
            draw(y, names=wrong(y))
    finally:
        speak(None)


def test_every_sentence_of_the_room_can_be_said_in_both_languages():
    for key, sentences in messages.say.table.items():
        for sentence in sentences:
            assert sentence.strip(), key
        korean, english = (
            {name for _, name, _, _ in string.Formatter().parse(text) if name}
            for text in sentences
        )
        assert korean == english, key


@given(st.text("가나다손실합계abc =", max_size=12))
def test_a_decomposed_label_is_as_wide_as_the_composed_one(text):
    decomposed = unicodedata.normalize("NFD", text)
    assert label.width_of(text, 11) == label.width_of(decomposed, 11)
    wide = re.compile(r'width="(\d+)"')
    one, two = (wide.findall(label.cell(t)) for t in (text, decomposed))
    assert one == two


# ---- styles ------------------------------------------------------------------------------------------


def test_styles_reach_the_node_and_the_edge_they_are_for():
    a = Value(3.0, "a")
    y = a * a
    plain = Picture(draw(y))
    picture = Picture(
        draw(
            y,
            node_style=lambda v: (
                {"fillcolor": "#abcdef", "penwidth": 3} if v is a else {}
            ),
            edge_style=lambda v, k: (
                {"color": "#fedcba", "label": "<i>&k"} if (v, k) == (y, 1) else {}
            ),
            graph_style={"bgcolor": "#123456"},
        )
    )
    assert picture.fill("n0") == "#abcdef"
    assert picture.fill("n1") == plain.fill("n1")
    assert picture.texts(picture.edges["e1_1"]) == ["<i>&k"]
    assert [
        next(picture.edges[e].iter(f"{SVG}path")).get("stroke") == "#fedcba"
        for e in ("e1_0", "e1_1")
    ] == [
        False,
        True,
    ]
    assert "#123456" in {p.get("fill") for p in picture.root.iter(f"{SVG}polygon")}


# ---- no text becomes markup --------------------------------------------------------------------------

HOSTILE = [
    "<b>x</b>",
    "<<b>x</b>>",
    "&lt; &amp; &#65; &copy;",
    "\"q\" 'a'",
    '"]; evil [label="',
    "\\N \\G \\L \\E \\T \\H",
    "a\\lb\\rc\\nd",
    "ends in \\",
    "\\\\",
    "{a|b}",
    "<!-- c -->",
    "]]>",
    "</table>",
    "%s {0} $x",
    "a:b:c",
    "사과 🍎 합계",
    "👩‍🔬",
    "ﷺ",
    "a  b   c",
    "x" * 48,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_typed(text):
    x, w = Value(1.0, text), Value(2.0, f"{text}.neuron0.w0")
    y = labelled(x * w, f"{text[:47]}!")
    picture = Picture(draw(y, partials=True, edge_style=lambda v, k: {"label": text}))
    assert picture.title("n0") == [text]
    assert picture.title("n1") == ["w0"]
    assert " ".join(picture.title("n2")).startswith(f"{text[:47]}!")
    if len(text) <= 20:
        assert f"= {text} * w0" in " ".join(picture.title("n2"))
    if len(text) <= 40:
        assert [picture.texts(c) for c in picture.clusters] == [[f"{text}.neuron0"]]
    assert [picture.texts(g) for g in picture.edges.values()] == [[text], [text]]
    assert (set(picture.nodes), set(picture.edges)) == (
        {"n0", "n1", "n2"},
        {"e2_0", "e2_1"},
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\nlines", ["two", "lines"]),
        ("nul\0", ["nul\\x00"]),
        ("tab\t", ["tab\\t"]),
        ("\ud800 alone", ["\\ud800 alone"]),
        ("bell\x07\x9f", ["bell\\x07\\x9f"]),
        ("left\u202eright", ["left\\u202eright"]),
        ("y" * 60, ["y" * 47 + "…"]),
        ("1\n2\n3\n4\n5", ["1", "2", "3", "…"]),
    ],
)
def test_what_cannot_be_shown_is_written_out(text, shown):
    assert Picture(draw(Value(1.0, text))).title("n0") == shown


any_text = st.text(st.characters(exclude_categories=()), max_size=30)
TAGS = {f"{SVG}{tag}" for tag in ("svg", "g", "title", "text", "path", "polygon")}


@settings(max_examples=60, deadline=None)
@given(st.lists(any_text, min_size=1, max_size=6, unique=True))
def test_any_text_is_only_text(texts):
    values = [Value(1.0, text) for text in texts]
    root = mk.sum([*values, Value(2.0, f"{texts[0]}.neuron0.w0")])
    drawing = draw(
        root,
        partials=True,
        edge_style=lambda v, k: {"label": texts[k % len(texts)]},
    )
    drawing.source.encode()  # no lone surrogate is left
    picture = Picture(drawing)
    assert {e.tag for e in picture.root.iter()} <= TAGS
    assert len(picture.nodes) == len(values) + 2
    assert len(picture.edges) == len(values) + 1
    for i, v in enumerate(root.topological_order()[: len(values)]):
        title = picture.title(f"n{i}")
        if v.label.strip():
            assert title == _as_read(v.label)


def _as_read(text):
    """The text as XML 1.0 can hold it: what it cannot, and what controls the line, as Python writes it."""
    several = text.split("\n")
    several = [*several[:3], "…"] if len(several) > 4 else several
    odd = re.compile(
        r"[^\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u200e\u200f\u2028-\u202e\u2066-\u2069]"
    )
    shown = [
        odd.sub(lambda c: c[0].encode("unicode_escape").decode(), line).replace(
            "\xa0", " "
        )
        for line in several
    ]
    return [line or " " for line in shown]


# ---- networks ----------------------------------------------------------------------------------------


def network(*sizes, inputs=(1.0, -2.0), **how):
    model = MLP(len(inputs), list(sizes), seed=3, **how)
    xs = [Value(x, f"x{i + 1}") for i, x in enumerate(inputs)]
    return model, xs, model(xs)


def test_a_small_network_is_drawn_in_full_with_a_frame_for_each_neuron():
    _, _, y = network(2, 1)
    picture = Picture(draw(y))
    assert len(picture.nodes) == len(y.topological_order())
    framed = [picture.texts(c)[0] for c in picture.clusters]
    assert sorted(framed) == ["layer0.neuron0", "layer0.neuron1", "layer1.neuron0"]
    titles = Counter("".join(picture.title(n)) for n in picture.nodes)
    assert titles["w0"] == titles["w1"] == titles["b"] == 3  # the frame says which
    assert titles["x1"] == 1


@pytest.mark.parametrize("expand", [False, True])
def test_a_large_network_is_folded_to_one_box_a_neuron(expand):
    _, _, y = network(16, 16, 1, expand=expand)
    loss = labelled((1 - y).relu(), "loss")
    assert len(loss.topological_order()) > FOLD_OVER
    picture = Picture(draw(loss))
    titles = Counter("".join(picture.title(n)).split(" =")[0] for n in picture.nodes)
    neurons = {f"neuron{i}": 2 for i in range(1, 16)} | {"neuron0": 3}
    assert titles == Counter(
        neurons
        | {"x1": 1, "x2": 1, "loss": 1, next(t for t in titles if t[0] == "v"): 1}
    )
    assert len(picture.edges) == 2 * 16 + 16 * 16 + 16 + 2
    assert [picture.texts(c)[0] for c in picture.clusters] == [
        "layer0",
        "layer1",
        "layer2",
    ]


@pytest.mark.parametrize("expand", [False, True])
@pytest.mark.parametrize("activation", ["tanh", "leaky_relu"])
def test_the_partial_of_a_folded_neuron_is_its_derivative(expand, activation):
    _, xs, y = network(
        1, inputs=(0.3, -0.4, 0.5), expand=expand, activation=[activation]
    )
    slopes = mk.grad(y, xs)
    picture = Picture(draw(y, fold=True, partials=True))
    assert len(picture.edges) == 3
    shown = {
        picture.ends(e)[0]: float(picture.texts(g)[0].split(" = ")[1])
        for e, g in picture.edges.items()
    }
    index = {v: f"n{i}" for i, v in enumerate(y.topological_order())}
    assert shown == {
        index[x]: pytest.approx(slope.data, rel=6e-4)
        for x, slope in zip(xs, slopes, strict=True)
    }
    assert y.op is not None
    assert y.op.symbol in "".join(picture.title(index[y]))


def test_a_folded_neuron_read_twice_has_the_sum_over_both_paths():
    """Two weights on one input: w0 + w1, not the last of them."""
    a = Value(2.0, "a")
    layer = Layer(2, 1, activation=None, expand=True, seed=4)
    y = layer([a, a])
    w0, w1 = (w.data for w in layer.neurons[0].w)
    [arrow] = arrows(y, fold=True)
    assert arrow.partial == arrow.weight == pytest.approx(w0 + w1, rel=1e-15)
    picture = Picture(draw(y, fold=True, partials=True))
    assert list(picture.edges) == [arrow.id]
    (text,) = picture.texts(picture.edges[arrow.id])
    assert text.endswith(f"= {w0 + w1:.4g}")


@pytest.mark.parametrize("expand", [False, True])
@settings(max_examples=10, deadline=None)
@given(st.data())
def test_what_an_arrow_hands_over_is_what_its_edges_do(expand, data):
    sizes = data.draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    inputs = [Value(data.draw(st.floats(-2, 2))) for _ in range(2)]
    read = [inputs[0], inputs[1], inputs[0]]
    y = mk.sum(MLP(3, [*sizes, 2], "tanh", seed=1, expand=expand)(read))
    y.backward()
    drawn = arrows(y, fold=True)
    assert len({arrow.id for arrow in drawn}) == len(drawn)
    picture = Picture(draw(y, fold=True))
    assert set(picture.edges) == {arrow.id for arrow in drawn}
    for arrow in drawn:
        handed = sum(v.grad * v.partials[k] for v, k in arrow.edges)
        assert all(v.parents[k] is arrow.parent for v, k in arrow.edges)
        total = arrow.box.grad * arrow.partial
        assert handed == pytest.approx(total, rel=1e-9, abs=1e-12)


def test_a_line_is_as_wide_as_its_weight_and_has_the_colour_of_its_sign():
    layer = Layer(3, 1, "tanh", seed=0)
    for w, number in zip(layer.neurons[0].w, (2.0, -1.0, 0.0), strict=True):
        w.data = number
    y = layer([1.0, 2.0, 3.0])
    picture = Picture(draw(y, fold=True))
    lines = [next(g.iter(f"{SVG}path")) for g in picture.edges.values()]
    ends = [picture.ends(e)[0] for e in picture.edges]
    index = {f"n{i}": v.data for i, v in enumerate(y.topological_order())}
    look = {
        index[end]: (line.get("stroke"), float(line.get("stroke-width", 1)))
        for end, line in zip(ends, lines, strict=True)
    }
    assert look[1.0][1] > look[2.0][1] > look[3.0][1]
    assert look[1.0][0] != look[2.0][0]


def test_folding_hides_only_what_the_neurons_hide():
    model, xs, y = network(2, 1)
    w = model.parameters()[0]
    loss = (y - 1) ** 2 + w * w  # a penalty on one weight
    picture = Picture(draw(loss, fold=True))
    index = {v: f"n{i}" for i, v in enumerate(loss.topological_order())}
    assert index[w] in picture.nodes
    assert not {index[p] for p in model.parameters()[1:]} & set(picture.nodes)
    assert {index[x] for x in xs} <= set(picture.nodes)
    assert (
        len(picture.nodes) == 2 + 3 + 1 + 4
    )  # inputs, neurons, the weight, and y - 1, its square, w * w, their sum


def test_what_follows_a_linear_output_is_not_its_activation():
    _, _, y = network(2, 1)
    loss = mk.softplus(y) - y * 2  # both use y
    picture = Picture(draw(loss, fold=True))
    titles = ["".join(picture.title(n)) for n in picture.nodes]
    assert "neuron0 = w·x+b" in titles
    assert any("softplus(layer1.neuron0)" in t for t in titles)


@pytest.mark.parametrize("partials", [False, True])
@pytest.mark.parametrize("fold", [False, True])
def test_neurons_and_weights_stand_in_order(fold, partials):
    picture = Picture(draw(network(5, 1)[2], fold=fold, partials=partials))
    heights = {}
    for text in picture.root.iter(f"{SVG}text"):
        heights.setdefault(text.text, []).append(float(text.get("y")))
    neurons = [
        heights[f"neuron{i}" if fold else f"layer0.neuron{i}"][0] for i in range(1, 5)
    ]
    assert neurons == sorted(neurons)
    if not fold:
        of_layer1 = [max(heights[w]) for w in ("w2", "w3", "w4")]
        assert of_layer1 == sorted(of_layer1)


def test_the_sign_of_an_output_is_not_its_activation():
    picture = Picture(draw(-network(2, 1)[2], fold=True))
    assert any("-layer1.neuron0" in "".join(picture.title(n)) for n in picture.nodes)


def test_a_part_of_a_neuron_that_others_use_stays_visible():
    w0, w1, b = (Value(1.0, f"neuron0.{name}") for name in ("w0", "w1", "b"))
    product = labelled(w0 * Value(2.0, "x0"), "product")
    z = product + w1 * Value(3.0, "x1") + b
    picture = Picture(draw(z, fold=True))
    assert len(picture.nodes) == 3  # the inputs and the neuron
    picture = Picture(draw(z.tanh() + product, fold=True))
    titles = [picture.title(n)[0] for n in picture.nodes]
    assert {"product", "neuron0", "x0", "x1"} <= set(titles)
    assert len(titles) == 6  # and w0, which product needs, and the sum


def test_each_sample_has_its_own_boxes():
    model = MLP(1, [2, 1], seed=0)
    loss = mk.sum([model([x]) for x in (1.0, 2.0, 3.0)])
    picture = Picture(draw(loss, fold=True))
    titles = Counter("".join(picture.title(n)).split(" =")[0] for n in picture.nodes)
    assert (titles["neuron0"], titles["neuron1"]) == (6, 3)
    assert len(picture.nodes) == 3 * (1 + 3) + 1


def test_a_hidden_value_that_is_asked_for_is_shown():
    n = Neuron(2, "tanh", seed=0)
    layer = Layer(2, 1, "tanh", seed=0)
    y = layer([1.0, 2.0])
    (z,) = y.parents
    picture = Picture(draw([y, z, layer.neurons[0].b], fold=True))
    order = {v: f"n{i}" for i, v in enumerate(y.topological_order())}
    assert {order[y], order[z], order[layer.neurons[0].b]} <= set(picture.nodes)
    assert (
        len(Picture(draw(n([1.0, 2.0]), fold=True)).nodes) == 7
    )  # w0, w1 and b name no neuron


def test_a_recurrent_neuron_is_one_box_each_time():
    cell = Layer(2, 1, "tanh", seed=0)
    h = Value(0.0, "h")
    for x in (1.0, 2.0, 3.0):
        h = cell([Value(x), h])
    picture = Picture(draw(h, fold=True))
    assert sum("neuron0" in "".join(picture.title(n)) for n in picture.nodes) == 3
    assert len(picture.nodes) == 3 + 3 + 1


@settings(max_examples=25, deadline=None)
@given(graphs(size=6), st.booleans())
def test_folding_a_graph_without_neurons_changes_nothing(value, partials):
    assert (
        draw(value, fold=True, partials=partials).source
        == draw(value, fold=False, partials=partials).source
    )


# ---- size --------------------------------------------------------------------------------------------


def test_a_deep_chain_is_refused_and_says_what_to_do():
    x = Value(1.0)
    for _ in range(100_000):
        x = x + 1
    with pytest.raises(
        ValueError, match=r"100,001 nodes .* max_nodes=300 .* max_nodes=100001"
    ):
        draw(x)
    with pytest.raises(ValueError, match="max_nodes=300"):
        draw([x, *x.parents], fold=True)


def test_a_deep_chain_has_names_and_neurons_without_recursion():
    h = Value(1.0, "h")
    cell = Layer(1, 1, "tanh", seed=0, expand=True)
    for _ in range(3_000):
        h = cell([h])
    with pytest.raises(ValueError, match=r"3,001 boxes"):
        draw(h)


def test_many_edges_between_few_nodes_are_refused_too():
    with pytest.raises(
        ValueError, match=r"2 nodes and 100,000 edges .* max_nodes=20000"
    ):
        draw(mk.sum([Value(1.0)] * 100_000))


def test_a_large_network_says_how_to_fold_it():
    _, _, y = network(16, 16, 1)
    with pytest.raises(ValueError, match="fold=True"):
        draw(y, fold=False)
    assert "n403" in draw(y, fold=False, max_nodes=500).source
    _, _, y = network(400, 1)
    with pytest.raises(
        ValueError, match=r"boxes with its neurons folded\) .* max_nodes=40[0-9]$"
    ):
        draw(y)


def test_max_nodes_is_the_number_of_boxes():
    x = Value(1.0)
    for _ in range(MAX_NODES - 1):
        x = x + 1
    draw(x)
    with pytest.raises(ValueError, match="max_nodes=301"):
        draw(x + 1)


def test_many_roots_that_share_a_graph_walk_it_once():
    chain = [Value(1.0)]
    for _ in range(5_000):
        chain.append(chain[-1] + 1)
    with pytest.raises(ValueError, match="5,001 nodes"):
        draw(chain)  # one by one that would be 12 million nodes


# ---- files and programs ------------------------------------------------------------------------------


def program(folder, text):
    """A `dot` of our own on PATH."""
    path = folder / "dot"
    path.write_text(f"#!{sys.executable}\nimport sys\n{textwrap.dedent(text)}")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


posix = pytest.mark.skipif(os.name == "nt", reason="a script with #! stands for dot")


def test_the_embedded_dot_is_found_off_the_path():
    assert Path(dot_command()).stem == "graphviz-pure"
    assert Path(dot_command()).is_absolute()


@posix
def test_the_system_dot_comes_first(tmp_path, monkeypatch):
    fake = program(
        tmp_path,
        """
        text = sys.stdin.buffer.read().decode()
        sys.stdout.write(f"{sys.argv[1:]} {text.count(' -> ')}")
        """,
    )
    monkeypatch.setenv("PATH", str(tmp_path))
    assert dot_command() == fake
    drawing = draw(small())
    assert drawing.svg() == "['-Tsvg'] 4"
    assert drawing.save(tmp_path / "g.pdf").read_text() == "['-Tpdf'] 4"
    assert drawing.save(tmp_path / "g.png").read_text() == "['-Tpng', '-Gdpi=192'] 4"
    assert (
        apple_png(tmp_path) == "['-Tpng', '-Gdpi=192'] 4"
    )  # its fonts are the system's


def apple_png(folder):
    return draw(apple()).save(folder / "사과.png").read_text()


@posix
def test_what_a_failing_dot_says_is_in_the_error(tmp_path, monkeypatch):
    program(tmp_path, "sys.exit('Error: <stdin>: syntax error in line 3 near ü')")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        RuntimeError,
        match=r"dot -Tsvg failed with exit code 1\. It said: Error: .* near ü",
    ):
        draw(small()).svg()
    program(tmp_path, "pass")
    with pytest.raises(RuntimeError, match="It said: nothing"):
        draw(small()).svg()


@posix
def test_a_dot_that_does_not_finish_is_stopped(tmp_path, monkeypatch):
    program(tmp_path, "import time; time.sleep(60)")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(render, "SECONDS", 0.2)
    with pytest.raises(RuntimeError, match=r"did not finish in 0\.2 s"):
        draw(small()).svg()


def test_without_any_dot_the_error_is_one_command_to_type(monkeypatch, tmp_path):
    def missing(name):
        raise render.importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(render.importlib.metadata, "files", missing)
    drawing = draw(small())
    with pytest.raises(RuntimeError, match=r"pip install graphviz-pure$"):
        drawing.svg()
    with pytest.raises(RuntimeError, match="pip install graphviz-pure"):
        drawing.save(tmp_path / "g.svg")
    assert list(tmp_path.iterdir()) == []
    assert (
        drawing.save(tmp_path / "g.dot").read_text(encoding="utf-8") == drawing.source
    )  # needs none


def test_broken_dot_text_is_an_error_of_the_embedded_dot():
    with pytest.raises(RuntimeError, match="syntax error"):
        Drawing("digraph { a -> ").svg()


def test_save_writes_what_the_name_says_and_returns_the_path(tmp_path):
    drawing = draw(small())
    assert drawing.save(tmp_path / "g.svg") == tmp_path / "g.svg"
    assert (tmp_path / "g.svg").read_text(encoding="utf-8") == drawing.svg()
    assert drawing.save(str(tmp_path / "G.PNG")).read_bytes().startswith(b"\x89PNG\r\n")
    assert (
        draw(apple()).save(tmp_path / "사과.dot").read_text(encoding="utf-8")
        == draw(apple()).source
    )
    assert {p.name for p in tmp_path.iterdir()} == {"g.svg", "G.PNG", "사과.dot"}


@pytest.mark.parametrize("name", ["g", "g.gif", "g.svg.txt", ".svg"])
def test_other_formats_are_refused(tmp_path, name):
    with pytest.raises(
        ValueError, match=r"must end in one of \.svg, \.png, \.pdf, \.dot"
    ):
        draw(small()).save(tmp_path / name)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no folder .*nowhere"):
        draw(small()).save(tmp_path / "nowhere" / "g.svg")


def test_a_failed_save_leaves_the_old_file_and_no_litter(tmp_path, monkeypatch):
    path = draw(small()).save(tmp_path / "g.svg")
    old = path.read_bytes()
    with pytest.raises(RuntimeError):
        Drawing("digraph {").save(path)
    monkeypatch.setattr(
        files.os, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk full"))
    )
    with pytest.raises(OSError, match="disk full"):
        draw(apple()).save(path)
    assert path.read_bytes() == old
    assert list(tmp_path.iterdir()) == [path]


def test_pdf_and_hangul_in_png_without_a_system_dot(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)  # as if not installed
    with pytest.raises(RuntimeError, match=r"PDF is .*pip install typst.*\.svg"):
        draw(small()).save(tmp_path / "g.pdf")
    with pytest.raises(RuntimeError, match=r"PNG with '사' in it .*pip install typst"):
        draw(apple()).save(tmp_path / "g.png")
    assert list(tmp_path.iterdir()) == []


def test_pdf_and_hangul_in_png_with_typst(tmp_path):
    pytest.importorskip("typst")
    assert draw(apple()).save(tmp_path / "g.pdf").read_bytes().startswith(b"%PDF-")
    assert draw(apple()).save(tmp_path / "g.png").read_bytes().startswith(b"\x89PNG")


def test_threads_and_processes_do_not_meet(tmp_path):
    drawing, path = draw(small()), tmp_path / "g.svg"
    whole = drawing.svg()
    with ThreadPoolExecutor(8) as pool:
        results = list(
            pool.map(
                lambda i: (
                    drawing.svg(),
                    drawing.save(path).read_text(encoding="utf-8"),
                ),
                range(24),
            )
        )
    assert set(results) == {(whole, whole)}
    code = "import pickle, sys; pickle.loads(sys.stdin.buffer.read()).save(sys.argv[1])"
    running = [
        subprocess.Popen([sys.executable, "-c", code, path], stdin=subprocess.PIPE)
        for _ in range(3)
    ]
    for process in running:
        process.communicate(pickle.dumps(drawing))
    assert [process.returncode for process in running] == [0, 0, 0]
    assert path.read_text(encoding="utf-8") == whole
    assert list(tmp_path.iterdir()) == [path]


def test_the_same_graph_gives_the_same_text():
    assert draw(small()).source == draw(small()).source
    assert draw(network(3, 1)[2]).source == draw(network(3, 1)[2]).source


# ---- notebooks ---------------------------------------------------------------------------------------


def test_a_notebook_shows_the_picture():
    drawing = draw(apple())
    bundle = drawing._repr_mimebundle_()
    assert bundle["image/svg+xml"] == drawing._repr_svg_() == drawing.svg()
    assert bundle["text/plain"] == repr(drawing)
    assert len(repr(drawing)) < 100
    formatters = pytest.importorskip("IPython.core.formatters")
    data, _ = formatters.DisplayFormatter().format(drawing)
    assert data["image/svg+xml"] == drawing.svg()


def test_fonts_for_hangul_are_named_and_the_layout_font_is_not_left():
    families = set(re.findall('font-family="([^"]*)"', draw(apple()).svg()))
    assert families == {render.FONTS}
    assert {"Malgun Gothic", "Apple SD Gothic Neo", "Noto Sans KR"} <= set(
        render.FONTS.split(", ")
    )


# ---- frames, and looking at a picture -----------------------------------------------------


def places(drawing):
    """Where everything is: the outlines and lines of a picture, in order."""
    root = ET.fromstring(drawing.svg())
    return [e.get("d") or e.get("points") for e in root.iter() if e.tag != f"{SVG}text"]


@settings(max_examples=30, deadline=None)
@given(graphs(size=6), st.text(max_size=8))
def test_a_frame_changes_texts_and_moves_nothing(value, text):
    drawing = draw(value, partials=True, graph_style={"label": "[10/10] widest"})
    order = value.topological_order()
    looks = {f"n{i}": {"grad": "–", "color": "#123456"} for i in range(len(order))}
    edges = [f"e{i}_{k}" for i, v in enumerate(order) for k in range(len(v.parents))]
    looks |= {edge: {"label": text, "fontcolor": "#abcdef"} for edge in edges}
    looks["graph"] = {"label": "[1/10]"}
    frame = drawing.frame(looks)
    assert places(frame) == places(drawing)
    picture, before = Picture(frame), Picture(drawing)
    assert picture.caption == ["[1/10]"]
    for node in before.nodes:
        assert picture.title(node) == before.title(node)
        assert (picture.data(node), picture.grad(node)) == (before.data(node), "–")
    for edge in edges:
        assert picture.texts(picture.edges[edge]) == [
            label.visible(text).replace("\xa0", " ")
        ]
    assert places(frame.frame({"n0": {"grad": 7}})) == places(drawing)
    assert pickle.loads(pickle.dumps(frame)).svg() == frame.svg()


def test_a_frame_is_laid_out_once(monkeypatch):
    drawing = draw(labelled(Value(1.25, "once") * 3, "only"))
    drawing.svg()
    monkeypatch.setattr(render, "run", None)
    assert drawing.frame({"n0": {"penwidth": 3, "style": "dashed"}}).svg()


def test_a_frame_of_what_is_not_there_is_an_error():
    with pytest.raises(KeyError, match="there is no 'n99'"):
        draw(small()).frame({"n99": {"grad": 1}}).svg()


def test_a_picture_can_be_opened(monkeypatch, tmp_path):
    opened = []
    monkeypatch.setattr(drawing_room.webbrowser, "open", opened.append)
    monkeypatch.setattr(drawing_room.tempfile, "tempdir", str(tmp_path))
    drawing = draw(apple())
    path = drawing.show()
    assert opened == [path.as_uri()]
    assert path.parent == tmp_path
    assert path.read_text(encoding="utf-8") == drawing.svg()


def test_a_value_draws_itself():
    e = small()
    assert e.draw(partials=True).source == draw(e, partials=True).source


def test_a_value_shows_itself_in_a_notebook():
    y = small()
    shown = y._repr_mimebundle_()
    assert shown == {"text/plain": repr(y), "image/svg+xml": draw(y).svg()}
    leaf = Value(1.0)
    assert leaf._repr_mimebundle_() == {"text/plain": repr(leaf)}
    large = mk.sum([Value(1.0) for _ in range(100)])
    assert large._repr_mimebundle_() == {"text/plain": repr(large)}
