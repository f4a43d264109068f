"""Documents of several lengths: a program for each, made when one comes first."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..engine import Number, Value
from ..nn import Optimizer
from .arrays import Ints
from .compiling import compile
from .program import Program

Shapes = tuple[tuple[int, ...], ...]


class Programs:
    """The programs of a loss that is a function of documents: lists of whole numbers.

    ``loss`` records the loss of one document, which it is given by the names of
    ``inputs``; these are all documents, or as many as have the largest tokens.

    >>> table = [Value(1.0), Value(2.0), Value(4.0)]
    >>> def total(x):
    ...     return FUNCTIONS["sum"]([table[token] for token in x])
    >>> from micrograd_kr.engine import FUNCTIONS
    >>> programs = Programs(total, table, {"x": [[0, 1], [2]]})
    >>> value, gradient = programs([1.0, 2.0, 4.0], x=[[0, 1], [2]])
    >>> value, gradient.tolist()
    (3.5, [0.5, 0.5, 0.5])
    """

    def __init__(
        self,
        loss: Callable[..., Value],
        params: Sequence[Value],
        inputs: Mapping[str, Sequence[Any]],
    ) -> None:
        self.loss = loss
        self.params = params
        self.most: dict[str, int] = {
            name: max([int(np.max(x, initial=0)) for x in documents])
            for name, documents in inputs.items()
        }
        self.kept: dict[Shapes, Program] = {}
        first = {name: documents[0] for name, documents in inputs.items()}
        self.first: Program = self.program_for(tuple(map(np.shape, first.values())))

    def program_for(self, shapes: Shapes) -> Program:
        """Give the program for documents of these shapes."""
        if shapes not in self.kept:
            examples: dict[str, Ints] = {
                name: np.full(shape, self.most[name])
                for name, shape in zip(self.most, shapes, strict=True)
            }
            program = compile(self.loss, self.params, examples, batch=[*examples])
            self.kept[shapes] = program
        return self.kept[shapes]

    def theta(self) -> Any:
        """Give the data of the parameters as they are now, in one flat array."""
        return self.first.theta()

    def set_theta(self, theta: Any) -> None:
        """Set the data of the parameters to the numbers of a flat array."""
        self.first.set_theta(theta)

    def __call__(self, theta: Any, /, **inputs: Sequence[Any]) -> tuple[float, Any]:
        """Give the mean loss of documents and its gradient by ``theta``."""
        alike: dict[Shapes, list[Any]] = defaultdict(list)
        for document in zip(*[inputs[name] for name in self.most], strict=True):
            alike[tuple(map(np.shape, document))].append(document)
        count = sum(map(len, alike.values()))
        value, gradient = 0.0, 0.0
        for shapes, documents in alike.items():
            columns = map(np.array, zip(*documents, strict=True))
            given = dict(zip(self.most, columns, strict=True))
            loss, slope = self.program_for(shapes)(theta, **given)
            share = len(documents) / count
            value += share * loss
            gradient = gradient + share * slope
        return value, gradient

    def step(self, optimizer: Optimizer | Number, /, **inputs: Sequence[Any]) -> float:
        """Take one step of training, and give the loss before it; as `Program.step`."""
        return self.first.move(optimizer, lambda theta: self(theta, **inputs))
