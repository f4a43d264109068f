"""What pictures of training are drawn on: a Figure with Hangul; SVG or PNG.

Nothing here touches pyplot or the settings of the user's matplotlib. Korean is set in
NanumGothic, from the font file in the wheel of koreanize-matplotlib.
"""

import os
import tempfile
import webbrowser
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

from ..text import check_ending, install_command, replace_file
from .messages import say


def _needs(library: str) -> ImportError:
    command = install_command("demos")
    return ImportError(say("needs", what="plot", library=library, command=command))


try:
    import matplotlib
    from matplotlib.axes import Axes as Axes  # handed on
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.font_manager import fontManager, get_font
    from matplotlib.text import Text
except ImportError:
    raise _needs("matplotlib") from None

COLORS = (
    "#3573b1",
    "#e0771c",
    "#3a9b62",
    "#8a63b8",
    "#c94f6d",
    "#5aa9c4",
    "#b59a1f",
    "#8c6d4f",
    "#7a7f87",
    "#2f4b7c",
)
# Of the files of each kind: no date, so the same picture is the same bytes.
METADATA: Mapping[str, dict[str, None]] = {
    ".svg": {"Date": None},
    ".png": {"Software": None},
}
# Letters are outlines, and names are always the same.
SVG: Any = {"svg.fonttype": "path", "svg.hashsalt": "micrograd_kr"}


class Picture(Figure):
    """A Figure whose letters come from fonts that have Hangul, wherever it is drawn.

    A notebook shows it when it is the last value of a cell.
    """

    def draw(self, renderer: Any) -> None:
        """Draw everything, in these fonts."""
        for text in self.findobj(Text):
            text.set_fontfamily(_fonts())
        # The labels of ticks are made while the axes are drawn.
        with matplotlib.rc_context({"font.family": _fonts()}):
            super().draw(renderer)

    def encoded(self, suffix: str) -> bytes:
        """Give the bytes of an SVG or PNG file; the same for the same picture."""
        out = BytesIO()
        with matplotlib.rc_context(SVG):
            self.savefig(out, format=suffix[1:], dpi=150, metadata=METADATA[suffix])
        return out.getvalue()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture as SVG or PNG, by the suffix of ``path``; give the path.

        The file is whole or not there. In an SVG letters are outlines and need no font.
        Raises ValueError for another suffix.

        >>> figure().save("relu.txt")
        Traceback (most recent call last):
            ...
        ValueError: relu.txt: the name of this file must end in one of .svg, .png
        """
        path = check_ending(path, METADATA)
        replace_file(path, self.encoded(path.suffix.lower()))
        return path

    def show(self, warn: bool = True) -> None:
        """Open the picture in the browser."""
        handle, name = tempfile.mkstemp(prefix="plot-", suffix=".svg")
        os.close(handle)
        webbrowser.open(self.save(name).as_uri())

    def __repr__(self) -> str:
        return (
            f"Picture({len(self.axes)} axes; .show() opens it, "
            ".save('plot.svg') writes it)"
        )

    def _repr_png_(self) -> bytes:
        return self.encoded(".png")


def figure(
    rows: int = 1, columns: int = 1, size: tuple[float, float] = (5.5, 4.2)
) -> Picture:
    """Make an empty Figure of ``rows`` × ``columns`` axes, each ``size`` inches.

    They are in its list ``axes``, row by row.

    >>> len(figure(2, 3).axes)
    6
    """
    width, height = size[0] * columns, size[1] * rows
    made = Picture(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(made)
    made.subplots(rows, columns)
    for ax in made.axes:
        ax.set_prop_cycle(color=COLORS)
    return made


def axes_of(ax: Axes | None) -> tuple[Axes, Picture]:
    """Give the axes to draw into, those of a new figure without any; and the figure.

    Raises TypeError for axes of a figure that has no Hangul.

    >>> ax, picture = axes_of(None)
    >>> picture.axes == [ax]
    True
    """
    if ax is None:
        ax = figure().axes[0]
    picture = ax.get_figure(root=True)
    if not isinstance(picture, Picture):
        raise TypeError(say("axes"))
    return ax, picture


@cache
def _fonts() -> list[str]:
    """The families of letters, in order: matplotlib's own, then one with Hangul."""
    # Found and not imported: importing it changes matplotlib's settings.
    package = find_spec("koreanize_matplotlib")
    folder = package.submodule_search_locations if package else None
    if not folder:
        raise _needs("koreanize-matplotlib")
    file = os.path.join(folder[0], "fonts", "NanumGothic.ttf")
    fontManager.addfont(file)
    return ["DejaVu Sans", get_font(file).family_name]
