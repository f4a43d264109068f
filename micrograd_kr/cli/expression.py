"""Read an expression such as ``relu(a*b + c)`` into a graph; nothing is run as Python.

Python's parser reads it, and of what it finds only names, numbers, ``+ - * / **``, the
functions of the table, and lists for those that take lists are let through.
``d = a*b; relu(d + c)`` gives a part its name.

>>> L = read("d = a*b; relu(d + c)", {"a": 2, "b": -3, "c": 10})
>>> L.data, L.parents[0].parents[0]
(4.0, Value(data=-6.0, grad=0.0, label='d'))
>>> read("a + sigmod(b)", {"a": 2, "b": 1})
Traceback (most recent call last):
micrograd_kr.cli.expression.ExpressionError: there is no function sigmod (did you mean sigmoid?)
    a + sigmod(b)
        ^^^^^^
"""  # noqa: E501 (the message is one line)

import ast
import math
import re
import warnings
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any
from unicodedata import normalize

from ..engine import FLOATS, FUNCTIONS, OPS, Op, Value
from ..text import columns, language, listed
from .messages import say
from .slips import find_slip

# Far below what would trouble Python's parser.
LONGEST = 2000  # characters
DEEPEST = 100  # levels
SHOWN = 50  # characters before and after the place of an error

# Functions by name and by sign: max is maximum too.
NAMES = {op.symbol: op for op in OPS.values() if op.symbol.isidentifier()} | OPS

_METHODS: dict[type, str] = {
    ast.Add: "__add__",
    ast.Sub: "__sub__",
    ast.Mult: "__mul__",
    ast.Div: "__truediv__",
    ast.Pow: "__pow__",
}
_OF_METHOD = {op.method: op for op in OPS.values()}
_OPERATORS = {sign: _OF_METHOD[method] for sign, method in _METHODS.items()}

_WELL_KNOWN = {"pi": math.pi, "π": math.pi, "e": math.e}

Part = ast.expr | ast.stmt
Place = tuple[int, int, int]  # a line, and the columns where it begins and ends


class ExpressionError(ValueError):
    """What is wrong with an expression and where: under the place stands ^."""


def read(text: str, values: Mapping[str, float], lang: str | None = "en") -> Value:
    """Read an expression, at these values of its variables; the last statement is it.

    A statement is an expression or ``name = expression``; every name must be used.
    Raises `ExpressionError` for anything else, and where a result does not exist
    (``log(-1)``) or is too large.

    >>> read("max(x, 0.5)", {"x": 2.0}).op.name
    'maximum'
    """
    return _Reader(text, language(lang)).read(values)


def numbers(words: Iterable[str], lang: str | None = "en") -> dict[str, float]:
    """Read the values in ``name=number`` words.

    >>> numbers(["a=2", "b=-3e2"])
    {'a': 2.0, 'b': -300.0}
    """
    values: dict[str, float] = {}
    for word in words:
        name, equals, digits = (part.strip() for part in word.partition("="))
        if not equals or not name.isidentifier():
            raise ExpressionError(say("bad_assignment", lang, text=word))
        if name in values:
            raise ExpressionError(say("twice", lang, name=name))
        values[name] = _number(name, digits, lang)
    return values


def _number(name: str, digits: str, lang: str | None) -> float:
    try:
        return Value(float(digits)).data
    except ValueError:
        said = say("bad_number", lang, name=name, value=digits)
        raise ExpressionError(said) from None


def functions() -> list[str]:
    """List the functions an expression can use, by the names a learner would take.

    >>> "tanh" in functions(), "max" in functions(), "__add__" in functions()
    (True, True, False)
    """
    names = []
    for name, op in OPS.items():
        if name == op.method or op.symbol.isidentifier():
            names.append(name)
    symbols = [s for s in NAMES if s not in OPS and s.isascii() and s.islower()]
    return names + symbols


