"""Reads records by their ids, and does not take silence for absence.

HubSpot's batch read leaves out what it does not find, or may not show, sometimes without a word; and it answers for
a merged record with the winner, which nobody asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from connectors.errors import Temporary
from connectors.hubspot.call import HubSpotCalls
from connectors.hubspot.listing import PAGE


@dataclass(slots=True, kw_only=True)
class Found:
    """Pages of records, which may hold others than those asked for, and the ids of the records asked for."""

    live: list[bytes] = field(default_factory=list)
    archived: list[bytes] = field(default_factory=list)
    live_ids: set[str] = field(default_factory=set)
    archived_ids: set[str] = field(default_factory=set)


def find(calls: HubSpotCalls, object_name: str, ids: Sequence[str], properties: Sequence[str]) -> Found:
    """The records of these ids, live or archived; those in neither are gone, as HubSpot says or its search confirms.

    Raises Temporary for records that HubSpot neither gives nor denies.
    """
    found = Found()
    for start in range(0, len(ids), PAGE):
        batch = ids[start : start + PAGE]
        page, live, denied = _read(calls, object_name, batch, properties, archived=False)
        found.live.append(page)
        found.live_ids |= live
        rest = [id_ for id_ in batch if id_ not in live]
        if rest:
            page, archived, denied_again = _read(calls, object_name, rest, properties, archived=True)
            found.archived.append(page)
            found.archived_ids |= archived
            _insist_on_word(calls, object_name, [*{*rest} - archived - (denied & denied_again)])
    return found


def batch_read(
    calls: HubSpotCalls,
    object_name: str,
    ids: Sequence[str],
    *,
    properties: Sequence[str],
    archived: bool = False,
) -> list[dict[str, Any]]:
    """Records by id, as HubSpot gives them; ids that it does not give are left out, whatever its reason."""
    records: list[dict[str, Any]] = []
    for start in range(0, len(ids), PAGE):
        page = _ask(calls, object_name, ids[start : start + PAGE], properties, archived=archived)
        records += orjson.loads(page).get("results") or []
    return records


def _read(
    calls: HubSpotCalls, object_name: str, ids: Sequence[str], properties: Sequence[str], *, archived: bool
) -> tuple[bytes, set[str], set[str]]:
    """The page, the ids of it that were asked for, and those that HubSpot says it has not."""
    page = _ask(calls, object_name, ids, properties, archived=archived)
    body = orjson.loads(page)
    denied = {
        str(id_)
        for error in body.get("errors") or ()
        if error.get("category") == "OBJECT_NOT_FOUND"
        for id_ in (error.get("context") or {}).get("ids") or ()
    }
    given = {str(record.get("id")) for record in body.get("results") or ()}
    # A merged record has an answer too: the winner. It is not there under its own id.
    merged = {*ids} - given - denied if len(given - {*ids}) else set()
    return page, given & {*ids}, denied | merged


def _ask(
    calls: HubSpotCalls, object_name: str, ids: Sequence[str], properties: Sequence[str], *, archived: bool
) -> bytes:
    return calls.post(
        "batch",
        {"inputs": [{"id": id_} for id_ in ids], "properties": list(properties)},
        query=f"archived={str(archived).lower()}",
        object=object_name,
        verb="read",
    )


def _insist_on_word(calls: HubSpotCalls, object_name: str, silent: Sequence[str]) -> None:
    """Raises Temporary where the search shows any of the records that a batch read did not speak of."""
    if not silent:
        return
    filters = [{"propertyName": "hs_object_id", "operator": "IN", "values": list(silent)}]
    body = {"filterGroups": [{"filters": filters}], "limit": 1}
    shown = calls.ask("search", body, kind="search", object=object_name).get("total")
    if shown:
        place = f"{calls.place}: {object_name}"
        problem = f"HubSpot neither gives nor denies {shown} of {len(silent)} records asked for by id"
        raise Temporary(place, problem, "Run again later; check what this login may see")
