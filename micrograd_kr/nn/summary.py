"""What a network is made of, as a table."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from ..engine import Value
from ..text import columns
from .messages import say

_HEADINGS = ("layer", "shape", "activation_column", "parameters", "initialisation")
_RIGHT = 3  # the column of numbers

Row = tuple[str, ...]


class _Module(Protocol):
    """What a table can be made of."""

    def named_parts(self) -> Iterable[tuple[str, Any]]:
        """Its own modules and parameters."""

    def named_parameters(self) -> Iterable[tuple[str, Value]]:
        """Every parameter with its name."""

    def parameters(self) -> list[Value]:
        """Every parameter once."""

    def neurons_of_layer(self) -> list[Any]:
        """The neurons that it is, if it is a layer."""


class Table(str):
    """Text in columns, which is shown as it reads.

    >>> Table("a  b")
    a  b
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def summary(model: _Module) -> Table:
    """Give a table with a row for each layer.

    It has inputs → outputs, activation, number of parameters and initialisation. A
    module of another kind has a row for its own parameters and the rows of what it is
    made of. In the total a parameter that is used in several places counts once.

    >>> from micrograd_kr.nn.modules import MLP
    >>> summary(MLP(2, [16, 1]))
    layer   shape   activation  parameters  initialisation
    ------------------------------------------------------
    layer0  2 → 16  relu                48  he
    layer1  16 → 1  linear              17  he
    ------------------------------------------------------
    total                               65
    """
    headings = tuple(say(key) for key in _HEADINGS)
    rows = list(_rows(model, "", set()))
    total = (say("total"), "", "", f"{len(model.parameters()):,}", "")
    cells = zip(headings, *rows, total, strict=True)
    widths = [max(map(columns, column)) for column in cells]
    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    body = [_line(row, widths) for row in rows]
    lines = [_line(headings, widths), rule, *body, rule, _line(total, widths)]
    return Table("\n".join(lines))


def _rows(module: _Module, name: str, around: set[int]) -> Iterator[Row]:
    """The rows of a module; ``around`` are the ids of those it stands in."""
    neurons = module.neurons_of_layer()
    if neurons:
        yield _row_of_layer(module, name, neurons)
        return
    parts = list(module.named_parts())
    own = sum(isinstance(part, Value) for _, part in parts)
    if own:
        yield name or type(module).__name__, "", "", f"{own:,}", ""
    for inner, part in parts:
        if not isinstance(part, Value) and id(part) not in around | {id(module)}:
            path = f"{name}.{inner}".lstrip(".")
            yield from _rows(part, path, around | {id(module)})


def _row_of_layer(module: _Module, name: str, neurons: list[Any]) -> Row:
    return (
        name or type(module).__name__,
        f"{len(neurons[0].w)} → {len(neurons)}",
        _all_of(_named(n.activation) for n in neurons),
        f"{len(list(module.named_parameters())):,}",
        _all_of(n.init for n in neurons),
    )


def _all_of(names: Iterable[str]) -> str:
    """The different ones, each once."""
    return "/".join(dict.fromkeys(names))


def _named(activation: str | Callable[..., Any] | None) -> str:
    if activation is None:
        return say("linear")
    if isinstance(activation, str):
        return activation
    return getattr(activation, "__name__", repr(activation))


def _line(cells: Row, widths: list[int]) -> str:
    filled = []
    for i, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        space = " " * (width - columns(cell))
        filled.append(space + cell if i == _RIGHT else cell + space)
    return "  ".join(filled).rstrip()
