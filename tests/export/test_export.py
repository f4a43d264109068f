"""To PyTorch, from PyTorch, to ONNX: the same numbers come out, or an error says why not."""

import os
import random
import re
import subprocess
import sys
from itertools import pairwise

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from micrograd_kr.engine import FUNCTIONS, Value
from micrograd_kr.engine.ops import OPS
from micrograd_kr.export.onnx import OPSET, to_onnx
from micrograd_kr.export.torch import from_torch, to_torch
from micrograd_kr.nn.modules import MLP, Layer, Module, Neuron

NAMES = [op.name for op in OPS.values() if op.is_activation]
EVERYWHERE = [name for name in NAMES if OPS[name].domain == "True"]
IN_TORCH_NN = [
    "Tanh",
    "Sigmoid",
    "Softplus",
    "ReLU",
    "LeakyReLU",
    "SiLU",
    "GELU",
    "ELU",
]
FLOAT32_ONLY = ["erf", "tan", "asin", "acos", "atan", "sinh", "cosh"]
small = st.floats(-1, 1, allow_subnormal=False)


def inside(name):
    """Points of its domain, from -40 to 40."""
    points = [x / 16 for x in range(-640, 641)]
    return [x for x in points if eval(OPS[name].domain, {"x": x})]


def float32_only(name):
    """The function in its text, if any, that onnxruntime has in float32 only."""
    called = re.findall(r"\w+(?=\()", OPS[name].forward)
    return next((f for f in called if f in FLOAT32_ONLY), None)


@st.composite
def models(draw, names=EVERYWHERE):
    nouts = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    activations = [draw(st.sampled_from([None, *names])) for _ in nouts]
    model = MLP(
        draw(st.integers(1, 3)), nouts, activations, seed=0, expand=draw(st.booleans())
    )
    for p in model.parameters():
        p.data = draw(small)
    return model


def outputs(model, x):
    """The model's outputs as Values; the example is skipped where numbers grow beyond comparing."""
    out = model(x)
    out = out if isinstance(out, list) else [out]
    assume(all(abs(v.data) < 100 for o in out for v in o.topological_order()))
    return out


def inputs_of(model):
    return len(model.layers[0].neurons[0].w)


def close(a, b, tolerance=1e-12):
    return np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


# ---- PyTorch ----------------------------------------------------------------------------------------


