"""How fast the step page is saved, and how fast it takes a step in headless Chromium.

    python tests/bench/step_page.py

A click is `performance.now()` around a press of the next button and the layout that it
makes necessary, on the page's only thread. Saving is the CPU time of Python and of
Graphviz. The figures of clicks are medians and the 95th percentile over a whole walk.
"""

import random
import resource
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from playwright.sync_api import sync_playwright

from micrograd_kr import MLP, Stepper, Value, nn
from micrograd_kr.training import make_moons

CLICKS = """() => {
  const times = [];
  move(0);
  while (state.at < last) {
    const from = performance.now();
    $("next").click();
    document.body.getBoundingClientRect();
    scroller.getBoundingClientRect();
    times.push(performance.now() - from);
  }
  return times;
}"""


def xor() -> Value:
    """The loss of xor in single operations: 150 nodes."""
    model = MLP(2, [4, 1], activation="tanh", seed=1, expand=True)
    loss = Value(0.0)
    for x, y in (((0, 0), -1), ((0, 1), 1), ((1, 0), 1), ((1, 1), -1)):
        loss = loss + (model(list(x)) - y) ** 2
    loss.label = "loss"
    return loss


def moons(points: int) -> Value:
    """The loss of so many points of the moons, in linear nodes: 35 + 21 nodes each."""
    X, y = make_moons(100, noise=0.1, seed=1)
    model = MLP(2, [8, 1], activation="tanh", seed=1)
    loss = nn.binary_cross_entropy([model(x) for x in X[:points]], y[:points])
    loss.label = "loss"
    return loss


def tangle(nodes: int) -> Value:
    """About so many nodes that are no network."""
    chosen = random.Random(1)
    made = [Value(chosen.uniform(-1, 1)) for _ in range(8)]
    while len(made) < nodes:
        a, b = chosen.choices(made[-12:], k=2)
        made.append(chosen.choice((a * b, a + b, (a - b).tanh())))
    return made[-1]


def cpu() -> float:
    """Seconds of this process and of those it has waited for."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = map(resource.getrusage, whose)
    return sum(one.ru_utime + one.ru_stime for one in used)


def saved(root: Value, folder: str) -> tuple[Path, float]:
    """The page of a graph, and the seconds that it took."""
    started = cpu()
    path = Stepper(root, lang="en").save(Path(folder, "page.html"), max_nodes=5000)
    return path, cpu() - started


def clicks(page: Any, path: Path) -> tuple[float, float]:
    """Milliseconds of a click: the median, and what 95 of 100 stay below."""
    page.goto(path.as_uri())
    page.evaluate(CLICKS)  # V8 compiles what is hot
    times = page.evaluate(CLICKS)
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    graphs = {
        "xor, single operations": xor(),
        "moons, 38 points": moons(38),
        "moons, 66 points": moons(66),
        "no network": tangle(780),
        "no network, larger": tangle(1290),
    }
    Stepper(xor()).recording()  # what is made once for the table is made
    print(
        f"{'':<26} {'nodes':>6} {'save, s':>8} {'MB':>6} {'click, ms':>10} {'95 %':>6}"
    )
    with sync_playwright() as p, tempfile.TemporaryDirectory() as folder:
        arguments = ["--no-sandbox", "--disable-gpu"]
        browser = p.chromium.launch(executable_path=chromium, args=arguments)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        for name, root in graphs.items():
            n = len(root.topological_order())
            path, seconds = saved(root, folder)
            middle, most = clicks(page, path)
            size = path.stat().st_size / 1e6
            print(
                f"{name:<26} {n:>6} {seconds:>8.2f} {size:>6.2f} {middle:>10.1f} {most:>6.1f}"
            )
        browser.close()


if __name__ == "__main__":
    main()
