"""What our own people say of a client is reported to managers, and never written, shown or told of fewer than three."""

from decimal import Decimal
from typing import Any

import pytest

from rules.errors import RuleError
from rules.rule import read_rules
from tests.rules.small_org import Judged, SmallOrg, days_ago, judge_orgs, read_schemas

REPORTED = {"team-strain": {"mode": "report"}}
OWN: dict[str, Any] = {
    "name": "strain",
    "about": "account",
    "when": "team_feedback_score < 3",
    "mode": "report",
}
MAPPED = {
    "object": "Team_Pulse__c",
    "columns": {
        "feedback_id": "Id", "account_id": "Account__c", "given_by": "'team'", "score": "Score__c",
        "given_at": "CreatedDate",
    },
}  # fmt: skip


def asked(*scores: int) -> Judged:
    """What is judged of a client to whom our people gave these scores."""
    schemas = read_schemas("Team_Pulse__c: Id Account__c Score__c:decimal CreatedDate:instant")
    org = SmallOrg(schemas=schemas, records={"feedback": MAPPED})
    org.account(created=days_ago(400), live=True)
    for number, score in enumerate(scores):
        org.add(
            "Team_Pulse__c", f"p{number}", Account__c="a1", Score__c=Decimal(score), CreatedDate=days_ago(9)
        )
    return judge_orgs(org, overrides=REPORTED)


@pytest.mark.parametrize(
    ("scores", "found"), [([1, 1], []), ([1, 1, 1], ["00D1:a1"]), ([3, 3, 3], []), ([2, 3, 3], ["00D1:a1"])]
)
def test_a_low_mean_is_reported_from_three_answers_on(scores: list[int], found: list[str]) -> None:
    assert asked(*scores).found("team-strain") == found


def test_the_finding_does_not_say_what_was_answered() -> None:
    (finding,) = (each for each in asked(1, 1, 1).judgement.findings if each.rule == "team-strain")
    assert not {"team_feedback_count", "team_feedback_score"} & ({*finding.facts} | finding.evidence)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"mode": "task"}, "mode: its condition looks at 'team_feedback_score', which is never shown on a client's record; write mode = \"report\""),
        ({"occurrence": ["team_feedback_score"]}, "occurrence: 'team_feedback_score' is never shown; name an id, a date or an instant"),
        ({"task": {"body": "{team_feedback_score}"}}, "task.body: 'team_feedback_score' is never shown; leave it out of the texts"),
    ],
)  # fmt: skip
def test_it_can_neither_become_a_task_nor_stand_in_one(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(RuleError) as refused:
        read_rules({}, [{**OWN, **changes}], place="keptword.toml")
    assert str(refused.value) == f"keptword.toml: rule[1] strain.{message}"


def test_the_built_in_rule_cannot_be_made_a_task() -> None:
    with pytest.raises(RuleError, match="never shown on a client's record"):
        read_rules({"team-strain": {"mode": "task"}}, [], place="keptword.toml")
