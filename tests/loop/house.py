"""A small agency as both CRMs hold it, and what a person who reads its records would want done."""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

NOW = "2026-05-14T09:00:00Z"
TODAY = date(2026, 5, 14)
PATIENCE_DAYS = {"A": 14, "B": 30, "C": 60, "": 30}
GRACE_DAYS, LEFT_ALONE_AFTER_DAYS, WINDOW_DAYS = 3, 120, {"A": 60, "B": 30, "C": 14, "": 30}

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One client with all that happened; days count back from TODAY, negative ones lie ahead."""

    name: str
    tier: str = "A"
    owner: str = "rita"
    live: bool = True
    touches: tuple[tuple[str, int], ...] = ()
    """(call, email, meeting or a missed call, days ago)."""
    promise_due: int | None = None
    case_opened: int | None = None
    case_closed: int | None = None
    invoice_due: int | None = None
    invoice_paid: bool = False


CLIENTS = (
    Client(name="Alder Works", touches=(("call", 24), ("missed", 3))),
    Client(name="Birch & Sons", touches=(("call", 4),)),
    Client(name="Cedar أرز 🌲", tier="B", touches=(("email", 43),)),
    Client(name="Dogwood", tier="C", touches=(("meeting", 24),)),
    Client(name="Elm Street", touches=(("call", 2),), promise_due=3),
    Client(name="Fir Ltd", tier="B", touches=(("call", 2),), case_opened=24, invoice_due=13),
    Client(name="Ginkgo", tier="", touches=()),
    Client(name="Hazel", owner="igor", touches=(("call", 40),)),
    Client(name="Ivy", live=False, touches=(("call", 200),)),
    Client(name="Juniper", touches=(("email", 1),), promise_due=-4, invoice_due=20, invoice_paid=True),
    Client(name="Kapok", tier="C", touches=(("call", 5),), case_opened=60, case_closed=40, invoice_due=30),
    Client(name="Larch", tier="", owner="sam", touches=(("meeting", 31),)),
)

PEOPLE: Mapping[str, tuple[str, bool]] = {"rita": ("Rita Ray", True), "sam": ("Sam Stone", True), "igor": ("Igor Ida", False)}  # fmt: skip
"""Short name -> name, active. Sam is everybody's manager and the fallback."""


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Wanted:
    """A task as a person would describe it."""

    client: str
    owner: str
    due_on: str
    kind: str
    """stale, promise or invoice."""


def wanted_tasks(clients: Iterable[Client] = CLIENTS) -> list[Wanted]:
    """What should be open after the first run, read from the records alone."""
    found = []
    for client in clients:
        if not client.live and client.invoice_due is None:
            kinds: Sequence[str] = ()
        else:
            kinds = [kind for kind, holds in _READINGS.items() if holds(client)]
        for kind in kinds:
            owner = PEOPLE["sam" if client.owner == "igor" and kind != "promise" else client.owner][0]
            due_on = working_day_after(2 if kind == "stale" else 1).isoformat()
            found.append(Wanted(client=client.name, owner=owner, due_on=due_on, kind=kind))
    return sorted(found)


def _is_stale(client: Client) -> bool:
    reached = [ago for kind, ago in client.touches if kind != "missed"]
    return min(reached, default=CREATED_DAYS) > PATIENCE_DAYS[client.tier]


def _missed_a_promise(client: Client) -> bool:
    return client.promise_due is not None and client.promise_due > 1


def _owes_after_trouble(client: Client) -> bool:
    if client.invoice_due is None or client.invoice_paid or client.case_opened is None:
        return False
    since = 0 if client.case_closed is None else client.case_closed
    late = GRACE_DAYS < client.invoice_due <= LEFT_ALONE_AFTER_DAYS
    return late and since <= WINDOW_DAYS[client.tier]


_READINGS: Mapping[str, Callable[[Client], bool]] = {
    "stale": _is_stale, "promise": _missed_a_promise, "invoice": _owes_after_trouble,
}  # fmt: skip


def working_day_after(count: int) -> date:
    """The day so many working days after TODAY; no holiday is near."""
    day = TODAY
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


CREATED_DAYS = 400


def ago(days: int, hour: int = 9) -> str:
    """An instant so many days before TODAY."""
    return f"{TODAY - timedelta(days=days)}T{hour:02d}:30:00Z"


def day(days: int) -> str:
    """A date so many days before TODAY."""
    return (TODAY - timedelta(days=days)).isoformat()


def slug(name: str) -> str:
    """An id and domain that the client's name gives."""
    return "".join(sign for sign in name.lower() if sign.isascii() and sign.isalpha())


def write_files(folder: Path, tables: Mapping[str, Sequence[Row]]) -> Path:
    """One CSV file for each object that has rows."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        names = list(dict.fromkeys(name for row in rows for name in row))
        if rows:
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, names, restval="")
                writer.writeheader()
                writer.writerows(rows)
    return folder
