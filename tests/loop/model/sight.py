"""Our tasks as they lie in the CRM, in one vocabulary for both, and everything else that must never change."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.salesforce.mark_line import read_mark
from connectors.tasks import outcome_of, read_state, subject_mark
from tests.sandbox_process import RunningSandbox

FIELDS = ("subject", "body", "owner", "due", "priority", "status")

_SF = {
    "subject": "Subject",
    "body": "Description",
    "owner": "OwnerId",
    "due": "ActivityDate",
    "priority": "Priority",
}
_HS = {
    "subject": "hs_task_subject", "body": "hs_task_body", "owner": "hubspot_owner_id", "due": "hs_timestamp",
    "priority": "hs_task_priority",
}  # fmt: skip
WORDS = {"sf": _SF, "hs": _HS}
"""CRM -> field -> its name there."""

_MOVES_BY_ITSELF = frozenset({"notes_last_updated", "notes_last_contacted", "hs_lastmodifieddate"})
"""What HubSpot works out of a company when a task about it comes or goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One of our tasks."""

    id: str
    key: str
    marks: tuple[str, ...]
    is_closed_by_us: bool
    fields: Mapping[str, str]
    """As the CRM has them; the body without the mark of ours that may stand in it. Status: open or done."""
    is_deleted: bool
    account: str
    """The client's record; empty where it leads to none."""
    is_touch: bool
    """A call or e-mail."""
    ended_at: datetime | None
    """When it was completed or deleted, naive UTC."""
    outcome: str

    @property
    def is_open(self) -> bool:
        """Neither done nor deleted."""
        return self.fields["status"] == "open" and not self.is_deleted

    @property
    def rule(self) -> str:
        """The rule that it was first written for."""
        return self.key.removeprefix("kw1-").rsplit("-", 3)[0]

    @property
    def subject_hash(self) -> str:
        """Of the rule and subject that it was first written for."""
        return self.key.rsplit("-", 3)[1]

    @property
    def subjects(self) -> frozenset[str]:
        """What it speaks for, by the part of the marks that names rule and subject."""
        return frozenset(subject_mark(mark) for mark in self.marks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The CRM at one moment."""

    tasks: Mapping[str, Held]
    rest: Mapping[str, Mapping[str, Any]]
    """Everything that is not ours, by object and id."""


def look(sandbox: RunningSandbox, mode: str) -> Seen:
    """The CRM as it is stored, behind every API."""
    side = "salesforce" if mode.startswith("sf") else "hubspot"
    state = sandbox.get("/_sandbox/state")[side]
    tasks = {
        task.id: task for task in (_salesforce(state, mode) if side == "salesforce" else _hubspot(state))
    }
    return Seen(tasks=tasks, rest=dict(_rest(state, tasks)))


def _rest(state: Mapping[str, Any], ours: Mapping[str, Held]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, rows in state.items():
        for row in rows:
            if name == "associations":
                ends = {str(row["from_id"]), str(row["to_id"])}
                if ends.isdisjoint(ours):
                    yield f"{name} {sorted(row.items())}", row
            elif (id_ := str(row.get("Id") or row.get("id"))) not in ours:
                yield f"{name} {id_}", {k: v for k, v in row.items() if k not in _MOVES_BY_ITSELF}


def _salesforce(state: Mapping[str, Any], mode: str) -> Iterator[Held]:
    for row in state["Task"]:
        fields = {name: str(row[word] or "") for name, word in _SF.items()}
        if mode == "sf-body":
            mark = read_mark(fields["body"])
            if mark is None:
                continue
            key, state_text, fields["body"] = mark.key, mark.state, mark.body
        else:
            key, state_text = row["Keptword_Key__c"] or "", row["Keptword_State__c"] or ""
        if not key.startswith("kw1-"):
            continue
        read, deleted = read_state(state_text), bool(row["IsDeleted"])
        yield Held(
            id=row["Id"], key=key, marks=read.findings, is_closed_by_us=read.closed_by_us,
            fields={**fields, "status": "done" if row["IsClosed"] else "open"}, is_deleted=deleted,
            account=row["AccountId"] or "", is_touch=row["TaskSubtype"] in ("Call", "Email"),
            ended_at=_instant(row["CompletedDateTime"] or (row["SystemModstamp"] if deleted else None)),
            outcome=outcome_of(row.get("Keptword_Outcome__c")),
        )  # fmt: skip


def _hubspot(state: Mapping[str, Any]) -> Iterator[Held]:
    live = {str(row["id"]) for row in state["companies"] if not row["archived"]}
    about = {
        str(row["from_id"]): str(row["to_id"])
        for row in state["associations"]
        if (row["from_type"], row["to_type"]) == ("tasks", "companies") and str(row["to_id"]) in live
    }
    for row in state["tasks"]:
        if not (row.get("keptword_key") or "").startswith("kw1-"):
            continue
        read, deleted, id_ = read_state(row["keptword_state"]), bool(row["archived"]), str(row["id"])
        done = row["hs_task_status"] == "COMPLETED"
        fields = {name: str(row[word] or "") for name, word in _HS.items()}
        yield Held(
            id=id_, key=row["keptword_key"], marks=read.findings, is_closed_by_us=read.closed_by_us,
            fields={**fields, "status": "done" if done else "open"}, is_deleted=deleted, account=about.get(id_, ""),
            is_touch=row["hs_task_type"] in ("CALL", "EMAIL"),
            ended_at=_instant(row["hs_task_completion_date"] if done else row["archivedAt"] if deleted else None),
            outcome=outcome_of(row.get("keptword_outcome")),
        )  # fmt: skip


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None) if text else None
