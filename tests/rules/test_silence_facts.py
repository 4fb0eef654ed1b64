"""How long it is since anybody reached anybody: what each kind of touch ends, and what is in doubt."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.rules.plain_org import PlainOrg, client
from tests.rules.small_org import NOW, at, days_ago, judge_orgs, org_without, tell

HOUR = timedelta(hours=1)
DAYS = ("touch", "reply", "outbound", "talk", "touch_beside_support")
"""The days since these are counted."""

TOUCHES: dict[str, tuple[dict[str, Any], tuple[int | None, ...]]] = {
    "our mail": ({}, (3, None, 3, None, 3)),
    "their mail": ({"direction": "in"}, (3, 3, None, None, 3)),
    "our call": ({"kind": "call"}, (3, None, 3, 3, 3)),
    "their call": ({"kind": "call", "direction": "in"}, (3, 3, 3, 3, 3)),
    "a meeting": ({"kind": "meeting"}, (3, None, 3, 3, 3)),
    "our text message": ({"kind": "message"}, (3, None, 3, None, 3)),
    "support's mail": ({"person_id": "sup"}, (3, None, 3, None, None)),
    "mail of nobody known": ({"person_id": None}, (3, None, 3, None, 3)),
    "a receipt": ({"is_acknowledgement": True}, (3, None, None, None, 3)),
    "an automatic mail": ({"is_automated": True}, (400, None, None, None, None)),
    "a note": ({"kind": "note"}, (400, None, None, None, None)),
    "word among us": ({"direction": "internal"}, (400, None, None, None, None)),
    "a call nobody took": ({"kind": "call", "outcome": "missed"}, (400, None, None, None, None)),
    "a cancelled meeting": ({"kind": "meeting", "outcome": "cancelled"}, (400, None, None, None, None)),
    "a call to come": ({"at": NOW + HOUR, "kind": "call"}, (400, None, None, None, None)),
}


@pytest.fixture(scope="module")
def touched() -> dict[str, dict[str, Any]]:
    org = PlainOrg()
    org.put("person", "acc", name="Ann", role="Account management")
    org.put("person", "sup", name="Sue", role="Head of Support")
    for name, (touch, _) in TOUCHES.items():
        client(org, name)
        org.touch(**{"at": days_ago(3), "person_id": "acc", **touch, "account_id": name})
    return {row["account_id"].split(":")[1]: row for row in tell(org, about=["account"])["account"]}


@pytest.mark.parametrize("name", TOUCHES)
def test_each_kind_of_touch_ends_its_silence(touched: dict[str, dict[str, Any]], name: str) -> None:
    assert tuple(touched[name][f"days_since_{each}"] for each in DAYS) == TOUCHES[name][1]


def test_our_unanswered_mail_leaves_the_client_silent() -> None:
    org = client()
    org.touch(days_ago(20), "in")
    for days in (12, 5, 1):
        org.touch(days_ago(days))
    (row,) = tell(org, about=["account"])["account"]
    assert (row["days_since_touch"], row["days_since_reply"], row["messages_without_reply"]) == (1, 20, 3)


@pytest.mark.parametrize(
    ("met", "wrote", "business_days", "is_followed_up"),
    [(5, None, 3, False), (5, 5.1, 3, False), (5, 4.9, 3, True), (5, 5, 3, False), (0.1, None, 0, False)],
)
def test_a_meeting_is_followed_up_by_what_we_write_after_it(
    met: float, wrote: float | None, business_days: int, *, is_followed_up: bool
) -> None:
    org = client()
    org.touch(NOW - timedelta(days=met), kind="meeting")
    if wrote is not None:
        org.touch(NOW - timedelta(days=wrote))
    (row,) = tell(org, about=["account"])["account"]
    assert (row["business_days_since_meeting"], row["is_meeting_followed_up"]) == (
        business_days,
        is_followed_up,
    )


def test_support_in_one_crm_is_support_in_the_other() -> None:
    org, other = client(domain="acme.test"), client(PlainOrg(org_id="77"), "h1", domain="acme.test")
    org.put("person", "sue", name="Sue", email="Sue@us.test", role="Support")
    other.put("person", "s", name="Sue", email="sue@us.test")
    other.touch(days_ago(2), account_id="h1", person_id="s")
    (row,) = tell(org, other, about=["account"])["account"]
    assert (row["days_since_touch"], row["days_since_touch_beside_support"]) == (2, None)


def blind(*touches: dict[str, Any], **options: Any) -> bool:
    """Whether the owner's e-mail is not to be seen, given these touches."""
    org = client(owner_id="own")
    client(org, "a2", owner_id="own")
    client(org, "a3", owner_id="other")
    for touch in touches:
        org.touch(**{"at": days_ago(3), **touch})
    rows = tell(org, about=["account"], **{"email_is_logged": True, **options})["account"]
    assert rows[0]["is_owner_blind"] is rows[1]["is_owner_blind"]
    return bool(rows[0]["is_owner_blind"])


