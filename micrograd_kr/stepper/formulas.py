"""The formulas of the table with a graph's own names in them, to be read.

>>> x, w = Value(3.0, "x"), Value(-2.0, "w")
>>> [rule(v, 0, lambda v: v.label or "v") for v in (x * w, x**2, w.relu(), 1 / x)]
['w', '2 * x', '0 (w ≤ 0)', '-v / x']
"""

import ast
from collections.abc import Callable

from ..engine import FLOATS, OPS, Op, Value

_SIGNS: dict[
    type, tuple[str, str]
] = {  # of a condition that holds, and of one that does not
    ast.Gt: (">", "≤"),
    ast.Lt: ("<", "≥"),
    ast.GtE: ("≥", "<"),
    ast.LtE: ("≤", ">"),
    ast.Eq: ("=", "≠"),
    ast.NotEq: ("≠", "="),
}


def rule(v: Value, k: int, name: Callable[[Value], str], digits: int | None = 4) -> str:
    """The formula of ``v.partials[k]`` in names; of a case distinction the case that holds, and why.

    ``digits``: of the numbers in it, None for all. Raises IndexError if v has no such parent.

    >>> x = Value(0.5, "x"); y = x.tanh(); y.label = "y"
    >>> rule(y, 0, lambda v: v.label)
    '1 - y * y'
    """
    op, i, operands = _place(v, k)
    words = {
        key: name(x) if isinstance(x, Value) else x for key, x in operands.items()
    } | {"out": name(v)}
    fill = _Fill(words, _data(v, operands) if is_current(v, k) else None)
    text = fill.text(op.partials[i], digits)
    return text + f" ({', '.join(fill.conditions)})" * bool(fill.conditions)


def computation(v: Value, name: Callable[[Value], str]) -> str:
    """How an operation on lists was computed.

    >>> from micrograd_kr.engine.value import FUNCTIONS
    >>> a, b = Value(2.0, "a"), Value(3.0, "b")
    >>> computation(FUNCTIONS["linear"]([a, b], [b, a], 1.0), lambda v: f"{v.data:g}")
    '[2, 3] · [3, 2] + 1'
    """
    if v.op is None:
        return ""
    words = [name(x) if isinstance(x, Value) else f"{x:g}" for x in v.operands]
    n, lists = v.op.lengths(len(words))
    rows = [f"[{', '.join(words[i * n : i * n + n])}]" for i in range(lists)]
    return _Fill(
        dict(zip(v.op.names, rows + words[lists * n :], strict=True)), None
    ).text(v.op.forward)


def is_current(v: Value, k: int) -> bool:
    """Whether ``v.partials[k]`` is what the data gives now: not after a parameter was changed.

    >>> x = Value(2.0); y = x * x; x.data = 3.0
    >>> is_current(y, 0)
    False
    """
    op, i, operands = _place(v, k)
    try:
        return bool(eval(op.partials[i], FLOATS, _data(v, operands)) == v.partials[k])
    except (ArithmeticError, ValueError):  # the data now has no derivative
        return False


def _place(v: Value, k: int) -> tuple[Op, int, dict[str, Value | float]]:
    """Which of the op's partials belongs to the k-th parent, and the operands that its text names."""
    op, operands = v.op, v.operands
    if op is None or not 0 <= k < len(v.parents):
        raise IndexError(f"rule: {v!r} has no parent {k}")
    if not op.variadic:
        values = [i for i, x in enumerate(operands) if isinstance(x, Value)]
        return op, values[k], dict(zip(op.names, operands, strict=True))
    n, lists = op.lengths(len(operands))
    in_lists = k < lists * n
    row = operands[k % n : lists * n : n] if in_lists else ()
    alone = dict(zip(op.names[lists:], operands[lists * n :], strict=True))
    return (
        op,
        k // n if in_lists else lists + k - lists * n,
        dict(zip(op.names, row, strict=False)) | alone,
    )


def _rounded(x: float, digits: int | None) -> float:
    shown = x if digits is None else float(f"{x:.{digits}g}")
    return int(shown) if abs(shown) < 1e6 and shown == int(shown) else shown


def _data(v: Value, operands: dict[str, Value | float]) -> dict[str, float]:
    return {key: float(x) for key, x in operands.items()} | {"out": v.data}


class _Fill(ast.NodeTransformer):
    """Puts words and numbers for the names, and takes the case that holds when there is ``data`` to tell."""

    def __init__(
        self, words: dict[str, str | float], data: dict[str, float] | None
    ) -> None:
        self.words, self.data = words, data
        self.conditions: list[str] = []

    def text(self, formula: str, digits: int | None = 4) -> str:
        """The formula, filled in."""
        filled = self.visit(ast.parse(formula, mode="eval"))
        for node in ast.walk(filled):
            if isinstance(node, ast.Constant) and isinstance(node.value, float | int):
                node.value = _rounded(node.value, digits)
        return ast.unparse(filled)

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        if self.data is None or not isinstance(node.test, ast.Compare):
            return self.generic_visit(node)
        holds = eval(
            compile(ast.Expression(node.test), "<rule>", "eval"), FLOATS, self.data
        )
        left, right = self.visit(node.test.left), self.visit(node.test.comparators[0])
        if not (
            isinstance(left, ast.Constant) and isinstance(right, ast.Constant)
        ):  # 2 != 0 tells nothing
            sign = _SIGNS[type(node.test.ops[0])][0 if holds else 1]
            self.conditions.append(f"{ast.unparse(left)} {sign} {ast.unparse(right)}")
        return self.visit(node.body if holds else node.orelse)  # type: ignore[no-any-return]

    def visit_Name(self, node: ast.Name) -> ast.AST:
        word = self.words.get(node.id, "π" if node.id == "pi" else node.id)
        return ast.Name(word) if isinstance(word, str) else ast.Constant(word)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.left, ast.Constant) and isinstance(node.right, ast.Constant):
            return ast.Constant(eval(ast.unparse(node)))
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """A function of the table whose symbol stands between its operands is written so: ``x ** y``."""
        arguments: list[ast.expr] = [self.visit(x) for x in node.args]
        op = OPS.get(node.func.id) if isinstance(node.func, ast.Name) else None
        if op is None or op.symbol.isidentifier() or len(arguments) != 2:
            return ast.Call(node.func, arguments, [])
        if not op.method.startswith("__"):  # no operator of Python
            return ast.Name(f" {op.symbol} ".join(map(ast.unparse, arguments)))
        if isinstance(arguments[1], ast.Constant) and arguments[1].value == 1:
            return arguments[0]  # x ** 1
        written = ast.parse(f"x {op.symbol} y", mode="eval").body
        assert isinstance(written, ast.BinOp)
        return ast.BinOp(arguments[0], written.op, arguments[1])
