"""Pictures: what is drawn is what was asked for, Hangul is letters on any machine, files are whole or not there."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

np = pytest.importorskip("numpy")
matplotlib = pytest.importorskip("matplotlib")

from matplotlib.colors import to_rgb  # noqa: E402

from micrograd_kr import MLP, Value  # noqa: E402
from micrograd_kr.training import figure as paper  # noqa: E402
from micrograd_kr.training import plot  # noqa: E402
from micrograd_kr.training.history import Epoch, History  # noqa: E402

pytestmark = pytest.mark.filterwarnings(
    "error"
)  # a missing glyph is a warning of matplotlib


def python(code, **environment):
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def pixels(figure):
    figure.canvas.draw()
    return np.asarray(figure.canvas.buffer_rgba())[..., :3] / 255


def color_at(figure, point, ax=None):
    """The color of the picture at a point in the coordinates of its axes."""
    image = pixels(figure)
    x, y = (ax or figure.axes[0]).transData.transform(point)
    return tuple(image[round(image.shape[0] - 1 - y), round(x)])


def tint(c):
    return pytest.approx(
        tuple(0.75 + 0.25 * x for x in to_rgb(plot.COLORS[c])), abs=0.01
    )


# ---- letters ----------------------------------------------------------------------------------------------

SYLLABLES = "손실결정경계학습률뷁힣ㄱㅏ"

# Every syllable as a picture of its own, on a machine whose only fonts are those that matplotlib brings.
BARE = f"""
import io, warnings
warnings.simplefilter("error")
import matplotlib.font_manager as fm
fm.fontManager.ttflist = [f for f in fm.fontManager.ttflist if "mpl-data" in f.fname]
assert {{f.name for f in fm.fontManager.ttflist}} & {{"DejaVu Sans"}}
import matplotlib.image
from micrograd_kr.training import plot
pictures = set()
for letter in {SYLLABLES!r}:
    figure = plot.figure(size=(1, 1))
    figure.axes[0].set_axis_off()
    figure.text(0.2, 0.2, letter, fontsize=40)
    figure.canvas.get_renderer()
    import pathlib, tempfile
    with tempfile.TemporaryDirectory() as folder:
        pictures.add(figure.save(pathlib.Path(folder, "a.png")).read_bytes())
print(len(pictures))
"""


def test_each_syllable_is_a_letter_of_its_own_where_no_korean_font_is_installed():
    assert int(python(BARE)) == len(SYLLABLES)


def test_the_font_has_every_modern_syllable_and_every_letter():
    from matplotlib.font_manager import findfont, get_font

    names = paper._fonts()
    has = get_font(findfont(names[-1], fallback_to_default=False)).get_charmap()
    missing = [
        c for c in [*range(0xAC00, 0xD7A4), *range(0x3131, 0x3164)] if c not in has
    ]
    assert missing == []


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_korean_put_in_by_the_user_is_drawn_too(suffix, tmp_path):
    figure = plot.figure()
    ax = figure.axes[0]
    ax.plot([1, 2], label="범례")
    ax.set(title="제목", xlabel="가로")
    ax.set_xticks([0, 1], ["처음", "끝"])
    ax.annotate("여기", (0, 1))
    ax.legend(title="설명")
    figure.save(tmp_path / f"a{suffix}")  # a warning would be an error here


def test_drawing_on_the_screen_or_in_a_notebook_needs_no_save():
    figure = plot.loss_curve({"가": [1.0], "나": [2.0]})
    figure.canvas.draw()  # a warning would be an error here
    assert figure._repr_png_()[:4] == b"\x89PNG"


def test_axes_of_another_figure_are_an_error():
    from matplotlib.figure import Figure

    with pytest.raises(TypeError, match=r"plot\.figure\(\)"):
        plot.loss_curve({"a": [1.0]}, ax=Figure().subplots())


def test_letters_in_an_svg_are_outlines(tmp_path):
    text = plot.loss_curve({"a": [1.0]}).save(tmp_path / "a.svg").read_text()
    root = ET.fromstring(text)
    assert not list(root.iter("{http://www.w3.org/2000/svg}text"))
    assert "@font-face" not in text
    assert root.tag == "{http://www.w3.org/2000/svg}svg"


def test_without_the_font_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setattr(paper, "find_spec", lambda name: None)
    with pytest.raises(
        ImportError, match="koreanize-matplotlib; to install it: python -m pip"
    ):
        paper._fonts.__wrapped__()


def test_without_matplotlib_the_error_says_what_to_install():
    code = "import sys; sys.modules['matplotlib'] = None\n"
    code += "try:\n    import micrograd_kr.training.plot\nexcept ImportError as error: print(error)"
    assert "python -m pip install " in python(code)


# ---- the user's matplotlib --------------------------------------------------------------------------------


def test_nothing_of_the_users_matplotlib_is_changed_and_pyplot_not_even_imported():
    code = """
