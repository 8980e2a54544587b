"""From pydantic's compiled schema to JSON Schema: what is certain, and nothing where pydantic alone can judge.

A model takes what pydantic takes: "5" or true for an int, unless it is strict. Texts that pydantic cannot take for a
number are told by formats that only the front end knows.
"""

from __future__ import annotations

import contextlib
import re
from typing import Any

from spikard._types.node import Definitions, Schema

_SCALARS: dict[str, Schema] = {
    "none": {"type": "null"},
    "bool": {"type": ["boolean", "number", "string"], "format": "spikard-lax-boolean"},
    "int": {"type": ["integer", "string", "boolean"], "format": "spikard-lax-integer"},
    "float": {"type": ["number", "string", "boolean"], "format": "spikard-lax-number"},
    "str": {"type": "string"},
    # What these take only pydantic knows: timestamps, seconds, urn: and braces; but no empty text.
    "bytes": {"type": "string"},
    "decimal": {"type": ["string", "number"], "format": "spikard-lax-decimal"},
    "date": {"type": ["string", "number"], "format": "spikard-lax-date"},
    "datetime": {"type": ["string", "number"], "format": "spikard-lax-date-time"},
    "time": {"type": ["string", "number"], "format": "spikard-lax-time"},
    "timedelta": {"type": ["string", "number"], "format": "spikard-lax-duration"},
    "uuid": {"type": "string", "format": "spikard-lax-uuid"},
    "url": {"type": "string"},
    "multi-host-url": {"type": "string"},
    "dict": {"type": "object"},
    "list": {"type": "array"},
    "set": {"type": "array"},
    "frozenset": {"type": "array"},
    "tuple": {"type": "array"},
}
_STRICT_SCALARS: dict[str, Schema] = {
    "bool": {"type": "boolean"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
}
_BOUNDS = {
    "gt": "exclusiveMinimum",
    "ge": "minimum",
    "lt": "exclusiveMaximum",
    "le": "maximum",
    "multiple_of": "multipleOf",
}
# These hold one schema that is judged first, or alone.
_WRAPPERS = {"function-after", "default"}
_CLASSES = {"model", "dataclass"}


def describe(core: Any, definitions: Definitions, owner: Any) -> Schema:
    """Describe the compiled schema of a class; what is not known here is left to pydantic."""
    return _Walk(definitions, owner, {}).enter(core)


class _Walk:
    def __init__(self, definitions: Definitions, owner: Any, shared: dict[str, Any]) -> None:
        self._definitions = definitions
        self._owner = owner
        self._shared = shared

    def enter(self, core: Any) -> Schema:
        """Describe what the class itself holds, instead of referring to it."""
        while core["type"] in ("definitions", "definition-ref", *_WRAPPERS):
            self._remember(core)
            core = self._shared[core["schema_ref"]] if core["type"] == "definition-ref" else core["schema"]
        # A root model or a validator around the class is no class.
        return self.schema(core["schema"]) if core["type"] in _CLASSES else self.schema(core)

    def schema(self, core: Any) -> Schema:
        kind = core["type"]
        if kind in _CLASSES:
            cls = core["cls"]
            inner = _Walk(self._definitions, cls, self._shared)
            return self._definitions.refer(cls, cls.__name__, lambda: inner.enter(core))
        if kind == "definitions":
            self._remember(core)
            return self.schema(core["schema"])
        if kind in _WRAPPERS:
            return self._wrapped(core)
        if kind == "definition-ref":
            shared = self._shared.get(core["schema_ref"])
            if shared is None or shared["type"] in _CLASSES:
                return self.schema(shared) if shared else {}
            return self._definitions.refer(shared, "Shared", lambda: self.schema(shared))
        if kind in _SCALARS:
            return self._scalar(core, kind)
        method = getattr(self, "_" + kind.replace("-", "_"), None)
        return method(core) if method else {}

    def _remember(self, core: Any) -> None:
        if core["type"] == "definitions":
            self._shared |= {each["ref"]: each for each in core["definitions"]}

    def _wrapped(self, core: Any) -> Schema:
        inner = self.schema(core["schema"])
        if core["type"] == "default" and isinstance(
            core.get("default"), (str, int, float, bool, list, type(None))
        ):
            with contextlib.suppress(Exception):
                return {**inner, "default": core["default"]} if inner else inner
        return inner

    def _scalar(self, core: Any, kind: str) -> Schema:
        schema = dict(_SCALARS[kind])
        if kind in _STRICT_SCALARS and self._is_strict(core):
            schema = dict(_STRICT_SCALARS[kind])
        if kind in ("int", "float"):
            for name, keyword in _BOUNDS.items():
                # Of floats pydantic takes multiples that are nearly so.
                if name in core and not (kind == "float" and name == "multiple_of"):
                    schema[keyword] = core[name]
        elif kind == "str" and self._config.get("coerce_numbers_to_str", core.get("coerce_numbers_to_str")):
            return {"type": ["string", "number"]}
        elif kind == "str" and not self._changes_text(core):
            schema |= {
                word: core[name]
                for name, word in (("min_length", "minLength"), ("max_length", "maxLength"))
                if name in core
            }
            if isinstance(pattern := core.get("pattern"), (str, re.Pattern)):
                from spikard._types.constraints import edge_knows

                text = pattern.pattern if isinstance(pattern, re.Pattern) else pattern
                if edge_knows(text):
                    schema["pattern"] = text
        elif kind in ("list", "set", "frozenset"):
            items = self.schema(core["items_schema"]) if "items_schema" in core else {}
            schema |= {"items": items} if items else {}
            schema |= {"minItems": core["min_length"]} if "min_length" in core else {}
            schema |= {"maxItems": core["max_length"]} if "max_length" in core and kind == "list" else {}
        elif kind == "tuple" and core.get("variadic_item_index") is None:
            each = [self.schema(item) for item in core["items_schema"]]
            schema |= {"maxItems": len(each)} | ({"prefixItems": each} if each else {})
        elif kind == "dict" and "values_schema" in core and (values := self.schema(core["values_schema"])):
            schema["additionalProperties"] = values
        return schema

    def _changes_text(self, core: Any) -> bool:
        """Tell whether pydantic judges another text than the one that was sent."""
        names = ("strip_whitespace", "to_lower", "to_upper")
        return any(core.get(name) or self._config.get(f"str_{name}") for name in names)

    def _is_strict(self, core: Any) -> bool:
        return not self._definitions.lax or bool(core.get("strict", self._config.get("strict")))

    @property
    def _config(self) -> dict[str, Any]:
        owner = self._owner
        return getattr(owner, "model_config", None) or getattr(owner, "__pydantic_config__", None) or {}

    def _nullable(self, core: Any) -> Schema:
        inner = self.schema(core["schema"])
        return {"anyOf": [inner, {"type": "null"}]} if inner else {}

    def _union(self, core: Any) -> Schema:
        choices = [choice[0] if isinstance(choice, tuple) else choice for choice in core["choices"]]
        return self._any_of([self.schema(choice) for choice in choices])

    def _tagged_union(self, core: Any) -> Schema:
        if not isinstance(core["discriminator"], str):
            return {}
        return self._any_of([self.schema(choice) for choice in core["choices"].values()])

    def _any_of(self, schemas: list[Schema]) -> Schema:
        return {} if {} in schemas or not schemas else {"anyOf": schemas}

    def _literal(self, core: Any) -> Schema:
        values = [getattr(value, "value", value) for value in core["expected"]]
        # As keys of a dict, true is 1 and false 0.
        certain = all(isinstance(value, (str, int, type(None))) and value not in (0, 1) for value in values)
        return {"enum": values} if certain else {}

    def _enum(self, core: Any) -> Schema:
        values = [member.value for member in core["members"]]
        simple = all(isinstance(value, (str, type(None))) for value in values)
        return {"enum": values} if simple and values and "missing" not in core else {}

    def _model_fields(self, core: Any) -> Schema:
        return self._fields(core["fields"], core.get("extra_behavior"))

    def _typed_dict(self, core: Any) -> Schema:
        return self._fields(core["fields"], core.get("extra_behavior"), core.get("total", True))

    def _dataclass_args(self, core: Any) -> Schema:
        fields = {field["name"]: field for field in core["fields"] if field.get("init", True)}
        return self._fields(fields, core.get("extra_behavior"))

    def _fields(self, fields: dict[str, Any], extra: Any, total: bool = True) -> Schema:
        config = self._config
        by_name = config.get("populate_by_name") or config.get("validate_by_name")
        properties: Schema = {}
        required = []
        certain = True
        for name, field in fields.items():
            alias = field.get("validation_alias")
            if (alias is not None and not isinstance(alias, str)) or (alias and by_name):
                certain = False  # one of several names, or a path: which, pydantic decides
                continue
            wire_name = alias or name
            properties[wire_name] = self.schema(field["schema"])
            if field.get("required", total and field["schema"]["type"] != "default"):
                required.append(wire_name)
        schema: Schema = {"type": "object", "properties": properties}
        if required:
            schema["required"] = required
        if certain and (extra or config.get("extra")) == "forbid":
            schema["additionalProperties"] = False
        return schema
