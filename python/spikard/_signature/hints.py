"""Annotations: evaluated, and taken apart into what can be read from text."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Union

from spikard import _handler
from spikard._scalars import SCALARS, TEXT, Scalar
from spikard.exceptions import StartError

UNANNOTATED = inspect.Parameter.empty
# What a function returns stands under the name that no parameter of a function can have.
RETURN = "return"


@dataclass(frozen=True, slots=True)
class Shape:
    """A type that parameters of path and query may have.

    Attributes:
        scalar: how one text is read.
        is_list: whether the value is a list of them.
        optional: whether None is a value.
    """

    scalar: Scalar
    is_list: bool = False
    optional: bool = False

    @property
    def type(self) -> Any:
        """The Python type again, without None."""
        return types.GenericAlias(list, (self.scalar.type,)) if self.is_list else self.scalar.type


def evaluate(handler: Callable[..., Any], parameter: inspect.Parameter) -> Any:
    """Give the annotation as a type, text evaluated where the function was written.

    Raises:
        StartError: it cannot be evaluated.
    """
    if parameter.annotation is UNANNOTATED:
        return UNANNOTATED
    holder = types.SimpleNamespace(__annotations__={parameter.name: parameter.annotation})
    scope = _handler.namespace(handler)
    try:
        return typing.get_type_hints(holder, scope, include_extras=True)[parameter.name]
    except Exception as error:
        what = "its return" if parameter.name == RETURN else f"parameter {parameter.name!r}: its"
        raise StartError(
            f"{_handler.place(handler)}: {what} annotation {parameter.annotation!r} cannot be evaluated: {error}"
        ) from error


def shape(annotation: Any, unannotated: Scalar = TEXT) -> Shape | None:
    """Take apart a scalar, a list of scalars, or either or None; None if it is anything else."""
    if annotation is UNANNOTATED or annotation is Any:
        return Shape(unannotated)
    if typing.get_origin(annotation) in (Union, types.UnionType):
        members = [member for member in typing.get_args(annotation) if member is not types.NoneType]
        inner = shape(members[0], unannotated) if len(members) == 1 else None
        return Shape(inner.scalar, inner.is_list, optional=True) if inner else None
    if annotation is list:
        return Shape(TEXT, is_list=True)
    if typing.get_origin(annotation) is list:
        scalar = _scalar(typing.get_args(annotation)[0])
        return Shape(scalar, is_list=True) if scalar else None
    scalar = _scalar(annotation)
    return Shape(scalar) if scalar else None


def _scalar(annotation: Any) -> Scalar | None:
    return SCALARS.get(annotation) if isinstance(annotation, type) else None


def is_optional(annotation: Any) -> bool:
    """Tell whether None is a value."""
    if typing.get_origin(annotation) is typing.Annotated:
        return is_optional(annotation.__origin__)
    if typing.get_origin(annotation) in (Union, types.UnionType):
        return any(member is types.NoneType for member in typing.get_args(annotation))
    return annotation is None or annotation is types.NoneType
