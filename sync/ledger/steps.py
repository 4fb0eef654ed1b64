"""What each run meant to write, what it sent, and what the CRM answered."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from sync.ledger import schema
from sync.ledger.database import Database, utc_now

Action = Literal["create", "update", "close", "reassign", "delete", "reopen"]
_steps, _runs = schema.steps, schema.runs
_KEYS_PER_STATEMENT = 500
_IS_IN_DOUBT = _steps.c.sent_at.is_not(None) & (_steps.c.result.is_(None) | (_steps.c.result == "unclear"))
_NOT_WRITTEN = ("failed", "adopted")
"""Results of a create after which no new task stands in the CRM."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One change of a plan."""

    n: int
    """Its place in the plan."""
    action: Action
    org_id: str
    key: str
    account_id: str | None = None
    owner_id: str | None = None
    """Who gets the task: the caps count by it."""
    detail: Mapping[str, Any] = field(default_factory=dict)
    """What a person asks about later, as JSON: the rule, the finding, the fields; never a secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepOutcome:
    """What became of one step."""

    key: str
    action: Action
    result: Literal["created", "adopted", "updated", "deleted", "failed", "unclear"]
    """As connectors.tasks.Outcome has it; `unclear` stays in doubt until a later outcome for the key."""
    record_id: str | None = None
    reason: str = ""
    temporary: bool | None = None
    """For failed: the same step may succeed later; None where that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InDoubt:
    """A step that was sent and never answered: the CRM may or may not have done it."""

    run_id: str
    action: Action
    key: str
    account_id: str | None
    sent_at: datetime
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SentTask:
    """A new task that may have reached its owner."""

    key: str
    owner_id: str
    sent_at: datetime
    """Naive UTC; of one that was sent twice the last time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A step that did not succeed, or of which nobody knows, and after which no step of the same key was sent."""

    run_id: str
    org_id: str
    key: str
    action: Action
    account_id: str | None
    result: Literal["failed", "unclear"]
    reason: str
    temporary: bool | None
    """For failed: the same step may succeed in a later run by itself; None where nobody knows."""
    record_id: str | None
    sent_at: datetime | None
    detail: Mapping[str, Any]
    undoes: str | None = None
    """The run that its run was to take back: only another undo tries it again."""

    @property
    def state(self) -> str:
        """The state text that it would have written: the same key and text again would fail again."""
        return str(self.detail.get("state") or "")

    @property
    def waits(self) -> bool:
        """Whether it is not tried again until a person asks for it."""
        return self.result == "failed" and self.temporary is False and self.undoes is None


