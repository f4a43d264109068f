"""How fast the training page learns in headless Chromium, beside Python on the same work.

    python tests/bench/training_page.py

Moons: 100 points, 2-16-16-1, full batches, drawing on. Digits: 1,000 samples,
64-32-10, batches of 20. The figures are medians over several seconds.
"""

import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from playwright.sync_api import sync_playwright

from micrograd_kr import MLP, fit, nn, watch
from micrograd_kr.pages.training_page import training_page
from micrograd_kr.training import load_digits, make_moons

PLAY = """
async (seconds) => {
  const started = performance.now();
  const first = learner.epochs;
  const turns = turn;
  start();
  await new Promise((done) => setTimeout(done, 1000 * seconds));
  stop();
  const took = (performance.now() - started) / 1000;
  return [(learner.epochs - first) / took, (turn - turns) / took];
}
"""
BOUNDARY = """
(rounds) => {
  const times = [];
  for (let i = 0; i < rounds; i++) {
    const from = performance.now();
    plane.draw(learner, learner.trainer.evaluate(squares, shownNodes).columns);
    times.push(performance.now() - from);
  }
  return times.sort((a, b) => a - b)[rounds >> 1];
}
"""
EPOCHS = """
(n) => {
  const from = performance.now();
  for (let i = 0; i < n; i++) learner.epoch();
  return (1000 * n) / (performance.now() - from);
}
"""


def moons(page: Any) -> list[tuple[str, float, str]]:
    page.evaluate(PLAY, 1)  # V8 compiles what is hot
    rates = sorted(page.evaluate(PLAY, 2) for _ in range(5))
    steps, frames = rates[2]
    return [
        ("moons, full-batch steps a second, drawing on (at least 500)", steps, "1/s"),
        ("frames a second while it plays (at least 30)", frames, "1/s"),
        (
            "the boundary and every neuron's picture (at most 15)",
            page.evaluate(BOUNDARY, 50),
            "ms",
        ),
        ("moons, steps a second without drawing", page.evaluate(EPOCHS, 500), "1/s"),
    ]


def python(compiled: bool) -> float:
    """Full-batch steps a second of `fit`."""
    X, y = make_moons(100, noise=0.1, seed=1)
    model = MLP(2, [16, 16, 1], seed=1)
    epochs = 2000 if compiled else 20
    started = time.perf_counter()
    fit(
        model,
        X,
        y,
        loss=nn.binary_cross_entropy,
        epochs=epochs,
        progress=False,
        compiled=compiled,
    )
    return epochs / (time.perf_counter() - started)


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    rows = []
    with sync_playwright() as p, tempfile.TemporaryDirectory() as folder:
        browser = p.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        path = Path(folder, "moons.html")
        path.write_text(training_page(lang="en"), encoding="utf-8")
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(
            path.as_uri() + "#layers=16,16&activations=relu,relu&test=0&speed=fast"
        )
        rows += moons(page)
        X, y = load_digits()
        model = MLP(64, [32, 10], activation="relu", seed=0)
        path = watch(model, X[:1000], y[:1000], loss=nn.cross_entropy).save(
            Path(folder, "digits.html")
        )
        page.goto(Path(path).as_uri() + "#batch=20")
        page.evaluate(EPOCHS, 2)
        rows.append(
            ("digits, epochs a second (at least 5)", page.evaluate(EPOCHS, 10), "1/s")
        )
        browser.close()
    rows.append(("moons, steps a second of fit", python(False), "1/s"))
    rows.append(("moons, steps a second of fit(compiled=True)", python(True), "1/s"))
    for name, figure, unit in rows:
        print(f"{name:<65} {figure:>10.1f} {unit}")


if __name__ == "__main__":
    main()
