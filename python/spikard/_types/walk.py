"""The walk over an annotation, which makes the tree of its nodes."""

from __future__ import annotations

import collections
import collections.abc as abc
import enum
import types
import typing
from typing import Annotated, Any

import msgspec

from spikard._types import classes, custom, models
from spikard._types.choices import enumeration, literal
from spikard._types.constraints import Constrained, Constraints
from spikard._types.containers import Items, Mapping, Tuple
from spikard._types.files import Upload
from spikard._types.node import Node
from spikard._types.objects import Object
from spikard._types.scalars import SCALARS, Anything
from spikard._types.unions import Union
from spikard.uploads import UploadFile

_LISTS = {list, abc.Sequence, abc.MutableSequence, abc.Collection, abc.Iterable}
_SETS = {set: set, abc.Set: set, abc.MutableSet: set, frozenset: frozenset}
_MAPPINGS = {
    dict: dict,
    abc.Mapping: dict,
    abc.MutableMapping: dict,
    collections.OrderedDict: collections.OrderedDict,
}
_ALIAS: Any = getattr(typing, "TypeAliasType", ())


class Walk:
    """Makes nodes, of each type once."""

    def __init__(self) -> None:
        self._known: dict[Any, Node] = {}

    def __call__(self, annotation: Any) -> Node:
        """Give the node of an annotation.

        Raises:
            TypeError: neither we nor a registered decoder can make values of it; the text names the type.
        """
        key = (annotation, type(annotation))
        try:
            known = self._known.get(key)
        except TypeError:  # metadata that cannot be hashed
            return self._make(annotation)
        if known is None:
            known = self._make(annotation)
            self._known.setdefault(key, known)
        return self._known[key]

    def _make(self, annotation: Any) -> Node:
        if annotation is Any or annotation is object:
            return Anything()
        if annotation is None:
            annotation = type(None)
        try:
            if annotation in SCALARS:
                return SCALARS[annotation]
        except TypeError:
            pass
        if isinstance(annotation, _ALIAS):
            return self(annotation.__value__)
        if hasattr(annotation, "__supertype__"):  # NewType
            return self(annotation.__supertype__)
        if isinstance(annotation, typing.TypeVar):
            return self(annotation.__bound__ or Any)
        origin = typing.get_origin(annotation)
        if origin is Annotated:
            return self._annotated(annotation)
        if origin in (typing.Union, types.UnionType):
            return self._union(annotation)
        if origin is typing.Literal:
            return literal(annotation)
        if origin in _FINAL:
            return self(typing.get_args(annotation)[0])
        container = self._container(origin or annotation, typing.get_args(annotation), annotation)
        return container or self._class(annotation, origin)

    def _annotated(self, annotation: Any) -> Node:
        constraints = Constraints()
        for metadata in annotation.__metadata__:
            constraints.add(metadata)
        return self.constrained(self(annotation.__origin__), constraints, annotation)

    def constrained(self, node: Node, constraints: Constraints, annotation: Any = None) -> Node:
        """Give a type with constraints of its own."""
        if not constraints:
            return node
        return Constrained(node.annotation if annotation is None else annotation, node, constraints)

    def _union(self, annotation: Any) -> Node:
        members = [self(member) for member in typing.get_args(annotation) if member is not msgspec.UnsetType]
        return members[0] if len(members) == 1 else Union(annotation, members)

    def _container(self, base: Any, arguments: tuple[Any, ...], annotation: Any) -> Node | None:
        try:
            hash(base)
        except TypeError:
            return None
        if base in _LISTS:
            return Items(annotation, self(arguments[0] if arguments else Any), list)
        if base in _SETS:
            return Items(annotation, self(arguments[0] if arguments else Any), _SETS[base])
        if base is collections.deque:
            raise TypeError(f"{annotation} is a deque; use a list")
        if base is tuple:
            if not arguments or (len(arguments) == 2 and arguments[1] is ...):
                return Items(annotation, self(arguments[0] if arguments else Any), tuple)
            return Tuple(annotation, [self(argument) for argument in arguments if argument != ()])
        if base in _MAPPINGS:
            key, value = arguments or (Any, Any)
            return Mapping(annotation, self(str if key is Any else key), self(value), _MAPPINGS[base])
        return None

    def _class(self, annotation: Any, origin: Any) -> Node:
        cls = origin or annotation
        if isinstance(cls, type) and issubclass(cls, enum.Enum):
            return enumeration(cls)
        if cls is UploadFile:
            return Upload()
        if models.is_model(annotation):
            return models.Model(annotation)
        if classes.is_structured(annotation):
            node = classes.begin(annotation)
            # Before its fields: they may lead back to it.
            self._known[annotation, type(annotation)] = node
            try:
                classes.fill(node, self)
            except NameError as error:
                raise TypeError(f"{classes.line(cls)}: {error}") from error
            return node
        if custom.has_decoders():
            return custom.Custom(annotation)
        name = annotation.__qualname__ if isinstance(annotation, type) else str(annotation)
        raise TypeError(f"{name} is a type that cannot be read from a request; register_decoder teaches how")


def is_body(annotation: Any) -> bool:
    """Tell whether a parameter of this type is a body by itself: structured, dict, list, and unions of these."""
    origin = typing.get_origin(annotation)
    if origin is Annotated:
        return is_body(annotation.__origin__)
    if isinstance(annotation, _ALIAS):
        return is_body(annotation.__value__)
    if origin in (typing.Union, types.UnionType):
        members = [each for each in typing.get_args(annotation) if each is not type(None)]
        return any(is_body(member) for member in members)
    base = origin or annotation
    if classes.is_structured(annotation) or models.is_model(annotation):
        return True
    try:
        return base in _LISTS or base in _SETS or base in _MAPPINGS or base is tuple
    except TypeError:
        return False


def has_files(annotation: Any) -> bool:
    """Tell whether a parameter of this type is a file or several."""
    if typing.get_origin(annotation) is Annotated:
        return has_files(annotation.__origin__)
    return annotation is UploadFile or any(has_files(argument) for argument in typing.get_args(annotation))


def is_object(node: Node) -> bool:
    """Tell whether the fields of a type can be spread over parameters."""
    return isinstance(node, (Object, models.Model))


_FINAL: set[Any] = {typing.Final, typing.ClassVar}
