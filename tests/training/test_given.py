"""Whatever holds samples in an order is given to training; what does not says so."""

import random
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from micrograd_kr import MLP, Value, watch
from micrograd_kr.nn import SGD, Adam, AdamW, accuracy, binary_cross_entropy, mse
from micrograd_kr.text import speak
from micrograd_kr.training import data, evaluate, fit, make_moons, train_test_split
from micrograd_kr.training.given import LOSSES, OPTIMIZERS

few = settings(max_examples=15, deadline=None)
X, Y = make_moons(12, seed=3)


@pytest.fixture(params=["ko", "en"])
def lang(request):
    speak(request.param)
    yield request.param
    speak(None)


# ---- containers and kinds of numbers -----------------------------------------


class Table:
    """As a data frame: it iterates over the names of its columns."""

    def __init__(self, rows):
        self.rows = rows

    def __iter__(self):
        return iter(["a", "b"])

    def __len__(self):
        return len(self.rows)

    def to_numpy(self):
        return np.array(self.rows)


class Tensor:
    """Whatever has a tolist."""

    def __init__(self, rows):
        self.rows = rows

    def tolist(self):
        return self.rows


CONTAINERS = {
    "list": list,
    "tuple": tuple,
    "tuples": lambda rows: [tuple(r) if isinstance(r, list) else r for r in rows],
    "iterator": lambda rows: iter(rows),
    "array": np.array,
    "Fortran": lambda rows: np.asfortranarray(np.array(rows)),
    "arrays": lambda rows: [np.array(row) for row in rows],
    "object array": lambda rows: np.array(rows, dtype=object),
    "table": Table,
    "tensor": Tensor,
}
# Multiples of 1/4: the same number in every kind.
KINDS = {
    "float": float,
    "int": lambda x: int(4 * x),
    "Fraction": Fraction,
    "Decimal": Decimal,
    "float32": np.float32,
    "float64": np.float64,
    "int64": lambda x: np.int64(4 * x),
    "uint8": lambda x: np.uint8(abs(4 * x)),
}
KEPT_AS_OBJECTS = {"Fraction", "Decimal"}


def trained(X, y, compiled, outputs=1, loss="bce", **options):
    model = MLP(2, [3, outputs], activation="tanh", seed=0)
    history = fit(
        model, X, y, loss=loss, epochs=2, progress=False, compiled=compiled, **options
    )
    return [p.data for p in model.parameters()], list(history)


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("kind", KINDS)
@few
@given(
    container=st.sampled_from(sorted(CONTAINERS)),
    targets=st.sampled_from(sorted(CONTAINERS)),
    seed=st.integers(0, 99),
)
def test_samples_of_any_kind_train_as_plain_lists_do(
    compiled, kind, container, targets, seed
):
    rng = random.Random(seed)
    rows = [[KINDS[kind](rng.randint(-8, 8) / 4) for _ in range(2)] for _ in range(5)]
    y = [rng.randint(0, 1) for _ in rows]
    plain = [[float(x) for x in row] for row in rows]
    given_x, given_y = CONTAINERS[container](rows), CONTAINERS[targets](y)
    assert trained(given_x, given_y, compiled) == trained(plain, y, compiled)


TARGETS = {
    "column": lambda y: [[t] for t in y],
    "column array": lambda y: np.array(y)[:, None],
    "truth values": lambda y: [bool(t) for t in y],
    "truth array": lambda y: np.array(y) == 1,
    "truth column": lambda y: (np.array(y) == 1)[:, None],
    "float": lambda y: [float(t) for t in y],
    "float32": lambda y: np.array(y, dtype=np.float32),
    "Fraction": lambda y: [Fraction(t) for t in y],
}


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("loss", ["bce", "mse", "cross_entropy"])
@pytest.mark.parametrize("kind", TARGETS)
def test_targets_of_any_kind_are_the_numbers_they_are(kind, loss, compiled):
    outputs = 2 if loss == "cross_entropy" else 1
    options = {"outputs": outputs, "loss": loss, "metric": "accuracy"}
    given_y = TARGETS[kind](Y)
    assert trained(X, given_y, compiled, **options) == trained(
        X, Y, compiled, **options
    )


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize(
    "X", [np.arange(5), range(5), np.arange(5.0)[:, None], [0, 1, 2, 3, 4]]
)
def test_one_number_a_sample(X, compiled):
    models = [MLP(1, [2, 1], seed=0) for _ in range(2)]
    line = [2 * x for x in range(5)]
    for model, samples in zip(models, (X, [[float(x)] for x in range(5)]), strict=True):
        fit(
            model, samples, np.array(line), loss="mse",
            epochs=2, progress=False, compiled=compiled,
        )  # fmt: skip
    ours, others = ([p.data for p in model.parameters()] for model in models)
    assert ours == others


