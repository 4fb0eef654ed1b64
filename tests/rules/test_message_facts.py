"""What a client wrote to us, what came back, and how long it has waited."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.rules.plain_org import PlainOrg, client
from tests.rules.small_org import NOW, at, days_ago, tell

MONDAY = at("2026-05-11 09:00")
"""Ten in London; it is Wednesday there, one in the afternoon."""

HOUR = timedelta(hours=1)
THEIRS: dict[str, Any] = {"at": MONDAY, "direction": "in"}
LATER = MONDAY + 2 * HOUR

Rows = list[dict[str, Any]]
Story = Iterable[dict[str, Any]]


def told(stories: dict[str, Story], **options: Any) -> dict[str, Rows]:
    """A client for each story of touches; the messages of each, in their order."""
    org = PlainOrg()
    for name, touches in stories.items():
        client(org, name)
        for touch in touches:
            org.touch(**{**touch, "account_id": name})
    rows = tell(org, about=["message"], **options)["message"]
    rows.sort(key=lambda row: (row["message_at"], row["message_id"]))
    return {name: [row for row in rows if row["account_id"] == f"00D1:{name}"] for name in stories}


AFTERWARDS: dict[str, tuple[dict[str, Any], str]] = {
    "mail": ({}, "replied answered"),
    "a text message": ({"kind": "message"}, "replied answered"),
    "a call": ({"kind": "call"}, "replied answered"),
    "their call": ({"kind": "call", "direction": "in"}, "replied answered"),
    "a meeting": ({"kind": "meeting"}, "replied answered"),
    "a receipt by hand": ({"is_acknowledgement": True}, "replied acknowledged"),
    "an automatic reply": ({"is_automated": True}, "acknowledged"),
    "an automatic text": ({"is_automated": True, "kind": "message"}, "acknowledged"),
    "a call to come": ({"at": NOW + HOUR, "kind": "call"}, ""),
    "mail at the same moment": ({"at": MONDAY}, ""),
    "mail before": ({"at": MONDAY - HOUR}, ""),
    "a note": ({"kind": "note"}, ""),
    "word among us": ({"direction": "internal"}, ""),
    "a call that nobody took": ({"kind": "call", "outcome": "missed"}, ""),
    "an automatic call": ({"kind": "call", "is_automated": True}, ""),
    "a meeting that was cancelled": ({"kind": "meeting", "outcome": "cancelled"}, ""),
    "mail that bounced": ({"outcome": "missed"}, ""),
    "their automatic reply": ({"direction": "in", "is_automated": True}, ""),
}


@pytest.fixture(scope="module")
def afterwards() -> dict[str, Rows]:
    return told(
        {
            name: [THEIRS, {"at": LATER, "direction": "out", **touch}]
            for name, (touch, _) in AFTERWARDS.items()
        }
    )


@pytest.mark.parametrize("name", AFTERWARDS)
def test_what_comes_after_a_message_replies_acknowledges_or_answers(
    afterwards: dict[str, Rows], name: str
) -> None:
    (row,) = afterwards[name]
    said = [word for word in ("replied", "acknowledged", "answered") if row[f"is_{word}"]]
    assert said == AFTERWARDS[name][1].split()
    assert (row["business_hours_unanswered"] is None) is ("answered" in said)
    assert row["acknowledged_on"] == (LATER.date() if "acknowledged" in said else None)


def test_only_what_a_client_wrote_is_a_message() -> None:
    others: list[dict[str, Any]] = [
        {"kind": "call"}, {"kind": "meeting"}, {"kind": "note"}, {"is_automated": True}, {"outcome": "missed"},
        {"direction": "internal"}, {"direction": "out"}, {"at": NOW + HOUR}, {"at": days_ago(91)},
    ]  # fmt: skip
    rows = told({"none": [{**THEIRS, **each} for each in others], "old": [{**THEIRS, "at": days_ago(90)}]})
    assert (rows["none"], len(rows["old"])) == ([], 1)


def firsts(*touches: str) -> list[bool]:
    """`+` our answer or a message of theirs on these days of May; whether each message is the first that waits."""
    story = [
        {"at": at(f"2026-05-{int(day.strip('+')):02} 09:00"), "direction": "out" if "+" in day else "in"}
        for day in touches
    ]
    (rows,) = told({"a1": story}).values()
    return [row["is_first_waiting"] for row in rows]


@pytest.mark.parametrize(
    ("touches", "first"),
    [
        (("11",), [True]),
        (("11", "12", "13"), [True, False, False]),
        (("8", "11", "+12", "13"), [True, False, True]),
        (("8", "11", "+12"), [True, False]),
        (("+8", "11"), [True]),
        (("1", "8"), [True, False]),  # five business days later, but for the bank holiday: four
        (("1", "11"), [True, False]),  # five business days
        (("1", "12"), [True, True]),  # six: another matter, and nobody forgot the first on purpose
        (("1", "6", "12"), [True, False, False]),  # they keep asking
    ],
)
def test_of_several_messages_in_a_row_the_first_waits(touches: tuple[str, ...], first: list[bool]) -> None:
    assert firsts(*touches) == first


def test_of_two_messages_at_one_moment_one_waits() -> None:
    (rows,) = told({"a1": [THEIRS, THEIRS]}).values()
    assert [row["is_first_waiting"] for row in rows] == [True, False]


def test_a_receipt_does_not_end_the_wait() -> None:
    story = [THEIRS, {"at": LATER, "is_acknowledgement": True}, {**THEIRS, "at": LATER + HOUR}]
    (rows,) = told({"a1": story}).values()
    assert [(row["is_acknowledged"], row["is_first_waiting"]) for row in rows] == [
        (True, True),
        (False, False),
    ]


def waited(sent: str, now: str, zone: str = "Europe/London", **options: Any) -> int:
    org = client(timezone=zone)
    org.touch(at(sent), "in")
    (row,) = tell(org, about=["message"], now=at(now), **options)["message"]
    hours = row["business_hours_unanswered"]
    assert isinstance(hours, int)
    return hours


@pytest.mark.parametrize(
    ("sent", "now", "hours"),
    [
        ("2026-05-13 08:00", "2026-05-13 11:59", 3),  # from nine in London
        ("2026-05-13 08:00", "2026-05-13 12:00", 4),
        ("2026-05-13 02:00", "2026-05-13 12:00", 4),  # at three in the morning: from the opening on
        ("2026-05-10 11:00", "2026-05-11 12:00", 4),  # on a Sunday: from Monday's opening on
        (
            "2026-05-08 16:00",
            "2026-05-11 08:29",
            0,
        ),  # Friday at five: half an hour there, 29 minutes on Monday
        ("2026-05-08 16:00", "2026-05-11 08:30", 1),
        ("2026-05-08 16:31", "2026-05-11 09:00", 1),  # a minute after closing
        ("2026-05-01 16:30", "2026-05-05 09:00", 1),  # over the early May bank holiday
        ("2026-04-02 16:30", "2026-04-07 09:00", 1),  # over Easter, in England
        ("2026-03-27 17:00", "2026-03-30 09:00", 1),  # Friday at five, Monday at ten by the new clock
        (
            "2026-10-23 16:00",
            "2026-10-26 09:30",
            1,
        ),  # Friday at five, Monday at half past nine by the old clock
    ],
)
def test_only_office_hours_count(sent: str, now: str, hours: int) -> None:
    assert waited(sent, now) == hours


@pytest.mark.parametrize(
    ("zone", "hours"),
    [("Europe/London", 2), ("America/New_York", 1), ("Asia/Tokyo", 0), ("Asia/Kolkata", 0), ("Europe/Berlin", 1)],
)  # fmt: skip
def test_hours_are_the_offices_by_the_clients_clock(zone: str, hours: int) -> None:
    assert waited("2026-05-13 14:00", "2026-05-13 16:00" if zone != "America/New_York" else "2026-05-13 15:00", zone) == hours  # fmt: skip


@pytest.mark.parametrize(("clock", "hours"), [("client", 0), ("owner", 5), ("company", 2)])
def test_whose_clock_counts_is_the_admins_choice(clock: str, hours: int) -> None:
    org = client(timezone="Asia/Tokyo", owner_id="u1")
    org.put("person", "u1", timezone="America/New_York")
    org.touch(at("2026-05-13 14:30"), "in")
    options: dict[str, Any] = {"now": at("2026-05-13 19:30"), "clock": clock}
    assert tell(org, about=["message"], **options)["message"][0]["business_hours_unanswered"] == hours


def test_a_message_to_two_clients_is_told_once_and_touches_both() -> None:
    org = client(client(id_="a2"))
    for id_ in ("a2", "a1", "a9"):
        org.put("activity", "x", account_id=id_, happened_at=MONDAY, direction="in", kind="email")
    facts = tell(org, about=["account", "message"])
    assert [(row["message_id"], row["account_id"]) for row in facts["message"]] == [("00D1:x", "00D1:a1")]
    assert [row["days_since_reply"] for row in facts["account"]] == [2, 2]


def test_a_message_to_two_clients_is_its_senders() -> None:
    org = client(client(id_="a2"))
    org.put("contact", "c1", account_id="a2", name="Cleo")
    for id_ in ("a1", "a2"):
        values = {"happened_at": MONDAY, "direction": "in", "kind": "email", "contact_id": "c1"}
        org.put("activity", "x", account_id=id_, **values)
    (row,) = tell(org, about=["message"])["message"]
    assert (row["account_id"], row["message_contact_name"]) == ("00D1:a2", "Cleo")


def test_a_sender_at_two_clients_makes_no_second_row() -> None:
    org = client(client(id_="a2"))
    for id_ in ("a1", "a2"):
        org.put("contact", "c1", account_id=id_, name="Cleo")
    org.touch(MONDAY, "in", contact_id="c1")
    assert len(tell(org, about=["message"])["message"]) == 1


def asked(now: datetime, *, owner_mail: datetime | None, answer: dict[str, Any] | None = None) -> PlainOrg:
    """A client whose message waits, and an owner whose only e-mail on record is of then."""
    org = client(owner_id="u1")
    org.touch(now - timedelta(days=2), "in", kind="message")
    if owner_mail:
        client(org, "a2", owner_id="u1")
        org.touch(owner_mail, account_id="a2")
    if answer:
        org.touch(now - timedelta(days=1), **answer)
    return org


@pytest.mark.parametrize(
    ("owner_mail", "answer", "in_doubt"),
    [
        (None, None, True),
        (days_ago(91), None, True),
        (days_ago(90), None, False),
        (None, {"kind": "call"}, False),  # whatever else there was: it is answered
    ],
)
def test_where_the_owners_mail_is_not_seen_an_answer_may_have_gone_out(
    owner_mail: datetime | None, answer: dict[str, Any] | None, *, in_doubt: bool
) -> None:
    org = asked(NOW, owner_mail=owner_mail, answer=answer)
    (row,) = tell(org, about=["message"], email_is_logged=True)["message"]
    assert row["is_answer_in_doubt"] is in_doubt
