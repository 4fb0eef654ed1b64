"""Single records: read, create, update, delete, and the upsert by external id."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

import orjson

from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.describe import found_object
from sandbox.salesforce.org import Org
from sandbox.salesforce.records import Records, Values
from sandbox.salesforce.refusals import Refused, not_found
from sandbox.salesforce.shapes import FieldShape, ObjectShape
from sandbox.salesforce.soql.compile import Compiler
from sandbox.salesforce.soql.tree import OneOf, Path, Query, Value
from sandbox.salesforce.values import from_body

_AMBIGUOUS = 300


def records_by_id(
    org: Org, call: Call, shape: ObjectShape, *, ids: Sequence[str], fields: Sequence[str]
) -> list[dict[str, Any]]:
    """Records with attributes, deleted and archived ones too; no fields means all that may be seen."""
    names = list(fields) or [field.name for field in org.catalogue.visible(shape)]
    wanted = OneOf(
        path=Path(parts=("Id",), at=0),
        operator="IN",
        values=tuple(Value(kind="string", text=each, at=0) for each in ids),
    )
    items = tuple(Path(parts=tuple(name.strip().split(".")), at=0) for name in names)
    query = Query(
        text=f"SELECT {','.join(names)} FROM {shape.name}",
        items=items,
        object_name=shape.name,
        object_at=0,
        where=wanted,
    )
    compiled = Compiler(org.catalogue, org.today(), with_hidden=True).compile(query)
    found = org.world.store.query(compiled.find, compiled.parameters)
    if compiled.page is None:
        return []
    numbers = [row[0] for row in found]
    records: list[dict[str, Any]] = orjson.loads(
        compiled.page.records(org.world.store, numbers, f"{call.base}/sobjects/")
    )
    return records


def read(records: Records, call: Call) -> Answer:
    """GET /sobjects/X/{id}, with `fields=A,B` or whole."""
    shape = found_object(records.org, call.path["object"])
    row = _there(records, shape, call.path["id"])
    return Answer(body=_whole(records, call, shape, row["Id"]))


def _whole(records: Records, call: Call, shape: ObjectShape, record_id: str) -> dict[str, Any]:
    names = [name for name in call.query.get("fields", "").split(",") if name.strip()]
    return records_by_id(records.org, call, shape, ids=[record_id], fields=names)[0]


def _there(records: Records, shape: ObjectShape, record_id: str) -> Values:
    try:
        return records.live(shape, record_id)
    except Refused as refused:
        raise (refused if refused.code == "ENTITY_IS_DELETED" else not_found()) from refused


def create(records: Records, call: Call) -> Answer:
    """POST /sobjects/X."""
    shape = found_object(records.org, call.path["object"])
    record_id = records.insert(shape, records.read_body(shape, call.json()))
    return _created(call, shape, record_id, {})


def _created(call: Call, shape: ObjectShape, record_id: str, more: dict[str, Any]) -> Answer:
    where = f"{call.base}/sobjects/{shape.name}/{record_id}"
    return Answer(
        status=201, body={"id": record_id, "success": True, "errors": []} | more, headers={"Location": where}
    )


def update(records: Records, call: Call) -> Answer:
    """PATCH /sobjects/X/{id}."""
    shape = found_object(records.org, call.path["object"])
    values = records.read_body(shape, call.json())
    if "Id" in values:
        raise Refused(
            "INVALID_FIELD", "The Id field should not be specified in the sobject data.", fields=["Id"]
        )
    records.update(shape, _there(records, shape, call.path["id"])["Id"], values)
    return Answer(status=204)


def delete(records: Records, call: Call) -> Answer:
    """DELETE /sobjects/X/{id}: into the recycle bin."""
    shape = found_object(records.org, call.path["object"])
    records.delete(_there(records, shape, call.path["id"])["Id"])
    return Answer(status=204)


def external_field(records: Records, shape: ObjectShape, name: str) -> FieldShape:
    """The external id field of that name; raises Refused (404)."""
    field = records.org.catalogue.field(shape, name)
    if field is None or not (field.external_id or field.id_lookup):
        raise not_found(f"Provided external ID field does not exist or is not accessible: {name}")
    return field


def _matches(records: Records, call: Call) -> tuple[ObjectShape, FieldShape, list[str]]:
    shape = found_object(records.org, call.path["object"])
    field = external_field(records, shape, call.path["field"])
    return shape, field, records.with_value(shape, field.name, from_body(field, call.path["value"]))


def _ambiguous(call: Call, shape: ObjectShape, ids: Sequence[str]) -> Answer:
    return Answer(status=_AMBIGUOUS, body=[f"{call.base}/sobjects/{shape.name}/{each}" for each in ids])


def _file(records: Records, call: Call) -> Answer | None:
    shape = found_object(records.org, call.path["object"])
    field = records.org.catalogue.field(shape, call.path["value"])
    if field is None or field.type != "base64":
        return None
    row = _there(records, shape, call.path["field"])
    try:
        content = base64.b64decode(row[field.name] or "", validate=True)
    except binascii.Error:
        content = b""
    return Answer(body=content, kind="application/octet-stream")


def read_by_external_id(records: Records, call: Call) -> Answer:
    """GET /sobjects/X/Field__c/{value}; 300 with URLs when several records hold it. Also /sobjects/X/{id}/Body: a file."""
    if found := _file(records, call):
        return found
    shape, _, ids = _matches(records, call)
    if len(ids) > 1:
        return _ambiguous(call, shape, ids)
    if not ids:
        raise not_found()
    return Answer(body=_whole(records, call, shape, ids[0]))


def delete_by_external_id(records: Records, call: Call) -> Answer:
    """DELETE /sobjects/X/Field__c/{value}."""
    shape, _, ids = _matches(records, call)
    if len(ids) > 1:
        return _ambiguous(call, shape, ids)
    if not ids:
        raise not_found()
    records.delete(ids[0])
    return Answer(status=204)


def upsert(records: Records, call: Call) -> Answer:
    """PATCH /sobjects/X/Field__c/{value}: 201 created, 200 updated, 300 when several records hold the value.

    Records in the recycle bin are not seen.
    """
    shape, field, ids = _matches(records, call)
    values = records.read_body(shape, call.json())
    if field.name in values:
        message = f"The {field.name} field should not be specified in the sobject data."
        raise Refused("INVALID_FIELD", message, fields=[field.name])
    if len(ids) > 1:
        return _ambiguous(call, shape, ids)
    if ids:
        records.update(shape, ids[0], values)
        return Answer(body={"id": ids[0], "success": True, "errors": [], "created": False})
    if call.query.get("updateOnly", "").lower() == "true":
        raise not_found()
    record_id = records.insert(shape, values | {field.name: from_body(field, call.path["value"])})
    return _created(call, shape, record_id, {"created": True})
