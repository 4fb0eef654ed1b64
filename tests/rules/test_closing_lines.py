"""What resolved a task is told with the day, how, and who of ours, as far as the records know it."""

import re
from datetime import date, timedelta
from typing import Any

import pytest

from rules.rule import catalogue_files, read_rules
from rules.rule_check import NEWS
from rules.wording import write_body
from tests.rules.plain_org import PlainOrg, client
from tests.rules.small_org import NOW, days_ago, tell
from tests.rules.test_task_texts import facts_of

RULES = read_rules({}, [], place="keptword.toml")
TODAY = NOW.date()
LINES = [(name, line) for name in catalogue_files() for line in RULES[name].file.task.closes]


@pytest.mark.parametrize(("name", "line"), LINES)
def test_a_closing_line_is_a_sentence(name: str, line: str) -> None:
    text = write_body(re.sub(r"\{[?!]\w+\}", "", line), facts_of(RULES[name], {}))
    assert re.fullmatch(r"""[A-Z"][^{}]*[^ ]\.""", text), text
    assert len(text) <= 150


def closing(rule: str, facts: dict[str, Any], *, news: bool = False) -> str | None:
    """The first line that has something to say."""
    told = {**facts, NEWS: news}
    return next((said for line in RULES[rule].file.task.closes if (said := write_body(line, told))), None)


def served(**account: Any) -> PlainOrg:
    """A client, and Nina who answers for them."""
    org = PlainOrg()
    org.put("person", "nina", name="Nina Kowalska", email="nina@us.test")
    return client(org, owner_id="nina", **account)


def talked(org: PlainOrg, days: float, kind: str = "call", **values: Any) -> PlainOrg:
    given = {
        "account_id": "a1",
        "person_id": "nina",
        "direction": "out",
        "happened_at": NOW - timedelta(days=days),
    }
    org.put("activity", f"t{days}{kind}", kind=kind, **{**given, **values})
    return org


def row(org: PlainOrg, about: str) -> dict[str, Any]:
    (found,) = tell(org, about=[about])[about]
    return found


def test_contact_is_told_with_day_kind_and_person() -> None:
    facts = row(talked(served(), 1), "account")
    said = "There was contact on Tue 12 May 2026 (call with Nina Kowalska)."
    assert closing("stale-contact", facts, news=True) == said


def test_where_nobody_noted_who_it_was_the_day_is_told() -> None:
    facts = row(talked(served(), 1, person_id=None), "account")
    assert closing("stale-contact", facts, news=True) == "There was contact on Tue 12 May 2026 (call)."


@pytest.mark.parametrize(("days", "name"), [(29, "Nina Kowalska"), (31, None)])
def test_who_it_was_is_known_for_thirty_days(days: int, name: str | None) -> None:
    facts = row(talked(served(), days), "account")
    assert facts["last_touch_person_name"] == facts["last_talk_person_name"] == name
    assert facts["last_touch_on"] == days_ago(days).date()


def test_word_from_us_is_told_apart_from_theirs() -> None:
    facts = row(talked(talked(served(), 3, "email"), 1, "message", direction="in", person_id=None), "account")
    told = (facts["last_outbound_kind"], facts["last_outbound_person_name"], facts["last_touch_person_name"])
    assert told == ("email", "Nina Kowalska", None)
    said = "They had word from Nina Kowalska on Sun 10 May 2026 (email)."
    assert closing("status-update-due", facts, news=True) == said


def test_an_answer_is_told_with_who_gave_it() -> None:
    org = talked(talked(served(), 3, "email", direction="in"), 2, "email")
    said = "They had an answer on Mon 11 May 2026 (email with Nina Kowalska)."
    assert closing("message-unanswered", row(talked(org, 1), "message")) == said


def test_an_answer_to_a_complaint_is_told_with_who_gave_it() -> None:
    org = talked(served(), 1)
    org.put("feedback", "f1", given_by="client", mood="unhappy", given_at=days_ago(2))
    said = "They had an answer on Tue 12 May 2026 (call with Nina Kowalska)."
    assert closing("feedback-unanswered", row(org, "feedback")) == said


@pytest.mark.parametrize(
    ("rule", "incident", "said"),
    [
        ("incident-client-not-told", {}, "We reached them on Tue 12 May 2026 (call with Nina Kowalska)."),
        ("severe-incident-no-call", {}, "There was a call on Tue 12 May 2026 with Nina Kowalska."),
        (
            "incident-closed-no-follow-up",
            {"is_open": False, "closed_at": days_ago(2)},
            "We reached them on Tue 12 May 2026 (call with Nina Kowalska), after it was over.",
        ),
    ],
)
def test_of_an_incident_it_is_told_who_reached_them(rule: str, incident: dict[str, Any], said: str) -> None:
    org = talked(served(), 1)
    org.put("incident", "k1", opened_at=days_ago(3), severity="high", **{"is_open": True, **incident})
    assert closing(rule, row(org, "incident")) == said


