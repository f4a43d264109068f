"""The step page without a browser: its own script under node, but for what draws."""

import json
from typing import Any

from node import NODE, Node

from micrograd_kr import Stepper, Value
from micrograd_kr.pages import engine_script
from micrograd_kr.pages.javascript import web_file
from micrograd_kr.pages.page import refusals

SCRIPTS = ("shared.js", "elements.js", "recording.js", "walk.js", "sentences.js")

# `leaves`: other numbers for some leaves. The answer is all that the page would tell.
SERVER = """
const plain = (key, x) => (typeof x === "number" && !Number.isFinite(x) ? String(x) : x);
function run({ recording, refusals, lang, leaves, numbers }) {
  const texts = { recording, refusals: refusals ?? {}, words: {} };
  const document = { documentElement: { lang }, getElementById: (id) => ({ textContent: JSON.stringify(texts[id]) }) };
  return numbers ? numbers.map(told(document, { lang }, []).number) : told(document, { lang }, leaves);
}
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  console.log(JSON.stringify(run(JSON.parse(line)), plain));
});
function told(document, state, changed) {
  %s
  setLeaves(changed);
  return {
    forward: forward.map(textOf),
    backward: backward.map((step) => [...textOf(step), ...whyOf(step)]),
    data: nodes.map((node) => node.data), grads: nodes.map((_, i) => grad(i, last)),
    number, refusals: [...graph.refusals.keys()].map(refusalOf),
  };
}
"""


class Headless(Node):
    """One process of node that walks through any recording."""

    def __init__(self) -> None:
        page = "\n".join(map(web_file, SCRIPTS))
        self.start(engine_script() + SERVER.replace("%s", page))

    def walk(
        self, root: Value, lang: str = "en", leaves: dict[int, float] | None = None
    ) -> dict[str, Any]:
        """What the page tells of this graph, with other numbers in some leaves."""
        given = {"recording": Stepper(root).recording(), "refusals": refusals()}
        given |= {"lang": lang, "leaves": list((leaves or {}).items())}
        answer: dict[str, Any] = json.loads(self.ask(json.dumps(given)))
        for key in ("data", "grads"):
            answer[key] = list(map(float, answer[key]))
        return answer

    def write(self, numbers: list[float]) -> list[str]:
        """These numbers as the page writes them."""
        recording = Stepper(Value(1.0)).recording()
        given = {"recording": recording, "lang": "en", "numbers": numbers}
        told: list[str] = json.loads(self.ask(json.dumps(given)))
        return told


__all__ = ["NODE", "Headless"]
