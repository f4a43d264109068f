"""From a row of the table to its function and its methods: ``record`` with its text.

>>> FUNCTIONS["tanh"](0.0)
Value(data=0.0, grad=0.0)
"""

import inspect
from collections.abc import Callable
from typing import Any

from .checks import check_number
from .inline import compiled, written
from .ops import FLOATS, OPS, Op
from .record import binary, reflected, several, unary, variadic
from .value import Value, as_value

Function = Callable[..., Any]

EXAMPLE = 0.5, 2.0, 3.0  # where every row has a value

# ---- functions, which take plain numbers in every place ----


def of_one(op: Op, record: Function) -> Function:
    """Make the function ``tanh(x)`` from the method."""

    def function(x: Any) -> Value:
        return record(as_value(x, op.name))  # type: ignore[no-any-return]

    return function


def of_two(op: Op, record: Function, reflected: Function) -> Function:
    """Make the function ``mul(x, y)`` from the two methods."""

    def function(x: Any, y: Any) -> Value:
        if isinstance(y, Value) and not isinstance(x, Value):
            return reflected(y, x)  # type: ignore[no-any-return]
        x = as_value(x, op.name)
        if not isinstance(y, Value):
            y = check_number(y, op.name, x)
        return record(x, y)  # type: ignore[no-any-return]

    return function


def of_several(op: Op, name: str, first: str) -> Function:
    """Make the function ``clip(x, lo, hi)``, or the method if its ``first`` is self."""
    names = ", ".join(op.names)
    slopes = [eval(f"lambda {names}, out: {d}", FLOATS) for d in op.partials]
    record = several(op, FLOATS[op.name], slopes)
    given = ", ".join([first, *op.names[1:]])
    text = f"def {name}({given}):\n    return record({given})\n"
    return compiled(text, f"<Value.{name}>", {"record": record})[name]  # type: ignore[no-any-return]


# ---- from a row to its functions ----


def rule_texts(op: Op) -> dict[str, str]:
    """Give what stands in the place of the calls: the row's own text.

    >>> rule_texts(OPS["div"])["infinite"]
    'out - out or da - da or db - db'
    """
    texts = {"forward": op.forward}
    finite = ["out - out"]
    for operand, partial in zip("xy", op.partials, strict=False):
        texts[f"d_{operand}"] = partial
        # Only a partial that divides or calls can be infinite when the value is not.
        if "/" in partial or "(" in partial:
            d = "da" if operand == "x" else "db"
            finite.append(f"{d} - {d}")
    return texts | {"infinite": " or ".join(finite)}


def list_rule(op: Op) -> tuple[Function, Function]:
    """Make the two functions that a row of lists needs.

    One puts the operands end to end, ``(*w, *x, b)``; the other gives, of all their
    data and the length of a list, the value and all partials.
    """
    names = ", ".join(op.names)
    lists = [name[1:] for name in op.operands if name.startswith("*")]
    cut = [f"data[{i} * n : {i + 1} * n]" for i in range(len(lists))]
    singles = range(len(op.operands) - len(lists))
    cut += [f"data[{len(lists)} * n + {i}]" for i in singles]
    each = f"zip({', '.join(lists)})" if len(lists) > 1 else lists[0]
    partials = ""
    for operand, partial in zip(op.operands, op.partials, strict=True):
        if not operand.startswith("*"):
            partials += f"{partial}, "
        elif partial in lists:  # the elements themselves: no loop
            partials += f"*{partial}, "
        else:
            partials += f"*[{partial} for {', '.join(lists)} in {each}], "
    text = f"""\
def joined({names}):
    return ({", ".join(op.operands)},)

def rule(data, n):
    {names} = {", ".join(cut)}
    out = {op.forward}
    return out, ({partials})
"""
    space = compiled(text, f"<{op.name} of lists>", FLOATS)
    return space["joined"], space["rule"]


def methods(op: Op, make: Callable[..., Function] = written) -> list[Function]:
    """Make the methods of a row without lists; of two operands, one for each side."""
    texts = rule_texts(op)
    if len(op.operands) == 1:
        return [make(unary, op, op.method, texts)]
    if len(op.operands) == 2:
        right = op.method.replace("__", "__r", 1) if op.is_sign else "reflected"
        made = [make(binary, op, op.method, texts), make(reflected, op, right, texts)]
    else:
        made = [of_several(op, op.method, "self")]
    if op.default is not None:
        made[0].__defaults__ = (op.default,)
    return made


def function_of(op: Op) -> Function:
    """Make the function of a row, and give `Value` its methods.

    >>> function_of(OPS["tanh"])(0.0)
    Value(data=0.0, grad=0.0)
    """
    if op.variadic:
        joined, rule = list_rule(op)
        lists = sum(name.startswith("*") for name in op.operands)
        function = written(
            variadic,
            op,
            op.name,
            {},
            joined=joined,
            rule=rule,
            lists=lists,
            places=len(op.operands),
        )
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        parameters = [inspect.Parameter(name, kind) for name in op.names]
        function.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        return named(function, op, op.name)
    made = methods(op)
    if len(op.operands) > 2:
        function = of_several(op, op.name, op.names[0])
    else:
        function = of_one(op, *made) if len(made) == 1 else of_two(op, *made)
    if op.default is not None:
        function.__defaults__ = (op.default,)
    if not op.is_sign:
        del made[1:]  # `2 * y` is Python's to call, `maximum(2, y)` is a function's
    for method in made:
        setattr(Value, method.__name__, named(method, op, f"Value.{method.__name__}"))
    return named(function, op, op.name)


def named(function: Function, op: Op, path: str) -> Function:
    """Give it the name and the formula that `help`, tracebacks and pickle look for."""
    name = path.rpartition(".")[2]
    function.__name__ = name
    function.__qualname__ = path
    function.__module__ = "micrograd_kr"
    function.__doc__ = documentation(op)
    function.__code__ = function.__code__.replace(co_name=name, co_qualname=path)
    return function


def documentation(op: Op) -> str:
    """Write what `help` shows of an op: its row, and an example.

    >>> documentation(OPS["log"]).splitlines()[0]
    'Compute log(x); its local partial is 1 / x. It needs x > 0.'
    """
    partials = "partial is" if len(op.partials) == 1 else "partials are"
    text = f"Compute {op.forward}; its local {partials} {', '.join(op.partials)}."
    if op.domain != "True":
        text += f" It needs {op.domain}."
    given: list[Any] = []
    for operand, number in zip(op.operands, EXAMPLE, strict=False):
        given.append([*EXAMPLE] if operand.startswith("*") else number)
    call = f"{op.name}({', '.join(map(str, given))})"
    return f"{text}\n\n>>> {call}.data\n{FLOATS[op.name](*given)!r}"


FUNCTIONS: dict[str, Callable[..., Value]] = {
    name: function_of(op) for name, op in OPS.items()
}
