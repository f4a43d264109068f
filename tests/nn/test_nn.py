"""Networks against PyTorch's with the same weights; how they start, what they are called, what they refuse."""

import copy
import math
import pickle
import random
import statistics

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import micrograd_kr as mk
from micrograd_kr import MLP, Layer, Module, Neuron, Value, one_hot, softmax

ACTIVATIONS = {
    "relu": torch.nn.ReLU(),
    "tanh": torch.nn.Tanh(),
    "sigmoid": torch.nn.Sigmoid(),
    "gelu": torch.nn.GELU(),
    "silu": torch.nn.SiLU(),
    "softplus": torch.nn.Softplus(threshold=100),
    "leaky_relu": torch.nn.LeakyReLU(0.01),
    None: torch.nn.Identity(),
}
SAMPLES = [[0.5, -1.0, 2.0], [0.0, 0.0, 0.0], [-3.0, 0.25, 1e-3]]


def twin(model):
    """The same network in PyTorch, with the same weights, in float64."""
    parts = []
    for layer in model.layers:
        linear = torch.nn.Linear(
            len(layer.neurons[0].w), len(layer.neurons), dtype=torch.float64
        )
        with torch.no_grad():
            linear.weight.copy_(
                torch.tensor(
                    [[w.data for w in n.w] for n in layer.neurons], dtype=torch.float64
                )
            )
            linear.bias.copy_(
                torch.tensor([n.b.data for n in layer.neurons], dtype=torch.float64)
            )
        parts += [linear, ACTIVATIONS[layer.neurons[0].activation]]
    return torch.nn.Sequential(*parts)


def flat_grads(theirs):
    """Their gradients in the order of our parameters: w0 ... wn, b of each neuron."""
    grads = []
    for linear in theirs[::2]:
        for row, b in zip(
            linear.weight.grad.tolist(), linear.bias.grad.tolist(), strict=True
        ):
            grads += [*row, b]
    return grads


@pytest.mark.parametrize("expand", [False, True])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_like_pytorch(activation, expand):
    model = MLP(3, [5, 4, 2], activation=activation, seed=7, expand=expand)
    for p in model.parameters():
        p.data += 0.1  # biases too
    theirs = twin(model)
    out = [y for x in SAMPLES for y in model(x)]
    wanted = theirs(torch.tensor(SAMPLES, dtype=torch.float64))
    assert [y.data for y in out] == pytest.approx(
        wanted.flatten().tolist(), rel=1e-12, abs=1e-13
    )
    sum(y * y for y in out).backward()
    (wanted**2).sum().backward()
    assert [p.grad for p in model.parameters()] == pytest.approx(
        flat_grads(theirs), rel=1e-11, abs=1e-12
    )


def test_like_pytorch_with_an_activation_for_each_layer():
    model = MLP(3, [4, 4, 1], activation=["tanh", "sigmoid", "softplus"], seed=1)
    theirs = twin(model)(torch.tensor(SAMPLES, dtype=torch.float64)).flatten().tolist()
    assert [model(x).data for x in SAMPLES] == pytest.approx(theirs, rel=1e-12)


def test_expanding_changes_the_graph_and_not_the_numbers():
    folded, single = MLP(2, [3, 1], seed=0), MLP(2, [3, 1], seed=0, expand=True)
    x = [0.7, -0.3]
    y, z = folded(x), single(x)
    y.backward()
    z.backward()
    assert y.data == pytest.approx(z.data, rel=1e-14)
    assert [p.grad for p in folded.parameters()] == pytest.approx(
        [p.grad for p in single.parameters()], rel=1e-13
    )
    assert [v.op.name for v in y.topological_order() if v.op] == [
        "linear",
        "relu",
    ] * 3 + ["linear"]
    # of each neuron n products and n sums, the bias among them
    names = [v.op.name for v in z.topological_order() if v.op]
    assert (
        names.count("mul"),
        names.count("add"),
        names.count("relu"),
        len(names),
    ) == (9, 9, 3, 21)


