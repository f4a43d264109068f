"""What a compiled program is to its user: to call, print, train and predict with."""

import builtins
import html
import linecache
import math
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from ..engine import Number, Value
from ..nn import SGD, Optimizer
from .arrays import Shape
from .inputs import Inputs
from .messages import say
from .names import as_python
from .parameters import Parameters, shared

ARRAY, FLOAT = np.ndarray, np.dtype(float)
ROWS_AT_ONCE = 1024  # of a forward pass: its arrays stay in the cache, 1.9 times faster


class _Compiled:
    """The text of a program, the function it defines, and what may be given to it."""

    def __init__(
        self,
        source: str,
        constants: dict[str, Any],
        params: list[Value],
        given: Inputs,
        xp: Any,
    ) -> None:
        self.source: str = source
        self.constants: dict[str, Any] = constants
        self.xp: Any = xp
        self.params: list[Value] = params
        self.inputs: dict[str, Any] = given.recorded()
        self.batch: tuple[str, ...] = given.batch
        self.bounds: dict[str, Any] = {
            name: np.array(x) for name, x in given.bounds.items()
        }
        self.parameters: Parameters = Parameters(params)
        self._shapes: dict[str, Shape] = {"": (len(params),)}  # of theta first
        for name, x in self.inputs.items():
            rows = (None,) if name in self.batch else x.shape[:1]
            self._shapes[name] = (*rows, *x.shape[1:])
        self.function: Any = _defined_by(self, source, constants)

    def theta(self) -> Any:
        """Give the data of the parameters as they are now, in one flat array."""
        return self._keeper().theta().copy()

    def _keeper(self) -> Parameters:
        """Find where the parameters are: here, or with another program."""
        if self.parameters.kept is None:
            self.parameters = shared(self.params) or self.parameters
        return self.parameters

    def _given(self, theta: Any, inputs: dict[str, Any]) -> dict[str, Any]:
        """Give every argument as an array of the shape it must have."""
        given = {"": theta, **self.inputs, **inputs}
        if len(given) > len(self._shapes):  # not named as Python reads it?
            named = {as_python(name): x for name, x in inputs.items()}
            unknown = ", ".join(sorted(named.keys() - self.inputs.keys()))
            known = ", ".join(self.inputs) or "none"
            if unknown:
                raise TypeError(say("no_input", unknown=unknown, known=known))
            return self._given(theta, named)
        # Most of the time of a call that is not the function's:
        for name, shape in self._shapes.items():
            x = given[name]
            if x.__class__ is not ARRAY or x.shape != shape or x.dtype is not FLOAT:
                given[name] = self._checked(name, x, shape)
        if self.batch:
            rows = {name: len(given[name]) for name in self.batch}
            if len(set(rows.values())) > 1 or 0 in rows.values():
                raise ValueError(say("rows", rows=str(rows)))
        return given

    def _checked(self, name: str, x: Any, shape: Shape) -> Any:
        """``x`` as an array of that shape, whose first axis may be None: any number."""
        bound = self.bounds.get(name)
        try:
            x = self.xp.asarray(x, dtype=float if bound is None else None)
        except (TypeError, ValueError) as error:
            kind = type(x).__name__
            told = say("no_numbers", kind=kind, **_about(name, shape))
            raise TypeError(told) from error
        rows = x.shape[:1] if None in shape and x.shape else shape[:1]
        if x.shape != (*rows, *shape[1:]):
            got = str(x.shape)
            raise ValueError(say("wrong_shape", got=got, **_about(name, shape)))
        if bound is not None:
            self._check_whole(name, x, bound)
        return x

    def _check_whole(self, name: str, x: Any, bound: Any) -> None:
        """Raise TypeError for what is not whole, ValueError for out of range."""
        if x.dtype.kind not in "iu":
            raise TypeError(say("no_whole", name=name, kind=str(x.dtype)))
        if not isinstance(x, np.ndarray):  # JAX does not tell the numbers
            return
        wrong = (x < 0) | (x >= bound)
        if wrong.any():
            most = np.broadcast_to(bound, x.shape)[wrong][0] - 1
            found = {"name": name, "x": str(x[wrong][0]), "most": str(most)}
            raise ValueError(say("out_of_range", **found))

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
        jit: Any = None
        if made[-1].__name__ == "jax.numpy":
            import jax

            settings: Any = jax.config  # its update has no types
            settings.update("jax_enable_x64", True)
            jit = jax.jit
        super().__init__(*made)
        self._jit: Any = jit and jit(self.function)
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
        if not self._quiet:
            return self._evaluated(theta, inputs)
        with np.errstate(all="ignore"):
            return self._evaluated(theta, inputs)

    def _evaluated(self, theta: Any, inputs: dict[str, Any]) -> tuple[Any, Any]:
        arrays = self._given(theta, inputs).values()
        if self._jit is not None:
            return self._jit(*arrays)  # type: ignore[no-any-return]
        try:
            value, gradient = self.function(*arrays)
        except (ZeroDivisionError, OverflowError, ValueError) as error:
            # Python's floats raise where arrays go on with inf and nan.
            raise OverflowError(say("infinite_loss", value=str(error))) from error
        value = float(value)
        if not math.isfinite(value):
            raise OverflowError(say("infinite_loss", value=str(value)))
        if 0 in np.isfinite(gradient).tobytes():  # in a third of the time of all()
            raise OverflowError(say("infinite_gradient"))
        return value, gradient

    def step(self, optimizer: Optimizer | Number, /, **inputs: Any) -> float:
        """Take one step of training, and give the loss before it.

        ``optimizer``: one of `micrograd_kr.nn`, or a learning rate for plain gradient
        descent. Parameters and the optimizer's state stay in arrays from step to step;
        the Values have their data and grads whenever they are looked at.
        """
        return self.move(optimizer, lambda theta: self._evaluated(theta, inputs))

    def move(
        self,
        optimizer: Optimizer | Number,
        evaluate: Callable[[Any], tuple[Any, Any]],
    ) -> float:
        """Take a step by the loss and the gradient that ``evaluate`` gives."""
        if not isinstance(optimizer, Optimizer):
            optimizer = self._gradient_descent(optimizer)
        keeper = self._keeper()
        with np.errstate(all="ignore"):  # what comes out is looked at here
            theta = keeper.theta()
            value, gradient = evaluate(theta)
            gradient = np.asarray(gradient)
            if optimizer.moves(self.params):
                theta = optimizer.step_array(theta, gradient)
        keeper.keep(theta, gradient)
        if not optimizer.moves(self.params):  # a step of its own, which sees the Values
            optimizer.step()
        return float(value)

    def set_theta(self, theta: Any) -> None:
        """Set the data of the parameters to the numbers of a flat array."""
        theta = self._checked("", theta, self._shapes[""])
        for p, x in zip(self.params, theta.tolist(), strict=True):
            p.data = x

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


def _about(name: str, shape: Shape) -> dict[str, str]:
    """What an error says of an argument."""
    return {"name": name or "theta", "shape": str(shape).replace("None", "rows")}


def _defined_by(owner: Any, source: str, constants: dict[str, Any]) -> Any:
    """Run the text of a program, and give the function it defines."""
    file = f"<compiled program {id(owner)}>"
    names = dict(constants)
    for name, x in constants.items():
        if x.__class__ is ARRAY:  # or the tape of a program on floats
            names[name] = owner.xp.asarray(x)
    exec(builtins.compile(source, file, "exec"), names)
    # The lines are shown in tracebacks.
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    weakref.finalize(owner, linecache.cache.pop, file, None)
    return names["program"]
