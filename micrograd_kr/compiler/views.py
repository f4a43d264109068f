"""Positions as slices: reading a part of an array, and putting gradients in place.

Regular positions are a slice, a reshape or a transpose; only irregular ones gather.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import expressions as ex
from .arrays import Ints, Loops, Reading, Shape
from .expressions import Expr
from .shapes import nested

Part = tuple[Reading, Expr]  # what was read of an array, and its gradient

# ---- reading -------------------------------------------------------------------------


def view(x: Expr, reading: Reading) -> Expr:
    """The numbers of ``x`` that are read, an axis for each of the subscripts."""
    if reading.steps is None:
        return ex.take(x, reading.index)
    if is_whole(reading.first, reading.loops, ex.size(x.shape)):
        return ex.reshape(x, x.batch + reading.index.shape)
    out = slices(x, reading.first, reading.loops)
    return ex.take(x, reading.index) if out is None else out


def is_whole(offset: int, loops: Loops, count: int) -> bool:
    """Whether loops, the largest step first, go through all of so many positions."""
    return offset == 0 and math.prod([n for n, _ in loops]) == count


def slices(x: Expr, offset: int, loops: Loops) -> Expr | None:
    """``x`` with an axis for each of the loops, from the largest step to the smallest.

    None if they do not keep to the axes of ``x``: a loop belongs to the last axis it
    steps along in whole elements, and an axis with several loops is cut into blocks of
    the largest step.
    """
    batch, shape = x.batch, list(x.shape[len(x.batch) :])
    before = [":"] * len(batch)
    widths = [math.prod(shape[k + 1 :]) for k in range(len(shape))]
    first = [offset // width % n for n, width in zip(shape, widths, strict=True)]
    along: list[Loops] = [[] for _ in shape]  # in steps of each axis
    for n, step in loops:
        k = next(k for k, width in enumerate(widths) if width <= step)
        if step % widths[k]:
            return None
        along[k].append((n, step // widths[k]))
    k = 0
    while k < len(shape):
        last = first[k] + sum([(n - 1) * step for n, step in along[k]])
        if last >= shape[k]:
            return None
        if len(along[k]) > 1:
            n, step = along[k][0]
            start = min(first[k], shape[k] - n * step)
            if start < 0:
                return None
            if n * step < shape[k]:
                keys = [*before, *[":"] * k, f"{start or ''}:{start + n * step}"]
                shape[k] = n * step
                x = ex.index(x, keys, (*batch, *shape))
            shape[k : k + 1] = [n, step]
            x = ex.reshape(x, (*batch, *shape))
            first[k : k + 1] = [0, first[k] - start]
            along[k : k + 1] = [[(n, 1)], along[k][1:]]
        k += 1
    keys = [*before, *map(_key, shape, first, along)]
    left = [loops[0][0] for loops in along if loops]
    return ex.index(x, keys, (*batch, *left))


def _key(length: int, first: int, loops: Loops) -> str:
    """The text of an index along one axis: a number, or a slice for a loop."""
    if not loops:
        return str(first)
    n, step = loops[0]
    end = first + (n - 1) * step + 1
    stop = str(end) if end < length else ""
    stride = f":{step}" if step > 1 else ""
    return f"{first or ''}:{stop}{stride}"


# ---- the reverse ---------------------------------------------------------------------


@dataclass
class Piece:
    """A gradient of regular positions, with an axis for each of the loops."""

    offset: int
    loops: Loops
    value: Expr

    @property
    def end(self) -> int:
        """One past the last position."""
        return self.offset + 1 + sum([(n - 1) * step for n, step in self.loops])

    @property
    def shape(self) -> Shape:
        """Of the value, without the examples of a batch."""
        return tuple([n for n, _ in self.loops])

    @property
    def solid(self) -> bool:
        """Whether it has no gaps."""
        return self.end - self.offset == math.prod(self.shape)

    def positions(self) -> Ints:
        """All of them, in one row."""
        steps = [step for _, step in self.loops]
        every: Ints = self.offset + nested(self.shape, steps)
        return every.ravel()


def assemble(
    parts: Sequence[Part],
    shape: Shape,
    known: dict[Any, Expr] | None = None,
    result: Expr | None = None,
) -> Expr:
    """The gradient of a whole array from gradients of parts of it, which may overlap.

    Equal parts are added; so are those that are the whole array; parts that do not
    overlap are joined by concatenate; and what is irregular is summed by position.
    ``known``: parts with a name, by their place. ``result``: an array that can be
    written to.
    """
    batch, count = ex.batch_of(shape), ex.size(shape)
    regular: dict[Any, list[Expr]] = {}
    irregular: list[tuple[Ints, Expr]] = []
    for reading, value in parts:
        if reading.steps is None:
            full = ex.spread(value, batch + reading.index.shape)
            irregular.append((reading.index.ravel(), full))
        else:
            regular.setdefault(reading.place, []).append(value)
    terms: list[Expr] = []
    layers: dict[int, list[Piece]] = defaultdict(list)  # these do not overlap
    depth = np.zeros(count, dtype=np.int64)  # how many of them are at each position
    for place, values in regular.items():
        offset, *loops = place
        value = ex.total(values)
        if known and place in known:
            ex.named(value, known[place], line=True)
        piece = Piece(offset, loops, value)
        if is_whole(offset, loops, count):
            own = batch + piece.shape
            if value.shape and own != shape:
                value = ex.reshape(ex.spread(value, own), shape)
            terms.append(value)
            continue
        at = piece.positions()
        layer = int(depth[at].max())
        depth[at] = layer + 1
        layers[layer].append(piece)
    if result is not None and len(layers) == 1 and not irregular:
        written = in_place(layers[0], result, terms)
        if written is not None:
            return written
    for pieces in layers.values():
        for piece in pieces:
            piece.value = ex.spread(piece.value, batch + piece.shape)
        joined = _join(pieces, count, batch)
        if joined is not None:
            terms.append(ex.reshape(joined, shape))
        else:
            irregular += [(piece.positions(), piece.value) for piece in pieces]
    if irregular:
        terms.append(ex.reshape(added(irregular, count, batch), shape))
    return ex.total(terms)


def in_place(
    pieces: Sequence[Piece], result: Expr, rest: Sequence[Expr]
) -> Expr | None:
    """Pieces written where they belong, which takes two thirds of the time of joining
    them; None where joining them reads better.
    """
    if all(piece.solid for piece in pieces):
        return None
    places, values = [], []
    for piece in sorted(pieces, key=lambda piece: piece.offset):
        loops = merged(piece.loops)
        place = slices(result, piece.offset, loops)
        if place is None or place.op != "index":
            return None
        value = piece.value
        if len(loops) < len(piece.loops):
            value = ex.reshape(ex.spread(value, piece.shape), place.shape)
        places.append(place)
        values.append(value)
    return ex.filled(places, values, rest)


def merged(loops: Loops) -> Loops:
    """The same positions with fewer loops.

    >>> merged([(5, 28), (3, 9), (9, 1)])
    [(5, 28), (27, 1)]
    """
    found = loops[:1]
    for n, step in loops[1:]:
        outer, outer_step = found[-1]
        if outer_step == n * step:
            found[-1] = (outer * n, step)
        else:
            found.append((n, step))
    return found


def added(parts: Sequence[tuple[Ints, Expr]], count: int, batch: Shape) -> Expr:
    """So many numbers in a row, the sums by position."""
    flat = [ex.reshape(value, (*batch, len(at))) for at, value in parts]
    positions = np.concatenate([at for at, _ in parts])
    return ex.segment_sum(ex.concatenate(flat, len(batch)), positions, count)


def _join(pieces: list[Piece], count: int, batch: Shape) -> Expr | None:
    """So many numbers in a row, of pieces that do not overlap, and zeros in the gaps.

    None if they are too entangled.

    Where pieces are interleaved, as weights and biases of a layer are, they are the
    columns of a matrix.
    """
    pieces = sorted(pieces, key=lambda piece: piece.offset)
    zero = ex.const(pieces[0].value.interned, 0.0)
    parts: list[Expr] = []
    at = 0
    while pieces:
        first = pieces[0]
        start, length = first.offset, first.end - first.offset
        cluster, value = [first], first.value
        if not first.solid:
            n, step = first.loops[0]
            length = n * step
            cluster = [piece for piece in pieces if piece.offset < start + step]
            if any(piece.loops[:1] != first.loops[:1] for piece in cluster):
                return None
            end = min([p.offset for p in pieces[len(cluster) :]], default=count)
            start = min(start, end - length)
            columns = [
                Piece(piece.offset - start, piece.loops[1:], piece.value)
                for piece in cluster
            ]
            if start < at or max(column.end for column in columns) > step:
                return None
            rows = _join(columns, step, (*batch, n))
            if rows is None:
                return None
            value = rows
        del pieces[: len(cluster)]
        parts.append(ex.spread(zero, (*batch, start - at)))
        parts.append(ex.reshape(value, (*batch, length)))
        at = start + length
    parts.append(ex.spread(zero, (*batch, count - at)))
    parts = [part for part in parts if part.shape[-1]]
    return ex.concatenate(parts, len(batch))
