"""What the fields of a class are: msgspec.Struct, dataclass, attrs, TypedDict, NamedTuple."""

from __future__ import annotations

import dataclasses
import inspect
import sys
import typing
from collections.abc import Callable
from typing import Any

import msgspec

from spikard._types.node import Node
from spikard._types.objects import NO_DEFAULT, Field, Object

Walk = Callable[[Any], Node]


def is_struct(cls: Any) -> bool:
    return isinstance(cls, type) and issubclass(cls, msgspec.Struct)


def is_typed_dict(cls: Any) -> bool:
    return isinstance(cls, type) and issubclass(cls, dict) and hasattr(cls, "__total__")


def is_named_tuple(cls: Any) -> bool:
    return isinstance(cls, type) and issubclass(cls, tuple) and hasattr(cls, "_fields")


def is_attrs(cls: Any) -> bool:
    return isinstance(cls, type) and "__attrs_attrs__" in dir(cls)


def is_structured(cls: Any) -> bool:
    """Tell whether instances of a class are JSON objects."""
    cls = typing.get_origin(cls) or cls
    return (
        is_struct(cls)
        or (dataclasses.is_dataclass(cls) and isinstance(cls, type))
        or is_typed_dict(cls)
        or is_named_tuple(cls)
        or is_attrs(cls)
    )


def begin(annotation: Any) -> Object:
    """Make the node of a class without its fields."""
    cls = typing.get_origin(annotation) or annotation
    name = cls.__name__
    if arguments := typing.get_args(annotation):
        name += "_" + "_".join(getattr(argument, "__name__", str(argument)) for argument in arguments)
    return Object(annotation, name, cls, own=is_named_tuple(cls))


def fill(node: Object, walk: Walk) -> None:
    """Find the fields of a class; `walk` gives the nodes of their types."""
    cls = typing.get_origin(node.annotation) or node.annotation
    hints = _hints(cls, typing.get_args(node.annotation))
    if is_struct(cls):
        _struct(node, cls, hints, walk)
    elif is_typed_dict(cls):
        _typed_dict(node, cls, hints, walk)
    elif is_named_tuple(cls):
        defaults = cls._field_defaults
        node.fields = [
            Field(
                name, name, walk(hints.get(name, Any)), name not in defaults, defaults.get(name, NO_DEFAULT)
            )
            for name in cls._fields
        ]
    elif dataclasses.is_dataclass(cls):
        _dataclass(node, cls, hints, walk)
    else:
        _attrs(node, cls, hints, walk)


def _struct(node: Object, cls: Any, hints: dict[str, Any], walk: Walk) -> None:
    config = cls.__struct_config__
    node.closed = config.forbid_unknown_fields
    node.as_array = config.array_like
    if config.tag is not None:
        node.tag = (config.tag_field or "type", config.tag)
    names, wire_names, defaults = cls.__struct_fields__, cls.__struct_encode_fields__, cls.__struct_defaults__
    first_default = len(names) - len(defaults)
    for index, (name, wire_name) in enumerate(zip(names, wire_names, strict=True)):
        default = defaults[index - first_default] if index >= first_default else msgspec.NODEFAULT
        required = default is msgspec.NODEFAULT
        shown = default if _is_value(default) else NO_DEFAULT
        node.fields.append(Field(name, wire_name, walk(hints[name]), required, shown))


def _typed_dict(node: Object, cls: Any, hints: dict[str, Any], walk: Walk) -> None:
    node.make = dict
    required = getattr(cls, "__required_keys__", frozenset(hints))
    for name, hint in hints.items():
        wanted = name in required
        while typing.get_origin(hint) in _QUALIFIERS:
            wanted = {"Required": True, "NotRequired": False}.get(typing.get_origin(hint)._name, wanted)
            (hint,) = typing.get_args(hint)
        node.fields.append(Field(name, name, walk(hint), wanted))


