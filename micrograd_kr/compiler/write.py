"""From expressions to the text of a program: which have a line, and how it is written.

Every operation is written with brackets around it; `ast.unparse`, Python's own way to
write, leaves those that are needed. Names are known when all lines are: until then
{e12} stands for that of the expression 12.
"""

import ast
import itertools
import math
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from textwrap import indent
from typing import Any

import numpy as np

from ..engine import OPS
from . import expressions as ex
from .expressions import ROWS, SYMBOLS, Expr
from .names import names_of_lines

TIME = "{t}"  # the turn of a loop: t, unless an argument is called so
WIDTH = 80  # of an expression: a longer one is cut into lines
NAME = re.compile(r"\{\w+\}")  # of a line, not known yet
AROUND = re.compile(r"(?<!\w)\(|, \)")  # a bracket around an expression, a last comma
BLOCKS = ("loop", "filled")  # of several lines
SIGNS = {*SYMBOLS.values()}


def write(
    arguments: Sequence[str],
    batch: Sequence[str],
    forward: int,
    in_jax: bool = False,
    **outputs: Expr,
) -> tuple[str, dict[str, Any]]:
    """The source of ``program(*arguments)``, and the arrays it refers to by name.

    It returns the outputs. ``forward``: how many expressions there were before the
    first of the gradient.
    """
    nodes = in_order([*outputs.values()])
    nodes.sort(key=lambda x: ex.base(x).op != "name")  # parts of arguments come first
    constants = name_constants(nodes, arguments)
    called = {x: name for name, x in outputs.items()}
    writer = _Writer(called, constants, in_jax)
    lines = writer.lines_of(nodes, called)

    body = [f"{ROWS} = len({x})" for x in batch]
    backward = False
    for x, text in writer.text_of(lines):
        if x.serial >= forward and not backward:
            backward = True
            body.append("# backwards")
        body.append(text)
    results = [tidy(writer.written[x]) for x in outputs.values()]
    body.append(f"return {', '.join(results)}")
    time = "t"
    while time in arguments:
        time += "_"
    taken = {*arguments, ROWS, *constants.values(), time}
    names = names_of_lines(writer.named, called, taken)
    text = indent("\n".join(body), "    ")
    known = {f"e{x.serial}": name for x, name in names.items()}
    text = text.format(t=time, **known)
    head = f"def program({', '.join(arguments)}):"
    return f"{head}\n{text}\n", {name: x.attr for x, name in constants.items()}


def in_order(outputs: Sequence[Expr], known: Collection[Expr] = ()) -> list[Expr]:
    """Everything not ``known`` that the outputs depend on, in an order to compute it.

    That is the order it was made in.
    """
    seen: dict[int, Expr] = {}
    stack = list(outputs)
    while stack:
        x = stack.pop()
        if x.serial not in seen and x not in known:
            seen[x.serial] = x
            stack.extend(x.args)
    return [seen[k] for k in sorted(seen)]


def name_constants(nodes: Sequence[Expr], arguments: Sequence[str]) -> dict[Expr, str]:
    """c1, c2, ... for arrays known now."""
    arrays = [x for x in nodes if x.op == "const" and x.shape]
    free = (f"c{k}" for k in itertools.count(1) if f"c{k}" not in arguments)
    return dict(zip(arrays, free, strict=False))


def defined(constants: dict[str, Any]) -> str:
    """Lines for the arrays that a program refers to: what they are, or are like.

    >>> print(defined({"c1": np.array([2, 0, 1]), "c2": np.zeros(1000)}))
    c1 = array([2, 0, 1])
    # c2: an array of shape (1000,) among the program's constants
    """
    if len(constants) > 20:
        first = ", ".join([*constants][:3])
        return f"# {first} and so on: {len(constants)} arrays, the program's constants"
    lines = []
    for name, x in constants.items():
        text = f"array({x.tolist()})" if x.size < 30 else ""
        if x.dtype == bool and np.array_equal(x, np.tri(len(x))):
            text = f"tri({len(x)}, dtype=bool)"
        is_told = 0 < len(text) < 96 and np.isfinite(x).all()
        like = f"# {name}: an array of shape {x.shape} among the program's constants"
        lines.append(f"{name} = {text}" if is_told else like)
    return "\n".join(lines)


def side_by_side(x: Expr) -> Any:
    """What is the same for lines that stand in one: those of numbers, of lists."""
    number = x.shape == () and x.op in ("index", "row", "listed")
    return x.op if number or x.op == "state" else x


def tidy(text: str) -> str:
    """An expression without brackets that it does not need: those of calls it does.

    >>> tidy("((x * y) + (-(2.0)))")
    'x * y + -2.0'
    >>> tidy("theta.reshape(16, 3, )")
    'theta.reshape(16, 3)'
    """
    if not AROUND.search(text):
        return text
    return ast.unparse(ast.parse(text, mode="eval"))


