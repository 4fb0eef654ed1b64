"""Finds the tasks that carry our key: all of them, what changed, or some by id."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from connectors.hubspot.by_id import batch_read
from connectors.hubspot.call import HubSpotCalls
from connectors.hubspot.links import links_of
from connectors.hubspot.listing import list_pages
from connectors.hubspot.search import changed_since, search
from connectors.hubspot.task_form import KEY, READ_PROPERTIES, gone_task, written_task
from connectors.tasks import WrittenTask

Record = Mapping[str, Any]

OURS = {"propertyName": KEY, "operator": "HAS_PROPERTY"}
"""The search filter for tasks that carry our key."""


def own_tasks(
    calls: HubSpotCalls, *, since: datetime | None, known_ids: Collection[str], all_deleted: bool
) -> Iterator[WrittenTask]:
    """Live tasks first, then archived ones, of which HubSpot keeps 90 days: a request for each hundred of them, whoever's.

    With `since` the changed ones come from the search, which lags; `known_ids` are read straight from the
    records, archived or not, and so make up for that. A known id that is gone comes with nothing but its id.
    """
    if since is None:
        yield from _tasks(calls, _listed(calls, archived=False), deleted=False)
        yield from _tasks(calls, _listed(calls, archived=True), deleted=True)
        return
    filters = [OURS, changed_since("tasks", since)]
    for page, _ in search(calls, "tasks", filters=filters, properties=READ_PROPERTIES):
        yield from _tasks(calls, orjson.loads(page)["results"], deleted=False)
    if all_deleted:
        yield from _tasks(calls, _listed(calls, archived=True), deleted=True)
    known = reread(calls, known_ids)
    yield from known.values()
    yield from (gone_task(id_) for id_ in known_ids if id_ not in known)


def reread(calls: HubSpotCalls, ids: Collection[str]) -> dict[str, WrittenTask]:
    """The tasks of these ids, archived ones as deleted; what HubSpot does not know is left out."""
    wanted = list(dict.fromkeys(ids))
    live = _by_id(batch_read(calls, "tasks", wanted, properties=READ_PROPERTIES), wanted)
    rest = [id_ for id_ in wanted if id_ not in live]
    archived = _by_id(batch_read(calls, "tasks", rest, properties=READ_PROPERTIES, archived=True), rest)
    tasks = [
        *_tasks(calls, live.values(), deleted=False),
        *_tasks(calls, archived.values(), deleted=True),
    ]
    return {task.id: task for task in tasks}


def _by_id(records: Iterable[Record], wanted: Sequence[str]) -> dict[str, Record]:
    # A merged record answers under the winner's id, which nobody asked for.
    asked = set(wanted)
    return {str(record["id"]): record for record in records if str(record["id"]) in asked}


def _listed(calls: HubSpotCalls, *, archived: bool) -> Iterator[Record]:
    for page, _ in list_pages(calls, "tasks", READ_PROPERTIES, archived=archived):
        yield from (r for r in orjson.loads(page)["results"] if (r.get("properties") or {}).get(KEY))


def _tasks(calls: HubSpotCalls, records: Iterable[Record], *, deleted: bool) -> Iterator[WrittenTask]:
    """The records as tasks, with the companies of the live ones."""
    held = list(records)
    accounts: dict[str, list[str]] = {}
    if held and not deleted:
        links = links_of(calls, "tasks", "companies", ids=[str(record["id"]) for record in held])
        for from_id, to_id in zip(links["from_id"].to_pylist(), links["to_id"].to_pylist(), strict=True):
            accounts.setdefault(from_id, []).append(to_id)
    for record in held:
        account_ids = tuple(dict.fromkeys(accounts.get(str(record["id"]), ())))
        yield written_task(record, account_ids, deleted=deleted)
