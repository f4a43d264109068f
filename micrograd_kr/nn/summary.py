"""What a network is made of, as a table."""

from collections.abc import Iterator

from ..engine import Value
from ..text import columns
from .modules import Activation, Layer, Module, Neuron

_HEADINGS = ("layer", "shape", "activation", "parameters", "initialisation")
_RIGHT = 3  # the column of numbers


def summary(model: Module) -> str:
    """A table with a row for each layer: inputs → outputs, activation, number of parameters, initialisation.

    A module of another kind has a row for its own parameters and the rows of what it is made of. In the
    total a parameter that is used in several places counts once.

    >>> from micrograd_kr.nn.modules import MLP
    >>> print(summary(MLP(2, [16, 1])))
    layer   shape   activation  parameters  initialisation
    ------------------------------------------------------
    layer0  2 → 16  relu                48  he
    layer1  16 → 1  linear              17  he
    ------------------------------------------------------
    total                               65
    """
    rows = list(_rows(model, ""))
    total = ("total", "", "", f"{len(model.parameters()):,}", "")
    widths = [
        max(map(columns, column))
        for column in zip(_HEADINGS, *rows, total, strict=True)
    ]
    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    lines = [_line(row, widths) for row in (_HEADINGS, *rows, total)]
    return "\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1]])


def _rows(module: Module, name: str) -> Iterator[tuple[str, ...]]:
    if isinstance(module, Layer | Neuron):
        neurons = module.neurons if isinstance(module, Layer) else [module]
        yield (
            name or type(module).__name__,
            f"{len(neurons[0].w)} → {len(neurons)}",
            "/".join(dict.fromkeys(_named(n.activation) for n in neurons)),
            f"{len(list(module.named_parameters())):,}",
            "/".join(dict.fromkeys(n.init for n in neurons)),
        )
        return
    parts = list(module.named_parts())
    own = sum(isinstance(part, Value) for _, part in parts)
    if own:
        yield name or type(module).__name__, "", "", f"{own:,}", ""
    for inner, part in parts:
        if isinstance(part, Module):
            yield from _rows(part, f"{name}.{inner}".lstrip("."))


def _named(activation: Activation) -> str:
    if activation is None:
        return "linear"
    return (
        activation
        if isinstance(activation, str)
        else getattr(activation, "__name__", repr(activation))
    )


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    padded = []
    for i, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        space = " " * (width - columns(cell))
        padded.append(space + cell if i == _RIGHT else cell + space)
    return "  ".join(padded).rstrip()
