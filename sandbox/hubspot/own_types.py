"""Describes object types, and makes, changes and deletes those that are the portal's own ("custom objects")."""

import re
from collections.abc import Iterable, Mapping
from itertools import chain, count
from typing import Any

from sandbox.hubspot import stamps
from sandbox.hubspot.apps import require
from sandbox.hubspot.errors import PORTAL_ID, ApiError, invalid, not_found
from sandbox.hubspot.portal import Answer, Call, Portal, object_of
from sandbox.hubspot.properties import add_property, on_the_wire
from sandbox.hubspot.schema import LinkType, ObjectType, OwnType, properties_of_own

MOST = 10
"""Object types of its own that a portal of the Enterprise edition may have."""

_FIRST_TYPE, _FIRST_LINK = 41_000_001, 501
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]{0,99}")
_READ, _WRITE = "crm.schemas.custom.read", "crm.schemas.custom.write"
_CATEGORY = "USER_DEFINED"
_ALWAYS_LINKED = ("emails", "meetings", "notes", "tasks", "calls")
"""What can be logged on a record of every such type, whatever it was made with."""


def list_schemas(portal: Portal, call: Call) -> Answer:
    """The portal's own object types."""
    _require(portal, _READ)
    found = [on_wire(portal, kind) for kind in _own(portal)] if not call.flag("archived") else []
    return Answer(body={"results": found})


def read_schema(portal: Portal, call: Call) -> Answer:
    """One object type with its properties and association types."""
    kind = object_of(portal, call)
    if kind.own:
        _require(portal, _READ)
    return Answer(body=on_wire(portal, kind))


def create_schema(portal: Portal, call: Call) -> Answer:
    """A new object type with its first properties and what its records may be linked to."""
    _require(portal, _WRITE)
    name, labels = call.member("name", str), call.member("labels", dict)
    unset = [key for key in ("name", "labels", "properties", "requiredProperties") if not _given(call, key)]
    if unset:
        raise invalid(f"Invalid input JSON: some required fields were not set: [{', '.join(unset)}]")
    linked = [portal.catalogue.object_type(str(each)) for each in call.member("associatedObjects", list)]
    kind = define(portal, name, labels=labels, links=linked)
    try:
        for wanted in call.member("properties", list):
            add_property(portal, kind, _with_defaults(wanted, kind))
        _set_members(kind, call)
    except ApiError:
        portal.catalogue.drop(kind)
        raise
    kind.title = kind.title or next(one.name for one in kind.properties.values() if one.custom)
    return Answer(status=201, body=on_wire(portal, kind))


def update_schema(portal: Portal, call: Call) -> Answer:
    """Changes labels, and which properties are required, searched and shown first."""
    _require(portal, _WRITE)
    kind, own = _own_of(portal, call)
    _set_members(kind, call)
    own.labels = {**own.labels, **call.member("labels", dict)}
    own.changed_at = stamps.shown(portal.records.now)
    return Answer(body=on_wire(portal, kind))


def delete_schema(portal: Portal, call: Call) -> Answer:
    """Deletes an object type of which there are no records any more."""
    _require(portal, _WRITE)
    kind, _ = _own_of(portal, call)
    if portal.records.count(kind):
        raise invalid(f"Object type {kind.type_id} cannot be deleted while it has records")
    portal.records.undefine(kind)
    portal.catalogue.drop(kind)
    return Answer(status=204)


def create_link_type(portal: Portal, call: Call) -> Answer:
    """Lets the records of an object type of one's own be linked to those of another."""
    _require(portal, _WRITE)
    kind, _ = _own_of(portal, call)
    one, other = (
        portal.catalogue.object_type(call.member(name, str))
        for name in ("fromObjectTypeId", "toObjectTypeId")
    )
    if kind not in (one, other):
        raise invalid(f"One of the two object types must be {kind.type_id}")
    if portal.catalogue.links_between(one.name, other.name):
        raise ApiError(
            "OBJECT_ALREADY_EXISTS", f"{one.type_id} and {other.type_id} can be associated already"
        )
    _link(portal, one, [other])
    return Answer(status=201, body=_links_of(portal, one)[-1])


def delete_link_type(portal: Portal, call: Call) -> Answer:
    """Takes an association type away; its links go with it."""
    _require(portal, _WRITE)
    kind, _ = _own_of(portal, call)
    gone = [
        link
        for link in portal.catalogue.link_types
        if str(link.id) == call.path["link"] and kind.name in (link.from_object, link.to_object)
    ]
    if not gone:
        raise not_found(f"No association type {call.path['link']} of {kind.type_id}")
    ids = {gone[0].id, gone[0].inverse}
    portal.links.forget_types(ids)
    portal.catalogue.set_link_types(link for link in portal.catalogue.link_types if link.id not in ids)
    return Answer(status=204)


