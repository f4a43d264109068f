"""From scalars to arrays: the recorded graph of a loss becomes the array program
a person would have written.

A graph is recorded by ordinary Values, with no annotation; `compile` finds the
matrices in it.

>>> from micrograd_kr import Value
>>> w, xs = [Value(3.0, "w0"), Value(4.0, "w1")], [Value(1.0), Value(2.0)]
>>> loss = (w[0] * xs[0] + w[1] * xs[1]) ** 2
>>> program = compile(loss, w, inputs={"x": xs})
>>> value, gradient = program([3.0, 4.0], x=[1.0, -1.0])
>>> float(value), gradient.tolist()
(1.0, [-2.0, 2.0])
"""

import builtins
import html
import keyword
import linecache
import math
import unicodedata
import weakref
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ..engine import FUNCTIONS, Number, Value, as_value
from ..nn import SGD, Optimizer
from . import array as A
from .emit import LIST, Emitter
from .fuse import compared, fuse
from .group import group
from .layout import Array, layout
from .messages import say
from .parameters import Parameters, shared
from .prelude import head, reserved
from .text import defined, write

__all__ = ["Forward", "Program", "compile", "compile_outputs"]

ARRAY, FLOAT = np.ndarray, np.dtype(float)
ROWS_AT_ONCE = 1024  # of a forward pass: its arrays stay in the cache, 1.9 times faster

Shape = tuple[Any, ...]
Named = dict[str, tuple[list[Value], tuple[int, ...]]]


class _Compiled:
    """The text of a program, the function it defines, and what may be given to it."""

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
        self.parameters = Parameters(params)
        self._shapes: dict[str, Shape] = {"": (len(params),)}  # of theta first
        for name, x in inputs.items():
            self._shapes[name] = (None, *x.shape[1:]) if name in batch else x.shape
        self.function = _defined_by(self, source, constants)

    def theta(self) -> Any:
        """Give the data of the parameters as they are now, in one flat array."""
        return self._keeper().theta().copy()

    def _keeper(self) -> Parameters:
        """Find where the parameters are: here, or with another program that has them."""
        if self.parameters.kept is None:
            self.parameters = shared(self.params) or self.parameters
        return self.parameters

    def _given(self, theta: Any, inputs: dict[str, Any]) -> dict[str, Any]:
        """Give every argument as an array of the shape it must have."""
        given = {"": theta, **self.inputs, **inputs}
        if len(given) > len(self._shapes):  # a name that Python would read as another
            inputs = {_as_python(name): x for name, x in inputs.items()}
            given = {"": theta, **self.inputs, **inputs}
        if len(given) > len(self._shapes):
            unknown = ", ".join(sorted(inputs.keys() - self.inputs.keys()))
            known = ", ".join(self.inputs) or "none"
            raise TypeError(say("no_input", unknown=unknown, known=known))
        # Most of the time of a call that is not the function's:
        for x, shape in zip(given.values(), self._shapes.values(), strict=True):
            if x.__class__ is not ARRAY or x.shape != shape or x.dtype is not FLOAT:
                shapes = self._shapes
                given = {n: self._checked(n, x, shapes[n]) for n, x in given.items()}
                break
        if self.batch:
            rows = {name: len(given[name]) for name in self.batch}
            if len(set(rows.values())) > 1 or 0 in rows.values():
                raise ValueError(say("rows", rows=str(rows)))
        return given

    def _checked(self, name: str, x: Any, shape: Shape) -> Any:
        """``x`` as an array of that shape, whose first axis may be None: any number."""
        name = name or "theta"
        needed = str(shape).replace("None", "rows")
        try:
            x = self.xp.asarray(x, dtype=float)
        except (TypeError, ValueError) as error:
            found = {"name": name, "kind": type(x).__name__, "shape": needed}
            raise TypeError(say("no_numbers", **found)) from error
        any_rows = shape[:1] == (None,)
        fits = x.shape == shape
        fits |= any_rows and x.ndim == len(shape) and x.shape[1:] == shape[1:]
        if not fits:
            found = {"name": name, "got": str(x.shape), "shape": needed}
            raise ValueError(say("wrong_shape", **found))
        return x

    def __str__(self) -> str:
        return self.source

    def __repr__(self) -> str:
        inputs = "".join(f", {name}" for name in self.inputs)
        n = len(self.params)
        return f"<{type(self).__name__} of {n} parameters: program(theta{inputs})>"

    def _repr_html_(self) -> str:
        style = "font-family:monospace;line-height:1.3"
        return f'<pre style="{style}">{html.escape(self.source)}</pre>'


