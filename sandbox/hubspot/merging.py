"""Merges one record into another: the loser's id from then on leads to the winner."""

from sandbox.hubspot.errors import invalid, not_found
from sandbox.hubspot.objects import written
from sandbox.hubspot.portal import Answer, Call, Portal, object_of, record_id


def merge(portal: Portal, call: Call) -> Answer:
    """The winner with the loser's links, its empty values filled from the loser's; raises ApiError.

    The vendor's newer merges give the result an id of its own; here, as for companies and activities, the
    winner keeps its id and lists the loser in `hs_merged_object_ids`.
    """
    kind = object_of(portal, call)
    winner, loser = (record_id(call.member(name, str)) for name in ("primaryObjectId", "objectIdToMerge"))
    if winner is None or loser is None or winner == loser:
        raise invalid("Invalid input JSON: primaryObjectId and objectIdToMerge must be two ids")
    kept, lost = portal.records.stored(kind, winner), portal.records.stored(kind, loser)
    if kept is None or lost is None:
        raise not_found("resource not found", context={"id": [str(loser if kept else winner)]})
    taken = {
        name: lost[name]
        for name, one in kind.properties.items()
        if not one.calculated and name in lost and kept[name] is None and lost[name] is not None
    }
    ids = [*(kept["hs_merged_object_ids"] or "").split(";"), str(loser)]
    merged = {"hs_merged_object_ids": ";".join(filter(None, ids)), kind.modified: portal.records.now}
    portal.records.archive(kind, [loser])
    portal.records.change(kind, [loser], {"mergedInto": winner})
    portal.records.change(kind, [winner], taken | merged)
    portal.links.hand_over(kind, loser, winner)
    return Answer(body=written(portal, kind, winner))
