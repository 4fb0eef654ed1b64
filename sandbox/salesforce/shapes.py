"""What an object and a field are: the words of the vendor's describe, and how a value is kept."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

AFFINITY: Mapping[str, str] = {
    "boolean": "INTEGER", "int": "INTEGER", "double": "REAL", "currency": "REAL", "percent": "REAL",
    "date": "TEXT", "datetime": "TEXT", "id": "TEXT", "reference": "TEXT",
}  # fmt: skip
"""SQLite's kind of column; dates and instants are kept as the vendor prints them, so that text order is time order."""

MERGEABLE = ("Account", "Contact", "Lead", "Case")
"""Objects of which several records can become one."""

WHOLES = ("address", "base64")
"""What is made of several fields, or is a file: neither filtered nor sorted by."""

ADDRESS_PARTS = ("Street", "City", "State", "PostalCode", "Country")

LONG_TEXT = 255
"""A longer textarea can be neither filtered nor sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldShape:
    """One field; `default` is in the field's own type, `values` are the active picklist values."""

    name: str
    type: str
    label: str = ""
    length: int = 0
    scale: int = 0
    nillable: bool = True
    createable: bool = True
    updateable: bool = True
    unique: bool = False
    external_id: bool = False
    case_sensitive: bool = False
    id_lookup: bool = False
    is_name: bool = False
    custom: bool = False
    restricted: bool = False
    virtual: bool = False
    calculated: bool = False
    """A formula: it changes without a stamp."""
    needs_grant: bool = False
    """Made by the API: nobody sees it until a permission set grants it."""
    hidden: bool = False
    """Kept, but not of this object's API (IsDeleted of users)."""
    default: Any = None
    number_digits: int = 0
    values: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    """What people see instead of `values`, in the same order; none: the values themselves."""
    references: tuple[str, ...] = ()
    relationship: str | None = None
    durable_id: str = ""

    @property
    def column(self) -> str:
        """SQLite's declaration; text compares without regard to case unless the field minds it."""
        kind = AFFINITY.get(self.type, "TEXT")
        minds_case = self.type in AFFINITY or (self.unique and self.case_sensitive)
        return kind if minds_case else f"{kind} COLLATE NOCASE"

    @property
    def filterable(self) -> bool:
        """Whether WHERE and ORDER BY may name it."""
        return self.type not in WHOLES and not (self.type == "textarea" and self.length > LONG_TEXT)


@dataclass(slots=True, kw_only=True)
class ObjectShape:
    """One object and its fields by lower-case name; fields are added while the org lives."""

    name: str
    prefix: str
    label: str = ""
    plural: str = ""
    licence: str = ""
    kept: bool = False
    createable: bool = True
    custom: bool = False
    tooling: bool = False
    """Known to the Tooling API only."""
    fields: dict[str, FieldShape] = field(default_factory=dict)

    @property
    def table(self) -> str:
        """Its table in the store."""
        return f"salesforce__{self.name}"

    @property
    def name_field(self) -> FieldShape:
        """The field that names a record to people; Id where there is none."""
        return next((shape for shape in self.fields.values() if shape.is_name), self.fields["id"])

    def address_of(self, part: FieldShape) -> str | None:
        """The compound field that a field is a part of, such as BillingAddress."""
        for whole in self.fields.values():
            prefix = whole.name.removesuffix("Address")
            if whole.type == "address" and part.name.removeprefix(prefix) in ADDRESS_PARTS:
                return whole.name
        return None

    def stored(self) -> list[FieldShape]:
        """The fields that are columns."""
        return list(self.fields.values())


def spaced(name: str) -> str:
    """`LastModifiedDate` -> `Last Modified Date`, as the vendor's labels read."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", " ", name.removesuffix("__c"))
    return re.sub(r"\bId$", "ID", words)


def nothing_of(shape: FieldShape) -> Any:
    """What an empty field holds: booleans are never null."""
    return 0 if shape.type == "boolean" else None
