"""The engine: a `Value` is a number that remembers how it was computed.

Every operation makes a new Value that keeps its operands and its local partial derivatives.
`backward()` walks that graph from the result to the leaves and multiplies them up: the chain rule.

>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> d = a * b + 10
>>> d.backward()
>>> d.data, a.grad, b.grad
(4.0, -3.0, 2.0)
"""

import operator
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from .ops import OPS, Op
from .record import check_number, recorders

Number = float | int


class Value:
    """A number in a computation graph.

    ``data`` is the number, ``grad`` the derivative of whatever `backward` was called on with
    respect to it, ``op`` the row of the table that made it (None for a leaf), ``label`` its name.
    Raises TypeError for what is no real number and ValueError for NaN and infinities.

    >>> Value(2, label="a")
    Value(data=2.0, grad=0.0, label='a')
    """

    # _a and _b are the Values it was computed from, _da and _db the local partials. A plain number is
    # no Value: _a or _b is None and _da or _db the number. A variadic op has tuples in _b and _db.
    # Slots and not containers, because each container is one more object for the collector to visit:
    # with tuples a training step takes 1.6 times as long.
    __slots__ = ("data", "grad", "op", "label", "_a", "_b", "_da", "_db")

    data: float
    grad: float
    op: Op | None
    label: str | None
    _a: Any
    _b: Any
    _da: Any
    _db: Any

    def __init__(self, data: Number, label: str | None = None) -> None:
        self.data = check_number(data, f"Value {label!r}" if label else "Value")
        self.grad = 0.0
        self.op = self._a = self._b = self._da = self._db = None
        self.label = label

    # ---- the graph -------------------------------------------------------------------------------

    @property
    def operands(self) -> tuple["Value | float", ...]:
        """What the operation was applied to, plain numbers included.

        >>> (Value(3.0) * 2).operands
        (Value(data=3.0, grad=0.0), 2.0)
        """
        if self.op is None:
            return ()
        if self.op.variadic:
            return self._b  # type: ignore[no-any-return]
        both = (
            self._da if self._a is None else self._a,
            self._db if self._b is None else self._b,
        )
        return both[: len(self.op.operands)]

    @property
    def parents(self) -> tuple["Value", ...]:
        """The Values it was computed from, in order; ``a * a`` has two."""
        return tuple([v for v in self.operands if isinstance(v, Value)])

    @property
    def partials(self) -> tuple[float, ...]:
        """The local derivative with respect to each of `parents`.

        >>> (Value(3.0) * Value(4.0)).partials
        (4.0, 3.0)
        """
        if self.op is not None and self.op.variadic:
            return self._db  # type: ignore[no-any-return]
        return tuple(
            [d for v, d in ((self._a, self._da), (self._b, self._db)) if v is not None]
        )

    def topological_order(self) -> list["Value"]:
        """Every Value this one depends on, each after its parents; itself last.

        Depth first, with a stack of our own: a graph may be as deep as memory allows.

        >>> a = Value(1.0, "a"); b = a.exp(); b.label = "b"; c = a * b; c.label = "c"
        >>> [v.label for v in c.topological_order()]
        ['a', 'b', 'c']
        """
        order: list[Value] = []
        met: set[Value] = set()
        stack: list[Any] = [self]
        while stack:
            v = stack.pop()
            if v is None:  # all parents of the one below it are in the order
                order.append(stack.pop())
            elif v not in met:
                met.add(v)
                a, b = v._a, v._b
                if a is b is None:
                    order.append(v)
                    continue
                stack += (v, None)
                if b.__class__ is tuple:
                    stack += [p for p in reversed(b) if p not in met]
                elif b is not None and b not in met:
                    stack.append(b)
                if a is not None and a not in met:
                    stack.append(a)
        return order

    def _inner_order(self) -> list["Value"]:
        """The same order without the leaves, and every grad in it set to zero.

        Half the time of `topological_order` and a pass that sets grads to zero: it goes down only to
        parents not met yet, and knows one that it met by its grad being this very zero.
        """
        order: list[Value] = []
        path: list[Value] = []
        rest: dict[
            Value, Iterator[Value]
        ] = {}  # the parents of a variadic op not looked at yet
        zero = float("0")  # an object of its own: `is zero` is true of no other 0.0
        v = self
        v.grad = zero
        while True:
            p = v._a
            if p is None or p.grad is zero or p.op is None:
                p = v._b
                if p.__class__ is tuple:
                    for q in rest.setdefault(v, iter(p)):
                        if q.grad is not zero and q.op is not None:
                            p = q
                            break
                    else:
                        p = None
                if p is None or p.grad is zero or p.op is None:
                    order.append(v)
                    if not path:
                        return order
                    v = path.pop()
                    continue
            p.grad = zero
            path.append(v)
            v = p

    def backward(self, seed: Number = 1.0) -> None:
        """Add d(self)/d(leaf), times ``seed``, to the grad of every leaf below.

        Grads of leaves accumulate over calls, as in PyTorch; those of the Values in between start
        from zero at each call. A Value is handled when everything that uses it has been: reverse
        topological order (Griewank & Walther, Evaluating Derivatives, 2008, chapter 3).

        >>> x = Value(3.0); y = (x + 1) ** 2
        >>> y.backward(); y.backward(); x.grad
        16.0
        """
        seed = check_number(seed, "backward(seed)")
        if self.op is None:
            self.grad += seed
            return
        order = self._inner_order()
        self.grad = seed
        for v in reversed(
            order
        ):  # what `steps` tells, unrolled: a test holds them bit-equal
            g = v.grad
            p = v._a
            if p is not None:
                p.grad += g * v._da
            p = v._b
            if p.__class__ is tuple:
                for parent, partial in zip(p, v._db, strict=True):
                    parent.grad += g * partial
            elif p is not None:
                p.grad += g * v._db

    def steps(self) -> list["Edge"]:
        """What this Value hands down to its parents: the chain rule, one line for each edge.

        >>> c = Value(2.0) * Value(-3.0); c.grad = 1.0
        >>> [(s.partial, s.contribution) for s in c.steps()]
        [(-3.0, -3.0), (2.0, 2.0)]
        """
        g = self.grad
        return [
            Edge(self, p, g, d, g * d)
            for p, d in zip(self.parents, self.partials, strict=True)
        ]

    def zero_grad(self) -> None:
        """Set grad to zero here and in every Value below."""
        for v in self.topological_order():
            v.grad = 0.0

    def detach(self) -> "Value":
        """The same number as a new leaf: nothing flows back through it."""
        return Value(self.data, self.label)

    # ---- a number like any other -----------------------------------------------------------------

    def __float__(self) -> float:
        return float(self.data)

    def __repr__(self) -> str:
        label = "" if self.label is None else f", label={self.label!r}"
        return f"Value(data={self.data!r}, grad={self.grad!r}{label})"

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)

    def __pos__(self) -> "Value":
        return self

    def __bool__(self) -> bool:
        return self._compare(operator.ne, 0.0)

    def __eq__(self, other: object) -> bool:
        return self._compare(operator.eq, other)

    def __lt__(self, other: "Value | Number") -> bool:
        return self._compare(operator.lt, other)

    def __le__(self, other: "Value | Number") -> bool:
        return self._compare(operator.le, other)

    def __gt__(self, other: "Value | Number") -> bool:
        return self._compare(operator.gt, other)

    def __ge__(self, other: "Value | Number") -> bool:
        return self._compare(operator.ge, other)

    __hash__ = object.__hash__  # two Values are two keys, however equal: as in PyTorch

    def _compare(self, how: Callable[[Any, Any], bool], other: Any) -> bool:
        mark_compared(
            self
        )  # a branch may follow, which a compiled graph could not take
        if isinstance(other, Value):
            mark_compared(other)
            other = other.data
        return how(self.data, other)

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies and pickles as a leaf: data, grad and label, without the graph below."""
        return _leaf, (self.data, self.grad, self.label)

    # ---- names of micrograd ----------------------------------------------------------------------

    @property
    def _prev(self) -> set["Value"]:
        return set(self.parents)

    @property
    def _op(self) -> str:
        numbers = [f"{x:g}" for x in self.operands if not isinstance(x, Value)]
        return "" if self.op is None else "".join([self.op.symbol, *numbers])

    if TYPE_CHECKING:  # made from the table at the end of this file

        def __getattr__(self, op: str) -> Callable[..., "Value"]: ...
        def __add__(self, other: "Value | Number") -> "Value": ...
        def __sub__(self, other: "Value | Number") -> "Value": ...
        def __mul__(self, other: "Value | Number") -> "Value": ...
        def __truediv__(self, other: "Value | Number") -> "Value": ...
        def __pow__(self, other: "Value | Number") -> "Value": ...
        def __radd__(self, other: Number) -> "Value": ...
        def __rsub__(self, other: Number) -> "Value": ...
        def __rmul__(self, other: Number) -> "Value": ...
        def __rtruediv__(self, other: Number) -> "Value": ...
        def __rpow__(self, other: Number) -> "Value": ...
        def __neg__(self) -> "Value": ...
        def __abs__(self) -> "Value": ...


class _Compared(Value):
    """A Value that took part in a comparison. A ninth slot for that would cost a training step 5 %."""

    __slots__ = ()
    _compared = True


def mark_compared(v: Value) -> None:
    """Remember that the number of v decided something.

    >>> x = Value(1.0); x > 0, hasattr(x, "_compared")
    (True, True)
    """
    if type(v) is Value:
        v.__class__ = _Compared
    elif not hasattr(
        v, "_compared"
    ):  # a subclass of one's own has a dict for it, unless it has slots only
        with suppress(AttributeError):
            v._compared = True  # type: ignore[attr-defined]


class Edge(NamedTuple):
    """One edge of the backward pass: ``contribution = adjoint * partial`` is added to ``parent.grad``.

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
    """``x`` itself if it is a Value, else a new leaf of that number.

    >>> as_value(2)
    Value(data=2.0, grad=0.0)
    """
    return x if isinstance(x, Value) else Value(check_number(x, what))


