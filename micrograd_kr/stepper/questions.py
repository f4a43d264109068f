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
from typing import NamedTuple

from ..engine import Value
from ..text import FEW, format_number
from .formulas import partials
from .messages import say
from .mistakes import is_right, mistakes
from .sentences import Sentences
from .walk import Edge


class Question(NamedTuple):
    """What is asked about an edge: its "contribution", or the grad "after" it."""

    asked: str
    edge: Edge
    edges: tuple[Edge, ...]
    rule: str

    @property
    def right(self) -> float:
        """The answer."""
        return float(getattr(self.edge, self.asked))


class Quiz:
    """The questions of one walk, and what became of them."""

    def __init__(self, sentences: Sentences, lang: str) -> None:
        self.sentences = sentences
        self.lang = lang
        self.judged: dict[tuple[Value, int, str], list[str]] = {}

    def questions(self, v: Value) -> list[Question]:
        """What to ask about a step: each contribution, and the sum where there is one.

        The walk must have done the step; of a wide one only the first edges are asked.
        """
        edges = self.sentences.walk.done[v]
        found = []
        for edge, partial in list(zip(edges, partials(v), strict=True))[:FEW]:
            rule = partial.text(self.sentences.names.__getitem__)
            found.append(Question("contribution", edge, edges, rule))
            if edge.before:
                found.append(Question("after", edge, edges, rule))
        return found

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
        asked, edge, edges, _ = question
        kinds = mistakes(asked, edge, edges, answer)
        tries += kinds or ["other"]
        unknown = "other" if asked == "contribution" else "other_sum"
        told = [self._say(kind, question) for kind in kinds or [unknown]]
        return say("or", self.lang).join(told)

    def score(self) -> str:
        """How many were right at once, and how often each kind of mistake was made."""
        tries = list(self.judged.values())
        right = sum(kinds[:1] == ["right"] for kinds in tries)
        told = [say("score", self.lang, right=right, asked=len(tries))]
        made = Counter(kind for kinds in tries for kind in kinds if kind != "right")
        for kind, n in made.most_common():
            told.append(f"{say(f'kind_{kind}', self.lang)}: {n}")
        return "\n".join(told)

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