class Steps:
    """The plan steps in the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def plan(self, run_id: str, steps: Iterable[Step]) -> None:
        """Notes the whole plan of a run before any of it is carried out."""
        self._database.insert(_steps, [{**asdict(step), "run_id": run_id} for step in steps])

    def restate(self, run_id: str, steps: Iterable[Step]) -> None:
        """Notes that steps are to be sent otherwise than they were planned; by key and action."""
        statement = (
            sa.update(_steps)
            .where(
                _steps.c.run_id == run_id,
                _steps.c.key == sa.bindparam("its_key"),
                _steps.c.action == sa.bindparam("its_action"),
            )
            .values(detail=sa.bindparam("its_detail"))
        )
        rows = [{"its_key": step.key, "its_action": step.action, "its_detail": step.detail} for step in steps]
        self._database.write_each(statement, rows)

    def sent(self, run_id: str, keys: Sequence[str], *, at: datetime | None = None) -> None:
        """Marks steps as sent; durable on return, so call it before the request leaves."""
        is_unsent = (_steps.c.run_id == run_id) & _steps.c.sent_at.is_(None)
        marks = [
            sa.update(_steps).where(is_unsent, _steps.c.key.in_(part)).values(sent_at=at or utc_now())
            for part in _parts(keys)
        ]
        self._database.write(*marks)

    def answered(self, run_id: str, outcomes: Iterable[StepOutcome], *, at: datetime | None = None) -> None:
        """Notes what the CRM answered; durable on return."""
        self._note(outcomes, _steps.c.run_id == run_id, at=at)

    def settle(self, org_id: str, outcomes: Iterable[StepOutcome], *, at: datetime | None = None) -> None:
        """Clears up steps of earlier runs that were in doubt, once the CRM has been looked at."""
        self._note(outcomes, _steps.c.org_id == org_id, _IS_IN_DOUBT, at=at)

    def _note(
        self, outcomes: Iterable[StepOutcome], *which: sa.ColumnElement[bool], at: datetime | None
    ) -> None:
        its: dict[str, sa.BindParameter[Any]] = {
            name: sa.bindparam(f"its_{name}") for name in StepOutcome.__dataclass_fields__
        }
        statement = (
            sa.update(_steps)
            .where(*which, _steps.c.key == its["key"], _steps.c.action == its["action"])
            .values(
                answered_at=at or utc_now(),
                result=its["result"],
                record_id=its["record_id"],
                reason=its["reason"],
                temporary=its["temporary"],
            )
        )
        rows = [{f"its_{name}": value for name, value in asdict(outcome).items()} for outcome in outcomes]
        self._database.write_each(statement, rows)

    def taken_back(self) -> frozenset[str]:
        """Keys of the tasks to which an undo was the last that we did."""
        latest = (
            sa.select(sa.func.max(_steps.c.step_id))
            .where(_steps.c.result.is_not(None), _steps.c.result != "failed")
            .group_by(_steps.c.key)
        )
        query = (
            sa.select(_steps.c.key)
            .join(_runs, _runs.c.run_id == _steps.c.run_id)
            .where(_runs.c.undoes.is_not(None), _steps.c.step_id.in_(latest))
        )
        return frozenset(row["key"] for row in self._database.read(query))

    def in_doubt(self, org_id: str) -> list[InDoubt]:
        """Sent without a clear answer, and no later step for the same key has cleared it up; oldest first."""
        later = _steps.alias("later")
        cleared = (
            sa.select(later.c.step_id)
            .where(
                later.c.org_id == _steps.c.org_id,
                later.c.key == _steps.c.key,
                later.c.step_id > _steps.c.step_id,
                later.c.result.is_not(None),
                later.c.result != "unclear",
            )
            .exists()
        )
        names = ("run_id", "action", "key", "account_id", "sent_at", "detail")
        query = (
            sa.select(*(_steps.c[name] for name in names))
            .where(
                _steps.c.org_id == org_id,
                _IS_IN_DOUBT,
                ~cleared,
            )
            .order_by(_steps.c.step_id)
        )
        return [InDoubt(**row) for row in self._database.read(query)]

    def sent_tasks(self, since: datetime) -> list[SentTask]:
        """New tasks sent since then, by key; those in doubt are among them, refused ones are not."""
        query = (
            sa.select(_steps.c.key, _steps.c.owner_id, sa.func.max(_steps.c.sent_at).label("sent_at"))
            .where(
                _steps.c.action == "create",
                _steps.c.owner_id.is_not(None),
                _steps.c.sent_at >= since,
                _steps.c.result.is_(None) | _steps.c.result.not_in(_NOT_WRITTEN),
            )
            .group_by(_steps.c.key, _steps.c.owner_id)
            .order_by(_steps.c.key, _steps.c.owner_id)
        )
        return [SentTask(**row) for row in self._database.read(query)]

    def unsettled(self, run_id: str | None = None) -> list[DeadLetter]:
        """Every dead letter, or those of one run; the newest first."""
        later = _steps.alias("later")
        cleared = (
            sa.select(later.c.step_id)
            .where(
                later.c.org_id == _steps.c.org_id,
                later.c.key == _steps.c.key,
                later.c.step_id > _steps.c.step_id,
                later.c.sent_at.is_not(None),
            )
            .exists()
        )
        names = [name for name in DeadLetter.__dataclass_fields__ if name not in ("result", "undoes")]
        query = (
            sa.select(
                *(_steps.c[name] for name in names),
                sa.func.coalesce(_steps.c.result, "unclear").label("result"),
                schema.runs.c.undoes,
            )
            .join(schema.runs)
            .where((_steps.c.result == "failed") | _IS_IN_DOUBT, ~cleared)
            .order_by(_steps.c.step_id.desc())
        )
        if run_id is not None:
            query = query.where(_steps.c.run_id == run_id)
        return [DeadLetter(**row) for row in self._database.read(query)]

    def dead(self) -> list[DeadLetter]:
        """Those that wait for a person: the CRM refused them for good, and nothing was sent for their key since."""
        return [letter for letter in self.unsettled() if letter.waits]

    def findings_of(self, keys: Sequence[str]) -> list[Mapping[str, Any]]:
        """What tasks of these keys were ever written for: `rule`, `subject_id` and `hash` of each finding."""
        rows = [
            row
            for part in _parts(keys)
            for row in self._database.read(sa.select(_steps.c.detail).where(_steps.c.key.in_(part)))
        ]
        return [finding for row in rows for finding in row["detail"].get("findings", ())]

    def clients_of(self, keys: Sequence[str]) -> frozenset[str]:
        """The clients' records that tasks of these keys were made about."""
        return frozenset(
            row["account_id"]
            for part in _parts(keys)
            for row in self._database.read(
                sa.select(_steps.c.account_id)
                .where(_steps.c.key.in_(part), _steps.c.action == "create", _steps.c.account_id.is_not(None))
                .distinct()
            )
        )

    def written_after(self, run_id: str) -> dict[tuple[str, str], str]:
        """(org id, key) of the run's steps of which a later run wrote the task, or may have -> the last such run.

        An undo of the run that was cut short is none: what it came to is seen in the task.
        """
        mine = _steps.alias("mine")
        was_cut_short = _IS_IN_DOUBT & sa.func.coalesce(schema.runs.c.undoes == run_id, sa.false())
        query = (
            sa.select(_steps.c.org_id, _steps.c.key, _steps.c.run_id)
            .join(mine, (mine.c.org_id == _steps.c.org_id) & (mine.c.key == _steps.c.key))
            .join(schema.runs, schema.runs.c.run_id == _steps.c.run_id)
            .where(
                mine.c.run_id == run_id,
                ~was_cut_short,
                _steps.c.step_id > mine.c.step_id,
                _steps.c.sent_at.is_not(None),
                _steps.c.result.is_(None) | _steps.c.result.not_in(_NOT_WRITTEN),
            )
            .order_by(_steps.c.step_id)
        )
        return {(row["org_id"], row["key"]): row["run_id"] for row in self._database.read(query)}

    def run_that_wrote(self, changes: Collection[tuple[str, str]], *, since: datetime) -> str | None:
        """The last run since then (naive UTC) that wrote all of these (action, key); None where none did."""
        names = ("run_id", "action", "key")
        was_written = (_steps.c.sent_at >= since) & _steps.c.result.in_(("created", "adopted", "updated"))
        written: dict[str, set[tuple[str, str]]] = {}
        for part in _parts(sorted({key for _, key in changes})):
            query = sa.select(*(_steps.c[name] for name in names)).where(was_written, _steps.c.key.in_(part))
            for row in self._database.read(query):
                written.setdefault(row["run_id"], set()).add((row["action"], row["key"]))
        return max((run_id for run_id, done in written.items() if done.issuperset(changes)), default=None)

    def undone_by(self, run_id: str) -> str | None:
        """The last undo of the run that took something back and was not itself taken back; None where none did."""
        took_back = _steps.c.result.in_(("created", "adopted", "updated", "deleted"))
        query = (
            sa.select(_runs.c.run_id)
            .where(_runs.c.undoes == run_id, _runs.c.run_id.in_(sa.select(_steps.c.run_id).where(took_back)))
            .order_by(_runs.c.run_id.desc())
        )
        undos = (row["run_id"] for row in self._database.read(query))
        return next((undo for undo in undos if self.undone_by(undo) is None), None)

    def of_run(self, run_id: str) -> list[Mapping[str, Any]]:
        """Every step of a run with what became of it, in the plan's order; columns as in the schema."""
        query = sa.select(_steps).where(_steps.c.run_id == run_id).order_by(_steps.c.n)
        return [dict(row) for row in self._database.read(query)]


def _parts(keys: Sequence[str]) -> list[Sequence[str]]:
    return [keys[start : start + _KEYS_PER_STATEMENT] for start in range(0, len(keys), _KEYS_PER_STATEMENT)]
