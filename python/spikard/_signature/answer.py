"""What a handler says it returns: described for clients, and kept to by conversion."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from spikard import _handler, _json
from spikard._signature import hints
from spikard._signature.exactness import Check, within
from spikard._types import Node, Walk, custom, document
from spikard._types.classes import complete
from spikard._types.models import Model, is_model
from spikard._types.objects import LEAVES_DEFAULTS
from spikard.exceptions import StartError
from spikard.responses import Response

if TYPE_CHECKING:
    from spikard import _native
    from spikard._route import Route

Encode = Callable[[Any], bytes]

# They say nothing about a value that could be checked.
_SILENT = (inspect.Parameter.empty, Any, object)
_UNIONS = (typing.Union, types.UnionType)


class ResponseError(ValueError):
    """A handler returned what it said it would not; the client gets a 500, the log this."""


class _CannotWrite(TypeError):
    """Pydantic does not know a class that stands beside one of its models."""


class Answer:
    """How the value of a handler becomes JSON.

    Attributes:
        schema: of the JSON; empty if nothing was said.
        encode: writes a value.
    """

    def __init__(self, route: Route, walk: Walk) -> None:
        annotation = _returned(route.handler)
        self.schema = ""
        self.encode: Encode = _json.encode
        if annotation is not None:
            node = _node(annotation, walk)
            if node is not None:
                self.schema = msgspec.json.encode(document(node, lax=False)).decode()
                try:
                    self.encode = _encoder(node, annotation, walk)
                except _CannotWrite as error:
                    raise StartError(f"{route.place}: what it returns, {error}") from None
        if route.response_schema is not None:
            from spikard import _native

            text = msgspec.json.encode(route.response_schema)
            self.schema = text.decode()
            self.encode = _checked(self.encode, _native.Schema(text))


def _returned(handler: Callable[..., Any]) -> Any:
    """Give the return annotation; None if it says nothing about a value."""
    function = _handler.innermost(handler)
    annotation = getattr(function, "__annotations__", {}).get("return", inspect.Parameter.empty)
    if annotation is inspect.Parameter.empty:
        return None
    parameter = inspect.Parameter(hints.RETURN, inspect.Parameter.POSITIONAL_ONLY, annotation=annotation)
    annotation = _value_of(hints.evaluate(handler, parameter))
    return None if annotation in _SILENT else annotation


def _value_of(annotation: Any) -> Any:
    """Give what an annotation says of values that become JSON: responses, bytes and streams go out as they are."""
    origin = typing.get_origin(annotation)
    if origin is Annotated:
        value = _value_of(annotation.__origin__)
        return annotation if value is annotation.__origin__ else value
    if origin in _UNIONS:
        members = typing.get_args(annotation)
        values = [member for member in members if _value_of(member) is not object]
        if len(values) == len(members):
            return annotation
        # `Response | None` says no more than `Response`.
        return typing.Union[tuple(values)] if set(values) - {type(None)} else object  # noqa: UP007 (made here)
    if origin is Iterable:
        return types.GenericAlias(list, typing.get_args(annotation))
    base = origin or annotation
    if isinstance(base, type) and issubclass(base, (Response, bytes, bytearray, memoryview)):
        return object
    is_stream = getattr(base, "__module__", "") in ("collections.abc", "typing") and base.__name__ in _STREAMS
    return object if is_stream else annotation


def _node(annotation: Any, walk: Walk) -> Node | None:
    try:
        return walk(annotation)
    except TypeError:
        return None  # a class of its own, which register_encoder may know


def _encoder(node: Node, annotation: Any, walk: Walk) -> Encode:
    if isinstance(node, Model) or _has_model(annotation):
        return _by_pydantic(annotation, walk)
    exact = annotation if isinstance(annotation, type) else None
    if annotation is dict:
        return _json.encode
    seen: set[int] = set()
    keeps = within(node)
    convert = _converter(annotation, keeps)
    if node.is_direct(seen) and LEAVES_DEFAULTS not in seen:
        write: Encode = lambda value: _json.encode(convert(value))  # noqa: E731
    else:
        write = lambda value: _json.encode(complete(convert(value)))  # noqa: E731
    if exact is None or exact in _BUILT_IN:
        return write
    # Of exactly this class: it was made to be right.
    if keeps is None:
        return lambda value: _json.encode(value) if type(value) is exact else write(value)
    return lambda value: _json.encode(value) if type(value) is exact and keeps(value) else write(value)


def _converter(annotation: Any, keeps: Check | None) -> Callable[[Any], Any]:
    # An annotation is taken apart anew by each call of `convert`, but what a struct says of its fields only once.
    only: Any = msgspec.defstruct("Only", [("value", annotation)], array_like=True, gc=False)
    # Objects are read where a class is expected; elsewhere they are no values, and to say so costs half of the call.
    options: Any = {} if _is_built_in(annotation) else {"from_attributes": True, "dec_hook": _keep}

    def convert(value: Any) -> Any:
        try:
            return msgspec.convert((value,), only, **options).value
        except msgspec.ValidationError:
            return _converted(value, annotation)

    if keeps is None:
        return convert

    def convert_all(value: Any) -> Any:
        # What is of the right class is left as it is, with all that lies in it.
        result = convert(value)
        return result if keeps(result) else _by_its_json(result, annotation, None)

    return convert_all


def _converted(value: Any, annotation: Any) -> Any:
    if hasattr(value, "__next__"):
        value = list(value)
    try:
        return msgspec.convert(value, annotation, from_attributes=True, dec_hook=_keep)
    except msgspec.ValidationError as error:
        failure = error
    # A subclass, or objects in a container.
    return _by_its_json(value, annotation, failure)


def _by_its_json(value: Any, annotation: Any, failure: Exception | None) -> Any:
    try:
        plain = msgspec.to_builtins(value, enc_hook=custom.encode)
        return msgspec.convert(plain, annotation, dec_hook=_keep)
    except (msgspec.ValidationError, TypeError) as error:
        cause = failure or error
        raise ResponseError(f"the handler returned {type(value).__name__}: {cause}") from cause


def _keep(expected: Any, value: Any) -> Any:
    if type(value) is not expected and is_model(expected):
        if isinstance(value, expected):
            return expected.model_construct(**{name: getattr(value, name) for name in expected.model_fields})
        return expected.model_validate(value, from_attributes=True)
    if isinstance(value, expected):
        return value
    raise NotImplementedError


def _by_pydantic(annotation: Any, walk: Walk) -> Encode:
    from pydantic import TypeAdapter  # the program has a model, so it is there
    from pydantic.errors import PydanticUserError

    try:
        adapter: Any = TypeAdapter(annotation)
    except PydanticUserError as error:
        if typing.get_origin(annotation) in _UNIONS:
            return _by_member(annotation, walk)
        try:
            msgspec.json.Decoder(annotation)
        except TypeError:
            raise _CannotWrite(str(error).partition("\n")[0]) from error
        convert = _converter(annotation, within(walk(annotation)))
        return lambda value: _json.encode(complete(convert(value)))

    def encode(value: Any) -> bytes:
        try:
            value = adapter.validate_python(value, from_attributes=True)
        except ValueError as error:
            raise ResponseError(f"the handler returned {type(value).__name__}: {error}") from error
        return typing.cast("bytes", adapter.dump_json(value, by_alias=True))

    return encode


def _by_member(union: Any, walk: Walk) -> Encode:
    """Write by the member that a value is of, else by the first that takes it."""
    members: list[tuple[Any, Encode]] = [
        (typing.get_origin(member) or member, _encoder(walk(member), member, walk))
        for member in typing.get_args(union)
    ]

    def encode(value: Any) -> bytes:
        for base, write in members:
            if isinstance(base, type) and isinstance(value, base):
                return write(value)
        failures = []
        for _, write in members:
            try:
                return write(value)
            except ResponseError as error:  # noqa: PERF203 (the next one may take it)
                failures.append(error)
        raise failures[0]

    return encode


def _has_model(annotation: Any) -> bool:
    return is_model(annotation) or any(_has_model(argument) for argument in typing.get_args(annotation))


def _is_built_in(annotation: Any) -> bool:
    return annotation in _BUILT_IN or (
        typing.get_origin(annotation) in (*_BUILT_IN, typing.Union, types.UnionType)
        and all(_is_built_in(argument) for argument in typing.get_args(annotation) if argument is not ...)
    )


def _checked(encode: Encode, schema: _native.Schema) -> Encode:
    def checked(value: Any) -> bytes:
        text = encode(value)
        if violations := schema.validate(text, max_errors=1):
            raise ResponseError(
                f"the response breaks its schema at {violations[0].pointer!r}: {violations[0].keyword}"
            )
        return text

    return checked


_BUILT_IN = (str, int, float, bool, list, tuple, set, frozenset, dict, type(None))
_STREAMS = ("AsyncIterator", "AsyncGenerator", "Iterator", "Generator", "AsyncIterable")
