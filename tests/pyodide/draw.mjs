// Runs the package in Pyodide: node draw.mjs ROOT GRAPHVIZ. It draws the README's graph with the Graphviz of
// JavaScript and writes its step page, and prints both as JSON.

import { instance } from "@viz-js/viz";
import { loadPyodide } from "pyodide";

const [root, graphviz] = process.argv.slice(2);
const [python, viz] = await Promise.all([loadPyodide(), instance()]);
const site = "/lib/outside";
python.FS.mkdirTree(`${site}/micrograd_kr`);
python.FS.mkdirTree(`${site}/graphviz`);
python.mountNodeFS(`${site}/micrograd_kr`, `${root}/micrograd_kr`);
python.mountNodeFS(`${site}/graphviz`, graphviz);
python.globals.set("lay_out", (text) => viz.renderString(text, { format: "svg" }));
const made = python.runPython(`
import json, sys
sys.path.insert(0, "${site}")
from micrograd_kr import MLP, Stepper, Value, draw
from micrograd_kr.picture import layout_with

apple, count, tax = Value(100, "apple"), Value(2, "count"), Value(1.1, "tax")
price = apple * count
total = price * tax
price.label, total.label = "price", "total"
total.backward()
try:
    draw(total).svg()
    lacking = ""
except RuntimeError as error:
    lacking = str(error)
layout_with(lay_out)
svg = draw(total, partials=True).svg()
page = Stepper(total, lang="en").save("/steps.html").read_text("utf-8")
network = MLP(2, [3, 1], seed=1)([1.0, 2.0])
grid = draw(network, fold=True).svg()
platform = f"{sys.platform} {sys.version_info[0]}"
json.dumps({"lacking": lacking, "svg": svg, "grid": grid, "page": page, "platform": platform})
`);
console.log(made);
