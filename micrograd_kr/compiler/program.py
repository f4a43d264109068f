"""From scalars to arrays: the recorded graph of a loss becomes the array program a person would have written.

A graph is recorded by ordinary Values, with no annotation; `compile` finds the matrices in it.

>>> from micrograd_kr import Value
>>> w, xs = [Value(3.0, "w0"), Value(4.0, "w1")], [Value(1.0), Value(2.0)]
>>> program = compile((w[0] * xs[0] + w[1] * xs[1]) ** 2, w, inputs={"x": xs})
>>> value, gradient = program([3.0, 4.0], x=[1.0, -1.0])
>>> float(value), gradient.tolist()
(1.0, [-2.0, 2.0])
"""

import builtins
import keyword
import linecache
import math
import unicodedata
import weakref
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ..engine import Number, Value
from ..nn import SGD, Optimizer
from .emit import Emitter
from .fuse import compared, fuse
from .group import group
from .layout import layout
from .prelude import head, reserved
from .text import defined, write

__all__ = ["Program", "compile"]

ARRAY, FLOAT = np.ndarray, np.dtype(float)


class Program:
    """A compiled loss: call it with parameters and inputs; print it to read it.

    ``source`` is its text, ``function`` the bare function of it, without checks, ``constants`` the arrays
    that the text refers to by name. Made by `compile`.
    """

    def __init__(
        self,
        source: str,
        constants: dict[str, Any],
        params: list[Value],
        inputs: dict[str, Any],
        batch: tuple[str, ...],
        xp: Any,
    ) -> None:
        self.source, self.constants, self.xp = source, constants, xp
        self.params, self.inputs, self.batch = params, inputs, batch
        self._shapes: dict[str, tuple[Any, ...]] = {
            "": (len(params),)
        }  # of theta first
        for name, x in inputs.items():
            self._shapes[name] = (None, *x.shape[1:]) if name in batch else x.shape
        file = f"<compiled program {id(self)}>"
        names: dict[str, Any] = dict(constants)
        exec(builtins.compile(source, file, "exec"), names)
        linecache.cache[file] = (
            len(source),
            None,
            source.splitlines(True),
            file,
        )  # lines in tracebacks
        weakref.finalize(self, linecache.cache.pop, file, None)
        self.function = names["program"]
        self._jit = None
        if xp.__name__ == "jax.numpy":
            import jax

            jax.config.update("jax_enable_x64", True)  # type: ignore[no-untyped-call]
            self._jit = jax.jit(self.function)
        self._quiet = (
            "where(" in source
        )  # both branches are computed, and the one not taken may be anything

    def __call__(self, theta: Any, /, **inputs: Any) -> tuple[Any, Any]:
        """The loss and its gradient with respect to ``theta``, all parameters in one flat array.

        Inputs have the shapes they were recorded with, those of a batch any number of rows in front; an
        input left out is as it was recorded. Raises TypeError for unknown inputs, ValueError for wrong
        shapes and OverflowError when the loss is infinite or undefined (not under JAX).
        """
        given = {"": theta, **self.inputs, **inputs}
        if len(given) > len(self._shapes):  # a name that Python would read as another
            inputs = {_as_python(name): x for name, x in inputs.items()}
            given = {"": theta, **self.inputs, **inputs}
        if len(given) > len(self._shapes):
            unknown = ", ".join(sorted(inputs.keys() - self.inputs.keys()))
            raise TypeError(
                f"program: no input {unknown}; its inputs are {', '.join(self.inputs) or 'none'}"
            )
        for x, shape in zip(
            given.values(), self._shapes.values(), strict=True
        ):  # most of the time of a call
            if x.__class__ is not ARRAY or x.shape != shape or x.dtype is not FLOAT:
                given = {
                    name: self._checked(name, x, self._shapes[name])
                    for name, x in given.items()
                }
                break
        arrays = given.values()
        if self.batch:
            rows = {name: len(given[name]) for name in self.batch}
            if len(set(rows.values())) > 1 or 0 in rows.values():
                raise ValueError(
                    f"program: the inputs of a batch need equally many rows, 1 at least, not {rows}"
                )
        if self._jit is not None:
            return self._jit(*arrays)  # type: ignore[no-any-return]
        if self._quiet:
            with np.errstate(all="ignore"):
                value, gradient = self.function(*arrays)
        else:
            value, gradient = self.function(*arrays)
        value = float(value)
        if not math.isfinite(value):
            raise OverflowError(
                f"program: the loss is {value} at these parameters and inputs"
            )
        if 0 in np.isfinite(gradient).tobytes():  # a third of the time of all()
            raise OverflowError(
                "program: the gradient is not finite at these parameters and inputs"
            )
        return value, gradient

    def _checked(self, name: str, x: Any, shape: tuple[Any, ...]) -> Any:
        """``x`` as an array of that shape, whose first axis may be None: any number of rows."""
        x = self.xp.asarray(x, dtype=float)
        if x.shape != shape and (
            shape[:1] != (None,) or x.ndim != len(shape) or x.shape[1:] != shape[1:]
        ):
            needed = str(shape).replace("None", "rows")
            raise ValueError(
                f"program: {name or 'theta'} has shape {x.shape}; {needed} is needed"
            )
        return x

    def theta(self) -> Any:
        """The data of the parameters as they are now, in one flat array."""
        return np.array([p.data for p in self.params])

    def step(self, optimizer: Optimizer | Number, /, **inputs: Any) -> float:
        """One step of training: sets every parameter's grad, moves its data, returns the loss before the step.

        ``optimizer``: one of `micrograd_kr.optim`, or a learning rate for plain gradient descent.
        """
        value, gradient = self(self.theta(), **inputs)
        for p, g in zip(self.params, gradient.tolist(), strict=True):
            p.grad = g
        if not isinstance(optimizer, Optimizer):
            optimizer = SGD(self.params, optimizer)
        optimizer.step()
        return float(value)

    def __str__(self) -> str:
        return self.source

    def __repr__(self) -> str:
        inputs = "".join(f", {name}" for name in self.inputs)
        return f"<Program of {len(self.params)} parameters: program(theta{inputs})>"


