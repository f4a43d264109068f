"""What `compile` is given: leaves in nested lists, their names, and what is wrong."""

import keyword
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from ..engine import Value
from .arrays import Array, Ints
from .gathers import Recordings, Tokens
from .messages import say
from .names import as_python
from .prelude import reserved
from .scalars import refuse_branches

Leaves = tuple[list[Value], tuple[int, ...]]  # Values, and the shape of their lists


class Inputs:
    """The inputs of a program by their names as Python reads them, and its leaves.

    ``batch``: which have rows.
    """

    def __init__(
        self, inputs: Mapping[str, Any], batch: Iterable[str], params: list[Value]
    ) -> None:
        if not isinstance(inputs, Mapping):
            raise TypeError(say("no_inputs", kind=type(inputs).__name__))
        self.given: dict[str, Any] = {as_python(name): x for name, x in inputs.items()}
        self.whole: dict[str, Ints] = {}
        self.named: dict[str, Leaves] = {}
        for name, x in self.given.items():
            if is_whole(x):
                self.whole[name] = np.array(x)
            else:
                self.named[name] = leaves_of(name, x)
        names = (batch,) if isinstance(batch, str) else batch
        self.batch: tuple[str, ...] = tuple(map(as_python, names))
        if len(self.given) < len(inputs):
            raise ValueError(say("same_names", names=", ".join(inputs)))
        self.check_names()
        self.check_leaves(params)
        self.arguments: dict[str, str] = arguments_of(self.given)
        self.tokens: Tokens = Tokens(self.whole, self.arguments, self.batch)
        self.bounds: dict[str, Any] = {}  # how large whole numbers may not be
        self.leaves: list[Value] = []
        self.arrays: list[Array] = []  # of the leaves
        self.names: list[str] = []  # of the arrays
        self.add("theta", params, shape=(len(params),), differentiable=True)
        for name, (values, shape) in self.named.items():
            batched = name in self.batch
            self.add(self.arguments[name], values, shape=shape, batched=batched)

    def add(self, name: str, leaves: list[Value], **known: Any) -> None:
        """More leaves, which are one array."""
        start = len(self.leaves)
        self.leaves += leaves
        self.arrays.append(Array(np.arange(start, len(self.leaves)), **known))
        self.names.append(name)

    def check_names(self) -> None:
        """Raise ValueError for what is no name, or one in the batch of no input."""
        for name in self.given:
            if not name.isidentifier() or keyword.iskeyword(name):
                raise ValueError(say("no_name", name=name))
        known = ", ".join(self.given) or "(none)"
        for name in self.batch:
            if name not in self.given:
                raise ValueError(say("no_batch", name=name, known=known))

    def check_leaves(self, params: list[Value]) -> None:
        """Raise ValueError for a leaf at two places, or that a branch was taken by."""
        places = {say("parameters"): params}
        for name, (values, _) in self.named.items():
            places[say("input", name=name)] = values
        seen: dict[Value, str] = {}
        for place, values in places.items():
            for v in values:
                if v in seen:
                    twice = {"v": repr(v), "place": place, "before": seen[v]}
                    raise ValueError(say("twice", **twice))
                seen[v] = place
            refuse_branches(values)

    def recorded(self) -> dict[str, Any]:
        """The numbers they were recorded with; one row of those of a batch."""
        arrays = {}
        for name in self.given:
            if name in self.whole:
                numbers = self.whole[name]
            else:
                values, shape = self.named[name]
                numbers = np.array([v.data for v in values]).reshape(shape)
            arrays[name] = numbers[None] if name in self.batch else numbers
        return arrays

    def refuse_whole(self) -> None:
        """Raise TypeError for whole numbers: a recording does not tell their use."""
        for name in self.whole:
            raise TypeError(say("not_whole", name=name))

    def record(self, loss: Callable[..., Any], params: list[Value]) -> Value:
        """Record a loss that is a function of the inputs.

        What it reads by whole numbers become leaves after the others.
        """

        def with_tokens(tokens: Ints) -> Value:
            recorded = loss(**self.given | self.tokens.arranged(tokens))
            if not isinstance(recorded, Value):
                raise TypeError(say("no_loss", kind=type(recorded).__name__))
            return recorded

        several = Recordings(with_tokens, self.tokens, params)
        recorded, gathers = several.joined()
        for gather in gathers:
            self.add(
                self.arguments[gather.owners[-1]],
                gather.leaves,
                shape=gather.shape,
                batched=any(name in self.batch for name in gather.owners),
                differentiable=True,
                gather=gather,
            )
        self.bounds = self.tokens.arranged(several.bounds)
        return recorded


def is_whole(values: Any) -> bool:
    """Whether these are whole numbers, in lists or an array, and no Values.

    >>> is_whole([[0, 2], [1, 1]]), is_whole([0.0, 2.0]), is_whole([])
    (True, False, False)
    """
    if isinstance(values, np.ndarray):
        return values.dtype.kind in "iu"
    if isinstance(values, list | tuple):
        return len(values) > 0 and all(map(is_whole, values))
    return isinstance(values, int | np.integer) and not isinstance(values, bool)


def leaves_of(name: str, values: Any) -> Leaves:
    """The Values in nested lists, and the lists' shape."""
    if isinstance(values, Value):
        if values.op is not None:
            told = {"v": repr(values), "name": name, "op": values.op.name}
            raise ValueError(say("computed_input", **told))
        return [values], ()
    if isinstance(values, str) or not isinstance(values, Iterable):
        told = {"x": repr(values), "name": name, "kind": type(values).__name__}
        raise TypeError(say("no_value_input", **told))
    parts = [leaves_of(name, part) for part in values]
    if not parts:
        return [], (0,)
    inner = parts[0][1]
    if any(shape != inner for _, shape in parts):
        raise ValueError(say("no_rectangle", name=name, shape=str(inner)))
    return [v for part, _ in parts for v in part], (len(parts), *inner)


def arguments_of(names: Iterable[str]) -> dict[str, str]:
    """What theta and inputs are called in the program: as they are, if that is free."""
    arguments = {"": "theta"}
    for name in names:
        argument = name
        while reserved(argument) or argument in arguments.values():
            argument += "_"
        arguments[name] = argument
    return arguments


def listed(params: Any) -> list[Value]:
    """The parameters as a list: one alone, or any iterable of them."""
    if isinstance(params, Value):
        return [params]
    if not isinstance(params, Iterable):
        raise TypeError(say("no_params", kind=type(params).__name__))
    return list(params)


def check_library(xp: Any) -> None:
    """Raise TypeError for what is no array library that programs are written for."""
    name = getattr(xp, "__name__", "")
    if name not in ("numpy", "jax.numpy"):
        raise TypeError(say("no_library", name=name or repr(xp)))


def check_parameters(loss: Any, params: Iterable[Any]) -> None:
    """Raise TypeError or ValueError for a loss or parameters that are none."""
    if not isinstance(loss, Value):
        kind = type(loss).__name__
        raise TypeError(say("loss_no_value", loss=repr(loss), kind=kind))
    for p in params:
        if not isinstance(p, Value):
            kind = type(p).__name__
            raise TypeError(say("parameter_no_value", p=repr(p), kind=kind))
        if p.op is not None:
            raise ValueError(say("computed_parameter", p=repr(p), op=p.op.name))