@pytest.mark.parametrize("wrong", ["abc", None, 3, {"a": 1}, {1.0}, Value(1.0)])
def test_what_holds_no_samples_says_so(wrong, lang):
    for X, y, name in ((wrong, Y, "X"), (X_OK, wrong, "y")):
        with pytest.raises(TypeError, match=name) as caught:
            fit(MLP(2, [1]), X, y, loss="mse", progress=False)
        assert type(wrong).__name__ in str(caught.value)
        assert ("필요합니다" in str(caught.value)) == (lang == "ko")


X_OK = X


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"model": 3}, "the model is a int"),
        ({"model": MLP}, r"the model is the class MLP; make one of it: MLP\(\.\.\.\)"),
        ({"validation": 3}, r"validation is a int; give \(X, y\)"),
        ({"validation": (X, Y, X)}, r"validation is a tuple; give \(X, y\)"),
    ],
)
@pytest.mark.parametrize("who", [fit, watch])
def test_what_training_is_not_made_for_says_what_is_needed(who, wrong, says):
    given = {"model": MLP(2, [1]), "X": X, "y": Y, "loss": "mse"} | wrong
    with pytest.raises(TypeError, match=f"{who.__name__}: {says}"):
        who(**given)


def test_callbacks_are_a_list():
    with pytest.raises(TypeError, match="callbacks is a function; a list of"):
        fit(MLP(2, [1]), X, Y, loss="mse", callbacks=print_nothing)


def print_nothing(history):
    """A callback alone."""


def test_targets_that_are_text_say_how_classes_are_numbered(lang):
    with pytest.raises(ValueError, match="0, 1, 2") as caught:
        fit(MLP(2, [1]), X, ["cat"] * len(X), loss="mse")
    assert ("클래스" in str(caught.value)) == (lang == "ko")


# ---- by name -----------------------------------------------------------------


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("written", [str, str.upper, str.title])
def test_a_loss_by_name_is_the_loss(name, written):
    loss = LOSSES[name]
    outputs = 2 if name == "cross_entropy" else 1
    y = [2 * t - 1 for t in Y] if name == "hinge" else Y
    by_name = trained(X, y, False, outputs, written(name))
    assert by_name == trained(X, y, False, outputs, loss)


def test_a_metric_by_name():
    assert trained(X, Y, False, metric="accuracy") == trained(
        X, Y, False, metric=accuracy
    )
    model = MLP(2, [1], seed=0)
    by_name = evaluate(model, X, Y, loss="bce", metric="accuracy")
    assert by_name == evaluate(model, X, Y, loss=binary_cross_entropy, metric=accuracy)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_by_name_or_class(name):
    kind = {"sgd": SGD, "adam": Adam, "adamw": AdamW}[name]
    runs = []
    for choose in (
        lambda model: name,
        lambda model: name.upper(),
        lambda model: kind,
        lambda model: lambda parameters: kind(parameters, lr=0.01),
        lambda model: kind(model, lr=0.01),
    ):
        model = MLP(2, [3, 1], seed=0)
        fit(model, X, Y, loss="bce", optimizer=choose(model), epochs=2, progress=False)
        runs.append([p.data for p in model.parameters()])
    assert all(run == runs[0] for run in runs)


@pytest.mark.parametrize("what", ["loss", "metric", "optimizer"])
@pytest.mark.parametrize("wrong", ["nothing", 3, [1]])
def test_an_unknown_name_says_what_there_is(what, wrong, lang):
    known = {"loss": "'bce'", "metric": "'accuracy'", "optimizer": "'sgd'"}[what]
    options = {"loss": "bce", what: wrong}
    error = ValueError if isinstance(wrong, str) else TypeError
    with pytest.raises(error, match=known) as caught:
        fit(MLP(2, [1]), X, Y, **options)
    assert what in str(caught.value)
    assert ("이름" in str(caught.value)) == (lang == "ko")


def test_a_function_as_a_model_says_that_it_needs_an_optimizer(lang):
    w = Value(1.0)
    with pytest.raises(ValueError, match=r"SGD\(\[w, b\], lr=0.1\)"):
        fit(lambda x: w * x[0], X, Y, loss=mse)


# ---- counts ------------------------------------------------------------------

