"""The training loop: forward, backward, step, over batches and epochs, with a bar and a history.

>>> from micrograd_kr.training.data import make_moons
>>> from micrograd_kr.nn.losses import accuracy, binary_cross_entropy
>>> from micrograd_kr.nn.modules import MLP
>>> X, y = make_moons(40)
>>> model = MLP(2, [8, 1], seed=0)
>>> history = fit(model, X, y, loss=binary_cross_entropy, metric=accuracy, epochs=30, progress=False)
>>> history.loss[-1] < history.loss[0], len(history)
(True, 30)
"""

import random
from collections.abc import Callable, Iterable, Sequence
from math import isclose
from typing import Any, NamedTuple

from ..engine import Value, no_grad
from ..nn import Adam, Optimizer, one_hot
from .messages import say

Loss = Callable[
    [list[Any], list[Any]], Value
]  # outputs and targets of a batch, to their mean loss
Metric = Callable[[list[Any], list[Any]], float]


class Epoch(NamedTuple):
    """One row of a `History`; None where there was no validation set or no metric."""

    loss: float
    validation_loss: float | None = None
    metric: float | None = None


class History(list[Epoch]):
    """What a training run recorded: one `Epoch` after the other, and each column as a list.

    ``loss`` is the mean over the samples while they were trained on; ``validation_loss`` and ``metric``
    are measured after the epoch. ``stopped`` says why it ended: "" for all epochs run, "early" or
    "interrupted".

    >>> h = History([Epoch(0.7), Epoch(0.4)])
    >>> h.loss, h[-1].loss, h.metric
    ([0.7, 0.4], 0.4, [None, None])
    """

    stopped = ""

    def __repr__(self) -> str:
        if not self:
            return "<History of no epochs>"
        first, last = self[0].loss, self[-1].loss
        return f"<History of {len(self)} epochs: loss {first:.4g} to {last:.4g}>"

    def plot(self) -> Any:
        """Draw the loss curve; needs Matplotlib."""
        from .plot import loss_curve

        return loss_curve(self)

    def _repr_png_(self) -> bytes | None:
        try:
            return self.plot()._repr_png_() if self else None
        except ImportError:
            return None

    loss = property(lambda self: [row.loss for row in self])
    validation_loss = property(lambda self: [row.validation_loss for row in self])
    metric = property(lambda self: [row.metric for row in self])


class Diverged(OverflowError):
    """Training left the floats; ``history`` has the epochs before.

    The model has the parameters of the epoch with the lowest loss.
    """

    history: History


