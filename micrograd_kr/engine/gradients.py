"""Gradients as values: `grad` in the functional form, of any order, and `gradcheck`.

The partials are the same text of the table, read with the functions of Values instead of floats: the
gradient is a graph like any other and can be differentiated again.
"""

import ast
import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from .ops import FLOATS, Op
from .record import check_number
from .value import FUNCTIONS, Number, Value, as_value, mark_compared


class _Conditions(ast.NodeTransformer):
    """``a if x > 0 else b`` on Values: numbers decide, and the result remembers that they did."""

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        """``decided(a if float(x) > 0 else b, x)``."""
        tested = sorted({n.id for n in ast.walk(node.test) if isinstance(n, ast.Name)})
        test = ast.unparse(node.test)
        for name in tested:
            test = re.sub(rf"\b{name}\b", f"float({name})", test)
        choice = ast.IfExp(
            ast.parse(test, mode="eval").body,
            self.visit(node.body),
            self.visit(node.orelse),
        )
        names: list[ast.expr] = [ast.Name(name, ast.Load()) for name in tested]
        return ast.Call(ast.Name("decided", ast.Load()), [choice, *names], [])


def _decided(chosen: Any, *tested: Any) -> Any:
    if not any(isinstance(x, Value) for x in tested):
        return chosen
    v = chosen + 0.0 if isinstance(chosen, Value) else Value(chosen)
    mark_compared(v)  # a compiled graph could not decide again
    return v


@cache
def _rule(op: Op, i: int) -> Callable[..., Any]:
    """The i-th partial of an op as a function of Values: the same text, other functions."""
    text = f"lambda out, {', '.join(op.names)}: {op.partials[i]}"
    tree = ast.fix_missing_locations(_Conditions().visit(ast.parse(text, mode="eval")))
    names = {**FLOATS, **FUNCTIONS, "decided": _decided}
    return eval(compile(tree, f"<partial {i} of {op.name}>", "eval"), names)  # type: ignore[no-any-return]


def _partial_values(v: Value, op: Op) -> list[Any]:
    """The local partials of v as graphs of its operands and of itself."""
    operands = v.operands
    if not op.variadic:
        return [
            _rule(op, i)(v, *operands)
            for i, x in enumerate(operands)
            if isinstance(x, Value)
        ]
    n, lists = op.lengths(len(operands))
    rows: list[list[Any]] = [
        [*operands[k : lists * n : n], *operands[lists * n :]] for k in range(n)
    ] or [[None] * len(op.operands)]
    of_lists = [_rule(op, i)(v, *row) for i in range(lists) for row in rows if n]
    return of_lists + [
        _rule(op, i)(v, *rows[0]) for i in range(lists, len(op.operands))
    ]


def _current_partials(v: Value, op: Op) -> list[Any]:
    """`_partial_values`, and the check that the operands they read are still what they were."""
    data = [float(x) for x in v.operands]
    try:
        now = FLOATS[op.name](*(op.split(data) if op.variadic else data))
    except (ValueError, ArithmeticError):
        now = None
    partials = _partial_values(v, op) if now == v.data else []
    if [float(p) for p in partials] != list(v.partials):
        raise RuntimeError(
            f"grad: an operand of {v!r} ({op.name}) changed after the forward pass; run it again"
        )
    return partials


def _times(g: Any, partial: Any) -> Any:
    """The product; a factor that is the plain number 1 needs no node of its own."""
    if not isinstance(g, Value) and g == 1.0:
        return partial
    return g if not isinstance(partial, Value) and partial == 1.0 else g * partial


def grad(
    y: Value, xs: Iterable[Value], create_graph: bool = False
) -> tuple[Value, ...]:
    """dy/dx for each of ``xs``, as Values; no ``grad`` is touched.

    With ``create_graph`` the results are graphs themselves, so they can be differentiated again.
    A Value that y does not depend on has 0. Raises RuntimeError if data was changed after the
    forward pass in a way that a graph of the gradient would get wrong.

    >>> x = Value(2.0)
    >>> (dx,) = grad(x**3, [x], create_graph=True)
    >>> dx.data, grad(dx, [x])[0].data
    (12.0, 12.0)
    """
    xs = [xs] if isinstance(xs, Value) else list(xs)
    for v in (y, *xs):
        if not isinstance(v, Value):
            raise TypeError(
                f"grad takes a Value and a list of Values, not the {type(v).__name__} {v!r}"
            )
    order = y.topological_order()
    needed = set(xs)
    for v in order:
        if not needed.isdisjoint(v.parents):
            needed.add(v)
    adjoints: dict[Value, Any] = {y: 1.0}
    for v in reversed(order):
        if v not in needed or v.op is None:
            continue
        partials = _current_partials(v, v.op) if create_graph else v.partials
        for parent, partial in zip(v.parents, partials, strict=True):
            if parent in needed:
                step = _times(adjoints[v], partial)
                adjoints[parent] = (
                    adjoints[parent] + step if parent in adjoints else step
                )
    return tuple(
        [as_value(adjoints.get(x, 0.0), f"grad with respect to {x!r}") for x in xs]
    )


def gradcheck(
    f: Callable[..., Value],
    xs: Iterable[Number],
    eps: float = 1e-5,
    rtol: float = 1e-5,
    atol: float = 1e-7,
) -> bool:
    """Whether ``f(*Values)`` has the gradient that central differences say it has.

    True, or an AssertionError that names the worst input and the two numbers.
    (f(x + h) - f(x - h)) / 2h with h = eps * max(1, \\|x\\|).

    >>> gradcheck(lambda x, y: x * y.tanh(), [2.0, 0.5])
    True
    """
    points = [check_number(x, "gradcheck") for x in xs]
    inputs = [Value(x, f"input {i}") for i, x in enumerate(points)]
    exact = [g.data for g in grad(as_value(f(*inputs), "gradcheck"), inputs)]
    worst = (0.0, "")
    for i, x in enumerate(points):
        h = eps * max(1.0, abs(x))
        up, down = (
            float(f(*[Value(p + s if j == i else p) for j, p in enumerate(points)]))
            for s in (h, -h)
        )
        numeric = (up - down) / (2 * h)
        excess = abs(exact[i] - numeric) - (atol + rtol * abs(numeric))
        if excess > worst[0]:
            worst = (
                excess,
                f"gradcheck: input {i} at {x!r}: backward gives {exact[i]!r}, central differences {numeric!r}",
            )
    if worst[1]:
        raise AssertionError(worst[1])
    return True