def width(text: str) -> int:
    """How long a text will be, about: names are not known yet."""
    return len(text) if len(text) < WIDTH else len(NAME.sub("v1", text))


def line(left: str, right: str, note: str = "") -> str:
    """An assignment; the parts of a long concatenate stand below each other."""
    text = tidy(right)
    if width(text) > 104:
        lists = [x for x in ast.walk(ast.parse(text)) if isinstance(x, ast.List)]
        for outermost in lists[:1]:
            below = [f"    {ast.unparse(part)},\n" for part in outermost.elts]
            text = text.replace(ast.unparse(outermost), f"[\n{''.join(below)}]")
    return f"{left} = {text}" + f"  # {note}" * bool(note)


class _Writer:
    """What is written for each expression: the name of its line, or its own text."""

    def __init__(
        self, outputs: Collection[Expr], constants: dict[Expr, str], in_jax: bool
    ) -> None:
        self.outputs, self.in_jax = outputs, in_jax
        self.written: dict[Expr, str] = dict(constants)
        self.named: list[Expr] = []  # that have a name, or a line

    def lines_of(
        self, nodes: Sequence[Expr], results: Collection[Expr], floats: bool = False
    ) -> dict[Expr, str]:
        """The lines for expressions in this order, of which some are results."""
        lines: dict[Expr, str] = {}
        uses = Counter([y for x in nodes for y in x.args])
        uses.update([*results])
        before = {y for x in nodes if x.op == "loop" for y in x.args if y.args}
        for x in nodes:
            if x.op == "const" and x.shape:
                continue
            if x.op in BLOCKS:
                self.written[x] = f"{{e{x.serial}}}"
                lines[x] = self.loop(x) if x.op == "loop" else self.filled(x)
                continue
            args = [self.written[y] for y in x.args]
            text = on_floats(x, args) if floats else ""
            text = text or self.of_loop(x, uses) or operation(x, args)
            if width(text) > WIDTH:  # perhaps by brackets
                text = f"({tidy(text)})"
            cheap = x.op == "transpose" and x.args[0].name is not None
            shared = uses[x] > 1 and not cheap
            wide = width(text) > WIDTH + 2 and x.op != "concatenate"
            is_line = x in self.outputs or x.line or shared or wide or x in before
            is_name = not x.args or (x.op == "state" and text[0] == "{")
            self.written[x] = text
            if (x.name or is_line) and not is_name:
                self.named.append(x)
            if is_line and not is_name:
                lines[x] = text
                self.written[x] = f"{{e{x.serial}}}"
        return lines

    def text_of(self, lines: dict[Expr, str]) -> Iterator[tuple[Expr, str]]:
        """Lines as text, each with the first of its expressions."""
        for _, group in itertools.groupby(lines, key=side_by_side):
            some = list(group)
            left = ", ".join([self.written[x] for x in some])
            right = ", ".join([lines[x] for x in some])
            is_block = some[0].op in BLOCKS
            yield some[0], right if is_block else line(left, right, some[0].note)

    def filled(self, x: Expr) -> str:
        """The lines of an array whose parts are written in place."""
        name, count = self.written[x], ex.size(x.shape)
        is_full = sum([ex.size(place.shape) for place in x.attr]) == count
        lines = [f"{name} = {'empty' if is_full else 'zeros'}({count})"]
        values = [tidy(self.written[y]) for y in x.args]
        for place, value in zip(x.attr, values, strict=False):
            lines.append(f"{tidy(place_text(place))} = {value}")
        lines += [f"{name} += {rest}" for rest in values[len(x.attr) :]]
        return "\n".join(lines)

    # ---- loops over time, by Python or by JAX

    def of_loop(self, x: Expr, uses: Counter[Expr]) -> str:
        """What a loop begins with and leads to."""
        if x.op == "state":
            k, floats = x.attr
            text = self.written[x.args[0].args[k]]
            return f"array({text})" if floats else text
        if x.op != "own":
            return ""
        [y] = x.args
        text = self.written[y]
        new = y.op in SIGNS or y.op in ("concatenate", "segments") or "zeros(" in text
        if self.in_jax or (new and uses[y] == 1):
            return text
        return f"{text}.copy()"  # the loop writes to it

    def loop(self, x: Expr) -> str:
        """The lines of all turns."""
        body = x.attr
        known = {*x.args, *body.started}
        states = [self.written[start] for start in body.started.values()]
        self.written |= zip(body.started, states, strict=True)
        results = [statement.value for statement in body.statements]
        lines = self.lines_of(in_order(results, known), results, body.floats)
        text = [one for _, one in self.text_of(lines)]
        rows = ":, " * bool(next(iter(body.started)).batch)
        for one in body.statements:
            at = rows + turn(one.at)
            array, value = self.written[one.array], tidy(self.written[one.value])
            if self.in_jax:
                how = ".add" if body.backwards else ".set"
                text.append(f"{array} = {array}.at[{at}]{how}({value})")
            else:
                text.append(f"{array}[{at}] {'+=' if body.backwards else '='} {value}")
        last = body.turns - 1
        if not self.in_jax:
            turns = f"{last}, -1, -1" if body.backwards else str(body.turns)
            return f"for {TIME} in range({turns}):\n" + indent("\n".join(text), "    ")
        several = ", ".join(states) + "," * (len(states) == 1)
        back = [f"{TIME} = {last} - {TIME}"] if body.backwards else []
        text = [f"{several} = states", *back, *text, f"return ({several})"]
        return (
            f"def turn({TIME}, states):\n{indent(chr(10).join(text), '    ')}\n"
            f"{several} = fori_loop(0, {body.turns}, turn, ({several}))"
        )


