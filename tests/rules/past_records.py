"""Clients with years of random records, and the same records as they stood at an earlier moment."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from rules.case import CHANGES, WATCHED, Memory
from tests.rules.plain_org import PlainOrg
from tests.rules.small_org import NOW

ZONES = (None, "Europe/London", "America/Los_Angeles", "Asia/Tokyo", "Pacific/Apia", "Australia/Lord_Howe")
Row = dict[str, Any]


@dataclass(kw_only=True)
class Records:
    """What a CRM holds, and what we saw change in it."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    changes: list[Row] = field(default_factory=list)
    watched: list[Row] = field(default_factory=list)

    def org(self) -> PlainOrg:
        org = PlainOrg()
        for name, rows in self.rows.items():
            for row in rows:
                org.put(name, **{"id_" if key == "id" else key: value for key, value in row.items()})
        return org

    def memory(self) -> Memory:
        return Memory(
            changes=pa.Table.from_pylist(self.changes, schema=CHANGES),
            watched=pa.Table.from_pylist(self.watched, schema=WATCHED),
        )


@dataclass(frozen=True, kw_only=True)
class _Dice:
    """Where the values come from."""

    random: random.Random

    def one(self, *values: Any) -> Any:
        return self.random.choice(values)

    def some(self, share: float) -> bool:
        return self.random.random() < share

    def moment(self, back: int = 200, ahead: int = 20) -> datetime:
        return NOW + timedelta(hours=self.random.randint(-24 * back, 24 * ahead), minutes=self.one(0, 0, 31))

    def maybe(self, value: Any, share: float = 0.5) -> Any:
        return value if self.some(share) else None

    def day(self, back: int = 200, ahead: int = 60) -> date:
        return self.moment(back, ahead).date()


def made_up(seed: int, *, clients: int = 6) -> Records:
    """Records of the last two years and the weeks to come, ties and odd ones among them."""
    dice = _Dice(random=random.Random(seed))  # noqa: S311  # a test
    made = Records(rows={"person": list(_PEOPLE), **{name: [] for name in _MADE}})
    for a in (f"a{number}" for number in range(clients)):
        for name, (most, make) in _MADE.items():
            count = dice.random.randint(0, most) if name == "activity" else most
            made.rows[name] += [
                {"account_id": a, "id": a if name == "account" else f"{a}{name[:2]}{n}", **make(dice, a)}
                for n in range(count)
            ]
        made.changes += [change for _ in range(dice.one(0, 1, 2)) for change in _changes(dice, a)]
    for record, column in (("account", "owner_id"), ("commitment", "due_on")):
        seen = {"record": record, "column_name": column, "org_id": "00D1", "since_at": dice.moment(90, 0)}
        made.watched.append(seen)
    return made


_PEOPLE: tuple[Row, ...] = (
    {"id": "u1", "name": "Ann", "is_active": True, "role": "Sales"},
    {"id": "u2", "name": "Ben", "is_active": False, "manager_id": "u1"},
    {"id": "u3", "name": "Cat", "is_active": True, "role": "Customer Support", "manager_id": "u1"},
)
_IDS = tuple(row["id"] for row in _PEOPLE)


def _account(dice: _Dice, a: str) -> Row:
    return {
        "name": a, "owner_id": dice.maybe(dice.one(*_IDS), 0.8), "created_at": dice.maybe(dice.moment(500, 2), 0.9),
        "timezone": dice.one(*ZONES), "is_active": dice.maybe(dice.some(0.5), 0.3), "tier": dice.one("A", "B", "C"),
    }  # fmt: skip


def _contact(dice: _Dice, a: str) -> Row:
    return {"name": f"{a} {dice.one('x', 'y')}", "left_on": dice.maybe(dice.day(), 0.3)}


def _activity(dice: _Dice, a: str) -> Row:
    return {
        "happened_at": dice.moment(dice.one(400, 60, 5)), "contact_id": dice.maybe(f"{a}co{dice.one(0, 1)}"),
        "person_id": dice.maybe(dice.one(*_IDS)), "kind": dice.one("call", "email", "email", "message", "meeting", "note"),
        "direction": dice.one("in", "in", "out", "out", "internal"), "is_automated": dice.some(0.1),
        "outcome": dice.one(*["reached"] * 8, "missed", "cancelled"), "is_acknowledgement": dice.some(0.2),
    }  # fmt: skip


def _commitment(dice: _Dice, _: str) -> Row:
    kept_at = dice.maybe(dice.moment())
    return {
        "owner_id": dice.maybe(dice.one(*_IDS)), "subject": "Promise: it", "made_at": dice.maybe(dice.moment(), 0.9),
        "due_on": dice.maybe(dice.day(), 0.9), "made_by": dice.one("us", "us", "client"), "kept_at": kept_at,
        "kind": dice.one("work", "payment"),
        "status": dice.one("kept", "waived") if kept_at else dice.one("open", "open", "kept"),
    }  # fmt: skip


def _incident(dice: _Dice, _: str) -> Row:
    closed_at = dice.maybe(dice.moment())
    return {
        "opened_at": dice.maybe(dice.moment(), 0.9), "closed_at": closed_at, "is_open": closed_at is None and dice.some(0.8),
        "kind": dice.one("problem", "problem", "change"), "severity": dice.one("high", "normal", "low"), "subject": dice.one("S", "T"),
        "told_at": dice.maybe(dice.moment(), 0.2), "impact_shared_at": dice.maybe(dice.moment(), 0.3),
    }  # fmt: skip


