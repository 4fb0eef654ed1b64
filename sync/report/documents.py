"""The answers of `--json`: stable documents, described in docs/json.md."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from connectors.connector import SetupStep
from rules.findings import Finding, Judgement
from sync.plan.changes import FORMAT, instant
from sync.pull.statement import ObjectRead, PullReport
from sync.run import RunReport


def pull_document(report: PullReport) -> dict[str, Any]:
    """What was asked for, read and left out, object by object."""
    return {
        "format": FORMAT,
        "complete": report.complete,
        "orgs": {name: probe.org_id for name, probe in report.probes.items()},
        "objects": [_object(read) for read in report.objects],
        "absent": [
            {"connection": name, "record": absent.record, "object": absent.object, "reason": absent.reason}
            for name, absent in report.absent
        ],
        "absent_fields": [{"connection": name, "field": field} for name, field in report.absent_fields],
    }


def findings_document(judgement: Judgement, findings: Sequence[Finding]) -> dict[str, Any]:
    """What the rules find, each finding with the facts that its condition looked at and what tells it from others."""
    return {
        "format": FORMAT,
        "as_of": instant(judgement.as_of),
        "subjects": dict(judgement.subjects),
        "set_aside": dict(judgement.set_aside),
        "findings": [
            {
                "rule": finding.rule,
                "subject_id": finding.subject_id,
                "account_id": finding.account_id,
                "account": finding.facts.get("account_name"),
                "hash": finding.occurrence_hash,
                "severity": finding.severity,
                "facts": {name: finding.facts[name] for name in sorted(finding.evidence)},
                "occurrence": list(finding.occurrence),
                "clean_up": finding.is_old,
            }
            for finding in findings
        ],
        "unknown": [
            {"rule": each.rule, "subject_id": each.subject_id, "reason": each.reason}
            for each in judgement.unknown
        ],
    }


def run_document(report: RunReport) -> dict[str, Any]:
    """The whole run: what was read, the plan, and what became of each change."""
    return {
        "format": FORMAT,
        "run_id": report.run_id,
        "mode": report.mode,
        "approved_by": report.approved_by,
        "moved": [asdict(each) for each in report.moved],
        "pull": pull_document(report.pulled),
        "judged": {
            "subjects": dict(report.judged.judgement.subjects),
            "set_aside": dict(report.judged.judgement.set_aside),
        },
        "plan": report.plan.document(),
        "over_limits": list(report.over_limits),
        "written": [
            {
                "key": each.change.key,
                "action": each.change.action,
                "connection": each.change.connection,
                "result": each.outcome.result,
                "id": each.outcome.id,
                "reason": each.outcome.reason,
            }
            for each in report.written
        ],
        "figures": report.figures(),
    }


def setup_document(steps: Mapping[str, Iterable[SetupStep]]) -> dict[str, Any]:
    """What write-back needs in each CRM, and whether it is there."""
    return {
        "format": FORMAT,
        "connections": {name: [asdict(step) for step in each] for name, each in steps.items()},
    }


def _object(read: ObjectRead) -> dict[str, Any]:
    return {
        "connection": read.connection,
        "object": read.object,
        "rows": read.rows,
        "in_mirror": read.in_mirror,
        "full": read.full,
        "complete": read.complete,
        "reason": read.reason,
        "resumed": read.resumed,
        "counted": read.counted,
        "gone": read.gone,
        "left_out": read.left_out,
        "mended": read.mended,
        "repeated": read.repeated,
        "oddities": [asdict(oddity) for oddity in read.oddities],
    }
