"""Gradients as Values: `grad`, of any order, and what is made with it.

`jacobian` and `hessian` are tables of numbers, `gradcheck` is a check; `jvp` goes
forwards.

The partials are the same text of the table, read with the functions of Values instead
of those of floats: so a gradient is a graph like any other, and has a gradient itself.
"""

import ast
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from inspect import signature
from typing import Any

from .checks import ERRORS, check_graph, check_number, value_of
from .comparison import mark_compared
from .functions import FUNCTIONS
from .messages import say
from .ops import FLOATS, Op
from .value import Number, Value, as_value

# ---- the text of a row, read with Values ----


class _Conditions(ast.NodeTransformer):
    """``a if x > 0 else b`` on Values, as ``decided(a if number(x) > 0 else b, x)``.

    Numbers decide, and the result remembers that they did.
    """

    def visit_IfExp(self, choice: ast.IfExp) -> ast.AST:
        """Write one condition anew, and those inside it."""
        self.generic_visit(choice)
        names = [n.id for n in ast.walk(choice.test) if isinstance(n, ast.Name)]
        tested = ", ".join(sorted(set(names)))
        choice.test = _Numbers().visit(choice.test)
        text = f"decided({ast.unparse(choice)}, {tested})"
        return ast.parse(text, mode="eval").body


class _Numbers(ast.NodeTransformer):
    """Every name x as ``number(x)``."""

    def visit_Name(self, name: ast.Name) -> ast.AST:
        """Write one name anew."""
        return ast.parse(f"number({name.id})", mode="eval").body


def _number(x: Any) -> float:
    return x.data if isinstance(x, Value) else x


def _decided(chosen: Any, *tested: Any) -> Any:
    if not any(isinstance(x, Value) for x in tested):
        return chosen
    v = chosen + 0.0 if isinstance(chosen, Value) else Value(chosen)
    mark_compared(v)  # a compiled graph could not decide again
    return v


@cache
def _rule(op: Op, i: int) -> Callable[..., Any]:
    """Make the i-th partial of an op as a function of Values: ``(out, x, y)``."""
    text = f"lambda out, {', '.join(op.names)}: {op.partials[i]}"
    tree = ast.fix_missing_locations(_Conditions().visit(ast.parse(text, mode="eval")))
    names = {**FLOATS, **FUNCTIONS, "number": _number, "decided": _decided}
    return eval(compile(tree, f"<partial {i} of {op.name}>", "eval"), names)  # type: ignore[no-any-return]


def _partial_graphs(v: Value, op: Op) -> list[Any]:
    """Give the local partials of v as graphs of its operands and of itself."""
    if op.variadic:
        return _partial_graphs_of_lists(v, op)
    graphs = []
    for i, x in enumerate(v.operands):
        if isinstance(x, Value):
            graphs.append(_rule(op, i)(v, *v.operands))
    return graphs


def _partial_graphs_of_lists(v: Value, op: Op) -> list[Any]:
    """Give them for operands that come in lists: list by list, then the single ones."""
    given = op.split(v.operands)
    n, count = op.lengths(len(v.operands))
    lists, singles = given[:count], given[count:]
    graphs = []
    for i in range(count):
        rule = _rule(op, i)
        rows = zip(*lists, strict=True)
        graphs += [rule(v, *elements, *singles) for elements in rows]
    first = [elements[0] if n else None for elements in lists]
    for i in range(count, len(op.operands)):
        graphs += [_rule(op, i)(v, *first, *singles)]
    return graphs


def _checked_graphs(v: Value, op: Op) -> list[Any]:
    """Give `_partial_graphs`, if the operands they read are still what they were."""
    try:
        now = value_of(op, [_number(x) for x in v.operands])
    except ERRORS:
        now = None
    if now == v.data:
        graphs = _partial_graphs(v, op)
        if [_number(g) for g in graphs] == list(v.partials):
            return graphs
    raise RuntimeError(say("changed", v=repr(v), op=op.name))


# ---- the chain rule ----


