"""From expressions to the text of a program: which have a line of their own, what they are called."""

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from . import array as A
from .array import Expr
from .prelude import reserved

WIDTH = 80  # of an expression: a longer one is cut into lines


def write(
    arguments: Sequence[str], batch: Sequence[str], forward: int, **outputs: Expr
) -> tuple[str, dict[str, Any]]:
    """The source of ``program(*arguments)`` that returns the outputs, and the arrays it refers to by name.

    ``forward``: how many expressions there were before the first of the gradient.
    """
    nodes = _order(list(outputs.values()))
    uses: dict[Expr, int] = defaultdict(int)
    for used in [*[y for x in nodes for y in x.args], *outputs.values()]:
        uses[used] += 1
    last = [
        y for x in outputs.values() for y in x.args if y.op == "concatenate"
    ]  # in the line of an output
    constants: dict[str, Any] = {}
    text: dict[Expr, tuple[str, int]] = {}
    lines: list[tuple[Expr, str]] = []
    for x in nodes:
        if x.op == "name":
            text[x] = (x.attr, ATOM)
        elif x.op == "const" and x.shape == ():
            text[x] = number(x.attr)
        elif x.op == "const":
            free = (f"c{k}" for k in itertools.count(len(constants) + 1))
            text[x] = (
                next(
                    name
                    for name in free
                    if name not in arguments and name not in constants
                ),
                ATOM,
            )
            constants[text[x][0]] = x.attr
        else:
            t = render(
                x.op,
                x.attr,
                [text[y] for y in x.args],
                [y.shape for y in x.args],
                x.shape,
            )
            cheap = x.op == "transpose" and x.args[0].name is not None
            wide = len(t[0]) > WIDTH and x not in last
            if x in outputs.values() or x.line or wide or (uses[x] > 1 and not cheap):
                lines.append((x, t[0]))
                t = (
                    f"\0{x.serial}\0",
                    ATOM,
                )  # named below, when all that have names are known
            text[x] = t
    chosen = {x for x, _ in lines}
    names = _names(
        [x for x in nodes if x.name or x in chosen],
        {x: key for key, x in outputs.items()},
        {*arguments, A.ROWS, *constants},
    )
    body = [
        f"def program({', '.join(arguments)}):",
        *[f"    {A.ROWS} = len({x})" for x in batch],
    ]
    lines.sort(
        key=lambda line: A.base(line[0]).op != "name"
    )  # parts of arguments first
    backward = False
    for x, line in lines:
        if x.serial >= forward and not backward:
            backward = True
            body.append("    # backwards")
        body.append(f"    {names[x]} = {line}" + f"  # {x.note}" * bool(x.note))
    body.append(f"    return {', '.join(text[x][0] for x in outputs.values())}")
    by_serial = {str(x.serial): name for x, name in names.items()}
    whole = re.sub("\0(\\d+)\0", lambda found: by_serial[found[1]], "\n".join(body))
    return "\n".join(map(_wrapped, whole.split("\n"))) + "\n", constants


def defined(constants: dict[str, Any]) -> str:
    """Lines for the arrays a program refers to: the short ones written out, of the others what they are.

    >>> print(defined({"c1": np.array([2, 0, 1]), "c2": np.zeros(1000)}))
    c1 = array([2, 0, 1])
    # c2: an array of shape (1000,) among the program's constants
    """
    if len(constants) > 20:
        return f"# {', '.join([*constants][:3])} and so on: {len(constants)} arrays, the program's constants"
    lines = []
    for name, x in constants.items():
        short = (
            f"{name} = array({x.tolist()})"
            if x.size < 30 and np.isfinite(x).all()
            else ""
        )
        written = 0 < len(short) < 100
        lines.append(
            short
            if written
            else f"# {name}: an array of shape {x.shape} among the program's constants"
        )
    return "\n".join(lines)


def _wrapped(line: str) -> str:
    """A long line with the parts of its first concatenate below each other."""
    opening = "concatenate(["
    if len(line) < 110 or opening not in line:
        return line
    start = line.index(opening) + len(opening)
    depth, cuts = 0, [start - 1]
    for k in range(start, len(line)):
        if line[k] in "([":
            depth += 1
        elif line[k] in ")]":
            depth -= 1
        if depth < 0:
            break
        if line[k] == "," and depth == 0:
            cuts.append(k)
    parts = [line[a + 1 : b].strip() for a, b in itertools.pairwise([*cuts, k])]
    return "\n".join(
        [line[:start], *[f"        {part}," for part in parts], f"    {line[k:]}"]
    )


def _order(outputs: list[Expr]) -> list[Expr]:
    """Everything the outputs depend on, in the order it was made, which is an order to compute it in."""
    seen: dict[int, Expr] = {}
    stack = outputs
    while stack:
        x = stack.pop()
        if x.serial not in seen:
            seen[x.serial] = x
            stack.extend(x.args)
    return [seen[k] for k in sorted(seen)]


