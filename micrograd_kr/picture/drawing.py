"""A picture: as SVG, in a file, in a browser, in a notebook, as one frame of many."""

import os
import tempfile
import webbrowser
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..text import check_ending, replace_file
from .frame import changed
from .messages import say
from .render import laid_out, printed

FORMATS = (".svg", ".png", ".pdf", ".dot", ".mmd")

Looks = Mapping[str, Mapping[str, object]]


@dataclass(frozen=True)
class Drawing:
    """Keep a picture as DOT text (``source``), laid out when it is asked for.

    A notebook shows it as it is; `show` opens it in a browser, `svg` is the picture as
    text, `save` writes it to a file, `frame` changes texts and colours and moves
    nothing.

    >>> drawing = Drawing("digraph { a -> b }")
    >>> drawing.svg().count("<g id=")  # the graph, two nodes, one edge
    4
    """

    source: str
    looks: Looks = field(default_factory=dict)
    diagram: str = field(default="", repr=False, compare=False)

    def svg(self) -> str:
        """Give the picture as an SVG document.

        Raises RuntimeError when there is no Graphviz, or with what it said.
        """
        svg = laid_out(self.source)
        return changed(svg, self.looks) if self.looks else svg

    def frame(self, looks: Looks) -> "Drawing":
        """Give the picture with other texts and colours, everything in its place.

        ``looks``: for the id of a node (``"n3"``), of an edge (``"e3_0"``) or for
        ``"graph"``, the attributes to change: ``label`` (of an edge or the graph),
        ``data`` and ``grad`` (the numbers in a node), ``color``, ``fillcolor``,
        ``fontcolor``, ``penwidth``, ``style`` ("dashed" or "solid"). Draw first with
        the widest texts, then blank: ``{"n3": {"grad": "–"}, "e3_0": {"label": ""}}``.
        The layout is made once for all frames. Raises KeyError for an unknown id.

        >>> drawing = Drawing('digraph { a [id=n0 label="100"] }')
        >>> ">7</text>" in drawing.frame({"n0": {"grad": 7}}).svg()
        True
        """
        merged = {key: dict(look) for key, look in self.looks.items()}
        for key, look in looks.items():
            merged.setdefault(key, {}).update(look)
        return Drawing(self.source, merged)

    def mermaid(self) -> str:
        """Give the picture as Mermaid text: GitHub shows it in a ```` ```mermaid ````.

        Raises ValueError for a frame, and for a picture of DOT text alone.

        >>> from micrograd_kr import Value, draw
        >>> print(draw(Value(3.0, "x") * 2).mermaid())  # doctest: +ELLIPSIS
        flowchart LR
            n0("x<br>data 3<br>grad –"):::input
            n1("v1 = x #42; 2<br>data 6<br>grad –"):::result
            n0 --> n1
            classDef input fill:#e4f2e8,stroke:#7fae8f,color:#1f2933
        ...
        """
        if self.looks or not self.diagram:
            raise ValueError(say("no_mermaid"))
        return self.diagram

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture; the end of the name says how.

        ``.svg``, ``.png``, ``.pdf``, ``.dot``, or ``.mmd`` for Mermaid. Returns the
        path. The file is whole or not there. The embedded dot has no PDF and no Hangul
        in PNG; ``pip install typst`` adds both, and so does a system Graphviz. Without
        them these two raise RuntimeError; SVG needs neither.
        """
        path = check_ending(path, FORMATS)
        kind = path.suffix.lower()
        if kind == ".dot":
            content = self.source.encode()
        elif kind == ".mmd":
            content = self.mermaid().encode()
        elif kind == ".svg":
            content = self.svg().encode()
        else:
            svg = self.svg() if self.looks else None
            content = printed(kind[1:], self.source, svg)
        replace_file(path, content)
        return path

    def show(self) -> Path:
        """Open the picture in the browser; the path of the file that it is in.

        >>> Drawing("digraph { a }").show()  # doctest: +SKIP
        PosixPath('/tmp/graph-x1.svg')
        """
        handle, name = tempfile.mkstemp(prefix="graph-", suffix=".svg")
        os.close(handle)
        path = self.save(name)
        webbrowser.open(path.as_uri())
        return path

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> dict[str, str]:
        return {"image/svg+xml": self.svg(), "text/plain": repr(self)}

    _repr_svg_ = svg

    def __repr__(self) -> str:
        edges = self.source.count(" -> ")
        return f"Drawing({edges} edges; .show() opens it, .save('graph.svg') writes it)"
