"""Finds tasks of ours that are there twice and leaves one, where no index of the CRM refuses them."""

from collections.abc import Iterable

from connectors.salesforce.archive import TaskArchiver
from connectors.salesforce.own_tasks import OwnTasks, oldest_first
from connectors.tasks import WrittenTask


def collapse_twins(own: OwnTasks, archiver: TaskArchiver) -> list[str]:
    """As Connector.collapse_twins; a task that is done stays, for it is what a person did."""
    surplus = _surplus(own.live())
    outcomes = archiver.archive(surplus)
    return [outcome.id for outcome in outcomes if outcome.result == "deleted" and outcome.id]


def _surplus(tasks: Iterable[WrittenTask]) -> list[WrittenTask]:
    by_key: dict[str, list[WrittenTask]] = {}
    for task in tasks:
        by_key.setdefault(task.key, []).append(task)
    surplus: list[WrittenTask] = []
    for twins in by_key.values():
        alive = sorted((task for task in twins if task.status == "open"), key=oldest_first)
        is_answered = len(alive) < len(twins)
        surplus += alive if is_answered else alive[1:]
    return surplus
