"""A graph as plain data for JSON, with the words that a page needs to walk through it.

``version`` is 2. A node is known by its place in topological order; ``e3_0`` is the
edge to node 3 from its first parent.

``graph``: what the engine of a page computes with, see ``pages/graph.py``.

``nodes``, in order: ``name``, ``label``, ``grad`` (before the walk), ``final`` (the
consonant that the name ends in when read in Korean, which chooses particles), and but
for leaves ``form`` (a place in ``forms``) and ``partials``, one for each parent.
``line`` (file, number, text), if it was recorded: what computed it.

``forms``: an operation, told once for all nodes that have it. ``names`` and ``numbers``
are formulas, to be filled with what the operands are called, and with their data;
``signed``: a negative number stands in parentheses there. ``partials``, one for each of
the row, null where that operand is a plain number: ``whole`` is a formula, and
``cases`` are the same taken apart, each with a formula ``rule`` and with ``when``, a
list of [left, sign, right] that must all hold, where a side is a number or the name of
an operand and a sign one of < = > ≤ ≥ ≠. The first case that holds is the rule,
whatever the data is.

``stale``: the edges whose partial is of other data than the leaves have now.

``sentences``: what the stepper says, by language and key. ``mistakes``: see
``mistakes.py``; each has kind, asked ("contribution" or "after"), formula, and by
language the sentences ``told`` and ``name`` (in a score).

A *sentence* is a list of pieces: a string is text, to be shown as it is; a list is a
place: [word], or [word, particles] where the Korean particle of the word follows. A
*formula* is one too: the words of ``names`` and ``numbers`` are the places of operands,
"0" and on, those of a partial the names of operands in the row, and ``out``. So no text
of a user is ever taken for a place.

>>> from micrograd_kr.stepper.walk import Walk
>>> y = Value(3.0, "x") * 2; y.label = "y"
>>> recorded = recording(Sentences(Walk(y)))
>>> recorded["forms"][0]["names"], recorded["nodes"][1]["partials"]
([['0'], ' * 2'], [2.0])
>>> recorded["sentences"]["en"]["changed"]
[['parent'], '.grad: ', ['before'], ' → ', ['after']]
"""

from collections.abc import Iterable, Iterator, Sequence
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Any

from ..engine import Value
from ..pages import graph_data
from ..picture import Neurons, arrows
from ..text import LANGUAGES, Word
from ..text import say as say_of_text
from .formulas import Formula, Partial, partials
from .messages import say
from .mistakes import MISTAKES, Mistake
from .sentences import Sentences, form_key, form_of, line_data

VERSION = 2
SAID = (
    *("head", "chain", "changed", "again", "earlier", "stale"),  # a step
    *("why_seed", "why_users", "why_plus", "why_plus_once", "times", "made_by"),
    *("ask_contribution", "ask_after", "right", "or", "other", "other_sum", "score"),
    "kind_other",
)


def recording(sentences: Sentences) -> dict[str, Any]:
    """Record the graph of a walk, which must be at its start: grads are of before."""
    order = sentences.walk.order
    forms = _Forms()
    return {
        "version": VERSION,
        "graph": graph_data(order),
        "nodes": [_node(v, sentences, forms) for v in order],
        "forms": forms.told,
        "stale": list(_stale(order)),
        "sentences": {lang: _sentences(lang) for lang in LANGUAGES},
        "mistakes": [_mistake(mistake) for mistake in MISTAKES],
    }


def phrases(values: Iterable[Value], labels: Iterable[str] = ()) -> dict[str, Any]:
    """Give what a page needs to record walks itself, through graphs it makes.

    ``values``: of each kind of operation one at least. ``forms``, ``sentences`` and
    ``mistakes`` are those of a recording; a form also has its ``op``, the ``count`` of
    its operands, and of those that are plain numbers place and number, as ``given``.
    ``finals``: the consonant that digits, letters and ``labels`` end in in Korean.

    >>> told = phrases([Value(3.0).tanh(), Value(3.0) * 2])
    >>> [(form["op"], form["count"], form["given"]) for form in told["forms"]]
    [('tanh', 1, []), ('mul', 2, [[1, 2.0]])]
    """
    forms = _Forms()
    told = {v: forms.place(v) for v in values if v.op}
    for v, place in told.items():
        assert v.op is not None
        given = [[k, x] for k, x in enumerate(v.operands) if not isinstance(x, Value)]
        forms.told[place] |= {"op": v.op.name, "count": len(v.operands), "given": given}
    texts = [*ascii_lowercase, *ascii_uppercase, *digits, *labels]
    return {
        "forms": forms.told,
        "finals": {text: Word(text).final for text in texts if Word(text).final},
        "sentences": {lang: _sentences(lang) for lang in LANGUAGES},
        "mistakes": [_mistake(mistake) for mistake in MISTAKES],
    }


