"""What an object is made of, found in containers of any depth, with names.

A name is the way to its item: ``b`` is the attribute ``b``, ``layer0`` is
``layers[0]``, ``W0_1`` is ``W[0][1]``, ``w.a`` is ``w["a"]``.
"""

import gc
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

_NO_CONTAINERS = (str, bytes, bytearray, memoryview, range)
_CODE = (type, ModuleType, FunctionType)


class _Item(NamedTuple):
    """Something on the way, its name, and how the names of its own items begin."""

    name: str
    stem: str
    value: Any


class _Leave(NamedTuple):
    """The mark on the stack that all of a container has been seen."""

    container: Any


def named_items(root: Any, opens: type | tuple[type, ...]) -> Iterator[tuple[str, Any]]:
    """Find what is in ``root`` and in its containers, depth first, with names.

    Opened are ``root``, objects of the classes ``opens`` (their attributes are items),
    lists, tuples, dicts and arrays of objects, to any depth. Everything else is an
    item. What leads back into itself is not entered again.

    >>> from types import SimpleNamespace as Thing
    >>> thing = Thing(b=1, W=[[2], [3]], w={"a": 4})
    >>> thing.me = thing
    >>> dict(named_items(thing, Thing))
    {'b': 1, 'W0_0': 2, 'W1_0': 3, 'w.a': 4}
    """
    entered: set[int] = set()
    todo: list[_Item | _Leave] = [_Item("", "", root)]
    while todo:
        entry = todo.pop()
        if isinstance(entry, _Leave):
            entered.discard(id(entry.container))
            continue
        inside = _inside(entry, opens)
        if inside is None:
            yield entry.name, entry.value
        elif id(entry.value) not in entered:
            entered.add(id(entry.value))
            todo.append(_Leave(entry.value))
            todo += reversed(inside)


def _inside(item: _Item, opens: type | tuple[type, ...]) -> list[_Item] | None:
    """What is in an item, in order; None if it is neither opened nor a container."""
    if isinstance(item.value, opens):
        return [*_attributes(item), *(_contents(item) or [])]
    return _contents(item)


def _attributes(item: _Item) -> list[_Item]:
    """The attributes of an object, by their names."""
    return [_named(item, key, value) for key, value in vars(item.value).items()]


def _contents(item: _Item) -> list[_Item] | None:
    """The items of a container; None if it is none."""
    found = item.value
    if not _may_contain(type(found)):  # type: ignore[arg-type]  # a type is hashable
        return None
    if isinstance(found, Mapping):
        return [_named(item, key, value) for key, value in found.items()]
    if _is_array_of_objects(found):
        found = list(found.tolist()) if found.ndim else [found.item()]
    if not isinstance(found, Sequence):
        return None
    return [_numbered(item, i, value) for i, value in enumerate(found)]


@cache  # asked of every parameter at every step, and abstract classes answer slowly
def _may_contain(kind: type) -> bool:
    if issubclass(kind, _NO_CONTAINERS):
        return False
    return issubclass(kind, Mapping | Sequence) or hasattr(kind, "dtype")


def _named(item: _Item, key: object, value: Any) -> _Item:
    """An item with a name of its own; its items are of that name, singular."""
    name = f"{item.name}.{key}" if item.name else str(key)
    return _Item(name, name.removesuffix("s"), value)


def _numbered(item: _Item, i: int, value: Any) -> _Item:
    name = f"{item.stem}{i}"
    return _Item(name, f"{name}_", value)


def _is_array_of_objects(x: Any) -> bool:
    """Whether it is a NumPy array that may hold Values."""
    return getattr(getattr(x, "dtype", None), "kind", None) == "O"


def held_by(x: Any, kinds: tuple[type, ...]) -> list[Any]:
    """Find the objects of ``kinds`` that ``x`` holds, however it holds them.

    It follows the references that the collector follows, but not into functions,
    classes and modules, nor into what it finds.

    >>> held_by({(1.0, "a")}, (float,))
    [1.0]
    """
    found: list[Any] = []
    met = {id(x)}
    holds_nothing = not gc.is_tracked(x) or isinstance(x, _CODE)  # a number, a string
    todo = [] if holds_nothing else [x]
    while todo:
        for y in gc.get_referents(todo.pop()):
            if id(y) in met or isinstance(y, _CODE):
                continue
            met.add(id(y))
            if isinstance(y, kinds):
                found.append(y)
            else:
                todo.append(y)
    return found