def grad(
    y: Value, xs: Value | Iterable[Value], create_graph: bool = False
) -> tuple[Value, ...]:
    """Give dy/dx for each of ``xs``, as Values; no ``grad`` is touched.

    With ``create_graph`` the results are graphs themselves, so they can be
    differentiated again. A Value that y does not depend on has 0. Raises RuntimeError
    if data was changed after the forward pass in a way that a graph of the gradient
    would get wrong.

    >>> x = Value(2.0)
    >>> (dx,) = grad(x**3, [x], create_graph=True)
    >>> dx.data, grad(dx, [x])[0].data
    (12.0, 12.0)
    """
    xs = list(xs) if hasattr(xs, "__iter__") else [xs]
    for v in (y, *xs):
        if not isinstance(v, Value):
            kind = type(v).__name__
            raise TypeError(say("grad_takes", x=repr(v), kind=kind))
    if y not in xs:
        check_graph(y, "grad")
    order = y.topological_order()
    needed = _on_the_way(order, xs)
    adjoints: dict[Value, Any] = {y: 1.0}
    for v in reversed(order):
        if v.op is None or v not in needed:
            continue
        partials = _checked_graphs(v, v.op) if create_graph else v.partials
        for parent, partial in zip(v.parents, partials, strict=True):
            if parent not in needed:
                continue
            contribution = _times(adjoints[v], partial)
            if parent in adjoints:
                contribution = adjoints[parent] + contribution
            adjoints[parent] = contribution
    if any(x not in adjoints for x in xs):  # then 0 is right, unless the way was cut
        _check_gradients(order)
    results = []
    for x in xs:
        result = as_value(adjoints.get(x, 0.0), f"grad with respect to {x!r}")
        if not create_graph:
            result._db = "gradient"  # as `check_graph` says it
        results.append(result)
    return tuple(results)


def _check_gradients(order: Sequence[Value]) -> None:
    """Raise RuntimeError if an order holds a gradient made without its graph."""
    for v in order:
        if v.op is None and v._db == "gradient":
            check_graph(v, "grad")


def _on_the_way(order: Sequence[Value], xs: Iterable[Value]) -> set[Value]:
    """Find the Values of an order that depend on one of ``xs``, and those."""
    needed = set(xs)
    for v in order:
        if not needed.isdisjoint(v.parents):
            needed.add(v)
    return needed


def _times(adjoint: Any, partial: Any) -> Any:
    """Multiply; a factor that is the plain number 1 needs no node of its own."""
    if not isinstance(adjoint, Value) and adjoint == 1.0:
        return partial
    if not isinstance(partial, Value) and partial == 1.0:
        return adjoint
    return adjoint * partial


# ---- tables of numbers ----


def jacobian(f: Callable[..., Any], xs: Iterable[Number]) -> list[Any]:
    """Give the derivatives of ``f(*Values)`` at the n numbers ``xs``.

    For a list of m outputs they are m lists of n floats, for one output a list of n;
    as `torch.autograd.functional.jacobian`. Raises TypeError for what is no number, and
    for an f that does not take n of them.

    >>> jacobian(lambda x, y: [x * y, x + y], [2.0, 3.0])
    [[3.0, 2.0], [1.0, 1.0]]
    """
    inputs = _inputs("jacobian", xs)
    outputs = _called("jacobian", f, inputs)
    if not isinstance(outputs, Iterable):
        return _slopes("jacobian", outputs, inputs)
    return [_slopes("jacobian", y, inputs) for y in outputs]


def hessian(f: Callable[..., Value], xs: Iterable[Number]) -> list[list[float]]:
    """Give the n × n second derivatives of one output ``f(*Values)`` at ``xs``.

    As `torch.autograd.functional.hessian`. Raises TypeError as `jacobian`.

    >>> hessian(lambda x, y: x * x * y, [2.0, 3.0])
    [[6.0, 4.0], [4.0, 0.0]]
    """
    inputs = _inputs("hessian", xs)
    y = as_value(_called("hessian", f, inputs), "hessian")
    first = grad(y, inputs, create_graph=True)
    return [_slopes("hessian", slope, inputs) for slope in first]


