"""A small validator for the words of JSON Schema that ours uses; it refuses a schema with any other word."""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

Json = dict[str, Any]
Mistake = str
"""`rules.stale-contact.mode: enum`: where in the document, and which word of the schema says no."""

_SILENT = {
    "$schema", "$defs", "title", "description", "default", "examples", "format", "x-taplo", "then", "else", "minProperties",
}  # fmt: skip
_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float),
}  # fmt: skip


def plain(value: Any) -> Any:
    """A parsed TOML document as an editor's validator sees it: days and points in time are texts."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value.isoformat() if isinstance(value, date | datetime) else value


def mistakes(document: Any, schema: Json) -> list[Mistake]:
    """Everything that the schema does not allow, in the order of the document."""
    return list(_check(plain(document), schema, schema, ""))


def _check(value: Any, schema: Json, root: Json, at: str) -> Iterator[Mistake]:
    if "$ref" in schema:
        assert set(schema) == {"$ref"}, f"{at}: what stands beside $ref is not read"
        yield from _check(value, _resolved(schema["$ref"], root), root, at)
        return
    for word, said in schema.items():
        if word in _SILENT:
            continue
        yield from _WORDS[word](value, said, schema, root, at)


def _resolved(reference: str, root: Json) -> Json:
    found: Any = root
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    assert isinstance(found, dict)
    return found


def _type(value: Any, said: Any, _schema: Json, _root: Json, at: str) -> Iterator[Mistake]:
    kinds = [said] if isinstance(said, str) else said
    fits = any(
        isinstance(value, _TYPES[kind]) and (kind == "boolean") == isinstance(value, bool) for kind in kinds
    )
    if not fits:
        yield f"{at}: type"


def _properties(value: Any, said: Json, _schema: Json, root: Json, at: str) -> Iterator[Mistake]:
    for name, each in value.items() if isinstance(value, dict) else ():
        if name in said:
            yield from _check(each, said[name], root, f"{at}.{name}".removeprefix("."))


def _additional(value: Any, said: Any, schema: Json, root: Json, at: str) -> Iterator[Mistake]:
    for name, each in value.items() if isinstance(value, dict) else ():
        if name in schema.get("properties", {}):
            continue
        where = f"{at}.{name}".removeprefix(".")
        if said is False:
            yield f"{where}: unknown"
        elif isinstance(said, dict):
            yield from _check(each, said, root, where)


def _items(value: Any, said: Json, _schema: Json, root: Json, at: str) -> Iterator[Mistake]:
    for number, each in enumerate(value if isinstance(value, list) else ()):
        yield from _check(each, said, root, f"{at}[{number + 1}]")


def _any_of(value: Any, said: list[Json], _schema: Json, root: Json, at: str) -> Iterator[Mistake]:
    if all(any(_check(value, each, root, at)) for each in said):
        yield f"{at}: anyOf"


def _if(value: Any, said: Json, schema: Json, root: Json, at: str) -> Iterator[Mistake]:
    holds = not any(_check(value, said, root, at))
    yield from _check(value, schema.get("then" if holds else "else", {}), root, at)


def _simple(word: str, fits: Callable[[Any, Any], bool]) -> Callable[..., Iterator[Mistake]]:
    def check(value: Any, said: Any, _schema: Json, _root: Json, at: str) -> Iterator[Mistake]:
        if not fits(value, said):
            yield f"{at}: {word}"

    return check


def _number(test: Callable[[float, float], bool]) -> Callable[[Any, Any], bool]:
    return lambda value, said: not isinstance(value, int | float) or test(value, said)


_WORDS: dict[str, Callable[..., Iterator[Mistake]]] = {
    "type": _type,
    "properties": _properties,
    "additionalProperties": _additional,
    "items": _items,
    "anyOf": _any_of,
    "if": _if,
    "enum": _simple("enum", lambda value, said: value in said),
    "const": _simple("const", lambda value, said: bool(value == said)),
    "required": _simple(
        "required", lambda value, said: not isinstance(value, dict) or set(said) <= set(value)
    ),
    "pattern": _simple(
        "pattern", lambda value, said: not isinstance(value, str) or re.search(said, value) is not None
    ),
    "maxLength": _simple("maxLength", lambda value, said: not isinstance(value, str) or len(value) <= said),
    "minItems": _simple("minItems", lambda value, said: not isinstance(value, list) or len(value) >= said),
    "minimum": _simple("minimum", _number(lambda value, said: value >= said)),
    "maximum": _simple("maximum", _number(lambda value, said: value <= said)),
    "exclusiveMinimum": _simple("exclusiveMinimum", _number(lambda value, said: value > said)),
}