@settings(deadline=None)
@given(model=models(), data=st.data())
def test_torch_computes_the_same_outputs_and_gradients(model, data):
    x = data.draw(
        st.lists(st.floats(-3, 3), min_size=inputs_of(model), max_size=inputs_of(model))
    )
    out = outputs(model, x)
    theirs = to_torch(model)
    y = theirs(torch.tensor([x], dtype=torch.float64))
    close(y[0].tolist(), [o.data for o in out])
    for p in model.parameters():
        p.grad = 0.0
    for o in out:
        o.backward()
    y.sum().backward()
    linears = [m for m in theirs if isinstance(m, torch.nn.Linear)]
    for layer, linear in zip(model.layers, linears, strict=True):
        close(
            linear.weight.grad.tolist(),
            [[w.grad for w in n.w] for n in layer.neurons],
            1e-9,
        )
        close(linear.bias.grad.tolist(), [n.b.grad for n in layer.neurons], 1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_each_activation_in_torch_over_its_range(name):
    layer = Layer(1, 1, name)
    layer.neurons[0].w[0].data = 1.0
    xs = inside(name)
    theirs = to_torch(layer)(torch.tensor(xs, dtype=torch.float64)[:, None])[:, 0]
    close(theirs.tolist(), [layer(x).data for x in xs])


@settings(deadline=None)
@given(model=models(NAMES))
def test_there_and_back_is_the_same_model(model):
    back = from_torch(to_torch(model))
    assert repr(back) == repr(model)
    assert [p.data.hex() for p in back.parameters()] == [
        p.data.hex() for p in model.parameters()
    ]
    assert [p.label for p in back.parameters()] == [p.label for p in model.parameters()]


@st.composite
def sequentials(draw):
    """Linear and activation modules as somebody writes them in PyTorch: float32 or 64, nested, without bias."""
    torch.manual_seed(draw(st.integers(0, 1000)))
    sizes = draw(st.lists(st.integers(1, 4), min_size=2, max_size=4))
    modules = []
    for nin, nout in pairwise(sizes):
        dtype = draw(st.sampled_from([torch.float32, torch.float64, torch.bfloat16]))
        modules.append(
            torch.nn.Linear(nin, nout, bias=draw(st.booleans()), dtype=dtype)
        )
        kind = draw(st.sampled_from([None, "Identity", *IN_TORCH_NN]))
        if kind is not None:
            modules.append(getattr(torch.nn, kind)())
        if draw(st.booleans()):
            modules = [torch.nn.Sequential(*modules)]
    return torch.nn.Sequential(*modules), sizes[0]


@settings(deadline=None)
@given(drawn=sequentials(), data=st.data())
def test_a_network_of_torch_computes_the_same_here(drawn, data):
    module, nin = drawn
    x = data.draw(st.lists(st.floats(-3, 3), min_size=nin, max_size=nin))
    model = from_torch(module)
    theirs = module.double()(torch.tensor(x, dtype=torch.float64))
    close([o.data for o in outputs(model, x)], theirs.tolist())


def test_a_module_used_twice_runs_twice():
    linear = torch.nn.Linear(2, 2, dtype=torch.float64)
    module = S(linear, torch.nn.Tanh(), linear)
    close(
        [o.data for o in from_torch(module)([0.5, 2.0])],
        module(torch.tensor([0.5, 2.0]).double()).tolist(),
    )


def test_a_single_linear_of_torch():
    model = from_torch(torch.nn.Linear(2, 3, dtype=torch.float64))
    assert repr(model) == "MLP(2, [3], activation=[None])"


def test_layers_and_neurons_go_to_torch_too():
    for model, n in ((Layer(2, 3, "tanh", seed=0), 3), (Neuron(2, "tanh", seed=0), 1)):
        out = model([0.5, -1.0])
        theirs = to_torch(model)(torch.tensor([[0.5, -1.0]], dtype=torch.float64))
        assert theirs.shape == (1, n)
        close(
            theirs[0].tolist(),
            [o.data for o in (out if isinstance(out, list) else [out])],
        )


def test_torchs_random_state_and_ours_stay():
    torch.manual_seed(0)
    random.seed(0)
    before, ours = torch.random.get_rng_state(), random.getstate()
    model = MLP(2, [3, 1], seed=0)
    from_torch(to_torch(model))
    assert torch.equal(torch.random.get_rng_state(), before)
    assert random.getstate() == ours


def test_what_comes_from_torch_does_not_share_with_it():
    module = torch.nn.Linear(1, 1, dtype=torch.float64)
    model = from_torch(module)
    before = model(2.0).data
    with torch.no_grad():
        module.weight.fill_(100.0)
    assert model(2.0).data == before


def complex_linear():
    return torch.nn.Linear(1, 1, dtype=torch.complex64)


def nan_linear():
    linear = torch.nn.Linear(2, 1)
    with torch.no_grad():
        linear.weight[0, 1] = float("nan")
    return linear


def hooked():
    linear = torch.nn.Linear(1, 1)
    linear.register_forward_hook(lambda module, args, out: 2 * out)
    return linear


def hooked_sequential():
    module = torch.nn.Sequential(torch.nn.Linear(1, 1))
    module.register_forward_pre_hook(lambda module, args: (2 * args[0],))
    return module


class Mine(torch.nn.Linear):
    def forward(self, x):
        return -super().forward(x)


L, S = torch.nn.Linear, torch.nn.Sequential


@pytest.mark.filterwarnings("ignore:Initializing zero-element tensors")
@pytest.mark.parametrize(
    ("make", "match"),
    [
        (
            lambda: S(L(1, 1), torch.nn.Dropout()),
            r"module\[1\], Dropout\(p=0.5, inplace=False\), is not supported; Lin",
        ),
        (
            lambda: S(L(1, 1), S(torch.nn.CELU())),
            r"module\[1\]\[0\], CELU.* is not supported",
        ),
        (lambda: S(torch.nn.Conv1d(1, 1, 1)), "Conv1d.* is not supported"),
        (lambda: Mine(1, 1), "Mine.* is not supported"),
        (lambda: S(torch.nn.LazyLinear(1)), "LazyLinear.* is not supported"),
        (
            lambda: torch.nn.utils.parametrizations.weight_norm(L(1, 1)),
            "Parametrized.* is not supported",
        ),
        (
            lambda: S(L(1, 1), torch.nn.LeakyReLU(0.2)),
            r"LeakyReLU\(negative_slope=0.2\), is not the leaky_relu of the t",
        ),
        (
            lambda: S(L(1, 1), torch.nn.GELU(approximate="tanh")),
            r"GELU.* is not the gelu of the table.* at ",
        ),
        (
            lambda: S(L(1, 1), torch.nn.Softplus(beta=2)),
            r"Softplus.* is not the softplus",
        ),
        (
            lambda: S(torch.nn.ReLU(), L(1, 1)),
            r"module\[0\], ReLU\(\), does not follow a Linear",
        ),
        (
            lambda: S(L(1, 1), torch.nn.ReLU(), torch.nn.Tanh()),
            r"module\[2\], Tanh\(\), does not follow a Linear",
        ),
        (lambda: S(L(1, 3), L(2, 1)), r"module\[1\].* takes 2 inputs after 3 outputs"),
        (lambda: S(), "no Linear"),
        (complex_linear, "complex"),
        (nan_linear, "layer0.neuron0.w1: nan is not a finite number"),
        (hooked, "hooks"),
        (hooked_sequential, "hooks"),
        (lambda: S(L(1, 0)), "at least 1"),
        (lambda: "not a module", "from_torch.*not a module"),
    ],
)
def test_what_torch_has_and_we_have_not_is_refused(make, match):
    with pytest.raises((ValueError, TypeError), match=match):
        from_torch(make())


def test_what_has_no_name_cannot_be_exported(tmp_path):
    class Mine(MLP):
        def forward(self, x):
            return -super().forward(x)

    odd = MLP(1, [2, 1], seed=0)
    odd.layers[0].neurons[1].activation = "tanh"
    bad = MLP(1, [1], seed=0)
    bad.layers[0].neurons[0].w[0].data = float("nan")
    for model, error, match in [
        (Mine(1, [1]), TypeError, "what Mine computes is in its own code"),
        (Module(), TypeError, "Module"),
        ("model", TypeError, "str"),
        (
            MLP(1, [2, 1], FUNCTIONS["tanh"]),
            ValueError,
            "activation of layer 0 is a function",
        ),
        (odd, ValueError, "layer 0 has neurons of 'relu' and of 'tanh'"),
        (bad, ValueError, "layer0.neuron0.w0: nan is not a finite number"),
    ]:
        with pytest.raises(error, match=f"to_torch.*{match}"):
            to_torch(model)
        with pytest.raises(error, match=f"to_onnx.*{match}"):
            to_onnx(model, tmp_path / "m.onnx")
    assert os.listdir(tmp_path) == []


def test_errors_are_said_in_korean(korean, tmp_path):
    """With the particles that fit what stands there."""
    dropout, elu = torch.nn.Dropout(), torch.nn.CELU()
    for call, match in [
        (lambda: to_torch(Module()), "Module이 계산하는 것은"),
        (lambda: to_torch(MLP(1, [1, 1], [abs, None])), "0번 층의 활성화 함수가"),
        (lambda: from_torch(3), "3은 PyTorch의 모듈이 아닙니다"),
        (lambda: from_torch(S(L(1, 1), elu)), r"CELU\(alpha=1.0\)은 옮길 수 없습니다"),
        (lambda: from_torch(S(L(1, 1), dropout)), r"False\)는 옮길 수 없습니다"),
        (lambda: from_torch(S(L(1, 3), L(2, 1))), "입력 2개를 받는데 .* 3개입니다"),
        (lambda: to_onnx(MLP(1, [1]), tmp_path, "int8"), "'int8'은 쓸 수 없습니다"),
        (lambda: to_onnx(Neuron(1, "gelu"), tmp_path, "float64"), "erf를 float32로만"),
    ]:
        with pytest.raises((TypeError, ValueError), match=match):
            call()


# ---- ONNX -------------------------------------------------------------------------------------------


def run(path, xs, dtype):
    session = onnxruntime.InferenceSession(
        os.fspath(path), providers=["CPUExecutionProvider"]
    )
    (given_input,), (output,) = session.get_inputs(), session.get_outputs()
    assert (given_input.name, output.name) == ("x", "y")
    assert given_input.shape[0] == output.shape[0] == "batch"
    (y,) = session.run(None, {"x": np.asarray(xs, dtype)})
    assert y.dtype == np.dtype(dtype)
    return y


@settings(deadline=None)
@given(
    model=models([name for name in EVERYWHERE if not float32_only(name)]),
    data=st.data(),
)
def test_onnx_in_float64_computes_the_same(tmp_path_factory, model, data):
    nin = inputs_of(model)
    xs = data.draw(
        st.lists(
            st.lists(st.floats(-3, 3), min_size=nin, max_size=nin),
            min_size=1,
            max_size=3,
        )
    )
    expected = [[o.data for o in outputs(model, x)] for x in xs]
    path = tmp_path_factory.mktemp("onnx") / "m.onnx"
    to_onnx(model, path, "float64")
    close(run(path, xs, "float64"), expected)


@settings(deadline=None)
@given(
    model=models(["tanh", "sigmoid", "softplus", "relu", "leaky_relu", "silu", "gelu"]),
    data=st.data(),
)
def test_onnx_in_float32_computes_nearly_the_same(tmp_path_factory, model, data):
    nin = inputs_of(model)
    xs = data.draw(
        st.lists(
            st.lists(st.floats(-3, 3, width=32), min_size=nin, max_size=nin),
            min_size=1,
            max_size=3,
        )
    )
    expected = [[o.data for o in outputs(model, x)] for x in xs]
    path = tmp_path_factory.mktemp("onnx") / "m.onnx"
    to_onnx(model, path)
    close(run(path, xs, "float32"), expected, 1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_each_activation_in_onnx_over_its_range(tmp_path, name):
    layer = Layer(1, 1, name)
    layer.neurons[0].w[0].data = 1.0
    xs = inside(name)
    expected = [[layer(x).data] for x in xs]
    to_onnx(layer, tmp_path / "m.onnx")
    close(run(tmp_path / "m.onnx", [[x] for x in xs], "float32"), expected, 2e-6)
    if float32_only(name):
        told = f"{float32_only(name)} in float32 only"
        with pytest.raises(ValueError, match=told):
            to_onnx(layer, tmp_path / "m.onnx", "float64")
    else:
        to_onnx(layer, tmp_path / "m.onnx", "float64")
        close(run(tmp_path / "m.onnx", [[x] for x in xs], "float64"), expected)


def test_the_file_is_plain_onnx(tmp_path):
    model = MLP(2, [4, 3, 1], ["relu", "tanh", "sigmoid"], seed=0)
    to_onnx(model, tmp_path / "m.onnx")
    proto = onnx.load(tmp_path / "m.onnx")
    onnx.checker.check_model(proto, full_check=True)
    assert [n.op_type for n in proto.graph.node] == [
        "Gemm",
        "Relu",
        "Gemm",
        "Tanh",
        "Gemm",
        "Sigmoid",
    ]
    assert {(o.domain, o.version) for o in proto.opset_import} == {("", OPSET)}
    weight = onnx.numpy_helper.to_array(proto.graph.initializer[0])
    assert weight.shape == (4, 2)
    assert weight.tolist() == [
        [float(np.float32(w.data)) for w in n.w] for n in model.layers[0].neurons
    ]


def test_onnx_errors_leave_the_old_file(tmp_path):
    path = tmp_path / "m.onnx"
    path.write_bytes(b"old")
    large = MLP(1, [1], seed=0)
    large.layers[0].neurons[0].w[0].data = 1e300
    with pytest.raises(
        ValueError, match=r"layer0.weight is too large for float32; use dtype='float64'"
    ):
        to_onnx(large, path)
    with pytest.raises(ValueError, match="'float16' is not 'float32' or 'float64'"):
        to_onnx(MLP(1, [1]), path, "float16")
    assert path.read_bytes() == b"old"
    to_onnx(large, path, "float64")
    assert run(path, [[2.0]], "float64").tolist() == [[2e300]]
    assert os.listdir(tmp_path) == ["m.onnx"]


# ---- without the packages ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("package", "call"),
    [
        ("torch", lambda path: to_torch(MLP(1, [1]))),
        ("torch", lambda path: from_torch(None)),
        ("onnx", lambda path: to_onnx(MLP(1, [1]), path)),
        ("numpy", lambda path: to_onnx(MLP(1, [1]), path)),
    ],
)
def test_a_missing_package_is_named(tmp_path, monkeypatch, package, call):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=f"needs {package}: pip install {package}"):
        call(tmp_path / "m.onnx")
    assert os.listdir(tmp_path) == []


def test_importing_imports_none_of_them():
    code = "import sys, micrograd_kr.export, micrograd_kr.export.onnx; print({'torch', 'onnx', 'numpy'} & {*sys.modules})"
    assert (
        subprocess.check_output([sys.executable, "-c", code], text=True).strip()
        == "set()"
    )


def test_a_value_survives_the_trip_as_a_parameter():
    model = from_torch(to_torch(MLP(1, [1], seed=0)))
    assert all(
        type(p) is Value and p.op is None and type(p.data) is float
        for p in model.parameters()
    )
