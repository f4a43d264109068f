"""The picture on a page: shapes and text, and nothing that could run or fetch."""

import re
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

_SVG = "{http://www.w3.org/2000/svg}"
_TAGS = {"svg", "g", "path", "polygon", "polyline", "ellipse", "text"}
_PLACES = {"viewBox", "transform", "d", "points", "x", "y", "cx", "cy", "rx", "ry"}
_LETTERS = {"text-anchor", "font-size", "font-weight", "font-style"}
# No colours: the style of the page has them, light and dark.
_ATTRIBUTES = {"id", "class"} | _PLACES | _LETTERS
_ID = re.compile(r"n\d+|e\d+_\d+")  # others could be mistaken for parts of the page


def clean(svg: str, prefix: str = "") -> str:
    """Keep of a picture the shapes, the text, and the ids of nodes and edges.

    With a ``prefix`` it is the picture of folded neurons, and its ids begin with it.

    >>> inside = "<script>x</script><g id='n0' onclick='x'/>"
    >>> clean(f"<svg xmlns='http://www.w3.org/2000/svg'>{inside}</svg>")
    '<svg xmlns="http://www.w3.org/2000/svg"><g id="n0"></g></svg>'
    """
    parser = ElementTree.XMLParser(target=_Writer(prefix))
    try:
        parser.feed(svg)
        return str(parser.close())
    except ElementTree.ParseError as error:
        raise ValueError(f"clean: {svg[:60]!r} is no SVG: {error}") from None


class _Writer:
    """Writes the allowed elements again as the parser meets them.

    The rest is left out, with all that is in it.
    """

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.parts: list[str] = []
        self.skipping = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.removeprefix(_SVG)
        if self.skipping or name not in _TAGS:
            self.skipping += 1
            return
        kept = {k: v for k, v in attributes.items() if k in _ATTRIBUTES}
        if not _ID.fullmatch(kept.get("id", "n0")):
            del kept["id"]
        if "id" in kept:
            kept["id"] = self.prefix + kept["id"]
        if name == "svg":
            kept = {"xmlns": _SVG[1:-1], **kept}
            kept |= {"class": "folded"} if self.prefix else {}
        written = [f" {k}={quoteattr(v)}" for k, v in kept.items()]
        self.parts.append(f"<{name}{''.join(written)}>")

    def data(self, text: str) -> None:
        if not self.skipping:
            # between texts a space, as a reader's software hears them
            self.parts.append(" " if text.isspace() else escape(text))

    def end(self, tag: str) -> None:
        if self.skipping:
            self.skipping -= 1
        else:
            self.parts.append(f"</{tag.removeprefix(_SVG)}>")

    def close(self) -> str:
        return "".join(self.parts)
