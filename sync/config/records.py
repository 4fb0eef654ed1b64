"""What a connection may say about records: which object and fields of this CRM feed them, where the mapping is not enough."""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from sync.config.settings import Names, Section


def _expressions(value: object) -> object:
    """The same three forms as in a connector's mapping.toml."""
    texts = value.get("words") if isinstance(value, dict) and set(value) == {"words"} else value
    listed = [texts] if isinstance(texts, str) else texts
    if isinstance(listed, list) and listed and all(isinstance(text, str) for text in listed):
        return value
    raise ValueError(
        "a column takes a field or expression in quotes, a list of them, or { words = [...] } to join several"
    )


class RecordOverride(Section):
    """One source of a record: with `object` it replaces the mapping's sources, without it changes them."""

    object: str | None = None
    """The CRM object."""
    only: str | None = None
    """Which of its rows: a condition over its fields."""
    columns: dict[str, Annotated[Any, AfterValidator(_expressions)]] = Field(default_factory=dict)
    """Column of the record -> field of the object, or an expression over its fields."""
    via: dict[str, Names] = Field(default_factory=dict)
    """Record -> the paths of fields by which it is reached; the first that leads anywhere counts."""


def _listed_or_alone(value: object) -> object:
    if isinstance(value, dict):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


RecordOverrides = dict[str, Annotated[tuple[RecordOverride, ...], BeforeValidator(_listed_or_alone)]]
