"""What a run decided, one flat record for each decision and finding, all with the same keys."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.tasks import Outcome
from sync.apply import Written
from sync.plan.changes import Change, FindingRef, Plan, instant
from sync.plan.episodes import OwnTask
from sync.plan.keys import read_key
from sync.plan.situation import Situation

Line = Mapping[str, Any]

NOTHING: Line = {
    "run": None, "at": None, "decision": None, "kind": None, "rule": None, "rule_version": None, "subject_id": None,
    "account_id": None, "account": None, "key": None, "subject": None, "finding": None, "field": None, "records": {},
    "facts": {}, "why": [], "result": None, "record_id": None, "reason": None,
}  # fmt: skip
"""Every line has all of these, so that a file loads as one table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One run, once it has written what it wrote."""

    run_id: str
    at: datetime
    """Naive UTC."""
    plan: Plan
    situation: Situation
    written: Sequence[Written] = ()
    """Empty where the run was a preview."""


def decision_lines(decided: Decided) -> Iterator[Line]:
    """The changes in the plan's order, then what is held back, unknown and left to people.

    A task that speaks for several findings has a line for each, with the same key.
    """
    plan, situation = decided.plan, decided.situation
    outcomes = {(each.change.action, each.change.key): each.outcome for each in decided.written}
    tasks = {own.task.key: own for own in situation.tasks}

    versions = {name: rule.digest for name, rule in situation.rules.items()}
    head = {**NOTHING, "run": decided.run_id, "at": instant(decided.at)}

    def line(decision: str, rule: str, **said: Any) -> Line:
        return {**head, "decision": decision, "rule": rule, "rule_version": versions.get(rule), **said}

    for change in plan.changes:
        result = result_of(outcomes.get((change.action, change.key)))
        for ref in change.findings:
            yield line(
                change.action,
                ref.rule,
                **_change(change),
                **_about(ref, situation, change.account_id),
                **result,
            )
    for held in plan.held:
        said = _about(held.finding, situation, None)
        yield line("held", held.finding.rule, kind=held.kind, why=[held.reason], **said)
    for unknown in plan.unknown:
        client = (
            {"account_id": unknown.subject_id, "account": name}
            if (name := _client(unknown.subject_id, situation))
            else {}
        )
        yield line("unknown", unknown.rule, subject_id=unknown.subject_id, why=[unknown.reason], **client)
    for left in plan.left:
        key = read_key(left.key)
        about = {
            "key": left.key,
            "finding": key.occurrence_hash if key else None,
            **_task(tasks.get(left.key), situation),
        }
        yield line("left", key.rule if key else "", field=left.field, why=[left.reason], **about)


def _change(change: Change) -> dict[str, Any]:
    """The task's subject is in it, since a person knows it by that; its body is not."""
    subject = change.task.get("subject") or (change.before.subject if change.before else None)
    return {"key": change.key, "subject": subject, "why": list(change.why)}


def _task(own: OwnTask | None, situation: Situation) -> dict[str, Any]:
    if own is None:
        return {}
    account = f"{own.org_id}:{own.task.account_ids[0]}" if own.task.account_ids else None
    return {"subject": own.task.subject, "account_id": account, "account": _client(account, situation)}


def _client(account_id: str | None, situation: Situation) -> str | None:
    return situation.client_name(account_id) or None if account_id else None


def result_of(outcome: Outcome | None) -> dict[str, Any]:
    """What the CRM answered, for a line; None: nothing was sent."""
    if outcome is None:
        return {}
    # Halves of characters, which a CRM may answer, are none that JSON can carry.
    reason = outcome.reason.encode("utf-8", "replace").decode()
    return {"result": outcome.result, "record_id": outcome.id, "reason": reason or None}


def _about(ref: FindingRef, situation: Situation, account_id: str | None) -> dict[str, Any]:
    """Names the finding, with the facts that say so where it still holds; facts that are never shown are not in it."""
    named = {
        "subject_id": ref.subject_id or None, "account_id": account_id, "account": _client(account_id, situation), "finding": ref.hash,
    }  # fmt: skip
    finding = situation.findings_by_hash.get(ref.hash)
    if finding is None:
        return named
    facts = finding.facts
    return {
        **named,
        "account_id": finding.account_id or account_id,
        "account": facts.get("account_name") or _client(finding.account_id, situation),
        "records": {
            name: value for name, value in sorted(facts.items()) if name.endswith("_id") and value is not None
        },
        "facts": {name: facts[name] for name in sorted(finding.evidence) if name in facts},
    }
