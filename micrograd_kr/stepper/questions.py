"""Ask a learner for the numbers of a step before it is shown, and keep the score.

>>> from micrograd_kr.stepper.walk import Walk
>>> y = Value(3.0, "x") * 2.0; y.label = "y"
>>> walk = Walk(y); v = walk.do(); quiz = Quiz(Sentences(walk), "en")
>>> question = quiz.questions(v)[0]
>>> quiz.prompt(question)
'y.grad = 1, ∂y/∂x = 2.  x.grad += ? '
>>> quiz.judge(question, 2.0), quiz.score()
('right.', '1 of 1 right at once.')
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from ..engine import Value
from ..text import FEW, format_number
from .formulas import partials
from .messages import say
from .mistakes import is_right, mistakes, slips
from .sentences import Sentences
from .walk import Edge

_SLIPS = 2  # of the mistakes that a wrong total can come from, so many are told


class Question(NamedTuple):
    """What is asked about an edge: its "contribution", or the grad "after" it.

    Or "total", the grad of a leaf when the walk is over: then ``edge`` is the last that
    reaches it, and ``edges`` are those of the whole walk.
    """

    asked: str
    edge: Edge
    edges: tuple[Edge, ...]
    rule: str

    @property
    def right(self) -> float:
        """The answer."""
        quantity = "after" if self.asked == "total" else self.asked
        return float(getattr(self.edge, quantity))


Judged = dict[tuple[Value, int, str], list[str]]


class Quiz:
    """The questions of one walk, and what became of them; or of several walks.

    Several share one ``judged``: for each question the kinds of its answers.
    """

    def __init__(
        self, sentences: Sentences, lang: str, judged: Judged | None = None
    ) -> None:
        self.sentences = sentences
        self.lang = lang
        self.judged: Judged = {} if judged is None else judged

    def questions(self, v: Value) -> list[Question]:
        """What to ask about a step: each contribution, and the sum where there is one.

        The walk must have done the step; of a wide one only the first edges are asked.
        """
        edges = self.sentences.walk.done[v]
        found = []
        for edge in edges[:FEW]:
            rule = self._rule(edge)
            found.append(Question("contribution", edge, edges, rule))
            if edge.before:
                found.append(Question("after", edge, edges, rule))
        return found

    def totals(self, leaves: Iterable[Value]) -> list[Question]:
        """What to ask about a whole walk, which must be done: the grad of each leaf."""
        done = self.sentences.walk.done
        edges = tuple(edge for step in done.values() for edge in step)
        found = []
        for leaf in leaves:
            last = [edge for edge in edges if edge.parent is leaf][-1]
            found.append(Question("total", last, edges, self._rule(last)))
        return found

    def _rule(self, edge: Edge) -> str:
        """The local derivative on an edge, in names."""
        partial = partials(edge.node)[edge.k]
        return partial.text(self.sentences.names.__getitem__)

    def prompt(self, question: Question) -> str:
        """The question in words."""
        return self._say(f"ask_{question.asked}", question)

    def judge(self, question: Question, answer: float | None) -> str:
        """Say whether the answer is right, else which mistake it is; None: show it."""
        tries = self._tries(question)
        if answer is None:
            tries.append("shown")
            return say("answer", self.lang, right=format_number(question.right))
        if is_right(answer, question.right):
            tries.append("right")
            return say("right", self.lang)
        if question.asked == "total":
            return self._judge_total(question, answer)
        asked, edge, edges, _ = question
        kinds = mistakes(asked, edge, edges, answer)
        tries += kinds or ["other"]
        unknown = "other" if asked == "contribution" else "other_sum"
        told = [self._say(kind, question) for kind in kinds or [unknown]]
        return say("or", self.lang).join(told)

    def _judge_total(self, question: Question, answer: float) -> str:
        """Say on which edge one mistake would lead to this answer, and which it is."""
        leaf = question.edge.parent
        found = slips(question.edges, leaf, answer)[:_SLIPS]
        self._tries(question).extend([slip.kind for slip in found] or ["other"])
        if not found:
            return say("other_total", self.lang, leaf=self.sentences.names[leaf])
        told = []
        for kind, edge in found:
            at = Question("contribution", edge, question.edges, self._rule(edge))
            told.append(self._say("slip_at", at) + self._say(kind, at))
        return say("or", self.lang).join(told)

    def score(self) -> str:
        """How many were right at once, and how often each kind of mistake was made."""
        return score(self.judged, self.lang)

    def _tries(self, question: Question) -> list[str]:
        edge = question.edge
        return self.judged.setdefault((edge.node, edge.k, question.asked), [])

    def _say(self, key: str, question: Question) -> str:
        edge, names = question.edge, self.sentences.names
        return say(
            key,
            self.lang,
            node=names[edge.node],
            parent=names[edge.parent],
            symbol=self.sentences.derivative(edge),
            rule=question.rule,
            adjoint=format_number(edge.adjoint),
            before=format_number(edge.before),
        )


def score(judged: Judged, lang: str | None = None) -> str:
    """Tell how many were right at once, and how often each kind of mistake was made.

    >>> score({(Value(1.0), 0, "after"): ["wrong_sign", "right"]}, "en")
    '0 of 1 right at once.\\nwrong sign: 1'
    """
    tries = list(judged.values())
    right = sum(kinds[:1] == ["right"] for kinds in tries)
    told = [say("score", lang, right=right, asked=len(tries))]
    made = Counter(kind for kinds in tries for kind in kinds if kind != "right")
    for kind, n in made.most_common():
        told.append(f"{say(f'kind_{kind}', lang)}: {n}")
    return "\n".join(told)


def number_typed(text: str) -> float | None:
    """Read a number or a product of numbers; None for anything else.

    >>> number_typed("-1.5"), number_typed("2 × -3"), number_typed("two")
    (-1.5, -6.0, None)
    """
    product = 1.0
    for factor in re.split("[*×·]", text.replace("−", "-")):
        try:
            product *= float(factor)
        except ValueError:
            return None
    return product
