"""Merges one record into another: the loser's id from then on leads to the winner."""

from collections.abc import Mapping
from typing import Any

from sandbox.hubspot.errors import invalid, not_found
from sandbox.hubspot.hiding import settle_hidden
from sandbox.hubspot.joining import primary_company
from sandbox.hubspot.objects import written
from sandbox.hubspot.portal import Answer, Call, Portal, object_of, record_id
from sandbox.hubspot.schema import ObjectType

_LATEST = ("notes_last_contacted", "notes_last_updated")


def merge(portal: Portal, call: Call) -> Answer:
    """The winner with the loser's links, its empty values filled from the loser's; raises ApiError.

    The vendor's newer merges give the result an id of its own; here, as for companies and activities, the
    winner keeps its id and lists the loser, and whom that one had swallowed, in `hs_merged_object_ids`.
    The winner's stamp moves, that of what was linked to the loser does not.
    """
    kind = object_of(portal, call)
    winner, loser = (record_id(call.member(name, str)) for name in ("primaryObjectId", "objectIdToMerge"))
    if winner is None or loser is None or winner == loser:
        raise invalid("Invalid input JSON: primaryObjectId and objectIdToMerge must be two ids")
    kept, lost = portal.records.stored(kind, winner), portal.records.stored(kind, loser)
    if kept is None or lost is None:
        raise not_found("resource not found", context={"id": [str(loser if kept else winner)]})
    portal.records.archive(kind, [loser])
    portal.records.change(kind, [loser, *portal.records.swallowed(kind, loser)], {"mergedInto": winner})
    portal.links.hand_over(kind, loser, winner)
    settle_hidden(portal.world.store, kind, [winner])
    changes = _taken(kind, kept, lost) | {kind.modified: portal.records.now}
    if kind.name == "contacts":
        changes["associatedcompanyid"] = primary_company(portal, winner)
    portal.history.keep(kind, winner, held=kept, changes=changes, at=portal.records.now)
    portal.records.change(kind, [winner], changes)
    if kind.name == "companies":
        _move_contacts(portal, loser, winner)
    return Answer(body=written(portal, kind, winner))


def _move_contacts(portal: Portal, loser: int, winner: int) -> None:
    # The name of their company is a property of contacts, so that for them it is a change like any other.
    contacts = portal.catalogue.objects["contacts"]
    sql = "SELECT id FROM hubspot__contacts WHERE associatedcompanyid = ?"
    theirs = [row["id"] for row in portal.world.store.query(sql, (str(loser),))]
    changes = {"associatedcompanyid": str(winner), contacts.modified: portal.records.now}
    portal.records.change_all(contacts, theirs, changes)


def _taken(kind: ObjectType, kept: Mapping[str, Any], lost: Mapping[str, Any]) -> dict[str, Any]:
    taken = {
        name: lost[name]
        for name, one in kind.properties.items()
        if not one.calculated and name in lost and kept[name] is None and lost[name] is not None
    }
    for name in _LATEST:
        if (lost.get(name) or "") > (kept.get(name) or ""):
            taken[name] = lost[name]
    ids = [kept["hs_merged_object_ids"], str(lost["id"]), lost["hs_merged_object_ids"]]
    return taken | {"hs_merged_object_ids": ";".join(filter(None, ids))}
