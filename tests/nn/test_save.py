"""Files of models: exact, whole or refused, and never half written."""

import copy
import errno
import hashlib
import json
import math
import os
import random
import resource
import stat
import struct
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from micrograd_kr.engine.ops import OPS
from micrograd_kr.engine.value import Value
from micrograd_kr.nn import document
from micrograd_kr.nn.modules import MLP, Layer, Module, Neuron

ACTIVATIONS = [
    None,
    *(op.name for op in OPS.values() if op.is_activation),
]
finite = st.floats(allow_nan=False, allow_infinity=False)
SAME_FILES = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


def bits(model):
    return {name: struct.pack("<d", p.data) for name, p in model.named_parameters()}


def everything(model):
    return [
        (name, struct.pack("<d", p.data), p.grad, p.label, p.op)
        for name, p in model.named_parameters()
    ]


@st.composite
def models(draw):
    nouts = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    activations = [draw(st.sampled_from(ACTIVATIONS)) for _ in nouts]
    inits = [draw(st.sampled_from(["he", "xavier", "uniform"])) for _ in nouts]
    model = MLP(
        draw(st.integers(1, 4)),
        nouts,
        activations,
        inits,
        seed=0,
        expand=draw(st.booleans()),
    )
    for p in model.parameters():
        p.data = draw(finite)
    return model


# ---- a round trip -----------------------------------------------------------------------------------


@SAME_FILES
@given(model=models())
def test_a_model_comes_back_to_the_bit(tmp_path, model):
    path = tmp_path / "model.json"
    model.save(path)
    random.seed(5)
    expected_next = random.Random(5).random()
    rebuilt = MLP.from_file(path)
    assert (
        random.random() == expected_next
    )  # loading draws nothing from Python's random state
    assert bits(rebuilt) == bits(model)
    assert rebuilt.architecture() == model.architecture()
    assert repr(rebuilt) == repr(model)
    assert [p.label for p in rebuilt.parameters()] == [
        p.label for p in model.parameters()
    ]
    other = MLP(**model.architecture(), seed=1)
    other.load(path)
    assert bits(other) == bits(model)


@pytest.mark.parametrize(
    "x",
    [
        -0.0,
        5e-324,
        2.2250738585072014e-308,
        1.7976931348623157e308,
        0.1,
        1 / 3,
        1e22,
        1e23,
    ],
)
def test_corner_floats_keep_their_bits(tmp_path, x):
    model = Neuron(1, None)
    model.w[0].data = x
    model.save(tmp_path / "m.json")
    other = Neuron(1, None)
    other.load(tmp_path / "m.json")
    assert bits(other) == bits(model)


def test_a_trained_model_predicts_the_same(tmp_path):
    model = MLP(2, [8, 1], "tanh", seed=3)
    for _ in range(5):
        model.zero_grad()
        loss = (model([1.0, -2.0]) - 1) ** 2
        loss.backward()
        for p in model.parameters():
            p.data -= 0.05 * p.grad
    model.save(tmp_path / "m.json")
    assert MLP.from_file(tmp_path / "m.json")([0.3, 0.7]).data == model([0.3, 0.7]).data


def test_only_the_data_change(tmp_path):
    model = MLP(2, [2, 1], seed=0)
    model.save(tmp_path / "m.json")
    other = MLP(2, [2, 1], seed=1)
    other([1.0, 2.0]).backward()
    before = [(p, p.grad, p.label) for p in other.parameters()]
    other.load(tmp_path / "m.json")
    after = [(p, p.grad, p.label) for p in other.parameters()]
    assert all(
        a[0] is b[0] and a[1:] == b[1:] for a, b in zip(before, after, strict=True)
    )
    assert all(type(p.data) is float for p in other.parameters())


