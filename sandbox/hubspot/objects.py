"""Lists, reads, creates, changes and archives records one at a time."""

from collections.abc import Sequence
from typing import Any

from sandbox.hubspot import writing
from sandbox.hubspot.apps import require_scope
from sandbox.hubspot.errors import ApiError, invalid, not_found
from sandbox.hubspot.portal import Answer, Call, Portal, next_page, object_of, record_id
from sandbox.hubspot.recycling import put_in_bin
from sandbox.hubspot.schema import LinkType, ObjectType

INLINE_LINKS = 100


def list_page(portal: Portal, call: Call) -> Answer:
    """One page in order of id; `after` is the last id of the page before."""
    kind = object_of(portal, call)
    history = kind.known(call.names("propertiesWithHistory"))
    limit = call.limit(usual=10, most=50 if history else 100)
    after = record_id(call.text("after") or "0")
    if after is None:
        raise invalid("The paging cursor `after` is not valid")
    names = asked(kind, [*call.names("properties"), *history], any_asked=bool(call.names("properties")))
    archived = call.flag("archived")
    records = portal.records.page(kind, names, after=after, limit=limit + 1, archived=archived)
    more = len(records) > limit
    records = records[:limit]
    portal.history.add_to(kind, records, history)
    add_links(portal, kind, call, records)
    body: dict[str, Any] = {"results": records}
    if more:
        body["paging"] = next_page(call, records[-1]["id"])
    return Answer(body=body)


def read_one(portal: Portal, call: Call) -> Answer:
    """One record, live or (with `archived=true`) from the recycle bin."""
    kind = object_of(portal, call)
    history = kind.known(call.names("propertiesWithHistory"))
    names = asked(kind, [*call.names("properties"), *history], any_asked=bool(call.names("properties")))
    archived = call.flag("archived")
    found = _id_in_path(portal, call, kind)
    if found and not archived:
        found = portal.records.winners(kind, [found]).get(found, found)
    records = portal.records.read(kind, [found] if found else [], names, archived=archived)
    if not records:
        raise missing(kind, call)
    portal.history.add_to(kind, records, history)
    add_links(portal, kind, call, records)
    return Answer(body=records[0])


def create_one(portal: Portal, call: Call) -> Answer:
    """A new record, with its links where the body has `associations`."""
    kind = object_of(portal, call)
    made = writing.create(portal, kind, call.member("properties", dict), call.member("associations", list))
    return Answer(status=201, body=written(portal, kind, made))


def update_one(portal: Portal, call: Call) -> Answer:
    """Changes the given properties; an empty text clears."""
    kind = object_of(portal, call)
    found = _id_in_path(portal, call, kind)
    if found is None or not portal.records.living(kind, [found]):
        raise missing(kind, call)
    values = writing.update(portal, kind, found, call.member("properties", dict))
    return Answer(body=portal.records.read(kind, [found], asked(kind, list(values), any_asked=True))[0])


def archive_one(portal: Portal, call: Call) -> Answer:
    """Moves a record to the recycle bin; one that is not there is no error, as in the vendor's API."""
    kind = object_of(portal, call)
    found = record_id(call.path["id"])
    if found is not None and portal.records.living(kind, [found]):
        put_in_bin(portal, kind, [found])
    return Answer(status=204)


def asked(kind: ObjectType, names: Sequence[str], *, any_asked: bool) -> list[str]:
    """The properties that an answer carries; what the object does not have is left out without a word."""
    return kind.known([*names, *(kind.always() if any_asked else kind.shown)])


def written(portal: Portal, kind: ObjectType, made: int) -> dict[str, Any]:
    """A record as it comes back from a create: every property that has a value."""
    return portal.records.written(kind, made)


def missing(kind: ObjectType, call: Call) -> ApiError:
    """404 for the record that the path names."""
    return not_found(
        "resource not found", page=kind.missing_page == "html", context={"id": [call.path["id"]]}
    )


def _id_in_path(portal: Portal, call: Call, kind: ObjectType) -> int | None:
    name = call.text("idProperty")
    if name is None or name == "hs_object_id":
        return record_id(call.path["id"])
    return portal.records.id_of(kind, unique_property(kind, name), call.path["id"])


def unique_property(kind: ObjectType, name: str) -> str:
    """A property that can stand for the id; raises ApiError 400 for one that is not unique."""
    found = kind.properties.get(name)
    if found is None or not found.listed or not found.unique:
        raise invalid(
            f"Property {name} is not a unique property of {kind.name} and cannot be used as idProperty"
        )
    return name


def add_links(portal: Portal, kind: ObjectType, call: Call, records: list[dict[str, Any]]) -> None:
    """Adds `associations`, the first page of each, to records as they go over the wire."""
    for asked_name in call.names("associations") if records else []:
        other = portal.catalogue.object_type(asked_name)
        require_scope(portal.world.switches.hubspot_scopes_taken, other.name)
        types = {link.id: link for link in portal.catalogue.links_between(kind.name, other.name)}
        found = portal.links.of(kind.name, other.name, [int(record["id"]) for record in records])
        for record in records:
            links = found.get(int(record["id"]), [])
            if not links:
                continue
            rows = [
                {"id": str(link.to_id), "type": link_name(portal, types[type_id])}
                for link in links[:INLINE_LINKS]
                for type_id in link.type_ids
            ]
            entry: dict[str, Any] = {"results": rows}
            if len(links) > INLINE_LINKS:
                entry["paging"] = _next_links(call, record["id"], other, str(links[INLINE_LINKS - 1].to_id))
            record.setdefault("associations", {})[other.name] = entry


def _next_links(call: Call, record: str, other: ObjectType, after: str) -> dict[str, Any]:
    of_record = call.url if call.url.endswith(f"/{record}") else f"{call.url.rstrip('/')}/{record}"
    return {"next": {"after": after, "link": f"{of_record}/associations/{other.name}?after={after}"}}


def link_name(portal: Portal, link: LinkType) -> str:
    """`task_to_company`; where a pair has a primary type, that one bears the plain name."""
    one, other = (portal.catalogue.objects[name].singular for name in (link.from_object, link.to_object))
    several = len(portal.catalogue.links_between(link.from_object, link.to_object)) > 1
    return f"{one}_to_{other}_unlabeled" if several and not link.label else f"{one}_to_{other}"
