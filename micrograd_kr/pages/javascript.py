"""The table of operations as JavaScript: its fifth reader.

Each row becomes a function that computes one node of a graph, its value and its
partials, in the typed arrays of ``web/engine.js``. What the formulas call that
JavaScript lacks stands in ``web/floats.js``.

>>> javascript("1.0 if x > 0 else -out / y")
'((x > 0) ? 1.0 : divide((-out), y))'
"""

import ast
import json
from importlib import resources

from ..engine import OPS, Op

_SIGNS: dict[type, str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Gt: ">",
    ast.Lt: "<",
    ast.GtE: ">=",
    ast.LtE: "<=",
    ast.Eq: "===",
    ast.NotEq: "!==",
    ast.And: "&&",
    ast.Or: "||",
    ast.USub: "-",
    ast.UAdd: "+",
    ast.Not: "!",
}
# Python refuses what JavaScript answers with Infinity or NaN: `floats.js` refuses too.
_CALLS: dict[type, str] = {ast.Div: "divide", ast.Pow: "pow"}


def javascript(formula: str, lists: tuple[str, ...] = ()) -> str:
    """Translate a formula of the table.

    ``lists`` are the names in it that stand for whole lists: a function of lists is
    told the graph, how long they are, and where they begin.
    Raises NotImplementedError for what no formula of the table uses.

    >>> javascript("x * sigmoid(x)"), javascript("dot(w, x) + b", ("w", "x"))
    ('(x * sigmoid(x))', '(dot(graph, n, w, x) + b)')
    """
    return _Translator(lists).visit(ast.parse(formula, mode="eval").body)


class _Translator(ast.NodeVisitor):
    """Writes each kind of expression in brackets, so that no order has to be known."""

    def __init__(self, lists: tuple[str, ...]) -> None:
        self.lists = lists

    def visit(self, node: ast.AST) -> str:
        return str(super().visit(node))

    def generic_visit(self, node: ast.AST) -> str:
        raise NotImplementedError(f"javascript: no translation of {ast.dump(node)}")

    def sign(self, node: ast.AST) -> str:
        return _SIGNS[type(node)] if type(node) in _SIGNS else self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> str:
        return node.id

    def visit_Constant(self, node: ast.Constant) -> str:
        return json.dumps(node.value)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> str:
        return f"({self.sign(node.op)}{self.visit(node.operand)})"

    def visit_BinOp(self, node: ast.BinOp) -> str:
        left, right = self.visit(node.left), self.visit(node.right)
        if type(node.op) in _CALLS:
            return f"{_CALLS[type(node.op)]}({left}, {right})"
        return f"({left} {self.sign(node.op)} {right})"

    def visit_BoolOp(self, node: ast.BoolOp) -> str:
        between = f" {self.sign(node.op)} "
        return f"({between.join(map(self.visit, node.values))})"

    def visit_Compare(self, node: ast.Compare) -> str:
        sides = list(map(self.visit, [node.left, *node.comparators]))
        signs = map(self.sign, node.ops)
        pairs = zip(sides, signs, sides[1:], strict=False)
        return f"({' && '.join(map(' '.join, pairs))})"

    def visit_IfExp(self, node: ast.IfExp) -> str:
        test, then, otherwise = map(self.visit, (node.test, node.body, node.orelse))
        return f"({test} ? {then} : {otherwise})"

    def visit_Call(self, node: ast.Call) -> str:
        arguments = list(map(self.visit, node.args))
        if set(arguments) & set(self.lists):
            arguments = ["graph", "n", *arguments]
        return f"{self.visit(node.func)}({', '.join(arguments)})"


# ---- a row as functions ------------------------------------------------------

_SINGLE = """
  run(graph, node, at) {{
    const {{ values, operands, partials, count }} = graph;
    {read}
    const out = (values[node] = {value});
    {write}
  }},"""

_LISTS = """
  run(graph, node, at) {{
    const {{ values, operands, partials }} = graph;
    const n = (graph.first[node + 1] - at - {alone}) / {lists};
    {places}
    {read}
    const out = (values[node] = {value});
    for (let i = 0; i < n; i++) {{
      {elements}
      {each}
    }}
    {write}
  }},"""


