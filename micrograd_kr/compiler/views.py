"""Positions as slices: reading a part of an array, and putting gradients in place.

Regular positions are a slice, a reshape or a transpose; only irregular ones gather.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from . import expressions as ex
from .arrays import Loops, Reading, Shape
from .expressions import Expr
from .shapes import reading_at

Part = tuple[Reading, Expr]  # what was read of an array, and its gradient

# ---- reading -------------------------------------------------------------------------


def view(x: Expr, reading: Reading) -> Expr:
    """The numbers of ``x`` that are read, an axis for each of the subscripts."""
    if reading.steps is None:
        return ex.take(x, reading.index)
    if reading.index.size == ex.size(x.shape):
        return ex.reshape(x, x.batch + reading.index.shape)
    out = slices(x, reading.first, reading.loops)
    return ex.take(x, reading.index) if out is None else out


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
    equal: dict[Any, list[Part]] = defaultdict(list)
    irregular = [part for part in parts if part[0].steps is None]
    for reading, value in parts:
        if reading.steps is not None:
            equal[reading.place].append((reading, value))
    terms: list[Expr] = []
    layers: dict[int, list[Part]] = defaultdict(list)  # these do not overlap
    depth = np.zeros(count, dtype=np.int64)  # how many of them are at each position
    for place, same in equal.items():
        reading, _ = same[0]
        value = ex.total([value for _, value in same])
        if known and place in known:
            ex.named(value, known[place], line=True)
        if reading.index.size < count:
            layer = int(depth[reading.index].max())
            depth[reading.index] = layer + 1
            layers[layer].append((reading, value))
        elif not value.shape or batch + reading.index.shape == shape:
            terms.append(value)
        else:
            terms.append(ex.reshape(spread(reading, value, batch), shape))
    if result is not None and len(layers) == 1 and not irregular:
        written = in_place(layers[0], result, terms)
        if written is not None:
            return written
    for layer_of_parts in layers.values():
        joined = _join(layer_of_parts, count, batch)
        if joined is not None:
            terms.append(ex.reshape(joined, shape))
        else:
            irregular += layer_of_parts
    if irregular:
        terms.append(ex.reshape(added(irregular, count, batch), shape))
    return ex.total(terms)


def spread(reading: Reading, value: Expr, batch: Shape) -> Expr:
    """The gradient of a part with all its axes."""
    return ex.spread(value, batch + reading.index.shape)


def in_place(parts: Sequence[Part], result: Expr, rest: Sequence[Expr]) -> Expr | None:
    """Parts written where they belong, which takes two thirds of the time of joining
    them; None where joining them reads better.
    """
    if all(reading.solid for reading, _ in parts):
        return None
    places, values = [], []
    for reading, value in sorted(parts, key=lambda part: part[0].first):
        loops = merged(reading.loops)
        place = slices(result, reading.first, loops)
        if place is None or place.op != "index":
            return None
        if len(loops) < len(reading.loops):
            value = ex.reshape(spread(reading, value, ()), place.shape)
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


def added(parts: Sequence[Part], count: int, batch: Shape) -> Expr:
    """So many numbers in a row, the sums by position."""
    flat = []
    for reading, value in parts:
        whole = spread(reading, value, batch)
        flat.append(ex.reshape(whole, (*batch, reading.index.size)))
    positions = np.concatenate([reading.index.ravel() for reading, _ in parts])
    return ex.segment_sum(ex.concatenate(flat, len(batch)), positions, count)


def _join(parts: Sequence[Part], count: int, batch: Shape) -> Expr | None:
    """So many numbers in a row, of parts that do not overlap, and zeros in the gaps.

    None if they are too entangled.

    Where parts are interleaved, as weights and biases of a layer are, they are the
    columns of a matrix.
    """
    left = sorted(parts, key=lambda part: part[0].first)
    found: list[Expr] = []
    at = 0
    while left:
        reading, value = left[0]
        n, step = (1, reading.index.size) if reading.solid else reading.loops[0]
        several = [part for part in left if part[0].first < reading.first + step]
        del left[: len(several)]
        end = left[0][0].first if left else count
        start = min(reading.first, end - n * step)
        row = _interleaved(several, start, batch)
        if row is None or start < at:
            return None
        zero = ex.const(value.interned, 0.0)
        found.append(ex.spread(zero, (*batch, start - at)))
        found.append(ex.reshape(row, (*batch, n * step)))
        at = start + n * step
    found.append(ex.spread(zero, (*batch, count - at)))
    found = [part for part in found if part.shape[-1]]
    return ex.concatenate(found, len(batch))


def _interleaved(parts: Sequence[Part], start: int, batch: Shape) -> Expr | None:
    """Parts of the same rows as the columns of a matrix; None if they are not."""
    first, value = parts[0]
    if first.solid:
        return spread(first, value, batch)
    n, step = first.loops[0]
    if any(reading.loops[:1] != [(n, step)] for reading, _ in parts):
        return None
    columns = [
        (reading_at(0, reading.index[0] - start, reading.subscripts[1:]), value)
        for reading, value in parts
    ]
    if max(column.end for column, _ in columns) > step:
        return None
    return _join(columns, step, (*batch, n))