def test_any_module_can_be_saved_and_loaded(tmp_path):
    class 직선(Module):
        def __init__(self, w):
            self.기울기, self.절편, self.layer = Value(w), Value(0.5), Layer(1, 2)

    model = 직선(2.0)
    model.save(tmp_path / "직선.json")
    other = 직선(0.0)
    other.load(tmp_path / "직선.json")
    assert bits(other) == bits(model)
    assert "기울기" in (tmp_path / "직선.json").read_text(
        encoding="utf-8"
    )  # a person can read it
    with pytest.raises(ValueError, match="does not say how the model is built"):
        MLP.from_file(tmp_path / "직선.json")


def test_a_function_as_activation_needs_a_model_to_load_into(tmp_path):
    def cube(z):
        return z**3

    model, other = MLP(2, [3, 1], cube, seed=0), MLP(2, [3, 1], cube, seed=1)
    model.save(tmp_path / "m.json")
    other.load(tmp_path / "m.json")
    assert bits(other) == bits(model)
    with pytest.raises(ValueError, match="build the model"):
        MLP.from_file(tmp_path / "m.json")


def test_an_mlp_with_a_parameter_of_its_own(tmp_path):
    model, other = MLP(1, [1], seed=0), MLP(1, [1], seed=1)
    model.temperature, other.temperature = Value(0.5), Value(1.0)
    model.save(tmp_path / "m.json")
    other.load(tmp_path / "m.json")
    assert bits(other) == bits(model)
    with pytest.raises(ValueError, match=r"unknown.*temperature"):
        MLP(1, [1]).load(tmp_path / "m.json")


def test_shared_parameters_stay_shared(tmp_path):
    def tied():
        model = MLP(1, [1, 1], seed=0)
        model.layers[1].neurons[0].w[0] = model.layers[0].neurons[0].w[0]
        return model

    model = tied()
    model.layers[0].neurons[0].w[0].data = 7.0
    model.save(tmp_path / "m.json")
    other = tied()
    other.load(tmp_path / "m.json")
    assert other.layers[1].neurons[0].w[0] is other.layers[0].neurons[0].w[0]
    assert bits(other) == bits(model)
    MLP(1, [1, 1], seed=9).save(tmp_path / "untied.json")  # the two numbers differ here
    before = everything(other)
    with pytest.raises(ValueError, match=r"layer1.neuron0.w0.*one with another"):
        other.load(tmp_path / "untied.json")
    assert everything(other) == before


def test_the_order_of_keys_and_the_spaces_do_not_matter(tmp_path):
    model = MLP(2, [2, 1], seed=0)
    model.save(tmp_path / "m.json")
    document = json.loads((tmp_path / "m.json").read_text())
    document["parameters"] = dict(reversed(document["parameters"].items()))
    (tmp_path / "m.json").write_text(
        json.dumps(dict(reversed(document.items())), indent=7)
    )
    assert bits(MLP.from_file(tmp_path / "m.json")) == bits(model)


# ---- models that cannot be saved ----------------------------------------------------------------------


@pytest.mark.parametrize("x", [math.nan, math.inf, -math.inf, "0.5", None])
def test_what_is_no_finite_number_is_not_saved(tmp_path, x):
    model = MLP(1, [1], seed=0)
    model.save(tmp_path / "m.json")
    old = (tmp_path / "m.json").read_bytes()
    model.layers[0].neurons[0].b._data = x  # past the check of an assignment
    with pytest.raises((ValueError, TypeError), match=r"layer0.neuron0.b"):
        model.save(tmp_path / "m.json")
    assert (tmp_path / "m.json").read_bytes() == old
    assert os.listdir(tmp_path) == ["m.json"]


def test_two_parameters_of_one_name_are_not_saved(tmp_path):
    class Twins(Module):
        def __init__(self):
            self.w, self.w0 = [Value(1.0)], Value(2.0)

    with pytest.raises(ValueError, match="two parameters are called 'w0'"):
        Twins().save(tmp_path / "m.json")
    assert os.listdir(tmp_path) == []


def test_a_model_too_large_to_be_loaded_is_not_saved(tmp_path, monkeypatch):
    monkeypatch.setattr(document, "MAX_BYTES", 200)
    with pytest.raises(ValueError, match="larger than 200 bytes"):
        MLP(2, [2, 1]).save(tmp_path / "m.json")
    assert os.listdir(tmp_path) == []


