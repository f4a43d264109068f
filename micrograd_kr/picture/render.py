"""From DOT text to a picture: which program lays it out, and what it is saved as.

The system's ``dot`` does it when there is one, else the one inside the wheel ``graphviz-pure``,
which comes with this package: nothing else needs to be installed.
"""

import importlib
import importlib.metadata
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..text import replace_file

FONT = "Helvetica"  # its widths are known to every Graphviz, so it is the font the layout is made with
# and these are the fonts it is shown with: the same widths, then Hangul on each system, then symbols
FONTS = (
    "Helvetica, Arial, Liberation Sans, Pretendard, Apple SD Gothic Neo, Malgun Gothic, "
    "Noto Sans KR, Noto Sans CJK KR, NanumGothic, DejaVu Sans, sans-serif"
)
FORMATS = (".svg", ".png", ".pdf", ".dot")
SECONDS = 120  # for a layout; a graph that needs longer is too large to be read

# The embedded dot's own fonts stop at Latin, Greek, Cyrillic, Hebrew and mathematical signs.
_NO_GLYPH = re.compile(r"[\u0600-\u1dff\u2c00-\ufdff\ufe10-\U0010ffff]")


@dataclass(frozen=True)
class Drawing:
    """A picture, kept as DOT text (``source``) and laid out when it is asked for.

    Shown by a notebook as it is. `svg` is the picture as text, `save` writes it to a file.

    >>> drawing = Drawing("digraph { a -> b }")
    >>> drawing.svg().count("<g id=")  # the graph, two nodes, one edge
    4
    """

    source: str

    def svg(self) -> str:
        """The picture as an SVG document.

        Raises RuntimeError when there is no Graphviz, or with what it said when it failed.
        """
        text = _run("svg", self.source).decode()
        return re.sub(r'font-family="[^"]*"', f'font-family="{FONTS}"', text)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture; the end of the name says how: ``.svg``, ``.png``, ``.pdf`` or ``.dot``.

        Returns the path. The file is whole or not there: it is written beside and then moved.
        The embedded dot has no PDF and no Hangul in PNG; ``pip install typst`` adds both, and so
        does a system Graphviz. Without them these two raise RuntimeError; SVG needs neither.
        """
        path = Path(path)
        kind = path.suffix.lower()
        if kind not in FORMATS:
            raise ValueError(
                f"save: {str(path)!r} must end in one of {', '.join(FORMATS)}"
            )
        if kind == ".dot":
            content = self.source.encode()
        elif kind == ".svg":
            content = self.svg().encode()
        else:
            content = self._printed(kind[1:])
        write(path, content)
        return path

    def _printed(self, kind: str) -> bytes:
        """PNG at 192 dots an inch, or PDF."""
        if shutil.which("dot"):
            return _run(kind, self.source)
        missing = _NO_GLYPH.search(self.source)
        if kind == "png" and not missing:
            return _run(kind, self.source)
        try:
            typst: Any = importlib.import_module("typst")
        except ImportError:
            what = (
                "PDF"
                if kind == "pdf"
                else f"PNG with {missing[0]!r} in it"
                if missing
                else kind
            )
            raise RuntimeError(
                f"save: {what} is more than the embedded dot can write. Type: pip install typst "
                "(or install Graphviz, https://graphviz.org/download), or save as .svg"
            ) from None
        page = b'#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.svg), format: "svg")'
        return bytes(
            typst.compile(page, format=kind, ppi=192, sys_inputs={"svg": self.svg()})
        )

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> dict[str, str]:
        return {"image/svg+xml": self.svg(), "text/plain": repr(self)}

    _repr_svg_ = svg

    def __repr__(self) -> str:
        return f"Drawing({self.source.count(' -> ')} edges; .svg() is the picture, .save('graph.svg') writes it)"


def dot_command() -> str:
    """The program that lays graphs out: the system's ``dot``, else the embedded one.

    Raises RuntimeError with the one command to type when there is neither.
    """
    found = shutil.which("dot") or _embedded() or shutil.which("graphviz-pure")
    if found is None:
        raise RuntimeError(
            "drawing needs Graphviz, and there is none. Type: pip install graphviz-pure"
        )
    return found


def _embedded() -> str | None:
    """Where the wheel put its program, which need not be on PATH."""
    try:
        files = importlib.metadata.files("graphviz-pure") or []
    except importlib.metadata.PackageNotFoundError:
        return None
    programs = [
        Path(str(f.locate()))
        for f in files
        if f.stem == "graphviz-pure" and f.suffix in ("", ".exe")
    ]
    return next((str(p.resolve()) for p in programs if p.exists()), None)


def _run(kind: str, source: str) -> bytes:
    command = [dot_command(), f"-T{kind}", *(["-Gdpi=192"] if kind == "png" else [])]
    try:
        done = subprocess.run(
            command,
            input=source.encode(),
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise RuntimeError(
            f"{command[0]} did not finish in {SECONDS} s: draw a smaller part of the graph"
        ) from None
    if done.returncode or not done.stdout:
        said = done.stderr.decode(errors="replace").strip() or "nothing"
        raise RuntimeError(
            f"{' '.join(command)} failed with exit code {done.returncode}. It said: {said}"
        )
    return done.stdout


def write(path: Path, content: bytes) -> None:
    """Write a file that is never seen half written."""
    if not path.parent.is_dir():
        raise FileNotFoundError(f"save: there is no folder {str(path.parent)!r}")
    replace_file(path, content)
