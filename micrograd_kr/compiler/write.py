"""From expressions to the text of a program: which have a line of their own, and how they are written.

The text is Python's own way to write a tree, `ast.unparse`.
"""

import ast
import itertools
import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np

from ..engine import OPS
from . import expressions as ex
from .arrays import Shape
from .expressions import ROWS, SYMBOLS, Expr
from .names import names_of_lines

TIME = "t"  # counts the turns of loops
WIDTH = 80  # of an expression: a longer one is cut into lines


def write(
    arguments: Sequence[str],
    batch: Sequence[str],
    forward: int,
    in_jax: bool = False,
    **outputs: Expr,
) -> tuple[str, dict[str, Any]]:
    """The source of ``program(*arguments)`` that returns the outputs, and the arrays it refers to by name.

    ``forward``: how many expressions there were before the first of the gradient.
    """
    called = {x: name for name, x in outputs.items()}
    nodes = in_order(list(outputs.values()))
    of_loops = {TIME, "turn", "states"} if any(x.op == "loop" for x in nodes) else set()
    for x in nodes:
        if x.op == "name" and x.attr in of_loops:
            x.attr += "_"
    arguments = [f"{x}_" if x in of_loops else x for x in arguments]
    constants = name_constants(nodes, arguments)
    writer = _Writer(called, constants, in_jax)
    lines = writer.lines_of(nodes, called)
    taken = {*arguments, ROWS, *constants.values(), *of_loops}
    names = names_of_lines(writer.named, called, taken)
    for x, node in writer.blanks:
        node.id = names[x]

    body = [f"def program({', '.join(arguments)}):"]
    body += [f"    {ROWS} = len({x})" for x in batch]
    backward = False
    in_lines = sorted(lines, key=lambda x: ex.base(x).op != "name")
    for _, group in itertools.groupby(in_lines, key=side_by_side):
        some = list(group)
        if some[0].serial >= forward and not backward:  # parts of arguments come first
            backward = True
            body.append("    # backwards")
        body += writer.text(some, lines, names, 4)
    results = [writer.written[x] for x in outputs.values()]
    body.append(f"    return {', '.join(map(ast.unparse, results))}")
    return "\n".join(body) + "\n", {name: x.attr for x, name in constants.items()}


def in_order(outputs: Sequence[Expr], known: Collection[Expr] = ()) -> list[Expr]:
    """Everything the outputs depend on, in the order it was made, which is an order to compute it in.

    What is ``known`` needs nothing else.
    """
    seen: dict[int, Expr] = {}
    stack = list(outputs)
    while stack:
        x = stack.pop()
        if x.serial not in seen:
            seen[x.serial] = x
            if x not in known:
                stack.extend(x.args)
    return [seen[k] for k in sorted(seen)]


def name_constants(nodes: Sequence[Expr], arguments: Sequence[str]) -> dict[Expr, str]:
    """c1, c2, ... for arrays known now."""
    free = (f"c{k}" for k in itertools.count(1))
    allowed = (name for name in free if name not in arguments)
    arrays = [x for x in nodes if x.op == "const" and x.shape]
    return dict(zip(arrays, allowed, strict=False))


def defined(constants: dict[str, Any]) -> str:
    """Lines for the arrays a program refers to: the short ones written out, of the others what they are.

    >>> print(defined({"c1": np.array([2, 0, 1]), "c2": np.zeros(1000)}))
    c1 = array([2, 0, 1])
    # c2: an array of shape (1000,) among the program's constants
    """
    if len(constants) > 20:
        first = ", ".join([*constants][:3])
        return f"# {first} and so on: {len(constants)} arrays, the program's constants"
    lines = []
    for name, x in constants.items():
        line = f"# {name}: an array of shape {x.shape} among the program's constants"
        if x.dtype == bool and x.ndim == 2 and (x == np.tri(*x.shape)).all():
            sizes = ", ".join(map(str, dict.fromkeys(x.shape)))
            line = f"{name} = tri({sizes}, dtype=bool)"
        if x.size < 30 and np.isfinite(x).all():
            short = f"{name} = array({x.tolist()})"
            line = short if len(short) < 100 else line
        lines.append(line)
    return "\n".join(lines)