def turn(later: int) -> str:
    """A turn, so many later than the one a loop is at."""
    return f"{TIME} + {later}" if later else TIME


def operation(x: Expr, args: Sequence[str]) -> str:
    """One operation on operands that are written already."""
    op, attr, shape = x.op, x.attr, x.shape
    y = args[0] if args else ""
    sizes = "".join([f"{n}, " for n in shape])
    match op:
        case "name":
            return str(attr)
        case "const":
            return f"({attr!r})"
        case "*" if y == "(-1.0)" and not x.args[1].boolean:
            return f"(-{args[1]})"
        case "**" if is_whole(x.args[1]):  # NumPy makes a product of it
            return f"({y} ** {int(x.args[1].attr)})"
        case _ if op in SIGNS:
            return f"({y} {op} {args[1]})"
        case "index":
            return f"{y}[{', '.join(attr)}]"
        case "rows":
            return f"{y}[{':, ' * len(x.args[0].batch)}{args[1]}]"
        case "row":
            return f"{y}[{':, ' * len(x.args[0].batch)}{turn(attr)}]"
        case "reshape" if not shape:
            return f"{y}[{', '.join('0' * len(x.args[0].shape))}]"
        case "reshape":
            return f"{y}.ravel()" if len(shape) == 1 else f"{y}.reshape({sizes})"
        case "transpose" if attr == (*range(len(attr)),)[::-1]:
            return f"{y}.T"
        case "transpose" if attr == ex.swapped(len(attr)):
            return f"swapaxes({y}, -1, -2)"
        case "transpose":
            return f"{y}.transpose{attr}"
        case "broadcast" if y == "(0.0)":
            return f"zeros(({sizes}))"
        case "broadcast":
            return f"broadcast_to({y}, ({sizes}))"
        case "sum" if shape:
            return f"{y}.sum(axis={attr[0] if len(attr) == 1 else attr})"
        case "ones":
            return f"{y}.dot(ones{attr})"
        case "sum" | "mean" | "copy":
            return f"{y}.{op}()"
        case "listed":
            return f"{y}.tolist()"
        case "list":
            return f"{y}.{attr[0]}(axis={attr[1]})"
        case "concatenate":
            axis = f", axis={attr}" if attr else ""
            return f"concatenate([{', '.join(args)}]{axis})"
        case "add_rows":
            return f"add_rows({y}, {args[1]}, {attr})"
        case "segments":
            return f"segment_sum({y}, {args[1]}, {attr})"
        case "row of two":
            return f"({attr} * {y} + {args[1]})"
        case "einsum":
            return f"einsum({attr!r}, {y}, {args[1]})"
    return f"{op}({', '.join(args)})"


def place_text(x: Expr) -> str:
    """A part of an argument or of what is returned."""
    return operation(x, [place_text(y) for y in x.args])


def is_whole(x: Expr) -> bool:
    """Whether it is a whole number known now."""
    return x.scalar and float(x.attr).is_integer()


def on_floats(x: Expr, args: Sequence[str]) -> str:
    """One operation on Python's floats; nothing where it is written as on arrays."""
    match x.op:
        case "where":
            return f"({args[1]} if {args[0]} else {args[2]})"
        case "logical_and" | "logical_or":
            return f"({args[0]} {x.op.removeprefix('logical_')} {args[1]})"
        case "logical_not":
            return f"(not {args[0]})"
        case "**" if not is_whole(x.args[1]):
            return f"math.pow({', '.join(args)})"
    if not ex.is_elementwise(x) or x.op in SIGNS:
        return ""
    # math is ten times as fast as NumPy
    name = f"math.{x.op}" if x.op in vars(math) else OPS[x.op].symbol
    return f"{name}({', '.join(args)})"
