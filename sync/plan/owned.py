"""Whose tasks ours are, once the changes so far are written: what the caps count."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from connectors.tasks import TaskChange
from sync.plan.caps import OwnedTask
from sync.plan.changes import Change
from sync.plan.situation import Situation


def owned_after(situation: Situation, changes: Iterable[Change]) -> Iterator[OwnedTask]:
    """Every task of ours that the CRMs hold, and each that was sent and that they do not show yet.

    `owner_id` is what People.one() says, so that a person in two CRMs is one.
    """
    planned = {
        (change.connection, change.write.id): change.write
        for change in changes
        if isinstance(change.write, TaskChange)
    }
    for own in situation.tasks:
        change = planned.get((own.connection, own.task.id))
        owner_id = (change.owner_id if change else None) or own.task.owner_id
        created_at = own.task.created_at
        yield OwnedTask(
            owner_id=situation.people.one(f"{own.org_id}:{owner_id}"),
            created_on=situation.day_of(created_at) if created_at else None,
            is_open=own.is_open and not (change and change.status == "done"),
            is_high=own.task.priority.lower() == "high",
        )
    for unseen in situation.unseen:
        yield replace(unseen, owner_id=situation.people.one(unseen.owner_id))