NAMES = ["epochs", "batch_size", "patience"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", [int, float, np.int64, np.float32, np.array])
def test_a_count_is_any_whole_number(name, kind):
    options = {"epochs": 2} | {name: kind(3)}
    plain = {"epochs": 2} | {name: 3}
    runs = []
    for given_options in (options, plain):
        model = MLP(2, [2, 1], seed=0)
        history = fit(model, X, Y, loss="bce", progress=False, **given_options)
        runs.append((list(history), [p.data for p in model.parameters()]))
    assert runs[0] == runs[1]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("wrong", [2.5, "3", [3], Fraction(5, 2), np.float32(0.5)])
def test_what_is_no_count_says_so(name, wrong, lang):
    with pytest.raises(TypeError, match=name) as caught:
        fit(MLP(2, [1]), X, Y, loss="bce", **{name: wrong})
    assert ("정수" in str(caught.value)) == (lang == "ko")
    with pytest.raises(ValueError, match=name):
        fit(MLP(2, [1]), X, Y, loss="bce", **{name: 0})


# ---- data as scikit-learn says it --------------------------------------------

MAKERS = {
    data.make_moons: 2,
    data.make_circles: 2,
    data.make_spirals: 3,
    data.make_xor: 2,
    data.make_blobs: 3,
    data.make_yin_yang: 3,
}
HEIGHTS = [data.make_plane, data.make_hill, data.make_sine]
every_maker = pytest.mark.parametrize(
    "make", [*MAKERS, *HEIGHTS], ids=lambda f: f.__name__
)


@every_maker
@few
@given(seed=st.integers(0, 2**32 - 1))
def test_random_state_is_the_seed(make, seed):
    plain = make(9, seed=seed)
    for same in (seed, np.int64(seed), random.Random(seed)):
        assert make(9, random_state=same) == plain
    assert make(np.int64(9), seed=np.uint32(seed)) == plain


@every_maker
def test_no_noise_is_none(make):
    name = "cluster_std" if make is data.make_blobs else "noise"
    assert make(9, **{name: None}) == make(9, **{name: 0.0})
    for wrong in (-1.0, "1", [0.1], float("nan")):
        with pytest.raises(ValueError, match="standard deviation"):
            make(9, **{name: wrong})


@every_maker
@pytest.mark.parametrize("wrong", [[1, 2], {}, object()])
def test_what_is_no_seed_says_so(make, wrong, lang):
    with pytest.raises(TypeError, match="seed="):
        make(9, seed=wrong)


@pytest.mark.parametrize("make", MAKERS, ids=lambda f: f.__name__)
@few
@given(counts=st.lists(st.integers(1, 9), min_size=3, max_size=3))
def test_samples_counted_by_class(make, counts):
    counts = counts[: MAKERS[make]]
    for given_counts in (counts, tuple(counts), np.array(counts)):
        X, y = make(given_counts, seed=1)
        assert [y.count(c) for c in range(len(counts))] == counts
        assert len(X) == sum(counts)
    with pytest.raises(ValueError, match="n_samples"):
        make([*counts, 1])


def test_moons_of_other_counts_are_scikit_learns():
    sets = pytest.importorskip("sklearn.datasets")
    ours = make_moons((3, 7), noise=None)
    theirs = sets.make_moons((3, 7), noise=None)
    rounded = [
        sorted(
            (int(c), *[round(float(x), 9) + 0.0 for x in point])
            for point, c in zip(points, classes, strict=True)
        )
        for points, classes in (ours, theirs)
    ]
    assert rounded[0] == rounded[1]


@pytest.mark.parametrize("container", [list, tuple, np.array, Tensor])
def test_a_split_of_anything(container):
    points, classes = make_moons(10)
    plain = train_test_split(points, classes, 0.3, seed=5)
    split = train_test_split(
        container(points), container(classes), np.float32(0.3), random_state=5
    )
    assert split == plain


@pytest.mark.parametrize("make", HEIGHTS, ids=lambda f: f.__name__)
@few
@given(n=st.integers(1, 50), seed=st.integers(0, 999), noise=st.floats(0, 1))
def test_heights_are_floats_over_points_of_the_square(make, n, seed, noise):
    X, y = make(n, noise=noise, seed=seed)
    assert (X, y) == make(n, noise=noise, seed=seed)
    assert len(X) == len(y) == n
    assert all(type(height) is float for height in y)
    assert all(-1 <= x <= 1 for point in X for x in point)


@pytest.mark.parametrize(
    ("make", "height"),
    [
        (data.make_plane, lambda x: x.sum(1) / 2),
        (data.make_hill, lambda x: np.exp(-4 * (x**2).sum(1))),
        (data.make_sine, lambda x: np.sin(np.pi * x[:, 0])),
    ],
    ids=["plane", "hill", "sine"],
)
def test_heights_are_those_of_the_surface(make, height):
    X, y = make(50, noise=None, seed=2)
    assert y == pytest.approx(height(np.array(X)), abs=1e-12)
    X, y = make(3000, noise=0.3, seed=3)
    rest = np.array(y) - height(np.array(X))
    assert abs(rest.mean()) < 4 * 0.3 / 3000**0.5
    assert rest.std() == pytest.approx(0.3, rel=0.06)