def row(op: Op) -> str:
    """Write one row: its text for the reader, and what computes a node of it.

    ``partials`` are functions of its operands, of a list of one element, and ``out``;
    ``run`` sets the value of the node and the partial of each operand that is a node.

    >>> "partials[at] = (1 - (out * out));" in row(OPS["tanh"])
    True
    """
    told: dict[str, object] = {"name": op.name, "symbol": op.symbol}
    told |= {"forward": op.forward, "names": op.operands, "domain": op.domain}
    text = "".join(f"\n  {key}: {json.dumps(said)}," for key, said in told.items())
    names = ", ".join([*op.names, "out"])
    partials = [f"({names}) => {javascript(partial)}" for partial in op.partials]
    text += f"\n  partials: [{', '.join(partials)}],"
    return f"{{{text}{_lists(op) if op.variadic else _single(op)}\n}}"


def _single(op: Op) -> str:
    places = [f"at + {k}" if k else "at" for k in range(len(op.names))]
    partials = map(javascript, op.partials)
    # Of a plain number there is no partial, as in Python: (-2) ** 3 has none in 3.
    write = [
        f"if (operands[{place}] < count) partials[{place}] = {partial};"
        for place, partial in zip(places, partials, strict=True)
    ]
    return _SINGLE.format(
        read="\n    ".join(map(_read, op.names, places)),
        value=javascript(op.forward),
        write="\n    ".join(write),
    )


def _lists(op: Op) -> str:
    lists = tuple(name for name in op.names if f"*{name}" in op.operands)
    alone = op.names[len(lists) :]
    places = [f"const {name} = at + {k} * n;" for k, name in enumerate(lists)]
    after = [f"at + {len(lists)} * n + {k}" for k in range(len(alone))]
    partials = list(map(javascript, op.partials))
    each = [
        f"partials[at + {k} * n + i] = {partial};"
        for k, partial in enumerate(partials[: len(lists)])
    ]
    write = [
        f"partials[{place}] = {partial};"
        for place, partial in zip(after, partials[len(lists) :], strict=True)
    ]
    elements = [_read(name, f"at + {k} * n + i") for k, name in enumerate(lists)]
    return _LISTS.format(
        alone=len(alone),
        lists=len(lists),
        places="\n    ".join(places),
        read="\n    ".join(map(_read, alone, after)),
        value=javascript(op.forward, lists),
        elements="\n      ".join(elements),
        each="\n      ".join(each),
        write="\n    ".join(write),
    )


def _read(name: str, place: str) -> str:
    return f"const {name} = values[operands[{place}]];"


def function(op: Op) -> str:
    """Write the row as a function of numbers, which the rows below it may call.

    There is none of a list, and none of a row that is its own text: ``tanh(x)`` is
    JavaScript's, or stands in ``web/floats.js``.

    >>> function(OPS["silu"]), function(OPS["tanh"])
    ('const silu = (x) => (x * sigmoid(x));', '')
    """
    names = ", ".join(op.names)
    if op.variadic or op.forward == f"{op.name}({names})":
        return ""
    return f"const {op.name} = ({names}) => {javascript(op.forward)};"


# ---- the file ----------------------------------------------------------------


def engine() -> str:
    """Write the engine of a page: the rows by name as ``ROWS``, and ``class Graph``.

    >>> "const ROWS" in engine() and "class Graph" in engine()
    True
    """
    functions = [function(op) for op in OPS.values()]  # one may use those above it
    rows = [f"{json.dumps(op.name)}: {row(op)}," for op in OPS.values()]
    table = "\n".join([web_file("floats.js"), *functions, "return {", *rows, "};"])
    return f"const ROWS = (() => {{\n{table}\n}})();\n{web_file('engine.js')}"


def web_file(name: str) -> str:
    """Read a file of the folder ``web``.

    >>> web_file("engine.js").startswith("//")
    True
    """
    return (resources.files(__package__) / "web" / name).read_text(encoding="utf-8")
