"""The formulas of the table with a graph's own names in them, to be read.

>>> x, w = Value(3.0, "x"), Value(-2.0, "w")
>>> [rule(v, 0, lambda v: v.label or "v") for v in (x * w, x**2, w.relu(), 1 / x)]
['w', '2 * x', '0 (w ≤ 0)', '-v / x']
"""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Any, NamedTuple

from ..engine import FLOATS, OPS, Op, Value
from ..picture import formula as in_names
from ..text import FEW
from .messages import say

# The text of a formula with its operands' names left open: text, name, text, name, ...
Formula = tuple[str, ...]

MARK = "\0"  # stands around what is left open while the text is made


class Condition(NamedTuple):
    """What decides between two cases: ``x ≤ 0``; a side is an operand or a number."""

    left: str | float
    sign: str
    right: str | float


class Case(NamedTuple):
    """One case of a partial: its formula, and when it is the one."""

    conditions: tuple[Condition, ...]
    formula: Formula


class Partial(NamedTuple):
    """A partial of the table with the operands that its text names in one graph."""

    op: Op
    place: int  # among the partials of the row
    operands: dict[str, Value | float]  # ``out`` is the node itself
    recorded: float

    def is_current(self) -> bool:
        """Whether the data gives this partial now: not after a leaf was changed."""
        try:
            now = eval(_compiled(self.op.partials[self.place]), FLOATS, self.data())
        except (ArithmeticError, ValueError):  # the data now has no derivative
            return False
        return bool(now == self.recorded)

    def data(self) -> dict[str, float]:
        """The number of each operand."""
        return {
            key: x.data if isinstance(x, Value) else x
            for key, x in self.operands.items()
        }

    def cases(self, digits: int | None = 4) -> tuple[Case, ...]:
        """Every case of it, first the one that the table names first."""
        return _cases(self.op.partials[self.place], self._numbers(), digits)

    def of_every_case(self) -> list[float]:
        """The number that each case gives here, whether it holds or not.

        What a plain number decides, as the 2 in x ** 2, has one case.

        >>> partials(Value(-2.0).relu())[0].of_every_case()
        [1.0, 0.0]
        """
        found = []
        given = dict(self._numbers())
        for _, formula in _possible(self.op.partials[self.place], given):
            with suppress(ArithmeticError, ValueError):  # it may have none here
                found.append(float(eval(_compiled(formula), FLOATS, self.data())))
        return found

    def whole(self, digits: int | None = 4) -> Formula:
        """All cases in one formula, as the table has it."""
        return _formula(self.op.partials[self.place], self._numbers(), digits)

    def text(self, name: Callable[[Value], str], digits: int | None = 4) -> str:
        """The case that holds, and when it does; the whole if the data was changed."""
        words = self.words(name, digits)
        if not self.is_current():
            return filled(self.whole(digits), words)
        data = self.data()
        case = next(c for c in self.cases(digits) if all_hold(c.conditions, data))
        return case_text(case, words, digits)

    def words(
        self, name: Callable[[Value], str], digits: int | None = 4
    ) -> dict[str, str]:
        """What stands for each operand in the text: the name, or the number."""
        return {
            key: name(x) if isinstance(x, Value) else _number_text(x, digits)
            for key, x in self.operands.items()
        }

    def _numbers(self) -> tuple[tuple[str, float], ...]:
        """The operands that are plain numbers."""
        operands = self.operands.items()
        return tuple((key, x) for key, x in operands if not isinstance(x, Value))


def partials(v: Value) -> list[Partial]:
    """Give the partial with respect to each of ``v.parents``.

    >>> [p.place for p in partials(Value(2.0) * Value(3.0))]
    [0, 1]
    """
    op, operands = v.op, v.operands
    if op is None:
        return []
    recorded = v.partials
    if not op.variadic:
        named: dict[str, Value | float] = dict(zip(op.names, operands, strict=True))
        named["out"] = v
        values = [i for i, x in enumerate(operands) if isinstance(x, Value)]
        return [Partial(op, i, named, d) for i, d in zip(values, recorded, strict=True)]
    return _partials_of_lists(v, op, operands, recorded)


def _partials_of_lists(
    v: Value, op: Op, operands: Sequence[Value | float], recorded: Sequence[float]
) -> list[Partial]:
    """For an op on lists: one element of each list stands in the text at a time."""
    n, lists = op.lengths(len(operands))
    alone = dict(zip(op.names[lists:], operands[lists * n :], strict=True))
    found = []
    for k, d in enumerate(recorded):
        in_lists = k < lists * n
        row = operands[k % n : lists * n : n] if in_lists else ()
        named = dict(zip(op.names, row, strict=False)) | alone | {"out": v}
        place = k // n if in_lists else lists + k - lists * n
        found.append(Partial(op, place, named, d))
    return found


