"""What clients and our own people say of the work: the latest counts, and few answers of our people tell nothing."""

from decimal import Decimal
from typing import Any

import pytest

from tests.rules.small_org import SmallOrg, days_ago, judge_orgs, read_schemas

MAPPED = {
    "object": "Feedback__c",
    "columns": {
        "feedback_id": "Id", "account_id": "Account__c", "given_by": "Given_By__c", "score": "Score__c",
        "given_at": "Given__c",
    },
}  # fmt: skip


def heard(*given: tuple[str, int, int]) -> SmallOrg:
    """A client with feedback for each: by whom, how many days ago, the score."""
    schemas = read_schemas("Feedback__c: Id Account__c Given_By__c Score__c:decimal Given__c:instant")
    org = SmallOrg(schemas=schemas, records={"feedback": MAPPED})
    org.account(created=days_ago(900), live=True)
    for number, (by, days, score) in enumerate(given):
        org.add(
            "Feedback__c", f"f{number}", Account__c="a1", Given_By__c=by, Score__c=Decimal(score), Given__c=days_ago(days)
        )  # fmt: skip
    return org


def test_only_the_last_word_of_a_client_is_the_latest() -> None:
    rows = judge_orgs(heard(("client", 9, 1), ("client", 2, 5), ("team", 1, 1))).facts["feedback"]
    assert [row["is_latest_feedback"] for row in rows] == [False, True]


@pytest.mark.parametrize(
    ("scores", "expected"),
    [([1, 2], (2, None)), ([1, 2, 3], (3, Decimal(2))), ([1, 2, 3, 4], (4, Decimal("2.5"))), ([], (0, None))],
)
def test_a_mean_of_our_people_is_known_from_three_answers_on(scores: list[int], expected: Any) -> None:
    account = judge_orgs(heard(*(("team", 9, score) for score in scores), ("client", 9, 5))).account
    assert (account["team_feedback_count"], account["team_feedback_score"]) == expected


@pytest.mark.parametrize(("days", "expected"), [(365, 3), (366, 2)])
def test_what_our_people_said_more_than_a_year_ago_is_over(days: int, expected: int) -> None:
    account = judge_orgs(heard(("team", 9, 1), ("team", 8, 1), ("team", days, 5))).account
    assert account["team_feedback_count"] == expected
