"""The value of every array forwards, and its gradient backwards, as expressions.

The rules are those of the table; sums of products are known by their structure.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from . import array as A
from .array import Expr, Shape
from .group import CONSTANT
from .layout import LISTS, Array, Operand, Product, reading
from .names import Names
from .rules import Rules
from .views import assemble, slices, view

LIST = LISTS[0]  # the letter of the axis of a list that is not cut


class Emitter:
    """The expressions of the loss and of the gradient.

    ``leaves``: what the parameters and inputs are called; ``labels``: those of the parameters; ``loss``:
    which element of which array it is.
    """

    def __init__(
        self,
        arrays: Sequence[Array],
        leaves: Sequence[str],
        labels: Sequence[str | None],
        loss: tuple[int, int],
    ) -> None:
        self.book: dict[Any, Expr] = {}
        self.one = A.const(self.book, 1.0)
        self.arrays = arrays
        self.names = Names(arrays, leaves, labels)
        self.rules: dict[tuple[int, int], Rules] = {}
        self.values: list[Expr] = []
        self.seen: dict[int, tuple[Expr, str]] = {}  # what operands read, by their id
        self.parts: list[list[tuple[Operand, Expr]]] = [
            [] for _ in arrays
        ]  # gradients of parts of each array
        for a, name in zip(arrays, leaves, strict=False):
            self.values.append(A.variable(self.book, name, self.full(a)))
        for a in arrays[len(leaves) :]:
            value = (
                self.pool(a)
                if a.group.members
                else self.row(a)
                if a.group.row
                else self.sum(a)
            )
            self.values.append(self.names.value(a, A.spread(value, self.full(a))))

        source, at = loss
        operand = Operand(source, np.array(at), "", ())
        value, seed = view(self.values[source], operand), self.one
        self.loss = A.mean_of_rows(value) if value.lead else value
        self.forward = len(self.book)
        if value.lead:
            seed = seed / A.variable(self.book, A.ROWS, ())
        self.parts[source].append((operand, seed))
        for a in reversed(arrays[len(leaves) :]):
            if a.group.differentiable and self.parts[a.group.number]:
                g = assemble(self.parts[a.group.number], self.full(a))
                self.backward(a, A.named(g, self.values[a.group.number]))
        theta = self.full(arrays[0])
        nothing = [
            (Operand(0, np.arange(A.size(theta)), "i", (1,)), A.const(self.book, 0.0))
        ]
        g = assemble(self.parts[0] or nothing, theta, self.names.parameters)
        self.gradient = A.own(A.spread(A.as_float(g), theta))

    # ---- what arrays have in common

    def full(self, a: Array) -> Shape:
        """The shape with the examples of a batch in front."""
        return (A.ROWS,) * a.group.batched + a.shape

    def letters(self, a: Array) -> str:
        """A letter for each axis of that."""
        return A.ROWS * a.group.batched + a.letters

    def sizes(self, a: Array, *operands: Operand) -> dict[str, Any]:
        """The length of each axis, those of the lists of these operands included."""
        sizes = {A.ROWS: A.ROWS, **dict(zip(a.letters, a.shape, strict=True))}
        for operand in operands:
            sizes |= zip(operand.letters, operand.index.shape, strict=True)
        return sizes

    def read(self, operand: Operand) -> tuple[Expr, str]:
        """What an operand reads, and a letter for each axis."""
        known = self.seen.get(id(operand))
        if known is None:
            if operand.source == CONSTANT:
                known = A.const(self.book, operand.index), operand.letters
            else:
                x = view(self.values[operand.source], operand)
                known = (
                    self.names.parameter(x, operand) if operand.source == 0 else x,
                    self.of(operand),
                )
            self.seen[id(operand)] = known
        return known

    def of(self, operand: Operand) -> str:
        """The letters of what an operand reads, with that of the examples of a batch."""
        return A.ROWS * self.arrays[operand.source].group.batched + operand.letters

    def hand(
        self,
        operand: Operand,
        g: Expr,
        of_g: str,
        y: Expr,
        of_y: str,
        sizes: dict[str, Any],
    ) -> None:
        """Hand the gradient g times y down to what an operand reads, unless no parameter is below it."""
        if (
            operand.source == CONSTANT
            or not self.arrays[operand.source].group.differentiable
        ):
            return
        value = A.contract(g, of_g, y, of_y, self.of(operand), sizes)
        if not (value.scalar and value.attr == 0):
            self.parts[operand.source].append((operand, value))

    def backward(self, a: Array, g: Expr) -> None:
        """Hand the gradient of an array down to what it reads."""
        if a.group.members:
            self.backward_pool(a, g)
        elif a.group.row:
            self.backward_row(a, g)
        else:
            self.backward_sum(a, g)

    # ---- operations of the table

    def prepared(self, a: Array) -> tuple[str, Rules, dict[str, Expr]]:
        """The letters with that of lists, the rules for them, and the operands by name: lists with all letters."""
        letters = self.letters(a)
        lists = [operand for operand in a.operands if LIST in operand.letters]
        if lists:  # their elements go along the first axis if they are furthest apart
            front = lists[0].letters[0] == LIST and lists[0].source != CONSTANT
            letters = A.ROWS * a.group.batched + (
                LIST + a.letters if front else a.letters + LIST
            )
        key = (
            letters.find(LIST),
            lists[0].index.shape[lists[0].letters.index(LIST)] if lists else 0,
        )
        if key not in self.rules:
            self.rules[key] = Rules(self.book, *key)
        names = {}
        for name, operand in zip(
            a.group.row.names if a.group.row else (), a.operands, strict=True
        ):
            out = letters if LIST in operand.letters else self.letters(a)
            names[name] = A.aligned(*self.read(operand), out)
        return letters, self.rules[key], names

    def row(self, a: Array) -> Expr:
        """The value of an operation."""
        _, rules, names = self.prepared(a)
        return rules.apply(a.group.row.forward if a.group.row else "", names)

    def backward_row(self, a: Array, g: Expr) -> None:
        """The gradient of an operation times each of its partials."""
        assert a.group.row is not None
        letters, rules, names = self.prepared(a)
        names["out"] = self.values[a.group.number]
        for text, operand in zip(a.group.row.partials, a.operands, strict=True):
            inside, of, g_inside = names, self.letters(a), g
            if (
                LIST in operand.letters
            ):  # each element has the partial, of the whole's value and gradient
                whole = [
                    name
                    for name, x in zip(a.group.row.names, a.operands, strict=True)
                    if LIST not in x.letters
                ]
                inside = names | {
                    k: A.aligned(names[k], of, letters) for k in [*whole, "out"]
                }
                of, g_inside = letters, A.aligned(g, of, letters)
            g_inside = g_inside * rules.apply(text, inside)
            self.hand(operand, g_inside, of, self.one, "", self.sizes(a, operand))

    # ---- sums of products

    def sum(self, a: Array) -> Expr:
        """The value of a sum of products."""
        loose = [t for t in a.terms if t.owner is not None]
        parts = [self.irregular(a, loose)] if loose else []
        parts += [
            A.contract(
                *self.read(t.a),
                *self.read(t.b),
                self.letters(a),
                self.sizes(a, t.a, t.b),
            )
            for t in a.terms
            if t.owner is None
        ]
        if a.plus is not None:
            parts.append(A.aligned(*self.read(a.plus), self.letters(a)))
        return A.total(parts)

    def backward_sum(self, a: Array, g: Expr) -> None:
        """The gradient of a sum times the other factor, for each factor."""
        for t in a.terms:
            sizes, letters, mine = self.sizes(a, t.a, t.b), self.letters(a), g
            if t.owner is not None:  # each product has the gradient of its own sum
                letters = letters[: a.group.batched] + LIST
                mine = (
                    view(
                        A.spread(g, self.full(a)),
                        reading(a.group.number, t.owner, LIST),
                    )
                    if g.shape
                    else g
                )
            for operand, other in ((t.a, t.b), (t.b, t.a)):
                self.hand(operand, mine, letters, *self.read(other), sizes)

    # ---- what is irregular

    def irregular(self, a: Array, terms: Sequence[Product]) -> Expr:
        """Products of which each is added to a sum of its own."""
        full = self.full(a)
        lead = full[: a.group.batched]
        flat = []
        for t in terms:
            value = A.contract(
                *self.read(t.a),
                *self.read(t.b),
                A.ROWS * len(lead) + LIST,
                self.sizes(a, t.a, t.b),
            )
            flat.append(A.spread(value, (*lead, len(t.a.index))))
        value, owners = (
            A.concatenate(flat, len(lead)),
            np.concatenate([t.owner for t in terms]),
        )
        if not a.shape:
            return A.sum_over(value, [len(lead)])
        if len(owners) != A.size(full) or (owners != np.arange(len(owners))).any():
            value = A.segment_sum(value, owners, A.size(full))
        return A.reshape(value, full)

    def pool(self, a: Array) -> Expr:
        """Arrays end to end."""
        lead = self.full(a)[: a.group.batched]
        return A.concatenate(
            [A.spread(self.read(x)[0], (*lead, len(x.index))) for x in a.operands],
            len(lead),
        )

    def backward_pool(self, a: Array, g: Expr) -> None:
        """Each array its part of the gradient."""
        at, g = 0, A.spread(g, self.full(a))
        for x in a.operands:
            n = len(x.index)
            part = slices(g, at, [(n, 1)])
            assert part is not None
            self.hand(
                x, part, A.ROWS * a.group.batched + LIST, self.one, "", self.sizes(a, x)
            )
            at += n