def test_an_incident_that_is_over_says_since_when() -> None:
    org = talked(served(), 5)
    org.put("incident", "k1", opened_at=days_ago(3), severity="high", is_open=False, closed_at=days_ago(1))
    said = "The incident was over on Tue 12 May 2026."
    assert closing("incident-client-not-told", row(org, "incident")) == said


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"status": "kept", "kept_at": days_ago(1)}, "The promise was kept on Tue 12 May 2026."),
        ({"status": "kept"}, "The promise was kept."),
        (
            {"status": "waived", "kept_at": days_ago(1)},
            "The promise was given up: nobody waits for it any more.",
        ),
        ({"due_on": TODAY + timedelta(days=5)}, "It has a new date: Mon 18 May 2026."),
    ],
)
def test_a_promise_says_what_became_of_it(values: dict[str, Any], said: str) -> None:
    org = served()
    given = {"made_by": "us", "made_at": days_ago(9), "due_on": TODAY - timedelta(days=3), "status": "open"}
    org.put("commitment", "p1", **{**given, **values})
    assert closing("missed-commitment", row(org, "commitment"), news="due_on" in values) == said


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"status": "paid", "balance": 0, "paid_on": TODAY}, "Invoice 2026-114 was paid on Wed 13 May 2026."),
        ({"status": "paid", "balance": 0}, "Invoice 2026-114 is paid."),
        ({"status": "void"}, "Invoice 2026-114 was cancelled."),
        ({"balance": 0}, "Invoice 2026-114 is no longer open."),
        ({"is_disputed": True, "disputed_on": TODAY}, "They contest it since Wed 13 May 2026."),
        ({"promised_on": date(2026, 5, 20)}, "They promised to pay by Wed 20 May 2026."),
    ],
)
def test_an_invoice_says_what_became_of_it(values: dict[str, Any], said: str) -> None:
    org, due_on = served(), TODAY - timedelta(days=9)
    given = {
        "status": "open",
        "amount": 9,
        "balance": 9,
        "due_on": due_on,
        "issued_on": due_on,
        "number": "2026-114",
    }
    org.put("invoice", "i1", **{**given, **values})
    assert closing("invoice-overdue", row(org, "invoice"), news="promised_on" in values) == said


def test_an_invoice_that_waits_for_trouble_says_what_is_broken() -> None:
    org = served()
    org.put("incident", "k1", opened_at=days_ago(3), is_open=True, severity="low", subject="Old logo")
    org.put("invoice", "i1", status="open", amount=9, balance=9, due_on=TODAY, issued_on=TODAY)
    said = 'Something is broken with them: "Old logo". That comes first.'
    assert closing("invoice-overdue", row(org, "invoice")) == said


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (-1, "The day of the renewal, Tue 12 May 2026, has passed."),
        (9, "There was a call on Mon 11 May 2026 with Nina Kowalska; the renewal is on Fri 22 May 2026."),
    ],
)
def test_a_renewal_says_that_its_day_has_passed(days: int, said: str) -> None:
    org = talked(served(), 2)
    renews_on = TODAY + timedelta(days=days)
    org.put("deal", "d1", kind="contract", is_closed=True, is_won=True, closes_on=date(2025, 5, 1), renews_on=renews_on)  # fmt: skip
    assert closing("renewal-unattended", row(org, "deal")) == said


def test_who_introduced_themselves_is_told_with_the_day() -> None:
    org = talked(served(), 1)
    org.put("person", "omar", name="Omar Haddad", email="omar@us.test")
    org.put("deal", "d1", is_closed=True, is_won=True, closes_on=days_ago(5).date(), owner_id="omar", delivery_owner_id="nina")  # fmt: skip
    said = "Nina Kowalska was in touch with them on Tue 12 May 2026 (call)."
    assert closing("handover-without-introduction", row(org, "deal")) == said


def test_a_client_whom_a_colleague_took_over_says_so() -> None:
    org = talked(served(), 60)
    org.put("deal", "d1", handed_over_at=days_ago(2))
    said = "A colleague took over with this client on Mon 11 May 2026 and first gets time to introduce themselves."
    assert closing("stale-contact", row(org, "account")) == said