import sys, matplotlib, tempfile, pathlib
before = dict(matplotlib.rcParams)
from micrograd_kr.training import plot
with tempfile.TemporaryDirectory() as folder:
    plot.activation_curve("tanh").save(pathlib.Path(folder, "a.svg"))
    plot.activation_curve("tanh").save(pathlib.Path(folder, "a.png"))
assert dict(matplotlib.rcParams) == before
print([name for name in ("matplotlib.pyplot", "koreanize_matplotlib", "tkinter") if name in sys.modules])
"""
    assert python(code, MPLBACKEND="tkagg", DISPLAY="").strip() == "[]"


# ---- files ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".svg", ".png", ".SVG"])
def test_the_same_figure_is_the_same_bytes(suffix, tmp_path):
    model = MLP(2, [3, 3], seed=0)

    def picture():
        return plot.decision_boundary(model, [[0.0, 1.0], [1.0, 0.5]], [0, 2], steps=8)

    first, second = (
        picture().save(tmp_path / f"a{suffix}"),
        picture().save(str(tmp_path / f"b{suffix}")),
    )
    assert first.read_bytes() == second.read_bytes()
    start = first.read_bytes()[:5]
    assert start == b"\x89PNG\r" if suffix == ".png" else start == b"<?xml"


def test_a_picture_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path, monkeypatch
):
    path = tmp_path / "a.svg"
    path.write_text("old")
    figure = plot.figure()

    def half(out, **options):
        out.write(b"<svg")
        raise KeyboardInterrupt

    monkeypatch.setattr(figure, "savefig", half)
    with pytest.raises(KeyboardInterrupt):
        figure.save(path)
    assert [p.name for p in tmp_path.iterdir()] == ["a.svg"]
    assert path.read_text() == "old"


@pytest.mark.parametrize("name", ["a.jpg", "a", "a.pdf", ".svg"])
def test_another_suffix_is_an_error(name, tmp_path):
    with pytest.raises(ValueError, match=r"must end in one of \.svg, \.png"):
        plot.figure().save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        plot.figure().save(tmp_path / "no" / "a.svg")


# ---- decision boundary ------------------------------------------------------------------------------------

SQUARE = [[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]]


@pytest.mark.parametrize("y", [[0, 1, 0, 1], [-1, 1, -1, 1]])
def test_a_score_decides_by_its_sign(y):
    figure = plot.decision_boundary(lambda x: x[0] - 0.25, SQUARE, y)
    assert color_at(figure, (-0.5, 0.3)) == tint(0)
    assert color_at(figure, (0.1, -0.5)) == tint(0)
    assert color_at(figure, (0.4, 0.3)) == tint(1)
    for point, t in zip(SQUARE, y, strict=True):  # the markers of the samples
        assert color_at(figure, point) == pytest.approx(
            to_rgb(plot.COLORS[max(t, 0)]), abs=0.01
        )


def test_several_scores_decide_by_the_largest():
    figure = plot.decision_boundary(
        lambda x: [x[0], x[1], -x[0] - x[1]], SQUARE, [0, 1, 2, 2], steps=40
    )
    assert color_at(figure, (0.7, 0.1)) == tint(0)
    assert color_at(figure, (0.1, 0.7)) == tint(1)
    assert color_at(figure, (-0.5, -0.4)) == tint(2)
    dark = [
        np.sum(color_at(figure, (t, t))) < np.sum(to_rgb(plot.COLORS[0]))
        for t in (0.3, 0.6, 0.8)
    ]
    assert all(dark)  # on the border of 0 and 1


def test_a_model_that_sees_one_class_only_is_drawn_without_a_boundary():
    figure = plot.decision_boundary(lambda x: 1.0, SQUARE, [0, 1, 1, 0])
    assert color_at(figure, (0.0, 0.5)) == tint(1)


def test_one_graph_is_recorded_for_the_picture():
    seen = []
    w = Value(2.0)
    plot.decision_boundary(
        lambda x: seen.append(w * x[0]) or seen[-1], SQUARE, [0, 1, 0, 1], steps=5
    )
    recorded = [v for v in seen if v.parents]
    assert len(recorded) == 1  # the one that was compiled
    assert len(seen) < 25


@pytest.mark.parametrize(
    ("X", "y"), [([], []), ([[1.0]], [0]), ([[1.0, 2.0, 3.0]], [0])]
)
def test_samples_that_are_no_points_of_a_plane_are_an_error(X, y):
    with pytest.raises(ValueError, match="2 numbers"):
        plot.decision_boundary(lambda x: 1.0, X, y)


# ---- curves -----------------------------------------------------------------------------------------------


def lines(figure, label):
    [line] = [line for line in figure.axes[0].get_lines() if line.get_label() == label]
    return list(line.get_xdata()), list(line.get_ydata())


def test_the_curve_is_the_history():
    history = History([Epoch(0.9, 1.0), Epoch(0.5, 0.7), Epoch(0.2, 0.8)])
    figure = plot.loss_curve(history)
    assert figure.axes[0].get_title() == "Loss"
    assert lines(figure, "training") == ([1, 2, 3], [0.9, 0.5, 0.2])
    assert lines(figure, "validation") == ([1, 2, 3], [1.0, 0.7, 0.8])
    assert len(plot.loss_curve(History([Epoch(0.9)])).axes[0].get_lines()) == 1


def test_several_curves_by_name():
    figure = plot.loss_curve({"a": [3.0, 1.0], "b": [2.0]}, log=True)
    assert lines(figure, "a") == ([1, 2], [3.0, 1.0])
    assert lines(figure, "b") == ([1], [2.0])
    assert figure.axes[0].get_yscale() == "log"


@pytest.mark.parametrize(
    "name", ["sigmoid", "tanh", "relu", "leaky_relu", "gelu", "silu", "softplus", "erf"]
)
def test_the_derivative_drawn_is_the_slope_of_the_curve_drawn(name):
    figure = plot.activation_curve(name)
    xs, fs = lines(figure, "f(x)")
    _, slopes = lines(figure, "f′(x) derivative")
    middle = (np.array(slopes[1:]) + np.array(slopes[:-1])) / 2  # the trapezoid rule
    assert np.diff(fs) == pytest.approx(
        middle * np.diff(xs), abs=0.013 if "relu" in name else 2e-3
    )
    assert figure.axes[0].get_title() == name


@pytest.mark.parametrize("name", ["add", "linear", "sum", "nothing"])
def test_what_is_no_function_of_one_number_has_no_curve(name):
    with pytest.raises(ValueError, match=f"'{name}' is no op of one operand"):
        plot.activation_curve(name)


def test_the_histogram_counts_every_weight_once_and_no_bias():
    model = MLP(3, [5, 2], seed=0)
    ax = plot.weight_histogram(model).axes[0]
    weights = [
        [w.data for neuron in layer.neurons for w in neuron.w] for layer in model.layers
    ]
    for outline, numbers in zip(ax.patches, weights, strict=True):
        x, y = outline.get_xy().T
        area = abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2
        assert area / ((max(numbers) - min(numbers)) / 30) == pytest.approx(
            len(numbers)
        )
        assert (x.min(), x.max()) == pytest.approx((min(numbers), max(numbers)))
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["layer0 (15)", "layer1 (10)"]


def test_many_axes_in_one_figure():
    figure = plot.figure(2, 2)
    model = MLP(2, [2, 1], seed=0)
    assert (
        plot.decision_boundary(model, SQUARE, [0, 1, 1, 0], ax=figure.axes[0], steps=4)
        is figure
    )
    assert plot.loss_curve({"a": [1.0]}, ax=figure.axes[1]) is figure
    assert plot.activation_curve("relu", ax=figure.axes[2]) is figure
    assert plot.weight_histogram(model, ax=figure.axes[3]) is figure
    assert [bool(ax.has_data()) for ax in figure.axes] == [True] * 4
