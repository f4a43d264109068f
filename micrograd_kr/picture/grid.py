"""Networks on a grid: columns are layers, all centred, weights in order.

Graphviz orders what is in frames to have few crossings, which puts w1 before w0 and
neuron 7 before neuron 0, and leads lines around frames. A network needs no such search:
its places are known, and so is the way of a line that skips columns: in a lane of its
own, above or below the columns it skips. What is no network is left to Graphviz.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from ..engine import Value
from .folding import Arrow, Boxes
from .label import width_of

# In points, the unit of Graphviz: 72 an inch.
MARGIN, TITLE = 9.0, 18.0  # inside a frame, and for the line on top of it
BESIDE, BELOW = 14.0, 14.0  # between boxes in a row, and between rows of neurons
PARAMETERS = 30.0  # between the parameters of a neuron and its operations
APART = 18.0  # between the units of a column
COLUMNS = 80.0  # between columns
OPERATIONS, ABOVE = 36.0, 18.0  # between the operations of a neuron, and above each
LABEL = 60.0  # half of what is written on a line
UNDER = 13.0  # a parameter: what is written on its line
LINE = 26.0  # of room that what is written on lines needs from top to bottom
LANE, WRITTEN_LANE = 7.0, 15.0  # between lanes, and with something written on each
MOST_LANES = 48  # more of them hide the network
FARTHEST = 3  # columns; an operand is to be seen beside what is made of it
LANDING = 14.0  # a line that skipped columns goes straight into its box


class Size(NamedTuple):
    """How large something is."""

    width: float
    height: float


class Place(NamedTuple):
    """A rectangle by its centre; y grows upwards, as Graphviz counts."""

    x: float
    y: float
    width: float
    height: float


class Point(NamedTuple):
    """A point; y grows upwards, as Graphviz counts."""

    x: float
    y: float


class Span(NamedTuple):
    """Where a column is: from left to right, and as far up as down from 0."""

    left: float
    right: float
    half: float


@dataclass(eq=False)
class Unit:
    """What stands in a column: a box alone, or a frame with rows of boxes.

    A layer of folded neurons has one in each row; a neuron has its parameters in the
    first row and its operations in the second. One in single operations is a table: a
    column an operation, a row a product, and above each row its parameters.
    """

    title: str
    rows: Sequence[Sequence[Value | None]]
    is_neuron: bool = False
    is_table: bool = False

    @property
    def members(self) -> list[Value]:
        """All that stands here."""
        return [v for row in self.rows for v in row if v is not None]

    @property
    def entries(self) -> set[Value]:
        """Tell where lines may come in from the left."""
        return {row[0] for row in self.rows if row[0] is not None}

    @property
    def exits(self) -> set[Value]:
        """Tell where lines may go out to the right."""
        return {row[-1] for row in self.rows if row[-1] is not None}


@dataclass
class Grid:
    """Hold the place of each box, and of each frame by its title."""

    boxes: dict[Value, Place] = field(default_factory=dict)
    frames: dict[str, Place] = field(default_factory=dict)

    lines: Counter[Value] = field(default_factory=Counter)  # that leave each box
    # By its id, an arrow that skips columns: the points it goes through, between which
    # it leaves each of them and enters the next horizontally.
    ways: dict[str, list[Point]] = field(default_factory=dict)

    def is_above(self, arrow: Arrow) -> bool:
        """Tell whether it comes from a parameter above its operation."""
        parent, box = self.boxes[arrow.parent], self.boxes[arrow.box]
        return parent.x + parent.width / 2 > box.x - box.width / 2

    def label_after(self, arrow: Arrow) -> float:
        """Tell how far along an arrow its label stands: where the lines have parted."""
        parent, box = self.boxes[arrow.parent], self.boxes[arrow.box]
        if self.is_above(arrow):
            drop = parent.y - box.y - (parent.height + box.height) / 2
            return math.hypot(parent.x - box.x, drop) * UNDER / drop
        wide = box.x - parent.x - (box.width + parent.width) / 2
        length = math.hypot(wide, box.y - parent.y)
        return length / (self.lines[arrow.parent] + 1)


def grid_of(
    boxes: Boxes,
    sizes: Mapping[Value, Size],
    labelled: bool,
) -> Grid | None:
    """Give each box its place; None for what is no network of layers.

    ``labelled``: leave room for text on the lines.
    """
    units = _units(boxes)
    columns = _columns(units, boxes.arrows) if units else []
    if not columns:
        return None
    skips = _skips(columns, boxes.arrows)
    far = any(skip.head - skip.tail > FARTHEST for skip in skips)
    if far or len(skips) > MOST_LANES:
        return None
    lines = Counter(arrow.parent for arrow in boxes.arrows)
    lines.subtract(skip.arrow.parent for skip in skips)
    placing = _Placing(sizes, lines, labelled)
    placing.place(columns)
    placing.lead(skips)
    return placing.grid


def _units(boxes: Boxes) -> list[Unit]:
    """Divide a network into its units; nothing if it has none or larger neurons."""
    if not boxes.neurons.box:
        return []
    frames, units = boxes.frames(), []
    for title, members in frames.items():
        if not title:
            units += [Unit("", [[v]]) for v in members]
        elif boxes.folded:
            units.append(Unit(title, [[v] for v in members]))
        else:
            parameters = [v for v in members if v.op is None]
            operations = [v for v in members if v.op is not None]
            if _is_one_neuron(operations):
                units.append(Unit(title, [parameters, operations], is_neuron=True))
            elif rows := _table(parameters, operations):
                units.append(Unit(title, rows, is_neuron=True, is_table=True))
            else:
                return []
    return units


def _is_one_neuron(operations: Sequence[Value]) -> bool:
    """Tell whether this is w·x+b, perhaps with its activation behind it."""
    if len(operations) == 2:
        linear, activation = operations
        return activation.parents == (linear,)
    return len(operations) == 1


def _table(
    parameters: Sequence[Value], operations: Sequence[Value]
) -> list[list[Value | None]]:
    """Give each operation of a neuron a row and a column; nothing if they need more.

    A product begins a row, what adds it up stands in that row. Above each operation is
    the parameter it reads.
    """
    where = _cells(operations)
    reads = [(v, p) for v in operations for p in v.parents if p in parameters]
    above = dict(reads)
    one_above_each = len(above) == len(reads) == len(parameters)
    each_once = set(above.values()) == set(parameters)
    if not (operations and one_above_each and each_once and _is_clear(where)):
        return []
    rows = max(row for row, _ in where.values()) + 1
    columns = max(column for _, column in where.values()) + 1
    table: list[list[Value | None]] = [[None] * columns for _ in range(2 * rows)]
    for v, (row, column) in where.items():
        table[2 * row][column] = above.get(v)
        table[2 * row + 1][column] = v
    return table


def _cells(operations: Iterable[Value]) -> dict[Value, tuple[int, int]]:
    """Put each in the lowest row it reads, in the column after all that it reads."""
    where: dict[Value, tuple[int, int]] = {}
    rows = 0
    for v in operations:
        before = [where[p] for p in v.parents if p in where]
        if before:
            row = max(row for row, _ in before)
            where[v] = row, max(column for _, column in before) + 1
        else:
            where[v] = rows, 0
            rows += 1
    return where


def _is_clear(where: Mapping[Value, tuple[int, int]]) -> bool:
    """Tell whether no two share a cell and no line runs through one."""
    taken = set(where.values())
    for v, (row, column) in where.items():
        for from_row, start in [where[p] for p in v.parents if p in where]:
            between = {(row, i) for i in range(start + 1, column)}
            crosses_rows = from_row != row and start + 1 < column
            if between & taken or crosses_rows:
                return False
    return len(taken) == len(where)


def _columns(units: Sequence[Unit], arrows: Iterable[Arrow]) -> list[list[Unit]]:
    """Sort the units into columns; none if a line would run through a box."""
    unit_of = {v: unit for unit in units for v in unit.members}
    entries = {v for unit in units for v in unit.entries}
    exits = {v for unit in units for v in unit.exits}
    reads: dict[Unit, set[Unit]] = {unit: set() for unit in units}
    for arrow in arrows:
        tail, head = unit_of[arrow.parent], unit_of[arrow.box]
        if tail is head and head.is_neuron:
            continue
        if arrow.parent not in exits or arrow.box not in entries:
            return []
        reads[head].add(tail)
    try:
        depth = _depths(reads)
    except CycleError:
        return []
    columns: list[list[Unit]] = [[] for _ in range(max(depth.values()) + 1)]
    for unit in units:
        columns[depth[unit]].append(unit)
    return columns


def _depths(reads: Mapping[Unit, set[Unit]]) -> dict[Unit, int]:
    """Count the units before each; what reads nothing stands before its first user."""
    depth: dict[Unit, int] = {}
    for unit in TopologicalSorter(reads).static_order():
        depth[unit] = max((depth[p] + 1 for p in reads[unit]), default=0)
    users: dict[Unit, list[int]] = {}
    for unit, parents in reads.items():
        for p in parents:
            users.setdefault(p, []).append(depth[unit])
    for unit, parents in reads.items():
        if not parents and unit in users:
            depth[unit] = min(users[unit]) - 1
    return depth


class Skip(NamedTuple):
    """An arrow that skips columns, and from which column it goes to which."""

    arrow: Arrow
    tail: int
    head: int


def _skips(columns: Sequence[Sequence[Unit]], arrows: Iterable[Arrow]) -> list[Skip]:
    """Find the arrows that do not end in the next column."""
    column_of = {
        v: i
        for i, column in enumerate(columns)
        for unit in column
        for v in unit.members
    }
    found = [Skip(a, column_of[a.parent], column_of[a.box]) for a in arrows]
    return [skip for skip in found if skip.head > skip.tail + 1]


class _Placing:
    """Goes from column to column, and in each from top to bottom."""

    def __init__(
        self, sizes: Mapping[Value, Size], lines: Counter[Value], labelled: bool
    ) -> None:
        self.sizes, self.lines, self.labelled = dict(sizes), lines, labelled
        self.grid = Grid(lines=lines)
        self.spans: list[Span] = []
        self.widest: dict[Unit, float] = {}  # of the boxes of a unit

    def place(self, columns: Sequence[Sequence[Unit]]) -> None:
        left = 0.0
        for column in columns:
            self._align(column)
            width = max(self._size(unit).width for unit in column)
            height = self._stack(column, left + width / 2)
            self.spans.append(Span(left, left + width, height / 2))
            left += width + self._gap(column)

    def lead(self, skips: Sequence[Skip]) -> None:
        """Lead each skip above the columns, or below if it starts in the lower half."""
        upper = [s for s in skips if self.grid.boxes[s.arrow.parent].y >= 0]
        self._fill_lanes(upper, 1)
        lower = [s for s in skips if self.grid.boxes[s.arrow.parent].y < 0]
        self._fill_lanes(lower, -1)

    def _fill_lanes(self, skips: list[Skip], side: int) -> None:
        """Give each its lane: around the others what comes from, and goes, farther."""

        def from_inside(skip: Skip) -> tuple[float, ...]:
            start, end = self._ends(skip.arrow)
            return (-skip.tail, start.y * side, skip.head, end.y * side)

        apart = WRITTEN_LANE if self.labelled else LANE
        passed = [self.spans[i] for s in skips for i in range(s.tail + 1, s.head)]
        lane = max((span.half for span in passed), default=0.0) + APART / 2
        for skip in sorted(skips, key=from_inside):
            self.grid.ways[skip.arrow.id] = self._way(skip, lane * side)
            lane += apart

    def _way(self, skip: Skip, lane: float) -> list[Point]:
        start, end = self._ends(skip.arrow)
        out, into = self.spans[skip.tail].right, self.spans[skip.head].left - LANDING
        first, last = self.spans[skip.tail + 1], self.spans[skip.head - 1]
        return [
            start,
            Point(out, start.y),
            Point(first.left, lane),
            Point(last.right, lane),
            Point(into, end.y),
            end,
        ]

    def _ends(self, arrow: Arrow) -> tuple[Point, Point]:
        tail, head = self.grid.boxes[arrow.parent], self.grid.boxes[arrow.box]
        start = Point(tail.x + tail.width / 2, tail.y)
        return start, Point(head.x - head.width / 2, head.y)

    def _align(self, column: Sequence[Unit]) -> None:
        """Make the leaves of a column equally wide, and the operations."""
        members = [v for unit in column for v in unit.members]
        for leaves in (True, False):
            alike = [v for v in members if (v.op is None) is leaves]
            width = max((self.sizes[v].width for v in alike), default=0.0)
            for v in alike:
                self.sizes[v] = Size(width, self.sizes[v].height)
        for unit in column:
            self.widest[unit] = max(self.sizes[v].width for v in unit.members)

    def _gap(self, column: Iterable[Unit]) -> float:
        """Leave room after a column; labels stand where its lines have parted."""
        if not self.labelled:
            return COLUMNS
        lines = max(self.lines[v] for unit in column for v in unit.exits)
        return max(COLUMNS, LABEL * min(lines + 1, 5))

    def _size(self, unit: Unit) -> Size:
        rows = [self._row(unit, row) for row in unit.rows]
        width = max(row.width for row in rows)
        height = sum(row.height for row in rows)
        height += sum(self._below(unit, i) for i in range(len(rows) - 1))
        if not unit.title:
            return Size(width, height)
        width = max(width, width_of(unit.title, 11))
        return Size(width + 2 * MARGIN, height + 2 * MARGIN + TITLE)

    def _row(self, unit: Unit, row: Sequence[Value | None]) -> Size:
        cells = [self._cell(unit, v) for v in row]
        width = sum(size.width for size in cells) + self._beside(unit) * (len(row) - 1)
        return Size(width, max(size.height for size in cells))

    def _cell(self, unit: Unit, v: Value | None) -> Size:
        """Tell the room for one; those of a table are equally wide, some empty."""
        size = self.sizes[v] if v is not None else Size(0.0, 0.0)
        if unit.is_table:
            return Size(self.widest[unit], size.height)
        return size

    def _beside(self, unit: Unit) -> float:
        if not unit.is_table:
            return BESIDE
        return 2 * LABEL if self.labelled else OPERATIONS

    def _below(self, unit: Unit, row: int) -> float:
        """Leave room between a row and the next."""
        gap = BELOW
        if unit.is_table:
            gap = APART if row % 2 else ABOVE
        elif unit.is_neuron:
            gap = PARAMETERS
        return gap + LINE * self.labelled

    def _stack(self, column: Sequence[Unit], x: float) -> float:
        """Put units below each other, the middle at 0; tell their height."""
        apart = APART + LINE * self.labelled
        sizes = [self._size(unit) for unit in column]
        height = sum(size.height for size in sizes) + apart * (len(sizes) - 1)
        top = height / 2
        for unit, size in zip(column, sizes, strict=True):
            place = Place(x, top - size.height / 2, *size)
            self._fill(unit, place)
            top -= size.height + apart
        return height

    def _fill(self, unit: Unit, place: Place) -> None:
        top, width = place.y + place.height / 2, place.width
        if unit.title:
            self.grid.frames[unit.title] = place
            top -= MARGIN + TITLE
            width -= 2 * MARGIN
        for i, row in enumerate(unit.rows):
            height = self._row(unit, row).height
            self._justify(unit, row, place.x - width / 2, top - height / 2, width)
            top -= height + self._below(unit, i)

    def _justify(
        self,
        unit: Unit,
        row: Sequence[Value | None],
        left: float,
        y: float,
        width: float,
    ) -> None:
        """Put the first at the left end and the last at the right."""
        spare = width - self._row(unit, row).width
        gap = self._beside(unit) + spare / max(len(row) - 1, 1)
        for v in row:
            cell = self._cell(unit, v)
            if v is not None:
                self.grid.boxes[v] = Place(left + cell.width / 2, y, *self.sizes[v])
            left += cell.width + gap
