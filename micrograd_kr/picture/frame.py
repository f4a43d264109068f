"""Change the texts and colours of a laid-out picture, and move nothing in it."""

import re
from collections.abc import Iterable, Mapping
from xml.etree import ElementTree

from ..text import listed
from .label import visible
from .messages import say

_SPACE = "http://www.w3.org/2000/svg"
_SVG = f"{{{_SPACE}}}"
_COLOURS = {"color": "stroke", "penwidth": "stroke-width"}  # as SVG calls them
_PLACE = {"data": -3, "grad": -1}  # of the texts of a node, counted from the end

ElementTree.register_namespace("", _SPACE)


def changed(svg: str, looks: Mapping[str, Mapping[str, object]]) -> str:
    """Give the SVG with the looks of these ids changed; see `Drawing.frame`."""
    root = ElementTree.fromstring(svg)
    groups = {g.get("id", ""): g for g in root.iter(f"{_SVG}g")}
    groups["graph"] = groups["graph0"]
    for key, look in looks.items():
        if key not in groups:
            raise KeyError(say("no_such_id", id=key, ids=listed(groups)))
        _change(groups[key], look)
    return ElementTree.tostring(root, encoding="unicode")


def _change(group: ElementTree.Element, look: Mapping[str, object]) -> None:
    texts = group.findall(f"{_SVG}text")
    for key, value in look.items():
        said = visible(str(value))
        if key in _PLACE:
            _write_to_the_right(group, texts, texts[_PLACE[key]], said)
        elif key == "label":
            _write(texts, said)
        elif key == "fontcolor":
            for text in texts:
                text.set("fill", said)
        else:
            for shape in _shapes(group):
                _paint(shape, key, said)


def _shapes(group: ElementTree.Element) -> Iterable[ElementTree.Element]:
    if group.get("class") == "graph":
        return group.findall(f"{_SVG}polygon")[:1]
    shapes = [*group.findall(f"{_SVG}path"), *group.findall(f"{_SVG}polygon")]
    # what is behind a label has no outline
    return [shape for shape in shapes if shape.get("stroke") != "none"]


def _paint(shape: ElementTree.Element, key: str, value: str) -> None:
    arrowhead = shape.tag == f"{_SVG}polygon"
    if key in _COLOURS:
        shape.set(_COLOURS[key], value)
        if key == "color" and arrowhead:
            shape.set("fill", value)
    elif key in ("fillcolor", "bgcolor"):
        shape.set("fill", value)
    elif key == "style" and not arrowhead:
        shape.attrib.pop("stroke-dasharray", None)
        if "dashed" in value:
            shape.set("stroke-dasharray", "5,2")


def _write(texts: list[ElementTree.Element], said: str) -> None:
    """Put one line where the text was, and nothing in the other lines."""
    for text in texts:
        text.text = ""
    if texts:
        texts[0].text = said


def _write_to_the_right(
    group: ElementTree.Element,
    texts: list[ElementTree.Element],
    text: ElementTree.Element,
    said: str,
) -> None:
    """Write a number that ends where the right edge of its cell is."""
    text.text = said
    outline = group.find(f"{_SVG}path")
    if outline is None or len(texts) < 2:
        return
    xs = [float(x) for x in re.findall(r"(-?[\d.]+),", outline.get("d", ""))]
    margin = min(float(t.get("x", 0)) for t in texts) - min(xs)
    text.set("text-anchor", "end")
    text.set("x", f"{max(xs) - margin:g}")