def jvp(
    f: Callable[..., Any], xs: Iterable[Number], tangents: Iterable[Number]
) -> tuple[Any, Any]:
    """Give the outputs of ``f(*Values)``, and how they change in a direction.

    That is the Jacobian times ``tangents``, one number for each of ``xs``; a float for
    one output, a list for a list. Computed forwards, operation by operation, in one
    pass (Griewank & Walther, Evaluating Derivatives, 2008, 3.1); as `torch.func.jvp`.
    Raises ValueError unless there are as many tangents as inputs.

    >>> jvp(lambda x, y: x * y, [2.0, 3.0], [1.0, 10.0])
    (6.0, 23.0)
    """
    inputs = _inputs("jvp", xs)
    along = _numbers("jvp", tangents)
    if len(along) != len(inputs):
        raise ValueError(say("tangents", n=len(inputs), m=len(along)))
    known = dict(zip(inputs, along, strict=True))
    outputs = _called("jvp", f, inputs)
    if not isinstance(outputs, Iterable):
        y = as_value(outputs, "jvp")
        return y.data, _tangent(y, known)
    values = [as_value(y, "jvp") for y in outputs]
    return [y.data for y in values], [_tangent(y, known) for y in values]


def _inputs(who: str, xs: Iterable[Number]) -> list[Value]:
    return [Value(x) for x in _numbers(who, xs)]


def _numbers(who: str, xs: Any) -> list[float]:
    if not isinstance(xs, Iterable):
        raise TypeError(say("no_list", who=who, x=repr(xs), kind=type(xs).__name__))
    return [check_number(x, who) for x in xs]


def _called(who: str, f: Callable[..., Any], inputs: Sequence[Value]) -> Any:
    """Give ``f(*inputs)``; raise TypeError if f takes another number of arguments."""
    try:
        signature(f).bind(*inputs)
    except TypeError:
        name = getattr(f, "__name__", "f")
        name = name if name.isidentifier() else "f"  # no <lambda>
        raise TypeError(say("takes", who=who, f=name, n=len(inputs))) from None
    except ValueError:
        pass  # what is written in C may not tell
    return f(*inputs)


def _slopes(who: str, y: Any, inputs: Sequence[Value]) -> list[float]:
    return [slope.data for slope in grad(as_value(y, who), inputs)]


def _tangent(y: Value, known: dict[Value, float]) -> float:
    """Follow the tangents that are known to y; what is met becomes known."""
    for v in y.topological_order():
        if v not in known:
            pairs = zip(v.parents, v.partials, strict=True)
            known[v] = sum([known[parent] * partial for parent, partial in pairs], 0.0)
    return check_number(known[y], f"jvp: {y!r}")


# ---- the check ----


def gradcheck(
    f: Callable[..., Value],
    xs: Iterable[Number],
    eps: float = 1e-5,
    rtol: float = 1e-5,
    atol: float = 1e-7,
) -> bool:
    r"""Tell whether ``f(*Values)`` has the gradient that central differences say.

    Those are (f(x + h) - f(x - h)) / 2h with h = eps * max(1, \|x\|). Gives True, or
    raises an AssertionError that names the worst input and the two numbers.

    >>> gradcheck(lambda x, y: x * y.tanh(), [2.0, 0.5])
    True
    """
    points = _numbers("gradcheck", xs)
    inputs = [Value(x, f"input {i}") for i, x in enumerate(points)]
    y = as_value(_called("gradcheck", f, inputs), "gradcheck")
    exact = grad(y, inputs)
    worst, told = 0.0, ""
    for i, x in enumerate(points):
        h = eps * max(1.0, abs(x))
        numeric = _central_difference(f, points, i, h)
        slope = exact[i].data
        excess = abs(slope - numeric) - (atol + rtol * abs(numeric))
        if excess > worst:
            worst = excess
            told = say("gradcheck", i=i, x=x, exact=slope, numeric=numeric)
    if told:
        raise AssertionError(told)
    return True


def _central_difference(
    f: Callable[..., Any], points: Sequence[float], i: int, h: float
) -> float:
    """Compute (f(x + h) - f(x - h)) / 2h in the i-th of ``points``."""
    ends = []
    for moved in (points[i] + h, points[i] - h):
        inputs = [*points[:i], moved, *points[i + 1 :]]
        ends.append(_number(f(*map(Value, inputs))))
    return (ends[0] - ends[1]) / (2 * h)
