"""A walk as plain data for JSON, with every sentence that a page needs.

``version`` is 1. The id of a node is its place in topological order; ``e3_0`` is the
edge to node 3 from its first parent. Lists are in the order in which things happen.

``graph``: what the engine of a page computes with, see ``pages/graph.py``.

``nodes``: id, name, label, op, expression, data, grad (before the walk), parents.

``edges``: id, from, to, partial, ``rule`` (the text of the partial, "∂d/∂a = b"), and
``cases``: each has ``rule`` and ``when``, a list of [left, sign, right] that must all
hold, where a side is a number or a slot and a sign one of < = > ≤ ≥ ≠. The first case
that holds is the rule, whatever the data is.

``forward``: for each step node, text by language, and ``parts``: sentences; filled and
with repeated ones left out, they are joined by " = " to the text.

``backward``: for each step node, adjoint, ``text`` and ``why`` by language with the
numbers of this walk, ``lines`` and ``told``. A line has edge, parent, adjoint,
partial, contribution, before, after, the sentence ``chain`` and by language the
sentence ``note``. ``told`` has by language the ``head`` (text) and the sentence
``why``. The text of a step is its head, then for each line chain, rule and note.

``mistakes``: see ``mistakes.py``; each has kind, asked ("contribution" or "after"),
formula, and by language the sentences ``told`` and ``name`` (in a score). ``asking``:
the other sentences of `Stepper.ask`, by key and language. Their slots are [word]: node,
parent, symbol (∂d/∂a), rule, adjoint, before; of a score right and asked.

A *sentence* is a list of pieces: a string is text, to be shown as it is; a list is a
slot for a number: [quantity, id] with an id of a node or of an edge. The quantities of
a node are data and grad, those of an edge adjoint, partial, contribution, before and
after. [quantity, id, "()"] puts a negative number in parentheses. To fill a sentence
with other numbers is to look each slot up elsewhere; its words stay.

>>> from micrograd_kr.stepper.walk import Walk
>>> y = Value(3.0, "x") * 2; y.label = "y"
>>> recorded = recording(Sentences(Walk(y)))
>>> recorded["forward"][0]["parts"][2]
[['data', 0, '()'], ' * 2']
>>> recorded["backward"][0]["lines"][0]["chain"][:2]
['x.grad += y.grad × ∂y/∂x = ', ['adjoint', 'e1_0']]
"""

from collections.abc import Sequence
from typing import Any

from ..engine import Value
from ..pages import graph_data
from ..picture import Neurons, arrows
from ..text import LANGUAGES
from .formulas import Case, Condition, Partial, case_text, partials
from .messages import say
from .mistakes import MISTAKES, Mistake
from .sentences import Sentences
from .slots import Sentence, Slot, filled
from .walk import Edge

ASKING = ("ask_contribution", "ask_after", "right", "or", "other", "other_sum", "score")
NUMBERS = ("adjoint", "partial", "contribution", "before", "after")


def recording(sentences: Sentences) -> dict[str, Any]:
    """Record the whole backward walk, and the forward pass before it.

    The walk must be at its start; it is at its end afterwards.
    """
    return _Recorder(sentences).recording()


def folded_data(
    root: Value, order: Sequence[Value], neurons: Neurons
) -> dict[str, Any]:
    """Tell what is inside the boxes of a picture with its neurons folded.

    ``box``: by operation of a neuron, the node that stands for it; ``inside``: by such
    a node its operations, in order; ``arrows``: id, from, to, and the ``edges`` of the
    graph that each stands for.
    """
    ids = {v: i for i, v in enumerate(order)}
    inside: dict[int, list[int]] = {}
    for v in order:
        if v in neurons.box:
            inside.setdefault(ids[neurons.box[v]], []).append(ids[v])
    told = []
    for arrow in arrows(root, fold=True):
        edges = [f"e{ids[v]}_{k}" for v, k in arrow.edges]
        ends = {"from": ids[arrow.parent], "to": ids[arrow.box]}
        told.append({"id": arrow.id, **ends, "edges": edges})
    box = {i: output for output, members in inside.items() for i in members}
    return {"box": box, "inside": inside, "arrows": told}


