"""A person reads findings under their rules, with what they are about, and what could not be told by its reason."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

from rich.console import Console

from rules.findings import Finding, Judgement, Unknown
from rules.judge import finding_of
from rules.rule import read_rules
from sync.report.findings_text import show_findings, show_unknown
from tests.sync.plan.situations import NOON

RULES = read_rules({}, [], place="keptword.toml")
UNPAID = {
    "invoice_id": "00D1:i1", "invoice_number": "INV-1", "account_id": "00D1:a1", "account_name": "Acme [bold]\x1b[31m", "account_tier": "A",
    "is_unpaid": True, "is_disputed": False, "days_overdue": 11, "incident_id": "00D1:c1", "days_since_incident": 8,
    "due_on": date(2026, 5, 1), "invoice_balance": Decimal(4800),
}  # fmt: skip


def unpaid(**changes: Any) -> Finding:
    rule = RULES["invoice-after-incident"]
    facts = {**dict.fromkeys(rule.view.columns), **UNPAID}
    return replace(finding_of(rule, facts), **changes)


def shown(findings: list[Finding], *, unknown: list[Unknown] | None = None, only: str | None = None) -> str:
    told = StringIO()
    console = Console(file=told, width=120)
    judgement = Judgement(
        as_of=NOON, findings=(*findings, unpaid()), unknown=tuple(unknown or ()), subjects={"invoice": 1200}
    )
    show_findings(console, judgement, findings, rules=RULES, only=only)
    return told.getvalue()


def test_a_finding_is_told_with_its_subject_and_its_facts_in_the_order_of_the_condition() -> None:
    said = shown([unpaid()])

    assert "Judged as of Tue 12 May 2026, 12:00 UTC: 1,200 invoices." in said
    assert "Findings: 2 invoice-after-incident. Shown: 1 of 2." in said
    assert "invoice-after-incident  Unpaid invoice after an incident (high)" in said
    assert "Acme [bold][31m, invoice INV-1" in said
    assert (
        "is_unpaid, not is_disputed, no is_payment_promised, days_overdue = 11, incident_id = 00D1:c1, days_since_incident ="
        in said
    )
    assert "\x1b" not in said


def test_what_is_too_old_for_a_task_is_marked_and_counted_apart() -> None:
    said = shown([unpaid(is_old=True)])

    assert "Too old for a task, for the clean-up list: 1." in said
    assert "invoice INV-1  too old for a task: for the clean-up list" in said


def open_for(count: int) -> list[Unknown]:
    return [
        Unknown(rule="commitment-slipping", subject_id=f"00D1:m{each}", reason="too short")
        for each in range(count)
    ]


def test_what_one_crm_does_not_show_is_said_to_be_of_its_clients_only() -> None:
    told = StringIO()
    partly = Unknown(rule="one", subject_id=None, reason="sf shows no feedback", org_id="00D1")
    show_unknown(Console(file=told, width=120), [partly])
    assert told.getvalue() == "  not judged for the clients of one CRM: sf shows no feedback: one\n"


def test_what_is_unknown_is_told_by_its_reason_with_a_count() -> None:
    told = StringIO()
    console = Console(file=told, width=120)
    whole = [Unknown(rule=name, subject_id=None, reason="no invoice") for name in ("one", "two")]

    show_unknown(console, [*whole, *open_for(34)])

    said = console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO
    assert (
        said
        == "  not judged: no invoice: one, two\n  unknown: commitment-slipping for 34 subjects: too short\n"
    )


def test_of_one_rule_only_its_own_doubts_are_told() -> None:
    assert "commitment-slipping" not in shown([unpaid()], unknown=open_for(2), only="invoice-after-incident")