# ---- files that are refused ---------------------------------------------------------------------------

MODEL = MLP(2, [2, 1], ["tanh", None], seed=0)


def good_document():
    parameters = {name: p.data for name, p in MODEL.named_parameters()}
    return sealed(
        {
            "format": "micrograd_kr model",
            "version": 1,
            "architecture": MODEL.architecture(),
        },
        parameters,
    )


def sealed(head, parameters):
    """The checksum as the format has it: SHA-256 of the JSON of what is in the file, keys sorted."""
    contents = json.dumps(
        [head["format"], head["version"], head["architecture"], parameters],
        sort_keys=True,
    )
    return {
        **head,
        "parameters": parameters,
        "sha256": hashlib.sha256(contents.encode()).hexdigest(),
    }


def test_the_format_is_the_one_written_here(tmp_path):
    MODEL.save(tmp_path / "m.json")
    assert json.loads((tmp_path / "m.json").read_text()) == good_document()


def refused(path, match):
    """Both ways to load say so, and a model loaded into is as it was."""
    model = MLP(2, [2, 1], ["tanh", None], seed=1)
    model.layers[0].neurons[0].b.grad = 3.0
    before = everything(model)
    with pytest.raises(ValueError, match=match) as error:
        model.load(path)
    assert str(path) in str(error.value)
    assert len(str(error.value)) < 1000
    assert everything(model) == before
    with pytest.raises(ValueError, match=match):
        MLP.from_file(path)


def changed(**changes):
    document = good_document()
    parameters = {**document["parameters"], **changes.pop("numbers", {})}
    return {**document, "parameters": parameters, **changes}


def with_architecture(**changes):
    document = good_document()
    return sealed(
        {**document, "architecture": {**document["architecture"], **changes}},
        document["parameters"],
    )


