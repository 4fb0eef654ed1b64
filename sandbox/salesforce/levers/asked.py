"""Reads what a lever is asked to do; what cannot be done is refused with the nearest right words."""

from collections.abc import Sequence
from typing import Any

from sandbox.refused import unknown
from sandbox.salesforce.call import Call
from sandbox.salesforce.identifiers import full_id
from sandbox.salesforce.org import Org
from sandbox.salesforce.refusals import Refused
from sandbox.salesforce.shapes import FieldShape, ObjectShape
from sandbox.salesforce.values import read_instant, stamp


def misunderstood(example: str) -> Refused:
    """The body is of another form."""
    return Refused("UNKNOWN", f"give {example}")


def asked(call: Call, example: str, *, known: Sequence[str], needed: Sequence[str] = ()) -> dict[str, Any]:
    """The body (an empty one is an empty table), which may have only members of `known` and must have `needed`."""
    body = call.json() if call.body.strip() else {}
    for name in body:
        if name not in known:
            raise Refused("UNKNOWN", f"{unknown('member', name, known)}; give {example}")
    if any(name not in body for name in needed):
        raise misunderstood(example)
    return body


def object_named(org: Org, name: object) -> ObjectShape:
    """The object of that name, whether the login sees it or not."""
    shape = org.catalogue.known(str(name))
    if shape is None or shape.tooling:
        raise Refused(
            "UNKNOWN", unknown("object", str(name), [each.name for each in org.catalogue.everything()])
        )
    return shape


def field_named(shape: ObjectShape, name: object) -> FieldShape:
    """The field of that name, whether the login sees it or not."""
    field = shape.fields.get(str(name).lower())
    if field is None:
        raise Refused("UNKNOWN", unknown("field", str(name), [each.name for each in shape.fields.values()]))
    return field


def ids_in(body: dict[str, Any], member: str) -> list[str]:
    """Record ids in their long form."""
    given = body.get(member, [])
    if not isinstance(given, list):
        raise Refused("UNKNOWN", f"{member}: give a list of record ids")
    ids = [(each, full_id(str(each))) for each in given]
    for text, real in ids:
        if real is None:
            raise Refused("UNKNOWN", f"{member}: {text!r} is not a record id")
    return [real for _, real in ids if real]


def instant_in(org: Org, body: dict[str, Any], member: str) -> str:
    """An instant as a stamp; the clock's now where none is given."""
    if member not in body:
        return org.now()
    instant = read_instant(str(body[member]))
    if instant is None:
        raise Refused("UNKNOWN", f"{member}: {body[member]!r} is not an instant such as 2026-05-01T09:00:00Z")
    return stamp(instant)
