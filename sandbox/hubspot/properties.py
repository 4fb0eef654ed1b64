"""Describes the properties of objects, and makes, changes and archives custom ones."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sandbox.hubspot import stamps
from sandbox.hubspot.errors import ApiError, invalid, not_found
from sandbox.hubspot.portal import Answer, Call, Portal, object_of
from sandbox.hubspot.records import RESERVED
from sandbox.hubspot.schema import FIELD_TYPES, ObjectType, Property, option

MOST_UNIQUE = 10
_CHANGEABLE = {
    "label": "label",
    "description": "description",
    "groupName": "group",
    "fieldType": "field_type",
}


def list_properties(portal: Portal, call: Call) -> Answer:
    """Every property of an object, or with `archived=true` only the archived ones."""
    kind, archived = object_of(portal, call), call.flag("archived")
    found = [
        on_the_wire(one) for one in kind.properties.values() if one.archived == archived and not one.concealed
    ]
    return Answer(body={"results": found})


def read_property(portal: Portal, call: Call) -> Answer:
    """One property by name."""
    return Answer(
        body=on_the_wire(_find(object_of(portal, call), call.path["name"], archived=call.flag("archived")))
    )


def create_property(portal: Portal, call: Call) -> Answer:
    """A new custom property; the name of an archived one brings that one back, with its values."""
    kind = object_of(portal, call)
    return Answer(status=201, body=on_the_wire(add_property(portal, kind, call.body)))


def add_property(portal: Portal, kind: ObjectType, wanted: Any) -> Property:
    """Makes a custom property from the body of a create; raises ApiError."""
    if kind.name == "tasks" and portal.world.switches.unique_on_tasks == "forbidden":
        message = "This app hasn't been granted all required scopes to make this call."
        raise ApiError(
            "MISSING_SCOPES", message, errors=[{"message": message, "context": {"requiredScopes": []}}]
        )
    made = declared(portal, kind, wanted)
    held = kind.properties.get(made.name)
    if held is not None and not held.archived:
        raise ApiError(
            "OBJECT_ALREADY_EXISTS",
            f"A property named '{made.name}' already exists.",
            sub_category="Properties.PROPERTY_WITH_NAME_EXISTS",
        )
    if made.unique:
        _refuse_unique(portal, kind, made)
    portal.records.define_property(kind, made)
    kind.properties[made.name] = made
    return made


def declared(portal: Portal, kind: ObjectType, wanted: Any) -> Property:
    """What the body of a create asks for, before anything is made; raises ApiError (400)."""
    if not isinstance(wanted, dict):
        raise invalid("Invalid input JSON on line 1, column 1: an object is expected")
    unset = [name for name in ("name", "label", "type", "fieldType", "groupName") if not wanted.get(name)]
    if unset:
        raise invalid(f"Invalid input JSON: some required fields were not set: [{', '.join(unset)}]")
    name, kind_of_value = str(wanted["name"]), str(wanted["type"])
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,99}", name) or name.startswith("hs_") or name in RESERVED:
        raise invalid(
            f"Property name '{name}' is not valid: it must start with a letter, have only lower-case letters, digits "
            "and underscores, not start with hs_, and not be a reserved word"
        )
    if kind_of_value not in FIELD_TYPES:
        raise invalid(f"{kind_of_value} was not one of the allowed types: [{', '.join(FIELD_TYPES)}]")
    if str(wanted["groupName"]) not in kind.groups:
        raise invalid(f"Property group '{wanted['groupName']}' does not exist on {kind.name}")
    now = stamps.shown(portal.records.now)
    return Property(
        name=name, type=kind_of_value, field_type=str(wanted["fieldType"]), group=str(wanted["groupName"]),
        label=str(wanted["label"]), description=str(wanted.get("description") or ""), options=_options(wanted),
        unique=wanted.get("hasUniqueValue") is True, custom=True, made_at=now, changed_at=now,
    )  # fmt: skip


def _options(wanted: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    given = wanted.get("options") or []
    try:
        return tuple(
            option(str(one["value"]), place, label=str(one["label"])) for place, one in enumerate(given)
        )
    except (KeyError, TypeError) as error:
        raise invalid("Invalid input JSON: each of the options needs label and value") from error


def _refuse_unique(portal: Portal, kind: ObjectType, made: Property) -> None:
    if kind.name == "tasks" and portal.world.switches.unique_on_tasks == "refused":
        raise invalid(f"hasUniqueValue is not supported for properties of object type {kind.type_id}")
    if made.type not in ("string", "number"):
        raise invalid(f"hasUniqueValue is not supported for properties of type {made.type}")
    own = [one for one in kind.properties.values() if one.unique and one.custom and not one.archived]
    if len(own) >= MOST_UNIQUE:
        raise invalid(f"{kind.name} already have the most unique properties that are allowed: {MOST_UNIQUE}")


def update_property(portal: Portal, call: Call) -> Answer:
    """Changes a custom property's label, group, options; whether it is unique stays as it was, without a word."""
    kind = object_of(portal, call)
    held = _find(kind, call.path["name"])
    wanted = call.body if isinstance(call.body, dict) else {}
    if not held.custom and set(wanted) - {"options"}:
        raise invalid(f"Property '{held.name}' is defined by HubSpot and cannot be changed")
    changes: dict[str, Any] = {
        _CHANGEABLE[name]: str(value) for name, value in wanted.items() if name in _CHANGEABLE
    }
    if changes.get("group", held.group) not in kind.groups:
        raise invalid(f"Property group '{changes['group']}' does not exist on {kind.name}")
    changed = replace(held, **changes, changed_at=stamps.shown(portal.records.now))
    if wanted.get("options") is not None:
        changed = replace(changed, options=_options(wanted))
    kind.properties[held.name] = changed
    return Answer(body=on_the_wire(changed))