W = "layer0.neuron0.w0"
BAD_DOCUMENTS = {
    "a list": ([], "not a model file"),
    "null": (None, "not a model file"),
    "a number": (1, "not a model file"),
    "another format": (changed(format="torch"), "not a model file"),
    "no format": ({"version": 1}, "not a model file"),
    "version 2": (changed(version=2), "version 2; this program reads version 1"),
    "version true": (changed(version=True), "version True"),
    "version 1.0": (changed(version=1.0), r"version 1\.0"),
    "version text": (changed(version="1"), "version '1'"),
    "an unknown key": (changed(author="me"), r"unknown \['author'\]"),
    "a missing key": (
        {k: v for k, v in good_document().items() if k != "sha256"},
        r"lacks \['sha256'\]",
    ),
    "parameters a list": (changed(parameters=[1.0]), "parameters: .* not an object"),
    "parameters null": (changed(parameters=None), "parameters: None is not an object"),
    "a string for a number": (
        changed(numbers={W: "0.5"}),
        rf"parameters\['{W}'\]: '0.5' is not a number",
    ),
    "true for a number": (
        changed(numbers={W: True}),
        rf"parameters\['{W}'\]: True is not a number",
    ),
    "null for a number": (
        changed(numbers={W: None}),
        rf"parameters\['{W}'\]: None is not a number",
    ),
    "a list for a number": (
        changed(numbers={W: [1.0]}),
        rf"parameters\['{W}'\]: \[1.0\] is not a number",
    ),
    "a number too many": (
        changed(numbers={"layer9.b": 1.0}),
        "it has 9 parameters, and the file 10",
    ),
    "a whole number too large": (
        changed(numbers={W: 10**400}),
        f"{W}.*does not fit in a float",
    ),
    "NaN": (changed(numbers={W: math.nan}), "NaN is not a finite number"),
    "Infinity": (changed(numbers={W: math.inf}), "Infinity is not a finite number"),
    "another number": (changed(numbers={W: 0.5}), "sha256.*changed after saving"),
    "another checksum": (changed(sha256="0" * 64), "sha256"),
    "a checksum of another type": (changed(sha256=[]), "sha256"),
    "architecture a list": (
        changed(architecture=[2, [2, 1]]),
        "architecture is .*an object is needed",
    ),
    "architecture lacks": (changed(architecture={"nin": 2}), "architecture lacks"),
    "architecture unknown": (
        with_architecture(seed="os.system"),
        r"architecture has the unknown \['seed'\]",
    ),
    "nin true": (with_architecture(nin=True), "nin True"),
    "nin text": (with_architecture(nin="2"), "nin '2'"),
    "nin 2.0": (with_architecture(nin=2.0), r"nin 2\.0"),
    "nin 0": (with_architecture(nin=0), "nin 0"),
    "nin negative": (with_architecture(nin=-2), "nin -2"),
    "nin astronomic": (with_architecture(nin=10**4000), "architecture: nin 1000"),
    "nouts empty": (with_architecture(nouts=[]), r"nouts \[\]"),
    "nouts a number": (with_architecture(nouts=3), "nouts 3"),
    "nouts of lists": (with_architecture(nouts=[[2], [1]]), "nouts"),
    "nouts enormous": (
        with_architecture(nouts=[10**7, 1]),
        "architecture: it has 40,000,001 parameters",
    ),
    "activation unknown": (
        with_architecture(activation=["__import__", None]),
        "activation '__import__' is not one of",
    ),
    "activation of two operands": (
        with_architecture(activation=["maximum", None]),
        "activation 'maximum'",
    ),
    "activation a list": (
        with_architecture(activation=[["tanh"], None]),
        "activation .* is not a list of a name",
    ),
    "activation too few": (
        with_architecture(activation=["tanh"]),
        "activation .* for each layer",
    ),
    "activation one name": (with_architecture(activation="tanh"), "activation 'tanh'"),
    "init unknown": (
        with_architecture(init=["he", "zeros"]),
        "init 'zeros' is not one of",
    ),
    "init null": (with_architecture(init=[None, "he"]), "init"),
    "expand a number": (with_architecture(expand=0), "expand 0 is not true or false"),
}


@pytest.mark.parametrize("name", BAD_DOCUMENTS)
def test_bad_documents_are_refused(tmp_path, name):
    document, match = BAD_DOCUMENTS[name]
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(document))
    if (
        "is not one of" in match or name == "activation of two operands"
    ):  # an existing model has its own
        with pytest.raises(ValueError, match=match):
            MLP.from_file(path)
        return
    refused(path, match)


