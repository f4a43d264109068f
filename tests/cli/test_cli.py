"""The command line as it is typed: what it prints, what it writes, how it fails."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from micrograd_kr.cli.commands import main
from micrograd_kr.cli.expression import functions, read
from micrograd_kr.stepper.stepper import Stepper
from micrograd_kr.text import LANGUAGES, language

EXPRESSION = ["relu(a*b + c)", "a=2", "b=-3", "c=10"]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en")


def run(*words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "micrograd_kr", *words]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        command,
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        env=environment,
        check=False,
    )


def test_all_steps_are_printed_when_nobody_is_at_the_keyboard() -> None:
    done = run("step", *EXPRESSION)
    assert (done.returncode, done.stderr) == (0, "")
    y = read("L = relu(a*b + c)", {"a": 2, "b": -3, "c": 10})
    for direction in ("forward", "backward"):
        for move in Stepper(y, direction, "en"):  # type: ignore[arg-type]
            assert f"{move}\n" in done.stdout
    assert done.stdout.endswith("a.grad = -3, b.grad = 2, c.grad = 1\n")


def test_a_mistake_ends_in_its_own_words_and_code_2() -> None:
    done = run("step", "relu(a*b + c)", "a=2", "b=3")
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr
        == "error: c has no value; give one: c=2\n    relu(a*b + c)\n               ^\n"
    )


@pytest.mark.skipif(
    not hasattr(os, "mkfifo"), reason="pipes that close early are a matter of Unix"
)
def test_a_reader_who_leaves_early_is_no_accident() -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    command = [sys.executable, "-m", "micrograd_kr", "step", *EXPRESSION]
    done = subprocess.run(
        command,
        stdout=write_end,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    os.close(write_end)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["step", "relux(a)", "a=1"], "did you mean relu"),
        (["step", "a*b", "a=1", "b=two"], "b=two: two is not a finite number"),
        (["step", "a*b", "a=1", "b"], "'b': write name=number"),
        (["step", "log(a)", "a=-1"], "it needs x > 0"),
        (["draw", "a*b", "a=1", "b=2", "-o", "graph.gif"], "must end in one of .svg"),
        (["draw", "__import__('os')", "a=1"], "no function __import__"),
    ],
)
def test_mistakes_are_told_without_a_traceback(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert says in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "words",
    [
        ["--lang", "en"],
        ["step"],
        ["fly"],
        ["step", "a", "a=1", "--lang", "fr"],
        ["step", "a", "--nope"],
    ],
)
def test_what_is_no_command_ends_with_the_usage(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        main(["draw", *EXPRESSION, "-o", str(tmp_path / "nowhere" / "graph.svg")]) == 1
    )
    assert "there is no folder" in capsys.readouterr().err


def test_an_expression_may_begin_with_a_minus_sign(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["step", "--", "-a*b", "a=2", "b=3"]) == 0
    assert "a.grad = -3, b.grad = -2" in capsys.readouterr().out


@pytest.mark.parametrize("lang", LANGUAGES)
def test_language_of_everything(lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    korean = lang == "ko"
    for words in (
        ["step", *EXPRESSION, "--lang", lang],
        ["--lang", lang, "step", *EXPRESSION],
    ):
        assert main(words) == 0
        assert bool(re.search("[가-힣]", capsys.readouterr().out)) == korean
    assert main(["step", "a*b", "a=1", "--lang", lang]) == 2
    assert bool(re.search("[가-힣]", capsys.readouterr().err)) == korean
    for words in (["--help"], ["step", "--help"], ["draw", "--help"]):
        with pytest.raises(SystemExit) as ended:
            main([*words, "--lang", lang])
        assert ended.value.code == 0
        assert bool(re.search("[가-힣]", capsys.readouterr().out)) == korean


def test_help_names_every_function_and_its_examples_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("webbrowser.open", str)
    with pytest.raises(SystemExit):
        main(["--help"])
    examples = [
        line
        for line in capsys.readouterr().out.splitlines()
        if line.startswith("  micrograd_kr ")
    ]
    assert len(examples) >= 3
    for example in examples:
        assert main(shlex.split(example)[1:]) == 0
    written = {p.name for p in tmp_path.iterdir()}
    assert written == {"steps.html", "neuron.svg", "play.html"}
    with pytest.raises(SystemExit):
        main(["step", "--help"])
    text = capsys.readouterr().out
    assert all(re.search(rf"\b{name}\b", text) for name in functions())


def test_files_are_written_instead_of_stepping(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    html, svg, frames = (
        tmp_path / "steps.html",
        tmp_path / "end.svg",
        tmp_path / "frames",
    )
    assert (
        main(
            [
                "step",
                *EXPRESSION,
                "--html",
                str(html),
                "--svg",
                str(svg),
                "--frames",
                str(frames),
            ]
        )
        == 0
    )
    assert capsys.readouterr().out.splitlines() == [
        f"wrote {p}" for p in (html, *sorted(frames.iterdir()), svg)
    ]
    assert "<!DOCTYPE html>" in html.read_text(encoding="utf-8")
    assert "1 × -3 = -3" in unescape(svg.read_text(encoding="utf-8"))
    assert len(list(frames.iterdir())) == 4


def test_draw_writes_the_graph_with_its_grads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "graph.svg"
    assert (
        main(["draw", "d = a*b; tanh(d + L)", "a=2", "b=-3", "L=6", "-o", str(path)])
        == 0
    )
    assert capsys.readouterr().out == f"wrote {path}\n"
    svg = unescape(path.read_text(encoding="utf-8"))
    assert ">L<" in svg
    assert ">-3<" in svg  # b, and the grad of a


# ---- at the keyboard -------------------------------------------------------------------------------

Type = Callable[[str], list[str]]


@pytest.fixture
def type_keys(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Type:
    """Types one line for each word, ``.`` for Enter alone; gives back what was printed after each."""

    def typing(keys: str) -> list[str]:
        lines = iter(keys.split())
        printed: list[str] = []

        def answer(prompt: str) -> str:
            printed.append(capsys.readouterr().out)
            try:
                return next(lines).replace(".", "")
            except StopIteration:
                raise EOFError from None

        monkeypatch.setattr("builtins.input", answer)
        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
        assert main(["step", "L = a*b + c", "a=2", "b=-3", "c=10"]) == 0
        return [*printed, capsys.readouterr().out]

    return typing


def test_enter_goes_through_both_passes(type_keys: Type) -> None:
    printed = type_keys(". . . . . .")
    assert [re.findall(r"^\[(\d)/2\]", text, re.MULTILINE) for text in printed] == [
        *([], ["1"], ["2", "2"]),
        *([], ["1"], ["2", "2"], []),
    ]
    assert "a.grad = -3, b.grad = 2, c.grad = 1" in printed[5]


def test_b_goes_back_w_says_why_and_q_quits(type_keys: Type) -> None:
    printed = type_keys(". . . . . b w q")
    assert "is undone" in printed[6]
    assert "Why L now?" in printed[7]
    assert printed[8] == ""


def test_a_key_there_is_not_is_told_and_the_end_of_input_quits(
    type_keys: Type,
) -> None:
    printed = type_keys(". x")
    assert printed[2] == "there is no key x: press Enter, b, w or q.\n"
    assert printed[3] == "\n"


def test_the_keys_work_while_korean_is_typed(type_keys: Type) -> None:
    printed = type_keys(". . . . . ㅠ ㅈ ㅂ")
    assert "is undone" in printed[6]
    assert "Why L now?" in printed[7]
    assert printed[8] == ""


def test_ctrl_c_ends_quietly(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(prompt: str) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr("builtins.input", interrupt)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert main(["step", *EXPRESSION]) == 130
    assert capsys.readouterr().err == ""


def test_demos_are_listed_and_run_with_their_arguments(capsys, tmp_path):
    assert main(["demo"]) == 0
    assert "order_matters" in capsys.readouterr().out
    assert main(["demo", "order_matters", "--out", str(tmp_path)]) == 0
    assert "25" in capsys.readouterr().out
    assert (tmp_path / "order_matters.svg").exists()
    assert main(["demo", "nothing"]) == 2
    assert "order_matters" in capsys.readouterr().err


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_demo_is_listed_in_one_language(lang, capsys):
    assert main(["demo", "--lang", lang]) == 0
    listed = capsys.readouterr().out
    assert main(["--lang", lang, "demo"]) == 0
    assert capsys.readouterr().out == listed
    for line in listed.splitlines():
        assert bool(re.search("[가-힣]", line)) == (lang == "ko"), line


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_demo_takes_the_language_behind_its_name(lang, capsys, tmp_path):
    out = ["--out", str(tmp_path)]
    assert main(["demo", "order_matters", *out, "--lang", lang]) == 0
    said = capsys.readouterr().out
    assert bool(re.search("[가-힣]", said)) == (lang == "ko")
    assert language() == "en"  # and only there


def test_a_demo_without_its_libraries_says_what_to_type(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)
    assert main(["demo", "least_squares"]) == 1
    err = capsys.readouterr().err
    assert "python -m pip install '" in err
    assert "Traceback" not in err


def test_outside_a_checkout_the_libraries_are_named(monkeypatch):
    from micrograd_kr.text import extras

    monkeypatch.setattr(extras.Path, "is_file", lambda self: False)
    wanted = ['numpy>=1.26; extra == "demos"', "torch; extra == 'test'", "graphviz"]
    monkeypatch.setattr("importlib.metadata.requires", lambda name: wanted)
    assert extras.install_command("demos") == "python -m pip install 'numpy>=1.26'"


@pytest.mark.parametrize(
    ("typed", "instead"),
    [
        ("ln(x)", "log(x)"),
        ("2x", "2*x"),
        ("2(x+1)", "2*(x+1)"),
        ("(x+1)(x+2)", "(x+1)*(x+2)"),
        ("x(x+1)", "x*(x+1)"),
        ("x x", "x*x"),
        ("x²", "x**2"),
        ("x¹⁰", "x**10"),
        ("(x+1)²", "(x+1)**2"),
        ("x^2", "x**2"),
        ("2 × x", "2*x"),
        ("x÷2", "x/2"),
        ("x−1", "x-1"),
        ("√x", "sqrt(x)"),
        ("√(x+1)", "sqrt(x+1)"),
        ("|x|", "abs(x)"),
        ("e^x", "exp(x)"),
        ("e**(x+1)", "exp(x+1)"),
        ("log₂(x)", "log2(x)"),
        ("log₁₀(x)", "log10(x)"),
        ("math.exp(x)", "exp"),
    ],
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_written_on_paper_is_told_how_it_is_typed(typed, instead, lang, capsys):
    assert main(["--lang", lang, "step", f"x + {typed}", "x=2"]) == 2
    err = capsys.readouterr().err
    assert instead in err.splitlines()[0]
    if "math." not in typed:
        assert main(["step", f"x + {instead}", "x=2"]) == 0


def test_what_does_not_need_the_hint_does_not_get_it() -> None:
    assert read("2e3*x + 1e-3 + x**2", {"x": 1.0}).data == 2001.001
    assert read("e**x", {"x": 2.0, "e": 3.0}).data == 9.0


@pytest.mark.parametrize("words", [["step", "-a"], ["draw", "-a", "-o", "minus.svg"]])
def test_an_expression_begins_with_a_minus_sign(words, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main([*words, "a=2"]) == 0
    assert main(["step", "-2*a + 1", "a=-3"]) == 0
    assert "a.grad = -2" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--html", "steps.svg"], "must end in one of .html"),
        (["--svg", "steps.png"], "must end in .svg"),
        (["--frames", "steps.svg"], "name of a folder"),
    ],
)
def test_a_name_that_is_not_what_is_written_is_refused(words, says, capsys):
    assert main(["step", *EXPRESSION, *words]) == 2
    assert says in capsys.readouterr().err


def test_what_was_written_is_opened_when_asked(tmp_path, monkeypatch):
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    monkeypatch.chdir(tmp_path)
    assert main(["step", *EXPRESSION, "--open"]) == 0
    assert opened == [(tmp_path / "steps.html").resolve().as_uri()]
    assert main(["draw", *EXPRESSION, "--open"]) == 0
    assert opened[1].endswith("graph.svg")


def test_the_version_is_told(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("micrograd_kr")


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_without_a_word_it_says_what_there_is(lang, capsys, monkeypatch):
    monkeypatch.setenv("MICROGRAD_KR_LANG", lang)
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 0
    out = capsys.readouterr().out
    assert all(command in out for command in ("step", "play", "course", "demo"))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["play", "none.csv"], "none.csv: 그런 파일이나 폴더가 없습니다"),
        (["play", "d.csv"], "d.csv: 폴더입니다. 파일의 이름을 주세요"),
        (["step", "a", "a=1", "--html", "no/p.html"], "폴더가 없습니다"),
        (["course", "--out", "file"], "file: 파일입니다. 폴더의 이름을 주세요"),
    ],
)
def test_what_the_system_says_of_files_is_korean_too(
    words, says, capsys, monkeypatch, tmp_path
):
    monkeypatch.setenv("MICROGRAD_KR_LANG", "ko")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    (tmp_path / "d.csv").mkdir()
    assert main(words) == 1
    err = capsys.readouterr().err
    assert says in err
    assert "Errno" not in err


@pytest.mark.parametrize(
    "words",
    [
        ["--lang", "ko"],
        ["step"],
        ["fly"],
        ["step", "a", "--nope"],
        ["step", "a", "--html"],
        ["step", "a", "--open=3"],
        ["--lang", "fr", "step", "a"],
    ],
)
def test_what_argparse_says_is_korean_too(words, capsys, monkeypatch):
    monkeypatch.setenv("MICROGRAD_KR_LANG", "ko")
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    err = capsys.readouterr().err
    assert err.startswith("사용법: ")
    assert re.search("오류: .*[가-힣]", err)
    assert not re.search("required|argument|invalid|expected", err)
