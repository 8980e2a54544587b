"""Binding: which parameter of a handler gets what (docs: "Handlers, Binding"), decided once at start."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

from spikard import _handler
from spikard._signature import hints, special
from spikard._signature.absent import Absent, can_change
from spikard._signature.arguments import Arguments
from spikard._signature.body import Body, BodyPart
from spikard._signature.call import compose, reader
from spikard._signature.hints import UNANNOTATED
from spikard._signature.parameters import FilePart, ManifestParameter
from spikard._signature.reads import Reads
from spikard._types import Node, Walk, is_body
from spikard._types.constraints import Constraints
from spikard._types.files import Content
from spikard._types.walk import has_files
from spikard.exceptions import StartError
from spikard.params import Body as BodyMarker
from spikard.params import Cookie, File, Form, Header, Marker, Path, Query
from spikard.requests import Request

if TYPE_CHECKING:
    from spikard._exchange import Exchange
    from spikard._inject import Dependencies, Dependency
    from spikard._pattern import Segment

_BODY_METHODS = frozenset({"POST", "PUT", "PATCH"})
_BODY_NAMES = ("body", "_body")


@dataclass(frozen=True, slots=True)
class Binding:
    """A handler, ready to be called.

    Attributes:
        reads: what the front end has to read for it.
        wants_request: the parameter that gets the `Request`; empty if none does.
        call: calls the handler for an exchange; gives its result, a coroutine if it is `async def`.
            Not of a handler with `injected` parameters.
        arguments: gives the keyword arguments that are read from an exchange; None if there are none.
        injected: the parameters that are filled by dependencies.
    """

    reads: Reads
    wants_request: str
    call: Callable[[Exchange], Any]
    arguments: Callable[[Exchange], dict[str, Any]] | None
    injected: dict[str, Dependency]

    @property
    def parameters(self) -> tuple[ManifestParameter, ...]:
        """What the front end reads for it from text, in the order of the signature."""
        return self.reads.parameters


def bind(
    handler: Callable[..., Any],
    segments: tuple[Segment, ...],
    make_request: Callable[[Exchange], Request],
    dependencies: Dependencies | None = None,
    *,
    method: str = "GET",
    walk: Walk | None = None,
) -> Binding:
    """Decide what every parameter of a handler, hook or dependency gets.

    Args:
        handler: any callable that Python can give the signature of.
        segments: the route's path.
        make_request: what a parameter for the request is filled with.
        dependencies: of the application.
        method: of the route; POST, PUT and PATCH have bodies.
        walk: of the application, so that no type is described twice.

    Raises:
        StartError: a parameter that nothing can be bound to.
    """
    binder = _Binder(handler, segments, dependencies, method, walk or Walk())
    for parameter in _signature(handler):
        binder.add(parameter)
    return binder.finish(make_request)


class _Binder:
    """The decisions so far about one handler."""

    def __init__(
        self,
        handler: Callable[..., Any],
        segments: tuple[Segment, ...],
        dependencies: Dependencies | None,
        method: str,
        walk: Walk,
    ) -> None:
        self._handler = handler
        self._in_path = {segment.text: segment for segment in segments if segment.type}
        self._dependencies = dependencies
        self._has_body = method in _BODY_METHODS
        self._method = method
        self._walk = walk
        self._arguments = Arguments(walk)
        self._body = Body()
        self._specials: dict[str, special.Special] = {}
        self._raw_body = ""
        self._wants_request = ""
        self._injected: dict[str, Dependency] = {}

    def add(self, parameter: inspect.Parameter) -> None:
        """Bind one parameter by the first rule that fits."""
        annotation = hints.evaluate(self._handler, parameter)
        name, default = parameter.name, parameter.default
        # Rule 1: a marker.
        if self._dependencies and (found := self._dependencies.in_place(annotation, default)):
            self._injected[name] = found
            return
        marker, annotation, default = self._marker(annotation, default)
        if marker is not None:
            self._add_marked(name, annotation, default, marker)
        # Rule 2: a name in the path.
        elif name in self._in_path:
            self._add_path(name, name, annotation, Path())
        # Rule 3: types and names with a meaning.
        elif special.is_request(name, annotation):
            if self._wants_request:
                self._refuse(name, f"is a second one for the request, after {self._wants_request!r}")
            self._wants_request = name
        elif found_special := special.find(name, annotation):
            self._specials[name] = found_special
        elif annotation is not UNANNOTATED and has_files(annotation):
            self._add_body(name, annotation, default, File())
        # Rule 4: a dependency.
        elif self._dependencies and (found := self._dependencies.registered(annotation, name)):
            self._injected[name] = found
        # Rule 5: the body.
        elif self._has_body and (name in _BODY_NAMES or is_body(annotation)):
            self._add_body(name, annotation, default, BodyMarker())
        # Rule 6: a query parameter.
        else:
            self._add_text(name, annotation, default, Query(), spreads=False)

    def finish(self, make_request: Callable[[Exchange], Request]) -> Binding:
        """Compose what was decided."""
        body = self._body if self._body.parts else None
        if body:
            self._check_body(body)
        read = reader(self._arguments.reader(), body.reader() if body else None, self._raw_body)
        arguments = special.with_specials(read, self._specials, make_request)
        return Binding(
            reads=Reads(
                parameters=tuple(self._arguments.declared),
                body=body,
                takes_body=bool(body or self._raw_body or self._wants_request),
                whole_body=bool(body or self._raw_body),
                query_closed=self._arguments.query_closed,
                cookies_closed=self._arguments.cookies_closed,
            ),
            wants_request=self._wants_request,
            call=compose(self._handler, arguments, self._wants_request, make_request),
            arguments=arguments,
            injected=self._injected,
        )

    def _marker(self, annotation: Any, default: Any) -> tuple[Marker | None, Any, Any]:
        """Take a marker out of annotation or default; the rest of the metadata stays."""
        found = None
        if typing.get_origin(annotation) is Annotated:
            rest = []
            for metadata in annotation.__metadata__:
                if isinstance(metadata, type) and issubclass(metadata, Marker):
                    metadata = metadata()
                if isinstance(metadata, Marker):
                    found = metadata
                else:
                    rest.append(metadata)
            if found:
                base = annotation.__origin__
                annotation = Annotated.__class_getitem__((base, *rest)) if rest else base
        if isinstance(default, Marker):
            found, default = default, inspect.Parameter.empty
        return found, annotation, default

    def _add_marked(self, name: str, annotation: Any, default: Any, marker: Marker) -> None:
        if isinstance(marker, Path):
            wire_name = marker.alias or name
            if wire_name not in self._in_path:
                self._refuse(name, f"is marked as part of the path, which has no {{{wire_name}}}")
            self._add_path(name, wire_name, annotation, marker)
        elif isinstance(marker, BodyMarker):
            self._add_body(name, annotation, default, marker)
        else:
            self._add_text(name, annotation, default, marker)

    def _add_path(self, name: str, wire_name: str, annotation: Any, marker: Marker) -> None:
        segment = self._in_path[wire_name]
        shape = hints.shape(annotation, segment.scalar)
        if shape is not None and (shape.is_list or not _agree(segment.scalar.type, shape.scalar.type)):
            if shape.is_list:
                self._refuse(name, f"has the type {_text(annotation)}, which cannot be read from the path")
            self._refuse(name, f"has the type {_text(annotation)}, but {segment} in the path")
        if annotation is bytes and segment.scalar.type is not str:
            self._refuse(name, f"has the type {_text(annotation)}, but {segment} in the path")
        node = self._node(name, annotation, marker, segment.scalar.type)
        if not self._arguments.is_text(node):
            self._refuse(name, f"has the type {_text(annotation)}, which cannot be read from the path")
        self._arguments.add(
            name, wire_name, "path", node, shape if not _says_more(marker) else None, True, marker
        )

    def _add_text(
        self, name: str, annotation: Any, default: Any, marker: Marker, spreads: bool = True
    ) -> None:
        source: typing.Literal["query", "header", "cookie"] = "query"
        wire_name = marker.alias or name
        if isinstance(marker, Header):
            source = "header"
            convert = marker.alias is None and marker.convert_underscores
            wire_name = (name.replace("_", "-") if convert else wire_name).lower()
        elif isinstance(marker, Cookie):
            source = "cookie"
        node = self._node(name, annotation, marker, str)
        shape = None if _says_more(marker) else hints.shape(annotation)
        required = self._note_absent(name, annotation, default, marker, self._arguments.absent)
        if spreads and self._arguments.can_spread(node):
            self._arguments.spread(name, source, node, required)
        elif self._arguments.is_text(node):
            self._arguments.add(name, wire_name, source, node, shape, required, marker)
        else:
            hint = ""
            if is_body(annotation) and not self._has_body:
                hint = f"; a {self._method} has a body by Body() only, and Query() takes the fields of a type"
            self._refuse(
                name, f"has the type {_text(annotation)}, which cannot be read from the {source}{hint}"
            )

    def _add_body(self, name: str, annotation: Any, default: Any, marker: BodyMarker) -> None:
        if annotation is bytes and not isinstance(marker, Form):
            self._raw_body = name
            self._note_absent(name, annotation, default, marker, self._body.absent)
            return
        file = None
        is_content = annotation is bytes and isinstance(marker, File)
        is_file = is_content or (annotation is not UNANNOTATED and has_files(annotation))
        if isinstance(marker, File) and not is_file:
            self._refuse(name, f"is marked as a file, but has the type {_text(annotation)}, not UploadFile")
        node = Content() if is_content else self._node(name, annotation, marker, Any)
        wire_name = marker.alias or name
        if isinstance(marker, File):
            file = FilePart(wire_name, marker.content_types, marker.max_size or 0, marker.magic)
        elif is_file:
            file = FilePart(wire_name)
        is_form = isinstance(marker, Form) or is_file
        # A form is an object: all else is one of its fields.
        is_whole = is_body(annotation) and "object" in node.kinds
        is_key = is_form and (is_file or not is_whole)
        required = self._note_absent(name, annotation, default, marker, self._body.absent)
        self._body.parts.append(BodyPart(name, wire_name, node, required, is_form, is_key, file))

    def _check_body(self, body: Body) -> None:
        if self._raw_body:
            self._refuse(self._raw_body, "is the whole body, but other parameters are parts of it")
        names = [part.wire_name for part in body.parts]
        twice = next((part for part in body.parts if names.count(part.wire_name) > 1), None)
        if twice:
            self._refuse(twice.name, f"is a second one for the key {twice.wire_name!r} of the body")

    def _note_absent(self, name: str, annotation: Any, default: Any, marker: Marker, absent: Absent) -> bool:
        """Note what an absent parameter gets, and tell whether its absence is an error."""
        if default is not inspect.Parameter.empty:
            if can_change(default):
                absent.note(name, default)
            return False
        if marker.default_factory is not None:
            absent.factories[name] = marker.default_factory
            return False
        if marker.default is not ...:
            absent.note(name, marker.default)
            return False
        if hints.is_optional(annotation):
            absent.values[name] = None
            return False
        return True

    def _node(self, name: str, annotation: Any, marker: Marker, unannotated: Any) -> Node:
        if annotation is UNANNOTATED or (annotation is Any and unannotated is not Any):
            annotation = unannotated
        try:
            node = self._walk(annotation)
            constraints = Constraints()
            constraints.add(marker)
            constraints.schema |= marker.schema
            return self._walk.constrained(node, constraints, annotation)
        except TypeError as error:
            reason = special.elsewhere(annotation) or error
            self._refuse(name, f"has the type {_text(annotation)}: {reason}")

    def _refuse(self, name: str, reason: str) -> NoReturn:
        raise StartError(f"{_handler.place(self._handler)}: parameter {name!r} {reason}")


def _says_more(marker: Marker) -> bool:
    constraints = Constraints()
    constraints.add(marker)
    return bool(constraints or marker.schema or marker.separator)


def _signature(handler: Callable[..., Any]) -> list[inspect.Parameter]:
    try:
        parameters = list(inspect.signature(handler).parameters.values())
    except (TypeError, ValueError) as error:
        raise StartError(f"{_handler.place(handler)}: its parameters cannot be told: {error}") from error
    for parameter in parameters:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            starred = str(parameter.replace(annotation=UNANNOTATED))
            refusal = "takes anything; does a decorator lack functools.wraps?"
            raise StartError(f"{_handler.place(handler)}: parameter {starred!r} {refusal}")
        if parameter.kind is parameter.POSITIONAL_ONLY:
            refusal = "is positional-only, but handlers are called by keyword"
            raise StartError(f"{_handler.place(handler)}: parameter {parameter.name!r} {refusal}")
    return parameters


def _agree(segment: type, annotation: type) -> bool:
    """Tell whether a text that the segment's type admits can be of the annotation's type."""
    return segment is str or annotation in (segment, str) or (segment, annotation) == (int, float)


def _text(annotation: Any) -> str:
    is_class = isinstance(annotation, type) and not typing.get_args(annotation)
    return annotation.__qualname__ if is_class else str(annotation)
