"""Write the notebooks of the tour, one a language, run and stored with their outputs.

``demos/tour.md`` is the source of both: a cell begins with a line ``%% ko``, ``%% en``
(text in that language) or ``%% code``, and ``{{뉴런|neuron}}`` is either word.

    python scripts/tour.py
"""

import os
import re
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "demos" / "tour.md"
NOTEBOOKS = {
    "ko": ROOT / "demos" / "tour.ipynb",
    "en": ROOT / "demos" / "tour.en.ipynb",
}
CELL = re.compile(r"^%% (ko|en|code)\n", re.MULTILINE)
WORD = re.compile(r"\{\{([^{}|]*)\|([^{}|]*)\}\}")


def notebook(lang: str) -> nbformat.NotebookNode:
    """Give the notebook in a language, without outputs."""
    made = nbformat.v4.new_notebook()
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    made.metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    _, *parts = CELL.split(SOURCE.read_text("utf-8"))
    for kind, text in zip(parts[::2], parts[1::2], strict=True):
        text = WORD.sub(r"\1" if lang == "ko" else r"\2", text.strip())
        if kind == "code":
            made.cells.append(nbformat.v4.new_code_cell(text))
        elif kind == lang:
            made.cells.append(nbformat.v4.new_markdown_cell(text))
    for k, cell in enumerate(made.cells):
        cell.id = f"cell-{k}"  # and not by chance: the same source is the same file
    return made


def executed(made: nbformat.NotebookNode, folder: Path) -> nbformat.NotebookNode:
    """Run a notebook in a folder, with the package of this checkout."""
    os.environ["PYTHONPATH"] = str(ROOT)
    resources = {"metadata": {"path": str(folder)}}
    client = NotebookClient(made, timeout=300, resources=resources, record_timing=False)
    return client.execute()


def main() -> None:
    """Write both."""
    for lang, path in NOTEBOOKS.items():
        with tempfile.TemporaryDirectory() as folder:
            made = executed(notebook(lang), Path(folder))
        nbformat.write(made, path)
        print(path.relative_to(ROOT), f"{path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    sys.exit(main())
