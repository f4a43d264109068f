"""The document in a model file: JSON, checked before it is believed.

It names its format and version, says how the network is built, and gives each parameter
by its name. Numbers are written with the fewest digits that read back as the same
float. A checksum over all of it tells when something was changed or lost on the way.
Each check raises ValueError.
"""

import hashlib
import json
import reprlib
from collections import Counter
from collections.abc import Collection
from itertools import pairwise
from typing import Any

from ..engine import check_number
from .messages import say

FORMAT = "micrograd_kr model"
VERSION = 1
MAX_BYTES = 32 * 2**20  # some 700,000 parameters

Architecture = dict[str, Any]
Numbers = dict[str, float]

_KEYS = ("format", "version", "architecture", "parameters", "sha256")
_ARCHITECTURE = ("nin", "nouts", "activation", "init", "expand")


def compose(architecture: Architecture | None, parameters: Numbers) -> bytes:
    """Give the document as bytes that are known to read back.

    >>> parse(compose(None, {"w": 0.5}))
    (None, {'w': 0.5})
    """
    if architecture is not None and count(architecture) != len(parameters):
        architecture = None  # somebody added parameters of their own
    document = {
        "format": FORMAT,
        "version": VERSION,
        "architecture": architecture,
        "parameters": parameters,
        "sha256": _checksum(architecture, parameters),
    }
    text = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)
    data = text.encode() + b"\n"
    parse(data)
    return data


def parse(data: bytes) -> tuple[Architecture | None, Numbers]:
    """Give the architecture and the parameters of a document.

    >>> parse(b"{}")
    Traceback (most recent call last):
    ValueError: not a model file: it needs "format": "micrograd_kr model" at the top
    """
    check_bytes(len(data))
    document = _json(data)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ValueError(say("no_model", format=FORMAT))
    version = document.get("version")
    if type(version) is not int or version != VERSION:
        raise ValueError(say("version", found=short(version), known=VERSION))
    check_keys(say("the_file"), document, _KEYS)
    parameters = _checked_numbers(document["parameters"])
    architecture = document["architecture"]
    if architecture is not None:
        _check_architecture(architecture, len(parameters))
    if document["sha256"] != _checksum(architecture, parameters):
        raise ValueError(say("changed"))
    return architecture, parameters


def count(architecture: Architecture) -> int:
    """Count the parameters of a network built that way.

    >>> count({"nin": 2, "nouts": [16, 1]})
    65
    """
    sizes = [architecture["nin"], *architecture["nouts"]]
    return sum((n + 1) * m for n, m in pairwise(sizes))


def short(x: Any) -> str:
    """Show what was found, in a few letters.

    >>> short("a" * 100)
    "'aaaaaaaaaaaa...aaaaaaaaaaaaa'"
    """
    return reprlib.repr(x)


def check_bytes(size: int) -> None:
    """Raise ValueError for more bytes than a model file may have.

    >>> check_bytes(10)
    """
    if size > MAX_BYTES:
        raise ValueError(say("too_large", most=MAX_BYTES))


def check_keys(what: str, found: Any, expected: Collection[str]) -> None:
    """Raise ValueError unless ``found`` is an object with exactly these keys.

    >>> check_keys("it", {"a": 1}, ["a"])
    """
    if not isinstance(found, dict):
        raise ValueError(say("no_object", what=what, found=short(found)))
    missing = [key for key in expected if key not in found]
    if missing:
        raise ValueError(say("lacks", what=what, keys=short(missing)))
    unknown = [key for key in found if key not in expected]
    if unknown:
        raise ValueError(say("unknown", what=what, keys=short(unknown)))


def _json(data: bytes) -> Any:
    try:
        text = data.decode()
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except UnicodeDecodeError as error:
        byte, at = data[error.start], error.start
        raise ValueError(say("not_utf8", byte=byte, at=at)) from None
    except RecursionError:
        raise ValueError(say("too_deep")) from None
    except json.JSONDecodeError as error:
        raise ValueError(say("not_json", reason=str(error))) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        raise ValueError(say("twice", field=short(twice)))
    return found


def _constant(text: str) -> None:
    raise ValueError(say("not_finite", x=text))


def _checked_numbers(parameters: Any) -> Numbers:
    if not isinstance(parameters, dict):
        raise ValueError(say("no_numbers", found=short(parameters)))
    numbers = {}
    for name, x in parameters.items():
        if type(x) not in (int, float):
            raise ValueError(say("no_number", name=short(name), found=short(x)))
        numbers[name] = check_number(x, f"parameters[{short(name)}]")
    return numbers


def _check_architecture(found: Any, parameters: int) -> None:
    check_keys("architecture", found, _ARCHITECTURE)
    layers = _checked_layers(found)
    _check_names("activation", found, layers, (str, type(None)))
    _check_names("init", found, layers, (str,))
    if type(found["expand"]) is not bool:
        raise ValueError(say("expand", found=short(found["expand"])))
    if count(found) != parameters:  # before anything of that size is made
        raise ValueError(say("other_count", n=count(found), found=parameters))


def _checked_layers(found: Architecture) -> int:
    """How many layers there are, if their sizes are sizes."""
    nin, nouts = found["nin"], found["nouts"]
    sizes = [nin, *nouts] if isinstance(nouts, list) else []
    if len(sizes) < 2 or not all(type(n) is int and 0 < n < MAX_BYTES for n in sizes):
        raise ValueError(say("sizes", nin=short(nin), nouts=short(nouts)))
    return len(nouts)


def _check_names(
    key: str, found: Architecture, layers: int, kinds: tuple[type, ...]
) -> None:
    given = found[key]
    is_list = isinstance(given, list) and len(given) == layers
    if not is_list or not all(type(x) in kinds for x in given):
        raise ValueError(say("layer_names", field=key, found=short(given)))


def _checksum(architecture: Architecture | None, parameters: Numbers) -> str:
    contents = json.dumps([FORMAT, VERSION, architecture, parameters], sort_keys=True)
    return hashlib.sha256(contents.encode()).hexdigest()
