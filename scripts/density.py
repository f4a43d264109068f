"""Print how dense the code is: tokens a line by room, and the densest twenty lines.

A line with more than about ten tokens is a line to read twice. Tokens are counted as
Python's own tokenizer gives them, without comments, docstrings, line ends and indents.

    python scripts/density.py [FOLDER ...]
"""

import ast
import sys
import tokenize
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = [*sorted((ROOT / "micrograd_kr").glob("*/")), ROOT / "demos"]
DENSE = 30  # tokens; with so many a line is more than a thought
NOT_COUNTED = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
    tokenize.ENCODING,
}
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def docstring_lines(tree: ast.Module) -> set[int]:
    """Find the lines that docstrings take."""
    lines = set()
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node) is not None:
            text = node.body[0]
            lines |= set(range(text.lineno, (text.end_lineno or text.lineno) + 1))
    return lines


def tokens_by_line(path: Path, tree: ast.Module) -> Counter[int]:
    """Count the tokens that begin on each line of code of a file."""
    documented = docstring_lines(tree)
    count: Counter[int] = Counter()
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            line = token.start[0]
            if token.type not in NOT_COUNTED and line not in documented:
                count[line] += 1
    return count


def comprehensions(tree: ast.Module) -> int:
    """Count the comprehensions and generator expressions of a file."""
    return sum(isinstance(node, COMPREHENSIONS) for node in ast.walk(tree))


def main(folders: list[Path]) -> None:
    """Print the table of the folders, and the densest lines in them."""
    densest = []
    total_tokens = total_lines = 0
    print("tokens  lines  tokens/line  lines of 30+  comprehensions/100  room")
    for folder in folders:
        lines: list[int] = []
        loops = 0
        for path in sorted(folder.rglob("*.py")):
            text = path.read_text("utf-8")
            tree = ast.parse(text)
            counted = tokens_by_line(path, tree)
            lines += counted.values()
            loops += comprehensions(tree)
            for number, tokens in counted.items():
                source = text.splitlines()[number - 1].strip()
                densest.append((tokens, f"{path.relative_to(ROOT)}:{number}", source))
        if not lines:
            continue
        tokens, dense = sum(lines), sum(line >= DENSE for line in lines)
        total_tokens += tokens
        total_lines += len(lines)
        print(
            f"{tokens:6}  {len(lines):5}  {tokens / len(lines):11.1f}"
            f"  {dense / len(lines):12.1%}  {100 * loops / len(lines):18.1f}"
            f"  {folder.name}"
        )
    mean = total_tokens / max(1, total_lines)
    print(f"{total_tokens:6}  {total_lines:5}  {mean:11.1f}")

    print("\nthe densest lines")
    for tokens, place, source in sorted(densest, reverse=True)[:20]:
        print(f"{tokens:6}  {place}\n        {source}")


if __name__ == "__main__":
    main([Path(name).resolve() for name in sys.argv[1:]] or ROOMS)