def _names(
    lines: list[Expr], outputs: dict[Expr, str], taken: set[str]
) -> dict[Expr, str]:
    """A name for each: what it is called, with a number when several are; the gradient of h2 is dh2."""
    names = dict(outputs)
    taken = taken | set(outputs.values())

    def give(x: Expr, candidates: Iterable[str]) -> None:
        names[x] = next(
            name for name in candidates if name not in taken and not reserved(name)
        )
        taken.add(names[x])

    own = [
        (x, x.name or "t")
        for x in lines
        if x not in outputs and not isinstance(x.name, Expr)
    ]
    several = Counter(base.lower() for _, base in own)
    numbers = {
        base: itertools.count(1) for base in several
    }  # W1 and b1, w2 and b2: large and small share theirs
    for x, base in sorted(own, key=lambda item: A.base(item[0]).op != "name"):
        alone = [base] if several[base.lower()] == 1 and base != "t" else []
        give(x, itertools.chain(alone, (f"{base}{k}" for k in numbers[base.lower()])))
    for x in lines:
        if isinstance(x.name, Expr) and x not in names:
            base = f"d{names.get(x.name, 't')}"
            give(
                x, itertools.chain([base], (f"{base}_{k}" for k in itertools.count(2)))
            )
    return names


# ---- the text of one expression -------------------------------------------------------------------

# How tightly the text of an operation holds together, as in Python's grammar.
ATOM, POWER, UNARY, PRODUCT, SUM, COMPARISON = range(6)


def render(
    op: str,
    attr: Any,
    args: Sequence[tuple[str, int]],
    shapes: Sequence[A.Shape],
    shape: A.Shape,
) -> tuple[str, int]:
    """The text of one operation on arguments given as text, and how tightly it holds together."""

    def at(k: int, limit: int) -> str:
        text, level = args[k]
        return text if level <= limit else f"({text})"

    match op:
        case "+" | "-":
            return f"{at(0, SUM)} {op} {at(1, SUM if op == '+' else PRODUCT)}", SUM
        case "*" | "/":
            return f"{at(0, PRODUCT)} {op} {at(1, UNARY)}", PRODUCT
        case "@":
            return f"{at(0, UNARY)} @ {at(1, UNARY)}", PRODUCT
        case "**":
            return (
                f"{at(0, ATOM)}**{at(1, POWER).removesuffix('.0')}",
                POWER,
            )  # a whole power is a product
        case "neg":
            return f"-{at(0, UNARY)}", UNARY
        case "compare":
            return f"{at(0, SUM)} {attr} {at(1, SUM)}", COMPARISON
        case "call" | "concatenate" | "segments" | "einsum" | "broadcast":
            return _function(op, attr, [text for text, _ in args], shape), ATOM
        case "transpose" if len(attr) > 2 and attr == A.swapped(len(attr)):
            return f"swapaxes({args[0][0]}, -1, -2)", ATOM
        case "take":
            return f"{at(0, ATOM)}[{':, ' * len(A.lead(shapes[0]))}{args[1][0]}]", ATOM
    return at(0, ATOM) + _suffix(op, attr, shapes[0], shape), ATOM


def _function(op: str, attr: Any, args: list[str], shape: A.Shape) -> str:
    """The text of a call with these arguments."""
    every = ", ".join(args)
    match op:
        case "call":
            return f"{attr}({every})"
        case "concatenate":
            return f"concatenate([{every}]{f', axis={attr}' if attr else ''})"
        case "segments":
            return f"segment_sum({every}, {attr})"
        case "einsum":
            return f'einsum("{attr}", {every})'
        case "broadcast":
            return f"broadcast_to({every}, ({', '.join(map(str, shape))}{',' * (len(shape) == 1)}))"
    raise AssertionError(op)


def _suffix(op: str, attr: Any, of: A.Shape, shape: A.Shape) -> str:
    """What follows an array of the shape ``of``: a method or an index."""
    match op:
        case "index":
            return f"[{', '.join(attr)}]"
        case "reshape" if shape == ():
            return f"[{', '.join('0' * len(of))}]"
        case "reshape" if len(shape) == 1:
            return ".ravel()"
        case "reshape":
            return f".reshape({', '.join(map(str, shape))})"
        case "transpose":
            return (
                ".T"
                if attr == tuple(range(len(attr)))[::-1]
                else f".transpose({', '.join(map(str, attr))})"
            )
        case "sum" if len(attr) == len(of):
            return ".sum()"
        case "sum":
            return f".sum(axis={attr[0] if len(attr) == 1 else attr})"
        case "rows":
            return f".dot({attr})"
        case "copy":
            return ".copy()"
        case "mean":
            return f".mean({'axis=0' * (len(of) > 1)})"
        case "list":
            return f".{attr[0]}(axis={attr[1]})"
    raise AssertionError(op)


def number(x: Any) -> tuple[str, int]:
    """A constant as text: a float, which NumPy is faster with than with a whole number.

    >>> number(2.0), number(-0.5)
    (('2.0', 0), ('-0.5', 2))
    """
    x = x if isinstance(x, bool) else float(x)
    return repr(x), UNARY if x < 0 else ATOM
