"""The reference: every public name of every room, as its docstring tells it."""

import inspect
import re
from html import escape
from importlib import import_module
from typing import Any

from ..engine import OPS, Op
from .demos import PACKAGE


def reference() -> str:
    """Write the reference as HTML: the table of operations, then room by room.

    >>> "<dt id='nn-MLP'>" in reference()
    True
    """
    parts = ["<h1>API</h1>", '<div lang="en">', "<h2 id='ops'>OPS</h2>", *_table()]
    for room in rooms():
        face = import_module(f"..{room}", __package__)
        parts.append(f"<h2 id='{room}'>{room}</h2>")
        parts.append(html(inspect.getdoc(face) or ""))
        parts.append("<dl class='names'>")
        for name in face.__all__:
            parts += _entry(f"{room}-{name}", name, getattr(face, name))
        parts.append("</dl>")
    return "\n".join([*parts, "</div>"])


def rooms() -> list[str]:
    """List the rooms of the package, the folders that have a face.

    >>> "engine" in rooms()
    True
    """
    return [face.parent.name for face in sorted(PACKAGE.glob("*/__init__.py"))]


def _table() -> list[str]:
    rows = [_row(op) for op in OPS.values()]
    titles = ("name", "value", "partials", "where it exists")
    head = "".join(f"<th scope='col'>{title}</th>" for title in titles)
    return [f"<table><thead><tr>{head}</tr></thead><tbody>", *rows, "</tbody></table>"]


def _row(op: Op) -> str:
    name = f"{op.name}({', '.join(op.operands)})"
    partials = "<br>".join(f"<code>{escape(partial)}</code>" for partial in op.partials)
    cells = [f"<code>{escape(op.forward)}</code>", partials]
    cells.append(f"<code>{escape(op.domain)}</code>" if op.domain != "True" else "")
    shown = "".join(f"<td>{cell}</td>" for cell in cells)
    return f"<tr><th scope='row'><code>{escape(name)}</code></th>{shown}</tr>"


def _entry(key: str, name: str, thing: Any) -> list[str]:
    """A name with its signature and docstring; of a class its own methods too."""
    documented = inspect.isclass(thing) or inspect.isroutine(thing)
    told = html(inspect.getdoc(thing) or "") if documented else ""
    signature = escape(name + (_signature(thing) if documented else ""))
    lines = [f"<dt id='{key}'>{signature}</dt><dd>{told}"]
    methods = _methods(thing) if inspect.isclass(thing) else {}
    if methods:
        lines.append("<dl class='names'>")
        for method, function in methods.items():
            lines += _entry(f"{key}.{method}", method, function)
        lines.append("</dl>")
    return [*lines, "</dd>"]


def _methods(kind: type) -> dict[str, Any]:
    return {
        name: member
        for name, member in vars(kind).items()
        if inspect.isfunction(member) and not name.startswith("_") and member.__doc__
    }


def _signature(thing: Any) -> str:
    try:
        told = str(inspect.signature(thing))
    except ValueError:  # some that are written in C have none
        return "(…)"
    bare = re.sub(r"['\"]", "", told)
    return re.sub(r"\b(?:\w+\.)+(?=[A-Z])", "", bare)  # where types are from is long


def html(docstring: str) -> str:
    """Write a docstring as HTML: paragraphs, and what is typed as it stands.

    >>> html("Give `x`.\\n\\n>>> 1 + 1\\n2")
    '<p>Give <code>x</code>.</p><pre tabindex="0">&gt;&gt;&gt; 1 + 1\\n2</pre>'
    """
    return "".join(map(_block, filter(None, re.split(r"\n\s*\n", docstring))))


def _block(block: str) -> str:
    if re.search(r"^\s*(>>>|==)|^ ", block, re.MULTILINE):
        return f'<pre tabindex="0">{escape(inspect.cleandoc(block))}</pre>'
    text = re.sub(r"``?([^`]+)``?", r"<code>\1</code>", escape(block))
    return f"<p>{text}</p>"