class Program(_Compiled):
    """A compiled loss: call it with parameters and inputs; print it to read it.

    ``source`` is its text, ``function`` the bare function of it, without checks,
    ``constants`` the arrays that the text refers to by name. Made by `compile`.
    """

    def __init__(self, *made: Any) -> None:
        super().__init__(*made)
        self._jit: Any = None
        if self.xp.__name__ == "jax.numpy":
            import jax

            jax.config.update("jax_enable_x64", True)  # type: ignore[no-untyped-call]
            self._jit = jax.jit(self.function)
        # Both branches of where are computed, and the one not taken may be anything.
        self._quiet = "where(" in self.source
        self._descent: SGD | None = None

    def __call__(self, theta: Any, /, **inputs: Any) -> tuple[Any, Any]:
        """Give the loss and its gradient with respect to ``theta``.

        ``theta`` is all parameters in one flat array. Inputs have the shapes they were
        recorded with, those of a batch any number of rows in front; an input left out
        is as it was recorded. Raises TypeError for unknown inputs and what is no
        numbers, ValueError for wrong shapes and OverflowError when the loss or its
        gradient is infinite or undefined (not under JAX).
        """
        arrays = self._given(theta, inputs).values()
        if self._jit is not None:
            return self._jit(*arrays)  # type: ignore[no-any-return]
        if self._quiet:
            with np.errstate(all="ignore"):
                value, gradient = self.function(*arrays)
        else:
            value, gradient = self.function(*arrays)
        value = float(value)
        if not math.isfinite(value):
            raise OverflowError(say("infinite_loss", value=str(value)))
        if not _is_finite(gradient):
            raise OverflowError(say("infinite_gradient"))
        return value, gradient

    def step(self, optimizer: Optimizer | Number, /, **inputs: Any) -> float:
        """Take one step of training, and give the loss before it.

        ``optimizer``: one of `micrograd_kr.nn`, or a learning rate for plain gradient
        descent. Parameters and the optimizer's state stay in arrays from step to step;
        the Values have their data and grads whenever they are looked at.
        """
        if not isinstance(optimizer, Optimizer):
            optimizer = self._gradient_descent(optimizer)
        keeper = self._keeper()
        theta = keeper.theta()
        value, gradient = self(theta, **inputs)
        gradient = np.asarray(gradient)
        if optimizer.moves(self.params):
            with np.errstate(all="ignore"):  # the optimizer looks at what came out
                moved = optimizer.step_array(theta, gradient)
            keeper.keep(moved, gradient)
        else:
            keeper.keep(theta, gradient)
            optimizer.step()
        return float(value)

    def set_theta(self, theta: Any) -> None:
        """Set the data of the parameters to the numbers of a flat array."""
        keeper = self._keeper()
        theta = np.array(self._checked("", theta, (len(self.params),)))
        if keeper.kept is None:
            gradient = np.array([p.grad for p in self.params])
        else:
            gradient = keeper.kept[1]
        keeper.keep(theta, gradient)

    def _gradient_descent(self, rate: Any) -> SGD:
        if self._descent is None or not rate > 0:
            self._descent = SGD(self.params, rate)  # which says what is wrong with it
        self._descent.lr = rate
        return self._descent


class Forward(_Compiled):
    """The outputs of a model as an array program, without loss and gradient.

    Called with inputs of any number of rows it gives an array of as many rows and one
    column an output. Made by `compile_outputs`.
    """

    def __call__(self, theta: Any = None, /, **inputs: Any) -> Any:
        """Give the outputs, with the parameters as they are unless ``theta`` is given.

        Raises TypeError and ValueError as `Program` does, OverflowError for outputs
        that are infinite or undefined.
        """
        theta = self._keeper().theta() if theta is None else theta
        given = self._given(theta, inputs)
        rows = len(given[self.batch[0]]) if self.batch else 1
        parts = []
        with np.errstate(all="ignore"):
            for start in range(0, rows, ROWS_AT_ONCE):
                arrays = [
                    x[start : start + ROWS_AT_ONCE] if name in self.batch else x
                    for name, x in given.items()
                ]
                parts.append(self.function(*arrays))
        outputs = np.concatenate(parts) if self.batch else parts[0]
        if not np.isfinite(outputs).all():
            raise OverflowError(say("infinite_output"))
        return outputs


