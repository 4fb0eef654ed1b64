"""One change, put into the words and fields of its CRM: a new task, an update of an open one, a closing one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from connectors.task_body import above, persons_part
from connectors.tasks import (
    FIELDS,
    Priority,
    Task,
    TaskChange,
    digest,
    finding_mark,
    held_values,
    state_text,
    wanted_values,
    with_line,
    write_state,
)
from rules.findings import Finding
from rules.records import crm_id
from sync.plan.changes import Change, FindingRef, Left, reference
from sync.plan.episodes import OwnTask
from sync.plan.handing import hand_over
from sync.plan.keys import key_of
from sync.plan.merge import merge
from sync.plan.people import Person
from sync.plan.placing import records_of
from sync.plan.situation import Deadline, Home, Situation
from sync.plan.texts import body_of, is_body_of, subject_beside, subject_of, why

TAKEN_BACK = "an undo took back what Keptword had written"
UNREADABLE = "its state cannot be read, so every difference is a person's"


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgency:
    """How pressing a task is; both are fixed at creation, until something more pressing joins it."""

    priority: Priority
    due_on: date
    due_at: datetime


def urgency_of(
    situation: Situation, findings: Iterable[Finding], *, owner: Person, priority: Priority
) -> Urgency:
    """Due when the first of its findings is."""
    due_on, due_at = min(
        (
            situation.deadline(
                Deadline(
                    duration=situation.rules[finding.rule].due,
                    kind=situation.rules[finding.rule].file.task.kind,
                    owner_zone=owner.timezone,
                    client_zone=finding.facts.get("account_own_timezone"),
                )
            )
            for finding in findings
        ),
        key=lambda due: due[1],
    )
    return Urgency(priority=priority, due_on=due_on, due_at=due_at)


def creation(
    situation: Situation,
    findings: Sequence[Finding],
    home: Home,
    *,
    owner: Person,
    repeat: int,
    priority: Priority,
    passed: Iterable[str],
) -> Change:
    """The change that makes a task for the findings, the most pressing first: its key is theirs for good."""
    first = findings[0]
    account = records_of(situation, first).get(home.org_id)
    urgency = urgency_of(situation, findings, owner=owner, priority=priority)
    task = Task(
        key=key_of(first, repeat),
        state="",
        subject=subject_of(situation.rules, findings),
        body=body_of(situation.rules, findings),
        owner_id=crm_id(owner.person_id),
        due_on=urgency.due_on,
        due_at=urgency.due_at,
        priority=priority,
        kind=situation.rules[first.rule].file.task.kind,
        account_id=crm_id(account) if account else None,
    )
    marks = tuple(mark_of(finding) for finding in findings)
    task = replace(task, state=write_state(wanted_values(home.crm, task), marks))
    return Change(
        action="create",
        key=task.key,
        connection=home.connection,
        account_id=first.account_id,
        findings=tuple(reference(finding) for finding in findings),
        task={
            "subject": task.subject,
            "body": task.body,
            "owner_id": owner.person_id,
            "owner": owner.name,
            "due_on": task.due_on.isoformat(),
            "priority": task.priority,
            "kind": task.kind,
            "account": first.facts.get("account_name"),
        },
        why=(
            *(why(situation.rules, finding) for finding in findings),
            *(f"not the first choice: {word}" for word in passed),
        ),
        write=task,
        seen={},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an open task should say now."""

    findings: Sequence[Finding]
    """What it speaks for, the most pressing first."""
    marks: tuple[str, ...]
    owner: Person | None = None
    """Whose it is by rights; None: nobody else can take it, so it stays where it is."""
    urgency: Urgency | None = None
    """Where something more pressing joined it."""
    text_stays: bool = False
    """Something that it speaks of is not known now: its text waits."""