def define(
    portal: Portal, name: str, *, labels: Mapping[str, Any], links: Iterable[ObjectType]
) -> ObjectType:
    """Makes an object type without properties of its own; raises ApiError for a name that cannot be or is taken."""
    if not _NAME.fullmatch(name):
        raise invalid(f"Object type name '{name}' is not valid: it has only letters, digits and underscores")
    own = list(_own(portal))
    base = name.lower()
    if any(kind.singular == base for kind in own):
        raise ApiError("OBJECT_ALREADY_EXISTS", f"An object type named '{base}' already exists.")
    if len(own) >= MOST:
        raise invalid(f"This portal has reached its limit of {MOST} custom objects")
    now, group = stamps.shown(portal.records.now), f"{base}_information"
    taken = {kind.type_id for kind in own}
    kind = ObjectType(
        name=f"p{PORTAL_ID}_{base}", singular=base, created="hs_createdate", modified="hs_lastmodifieddate",
        type_id=next(each for n in count(_FIRST_TYPE) if (each := f"2-{n}") not in taken),
        title="", group=group, shown=("hs_createdate", "hs_lastmodifieddate", "hs_object_id"), searched=(),
        properties=properties_of_own(group), groups={group: f"{base} information".capitalize()},
        own=OwnType(
            short_name=f"p_{base}", made_at=now, changed_at=now,
            labels={"singular": base.capitalize(), "plural": f"{base.capitalize()}s", **labels},
        ),
    )  # fmt: skip
    portal.records.define(kind)
    portal.catalogue.add(kind)
    activities = [portal.catalogue.objects[each] for each in _ALWAYS_LINKED]
    _link(portal, kind, {each.name: each for each in (*links, *activities)}.values())
    return kind


def on_wire(portal: Portal, kind: ObjectType) -> dict[str, Any]:
    """An object type as the schemas' paths show it."""
    shown: dict[str, Any] = {
        "id": kind.type_id.removeprefix("2-"), "objectTypeId": kind.type_id, "name": kind.singular, "archived": False,
        "fullyQualifiedName": kind.name if kind.own else kind.singular.upper(), "primaryDisplayProperty": kind.title,
        "labels": {"singular": kind.singular.capitalize(), "plural": kind.name.capitalize()},
        "requiredProperties": list(kind.required), "searchableProperties": list(kind.searched),
        "secondaryDisplayProperties": [], "associations": _links_of(portal, kind),
        "properties": [on_the_wire(one) for one in kind.properties.values() if one.listed],
    }  # fmt: skip
    if kind.own:
        shown |= {
            "labels": dict(kind.own.labels), "secondaryDisplayProperties": list(kind.own.secondary),
            "createdAt": kind.own.made_at, "updatedAt": kind.own.changed_at, "description": kind.own.description,
        }  # fmt: skip
    return shown


def _links_of(portal: Portal, kind: ObjectType) -> list[dict[str, Any]]:
    objects = portal.catalogue.objects
    return [
        {
            "id": str(link.id), "fromObjectTypeId": kind.type_id, "toObjectTypeId": objects[link.to_object].type_id,
            "name": f"{kind.singular}_to_{objects[link.to_object].singular}",
        }
        for link in portal.catalogue.link_types
        if link.from_object == kind.name
    ]  # fmt: skip


def _link(portal: Portal, kind: ObjectType, others: Iterable[ObjectType]) -> None:
    used = {link.id for link in portal.catalogue.link_types}
    free = (number for number in count(_FIRST_LINK) if number not in used)
    made: list[LinkType] = []
    for other in others:
        there, back = next(free), next(free)
        made += [
            LinkType(from_object=one, to_object=two, id=number, inverse=inverse, label="", category=_CATEGORY)
            for one, two, number, inverse in (
                (kind.name, other.name, there, back),
                (other.name, kind.name, back, there),
            )
        ]
    portal.catalogue.set_link_types([*portal.catalogue.link_types, *made])


def _set_members(kind: ObjectType, call: Call) -> None:
    """What a create and an update say of the type's properties; raises ApiError before anything is changed."""
    lists = {
        member: tuple(map(str, call.member(member, list)))
        for member in ("requiredProperties", "searchableProperties", "secondaryDisplayProperties")
        if _given(call, member)
    }
    title = call.member("primaryDisplayProperty", str)
    unknown = sorted({title, *chain.from_iterable(lists.values())} - kind.properties.keys() - {""})
    if unknown:
        raise invalid(f"Property '{unknown[0]}' does not exist on {kind.type_id}")
    kind.title = title or kind.title
    kind.required = lists.get("requiredProperties", kind.required)
    kind.searched = lists.get("searchableProperties", kind.searched)
    if kind.own:
        kind.own.secondary = lists.get("secondaryDisplayProperties", kind.own.secondary)
        kind.own.description = call.member("description", str) or kind.own.description


def _with_defaults(wanted: Any, kind: ObjectType) -> Any:
    # In a schema a property may leave out what a property of its own must say.
    defaults = {"type": "string", "fieldType": "text", "groupName": kind.group}
    return {**defaults, **wanted} if isinstance(wanted, dict) else wanted


def _given(call: Call, member: str) -> bool:
    return isinstance(call.body, dict) and bool(call.body.get(member))


def _own(portal: Portal) -> list[ObjectType]:
    return [kind for kind in portal.catalogue.objects.values() if kind.own]


def _own_of(portal: Portal, call: Call) -> tuple[ObjectType, OwnType]:
    kind = object_of(portal, call)
    if kind.own is None:
        raise invalid(f"Object type {kind.type_id} is defined by HubSpot and cannot be changed")
    return kind, kind.own


def _require(portal: Portal, scope: str) -> None:
    require(portal.world.switches.hubspot_scopes_taken, [scope])
