"""The value of every array forwards, and its gradient backwards, as expressions.

The rules are those of the table; sums of products are known by their structure.
"""

import math
from collections.abc import Sequence
from typing import Any

from . import expressions as ex
from . import irregular, turns
from .arrays import LIST, NUMBERS, Array, Gather, Product, Reading, Shape
from .expressions import ROWS, Expr
from .gathers import Tokens, table_of
from .names import Names
from .shapes import reading_at
from .table import Table
from .views import Part, assemble, view


class Sweep:
    """The values of arrays forwards, and their gradients backwards.

    ``values``: those of the first of the arrays, the leaves; ``known``: of others;
    ``tokens``: what tells which rows of tables are read.
    """

    def __init__(
        self,
        interned: dict[Any, Expr],
        arrays: Sequence[Array],
        values: Sequence[Expr],
        names: Names,
        known: dict[Array, Expr],
        tokens: Tokens,
    ) -> None:
        self.interned: dict[Any, Expr] = interned
        self.arrays: Sequence[Array] = arrays
        self.names: Names = names
        self.known: dict[Array, Expr] = known
        self.tokens: Tokens = tokens
        self.one: Expr = ex.const(interned, 1.0)
        self.computed: Sequence[Array] = arrays[len(values) :]
        self.values: list[Expr] = [*values]
        self.seen: dict[Reading, tuple[Expr, str]] = {}
        self.parts: list[list[Part]] = [[] for _ in arrays]  # gradients of their parts
        for array in self.computed:
            value = known.get(array) or self.value(array)
            value = ex.spread(value, self.shape_of(array))
            if array.loop is None and array not in known:
                self.names.value(array, value)
            self.values.append(value)

    def gradient_of(self, array: Array) -> Expr | None:
        """What has been propagated to an array, which is then told no more, or None."""
        parts, self.parts[array.number] = self.parts[array.number], []
        if not parts:
            return None
        return assemble(parts, self.shape_of(array))

    def turn(
        self, arrays: Sequence[Array], values: Sequence[Expr], known: dict[Array, Expr]
    ) -> "Sweep":
        """The values of the arrays of a turn, and their gradients."""
        names = Names(arrays, [], [])
        return Sweep(self.interned, arrays, values, names, known, self.tokens)

    def sweep(self, arrays: Sequence[Array]) -> None:
        """Propagate the gradients of arrays to what they read, the last one first."""
        for array in reversed(arrays):
            if array.loop is not None:
                if array is array.loop.states_of[0]:
                    turns.backwards(self, array.loop)
            else:
                grad = self.gradient_of(array)
                if grad is not None:
                    if array not in self.known:
                        ex.named(grad, self.values[array.number])
                    self.propagate_all(array, grad)

    def value(self, array: Array) -> Expr:
        """The value of an array."""
        if array.gather is not None:
            return self.gathered(array, array.gather)
        if array.loop is not None:
            return turns.value(self, array, array.loop)
        if array.twin is not None:
            return ex.aligned(*self.read(array.twin), self.subscripts_of(array))
        if array.members:
            return irregular.joined(self, array)
        if array.row:
            return self.value_of_row(array)
        return self.value_of_sum(array)

    def propagate_all(self, array: Array, grad: Expr) -> None:
        """Propagate the gradient of an array to all that it reads."""
        if array.gather is not None:
            self.propagate_gathered(array, array.gather, grad)
        elif array.members:
            irregular.propagate_joined(self, array, grad)
        elif array.row:
            self.propagate_row(array, grad)
        else:
            self.propagate_sum(array, grad)

    # ---- what arrays have in common

    def shape_of(self, array: Array) -> Shape:
        """The shape with the examples of a batch in front."""
        return (ROWS,) * array.batched + array.shape

    def batch_axis(self, array: Array) -> str:
        """The subscript of the examples of a batch, if there are some."""
        return ROWS * array.batched

    def subscripts_of(self, array: Array) -> str:
        """A subscript for each axis of that shape."""
        return self.batch_axis(array) + array.subscripts

    def sizes(self, array: Array, *readings: Reading) -> dict[str, Any]:
        """The length of each axis, those of the lists that are read included."""
        own = dict(zip(array.subscripts, array.shape, strict=True))
        sizes = {ROWS: ROWS, **own}
        for reading in readings:
            sizes |= zip(reading.subscripts, reading.index.shape, strict=True)
        return sizes

    def read(self, reading: Reading) -> tuple[Expr, str]:
        """What is read, and a subscript for each axis."""
        if reading not in self.seen:
            if reading.source == NUMBERS:
                x = ex.const(self.interned, reading.index)
            else:
                x = view(self.values[reading.source], reading)
            if reading.source == 0:
                self.names.name_parameter(x, reading)
            of_x = self.subscripts_read(reading)
            self.seen[reading] = self.masked(reading, x, of_x, reading.fill or 0.0)
        return self.seen[reading]

    def masked(
        self, reading: Reading, x: Expr, of_x: str, fill: float
    ) -> tuple[Expr, str]:
        """``x``, and this number where lists have ended, along more axes if need be."""
        if reading.mask is None:
            return x, of_x
        of_mask = reading.mask.subscripts
        out = of_x + "".join([k for k in of_mask if k not in of_x])
        there = ex.aligned(ex.const(self.interned, reading.mask.index), of_mask, out)
        x = ex.aligned(x, of_x, out)
        return ex.where(there, x, ex.const(self.interned, fill)), out

    def subscripts_read(self, reading: Reading) -> str:
        """Those of what is read, with that of the examples of a batch."""
        if reading.source == NUMBERS:
            return reading.subscripts
        return self.batch_axis(self.arrays[reading.source]) + reading.subscripts

    def contracted(self, product: Product, out: str, array: Array) -> Expr:
        """The value of products, with these axes."""
        sizes = self.sizes(array, product.a, product.b)
        return ex.contract(*self.read(product.a), *self.read(product.b), out, sizes)

    def is_wanted(self, reading: Reading) -> bool:
        """Whether a parameter is below what is read."""
        if reading.source == NUMBERS:
            return False
        return self.arrays[reading.source].differentiable

    def propagate(
        self,
        reading: Reading,
        grad: Expr,
        of_grad: str,
        sizes: dict[str, Any],
        factor: tuple[Expr, str] | None = None,
    ) -> None:
        """Propagate a gradient times a factor to what is read, if wanted there."""
        if not self.is_wanted(reading):
            return
        out = self.subscripts_read(reading)
        y, of_y = factor or (self.one, "")
        if reading.mask is not None and reading.fill == 0:  # nothing where lists ended
            y, of_y = self.masked(reading, y, of_y, 0.0)
        value = ex.contract(grad, of_grad, y, of_y, out, sizes)
        if not (value.scalar and value.attr == 0):
            self.parts[reading.source].append((reading, value))

    # ---- operations of the table

    def with_lists(self, array: Array) -> tuple[str, Table]:
        """The subscripts with that of lists, and the table that reads along it."""
        subscripts = self.subscripts_of(array)
        lists = [operand for operand in array.operands if LIST in operand.subscripts]
        if lists and lists[0].subscripts[0] == LIST:  # elements are furthest apart
            subscripts = self.batch_axis(array) + LIST + array.subscripts
        elif lists:
            subscripts += LIST
        length = self.sizes(array, *lists).get(LIST, 0)
        return subscripts, Table(self.interned, subscripts.find(LIST), length)

    def operands(self, array: Array, of_lists: str, of_others: str) -> dict[str, Expr]:
        """What an operation reads, by name, with these subscripts."""
        assert array.row is not None
        names = {}
        for name, operand in zip(array.row.names, array.operands, strict=True):
            out = of_lists if LIST in operand.subscripts else of_others
            names[name] = ex.aligned(*self.read(operand), out)
        return names

    def value_of_row(self, array: Array) -> Expr:
        """The value of an operation."""
        assert array.row is not None
        subscripts, table = self.with_lists(array)
        names = self.operands(array, subscripts, self.subscripts_of(array))
        return table.read(array.row.forward, names)

    def propagate_row(self, array: Array, grad: Expr) -> None:
        """The gradient of an operation times each of its partials.

        In a list each element has the partial, of all there is.
        """
        assert array.row is not None
        subscripts, table = self.with_lists(array)
        own = self.subscripts_of(array)
        for text, operand in zip(array.row.partials, array.operands, strict=True):
            if self.is_wanted(operand):
                out = subscripts if LIST in operand.subscripts else own
                names = self.operands(array, subscripts, out)
                names["out"] = ex.aligned(self.values[array.number], own, out)
                value = ex.aligned(grad, own, out) * table.read(text, names)
                self.propagate(operand, value, out, self.sizes(array, operand))

    # ---- sums of products

    def value_of_sum(self, array: Array) -> Expr:
        """The value of a sum of products."""
        out = self.subscripts_of(array)
        parts = []
        if array.scattered:
            parts.append(irregular.sum_of_scattered(self, array))
        parts += [self.contracted(product, out, array) for product in array.regular]
        if array.constants is not None:
            parts.append(ex.aligned(*self.read(array.constants), out))
        return ex.total(parts)

    def propagate_sum(self, array: Array, grad: Expr) -> None:
        """The gradient of a sum times the other factor, for each factor."""
        own = self.subscripts_of(array)
        for product in array.products:
            a, b = product.a, product.b
            sizes = self.sizes(array, a, b)
            subscripts, mine = own, grad
            if product.owner is not None:  # each product has the gradient of its sum
                subscripts = self.batch_axis(array) + LIST
                owners = reading_at(array.number, product.owner, LIST)
                if grad.shape:
                    mine = view(ex.spread(grad, self.shape_of(array)), owners)
            self.propagate(a, mine, subscripts, sizes, self.read(b))
            self.propagate(b, mine, subscripts, sizes, self.read(a))

    # ---- rows of tables

    def rows_of(self, gather: Gather) -> Expr:
        """Which rows of its table are read."""
        at = self.tokens.read(self.interned, gather, 0)
        for k in range(1, len(gather.steps)):
            inner = self.tokens.read(self.interned, gather, k)
            at = ex.row_of_two(at, inner, gather.counts[k])
        return at

    def gathered(self, array: Array, gather: Gather) -> Expr:
        """The rows that are read of a table among the parameters."""
        table, _ = self.read(table_of(gather))
        width = array.shape[-1:] if gather.width > 1 else ()
        shape = (math.prod(gather.counts), *width)
        return ex.rows(ex.reshape(table, shape), self.rows_of(gather))

    def propagate_gathered(self, array: Array, gather: Gather, grad: Expr) -> None:
        """Propagate the gradient of the rows to the table."""
        table, count = table_of(gather), math.prod(gather.counts)
        grad = ex.spread(grad, self.shape_of(array))
        value = ex.add_rows(grad, self.rows_of(gather), count)
        self.parts[0].append((table, ex.reshape(value, table.index.shape)))


