"""Models in files: JSON that a person can read, exact to the bit, checked before it is believed.

A file names its format and version, says how the network is built, and gives each parameter by its
name. Numbers are written with the fewest digits that read back as the same float. A checksum over all
of it tells when something was changed or lost on the way. Nothing in a file is ever executed.
"""

import hashlib
import json
import os
import reprlib
import stat
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from itertools import pairwise
from typing import Any, Protocol, TypeVar

from ..engine import Value, check_number
from ..text import replace_file

FORMAT = "micrograd_kr model"
VERSION = 1
MAX_BYTES = 32 * 2**20  # some 700,000 parameters

FilePath = str | os.PathLike[str]
Architecture = dict[str, Any]


class _Model(Protocol):
    """What can be saved: named parameters and, where it is known, how to build the model again."""

    def named_parameters(self) -> Iterable[tuple[str, Value]]:
        """Every parameter with its name."""

    def architecture(self) -> Architecture | None:
        """The arguments of the constructor, or None."""


M = TypeVar("M", bound=_Model)


def save(model: _Model, path: FilePath) -> None:
    """Write the model's parameters, and its architecture if it is known, to a file.

    The file is replaced in one move and only when all of it is known to read back. Raises ValueError
    for a parameter that is not finite or shares its name, OSError if the file cannot be written.

    >>> import pathlib, tempfile
    >>> from micrograd_kr.nn.modules import Neuron
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(Neuron(1), pathlib.Path(folder, "neuron.json"))
    ...     print(pathlib.Path(folder, "neuron.json").read_text()[:51])
    {
     "format": "micrograd_kr model",
     "version": 1,
    """
    parameters: dict[str, float] = {}
    for name, p in model.named_parameters():
        if name in parameters:
            raise ValueError(
                f"save: two parameters are called {name!r}; rename an attribute of the model"
            )
        parameters[name] = check_number(p.data, f"save: parameter {name!r}")
    architecture = model.architecture()
    if architecture is not None and _count(architecture) != len(parameters):
        architecture = None  # somebody added parameters of their own
    document = {
        "format": FORMAT,
        "version": VERSION,
        "architecture": architecture,
        "parameters": parameters,
        "sha256": _checksum(architecture, parameters),
    }
    data = (
        json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False).encode()
        + b"\n"
    )
    try:
        _parse(data)
    except ValueError as error:
        raise ValueError(f"cannot save {os.fspath(path)!r}: {error}") from None
    replace_file(path, data)


def load(model: _Model, path: FilePath) -> None:
    """Give the model the parameters of a file; nothing else of the model changes.

    Raises ValueError, before anything has changed, if the file is damaged or of a model with other
    parameters, sizes or activations.

    >>> import pathlib, tempfile
    >>> from micrograd_kr.nn.modules import Neuron
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(Neuron(3), pathlib.Path(folder, "neuron.json"))
    ...     load(Neuron(2), pathlib.Path(folder, "neuron.json"))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: cannot load ...: the model has other parameters: the file has the unknown ['w2']
    """
    architecture, numbers = read(path)
    mine = model.architecture()
    if architecture is not None and mine is not None:
        for key in ("nin", "nouts", "activation"):
            if architecture[key] != mine[key]:
                raise _error(
                    path,
                    f"its {key} is {_short(architecture[key])}, and the model's {_short(mine[key])}",
                )
    _assign(model, numbers, path)


def rebuild(make: Callable[..., M], path: FilePath) -> M:
    """The model of a file, newly made: ``make(**architecture)`` with the parameters of the file.

    >>> import pathlib, tempfile
    >>> from micrograd_kr.nn.modules import MLP
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(MLP(2, [3, 1]), pathlib.Path(folder, "model.json"))
    ...     rebuild(MLP, pathlib.Path(folder, "model.json"))
    MLP(2, [3, 1], activation=['relu', None])
    """
    architecture, numbers = read(path)
    if architecture is None:
        raise _error(
            path,
            "it does not say how the model is built, because that was not an MLP of activations known by "
            "name; build the model and use its load(path)",
        )
    try:
        model = make(
            **architecture, seed=0
        )  # a seed, so that Python's random state stays as it is
    except ValueError as error:
        raise _error(path, f"architecture: {error}") from None
    _assign(model, numbers, path)
    return model


def read(path: FilePath) -> tuple[Architecture | None, dict[str, float]]:
    """The architecture and the parameters of a file, or a ValueError that says what is wrong, and where.

    >>> import pathlib, tempfile
    >>> from micrograd_kr.nn.modules import Neuron
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(Neuron(2, seed=0), pathlib.Path(folder, "neuron.json"))
    ...     read(pathlib.Path(folder, "neuron.json"))
    (None, {'w0': 0.9417154046806644, 'w1': -1.3965781047011498, 'b': 0.0})
    """
    about = os.stat(path)
    if not stat.S_ISREG(about.st_mode):  # opening a pipe would wait for ever
        raise _error(path, "a folder or a device, not a file")
    try:
        _check_size(about.st_size)
        with open(path, "rb") as file:
            return _parse(file.read(MAX_BYTES + 1))
    except ValueError as error:
        raise _error(path, str(error)) from None