def test_a_neuron_is_two_nodes():
    n = Neuron(3, "tanh", seed=0)
    y = n([1.0, 2.0, 3.0])
    assert y.op.name == "tanh"
    (z,) = y.parents
    assert z.op.name == "linear"
    assert z.parents[:3] == tuple(n.w)
    assert z.parents[-1] is n.b
    linear = Neuron(3, None)
    assert linear([1.0, 2.0, 3.0]).op.name == "linear"
    squared = Neuron(1, lambda z: z * z)
    assert squared([3.0]).op.name == "mul"


def test_inputs_may_be_anything_with_numbers():
    model = MLP(3, [4, 1], seed=0)
    want = model([1.0, 2.0, 3.0]).data
    for x in (
        (1, 2, 3),
        np.array([1.0, 2.0, 3.0]),
        [Value(1.0), 2.0, np.float32(3)],
        iter([1, 2, 3]),
    ):
        assert model(x).data == want
    one = MLP(1, [2, 1], seed=0)
    assert one(2.0).data == one([2.0]).data == one(Value(2.0)).data == one(2).data


def test_an_input_value_gets_its_gradient():
    model, x = MLP(2, [3, 1], "tanh", seed=0), [Value(0.5), Value(-1.0)]
    model(x).backward()
    assert [v.grad for v in x] == pytest.approx(
        [
            (model([0.5 + h, -1.0 + k]).data - model([0.5 - h, -1.0 - k]).data) / 2e-6
            for h, k in ((1e-6, 0), (0, 1e-6))
        ],
        rel=1e-6,
    )


# ---- names ----------------------------------------------------------------------------------------------


def test_names_and_labels():
    model = MLP(2, [3, 1], seed=0)
    names = [name for name, _ in model.named_parameters()]
    assert names[:4] == [
        "layer0.neuron0.w0",
        "layer0.neuron0.w1",
        "layer0.neuron0.b",
        "layer0.neuron1.w0",
    ]
    assert names[-1] == "layer1.neuron0.b"
    assert len(names) == len(set(names)) == 3 * 3 + 4
    assert [p.label for p in model.parameters()] == names
    assert [p for _, p in model.named_parameters()] == model.parameters()
    assert model.layers[0].neurons[2].w[1].label == "layer0.neuron2.w1"
    assert [p.label for p in Layer(1, 2).parameters()] == [
        "neuron0.w0",
        "neuron0.b",
        "neuron1.w0",
        "neuron1.b",
    ]
    assert [p.label for p in Neuron(2).parameters()] == ["w0", "w1", "b"]


class Residual(Module):
    """x + inner(x) with a scale, a shared weight and things that are no parameters."""

    def __init__(self):
        self.inner = MLP(1, [2, 1], seed=0)
        self.scale = Value(2.0)
        self.tied = [self.scale, Value(1.0)]
        self.branches = (Layer(1, 1, seed=0), Layer(1, 1, seed=1))
        self.name, self.rate, self.nothing = "residual", 0.1, None

    def forward(self, x):
        return (
            self.scale * self.inner(x)
            + self.tied[1] * x
            + sum(b(x) for b in self.branches)
        )


def test_modules_of_one_s_own():
    m = Residual()
    names = [name for name, _ in m.named_parameters()]
    assert names[:2] == ["inner.layer0.neuron0.w0", "inner.layer0.neuron0.b"]
    assert names[7:] == [
        *("scale", "tied0", "tied1"),
        *(
            "branche0.neuron0.w0",
            "branche0.neuron0.b",
            "branche1.neuron0.w0",
            "branche1.neuron0.b",
        ),
    ]
    assert len(m.parameters()) == len(names) - 1  # `scale` is in it twice
    m.label_parameters()
    assert m.tied[1].label == "tied1"
    m(0.5).backward()
    assert m.tied[1].grad == 0.5
    m.zero_grad()
    assert {p.grad for p in m.parameters()} == {0.0}


def test_a_module_without_forward_says_so():
    class Empty(Module):
        pass

    with pytest.raises(NotImplementedError, match="Empty needs a forward"):
        Empty()(1.0)
    assert Empty().parameters() == []


