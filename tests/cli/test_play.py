"""``micrograd_kr play``: the page it writes, and how it fails."""

import json
import re

import pytest

from micrograd_kr.cli import main


@pytest.fixture(autouse=True)
def opened(monkeypatch, tmp_path):
    found = []
    monkeypatch.setattr("webbrowser.open", found.append)
    monkeypatch.chdir(tmp_path)
    return found


def embedded(path):
    text = path.read_text("utf-8")
    found = re.search(
        r'<script type="application/json" id="given">(.*?)</script>', text
    )
    return json.loads(found[1])


def test_it_writes_the_page_says_where_and_opens_it(tmp_path, opened, capsys):
    assert main(["play"]) == 0
    path = tmp_path / "play.html"
    assert capsys.readouterr().out == "wrote play.html\n"
    assert opened == [path.as_uri()]
    settings = embedded(path)["settings"]
    assert settings == {"data": "moons", "layers": [8, 8]}


@pytest.mark.parametrize(
    "name", ["moons", "circles", "spirals", "xor", "blobs", "yin-yang"]
)
def test_every_data_set_layers_and_activation(name, tmp_path):
    words = [name, "--layers", "4", "3", "2", "--activation", "relu"]
    assert main(["play", *words, "--html", "my.html"]) == 0
    settings = embedded(tmp_path / "my.html")["settings"]
    assert settings["data"] == name
    assert settings["layers"] == [4, 3, 2]
    assert settings["activations"] == ["relu"] * 3


def test_without_layers_it_is_a_linear_model(tmp_path):
    assert main(["play", "blobs", "--layers"]) == 0
    assert embedded(tmp_path / "play.html")["settings"]["layers"] == []


def test_a_csv_file_is_data_of_one_s_own(tmp_path):
    (tmp_path / "mine.csv").write_text("a,b,who\n1,2,x\n3,4,<b>\n5,6,x\n7,8,z\n")
    assert main(["play", "mine.csv"]) == 0
    found = embedded(tmp_path / "play.html")
    assert found["settings"]["data"] == "own"
    assert found["own"]["classes"] == 3
    assert found["own"]["samples"][1] == {"x": [3.0, 4.0], "y": 1}


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["noons"], 2, "no data are called noons; there are moons, circles"),
        (["bad.csv"], 2, "bad.csv: line 2: x is not a number."),
        (["none.csv"], 1, "none.csv"),
        (["--layers", "8", "0"], 2, "a layer has 1 to 64 neurons, not 0"),
        (["--layers", *"1234567"], 2, "at most 6 hidden layers, not 7"),
        (["--html", "page.svg"], 2, "must end in one of .html"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    words, code, says, tmp_path, opened, capsys
):
    (tmp_path / "bad.csv").write_text("1,2,a\n3,x,b\n")
    assert main(["play", *words]) == code
    assert says in capsys.readouterr().err
    assert opened == []
    assert [p.name for p in tmp_path.iterdir()] == ["bad.csv"]


def test_an_unknown_activation_is_refused_in_the_reader_s_language(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--lang", "ko", "play", "--activation", "step"])
    assert ended.value.code == 2
    assert "쓸 수 없습니다" in capsys.readouterr().err