def compile(
    loss: Value,
    params: Iterable[Value],
    inputs: Mapping[str, Any] | None = None,
    batch: Iterable[str] = (),
    xp: Any = np,
) -> Program:
    """The array program of a recorded loss and of its gradient.

    ``inputs``: names and (nested lists of) leaf Values to which other numbers can be given; every other
    leaf is a constant. ``batch``: names of inputs that are recorded for one example and get one more axis,
    for any number of rows; the loss is then the mean over the rows. ``xp``: numpy or jax.numpy, which runs
    the same source under `jax.jit` and for that switches JAX to 64 bits.

    Raises TypeError and ValueError for a loss, parameters or inputs that it cannot use, among them a
    Value that took part in a Python comparison: the branch that was taken is not part of the graph.

    >>> x = Value(2.0, "x")
    >>> "loss = t1 * t1 + 1" in compile(x * x + 1, [x]).source
    True
    """
    params = list(params)
    given = {name: _leaves(name, values) for name, values in (inputs or {}).items()}
    named = {_as_python(name): leaves for name, leaves in given.items()}
    if len(named) < len(given):
        raise ValueError(
            f"compile: two of the inputs {', '.join(given)} are one name to Python, which compares names after NFKC"
        )
    batch = tuple(map(_as_python, (batch,) if isinstance(batch, str) else batch))
    _check(loss, params, named, batch, getattr(xp, "__name__", ""))
    leaves = params + [v for values, _ in named.values() for v in values]
    shapes = [(len(params),), *[shape for _, shape in named.values()]]
    graph = fuse(loss, leaves)
    groups, count = group(
        graph,
        [math.prod(s) for s in shapes],
        [False, *[name in batch for name in named]],
    )
    arrays = layout(groups, shapes, graph.constants, count)
    at = (len(arrays) - 1, 0) if len(graph.alive) else (0, graph.loss)
    if not arrays[at[0]].group.differentiable or at[1] not in range(len(params)):
        raise ValueError(
            f"compile: the loss {loss!r} depends on none of the {len(params)} parameters"
        )
    names = _arguments(named)
    expressions = Emitter(
        arrays, ["theta", *names.values()], [p.label for p in params], at
    )
    body, constants = write(
        ["theta", *names.values()],
        [names[name] for name in batch[:1]],
        expressions.forward,
        loss=expressions.loss,
        dtheta=expressions.gradient,
    )
    recorded = {
        name: np.array([v.data for v in values]).reshape((1,) * (name in batch) + shape)
        for name, (values, shape) in named.items()
    }
    known = defined(constants)
    source = "\n\n".join(
        filter(None, [head(f"{known}\n{body}", xp.__name__), known, f"\n{body}"])
    ).lstrip()
    return Program(source, constants, params, recorded, batch, xp)


