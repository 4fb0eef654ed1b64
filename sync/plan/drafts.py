"""The words and fields of one change: a new task, an update of an open one, a closing one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from connectors.tasks import (
    FINDINGS_PER_TASK,
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
from rules.judge import finding_of
from rules.records import crm_id
from rules.rule_check import NEWS
from rules.wording import write_body, write_subject
from sync.plan.changes import Change, FindingRef, Left, reference
from sync.plan.episodes import OwnTask
from sync.plan.keys import key_of
from sync.plan.merge import merge
from sync.plan.people import Person
from sync.plan.placing import records_of
from sync.plan.situation import Home, Situation


def new_task(
    situation: Situation, finding: Finding, home: Home, *, owner: Person, repeat: int, priority: Priority
) -> Task:
    """The task as it would stand in its CRM."""
    rule = situation.rules[finding.rule]
    due_on, due_at = situation.deadline(rule.due)
    task = Task(
        key=key_of(finding, repeat),
        state="",
        subject=write_subject(rule.file.task.subject, finding.facts),
        body=write_body(rule.file.task.body, finding.facts),
        owner_id=crm_id(owner.person_id),
        due_on=due_on,
        due_at=due_at,
        priority=priority,
        kind=rule.file.task.kind,
        account_id=crm_id(account) if (account := records_of(situation, finding).get(home.org_id)) else None,
    )
    return replace(task, state=write_state(wanted_values(home.crm, task), (_mark(finding),)))


def creation(finding: Finding, home: Home, task: Task, *, owner: Person, why: tuple[str, ...]) -> Change:
    """The change that makes the task."""
    return Change(
        action="create",
        key=task.key,
        connection=home.connection,
        account_id=finding.account_id,
        findings=(reference(finding),),
        task={
            "subject": task.subject,
            "body": task.body,
            "owner_id": owner.person_id,
            "owner": owner.name,
            "due_on": task.due_on.isoformat(),
            "priority": task.priority,
            "kind": task.kind,
            "account": finding.facts.get("account_name"),
        },
        why=why,
        write=task,
        seen={},
    )


def update(
    situation: Situation, finding: Finding, own: OwnTask, home: Home, *, owner: Person | None
) -> tuple[Change | None, list[Left]]:
    """What an open task needs to say what holds now; a person's edits stay. None: nothing."""
    rule = situation.rules[finding.rule]
    held = held_values(home.crm, own.task)
    fresh = new_task(
        situation, finding, home, owner=owner or _nobody(own), repeat=own.key.repeat, priority="normal"
    )
    wanted = wanted_values(home.crm, fresh)
    # Due date and priority are fixed at creation, the status is the person's; without an assignee the owner stays too.
    compared = ("subject", "body") if owner is None else ("subject", "body", "owner")
    merged = merge(own.state, held, {name: wanted[name] for name in compared if name not in home.rewritten})
    left = [Left(key=own.task.key, field=name, reason=_left(own, name)) for name in merged.left]
    if own.state.readable and own.state.digests["priority"] != digest(held["priority"]):
        left.append(Left(key=own.task.key, field="priority", reason=_left(own, "priority")))
    left += [
        Left(key=own.task.key, field=name, reason="this org's automation rewrites it")
        for name in compared
        if name in home.rewritten and held[name] != wanted[name]
    ]
    marks = own.state.findings
    if own.state.readable and not situation.subjects.marks(finding).intersection(marks):
        marks = (*marks, _mark(finding))
        marks = marks if len(marks) <= FINDINGS_PER_TASK else (marks[0], *marks[2:])
    # A task that we closed and a person opened again is the person's: ending it answers the finding from now on.
    if not merged.write and marks == own.state.findings and not own.state.closed_by_us:
        return None, left
    digests = {**own.state.digests, **{name: digest(wanted[name]) for name in merged.write}}
    written = {
        "subject": fresh.subject,
        "body": fresh.body,
        "owner_id": fresh.owner_id,
    }
    fields: dict[str, Any] = {
        key: value for key, value in written.items() if key.removesuffix("_id") in merged.write
    }
    why = [f"{name} changes" for name in merged.write] or ["it speaks for a newer occurrence"]
    why += [f"{left_field.field} stays: {left_field.reason}" for left_field in left]
    change = Change(
        action="reassign" if "owner" in merged.write else "update",
        key=own.task.key,
        connection=home.connection,
        account_id=finding.account_id,
        findings=(reference(finding),),
        task={"id": own.task.id, **fields},
        why=(f"rule {rule.name} still holds", *why),
        write=TaskChange(id=own.task.id, key=own.task.key, state=state_text(digests, marks), **fields),
        seen={name: held[name] for name in (*merged.write, "status")},
        before=own.task,
    )
    return change, left


def closing(
    situation: Situation,
    own: OwnTask,
    home: Home,
    *,
    finding: FindingRef,
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
        findings=(finding,),
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


def may_close(own: OwnTask) -> str | None:
    """Why Keptword leaves an open task open though its reason has gone; None when it may close it."""
    if not own.state.readable:
        return "its state cannot be read, so every difference is a person's"
    if own.state.digests["status"] != digest("open"):
        return "a person opened the task again"
    return None


def closing_reason(situation: Situation, own: OwnTask, facts: Mapping[str, Any] | None) -> str:
    """The sentence for a task whose subject's facts are now `facts`: only what is so may stand in it.

    In a rule's closing lines `has_news` is true where the facts under `occurrence` are none that the task spoke of.
    """
    rule = situation.rules.get(own.key.rule)
    if rule is None or rule.file.mode != "task":
        return "The rule behind it raises no tasks any more."
    if facts is None:
        return "The record behind it is gone from the CRM."
    marks = situation.subjects.marks(finding_of(rule, facts))
    told = {**facts, NEWS: not marks.intersection(own.state.findings)}
    lines = (write_body(text, told) for text in rule.file.task.closes)
    return next((line for line in lines if line), "What it was about no longer holds.")


def _left(own: OwnTask, field: str) -> str:
    return (
        f"a person changed the {field}"
        if own.state.readable
        else "its state cannot be read, so every difference is a person's"
    )


def _mark(finding: Finding) -> str:
    return finding_mark(finding.subject_hash, finding.occurrence_hash)


def _nobody(own: OwnTask) -> Person:
    return Person(
        person_id=f"{own.org_id}:{own.task.owner_id or ''}",
        name=None,
        email=None,
        is_active=False,
        manager_id=None,
    )