def rule(v: Value, k: int, name: Callable[[Value], str], digits: int | None = 4) -> str:
    """Write ``v.partials[k]`` in names; of a case distinction the case that holds.

    ``digits``: of the numbers in it, None for all. Raises IndexError if v has no such
    parent.

    >>> x = Value(0.5, "x"); y = x.tanh(); y.label = "y"
    >>> rule(y, 0, lambda v: v.label)
    '1 - y * y'
    """
    found = partials(v)
    if not 0 <= k < len(found):
        raise IndexError(say("no_parent", v=repr(v), k=k))
    return found[k].text(name, digits)


def operation(v: Value) -> Formula:
    """Give the operation of v with its operands left open by their places: 0, 1, ...

    >>> operation(Value(3.0) * Value(4.0)), operation(2 / Value(4.0))
    (('', '0', ' * ', '1', ''), ('2 / ', '1', ''))
    """
    values = [k for k, x in enumerate(v.operands) if isinstance(x, Value)]
    places = iter(values)
    return tuple(in_names(v, lambda _: f"{MARK}{next(places)}{MARK}").split(MARK))


def computation(v: Value) -> Formula:
    """Give how an operation was computed, its operands left open by their places.

    It is `operation`, but for lists of operands it shows the lists, "" if they are too
    long to read.

    >>> from micrograd_kr.engine import FUNCTIONS
    >>> a, b = Value(2.0, "a"), Value(3.0, "b")
    >>> v = FUNCTIONS["linear"]([a, b], [b, a], 1.0)
    >>> words = {str(k): f"{x.data:g}" for k, x in enumerate(v.operands)}
    >>> filled(computation(v), words)
    '[2, 3] · [3, 2] + 1'
    """
    if v.op is None or not v.op.variadic:
        return operation(v)
    if len(v.operands) > 2 * FEW:
        return ("",)
    words = [f"{MARK}{k}{MARK}" for k in range(len(v.operands))]
    n, lists = v.op.lengths(len(words))
    rows = [f"[{', '.join(words[i * n : i * n + n])}]" for i in range(lists)]
    named = dict(zip(v.op.names, rows + words[lists * n :], strict=True))
    return tuple(filled(_formula(v.op.forward, (), 4), named).split(MARK))


def filled(formula: Formula, words: Mapping[str, str]) -> str:
    """Put the words where the names are left open.

    >>> filled(("2 * ", "x", ""), {"x": "price"})
    '2 * price'
    """
    texts, names = formula[::2], formula[1::2]
    with_words = [
        words[name] + text for name, text in zip(names, texts[1:], strict=True)
    ]
    return texts[0] + "".join(with_words)


def case_text(case: Case, words: Mapping[str, str], digits: int | None = 4) -> str:
    """Write a case with its conditions behind it: ``0 (w ≤ 0)``."""

    def side(x: str | float) -> str:
        return words[x] if isinstance(x, str) else _number_text(x, digits)

    conditions = [f"{side(c.left)} {c.sign} {side(c.right)}" for c in case.conditions]
    text = filled(case.formula, words)
    return f"{text} ({', '.join(conditions)})" if conditions else text


# ---- conditions -----------------------------------------------------------------

# A sign is what it allows: that the left side is less, equal or greater.
_ALLOWS = {"<": "<", "=": "=", ">": ">", "≤": "<=", "≥": "=>", "≠": "<>"}
_SIGNS = {frozenset(allowed): sign for sign, allowed in _ALLOWS.items()}
_PYTHON = {
    ast.Lt: "<",
    ast.Gt: ">",
    ast.LtE: "≤",
    ast.GtE: "≥",
    ast.Eq: "=",
    ast.NotEq: "≠",
}


def all_hold(conditions: Sequence[Condition], data: Mapping[str, float]) -> bool:
    """Tell whether all of the conditions hold for these operands.

    >>> all_hold([Condition("x", "≤", 0.0)], {"x": -2.0})
    True
    """
    return all(_holds(condition, data) for condition in conditions)


def _holds(condition: Condition, data: Mapping[str, float]) -> bool:
    def number(x: str | float) -> float:
        return data[x] if isinstance(x, str) else x

    left, right = number(condition.left), number(condition.right)
    relation = "<" if left < right else ">" if left > right else "="
    return relation in _ALLOWS[condition.sign]


def _opposite(sign: str) -> str:
    return _SIGNS[frozenset("<=>") - frozenset(_ALLOWS[sign])]


def _together(conditions: Sequence[Condition]) -> tuple[Condition, ...] | None:
    """One condition for each pair of sides: x ≤ 0 and x ≠ 0 is x < 0; None: never."""
    allowed: dict[tuple[str | float, str | float], frozenset[str]] = {}
    for left, sign, right in conditions:
        sides = (left, right)
        both = allowed.get(sides, frozenset("<=>")) & frozenset(_ALLOWS[sign])
        allowed[sides] = both
    if not all(allowed.values()):
        return None
    return tuple(Condition(a, _SIGNS[signs], b) for (a, b), signs in allowed.items())


