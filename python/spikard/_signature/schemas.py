"""What the manifest says of body and parameters: from the signature, and from schemas that were given by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

import msgspec

from spikard._signature.parameters import FilePart, ManifestParameter
from spikard.exceptions import StartError

if TYPE_CHECKING:
    from spikard._route import Route
    from spikard._signature.reads import Reads

_SOURCES = ("path", "query", "header", "cookie")
_ANY = ("json", "urlencoded", "multipart")


def body(route: Route, reads: Reads) -> dict[str, Any]:
    """Give the fields of `ManifestRoute` that speak of the body."""
    declared = reads.body
    given = route.body_schema
    fields: dict[str, Any] = {"takes_body": reads.takes_body}
    if declared is None and given is None and route.file_params is None:
        return fields
    schema: Any = given
    parts: tuple[FilePart, ...] = ()
    media: tuple[str, ...] = _ANY
    required = True
    if declared is not None:
        media, parts = declared.media, declared.file_parts
        required = declared.is_required
        fields["body_keyed"] = declared.is_keyed
        if schema is None:
            schema = declared.schema()
    if route.file_params is not None:
        schema, own = _with_files(schema, route)
        # What was said by hand stands before what the signature says.
        names = {part.name for part in own}
        parts = (*own, *(part for part in parts if part.name not in names))
        media = ("urlencoded", "multipart")
        required = False
        fields["body_keyed"] = True
    text = _written(schema, route, "body_schema")
    return fields | {
        "takes_body": True,
        "body_schema": text,
        "body_media": media,
        "body_required": required,
        "file_parts": parts,
    }


def _with_files(schema: Any, route: Route) -> tuple[dict[str, Any], tuple[FilePart, ...]]:
    schema = dict(schema) if isinstance(schema, dict) else {}
    properties = dict(schema.get("properties", {}))
    required = list(schema.get("required", ()))
    parts = []
    for name, said in (route.file_params or {}).items():
        if not isinstance(said, dict):
            _refuse(route, f"file_params: {name!r} must be a dict, not {said!r}")
        file = {"type": "string", "format": "binary"}
        is_list = said.get("type") == "array" or properties.get(name, {}).get("type") == "array"
        properties[name] = {"type": "array", "items": file} if is_list else file
        if is_list and said.get("required"):
            properties[name]["minItems"] = 1
        if said.get("required") and name not in required:
            required.append(name)
        types: Any = said.get("content_type") or said.get("content_types") or ()
        parts.append(
            FilePart(
                name,
                (types,) if isinstance(types, str) else tuple(types),
                said.get("max_size", 0),
                bool(said.get("validate_magic_numbers", said.get("magic", False))),
            )
        )
    schema |= {"type": "object", "properties": properties}
    if required:
        schema["required"] = required
    return schema, tuple(parts)


def parameters(route: Route, reads: Reads) -> tuple[ManifestParameter, ...]:
    """Give the parameters: those of the signature, and what `parameter_schema` says of them and of others."""
    given = route.parameter_schema
    if not given:
        return reads.parameters
    found = {(parameter.source, parameter.wire_name): parameter for parameter in reads.parameters}
    required = given.get("required", ())
    for name, schema in given.get("properties", {}).items():
        said = dict(schema)
        source = said.pop("source", "query")
        if source not in _SOURCES:
            _refuse(
                route, f"parameter_schema: {name!r} has the source {source!r}, which is none of {_SOURCES}"
            )
        separator = said.pop("separator", "")
        wire_name = said.pop("alias", None) or (name.replace("_", "-") if source == "header" else name)
        wire_name = wire_name.lower() if source == "header" else wire_name
        declared = ManifestParameter(
            name,
            wire_name,
            source,
            "text",
            said.get("type") == "array",
            name in required or source == "path",
            _written(said, route, f"parameter_schema: {name!r}"),
            separator,
        )
        before = found.get((source, wire_name))
        if before is not None:
            declared = replace(declared, name=before.name, object=before.object)
        found[source, wire_name] = declared
    return tuple(found.values())


def _written(schema: Any, route: Route, what: str) -> str:
    from spikard import _native

    try:
        text = msgspec.json.encode(schema)
        if schema is not True:
            _native.Schema(text)
    except (TypeError, _native.SchemaError) as error:
        _refuse(route, f"{what}: {error}")
    return text.decode()


def _refuse(route: Route, reason: str) -> NoReturn:
    raise StartError(f"{route.place}: {reason}")