def folded_data(
    root: Value, order: Sequence[Value], neurons: Neurons
) -> dict[str, Any]:
    """Tell what is inside the boxes of a picture with its neurons folded.

    ``first``, which `Stepper.save` adds: whether the page begins with this picture.
    ``box``: by operation of a neuron, the node that stands for it; ``inside``: by such
    a node its operations, in order; ``arrows``: id, node, parent, and the ``edges`` of
    the graph that each stands for.
    """
    ids = {v: i for i, v in enumerate(order)}
    inside: dict[int, list[int]] = {}
    for v in order:
        if v in neurons.box:
            inside.setdefault(ids[neurons.box[v]], []).append(ids[v])
    told = []
    for arrow in arrows(root, fold=True):
        edges = [f"e{ids[v]}_{k}" for v, k in arrow.edges]
        ends = {"node": ids[arrow.box], "parent": ids[arrow.parent]}
        told.append({"id": arrow.id, **ends, "edges": edges})
    box = {i: output for output, members in inside.items() for i in members}
    return {"box": box, "inside": inside, "arrows": told}


def _node(v: Value, sentences: Sentences, forms: "_Forms") -> dict[str, Any]:
    name = sentences.names[v]
    told: dict[str, Any] = {
        "name": name,
        "label": v.label,
        "grad": v.grad,
        "final": Word(name).final,
    }
    if v.op is None:
        return told
    line = line_data(v)
    if line is not None:
        told["line"] = line
    return {**told, "form": forms.place(v), "partials": list(v.partials)}


def _stale(order: Sequence[Value]) -> Iterator[str]:
    """The ids of the edges whose partial is of other data than there is now."""
    for i, v in enumerate(order):
        for k, partial in enumerate(partials(v)):
            if not partial.is_current():
                yield f"e{i}_{k}"


class _Forms:
    """The forms of the operations met so far, each told once."""

    def __init__(self) -> None:
        self.places: dict[object, int] = {}
        self.told: list[dict[str, Any]] = []

    def place(self, v: Value) -> int:
        """The place of v's form among those told."""
        key = form_key(v)
        if key not in self.places:
            self.places[key] = len(self.told)
            self.told.append(self._form(v))
        return self.places[key]

    def _form(self, v: Value) -> dict[str, Any]:
        assert v.op is not None
        form = form_of(v)
        rules: list[Any] = [None] * len(v.op.partials)
        for partial in partials(v):
            rules[partial.place] = rules[partial.place] or _rules(partial)
        return {
            "names": _open(form.names),
            "numbers": _open(form.numbers),
            "signed": form.signed,
            "partials": rules,
        }


def _rules(partial: Partial) -> dict[str, Any]:
    cases = [
        {"rule": _open(formula), "when": list(map(list, conditions))}
        for conditions, formula in partial.cases()
    ]
    return {"whole": _open(partial.whole()), "cases": cases}


def _open(formula: Formula) -> list[Any]:
    """A formula as pieces: what is left open in it stands in a list."""
    pieces = [piece if i % 2 == 0 else [piece] for i, piece in enumerate(formula)]
    return [piece for piece in pieces if piece]


def _sentences(lang: str) -> dict[str, Any]:
    told = {key: say.slots(key, lang) for key in SAID}
    return told | {"others": say_of_text.slots("others", lang)}


def _mistake(mistake: Mistake) -> dict[str, Any]:
    """A mistake with its sentences; a page puts the names of an edge into them."""
    keys = {"told": mistake.kind, "name": f"kind_{mistake.kind}"}
    said = {
        what: {lang: say.slots(key, lang) for lang in LANGUAGES}
        for what, key in keys.items()
    }
    return {**mistake._asdict(), **said}
