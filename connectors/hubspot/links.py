"""Reads which records are linked to which: HubSpot's associations, for up to a thousand records a call."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from connectors.errors import Temporary
from connectors.hubspot.call import HubSpotCalls

INPUTS_PER_CALL = 1000
"""HubSpot's limit since February 2025."""

_NO_LINKS = ("OBJECT_NOT_FOUND", "NO_ASSOCIATIONS_FOUND")
"""How HubSpot names, among a call's errors, a record that is simply linked to nothing."""

_COLUMNS = pa.schema([("from_id", pa.string()), ("to_id", pa.string()), ("type_id", pa.string())])


def links_of(calls: HubSpotCalls, from_object: str, to_object: str, /, ids: Sequence[str]) -> pa.Table:
    """Every link of these records to the other object, as `from_id`, `to_id`, `type_id`; one row a type."""
    links: list[tuple[str, str, str]] = []
    waiting: list[dict[str, str]] = [{"id": id_} for id_ in ids]
    while waiting:
        batch, waiting = waiting[:INPUTS_PER_CALL], waiting[INPUTS_PER_CALL:]
        body = calls.ask("links", {"inputs": batch}, object=from_object, to=to_object)
        _insist_on_all(body, f"{calls.place}: links from {from_object} to {to_object}")
        for source in body.get("results") or ():
            from_id = str(source["from"]["id"])
            links += _targets(from_id, source)
            after = ((source.get("paging") or {}).get("next") or {}).get("after")
            if after is not None:
                waiting.append({"id": from_id, "after": str(after)})
    columns = zip(*links, strict=True) if links else ((), (), ())
    return pa.table([pa.array(column, pa.string()) for column in columns], schema=_COLUMNS)


def _targets(from_id: str, source: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (from_id, str(target["toObjectId"]), str(kind["typeId"]))
        for target in source.get("to") or ()
        for kind in target.get("associationTypes") or ()
    ]


def _insist_on_all(body: dict[str, Any], place: str) -> None:
    for error in body.get("errors") or ():
        words = f"{error.get('category')} {error.get('subCategory')}"
        if not any(word in words for word in _NO_LINKS):
            raise Temporary(place, f"a part of the links was not given ({words})", "Run again later")
