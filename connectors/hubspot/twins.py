"""Looks whether a task of ours is there already, without trusting the search where it can be avoided."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from connectors.hubspot.by_id import batch_read
from connectors.hubspot.call import HubSpotCalls
from connectors.hubspot.links import links_of
from connectors.hubspot.listing import PAGE
from connectors.hubspot.own_tasks import OURS
from connectors.hubspot.search import search
from connectors.hubspot.task_form import KEY, STATE, TARGETS
from connectors.tasks import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A live task of ours, as far as it takes to recognise it."""

    id: str
    state: str


def held_by_key(calls: HubSpotCalls, tasks: Sequence[Task]) -> dict[str, Held]:
    """The live tasks with these tasks' keys, read through the unique property, which never lags."""
    found: list[Mapping[str, Any]] = []
    for start in range(0, len(tasks), PAGE):
        inputs = [{"id": task.key} for task in tasks[start : start + PAGE]]
        body = {"inputs": inputs, "idProperty": KEY, "properties": [KEY, STATE]}
        answer = calls.ask("batch", body, object="tasks", verb="read")
        found += answer.get("results") or []
    return _by_key(found, {task.key for task in tasks})


def held_by_target(calls: HubSpotCalls, tasks: Sequence[Task]) -> dict[str, Held]:
    """The same without a unique property: through the tasks of each task's company or contact, which do not lag.

    Tasks without either are looked for by the search, which lags: for these an absence proves nothing.
    """
    ids: set[str] = set()
    for object_name, targets in _targets(tasks).items():
        if targets:
            links = links_of(calls, object_name, "tasks", ids=sorted(targets))
            ids.update(links["to_id"].to_pylist())
    found: list[Mapping[str, Any]] = []
    found += batch_read(calls, "tasks", sorted(ids), properties=[KEY, STATE])
    adrift = [task.key for task in tasks if not has_target(task)]
    for start in range(0, len(adrift), PAGE):
        filters = [{"propertyName": KEY, "operator": "IN", "values": adrift[start : start + PAGE]}]
        for page, _ in search(calls, "tasks", filters=filters, properties=[KEY, STATE]):
            found += orjson.loads(page)["results"]
    return _by_key(found, {task.key for task in tasks})


def has_target(task: Task) -> bool:
    """Whether the task is linked to a record through which it can be found at once."""
    return bool(task.account_id or task.contact_id)


def collapse_twins(calls: HubSpotCalls) -> list[str]:
    """Archives all but the oldest of live tasks that bear one key; the ids that were archived.

    Twins of the last moments, which the search does not show yet, are left to the next sweep.
    """
    found: list[Mapping[str, Any]] = []
    for page, _ in search(calls, "tasks", filters=[OURS], properties=[KEY]):
        found += orjson.loads(page)["results"]
    by_key: dict[str, list[str]] = {}
    for record in found:
        by_key.setdefault(str(record["properties"][KEY]), []).append(str(record["id"]))
    suspects = [id_ for ids in by_key.values() if len(ids) > 1 for id_ in ids]
    # The search may show what was archived or changed meanwhile; only the records themselves decide.
    surplus = _surplus(batch_read(calls, "tasks", suspects, properties=[KEY]))
    archive(calls, surplus)
    return surplus


def archive(calls: HubSpotCalls, ids: Sequence[str]) -> None:
    """Moves tasks to the recycle bin; one that is there already stays there."""
    for start in range(0, len(ids), PAGE):
        inputs = [{"id": id_} for id_ in ids[start : start + PAGE]]
        calls.post("batch", {"inputs": inputs}, kind="write", object="tasks", verb="archive")


def _surplus(records: Iterable[Mapping[str, Any]]) -> list[str]:
    by_key: dict[str, list[int]] = {}
    for record in records:
        key = (record.get("properties") or {}).get(KEY)
        if key:
            by_key.setdefault(key, []).append(int(record["id"]))
    return [str(id_) for ids in by_key.values() for id_ in sorted(ids)[1:]]


def _targets(tasks: Sequence[Task]) -> dict[str, set[str]]:
    """Object -> ids through which the tasks can be found; the contact only where there is no company."""
    companies = {task.account_id for task in tasks if task.account_id}
    contacts = {task.contact_id for task in tasks if task.contact_id and not task.account_id}
    return dict(zip(TARGETS, (companies, contacts), strict=True))


def _by_key(records: Iterable[Mapping[str, Any]], keys: Collection[str]) -> dict[str, Held]:
    """Of twins the oldest, which is the one that a sweep leaves."""
    held: dict[str, Held] = {}
    for record in sorted(records, key=lambda record: int(record["id"]), reverse=True):
        properties = record.get("properties") or {}
        if properties.get(KEY) in keys:
            held[properties[KEY]] = Held(id=str(record["id"]), state=properties.get(STATE) or "")
    return held
