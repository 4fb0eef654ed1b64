"""Collections: up to 200 records in one call, each with its own result, or all or none."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from sandbox.salesforce.call import MOST_RECORDS, Answer, Call
from sandbox.salesforce.describe import found_object
from sandbox.salesforce.identifiers import full_id
from sandbox.salesforce.records import Records, Values
from sandbox.salesforce.refusals import Refused
from sandbox.salesforce.shapes import FieldShape, ObjectShape
from sandbox.salesforce.sobjects import external_field, records_by_id

Results = list[dict[str, Any]]


class _RolledBack(Exception):
    """A row of an all-or-none call failed."""


def create(records: Records, call: Call) -> Answer:
    """POST /composite/sobjects."""
    body = call.json()
    rows = _rows(records, body)
    return _written(records, _flag(body), [partial(records.attempt, records.insert, *row) for row in rows])


def update(records: Records, call: Call) -> Answer:
    """PATCH /composite/sobjects: by id."""
    body = call.json()
    rows = _rows(records, body)
    return _written(records, _flag(body), [partial(_update, records, *row) for row in rows])


def delete(records: Records, call: Call) -> Answer:
    """DELETE /composite/sobjects?ids=."""
    ids = [each.strip() for each in call.query.get("ids", "").split(",") if each.strip()]
    _check_count(ids)
    all_or_none = call.query.get("allOrNone", "").lower() == "true"
    return _written(records, all_or_none, [partial(records.attempt, records.delete, each) for each in ids])


def read(records: Records, call: Call) -> Answer:
    """GET with `ids` and `fields`, or POST with them in the body: records in the order asked for, null where there is none."""
    shape = found_object(records.org, call.path["object"])
    if call.method == "POST":
        ids, fields = (_names(call.json(), member) for member in ("ids", "fields"))
    else:
        ids, fields = call.query.get("ids", "").split(","), call.query.get("fields", "").split(",")
    real = [full_id(each.strip()) for each in ids]
    names = [name.strip() for name in fields if name.strip()]
    wanted = dict.fromkeys(("Id", *names))
    found = records_by_id(records.org, call, shape, ids=[each for each in real if each], fields=list(wanted))
    by_id = {each["Id"]: each for each in found}
    return Answer(body=[by_id.get(each or "") for each in real])


def upsert(records: Records, call: Call) -> Answer:
    """PATCH /composite/sobjects/X/Field__c: live records are matched by the field; two rows of one value are both refused."""
    shape = found_object(records.org, call.path["object"])
    field = external_field(records, shape, call.path["field"])
    body = call.json()
    rows = _rows(records, body)
    if any(each is not shape for each, _ in rows):
        raise Refused("INVALID_TYPE", f"all records must be of type {shape.name}")
    counts = Counter(_folded(field, values.get(field.name)) for _, values in rows)
    return _written(
        records, _flag(body), [partial(_upsert, records, shape, field, values, counts) for _, values in rows]
    )


def _names(body: dict[str, Any], member: str) -> list[str]:
    given = body.get(member, [])
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise Refused("JSON_PARSER_ERROR", f"{member} must be a list of strings")
    return given


def _rows(records: Records, body: dict[str, Any]) -> list[tuple[ObjectShape, Values]]:
    given = body.get("records")
    if not isinstance(given, list) or any(not isinstance(each, dict) for each in given):
        raise Refused("JSON_PARSER_ERROR", "records must be a list of sObjects")
    _check_count(given)
    rows = []
    for each in given:
        attributes = each.get("attributes")
        if not isinstance(attributes, dict) or not attributes.get("type"):
            raise Refused("INVALID_TYPE", "An sObject needs attributes with its type")
        shape = records.object(str(attributes["type"]))
        rows.append((shape, records.read_body(shape, each)))
    return rows


def _check_count(rows: Sequence[Any]) -> None:
    if len(rows) > MOST_RECORDS:
        message = f"record limit reached. cannot submit more than {MOST_RECORDS} records in this collection"
        raise Refused("EXCEEDED_ID_LIMIT", message)


def _flag(body: dict[str, Any]) -> bool:
    return body.get("allOrNone") is True


def _update(records: Records, shape: ObjectShape, values: Values) -> dict[str, Any]:
    record_id = values.get("Id")
    if record_id is None:
        refused = Refused("MISSING_ARGUMENT", "Id not specified in an update call")
        return {"success": False, "errors": [refused.as_row_error()]}
    result = records.attempt(records.update, shape, record_id, values)
    return {"id": full_id(record_id) or record_id} | result


def _upsert(
    records: Records, shape: ObjectShape, field: FieldShape, values: Values, counts: Counter[Any]
) -> dict[str, Any]:
    value = values.get(field.name)
    found = records.with_value(shape, field.name, value) if value is not None else []
    refused = None
    if value is None:
        refused = Refused("MISSING_ARGUMENT", f"{field.name} not specified")
    elif counts[_folded(field, value)] > 1:
        refused = Refused(
            "DUPLICATE_EXTERNAL_ID", f"Duplicate external id specified: {value}", fields=[field.name]
        )
    elif len(found) > 1:
        message = f"{field.name}: more than one record found for external id field: [{', '.join(found)}]"
        refused = Refused("DUPLICATE_EXTERNAL_ID", message, fields=[field.name])
    if refused:
        return {"success": False, "created": False, "errors": [refused.as_row_error()]}
    if found:
        return records.attempt(records.update, shape, found[0], values, created=False)
    result = records.attempt(records.insert, shape, values, created=True)
    return result | {"created": result["success"]}


def _folded(field: FieldShape, value: Any) -> Any:
    return value.lower() if isinstance(value, str) and not field.case_sensitive else value


def _keep_or_roll_back(results: Results, *, all_or_none: bool) -> None:
    if all_or_none and not all(result["success"] for result in results):
        raise _RolledBack


def _written(records: Records, all_or_none: bool, writes: Sequence[Callable[[], dict[str, Any]]]) -> Answer:
    results: Results = []
    try:
        with records.org.world.store.transaction("collection"):
            results.extend(write() for write in writes)
            _keep_or_roll_back(results, all_or_none=all_or_none)
    except _RolledBack:
        message = (
            "Record rolled back because not all records were valid and the request was using AllOrNone header"
        )
        rolled_back = Refused("ALL_OR_NONE_OPERATION_ROLLED_BACK", message).as_row_error()
        results = [
            {"success": False, "errors": [rolled_back]} if each["success"] else each for each in results
        ]
    return Answer(body=results)
