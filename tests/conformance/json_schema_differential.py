"""Differential fuzzing of the validator against PyPI jsonschema, with jsonschema-rs as the third vote.

    python tests/conformance/json_schema_differential.py [--module spikard._native] [--pairs 100000]
        [--seed 1] [--state FILE]

Pair number N of a seed is always the same schema and instance. With --state the run can be stopped and goes
on where it was. Besides the verdicts, the places and keywords of all errors are compared, where all report
the same way. Every disagreement is shrunk and printed once per kind with all three votes, and counted; the
exit code is 1 if there is one in which neither of the others agrees with us. docs/schema.md lists those
that remain, with the paragraph of the specification that decides them.
"""

from __future__ import annotations

import argparse
import importlib
import json
import random
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import jsonschema
import jsonschema_rs

NAMES = ["a", "b", "c", "foo", "bar", "x1", "é", ""]
TEXTS = ["", "a", "ab", "abc", "foo", "x1", "é", "😀", "1", "A b", "\n", "a\u0000"]
NUMBERS = [
    0,
    1,
    2,
    3,
    -1,
    1.0,
    1.5,
    0.1,
    0.3,
    -2.5,
    10,
    100,
    1e3,
    1e-3,
    1e300,
    2**53,
    2**53 + 1,
    10**30,
    -(10**25),
    7.0,
]
PATTERNS = ["^a", "b$", "^[a-c]+$", "x[0-9]", "^$", ".", "o{2}", "^(foo|bar)$", "é"]
TYPES = ["null", "boolean", "integer", "number", "string", "array", "object"]

# Where jsonschema tells one error for several, or the inner ones for one, nothing is to be compared.
REPORTED_OTHERWISE = ("propertyNames", "unevaluated", "false")


def one_word(keyword: str) -> str:
    return "contains" if keyword in ("minContains", "maxContains") else keyword


