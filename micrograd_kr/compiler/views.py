"""Positions as slices: reading a part of an array, and its reverse, putting gradients in place.

Regular positions are a slice, a reshape or a transpose; only irregular ones gather.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import array as A
from .array import Expr, Shape
from .fuse import Ints
from .layout import Loops, Operand, nested

# ---- reading -------------------------------------------------------------------------------------


def view(x: Expr, operand: Operand) -> Expr:
    """The numbers of ``x`` that an operand reads, an axis for each of its letters."""
    source = x.shape[len(x.lead) :]
    if x.op == "broadcast" and not x.args[0].shape:
        return A.spread(x.args[0], x.lead + operand.index.shape)
    if operand.steps is not None:
        offset, dims = (
            int(operand.index.flat[0]),
            list(zip(operand.index.shape, operand.steps, strict=True)),
        )
        if is_whole(offset, dims, A.size(source)):
            return A.reshape(x, x.lead + operand.index.shape)
        out = slices(x, offset, dims) or slices(
            A.reshape(x, (*x.lead, A.size(source))), offset, dims
        )
        if out is not None:
            return out
    return A.take(x, operand.index)


def is_whole(offset: int, dims: Loops, count: int) -> bool:
    """Whether loops, the largest step first, go through all of so many positions."""
    return offset == 0 and math.prod([n for n, _ in dims]) == count


def slices(x: Expr, offset: int, dims: Loops) -> Expr | None:
    """``x`` with one axis for each of the loops, which go from the largest step to the smallest."""
    lead, shape = x.lead, list(x.shape[len(x.lead) :])
    if len(dims) == len(shape) == 1:  # the most frequent ones
        return A.index(
            x, [*":" * len(lead), _key(shape[0], offset, dims)], (*lead, dims[0][0])
        )
    widths = [math.prod(shape[k + 1 :]) for k in range(len(shape))]
    first = [offset // width % n for n, width in zip(shape, widths, strict=True)]
    inside: list[Loops] = [
        [] for _ in shape
    ]  # the loops along each axis, in steps of that axis
    for n, step in dims:
        k = next(k for k, width in enumerate(widths) if width <= step)
        if step % widths[k]:
            return None
        inside[k].append((n, step // widths[k]))
    k = 0
    while k < len(shape):
        if first[k] + sum([(n - 1) * step for n, step in inside[k]]) >= shape[k]:
            return None
        if len(inside[k]) > 1:  # cut this axis into blocks of the largest step
            n, step = inside[k][0]
            low = (
                first[k] - first[k] % step
                if shape[k] % step == 0
                else min(first[k], shape[k] - n * step)
            )
            if (
                low < 0
                or first[k] - low + sum([(m - 1) * s for m, s in inside[k][1:]]) >= step
            ):
                return None
            if n * step < shape[k]:
                keys = [":"] * (len(lead) + k) + [f"{low or ''}:{low + n * step}"]
                x = A.index(x, keys, (*lead, *shape[:k], n * step, *shape[k + 1 :]))
            shape[k : k + 1] = [n, step]
            x = A.reshape(x, (*lead, *shape))
            first[k : k + 1] = [0, first[k] - low]
            inside[k : k + 1] = [[(n, 1)], inside[k][1:]]
        k += 1
    keys = [
        _key(n, at, loops) for n, at, loops in zip(shape, first, inside, strict=True)
    ]
    return A.index(
        x,
        [":"] * len(lead) + keys,
        lead + tuple([loops[0][0] for loops in inside if loops]),
    )


def _key(length: int, first: int, loops: Loops) -> str:
    """The text of an index along one axis: a number, or a slice for a loop."""
    if not loops:
        return str(first)
    n, step = loops[0]
    end = first + (n - 1) * step + 1
    return f"{first or ''}:{end if end < length else ''}" + (
        f":{step}" if step > 1 else ""
    )


# ---- the reverse ---------------------------------------------------------------------------------


@dataclass
class Piece:
    """A gradient of regular positions, with an axis for each of the loops."""

    offset: int
    dims: Loops
    value: Expr

    @property
    def end(self) -> int:
        """One past the last position."""
        return self.offset + 1 + sum([(n - 1) * step for n, step in self.dims])

    @property
    def shape(self) -> Shape:
        """Of the value, without the examples of a batch."""
        return tuple([n for n, _ in self.dims])

    def positions(self) -> Ints:
        """All of them, in one row."""
        return (
            self.offset + nested(self.shape, [step for _, step in self.dims])
        ).ravel()


def assemble(
    parts: Sequence[tuple[Operand, Expr]],
    shape: Shape,
    known: dict[Any, Expr] | None = None,
) -> Expr:
    """The gradient of a whole array of this shape from gradients of parts of it, which may overlap.

    Equal parts are added; so are those that are the whole array; parts that do not overlap are joined by
    concatenate; and what is irregular is summed by position. ``known``: parts with a name, by `place`.
    """
    lead = A.lead(shape)
    count = A.size(shape)
    regular: dict[Any, list[Expr]] = {}
    irregular: list[tuple[Ints, Expr]] = []
    for operand, value in parts:
        if operand.steps is None:
            irregular.append(
                (operand.index.ravel(), A.spread(value, lead + operand.index.shape))
            )
        else:
            regular.setdefault(place(operand), []).append(value)
    terms: list[Expr] = []
    layers: list[
        tuple[list[Piece], Any]
    ] = []  # pieces that do not overlap, and which positions they take
    for (offset, *dims), values in regular.items():
        p = Piece(offset, dims, A.total(values))
        if known and (offset, *dims) in known:
            A.named(p.value, known[(offset, *dims)], line=True)
        if is_whole(offset, dims, count):
            alike = lead + p.shape == shape or not p.value.shape
            terms.append(
                p.value
                if alike
                else A.reshape(A.spread(p.value, lead + p.shape), shape)
            )
            continue
        at = p.positions()
        free = [layer for layer in layers if not layer[1][at].any()]
        if not free:
            layers.append(([], np.zeros(count, dtype=bool)))
        members, taken = free[0] if free else layers[-1]
        members.append(Piece(offset, dims, A.spread(p.value, lead + p.shape)))
        taken[at] = True
    for members, _ in layers:
        joined = _join(members, count, lead)
        if joined is None:
            irregular += [(p.positions(), p.value) for p in members]
        else:
            terms.append(A.reshape(joined, shape))
    if irregular:
        flat = [A.reshape(value, (*lead, len(at))) for at, value in irregular]
        at = np.concatenate([at for at, _ in irregular])
        terms.append(
            A.reshape(A.segment_sum(A.concatenate(flat, len(lead)), at, count), shape)
        )
    return A.total(terms)


def place(operand: Operand) -> tuple[Any, ...]:
    """What tells regular parts of an array apart: where they begin, and their loops."""
    assert operand.steps is not None
    return (
        int(operand.index.flat[0]),
        *zip(operand.index.shape, operand.steps, strict=True),
    )


def _join(pieces: list[Piece], count: int, lead: Shape) -> Expr | None:
    """So many numbers in a row, of pieces that do not overlap, and zeros in the gaps; None if too entangled.

    Where pieces are interleaved, as weights and biases of a layer are, they are the columns of a matrix.
    """
    pieces = sorted(pieces, key=lambda p: p.offset)
    book = pieces[0].value.book
    parts: list[Expr] = []
    at = 0

    def append(value: Expr, start: int, n: int) -> None:
        nonlocal at
        if start > at:
            parts.append(A.spread(A.const(book, 0.0), (*lead, start - at)))
        if n:
            parts.append(A.reshape(value, (*lead, n)))
        at = start + n

    while pieces:
        cluster, end = [pieces[0]], pieces[0].end
        while len(cluster) < len(pieces) and pieces[len(cluster)].offset < end:
            end = max(end, pieces[len(cluster)].end)
            cluster.append(pieces[len(cluster)])
        del pieces[: len(cluster)]
        p = cluster[0]
        if len(cluster) == 1 and p.end - p.offset == math.prod(p.shape):
            append(p.value, p.offset, math.prod(p.shape))
            continue
        outer = {p.dims[0] if p.dims else (0, 0) for p in cluster}
        if len(outer) > 1:
            return None
        n, step = outer.pop()
        start = min(p.offset, (pieces[0].offset if pieces else count) - n * step)
        columns = [Piece(p.offset - start, p.dims[1:], p.value) for p in cluster]
        if start < at or not all(column.end <= step for column in columns):
            return None
        joined = _join(columns, step, (*lead, n))
        if joined is None:
            return None
        append(joined, start, n * step)
    append(parts[0], count, 0)
    return A.concatenate(parts, len(lead))