def update(
    situation: Situation, own: OwnTask, home: Home, wanted: Wanted
) -> tuple[Change | None, list[Left]]:
    """What an open task needs to say what holds now; a person's edits stay. None: nothing."""
    held = held_values(home.crm, own.task)
    fresh, rest = _as_wanted(situation, own, home, wanted)
    values = wanted_values(home.crm, fresh)
    compared = [name for name in _compared(wanted) if name not in home.rewritten]
    if rest is not None:
        # What a person wrote below our text is neither in the way nor in danger.
        held = {**held, "body": _ours(home, own, rest)}
    if values["body"] != held["body"] and is_body_of(situation.rules, wanted.findings, held["body"]):
        values["body"] = held["body"]
    merged = merge(
        own.state, held, {name: values[name] for name in compared if _goes_forward(name, held, values)}
    )
    left = [*_left(situation, own, held, merged.left), *_rewritten(own, home, wanted, held, values)]
    # A task that we closed and a person opened again is the person's: ending it answers the finding from now on.
    if not merged.write and wanted.marks == own.state.findings and not own.state.closed_by_us:
        return None, left
    fields = _fields(home, fresh, merged.write, rest)
    digests = {**own.state.digests, **{name: digest(values[name]) for name in merged.write}}
    reasons = [f"{name} changes" for name in merged.write if name != "owner"]
    if "owner" in merged.write and wanted.owner is not None:
        reasons.append(hand_over(situation, own, home, wanted.findings, wanted.owner))
    reasons = reasons or ["it speaks for a newer occurrence"]
    change = Change(
        action="reassign" if "owner" in merged.write else "update",
        key=own.task.key,
        connection=home.connection,
        account_id=wanted.findings[0].account_id,
        findings=tuple(reference(finding) for finding in wanted.findings),
        task={"id": own.task.id, **_shown(fields, fresh)},
        why=(
            *(why(situation.rules, finding) for finding in wanted.findings),
            *reasons,
            *(f"{each.field} stays: {each.reason}" for each in left),
        ),
        write=TaskChange(id=own.task.id, key=own.task.key, state=state_text(digests, wanted.marks), **fields),
        seen={name: held_values(home.crm, own.task)[name] for name in (*merged.write, "status")},
        before=own.task,
    )
    return change, left


def closing(
    situation: Situation,
    own: OwnTask,
    home: Home,
    *,
    findings: tuple[FindingRef, ...],
    account_id: str | None,
    reason: str,
) -> Change:
    """The change that completes a task of which the reason has gone, with a last line that says so."""
    line = (
        f"Closed by Keptword on {situation.today:%a} {situation.today.day} {situation.today:%B %Y}. {reason}"
    )
    raw_body = with_line(home.crm, own.task.body, line)
    held = held_values(home.crm, own.task)
    digests = {**own.state.digests, "status": digest("done")}
    # A body that a person has written in stays theirs, should they open the task again.
    if digests["body"] == digest(held["body"]):
        digests["body"] = digest(f"{held['body']} {' '.join(line.split())}".strip())
    return Change(
        action="close",
        key=own.task.key,
        connection=home.connection,
        account_id=account_id,
        findings=findings,
        task={"id": own.task.id, "subject": own.task.subject, "status": "done", "added": line},
        why=(reason,),
        write=TaskChange(
            id=own.task.id,
            key=own.task.key,
            state=state_text(digests, own.state.findings, closed_by_us=True),
            raw_body=raw_body,
            status="done",
        ),
        seen={"status": held["status"], "body": held["body"]},
        before=own.task,
    )


def may_close(situation: Situation, own: OwnTask, home: Home) -> str | None:
    """Why Keptword leaves an open task open though its reason has gone; None when it may close it."""
    if not own.state.readable:
        return UNREADABLE
    if own.state.digests["status"] != digest("open"):
        return TAKEN_BACK if own.task.key in situation.taken_back else "a person opened the task again"
    if own.key in situation.ended_before:
        return "a person opened the task again"
    if own.task.begun and "status" not in home.rewritten:
        return "a person has begun it, waits, or put it off"
    return None


def may_join(own: OwnTask, home: Home) -> bool:
    """Whether a further finding would be read in the task: its text is still ours, and so is its end."""
    return (
        own.state.readable
        and own.state.digests["status"] == digest("open")
        and not own.state.closed_by_us
        and not {"body", "subject"} & home.rewritten
        and persons_part(home.crm, own.task.body, own.state.digests["body"]) is not None
    )


