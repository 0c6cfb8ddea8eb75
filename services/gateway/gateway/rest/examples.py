"""Examples of bodies and answers, made of their schemas. Pure.

A field's own example comes first, then its default, then what a field of its name or kind looks like.
"""

from collections.abc import Iterator
from typing import Any
from uuid import NAMESPACE_URL, uuid5

Schema = dict[str, Any]

# What fields of these names look like, in every schema that has them and gives no example itself.
BY_NAME: dict[str, Any] = {
    "action": "reference_added",
    "actor": "person",
    "address": "https://example.org/day2",
    "aliases": ["민지", "Minji"],
    "at_ms": 15_200,
    "bottom": 0.37,
    "colour": 3,
    "door": "page",
    "duration_ms": 61_440,
    "end_ms": 17_840,
    "file": "day2.mp4",
    "frame_rate": 29.97,
    "group": "NJZ",
    "Group.name": "NJZ",
    "Group.name_en": "NJZ",
    "Group.name_ko": "엔제이지",
    "height": 1080,
    "left": 0.31,
    "licence": "BSD-3-Clause",
    "link": "http://127.0.0.1:8000/videos/6f1c2d52-8f0e-5f0e-9d5c-0b8f0f3a1c11?t=13000",
    "model_id": "edgeface-xs@b6b2f055+align3",
    "name": "김민지",
    "name_en": "Kim Minji",
    "name_ko": "김민지",
    "origin": "day2.mp4",
    "path": "/media/day2.mp4",
    "photo": "minji.jpg",
    "query": "민지가 자는 장면",
    "right": 0.45,
    "Series.name": "주간 아이돌",
    "source": "minji.jpg",
    "start_ms": 13_000,
    "text": "민지가 소파에서 자고 있다",
    "threshold": 0.42,
    "title": "Day 2, behind the stage",
    "top": 0.12,
    "width": 1920,
}
BY_FORMAT = {
    "date-time": "2026-11-20T09:30:00Z",
    "date": "2026-11-20",
    "uri": "https://example.org/day2",
    "binary": "day2.mp4",
}
DEEPEST = 16  # of schemas that hold themselves


def add_examples(document: Schema) -> None:
    """Give every JSON or form body, and every JSON answer that is no refusal, an example."""
    schemas = document["components"]["schemas"]
    for content in _contents(document):
        if not content.keys() & {"example", "examples"} and "schema" in content:
            content["example"] = example_of(content["schema"], schemas)


def _contents(document: Schema) -> Iterator[Schema]:
    for methods in document["paths"].values():
        for operation in methods.values():
            yield from operation.get("requestBody", {}).get("content", {}).values()
            for status, answer in operation["responses"].items():
                if status < "400":
                    yield from (said for kind, said in answer.get("content", {}).items() if kind.endswith("json"))


def example_of(schema: Schema, schemas: Schema, name: str = "", depth: int = 0) -> Any:
    """One value of a JSON schema; `schemas` are those it may refer to, `name` is the field it is of."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]] | _beside(schema), schemas, name, depth + 1)
    if said := schema.get("examples"):
        return said[0]
    for key in ("example", "const"):
        if key in schema:
            return schema[key]
    if "enum" in schema:
        return schema["enum"][0]
    if variants := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        return _one_of(variants, schemas, name, depth)
    return _plain(schema, schemas, name, depth)


def _beside(schema: Schema) -> Schema:
    return {key: value for key, value in schema.items() if key != "$ref"}


def _one_of(variants: list[Schema], schemas: Schema, name: str, depth: int) -> Any:
    """The first that says something."""
    return example_of(next(variant for variant in variants if variant.get("type") != "null"), schemas, name, depth)


def _plain(schema: Schema, schemas: Schema, name: str, depth: int) -> Any:
    kind = schema.get("type")
    if kind == "object":
        return _object(schema, schemas, depth)
    if kind == "array":
        return _array(schema, schemas, name, depth)
    default = schema.get("default")
    if default is not None:
        return default
    made = {"integer": _number, "number": _number, "string": _string, "boolean": lambda *_: False}.get(str(kind))
    return made(schema, name) if made else None


def _object(schema: Schema, schemas: Schema, depth: int) -> Any:
    if depth > DEEPEST:
        return {}
    if "properties" in schema:
        owner = schema.get("title", "")
        return {
            name: None
            if _left_out(name, part, schema)
            else example_of(part, schemas, _known_as(owner, name), depth + 1)
            for name, part in schema["properties"].items()
        }
    other = schema.get("additionalProperties")
    return {_string({"format": "uuid"}, "key"): example_of(other, schemas, "", depth + 1)} if other else {}


def _left_out(name: str, part: Schema, owner: Schema) -> bool:
    """What need not be said is left out unless it is known what it looks like: a run has no problem as a rule."""
    nullable = {"type": "null"} in part.get("anyOf", [])
    return nullable and name not in owner.get("required", []) and "examples" not in part and name not in BY_NAME


def _known_as(owner: str, name: str) -> str:
    own = f"{owner}.{name}"
    return own if own in BY_NAME else name


def _array(schema: Schema, schemas: Schema, name: str, depth: int) -> Any:
    if isinstance(BY_NAME.get(name), list):
        return BY_NAME[name]
    if "prefixItems" in schema:
        return [example_of(part, schemas, "", depth + 1) for part in schema["prefixItems"]]
    if depth > DEEPEST or "items" not in schema:
        return []
    one = name.removesuffix("s")
    return [example_of(schema["items"], schemas, one, depth + 1)] * max(1, schema.get("minItems", 1))


def _number(schema: Schema, name: str) -> Any:
    least: Any = schema.get("minimum", schema.get("exclusiveMinimum", 0))
    most: Any = schema.get("maximum", schema.get("exclusiveMaximum", float("inf")))
    said = BY_NAME.get(name, 0.97 if schema["type"] == "number" else 1)
    return said if isinstance(said, (int, float)) and least <= said <= most else least


def _string(schema: Schema, name: str) -> Any:
    if schema.get("format") == "uuid":
        return str(uuid5(NAMESPACE_URL, name))
    said = BY_NAME.get(name) if "format" not in schema else BY_FORMAT.get(schema["format"])
    said = said if isinstance(said, str) else name.replace("_", " ") or "…"
    return said[: schema.get("maxLength", len(said))]