class Generator:
    """One random pair. References that apply to the same value stay acyclic: $defs refer to later ones."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)
        self.defs = self.random.randrange(4)
        self.anchors = {
            i: self.random.choice(["$anchor", "$dynamicAnchor"]) for i in range(self.defs) if self.chance(0.3)
        }
        # Definitions that are resources of their own, where only "#item" can be referred to.
        self.resources = {i for i in range(self.defs) if self.chance(0.15)}
        self.in_resource = False

    def pair(self) -> tuple[object, object]:
        schema = self.schema(3, 0)
        if isinstance(schema, dict):
            schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
            if self.defs:
                schema["$defs"] = {f"d{i}": self.definition(i) for i in range(self.defs)}
            if self.resources:
                schema["$id"] = "http://example.com/root"
                if self.chance(0.5):
                    schema["$defs"]["item"] = {"$dynamicAnchor": "item", "type": self.type_name()}
        return schema, self.value(3)

    def definition(self, number: int) -> object:
        if number in self.resources:
            return self.resource(number)
        schema = self.schema(2, number + 1)
        if isinstance(schema, dict) and number in self.anchors:
            schema[self.anchors[number]] = f"n{number}"
        elif number in self.anchors:
            return {self.anchors[number]: f"n{number}", "not": {}}
        return schema

    def resource(self, number: int) -> object:
        self.in_resource = True
        schema = self.schema(2, self.defs)
        self.in_resource = False
        if not isinstance(schema, dict):
            schema = {}
        item = {"$dynamicAnchor": "item", "type": self.type_name()}
        return {**schema, "$id": f"r{number}", "$defs": {"item": item}}

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def value(self, depth: int) -> object:
        kind = self.random.choice([*TYPES, "array", "object", "object"] if depth else TYPES[:5])
        if kind == "null":
            return None
        if kind == "boolean":
            return self.chance(0.5)
        if kind in ("integer", "number"):
            return self.random.choice(NUMBERS)
        if kind == "string":
            return self.random.choice(TEXTS)
        if kind == "array":
            return [self.value(depth - 1) for _ in range(self.random.randrange(5))]
        return {self.random.choice(NAMES): self.value(depth - 1) for _ in range(self.random.randrange(5))}

    def schema(self, depth: int, first_def: int) -> object:
        """first_def: the lowest definition that may be referred to from the same value."""
        if self.chance(0.08) or depth < 0:
            return self.chance(0.7)
        schema: dict[str, object] = {}
        for _ in range(self.random.randrange(1, 5)):
            keyword = self.random.choice(list(KEYWORDS))
            schema[keyword] = KEYWORDS[keyword](self, depth - 1, first_def)
        if self.chance(0.25) and first_def < self.defs and not self.in_resource:
            schema.update(self.reference(first_def))
        return schema

    def reference(self, first_def: int) -> dict[str, object]:
        number = self.random.randrange(first_def, self.defs)
        target = (
            f"#n{number}" if number in self.anchors and number not in self.resources else f"#/$defs/d{number}"
        )
        if number in self.resources and self.chance(0.5):
            target = f"r{number}"
        return {self.random.choice(["$ref", "$ref", "$dynamicRef"]): target}

    def child(self, depth: int) -> object:
        """A schema for another value, where references may go round."""
        if self.in_resource and self.chance(0.3):
            return {"$dynamicRef": "#item"}
        if self.defs and self.chance(0.15) and not self.in_resource:
            return self.reference(0)
        return self.schema(depth, 0)

    def children(self, depth: int) -> list[object]:
        return [self.child(depth) for _ in range(self.random.randrange(1, 4))]

    def named_children(self, depth: int) -> dict[str, object]:
        return {self.random.choice(NAMES): self.child(depth) for _ in range(self.random.randrange(1, 4))}

    def branches(self, depth: int, first_def: int) -> list[object]:
        return [self.schema(depth, first_def) for _ in range(self.random.randrange(1, 4))]

    def names(self) -> list[str]:
        return self.random.sample(NAMES, self.random.randrange(3))

    def type_name(self) -> object:
        if self.chance(0.7):
            return self.random.choice(TYPES)
        return self.random.sample(TYPES, self.random.randrange(1, 4))


def count(g: Generator, *_: object) -> int:
    return g.random.randrange(4)


def number(g: Generator, *_: object) -> object:
    return g.random.choice(NUMBERS)


def child(g: Generator, depth: int, _: int) -> object:
    return g.child(depth)


def same(g: Generator, depth: int, first_def: int) -> object:
    return g.schema(depth, first_def)


KEYWORDS = {
    "type": lambda g, d, f: g.type_name(),
    "const": lambda g, d, f: g.value(2),
    "enum": lambda g, d, f: [g.value(1) for _ in range(g.random.randrange(1, 5))],
    "multipleOf": lambda g, d, f: g.random.choice([1, 2, 3, 0.5, 0.1, 1.5, 7]),
    "minimum": number,
    "maximum": number,
    "exclusiveMinimum": number,
    "exclusiveMaximum": number,
    "minLength": count,
    "maxLength": count,
    "pattern": lambda g, d, f: g.random.choice(PATTERNS),
    "minItems": count,
    "maxItems": count,
    "uniqueItems": lambda g, d, f: g.chance(0.8),
    "prefixItems": lambda g, d, f: g.children(d),
    "items": child,
    "contains": child,
    "minContains": count,
    "maxContains": count,
    "unevaluatedItems": child,
    "minProperties": count,
    "maxProperties": count,
    "required": lambda g, d, f: g.names(),
    "properties": lambda g, d, f: g.named_children(d),
    "patternProperties": lambda g, d, f: {g.random.choice(PATTERNS): g.child(d)},
    "additionalProperties": child,
    "propertyNames": child,
    "dependentRequired": lambda g, d, f: {g.random.choice(NAMES): g.names()},
    "dependentSchemas": lambda g, d, f: {g.random.choice(NAMES): g.schema(d, f)},
    "unevaluatedProperties": child,
    "allOf": lambda g, d, f: g.branches(d, f),
    "anyOf": lambda g, d, f: g.branches(d, f),
    "oneOf": lambda g, d, f: g.branches(d, f),
    "not": same,
    "if": same,
    "then": same,
    "else": same,
}


def votes(native, schema: object, instance: object) -> tuple[object, object, object]:
    """Ours, jsonschema's and jsonschema-rs's verdict; text where one gave up."""
    data = json.dumps(instance, ensure_ascii=False).encode()
    judges = (
        lambda: ours(native, schema, data),
        lambda: jsonschema.Draft202012Validator(schema).is_valid(instance),
        lambda: jsonschema_rs.Draft202012Validator(schema).is_valid(instance),
    )
    return tuple(map(vote, judges))


def vote(judge: Callable[[], object]) -> object:
    try:
        return judge()
    except Exception as error:  # whatever it is, it is a vote
        return type(error).__name__


def ours(native, schema: object, data: bytes) -> object:
    compiled = native.Schema(json.dumps(schema, ensure_ascii=False))
    verdict = compiled.is_valid(data)
    violations = compiled.validate(data, max_errors=10_000)
    if verdict == bool(violations):
        return "verdict and errors differ"
    text = json.dumps(schema)
    if not any(word in text for word in REPORTED_OTHERWISE):
        mine = {(violation.path, one_word(violation.keyword)) for violation in violations}
        theirs = [
            {(tuple(e.absolute_path), one_word(e.validator)) for e in validator.iter_errors(json.loads(data))}
            for validator in [jsonschema.Draft202012Validator(schema)]
        ] + [
            {
                (tuple(e.instance_path), one_word(e.schema_path[-1]))
                for e in validator.iter_errors(json.loads(data))
            }
            for validator in [jsonschema_rs.Draft202012Validator(schema)]
        ]
        if mine not in theirs:
            return f"other errors: {sorted(map(str, mine ^ theirs[0]))}"
    return verdict


def smaller(value: object):
    """Every value that is one step simpler."""
    if isinstance(value, dict):
        for key in value:
            yield {k: v for k, v in value.items() if k != key}
        for key, item in value.items():
            for less in smaller(item):
                yield {**value, key: less}
    elif isinstance(value, list):
        for i in range(len(value)):
            yield value[:i] + value[i + 1 :]
        for i, item in enumerate(value):
            for less in smaller(item):
                yield [*value[:i], less, *value[i + 1 :]]


def shrink(native, schema: object, instance: object, wanted: tuple) -> tuple[object, object]:
    progress = True
    while progress:
        progress = False
        for candidate in [(s, instance) for s in smaller(schema)] + [(schema, i) for i in smaller(instance)]:
            if votes(native, *candidate) == wanted:
                schema, instance = candidate
                progress = True
                break
    return schema, instance


def keywords(schema: object) -> set[str]:
    found: set[str] = set()
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key in KEYWORDS or key.startswith("$"):
                found.add(key)
            found |= keywords(value)
    elif isinstance(schema, list):
        for item in schema:
            found |= keywords(item)
    return found - {"$schema", "$defs"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--module", default="spikard._native")
    parser.add_argument("--pairs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--state", type=Path)
    arguments = parser.parse_args()
    native = importlib.import_module(arguments.module)

    start, found, valid = 0, {}, 0
    if arguments.state and arguments.state.exists():
        state = json.loads(arguments.state.read_text())
        if state["seed"] == arguments.seed:
            start, found, valid = state["next"], state["found"], state["valid"]

    def save(upto: int) -> None:
        if arguments.state:
            state = {"seed": arguments.seed, "next": upto, "found": found, "valid": valid}
            arguments.state.write_text(json.dumps(state))

    for index in range(start, arguments.pairs):
        schema, instance = Generator(f"{arguments.seed}:{index}").pair()
        verdicts = votes(native, schema, instance)
        valid += verdicts[0] is True
        if len(set(verdicts)) > 1:
            schema, instance = shrink(native, schema, instance, verdicts)
            kind = f"{verdicts} {sorted(keywords(schema))}"
            entry = found.setdefault(
                kind, {"votes": verdicts, "schema": schema, "instance": instance, "count": 0}
            )
            entry["count"] += 1
        if index % 1000 == 999:
            save(index + 1)
    save(arguments.pairs)

    tally: Counter[str] = Counter()
    for entry in sorted(found.values(), key=lambda e: -e["count"]):
        us, python, rust = entry["votes"]
        side = "jsonschema alone" if us == rust else "jsonschema-rs alone" if us == python else "WE ALONE"
        tally[side] += entry["count"]
        print(f"{side} x{entry['count']}: spikard {us}, jsonschema {python}, jsonschema-rs {rust}")
        print(f"    schema   {json.dumps(entry['schema'])}\n    instance {json.dumps(entry['instance'])}")
    summary = ", ".join(f"{side} {times}" for side, times in tally.items()) or "no disagreement"
    print(
        f"json schema differential: {arguments.pairs} pairs of seed {arguments.seed} "
        f"({valid} valid): {summary}"
    )
    return 1 if tally["WE ALONE"] else 0


if __name__ == "__main__":
    sys.exit(main())
