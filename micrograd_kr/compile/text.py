"""From expressions to the text of a program: which have a line of their own, what they are called."""

import itertools
import keyword
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from . import array as A
from .array import Expr

WIDTH = 80  # of an expression: a longer one is cut into lines


def write(arguments: Sequence[str], batch: Sequence[str], forward: int, **outputs: Expr) -> tuple[str, dict[str, Any]]:
    """The source of ``program(*arguments)`` that returns the outputs, and the arrays it refers to by name.

    ``forward``: how many expressions there were before the first of the gradient.
    """
    nodes = _order(list(outputs.values()))
    uses: dict[Expr, int] = defaultdict(int)
    for x in [*[y for x in nodes for y in x.args], *outputs.values()]:
        uses[x] += 1
    constants: dict[str, Any] = {}
    text: dict[Expr, tuple[str, int]] = {}
    lines: list[tuple[Expr, str]] = []
    for x in nodes:
        if x.op == "name":
            text[x] = (x.attr, A.ATOM)
        elif x.op == "const" and x.shape == ():
            text[x] = A.number(x.attr)
        elif x.op == "const":
            free = (f"c{k}" for k in itertools.count(len(constants) + 1))
            text[x] = (next(name for name in free if name not in arguments and name not in constants), A.ATOM)
            constants[text[x][0]] = x.attr
        else:
            t = A.render(x.op, x.attr, [text[y] for y in x.args], [y.shape for y in x.args], x.shape)
            cheap = x.op == "transpose" and x.args[0].name is not None
            if x in outputs.values() or x.line or (uses[x] > 1 and not cheap) or len(t[0]) > WIDTH:
                lines.append((x, t[0]))
                t = (f"\0{x.serial}\0", A.ATOM)  # named below, when all that have names are known
            text[x] = t
    chosen = {x for x, _ in lines}
    names = _names([x for x in nodes if x.name or x in chosen], {x: key for key, x in outputs.items()}, {*arguments, A.ROWS, *constants})
    body = [f"def program({', '.join(arguments)}):", *[f"    {A.ROWS} = len({x})" for x in batch]]
    lines.sort(key=lambda line: not _is_view(line[0]))
    backward = False
    for x, t in lines:
        if x.serial >= forward and not backward:
            backward = True
            body.append("    # backwards")
        body.append(f"    {names[x]} = {t}" + f"  # {x.note}" * bool(x.note))
    body.append(f"    return {', '.join(text[x][0] for x in outputs.values())}")
    by_serial = {str(x.serial): name for x, name in names.items()}
    body = [_wrapped(re.sub("\0(\\d+)\0", lambda found: by_serial[found[1]], line)) for line in body]
    return "\n".join(body) + "\n", constants


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
    return "\n".join([line[:start], *[f"        {part}," for part in parts], f"    {line[k:]}"])


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


def _is_view(x: Expr) -> bool:
    """Whether it is nothing but a part of an argument."""
    while x.op in ("index", "reshape", "transpose"):
        x = x.args[0]
    return x.op == "name"


def _names(lines: list[Expr], outputs: dict[Expr, str], taken: set[str]) -> dict[Expr, str]:
    """A name for each: what it is called, with a number when several are; the gradient of h2 is dh2."""
    names = dict(outputs)
    taken = taken | set(outputs.values()) | set(vars(np)) | set(keyword.kwlist)
    several = Counter((x.name or "t").lower() for x in lines if x not in outputs and not isinstance(x.name, Expr))
    numbers = {base: itertools.count(1) for base in several}  # W1 and b1, w2 and b2: large and small share theirs
    for x in sorted(lines, key=lambda x: not _is_view(x)):
        if x in outputs or isinstance(x.name, Expr):
            continue
        base = x.name or "t"
        numbered = (f"{base}{k}" for k in numbers[base.lower()])
        if several[base.lower()] == 1 and base not in taken and base != "t":
            numbered = itertools.chain([base], numbered)
        names[x] = next(name for name in numbered if name not in taken)
        taken.add(names[x])
    for x in lines:
        if isinstance(x.name, Expr) and x not in names:
            base = f"d{names.get(x.name, 't')}"
            names[x] = next(name for k in itertools.count(1) if (name := base if k == 1 else f"{base}_{k}") not in taken)
            taken.add(names[x])
    return names
