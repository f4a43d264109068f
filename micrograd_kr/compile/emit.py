"""Write the program: the value of every array forwards, its gradient backwards, then the text.

The rules are those of the table: the text of a row's value and partials is read as Python, with array
expressions for its names.
"""

import ast
import builtins
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from . import array as A
from .array import Expr, Shape
from .fuse import Floats
from .group import CONSTANT
from .layout import Array, Operand
from .names import Names
from .views import assemble, fit, view
from ..ops import FLOATS, OPS

AXES, LIST = "ijklmopqrstuvwxy", "z"  # letters for the axes of an array and for that of a list


# ---- the table's text on arrays --------------------------------------------------------------------


class _Arrays(ast.NodeTransformer):
    """Conditional expressions, comparisons and `and`, `or`, `not` as functions: arrays have no truth value."""

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        return self._call("where_", self.visit(node.test), self.visit(node.body), self.visit(node.orelse))

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        symbols = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
        sides = [self.visit(x) for x in [node.left, *node.comparators]]
        pairs = [
            self._call("compare_", ast.Constant(symbols[type(op)]), sides[k], sides[k + 1])
            for k, op in enumerate(node.ops)
        ]
        return pairs[0] if len(pairs) == 1 else self._call("logical_", ast.Constant("logical_and"), *pairs)

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        name = "logical_and" if isinstance(node.op, ast.And) else "logical_or"
        return self._call("logical_", ast.Constant(name), *[self.visit(x) for x in node.values])

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        if isinstance(node.op, ast.Not):
            return self._call("logical_", ast.Constant("logical_not"), self.visit(node.operand))
        return self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return self._call("const_", node)

    def _call(self, name: str, *args: ast.AST) -> ast.Call:
        return ast.Call(ast.Name(name, ast.Load()), list(args), [])  # type: ignore[arg-type]


@cache
def _rule(text: str, names: tuple[str, ...]) -> Any:
    tree = ast.fix_missing_locations(_Arrays().visit(ast.parse(f"lambda {', '.join(names)}: {text}", mode="eval")))
    return builtins.compile(tree, f"<{text}>", "eval")


def _space(book: dict[Any, Expr], axis: int, length: int) -> dict[str, Any]:
    """What the names in the table's text mean on arrays; lists are along ``axis`` and so long."""

    def sum_of(x: Expr) -> Expr:
        return A.sum_over(x, [axis]) if x.shape else x * float(length)

    space: dict[str, Any] = {
        "where_": A.where,
        "compare_": A.compare,
        "logical_": A.logical,
        "const_": lambda x: A.const(book, x),
        "pow": A.power,
        "sum": sum_of,
        "dot": lambda x, y: sum_of(x * y),
        "logsumexp": lambda x: A.logsumexp(x, axis),
    }

    def meaning(name: str, value: Any) -> Any:
        op = OPS.get(name)
        if not callable(value):
            return A.const(book, value)
        if op is None or op.forward == f"{name}({', '.join(op.names)})":
            if op is not None and op.variadic:
                return lambda x: A.over_list(name, x, axis)
            return lambda *args: A.call(name, *args)
        return lambda *args: apply(space, op.forward, dict(zip(op.names, args, strict=True)))

    for name, value in FLOATS.items():
        if name not in space and name != "__builtins__":
            space[name] = meaning(name, value)
    return space


def apply(space: dict[str, Any], text: str, names: dict[str, Expr]) -> Expr:
    """The text of a row on array expressions."""
    return eval(_rule(text, tuple(names)), space)(*names.values())  # type: ignore[no-any-return]


# ---- forwards and backwards ------------------------------------------------------------------------