GOOD = json.dumps(good_document())
BAD_TEXTS = {
    "empty": (b"", "not JSON, or cut short"),
    "spaces": (b" \n", "not JSON, or cut short"),
    "cut short": (GOOD[:-20].encode(), "not JSON, or cut short"),
    "twice": ((GOOD + GOOD).encode(), "not JSON"),
    "not UTF-8": (
        GOOD.replace("model", "mod\xe9l", 1).encode("latin-1"),
        "not UTF-8 text: byte 0xe9 at position 28",
    ),
    "UTF-16": (GOOD.encode("utf-16"), "not UTF-8"),
    "a byte order mark": (GOOD.encode("utf-8-sig"), "BOM"),
    "zeros": (bytes(1000), "not JSON"),
    "a duplicate key": (
        GOOD.replace(f'"{W}": ', f'"{W}": 1.0, "{W}": ').encode(),
        f"'{W}' occurs twice",
    ),
    "a duplicate key at the top": (
        GOOD.replace('"version": 1', '"version": 1, "version": 1').encode(),
        "'version'",
    ),
    "1e999": (
        GOOD.replace('w0": ', 'w0": 1e999, "x": ', 1).encode(),
        "inf is not a finite number",
    ),
    "a whole number of 5000 digits": (
        GOOD.replace("1,", "1" * 5000 + ",", 1).encode(),
        "digits",
    ),
    "deep lists": (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
    "deep objects": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested too deeply"),
    "deep inside": (
        GOOD.replace("null", "[" * 50_000 + "]" * 50_000, 1).encode(),
        "nested too deeply",
    ),
    "a pickle": (
        b"\x80\x04\x95\x1f\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94",
        "not UTF-8",
    ),
}


@pytest.mark.parametrize("name", BAD_TEXTS)
def test_bad_texts_are_refused(tmp_path, name):
    data, match = BAD_TEXTS[name]
    path = tmp_path / "bad.json"
    path.write_bytes(data)
    refused(path, match)


def test_every_cut_of_a_file_is_refused(tmp_path):
    data = json.dumps(good_document()).encode()
    path = tmp_path / "bad.json"
    model = MLP(2, [2, 1], ["tanh", None], seed=1)
    before = everything(model)
    for length in range(len(data)):
        path.write_bytes(data[:length])
        with pytest.raises(ValueError, match=r"bad\.json"):
            model.load(path)
    assert everything(model) == before


def test_a_huge_file_is_refused_without_reading_it(tmp_path, monkeypatch):
    path = tmp_path / "huge.json"
    with open(path, "wb") as file:
        file.truncate(2**40)  # a terabyte of nothing
    monkeypatch.setattr("builtins.open", None)
    refused(path, "larger than 33,554,432 bytes")


@pytest.mark.parametrize(
    "make", [os.mkdir, os.mkfifo, lambda path: os.symlink("/dev/zero", path)]
)
def test_what_is_no_file_is_refused(tmp_path, make):
    make(tmp_path / "x.json")
    refused(tmp_path / "x.json", "a folder or a device")
    with pytest.raises(ValueError, match="a folder or a device"):
        MODEL.save(tmp_path / "x.json")
    assert os.listdir(tmp_path) == ["x.json"]


def test_no_file_there(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.json"):
        MODEL.load(tmp_path / "none.json")
    with pytest.raises(FileNotFoundError):
        MODEL.save(tmp_path / "no folder" / "m.json")
    with pytest.raises(ValueError, match="null"):
        MODEL.save(f"{tmp_path}/a\0b")


@pytest.mark.parametrize(
    "name",
    ["모델.json", "a b;rm -rf *.json", "-x", '"><script>', "\n", "가" * 85, "%s{0}"],
)
def test_any_name_of_a_file(tmp_path, name):
    MODEL.save(tmp_path / name)
    assert bits(MLP.from_file(tmp_path / name)) == bits(MODEL)
    assert os.listdir(tmp_path) == [name]
    (tmp_path / name).write_text("{")
    with pytest.raises(ValueError, match="cut short") as error:
        MODEL.load(tmp_path / name)
    assert "\n" not in str(error.value)


def test_another_shape_is_refused(tmp_path):
    path = tmp_path / "m.json"
    MODEL.save(path)
    for other, match in [
        (MLP(3, [2, 1], ["tanh", None]), "its nin is 2, and the model's 3"),
        (
            MLP(2, [2, 2], ["tanh", None]),
            r"its nouts is \[2, 1\], and the model's \[2, 2\]",
        ),
        (
            MLP(2, [2, 1], "relu"),
            r"its activation is \['tanh', None\], and the model's \['relu', None\]",
        ),
        (Layer(2, 2), r"other parameters: the file lacks \['neuron0.w0'"),
        (Neuron(2), "other parameters"),
    ]:
        before = everything(other)
        with pytest.raises(ValueError, match=match):
            other.load(path)
        assert everything(other) == before


def test_how_it_was_initialised_and_is_recorded_does_not_matter(tmp_path):
    MODEL.save(tmp_path / "m.json")
    other = MLP(2, [2, 1], ["tanh", None], init="uniform", expand=True)
    other.load(tmp_path / "m.json")
    assert bits(other) == bits(MODEL)


# ---- fuzzing ------------------------------------------------------------------------------------------


def check_a_mutant(path, data, allowed):
    """Either exactly the model that ``allowed`` gives bits for, or a ValueError and nothing changed."""
    path.write_bytes(data)
    model = MLP(2, [2, 1], ["tanh", None], seed=1)
    before = everything(model)
    error = error_of(lambda: model.load(path))
    assert everything(model) == before if error else bits(model) == allowed()
    rebuilt = []
    error = error_of(lambda: rebuilt.append(MLP.from_file(path)))
    assert rebuilt == [] if error else bits(rebuilt[0]) == allowed()


def error_of(action):
    """The message of the ValueError it raises, if it raises one."""
    try:
        action()
    except ValueError as error:
        return str(error)
    return None


@settings(SAME_FILES, max_examples=300)
@given(data=st.data())
def test_changed_bytes_never_change_a_model(tmp_path, data):
    text = json.dumps(good_document(), indent=1).encode()
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        upto = data.draw(
            st.one_of(st.just(at), st.just(at + 1), st.integers(at, len(text)))
        )
        new = data.draw(
            st.one_of(
                st.binary(max_size=4),
                st.sampled_from(
                    [
                        b"0",
                        b"1",
                        b"9",
                        b"-",
                        b"e",
                        b".",
                        b" ",
                        b"\n",
                        b'"',
                        b",",
                        b"{",
                        b"]",
                        b"NaN",
                    ]
                ),
                st.just(text[at:upto] * 2),
            )
        )
        text = text[:at] + new + text[upto:]
    check_a_mutant(tmp_path / "fuzz.json", text, lambda: bits(MODEL))


json_nodes = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text(max_size=5), inner, max_size=3),
    ),
    max_leaves=5,
)


