"""Deep graphs of few scalars a level: Python floats instead of arrays.

A call of NumPy on one number takes as long as twenty additions of floats. So where a
graph is a hundred levels deep and a level holds only a few scalars, the program is a
tape: operations carried out one after the other, and once more backwards. Each kind of
operation is a function made of the table's own text.
"""

import re
from collections.abc import Sequence
from typing import Any

from ..engine import FLOATS, Op
from .scalars import Recording

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


def product(factor: str, partial: str) -> str:
    """A factor times a partial.

    >>> product("adjoint", "y"), product("adjoint", "-out / y")
    ('adjoint * y', 'adjoint * (-out / y)')
    """
    if partial == "1.0":
        return factor
    return (
        f"{factor} * {partial}" if partial.isidentifier() else f"{factor} * ({partial})"
    )


def places_of(op: Op) -> tuple[list[str], list[str]]:
    """What the places of the operands are called, and lines that find them.

    The functions are told two things, i and j. What has more operands is told a tuple.
    """
    if len(op.names) <= 2:
        return ["i", "j"][: len(op.names)], []
    places = [f"{name}_at" for name in op.names]
    return places, [f"    {', '.join(places)} = i"]


def read_in_v(op: Op, name: str, place: str) -> str:
    """The text that reads an operand."""
    return f"[v[k] for k in {place}]" if is_list(op, name) else f"v[{place}]"


def value_function(op: Op, name: str) -> str:
    """The text of a function that gives the value of an operation on numbers in v.

    >>> from ..engine import OPS
    >>> print(value_function(OPS["div"], "div_value"))
    def div_value(v, i, j):
        x = v[i]
        y = v[j]
        return x / y
    """
    places, lines = places_of(op)
    for operand, place in zip(op.names, places, strict=True):
        if uses(op.forward, operand):
            lines.append(f"    {operand} = {read_in_v(op, operand, place)}")
    return "\n".join([f"def {name}(v, i, j):", *lines, f"    return {op.forward}"])


def grads_function(op: Op, name: str, wanted: Sequence[bool]) -> str:
    """The text of a function that adds contributions to the adjoints d of the operands.

    ``wanted``: which of them have an adjoint that is asked for.

    >>> from ..engine import OPS
    >>> print(grads_function(OPS["mul"], "mul_grads", [True, False]))
    def mul_grads(v, d, adjoint, out, i, j):
        y = v[j]
        d[i] += adjoint * y
    """
    places, lines = places_of(op)
    operands = list(zip(op.names, places, op.partials, wanted, strict=True))
    read = " ".join([partial for _, _, partial, is_wanted in operands if is_wanted])
    for operand, place, _, _ in operands:
        if uses(read, operand) and not is_list(op, operand):
            lines.append(f"    {operand} = v[{place}]")
    for operand, place, partial, is_wanted in operands:
        if not is_wanted:
            continue
        if not is_list(op, operand):
            lines.append(f"    d[{place}] += {product('adjoint', partial)}")
            continue
        names, lists = ["k"], [place]
        for other, other_place, _, _ in operands:
            if is_list(op, other) and uses(partial, other):
                names.append(other)
                lists.append(read_in_v(op, other, other_place))
        over = f"zip({', '.join(lists)})" if len(lists) > 1 else place
        lines.append(f"    for {', '.join(names)} in {over}:")
        lines.append(f"        d[k] += {product('adjoint', partial)}")
    head = f"def {name}(v, d, adjoint, out, i, j):"
    return "\n".join([head, *(lines or ["    pass"])])


# ---- the program ---------------------------------------------------------------------


class Tape:
    """A recording as a program on floats: its text, and the constants it refers to.

    ``params``: how many of the leaves are parameters; ``arguments``: what theta and the
    inputs are called.
    """

    def __init__(
        self, recorded: Recording, leaves: int, params: int, arguments: Sequence[str]
    ) -> None:
        self.recorded = recorded
        self.leaves = leaves
        self.params = params
        self.arguments = arguments
        self.kinds: dict[Any, int] = {}
        tape = []
        at = 0
        for op, length in zip(recorded.rows, recorded.lengths, strict=True):
            ids = recorded.operands[at : at + length]
            tape.append((self.kind(op, ids), *self.places(op, ids)))
            at += length
        self.constants: dict[str, Any] = {"numbers": recorded.constants, "tape": tape}

    def place(self, number: int) -> int:
        """Where a scalar stands in v: leaves, constants, then what is computed."""
        if number < 0:
            return self.leaves + ~number
        if number < self.leaves:
            return number
        return number + len(self.recorded.constants)

    def is_wanted(self, number: int) -> bool:
        """Whether the adjoint of a scalar is asked for: not of constants and inputs."""
        return 0 <= number < self.params or number >= self.leaves

    def places(self, op: Op, ids: Sequence[int]) -> tuple[Any, Any]:
        """The places of the operands of an operation: i and j."""
        at: list[Any] = [self.place(number) for number in ids]
        if op.variadic:
            at = op.split(at)
        return (at[0], at[-1]) if len(op.names) <= 2 else (tuple(at), None)

    def kind(self, op: Op, ids: Sequence[int]) -> int:
        """The number of an operation of which these operands are wanted."""
        wanted = [self.is_wanted(number) for number in ids]
        if op.variadic:
            parts = op.split(wanted)
            wanted = [any(p) if isinstance(p, list) else p for p in parts]
        return self.kinds.setdefault((op, tuple(wanted)), len(self.kinds))

    def source(self) -> str:
        """The text of the program."""
        functions, pairs = [], []
        for (op, wanted), k in self.kinds.items():
            value, grads = f"{op.name}_{k}", f"{op.name}_{k}_grads"
            functions.append(value_function(op, value))
            functions.append(grads_function(op, grads, wanted))
            pairs.append(f"    ({value}, {grads}),")
        known = [
            f'{name} = FLOATS["{name}"]' for name in functions_in("\n".join(functions))
        ]
        given = [f"*{name}.ravel().tolist()" for name in self.arguments]
        imports = ["from micrograd_kr.engine import FLOATS"] if known else []
        imports.append("from numpy import array")
        steps = ["operations = [", *pairs, "]", STEPS]
        body = PROGRAM.format(
            arguments=", ".join(self.arguments),
            given=", ".join(given),
            params=self.params,
        )
        parts = [
            "\n".join(imports),
            "\n".join(known),
            *functions,
            "\n".join(steps),
            body,
        ]
        return "\n\n".join(filter(None, parts))


STEPS = "steps = [(*operations[kind], i, j) for kind, i, j in tape]"

PROGRAM = """
def program({arguments}):
    v = [{given}, *numbers]
    for value, _, i, j in steps:
        v.append(value(v, i, j))
    loss = v[-1]
    # backwards; the last in the list is read by nobody any more
    d = [0.0] * len(v)
    d[-1] = 1.0
    for _, grads, i, j in reversed(steps):
        grads(v, d, d.pop(), v.pop(), i, j)
    return loss, array(d[:{params}])
"""
