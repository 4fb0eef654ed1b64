"""What a JSON Schema says against a parsed TOML document, in the words of an editor's validator."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from jsonschema import Draft7Validator, ValidationError

Json = dict[str, Any]


def plain(value: Any) -> Any:
    """The document as an editor's validator sees it: days and points in time are texts."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value.isoformat() if isinstance(value, date | datetime) else value


def mistakes(document: Any, schema: Json) -> list[str]:
    """`rules.stale-contact.mode: enum`: where in the document, and which word of the schema says no."""
    Draft7Validator.check_schema(schema)
    errors = Draft7Validator(schema).iter_errors(plain(document))
    return [said for error in errors for said in _said(error)]


def _said(error: ValidationError) -> Iterator[str]:
    at = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path)
    if error.validator != "additionalProperties":
        yield f"{at.removeprefix('.')}: {error.validator}"
        return
    known = error.schema.get("properties", {}) if isinstance(error.schema, Mapping) else {}
    for name in error.instance if isinstance(error.instance, Mapping) else ():
        if name not in known:
            yield f"{at}.{name}: unknown".removeprefix(".")