def places(node, path=()):
    """Where the nodes of a JSON document are: the keys that lead to each."""
    found = [path]
    if isinstance(node, dict | list):
        for key in node if isinstance(node, dict) else range(len(node)):
            found += places(node[key], (*path, key))
    return found


@settings(SAME_FILES, max_examples=300)
@given(data=st.data(), seal=st.booleans())
def test_changed_nodes_never_half_load(tmp_path, data, seal):
    document = good_document()
    for _ in range(data.draw(st.integers(1, 2))):
        *path, last = data.draw(st.sampled_from(places(document)[1:]))
        parent = document
        for key in path:
            parent = parent[key]
        what = data.draw(st.sampled_from(["replace", "delete", "add", "swap"]))
        if what == "replace":
            parent[last] = data.draw(
                st.one_of(json_nodes, finite, st.sampled_from(ACTIVATIONS))
            )
        elif what == "delete":
            del parent[last]
        elif what == "add" and isinstance(parent, dict):
            parent[data.draw(st.text(max_size=5))] = data.draw(json_nodes)
        elif what == "swap":
            other = data.draw(
                st.sampled_from(
                    list(parent) if isinstance(parent, dict) else range(len(parent))
                )
            )
            parent[last], parent[other] = parent[other], parent[last]
    if (
        seal
        and isinstance(document.get("parameters"), dict)
        and {"format", "version", "architecture"} <= set(document)
    ):
        head = {k: v for k, v in document.items() if k not in ("parameters", "sha256")}
        document = sealed(head, document["parameters"])

    def allowed():
        if seal:  # with a valid checksum other numbers are another model: exactly those of the file
            return {
                name: struct.pack("<d", x) for name, x in document["parameters"].items()
            }
        return bits(MODEL)

    check_a_mutant(tmp_path / "fuzz.json", json.dumps(document).encode(), allowed)


@settings(SAME_FILES, max_examples=200)
@given(data=st.binary(max_size=200))
@example(data=b"[" * 5000)
@example(data=b'{"format": "micrograd_kr model"}')
def test_any_bytes(tmp_path, data):
    path = tmp_path / "fuzz.json"
    path.write_bytes(data)
    refused(path, r"fuzz\.json")


# ---- a crash in the middle ----------------------------------------------------------------------------


@pytest.fixture
def saved(tmp_path):
    """A folder with a model's file in it, and a second model to save over it."""
    MODEL.save(tmp_path / "m.json")
    return tmp_path, MLP(2, [2, 1], ["tanh", None], seed=2)


