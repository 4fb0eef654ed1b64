"""Puts tasks into HubSpot's recycle bin, and says of each what became of it."""

from collections.abc import Sequence
from operator import attrgetter

from connectors.hubspot import batches
from connectors.hubspot.batches import Verdict
from connectors.hubspot.call import HubSpotCalls
from connectors.tasks import Outcome, WrittenTask


def archive(calls: HubSpotCalls, tasks: Sequence[WrittenTask]) -> list[Outcome]:
    """By hundreds, each task by its id; doing it again does no harm. One that is gone already counts as deleted."""
    outcomes: dict[str, Outcome] = {}

    def send(part: Sequence[WrittenTask]) -> None:
        inputs = [{"id": task.id, "objectWriteTraceId": task.id} for task in part]
        verdict = batches.send(calls, "archive", inputs, repeatable=True)
        if verdict.whole is not None:
            middle = len(part) // 2
            send(part[:middle])
            send(part[middle:])
            return
        outcomes.update({task.id: _archived(task, verdict) for task in part})

    batches.send_in_parts(tasks, send, outcomes, name=attrgetter("id"))
    return [outcomes[task.id] for task in tasks]


def _archived(task: WrittenTask, verdict: Verdict) -> Outcome:
    refusal = verdict.refused.get(task.id)
    if refusal is None or refusal.code == "OBJECT_NOT_FOUND":
        return Outcome(key=task.key, result="deleted", id=task.id)
    return Outcome(key=task.key, result="failed", id=task.id, reason=refusal.reason)
