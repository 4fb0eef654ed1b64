"""Value sets: the choices of a picklist field that is made by the API, and what such a field may not be told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sandbox.salesforce.refusals import Refused, unreadable_value

T = TypeVar("T")

PICKLISTS = ("Picklist", "MultiselectPicklist")
_LONGEST_VALUE = 255
_NOT_SAID = ("length", "unique", "externalId", "precision", "scale")
"""What other fields may say and a picklist may not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueSet:
    """The choices in their order: what a record holds, and what people read."""

    values: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    default: str | None = None
    restricted: bool = False


def read_value_set(kind: str, metadata: Mapping[str, Any]) -> ValueSet:
    """The value set of a field's metadata, empty where its type has none; raises Refused."""
    if kind not in PICKLISTS:
        if metadata.get("valueSet") is not None:
            raise _refused(f"Can not specify 'valueSet' for a CustomField of type {kind}")
        return ValueSet()
    for member in _NOT_SAID:
        if metadata.get(member) not in (None, False):
            raise _refused(f"Can not specify '{member}' for a CustomField of type {kind}")
    whole = _inside(metadata, "valueSet", dict)
    choices = _inside(_inside(whole, "valueSetDefinition", dict), "value", list)
    if not choices:
        raise _refused("Must specify a valueSet with values for a CustomField of type Picklist")
    if not all(isinstance(choice, dict) for choice in choices):
        raise unreadable_value("CustomValue", choices)
    names = [_name(choice) for choice in choices]
    _refuse_twins(names)
    defaults = [name for name, choice in zip(names, choices, strict=True) if choice.get("default") is True]
    if len(defaults) > 1:
        raise _refused("A picklist can have one default value only")
    return ValueSet(
        values=tuple(names),
        labels=tuple(str(choice.get("label") or name) for name, choice in zip(names, choices, strict=True)),
        default=defaults[0] if defaults else None,
        restricted=whole.get("restricted") is True,
    )


def _name(choice: Mapping[str, Any]) -> str:
    # Metadata calls it fullName, the Tooling API's own answers valueName.
    name = str(choice.get("fullName") or choice.get("valueName") or "").strip()
    if not name:
        raise Refused(
            "REQUIRED_FIELD_MISSING", "Required fields are missing: [FullName]", fields=["Metadata"]
        )
    if len(name) > _LONGEST_VALUE:
        raise _refused(f"Picklist value: data value too large (max length={_LONGEST_VALUE})")
    return name


def _refuse_twins(names: list[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:
            raise Refused("DUPLICATE_VALUE", f"Duplicate picklist value: {name}", fields=["Metadata"])
        seen.add(name.lower())


def _refused(message: str) -> Refused:
    return Refused("FIELD_INTEGRITY_EXCEPTION", message, fields=["Metadata"])


def _inside(whole: Mapping[str, Any], member: str, kind: type[T]) -> T:
    value = whole.get(member)
    if value is None:
        return kind()
    if not isinstance(value, kind):
        raise unreadable_value(member, value)
    return value
