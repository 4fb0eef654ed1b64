"""What `keptword explain --json` answers: everything that is known of why, rule by rule and subject by subject."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from rules.explain import Part, Value
from sync.explaining.explain import RuleTold, SubjectTold, Told
from sync.explaining.plan import Deed
from sync.explaining.reads import Read
from sync.explaining.rule_source import RuleSource
from sync.plan.changes import FORMAT, instant
from sync.report.identities_document import account_document


def explain_document(told: Told) -> dict[str, Any]:
    """The whole explanation; see docs/json.md."""
    facts = told.client.facts
    return {
        "format": FORMAT,
        "as_of": instant(told.as_of),
        "account": {
            "account_id": told.client.account_id,
            "record_ids": list(told.client.record_ids),
            "records": [account_document(each, told.names) for each in told.client.records],
            "joined": [asdict(tie) for tie in told.client.ties],
            "name": facts["account_name"],
            "domain": facts["account_domain"],
            "tier": facts["account_tier"],
            "timezone": facts["account_timezone"],
            "is_active": facts["account_is_active"],
            "is_muted": facts["account_is_muted"],
            "muted_until": facts["account_muted_until"],
            "mutes": [
                {"rule": each.rule, "until_on": each.until_on, "by": each.made_by, "why": each.why}
                for each in told.client.mutes
            ],
            "owner_id": facts["account_owner_id"],
            "owner": facts["account_owner_name"],
        },
        "rules": [_rule(each) for each in told.rules],
        "other_tasks": [{"rule": rule, **_deed(deed)} for rule, deed in told.other_deeds],
    }


def _rule(told: RuleTold) -> dict[str, Any]:
    file = told.rule.file
    return {
        "rule": told.rule.name,
        "title": file.title,
        "why": file.why,
        "about": file.about,
        "mode": file.mode,
        "severity": file.severity,
        "theme": file.theme,
        "condition": " ".join(told.rule.condition.text.split()),
        "not_judged": list(told.not_judged),
        "sources": [_source(each) for each in told.sources],
        "reads": [_read(each) for each in told.reads],
        "subjects": [_subject(each) for each in told.subjects],
    }


def _subject(told: SubjectTold) -> dict[str, Any]:
    return {
        "subject_id": told.subject_id,
        "name": told.name,
        "outcome": told.outcome,
        "reasons": list(told.reasons),
        "hash": told.finding.occurrence_hash if told.finding else None,
        "occurrence": list(told.finding.occurrence) if told.finding else [],
        "condition": _part(told.condition),
        "records": [{"what": what, "id": record_id} for what, record_id in told.records],
        "plan": [_deed(each) for each in told.deeds],
    }


def _part(part: Part) -> dict[str, Any]:
    return {
        "kind": part.kind,
        "text": part.text,
        "truth": part.truth,
        "values": [_value(each) for each in part.values],
        "parts": [_part(each) for each in part.parts],
    }


def _value(value: Value) -> dict[str, Any]:
    return {
        "name": value.name,
        "kind": value.kind,
        "value": value.value,
        "unit": value.node.unit,
        "meaning": value.column.doc if value.column else None,
        "by": value.by,
        "segment": value.segment,
        "bound": value.bound,
        "doubt": value.doubt,
        "is_shown": value.is_shown,
    }


def _deed(deed: Deed) -> dict[str, Any]:
    return {**asdict(deed), "why": list(deed.why)}


def _source(source: RuleSource) -> dict[str, Any]:
    revision = source.revision
    return {
        "what": source.what,
        "file": source.file,
        "line": source.line,
        "commit": revision.commit if revision else None,
        "changed_on": revision.changed_on if revision else None,
        "is_edited": revision.is_edited if revision else None,
    }


def _read(read: Read) -> dict[str, Any]:
    return {**asdict(read), "read_at": _instant(read.read_at)}


def _instant(at: datetime | None) -> str | None:
    return instant(at) if at else None
