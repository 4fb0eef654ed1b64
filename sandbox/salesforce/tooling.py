"""Tooling: custom fields made by the API, which nobody sees until a permission set grants them."""

import re
from collections.abc import Mapping
from typing import Any

from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.catalogue import ACTIVITIES, relationship_name
from sandbox.salesforce.defaults import Defaults
from sandbox.salesforce.org import Org
from sandbox.salesforce.query import answer_query
from sandbox.salesforce.records import Records
from sandbox.salesforce.refusals import Refused, not_found, unreadable_value
from sandbox.salesforce.shapes import FieldShape, ObjectShape
from sandbox.salesforce.value_sets import read_value_set

KEPTWORD_FIELDS: tuple[dict[str, Any], ...] = (
    {"FullName": "Activity.Keptword_Key__c", "Metadata": {"label": "Keptword Key", "type": "Text", "length": 80, "externalId": True, "unique": True, "caseSensitive": True}},
    {"FullName": "Activity.Keptword_State__c", "Metadata": {"label": "Keptword State", "type": "Text", "length": 255}},
    {"FullName": "Activity.Keptword_Outcome__c", "Metadata": {"label": "Keptword: outcome", "type": "Picklist", "valueSet": {
        "restricted": True, "valueSetDefinition": {"sorted": False, "value": [
            {"fullName": "done", "label": "Done"}, {"fullName": "already_handled", "label": "Already handled"},
            {"fullName": "not_relevant", "label": "Not relevant"}, {"fullName": "snooze", "label": "Snooze 14 days"}]}}}},
)  # fmt: skip
"""What the switch `setup_fields` makes, as an admin who ran setup would have."""

_LONGEST_TEXT = 255
_LONG_TEXT = "LongTextArea"
_TYPES: Mapping[str, str] = {
    "Text": "string", "TextArea": "textarea", "LongTextArea": "textarea", "Html": "textarea", "Number": "double",
    "Currency": "currency", "Percent": "percent", "Checkbox": "boolean", "Date": "date", "DateTime": "datetime",
    "Email": "email", "Phone": "phone", "Url": "url", "Picklist": "picklist", "MultiselectPicklist": "multipicklist",
    "Lookup": "reference",
}  # fmt: skip
_NOT_ON_ACTIVITY = ("LongTextArea", "Html", "Lookup", "MasterDetail")
_LENGTHS = {
    "string": 255,
    "textarea": 255,
    "email": 80,
    "phone": 40,
    "url": 255,
    "picklist": 255,
    "multipicklist": 4099,
    "reference": 18,
}


def create_field(records: Records, call: Call) -> Answer:
    """POST /tooling/sobjects/CustomField."""
    field_id = make_field(records.org, call.json())
    return Answer(
        status=201, body={"id": field_id, "success": True, "errors": [], "warnings": [], "infos": []}
    )


def make_field(org: Org, body: Mapping[str, Any]) -> str:
    """Adds the field to its object (to Task and Event for Activity) and gives its id; raises Refused."""
    named = re.fullmatch(r"(\w+)\.([A-Za-z](?:\w*[A-Za-z0-9])?)__c", str(body.get("FullName", "")))
    metadata = body.get("Metadata")
    if not named or "__" in named[2] or not isinstance(metadata, dict):
        raise Refused(
            "FIELD_INTEGRITY_EXCEPTION",
            "FullName must be Object.Name__c, and Metadata is required",
            fields=["FullName"],
        )
    table, name = named[1], f"{named[2]}__c"
    shapes = _owners(org, table)
    field_id = org.numbering.next_id("00N")
    field = _field(org, name, metadata, on_activity=table == "Activity")
    if any(name.lower() in shape.fields for shape in shapes):
        raise Refused(
            "DUPLICATE_DEVELOPER_NAME",
            f"There is already a field named {named[2]} on {table}.",
            fields=["DeveloperName"],
        )
    for shape in shapes:
        org.catalogue.add_field(shape, field)
    _record(org, {"Id": field_id, "DeveloperName": named[2], "TableEnumOrId": table, "Length": field.length})
    return field_id


