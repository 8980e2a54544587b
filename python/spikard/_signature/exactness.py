"""Whether the objects inside a value are of the classes that were said: one of a class below it may say more."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable
from typing import Any

from spikard._types import Node
from spikard._types.classes import is_attrs, is_typed_dict
from spikard._types.containers import Items, Mapping, Tuple
from spikard._types.models import Model
from spikard._types.objects import Object
from spikard._types.unions import Union

Check = Callable[[Any], bool]

# Whatever was said, they say nothing that nobody may know.
_ATOMS = frozenset({type(None), bool, int, float, str})


def within(node: Node) -> Check | None:
    """Compile the check of what is inside the objects of a value that fits; None if no object has others inside."""
    return _Checks().within(node)


class _OfType:
    """The check of a value that has no others inside."""

    __slots__ = ("allowed",)

    def __init__(self, cls: type) -> None:
        self.allowed = _ATOMS | {cls}

    def __call__(self, value: Any) -> bool:
        return type(value) in self.allowed


def _of_all(check: Check) -> Callable[[Iterable[Any]], bool]:
    if isinstance(check, _OfType):
        allowed = check.allowed
        return lambda values: allowed.issuperset(map(type, values))
    return lambda values: all(map(check, values))


class _Checks:
    def __init__(self) -> None:
        self._objects: dict[int, Check] = {}

    def within(self, node: Node) -> Check | None:
        node = getattr(node, "inner", node)
        if isinstance(node, Object):
            return self.exact(node) if self._fields(node) else None
        if isinstance(node, Union):
            return self.exact(node) if any(self.within(member) for member in node.members) else None
        return self._container(node, self.within)

    def exact(self, node: Node) -> Check | None:
        """Compile the check that a value has objects of exactly the classes said; None if it has none."""
        node = getattr(node, "inner", node)
        if isinstance(node, Model):
            return _OfType(node.annotation)
        if isinstance(node, Object):
            return self._object(node)
        if isinstance(node, Union):
            checks = [check for member in node.members if (check := self.exact(member))]
            if not checks:
                return None
            return lambda value: type(value) in _ATOMS or any(check(value) for check in checks)
        return self._container(node, self.exact)

    def _container(self, node: Node, inner: Callable[[Node], Check | None]) -> Check | None:
        if isinstance(node, Items):
            if item := inner(node.item):
                items = _of_all(item)
                return lambda value: (
                    items(value)
                    if isinstance(value, (list, tuple, set, frozenset))
                    else type(value) in _ATOMS
                )
        elif isinstance(node, Mapping):
            if member := inner(node.value):
                members = _of_all(member)
                return lambda value: (
                    members(value.values()) if isinstance(value, dict) else type(value) in _ATOMS
                )
        elif isinstance(node, Tuple):
            places = [(place, check) for place, item in enumerate(node.items) if (check := inner(item))]
            if places:
                return lambda value: (
                    all(check(value[place]) for place, check in places)
                    if isinstance(value, (list, tuple)) and len(value) == len(node.items)
                    else type(value) in _ATOMS
                )
        return None

    def _object(self, node: Object) -> Check:
        known = self._objects.get(id(node))
        if known is not None:
            return known
        # Its fields may be of the same class.
        made: list[Check] = []
        self._objects[id(node)] = lambda value: made[0](value)
        made.append(self._check_of(node))
        return made[0]

    def _check_of(self, node: Object) -> Check:
        fields = self._fields(node)
        cls = typing.get_origin(node.annotation) or node.annotation
        if is_typed_dict(cls):
            names = {field.name for field in node.fields}
            return lambda value: (
                value.keys() <= names and all(check(value.get(name)) for name, check in fields)
                if isinstance(value, dict)
                else type(value) in _ATOMS
            )
        if not fields:
            return _OfType(cls)
        return lambda value: (
            all(check(getattr(value, name, None)) for name, check in fields)
            if type(value) is cls
            else type(value) in _ATOMS
        )

    def _fields(self, node: Object) -> list[tuple[str, Check]]:
        # attrs makes an instance with other names than it has.
        by_wire_name = is_attrs(typing.get_origin(node.annotation) or node.annotation)
        return [
            (field.wire_name if by_wire_name else field.name, check)
            for field in node.fields
            if (check := self.exact(field.node))
        ]