def _invoice(dice: _Dice, _: str) -> Row:
    status = dice.one("draft", "open", "paid", "void")
    return {
        "status": status, "amount": 100, "balance": 0 if status == "paid" else 100, "issued_on": dice.maybe(dice.day(), 0.9),
        "due_on": dice.maybe(dice.day(), 0.9), "paid_on": dice.maybe(dice.day(100, 10), 0.8) if status == "paid" else None,
        "is_disputed": dice.some(0.3), "disputed_on": dice.maybe(dice.day()),
        "promised_on": dice.maybe(dice.day(), 0.2), "number": dice.one("it", "no it"),
    }  # fmt: skip


def _feedback(dice: _Dice, _: str) -> Row:
    return {
        "given_at": dice.moment(420), "given_by": dice.one("client", "client", "team"), "score": dice.random.randint(1, 10),
        "mood": dice.one("happy", "neutral", "unhappy"), "answered_at": dice.maybe(dice.moment(), 0.2),
    }  # fmt: skip


def _deal(dice: _Dice, _: str) -> Row:
    is_closed = dice.some(0.6)
    return {
        "owner_id": dice.maybe(dice.one(*_IDS)), "kind": dice.one("sale", "sale", "contract"), "is_closed": is_closed,
        "is_won": is_closed and dice.some(0.8), "created_at": dice.maybe(dice.moment(300), 0.9),
        "closes_on": dice.maybe(dice.day(200, 20), 0.9), "delivery_owner_id": dice.maybe(dice.one(*_IDS)),
        "ends_on": dice.maybe(dice.day()), "renews_on": dice.maybe(dice.day()), "pitfalls_discussed_at": dice.maybe(dice.moment()),
        "handed_over_at": dice.maybe(dice.moment(), 0.2),
    }  # fmt: skip


def _changes(dice: _Dice, a: str) -> tuple[Row, Row]:
    owner = {"record": "account", "record_id": f"00D1:{a}", "column_name": "owner_id", "old_id": "00D1:u3"}
    due = {"record": "commitment", "record_id": f"00D1:{a}co0", "column_name": "due_on", "old_on": dice.day()}
    return (
        {**owner, "new_id": f"00D1:{dice.one(*_IDS)}", "seen_at": dice.moment(60, 0)},
        {**due, "new_on": dice.day(), "seen_at": dice.moment(60, 0)},
    )


_MADE: Mapping[str, tuple[int, Callable[[_Dice, str], Row]]] = {
    "account": (1, _account), "contact": (2, _contact), "activity": (25, _activity), "commitment": (3, _commitment),
    "incident": (3, _incident), "invoice": (3, _invoice), "feedback": (3, _feedback), "deal": (3, _deal),
}  # fmt: skip
"""Record -> how many a client has at most, and how one is made."""


def as_they_stood(now: Records, then: datetime) -> Records:
    """The same records at an earlier moment: without what had not begun, and open where it had not ended."""
    zones = {row["id"]: row["timezone"] or "Europe/London" for row in now.rows["account"]}
    rows: dict[str, list[Row]] = {}
    for name, each in now.rows.items():
        begins = _BEGINS.get(name)
        known = [row for row in each if begins is None or row[begins] is None or row[begins] <= then]
        rows[name] = [_undone(name, row, then, zones) for row in known]
    return Records(
        rows=rows,
        changes=[row for row in now.changes if row["seen_at"] <= then],
        watched=[row for row in now.watched if row["since_at"] <= then],
    )


_BEGINS: Mapping[str, str] = {
    "account": "created_at", "activity": "happened_at", "commitment": "made_at", "incident": "opened_at",
    "feedback": "given_at", "deal": "created_at",
}  # fmt: skip

_ENDINGS: Mapping[str, Mapping[str, Callable[[Row], Row]]] = {
    "commitment": {"kept_at": lambda _: {"status": "open"}},
    "incident": {
        "closed_at": lambda _: {"is_open": True}, "told_at": lambda _: {}, "impact_shared_at": lambda _: {},
    },
    "invoice": {"paid_on": lambda row: {"status": "open", "balance": row["amount"]}},
    "feedback": {"answered_at": lambda _: {}},
    "deal": {"pitfalls_discussed_at": lambda _: {}},  # handed_over_at is looked at with its own moment
}  # fmt: skip
"""What was not so yet while the column's moment lay ahead."""


def _undone(name: str, row: Row, then: datetime, zones: Mapping[str, str]) -> Row:
    row = dict(row)
    zone = ZoneInfo(zones.get(row.get("account_id", ""), "Europe/London"))
    today = then.replace(tzinfo=UTC).astimezone(zone).date()
    for column, undo in _ENDINGS.get(name, {}).items():
        value = row[column]
        if value is not None and value > (then if isinstance(value, datetime) else today):
            row |= {column: None, **undo(row)}
    if (
        name == "invoice"
        and row["status"] in ("open", "paid")
        and row["issued_on"]
        and row["issued_on"] > today
    ):
        row |= {"status": "draft"}
    if name == "deal" and row["kind"] == "sale" and row["closes_on"] and row["closes_on"] > today:
        row |= {"is_closed": False, "is_won": False}
    return row