def _dataclass(node: Object, cls: Any, hints: dict[str, Any], walk: Walk) -> None:
    for field in cls.__dataclass_fields__.values():
        kind = field._field_type
        if kind is dataclasses._FIELD_CLASSVAR:  # type: ignore[attr-defined]
            continue
        hint = hints[field.name]
        if kind is dataclasses._FIELD_INITVAR:  # type: ignore[attr-defined]
            node.own = True
            hint = hint.type if isinstance(hint, dataclasses.InitVar) else hint
        elif not field.init:
            node.own = True  # msgspec would let clients set it
            continue
        plain = field.default is dataclasses.MISSING
        if not plain and field.name not in getattr(cls, "__slots__", ()):
            node.leaves_defaults = True
        required = plain and field.default_factory is dataclasses.MISSING
        node.fields.append(
            Field(field.name, field.name, walk(hint), required, NO_DEFAULT if plain else field.default)
        )


_ATOMS = frozenset({str, int, float, bool, type(None)})


def complete(value: Any) -> Any:
    """Give every dataclass in a value that msgspec made the defaults that it left to the class."""
    cls = type(value)
    if cls in _ATOMS:
        return value
    if issubclass(cls, (list, tuple, set, frozenset)):
        for item in value:
            complete(item)
    elif issubclass(cls, dict):
        for item in value.values():
            complete(item)
    elif is_struct(cls):
        for name in cls.__struct_fields__:
            complete(getattr(value, name))
    elif hasattr(cls, "__dataclass_fields__"):
        own = getattr(value, "__dict__", {})
        for name in cls.__dataclass_fields__:
            if name not in own and hasattr(value, name):
                own[name] = getattr(value, name)
            complete(own.get(name))
    return value


def _attrs(node: Object, cls: Any, hints: dict[str, Any], walk: Walk) -> None:
    names = {}
    for field in cls.__attrs_attrs__:
        if not field.init:
            node.own = True
            continue
        if field.converter is not None:
            node.own = True  # msgspec does not call it
        names[field.name] = field.alias or field.name.lstrip("_")
        nothing = type(field.default).__name__ == "_Nothing" or repr(field.default) == "NOTHING"
        made = nothing or type(field.default).__name__ == "Factory"
        child = walk(hints.get(field.name, Any))
        node.fields.append(
            Field(names[field.name], field.name, child, nothing, NO_DEFAULT if made else field.default)
        )


def _is_value(default: Any) -> bool:
    return default not in (msgspec.NODEFAULT, msgspec.UNSET) and type(default).__name__ != "Factory"


def _hints(cls: Any, arguments: tuple[Any, ...]) -> dict[str, Any]:
    """Evaluate the annotations of a class and its bases, type variables replaced by what they stand for."""
    hints = typing.get_type_hints(cls, include_extras=True, localns=_local_names(cls))
    variables = dict(zip(getattr(cls, "__parameters__", ()), arguments, strict=False))
    for base in getattr(cls, "__orig_bases__", ()):
        parameters = getattr(typing.get_origin(base), "__parameters__", ())
        for variable, argument in zip(parameters, typing.get_args(base), strict=False):
            variables.setdefault(variable, replace(argument, variables))
    return {name: replace(hint, variables) for name, hint in hints.items()}


def replace(hint: Any, variables: dict[Any, Any]) -> Any:
    """Put types in the place of type variables; one that stands for nothing is its bound, or Any."""
    if isinstance(hint, typing.TypeVar):
        return variables.get(hint, hint.__bound__ or Any)
    parameters = getattr(hint, "__parameters__", ())
    if parameters and typing.get_origin(hint) is not None:
        return hint[tuple(replace(parameter, variables) for parameter in parameters)]
    return hint


def _local_names(cls: Any) -> dict[str, Any]:
    """Give the names by which a class that was made in a function may speak of itself."""
    module = sys.modules.get(cls.__module__)
    return {} if module and hasattr(module, cls.__name__) else {cls.__name__: cls}


def line(cls: Any) -> str:
    """Say where a class was written, for messages."""
    try:
        return f"{inspect.getsourcefile(cls)}:{inspect.getsourcelines(cls)[1]}"
    except (OSError, TypeError):
        return cls.__qualname__ if isinstance(cls, type) else str(cls)


_QUALIFIERS: set[Any] = {
    getattr(module, name)
    for module in (typing, sys.modules.get("typing_extensions"))
    for name in ("Required", "NotRequired", "ReadOnly")
    if hasattr(module, name)
}
