"""How far a training is: a bar in a terminal where there is rich, else a few lines."""

from typing import Any, Self

from .given import Metric
from .history import Epoch, History
from .messages import say

LINES = 10  # about so many, where there is no bar


class Progress:
    """Shows the epochs as they come; a silent one shows nothing.

    >>> with Progress(2, True, None) as progress:
    ...     progress.show(History([Epoch(0.7)]))
    epoch 1/2  loss 0.7000
    """

    def __init__(self, epochs: int, enabled: bool, metric: Metric | None) -> None:
        self.epochs = epochs
        self.enabled = enabled
        self.names: tuple[str, str, str] = (
            say("loss"),
            say("validation_loss"),
            _name(metric),
        )
        self.bar: Any = _bar() if enabled else None

    def __enter__(self) -> Self:
        if self.bar:
            self.bar.start()
            self.task: Any = self.bar.add_task("", total=self.epochs)
        return self

    def __exit__(self, *exc: object) -> None:
        if self.bar:
            self.bar.stop()

    def show(self, history: History) -> None:
        """Show the last epoch; of many epochs, where lines are printed, every tenth."""
        n = len(history)
        numbers = self._numbers(history[-1])
        if self.bar:
            self.bar.update(self.task, completed=n, description=numbers)
        elif self.enabled and self._is_due(n):
            width = len(str(self.epochs))
            print(f"{say('epoch')} {n:>{width}}/{self.epochs}  {numbers}", flush=True)

    def end(self, history: History) -> None:
        """Say why the training ended, if that was before its last epoch."""
        self.__exit__()
        if self.enabled and history.stopped:
            print(say(history.stopped, n=len(history), epochs=self.epochs))

    def _is_due(self, n: int) -> bool:
        tenths_before = (n - 1) * LINES // self.epochs
        return n == 1 or n * LINES // self.epochs > tenths_before

    def _numbers(self, epoch: Epoch) -> str:
        measured = zip(self.names, epoch, strict=True)
        return "  ".join([f"{name} {x:.4f}" for name, x in measured if x is not None])


def _name(metric: Metric | None) -> str:
    """What a metric is called: in the reader's language if it is known here."""
    name = getattr(metric, "__name__", "metric")
    return say(name) if name in ("metric", "accuracy") else name


def _bar() -> Any:
    """The bar of rich, where it is installed and there is a terminal."""
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
    if not console.is_terminal:
        return None
    count, text = MofNCompleteColumn(), TextColumn("{task.description}")
    return Progress(BarColumn(), count, text, TimeRemainingColumn(), console=console)