class Emitter:
    """The expressions of the loss and of the gradient."""

    def __init__(self, arrays: Sequence[Array], leaves: Sequence[str], labels: Sequence[str | None], at: int | None) -> None:
        self.book: dict[Any, Expr] = {}
        self.arrays = arrays
        self.names = Names(arrays, leaves, labels)
        self.spaces: dict[tuple[int, int], dict[str, Any]] = {}
        self.values: list[Expr] = []
        self.views: dict[Any, Expr] = {}  # what has been read
        for a in arrays:
            if a.group.number < len(leaves):
                self.values.append(A.variable(self.book, leaves[a.group.number], self.full(a)))
            else:
                value = self.pool(a) if a.group.members else self.row(a) if a.row else self.sum(a)
                self.values.append(self.names.value(a, A.spread(value, self.full(a))))
        end = len(arrays) - 1 if at is None else 0
        self.loss = self.values[end] if at is None else view(self.values[0], np.array(at))
        self.parts: dict[int, list[tuple[Any, Expr]]] = {a.group.number: [] for a in arrays}
        seed = A.const(self.book, 1.0)
        if arrays[end].group.batched:
            self.loss = A.mean_of_rows(self.loss)
        self.forward = len(self.book)
        if arrays[end].group.batched:
            seed = seed / A.variable(self.book, A.ROWS, ())
        self.parts[end].append((np.array(at or 0), seed))
        for a in reversed(arrays[len(leaves) :]):
            if a.group.differentiable and self.parts[a.group.number]:
                g = assemble(self.parts.pop(a.group.number), self.full(a))
                self.backward(a, A.named(g, self.values[a.group.number]))
        self.parts[0] = self.parts[0] or [(np.arange(a.shape[0]), A.const(self.book, 0.0)) for a in arrays[:1]]
        g = assemble(self.parts[0], self.full(arrays[0]), self.names.parameters)
        self.gradient = A.own(A.spread(A.as_float(g), self.full(arrays[0])))

    def full(self, a: Array) -> Shape:
        """The shape with the examples of a batch in front."""
        return (A.ROWS,) * a.group.batched + a.shape

    def space(self, a: Array, axis: int) -> dict[str, Any]:
        """The meaning of names, where the lists of an array are along an axis."""
        length = next((operand.index.shape[-1] for operand in a.operands if operand.index.ndim > len(a.shape)), 0)
        if (axis, length) not in self.spaces:
            self.spaces[axis, length] = _space(self.book, axis, length)
        return self.spaces[axis, length]

    def batched(self, operand: Operand) -> bool:
        """Whether what the operand reads has a row for each example."""
        return operand.source >= 0 and self.arrays[operand.source].group.batched

    def read(self, operand: Operand, index: Any, lists: int | None = None) -> Expr:
        """The operand, broadcasting to the shape of its reader; ``lists`` is the axis of a list in ``index``."""
        if operand.source == CONSTANT:
            if lists is None and (index == index.flat[0]).all():
                return A.const(self.book, float(index.flat[0]))
            return A.const(self.book, index)
        present = [n > 1 or k == lists for k, n in enumerate(index.shape)]
        x = self.view(operand, index.reshape([n for n, p in zip(index.shape, present, strict=True) if p]))
        if lists is None and x.op == "broadcast" and not x.args[0].shape:  # a number, whatever the shape
            return x.args[0]
        return A.expand(x, [True] * x.batched + present)

    def view(self, operand: Operand, index: Any) -> Expr:
        """The positions of what an operand reads; parts of the parameters have names."""
        key = (id(operand), index.shape)
        if key not in self.views:
            x = view(self.values[operand.source], index)
            self.views[key] = self.names.parameter(x, index) if operand.source == 0 else x
        return self.views[key]

    def factor(self, operand: Operand) -> tuple[Expr, str]:
        """The operand of a matrix product and a letter for each of its axes, the last one that of the list."""
        letters = AXES[: operand.index.ndim - 1] + LIST
        named = "".join(k for k, n in zip(letters, operand.index.shape, strict=True) if n > 1 or k == LIST)
        index = self.squeezed(operand)
        if operand.source == CONSTANT:
            return A.const(self.book, index), named
        x = self.view(operand, index)
        return x, A.ROWS * x.batched + named

    def add(self, operand: Operand, index: Any, value: Expr, full: Shape, lists: int | None = None) -> None:
        """Note a gradient of shape ``full`` for what an operand reads."""
        if value.scalar and value.attr == 0:
            return
        kept = [n > 1 or k == lists for k, n in enumerate(index.shape)]
        batched = len(full) > len(kept)
        if batched:
            value = fit(value, full, [self.batched(operand)] + kept)
        else:
            value = fit(value, full, kept)
        self.parts[operand.source].append((index.reshape([n for n, k in zip(index.shape, kept, strict=True) if k]), value))

    def wanted(self, operand: Operand) -> bool:
        """Whether a gradient flows into what the operand reads."""
        return operand.source >= 0 and self.arrays[operand.source].group.differentiable

    # ---- an operation of the table

    def operands(self, a: Array) -> tuple[int, list[tuple[Operand, Any, int | None]]]:
        """The axis of lists, and each operand with its positions and the axis of its list if it is one."""
        assert a.row is not None
        lead = a.group.batched
        lists = [operand for operand in a.operands if operand.index.ndim > len(a.shape)]
        front = bool(lists) and _steep(lists[0])
        out: list[tuple[Operand, Any, int | None]] = []
        for operand in a.operands:
            if operand.index.ndim == len(a.shape):
                out.append((operand, operand.index, None))
            else:
                out.append((operand, np.moveaxis(operand.index, -1, 0) if front else operand.index, 0 if front else len(a.shape)))
        return lead + (0 if front else len(a.shape)), out

    def row(self, a: Array) -> Expr:
        """The value of an operation."""
        assert a.row is not None
        axis, operands = self.operands(a)
        names = {}
        for name, (operand, index, lists) in zip(a.row.names, operands, strict=True):
            names[name] = self.read(operand, index, lists)
        if a.row.variadic:
            names = self.with_lists(a, axis, names)
        return apply(self.space(a, axis), a.row.forward, names)

    def with_lists(self, a: Array, axis: int, names: dict[str, Expr]) -> dict[str, Expr]:
        return names

    def backward(self, a: Array, g: Expr) -> None:
        """Hand the gradient of an array down to what it reads."""
        if a.group.members:
            return self.backward_pool(a, g)
        if a.row is None:
            return self.backward_sum(a, g)
        axis, operands = self.operands(a)
        full = self.full(a)
        names = {name: self.read(operand, index, lists) for name, (operand, index, lists) in zip(a.row.names, operands, strict=True)}
        names["out"] = self.values[a.group.number]
        for partial, (operand, index, lists) in zip(a.row.partials, operands, strict=True):
            if not self.wanted(operand):
                continue
            if lists is None:
                self.add(operand, index, g * apply(self.space(a, axis), partial, names), full)
                continue
            present = [k != axis for k in range(len(full) + 1)]
            wide = {
                name: x if star[0] == "*" else A.expand(x, present)
                for (name, x), star in zip(names.items(), [*a.row.operands, "out"], strict=True)
            }
            value = A.expand(g, present) * apply(self.space(a, axis), partial, wide)
            size = index.shape[lists]
            self.add(operand, index, value, (*full[:axis], size, *full[axis:]), lists)
        return None

    # ---- what is irregular

    def pool(self, a: Array) -> Expr:
        """Arrays end to end."""
        lead = self.full(a)[: a.group.batched]
        flat = [self.read(operand, operand.index, 0) for operand in a.operands]
        return A.concatenate([A.spread(x, (*lead, x.shape[-1])) for x in flat], len(lead))

    def backward_pool(self, a: Array, g: Expr) -> None:
        """Each array its part of the gradient."""
        at = 0
        g = A.spread(g, self.full(a))
        for operand in a.operands:
            n = len(operand.index)
            if self.wanted(operand):
                part = view(g, np.arange(at, at + n))
                self.add(operand, operand.index, part, (*self.full(a)[:-1], n), 0)
            at += n

    def irregular(self, a: Array) -> Expr:
        """Terms that are not the same for all sums: each is added to its own."""
        full = self.full(a)
        lead = full[: a.group.batched]
        loose = [(x, y, owner) for x, y, owner in a.terms if owner is not None]
        flat = [A.spread(self.read(x, x.index) * self.read(y, y.index), (*lead, len(owner))) for x, y, owner in loose]
        value = A.concatenate(flat, len(lead))
        owners = np.concatenate([owner for _, _, owner in loose])
        if not a.shape:
            return A.sum_over(value, [len(lead)])
        if not (len(owners) == A.size(a.shape) and (owners == np.arange(len(owners))).all()):
            value = A.segment_sum(value, owners, A.size(a.shape))
        return A.reshape(value, full)

    def backward_irregular(self, a: Array, g: Expr, x: Operand, y: Operand, owner: Any) -> None:
        """Each irregular term the gradient of its sum."""
        mine = view(A.spread(g, self.full(a)), owner) if g.shape else g
        for operand, other in [(x, y), (y, x)]:
            if self.wanted(operand):
                value = mine * self.read(other, other.index)
                self.add(operand, operand.index, value, (*self.full(a)[: a.group.batched], len(owner)))

    # ---- a sum of products

    def sum(self, a: Array) -> Expr:
        """The value of a sum of products."""
        full = self.full(a)
        parts = []
        if any(owner is not None for _, _, owner in a.terms):
            parts.append(self.irregular(a))
        for x, y, owner in a.terms:
            if owner is not None:
                continue
            if x.index.shape[-1] == 1:
                parts.append(self.read(x, x.index[..., 0]) * self.read(y, y.index[..., 0]))
            elif y.source == CONSTANT and (y.index == y.index.flat[0]).all():
                front = _steep(x)
                index = np.moveaxis(x.index, -1, 0) if front else x.index
                lists = 0 if front else len(a.shape)
                value = self.read(x, index, lists)
                value = A.sum_over(value, [lists + value.batched])
                parts.append(value * float(y.index.flat[0]))
            elif y.source == CONSTANT and not y.index.any():
                parts.append(A.const(self.book, 0.0))
            else:
                (p, of_p), (q, of_q) = self.factor(x), self.factor(y)
                letters = A.ROWS * (len(full) > len(a.shape)) + AXES[: len(a.shape)]
                out = "".join(k for k in letters if k in of_p + of_q)
                value = A.contract(p, of_p, q, of_q, out)
                parts.append(A.expand(value, [k in out for k in letters if k != A.ROWS or A.ROWS in out]))
        if a.plus is not None:
            parts.append(self.read(a.plus, a.plus.index))
        return A.total(parts)

    def backward_sum(self, a: Array, g: Expr) -> None:
        """Hand the gradient of a sum of products down to the factors."""
        full = self.full(a)
        letters = A.ROWS * (len(full) > len(a.shape)) + AXES[: len(a.shape)]
        for x, y, owner in a.terms:
            if owner is not None:
                self.backward_irregular(a, g, x, y, owner)
            elif x.index.shape[-1] == 1:
                for operand, other in [(x, y), (y, x)]:
                    if self.wanted(operand):
                        self.add(operand, operand.index[..., 0], g * self.read(other, other.index[..., 0]), full)
            elif y.source == CONSTANT and (y.index == y.index.flat[0]).all():
                if self.wanted(x):
                    front = _steep(x)
                    index = np.moveaxis(x.index, -1, 0) if front else x.index
                    lists = 0 if front else len(a.shape)
                    at = lists + a.group.batched
                    value = A.expand(g * float(y.index.flat[0]), [k != at for k in range(len(full) + 1)])
                    self.add(x, index, value, (*full[:at], x.index.shape[-1], *full[at:]), lists)
            else:
                (p, of_p), (q, of_q) = self.factor(x), self.factor(y)
                for operand, of, other, of_other in [(x, of_p, q, of_q), (y, of_q, p, of_p)]:
                    if self.wanted(operand):
                        index = self.squeezed(operand)
                        order = natural(index)
                        mine = of[len(of) - len(order) :]
                        out = of[: len(of) - len(order)] + "".join(mine[k] for k in order)
                        if g.shape:
                            value = A.contract(A.spread(g, full), letters, other, of_other, out)
                        else:
                            times = [k not in out + of_other for k in letters]
                            alone = fit(g, tuple([n for n, t in zip(full, times, strict=True) if t]), [False] * sum(times))
                            value = A.contract(alone, "", other, of_other, out)
                        self.parts[operand.source].append((index.transpose(order), value))

    def squeezed(self, operand: Operand) -> Any:
        """The positions of a factor without the axes along which they do not vary; the last axis is the list."""
        shape = operand.index.shape
        return operand.index.reshape([n for n in shape[:-1] if n > 1] + [shape[-1]])


def natural(index: Any) -> list[int]:
    """The order of axes in which positions grow, so that a gradient needs no transpose."""
    origin = index.flat[0]
    steps = [index[(0,) * k + (-1,) + (0,) * (index.ndim - k - 1)] - origin for k in range(index.ndim)]
    return sorted(range(index.ndim), key=lambda k: -steps[k])


def _steep(operand: Operand) -> bool:
    """Whether the elements of the lists are further apart than the lists: then their axis goes first."""
    index = operand.index
    if index.ndim < 2 or index.size < 2 or operand.source == CONSTANT:
        return False
    origin = (0,) * index.ndim
    step = [int(index[(0,) * k + (1,) + (0,) * (index.ndim - k - 1)] - index[origin]) if index.shape[k] > 1 else 0 for k in range(index.ndim)]
    return step[-1] > max(step[:-1])