def fit(
    model: Any,
    X: Sequence[Any],
    y: Sequence[Any],
    *,
    loss: Loss,
    optimizer: Optimizer | None = None,
    epochs: int = 100,
    batch_size: int | None = None,
    validation: tuple[Sequence[Any], Sequence[Any]] | None = None,
    metric: Metric | None = None,
    patience: int | None = None,
    callbacks: Iterable[Callable[[History], object]] = (),
    seed: int = 0,
    progress: bool = True,
    compiled: bool = False,
) -> History:
    """Train ``model`` on n samples X with targets y, and return the history.

    ``loss(outputs, targets)`` is a mean over the samples, as in `losses`; ``metric`` the same as a float,
    such as `losses.accuracy`. ``optimizer``: Adam with learning rate 0.01 unless given.
    ``batch_size``: all samples unless given; smaller batches are shuffled anew each epoch by ``seed``,
    so that the same call gives the same numbers, to the bit. ``metric`` is measured on the validation
    set, if there is one. ``patience``: stop when the validation loss (without ``validation``, the loss)
    has not reached a new low for so many epochs, and end with the parameters after the epoch of the
    lowest. ``callbacks`` are called with the history after each epoch; they may change
    ``optimizer.lr``, and one that returns True ends the training.

    Raises `Diverged` when a number leaves the floats: it has the ``history``, and the
    model the parameters after its best epoch. Ctrl-C ends it too: the parameters are those after the last complete step, the history is kept.

    ``compiled``: record one sample, and train with the array program made of it (see `compile`); for a
    model whose graph is the same for every sample.

    >>> from micrograd_kr.nn import SGD, mse
    >>> w = Value(0.0, "w")
    >>> optimizer = SGD([w], lr=0.1)
    >>> history = fit(lambda x: w * x, [1.0, 2.0], [3.0, 6.0], loss=mse,
    ...     optimizer=optimizer, epochs=50, progress=False)
    >>> round(w.data, 6), len(history)
    (3.0, 50)
    """
    optimizer = Adam(model.parameters(), lr=0.01) if optimizer is None else optimizer
    _check(model, X, y, optimizer, epochs, batch_size, patience)
    make = _array_step if compiled else _graph_step
    step, parameters = make(model, X, y, loss, optimizer)
    order, rng, size = list(range(len(X))), random.Random(seed), batch_size or len(X)
    history, callbacks = History(), list(callbacks)
    kept = best = parameters.now()
    lowest, waited = float("inf"), 0
    with _Bar(epochs, progress, metric) as bar:
        try:
            while len(history) < epochs and not history.stopped:
                if size < len(X):
                    rng.shuffle(order)
                total = 0.0
                for start in range(0, len(X), size):
                    batch = order[start : start + size]
                    total += step(batch) * len(batch)
                    kept = parameters.now()
                row = _row(total / len(X), model, X, y, validation, loss, metric)
                history.append(row)
                bar.show(history)
                watched = (
                    row.loss if row.validation_loss is None else row.validation_loss
                )
                waited += 1
                if watched < lowest:
                    lowest, waited, best = watched, 0, kept
                asked = [callback(history) for callback in callbacks]
                if any(a is True for a in asked) or waited == patience:
                    history.stopped = "early"
            if patience is not None:
                parameters.go_back(best)
        except OverflowError as error:
            parameters.go_back(best if len(history) else kept)
            last = ", ".join([f"{x:.4g}" for x in history.loss[-3:]])
            text = say("diverged", epoch=len(history) + 1, last=last or "-")
            stopped = Diverged(f"{text} ({error})")
            history.stopped = "diverged"
            stopped.history = history
            raise stopped from error
        except KeyboardInterrupt:
            parameters.go_back(kept)
            history.stopped = "interrupted"
        bar.close(history)
    return history


def evaluate(
    model: Any,
    X: Sequence[Any],
    y: Sequence[Any],
    *,
    loss: Loss,
    metric: Metric | None = None,
) -> tuple[float, float | None]:
    """The loss and the metric of ``model`` on samples X with targets y; no graph is recorded.

    >>> from micrograd_kr.nn.losses import mse
    >>> evaluate(lambda x: Value(2.0) * x, [1.0, 2.0], [2.0, 5.0], loss=mse)
    (0.5, None)
    """
    with no_grad():
        outputs = [model(x) for x in X]
        return loss(outputs, list(y)).data, metric(outputs, list(y)) if metric else None


def _row(
    trained: float,
    model: Any,
    X: Any,
    y: Any,
    validation: Any,
    loss: Loss,
    metric: Metric | None,
) -> Epoch:
    if not validation and not metric:
        return Epoch(trained)
    value, score = evaluate(model, *(validation or (X, y)), loss=loss, metric=metric)
    return Epoch(trained, value if validation else None, score)


_Step = Callable[
    [list[int]], float
]  # the indices of a batch, to its mean loss before the step


class _InValues:
    """The parameters as they are, to go back to."""

    def __init__(self, optimizer: Optimizer) -> None:
        self.optimizer = optimizer

    def now(self) -> tuple[Any, Any]:
        return [p.data for p in self.optimizer.parameters], self.optimizer.memory

    def go_back(self, state: tuple[Any, Any]) -> None:
        data, self.optimizer.memory = state
        for p, x in zip(self.optimizer.parameters, data, strict=True):
            p.data = x


class _InArrays:
    """The same for a compiled program, which leaves them in arrays."""

    def __init__(self, optimizer: Optimizer, program: Any) -> None:
        self.optimizer, self.program = optimizer, program

    def now(self) -> tuple[Any, Any]:
        return self.program.theta(), self.optimizer.memory

    def go_back(self, state: tuple[Any, Any]) -> None:
        theta, self.optimizer.memory = state
        self.program.set_theta(theta)


def _graph_step(
    model: Any, X: Any, y: Any, loss: Loss, optimizer: Optimizer
) -> tuple[_Step, Any]:
    def step(
        batch: list[int],
    ) -> float:  # when it returns its graph is gone, before the next is recorded
        value = loss([model(X[i]) for i in batch], [y[i] for i in batch])
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        return value.data

    return step, _InValues(optimizer)


