"""The table as JavaScript that computes many samples at once.

A page that trains runs one graph for every sample. To call a row for each of them would
cost ten times the arithmetic; so each row also becomes two loops over samples, one
forwards and one backwards, in the arrays of ``web/training/batch.js``.
"""

import ast
import json

from ..engine import OPS, Op
from .javascript import _Translator, function, javascript, web_file

_ROW = """{name}: {{
  forward({{ values, operands, size, scratch }}, node, at, n) {{
    const OUT = node * size;
    {places}
    {hoisted}
    for (let s = 0; s < size; s++) {{
      {read}
      values[OUT + s] = {value};
    }}
  }},
  backward({{ values, adjoints, operands, size, count }}, node, at, n) {{
    const OUT = node * size;
    {places}
    {steps}
  }},
}},"""

_STEP = """if ({operand} < count)
      for (let s = 0; s < size; s++) {{
        {read}
        const out = values[OUT + s];
        adjoints[{place} + s] += adjoints[OUT + s] * {partial};
      }}"""

_EACH = """for (let i = 0; i < n; i++) {{
      {places}
      {steps}
    }}"""


class _Hoisting(_Translator):
    """Takes what a formula does with whole lists out of the loop over samples.

    ``dot(w, x) + b`` becomes ``scratch[0][s] + b``, after ``dotAll`` has filled the
    scratch array.
    """

    def __init__(self, lists: tuple[str, ...]) -> None:
        super().__init__(lists)
        self.hoisted: list[str] = []

    def visit_Call(self, node: ast.Call) -> str:
        arguments = [a.id for a in node.args if isinstance(a, ast.Name)]
        if not set(arguments) & set(self.lists):
            return super().visit_Call(node)
        filled = f"scratch[{len(self.hoisted)}]"
        given = ", ".join(["values, operands, size", filled, "n", *arguments])
        self.hoisted.append(f"{self.visit(node.func)}All({given});")
        return f"{filled}[s]"


def row(op: Op) -> str:
    """Write the two loops of a row.

    >>> "values[OUT + s] = tanh(x);" in row(OPS["tanh"])
    True
    """
    return _lists(op) if op.variadic else _single(op)


def _read(name: str) -> str:
    return f"const {name} = values[{name.upper()} + s];"


def _step(operand: str, names: tuple[str, ...], place: str, partial: str) -> str:
    read = "\n        ".join(map(_read, names))
    text = javascript(partial)
    return _STEP.format(operand=operand, read=read, place=place, partial=text)


def _place(name: str, operand: str) -> str:
    return f"const {name.upper()} = {operand} * size;"


def _single(op: Op) -> str:
    operands = [f"operands[at + {k}]" for k in range(len(op.names))]
    steps = [
        _step(operand, op.names, name.upper(), partial)
        for operand, name, partial in zip(operands, op.names, op.partials, strict=True)
    ]
    return _ROW.format(
        name=json.dumps(op.name),
        places="\n    ".join(map(_place, op.names, operands)),
        hoisted="",
        read="\n      ".join(map(_read, op.names)),
        value=javascript(op.forward),
        steps="\n    ".join(steps),
    )


def _lists(op: Op) -> str:
    lists = tuple(name for name in op.names if f"*{name}" in op.operands)
    alone = op.names[len(lists) :]
    starts = [f"const {name} = at + {k} * n;" for k, name in enumerate(lists)]
    after = [f"operands[at + {len(lists)} * n + {k}]" for k in range(len(alone))]
    formula = _Hoisting(lists)
    value = formula.visit(ast.parse(op.forward, mode="eval").body)
    elements = [f"operands[{name} + i]" for name in lists]
    of_lists = op.partials[: len(lists)]
    of_alone = op.partials[len(lists) :]
    each = [
        _step(operand, lists, name.upper(), partial)
        for operand, name, partial in zip(elements, lists, of_lists, strict=True)
    ]
    steps = [
        _EACH.format(
            places="\n      ".join(map(_place, lists, elements)),
            steps="\n      ".join(each),
        )
    ]
    steps += [
        _step(operand, (), name.upper(), partial)
        for operand, name, partial in zip(after, alone, of_alone, strict=True)
    ]
    return _ROW.format(
        name=json.dumps(op.name),
        places="\n    ".join([*starts, *map(_place, alone, after)]),
        hoisted="\n    ".join(formula.hoisted),
        read="\n      ".join(map(_read, alone)),
        value=value,
        steps="\n    ".join(steps),
    )


def batch_engine() -> str:
    """Write the engine of many samples: the loops as ``LOOPS``, and ``class Batch``.

    >>> "const LOOPS" in batch_engine() and "class Batch" in batch_engine()
    True
    """
    functions = [function(op) for op in OPS.values()]
    loops = map(row, OPS.values())
    lists = web_file("training/lists.js")
    parts = [web_file("floats.js"), lists, *functions, "return {", *loops, "};"]
    table = "\n".join(parts)
    batch = web_file("training/batch.js")
    return f"const LOOPS = (() => {{\n{table}\n}})();\n{batch}"
