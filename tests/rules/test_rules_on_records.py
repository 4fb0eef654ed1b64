"""Rules that no story tells of: what they find in records, and what keeps them quiet."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.rules.plain_org import PlainOrg, client
from tests.rules.small_org import NOW, days_ago, judge_orgs

TODAY = NOW.date()
ON = {"key-contact-left": {"mode": "task"}}


def drifting(**planned: Any) -> PlainOrg:
    """A tier A client eight days after the last word."""
    org = client(tier="A")
    org.touch(days_ago(8), "out")
    for record, values in planned.items():
        org.put(record, f"{record}1", **values)
    return org


def with_project(*, closed_days_ago: int = 40, tier: str = "A") -> PlainOrg:
    """A client whose project goes on, eight days after the last word of ours."""
    org = client(tier=tier)
    org.touch(days_ago(8), "out")
    org.touch(days_ago(1), "in")
    org.put("deal", "d1", is_closed=True, is_won=True, closes_on=days_ago(closed_days_ago).date())
    return org


def known_by(*people: str, left: str = "") -> PlainOrg:
    """A client of whom these people were in touch with us last week."""
    org = client(tier="A")
    for name in people:
        gone = days_ago(2).date() if name == left else None
        org.put("contact", name, name=name, is_key=True, left_on=gone)
        org.touch(days_ago(7), "in", contact_id=name)
    return org


def former(touched_days_ago: int, *, won: bool = True) -> PlainOrg:
    """A client who was one."""
    org = client(is_active=False)
    org.touch(days_ago(touched_days_ago), "out")
    org.put("deal", "d1", is_closed=True, is_won=won, closes_on=days_ago(300).date())
    return org


Story = Callable[[], PlainOrg]
FOUND: dict[str, tuple[str, Story, Story]] = {
    "a live deal's next step": (
        "no-next-step",
        drifting,
        lambda: drifting(deal={"is_closed": False, "next_step": "send the quote"}),
    ),
    "an open promise": (
        "no-next-step",
        drifting,
        lambda: drifting(commitment={"made_by": "us", "due_on": TODAY}),
    ),
    "a project that is over": (
        "status-update-due",
        with_project,
        lambda: with_project(closed_days_ago=200),
    ),
    "a client with more time": ("status-update-due", with_project, lambda: with_project(tier="B")),
    "a second person": ("single-threaded", lambda: known_by("Ann"), lambda: known_by("Ann", "Bea")),
    "nobody left": ("key-contact-left", lambda: known_by("Ann", left="Ann"), lambda: known_by("Ann")),
    "a word not long ago": ("past-client-worth-a-word", lambda: former(200), lambda: former(100)),
    "nothing ever bought": ("past-client-worth-a-word", lambda: former(200), lambda: former(200, won=False)),
}
"""What keeps a rule quiet -> the rule, what it finds, and the same with that."""


@pytest.mark.parametrize("why", FOUND)
def test_a_rule_finds_it_in_records_and_is_quiet_with_a_reason(why: str) -> None:
    rule, found, quiet = FOUND[why]
    assert len(judge_orgs(found(), overrides=ON).found(rule)) == 1
    assert judge_orgs(quiet(), overrides=ON).found(rule) == []
