"""Walk through a graph one node at a time, forwards and back, with the numbers of the chain rule.

>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> L = a * b; L.label = "L"
>>> s = Stepper(L, lang="en")
>>> s.next()
[1/1] L = a * b    (the seed ∂L/∂L = 1)
      ∂L/∂a += ∂L/∂L · ∂L/∂a = 1 × -3 = -3    ∂L/∂a = b    (a.grad: 0 → -3)
      ∂L/∂b += ∂L/∂L · ∂L/∂b = 1 × 2 = 2      ∂L/∂b = a    (b.grad: 0 → 2)
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any, Literal

from ..engine import Value
from ..pages import save_page
from ..picture import Drawing
from ..text import FEW, LANGUAGES, format_number, language, listed
from .frames import picture, recording
from .messages import say
from .sentences import Line, Teller


class Note(str):
    """Text that a REPL shows as it reads; if it is about a place in a walk, a notebook adds the picture."""

    stepper: "Stepper | None" = None

    def __repr__(self) -> str:
        return str(self)

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> dict[str, str]:
        return (
            self.stepper._beside_picture(self)
            if self.stepper
            else {"text/plain": str(self)}
        )


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class Move:
    """A step that was done: its node, the adjoint it handed down (of a backward pass), and the lines, all exact.

    A REPL shows its text, a notebook the picture beside it.
    """

    stepper: "Stepper"
    at: int
    node: Value
    adjoint: float | None
    lines: tuple[Line, ...]

    def text(
        self, lang: str | None = None, digits: int | None = 4, most: int | None = FEW
    ) -> Note:
        """In ``lang``, with so many significant ``digits`` and at ``most`` so many lines; None for all of them."""
        s = self.stepper
        lang = language(lang or s.lang)
        told = (
            s.tell.value(self.node, digits)
            if self.adjoint is None
            else s.tell.chain(self.node, self.lines, lang, digits, most)
        )
        return s._note(told, self.at)

    def full(self, lang: str | None = None) -> Note:
        """The text with every line and every digit."""
        return self.text(lang, None, None)

    def __repr__(self) -> str:
        return self.text()

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> dict[str, str]:
        text = self.text()
        text.stepper = self.stepper if self.stepper.at == self.at else None
        return text._repr_mimebundle_()


class Stepper:
    """The backward pass from ``loss``, one node a step: ``reversed(loss.topological_order())`` without the leaves.

    It changes ``grad`` as ``loss.backward()`` does, to the bit: leaves add to what they have, the Values
    between start from zero, at the first step. ``direction="forward"`` walks the forward pass instead,
    which changes nothing. ``lang``: "ko" or "en", None for the locale's. Iterating does the steps left.

    >>> x = Value(3.0, label="x"); y = x * x; y.label = "y"
    >>> s = Stepper(y, lang="en")
    >>> s.run()
    [1/1] the backward pass is finished.
          x.grad = 6
    >>> s.back()
    [0/1] the step of y is undone.
          x.grad: 6 → 3, x.grad: 3 → 0
    """

    def __init__(
        self,
        loss: Value,
        direction: Literal["backward", "forward"] = "backward",
        lang: str | None = None,
    ) -> None:
        if not isinstance(loss, Value):
            raise TypeError(
                f"Stepper: {loss!r} is a {type(loss).__name__}; it steps through the graph of a Value"
            )
        if direction not in ("backward", "forward"):
            raise ValueError(
                f"Stepper: direction is {direction!r}; it must be 'backward' or 'forward'"
            )
        self.loss, self.direction, self.lang = loss, direction, language(lang)
        self.tell = Teller(loss)
        self._backward = direction == "backward"
        self.nodes = [
            v for v in self.tell.order if v.op or v is loss
        ]  # in the order of the steps
        if self._backward:
            self.nodes.reverse()
        self._done: list[Move] = []
        self._given: dict[Value, list[Line]] = {}  # what each Value got so far
        self._left_over = [
            v for v in self.nodes if v.op and v.grad
        ]  # by an earlier backward()
        self._former: list[
            tuple[Value, float]
        ] = []  # grads that the first step replaced

    @property
    def at(self) -> int:
        """How many steps are done, of ``len(self)``."""
        return len(self._done)

    def __len__(self) -> int:
        return len(self.nodes)

    def __iter__(self) -> Iterator[Move]:
        while self.at < len(self):
            yield self._step()

    def next(self) -> Move | Note:
        """Do the next step; at the end, only say so."""
        return self._step() if self.at < len(self) else self._end()

    def back(self) -> Note:
        """Undo the last step: every grad is exactly what it was before."""
        if not self._done:
            return self._start()
        move = self._undo()
        grads = [
            f"{self._name(x.parent)}.grad: {format_number(x.after)} → {format_number(x.before)}"
            for x in reversed(move.lines)
        ]
        undone = say("undone", self.lang, node=self._name(move.node))
        return self._note("\n".join(filter(None, [undone, listed(grads, self.lang)])))

    def goto(self, where: int | Value) -> Move | Note:
        """Go to where so many steps are done, or to the step of a Value (of a leaf, to its last contribution)."""
        k = self._place(where) if isinstance(where, Value) else where
        if not 0 <= k <= len(self):
            raise IndexError(
                f"goto: {k} is not from 0 to {len(self)}, the number of steps"
            )
        while self.at > k:
            self._undo()
        while self.at < k:
            self._step()
        return self._here()

    def run(self, until: Value | None = None) -> Move | Note:
        """Do all the steps left. ``until``: stop before the step of this Value, of a leaf when its grad is complete."""
        end = (
            len(self) if until is None else self._place(until) - (until.op is not None)
        )
        while self.at < end:
            self._step()
        return self._end() if until is None else self._here()

    def why(self, lang: str | None = None) -> Note:
        """Why the last step's node had its turn, the seed, and why +=; before the first step, of that one.

        >>> x = Value(3.0, label="x"); y = x * x; y.label = "y"
        >>> print(Stepper(y).why("en"))  # doctest: +ELLIPSIS
        Why y now?
        y is the result, so the backward pass starts here. ...
        Why +=? Some are used more than once: x → y (2 times). ...
        """
        v, lang = self.nodes[max(0, self.at - 1)], language(lang or self.lang)
        given = self._given.get(v, ())
        told = (
            self.tell.why(v, given, lang)
            if self._backward
            else self.tell.why_value(v, lang)
        )
        return Note(f"{say('why', lang, node=self._name(v))}\n{told}")

    # ---- doing and undoing: the cost of a node, never of the graph -------------------------------------

    def _step(self) -> Move:
        v = self.nodes[self.at]
        lines = self._hand_down(v) if self._backward else ()
        adjoint = (1.0 if v is self.loss else v.grad) if self._backward else None
        move = Move(self, self.at + 1, v, adjoint, lines)
        self._done.append(move)
        return move

    def _hand_down(self, v: Value) -> tuple[Line, ...]:
        if v is self.loss:
            self._former = [(u, u.grad) for u in (*self._left_over, v)]
            for u in self._left_over:
                u.grad = 0.0
            v.grad = 1.0 if v.op else v.grad + 1.0
        else:
            v.grad = self._given[v][
                -1
            ].after  # as it is, unless another backward() came in between
        lines = []
        for k, (_, p, adjoint, partial, contribution) in enumerate(v.steps()):
            given = self._given.setdefault(p, [])
            before = p.grad if p.op is None else given[-1].after if given else 0.0
            p.grad = before + contribution
            given.append(
                Line(
                    k, p, adjoint, partial, contribution, before, p.grad, len(given) + 1
                )
            )
            lines.append(given[-1])
        return tuple(lines)

    def _undo(self) -> Move:
        move = self._done.pop()
        for line in reversed(move.lines):
            self._given[line.parent].pop()
            line.parent.grad = line.before
        if not self._done:
            for v, grad in self._former:
                v.grad = grad
        return move

    @cached_property
    def _places(self) -> dict[Value, int]:
        return {v: k for k, v in enumerate(self.nodes, start=1)}

    def _place(self, v: Value) -> int:
        """After how many steps that of v is done; a leaf has got its last contribution."""
        if v in self._places:
            return self._places[v]
        if v not in self.tell.users:
            raise ValueError(f"{v!r} is not in the graph of {self._name(self.loss)}")
        return self._places[self.tell.users[v][-1]] if self._backward else 0

    # ---- text, pictures, a page ------------------------------------------------------------------------

    def _name(self, v: Value) -> str:
        return self.tell.names[v]

    def _note(self, text: str, at: int | None = None) -> Note:
        """The text behind ``[2/3]``."""
        mark = f"[{self.at if at is None else at}/{len(self)}] "
        note = Note(mark + text.replace("\n", "\n" + " " * len(mark)))
        note.stepper = self
        return note

    def _start(self) -> Note:
        return self._note(say("start", self.lang))

    def _end(self) -> Note:
        leaves = [v for v in self.tell.order if v.op is None] if self._backward else []
        grads = listed(
            [f"{self._name(v)}.grad = {format_number(v.grad)}" for v in leaves],
            self.lang,
        )
        return self._note(
            "\n".join(filter(None, [say(f"{self.direction}_end", self.lang), grads]))
        )

    def _here(self) -> Move | Note:
        return self._done[-1] if self._done else self._start()

    def __repr__(self) -> str:
        return repr(self._here())

    def draw(self, **options: Any) -> Drawing:
        """The graph with the node of the last step in red, the finished in grey, the waiting dashed.

        On each edge used so far stands upstream × local = contribution. ``options`` go to `draw.draw`.
        """
        caption = {"label": str(self).partition("\n")[0]}
        steps = {move.node: move.lines for move in self._done}
        return picture(
            self.tell, steps, self._every, **({"graph_style": caption} | options)
        )

    @cached_property
    def _every(self) -> dict[Value, tuple[Line, ...]]:
        """The lines of all the steps: what is handed down depends on no grad from before."""
        with self._from_the_start():
            return {move.node: move.lines for move in self}

    def save_frames(self, folder: str | os.PathLike[str], **options: Any) -> list[Path]:
        """Write an SVG of the start and of each step, ``step00.svg`` and on; the paths, in order.

        The stepper and every grad are then as they were. ``options`` go to `draw.draw`.
        """
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        wide, paths = len(str(len(self))), []
        with self._from_the_start():
            for k in range(len(self) + 1):
                self.goto(k)
                paths.append(self.draw(**options).save(folder / f"step{k:0{wide}}.svg"))
        return paths

    def recording(self) -> dict[str, Any]:
        """The graph and both passes over it as plain data for JSON, see `show.recording`; no grad changes.

        >>> x = Value(3.0, label="x"); y = x * x; y.label = "y"
        >>> recording = Stepper(y).recording()
        >>> [line["after"] for line in recording["backward"][0]["lines"]], x.grad
        ([3.0, 6.0], 0.0)
        """
        if not self._backward:
            return Stepper(self.loss, lang=self.lang).recording()
        with self._from_the_start():
            grads = [v.grad for v in self.tell.order]
            why = {
                move.node: {
                    lang: self.tell.why(move.node, self._given.get(move.node, ()), lang)
                    for lang in LANGUAGES
                }
                for move in self
            }
            return recording(
                self.tell, {move.node: move.lines for move in self._done}, grads, why
            )

    def save(self, path: str | os.PathLike[str], **options: Any) -> Path:
        """Write one HTML page that plays both passes and needs nothing else; ``options`` go to `draw.draw`."""
        s = self if self._backward else Stepper(self.loss, lang=self.lang)
        with s._from_the_start():
            s.run()  # the picture of the end has room for every number
            svg = s.draw(**options).svg()
        return save_page(s.recording(), svg, path, self.lang)

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> dict[str, str]:
        return self._here()._repr_mimebundle_()

    def _beside_picture(self, text: str) -> dict[str, str]:
        """For a notebook: the text beside the picture; of a graph too large for one, the text."""
        try:
            svg = self.draw().svg()
        except (ValueError, RuntimeError) as error:
            return {"text/plain": f"{text}\n({error})"}
        parts = f"<div>{svg[svg.index('<svg') :]}</div><pre>{escape(text)}</pre>"
        beside = f'<div style="display: flex; flex-wrap: wrap; gap: 1em; align-items: center">{parts}</div>'
        return {"text/plain": str(text), "text/html": beside}

    @contextmanager
    def _from_the_start(self) -> Iterator[None]:
        """Inside, the walk begins anew; afterwards it is here again and every grad is what it is now."""
        at, grads = self.at, [v.grad for v in self.tell.order]
        self.goto(0)
        try:
            yield
        finally:
            self.goto(at)
            for v, grad in zip(self.tell.order, grads, strict=True):
                v.grad = grad
