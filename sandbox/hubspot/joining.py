"""Links records by HubSpot's rules: which types fit which pair, and what a link changes on both sides.

A link made or taken moves the modified stamp of companies, contacts and deals, as their counts and last activity are
calculated properties and any of those moves it. Of anything else (an activity, a custom object) no property changes, and
its stamp stays: whoever reads only what changed does not hear of the link. A record that is created with its links
keeps one stamp.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sandbox.hubspot.errors import ApiError, invalid
from sandbox.hubspot.portal import Portal, record_id
from sandbox.hubspot.schema import LinkType, ObjectType

Target = tuple[list[LinkType], int]


def targets_of(portal: Portal, kind: ObjectType, associations: Sequence[Any]) -> list[Target]:
    """The `associations` of a create, checked; raises ApiError for a type or record that does not fit."""
    return [_target(portal, kind, one) for one in associations]


def _target(portal: Portal, kind: ObjectType, one: Any) -> Target:
    try:
        to_id, asked = one["to"]["id"], one["types"]
        wanted = [(entry["associationCategory"], entry["associationTypeId"]) for entry in asked]
    except (KeyError, TypeError) as error:
        raise invalid(f"Invalid input JSON: an association needs to.id and types: {error}") from error
    known = {link.id: link for link in portal.catalogue.link_types if link.from_object == kind.name}
    types = fitting(known, wanted)
    if not types or len(types) != len(wanted) or len({link.to_object for link in types}) > 1:
        raise unfit_types([type_id for _, type_id in wanted], kind, None, known.values())
    target = portal.catalogue.objects[types[0].to_object]
    return types, live_target(portal, target, to_id)


def fitting(known: Mapping[int, LinkType], wanted: Iterable[tuple[object, object]]) -> list[LinkType]:
    """The types of these categories and ids, without those that are not among the known."""
    return [
        known[type_id]
        for category, type_id in wanted
        if isinstance(type_id, int) and type_id in known and known[type_id].category == category
    ]


def live_target(portal: Portal, kind: ObjectType, given: object) -> int:
    """The id of a live record; raises ApiError 400 when there is none."""
    to_id = record_id(given)
    if to_id is None or not portal.records.living(kind, [to_id]):
        name = f"{kind.singular.upper()}={given}"
        raise invalid(
            f"One or more associations are not valid: {name} is not valid",
            sub_category="crm.associations.INVALID_OBJECT_IDS",
            errors=[{"message": f"{name} is not valid", "in": "toObjectId"}],
            context={"toObjectId": [str(given)]},
        )
    return to_id


def unfit_types(
    asked: Sequence[object], kind: ObjectType, other: ObjectType | None, known: Iterable[LinkType]
) -> ApiError:
    """400 for association types that the pair does not have."""
    pair = f"{kind.type_id} to {other.type_id}" if other else kind.type_id
    choices = ", ".join(f"{link.id} ({link.from_object} to {link.to_object})" for link in known)
    return invalid(
        f"invalid association type {', '.join(map(str, asked))} for {pair}. Valid types are: [{choices}]",
        sub_category="crm.associations.INVALID_ASSOCIATION_TYPE",
    )


def join(portal: Portal, types: list[LinkType], from_id: int, to_id: int, *, new: bool = False) -> None:
    """Links two live records; a link that is there already changes nothing. `new`: the first was just made."""
    if not portal.links.add(types, from_id, to_id):
        return
    one, other = (portal.catalogue.objects[name] for name in (types[0].from_object, types[0].to_object))
    _after(portal, one, other, (from_id, to_id), touch_first=not new)


def part(portal: Portal, one: ObjectType, other: ObjectType, from_id: int, to_id: int) -> None:
    """Takes every link between two records away; none is no error."""
    if portal.links.remove(one.name, from_id, other.name, to_id):
        _after(portal, one, other, (from_id, to_id), touch_first=True)


def _after(
    portal: Portal, one: ObjectType, other: ObjectType, ids: tuple[int, int], *, touch_first: bool
) -> None:
    now = portal.records.now
    for kind, record, partner, partner_id in ((one, ids[0], other, ids[1]), (other, ids[1], one, ids[0])):
        changes: dict[str, str | None] = {}
        if partner.kind == "activity" and "notes_last_updated" in kind.properties:
            changes = _last_activity(portal, kind, record, partner, partner_id)
        if kind.name == "contacts" and partner.name == "companies":
            changes["associatedcompanyid"] = primary_company(portal, record)
        is_new = not touch_first and record == ids[0] and kind is one
        if kind.counts_links and not is_new:
            changes[kind.modified] = now
        if changes:
            portal.records.change(kind, [record], changes)


def _last_activity(
    portal: Portal, kind: ObjectType, record: int, activity: ObjectType, activity_id: int
) -> dict[str, str | None]:
    held = portal.records.stored(kind, record) or {}
    logged = portal.records.stored(activity, activity_id) or {}
    at = logged.get("hs_timestamp")
    if not at or at > portal.records.now:
        return {}
    names = (
        ["notes_last_updated", "notes_last_contacted"] if activity.contact_made else ["notes_last_updated"]
    )
    return {name: at for name in names if at > (held.get(name) or "")}


def primary_company(portal: Portal, contact_id: int) -> str | None:
    """The company that a contact belongs to first of all."""
    links = portal.links.of("contacts", "companies", [contact_id]).get(contact_id, [])
    return next((str(link.to_id) for link in links if 1 in link.type_ids), None)
