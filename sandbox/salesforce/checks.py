"""What a row must keep to before it is written: lengths, picklists, references, unique values, required fields."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sandbox.salesforce.identifiers import full_id
from sandbox.salesforce.org import Org
from sandbox.salesforce.refusals import Refused
from sandbox.salesforce.shapes import FieldShape, ObjectShape
from sandbox.world import quoted

_TEXT = ("string", "textarea", "combobox", "picklist", "multipicklist", "email", "phone", "url")


class Checks:
    """Judges the values of one row; raises Refused with the code, the words and the fields that the vendor gives."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._by_type: Mapping[str, Callable[[ObjectShape, FieldShape, Any], None]] = {
            "reference": self._check_reference, "picklist": self._check_picklist, "email": self._check_email,
        }  # fmt: skip

    def check(self, shape: ObjectShape, values: dict[str, Any], *, own_id: str | None) -> None:
        """Everything about the given values; references are brought to 18 characters in place."""
        self._check_writable(shape, values, creating=own_id is None)
        for name, value in values.items():
            field = shape.fields[name.lower()]
            if value is None:
                continue
            if field.type in _TEXT and len(value) > field.length:
                message = f"{field.label}: data value too large: {value[:255]} (max length={field.length})"
                raise Refused("STRING_TOO_LONG", message, fields=[name])
            check = self._by_type.get(field.type)
            if check:
                check(shape, field, value)
            if field.type == "reference":
                values[name] = full_id(value)
        self._check_links(shape, values)
        self.check_unique(shape, values, own_id=own_id)

    def require(
        self, shape: ObjectShape, record: Mapping[str, Any], only: Iterable[str] | None = None
    ) -> None:
        """Required fields of a whole record, or those among the changed ones, must hold something."""
        names = {name.lower() for name in only} if only is not None else set(shape.fields)
        missing = [
            field.name
            for key, field in shape.fields.items()
            if key in names
            and not field.nillable
            and (field.createable or field.updateable)
            and record.get(field.name) is None
        ]
        if missing:
            message = f"Required fields are missing: [{', '.join(missing)}]"
            raise Refused("REQUIRED_FIELD_MISSING", message, fields=missing)

    def check_unique(self, shape: ObjectShape, values: Mapping[str, Any], *, own_id: str | None) -> None:
        """No live record may hold the value of a unique field twice; the vendor names the twin by 15 characters."""
        for field in shape.fields.values():
            value = values.get(field.name) if field.unique else None
            if value is None:
                continue
            sql = f"SELECT Id FROM {quoted(shape.table)} WHERE {quoted(field.name)} = ? AND IsDeleted = 0 AND Id IS NOT ?"
            twins = self._org.world.store.query(sql, (value, own_id))
            if twins:
                # Of a twin that the user may not see nothing is told.
                seen = self._org.catalogue.sight.sees(shape, twins[0]["Id"])
                name, twin = (field.name, twins[0]["Id"][:15]) if seen else ("<unknown>", "<unknown>")
                message = f"duplicate value found: {name} duplicates value on record with id: {twin}"
                raise Refused("DUPLICATE_VALUE", message)

    def _check_writable(self, shape: ObjectShape, values: Mapping[str, Any], *, creating: bool) -> None:
        if not shape.createable:
            raise Refused(
                "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
                f"entity type {shape.label} does not support {'create' if creating else 'update'}",
            )
        closed = []
        for name in values:
            field = shape.fields[name.lower()]
            allowed = field.createable if creating else field.updateable
            if not allowed or not self._org.catalogue.may_edit(shape, field):
                closed.append(field.name)
        if closed:
            message = (
                f"Unable to create/update fields: {', '.join(closed)}. Please check the security settings of this field "
                "and verify that it is read/write for your profile or permission set."
            )
            raise Refused("INVALID_FIELD_FOR_INSERT_UPDATE", message, fields=closed)

    def _check_picklist(self, _shape: ObjectShape, field: FieldShape, value: str) -> None:
        if field.restricted and value.lower() not in {each.lower() for each in field.values}:
            message = f"{field.label}: bad value for restricted picklist field: {value}"
            raise Refused("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, fields=[field.name])

    def _check_email(self, _shape: ObjectShape, field: FieldShape, value: str) -> None:
        name, at, domain = value.rpartition("@")
        if not (name and at and "." in domain) or any(letter.isspace() for letter in value):
            raise Refused(
                "INVALID_EMAIL_ADDRESS", f"{field.label}: invalid email address: {value}", fields=[field.name]
            )

    def _check_reference(self, shape: ObjectShape, field: FieldShape, value: str) -> None:
        real = full_id(value)
        if real is None:
            raise Refused(
                "MALFORMED_ID", f"{field.label}: id value of incorrect type: {value}", fields=[field.name]
            )
        target = next(
            (each for each in self._org.catalogue.targets(field) if real.startswith(each.prefix)), None
        )
        if target is None:
            message = f"{field.label}: id value of incorrect type: {value}"
            raise Refused("FIELD_INTEGRITY_EXCEPTION", message, fields=[field.name])
        rows = self._org.world.store.query(f"SELECT * FROM {quoted(target.table)} WHERE Id = ?", (real,))
        if not rows:
            raise Refused("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", fields=[field.name])
        if not self._org.catalogue.sight.sees(target, real):
            message = f"insufficient access rights on cross-reference id: {real[:15]}"
            raise Refused("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", message)
        if rows[0]["IsDeleted"]:
            raise Refused("ENTITY_IS_DELETED", "entity is deleted", fields=[field.name])
        if field.name == "OwnerId":
            self._check_owner(shape, target, rows[0])

    def _check_owner(self, shape: ObjectShape, target: ObjectShape, owner: Any) -> None:
        if target.name == "User" and not owner["IsActive"]:
            message = (
                f"operation performed with inactive user [{owner['Id']}] as owner of {shape.name.lower()}"
            )
            raise Refused("INACTIVE_OWNER_OR_USER", message)
        if target.name == "Group":
            sql = "SELECT 1 FROM salesforce__QueueSobject WHERE QueueId = ? AND SobjectType = ? AND IsDeleted = 0"
            if not self._org.world.store.query(sql, (owner["Id"], shape.name)):
                raise Refused("INVALID_OPERATION", "Queue not associated with this SObject type")

    def _check_links(self, shape: ObjectShape, values: Mapping[str, Any]) -> None:
        if (
            shape.name in ("Task", "Event")
            and values.get("WhatId")
            and (values.get("WhoId") or "").startswith("00Q")
        ):
            message = "You can only relate a task or event to a contact when it is related to another record, not to a lead"
            raise Refused("FIELD_INTEGRITY_EXCEPTION", message, fields=["WhatId"])
