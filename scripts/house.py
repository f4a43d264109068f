"""Draw the house in CONTRIBUTING: which room imports which, as a Mermaid diagram.

It is read from the imports; a test holds what stands there equal to them. An arrow that
follows from two others is left out.

    python scripts/house.py
"""

import ast
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "micrograd_kr"
sys.path.insert(0, str(ROOT))

from micrograd_kr.course.reference import rooms  # noqa: E402

GUIDES = [ROOT / "CONTRIBUTING.md", ROOT / "CONTRIBUTING.ko.md"]
BLOCK = re.compile(r"(?<=```mermaid\n).*?(?=```)", re.DOTALL)


def below(room: str) -> set[str]:
    """Find the rooms that the files of a room import."""
    found = set()
    for path in (PACKAGE / room).rglob("*.py"):
        depth = len(path.relative_to(PACKAGE).parts)
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level == depth:
                found.add((node.module or "").split(".")[0])
    return found & set(rooms())


def all_below(room: str, direct: dict[str, set[str]]) -> set[str]:
    """Find what a room stands on, through others too."""
    found = set(direct[room])
    for other in direct[room]:
        found |= all_below(other, direct)
    return found


def house() -> str:
    """Write the diagram: an arrow to each room that no other arrow leads to."""
    direct = {room: below(room) for room in rooms()}
    lines = ["flowchart TD"]
    for room, others in direct.items():
        through = set[str]().union(*(all_below(other, direct) for other in others))
        lines += [f"    {room} --> {other}" for other in sorted(others - through)]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write it into both guides."""
    for path in GUIDES:
        text = path.read_text("utf-8")
        path.write_text(BLOCK.sub(lambda _: house(), text, count=1), "utf-8")


if __name__ == "__main__":
    main()