def _leaf(data: float, grad: float, label: str | None) -> Value:
    v = Value(0.0, label)
    v.data, v.grad = data, grad  # as they are, whatever was assigned to them
    return v


# ---- the operations: each row of the table becomes a function and, unless it takes lists, a method ----


def _function(op: Op) -> Callable[..., Value]:
    record, reflected = recorders(op, Value=Value, as_value=as_value)
    function = record
    if not op.variadic:
        setattr(Value, op.method, _named(record, op, "Value." + op.method))
    if reflected is None and not op.variadic:

        def function(x: Any) -> Any:
            return record(x if isinstance(x, Value) else as_value(x, op.name))

    elif reflected is not None:
        if op.method.startswith("__"):
            setattr(
                Value,
                f"__r{op.method[2:]}",
                _named(reflected, op, f"Value.__r{op.method[2:]}"),
            )

        def function(x: Any, y: Any = op.default) -> Any:
            if isinstance(y, Value) and not isinstance(x, Value):
                return reflected(y, x)
            return record(
                as_value(x, op.name),
                y if isinstance(y, Value) else check_number(y, op.name, x),
            )

    return _named(function, op, op.name)


def _named(function: Callable[..., Any], op: Op, name: str) -> Callable[..., Any]:
    """With the name and the formula that `help` shows and pickle looks for."""
    function.__qualname__, function.__name__ = name, name.rpartition(".")[2]
    function.__module__ = "micrograd_kr"
    function.__doc__ = f"{op.forward}; local partials {', '.join(op.partials)}."
    return function


FUNCTIONS: dict[str, Callable[..., Value]] = {
    name: _function(op) for name, op in OPS.items()
}