class _Reader:
    """Reads one expression: its text, and what the names stand for so far."""

    def __init__(self, text: str, lang: str) -> None:
        self.text = text.strip()
        self.lang = lang
        self.named: dict[str, Value] = {}
        self.unused: dict[str, None] = {}

    def read(self, values: Mapping[str, float]) -> Value:
        for name, x in values.items():
            plain = normalize("NFKC", name)  # as Python's parser does with names
            self.name(plain, x, None)
        *parts, last = self.parse()
        for part in parts:
            if not isinstance(part, ast.Assign):
                raise self.error("no_name", part)
            self.assign(part)
        result = self.last(last)
        if self.unused:
            raise self.error("unused", name=next(iter(self.unused)))
        if not isinstance(result, Value):
            raise self.error("no_variable", last)
        return result

    def parse(self) -> list[ast.stmt]:
        """Let Python's parser read the text."""
        if len(self.text) > LONGEST:
            raise self.error("too_long", n=len(self.text), most=LONGEST)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Python's advice about strings etc.
                body = ast.parse(self.text).body
        except SyntaxError as error:
            raise self.unreadable(error) from None
        except ValueError as error:  # null bytes, surrogates
            raise self.error("syntax", reason=str(error)) from None
        except (RecursionError, MemoryError):
            raise self.error("too_deep", most=DEEPEST) from None
        if not body:
            raise self.error("empty")
        return body

    # ---- names ----

    def name(self, name: str, x: Value | float, node: Part | None) -> Value:
        """Give ``x`` a name not taken yet; a Value that has one already keeps it."""
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

    def last(self, node: ast.stmt) -> Any:
        """Read the last statement: the result, whether it has a name or not."""
        if isinstance(node, ast.Assign):
            result = self.assign(node)
            self.unused.popitem()
            return result
        return self.value(node.value if isinstance(node, ast.Expr) else node)

    # ---- values ----

    def value(self, node: Part, depth: int = 0) -> Any:
        """Give what a part stands for: a Value, or a number if no variable is in it."""
        if depth > DEEPEST:
            raise self.error("too_deep", node, most=DEEPEST)
        match node:
            case ast.Constant(value=bool()):
                raise self.not_allowed(node)
            case ast.Constant(value=int() | float() as number):
                return self.constant(node, number)
            case ast.Name(id=name):
                return self.variable(node, name)
            case ast.UnaryOp(op=ast.UAdd(), operand=x):
                return self.value(x, depth + 1)
            case ast.UnaryOp(op=ast.USub(), operand=x):
                return -self.value(x, depth + 1)
            case ast.BinOp(left=x, right=y) if type(node.op) in _OPERATORS:
                operands = [self.value(x, depth + 1), self.value(y, depth + 1)]
                return self.result(node, _OPERATORS[type(node.op)], operands)
            case ast.Call(func=ast.Name(id=name)):
                return self.call(node, name, depth + 1)
        raise self.not_allowed(node)

    def constant(self, node: Part, x: float) -> float:
        try:
            return Value(x).data
        except ValueError as error:
            raise self.error("engine", node, text=str(error)) from None

    def variable(self, node: Part, name: str) -> Value:
        if name in self.named:
            self.unused.pop(name, None)
            return self.named[name]
        if name in NAMES:
            raise self.error("signature", node, call=_signature(name, NAMES[name]))
        if name == "e":
            self.look_for_slip()  # e**x is exp(x)
        example = _WELL_KNOWN.get(name, 2)
        hint = self.hint(name, self.named)
        raise self.error("unknown_name", node, name=name, example=example, hint=hint)

    def call(self, node: ast.Call, name: str, depth: int) -> Any:
        op = NAMES.get(name)
        if op is None:
            self.look_for_slip()
            hint = self.hint(name, NAMES)
            raise self.error("unknown_function", node.func, name=name, hint=hint)
        if node.keywords or not _fit(op, node.args):
            raise self.error("signature", node, call=_signature(name, op))
        operands = [self.operand(x, depth) for x in node.args]
        return self.result(node, op, operands)

    def operand(self, node: ast.expr, depth: int) -> Any:
        if isinstance(node, ast.List | ast.Tuple):
            return [self.value(x, depth) for x in node.elts]
        return self.value(node, depth)

    def result(self, node: Part, op: Op, operands: list[Any]) -> Any:
        """Do an operation; of numbers alone it is a number and needs no derivative."""
        if not _has_value(operands):
            number = _of_numbers(op, operands)
            if number is not None:
                return number
        try:
            return FUNCTIONS[op.name](*operands)
        except (ValueError, ArithmeticError) as error:
            raise self.error("engine", node, text=str(error)) from None

    # ---- errors ----

    def unreadable(self, error: SyntaxError) -> ExpressionError:
        """What Python's parser could not read, in words of ours where we have them."""
        self.look_for_slip()
        lines = self.lines()
        line = min(error.lineno or 1, len(lines))
        start = max(0, (error.offset or 1) - 1)
        return self.error("syntax", (line, start, start + 1), reason=error.msg)

    def not_allowed(self, node: Part) -> ExpressionError:
        self.look_for_slip()
        names = listed(functions(), self.lang, 6)
        return self.error("not_allowed", node, functions=names)

    def look_for_slip(self) -> None:
        """Raise what to type instead, if something is written as it is on paper."""
        slip = find_slip(self.text, self.named)
        if slip:
            before = self.text[: slip.start]
            line = 1 + len(re.findall("\r\n|\r|\n", before))
            start = len(re.split("\r\n|\r|\n", before)[-1])
            place = (line, start, start + len(slip.typed))
            words = {"typed": slip.typed, "instead": slip.instead}
            raise self.error("slip", place, **words)

    def hint(self, name: str, known: Iterable[str]) -> str:
        near = get_close_matches(name, list(known), 3)
        return say("hint", self.lang, names=", ".join(near)) if near else ""

    def lines(self) -> list[str]:
        return re.split("\r\n|\r|\n", self.text)

    def error(
        self, key: str, at: Part | Place | None = None, **words: object
    ) -> ExpressionError:
        """Say what is wrong, and below it show the line with ^ under the place."""
        said = say(key, self.lang, **words)
        if at is None:
            return ExpressionError(said)
        number, start, end = at if isinstance(at, tuple) else self.place(at)
        line = self.lines()[number - 1]
        before = line[:start][-SHOWN:]
        under = line[start:end][:SHOWN]
        after = line[end:][: max(0, SHOWN - len(under))]
        shown = f"{before}{under}{after}".replace("\t", " ")
        marks = " " * columns(before) + "^" * max(1, columns(under))
        return ExpressionError(f"{said}\n    {shown}\n    {marks}")

    def place(self, node: Part) -> Place:
        """Find a part in the text; Python's parser counts bytes, and we letters."""
        line = self.lines()[node.lineno - 1].encode()
        start = len(line[: node.col_offset].decode())
        if node.end_lineno != node.lineno:
            return node.lineno, start, len(line.decode())
        return node.lineno, start, len(line[: node.end_col_offset].decode())


