"""The records that the compiler passes on: arrays, and what each reads from which.

`groups` finds the arrays and which scalars they read; `shapes` gives them shapes and
turns scalars into positions; `derive` makes expressions of them.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ..engine import Op, Value

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Shape = tuple[Any, ...]
Loops = list[tuple[int, int]]  # (length, step) of nested loops, the outermost first

RAGGED = 3  # different lengths, and not two: an end that differs is cheaper for itself
ABSENT = -3  # the constant minus infinity, in place of a scalar

# Sources that are no array: numbers known now, and several arrays at once.
NUMBERS, SEVERAL = -1, -2

# Subscripts, as in einsum: for the axes of an array, and for those of a list of
# operands.
AXES, LISTS = "ijklmopqrst", "zyxwvuhgfed"
LIST = LISTS[0]  # of a list that is not cut


@dataclass(eq=False)
class Reading:
    """What all nodes of an array read from one source.

    First it is known by scalars: ``ids`` has a row for each node, and a column for each
    element of a list. Then by positions: ``index`` has an axis for each of the
    ``subscripts``, the axes of the reader along which it varies, those with the largest
    steps first, and those of its list. ``steps`` are those along each axis, None when
    irregular. Of numbers, ``index`` holds the numbers themselves.
    """

    source: int
    ids: Ints
    index: npt.NDArray[Any] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    subscripts: str = ""
    steps: tuple[int, ...] | None = None
    fill: float | None = None  # what is read where a list has ended: its id is ABSENT
    mask: "Reading | None" = None  # where there is anything, if it matters

    @property
    def first(self) -> int:
        """The first position."""
        return int(self.index.flat[0])

    @property
    def loops(self) -> Loops:
        """Its axes as nested loops, when it is regular."""
        assert self.steps is not None
        return list(zip(self.index.shape, self.steps, strict=True))

    @property
    def end(self) -> int:
        """One past the last position, when it is regular."""
        return int(self.index.flat[-1]) + 1

    @property
    def solid(self) -> bool:
        """Whether it has no gaps, when it is regular."""
        return self.end - self.first == self.index.size

    @property
    def place(self) -> tuple[Any, ...]:
        """What tells regular parts of an array apart: their beginning and loops."""
        return (self.first, *self.loops)


@dataclass(eq=False)
class Product:
    """Products a * b of the nodes of an array of sums, summed over lists.

    Irregular ones have an ``owner``: of each product, the node it is added to.
    """

    a: Reading
    b: Reading
    owner: Ints | None = None


@dataclass(eq=False)
class Gather:
    """Rows that are read from a table among the parameters, one for each of the places.

    The row of a place begins at ``first`` plus the sum of its tokens times ``steps``,
    and is ``width`` long. ``counts``: how many rows there are along each step.
    ``tokens`` holds, for each step and place, a position among all tokens; those of a
    step are of the input in ``owners``. ``leaves`` stand for what is read, row by row.
    """

    first: int
    steps: tuple[int, ...]
    counts: tuple[int, ...]
    width: int
    owners: tuple[str, ...]
    tokens: Ints
    leaves: list[Value]

    @property
    def shape(self) -> tuple[int, ...]:
        """Places, and the numbers of a row; without axes of length 1."""
        return tuple([n for n in (self.tokens.shape[1], self.width) if n > 1])


@dataclass(eq=False)
class Loop:
    """A recurrence: a loop over turns computes states of those of turns before.

    Scalars have a row for each turn and a column each. One turn is a graph of its own:
    its leaves are what it reads of outside, and the states, those of the last turn
    first.
    """

    turns: int
    depth: int  # how many turns back a state is read
    level: int  # of the states among the other scalars
    starts: Ints  # depth x states: what the first turns read instead
    states: Ints  # (depth + turns) x states, with rows for the starts in front
    nodes: Ints  # turns x columns: the same as in the turn, computed of known states
    kinds: Ints  # of the columns: states of a kind may be one array
    levels: Ints  # of the graph of a turn
    made: Ints  # which of the columns make the states
    outside: Ints  # turns x leaves: what else is read
    body: Any  # the graph of a turn
    floats: bool = False  # whether a turn is written on floats
    states_of: "list[Array]" = field(default_factory=list)  # the arrays of the states
    reads: list[Reading] = field(
        default_factory=list
    )  # of outside; one row if it stays
    leaves: "list[Array]" = field(default_factory=list)  # of the turn
    arrays: "list[Array]" = field(default_factory=list)  # of the turn
    makes: list[Reading] = field(default_factory=list)  # of the turn, for each of them
    # where all turns have the numbers of these arrays
    twins: "dict[Array, Reading]" = field(default_factory=dict)
    results: list[Any] = field(default_factory=list)  # the states as expressions

    @property
    def carried(self) -> "list[Array]":
        """The leaves of a turn that are states."""
        return self.leaves[len(self.reads) :]


@dataclass(eq=False)
class Array:
    """Scalars that become one array: leaves, an operation, products, or a pool.

    Of a loop it is states, which read what they start with, and the first of them all
    that the loop reads.
    """

    nodes: Ints
    row: Op | None = None
    operands: list[Reading] = field(default_factory=list)  # of an operation
    products: list[Product] = field(default_factory=list)  # of a sum
    constants: Reading | None = None  # of a sum, if any is not zero
    members: list[Reading] = field(default_factory=list)  # of a pool, end to end
    from_pool: bool = False  # what is read of a pool at one time
    gather: Gather | None = None  # rows of a table among the parameters
    present: Bools | None = None  # where it has scalars, if it has others to be whole
    blank: bool = False  # these others are 0
    number: int = -1
    shape: tuple[int, ...] = ()
    batched: bool = False  # has a row for each example
    differentiable: bool = False  # depends on a parameter; in a turn, on a state
    loop: Loop | None = None  # of which it is states
    columns: Ints | None = None  # which of the states
    places: Ints | None = None  # of leaves that are not all of the array
    twin: Reading | None = None  # where the same numbers are

    @property
    def readings(self) -> list[Reading]:
        """All that it is computed from."""
        sides = [side for product in self.scattered for side in (product.a, product.b)]
        return [*self.aligned, *sides, *self.members]

    @property
    def sources(self) -> set[int]:
        """The arrays it reads."""
        return {reading.source for reading in self.readings} - {NUMBERS, SEVERAL}

    @property
    def regular(self) -> list[Product]:
        """The products of which every node has the same kinds."""
        return [product for product in self.products if product.owner is None]

    @property
    def scattered(self) -> list[Product]:
        """The products that are added to a node each."""
        return [product for product in self.products if product.owner is not None]

    @property
    def aligned(self) -> list[Reading]:
        """What it reads with a row for each node."""
        sides = [side for product in self.regular for side in (product.a, product.b)]
        twin = [] if self.twin is None else [self.twin]
        return [*self.operands, *sides, *twin]

    def sort(self, order: Ints) -> None:
        """Its nodes in this order, and what belongs to each of them."""
        self.nodes = self.nodes[order]
        rows = [self.constants] if self.constants is not None else []
        for reading in [*self.aligned, *rows]:
            reading.ids, reading.index = reading.ids[order], reading.index[order]
        for product in self.scattered:
            product.owner = np.argsort(order)[product.owner]

    @property
    def size(self) -> int:
        """How many nodes there are, with those that make it a grid."""
        return len(self.nodes) if self.present is None else self.present.size

    @property
    def subscripts(self) -> str:
        """One for each axis."""
        return AXES[: len(self.shape)]


def is_ragged(lengths: Ints) -> bool:
    """Whether lists have several lengths, and are half of a rectangle at least.

    >>> is_ragged(np.array([1, 2, 3])), is_ragged(np.array([3, 3, 3]))
    (True, False)
    """
    several = len(np.unique(lengths)) >= RAGGED
    return several and bool(len(lengths) * lengths.max() <= 2 * lengths.sum())


def cuts(values: Ints) -> list[int]:
    """Where equal neighbours begin and end.

    >>> cuts(np.array([5, 5, 3]))
    [0, 2, 3]
    """
    changes = np.flatnonzero(np.diff(values)) + 1
    return [0, *changes.tolist(), len(values)]