class _Writer:
    """What is written for each expression: the name of its line, or its own text."""

    def __init__(
        self, outputs: dict[Expr, str], constants: dict[Expr, str], in_jax: bool
    ) -> None:
        self.outputs, self.constants, self.in_jax = outputs, constants, in_jax
        self.written: dict[Expr, ast.expr] = {}
        self.width: dict[Expr, int] = {}
        self.named: list[Expr] = []  # that have a name, or a line
        self.blanks: list[tuple[Expr, ast.Name]] = []  # to be filled in with names
        self.loops: dict[Expr, dict[Expr, ast.expr]] = {}  # the lines of each
        self.last = {y for x in outputs for y in x.args if y.op == "concatenate"}

    def name(self, x: Expr) -> ast.expr:
        """A place for the name of a line."""
        node = ast.Name("?")
        self.blanks.append((x, node))
        return node

    def lines_of(
        self, nodes: Sequence[Expr], results: Iterable[Expr], floats: bool = False
    ) -> dict[Expr, ast.expr]:
        """The lines for expressions in this order, of which some are results."""
        lines: dict[Expr, ast.expr] = {}
        uses = Counter([y for x in nodes for y in x.args])
        uses.update(list(results))
        before = {y for x in nodes if x.op == "loop" for y in x.args if y.args}
        width = self.width
        for x in nodes:
            if x.op == "loop":
                lines[x] = self.loop(x)
                continue
            if x in self.constants:
                node: ast.expr = ast.Name(self.constants[x])
            elif x.op == "state":
                node = self.state(x)
            else:
                args = [self.written[y] for y in x.args]
                node = on_floats(x, args) if floats else tree(x, args)
                if x.op == "own":
                    node = self.own(x, node, uses)
            width[x] = sum([width.get(y, 0) for y in x.args]) + own_width(x)
            self.written[x] = node
            if not x.args or (x.op == "state" and isinstance(node, ast.Name)):
                continue
            cheap = x.op == "transpose" and x.args[0].name is not None
            shared = uses[x] > 1 and not cheap
            if width[x] > WIDTH:  # the estimate is high
                width[x] = len(ast.unparse(node))
            wide = width[x] > WIDTH and x not in self.last
            is_line = x in self.outputs or x.line or shared or wide or x in before
            if x.name or is_line:
                self.named.append(x)
            if is_line:
                lines[x] = node
                self.written[x] = self.name(x)
                width[x] = 3
        return lines

    def own(self, x: Expr, node: ast.expr, uses: Counter[Expr]) -> ast.expr:
        """An array that a loop may write to."""
        y = x.args[0]
        fresh = isinstance(node, ast.BinOp) or y.op in ("concatenate", "segments")
        fresh |= isinstance(node, ast.Call) and ast.unparse(node.func) == "zeros"
        if self.in_jax or (fresh and uses[y] == 1):
            return node
        return method(node, "copy")

    def state(self, x: Expr) -> ast.expr:
        """An array that a loop has written to."""
        k, floats = x.attr
        node = self.name(x.args[0].args[k])
        return call("array", node) if floats else node

    def loop(self, x: Expr) -> ast.expr:
        """The lines of a turn."""
        body = x.attr
        known = {*x.args, *body.started}
        for variable, start in body.started.items():
            self.written[variable] = self.written[start]
        results = [statement.value for statement in body.statements]
        nodes = [y for y in in_order(results, known) if y not in known]
        self.loops[x] = self.lines_of(nodes, results, body.floats)
        return ast.Name("loop")

    def text(
        self,
        some: Sequence[Expr],
        lines: dict[Expr, ast.expr],
        names: dict[Expr, str],
        indent: int,
    ) -> list[str]:
        """The line of the program for some expressions, or a loop."""
        x = some[0]
        if x.op == "loop":
            return self.text_of_loop(x, names, indent)
        note = f"  # {x.note}" if x.note else ""
        left = ", ".join([names[x] for x in some])
        right = ", ".join([text_of(lines[x]) for x in some])
        return [f"{' ' * indent}{left} = {right}{note}"]

    def text_of_loop(self, x: Expr, names: dict[Expr, str], indent: int) -> list[str]:
        """A loop over time, by Python or by JAX."""
        body, lines = x.attr, self.loops[x]
        inner = indent + 4
        text: list[str] = []
        for y in lines:
            text += self.text([y], lines, names, inner)
        batch = ":, " * bool(next(iter(body.started)).batch)
        for one in body.statements:
            name = names[body.started[one.array]]
            at = f"{batch}t + {one.at}" if one.at else f"{batch}t"
            value = text_of(self.written[one.value])
            item = f"{name}[{at}]"
            if self.in_jax:
                new = (
                    f"{name}.at[{at}].add({value})"
                    if one.adds
                    else f"{name}.at[{at}].set({value})"
                )
                text.append(f"{' ' * inner}{name} = {new}")
            else:
                text.append(f"{' ' * inner}{item} {'+=' if one.adds else '='} {value}")
        last = body.turns - 1
        if not self.in_jax:
            turns = f"{last}, -1, -1" if body.backwards else str(body.turns)
            return [f"{' ' * indent}for t in range({turns}):", *text]
        states = "".join([f"{names[start]}, " for start in body.started.values()])
        states = states.strip() if len(body.started) == 1 else states.strip(", ")
        back = [f"{' ' * inner}t = {last} - t"] if body.backwards else []
        return [
            f"{' ' * indent}def turn(t, states):",
            f"{' ' * inner}{states} = states",
            *back,
            *text,
            f"{' ' * inner}return ({states})",
            f"{' ' * indent}{states} = fori_loop(0, {body.turns}, turn, ({states}))",
        ]


