"""A step of training: from the Values of a graph, or in arrays by a compiled program.

Both kinds of steps know where they have led, and go back to where they were.
"""

import gc
from abc import ABC, abstractmethod
from collections.abc import Iterable
from math import isclose
from typing import TYPE_CHECKING, Any

from ..engine import Value, no_grad
from ..nn import Optimizer, drops, evaluating
from .given import Loss
from .messages import say
from .outputs import forward_program
from .sample import record_sample

if TYPE_CHECKING:
    from ..compiler import Program, Programs

FEW = 3  # samples whose losses say whether a loss is a mean


class Steps(ABC):
    """Steps of one training; ``last`` is where the last complete one has led."""

    def __init__(self, model: Any, optimizer: Optimizer) -> None:
        self.model = model
        self.optimizer = optimizer
        self.last: tuple[Any, Any] = self.now()

    @abstractmethod
    def step(self, batch: list[int]) -> float:
        """Take a step by the samples of these numbers; give their loss before it."""

    @no_grad()
    def outputs(self, X: list[Any]) -> list[Any]:
        """Call the model with each sample, as it is used and not as it trains."""
        with evaluating(self.model):
            return [self.model(x) for x in X]

    @abstractmethod
    def now(self) -> tuple[Any, Any]:
        """Give where the parameters and the optimizer are, to go back to."""

    @abstractmethod
    def go_back(self, state: tuple[Any, Any]) -> None:
        """Go back to where `now` was called."""

    def epoch(self, batches: Iterable[list[int]]) -> float:
        """Take a step for each batch; give the mean loss over all their samples."""
        total, n = 0.0, 0
        for batch in batches:
            total += self.step(batch) * len(batch)
            n += len(batch)
            self.last = self.now()
        return total / n


class EagerSteps(Steps):
    """Steps as a learner writes them: forward, zero_grad, backward, step."""

    def __init__(
        self, model: Any, X: list[Any], y: list[Any], loss: Loss, optimizer: Optimizer
    ) -> None:
        super().__init__(model, optimizer)
        self.X = X
        self.y = y
        self.loss = loss

    def step(self, batch: list[int]) -> float:
        """Record, go backward, and update; without the collector.

        It would go through a graph that is still growing, and find nothing: a graph has
        no cycles, and is gone when this returns.
        """
        was_on = gc.isenabled()
        try:
            gc.disable()
            return self._step(batch)
        finally:
            if was_on:
                gc.enable()

    def _step(self, batch: list[int]) -> float:
        outputs = [self.model(self.X[i]) for i in batch]
        loss = self.loss(outputs, [self.y[i] for i in batch])
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.data

    def now(self) -> tuple[Any, Any]:
        """Copy the data of the parameters."""
        data = [p.data for p in self.optimizer.parameters]
        return data, self.optimizer.memory

    def go_back(self, state: tuple[Any, Any]) -> None:
        """Set the data of the parameters."""
        data, self.optimizer.memory = state
        for p, x in zip(self.optimizer.parameters, data, strict=True):
            p.data = x


def compiled_steps(
    model: Any, X: list[Any], y: list[Any], loss: Loss, optimizer: Optimizer
) -> Steps:
    """Make the steps of array programs: of samples of numbers, or of documents."""
    kind = DocumentSteps if reads_by(model, X[0]) else CompiledSteps
    return kind(model, X, y, loss, optimizer)


class _ArraySteps(Steps):
    """Steps between which parameters and the optimizer's state stay in arrays."""

    program: "Program | Programs"

    def now(self) -> tuple[Any, Any]:
        """Copy the parameters from their array."""
        return self.program.theta(), self.optimizer.memory

    def go_back(self, state: tuple[Any, Any]) -> None:
        """Set the array."""
        theta, self.optimizer.memory = state
        self.program.set_theta(theta)


