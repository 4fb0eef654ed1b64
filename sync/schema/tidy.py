"""Makes of pydantic's JSON Schema one that editors of TOML understand: draft 7, without null and made-up titles."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

Json = dict[str, Any]

DRAFT = "http://json-schema.org/draft-07/schema#"


def model_schema(model: type[BaseModel]) -> tuple[Json, dict[str, Json]]:
    """A model's schema, and those of the models in it by name, which it refers to as `#/$defs/NAME`."""
    made = model.model_json_schema()
    models = made.pop("$defs", {})
    return tidy(made), {name: tidy(each) for name, each in models.items()}


def ref(name: str) -> Json:
    """A reference to one of the document's definitions."""
    return {"$ref": f"#/$defs/{name}"}


def named_by(reference: Json) -> str:
    """The definition that a reference names."""
    return str(reference["$ref"]).rpartition("/")[2]


def table(properties: Mapping[str, Json], *, more: Json | bool = False, **words: Any) -> Json:
    """A table with these keys; `more` is what any other key may hold, by default there is none."""
    return {"type": "object", **words, "properties": dict(properties), "additionalProperties": more}


def beside(reference: Json, **words: Any) -> Json:
    """A reference with words of its own, where a mistake cannot be told more closely anyway."""
    return {"anyOf": [reference], **words}


def tidy(schema: Any) -> Any:
    """The same schema in the words of draft 7."""
    if isinstance(schema, list):
        return [tidy(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    kept = _without_null({key: _part(key, value) for key, value in schema.items()})
    if isinstance(kept.get("title"), str):
        del kept["title"]
    if kept.get("type") == "array" and "minLength" in kept:
        # pydantic takes the constraint of a checked list for that of a text.
        kept["minItems"] = kept.pop("minLength")
    # What stands beside a reference is not read; the table that it names says what it is for.
    return {"$ref": kept["$ref"]} if "$ref" in kept else kept


def _part(key: str, value: Any) -> Any:
    if key in ("properties", "$defs"):
        return {name: tidy(each) for name, each in value.items()}
    return value if key in ("default", "enum", "const", "examples", "discriminator") else tidy(value)


def _without_null(schema: Json) -> Json:
    """TOML has no null: a key that may be null may be left out."""
    choices = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    if len(choices) != len(schema.get("anyOf", ())):
        schema = {key: value for key, value in schema.items() if key != "anyOf"}
        schema |= choices[0] if len(choices) == 1 else {"anyOf": choices}
    if "default" in schema and schema["default"] is None:
        del schema["default"]
    return schema
