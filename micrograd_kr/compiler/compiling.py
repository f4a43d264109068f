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

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from ..engine import FUNCTIONS, Value, as_value
from . import expressions as ex
from .arrays import LIST, Ints
from .derive import Derivation
from .expressions import ROWS, Expr
from .groups import Grouping, levels_of
from .inputs import Inputs, check_library, check_parameters, listed
from .loops import with_loops
from .messages import say
from .prelude import head
from .program import Forward, Program
from .scalars import Recording, Scalars, read, scalars
from .shapes import give_shapes
from .tape import is_deep, on_floats
from .turns import give_turn
from .write import defined, write


def compile(
    loss: Value | Callable[..., Value],
    params: Value | Iterable[Value],
    inputs: Mapping[str, Any] | None = None,
    batch: Iterable[str] = (),
    xp: Any = np,
) -> Program:
    """Make the array program of a recorded loss and of its gradient.

    ``loss``: a recorded Value, or a function that records it when it is called with the
    inputs by name. Such a function may have whole numbers among the ``inputs``, and use
    them to choose among parameters, as in ``table[token]``: then the program is given
    other ones.

    ``params``: the leaf Values to differentiate by, or a single one. ``inputs``: names
    and (nested lists of) leaf Values to which other numbers can be given; every other
    leaf is a constant. ``batch``: names of inputs that are recorded for one example and
    get one more axis, for any number of rows; the loss is then the mean over the rows.
    ``xp``: numpy or jax.numpy, whose program has the same lines, except that its arrays
    are never written to; it runs under `jax.jit`, and JAX is switched to 64 bits.

    Terms of a sum and constant factors are put together where no float is lost by it:
    the last digits may be others than eager ones, and more where huge terms cancel.

    Raises TypeError and ValueError for a loss, parameters or inputs that it cannot use,
    among them a Value that took part in a Python comparison: the branch that was taken
    is not part of the graph; and so does a function that records another graph for
    other whole numbers.

    >>> x = Value(2.0, "x")
    >>> "loss = t1 * t1 + 1" in compile(x * x + 1, x).source
    True
    >>> table = [Value(2.0), Value(3.0), Value(5.0)]
    >>> def product(tokens):
    ...     return table[tokens[0]] * table[tokens[1]]
    >>> program = compile(product, table, inputs={"tokens": [0, 1]})
    >>> value, gradient = program([2.0, 3.0, 5.0], tokens=[2, 2])
    >>> value, gradient.tolist()
    (25.0, [0.0, 0.0, 10.0])
    """
    check_library(xp)
    params = listed(params)
    given = Inputs(inputs or {}, batch, params)
    if callable(loss):
        loss = given.record(loss, params)
    else:
        given.refuse_whole()
    check_parameters(loss, params)
    graph = scalars(loss, given.leaves)
    graph, levels = with_loops(graph, levels_of(graph))
    in_numpy = xp.__name__ == np.__name__
    can_be_floats = in_numpy and not given.batch and not given.whole
    live = levels[graph.live]
    if can_be_floats and is_deep(len(np.unique(live)), len(live)):
        arguments = [*given.arguments.values()]
        source, constants = on_floats(graph, len(params), arguments)
    else:
        work = _derived(graph, levels, params, given, in_numpy)
        if not work.depends:
            raise ValueError(say("independent", loss=repr(loss), n=len(params)))
        outputs = {"loss": work.loss, "dtheta": work.gradient}
        source, constants = _text(given, work.forward, outputs, xp)
    return Program(source, constants, params, given, xp)


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
    params = listed(params) or [Value(0.0)]  # a program needs one at least
    # One operation on the list of all outputs, whose operands are then read.
    whole = FUNCTIONS["logsumexp"](values)
    check_parameters(whole, params)
    given = Inputs(inputs or {}, batch, params)
    given.refuse_whole()
    key = _all_that_counts(read(whole, given.leaves), values, params, given)
    if key not in _TEXTS:
        _TEXTS[key] = _outputs_text(whole, values, params, given)
        if len(_TEXTS) > KEPT:
            del _TEXTS[next(iter(_TEXTS))]
    source, constants = _TEXTS[key]
    return Forward(source, dict(constants), params, given, np)


# The texts of the last programs of outputs. A model is recorded anew for each picture
# of a training, and the text is found by all that it is made of: it cannot be out of
# date.
KEPT = 8
_TEXTS: dict[str, tuple[str, dict[str, Any]]] = {}


def _all_that_counts(
    graph: Recording, values: list[Value], params: list[Value], given: Inputs
) -> str:
    """What the text of a program of outputs depends on."""
    operations = [op.name for op in graph.rows]
    constant = [v.data for v in values] if graph.loss < 0 else []
    numbers = graph.lengths, graph.operands, graph.constants, graph.loss
    labels = [p.label for p in params]
    shapes = [array.shape for array in given.arrays]
    names = given.arguments, given.batch, shapes
    return repr((operations, constant, numbers, labels, names))


def _outputs_text(
    whole: Value, values: list[Value], params: list[Value], given: Inputs
) -> tuple[str, dict[str, Any]]:
    """The source of a program of outputs, and the constants it refers to by name."""
    graph = scalars(whole, given.leaves)
    work = _derived(*with_loops(graph, levels_of(graph)), params, given, True)
    rows = ROWS * bool(given.batch)
    operands = work.arrays[work.loss_read.source].operands
    if operands:
        value = ex.aligned(*work.read(operands[0]), rows + LIST)
    else:  # they depend on nothing
        value = ex.const(work.interned, np.array([v.data for v in values]))
    value = ex.spread(value, (*rows, len(values)))
    return _text(given, work.forward, {"outputs": value}, np)


def _derived(
    graph: Scalars, levels: Ints, params: list[Value], given: Inputs, in_numpy: bool
) -> Derivation:
    """The expressions of the root of a graph and of its gradient."""
    work = Grouping(graph, levels, given.arrays, in_numpy and not given.batch)
    loss = work.reading(work.same[np.array([graph.loss])])
    leaves, nodes = len(given.arrays), work.pool.next_node
    layout = give_shapes(work.arrays, leaves, graph.constants, nodes)
    layout.settle_rows(loss)
    for loop in graph.loops:
        give_turn(loop, work, layout)
    labels = [p.label for p in params]
    return Derivation(work.arrays, given.names, labels, loss, given.tokens, in_numpy)


def _text(
    given: Inputs, forward: int, outputs: dict[str, Expr], xp: Any
) -> tuple[str, dict[str, Any]]:
    """The source of a program, and the constants it refers to by name."""
    arguments = [*given.arguments.values()]
    counted = [given.arguments[name] for name in given.batch[:1]]
    in_jax = xp.__name__ != np.__name__
    body, constants = write(arguments, counted, forward, in_jax, **outputs)
    known = defined(constants)
    parts = [head(f"{known}\n{body}", xp.__name__), known, f"\n{body}"]
    return "\n\n".join(filter(None, parts)).lstrip(), constants