def compile(
    loss: Value,
    params: Value | Iterable[Value],
    inputs: Mapping[str, Any] | None = None,
    batch: Iterable[str] = (),
    xp: Any = np,
) -> Program:
    """Make the array program of a recorded loss and of its gradient.

    ``params``: the leaf Values to differentiate by, or a single one. ``inputs``: names
    and (nested lists of) leaf Values to which other numbers can be given; every other
    leaf is a constant. ``batch``: names of inputs that are recorded for one example and
    get one more axis, for any number of rows; the loss is then the mean over the rows.
    ``xp``: numpy or jax.numpy, which runs the same source under `jax.jit` and for that
    switches JAX to 64 bits.

    Raises TypeError and ValueError for a loss, parameters or inputs that it cannot use,
    among them a Value that took part in a Python comparison: the branch that was taken
    is not part of the graph.

    >>> x = Value(2.0, "x")
    >>> "loss = t1 * t1 + 1" in compile(x * x + 1, x).source
    True
    """
    params = _listed(params)
    named, batch = _named(inputs or {}, batch)
    _check(loss, params, named, batch, getattr(xp, "__name__", ""))
    arrays, at = _arrays(loss, params, named, batch)
    depends = arrays[at[0]].group.differentiable and at[1] in range(len(params))
    if not depends:
        raise ValueError(
            f"compile: the loss {loss!r} depends on none of the "
            f"{len(params)} parameters"
        )
    names = _arguments(named)
    work = Emitter(arrays, ["theta", *names.values()], [p.label for p in params], at)
    outputs = {"loss": work.loss, "dtheta": work.gradient}
    source, constants = _text(names, batch, work.forward, outputs, xp)
    return Program(source, constants, params, _recorded(named, batch), batch, xp)


def compile_outputs(
    outputs: Any,
    params: Value | Iterable[Value],
    inputs: Mapping[str, Any] | None = None,
    batch: Iterable[str] = (),
) -> Forward:
    """Make the array program of what a model computes, to predict with.

    ``outputs``: a Value or a list of them; the rest is as in `compile`.

    >>> x, w = Value(1.0, "x"), Value(3.0, "w")
    >>> forward = compile_outputs(w * x, w, {"x": x}, batch="x")
    >>> forward(x=[1.0, 2.0]).tolist()
    [[3.0], [6.0]]
    """
    if isinstance(outputs, Value) or not isinstance(outputs, Iterable):
        outputs = [outputs]
    values = [as_value(v, "compile_outputs") for v in outputs]
    params = _listed(params)
    named, batch = _named(inputs or {}, batch)
    # One operation on the list of all outputs, whose operands are then read.
    whole = FUNCTIONS["logsumexp"](values)
    _check(whole, params, named, batch, np.__name__)
    # A program needs one parameter at least.
    known = params or [Value(0.0)]
    arrays, at = _arrays(whole, known, named, batch)
    last = arrays[at[0]]
    names = _arguments(named)
    work = Emitter(arrays, ["theta", *names.values()], [p.label for p in known], at)
    rows = A.ROWS * bool(batch)
    if last.operands:
        value = A.aligned(*work.read(last.operands[0]), rows + LIST)
    else:  # they depend on nothing
        value = A.const(work.book, np.array([v.data for v in values]))
    value = A.spread(value, (*rows, len(values)))
    text = {"outputs": value}
    source, constants = _text(names, batch, work.forward, text, np)
    return Forward(source, constants, known, _recorded(named, batch), batch, np)


def _is_finite(x: Any) -> bool:
    """Whether all numbers of an array are finite, in a third of the time of all()."""
    return 0 not in np.isfinite(x).tobytes()


def _defined_by(owner: Any, source: str, constants: dict[str, Any]) -> Any:
    """Run the text of a program, and give the function it defines."""
    file = f"<compiled program {id(owner)}>"
    names = dict(constants)
    exec(builtins.compile(source, file, "exec"), names)
    # The lines are shown in tracebacks.
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    weakref.finalize(owner, linecache.cache.pop, file, None)
    return names["program"]


def _arrays(
    root: Value, params: list[Value], named: Named, batch: tuple[str, ...]
) -> tuple[list[Array], tuple[int, int]]:
    """The arrays of the graph below ``root``, and where among them it is."""
    inputs = [v for values, _ in named.values() for v in values]
    shapes = [(len(params),), *[shape for _, shape in named.values()]]
    graph = fuse(root, params + inputs)
    sizes = [math.prod(shape) for shape in shapes]
    groups, count = group(graph, sizes, [False, *[name in batch for name in named]])
    arrays = layout(groups, shapes, graph.constants, count)
    at = (len(arrays) - 1, 0) if len(graph.alive) else (0, graph.loss)
    return arrays, at


