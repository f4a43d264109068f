"""Deep graphs of few scalars a level: Python floats instead of arrays.

A call of NumPy on one number takes as long as twenty additions of floats. So where a
graph is a hundred levels deep and a level holds only a few scalars, the program is a
tape: operations carried out one after the other, and once more backwards. Each kind of
operation is a function made of the table's own text.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from ..engine import FLOATS, Op
from .scalars import Scalars

DEEP = 100  # levels
NARROW = 24  # scalars a level: with these both ways take the same time


def is_deep(levels: int, nodes: int) -> bool:
    """Whether a graph is so deep and narrow that floats are faster than arrays."""
    return levels >= DEEP and nodes <= NARROW * levels


# ---- the text of operations on floats ------------------------------------------------


def uses(text: str, name: str) -> bool:
    """Whether a name is read in the text of a row."""
    return re.search(rf"\b{name}\b", text) is not None


def functions_in(text: str) -> list[str]:
    """The functions and numbers of the table that a text reads.

    >>> functions_in("x * exp(-y) if x > 0 else 0.0")
    ['exp']
    """
    words = set(re.findall(r"[a-z]\w*", text))
    return sorted(words & set(FLOATS))


def is_list(op: Op, name: str) -> bool:
    """Whether the operand of that name is a list."""
    return f"*{name}" in op.operands


def contribution(partial: str) -> str:
    """The adjoint times a partial.

    >>> contribution("y"), contribution("-out / y")
    ('adjoint * y', 'adjoint * (-out / y)')
    """
    if partial == "1.0":
        return "adjoint"
    return (
        f"adjoint * {partial}" if partial.isidentifier() else f"adjoint * ({partial})"
    )


def lines_that_read(op: Op, text: str) -> list[str]:
    """Lines that read the operands that a text uses; a list has a list of places."""
    lines = []
    for k, name in enumerate(op.names):
        if uses(text, name):
            read = f"[v[k] for k in at[{k}]]" if is_list(op, name) else f"v[at[{k}]]"
            lines.append(f"    {name} = {read}")
    return lines


def value_function(op: Op, name: str) -> str:
    """The text of a function that gives the value of an operation on numbers in v.

    >>> from ..engine import OPS
    >>> print(value_function(OPS["div"], "div_value"))
    def div_value(v, at):
        x = v[at[0]]
        y = v[at[1]]
        return x / y
    """
    lines = lines_that_read(op, op.forward)
    return "\n".join([f"def {name}(v, at):", *lines, f"    return {op.forward}"])


def grads_function(op: Op, name: str, wanted: Sequence[bool]) -> str:
    """The text of a function that adds contributions to the adjoints d of the operands.

    ``wanted``: which of them have an adjoint that is asked for.

    >>> from ..engine import OPS
    >>> print(grads_function(OPS["mul"], "mul_grads", [True, False]))
    def mul_grads(v, d, adjoint, out, at):
        y = v[at[1]]
        d[at[0]] += adjoint * y
    """
    lists = [name for name in op.names if is_list(op, name)]
    asked = [k for k, is_wanted in enumerate(wanted) if is_wanted]
    read = " ".join([*lists, *[op.partials[k] for k in asked]])
    lines = [f"def {name}(v, d, adjoint, out, at):", *lines_that_read(op, read)]
    each = ", ".join(lists)
    for k in asked:
        slope = contribution(op.partials[k])
        if op.names[k] in lists:
            slopes = f"[{slope} for {each}, in zip({each})]"
            lines.append(f"    for k, slope in zip(at[{k}], {slopes}):")
            lines.append("        d[k] += slope")
        else:
            lines.append(f"    d[at[{k}]] += {slope}")
    return "\n".join(lines if asked else [*lines, "    pass"])


# ---- the program ---------------------------------------------------------------------


def on_floats(
    graph: Scalars, params: int, arguments: Sequence[str]
) -> tuple[str, dict[str, Any]]:
    """The source of a program on floats, and the constants it refers to by name.

    ``params``: how many of the leaves are parameters; ``arguments``: what theta and the
    inputs are called.
    """
    recorded, leaves = graph.recorded, graph.leaves
    computed, constants = len(recorded.rows), len(recorded.constants)
    # Where scalars stand in v: leaves, constants, then what is computed. Constants are
    # negative numbers and so count from the end.
    start = leaves + constants
    places = [*range(leaves), *range(start, start + computed)]
    places += reversed(range(leaves, start))
    # Whose adjoint is asked for: not that of inputs and constants.
    wanted = [True] * params + [False] * (leaves - params)
    wanted += [True] * computed + [False] * constants

    kinds: dict[Any, int] = {}  # numbers of operations, by which operands are wanted
    tape = []
    at = 0
    for op, length in zip(recorded.rows, recorded.lengths, strict=True):
        ids = recorded.operands[at : at + length]
        split: Any = op.split if op.variadic else list
        asked = split([wanted[number] for number in ids])
        any_of = [any(x) if isinstance(x, list) else x for x in asked]
        kind = kinds.setdefault((op, tuple(any_of)), len(kinds))
        tape.append((kind, tuple(split([places[number] for number in ids]))))
        at += length
    text = source(kinds, params, arguments)
    return text, {"numbers": recorded.constants, "tape": tape}


def source(kinds: Iterable[Any], params: int, arguments: Sequence[str]) -> str:
    """The text of the program, with functions for these kinds of operations."""
    functions, pairs = [], []
    for k, (op, wanted) in enumerate(kinds):
        value, grads = f"{op.name}_{k}", f"{op.name}_{k}_grads"
        functions.append(value_function(op, value))
        functions.append(grads_function(op, grads, wanted))
        pairs.append(f"    ({value}, {grads}),")
    read = functions_in("\n".join(functions))
    known = [f'{name} = FLOATS["{name}"]' for name in read]
    given = [f"*{name}.ravel().tolist()" for name in arguments]
    imports = ["from micrograd_kr.engine import FLOATS"] if known else []
    imports.append("from numpy import array")
    steps = ["operations = [", *pairs, "]", STEPS]
    body = PROGRAM.format(
        arguments=", ".join(arguments), given=", ".join(given), params=params
    )
    blocks = [imports, known, *[[text] for text in functions], steps, [body]]
    return "\n\n".join(["\n".join(lines) for lines in blocks if lines])


STEPS = "steps = [(*operations[kind], at) for kind, at in tape]"

PROGRAM = """
def program({arguments}):
    v = [{given}, *numbers]
    for value, _, at in steps:
        v.append(value(v, at))
    loss = v[-1]
    # backwards; the last in the list is read by nobody any more
    d = [0.0] * len(v)
    d[-1] = 1.0
    for _, grads, at in reversed(steps):
        grads(v, d, d.pop(), v.pop(), at)
    return loss, array(d[:{params}])
"""
