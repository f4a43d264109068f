"""The recorders with the row's text in them. It makes them faster, and nothing else.

A call costs as much as a multiplication. So where a recorder of ``record`` calls
``forward(x, y)`` the text of the row is written, and where it returns a `node` the body
of `node`. What comes out can be read like any source: by `inspect`, in a debugger, in a
traceback.
"""

import ast
import inspect
import linecache
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from .ops import FLOATS, Op

Function = Callable[..., Any]


class _Inlined(ast.NodeTransformer):
    """A function with texts in the place of calls and names, and `node` written out."""

    def __init__(self, texts: Mapping[str, str], node: Function) -> None:
        self.texts = texts
        self.node = node

    def visit_Call(self, call: ast.Call) -> ast.AST:
        """Put the row's text in the place of ``forward(x, y)``."""
        self.generic_visit(call)
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        return _expression(self.texts[name]) if name in self.texts else call

    def visit_Return(self, statement: ast.Return) -> Any:
        """Put the statements of `node` in the place of ``return node(...)``."""
        call = statement.value
        if not isinstance(call, ast.Call) or ast.unparse(call.func) != "node":
            return self.generic_visit(statement)
        node = _definition(self.node)
        parameters = [parameter.arg for parameter in node.args.args]
        arguments = [ast.unparse(argument) for argument in call.args]
        given = _Given(dict(zip(parameters, arguments, strict=True)))
        return [given.visit(line) for line in node.body[1:]]  # without its docstring


class _Given(ast.NodeTransformer):
    """The body of a function with the arguments in the place of its parameters."""

    def __init__(self, arguments: Mapping[str, str]) -> None:
        self.arguments = arguments

    def visit_Name(self, name: ast.Name) -> ast.AST:
        """Put the argument in the place of the parameter."""
        return _expression(self.arguments.get(name.id, name.id), name.ctx)


def _expression(text: str, context: ast.expr_context | None = None) -> ast.expr:
    tree = ast.parse(text, mode="eval").body
    if isinstance(tree, ast.Name) and context is not None:
        tree.ctx = context
    return tree


def _definition(function: Function) -> ast.FunctionDef:
    definition = ast.parse(_source(function)).body[0]
    assert isinstance(definition, ast.FunctionDef)
    return definition


@cache  # five functions are asked for 92 times
def _source(function: Function) -> str:
    return inspect.getsource(function)


def written(
    make: Function, op: Op, name: str, texts: Mapping[str, str], **more: Any
) -> Function:
    """Give the function that ``make`` makes for ``op``, with ``texts`` in it.

    ``more`` is what else it refers to by name.
    """
    space = make.__globals__  # of the module of ``make``: what the function refers to
    record = next(
        part for part in _definition(make).body if isinstance(part, ast.FunctionDef)
    )
    tree = _Inlined(texts, space["node"]).visit(record)
    tree.name = name
    tree.returns = None
    for parameter in (*tree.args.args, tree.args.vararg):
        if parameter is not None:
            parameter.annotation = None
    names = {**space, **FLOATS, **more, "op": op}
    function: Function = compiled(ast.unparse(tree), f"<Value.{name}>", names)[name]
    return function


def compiled(text: str, file: str, space: Mapping[str, Any]) -> dict[str, Any]:
    """Run ``text`` as a file of its own that `inspect` and tracebacks can show."""
    lines = text.splitlines(keepends=True)
    while linecache.getlines(file) not in ([], lines):  # another row of this name
        file = f"{file[:-1]}'>"
    linecache.cache[file] = (len(text), None, lines, file)
    made: dict[str, Any] = {}  # apart: `def tanh` must not hide the tanh that it calls
    exec(compile(text, file, "exec"), dict(space), made)
    return made
