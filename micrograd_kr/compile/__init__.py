"""Compile."""
from typing import Any
import numpy as np
from ..engine import Value
from . import array as A
from .emit import Emitter, write
from .fuse import fuse
from .group import group
from .layout import layout


def flatten(x: Any) -> tuple[list[Value], tuple[int, ...]]:
    if isinstance(x, Value):
        return [x], ()
    parts = [flatten(y) for y in x]
    return [v for vs, _ in parts for v in vs], (len(parts), *parts[0][1])


class Program:
    pass


def compile(loss, params, inputs={}, batch=()):
    params = list(params)
    flat = {k: flatten(v) for k, v in inputs.items()}
    leaves = params + [v for vs, _ in flat.values() for v in vs]
    graph = fuse(loss, leaves)
    shapes = [(len(params),)] + [s for _, s in flat.values()]
    groups, count = group(graph, [int(np.prod(s)) for s in shapes], [False] + [k in batch for k in flat])
    arrays = layout(groups, shapes, graph.constants, count)
    e = Emitter(arrays, ["theta", *flat])
    source, constants = write("program", ["theta", *flat], {"loss": e.loss, "dtheta": e.gradient})
    p = Program()
    if batch:
        source = source.replace("):\n", f"):\n    n = len({batch[0]})\n", 1)
    p.source = source; p.constants = constants; p.groups = groups; p.arrays = arrays; p.graph = graph
    space = {**A.FUNCTIONS, **constants}
    exec(source, space)
    p.function = space["program"]
    p.data = {k: np.array([v.data for v in vs]).reshape(s) for k, (vs, s) in flat.items()}
    p.params = params
    p.theta = lambda: np.array([q.data for q in params])
    return p