def _as_python(name: str) -> str:
    """A name as Python's parser reads it: full-width and decomposed letters are the usual ones.

    >>> _as_python("ｘ")
    'x'
    """
    return unicodedata.normalize("NFKC", name)


def _leaves(name: str, values: Any) -> tuple[list[Value], tuple[int, ...]]:
    """The Values in nested lists, and the lists' shape."""
    if isinstance(values, Value):
        if values.op is not None:
            raise ValueError(
                f"compile: {values!r} in input {name!r} was computed by {values.op.name}; inputs are leaves"
            )
        return [values], ()
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise TypeError(
            f"compile: {values!r} in input {name!r} is a {type(values).__name__}; make it a Value before it is used"
        )
    parts = [_leaves(name, part) for part in values]
    if len({shape for _, shape in parts}) > 1:
        raise ValueError(
            f"compile: input {name!r} is no rectangle: it has parts of shapes {parts[0][1]} and others"
        )
    return [v for part, _ in parts for v in part], (
        len(parts),
        *(parts[0][1] if parts else ()),
    )


def _arguments(names: Iterable[str]) -> dict[str, str]:
    """What the inputs are called in the program: as they are, unless it needs the name for something else."""
    arguments: dict[str, str] = {}
    for name in names:
        argument = name
        while reserved(argument) or argument in arguments.values():
            argument += "_"
        arguments[name] = argument
    return arguments


def _check(
    loss: Any,
    params: list[Any],
    named: dict[str, Any],
    batch: tuple[str, ...],
    library: str,
) -> None:
    """Raise the error that says what is wrong with what compile was given."""
    if library not in ("numpy", "jax.numpy"):
        raise TypeError(
            f"compile: xp is {library or 'no module'}; programs are written for numpy and jax.numpy"
        )
    if not isinstance(loss, Value):
        raise TypeError(
            f"compile: the loss is {loss!r}, a {type(loss).__name__}; a Value is needed"
        )
    for p in params:
        if not isinstance(p, Value):
            raise TypeError(
                f"compile: the parameter {p!r} is a {type(p).__name__}; a Value is needed"
            )
        if p.op is not None:
            raise ValueError(
                f"compile: the parameter {p!r} was computed by {p.op.name}; parameters are leaves"
            )
    for name in named:
        if not name.isidentifier() or keyword.iskeyword(name):
            raise ValueError(
                f"compile: an input cannot be named {name!r}: it becomes an argument of the program"
            )
    for name in batch:
        if name not in named:
            raise ValueError(
                f"compile: {name!r} in batch is none of the inputs {', '.join(named) or '(none)'}"
            )
    seen: dict[Value, str] = {}
    for where, values in [
        ("parameters", params),
        *[(f"input {name!r}", vs) for name, (vs, _) in named.items()],
    ]:
        for v in values:
            if v in seen:
                raise ValueError(
                    f"compile: {v!r} is listed in the {where} and before in the {seen[v]}"
                )
            if hasattr(v, "_compared"):
                raise compared(v)
            seen[v] = where