def side_by_side(x: Expr) -> Any:
    """What is the same for expressions that are written in one line: numbers that become floats."""
    return "floats" if x.op == "listed" and x.shape == () else x


def own_width(x: Expr) -> int:
    """About how many characters an operation has without its operands."""
    if x.op in ("name", "const"):
        return len(str(x.attr)) if x.shape == () or x.op == "name" else 2
    if x.op == "index":
        return 2 + sum([len(key) + 2 for key in x.attr])
    attr = "" if x.attr is None else str(x.attr)
    return len(x.op) + len(attr) + 2 * len(x.args)


def text_of(node: ast.expr) -> str:
    """The text of a line; the parts of a long concatenate stand below each other."""
    text = ast.unparse(node)
    if len(text) < 105:
        return text
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "concatenate":
            parts = call.args[0]
            assert isinstance(parts, ast.List)
            below = [f"        {ast.unparse(part)}," for part in parts.elts]
            wrapped = "\n".join(["[", *below, "    ]"])
            return text.replace(ast.unparse(parts), wrapped)
    return text


# ---- the tree of one expression ------------------------------------------------------------------------

SIGNS: dict[str, Any] = {sign: kind() for kind, sign in SYMBOLS.items()}
MINUS = ast.USub()


def tree(x: Expr, args: Sequence[ast.expr]) -> ast.expr:
    """One operation on operands that are written already."""
    match x.op:
        case "name":
            return ast.Name(x.attr)
        case "const":
            return number(x.attr)
        case "*" if x.args[0].scalar and x.args[0].attr == -1 and not x.args[1].boolean:
            return ast.UnaryOp(MINUS, args[1])
        case "**":
            return ast.BinOp(args[0], SIGNS["**"], exponent(args[1]))
        case op if op in ex.COMPARISONS:
            return ast.Compare(args[0], [SIGNS[op]], [args[1]])
        case op if op in SIGNS:
            return ast.BinOp(args[0], SIGNS[op], args[1])
    if x.op in WRITTEN:
        return WRITTEN[x.op](x, *args)
    return call(x.op, *args)


def number(value: Any) -> ast.expr:
    """A constant: a float, which NumPy is faster with than with a whole number.

    >>> ast.unparse(number(2)), ast.unparse(number(-0.5))
    ('2.0', '-0.5')
    """
    if isinstance(value, bool):
        return ast.Constant(value)
    value = float(value)
    if value < 0:
        return ast.UnaryOp(MINUS, number(-value))
    return ast.Constant(value) if np.isfinite(value) else ast.Name(repr(value))


def exponent(node: ast.expr) -> ast.expr:
    """A whole exponent without its point: NumPy makes a product of it."""
    if isinstance(node, ast.Constant) and float(node.value).is_integer():  # type: ignore[arg-type]
        return ast.Constant(int(node.value))  # type: ignore[arg-type]
    return node


def call(function: str, *args: ast.expr, **keywords: Any) -> ast.expr:
    """function(*args, **keywords)"""
    named = [ast.keyword(key, literal(value)) for key, value in keywords.items()]
    return ast.Call(ast.Name(function), list(args), named)


def method(x: ast.expr, name: str, *args: Any, **keywords: Any) -> ast.expr:
    """x.name(*args, **keywords)"""
    made = call(name, *map(literal, args), **keywords)
    assert isinstance(made, ast.Call)
    made.func = ast.Attribute(x, name)
    return made


@cache
def literal(value: Any) -> ast.expr:
    """Numbers, names and tuples of them."""
    if isinstance(value, tuple):
        return ast.Tuple([literal(part) for part in value])
    return ast.Name(value) if isinstance(value, str) else ast.Constant(value)