# ---- checks: each raises ValueError ---------------------------------------------------------------


def _error(path: FilePath, what: str) -> ValueError:
    return ValueError(f"cannot load {os.fspath(path)!r}: {what}")


def _short(x: Any) -> str:
    return reprlib.repr(x)


def _check_size(size: int) -> None:
    if size > MAX_BYTES:
        raise ValueError(
            f"larger than {MAX_BYTES:,} bytes, the most a model file may have"
        )


def _parse(data: bytes) -> tuple[Architecture | None, dict[str, float]]:
    _check_size(len(data))
    try:
        document = json.loads(
            data.decode(), object_pairs_hook=_object, parse_constant=_constant
        )
    except UnicodeDecodeError as error:
        raise ValueError(
            f"not UTF-8 text: byte {data[error.start]:#04x} at position {error.start}"
        ) from None
    except RecursionError:
        raise ValueError(
            "lists or objects nested too deeply for a model file"
        ) from None
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON, or cut short: {error}") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ValueError(f'not a model file: it needs "format": "{FORMAT}" at the top')
    version = document.get("version")
    if type(version) is not int or version != VERSION:
        raise ValueError(
            f"version {_short(version)}; this program reads version {VERSION}"
        )
    _keys(
        "the file",
        document,
        ("format", "version", "architecture", "parameters", "sha256"),
    )
    parameters = _numbers(document["parameters"])
    architecture = document["architecture"]
    if architecture is not None:
        _check_architecture(architecture, len(parameters))
    if document["sha256"] != _checksum(architecture, parameters):
        raise ValueError(
            "sha256: the checksum is not that of the contents; they were changed after saving"
        )
    return architecture, parameters


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        raise ValueError(f"{_short(twice)} occurs twice in one object")
    return found


def _constant(text: str) -> None:
    raise ValueError(f"{text} is not a finite number")


def _keys(what: str, found: Any, expected: Collection[str]) -> None:
    if not isinstance(found, dict):
        raise ValueError(f"{what} is {_short(found)}; an object is needed")
    missing, unknown = (
        [k for k in expected if k not in found],
        [k for k in found if k not in expected],
    )
    if missing:
        raise ValueError(f"{what} lacks {_short(missing)}")
    if unknown:
        raise ValueError(f"{what} has the unknown {_short(unknown)}")


def _numbers(parameters: Any) -> dict[str, float]:
    if not isinstance(parameters, dict):
        raise ValueError(
            f"parameters: {_short(parameters)} is not an object of numbers by name"
        )
    for name, x in parameters.items():
        if type(x) not in (int, float):
            raise ValueError(f"parameters[{_short(name)}]: {_short(x)} is not a number")
    return {
        name: check_number(x, f"parameters[{_short(name)}]")
        for name, x in parameters.items()
    }


def _check_architecture(found: Any, parameters: int) -> None:
    _keys("architecture", found, ("nin", "nouts", "activation", "init", "expand"))
    sizes = [found["nin"], *found["nouts"]] if isinstance(found["nouts"], list) else []
    if len(sizes) < 2 or not all(type(n) is int and 0 < n < MAX_BYTES for n in sizes):
        raise ValueError(
            f"architecture: nin {_short(found['nin'])} and nouts {_short(found['nouts'])} are not a positive "
            "whole number and a list of them"
        )
    for key, kinds in (("activation", (str, type(None))), ("init", (str,))):
        names = found[key]
        if (
            not isinstance(names, list)
            or len(names) != len(sizes) - 1
            or not all(type(x) in kinds for x in names)
        ):
            raise ValueError(
                f"architecture: {key} {_short(names)} is not a list of a name for each layer"
            )
    if type(found["expand"]) is not bool:
        raise ValueError(
            f"architecture: expand {_short(found['expand'])} is not true or false"
        )
    if _count(found) != parameters:  # before anything of that size is made
        raise ValueError(
            f"architecture: it has {_count(found):,} parameters, and the file {parameters:,}"
        )


def _count(architecture: Architecture) -> int:
    sizes = [architecture["nin"], *architecture["nouts"]]
    return sum((n + 1) * m for n, m in pairwise(sizes))


def _checksum(architecture: Architecture | None, parameters: dict[str, float]) -> str:
    contents = json.dumps([FORMAT, VERSION, architecture, parameters], sort_keys=True)
    return hashlib.sha256(contents.encode()).hexdigest()


def _assign(model: _Model, numbers: dict[str, float], path: FilePath) -> None:
    """Set every parameter, or raise ValueError and set none."""
    named = dict(model.named_parameters())
    try:
        _keys("the file", numbers, named)
    except ValueError as error:
        raise _error(path, f"the model has other parameters: {error}") from None
    new: dict[Value, float] = {}
    for name, p in named.items():
        if new.setdefault(p, numbers[name]) != numbers[name]:
            raise _error(
                path,
                f"parameters[{name!r}] is one with another in the model, but not in the file",
            )
    for p, x in new.items():
        p.data = x