# ---- from the text of the table to what is read ---------------------------------


@cache
def _compiled(formula: str) -> Any:
    return compile(formula, "<partial>", "eval")


@cache
def _cases(
    formula: str, numbers: tuple[tuple[str, float], ...], digits: int | None
) -> tuple[Case, ...]:
    """The cases that can happen with these operands as plain numbers."""
    given = dict(numbers)
    found = []
    for conditions, chosen in _possible(formula, given):
        together = _together([_with(c, given) for c in conditions])
        if together is not None:
            found.append(Case(together, _formula(chosen, numbers, digits)))
    return tuple(found)


def _possible(
    formula: str, given: Mapping[str, float]
) -> Iterator[tuple[list[Condition], str]]:
    """Every way through that these numbers leave, and what they do not decide."""
    for conditions, chosen in _choices(formula):
        decided = [c for c in conditions if _is_number(c.left, given)]
        decided = [c for c in decided if _is_number(c.right, given)]
        if all_hold(decided, given):
            yield [c for c in conditions if c not in decided], chosen


def _is_number(side: str | float, given: Mapping[str, float]) -> bool:
    return side in given if isinstance(side, str) else True


def _with(condition: Condition, given: Mapping[str, float]) -> Condition:
    left, sign, right = condition
    if isinstance(left, str):
        left = given.get(left, left)
    if isinstance(right, str):
        right = given.get(right, right)
    return Condition(left, sign, right)


def _choices(formula: str) -> list[tuple[tuple[Condition, ...], str]]:
    """Every way through the ``if``s of a formula: what must hold, and what is left."""
    found = []
    for holds in (True, False):
        tree = ast.parse(formula, mode="eval")
        choice = next(filter(_is_choice, ast.walk(tree)), None)
        if choice is None:
            return [((), formula)]
        assert isinstance(choice, ast.IfExp)
        condition = _condition(choice.test, holds)
        chosen = _Replace(choice, choice.body if holds else choice.orelse).visit(tree)
        for rest, text in _choices(ast.unparse(chosen)):
            found.append(((condition, *rest), text))
    return found


def _is_choice(node: ast.AST) -> bool:
    """Whether it is ``a if x > y else b`` with nothing but names and numbers in it."""
    if not isinstance(node, ast.IfExp) or not isinstance(node.test, ast.Compare):
        return False
    sides = [node.test.left, *node.test.comparators]
    return len(sides) == 2 and all(
        isinstance(x, ast.Name | ast.Constant) for x in sides
    )


def _condition(test: ast.expr, holds: bool) -> Condition:
    assert isinstance(test, ast.Compare)
    sign = _PYTHON[type(test.ops[0])]
    left, right = _side(test.left), _side(test.comparators[0])
    return Condition(left, sign if holds else _opposite(sign), right)


def _side(node: ast.expr) -> str | float:
    if isinstance(node, ast.Name):
        return node.id
    assert isinstance(node, ast.Constant)
    return float(node.value)  # type: ignore[arg-type]


class _Replace(ast.NodeTransformer):
    """Puts one node of a tree for another."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> Any:
        return self.new if node is self.old else self.generic_visit(node)


@cache
def _formula(
    formula: str, numbers: tuple[tuple[str, float], ...], digits: int | None
) -> Formula:
    """The text as a learner writes it, with the operands that are Values left open."""
    tree = _Written(dict(numbers)).visit(ast.parse(formula, mode="eval"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float | int):
            node.value = _rounded(node.value, digits)
    return tuple(ast.unparse(tree).split(MARK))


class _Written(ast.NodeTransformer):
    """Writes a formula of the table as a learner does: x ** y for pow(x, y), and π."""

    def __init__(self, numbers: Mapping[str, float]) -> None:
        self.numbers = numbers

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id in self.numbers:
            return ast.Constant(self.numbers[node.id])
        return ast.Name("π" if node.id == "pi" else f"{MARK}{node.id}{MARK}")

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """Work out what is left of two numbers: the 2 - 1 of x ** (2 - 1)."""
        self.generic_visit(node)
        if isinstance(node.left, ast.Constant) and isinstance(node.right, ast.Constant):
            return ast.Constant(eval(ast.unparse(node)))
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Put the symbol of a function of the table between its operands, if it can."""
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


def _rounded(x: float, digits: int | None) -> float:
    shown = x if digits is None else float(f"{x:.{digits}g}")
    return int(shown) if abs(shown) < 1e6 and shown == int(shown) else shown


def _number_text(x: float, digits: int | None) -> str:
    return repr(_rounded(x, digits))
