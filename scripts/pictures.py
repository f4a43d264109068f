"""Make the pictures of the READMEs anew, in both languages, from the present code.

The graph of the apples comes from the README's own first block; the pages are opened in
a Chromium and photographed. Look at what changed before you commit it.

    .venv/bin/python scripts/pictures.py
"""

import doctest
import re
import shutil
import tempfile
from contextlib import chdir
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from micrograd_kr import Stepper, Value
from micrograd_kr.text import LANGUAGES, speak
from micrograd_kr.training import TrainingPage

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "demos" / "images"
READMES = {"en": "README.md", "ko": "README.ko.md"}
ENDING = {"en": "", "ko": "_ko"}
EPOCHS = 150


def apples(lang: str) -> None:
    """Run the first block of a README, which draws the apples."""
    text = (ROOT / READMES[lang]).read_text("utf-8")
    block = re.findall(r"```python\n(>>>.*?)```", text, re.DOTALL)[0]
    session: dict[str, Any] = {}
    for example in doctest.DocTestParser().get_examples(block):
        exec(example.source, session)
    (drawn,) = Path().glob("*.svg")
    shutil.move(drawn, IMAGES / f"apples{ENDING[lang]}.svg")


def loss() -> Value:
    """Compute the L = relu(a * b + c) of the READMEs."""
    a, b, c = Value(2, "a"), Value(-3, "b"), Value(10, "c")
    d = a * b
    e = d + c
    L = e.relu()
    d.label, e.label, L.label = "d", "e", "L"
    return L


def step_page(browser: Any, lang: str) -> None:
    """Photograph the last step of the backward pass."""
    path = Stepper(loss(), lang=lang).save("steps.html")
    page = browser.new_page(viewport={"width": 1200, "height": 820})
    page.goto(path.resolve().as_uri() + "#step=99")  # the last there is
    keep(page.screenshot(), f"steps_page{ENDING[lang]}.png")
    page.close()


def training_page(browser: Any, lang: str) -> None:
    """Photograph a network that has learned the moons."""
    path = TrainingPage({"data": "moons", "layers": [8, 8]}).save("train.html")
    page = browser.new_page(viewport={"width": 1440, "height": 1120})
    page.goto(path.resolve().as_uri())
    for _ in range(EPOCHS):
        page.locator("#one-epoch").click()
    keep(page.screenshot(), f"training_page{ENDING[lang]}.png")
    page.close()


def keep(png: bytes, name: str) -> None:
    """Write a photograph in 256 colours, a third of its size."""
    Image.open(BytesIO(png)).convert("RGB").quantize(256).save(IMAGES / name)


def main() -> None:
    """Make them all."""
    with sync_playwright() as p, tempfile.TemporaryDirectory() as folder:
        browser = p.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        with chdir(folder):
            for lang in LANGUAGES:
                speak(lang)
                apples(lang)
                step_page(browser, lang)
                training_page(browser, lang)
        browser.close()


if __name__ == "__main__":
    main()