def _has_value(operands: list[Any]) -> bool:
    for x in operands:
        if isinstance(x, Value):
            return True
        if isinstance(x, list) and _has_value(x):
            return True
    return False


def _of_numbers(op: Op, operands: list[Any]) -> float | None:
    """Calculate with numbers alone; None where the op has something to object."""
    left_out = len(op.operands) - len(operands)
    try:
        return Value(FLOATS[op.name](*operands, *[op.default] * left_out)).data
    except (ValueError, ArithmeticError):
        return None


def _fit(op: Op, arguments: list[ast.expr]) -> bool:
    """Whether there are as many as the op takes, and lists where it takes lists."""
    most = len(op.operands)
    least = most if op.default is None else most - 1
    if not least <= len(arguments) <= most:
        return False
    for name, x in zip(op.operands, arguments, strict=False):
        is_list = isinstance(x, ast.List | ast.Tuple) and bool(x.elts)
        if is_list != name.startswith("*"):
            return False
    return True


def _signature(name: str, op: Op) -> str:
    """Write how a function is called: ``max(x, y)``, ``sum([x1, x2])``."""
    shown = []
    for operand in op.operands:
        letter = operand.removeprefix("*")
        is_list = letter != operand
        shown.append(f"[{letter}1, {letter}2]" if is_list else operand)
    return f"{name}({', '.join(shown)})"
