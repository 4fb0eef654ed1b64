"""When feedback counts as answered, and what of it nobody is shown."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.rules.plain_org import PlainOrg, client
from tests.rules.small_org import NOW, at, days_ago, judge_orgs, tell

GIVEN = at("2026-05-08 16:00")
"""A Friday, five in London."""

HOUR = timedelta(hours=1)

CASES: dict[str, tuple[dict[str, Any] | None, bool]] = {
    "nothing": (None, False),
    "mail": ({}, True),
    "a call": ({"kind": "call"}, True),
    "their call": ({"kind": "call", "direction": "in"}, True),
    "a meeting": ({"kind": "meeting"}, True),
    "mail at the same moment": ({"at": GIVEN}, False),
    "mail before": ({"at": GIVEN - HOUR}, False),
    "mail to come": ({"at": NOW + HOUR}, False),
    "their mail": ({"direction": "in"}, False),
    "a receipt": ({"is_acknowledgement": True}, False),
    "an automatic mail": ({"is_automated": True}, False),
    "a note": ({"kind": "note"}, False),
    "a voicemail": ({"kind": "call", "outcome": "missed"}, False),
}


@pytest.fixture(scope="module")
def cases() -> dict[str, dict[str, Any]]:
    org = PlainOrg()
    for name, (touch, _) in CASES.items():
        client(org, name)
        org.put("feedback", name, account_id=name, given_at=GIVEN, given_by="client", mood="unhappy")
        if touch is not None:
            org.touch(**{"at": GIVEN + HOUR, "direction": "out", **touch, "account_id": name})
    return {row["feedback_id"].split(":")[1]: row for row in tell(org, about=["feedback"])["feedback"]}


@pytest.mark.parametrize("name", CASES)
def test_feedback_is_answered_once_we_have_reached_them(cases: dict[str, dict[str, Any]], name: str) -> None:
    assert cases[name]["is_feedback_answered"] is CASES[name][1]
    assert (cases[name]["business_hours_since_feedback"], cases[name]["feedback_on"]) == (
        21,
        date(2026, 5, 8),
    )


def feedback(**values: Any) -> list[dict[str, Any]]:
    org = client()
    org.put("contact", "c1", name="Cleo")
    org.put("feedback", "f1", **{"given_at": GIVEN, "given_by": "client", "contact_id": "c1", **values})
    return tell(org, about=["feedback"])["feedback"]


@pytest.mark.parametrize(("answered_at", "is_answered"), [(GIVEN, True), (NOW, True), (NOW + HOUR, False)])
def test_the_mapping_may_say_when_it_was_answered(answered_at: Any, *, is_answered: bool) -> None:
    (row,) = feedback(answered_at=answered_at)
    assert (row["is_feedback_answered"], row["feedback_contact_name"]) == (is_answered, "Cleo")


@pytest.mark.parametrize(
    "values", [{"given_by": "team"}, {"given_at": days_ago(366)}, {"given_at": NOW + HOUR}, {"given_at": None}]
)  # fmt: skip
def test_what_is_no_clients_word_of_the_last_year_is_no_feedback(values: dict[str, Any]) -> None:
    assert feedback(**values) == []


def test_what_our_own_people_say_is_in_no_finding() -> None:
    org = client()
    for number in range(3):
        org.put("feedback", f"f{number}", given_by="team", given_at=days_ago(2), score=2, mood="unhappy")
    rule = {
        "name": "strained",
        "about": "account",
        "when": "team_feedback_score < 3 and account_is_active",
        "mode": "report",
    }
    judged = judge_orgs(org, own=[rule])
    (found,) = [each for each in judged.judgement.findings if each.rule == "strained"]
    assert found.evidence == {"account_is_active"}
    assert not [name for name in found.facts if name.startswith("team_")]
    assert (judged.account["team_feedback_score"], judged.account["feedback_count"]) == (2, 0)
