"""The training loop: forward, backward, step, over batches and epochs.

>>> from micrograd_kr import MLP
>>> from micrograd_kr.training import make_moons
>>> X, y = make_moons(40)
>>> model = MLP(2, [8, 1], seed=0)
>>> history = fit(model, X, y, loss="bce", metric="accuracy", epochs=30, progress=False)
>>> history.loss[-1] < history.loss[0], len(history)
(True, 30)
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from math import inf
from typing import Any

from ..engine import no_grad
from ..nn import Optimizer, evaluating
from .given import (
    Loss,
    Metric,
    check_model,
    generator,
    loss_for,
    metric_for,
    optimizer_for,
    samples_and_targets,
    validation_samples,
    whole,
)
from .history import Diverged, Epoch, History
from .messages import say
from .progress import Progress
from .replay import Run
from .steps import EagerSteps, Steps, compiled_steps

Callback = Callable[[History], object]
PACKAGE = __name__.partition(".")[0]


def fit(
    model: Any,
    X: Any,
    y: Any,
    *,
    loss: str | Loss,
    optimizer: str | Optimizer | Callable[..., Optimizer] | None = None,
    epochs: int = 100,
    batch_size: int | None = None,
    validation: tuple[Any, Any] | None = None,
    metric: str | Metric | None = None,
    patience: int | None = None,
    callbacks: Iterable[Callback] = (),
    seed: int = 0,
    progress: bool = True,
    compiled: bool = False,
) -> History:
    """Train ``model`` on n samples X with n targets y, and return the history.

    ``X`` and ``y`` are lists, arrays or whatever holds samples in an order.

    ``loss`` is a function of outputs and targets, and a mean over the samples as in
    `nn.losses`, or its name: "mse", "bce", "cross_entropy", "hinge". ``metric`` is the
    same as a float, such as "accuracy".

    ``optimizer`` is an optimizer, or its name or class: "sgd", "adam", "adamw". What is
    made here has the learning rate 0.01; without any it is Adam.

    ``batch_size``: all samples unless given. Smaller batches are shuffled anew each
    epoch by ``seed``: the same call gives the same numbers, to the bit.

    ``validation`` is (X, y) to measure loss and metric on. ``patience``: stop when the
    validation loss (without ``validation``, the loss) has not reached a new low for so
    many epochs, and end with the parameters after the epoch of the lowest.

    ``callbacks`` are called with the history after each epoch. They may change
    ``optimizer.lr``, and one that returns True ends the training.

    ``compiled``: record one sample, and train with the array program made of it (see
    `compile`); for a model whose graph is the same for every sample. Samples that are
    lists of whole numbers by which a model chooses, as in ``table[token]``, may be of
    several lengths: a program is made for each.

    Raises `Diverged` when a number leaves the floats. It has the ``history``, and the
    model the parameters after its best epoch. Ctrl-C ends the training: the parameters
    are those after the last complete step, and the history is returned.

    >>> from micrograd_kr import Value
    >>> from micrograd_kr.nn import SGD
    >>> w = Value(0.0, "w")
    >>> history = fit(lambda x: w * x, [1.0, 2.0], [3.0, 6.0], loss="mse",
    ...     optimizer=SGD([w], lr=0.1), epochs=50, progress=False)
    >>> round(w.data, 6), len(history)
    (3.0, 50)
    """
    check_model(model, "fit")
    X, y = samples_and_targets(X, y, "fit")
    held_out = validation_samples(validation, "fit")
    loss, metric = loss_for(loss), metric_for(metric)
    epochs = whole(epochs, "fit: epochs")
    size = len(X) if batch_size is None else whole(batch_size, "fit: batch_size")
    waits = None if patience is None else whole(patience, "fit: patience")
    if not isinstance(callbacks, Iterable):
        raise TypeError(say("no_callbacks", kind=type(callbacks).__name__))
    optimizer = optimizer_for(optimizer, model)

    steps_of = compiled_steps if compiled else EagerSteps
    steps = steps_of(model, X, y, loss, optimizer)
    batches = _Batches(len(X), size, seed)
    measure = _Measure(steps, loss, metric, (X, y), held_out)
    run = Run(model, X, y, loss, optimizer, held_out, batch_size, seed)
    with Progress(epochs, progress, metric) as bar:
        history = _train(steps, batches, measure, bar, list(callbacks), waits, run)
        bar.end(history)
    return history


def _train(
    steps: Steps,
    batches: "_Batches",
    measure: "_Measure",
    bar: Progress,
    callbacks: list[Callback],
    patience: int | None,
    run: Run,
) -> History:
    """The loop itself, epoch after epoch, until something stops it."""
    history, best = History(), _Best(steps.last)
    history.run = run
    run.keep(0, steps.last[0])
    try:
        while len(history) < bar.epochs and not history.stopped:
            with _divergence(history):
                trained = steps.epoch(batches)
                epoch = measure(trained)
            history.append(epoch)
            run.keep(len(history), steps.last[0])
            bar.show(history)
            best.look_at(epoch, steps.last)
            answers = [callback(history) for callback in callbacks]
            if any(a is True for a in answers) or best.waited == patience:
                history.stopped = "early"
        if patience is not None:
            steps.go_back(best.state)
    except Diverged:
        history.stopped = "diverged"
        steps.go_back(best.state)
        raise
    except KeyboardInterrupt:
        history.stopped = "interrupted"
        steps.go_back(steps.last)
    return history


def evaluate(
    model: Any, X: Any, y: Any, *, loss: str | Loss, metric: str | Metric | None = None
) -> tuple[float, float | None]:
    """Give the loss and the metric of ``model`` on n samples X with n targets y.

    No graph is recorded. All are given as to `fit`.

    >>> from micrograd_kr import Value
    >>> evaluate(lambda x: Value(2.0) * x, [1.0, 2.0], [2.0, 5.0], loss="mse")
    (0.5, None)
    """
    check_model(model, "evaluate")
    X, y = samples_and_targets(X, y, "evaluate")
    with no_grad(), evaluating(model):
        outputs = [model(x) for x in X]
    return _measured(outputs, y, loss_for(loss), metric_for(metric))


@no_grad()
def _measured(
    outputs: list[Any], y: list[Any], loss: Loss, metric: Metric | None
) -> tuple[float, float | None]:
    score = metric(outputs, y) if metric else None
    return loss(outputs, y).data, score


class _Measure:
    """What is measured after an epoch: nothing, unless it was asked for."""

    def __init__(
        self,
        steps: Steps,
        loss: Loss,
        metric: Metric | None,
        trained_on: tuple[list[Any], list[Any]],
        held_out: tuple[list[Any], list[Any]] | None,
    ) -> None:
        self.steps, self.loss, self.metric = steps, loss, metric
        self.is_held_out = held_out is not None
        self.X, self.y = held_out or trained_on

    def __call__(self, trained: float) -> Epoch:
        if not self.is_held_out and not self.metric:
            return Epoch(trained)
        outputs = self.steps.outputs(self.X)
        loss, score = _measured(outputs, self.y, self.loss, self.metric)
        return Epoch(trained, loss if self.is_held_out else None, score)


class _Batches:
    """The samples' numbers, batch by batch; where there are several, shuffled anew."""

    def __init__(self, n: int, size: int, seed: Any) -> None:
        self.order, self.size = list(range(n)), size
        self.rng = generator(seed)

    def __iter__(self) -> Iterator[list[int]]:
        n = len(self.order)
        if self.size < n:
            self.rng.shuffle(self.order)
        for start in range(0, n, self.size):
            yield self.order[start : start + self.size]


class _Best:
    """The epoch with the lowest loss so far, and how many have come since."""

    def __init__(self, state: Any) -> None:
        self.state, self.lowest, self.waited = state, inf, 0

    def look_at(self, epoch: Epoch, state: Any) -> None:
        """Take the validation loss if there is one, else the loss."""
        held_out = epoch.validation_loss
        loss = epoch.loss if held_out is None else held_out
        if loss < self.lowest:
            self.state, self.lowest, self.waited = state, loss, 0
        else:
            self.waited += 1


@contextmanager
def _divergence(history: History) -> Iterator[None]:
    """Say of a number that left the floats in training that it did."""
    try:
        yield
    except OverflowError as error:
        if _is_ours(error):
            raise Diverged(history, error) from error
        raise


def _is_ours(error: OverflowError) -> bool:
    """Whether it comes from an operation, and not from other code of a loss."""
    at = error.__traceback__
    while at and at.tb_next:
        at = at.tb_next
    raised_in = at.tb_frame.f_globals.get("__name__", "") if at else ""
    return raised_in.partition(".")[0] == PACKAGE
