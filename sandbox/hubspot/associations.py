"""Reads, makes and takes links between records: `/crm/v4/associations` and its date-based successor."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import orjson

from sandbox.hubspot.batch import finish
from sandbox.hubspot.errors import ApiError, invalid, not_found
from sandbox.hubspot.joining import fitting, join, live_target, part, unfit_types
from sandbox.hubspot.links import Link
from sandbox.hubspot.objects import missing
from sandbox.hubspot.portal import Answer, Call, Portal, next_page, object_of, record_id
from sandbox.hubspot.schema import LinkType, ObjectType

MOST_READ = 1_000
MOST_WRITTEN = 2_000
PAGE = 500


def read_batch(portal: Portal, call: Call) -> Answer:
    """The links of up to 1,000 records; each input pages by its own `after`, 500 links a page."""
    one, other = _pair(portal, call)
    asked = [(_id(row), _after(row)) for row in call.inputs(MOST_READ)]
    plain = portal.links.of(one.name, other.name, [record for record, after in asked if record and not after])
    results, refusals, shown = [], [], _showing(portal, one)
    for record, after in asked:
        links = plain.get(record or 0, [])
        if record and after:
            links = portal.links.of(one.name, other.name, [record], after=after, limit=PAGE + 1).get(
                record, []
            )
        if links:
            results.append({"from": {"id": str(record)}, **_page(call, links, shown, limit=PAGE)})
        else:
            refusals.append(_no_links(one, other, record))
    return finish(portal, call, results[::-1], refusals)


def list_links(portal: Portal, call: Call) -> Answer:
    """The links of one record."""
    one, other = _pair(portal, call)
    record = record_id(call.path["id"])
    if record is None or not portal.records.living(one, [record]):
        raise missing(one, call)
    limit = call.limit(usual=PAGE, most=PAGE)
    after = record_id(call.text("after") or "0") or 0
    links = portal.links.of(one.name, other.name, [record], after=after, limit=limit + 1).get(record, [])
    body = _page(call, links, _showing(portal, one), limit=limit)
    return Answer(body={"results": body.pop("to"), **body})


Shown = Callable[[tuple[int, ...]], orjson.Fragment]


def _page(call: Call, links: list[Link], shown: Shown, *, limit: int) -> dict[str, Any]:
    rows = [{"toObjectId": to_id, "associationTypes": shown(type_ids)} for to_id, type_ids in links[:limit]]
    body: dict[str, Any] = {"to": rows}
    if len(links) > limit:
        body["paging"] = next_page(call, str(links[limit - 1].to_id))
    return body


def _showing(portal: Portal, one: ObjectType) -> Shown:
    """How the types of a link look; few combinations come again and again."""
    types = {link.id: link for link in portal.catalogue.link_types if link.from_object == one.name}

    @cache
    def shown(type_ids: tuple[int, ...]) -> orjson.Fragment:
        rows = [
            {"category": types[type_id].category, "typeId": type_id, "label": types[type_id].label or None}
            for type_id in type_ids
        ]
        return orjson.Fragment(orjson.dumps(rows))

    return shown


def create_batch(portal: Portal, call: Call) -> Answer:
    """Links of named types; making one again changes nothing."""
    one, other = _pair(portal, call)

    def work(row: Mapping[str, Any]) -> dict[str, Any]:
        types = _types(portal, one, other, row.get("types"))
        return _labelled(one, other, *_join(portal, types, row), types)

    return _each(portal, call, work, status=201)


def create_default_batch(portal: Portal, call: Call) -> Answer:
    """Links of the pair's unlabelled type, both directions in the answer."""
    one, other = _pair(portal, call)
    types = _default(portal, one, other)

    def work(row: Mapping[str, Any]) -> dict[str, Any]:
        from_id, to_id = _join(portal, types, row)
        spec = {"associationCategory": types[0].category, "associationTypeId": types[0].id}
        return {"from": {"id": str(from_id)}, "to": {"id": str(to_id)}, "associationSpec": spec}

    return _each(portal, call, work, status=200)


def archive_batch(portal: Portal, call: Call) -> Answer:
    """Parts records altogether; what is not linked is no error."""
    one, other = _pair(portal, call)
    for row in call.inputs(MOST_WRITTEN):
        targets = row.get("to")
        for target in targets if isinstance(targets, list) else [targets]:
            from_id, to_id = _id(row), record_id(_end(target))
            if from_id and to_id:
                part(portal, one, other, from_id, to_id)
    return Answer(status=204)


def archive_labels(portal: Portal, call: Call) -> Answer:
    """Takes single types of links away."""
    one, other = _pair(portal, call)
    for row in call.inputs(MOST_WRITTEN):
        from_id, to_id = _id(row), record_id(_end(row.get("to")))
        if from_id and to_id:
            portal.links.remove_types(_types(portal, one, other, row.get("types")), from_id, to_id)
    return Answer(status=204)


