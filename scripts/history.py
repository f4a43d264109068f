"""Append what the benches measured to their history: one line of JSON a release.

It reads their output, and keeps each bar with its number and whether it was reached.

    python tests/bench/compiled.py | python scripts/history.py
"""

import json
import os
import platform
import sys
import tomllib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
HISTORY = ROOT / "tests" / "bench" / "history.jsonl"


def bars(lines: Iterable[str]) -> dict[str, tuple[float, bool]]:
    """Read the rows of the bars: a name, ..., what was measured, ok or not.

    >>> bars(["| moons: a / b | at most 1.2 | 1.16 | ok |", "| moons | a step | |"])
    {'moons: a / b': (1.16, True)}
    """
    found = {}
    for line in lines:
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if cells[-1] in ("ok", "not") and len(cells) >= 4:
            found[cells[0]] = float(cells[-2].replace(",", "")), cells[-1] == "ok"
    return found


def release(measured: dict[str, tuple[float, bool]]) -> dict[str, object]:
    """Make the line of the present version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return {
        "version": project["version"],
        "date": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "measured": {name: number for name, (number, _) in measured.items()},
        "missed": [name for name, (_, reached) in measured.items() if not reached],
    }


def record(lines: Iterable[str], history: Path = HISTORY) -> None:
    """Append the line; one of the same version, measured before, gives way to it."""
    line = release(bars(lines))
    if not line["measured"]:
        raise SystemExit("there is no bar in it: is this what a bench printed?")
    kept = []
    if history.exists():
        before = history.read_text("utf-8").splitlines()
        kept = [old for old in before if json.loads(old)["version"] != line["version"]]
    kept.append(json.dumps(line, ensure_ascii=False))
    history.write_text("\n".join(kept) + "\n", "utf-8")


if __name__ == "__main__":
    record(sys.stdin)
