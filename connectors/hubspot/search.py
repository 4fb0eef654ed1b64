"""Searches for records that changed: any number of them, in the order of their ids.

HubSpot's search gives at most 10,000 records a query and lags some seconds behind writes. So every page is a
query of its own, for the ids after the last one: a window in time alone would never end where more than 10,000
records share a stamp, as HubSpot's own batch changes make them.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from connectors.errors import NotUnderstood
from connectors.hubspot.call import HubSpotCalls
from connectors.hubspot.pages import cursor_of

PAGE = 200
"""HubSpot's limit for search."""

Filter = Mapping[str, Any]


def stamp_of(object_name: str) -> str:
    """The property that says when a record changed; contacts name it differently."""
    return "lastmodifieddate" if object_name == "contacts" else "hs_lastmodifieddate"


def changed_since(object_name: str, since: datetime) -> Filter:
    """The filter for records changed at or after `since` (naive UTC)."""
    return {"propertyName": stamp_of(object_name), "operator": "GTE", "value": _milliseconds(since)}


def search(
    calls: HubSpotCalls,
    object_name: str,
    /,
    *,
    filters: Sequence[Filter],
    properties: Sequence[str],
    beyond: int = 0,
) -> Iterator[tuple[bytes, int | None]]:
    """The pages of all live records that pass every filter, by id, each with its last id, None for the last page.

    `beyond` is the last id of the pages before. What changes meanwhile may come or not. Ids only grow, so it ends
    without an upper bound in time, which HubSpot's clock, told in whole seconds, could not give without hiding the
    changes of the last one.
    """
    place = f"{calls.place}: search of {object_name}"
    last_id: int | None = beyond
    while last_id is not None:
        body = calls.post(
            "search",
            {
                "filterGroups": [{"filters": [*filters, _beyond(last_id)]}],
                "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
                "properties": list(properties),
                "limit": PAGE,
            },
            kind="search",
            whole=cursor_of,
            object=object_name,
        )
        before, last_id = last_id, None
        if cursor_of(body) is not None:
            ids = [int(record["id"]) for record in orjson.loads(body)["results"]]
            if not ids or min(ids) <= before:
                raise NotUnderstood(place, "a page is not in the order of ids", "Report this answer's shape")
            last_id = max(ids)
        yield body, last_id


def count_all(calls: HubSpotCalls, object_name: str) -> int | None:
    """How many live records the search knows; None where it does not say. Costs one search."""
    total = calls.ask("search", {"limit": 1}, kind="search", object=object_name).get("total")
    return total if isinstance(total, int) else None


def _beyond(last_id: int) -> Filter:
    return {"propertyName": "hs_object_id", "operator": "GT", "value": str(last_id)}


def _milliseconds(at: datetime) -> str:
    return str(int(at.replace(tzinfo=UTC).timestamp() * 1000))