def _owners(org: Org, table: str) -> list[ObjectShape]:
    names = ACTIVITIES if table == "Activity" else (table,)
    shapes = [shape for name in names if (shape := org.catalogue.find(name))]
    # The vendor's words mislead: a field of Task must be declared on Activity.
    if not shapes or table in ACTIVITIES:
        message = f"Entity Enumeration Or ID: bad value for restricted picklist field: {table}"
        raise Refused("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, fields=["TableEnumOrId"])
    return shapes


def _field(org: Org, name: str, metadata: Mapping[str, Any], *, on_activity: bool) -> FieldShape:
    kind = str(metadata.get("type", ""))
    soap_type = _TYPES.get(kind)
    if soap_type is None or (on_activity and kind in _NOT_ON_ACTIVITY):
        raise Refused(
            "FIELD_INTEGRITY_EXCEPTION", f"Invalid field type {kind} for {name}", fields=["Metadata"]
        )
    if not metadata.get("label"):
        raise Refused("REQUIRED_FIELD_MISSING", "Required fields are missing: [Label]", fields=["Metadata"])
    length = _whole(metadata, "length", 0 if kind == "Text" else _LENGTHS.get(soap_type, 0))
    if kind == "Text" and not 0 < length <= _LONGEST_TEXT:
        raise Refused(
            "FIELD_INTEGRITY_EXCEPTION",
            f"Text fields have a length of 1 to {_LONGEST_TEXT}",
            fields=["Metadata"],
        )
    if kind == "Checkbox" and metadata.get("defaultValue") is None:
        raise Refused(
            "FIELD_INTEGRITY_EXCEPTION", "Must specify 'defaultValue' for a Checkbox", fields=["Metadata"]
        )
    choices = read_value_set(kind, metadata)
    target = metadata.get("referenceTo")
    if soap_type == "reference" and not (target and org.catalogue.find(str(target))):
        raise Refused("FIELD_INTEGRITY_EXCEPTION", f"referenceTo: no object {target}", fields=["Metadata"])
    return FieldShape(
        name=name, type=soap_type, label=str(metadata["label"]), length=length,
        scale=_whole(metadata, "scale", 0),
        custom=True, needs_grant=True, nillable=not metadata.get("required") and soap_type != "boolean",
        unique=bool(metadata.get("unique")), external_id=bool(metadata.get("externalId")),
        case_sensitive=bool(metadata.get("caseSensitive")), values=choices.values, labels=choices.labels,
        restricted=choices.restricted, default=choices.default,
        references=(str(target),) if soap_type == "reference" else (),
        relationship=relationship_name(name) if soap_type == "reference" else None,
    )  # fmt: skip


def _whole(metadata: Mapping[str, Any], member: str, usual: int) -> int:
    value = usual if metadata.get(member) is None else metadata[member]
    if type(value) is not int:
        raise unreadable_value("int", value)
    return value


def _record(org: Org, values: dict[str, Any]) -> None:
    shape = org.catalogue.known("CustomField")
    if shape is not None:
        Defaults(org).fill(shape, values, now=org.now())
        org.world.store.insert_many(shape.table, list(values), [list(values.values())])


def query_fields(records: Records, call: Call) -> Answer:
    """GET /tooling/query: SOQL over CustomField."""
    return answer_query(
        records.org, call, records.org.catalogue.of_tooling(), with_hidden=False, area="/tooling"
    )


def read_field(records: Records, call: Call) -> Answer:
    """GET /tooling/sobjects/CustomField/{id}."""
    found = records.org.world.store.query(
        "SELECT * FROM salesforce__CustomField WHERE Id = ?", (call.path["id"],)
    )
    if not found:
        raise not_found()
    row = {name: value for name, value in dict(found[0]).items() if name != "IsDeleted"}
    full_name = f"{row['TableEnumOrId']}.{row['DeveloperName']}__c"
    url = f"{call.base}/tooling/sobjects/CustomField/{row['Id']}"
    return Answer(body={"attributes": {"type": "CustomField", "url": url}, "FullName": full_name} | row)


def make_keptword_fields(org: Org, records: Records) -> None:
    """Makes and grants Keptword's fields."""
    (owned,) = org.world.store.query(
        "SELECT Id FROM salesforce__PermissionSet WHERE ProfileId = ?", (org.profile_id,)
    )
    for body in KEPTWORD_FIELDS:
        make_field(org, body)
        name = body["FullName"].removeprefix("Activity.")
        shape = records.object("FieldPermissions")
        for table in ACTIVITIES:
            grant = {
                "ParentId": owned["Id"],
                "SobjectType": table,
                "Field": f"{table}.{name}",
                "PermissionsRead": 1,
                "PermissionsEdit": 1,
            }
            records.insert(shape, dict(grant))
