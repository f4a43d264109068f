"""The table's own text on arrays: values and partials, with expressions for names."""

import ast
from collections.abc import Callable
from functools import cache, partial, reduce

from ..engine import FLOATS, OPS
from . import expressions as ex
from .expressions import SYMBOLS, Expr

LOGICAL: dict[type, Callable[..., Expr]] = {
    ast.And: partial(ex.elementwise, "logical_and"),
    ast.Or: partial(ex.elementwise, "logical_or"),
}


@cache
def parsed(text: str) -> ast.expr:
    """The text of a row as Python reads it."""
    return ast.parse(text, mode="eval").body


class Table:
    """Reads the text of rows, with lists along ``axis`` that are ``length`` long.

    Arrays have no truth value: choices become `where`, `and` and `or` the functions of
    the array library.

    >>> x = ex.variable({}, "x", (3,))
    >>> Table(x.interned).read("x if x > 0 else 0.0", {"x": x}).op
    'maximum'
    """

    def __init__(
        self, interned: dict[object, Expr], axis: int = 0, length: int = 0
    ) -> None:
        self.interned = interned
        self.axis = axis
        self.length = length

    def read(self, text: str, names: dict[str, Expr]) -> Expr:
        """The expression that the text is, with these for its names."""
        return self._read(parsed(text), names)

    def _read(self, node: ast.expr, names: dict[str, Expr]) -> Expr:
        def read(part: ast.expr) -> Expr:
            return self._read(part, names)

        match node:
            case ast.Constant(value=value):
                return ex.const(self.interned, value)
            case ast.Name(id=name):
                return names.get(name) or ex.const(self.interned, FLOATS[name])
            case ast.BinOp(left=x, op=ast.Add(), right=y):
                return read(x) + read(y)
            case ast.BinOp(left=x, op=ast.Sub(), right=y):
                return read(x) - read(y)
            case ast.BinOp(left=x, op=sign, right=y):
                return ex.elementwise(SYMBOLS[type(sign)], read(x), read(y))
            case ast.UnaryOp(op=ast.USub(), operand=x):
                return -read(x)
            case ast.UnaryOp(op=ast.Not(), operand=x):
                return ex.elementwise("logical_not", read(x))
            case ast.IfExp(test=test, body=x, orelse=y):
                return ex.where(read(test), read(x), read(y))
            case ast.BoolOp(op=word, values=parts):
                return reduce(LOGICAL[type(word)], map(read, parts))
            case ast.Compare(left=x, ops=signs, comparators=others):
                sides = [read(part) for part in (x, *others)]
                tests = [
                    ex.elementwise(SYMBOLS[type(sign)], *sides[k : k + 2])
                    for k, sign in enumerate(signs)
                ]
                return reduce(LOGICAL[ast.And], tests)
            case ast.Call(func=ast.Name(id=name), args=args):
                return self.call(name, [read(part) for part in args])
        raise ValueError(f"{ast.unparse(node)} in the table is not known on arrays")

    def sum(self, x: Expr) -> Expr:
        """The sum of a list, which may be one number as often as it is long."""
        return ex.sum_over(x, [self.axis]) if x.shape else float(self.length) * x

    def call(self, name: str, args: list[Expr]) -> Expr:
        """A function of the table.

        It is the array library's by that name, unless it is a row with another text.
        """
        match name:
            case "pow":
                return ex.elementwise("**", *args)
            case "sum":
                return self.sum(args[0])
            case "dot":
                return self.sum(args[0] * args[1])
            case "logsumexp":
                return ex.logsumexp(args[0], self.axis)
        op = OPS.get(name)
        if op is None:
            return ex.elementwise(name, *args)
        if op.forward != f"{name}({', '.join(op.names)})":
            return self.read(op.forward, dict(zip(op.names, args, strict=True)))
        if op.variadic:
            return ex.over_list(name, args[0], self.axis)
        return ex.elementwise(name, *args)
