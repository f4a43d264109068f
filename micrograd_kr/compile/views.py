"""Positions as slices: reading a part of an array, and its reverse, putting gradients in place.

A regular set of positions is a slice, a reshape or a transpose; only an irregular one gathers.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import array as A
from .array import Expr, Shape
from .fuse import Ints
from .layout import Progression, along, progression


def loops(index: Ints, source: Shape) -> list[Progression] | None:
    """For each axis of ``index`` the nested loops that count out its positions, or None if it is irregular."""
    if index.ndim == 1:
        dims = progression(index)
        return None if dims is None or any(s < 0 for _, s in dims) else [along(dims, source) or [(1, 0)]]
    first = index.flat[0]
    axes: list[Progression] = []
    rebuilt = np.array(first)
    for k in range(index.ndim):
        line = index[(0,) * k + (slice(None),) + (0,) * (index.ndim - k - 1)]
        dims = progression(line)
        if dims is None or any(s < 0 for _, s in dims):
            return None
        axes.append(along(dims, source) or [(1, 0)])
        rebuilt = rebuilt[..., None] + (line - first)
    return axes if (rebuilt == index).all() else None


def view(x: Expr, index: Ints) -> Expr:
    """The numbers of ``x`` at these positions of its flat storage, in the shape of ``index``."""
    lead = x.shape[: x.batched]
    source = x.shape[x.batched :]
    if x.op == "broadcast" and not x.args[0].shape:
        return A.spread(x.args[0], lead + index.shape)
    n = index.size
    if n == A.size(source) and index.flat[0] == 0 and (index.ravel() == np.arange(n)).all():
        return A.reshape(x, lead + index.shape)
    axes = loops(index, source)
    if axes is not None:
        dims = [d for axis in axes for d in axis]
        moving = sorted([d for d in dims if d[1]], key=lambda d: -d[1])
        out = _slices(x, int(index.flat[0]), moving)
        if out is None:
            out = _slices(A.reshape(x, (*lead, A.size(source))), int(index.flat[0]), moving)
        if out is not None:
            back = [k for k in range(len(lead))]
            place = {id(d): len(lead) + k for k, d in enumerate(moving)}
            out = A.transpose(out, back + [place[id(d)] for d in dims if d[1]])
            out = A.expand(out, [True] * len(lead) + [d[1] > 0 for d in dims])
            full = lead + tuple([n for n, _ in dims])
            if A.broadcast(out.shape, (1,) * len(full)) != full and index.ndim != len(dims):
                out = A.spread(out, full)
            elif any(d[1] == 0 and d[0] > 1 for d in dims):
                out = A.spread(out, full)
            return A.reshape(out, lead + index.shape)
    return A.take(x, index)


def _slices(x: Expr, offset: int, dims: Progression) -> Expr | None:
    """``x`` with one axis for each of the loops, which go from the largest step to the smallest."""
    lead = x.shape[: x.batched]
    shape = list(x.shape[x.batched :])
    steps = [math.prod(shape[k + 1 :]) for k in range(len(shape))]
    inside: list[Progression] = [[] for _ in shape]
    start = [offset // s % n for n, s in zip(shape, steps, strict=True)]
    for n, s in dims:
        for k, width in enumerate(steps):
            if width <= s < width * shape[k]:
                if s % width:
                    return None
                inside[k].append((n, s // width))
                break
        else:
            return None
    k = 0
    while k < len(shape):
        loop = inside[k]
        if start[k] + sum((n - 1) * s for n, s in loop) >= shape[k]:
            return None
        if len(loop) > 1:  # cut this axis into blocks of the largest step
            n, s = loop[0]
            low = start[k] - start[k] % s if shape[k] % s == 0 else min(start[k], shape[k] - n * s)
            if low < 0 or start[k] - low + sum((m - 1) * t for m, t in loop[1:]) >= s:
                return None
            keys = [":"] * (len(lead) + k) + [f"{low or ''}:{low + n * s}"]
            if n * s < shape[k]:
                x = A.index(x, keys, (*lead, *shape[:k], n * s, *shape[k + 1 :]))
            shape[k : k + 1] = [n, s]
            x = A.reshape(x, (*lead, *shape))
            start[k : k + 1] = [0, start[k] - low]
            inside[k : k + 1] = [[(n, 1)], loop[1:]]
        k += 1
    keys = []
    for n, first, loop in zip(shape, start, inside, strict=True):
        if not loop:
            keys.append(f"{first}")
        else:
            count, step = loop[0]
            last = first + (count - 1) * step + 1
            whole = first == 0 and last == n and step == 1
            keys.append(":" if whole else f"{first or ''}:{last if last < n else ''}" + (f":{step}" if step > 1 else ""))
    return A.index(x, [":"] * len(lead) + keys, lead + tuple([loop[0][0] for loop in inside if loop]))


# ---- the reverse ---------------------------------------------------------------------------------


@dataclass
class Piece:
    """A part of a gradient: for the positions offset + i step + j step + ..., from the largest step down."""

    offset: int
    dims: Progression
    value: Expr

    @property
    def span(self) -> int:
        """From the first position to one past the last."""
        return 1 + sum((n - 1) * s for n, s in self.dims)

    def positions(self) -> Ints:
        """All positions, in the shape of the value."""
        out = np.array(self.offset)
        for n, s in self.dims:
            out = out[..., None] + s * np.arange(n)
        return out


def fit(x: Expr, full: Shape, kept: Sequence[bool]) -> Expr:
    """A gradient of shape ``full``, summed over the axes that are not kept.

    Both it and the result may be smaller by broadcasting: length 1 along an axis, or a single number.
    """
    times, rows = 1.0, False
    if x.shape and len(x.shape) < len(full):
        x = A.reshape(x, (1,) * (len(full) - len(x.shape)) + x.shape)
    if all(kept):
        return x
    axes = []
    for k, (n, keep) in enumerate(zip(full, kept, strict=True)):
        if keep:
            continue
        if x.shape and x.shape[k] != 1:
            axes.append(k)
        elif n == A.ROWS:
            rows = True
        else:
            times *= n
    x = A.sum_over(x, axes)
    if x.shape:
        x = A.reshape(x, tuple([x.shape[k - sum(a < k for a in axes)] for k, keep in enumerate(kept) if keep]))
    x = x * times
    return A.times_rows(x) if rows else x


def assemble(pieces: list[tuple[Ints, Expr]], shape: Shape, known: dict[Any, Expr] | None = None) -> Expr:
    """The gradient of a whole array of this shape from gradients of parts of it, which may overlap.

    Equal parts are added; those that are the whole array too; parts that do not overlap are joined by
    concatenate; and what is irregular is summed by position. ``known``: parts that have a name, by position.
    """
    lead = shape[:1] if shape[:1] == (A.ROWS,) else ()
    source = shape[len(lead) :]
    count = A.size(source)
    parts: dict[Any, Piece] = {}
    irregular: list[tuple[Ints, Expr]] = []
    for index, value in pieces:
        piece = _piece(index, value, lead, source)
        if piece is None:
            irregular.append((index, value))
            continue
        key = (piece.offset, *piece.dims)
        parts[key] = Piece(piece.offset, piece.dims, A.total([parts[key].value, piece.value])) if key in parts else piece
    for key, piece in parts.items():
        if known and key in known:
            A.named(piece.value, known[key], line=True)
    terms: list[Expr] = []
    layers: list[tuple[list[Piece], Any]] = []
    for piece in parts.values():
        if math.prod(n for n, _ in piece.dims) == count:
            value = piece.value
            if value.shape and tuple([n for n, _ in piece.dims]) != source:
                value = A.reshape(A.spread(value, lead + tuple([n for n, _ in piece.dims])), shape)
            terms.append(value)
            continue
        where = piece.positions().ravel()
        for members, taken in layers:
            if not taken[where].any():
                break
        else:
            layers.append(([], np.zeros(count, dtype=bool)))
            members, taken = layers[-1]
        members.append(piece)
        taken[where] = True
    for members, _ in layers:
        for p in members:
            p.value = A.spread(p.value, lead + tuple([n for n, _ in p.dims]))
        joined = _join(members, 0, count, lead)
        if joined is None:
            irregular += [(p.positions(), p.value) for p in members]
        else:
            terms.append(A.reshape(joined, shape))
    if irregular:
        flat = [A.reshape(A.spread(v, lead + i.shape), (*lead, i.size)) for i, v in irregular]
        where = np.concatenate([i.ravel() for i, _ in irregular])
        terms.append(A.reshape(A.segment_sum(A.concatenate(flat, len(lead)), where, count), shape))
    return A.total(terms)


def part(index: Ints, source: Shape) -> Any:
    """What tells regular parts of an array apart: where they begin and their loops, the largest step first."""
    axes = loops(index, source)
    if axes is None:
        return None
    return (int(index.flat[0]), *sorted([d for axis in axes for d in axis if d[1]], key=lambda d: -d[1]))


def _piece(index: Ints, value: Expr, lead: Shape, source: Shape) -> Piece | None:
    """The gradient at regular positions with its axes in order, or None for irregular ones."""
    axes = loops(index, source)
    if axes is None:
        return None
    dims = [d for axis in axes for d in axis]
    if value.shape and len(dims) != index.ndim:
        value = A.reshape(A.spread(value, lead + index.shape), lead + tuple([n for n, _ in dims]))
    value = fit(value, lead + tuple([n for n, _ in dims]), [True] * len(lead) + [s > 0 for _, s in dims])
    dims = [d for d in dims if d[1]]
    order = sorted(range(len(dims)), key=lambda k: -dims[k][1])
    if value.shape:
        value = A.transpose(value, [*range(len(lead)), *[len(lead) + k for k in order]])
    dims = [dims[k] for k in order]
    reach = 0
    for _n, s in reversed(dims):  # no position twice
        if s <= reach:
            return None
        reach += (_n - 1) * s
    return Piece(int(index.flat[0]), dims, value)


def _join(pieces: list[Piece], low: int, high: int, lead: Shape) -> Expr | None:
    """One row of numbers, from position low to high, of pieces that do not overlap; zeros in the gaps."""
    axis = len(lead)
    parts: list[Expr] = []
    at = low
    pieces = sorted(pieces, key=lambda p: p.offset)
    book = pieces[0].value.book

    def zeros(n: int) -> None:
        if n:
            parts.append(A.fill_zeros(book, (*lead, n)))

    while pieces:
        cluster = [pieces.pop(0)]
        end = cluster[0].offset + cluster[0].span
        while pieces and pieces[0].offset < end:
            cluster.append(pieces.pop(0))
            end = max(end, cluster[-1].offset + cluster[-1].span)
        start = cluster[0].offset
        n = math.prod(n for n, _ in cluster[0].dims)
        if len(cluster) == 1 and cluster[0].span == n:
            zeros(start - at)
            parts.append(A.reshape(cluster[0].value, (*lead, n)))
            at = end
            continue
        outer = {p.dims[0] for p in cluster if p.dims}
        if len(outer) != 1 or not all(p.dims for p in cluster):
            return None
        n, s = outer.pop()
        limit = pieces[0].offset if pieces else high
        base = min(start, limit - n * s)
        if base < at:
            return None
        rows = [Piece(p.offset - base, p.dims[1:], p.value) for p in cluster]
        if any(p.offset + p.span > s for p in rows):
            return None
        joined = _join(rows, 0, s, (*lead, n))
        if joined is None:
            return None
        zeros(base - at)
        parts.append(A.reshape(joined, (*lead, n * s)))
        at = base + n * s
    zeros(high - at)
    return A.concatenate(parts, axis)
