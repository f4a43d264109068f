"""Walk through a graph one node at a time, forwards and back, with the chain rule.

>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> L = a * b; L.label = "L"
>>> s = Stepper(L, lang="en")
>>> s.next()
[1/1] L = a * b    (the seed L.grad = 1)
      a.grad += L.grad × ∂L/∂a = 1 × -3 = -3    ∂L/∂a = b    (a.grad: 0 → -3)
      b.grad += L.grad × ∂L/∂b = 1 × 2 = 2      ∂L/∂b = a    (b.grad: 0 → 2)
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Literal

from ..engine import Value
from ..pages import page_frame, save_page, step_page
from ..picture import FOLD_OVER, Drawing, Neurons, find_neurons
from ..text import FEW, format_number, language, listed
from .frames import Frames
from .messages import say
from .mistakes import is_right
from .questions import Judged, Question, Quiz, number_typed
from .recording import folded_data, recording
from .sentences import Sentences
from .walk import Edge, Walk

PAGE_NODES = 300  # of a larger graph a page is written only when it is asked for


class Note(str):
    """Text that a REPL shows as it reads; a notebook adds the picture of its place."""

    stepper: "Stepper | None" = None

    def __repr__(self) -> str:
        return str(self)

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> dict[str, str]:
        if self.stepper is None:
            return {"text/plain": str(self)}
        return self.stepper._beside_picture(self)


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class Step:
    """One node's turn: the gradient it propagated (of a backward pass) and its edges.

    All numbers are exact. A REPL shows its text, a notebook the picture beside it.

    >>> x = Value(3.0, "x")
    >>> step = Stepper(x * x).next()
    >>> step.adjoint, [edge.contribution for edge in step.edges]
    (1.0, [3.0, 3.0])
    """

    stepper: "Stepper"
    at: int
    node: Value
    adjoint: float | None
    edges: tuple[Edge, ...]

    def text(
        self, lang: str | None = None, digits: int | None = 4, most: int | None = FEW
    ) -> Note:
        """Tell it in ``lang``, with so many ``digits`` and at ``most`` so many edges.

        None: the stepper's language; every digit; all edges.
        """
        s = self.stepper
        lang = language(lang or s.lang)
        if self.adjoint is None:
            told = s.sentences.value_text(self.node, digits)
        else:
            told = s.sentences.step_text(self.node, lang, digits, most, self.edges)
        return s._note(told, self.at)

    def full(self, lang: str | None = None) -> Note:
        """Tell it with every edge and every digit."""
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
    """Walk the backward pass from ``loss``, one node a step.

    The order is ``reversed(loss.topological_order())`` without the leaves. It changes
    ``grad`` as ``loss.backward()`` does, to the bit: leaves add to what they have, the
    Values between start from zero, at the first step. ``direction="forward"`` walks the
    forward pass instead, which changes nothing. ``lang``: "ko" or "en", None for the
    reader's. Iterating does the steps left.

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
        self.lang: str = language(lang)
        if not isinstance(loss, Value):
            kind = type(loss).__name__
            raise TypeError(say("not_a_value", self.lang, given=repr(loss), type=kind))
        if direction not in ("backward", "forward"):
            raise ValueError(say("direction", self.lang, given=repr(direction)))
        self.loss: Value = loss
        self.direction = direction
        self.walk: Walk = Walk(loss, direction == "backward")
        self.sentences: Sentences = Sentences(self.walk)
        self._frames = Frames(self.walk)
        self._quiz = Quiz(self.sentences, self.lang)

    @property
    def at(self) -> int:
        """How many steps are done, of ``len(self)``."""
        return self.walk.at

    @property
    def nodes(self) -> list[Value]:
        """The nodes in the order of their steps."""
        return self.walk.nodes

    def __len__(self) -> int:
        return len(self.nodes)

    def __iter__(self) -> Iterator[Step]:
        while self.at < len(self):
            yield self._step()

    def next(self) -> Step | Note:
        """Do the next step; at the end, only say so."""
        return self._step() if self.at < len(self) else self._end()

    def back(self) -> Note:
        """Undo the last step: every grad is exactly what it was before."""
        v = self.walk.now
        if v is None:
            return self._start()
        changes = []
        for edge in reversed(self.walk.done[v]):
            now, then = format_number(edge.after), format_number(edge.before)
            changes.append(f"{self._name(edge.parent)}.grad: {now} → {then}")
        self.walk.undo()
        undone = say("undone", self.lang, node=self._name(v))
        return self._note(_lines(undone, listed(changes, self.lang)))

    def goto(self, where: int | str | Value) -> Step | Note:
        """Go to where so many steps are done, or to the step of a node.

        A node is named, ``s.goto("d")``, or given as its Value. A leaf has no step: it
        is where its last contribution arrives.

        >>> a = Value(2.0, "a"); d = a * 3; d.label = "d"; L = d.exp(); L.label = "L"
        >>> Stepper(L, lang="en").goto("d")
        [2/2] d = a * 3
              a.grad += d.grad × ∂d/∂a = 403.4 × 3 = 1210    ∂d/∂a = 3
              (a.grad: 0 → 1210)
        """
        self.walk.go(self._place(where))
        return self._here()

    def run(self, until: str | Value | None = None) -> Step | Note:
        """Do all the steps left.

        ``until``: stop before the step of this node, given as its Value or by name; of
        a leaf, when its grad is complete.
        """
        if until is None:
            self._go_on(len(self))
            return self._end()
        node = self._node(until)
        self._go_on(self.walk.places[node] - (node.op is not None))
        return self._here()

    def why(self, lang: str | None = None) -> Note:
        """Say why the last step's node had its turn, and why grads add up (+=).

        Before the first step, of that one.

        >>> x = Value(3.0, label="x"); y = x * x; y.label = "y"
        >>> print(Stepper(y).why("en"))  # doctest: +ELLIPSIS
        Why y now?
        y is the result, so the backward pass starts here. ...
        Why +=? Some are used more than once: x → y (2 times). ...
        """
        lang = language(lang or self.lang)
        v = self.walk.now
        if v is None:
            v = self.nodes[0]
        if self.walk.backward:
            told = self.sentences.why(v, lang)
        else:
            told = self.sentences.why_value(v, lang)
        return Note(f"{say('why', lang, node=self._name(v))}\n{told}")

    def ask(self, read: Callable[[str], str] = input) -> Step | Note:
        """Ask for the numbers of the next step before it is shown, then do it.

        A wrong answer is told which mistake it is, and may be given again; Enter alone
        shows the answer, q stops. After the last step comes the score. ``read`` asks.

        >>> y = Value(3.0, "x") * 2; y.label = "y"
        >>> s = Stepper(y, lang="en"); answers = iter(["-2", "2"])
        >>> step = s.ask(lambda question: next(answers))
        the size is right, but the sign is the other one.
        right.
        [1/1] 0 of 1 right at once.
              wrong sign: 1
        """
        if not self.walk.backward:
            raise ValueError(say("ask_forward", self.lang))
        if self.at == len(self):
            return self._note(self._quiz.score())
        for question in self._questions():
            if not self._answered(question, read, self._quiz):
                return self._here()
        step = self._step()
        if self.at == len(self):
            print(self._note(self._quiz.score()))
        return step

    def ask_grads(
        self,
        leaves: Iterable[str | Value],
        read: Callable[[str], str] = input,
        judged: Judged | None = None,
    ) -> bool:
        """Ask for the grads that the whole walk gives these leaves; no grad changes.

        A wrong answer is told which single mistake leads to it, and on which edge; it
        may be given again, Enter alone shows the answer, q stops. Gives False if the
        learner stopped. ``judged`` collects the score over several steppers. Raises
        ValueError for the result itself, whose grad is the seed.

        >>> a, b = Value(3.0, "a"), Value(-2.0, "b"); L = a * b + a; L.label = "L"
        >>> answers = iter(["1", "-1"])
        >>> Stepper(L, lang="en").ask_grads(["a"], lambda question: next(answers))
        on the way from v1 to a: what comes this way is missing; all ways are added up.
        right.
        True
        """
        named = [self._node(leaf) for leaf in leaves]
        if self.loss in named:
            root = self._name(self.loss)
            raise ValueError(say("ask_root", self.lang, root=root))
        with self.walk.from_the_start():
            self.walk.go(len(self))
            quiz = Quiz(self.sentences, self.lang, judged)
            questions = quiz.totals(named)
        return all(self._answered(question, read, quiz) for question in questions)

    def _questions(self) -> list[Question]:
        """Those of the next step; its numbers are found by doing it and going back."""
        v = self.walk.do()
        questions = self._quiz.questions(v)
        self.walk.undo()
        return questions

    def _answered(
        self, question: Question, read: Callable[[str], str], quiz: Quiz
    ) -> bool:
        """Ask until the answer is right or shown; False if the learner stops."""
        while True:
            try:
                text = read(quiz.prompt(question)).strip()
            except EOFError:
                return False
            if text.lower() == "q":
                return False
            answer = number_typed(text) if text else None
            if text and answer is None:
                print(say("not_a_number", self.lang))
                continue
            print(quiz.judge(question, answer))
            if answer is None or is_right(answer, question.right):
                return True

    # ---- places ---------------------------------------------------------------------

    def _step(self) -> Step:
        self.walk.do()
        return self._last()

    def _last(self) -> Step:
        v = self.walk.now
        assert v is not None
        adjoint = self.walk.adjoint(v) if self.walk.backward else None
        return Step(self, self.at, v, adjoint, self.walk.done[v])

    def _go_on(self, k: int) -> None:
        self.walk.go(max(k, self.at))

    def _place(self, where: int | str | Value) -> int:
        """After how many steps that is."""
        if isinstance(where, str | Value):
            return self.walk.places[self._node(where)]
        if isinstance(where, bool) or not isinstance(where, int):
            raise TypeError(say("not_a_place", self.lang, given=repr(where)))
        if not 0 <= where <= len(self):
            raise IndexError(say("outside", self.lang, given=str(where), n=len(self)))
        return where

    def _node(self, named: str | Value) -> Value:
        """The Value, or the one with this name."""
        names, root = self.sentences.names, self._name(self.loss)
        if isinstance(named, Value):
            if named not in names:
                given = repr(named)
                raise ValueError(say("not_in_graph", self.lang, given=given, root=root))
            return named
        for v, name in names.items():
            if named in (name, v.label):
                return v
        there = listed(names.values(), self.lang, 20)
        values = {"given": repr(named), "root": root, "names": there}
        raise ValueError(say("no_such_name", self.lang, **values))

    # ---- text -----------------------------------------------------------------------

    def _name(self, v: Value) -> str:
        return self.sentences.names[v]

    def _note(self, text: str, at: int | None = None) -> Note:
        """The text behind ``[2/3]``."""
        mark = f"[{self.at if at is None else at}/{len(self)}] "
        note = Note(mark + text.replace("\n", "\n" + " " * len(mark)))
        note.stepper = self
        return note

    def _start(self) -> Note:
        return self._note(say("start", self.lang))

    def _end(self) -> Note:
        grads = []
        if self.walk.backward:
            leaves = [v for v in self.walk.order if v.op is None]
            grads = [f"{self._name(v)}.grad = {format_number(v.grad)}" for v in leaves]
        end = say(f"{self.direction}_end", self.lang)
        return self._note(_lines(end, listed(grads, self.lang)))

    def _here(self) -> Step | Note:
        return self._last() if self.at else self._start()

    def __repr__(self) -> str:
        return repr(self._here())

    # ---- pictures and a page --------------------------------------------------------

    def draw(self, **options: Any) -> Drawing:
        """Draw the graph with the node of the last step in red.

        The finished are grey, the waiting dashed. On each edge used so far stands
        upstream × local = contribution. ``options`` go to `draw`.
        """
        caption = {"label": str(self).partition("\n")[0]}
        return self._frames.draw(**({"graph_style": caption} | options))

    def save_frames(self, folder: str | os.PathLike[str], **options: Any) -> list[Path]:
        """Write an SVG of the start and of each step: ``step00.svg`` and on.

        Returns the paths, in order. The stepper and every grad are then as they were.
        ``options`` go to `draw`.
        """
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        digits = len(str(len(self)))
        paths = []
        with self.walk.from_the_start():
            for k in range(len(self) + 1):
                self.goto(k)
                path = folder / f"step{k:0{digits}}.svg"
                paths.append(self.draw(**options).save(path))
        return paths

    def recording(self) -> dict[str, Any]:
        """Give the graph, its numbers and what is said of it as plain data.

        What is in it stands in ``stepper/recording.py``; no grad changes.

        >>> x = Value(3.0, label="x"); y = x * x; y.label = "y"
        >>> recording = Stepper(y).recording()
        >>> [node["name"] for node in recording["nodes"]], x.grad
        (['x', 'y'], 0.0)
        """
        sentences = self._backwards().sentences
        with sentences.walk.from_the_start():
            return recording(sentences)

    def save(self, path: str | os.PathLike[str], **options: Any) -> Path:
        """Write one HTML page that plays both passes and needs nothing else.

        ``options`` go to `draw`. ``fold`` says whether its neurons are folded at first;
        None: where there are more than 100 nodes. Raises ValueError for a graph of more
        nodes than ``max_nodes`` allows.
        """
        recorded, svg, folded = self._recorded(options)
        return save_page(recorded, svg, path, self.lang, folded)

    def _recorded(self, options: dict[str, Any]) -> tuple[dict[str, Any], str, str]:
        """The recording and the pictures of a page: open, and with neurons folded."""
        s = self._backwards()
        neurons = find_neurons(s.walk.order, [s.loss])
        s._check_page(options, neurons)
        options = {"node_style": _roomy} | options
        fold = options.pop("fold", None)
        svg = folded = ""
        with s.walk.from_the_start():
            s.run()  # the picture of the end has room for every number
            if neurons.box:
                folded = s.draw(**(options | {"fold": True})).svg()
            if not folded or len(s.walk.order) <= PAGE_NODES:
                svg = s.draw(**options).svg()
        recorded = s.recording()
        if folded:
            is_large = len(s.walk.order) > FOLD_OVER
            recorded["folded"] = folded_data(s.loss, s.walk.order, neurons)
            recorded["folded"]["first"] = is_large if fold is None else fold
        return recorded, svg, folded

    def _check_page(self, options: dict[str, Any], neurons: Neurons) -> None:
        """Refuse a picture that nobody can read."""
        most = options.get("max_nodes", PAGE_NODES)
        n = len(self.walk.order) - len(neurons.hidden)
        n -= len(neurons.box) - len(set(neurons.box.values()))
        if n > most:
            raise ValueError(say("page_too_large", self.lang, n=n, most=most))

    def _backwards(self) -> "Stepper":
        return self if self.walk.backward else Stepper(self.loss, lang=self.lang)

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> dict[str, str]:
        """In a notebook the live page, where the walk is now, above the still picture.

        Where no frames are shown, or the graph is too large for a page, the picture.
        """
        still = self._here()._repr_mimebundle_()
        try:
            recorded, svg, folded = self._recorded({})
        except (ValueError, RuntimeError):
            return still
        recorded["at"] = self._at_on_page()
        live = page_frame(step_page(recorded, svg, self.lang, folded))
        title = escape(say("still", self.lang))
        folded = f"<details><summary>{title}</summary>{still['text/html']}</details>"
        return {**still, "text/html": live + folded}

    def _at_on_page(self) -> int:
        """The position there, which counts the forward steps first."""
        return self.at + len(self) if self.walk.backward and self.at else self.at

    def _beside_picture(self, text: str) -> dict[str, str]:
        """For a notebook: the text beside the picture; without room for one, alone."""
        try:
            svg = self.draw().svg()
        except (ValueError, RuntimeError) as error:
            return {"text/plain": f"{text}\n({error})"}
        style = "display: flex; flex-wrap: wrap; gap: 1em; align-items: center"
        picture = f"<div>{svg[svg.index('<svg') :]}</div>"
        beside = f'<div style="{style}">{picture}<pre>{escape(text)}</pre></div>'
        return {"text/plain": str(text), "text/html": beside}


def _roomy(v: Value) -> dict[str, object]:
    """As wide as any number that a learner may put in; in inches."""
    return {"width": 0.95}


def _lines(*texts: str) -> str:
    """The texts below each other, without the empty ones."""
    return "\n".join(filter(None, texts))