def _text(
    names: dict[str, str],
    batch: tuple[str, ...],
    forward: int,
    outputs: dict[str, Any],
    xp: Any,
) -> tuple[str, dict[str, Any]]:
    """The source of a program, and the constants it refers to by name."""
    arguments = ["theta", *names.values()]
    counted = [names[name] for name in batch[:1]]
    body, constants = write(arguments, counted, forward, **outputs)
    known = defined(constants)
    parts = [head(f"{known}\n{body}", xp.__name__), known, f"\n{body}"]
    return "\n\n".join(filter(None, parts)).lstrip(), constants


def _recorded(named: Named, batch: tuple[str, ...]) -> dict[str, Any]:
    """The inputs as they were recorded; one row of those of a batch."""
    arrays = {}
    for name, (values, shape) in named.items():
        rows = (1,) if name in batch else ()
        arrays[name] = np.array([v.data for v in values]).reshape(rows + shape)
    return arrays


def _listed(params: Any) -> list[Value]:
    if isinstance(params, Value):
        return [params]
    if not isinstance(params, Iterable):
        raise TypeError(say("no_params", kind=type(params).__name__))
    return list(params)


def _named(
    inputs: Mapping[str, Any], batch: Iterable[str]
) -> tuple[Named, tuple[str, ...]]:
    """The leaves of each input and the names of a batch, as Python reads names."""
    named = {_as_python(name): _leaves(name, values) for name, values in inputs.items()}
    if len(named) < len(inputs):
        raise ValueError(
            f"compile: two of the inputs {', '.join(inputs)} are one name to Python, "
            "which compares names after NFKC"
        )
    names = (batch,) if isinstance(batch, str) else batch
    return named, tuple(map(_as_python, names))


def _as_python(name: str) -> str:
    """A name as Python's parser reads it: full-width letters are the usual ones.

    >>> _as_python("ｘ")
    'x'
    """
    return unicodedata.normalize("NFKC", name)


def _leaves(name: str, values: Any) -> tuple[list[Value], tuple[int, ...]]:
    """The Values in nested lists, and the lists' shape."""
    if isinstance(values, Value):
        if values.op is not None:
            raise ValueError(
                f"compile: {values!r} in input {name!r} was computed by "
                f"{values.op.name}; inputs are leaves"
            )
        return [values], ()
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise TypeError(
            f"compile: {values!r} in input {name!r} is a {type(values).__name__}; "
            "make it a Value before it is used"
        )
    parts = [_leaves(name, part) for part in values]
    if not parts:
        return [], (0,)
    inner = parts[0][1]
    if any(shape != inner for _, shape in parts):
        raise ValueError(
            f"compile: input {name!r} is no rectangle: it has parts of shapes "
            f"{inner} and others"
        )
    return [v for part, _ in parts for v in part], (len(parts), *inner)


def _arguments(names: Iterable[str]) -> dict[str, str]:
    """What the inputs are called in the program: as they are, where that is free."""
    arguments: dict[str, str] = {}
    for name in names:
        argument = name
        while reserved(argument) or argument in arguments.values():
            argument += "_"
        arguments[name] = argument
    return arguments


def _check(
    loss: Any, params: list[Any], named: Named, batch: tuple[str, ...], library: str
) -> None:
    """Raise the error that says what is wrong with what compile was given."""
    if library not in ("numpy", "jax.numpy"):
        raise TypeError(
            f"compile: xp is {library or 'no module'}; programs are written for "
            "numpy and jax.numpy"
        )
    if not isinstance(loss, Value):
        raise TypeError(
            f"compile: the loss is {loss!r}, a {type(loss).__name__}; a Value is needed"
        )
    for p in params:
        _check_parameter(p)
    for name in named:
        if not name.isidentifier() or keyword.iskeyword(name):
            raise ValueError(
                f"compile: an input cannot be named {name!r}: it becomes an argument "
                "of the program"
            )
    for name in batch:
        if name not in named:
            raise ValueError(
                f"compile: {name!r} in batch is none of the inputs "
                f"{', '.join(named) or '(none)'}"
            )
    seen: dict[Value, str] = {}
    _check_once("parameters", params, seen)
    for name, (values, _) in named.items():
        _check_once(f"input {name!r}", values, seen)


def _check_parameter(p: Any) -> None:
    if not isinstance(p, Value):
        raise TypeError(
            f"compile: the parameter {p!r} is a {type(p).__name__}; a Value is needed"
        )
    if p.op is not None:
        raise ValueError(
            f"compile: the parameter {p!r} was computed by {p.op.name}; "
            "parameters are leaves"
        )


def _check_once(where: str, values: Sequence[Value], seen: dict[Value, str]) -> None:
    for v in values:
        if v in seen:
            raise ValueError(
                f"compile: {v!r} is listed in the {where} and before in the {seen[v]}"
            )
        if hasattr(v, "_compared"):
            raise compared(v)
        seen[v] = where
