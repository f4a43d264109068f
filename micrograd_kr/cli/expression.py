"""Read an expression such as ``relu(a*b + c)`` into a graph; nothing is run as Python.

Python's parser reads it, and of what it finds only names, numbers, ``+ - * / **``, the functions of the
table, and lists for those that take lists are let through. ``d = a*b; relu(d + c)`` gives a part its name.

>>> L = read("d = a*b; relu(d + c)", {"a": 2, "b": -3, "c": 10})
>>> L.data, L.parents[0].parents[0]
(4.0, Value(data=-6.0, grad=0.0, label='d'))
>>> read("a + tanhh(b)", {"a": 2, "b": 1})
Traceback (most recent call last):
micrograd_kr.cli.expression.ExpressionError: there is no function tanhh (did you mean tanh?)
    a + tanhh(b)
        ^^^^^
"""

import ast
import re
import warnings
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any
from unicodedata import normalize

from ..engine import FLOATS, FUNCTIONS, OPS, Op, Value
from ..text import columns, language, listed
from .messages import say

LONGEST, DEEPEST = (
    2000,
    100,
)  # characters and levels: far below what would trouble Python's parser

NAMES = {
    op.symbol: op for op in OPS.values() if op.symbol.isidentifier()
} | OPS  # of functions: max is maximum too

_METHODS: dict[type, str] = {
    ast.Add: "__add__",
    ast.Sub: "__sub__",
    ast.Mult: "__mul__",
    ast.Div: "__truediv__",
    ast.Pow: "__pow__",
}
_OPERATORS = {
    sign: op
    for sign, method in _METHODS.items()
    for op in OPS.values()
    if op.method == method
}

Part = ast.expr | ast.stmt


class ExpressionError(ValueError):
    """What is wrong with an expression and where: under the place stands ^."""


def read(text: str, values: Mapping[str, float], lang: str | None = "en") -> Value:
    """The graph of an expression at these values of its variables; its last statement is the result.

    A statement is an expression or ``name = expression``; every name must be used. Raises `ExpressionError`
    for anything else, and where a result does not exist (``log(-1)``) or is too large.

    >>> read("max(x, 0.5)", {"x": 2.0}).op.name
    'maximum'
    """
    return _Reader(text, language(lang)).read(values)


def numbers(words: Iterable[str], lang: str | None = "en") -> dict[str, float]:
    """The values in ``name=number`` words.

    >>> numbers(["a=2", "b=-3e2"])
    {'a': 2.0, 'b': -300.0}
    """
    lang, values = language(lang), dict[str, float]()
    for word in words:
        name, equals, digits = (part.strip() for part in word.partition("="))
        if not equals or not name.isidentifier():
            raise ExpressionError(say("bad_assignment", lang, text=word))
        if name in values:
            raise ExpressionError(say("twice", lang, name=name))
        try:
            values[name] = Value(float(digits)).data
        except ValueError:
            raise ExpressionError(
                say("bad_number", lang, name=name, value=digits)
            ) from None
    return values


