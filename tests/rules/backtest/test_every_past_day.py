"""A rehearsal finds on each past day what judging that day alone would have found."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from random import Random

import pytest

from rules.backtest.rehearse import rehearse
from rules.judge import judge
from rules.rule import Rule, read_rules
from tests.rules.backtest.past_org import as_of, own_rules, random_org
from tests.rules.plain_org import PlainOrg
from tests.rules.small_org import days_ago, prepared

EXACT: Mapping[str, Sequence[str]] = {
    "account": (
        "days_since_touch > 3", "days_since_reply between 1 and 4 or days_since_created < 9", "account_is_active",
        "open_incident_count > 0 and days_since_talk > 2", "won_deal_count > 0 and live_deal_count = 0",
        "open_commitment_count > 0 and not is_meeting_followed_up", "incident_count_90 > 1",
        "last_feedback_mood = 'unhappy'", "touched_contact_count = 1 and days_since_outbound > 1",
        "last_incident_subject is not null and days_since_touch_beside_support > 2",
    ),
    "contact": ("days_since_contact_touch > 4", "has_contact_written and days_since_left > 1"),
    "commitment": ("is_open and business_days_overdue > 0", "made_by = 'us' and is_open and not is_touched_since_made"),
    "invoice": ("is_unpaid and days_overdue > 1", "is_unpaid and days_since_incident <= 4"),
    "incident": (
        "is_incident_open and business_hours_since_opened > 4 and not is_client_told",
        "days_since_closed between 0 and 5 and not is_followed_up", "incident_kind = 'problem' and not is_client_called",
    ),
    "message": ("is_first_waiting and business_hours_unanswered > 3", "is_acknowledged and not is_answered"),
    "feedback": ("not is_feedback_answered and business_days_since_feedback > 0",),
    "deal": ("is_deal_won and not is_introduced", "is_deal_live", "days_since_won < 9"),
}  # fmt: skip

OWN = own_rules(EXACT)
NAMES = {rule["name"] for rule in OWN}
INSTANTS = tuple(days_ago(back) for back in (9, 7, 5, 4, 2))


def fired(org: PlainOrg, rules: Sequence[Rule]) -> dict[datetime, set[tuple[str, str]]]:
    """Instant -> rule and subject, by one rehearsal; nothing is in doubt, so that an episode fires on all its days."""
    with prepared(org, earlier=INSTANTS) as (engine, case, _):
        told = rehearse(engine, case, rules, at_once=20)  # three parts of the clients
        assert told.untold == {}
        rows = engine.query("select * from episode").to_pylist()
    found: dict[datetime, set[tuple[str, str]]] = {at: set() for at in case.instants}
    for row in rows:
        for at in case.instants[row["first_number"] : row["last_number"] + 1]:
            found[at].add((rules[row["entry_number"]].name, row["subject_id"]))
    return found


def alone(org: PlainOrg, rules: Sequence[Rule], at: datetime) -> set[tuple[str, str]]:
    """The same by judging that instant as the present, over what the CRM showed then."""
    with prepared(as_of(org, at), now=at) as (engine, case, _):
        return {(each.rule, each.subject_id) for each in judge(engine, case, rules).findings}


@pytest.mark.parametrize("seed", range(3))
def test_each_day_is_as_that_day_alone(seed: int) -> None:
    org = random_org(Random(seed))  # noqa: S311 -- made-up records, the same in every run
    rules = [rule for name, rule in read_rules({}, OWN, place="keptword.toml").items() if name in NAMES]

    found = fired(org, rules)

    assert {at: alone(org, rules, at) for at in found} == found
    assert sum(len(each) for each in found.values()) > 150
