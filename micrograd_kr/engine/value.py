"""A `Value` is a number that remembers how it was computed.

Every operation makes a new Value that keeps its operands and its local partials.
`Value.backward` goes through that graph from the result to the leaves and multiplies
the partials up: the chain rule.

>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> d = a * b + 10
>>> d.backward()
>>> d.data, a.grad, b.grad
(4.0, -3.0, 2.0)

The operations themselves are rows of the table in ``ops``; ``record`` says how one is
written down, and ``functions`` gives a Value its methods.
"""

from typing import Any, NamedTuple

from . import graph
from .checks import as_float, check_grad, check_grads, check_graph, check_number
from .comparison import Comparable
from .lines import Line
from .ops import Op

Number = float | int


class Value(Comparable):
    """A number in a computation graph.

    ``data`` is the number, ``label`` its name, ``op`` the row of the table that made it
    (None for a leaf), and ``grad`` the derivative with respect to it of the Value that
    `backward` was called on. Raises TypeError for what is no real number, and
    ValueError for NaN and infinities.

    >>> Value(2, label="a")
    Value(data=2.0, grad=0.0, label='a')
    """

    # _a and _b are the Values it was computed from, _da and _db the local partials. A
    # plain number is no Value: its _a or _b is None, and _da or _db holds the number.
    # Where operands come in lists, or are more than two, _b and _db are tuples; then
    # _da has all operands if there may be plain numbers among them. A leaf that had a
    # graph once says in _db how it lost it.
    # Slots and no containers: each would be one more object for the collector to visit,
    # and a training step would take 1.6 times as long.
    __slots__ = ("_data", "grad", "op", "label", "_a", "_b", "_da", "_db")

    grad: float
    op: Op | None
    label: str | None
    _a: Any
    _b: Any
    _da: Any
    _db: Any
    line: Line | None = None  # that computed it, within `record_lines`

    def __init__(self, data: Number, label: str | None = None) -> None:
        self._data = check_number(data, f"Value {label!r}" if label else "Value")
        self.grad = 0.0
        self.op = None
        self.label = label
        self._a = self._b = None
        self._da = self._db = None

    def __repr__(self) -> str:
        label = "" if self.label is None else f", label={self.label!r}"
        return f"Value(data={self._data!r}, grad={self.grad!r}{label})"

    @property
    def data(self) -> float:
        """The number itself. Only a number may be assigned; it is kept as a float."""
        return self._data

    @data.setter
    def data(self, number: Number) -> None:
        if number.__class__ is not float:
            number = as_float(number, f"{self!r}.data")
        self._data = number

    # ---- the graph ----

    @property
    def operands(self) -> tuple["Value | float", ...]:
        """What the operation was applied to, plain numbers included.

        >>> (Value(3.0) * 2).operands
        (Value(data=3.0, grad=0.0), 2.0)
        """
        if self.op is None:
            return ()
        if self._b.__class__ is tuple:
            return self._b if self._da is None else self._da
        first = self._da if self._a is None else self._a
        if len(self.op.operands) == 1:
            return (first,)
        second = self._db if self._b is None else self._b
        return (first, second)

    @property
    def parents(self) -> tuple["Value", ...]:
        """The Values it was computed from, in order; ``a * a`` has two."""
        a, b = self._a, self._b
        if b.__class__ is tuple:
            return b
        if a is None:
            return () if b is None else (b,)
        return (a,) if b is None else (a, b)

    @property
    def partials(self) -> tuple[float, ...]:
        """The local derivative with respect to each of `parents`.

        >>> (Value(3.0) * Value(4.0)).partials
        (4.0, 3.0)
        """
        if self._b.__class__ is tuple:
            return self._db  # type: ignore[no-any-return]
        pairs = (self._a, self._da), (self._b, self._db)
        return tuple([partial for v, partial in pairs if v is not None])

    def topological_order(self) -> list["Value"]:
        """List every Value this one depends on, each after its parents; itself last.

        >>> a = Value(1.0, "a"); b = a.exp(); b.label = "b"; c = a * b; c.label = "c"
        >>> [v.label for v in c.topological_order()]
        ['a', 'b', 'c']
        """
        return graph.topological_order(self)

    # ---- the chain rule ----

    def backward(self, seed: Number = 1.0) -> None:
        """Add d(self)/d(leaf), times ``seed``, to the grad of every leaf below.

        Grads of leaves accumulate over calls, as in PyTorch; those of the Values in
        between start from zero at each call. A Value is handled when everything that
        uses it has been: reverse topological order (Griewank & Walther, Evaluating
        Derivatives, 2008, chapter 3).

        >>> x = Value(3.0); y = (x + 1) ** 2
        >>> y.backward(); y.backward(); x.grad
        16.0
        """
        seed = check_number(seed, "backward(seed)")
        if self.op is None:
            check_graph(self, "backward")
            check_grad(self)
            self.grad += seed
            return
        order, leaves = graph.inner_order(self)  # and every grad in the order is zero
        for leaf, _ in leaves:
            check_grad(leaf)
        self.grad = seed
        try:
            _sweep(order)
            _check(order, leaves)
        except BaseException:
            for leaf, before in leaves:  # no leaf has changed then
                leaf.grad = before
            raise

    def steps(self) -> list["Edge"]:
        """Tell what this Value hands down to its parents: one edge for each of them.

        >>> c = Value(2.0) * Value(-3.0); c.grad = 1.0
        >>> [(s.partial, s.contribution) for s in c.steps()]
        [(-3.0, -3.0), (2.0, 2.0)]
        """
        edges = zip(self.parents, self.partials, strict=True)
        return [Edge(self, p, self.grad, d, self.grad * d) for p, d in edges]

    def zero_grad(self) -> None:
        """Set grad to zero here and in every Value below."""
        for v in self.topological_order():
            v.grad = 0.0

    def detach(self) -> "Value":
        """Give the same number as a new leaf: nothing flows back through it."""
        return _leaf(self._data, 0.0, self.label, "detach")

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy and pickle as a leaf: the numbers and the label, without the graph."""
        lost = self._db if self.op is None else "copy"
        return _leaf, (self._data, self.grad, self.label, lost)


def _sweep(order: list[Value]) -> None:
    """Hand every grad down, from the last of an order to the first: the chain rule.

    It adds up what `Value.steps` tells; a test holds both equal.
    """
    for v in reversed(order):
        a, b, g = v._a, v._b, v.grad
        if a is not None:
            a.grad += g * v._da
        if b.__class__ is tuple:
            for parent, partial in zip(b, v._db, strict=True):
                parent.grad += g * partial
        elif b is not None:
            b.grad += g * v._db


def _check(order: list[Value], leaves: list[tuple[Value, float]]) -> None:
    """Raise OverflowError if a grad is infinite or nan, which names the first.

    The leaves tell it of all: where a grad is no finite number, every grad below is
    none either, whatever it is multiplied by, even 0, and whatever is added to it.
    """
    total = 0.0
    for leaf, _ in leaves:
        total += leaf.grad
    if total - total:  # one was infinite or nan, or so many were large
        check_grads(order)


class Edge(NamedTuple):
    """One edge of the backward pass: what ``node`` adds to the grad of ``parent``.

    ``contribution`` is ``adjoint * partial``, the adjoint being the grad of the node.

    >>> c = Value(3.0) * 2; c.backward()
    >>> c.steps()[0][2:]
    (1.0, 2.0, 2.0)
    """

    node: Value
    parent: Value
    adjoint: float
    partial: float
    contribution: float


def as_value(x: Any, what: str = "as_value") -> Value:
    """Give ``x`` itself if it is a Value, else a new leaf of that number.

    >>> as_value(2)
    Value(data=2.0, grad=0.0)
    """
    if isinstance(x, Value):
        return x
    return Value(check_number(x, what))


def _leaf(data: float, grad: float, label: str | None, lost: str | None) -> Value:
    """Make a leaf of these numbers as they are; ``lost`` says how it lost a graph."""
    v = Value(0.0, label)
    v._data = data
    v.grad = grad
    v._db = lost
    return v
