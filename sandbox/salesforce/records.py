"""Writing records: what a body may say, what each row must keep to, and what the CRM does then."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.salesforce.activities import check_span, link_to_accounts
from sandbox.salesforce.catalogue import ACTIVITIES
from sandbox.salesforce.checks import Checks
from sandbox.salesforce.completion import Completion
from sandbox.salesforce.defaults import Defaults
from sandbox.salesforce.grants import check_assignment, check_field_permission, renew_grants
from sandbox.salesforce.identifiers import full_id
from sandbox.salesforce.org import Org
from sandbox.salesforce.refusals import Refused, unknown_member, unsupported_object
from sandbox.salesforce.shapes import ObjectShape, nothing_of
from sandbox.salesforce.values import from_body
from sandbox.world import quoted

Values = dict[str, Any]
_GRANT_CHECKS: Mapping[str, Callable[[Org, Values, Values | None], None]] = {
    "FieldPermissions": check_field_permission, "PermissionSetAssignment": check_assignment,
}  # fmt: skip
_GRANTING = ("FieldPermissions", "PermissionSetAssignment", "PermissionSet")


class Records:
    """Inserts, updates, deletes and brings back single records; each either happens or raises Refused."""

    def __init__(self, org: Org) -> None:
        self.org = org
        self.completion = Completion(org)
        self._defaults = Defaults(org)
        self._checks = Checks(org)

    def object(self, name: str) -> ObjectShape:
        """The object of a record's attributes; raises Refused (INVALID_TYPE)."""
        shape = self.org.catalogue.find(name)
        if shape is None:
            raise unsupported_object(name)
        return shape

    def read_body(self, shape: ObjectShape, body: Mapping[str, Any]) -> Values:
        """The values of a JSON record; what cannot be read refuses the whole request, as it does at the vendor."""
        values: Values = {}
        for name, value in body.items():
            if name == "attributes":
                continue
            field = self.org.catalogue.field(shape, name)
            if field is None:
                raise unknown_member(name, shape.name)
            values[field.name] = from_body(field, value)
        return values

    def insert(self, shape: ObjectShape, values: Values) -> str:
        """Writes a new record and gives its id."""
        if "Id" in values:
            raise Refused(
                "INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", fields=["Id"]
            )
        self._checks.check(shape, values, own_id=None)
        record = {name: value for name, value in values.items() if value is not None}
        record["Id"] = self.org.numbering.next_id(shape.prefix)
        now = self.org.now()
        self._defaults.fill(shape, record, now=now)
        self._checks.require(shape, record)
        if shape.name == "Event":
            check_span(record)
        self._before(shape, record, None)
        self.completion.fill(shape, record, before=None, now=now)
        columns = [field.name for field in shape.stored()]
        self.org.world.store.insert_many(shape.table, columns, [[record.get(name) for name in columns]])
        self._after(shape, record["Id"])
        return str(record["Id"])

    def update(self, shape: ObjectShape, record_id: str, values: Values) -> str:
        """Writes the given fields of a record and moves its stamps."""
        before = self.live(shape, record_id)
        given = {name: value for name, value in values.items() if name != "Id"}
        self._checks.check(shape, given, own_id=before["Id"])
        for name, value in given.items():
            if value is None:
                given[name] = nothing_of(shape.fields[name.lower()])
        record = dict(before) | given
        self._checks.require(shape, record, only=given)
        self._before(shape, record, before)
        now = self.org.now()
        self.completion.fill(shape, record, before=before, now=now)
        record |= {"LastModifiedDate": now, "SystemModstamp": now, "LastModifiedById": self.org.user_id}
        changed = {name: value for name, value in record.items() if before[name] != value}
        if changed:
            self._write(shape, before["Id"], changed)
        self._after(shape, before["Id"])
        return str(before["Id"])

    def delete(self, record_id: str) -> str:
        """Moves a record to the recycle bin."""
        shape = self._by_id(record_id)
        if shape.kept or not shape.createable:
            message = f"entity type {shape.label} does not support delete"
            raise Refused("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message)
        row = self.live(shape, record_id)
        now = self.org.now()
        stamps = {"LastModifiedDate": now, "SystemModstamp": now, "LastModifiedById": self.org.user_id}
        self._write(shape, row["Id"], {"IsDeleted": 1} | stamps)
        self._after(shape, row["Id"])
        return str(row["Id"])

    def undelete(self, record_id: str) -> str:
        """Takes a record out of the recycle bin; refused when its unique values were given away meanwhile."""
        shape = self._by_id(record_id)
        row = self._row(shape, record_id)
        if row is None or not row["IsDeleted"]:
            raise Refused("UNDELETE_FAILED", "Entity is not in the recycle bin")
        self._checks.check_unique(shape, row, own_id=row["Id"])
        now = self.org.now()
        self._write(
            shape,
            row["Id"],
            {"IsDeleted": 0, "LastModifiedDate": now, "SystemModstamp": now} | _unmerged(row),
        )
        self._after(shape, row["Id"])
        return str(row["Id"])

    def attempt(self, write: Callable[..., str], *arguments: Any, **more: Any) -> dict[str, Any]:
        """One row of a collection: written or not at all, and its result in the vendor's shape."""
        try:
            with self.org.world.store.transaction("row"):
                record_id = write(*arguments)
        except Refused as refused:
            return {"success": False, "errors": [refused.as_row_error()]} | more
        return {"id": record_id, "success": True, "errors": []} | more

    def live(self, shape: ObjectShape, record_id: str) -> Values:
        """The record as it is kept; raises Refused (404) when it is not there, or deleted."""
        row = self._row(shape, record_id)
        if row is None or not self.org.catalogue.sight.sees(shape, row["Id"]):
            raise Refused("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", status=404)
        if row["IsDeleted"]:
            raise Refused("ENTITY_IS_DELETED", "entity is deleted", status=404)
        return row

    def with_value(self, shape: ObjectShape, field_name: str, value: Any) -> list[str]:
        """Ids of live records that hold a value."""
        sql = f"SELECT Id FROM {quoted(shape.table)} WHERE {quoted(field_name)} = ? AND IsDeleted = 0 ORDER BY Id"
        found = [row["Id"] for row in self.org.world.store.query(sql, (value,))]
        return [each for each in found if self.org.catalogue.sight.sees(shape, each)]

    def _row(self, shape: ObjectShape, record_id: str) -> Values | None:
        rows = self.org.world.store.query(
            f"SELECT * FROM {quoted(shape.table)} WHERE Id = ?", (full_id(record_id),)
        )
        return dict(rows[0]) if rows else None

    def _by_id(self, record_id: str) -> ObjectShape:
        real = full_id(record_id)
        shape = self.org.catalogue.by_prefix(real[:3]) if real else None
        if shape is None:
            raise Refused("MALFORMED_ID", f"malformed id {record_id}", status=404)
        return shape

    def _write(self, shape: ObjectShape, record_id: str, changed: Values) -> None:
        clause = ", ".join(f"{quoted(name)} = ?" for name in changed)
        sql = f"UPDATE {quoted(shape.table)} SET {clause} WHERE Id = ?"
        self.org.world.store.execute(sql, [*changed.values(), record_id])

    def _before(self, shape: ObjectShape, record: Values, before: Values | None) -> None:
        check = _GRANT_CHECKS.get(shape.name)
        if check:
            check(self.org, record, before)

    def _after(self, shape: ObjectShape, record_id: str) -> None:
        if shape.name in ACTIVITIES:
            link_to_accounts(self.org.world.store, shape.table, record_id)
        if shape.name in _GRANTING:
            renew_grants(self.org)


def _unmerged(row: Values) -> Values:
    return {"MasterRecordId": None} if "MasterRecordId" in row else {}