def test_zero_grad_is_of_the_parameters_only():
    model = MLP(1, [1], seed=0)
    y = model(3.0)
    y.backward()
    assert [p.grad for p in model.parameters()] == [3.0, 1.0]
    model.zero_grad()
    assert [p.grad for p in model.parameters()] == [0.0, 0.0]
    assert y.grad == 1.0


@pytest.mark.parametrize(
    "duplicate",
    [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))],
    ids=["copy", "pickle"],
)
def test_a_copied_model_is_another_one(duplicate):
    model = MLP(2, [3, 1], "tanh", seed=0)
    twin = duplicate(model)
    assert [p.data for p in twin.parameters()] == [p.data for p in model.parameters()]
    assert [p.label for p in twin.parameters()] == [p.label for p in model.parameters()]
    assert twin([1.0, 2.0]).data == model([1.0, 2.0]).data
    twin([1.0, 2.0]).backward()
    assert any(p.grad for p in twin.parameters())
    assert not any(p.grad for p in model.parameters())


def test_repr():
    assert (
        repr(MLP(2, [16, 16, 1]))
        == "MLP(2, [16, 16, 1], activation=['relu', 'relu', None])"
    )
    assert repr(Layer(2, 3, "tanh")) == "Layer(2, 3, activation='tanh')"
    assert repr(Neuron(2)) == "Neuron(2, activation='relu')"


# ---- how they start -------------------------------------------------------------------------------------


def weights(model):
    return [w.data for layer in model.layers for n in layer.neurons for w in n.w]


def biases(model):
    return [n.b.data for layer in model.layers for n in layer.neurons]


def test_seeds():
    first = [p.data for p in MLP(2, [8, 1], seed=3).parameters()]
    assert first == [p.data for p in MLP(2, [8, 1], seed=3).parameters()]
    assert first != [p.data for p in MLP(2, [8, 1], seed=4).parameters()]
    assert first == [p.data for p in MLP(2, [8, 1], seed=random.Random(3)).parameters()]
    assert (
        len(set(weights(MLP(5, [8, 8, 1], seed=0)))) == 5 * 8 + 64 + 8
    )  # no two neurons alike
    random.seed(11)
    from_global = weights(MLP(2, [3, 1]))
    random.seed(11)
    assert from_global == weights(MLP(2, [3, 1]))
    random.seed(11)
    untouched = random.random()
    random.seed(11)
    MLP(2, [3, 1], seed=0)
    assert (
        random.random() == untouched
    )  # a seeded model leaves Python's own state alone


FAN_IN, FAN_OUT = 120, 80


@pytest.mark.parametrize(
    ("init", "deviation", "bound"),
    [
        ("he", math.sqrt(2 / FAN_IN), None),
        (
            "xavier",
            math.sqrt(2 / (FAN_IN + FAN_OUT)),
            math.sqrt(6 / (FAN_IN + FAN_OUT)),
        ),
        ("uniform", 1 / math.sqrt(3), 1.0),
    ],
)
def test_initial_weights(init, deviation, bound):
    """9,600 weights: the deviation is right within 3 %, the mean is 0, the bound is nearly reached."""
    model = MLP(FAN_IN, [FAN_OUT], init=init, seed=0)
    ws = weights(model)
    assert statistics.fmean(ws) == pytest.approx(
        0, abs=4 * deviation / math.sqrt(len(ws))
    )
    assert statistics.pstdev(ws) == pytest.approx(deviation, rel=0.03)
    assert biases(model) == [0.0] * FAN_OUT
    largest = max(map(abs, ws))
    if bound is None:
        assert 3 < largest / deviation < 6  # normal, not uniform
    else:
        assert 0.99 * bound < largest <= bound


def test_an_initialisation_for_each_layer():
    model = MLP(100, [50, 50], init=["uniform", "xavier"], seed=0)
    first, second = (
        max(abs(w.data) for n in layer.neurons for w in n.w) for layer in model.layers
    )
    assert 0.99 < first <= 1.0
    assert second <= math.sqrt(6 / 100)