def mark_of(finding: Finding) -> str:
    """What a task's state says of it."""
    return finding_mark(finding.subject_hash, finding.occurrence_hash)


def _compared(wanted: Wanted) -> Iterable[str]:
    """Due date and priority are fixed at creation, the status is the person's; without an assignee the owner stays too."""
    if not wanted.text_stays:
        yield from ("subject", "body")
    if wanted.owner is not None:
        yield "owner"
    if wanted.urgency is not None and not wanted.text_stays:
        yield from ("due", "priority")


_CALM = {"high": 0, "normal": 1, "low": 2}


def _goes_forward(name: str, held: Mapping[str, str], values: Mapping[str, str]) -> bool:
    """A task may fall due earlier and be more pressing than it was, never the other way."""
    if name == "due":
        return values[name] < held[name]
    if name == "priority":
        return _CALM[values[name]] < _CALM.get(held[name], 1)
    return True


def _as_wanted(situation: Situation, own: OwnTask, home: Home, wanted: Wanted) -> tuple[Task, str | None]:
    """The task as it should be, and what a person wrote below our text; None where the text is theirs altogether."""
    digest_of_body = own.state.digests.get("body")
    rest = persons_part(home.crm, own.task.body, digest_of_body) if digest_of_body else None
    urgency = wanted.urgency
    task = Task(
        key=own.task.key,
        state="",
        subject=subject_beside(situation.rules, wanted.findings, own.task.subject),
        body=body_of(situation.rules, wanted.findings),
        owner_id=crm_id(wanted.owner.person_id) if wanted.owner else own.task.owner_id,
        due_on=urgency.due_on if urgency else situation.today,
        due_at=urgency.due_at if urgency else situation.as_of,
        priority=urgency.priority if urgency else "normal",
        kind="todo",
        account_id=None,
    )
    return task, rest


def _ours(home: Home, own: OwnTask, rest: str) -> str:
    """The canonical value of our part of the body."""
    ours = own.task.body[: len(own.task.body) - len(rest)]
    return held_values(home.crm, replace(own.task, body=ours))["body"]


def _fields(home: Home, fresh: Task, names: Iterable[str], rest: str | None) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name in names:
        if name == "owner":
            fields["owner_id"] = fresh.owner_id
        elif name == "due":
            fields |= {"due_on": fresh.due_on, "due_at": fresh.due_at}
        elif name == "body" and rest is not None and rest.strip():
            fields["raw_body"] = above(home.crm, fresh.body, rest)
        else:
            fields[name] = getattr(fresh, name)
    return fields


def _shown(fields: Mapping[str, Any], fresh: Task) -> dict[str, Any]:
    """What the plan says of them: dates as text, the body as we write it."""
    shown = {name: value for name, value in fields.items() if name not in ("raw_body", "due_at", "due_on")}
    if "raw_body" in fields:
        shown["body"] = fresh.body
    if "due_on" in fields:
        shown["due_on"] = fresh.due_on.isoformat()
    return shown


def _left(situation: Situation, own: OwnTask, held: Mapping[str, str], names: Iterable[str]) -> list[Left]:
    """What stays as a person made it: where the rules want another value, and dates and priorities that they moved."""
    if not own.state.readable:
        return [Left(key=own.task.key, field=name, reason=UNREADABLE) for name in names]
    moved = [name for name in ("due", "priority") if own.state.digests[name] != digest(held[name])]
    theirs = [name for name in FIELDS if name in {*names, *moved}]
    words = {"due": "due date"}
    return [
        Left(
            key=own.task.key,
            field=name,
            reason=TAKEN_BACK
            if own.task.key in situation.taken_back
            else f"a person changed the {words.get(name, name)}",
        )
        for name in theirs
    ]


def _rewritten(
    own: OwnTask, home: Home, wanted: Wanted, held: Mapping[str, str], values: Mapping[str, str]
) -> list[Left]:
    return [
        Left(key=own.task.key, field=name, reason="this org's automation rewrites it")
        for name in _compared(wanted)
        if name in home.rewritten and held[name] != values[name]
    ]
