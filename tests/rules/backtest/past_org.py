"""Random client bases in which everything has its moment, and what a CRM would have shown of them on a past day."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pyarrow as pa

from rules.case import CHANGES, WATCHED, Memory
from tests.rules.plain_org import PlainOrg
from tests.rules.small_org import NOW, days_ago

ORG = "00D1"
Row = dict[str, Any]


def random_org(dice: Random) -> PlainOrg:
    """Eight clients with two weeks of everything."""
    org = PlainOrg()
    for n in range(3):
        org.put("person", f"p{n}", name=f"Person {n}", is_active=True, role=dice.choice(["support", "sales"]))
    for n in range(8):
        tier, zone = dice.choice(["A", "B", None]), dice.choice(["Europe/London", "Asia/Tokyo", None])
        org.put(
            "account", f"a{n}", account_id=f"a{n}", name=f"Client {n}", tier=tier, timezone=zone,
            owner_id=f"p{dice.randrange(3)}", created_at=_at(dice, 40),
        )  # fmt: skip
        org.put("contact", f"c{n}", account_id=f"a{n}", name=f"Contact {n}", left_on=_day(dice, 10))
    for record, make in _MAKERS.items():
        for n in range(40 if record == "activity" else 14):
            org.put(record, f"{record}{n}", account_id=f"a{dice.randrange(8)}", **make(dice))
    return org


def _at(dice: Random, days: int = 18, *, ahead: int = 0) -> datetime:
    return days_ago(0) - timedelta(minutes=dice.randrange(-ahead * 1440, days * 1440))


def _day(dice: Random, days: int = 18, *, ahead: int = 3) -> date:
    return NOW.date() - timedelta(days=dice.randrange(-ahead, days))


def _later(dice: Random, at: datetime) -> datetime | None:
    return None if dice.random() < 0.3 else at + timedelta(minutes=dice.randrange(6 * 1440))


def _activity(dice: Random) -> Row:
    return {
        "happened_at": _at(dice), "kind": dice.choice(["call", "email", "meeting", "message", "note"]),
        "direction": dice.choice(["in", "out", "out", "internal"]), "contact_id": f"c{dice.randrange(8)}",
        "person_id": dice.choice(["p0", "p1", "p2", None]), "is_automated": dice.random() < 0.1,
        "is_acknowledgement": dice.random() < 0.2, "outcome": dice.choice(["reached", "reached", "missed"]),
    }  # fmt: skip


def _commitment(dice: Random) -> Row:
    made_at = _at(dice)
    kept_at = _later(dice, made_at)
    status = "kept" if kept_at and kept_at <= NOW else "open"
    return {
        "subject": "the report", "made_by": dice.choice(["us", "client"]), "made_at": made_at, "due_on": _day(dice),
        "owner_id": f"p{dice.randrange(3)}", "status": status, "kept_at": kept_at if status == "kept" else None,
    }  # fmt: skip


def _incident(dice: Random) -> Row:
    opened_at = _at(dice)
    over = _later(dice, opened_at)
    closed_at = over if over and over <= NOW else None
    return {
        "subject": "Shop down", "kind": dice.choice(["problem", "problem", "change"]), "opened_at": opened_at,
        "severity": dice.choice(["high", "normal", "low"]), "closed_at": closed_at, "is_open": closed_at is None,
    }  # fmt: skip


def _invoice(dice: Random) -> Row:
    issued_on = _day(dice, 30, ahead=0)
    paid_on = None if dice.random() < 0.5 else min(issued_on + timedelta(days=dice.randrange(20)), NOW.date())
    return {
        "number": "7", "status": "paid" if paid_on else "open", "amount": 100, "balance": 0 if paid_on else 100,
        "issued_on": issued_on, "due_on": issued_on + timedelta(days=dice.randrange(10)), "paid_on": paid_on,
    }  # fmt: skip


def _feedback(dice: Random) -> Row:
    given_at = _at(dice)
    return {
        "given_by": dice.choice(["client", "client", "team"]), "mood": dice.choice(["happy", "neutral", "unhappy"]),
        "given_at": given_at, "score": dice.randrange(10),
    }  # fmt: skip


def _deal(dice: Random) -> Row:
    created_at = _at(dice, 40)
    is_closed = dice.random() < 0.7
    closes_on = min(created_at.date() + timedelta(days=dice.randrange(1, 20)), NOW.date())
    return {
        "name": "Shop", "created_at": created_at, "is_closed": is_closed, "is_won": is_closed and dice.random() < 0.7,
        "closes_on": closes_on if is_closed else NOW.date() + timedelta(days=30), "owner_id": "p0", "kind": "sale",
    }  # fmt: skip


_MAKERS: Mapping[str, Callable[[Random], Row]] = {
    "activity": _activity, "commitment": _commitment, "incident": _incident, "invoice": _invoice,
    "feedback": _feedback, "deal": _deal,
}  # fmt: skip

_BEGINS: Mapping[str, str] = {
    "account": "created_at", "activity": "happened_at", "commitment": "made_at", "incident": "opened_at",
    "invoice": "issued_on", "feedback": "given_at", "deal": "created_at",
}  # fmt: skip
"""Record -> the column that says since when a CRM has it."""

_TAKEN_BACK: Mapping[str, tuple[str, Row]] = {
    "commitment": ("kept_at", {"kept_at": None, "status": "open"}),
    "incident": ("closed_at", {"closed_at": None, "is_open": True}),
    "invoice": ("paid_on", {"paid_on": None, "status": "open", "balance": 100}),
    "deal": ("closes_on", {"is_closed": False, "is_won": False}),
}
"""Record -> the column that says when it came to its end, and what it showed before."""


def as_of(org: PlainOrg, at: datetime) -> PlainOrg:
    """What the CRM would have shown at that moment."""
    then = PlainOrg()
    for record, rows in org.rows.items():
        begins = _BEGINS.get(record)
        for row in rows:
            if begins is None or _is_by(row[begins], at):
                ends, before = _TAKEN_BACK.get(record, ("", {}))
                is_to_come = row.get(ends) is not None and not _is_by(row[ends], at)
                then.rows.setdefault(record, []).append({**row, **before} if is_to_come else row)
    return then


def _is_by(moment: date, at: datetime) -> bool:
    return moment <= at if isinstance(moment, datetime) else moment <= at.date()


def moved_dates(org: PlainOrg, dice: Random) -> Memory:
    """Due dates that were seen to move, watched since ten days ago."""
    moves = [
        {
            "record": "commitment", "record_id": f"{ORG}:{row['commitment_id']}", "column_name": "due_on",
            "old_on": row["due_on"] - timedelta(days=3), "new_on": row["due_on"], "seen_at": _at(dice, 9),
        }
        for row in dice.sample(org.rows["commitment"], 6)
    ]  # fmt: skip
    since = [{"record": "commitment", "column_name": "due_on", "org_id": ORG, "since_at": days_ago(10)}]
    return Memory(changes=pa.Table.from_pylist(moves, CHANGES), watched=pa.Table.from_pylist(since, WATCHED))


def own_rules(conditions: Mapping[str, Sequence[str]]) -> list[Row]:
    """A rule for each condition, by subject."""
    return [
        {"name": f"{about}-{number}", "about": about, "when": when}
        for about, all_of_them in conditions.items()
        for number, when in enumerate(all_of_them)
    ]
