"""Write the types of the operations, for type checkers and editors.

The operations are made from the table when the package is imported, and a type checker
imports nothing: it reads ``micrograd_kr/engine/operations.pyi``. A test holds that
file equal to the table.

    python scripts/stub.py
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
STUB = ROOT / "micrograd_kr" / "engine" / "operations.pyi"
sys.path.insert(0, str(ROOT))

from micrograd_kr.engine import OPS, Op  # noqa: E402

HEAD = '''\
"""The operations of the table as a type checker sees them. scripts/stub.py wrote it."""

from collections.abc import Iterable
from typing import TypeAlias

from ..picture import draw as _draw
from .value import Number, Value

_Operand: TypeAlias = Value | Number

class _Operations:
    """Has the operations of the table as its methods."""

    draw = _draw
'''


def method(name: str, op: Op, other: str = "_Operand") -> str:
    """Write the type of a method of Value."""
    parameters = ["self"]
    names = ["other"] if len(op.operands) == 2 else op.names[1:]
    parameters += [f"{name}: {other}" for name in names]
    return declaration(name, parameters, op, "    ")


def function(op: Op) -> str:
    """Write the type of a function, which takes plain numbers in every place."""
    parameters = []
    for operand, name in zip(op.operands, op.names, strict=True):
        kind = "_Operand"
        if operand.startswith("*"):
            kind = f"Iterable[{kind}]"
        parameters.append(f"{name}: {kind}")
    return declaration(op.name, parameters, op)


def declaration(name: str, parameters: list[str], op: Op, indent: str = "") -> str:
    """Write a declaration, with the formula as what editors show beside it."""
    if op.default is not None:
        parameters[-1] += f" = {op.default}"
    head = f"def {name}({', '.join(parameters)}) -> Value:"
    return f'{indent}{head}\n{indent}    """{op.forward}."""\n'


def stub() -> str:
    """Write the whole file."""
    methods = []
    for op in OPS.values():
        if op.variadic:
            continue
        methods.append(method(op.method, op))
        if op.is_sign and len(op.operands) == 2:
            reflected = op.method.replace("__", "__r", 1)
            methods.append(method(reflected, op, "Number"))
    functions = [function(op) for op in OPS.values()]
    return HEAD + "".join(methods) + "\n" + "\n".join(functions)


if __name__ == "__main__":
    STUB.write_text(stub(), "utf-8")
