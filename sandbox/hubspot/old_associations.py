"""Links as the v3 association paths know them: ids with a type's name, for programs that still ask there."""

from collections.abc import Mapping
from typing import Any

from sandbox.hubspot.associations import MOST_READ, MOST_WRITTEN, PAGE
from sandbox.hubspot.batch import finish
from sandbox.hubspot.errors import ApiError, invalid
from sandbox.hubspot.joining import join, live_target
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
    """The links of many records, the first page of each; those without any are left out."""
    one, other = object_of(portal, call), object_of(portal, call, "to_type")
    ids = [near for row in call.inputs(MOST_READ) if (near := record_id(row.get("id"))) is not None]
    found = portal.links.of(one.name, other.name, ids)
    results = []
    for record, links in found.items():
        row = {"from": {"id": str(record)}, "to": _rows(portal, one, other, links[:PAGE])}
        if len(links) > PAGE:
            row["paging"] = next_page(call, str(links[PAGE - 1].to_id))
        results.append(row)
    return finish(portal, call, results, [])


def create_batch(portal: Portal, call: Call) -> Answer:
    """Links by the name of their type, such as `company_to_contact`."""
    one, other = object_of(portal, call), object_of(portal, call, "to_type")
    named = {link_name(portal, link): link for link in portal.catalogue.links_between(one.name, other.name)}
    results, refusals = [], []
    for row in call.inputs(MOST_WRITTEN):
        link = named.get(str(row.get("type")))
        if link is None:
            raise invalid(
                f"{row.get('type')} is not a valid association type. Valid types are: [{', '.join(named)}]"
            )
        try:
            from_id, to_id = (
                live_target(portal, one, _end(row, "from")),
                live_target(portal, other, _end(row, "to")),
            )
        except ApiError as refusal:
            refusals.append(refusal)
            continue
        join(portal, [link], from_id, to_id)
        results.append(
            {"from": {"id": str(from_id)}, "to": {"id": str(to_id)}, "type": link_name(portal, link)}
        )
    if refusals and not results:
        raise refusals[0]
    return finish(portal, call, results, refusals, status=201)


def types(portal: Portal, call: Call) -> Answer:
    """The types that join two object types, by id and name."""
    one, other = object_of(portal, call), object_of(portal, call, "to_type")
    found = portal.catalogue.links_between(one.name, other.name)
    return Answer(body={"results": [{"id": str(link.id), "name": link_name(portal, link)} for link in found]})


def _end(row: Mapping[str, Any], side: str) -> object:
    given = row.get(side)
    return given.get("id") if isinstance(given, dict) else None


def _rows(portal: Portal, one: ObjectType, other: ObjectType, links: list[Link]) -> list[dict[str, str]]:
    types = {link.id: link for link in portal.catalogue.links_between(one.name, other.name)}
    return [
        {"id": str(link.to_id), "type": link_name(portal, types[type_id])}
        for link in links
        for type_id in link.type_ids
    ]
