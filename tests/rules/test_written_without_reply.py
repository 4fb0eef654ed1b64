"""How often we wrote to a client who said nothing: what counts, and what ends it."""

from datetime import timedelta
from typing import Any

import pytest

from tests.rules.small_org import NOW, SmallOrg, days_ago, judge_orgs


def mails(*days: float, incoming: tuple[float, ...] = (), **more: Any) -> SmallOrg:
    """A client with mail of ours, and theirs, so many days ago."""
    org = SmallOrg()
    org.account(created=days_ago(300))
    for n, day in enumerate((*days, *incoming)):
        at = NOW - timedelta(days=day)
        org.add("EmailMessage", f"m{n}", RelatedToId="a1", MessageDate=at, Incoming=n >= len(days), **more)
    return org


@pytest.mark.parametrize(
    ("ours", "theirs", "count"),
    [
        ((), (), 0),
        ((9, 6, 3), (), 3),
        ((9, 6, 3), (20,), 3),
        ((9, 6, 3), (5,), 1),
        ((9, 6, 3), (1,), 0),
        ((9, 3.1, 3), (20,), 2),
        ((120, 9), (), 1),
    ],
)
def test_our_messages_are_counted_by_days_since_the_client_reached_us(
    ours: tuple[float, ...], theirs: tuple[float, ...], count: int
) -> None:
    facts = judge_orgs(mails(*ours, incoming=theirs)).account
    assert facts["messages_without_reply"] == count


def test_a_call_that_reached_them_ends_the_count() -> None:
    org = mails(9, 6, 3)
    call: dict[str, Any] = {"TaskSubtype": "Call", "IsClosed": True, "AccountId": "a1"}
    org.add("Task", "c1", CompletedDateTime=days_ago(5), **call)
    assert judge_orgs(org).account["messages_without_reply"] == 1


def test_an_automatic_reply_of_ours_is_no_message() -> None:
    facts = judge_orgs(mails(9, 6, 3, Subject="Automatic reply: away")).account
    assert facts["messages_without_reply"] == 0


def test_the_moments_of_the_last_words_are_told_as_the_crm_has_them() -> None:
    facts = judge_orgs(mails(3, incoming=(5, 7))).account
    assert (facts["last_outbound_at"], facts["last_reply_at"]) == (days_ago(3), days_ago(5))
