"""An open task is not written anew for the last contact with the client alone, which every touch changes."""

from dataclasses import replace
from datetime import date
from time import monotonic
from typing import Any

import pytest

from rules.findings import Finding
from sync.plan.plan import make_plan
from sync.plan.texts import body_of, is_body_of, subject_beside, subject_of
from tests.rules.test_task_texts import BUILT_IN, facts_of
from tests.sync.plan.situations import finding, only_task, situation, small_rule, tiny, write

PROMISE = small_rule("promise", occurrence=["account_id"], task={
    "subject": ["Ask {last_contact_name} ({account_name}): {account_tier}", "Ask {account_name}: {account_tier}"],
    "body": "{account_name} is of tier {account_tier}.\nLast contact: {last_touch_on} ({last_touch_kind}).\nCall.",
})  # fmt: skip
OTHER = small_rule(
    "then", occurrence=["account_id"], task={"subject": "Call {last_contact_name}", "body": "Call."}
)

RULES = (PROMISE, OTHER)


def promised(**facts: Any) -> list[Finding]:
    usual = {"account_tier": "A", "last_touch_kind": "email", "last_contact_name": "Amy", **facts}
    return [replace(finding(rule=rule, **usual), occurrence=("sf:acme",)) for rule in RULES]


@pytest.mark.parametrize("crm", ["salesforce", "hubspot"])
@pytest.mark.parametrize(
    "touch",
    [{"touched_on": date(2026, 5, 11)}, {"last_touch_kind": "call"}, {"last_contact_name": "Zoë (R&D)"}, {"touched_on": None}],
)  # fmt: skip
def test_a_touch_alone_rewrites_no_open_task(crm: str, touch: dict[str, Any]) -> None:
    held = tiny(crm=crm)
    write(situation(promised(), held, rules=RULES), held)
    assert make_plan(situation(promised(**touch), held, rules=RULES)).changes == ()


@pytest.mark.parametrize(
    "news", [{"account_tier": "B"}, {"account_name": "New"}, {"last_contact_name": None}]
)
def test_what_is_news_rewrites_it_and_so_does_a_contact_who_has_left(news: dict[str, Any]) -> None:
    held = tiny()
    write(situation(promised(), held, rules=RULES), held)
    (change,) = make_plan(situation(promised(**news), held, rules=RULES)).changes
    assert set(change.task) == {"id", "subject", "body"}


def test_a_rule_whose_occurrence_is_the_touch_says_the_new_one() -> None:
    held = tiny()
    write(situation([finding()], held), held)
    (change,) = make_plan(situation([finding(touched_on=date(2026, 5, 1))], held)).changes
    assert "1 May 2026" in change.task["body"]


def test_a_note_below_our_text_is_in_the_way_of_neither() -> None:
    held = tiny()
    write(situation(promised(), held, rules=RULES), held)
    held.person(only_task(held), body=f"{held.tasks[only_task(held)].body}\n\nRang twice")
    assert make_plan(situation(promised(last_touch_kind="call"), held, rules=RULES)).changes == ()
    (change,) = make_plan(situation(promised(account_tier="B"), held, rules=RULES)).changes
    assert "body" in change.task


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_every_built_in_text_says_what_it_says(name: str) -> None:
    rule = BUILT_IN[name]
    found = [finding(rule=rule, **facts_of(rule, {}))] * 2
    subject = subject_of(BUILT_IN, found)
    assert subject_beside(BUILT_IN, found, subject) == subject
    assert is_body_of(BUILT_IN, found, " ".join(body_of(BUILT_IN, found).split()))


def test_only_the_count_changes_in_a_subject_that_people_know() -> None:
    rules = {rule.name: rule for rule in RULES}
    first, then = promised(last_contact_name="Zoë")
    assert subject_beside(rules, [first, then], "Ask Amy (Acme): A") == "Ask Amy (Acme): A (+1)"
    assert subject_beside(rules, [first], "Ask Acme: A (+1)") == "Ask Acme: A"
    assert subject_beside(rules, [then, first], "Ask Amy (Acme): A") == "Call Zoë (+1)"


def test_a_subject_that_would_grow_too_long_is_written_anew() -> None:
    rules = {rule.name: rule for rule in RULES}
    held = f"Ask {'Amy' * 15} (Acme): A"
    assert subject_beside(rules, promised(last_contact_name="Amy" * 15), held) == "Ask Acme: A (+1)"


def test_a_long_text_that_says_something_else_is_told_at_once() -> None:
    found = [finding(rule=BUILT_IN["missed-commitment"], **facts_of(BUILT_IN["missed-commitment"], {}))] * 24
    held = f"{' '.join(body_of(BUILT_IN, found).split())} and more"
    start = monotonic()
    assert not is_body_of(BUILT_IN, found, held)
    assert monotonic() - start < 2
