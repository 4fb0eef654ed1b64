"""Says what an object of this portal looks like: its properties, their types, and which stages mean closed."""

from collections.abc import Collection, Mapping
from typing import Any

import orjson

from connectors.connector import Field, FieldType, ObjectSchema
from connectors.errors import NotAllowed, NotUnderstood, Refused
from connectors.hubspot.call import HubSpotCalls

TYPES: Mapping[str, FieldType] = {
    "number": "decimal",
    "bool": "boolean",
    "date": "date",
    "datetime": "instant",
}
"""HubSpot's property types; every other one (string, enumeration, phone_number, json ...) is text."""

_CLOSED_STAGE = {"tickets": ("ticketState", "CLOSED"), "deals": ("isClosed", "true")}
"""Object -> (member of a stage's metadata, its value where the stage means closed); the values are texts."""

_SCOPES: Mapping[str, str] = {
    **{name: f"crm.objects.{name}.read" for name in ("companies", "contacts", "deals", "owners")},
    **dict.fromkeys(("calls", "meetings", "notes", "tasks", "communications"), "crm.objects.contacts.read"),
    "tickets": "tickets",
}
"""What suffices to read an object. Not emails, whose content needs another one beside it, nor what a portal may lack in spite of the scope."""

_OWN_OBJECTS = (*_SCOPES, "emails", "feedback_submissions", "invoices")

_OWNER_FIELDS: Mapping[str, FieldType] = {
    "id": "id", "email": "text", "firstName": "text", "lastName": "text", "userId": "text",
    "archived": "boolean", "type": "text", "teams": "text",
}  # fmt: skip

OWNERS = ObjectSchema(
    name="owners", fields={name: Field(name=name, type=kind) for name, kind in _OWNER_FIELDS.items()}
)
"""Owners have no properties, so their fields are stated here; `teams` are names joined by commas."""


def describe(calls: HubSpotCalls, object_name: str, *, scopes: Collection[str] = ()) -> ObjectSchema | None:
    """The object as the token sees it; None where the portal has no such object or the token no scope for it.

    `scopes`: those that HubSpot is known to have granted; they save the question whether a record may be read.
    """
    is_granted = _SCOPES.get(object_name, "") in scopes
    try:
        if object_name == OWNERS.name:
            if not is_granted:
                calls.get("owners", "limit=1")
            return OWNERS
        properties = orjson.loads(calls.get("properties", object=object_name))["results"]
        if not is_granted:
            # Properties are shown to tokens that may not read a single record.
            calls.get("objects", "limit=1", object=object_name)
    except NotAllowed:
        return None
    except Refused as error:
        if error.status in (400, 404):
            return None
        raise
    if not all(isinstance(each, dict) and each.get("name") for each in properties):
        problem = "a property without a name came"
        raise NotUnderstood(f"HubSpot's properties of {object_name}", problem, "Report this answer's shape")
    fields = {found.name: found for found in map(_field, properties)}
    fields["id"] = Field(name="id", type="id", label="Record id")
    return ObjectSchema(name=object_name, fields=fields, closed_values=_closed_values(calls, object_name))


def object_names(calls: HubSpotCalls) -> tuple[str, ...]:
    """HubSpot's own objects that Keptword knows, and the portal's custom ones by their short names."""
    try:
        schemas = orjson.loads(calls.get("schemas"))["results"]
    except (NotAllowed, Refused):
        schemas = []
    return (*_OWN_OBJECTS, *(f"p_{schema['name']}" for schema in schemas))


def find_property(calls: HubSpotCalls, object_name: str, name: str) -> Mapping[str, Any] | None:
    """One property of an object in HubSpot's own form; None where the portal has none of that name, or archived it."""
    try:
        held = orjson.loads(calls.get("property", object=object_name, name=name))
    except Refused as error:
        if error.status == 404:
            return None
        raise
    return None if held.get("archived") else held


def _field(described: Mapping[str, Any]) -> Field:
    options = described.get("options") or ()
    return Field(
        name=described["name"],
        type=TYPES.get(described.get("type") or "", "text"),
        label=described.get("label") or "",
        values=tuple(str(option["value"]) for option in options if "value" in option)
        if described.get("type") == "enumeration"
        else (),
        calculated=bool(described.get("calculated")),
    )


def _closed_values(calls: HubSpotCalls, object_name: str) -> tuple[str, ...]:
    if object_name not in _CLOSED_STAGE:
        return ()
    member, closed = _CLOSED_STAGE[object_name]
    try:
        pipelines = orjson.loads(calls.get("pipelines", object=object_name))["results"]
    except NotAllowed:
        return ()
    stages = [stage for pipeline in pipelines for stage in pipeline.get("stages") or ()]
    return tuple(
        str(stage["id"]) for stage in stages if str((stage.get("metadata") or {}).get(member)) == closed
    )
