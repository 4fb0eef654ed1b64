"""Reads links as the v3 association paths give them: ids with a type's name, for programs that still ask there."""

from typing import Any

from sandbox.hubspot.associations import MOST_READ, PAGE
from sandbox.hubspot.batch import finish
from sandbox.hubspot.links import Link
from sandbox.hubspot.objects import link_name, missing
from sandbox.hubspot.portal import Answer, Call, Portal, next_page, object_of, record_id
from sandbox.hubspot.schema import ObjectType


def list_links(portal: Portal, call: Call) -> Answer:
    """The links of one record: `GET /crm/v3/objects/{type}/{id}/associations/{to_type}`."""
    one, other = object_of(portal, call), object_of(portal, call, "to_type")
    record = record_id(call.path["id"])
    if record is None or not portal.records.living(one, [record]):
        raise missing(one, call)
    limit = call.limit(usual=PAGE, most=PAGE)
    after = record_id(call.text("after") or "0") or 0
    links = portal.links.of(one.name, other.name, [record], after=after).get(record, [])
    body: dict[str, Any] = {"results": _rows(portal, one, other, links[:limit])}
    if len(links) > limit:
        body["paging"] = next_page(call, str(links[limit - 1].to_id))
    return Answer(body=body)


def read_batch(portal: Portal, call: Call) -> Answer:
    """The links of many records; those without any are left out."""
    one, other = object_of(portal, call), object_of(portal, call, "to_type")
    ids = [near for row in call.inputs(MOST_READ) if (near := record_id(row.get("id"))) is not None]
    found = portal.links.of(one.name, other.name, ids)
    results = [
        {"from": {"id": str(record)}, "to": _rows(portal, one, other, links)}
        for record, links in found.items()
    ]
    return finish(portal, call, results, [])


def _rows(portal: Portal, one: ObjectType, other: ObjectType, links: list[Link]) -> list[dict[str, str]]:
    types = {link.id: link for link in portal.catalogue.links_between(one.name, other.name)}
    return [
        {"id": str(link.to_id), "type": link_name(portal, types[type_id])}
        for link in links
        for type_id in link.type_ids
    ]
