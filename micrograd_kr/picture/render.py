"""From DOT text to a picture: which program lays it out, and how it is run.

The system's ``dot`` does it when there is one, else the one inside the wheel
``graphviz-pure``, which comes with this package: nothing else needs to be installed.
Where no program can be started, a function lays it out: `layout_with`.
"""

import importlib
import importlib.metadata
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from .messages import say

# Its widths are known to every Graphviz: the font the layout is made with.
FONT = "Helvetica"
# The fonts it is shown with: the same widths, then Hangul on each system, then symbols.
FONTS = (
    "Helvetica, Arial, Liberation Sans, Pretendard, Apple SD Gothic Neo, "
    "Malgun Gothic, Noto Sans KR, Noto Sans CJK KR, NanumGothic, DejaVu Sans, "
    "sans-serif"
)
SECONDS = 120  # for a layout; a graph that needs longer is too large to be read

# The embedded dot's own fonts stop at Latin, Greek, Cyrillic, Hebrew and mathematics.
_NO_GLYPH = re.compile(r"[\u0600-\u1dff\u2c00-\ufdff\ufe10-\U0010ffff]")
_PAGE = (
    b"#set page(width: auto, height: auto, margin: 0pt)\n"
    b'#image(bytes(sys.inputs.svg), format: "svg")'
)


Layout = Callable[[str], str]  # from DOT text to an SVG document
_given: list[Layout] = []  # by `layout_with`, for the whole session


def layout_with(layout: Layout | None) -> None:
    """Let ``layout(dot_text)`` make the SVG of every picture from now on.

    That is for places where no program can be started, as in Pyodide, where JavaScript
    has a Graphviz: ``layout_with(lambda text: viz.renderString(text))``. None: the
    system's ``dot``, or the embedded one, again.

    >>> from micrograd_kr import Value, draw
    >>> layout_with(lambda text: f"<svg>{text.count('->')} edges</svg>")
    >>> draw(Value(2.0) * Value(3.0)).svg()
    '<svg>2 edges</svg>'
    >>> layout_with(None)
    """
    _given.clear()
    if layout is not None:  # a function of JavaScript has no hash, one of ours has
        _given.append(lambda text: str(layout(text)))


def dot_command() -> str:
    """Find the program that lays graphs out: the system's ``dot``, else the embedded.

    Raises RuntimeError with the one command to type when there is neither.
    """
    found = shutil.which("dot") or _embedded() or shutil.which("graphviz-pure")
    if found is None:
        lacks = "no_process" if sys.platform == "emscripten" else "no_graphviz"
        raise RuntimeError(say(lacks))
    return found


def _embedded() -> str | None:
    """Find the program that the wheel put somewhere, which need not be on PATH."""
    try:
        files = importlib.metadata.files("graphviz-pure") or []
    except importlib.metadata.PackageNotFoundError:
        return None
    for file in files:
        if file.stem == "graphviz-pure" and file.suffix in ("", ".exe"):
            program = Path(str(file.locate()))
            if program.exists():
                return str(program.resolve())
    return None


def laid_out(source: str) -> str:
    """Lay out DOT text: the picture as an SVG document, the same text once only."""
    return _laid_out(_given[0] if _given else dot_command(), source)


@lru_cache(maxsize=16)  # the frames of a walk are one layout
def _laid_out(program: str | Layout, source: str) -> str:
    if callable(program):
        text = program(source)
    else:
        text = run(program, "svg", source).decode()
    return re.sub(r'font-family="[^"]*"', f'font-family="{FONTS}"', text)


def printed(kind: str, source: str, svg: str | None = None) -> bytes:
    """Make a PNG at 192 dots an inch, or a PDF, of DOT text, or of ``svg`` instead."""
    if svg is None and _dot_can(kind, source):
        return run(dot_command(), kind, source)
    try:
        typst: Any = importlib.import_module("typst")
    except ImportError:
        what = _what_is_missing(kind, source)
        raise RuntimeError(say("no_printer", what=what)) from None
    picture = {"svg": laid_out(source) if svg is None else svg}
    return bytes(typst.compile(_PAGE, format=kind, ppi=192, sys_inputs=picture))


def _dot_can(kind: str, source: str) -> bool:
    if _given:
        return False
    if shutil.which("dot"):
        return True
    return kind == "png" and not _NO_GLYPH.search(source)


def _what_is_missing(kind: str, source: str) -> str:
    letter = _NO_GLYPH.search(source)
    if kind == "png" and letter:
        return say("png_with", letter=letter[0])
    return kind.upper() if kind == "pdf" else say("png_frame", kind=kind.upper())


def run(program: str, kind: str, source: str) -> bytes:
    """Let Graphviz make a picture of this kind.

    Raises RuntimeError with what it said when it failed or took too long.
    """
    command = [program, f"-T{kind}"]
    if kind == "png":
        command.append("-Gdpi=192")
    try:
        done = subprocess.run(
            command,
            input=source.encode(),
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        slow = say("too_slow", program=program, seconds=SECONDS)
        raise RuntimeError(slow) from None
    if done.returncode or not done.stdout:
        said = done.stderr.decode(errors="replace").strip() or "nothing"
        failed = {"command": " ".join(command), "code": str(done.returncode)}
        raise RuntimeError(say("failed", **failed, said=said))
    return done.stdout
