"""A file of the learner's own: two columns of numbers and a class."""

import os
import re
from pathlib import Path

from .data import Data
from .messages import say

NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?"
MOST_CLASSES = 10
FEWEST = 4  # points


def load_csv(path: str | os.PathLike[str]) -> Data:
    """Read lines ``x1, x2, class``; a first line of words is a heading.

    Between the columns stands a comma, a semicolon or a tab. A class is any text; they
    are counted from 0 in the order they come. Raises ValueError with the line for what
    is no such file.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "points.csv")
    ...     text = "x1,x2,who\\n0,1,a\\n2,3,b\\n4,5,a\\n6,7,b"
    ...     path.write_text(text) and load_csv(path)
    ([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0], [6.0, 7.0]], [0, 1, 0, 1])
    """
    text = Path(path).read_text("utf-8-sig", errors="replace")
    try:
        return _read(text)
    except ValueError as error:
        raise ValueError(f"{os.fspath(path)!s}: {error}") from None


def _read(text: str) -> Data:
    rows = []
    for line, row in enumerate(text.split("\n"), 1):
        cells = _cells(row)
        if any(cells):
            rows.append((line, cells))
    if rows and not any(_is_number(cell) for cell in rows[0][1][:2]):
        rows.pop(0)
    X: list[list[float]] = []
    y: list[int] = []
    names: dict[str, int] = {}
    for line, cells in rows:
        if len(cells) != 3:
            raise ValueError(say("csv_columns", line=line, n=len(cells)))
        for cell in cells[:2]:
            if not _is_number(cell):
                raise ValueError(say("csv_number", line=line, text=cell[:30] or "—"))
        X.append([float(cell) for cell in cells[:2]])
        y.append(names.setdefault(cells[2], len(names)))
    if len(names) > MOST_CLASSES:
        raise ValueError(say("csv_many", n=len(names)))
    if len(X) < FEWEST or len(names) < 2:
        raise ValueError(say("csv_few", n=len(X)))
    return X, y


def _cells(row: str) -> list[str]:
    between = next((sign for sign in ";\t" if sign in row), ",")
    return [cell.strip() for cell in row.split(between)]


def _is_number(cell: str) -> bool:
    return re.fullmatch(NUMBER, cell, re.IGNORECASE) is not None
