"""The table's text on arrays: the value and the partials of a row, read as Python with expressions for its names."""

import ast
import builtins
from functools import cache
from typing import Any

from ..engine import FLOATS, OPS
from . import array as A
from .array import Expr


class _Arrays(ast.NodeTransformer):
    """Conditional expressions, comparisons and `and`, `or`, `not` as functions: arrays have no truth value."""

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        return _call(
            "where_",
            self.visit(node.test),
            self.visit(node.body),
            self.visit(node.orelse),
        )

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        symbols = {
            ast.Lt: "<",
            ast.LtE: "<=",
            ast.Gt: ">",
            ast.GtE: ">=",
            ast.Eq: "==",
            ast.NotEq: "!=",
        }
        sides = [self.visit(x) for x in [node.left, *node.comparators]]
        pairs = zip(node.ops, sides, sides[1:], strict=False)
        tests = [
            _call("compare_", ast.Constant(symbols[type(op)]), x, y)
            for op, x, y in pairs
        ]
        return (
            tests[0]
            if len(tests) == 1
            else _call("logical_", ast.Constant("logical_and"), *tests)
        )

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        name = "logical_and" if isinstance(node.op, ast.And) else "logical_or"
        return _call(
            "logical_", ast.Constant(name), *[self.visit(x) for x in node.values]
        )

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        if isinstance(node.op, ast.Not):
            return _call(
                "logical_", ast.Constant("logical_not"), self.visit(node.operand)
            )
        return self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return _call("const_", node)


def _call(name: str, *args: Any) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(args), [])


@cache
def _compiled(text: str, names: tuple[str, ...]) -> Any:
    tree = _Arrays().visit(ast.parse(f"lambda {', '.join(names)}: {text}", mode="eval"))
    return builtins.compile(ast.fix_missing_locations(tree), f"<{text}>", "eval")


class Rules:
    """What the names in the table's text mean on arrays, where lists are along ``axis`` and ``length`` long.

    >>> x = A.variable({}, "x", (3,))
    >>> Rules(x.book).apply("x if x > 0 else 0.0", {"x": x}).attr
    'maximum'
    """

    def __init__(self, book: dict[Any, Expr], axis: int = 0, length: int = 0) -> None:
        def sum_of(x: Expr) -> Expr:
            return A.sum_over(x, [axis]) if x.shape else x * float(length)

        self.space: dict[str, Any] = {
            "where_": A.where,
            "compare_": A.compare,
            "logical_": A.logical,
            "const_": lambda x: A.const(book, x),
            "pow": A.power,
            "sum": sum_of,
            "dot": lambda x, y: sum_of(x * y),
            "logsumexp": lambda x: A.logsumexp(x, axis),
        }
        for name, value in FLOATS.items():
            if name not in self.space and not name.startswith("__"):
                self.space[name] = (
                    self._function(name, axis)
                    if callable(value)
                    else A.const(book, value)
                )

    def _function(self, name: str, axis: int) -> Any:
        """A function of the table: of the array library by that name, unless it is a row with another text."""
        op = OPS.get(name)
        if op is not None and op.forward != f"{name}({', '.join(op.names)})":
            return lambda *args: self.apply(
                op.forward, dict(zip(op.names, args, strict=True))
            )
        if op is not None and op.variadic:
            return lambda x: A.over_list(name, x, axis)
        return lambda *args: A.call(name, *args)

    def apply(self, text: str, names: dict[str, Expr]) -> Expr:
        """The text with expressions for its names."""
        return eval(_compiled(text, tuple(names)), self.space)(*names.values())  # type: ignore[no-any-return]