class CompiledSteps(_ArraySteps):
    """Steps of the array program that one sample was compiled to."""

    def __init__(
        self, model: Any, X: list[Any], y: list[Any], loss: Loss, optimizer: Optimizer
    ) -> None:
        from ..compiler import compile

        check_all(model, X, y, loss)
        parameters = optimizer.parameters
        sample, y = record_sample(model, X, y, loss)
        inputs = {"X": sample.input, "y": sample.target}
        batch = ("X", "y")
        self.program: Program = compile(sample.loss, parameters, inputs, batch=batch)
        self.forward: Any
        self.output: Any
        self.forward, self.output = forward_program(model, X[0], parameters)
        self.X: Any = _array(X)
        self.y: Any = _array(y)
        super().__init__(model, optimizer)

    def step(self, batch: list[int]) -> float:
        """Run the program on these rows of the data."""
        X, y = self.X[batch], self.y[batch]
        return self.program.step(self.optimizer, X=X, y=y)

    def outputs(self, X: list[Any]) -> list[Any]:
        """Run the program that has the outputs alone."""
        rows = self.forward(X=_array(X)).tolist()
        if isinstance(self.output, Value):
            return [Value(number) for [number] in rows]
        return [[Value(number) for number in row] for row in rows]


class DocumentSteps(_ArraySteps):
    """Steps of array programs for lists of whole numbers: one for each length."""

    def __init__(
        self, model: Any, X: list[Any], y: list[Any], loss: Loss, optimizer: Optimizer
    ) -> None:
        from ..compiler import Programs

        check_all(model, X[:FEW], y[:FEW], loss)

        def record(X: Any, y: Any) -> Value:
            return loss([model(X)], [y])

        parameters = optimizer.parameters
        self.program: Programs = Programs(record, parameters, {"X": X, "y": y})
        self.X: list[Any] = [*map(_whole, X)]
        self.y: list[Any] = [*map(_whole, y)]
        super().__init__(model, optimizer)

    def step(self, batch: list[int]) -> float:
        """Run the programs on these documents."""
        X, y = [self.X[i] for i in batch], [self.y[i] for i in batch]
        return self.program.step(self.optimizer, X=X, y=y)


class _Asked(Exception):
    """A number was used to choose from a list."""


class _Position(Value):
    """A Value that says so when it is used to choose from a list."""

    __slots__ = ()

    def __index__(self) -> int:
        raise _Asked


@no_grad()
def reads_by(model: Any, sample: Any) -> bool:
    """Whether a model chooses by the numbers of a sample, as in ``table[token]``.

    >>> table = [Value(1.0), Value(2.0)]
    >>> reads_by(lambda x: table[x[0]], [1]), reads_by(lambda x: x[0] * 2, [1])
    (True, False)
    """
    if not _is_whole(sample):
        return False
    try:
        model(_positions(sample))
    except _Asked:
        return True
    except Exception:  # whatever it is, the steps will say it
        return False
    return False


def _positions(sample: Any) -> Any:
    """The numbers of a sample as Values that tell."""
    if hasattr(sample, "__len__"):
        return [*map(_positions, sample)]
    return _Position(sample)


def _is_whole(sample: Any) -> bool:
    """Whether these are whole numbers, in lists or alone."""
    if hasattr(sample, "__len__"):
        return all(map(_is_whole, sample))
    return isinstance(sample, int)


def _whole(document: Any) -> Any:
    """A document as an array of whole numbers."""
    import numpy as np

    return np.array(document)


@no_grad()
def check_all(
    model: Any, X: list[Any], y: list[Any], loss: Loss, who: str = "fit: compiled=True"
) -> None:
    """Look at every sample once: one is recorded, and another may be wrong.

    Raises what the model or the loss raises, and ValueError for a loss that is a sum
    over the samples and no mean.
    """
    if drops(model):
        raise ValueError(say("drops", who=who))
    outputs = [model(x) for x in X]
    loss(outputs, y)
    few = range(min(len(X), FEW))
    whole = loss(outputs[:FEW], y[:FEW]).data
    each = [loss([outputs[i]], [y[i]]).data for i in few]
    mean = sum(each) / len(each)
    if not isclose(whole, mean, rel_tol=1e-6, abs_tol=1e-9):
        raise ValueError(say("no_mean", who=who, whole=whole, mean=mean))


@no_grad()
def _array(samples: list[Any]) -> Any:
    """The samples in an array; Values among them by their numbers."""
    import numpy as np

    return np.array(samples, dtype=float)
