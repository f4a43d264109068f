"""The page in Firefox: one walk through what Chromium is asked in detail.

Firefox speaks Marionette, its own protocol, over a plain socket: a message is its
length, a colon, and JSON. No driver is needed beside the browser.
"""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from micrograd_kr import Value
from micrograd_kr.pages.training_page import training_page
from micrograd_kr.stepper import Stepper

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
pytestmark = pytest.mark.skipif(FIREFOX is None, reason="there is no Firefox on PATH")


class Firefox:
    """One headless Firefox with a profile of its own."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        preferences = f'user_pref("marionette.port", {port});\n'
        preferences += (
            'user_pref("datareporting.policy.dataSubmissionEnabled", false);\n'
        )
        (folder / "user.js").write_text(preferences)
        command = [
            str(FIREFOX),
            "--headless",
            "--no-remote",
            "--marionette",
            "--profile",
        ]
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen([*command, folder], stdout=quiet, stderr=quiet)
        self.socket = connected(port)
        self.stream = self.socket.makefile("rb")
        self.read()  # its greeting
        self.sent = 0
        self.ask("WebDriver:NewSession", {"capabilities": {}})

    def ask(self, command: str, parameters: dict[str, Any]) -> Any:
        self.sent += 1
        message = json.dumps([0, self.sent, command, parameters]).encode()
        self.socket.sendall(b"%d:%s" % (len(message), message))
        _, _, error, result = self.read()
        assert error is None, error
        return result

    def read(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            length += self.stream.read(1)
        return json.loads(self.stream.read(int(length[:-1])))

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(20)


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def connected(port: int) -> socket.socket:
    for _ in range(300):
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=60)
        except OSError:
            time.sleep(0.2)
    raise TimeoutError("Firefox did not answer in a minute")


@pytest.fixture
def firefox(tmp_path: Path) -> Iterator[Firefox]:
    folder = tmp_path / "profile"
    folder.mkdir()
    opened = Firefox(folder)
    yield opened
    opened.close()


def test_the_page_walks_and_computes_in_firefox(
    firefox: Firefox, tmp_path: Path
) -> None:
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    y = (a * b).tanh() + a
    y.label = "y"
    path = Stepper(y, lang="en").save(tmp_path / "steps.html")
    firefox.ask("WebDriver:Navigate", {"url": path.as_uri() + "#step=2"})
    said = firefox.ask(
        "WebDriver:ExecuteScript",
        {
            "args": [],
            "script": """
      const $ = (id) => document.getElementById(id);
      const at = $("slider").value;
      $("next").click();
      const next = $("slider").value;
      const field = $("number");
      field.value = "0.5";
      field.dispatchEvent(new Event("input", { bubbles: true }));
      $("last").click();
      const grads = [...document.querySelectorAll("#contributions li")].length;
      $("predict").click();
      return { at, next, grads, result: $("result").textContent,
               questions: document.querySelectorAll(".question").length,
               nodes: document.querySelectorAll(".node[aria-label]").length };
    """,
        },
    )["value"]
    x = Value(0.5, "a")
    again = (x * Value(-3.0)).tanh() + x
    again.backward()
    assert (said["at"], said["next"]) == ("2", "3")
    assert said["nodes"] == 5
    assert said["questions"] >= 1
    assert said["result"].startswith(f"y = {again.data:.4g}".replace("-", "−"))
    assert f"{x.grad:.4g}".replace("-", "−") in said["result"]


def test_a_network_learns_in_firefox(firefox: Firefox, tmp_path: Path) -> None:
    path = tmp_path / "training.html"
    path.write_text(training_page(lang="en"), encoding="utf-8")
    address = path.as_uri() + "#data=xor&layers=4&epoch=20"
    firefox.ask("WebDriver:Navigate", {"url": address})
    said = firefox.ask(
        "WebDriver:ExecuteScript",
        {
            "args": [],
            "script": """
      const $ = (id) => document.getElementById(id);
      const before = Number($("train-loss").textContent);
      for (let i = 0; i < 30; i++) $("one-epoch").click();
      const canvas = $("plane");
      const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
      const colours = new Set();
      for (let i = 0; i < pixels.length; i += 4000) colours.add(pixels.slice(i, i + 3).join());
      return { before, after: Number($("train-loss").textContent), epoch: $("epoch").textContent,
               links: document.querySelectorAll(".hit").length, colours: colours.size };
    """,
        },
    )["value"]
    assert said["epoch"] == "50"
    assert said["after"] < said["before"]
    assert said["links"] == 2 * 4 + 4
    assert said["colours"] > 10