def _array_step(
    model: Any, X: Any, y: Any, loss: Loss, optimizer: Optimizer
) -> tuple[_Step, Any]:
    import numpy as np

    from ..compiler import compile

    evaluate(
        model, X, y, loss=loss
    )  # all samples once: only the first is looked at below, and another may be wrong
    x = _leaves(X[0])
    output = model(x)
    if isinstance(output, list) and not hasattr(y[0], "__len__"):  # classes
        y = [one_hot(t, len(output)) for t in y]
    target = _leaves(y[0])
    program = compile(
        loss([output], [target]),
        optimizer.parameters,
        {"X": x, "y": target},
        batch=("X", "y"),
    )
    _check_mean(model, X, y, loss)
    inputs, targets = np.array(X, dtype=float), np.array(y, dtype=float)

    def step(batch: list[int]) -> float:
        return program.step(optimizer, X=inputs[batch], y=targets[batch])

    return step, _InArrays(optimizer, program)


def _check_mean(model: Any, X: Any, y: Any, loss: Loss) -> None:
    """Raise ValueError for a loss that is a sum over the samples and no mean."""
    few = range(min(len(X), 3))
    with no_grad():
        outputs = [model(X[i]) for i in few]
        whole = loss(outputs, [y[i] for i in few]).data
        each = [loss([outputs[i]], [y[i]]).data for i in few]
    if not isclose(whole, sum(each) / len(each), rel_tol=1e-6, abs_tol=1e-9):
        raise ValueError(say("no_mean", whole=whole, mean=sum(each) / len(each)))


def _leaves(sample: Any) -> Any:
    return (
        [_leaves(part) for part in sample]
        if hasattr(sample, "__len__")
        else Value(sample)
    )


def _check(
    model: Any,
    X: Sequence[Any],
    y: Sequence[Any],
    optimizer: Optimizer,
    epochs: int,
    batch_size: int | None,
    patience: int | None,
) -> None:
    if len(X) != len(y) or not len(X):
        raise ValueError(
            f"fit: {len(X)} samples in X and {len(y)} targets in y; they must be as many, and at least 1"
        )
    for name, number in (
        ("epochs", epochs),
        ("batch_size", batch_size),
        ("patience", patience),
    ):
        if number is not None and number < 1:
            raise ValueError(f"fit: {name} must be at least 1, not {number!r}")
    if hasattr(model, "parameters") and not set(model.parameters()) & set(
        optimizer.parameters
    ):
        raise ValueError(
            "fit: the optimizer holds none of the model's parameters; make it anew for this model"
        )


class _Bar:
    """The progress: a bar in a terminal where rich is installed, else about ten plain lines."""

    def __init__(self, epochs: int, enabled: bool, metric: Metric | None) -> None:
        self.epochs, self.enabled, self.bar = (
            epochs,
            enabled,
            _rich() if enabled else None,
        )
        self.names = "loss", "validation loss", getattr(metric, "__name__", "metric")

    def __enter__(self) -> "_Bar":
        if self.bar:
            self.bar.start()
            self.task = self.bar.add_task("", total=self.epochs)
        return self

    def show(self, history: History) -> None:
        n = len(history)
        if self.bar:
            self.bar.update(self.task, completed=n, description=self._line(history[-1]))
        elif self.enabled and (
            n == 1 or n * 10 // self.epochs > (n - 1) * 10 // self.epochs
        ):
            print(
                f"epoch {n:>{len(str(self.epochs))}}/{self.epochs}  {self._line(history[-1])}",
                flush=True,
            )

    def _line(self, row: Epoch) -> str:
        return "  ".join(
            f"{name} {x:.4f}"
            for name, x in zip(self.names, row, strict=True)
            if x is not None
        )

    def close(self, history: History) -> None:
        self.__exit__()
        if self.enabled and history.stopped:
            print(
                f"{history.stopped} stop after {len(history)} of {self.epochs} epochs; the model keeps what it learned"
            )

    def __exit__(self, *exc: object) -> None:
        if self.bar:
            self.bar.stop()


def _rich() -> Any:
    try:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )
    except ImportError:
        return None
    console = Console()
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=console) if console.is_terminal else None
