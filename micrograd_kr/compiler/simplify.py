"""What is recorded and no person would write, and what they would: rows of text.

On the left is a pattern, on the right what takes its place, then when it does. ``c``
and ``d`` are numbers known now, ``n`` the number of examples, ``a`` and ``b`` what an
operation needs besides arrays (a shape, an order of axes); the other letters are any
expressions, ``whole`` the one that is looked at. Right sides and conditions are read
with the functions of `expressions`. Terms are collected there, in `total`.
"""

import ast
from collections.abc import Callable
from typing import Any, NamedTuple

ROWS = [
    # powers: small whole ones as products, which are faster
    ("x ** 0", "1", ""),
    ("x ** 1", "x", ""),
    ("x ** 3", "x ** 2 * x", ""),
    ("x ** 0.5", "sqrt(x)", ""),
    ("x ** -0.5", "1 / sqrt(x)", ""),
    # numbers stand in front, or with the smaller of two factors
    ("x * c", "c * x", ""),
    ("0 * x", "0", ""),
    ("1 * x", "x", "not x.boolean"),
    ("c * (d * x)", "(c * d) * x", "mild(c * d)"),
    ("x * (c * y)", "(c * x) * y", "mild(c) and not_larger(x, y)"),
    ("(-1 * x) * y", "-(x * y)", ""),
    # the number of examples
    ("(x / n) * n", "x", ""),
    ("(c * x) * n", "c * (x * n)", ""),
    ("c * (d / n)", "(c * d) / n", ""),
    ("(c / n) * x", "c * (x / n)", ""),
    ("x / n + y / n", "(x + y) / n", ""),
    ("x / n - y / n", "(x - y) / n", ""),
    ("x / 1", "x", ""),
    # choices
    ("where(c, x, y)", "x if c.attr else y", ""),
    ("where(t, 1, 0)", "t", ""),
    ("where(x > y, x, y)", "kept_maximum(x, y)", ""),
    ("where(t, x - y, c)", "where(t, x, c) - y", "c.attr == -math.inf"),
    ("where(x < y, x, y)", "minimum(x, y)", ""),
    # the powers that logsumexp has made serve its derivative too
    ("exp(x - (y + log(z)))", "exp(x - y) / z", "reads(z, exp(x - y))"),
    (
        "exp(x - index(y + log(z), a))",
        "exp(x - y[a]) / z[a]",
        "y.shape == z.shape and expands(a) and reads(z, exp(x - y[a]))",
    ),
    # what is the same for all examples stands outside of their mean
    ("mean(c * x)", "c * mean(x)", ""),
    ("mean(x + y)", "mean(x) + mean(y)", "not (x.batch and y.batch)"),
    ("mean(x - y)", "mean(x) - mean(y)", "not (x.batch and y.batch)"),
    ("mean(x + y - z)", "mean(x - z) + y", "not y.batch"),
    # arrays in another shape
    ("reshape(reshape(x, a), b)", "reshape(x, b)", ""),
    ("reshape(x, a)", "x[':', 'None']", "a == (*x.shape, 1) and len(a) == 2"),
    ("transpose(transpose(x, a), b)", "transpose(x, [a[k] for k in b])", ""),
    (
        "transpose(x @ y, a)",
        "matmul(transpose(y, a), transpose(x, a))",
        "a == swapped(len(a)) and len(x.shape) == len(y.shape) == len(a)",
    ),
    ("reshape(broadcast(x, a), b)", "spread(x, b)", "x.shape == ()"),
    ("index(c * x, a)", "c * x[a]", "expands(a)"),
    ("index(broadcast(x, a), b)", "spread(x, whole.shape)", "x.shape == ()"),
]

SYMBOLS: dict[type, str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}

# The functions that the rows use; `expressions` puts them here.
MEANING: dict[str, Any] = {}


class Rule(NamedTuple):
    """One row, read."""

    pattern: Any
    names: list[str]
    result: Callable[..., Any]
    holds: Callable[..., Any]


def pattern_of(node: ast.expr) -> Any:
    """A pattern: a name, a number, or an operation with its operands.

    >>> pattern_of(ast.parse("c * sqrt(x)", mode="eval").body)
    ('*', 'c', ('sqrt', 'x'))
    """
    match node:
        case ast.Name(id=name):
            return name
        case ast.Constant(value=value):
            return float(value)  # type: ignore[arg-type]
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=value)):
            return -float(value)  # type: ignore[arg-type]
        case ast.BinOp(left=x, op=op, right=y):
            return SYMBOLS[type(op)], pattern_of(x), pattern_of(y)
        case ast.Compare(left=x, ops=[test], comparators=[y]):
            return SYMBOLS[type(test)], pattern_of(x), pattern_of(y)
        case ast.Call(func=ast.Name(id=name), args=args):
            return name, *map(pattern_of, args)
    raise ValueError(f"{ast.unparse(node)} in a pattern")


def names_in(pattern: Any) -> list[str]:
    """The names of a pattern, each once."""
    if isinstance(pattern, str):
        return [pattern]
    if isinstance(pattern, float):
        return []
    found = [name for part in pattern[1:] for name in names_in(part)]
    return list(dict.fromkeys(found))


def read_row(left: str, right: str, when: str) -> Rule:
    """A row as a rule."""
    pattern = pattern_of(ast.parse(left, mode="eval").body)
    names = names_in(pattern)
    head = f"lambda whole, {', '.join(names)}: "
    return Rule(
        pattern,
        names,
        eval(head + right, MEANING),
        eval(head + (when or "True"), MEANING),
    )


def matches(pattern: Any, x: Any, found: dict[str, Any]) -> bool:
    """Whether an expression has this pattern; ``found``: what its names stand for."""
    if pattern.__class__ is str:
        if pattern in "cd" and not x.scalar:
            return False
        if pattern == "n" and (x.op, x.attr) != ("name", "n"):
            return False
        return found.setdefault(pattern, x) is x
    if pattern.__class__ is float:
        return bool(x.scalar and not x.boolean and x.attr == pattern)
    if x.op != pattern[0]:
        return False
    parts = x.args if x.attr is None else (*x.args, x.attr)
    for inner, part in zip(pattern[1:], parts, strict=True):
        if not matches(inner, part, found):
            return False
    return True


RULES: dict[str, list[Rule]] = {}
for _row in ROWS:
    _rule = read_row(*_row)
    RULES.setdefault(_rule.pattern[0], []).append(_rule)


def simplified(x: Any) -> Any:
    """What takes the place of ``x`` by the first row that fits; None when none does."""
    for rule in RULES.get(x.op, ()):
        found: dict[str, Any] = {}
        if matches(rule.pattern, x, found):
            operands = [found[name] for name in rule.names]
            if rule.holds(x, *operands):
                return rule.result(x, *operands)
    return None