# ---- softmax, one_hot -----------------------------------------------------------------------------------


@given(st.lists(st.floats(-30, 30), min_size=1, max_size=6), st.data())
@settings(max_examples=50, deadline=None)
def test_softmax_like_pytorch(logits, data):
    i = data.draw(st.integers(0, len(logits) - 1))
    xs = [Value(x) for x in logits]
    ps = softmax(xs)
    t = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
    q = torch.softmax(t, 0)
    assert [p.data for p in ps] == pytest.approx(q.tolist(), rel=1e-11, abs=1e-300)
    assert sum(p.data for p in ps) == pytest.approx(1.0, rel=1e-11)
    ps[i].backward()
    q[i].backward()
    assert [x.grad for x in xs] == pytest.approx(t.grad.tolist(), rel=1e-9, abs=1e-14)


@pytest.mark.parametrize(
    ("logits", "probabilities"),
    [
        ([1000.0, 0.0, 0.0], [1, 0, 0]),
        ([1e5, 1e5], [0.5, 0.5]),
        ([-1e308, 0.0], [0, 1]),
        ([-1000.0, -1000.0], [0.5, 0.5]),
        ([8e307, -8e307], [1, 0]),
        ([3], [1]),
    ],
)
def test_softmax_never_overflows(logits, probabilities):
    xs = [Value(x) for x in logits]
    ps = softmax(xs)
    assert [p.data for p in ps] == pytest.approx(probabilities, abs=1e-10)
    for p in ps:
        p.backward()
        assert all(math.isfinite(x.grad) for x in xs)


def test_one_hot():
    assert [one_hot(i, 3) for i in range(3)] == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    for bad in (-1, 3):
        with pytest.raises(ValueError, match=f"class {bad} is not among 0 to 2"):
            one_hot(bad, 3)


# ---- what they refuse -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: MLP(2, [3, 1])([1.0]), "MLP takes 2 inputs, not 1"),
        (lambda: MLP(2, [3, 1])([1.0, 2.0, 3.0]), "MLP takes 2 inputs, not 3"),
        (lambda: MLP(2, [3, 1])(1.0), "MLP takes 2 inputs, not 1"),
        (lambda: Layer(2, 3)([1.0]), "Layer takes 2 inputs, not 1"),
        (lambda: Neuron(2)([]), "Neuron takes 2 inputs, not 0"),
        (lambda: MLP(2, []), "at least 1 layer"),
        (lambda: MLP(2, [3, 0]), "at least 1 neuron, not 0"),
        (lambda: MLP(0, [3]), "at least 1 input, not 0"),
        (lambda: Layer(2, -1), "at least 1 neuron, not -1"),
        (
            lambda: MLP(2, [3, 1], activation="rellu"),
            "'rellu' is not one of relu, elu, gelu, leaky_relu",
        ),
        (lambda: MLP(2, [3, 1], activation="dot"), "'dot' is not one of"),
        (lambda: MLP(2, [3, 1], activation="maximum"), "'maximum' is not one of"),
        (
            lambda: MLP(2, [3, 1], init="normal"),
            "'normal' is not one of he, xavier, uniform",
        ),
        (lambda: MLP(2, [3, 1], activation=["relu"]), "1 of activation for 2 layers"),
        (lambda: MLP(2, [3, 1], init=["he"] * 3), "3 of init for 2 layers"),
    ],
)
def test_errors_say_what_is_wrong(make, says):
    with pytest.raises(ValueError, match=says):
        make()


def test_inputs_that_are_no_numbers():
    for bad in (["a", 1.0], [None, 1.0], [[1.0, 2.0], [3.0, 4.0]]):
        with pytest.raises(TypeError, match="MLP"):
            MLP(2, [1])(bad)
    with pytest.raises(ValueError, match=r"MLP.*nan"):
        MLP(2, [1])([math.nan, 1.0])


def test_no_grad_through_a_network():
    model = MLP(2, [3, 1], seed=0)
    with mk.no_grad():
        y = model([1.0, 2.0])
    assert y.parents == ()
    assert y.data == model([1.0, 2.0]).data