class Derivation(Sweep):
    """The expressions of the loss and of the gradient.

    ``leaves``: what the parameters and inputs are called; ``labels``: those of the
    parameters; ``loss``: which element of which array it is; ``tokens``: what the
    gathers are told by; ``in_place``: whether arrays can be written to.
    """

    loss: Expr
    gradient: Expr
    depends: bool  # on any parameter
    forward: int  # how many expressions there were before the first of the gradient

    def __init__(
        self,
        arrays: Sequence[Array],
        leaves: Sequence[str],
        labels: Sequence[str | None],
        loss: Reading,
        tokens: Tokens,
        in_place: bool,
    ) -> None:
        self.in_place: bool = in_place
        self.loss_read: Reading = loss
        interned: dict[Any, Expr] = {}
        values = [
            ex.variable(interned, name, self.shape_of(array))
            for array, name in zip(arrays, leaves, strict=False)
            if array.gather is None
        ]
        names = Names(arrays, leaves, labels)
        super().__init__(interned, arrays, values, names, {}, tokens)
        self.depends = self.is_wanted(loss)
        self.forward = len(self.interned)
        if self.depends:
            self.differentiate(loss)

    def differentiate(self, read: Reading) -> None:
        """The loss, and its gradient with respect to the parameters."""
        self.loss, grad = view(self.values[read.source], read), self.one
        if self.loss.batch:
            self.loss = ex.mean(self.loss)
            grad = grad / ex.variable(self.interned, ROWS, ())
        self.forward = len(self.interned)
        self.parts[read.source].append((read, grad))
        self.sweep(self.computed)
        theta = self.values[0]
        grad = ex.const(self.interned, 0.0)
        if self.parts[0]:
            whole = ex.variable(self.interned, "dtheta", theta.shape)
            result = whole if self.in_place else None
            known = self.names.parameters
            grad = assemble(self.parts[0], theta.shape, known, result)
        self.gradient = ex.own(ex.spread(ex.as_float(grad), theta.shape))