def whole_and_alone(folder):
    assert os.listdir(folder) == ["m.json"]
    assert bits(MLP.from_file(folder / "m.json")) == bits(MODEL)


@pytest.mark.parametrize("where", ["fsync", "replace", "chmod"])
@pytest.mark.parametrize(
    "what",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        KeyboardInterrupt(),
        MemoryError(),
    ],
)
def test_a_failure_leaves_the_old_file(saved, monkeypatch, where, what):
    folder, model = saved

    def fail(*args, **kwargs):
        raise what

    monkeypatch.setattr(os, where, fail)
    with pytest.raises(type(what)):
        model.save(folder / "m.json")
    monkeypatch.undo()
    whole_and_alone(folder)


@contextmanager
def files_of_at_most(size):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_fills_up_leaves_the_old_file(saved):
    folder, model = saved
    with files_of_at_most(100), pytest.raises(OSError, match="File too large"):
        model.save(folder / "m.json")
    whole_and_alone(folder)
    with files_of_at_most(100), pytest.raises(OSError, match="File too large"):
        model.save(folder / "new.json")
    whole_and_alone(folder)


@pytest.mark.parametrize("where", ["fsync", "replace"])
def test_a_killed_process_leaves_the_old_file(saved, where):
    folder, _ = saved
    script = f"""
import os, signal
from micrograd_kr.nn.modules import MLP
os.{where} = lambda *a: os.kill(os.getpid(), signal.SIGKILL)
MLP(2, [2, 1], ["tanh", None], seed=2).save({str(folder / "m.json")!r})
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == -9
    assert bits(MLP.from_file(folder / "m.json")) == bits(MODEL)


def test_readers_and_writers_at_once_see_whole_files(tmp_path):
    path = tmp_path / "m.json"
    two = [MLP(4, [8, 1], "tanh", seed=i) for i in range(2)]
    two[0].save(path)
    stop, problems = threading.Event(), []

    def write(model):
        while not stop.is_set():
            model.save(path)

    writers = [threading.Thread(target=write, args=(model,)) for model in two]
    for writer in writers:
        writer.start()
    try:
        for _ in range(50):
            found = bits(MLP.from_file(path))
            if found not in (bits(two[0]), bits(two[1])):
                problems.append(found)
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert not problems
    assert os.listdir(tmp_path) == ["m.json"]


# ---- links and permissions ----------------------------------------------------------------------------


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def test_permissions(tmp_path):
    path = tmp_path / "m.json"
    old = os.umask(0o027)
    try:
        MODEL.save(path)
    finally:
        os.umask(old)
    assert mode(path) == 0o640  # what any new file gets
    os.chmod(path, 0o604)
    MODEL.save(path)
    assert mode(path) == 0o604  # what it had


def test_a_write_protected_file_is_left_alone(saved, monkeypatch):
    folder, model = saved
    os.chmod(folder / "m.json", 0o444)
    if os.geteuid() == 0:  # who may write everywhere
        monkeypatch.setattr(os, "access", lambda path, how: not how & os.W_OK)
    with pytest.raises(PermissionError, match=r"m\.json.* is write-protected"):
        model.save(folder / "m.json")
    whole_and_alone(folder)


def test_a_symbolic_link_stays_one(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "links").mkdir()
    link = tmp_path / "links" / "latest.json"
    link.symlink_to("../real/m.json")
    for model in (
        MODEL,
        copy.deepcopy(MODEL),
    ):  # first it points nowhere, then to a file
        model.save(link)
        assert link.is_symlink()
        assert bits(MLP.from_file(tmp_path / "real" / "m.json")) == bits(MODEL)
    assert os.listdir(tmp_path / "real") == ["m.json"]
    assert os.listdir(tmp_path / "links") == ["latest.json"]
    loop = tmp_path / "loop.json"
    loop.symlink_to("loop.json")
    with pytest.raises(OSError, match="symbolic links"):
        MODEL.save(loop)