def put_link(portal: Portal, call: Call) -> Answer:
    """Links two records by the types in the body (a list)."""
    one, other = _pair(portal, call)
    types = _types(portal, one, other, call.body)
    return Answer(status=201, body=_labelled(one, other, *_join(portal, types, _ends(call)), types))


def put_default(portal: Portal, call: Call) -> Answer:
    """Links two records by the unlabelled type."""
    one, other = _pair(portal, call)
    types = _default(portal, one, other)
    from_id, to_id = _join(portal, types, _ends(call))
    spec = {"associationCategory": types[0].category, "associationTypeId": types[0].id}
    row = {"from": {"id": str(from_id)}, "to": {"id": str(to_id)}, "associationSpec": spec}
    return finish(portal, call, [row], [])


def delete_link(portal: Portal, call: Call) -> Answer:
    """Parts two records altogether."""
    one, other = _pair(portal, call)
    from_id, to_id = record_id(call.path["id"]), record_id(call.path["to_id"])
    if from_id and to_id:
        part(portal, one, other, from_id, to_id)
    return Answer(status=204)


def labels(portal: Portal, call: Call) -> Answer:
    """The types that join two object types."""
    one, other = _pair(portal, call)
    rows = [
        {"category": link.category, "typeId": link.id, "label": link.label or None}
        for link in portal.catalogue.links_between(one.name, other.name)
    ]
    return Answer(body={"results": rows})


def _pair(portal: Portal, call: Call) -> tuple[ObjectType, ObjectType]:
    return object_of(portal, call), object_of(portal, call, "to_type")


def _ends(call: Call) -> dict[str, Any]:
    return {"from": {"id": call.path["id"]}, "to": {"id": call.path["to_id"]}}


def _id(row: Mapping[str, Any]) -> int | None:
    """The near record of an input: `{"id"}` in a read, `{"from": {"id"}}` in a write."""
    return record_id(_end(row.get("from", row)))


def _end(given: object) -> object:
    return given.get("id") if isinstance(given, dict) else None


def _after(row: Mapping[str, Any]) -> int:
    return record_id(row.get("after") or 0) or 0


def _default(portal: Portal, one: ObjectType, other: ObjectType) -> list[LinkType]:
    found = portal.catalogue.links_between(one.name, other.name)
    if not found:
        raise invalid(f"No default association type exists for {one.type_id} to {other.type_id}")
    return found[:1]


def _types(portal: Portal, one: ObjectType, other: ObjectType, asked: Any) -> list[LinkType]:
    known = {link.id: link for link in portal.catalogue.links_between(one.name, other.name)}
    if not isinstance(asked, list) or not asked or not all(isinstance(entry, dict) for entry in asked):
        raise invalid("Invalid input JSON: some required fields were not set: [types]")
    wanted = [(entry.get("associationCategory"), entry.get("associationTypeId")) for entry in asked]
    fit = fitting(known, wanted)
    ids = [type_id for _, type_id in wanted]
    if len(fit) < len(ids):
        raise unfit_types(ids, one, other, known.values())
    return fit


def _join(portal: Portal, types: list[LinkType], row: Mapping[str, Any]) -> tuple[int, int]:
    ends = []
    for side, name in (("from", types[0].from_object), ("to", types[0].to_object)):
        ends.append(live_target(portal, portal.catalogue.objects[name], _end(row.get(side))))
    join(portal, types, ends[0], ends[1])
    return ends[0], ends[1]


def _labelled(
    one: ObjectType, other: ObjectType, from_id: int, to_id: int, types: list[LinkType]
) -> dict[str, Any]:
    return {
        "fromObjectTypeId": one.type_id, "fromObjectId": from_id, "toObjectTypeId": other.type_id, "toObjectId": to_id,
        "labels": [link.label for link in types if link.label],
    }  # fmt: skip


def _each(
    portal: Portal, call: Call, work: Callable[[Mapping[str, Any]], dict[str, Any]], *, status: int
) -> Answer:
    results, refusals = [], []
    for row in call.inputs(MOST_WRITTEN):
        try:
            results.append(work(row))
        except ApiError as refusal:
            refusals.append(refusal)
    if refusals and (portal.world.switches.all_or_nothing or not results):
        raise refusals[0]
    return finish(portal, call, results, refusals, status=status)


def _no_links(one: ObjectType, other: ObjectType, record: int | None) -> ApiError:
    return not_found(
        f"No {other.singular} is associated with {one.singular} {record}.",
        sub_category="crm.associations.NO_ASSOCIATIONS_FOUND",
        context={
            "fromObjectId": [str(record)],
            "fromObjectType": [one.singular],
            "toObjectType": [other.singular],
        },
    )
