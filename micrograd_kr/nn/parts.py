"""What an object is made of, found in containers of any depth, with names.

A name is the way to its item: ``b`` is the attribute ``b``, ``layer0`` is
``layers[0]``, ``W0_1`` is ``W[0][1]``, ``w.a`` is ``w["a"]``.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import FunctionType, ModuleType
from typing import Any

Classes = tuple[type, ...]
Way = tuple[Any, str | int] | None  # the way to the container, and the key in it

_NO_CONTAINERS = (str, bytes, bytearray, memoryview, range)
_CODE = (type, ModuleType, FunctionType)
_LEFT = (None, "left")  # on the stack in the place of a way: all of it has been seen


def items(root: Any, opens: Classes) -> Iterator[tuple[Way, Any]]:
    """Find what is in ``root`` and in its containers, depth first, each with its way.

    Opened are ``root``, objects of the classes ``opens`` (their attributes are items),
    lists, tuples, dicts and arrays of objects, to any depth. Everything else is an
    item. What leads back into itself is not entered again.

    >>> [item for way, item in items({"W": [[2], [3]], "b": 1}, opens=())]
    [2, 3, 1]
    """
    entered: set[int] = set()
    openers: dict[type, Opener | None] = {}
    todo: list[tuple[Way, Any]] = [(None, root)]
    while todo:
        way, item = todo.pop()
        if way is _LEFT:
            entered.discard(id(item))
            continue
        kind = type(item)
        if kind not in openers:  # abstract classes answer slowly: each is asked once
            openers[kind] = _opener(kind, opens)
        opened = openers[kind]
        inside = opened and opened(item)
        if inside is None:
            yield way, item
        elif id(item) not in entered:
            entered.add(id(item))
            todo.append((_LEFT, item))
            todo += [((way, key), part) for key, part in inside][::-1]


def named_items(root: Any, opens: Classes) -> Iterator[tuple[str, Any]]:
    """Give what `items` finds, with names.

    >>> from types import SimpleNamespace as Thing
    >>> thing = Thing(b=1, W=[[2], [3]], w={"a": 4})
    >>> thing.me = thing
    >>> dict(named_items(thing, (Thing,)))
    {'b': 1, 'W0_0': 2, 'W1_0': 3, 'w.a': 4}
    """
    for way, item in items(root, opens):
        yield name_of(way), item


def name_of(way: Way) -> str:
    """Write a way as a name: a key after a dot, a number after the name in singular.

    >>> name_of((((None, "layers"), 0), "b"))
    'layer0.b'
    """
    keys: list[str | int] = []
    while way is not None:
        way, key = way
        keys.append(key)
    name = stem = ""
    for key in reversed(keys):
        if isinstance(key, int):
            name = f"{stem}{key}"
            stem = f"{name}_"
        else:
            name = f"{name}.{key}" if name else key
            stem = name.removesuffix("s")
    return name


# ---- how each kind of container is opened


Inside = Iterable[tuple[str | int, Any]]  # keys, and what is there
Opener = Callable[[Any], Inside | None]


def _opener(kind: type, opens: Classes) -> Opener | None:
    """Give the function that looks inside things of a class; None if none does."""
    contents = _opener_of_containers(kind)
    if not issubclass(kind, opens):
        return contents
    if contents is None:
        return _attributes
    return lambda x: [*_attributes(x), *(contents(x) or ())]


def _opener_of_containers(kind: type) -> Opener | None:
    if issubclass(kind, _NO_CONTAINERS):
        return None
    if issubclass(kind, Mapping):
        return _entries
    if issubclass(kind, Sequence):
        return enumerate
    return _elements if hasattr(kind, "dtype") else None


def _attributes(x: Any) -> Inside:
    attributes: dict[str, Any] = vars(x)
    return attributes.items()


def _entries(x: Mapping[Any, Any]) -> Inside:
    return [(str(key), item) for key, item in x.items()]


def _elements(x: Any) -> Inside | None:
    """The elements of a NumPy array, if it may hold Values."""
    dtype = getattr(x, "dtype", None)
    if getattr(dtype, "kind", None) != "O":
        return None
    return enumerate(x.tolist() if x.ndim else [x.item()])


def held_by(x: Any, kinds: tuple[type, ...]) -> list[Any]:
    """Find the objects of ``kinds`` that ``x`` holds, however it holds them.

    It follows the references that the collector follows, but not into functions,
    classes and modules, nor into what it finds.

    >>> held_by({(1.0, "a")}, (float,))
    [1.0]
    """
    if not gc.is_tracked(x) or isinstance(x, _CODE):  # a number, a string, a function
        return []
    found: list[Any] = []
    met = {id(x)}
    todo = [x]
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
