"""Looks at every task that a run wrote, as its CRM holds it now, and says what can be taken back and what stays."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from connectors.errors import CrmError
from connectors.tasks import WrittenTask
from sync.connections import Connection
from sync.errors import Failed
from sync.ledger.runs import Run
from sync.run import Bench
from sync.undo.inverse import PastStep, Place, Stays, TakeBack, inverse, with_next_key

_UNKNOWN = "nobody knows yet whether it was written: `keptword pull` looks, then undo again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What was found; good for as long as nobody touches a task."""

    homes: Mapping[str, tuple[Connection, Place]]
    """Org id -> its CRM."""
    later: Mapping[tuple[str, str], str]
    """(org id, key) -> the later run of ours that wrote the task."""
    backs: tuple[TakeBack, ...]
    left: tuple[Stays, ...]

    def again(self, back: TakeBack, held: WrittenTask | None) -> TakeBack | Stays:
        """The same for the task as it is by now; one that is created anew keeps the key that was noted."""
        decided = self._decide(back.step, held)
        return back if isinstance(decided, TakeBack) and back.action == "create" else decided

    def _decide(self, step: PastStep, held: WrittenTask | None) -> TakeBack | Stays:
        return _decided(step, held, self.homes[step.org_id][1], self.later)


def look(bench: Bench, run: Run) -> Looked:
    """Raises Failed where a CRM that the run wrote to does not answer."""
    rows = [
        row for row in bench.ledger.steps.of_run(run.run_id) if row["sent_at"] and row["result"] != "failed"
    ]
    steps = [
        PastStep(
            key=row["key"], action=row["action"], org_id=row["org_id"], account_id=row["account_id"], owner_id=row["owner_id"],
            record_id=row["record_id"] or "", detail=row["detail"], undid=run.undoes is not None,
        )
        for row in rows
    ]  # fmt: skip
    homes = _homes(bench, {step.org_id for step in steps})
    later = bench.ledger.steps.written_after(run.run_id)
    backs: list[TakeBack] = []
    left: list[Stays] = []
    ready: list[PastStep] = []
    for step, row in zip(steps, rows, strict=True):
        reason = _unready(row["result"], is_here=step.org_id in homes)
        if reason is None:
            ready.append(step)
        else:
            left.append(Stays(step=step, reason=reason))
    held = _held(homes, ready)
    for step in ready:
        decided = _decided(step, held.get((step.org_id, step.record_id)), homes[step.org_id][1], later)
        if isinstance(decided, TakeBack):
            backs.append(decided)
        else:
            left.append(decided)
    return Looked(homes=homes, later=later, backs=tuple(_with_free_keys(bench, backs)), left=tuple(left))


def _unready(result: str | None, *, is_here: bool) -> str | None:
    if result in (None, "unclear"):
        return _UNKNOWN
    if result == "adopted":
        return "it was there already: the run wrote nothing"
    return None if is_here else "its CRM is in this config no more"


def _decided(
    step: PastStep, held: WrittenTask | None, place: Place, later: Mapping[tuple[str, str], str]
) -> TakeBack | Stays:
    return inverse(step, held, place, changed_by=later.get((step.org_id, step.key)))


def _homes(bench: Bench, orgs: set[str]) -> dict[str, tuple[Connection, Place]]:
    """A CRM that the run did not write to is not asked."""
    homes: dict[str, tuple[Connection, Place]] = {}
    for connection in bench.connections:
        known = bench.mirror.org_id(connection.name) or connection.pinned_org
        if known is not None and known not in orgs:
            continue
        try:
            org_id = connection.connector.probe().org_id
        except CrmError as error:
            raise Failed(error.place, error.problem, error.remedy) from error
        rewritten = bench.ledger.rewritten.of_org(org_id)
        place = Place(crm=connection.connector.crm, connection=connection.name, rewritten=rewritten)
        homes[org_id] = (connection, place)
    return homes


def _held(
    homes: Mapping[str, tuple[Connection, Place]], steps: Iterable[PastStep]
) -> dict[tuple[str, str], WrittenTask]:
    """(org id, record id) -> the task now."""
    ids: dict[str, list[str]] = {}
    for step in steps:
        ids.setdefault(step.org_id, []).append(step.record_id)
    found: dict[tuple[str, str], WrittenTask] = {}
    for org_id, wanted in ids.items():
        try:
            held = homes[org_id][0].connector.reread(wanted)
        except CrmError as error:
            raise Failed(error.place, error.problem, error.remedy) from error
        found |= {(org_id, record_id): task for record_id, task in held.items()}
    return found


def _with_free_keys(bench: Bench, backs: Iterable[TakeBack]) -> Iterator[TakeBack]:
    taken: dict[str, set[str]] = {}
    for back in backs:
        if back.action != "create":
            yield back
            continue
        org_id = back.step.org_id
        keys = taken.setdefault(org_id, set(bench.ledger.tasks.written(org_id)))
        fresh = with_next_key(back, keys)
        keys.add(fresh.key)
        yield fresh
