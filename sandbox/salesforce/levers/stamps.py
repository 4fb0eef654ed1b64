"""Changes that come with stamps of their own: late commits, floods of one second, and changes without a stamp."""

from typing import Any

from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.levers.asked import (
    asked,
    field_named,
    ids_in,
    instant_in,
    misunderstood,
    object_named,
)
from sandbox.salesforce.records import Records
from sandbox.salesforce.refusals import Refused
from sandbox.salesforce.shapes import ObjectShape
from sandbox.salesforce.values import from_body
from sandbox.world import quoted

_COMMIT = '{"object": "Case", "at": "2026-05-01T09:00:00Z", "records": [{"Subject": "..."}]}'
_TOUCH = '{"object": "Case", "count": 15000, "at": "2026-05-01T09:00:00Z", "values": {}, "stamped": true}'


def commit(records: Records, call: Call) -> Answer:
    """Writes records whose stamps are `at`, as a transaction does that began then and ends now.

    A record with an Id is changed, one without is new; the rules of the API hold.
    """
    body = asked(call, _COMMIT, known=["object", "at", "records"], needed=["object", "at", "records"])
    shape, at = object_named(records.org, body["object"]), instant_in(records.org, body, "at")
    given_records, ids = body["records"], []
    if not isinstance(given_records, list) or not all(isinstance(each, dict) for each in given_records):
        raise misunderstood(_COMMIT)
    for given in given_records:
        values = records.read_body(shape, given)
        new = "Id" not in values
        record_id = records.insert(shape, values) if new else records.update(shape, str(values["Id"]), values)
        stamps = ["LastModifiedDate", "SystemModstamp"] + ["CreatedDate"] * new
        _write(records, shape, dict.fromkeys(stamps, at), "Id = ?", [record_id])
        ids.append(record_id)
    return Answer(body={"ids": ids, "at": at})


def touch(records: Records, call: Call) -> Answer:
    """Gives live records one SystemModstamp, as a mass update does: the first `count`, these `ids`, or all.

    `values` are written too, and move LastModifiedDate. With `"stamped": false` no stamp moves, as when a
    formula comes to another result.
    """
    body = asked(call, _TOUCH, known=["object", "count", "ids", "at", "values", "stamped"], needed=["object"])
    shape, at = object_named(records.org, body["object"]), instant_in(records.org, body, "at")
    changes = {field.name: from_body(field, value) for field, value in _values(shape, body.get("values", {}))}
    if body.get("stamped", True) is not False:
        changes |= {"SystemModstamp": at} | ({"LastModifiedDate": at} if changes else {})
    if not changes:
        raise Refused("UNKNOWN", "nothing is changed: give values, or let the stamps move")
    where, parameters = _which(shape, body)
    return Answer(body={"touched": _write(records, shape, changes, where, parameters), "at": at})


def _values(shape: ObjectShape, given: Any) -> list[tuple[Any, Any]]:
    if not isinstance(given, dict):
        raise Refused("UNKNOWN", 'values: give a table such as {"Rating": "Hot"}')
    return [(field_named(shape, name), value) for name, value in given.items()]


def _which(shape: ObjectShape, body: dict[str, Any]) -> tuple[str, list[Any]]:
    if "ids" in body:
        ids = ids_in(body, "ids")
        return "Id IN (SELECT value FROM json_each(?))", ["[" + ",".join(f'"{each}"' for each in ids) + "]"]
    count = body.get("count", -1)
    if type(count) is not int:
        raise Refused("UNKNOWN", "count: give a number of records")
    live = f"SELECT rowid FROM {quoted(shape.table)} WHERE IsDeleted = 0 ORDER BY rowid LIMIT ?"
    return f"rowid IN ({live})", [count]


def _write(
    records: Records, shape: ObjectShape, changes: dict[str, Any], where: str, parameters: list[Any]
) -> int:
    clause = ", ".join(f"{quoted(name)} = ?" for name in changes)
    sql = f"UPDATE {quoted(shape.table)} SET {clause} WHERE {where}"
    return records.org.world.store.execute(sql, [*changes.values(), *parameters])
