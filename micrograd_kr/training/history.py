"""What a training run leaves: a history of its epochs, also when it diverged."""

import os
from pathlib import Path
from typing import Any, NamedTuple

from .messages import say


class Epoch(NamedTuple):
    """What was measured in one epoch; None without a validation set or a metric.

    >>> Epoch(0.5, metric=0.9)
    Epoch(loss=0.5, validation_loss=None, metric=0.9)
    """

    loss: float
    validation_loss: float | None = None
    metric: float | None = None


class History(list[Epoch]):
    """What a training run recorded: one `Epoch` after the other.

    Each column is a list. ``loss`` is the mean over the samples while they were trained
    on; ``validation_loss`` and ``metric`` are measured after the epoch. ``stopped``
    says why it ended: "" for all epochs run, "early", "interrupted" or "diverged".

    >>> h = History([Epoch(0.7), Epoch(0.4)])
    >>> h.loss, h[-1].loss, h.metric
    ([0.7, 0.4], 0.4, [None, None])
    """

    stopped = ""
    run: Any = None  # what `fit` keeps for `save`, a `replay.Run`

    @property
    def loss(self) -> list[float]:
        """The training loss of each epoch."""
        return [epoch.loss for epoch in self]

    @property
    def validation_loss(self) -> list[float | None]:
        """The loss on the validation set after each epoch."""
        return [epoch.validation_loss for epoch in self]

    @property
    def metric(self) -> list[float | None]:
        """The metric after each epoch."""
        return [epoch.metric for epoch in self]

    def plot(self) -> Any:
        """Draw the loss curve; needs Matplotlib."""
        from .plot import loss_curve

        return loss_curve(self)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write a page that replays the run; give its path.

        The page has the samples, the losses, and the parameters of up to 60 epochs, and
        can train on from each. Raises what `watch` raises, and ValueError for a history
        that `fit` did not make.

        >>> History().save("training.html")
        Traceback (most recent call last):
        ValueError: this history has no run to replay; one that fit made can be saved
        """
        if self.run is None:
            raise ValueError(say("no_run"))
        page = self.run.page(self.loss, self.validation_loss)
        return page.save(path)  # type: ignore[no-any-return]

    def __getstate__(self) -> dict[str, Any]:
        """Leave the model and the data behind when it is pickled or copied."""
        return {"stopped": self.stopped}

    def __repr__(self) -> str:
        if not self:
            return "<History of no epochs>"
        first, last = self[0].loss, self[-1].loss
        return f"<History of {len(self)} epochs: loss {first:.4g} to {last:.4g}>"

    def _repr_png_(self) -> bytes | None:
        """The loss curve, for a notebook; nothing where there is no Matplotlib."""
        if not self:
            return None
        try:
            return self.plot()._repr_png_()  # type: ignore[no-any-return]
        except ImportError:
            return None


class Diverged(OverflowError):
    """Training left the floats; ``history`` has the epochs before.

    The model has the parameters after the epoch with the lowest loss, or those it began
    with when there was none.

    >>> Diverged(History([Epoch(0.7), Epoch(9e99)]), "inf").args
    ('fit: it diverged in epoch 3, after losses of 0.7, 9e+99; lower the learning rate
    (inf)',)
    """

    def __init__(self, history: History, reason: object) -> None:
        losses = [f"{loss:.4g}" for loss in history.loss[-3:]]
        last = ", ".join(losses) or "-"
        text = say("diverged", epoch=len(history) + 1, last=last)
        super().__init__(f"{text} ({reason})")
        self.history = history
