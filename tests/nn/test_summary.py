"""The table of a network: the right numbers, in columns that line up."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from micrograd_kr.engine.value import Value
from micrograd_kr.nn.modules import MLP, Layer, Module, Neuron
from micrograd_kr.nn.summary import summary


@given(st.integers(1, 5), st.lists(st.integers(1, 5), min_size=1, max_size=4))
def test_the_numbers_are_those_of_the_model(nin, nouts):
    model = MLP(nin, nouts, "tanh", init="xavier")
    heading, _, *rows, _, total = summary(model).splitlines()
    assert heading.split() == [
        "layer",
        "shape",
        "activation",
        "parameters",
        "initialisation",
    ]
    assert [row.split() for row in rows] == [
        [
            f"layer{i}",
            str(n),
            "→",
            str(m),
            "linear" if i == len(nouts) - 1 else "tanh",
            str(n * m + m),
            "xavier",
        ]
        for i, (n, m) in enumerate(zip([nin, *nouts], nouts, strict=False))
    ]
    assert total.split() == ["total", str(len(model.parameters()))]


def 세제곱(z):
    return z**3


class 분류기(Module):
    def __init__(self):
        self.은닉층 = Layer(2, 16)
        self.출력층 = Layer(16, 3, 세제곱, "xavier")
        self.온도 = Value(1.0)
        self.꼬리 = MLP(3, [2, 1000])
        self.뉴런 = Neuron(2)


def test_a_module_of_ones_own():
    rows = [
        re.split(r"\s{2,}", line.strip()) for line in summary(분류기()).splitlines()
    ]
    assert rows[2:8] == [
        ["분류기", "1"],
        ["은닉층", "2 → 16", "relu", "48", "he"],
        ["출력층", "16 → 3", "세제곱", "51", "xavier"],
        ["꼬리.layer0", "3 → 2", "relu", "8", "he"],
        ["꼬리.layer1", "2 → 1000", "linear", "3,000", "he"],
        ["뉴런", "2 → 1", "relu", "3", "he"],
    ]
    assert rows[9] == ["total", "3,111"]


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["은닉층", "a", "층１", "é", "e\u0301", "가나다라마바사", "层", "한"]
        ),
        unique=True,
        min_size=1,
    )
)
def test_columns_line_up_whatever_the_letters(layers):
    model = Module()
    for i, name in enumerate(layers):
        setattr(model, name, Layer(1, 10**i % 7 + 1))
    lines = summary(model).splitlines()
    starts = {cell_len(line[: line.index("→")]) for line in lines[2:-2]}
    assert len(starts) == 1
    ends = {cell_len(line.removesuffix("he").rstrip()) for line in lines[2:-2]} | {
        cell_len(lines[-1])
    }
    assert len(ends) == 1
    assert len({cell_len(lines[1]), cell_len(lines[0])}) == 1


def test_shared_parameters_count_once_in_the_total():
    model = MLP(2, [2, 1], seed=0)
    model.layers[0].neurons[1].w = model.layers[0].neurons[0].w
    assert summary(model).splitlines()[-1].split() == ["total", "7"]


def test_mixed_layers_name_all_they_have():
    layer = Layer(1, 3)
    layer.neurons[1].activation = None
    assert "relu/linear" in summary(layer)
    assert summary(layer).splitlines()[2].startswith("Layer ")
    assert summary(Neuron(4, "tanh")).splitlines()[2].split() == [
        "Neuron",
        "4",
        "→",
        "1",
        "tanh",
        "5",
        "he",
    ]


def test_a_module_without_parameters():
    assert summary(Module()).splitlines()[-1].split() == ["total", "0"]