class _Recorder:
    """One recording in the making."""

    def __init__(self, sentences: Sentences) -> None:
        self.sentences, self.walk = sentences, sentences.walk
        self.ids = {v: i for i, v in enumerate(self.walk.order)}
        self.partials = {v: partials(v) for v in self.walk.order}

    def recording(self) -> dict[str, Any]:
        order = self.walk.order
        nodes = [self.node(v) for v in order]  # with their grads of before
        edges = [self.edge(v, k) for v in order for k in range(len(self.partials[v]))]
        backward = [self.step(self.walk.do()) for _ in self.walk.nodes]
        forward = [self.value(v) for v in reversed(self.walk.nodes)]
        return {
            "version": 1,
            "graph": graph_data(order),
            "nodes": nodes,
            "edges": edges,
            "forward": forward,
            "backward": backward,
            "mistakes": [_mistake(mistake) for mistake in MISTAKES],
            "asking": {key: _open(key) for key in (*ASKING, "kind_other")},
        }

    def node(self, v: Value) -> dict[str, Any]:
        return {
            "id": self.ids[v],
            "name": self.sentences.names[v],
            "label": v.label,
            "op": v.op.symbol if v.op else "",
            "expression": self.sentences.expression(v),
            "data": v.data,
            "grad": v.grad,
            "parents": [self.ids[p] for p in v.parents],
        }

    # ---- edges and their cases ------------------------------------------------------

    def edge_id(self, v: Value, k: int) -> str:
        return f"e{self.ids[v]}_{k}"

    def edge(self, v: Value, k: int) -> dict[str, Any]:
        partial, parent = self.partials[v][k], v.parents[k]
        names = self.sentences.names
        symbol = f"∂{names[v]}/∂{names[parent]} = "
        return {
            "id": self.edge_id(v, k),
            "from": self.ids[parent],
            "to": self.ids[v],
            "partial": partial.recorded,
            "rule": symbol + partial.text(names.__getitem__),
            "cases": [self.case(symbol, partial, case) for case in partial.cases()],
        }

    def case(self, symbol: str, partial: Partial, case: Case) -> dict[str, Any]:
        rule = case_text(case, partial.words(self.sentences.names.__getitem__))
        when = [self.condition(partial, condition) for condition in case.conditions]
        return {"rule": symbol + rule, "when": when}

    def condition(self, partial: Partial, condition: Condition) -> list[Any]:
        left = self.side(partial, condition.left)
        right = self.side(partial, condition.right)
        return [left, condition.sign, right]

    def side(self, partial: Partial, side: str | float) -> Any:
        if not isinstance(side, str):
            return side
        operand = partial.operands[side]
        return ["data", self.ids[operand]] if isinstance(operand, Value) else operand

    # ---- steps ----------------------------------------------------------------------

    def value(self, v: Value) -> dict[str, Any]:
        return {
            "node": self.ids[v],
            "text": dict.fromkeys(LANGUAGES, self.sentences.value_text(v)),
            "parts": [self.plain(part) for part in self.sentences.value(v)],
        }

    def step(self, v: Value) -> dict[str, Any]:
        edges = self.walk.done[v]
        whys = {lang: self.sentences.why(v, lang) for lang in LANGUAGES}
        return {
            "node": self.ids[v],
            "adjoint": self.walk.adjoint(v),
            "text": {lang: self.sentences.step_text(v, lang) for lang in LANGUAGES},
            "why": {lang: filled(why) for lang, why in whys.items()},
            "lines": [self.line(edge) for edge in edges],
            "told": {
                lang: {"head": self.sentences.head(v, lang), "why": self.plain(why)}
                for lang, why in whys.items()
            },
        }

    def line(self, edge: Edge) -> dict[str, Any]:
        partial = self.partials[edge.node][edge.k]
        notes = {lang: self.sentences.note(edge, partial, lang) for lang in LANGUAGES}
        return {
            "edge": self.edge_id(edge.node, edge.k),
            "parent": self.ids[edge.parent],
            **{name: getattr(edge, name) for name in NUMBERS},
            "chain": self.plain(self.sentences.chain(edge)),
            "note": {lang: self.plain(note) for lang, note in notes.items()},
        }

    # ---- sentences ------------------------------------------------------------------

    def plain(self, sentence: Sentence) -> list[Any]:
        """The sentence as strings and lists."""
        return [x if isinstance(x, str) else self.slot(x) for x in sentence]

    def slot(self, slot: Slot) -> list[Any]:
        of = slot.of
        place = self.ids[of] if isinstance(of, Value) else self.edge_id(of.node, of.k)
        return [slot.quantity, place, "()"] if slot.signed else [slot.quantity, place]


# What a page puts into a sentence: names of an edge, its numbers, a score.
_WORDS = ("node", "parent", "symbol", "rule", "adjoint", "before", "right", "asked")


def _mistake(mistake: Mistake) -> dict[str, Any]:
    """A mistake with its sentences; a page puts the names of an edge into them."""
    name, told = f"kind_{mistake.kind}", mistake.kind
    return {**mistake._asdict(), "told": _open(told), "name": _open(name)}


def _open(key: str) -> dict[str, list[Any]]:
    """The sentence in every language, with a slot for each word."""
    words = {word: ([word],) for word in _WORDS}
    return {lang: list(say.pieces(key, lang, **words)) for lang in LANGUAGES}