class _Reader:
    """Reads one expression: has its text, to point into it, and what the names stand for so far."""

    def __init__(self, text: str, lang: str) -> None:
        self.text, self.lang = text.strip(), lang
        self.named: dict[str, Value] = {}
        self.unused: dict[str, None] = {}

    def read(self, values: Mapping[str, float]) -> Value:
        *parts, last = self.parse()
        for name, x in values.items():
            self.name(
                normalize("NFKC", name), x, None
            )  # as Python's parser does with names
        for part in parts:
            if not isinstance(part, ast.Assign):
                raise self.error("no_name", part)
            self.assign(part)
        if isinstance(last, ast.Assign):
            result: Value | float = self.assign(last)
            self.unused.popitem()
        else:
            result = self.value(last.value if isinstance(last, ast.Expr) else last)
        if self.unused:
            raise self.error("unused", name=next(iter(self.unused)))
        if not isinstance(result, Value):
            raise self.error("no_variable", last)
        return result

    def parse(self) -> list[ast.stmt]:
        if len(self.text) > LONGEST:
            raise ExpressionError(
                say("too_long", self.lang, n=len(self.text), most=LONGEST)
            )
        try:
            with warnings.catch_warnings():
                warnings.simplefilter(
                    "ignore"
                )  # Python's advice about strings and the like
                body = ast.parse(self.text).body
        except SyntaxError as error:
            at = (error.lineno or 1, max(0, (error.offset or 1) - 1))
            raise self.error("syntax", at, reason=error.msg) from None
        except ValueError as error:  # null bytes, surrogates
            raise self.error("syntax", reason=str(error)) from None
        except (RecursionError, MemoryError):
            raise self.error("too_deep", most=DEEPEST) from None
        if not body:
            raise self.error("empty")
        return body

    # ---- names ---------------------------------------------------------------------------------------

    def name(self, name: str, x: Value | float, node: Part | None) -> Value:
        """Give ``x`` a name that is not taken yet; a Value that has one already keeps it."""
        if name in NAMES:
            raise self.error("is_function", node, name=name)
        if name in self.named:
            raise self.error("twice", node, name=name)
        v = x if isinstance(x, Value) else Value(x)
        v.label = v.label or name
        self.named[name] = v
        self.unused[name] = None
        return v

    def assign(self, node: ast.Assign) -> Value:
        target = node.targets[0]
        if len(node.targets) > 1 or not isinstance(target, ast.Name):
            raise self.error("target", target)
        return self.name(target.id, self.value(node.value), target)

    # ---- values --------------------------------------------------------------------------------------

    def value(self, node: Part, depth: int = 0) -> Any:
        """What a part stands for: a Value, or a number when there is no variable in it."""
        if depth > DEEPEST:
            raise self.error("too_deep", node, most=DEEPEST)
        match node:
            case ast.Constant() if isinstance(
                node.value, int | float
            ) and not isinstance(node.value, bool):
                return self.constant(node, node.value)
            case ast.Name(id=name):
                if name not in self.named:
                    raise self.unknown(node, name)
                self.unused.pop(name, None)
                return self.named[name]
            case ast.UnaryOp(op=ast.UAdd(), operand=x):
                return self.value(x, depth + 1)
            case ast.UnaryOp(op=ast.USub(), operand=x):
                return -self.value(x, depth + 1)
            case ast.BinOp(left=x, right=y) if type(node.op) in _OPERATORS:
                operands = [self.value(x, depth + 1), self.value(y, depth + 1)]
                return self.result(node, _OPERATORS[type(node.op)], operands)
            case ast.BinOp(op=ast.BitXor()):
                raise self.error("power", node)
            case ast.Call(func=ast.Name(id=name)):
                return self.call(node, name, depth + 1)
        raise self.error(
            "not_allowed", node, functions=listed(functions(), self.lang, 6)
        )

    def call(self, node: ast.Call, name: str, depth: int) -> Any:
        op = NAMES.get(name)
        if op is None:
            raise self.error(
                "unknown_function", node.func, name=name, hint=self.hint(name, NAMES)
            )
        if node.keywords or not _fit(op, node.args):
            raise self.error("signature", node, call=_signature(name, op))
        operands: list[Any] = [
            [self.value(y, depth) for y in x.elts]
            if isinstance(x, ast.List | ast.Tuple)
            else self.value(x, depth)
            for x in node.args
        ]
        return self.result(node, op, operands)

    def result(self, node: Part, op: Op, operands: list[Any]) -> Any:
        """Of an operation; numbers alone make a number and no node, and need no derivative."""
        flat = [y for x in operands for y in (x if isinstance(x, list) else [x])]
        try:
            if not any(isinstance(x, Value) for x in flat):
                try:
                    return Value(
                        FLOATS[op.name](
                            *operands,
                            *([op.default] * (len(op.operands) - len(operands))),
                        )
                    ).data
                except (ValueError, ArithmeticError):
                    pass  # the line below says what is wrong
            return FUNCTIONS[op.name](*operands)
        except (ValueError, ArithmeticError) as error:
            raise self.error("engine", node, text=str(error)) from None

    def constant(self, node: Part, x: float) -> float:
        try:
            return Value(x).data
        except ValueError as error:
            raise self.error("engine", node, text=str(error)) from None

    # ---- errors --------------------------------------------------------------------------------------

    def unknown(self, node: Part, name: str) -> ExpressionError:
        if name in NAMES:
            return self.error("signature", node, call=_signature(name, NAMES[name]))
        return self.error(
            "unknown_name", node, name=name, hint=self.hint(name, self.named)
        )

    def hint(self, name: str, known: Iterable[str]) -> str:
        near = get_close_matches(name, list(known), 3)
        return say("hint", self.lang, names=", ".join(near)) if near else ""

    def error(
        self, key: str, at: Part | tuple[int, int] | None = None, **words: object
    ) -> ExpressionError:
        """The message, and below it the line with ^ under the place: a part, or a (line, column)."""
        said = say(key, self.lang, **words)
        if at is None:
            return ExpressionError(said)
        lines = re.split("\r\n|\r|\n", self.text)
        if isinstance(at, tuple):
            line = lines[min(at[0], len(lines)) - 1]
            before, under, after = (
                line[: at[1]],
                line[at[1] : at[1] + 1],
                line[at[1] + 1 :],
            )
        else:
            (row, start), end = (
                (at.lineno, at.col_offset),
                at.end_col_offset if at.end_lineno == at.lineno else None,
            )
            line = lines[row - 1].encode()  # Python's parser counts bytes
            before, under, after = (
                part.decode()
                for part in (line[:start], line[start:end], line[end:] if end else b"")
            )
        before, under, after = (
            before[-50:],
            under[:50],
            after[: max(0, 50 - len(under))],
        )
        shown = f"{before}{under}{after}".replace("\t", " ")
        return ExpressionError(
            f"{said}\n    {shown}\n    {' ' * columns(before)}{'^' * max(1, columns(under))}"
        )


def _fit(op: Op, arguments: list[ast.expr]) -> bool:
    """Whether there are as many as the op takes, with lists, not empty, where it takes lists."""
    if (
        not len(op.operands) - (op.default is not None)
        <= len(arguments)
        <= len(op.operands)
    ):
        return False
    lists = [isinstance(x, ast.List | ast.Tuple) and bool(x.elts) for x in arguments]
    return all(
        is_list == name.startswith("*")
        for name, is_list in zip(op.operands, lists, strict=False)
    )


def _signature(name: str, op: Op) -> str:
    """How a function is called: ``max(x, y)``, ``sum([x1, x2])``."""
    return f"{name}({', '.join(f'[{x[1:]}1, {x[1:]}2]' if x[0] == '*' else x for x in op.operands)})"


def functions() -> list[str]:
    """The functions an expression can use, by the names a learner would take."""
    short = [
        symbol
        for symbol in NAMES
        if symbol not in OPS and symbol.isascii() and symbol.islower()
    ]
    return [
        name
        for name, op in OPS.items()
        if name == op.method or op.symbol.isidentifier()
    ] + short