def archive_property(portal: Portal, call: Call) -> Answer:
    """Archives a custom property; its values wait for its name to come back."""
    kind = object_of(portal, call)
    put_away(kind, _find(kind, call.path["name"]))
    return Answer(status=204)


def put_away(kind: ObjectType, held: Property) -> None:
    """Archives one property; raises ApiError for one that HubSpot defines."""
    if not held.custom:
        raise invalid(f"Property '{held.name}' is defined by HubSpot and cannot be archived")
    kind.properties[held.name] = replace(held, archived=True)


def list_groups(portal: Portal, call: Call) -> Answer:
    """The groups that properties are sorted into."""
    rows = [_group(name, label) for name, label in object_of(portal, call).groups.items()]
    return Answer(body={"results": rows})


def read_group(portal: Portal, call: Call) -> Answer:
    """One group by name."""
    groups, name = object_of(portal, call).groups, call.path["group"]
    if name not in groups:
        raise not_found(f"Property group {name} does not exist")
    return Answer(body=_group(name, groups[name]))


def create_group(portal: Portal, call: Call) -> Answer:
    """A new group."""
    groups, name = object_of(portal, call).groups, call.member("name", str)
    label = call.member("label", str)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or not label:
        raise invalid("Invalid input JSON: a property group needs a label and a name of lower-case letters")
    if name in groups:
        raise ApiError("OBJECT_ALREADY_EXISTS", f"A property group named '{name}' already exists.")
    groups[name] = label
    return Answer(status=201, body=_group(name, label))


def _group(name: str, label: str) -> dict[str, Any]:
    return {"name": name, "label": label, "displayOrder": -1, "archived": False}


def _find(kind: ObjectType, name: str, *, archived: bool = False) -> Property:
    found = kind.properties.get(name)
    if found is None or found.archived != archived or found.concealed:
        raise not_found(
            f'Property "{name}" does not exist',
            sub_category="Properties.PROPERTY_NOT_FOUND",
            context={"propertyName": [name]},
        )
    return found


def on_the_wire(one: Property) -> dict[str, Any]:
    """A property in the vendor's form."""
    body = {
        "updatedAt": one.changed_at, "createdAt": one.made_at, "name": one.name, "label": one.label, "type": one.type,
        "fieldType": one.field_type, "description": one.description, "groupName": one.group,
        "options": list(one.options), "displayOrder": -1, "calculated": one.calculated,
        "externalOptions": bool(one.external), "archived": one.archived, "hasUniqueValue": one.unique,
        "hidden": False, "hubspotDefined": not one.custom, "formField": one.custom,
        "dataSensitivity": "non_sensitive",
        "modificationMetadata": {
            "archivable": one.custom, "readOnlyDefinition": not one.custom, "readOnlyValue": one.calculated,
        },
    }  # fmt: skip
    if one.external == "owners":
        body["referencedObjectType"] = "OWNER"
    return body
