"""Severe incidents of a client are counted apart from the rest."""

from tests.rules.plain_org import client
from tests.rules.small_org import SmallOrg, days_ago, judge_orgs


def troubled(*cases: tuple[int, str]) -> SmallOrg:
    """A client with a case for each number of days ago and priority."""
    org = SmallOrg()
    org.account(created=days_ago(400), live=True)
    for number, (days, priority) in enumerate(cases):
        org.add(
            "Case",
            f"k{number}",
            AccountId="a1",
            Subject=f"Case {days}",
            Priority=priority,
            CreatedDate=days_ago(days),
        )
    return org


def test_severe_incidents_of_90_days_are_counted() -> None:
    account = judge_orgs(troubled((90, "High"), (91, "High"), (5, "Low"), (20, "Critical"))).account
    assert (account["severe_incident_count_90"], account["incident_count_90"]) == (2, 3)


def test_the_last_severe_incident_is_told_whatever_came_after_it() -> None:
    account = judge_orgs(troubled((20, "High"), (40, "High"), (5, "Medium"))).account
    assert account["last_severe_incident_subject"] == "Case 20"
    assert account["last_severe_incident_on"] == days_ago(20).date()


def test_a_client_without_severe_incidents_has_none() -> None:
    account = judge_orgs(troubled((5, "Medium"))).account
    assert account["severe_incident_count_90"] == 0
    assert account["last_severe_incident_on"] is None


def test_where_nobody_sees_how_bad_it_is_nothing_passes_for_harmless() -> None:
    org = client()
    org.unfed = frozenset({"incident.severity", "feedback.mood", "invoice.due_on"})
    org.put("incident", "i1", opened_at=days_ago(3), is_open=True)
    judged = judge_orgs(org).judgement
    reasons = {each.rule: each.reason for each in judged.unknown if each.subject_id is None}
    for rule in ("incident-client-not-told", "severe-incident-no-call", "repeat-incidents"):
        assert reasons[rule] == "no mapping feeds incident.severity"
    assert reasons["feedback-unanswered"] == "no mapping feeds feedback.mood"
    assert reasons["invoice-overdue"] == "no mapping feeds invoice.due_on"
