"""Models in files: exact to the bit, written whole or not at all.

What is in a file says ``document``. Nothing in a file is ever executed.
"""

import os
import stat
from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar

from ..engine import Value, check_number
from ..text import replace_file
from . import document
from .document import Architecture, Numbers, check_keys, short
from .messages import say

FilePath = str | os.PathLike[str]


class _Model(Protocol):
    """What can be saved: named parameters and, where it is known, how it is built."""

    def named_parameters(self) -> Iterable[tuple[str, Value]]:
        """Every parameter with its name."""

    def architecture(self) -> Architecture | None:
        """The arguments of the constructor, or None."""


M = TypeVar("M", bound=_Model)


def write(model: _Model, path: FilePath) -> None:
    """Write the model's parameters, and its architecture if it is known, to a file.

    The file is replaced in one move and only when all of it is known to read back.
    Raises ValueError for a parameter that is not finite or shares its name, OSError if
    the file cannot be written.

    >>> import pathlib, tempfile
    >>> from micrograd_kr.nn.modules import Neuron
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(Neuron(1), pathlib.Path(folder, "neuron.json"))
    ...     print(pathlib.Path(folder, "neuron.json").read_text()[:51])
    {
     "format": "micrograd_kr model",
     "version": 1,
    """
    parameters: Numbers = {}
    for name, p in model.named_parameters():
        if name in parameters:
            raise ValueError(say("same_name", name=name))
        parameters[name] = check_number(p.data, f"save: parameter {name!r}")
    try:
        data = document.compose(model.architecture(), parameters)
    except ValueError as error:
        said = say("cannot_save", path=os.fspath(path), reason=str(error))
        raise ValueError(said) from None
    replace_file(path, data)


def load(model: _Model, path: FilePath) -> None:
    """Give the model the parameters of a file; nothing else of the model changes.

    Raises ValueError, before anything has changed, if the file is damaged or of a model
    with other parameters, sizes or activations.

    >>> import pathlib, tempfile
    >>> from micrograd_kr.nn.modules import Neuron
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(Neuron(3), pathlib.Path(folder, "neuron.json"))
    ...     load(Neuron(2), pathlib.Path(folder, "neuron.json"))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: cannot load ...: the model has other parameters: ...
    """
    architecture, numbers = contents(path)
    mine = model.architecture()
    if architecture is not None and mine is not None:
        for key in ("nin", "nouts", "activation"):
            if architecture[key] != mine[key]:
                pair = {"theirs": short(architecture[key]), "mine": short(mine[key])}
                raise _error(path, say("other_setting", field=key, **pair))
    _assign(model, numbers, path)


def rebuild(make: Callable[..., M], path: FilePath) -> M:
    """Build the model of a file: ``make(**architecture)`` with the file's parameters.

    Raises ValueError for a damaged file, and for one that does not say how.

    >>> import pathlib, tempfile
    >>> from micrograd_kr.nn.modules import MLP
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(MLP(2, [3, 1]), pathlib.Path(folder, "model.json"))
    ...     rebuild(MLP, pathlib.Path(folder, "model.json"))
    MLP(2, [3, 1], activation=['relu', None])
    """
    architecture, numbers = contents(path)
    if architecture is None:
        raise _error(path, say("not_built"))
    try:
        # A seed, so that Python's random state stays as it is.
        model = make(**architecture, seed=0)
    except ValueError as error:
        raise _error(path, f"architecture: {error}") from None
    _assign(model, numbers, path)
    return model


def contents(path: FilePath) -> tuple[Architecture | None, Numbers]:
    """Give the architecture and the parameters of a file.

    Raises ValueError that says what is wrong, and where.

    >>> import pathlib, tempfile
    >>> from micrograd_kr.nn.modules import Neuron
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(Neuron(1, seed=0), pathlib.Path(folder, "neuron.json"))
    ...     contents(pathlib.Path(folder, "neuron.json"))
    (None, {'w0': 1.3317866971950634, 'b': 0.0})
    """
    about = os.stat(path)
    if not stat.S_ISREG(about.st_mode):  # opening a pipe would wait for ever
        raise _error(path, say("no_file"))
    try:
        document.check_bytes(about.st_size)
        with open(path, "rb") as file:
            return document.parse(file.read(document.MAX_BYTES + 1))
    except ValueError as error:
        raise _error(path, str(error)) from None


def _error(path: FilePath, reason: str) -> ValueError:
    return ValueError(say("cannot_load", path=os.fspath(path), reason=reason))


def _assign(model: _Model, numbers: Numbers, path: FilePath) -> None:
    """Set every parameter, or raise ValueError and set none."""
    named: dict[str, Any] = dict(model.named_parameters())
    try:
        check_keys(say("the_file"), numbers, named)
    except ValueError as error:
        raise _error(path, say("other_parameters", reason=str(error))) from None
    new: dict[Value, float] = {}
    for name, p in named.items():
        if new.setdefault(p, numbers[name]) != numbers[name]:
            raise _error(path, say("shared", name=name))
    for p, x in new.items():
        p.data = x
