"""What the tasks of the built-in rules say, filled with names as clients have them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from rules.rule import Rule, catalogue_files, read_rules
from rules.wording import SUBJECT_LENGTH, names_in, write_body, write_subject

BUILT_IN = read_rules({}, [], place="keptword.toml")
WORDS: dict[str, str] = {
    "account_name": "Brightwater Dental Group", "account_owner_name": "Sofia Marchetti", "account_tier": "A",
    "account_timezone": "Europe/London", "account_next_step": "send the quote", "account_services": "website, ads",
    "commitment_subject": "May report", "commitment_owner_name": "Daniel Oyelaran",
    "contact_name": "Amy Webb", "contact_role": "Head of Marketing", "only_contact_name": "Amy Webb",
    "deal_name": "Retainer", "deal_owner_name": "Tom Achterberg", "delivery_owner_name": "Daniel Oyelaran",
    "feedback_contact_name": "Amy Webb", "feedback_mood": "unhappy", "first_client_name": "Brightwater Dental Group",
    "first_received_client_name": "Brightwater Dental Group", "incident_contact_name": "Amy Webb",
    "incident_kind": "problem", "incident_owner_name": "Ruth Prendergast", "incident_severity": "high",
    "incident_subject": "Site is down", "invoice_currency": "GBP", "invoice_number": "INV-10482",
    "last_incident_subject": "Old logo in the footer", "last_severe_incident_subject": "Checkout fails",
    "last_contact_name": "Amy Webb", "last_touch_kind": "call", "message_contact_name": "Amy Webb", "message_person_name": "Daniel Oyelaran",
    "missed_commitment_subject": "send the May report", "missing_discovery": "their goals, who decides",
    "next_promise_client_name": "Brightwater Dental Group", "next_promise_subject": "May report",
    "person_manager_name": "Tom Achterberg", "person_name": "Daniel Oyelaran", "previous_owner_name": "Nina Kowalska",
    "received_from": "Nina Kowalska", "last_touch_person_name": "Nina Kowalska", "last_talk_kind": "call",
    "last_talk_person_name": "Nina Kowalska", "last_outbound_kind": "email", "last_outbound_person_name": "Nina Kowalska",
    "answered_kind": "email", "answered_person_name": "Nina Kowalska", "client_reached_kind": "call",
    "client_reached_person_name": "Nina Kowalska", "feedback_answered_kind": "call", "introduced_kind": "meeting",
    "feedback_answered_person_name": "Nina Kowalska", "last_feedback_mood": "happy", "open_incident_severity": "normal",
}  # fmt: skip
"""Fact -> a text of a usual length."""

VALUES: dict[str, Any] = {
    "date": date(2026, 5, 12),
    "instant": datetime(2026, 5, 12, 9, 12),
    "decimal": Decimal(4800),
    "integer": 3,
    "boolean": None,
}
VERBS = {
    "Agree", "Answer", "Ask", "Call", "Find", "Follow", "Hand", "Help", "Introduce", "Meet", "Plan", "Remind", "Reply", "Send",
    "Settle", "Sum", "Talk", "Tell", "Update",
}  # fmt: skip
"""What a subject may begin with; a new rule may need another."""

CLOSING = "This task closes by itself"


def facts_of(rule: Rule, given: dict[str, Any]) -> dict[str, Any]:
    """All facts that the texts of a rule name, as an example has them or as is usual."""
    task = rule.file.task
    named = names_in("\n".join((*task.subject, task.body, *task.closes))) & set(rule.view.columns)
    columns = {
        name: rule.view.columns[name] for name in named | {"account_timezone"} & set(rule.view.columns)
    }
    usual = {
        name: WORDS[name] if column.type == "text" else VALUES[column.type]
        for name, column in columns.items()
    }
    decimals = {name for name, column in rule.view.columns.items() if column.type == "decimal"}
    return usual | {name: Decimal(str(v)) if name in decimals else v for name, v in given.items()}


FIRING = [
    (rule.name, example.name)
    for rule in BUILT_IN.values()
    for example in rule.file.examples
    if example.fires is True
]


def fired(name: str, example: str) -> tuple[Rule, dict[str, Any]]:
    """A rule, and the facts that its task is written from in an example."""
    rule = BUILT_IN[name]
    (given,) = (each.given for each in rule.file.examples if each.name == example)
    return rule, facts_of(rule, dict(given))


@pytest.mark.parametrize(("name", "example"), FIRING)
def test_a_subject_fits_and_begins_with_a_verb(name: str, example: str) -> None:
    rule, facts = fired(name, example)
    subject = write_subject(rule.file.task.subject, facts)
    assert len(subject) <= SUBJECT_LENGTH
    assert not subject.endswith("…")
    for text in rule.file.task.subject:
        alone = write_subject([text], facts)
        assert len(alone) <= SUBJECT_LENGTH
        assert alone.split()[0] in VERBS


@pytest.mark.parametrize(("name", "example"), FIRING)
def test_a_subject_is_whole_beside_more_findings_where_names_are_long(name: str, example: str) -> None:
    rule, facts = fired(name, example)
    long = {"account_name": "Hollow Oak Housing Trust Group", "last_contact_name": "Małgorzata Lindqvist"}
    subject = write_subject(rule.file.task.subject, facts | long, length=SUBJECT_LENGTH - len(" (+2)"))
    assert "…" not in subject


def test_a_subject_never_denies_a_contact_for_want_of_room() -> None:
    rule, facts = fired("stale-contact", "tier A, a day over two weeks")
    for length in range(20, 50):
        subject = write_subject(rule.file.task.subject, facts | {"account_name": "A" * length})
        assert "on record" not in subject
    never = {"last_touch_on": None, "last_contact_name": None}
    assert write_subject(rule.file.task.subject, facts | never).endswith(": no contact on record")


def test_a_silent_clients_task_says_what_is_planned_with_them() -> None:
    rule, facts = fired("stale-contact", "tier A, a day over two weeks")
    planned = "A call or meeting with them is planned for Tue 12 May 2026."
    assert planned in write_body(rule.file.task.body, facts)
    assert "planned" not in write_body(rule.file.task.body, facts | {"next_meeting_on": None})


def test_who_goes_without_clients_leaves_tasks_and_who_leaves_clients_is_said_to() -> None:
    subjects = BUILT_IN["owner-gone"].file.task.subject
    long = {"person_name": "Maximiliane von Hohenstein-Ludwigshafen", "first_client_name": "Acme"}
    assert "tasks" not in write_subject(subjects, long)
    assert write_subject(subjects, {"person_name": "Ann"}) == "Hand on Ann's open tasks"


def test_who_tells_a_client_by_mail_alone_knows_that_a_call_is_asked_for_next() -> None:
    told, called = BUILT_IN["incident-client-not-told"], BUILT_IN["severe-incident-no-call"]
    assert "e-mail to them is logged" in told.file.task.body
    assert "is_client_told" in called.file.when
    assert "An e-mail alone may be followed by a task to call." in told.file.task.body


def test_nobody_is_asked_to_introduce_themselves_to_those_who_know_them() -> None:
    subjects = BUILT_IN["handover-without-introduction"].file.task.subject
    there = {"account_name": "Acme", "last_contact_name": "Ada"}
    assert write_subject(subjects, there) == "Introduce yourself to Ada (Acme)"
    assert (
        write_subject(subjects, there | {"is_deliverer_known": True})
        == "Call Ada (Acme): how the work begins"
    )


@pytest.mark.parametrize("name", catalogue_files())
def test_a_subject_names_somebody(name: str) -> None:
    for text in BUILT_IN[name].file.task.subject[:1]:
        who = {fact for fact in names_in(text) if fact.endswith("_name")}
        assert who or "clients that came to you" in text


@pytest.mark.parametrize(("name", "example"), FIRING)
def test_a_body_has_three_to_five_lines_and_says_when_the_task_closes(name: str, example: str) -> None:
    rule, facts = fired(name, example)
    lines = write_body(rule.file.task.body, facts).splitlines()
    beside = [line for line in lines if not line.startswith(CLOSING)]
    assert 3 <= len(beside) <= 5
    assert lines[-1].startswith(CLOSING) or rule.file.mode == "off"


@pytest.mark.parametrize(("name", "example"), FIRING)
def test_a_body_gives_a_first_sentence_to_say(name: str, example: str) -> None:
    rule, facts = fired(name, example)
    body = write_body(rule.file.task.body, facts)
    assert any(line.endswith('"') or '?" ' in line for line in body.splitlines()), body


@pytest.mark.parametrize(("name", "example"), FIRING)
def test_no_line_is_written_twice_or_left_in_pieces(name: str, example: str) -> None:
    rule, facts = fired(name, example)
    lines = write_body(rule.file.task.body, facts).splitlines()
    assert len(set(lines)) == len(lines)
    for line in lines:
        assert not any(piece in line for piece in ("()", '""', " ,", " .", "{", "}", "!"))
