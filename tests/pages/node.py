"""The engine of the pages under node, beside Python's: a graph goes in, its numbers come back."""

import json
import math
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

from micrograd_kr import Value
from micrograd_kr.pages import engine_script, graph_data

NODE = shutil.which("node")

# Any numbers of the leaves, the same graph: `run` says what the page would.
SERVER = """
const plain = (key, x) => (typeof x === "number" && !Number.isFinite(x) ? String(x) : x);
function run({ graph, leaves }) {
  const made = new Graph(graph);
  leaves.forEach((x, node) => x !== null && (made.values[node] = x));
  made.forward();
  made.backward();
  const { values, partials, adjoints, refusals, count } = made;
  return { values: [...values.subarray(0, count)], partials: [...partials],
           adjoints: [...adjoints.subarray(0, count)], refusals: [...refusals] };
}
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  console.log(JSON.stringify(run(JSON.parse(line)), plain));
});
"""


class Node:
    """One process of node that has read the engine and answers line by line."""

    def __init__(self) -> None:
        self.start(engine_script() + SERVER)

    def start(self, script: str) -> None:
        """Begin, with a script that answers each line by one line."""
        assert NODE
        command = [NODE, "--input-type=commonjs", "--eval", script]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, text=True, encoding="utf-8"
        )

    def run(
        self, order: Sequence[Value], leaves: Mapping[Value, float] | None = None
    ) -> dict[str, Any]:
        """Values, partials, adjoints and refusals of the nodes ``order``, with other numbers in the leaves."""
        numbers = [(leaves or {}).get(v) for v in order]
        line = json.dumps({"graph": graph_data(order), "leaves": numbers})
        answer = json.loads(self.ask(line))
        for key in ("values", "partials", "adjoints"):
            answer[key] = list(map(float, answer[key]))
        return answer | {"refusals": dict(answer["refusals"])}

    def ask(self, line: str) -> str:
        """One line in, one line out."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline()

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(10)


def ulps(a: float, b: float) -> float:
    """How many floats lie between them."""
    if a == b:
        return 0.0
    return abs(a - b) / math.ulp(max(abs(a), abs(b)))
