"""Field permissions: which fields made by the API the running user may see and write."""

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.salesforce.org import Org
from sandbox.salesforce.refusals import Refused


def renew_grants(org: Org) -> None:
    """Reads anew what the running user's permission sets grant."""
    rows = org.world.store.query(
        "SELECT f.SobjectType AS object_name, f.Field AS field, f.PermissionsEdit AS editable FROM salesforce__FieldPermissions f "
        "JOIN salesforce__PermissionSetAssignment a ON a.PermissionSetId = f.ParentId AND a.IsDeleted = 0 "
        "JOIN salesforce__PermissionSet s ON s.Id = f.ParentId AND s.IsDeleted = 0 "
        "WHERE f.IsDeleted = 0 AND f.PermissionsRead = 1 AND a.AssigneeId = ?",
        (org.user_id,),
    )
    org.catalogue.grant(
        (row["object_name"], row["field"].partition(".")[2], bool(row["editable"])) for row in rows
    )


def check_field_permission(org: Org, record: Mapping[str, Any], before: Mapping[str, Any] | None) -> None:
    """Raises Refused for a field that is not there, is not this object's, or is granted twice."""
    object_name, _, field_name = str(record["Field"]).partition(".")
    shape = org.catalogue.find(object_name)
    field = shape.fields.get(field_name.lower()) if shape else None
    if field is None or object_name.lower() != str(record["SobjectType"]).lower():
        message = f"Field Name: bad value for restricted picklist field: {record['Field']}"
        raise Refused("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, fields=["Field"])
    if record["PermissionsEdit"] and not record["PermissionsRead"]:
        message = f"Permission Edit {record['Field']} depends on permission(s): Read {record['Field']}"
        raise Refused("FIELD_INTEGRITY_EXCEPTION", message, fields=["PermissionsRead"])
    if before is None:
        _refuse_twin(org, "FieldPermissions", record, ("ParentId", "Field"))


def check_assignment(org: Org, record: Mapping[str, Any], before: Mapping[str, Any] | None) -> None:
    """Raises Refused when the user has this permission set already."""
    if before is None:
        _refuse_twin(org, "PermissionSetAssignment", record, ("PermissionSetId", "AssigneeId"))


def _refuse_twin(org: Org, object_name: str, record: Mapping[str, Any], fields: Sequence[str]) -> None:
    same = " AND ".join(f"{field} = ?" for field in fields)
    sql = f"SELECT Id FROM salesforce__{object_name} WHERE {same} AND IsDeleted = 0"
    twins = org.world.store.query(sql, [record[field] for field in fields])
    if twins:
        message = (
            f"duplicate value found: <unknown> duplicates value on record with id: {twins[0]['Id'][:15]}"
        )
        raise Refused("DUPLICATE_VALUE", message)