@cache
def subscript(keys: tuple[str, ...]) -> ast.expr:
    """What stands between the brackets of an index."""
    node = ast.parse(f"_[{', '.join(keys)}]", mode="eval").body
    assert isinstance(node, ast.Subscript)
    return node.slice


def _reshape(x: Expr, y: ast.expr) -> ast.expr:
    if x.shape == ():
        return ast.Subscript(y, subscript(("0",) * len(x.args[0].shape)))
    if len(x.shape) == 1:
        return method(y, "ravel")
    return method(y, "reshape", *x.shape)


def _transpose(x: Expr, y: ast.expr) -> ast.expr:
    axes = len(x.attr)
    if x.attr == tuple(range(axes))[::-1]:
        return ast.Attribute(y, "T")
    if x.attr == ex.swapped(axes):
        return call("swapaxes", y, ast.Constant(-1), ast.Constant(-2))
    return method(y, "transpose", *x.attr)


def _sum(x: Expr, y: ast.expr) -> ast.expr:
    if not x.shape:
        return method(y, "sum")
    return method(y, "sum", axis=x.attr[0] if len(x.attr) == 1 else x.attr)


def _mean(x: Expr, y: ast.expr) -> ast.expr:
    several = len(x.args[0].shape) > 1
    return method(y, "mean", axis=0) if several else method(y, "mean")


def _take(x: Expr, y: ast.expr, positions: ast.expr) -> ast.expr:
    if not x.args[0].batch:
        return ast.Subscript(y, positions)
    return ast.Subscript(y, ast.Tuple([ast.Slice(), positions]))


def _concatenate(x: Expr, *parts: ast.expr) -> ast.expr:
    listed = ast.List(list(parts))
    return (
        call("concatenate", listed, axis=x.attr)
        if x.attr
        else call("concatenate", listed)
    )


def _broadcast(x: Expr, y: ast.expr) -> ast.expr:
    shape: Shape = x.shape
    if x.args[0].scalar and x.args[0].attr == 0:
        return call("zeros", literal(shape))
    return call("broadcast_to", y, literal(shape))


def _row(x: Expr, y: ast.expr) -> ast.expr:
    time = f"t + {x.attr}" if x.attr else "t"
    return ast.Subscript(y, subscript((":",) * len(x.args[0].batch) + (time,)))


# ---- on floats -----------------------------------------------------------------------------------------

WORDS: dict[str, Any] = {"logical_and": ast.And(), "logical_or": ast.Or()}


def on_floats(x: Expr, args: list[ast.expr]) -> ast.expr:
    """One operation on Python's floats."""
    if x.op == "where":
        return ast.IfExp(*args)
    if x.op in WORDS:
        return ast.BoolOp(WORDS[x.op], args)
    if x.op == "logical_not":
        return ast.UnaryOp(ast.Not(), args[0])
    whole = x.op == "**" and x.args[1].scalar and float(x.args[1].attr).is_integer()
    if x.op == "**" and not whole:
        return call("math.pow", *args)
    if not ex.is_elementwise(x) or x.op in SIGNS:
        return tree(x, args)
    of_python = x.op not in vars(math)  # which is ten times as fast as that of NumPy
    return call(OPS[x.op].symbol if of_python else f"math.{x.op}", *args)


# How what is no function of the array library is written; the others are calls by their name.
WRITTEN: dict[str, Callable[..., ast.expr]] = {
    "index": lambda x, y: ast.Subscript(y, subscript(x.attr)),
    "reshape": _reshape,
    "transpose": _transpose,
    "sum": _sum,
    "ones": lambda x, y: method(y, "dot", f"ones{x.attr}"),
    "mean": _mean,
    "copy": lambda x, y: method(y, "copy"),
    "list": lambda x, y: method(y, x.attr[0], axis=x.attr[1]),
    "take": _take,
    "rows": lambda x, table, at: ast.Subscript(table, at),
    "add_rows": lambda x, y, at: call("add_rows", y, at, ast.Constant(x.attr)),
    "row of two": lambda x, i, j: ast.BinOp(
        ast.BinOp(ast.Constant(x.attr), ast.Mult(), i), ast.Add(), j
    ),
    "concatenate": _concatenate,
    "segments": lambda x, y, at: call("segment_sum", y, at, ast.Constant(x.attr)),
    "einsum": lambda x, y, z: call("einsum", ast.Constant(x.attr), y, z),
    "broadcast": _broadcast,
    "row": _row,
    "own": lambda x, y: y,
    "listed": lambda x, y: method(y, "tolist"),
}
