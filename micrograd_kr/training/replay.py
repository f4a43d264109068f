"""A run as it was: the parameters of some epochs, kept to be shown again."""

import base64
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ..engine import Value
from ..nn import Optimizer
from .given import Loss
from .watching import TrainingPage, recorded_page

MOST = 60  # of the epochs, the parameters of so many are shown
MOST_NUMBERS = 24_000  # in all of them: 256 kB of a page


class Run:
    """What was trained, and its parameters every k-th epoch; k doubles as they grow.

    >>> from micrograd_kr import MLP
    >>> from micrograd_kr.nn import SGD, mse
    >>> model = MLP(1, [1])
    >>> optimizer = SGD(model, lr=0.1)
    >>> run = Run(model, [1.0], [2.0], mse, optimizer, None, None, 0)
    >>> for epoch in range(101):
    ...     run.keep(epoch, [0.0, 0.0])
    >>> list(run.shown())[:3], len(run.shown())
    ([0, 2, 4], 51)
    """

    def __init__(
        self,
        model: Any,
        X: list[Any],
        y: list[Any],
        loss: Loss,
        optimizer: Optimizer,
        validation: tuple[list[Any], list[Any]] | None,
        batch_size: int | None,
        seed: Any,
    ) -> None:
        self.model = model
        self.X = X
        self.y = y
        self.loss = loss
        self.optimizer = optimizer
        self.validation = validation
        self.batch_size = batch_size
        self.seed: int = seed if isinstance(seed, int) and 0 <= seed < 2**32 else 0
        self.lr: float = optimizer.lr  # at the start: a callback may change it
        self.every: int = 1
        self.moments: dict[int, Sequence[float]] = {}
        self.last: tuple[int, Sequence[float]]

    def keep(self, epoch: int, numbers: Sequence[float]) -> None:
        """Take the parameters after an epoch; nothing is copied, nothing computed."""
        self.last = epoch, numbers
        if epoch % self.every == 0:
            self.moments[epoch] = numbers
        if len(self.moments) == MOST:
            self.every *= 2
            self.moments = every_other(self.moments)

    def shown(self) -> dict[int, Sequence[float]]:
        """Give the moments that a page has room for; the last is always among them."""
        epoch, numbers = self.last
        moments = self.moments
        while len(moments) > 1 and (len(moments) + 1) * len(numbers) > MOST_NUMBERS:
            moments = every_other(moments)
        return moments | {epoch: numbers}

    def page(
        self, losses: Sequence[float], tests: Sequence[float | None]
    ) -> TrainingPage:
        """Make the page: losses by epoch, of training before and of tests after it."""
        moments = self.shown()
        parameters = self.optimizer.parameters
        with numbers_in(parameters, moments[0]):  # the last may be out of all bounds
            page = recorded_page(
                self.model,
                (self.X, self.y),
                self.validation,
                self.loss,
                self.optimizer,
                self.batch_size,
                self.seed,
            )
        page.settings["lr"] = self.lr
        page.model["replay"] = {
            "moments": [
                {"epoch": epoch, "numbers": packed(numbers)}
                for epoch, numbers in moments.items()
            ],
            "curve": curve(losses, tests),
        }
        return page


@contextmanager
def numbers_in(parameters: Sequence[Value], numbers: Sequence[float]) -> Iterator[None]:
    """Give the parameters other numbers for a while.

    >>> w = Value(1.0)
    >>> with numbers_in([w], [5.0]):
    ...     print(w.data)
    5.0
    >>> w.data
    1.0
    """
    before = [p.data for p in parameters]
    try:
        for p, x in zip(parameters, numbers, strict=True):
            p.data = float(x)
        yield
    finally:
        for p, x in zip(parameters, before, strict=True):
            p.data = x


def every_other(moments: dict[int, Sequence[float]]) -> dict[int, Sequence[float]]:
    """Leave out every second moment, and never the first.

    >>> list(every_other({0: [], 1: [], 2: []}))
    [0, 2]
    """
    return {epoch: moments[epoch] for epoch in list(moments)[::2]}


def packed(numbers: Sequence[float]) -> str:
    """Write float64 numbers as base64, every bit of them in half the letters.

    >>> packed([1.0])
    'AAAAAAAA8D8='
    """
    floats = array("d", numbers)
    if array("H", [1]).tobytes()[0] == 0:  # the page reads little-endian
        floats.byteswap()
    return base64.b64encode(floats.tobytes()).decode()


def curve(
    losses: Sequence[float], tests: Sequence[float | None]
) -> list[dict[str, Any]]:
    """Give the points of the loss curve: after no epoch, after the first, and so on.

    An epoch's training loss is that of the parameters before it, where batches are
    whole; the test loss is measured after it.

    >>> curve([0.7, 0.4], [0.5, 0.3])[1]
    {'epoch': 1, 'train': 0.4, 'test': 0.5}
    """
    points: list[dict[str, Any]] = []
    for epoch in range(len(losses)):
        test = tests[epoch - 1] if epoch else None
        points.append({"epoch": epoch, "train": losses[epoch], "test": test})
    return points