@pytest.mark.parametrize(
    ("touch", "is_blind"),
    [
        ({}, False),
        ({"account_id": "a2"}, False),  # with another client of theirs
        ({"account_id": "a3", "person_id": "own"}, False),  # their own, with somebody else's client
        ({"account_id": "a3", "person_id": "other"}, True),
        ({"direction": "in"}, False),
        ({"at": days_ago(90)}, False),
        ({"at": days_ago(91)}, True),
        ({"kind": "call"}, True),
        ({"kind": "message"}, True),
        ({"is_automated": True}, True),
        ({"at": NOW + HOUR}, True),
    ],
)
def test_an_owner_without_mail_on_record_is_blind(touch: dict[str, Any], *, is_blind: bool) -> None:
    assert blind(touch) is is_blind


def test_nobody_is_blind_where_the_admin_says_that_mail_is_logged_elsewhere() -> None:
    assert blind(email_is_logged=False) is False
    assert blind() is True


def test_a_client_of_nobodys_is_judged_by_what_there_is() -> None:
    (row,) = tell(client(), about=["account"], email_is_logged=True)["account"]
    assert (row["has_no_account_owner"], row["is_owner_blind"]) == (True, False)


def quiet(days: int | None, *, owners: int = 1) -> PlainOrg:
    """Clients whose owners' last call was so many days ago, and no e-mail on record."""
    org = PlainOrg()
    for number in range(owners):
        id_ = f"a{number}"
        client(org, id_, owner_id=id_, tier="B")
        if days is not None:
            org.touch(days_ago(days), kind="call", account_id=id_)
    return org


@pytest.mark.parametrize(
    ("days", "logged", "found", "unknown"),
    [
        (31, True, 0, 1),
        (3, True, 0, 0),
        (31, False, 1, 0),
        (3, False, 0, 0),
        (None, True, 0, 1),
        (None, False, 1, 0),
    ],
)
def test_silence_is_unknown_where_mail_is_not_seen_and_a_call_ends_it(
    days: int | None, found: int, unknown: int, *, logged: bool
) -> None:
    judged = judge_orgs(quiet(days), email_is_logged=logged)
    told = judged.alone("stale-contact").unknown
    assert (len(judged.found("stale-contact")), len(told)) == (found, unknown)
    assert all(each.subject_id == "00D1:a0" and "e-mail" in each.reason for each in told)


def test_what_is_unknown_of_every_client_is_said_once() -> None:
    judged = judge_orgs(quiet(31, owners=3), email_is_logged=True)
    (told,) = judged.alone("stale-contact").unknown
    assert (told.subject_id, told.org_id) == (None, None)


def test_what_is_unknown_of_some_is_said_of_each() -> None:
    org = quiet(31, owners=3)
    org.touch(days_ago(40), account_id="a1")
    judged = judge_orgs(org, email_is_logged=True)
    told = [each.subject_id for each in judged.alone("stale-contact").unknown]
    assert (told, judged.found("stale-contact")) == (["00D1:a0", "00D1:a2"], ["00D1:a1"])


def test_without_any_activity_silence_is_not_judged() -> None:
    nothing = org_without("Task", "Event", "EmailMessage", "VoiceCall")
    nothing.account(created=days_ago(90), live=True)
    judged = judge_orgs(nothing)
    assert judged.found("stale-contact") == []
    assert "stale-contact" in {each.rule for each in judged.judgement.unknown if each.subject_id is None}


def test_silence_before_the_calendar_counts_from_its_first_day() -> None:
    org = client(created_at=at("1999-01-01 00:00"))
    org.touch(at("2001-02-03 04:05"), "in")
    (row,) = tell(org, about=["account"])["account"]
    days = (NOW.date() - date(2020, 1, 1)).days
    assert (row["days_since_touch"], row["days_since_reply"], row["days_since_created"]) == (days, days, days)
    assert row["last_touch_on"] == date(2001, 2, 3)
