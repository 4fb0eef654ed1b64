"""Facts for the three core rules, prepared in plain Python: what rules that look at one record at a time need first."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bench.judge_data import LONDON, NOW

Row = tuple[Any, ...]
Facts = dict[str, Any]

_COLUMNS: Mapping[str, str] = {
    "account": "account_id, tier, timezone, owner_id, is_active, created_at",
    "activity": "account_id, person_id, kind, direction, outcome, is_automated, happened_at",
    "deal": "account_id, kind, is_closed, is_won, closes_on, ends_on, owner_id, delivery_owner_id, handed_over_at",
    "incident": "account_id, incident_id, kind, is_open, opened_at, closed_at",
    "invoice": "invoice_id, account_id, status, balance, issued_on, due_on, is_disputed",
    "commitment": "commitment_id, account_id, made_by, status, due_on",
    "change_seen": "record_id, record, column_name, old_id, new_id, seen_at",
}
"""Nothing is read that the three rules do not need."""

_PORTION = 100_000
_FIRST, _LAST = date(NOW.year - 6, 1, 1), date(NOW.year + 2, 12, 31)
"""Days outside are counted as the first or last one."""


class Calendar:
    """Days where a client is, and business days by a running number; worked out once a day, not once a row."""

    def __init__(self) -> None:
        span = range(_FIRST.toordinal(), _LAST.toordinal() + 1)
        self._business = [number for number in span if LONDON.is_open_on(date.fromordinal(number))]
        self._zones: dict[str | None, tuple[ZoneInfo, int]] = {}
        self._numbers: dict[date, int] = {}

    def today(self, zone: str | None) -> int:
        """The local day's ordinal."""
        return self._zone(zone)[1]

    def day_of(self, at: datetime, zone: str | None) -> int:
        """The local day's ordinal of a naive UTC instant."""
        at = max(at, datetime.combine(_FIRST, datetime.min.time()))
        return at.replace(tzinfo=UTC).astimezone(self._zone(zone)[0]).toordinal()

    def business_number(self, day: date) -> int:
        """Business days up to and with a day."""
        found = self._numbers.get(day)
        if found is None:
            counted = min(max(day, _FIRST), _LAST).toordinal()
            found = self._numbers[day] = bisect_right(self._business, counted)
        return found

    def _zone(self, name: str | None) -> tuple[ZoneInfo, int]:
        found = self._zones.get(name)
        if found is None:
            zone = ZoneInfo(name or "Europe/London")
            found = self._zones[name] = zone, NOW.replace(tzinfo=UTC).astimezone(zone).toordinal()
        return found


@dataclass(slots=True)
class Client:
    """What was gathered about one client while its rows went by."""

    tier: str | None
    zone: str | None
    owner_id: str | None
    is_active: bool | None
    created_at: datetime | None
    touch_at: datetime | None = None
    mail_at: datetime | None = None
    has_live_deal: bool = False
    invoice_on: date | None = None
    handed_on: date | None = None
    """When it came to somebody else of ours, or a sale of theirs did."""
    incidents: list[Row] = field(default_factory=list)


class ClientBook:
    """Every client with its rows grouped, read from the record tables in one pass each."""

    def __init__(self, path: Path) -> None:
        import duckdb  # here: imported while a process is still being set up, it takes it for a person's session

        self.calendar = Calendar()
        self._engine = duckdb.connect(str(path), read_only=True)
        self.clients = {row[0]: Client(*row[1:]) for row in self._rows("account")}
        self._mail_at: dict[str, datetime] = {}
        self._gather_touches()
        for account_id, *deal in self._rows("deal"):
            client = self.clients.get(account_id)
            if client:
                today = self.calendar.today(client.zone)
                client.has_live_deal = client.has_live_deal or self._is_live(deal, today)
                _hand_on(client, self._passed_on(deal, today))
        for account_id, record, column, old_id, new_id, seen_at in self._rows("change_seen"):
            if (record, column) == ("account", "owner_id") and old_id and new_id and seen_at <= NOW:
                _hand_on(self.clients[account_id], seen_at.date())
        for account_id, *incident in self._rows("incident"):
            if (
                incident[1] == "problem"
                and (incident[3] is None or incident[3] <= NOW)
                and account_id in self.clients
            ):
                self.clients[account_id].incidents.append(tuple(incident))
        self.invoices = [row for row in self._rows("invoice") if row[1] in self.clients]
        for _, account_id, status, _, issued_on, due_on, _ in self.invoices:
            client, on = self.clients[account_id], issued_on or due_on
            if status in ("open", "paid") and on and (client.invoice_on is None or on > client.invoice_on):
                client.invoice_on = on
        self.commitments = [row for row in self._rows("commitment") if row[1] in self.clients and row[4]]
        self._engine.close()

    def is_active(self, client: Client) -> bool:
        """As mapped, else a live deal, contract or project, or an invoice within 180 days."""
        if client.is_active is not None:
            return client.is_active
        if client.has_live_deal:
            return True
        since = self.calendar.today(client.zone) - 180
        return client.invoice_on is not None and client.invoice_on.toordinal() >= since

    def days_since_touch(self, client: Client) -> int | None:
        """Calendar days where the client is, since the last touch or since the CRM got to know it."""
        since = client.touch_at or client.created_at
        if since is None:
            return None
        return self.calendar.today(client.zone) - self.calendar.day_of(since, client.zone)

    def business_days_since_hand_over(self, client: Client) -> int | None:
        """Of one within 90 days."""
        today = self.calendar.today(client.zone)
        if client.handed_on is None or client.handed_on.toordinal() < today - 90:
            return None
        now = self.calendar.business_number(date.fromordinal(today))
        return now - self.calendar.business_number(client.handed_on)

    def is_owner_blind(self, client: Client) -> bool:
        """No e-mail of the owner's, or with their clients, within 90 days."""
        if client.owner_id is None:
            return False
        mail_at = self.mail_at.get(client.owner_id)
        return mail_at is None or mail_at.toordinal() < self.calendar.today(client.zone) - 90

    @cached_property
    def mail_at(self) -> Mapping[str, datetime]:
        """Person of ours -> when e-mail was last seen of them or of one of their clients."""
        latest = dict(self._mail_at)
        for client in self.clients.values():
            if client.owner_id and client.mail_at:
                latest[client.owner_id] = max(client.mail_at, latest.get(client.owner_id, client.mail_at))
        return latest

    def incident_of(self, client: Client) -> tuple[str | None, int | None]:
        """The problem that matters most and the days since it was over: an open one, else the latest reported."""
        worst = None
        for incident_id, _, is_open, opened_at, closed_at in client.incidents:
            rank = (is_open, opened_at or datetime.min)
            if worst is None or rank > worst[0] or (rank == worst[0] and incident_id < worst[1]):
                worst = rank, incident_id, closed_at or opened_at
        if worst is None:
            return None, None
        if worst[0][0]:
            return worst[1], 0
        over_at = worst[2]
        days = over_at and self.calendar.today(client.zone) - self.calendar.day_of(over_at, client.zone)
        return worst[1], days and max(0, days)

    @staticmethod
    def _is_live(deal: list[Any], today: int) -> bool:
        """A sale that is open, a contract in force, or won work that goes on."""
        kind, is_closed, is_won = deal[:3]
        closes_on: date | None = deal[3]
        ends_on: date | None = deal[4]
        if kind == "contract":
            return ends_on is None or ends_on.toordinal() >= today
        if not is_closed:
            return True
        if not is_won or closes_on is None or closes_on.toordinal() > today:
            return False
        return (closes_on.toordinal() >= today - 180) if ends_on is None else (ends_on.toordinal() >= today)

    @staticmethod
    def _passed_on(deal: list[Any], today: int) -> date | None:
        """When a sale was handed over, or won by another than who delivers it."""
        kind, is_closed, is_won = deal[:3]
        closes_on: date | None = deal[3]
        owner_id, delivery_owner_id = deal[5:7]
        handed_over_at: datetime | None = deal[7]
        if kind != "sale":
            return None
        if handed_over_at is not None:
            return handed_over_at.date() if handed_over_at <= NOW else None
        changes_hands = (
            is_closed and is_won and delivery_owner_id and owner_id and delivery_owner_id != owner_id
        )
        return closes_on if changes_hands and closes_on and closes_on.toordinal() <= today else None

    def _gather_touches(self) -> None:
        clients, mail_at = self.clients, self._mail_at
        for account_id, person_id, kind, direction, outcome, is_automated, at in self._rows("activity"):
            if kind == "note" or outcome != "reached" or direction == "internal" or is_automated or at > NOW:
                continue
            client = clients.get(account_id)
            if kind == "email":
                if person_id and (person_id not in mail_at or at > mail_at[person_id]):
                    mail_at[person_id] = at
                if client and (client.mail_at is None or at > client.mail_at):
                    client.mail_at = at
            if client and (client.touch_at is None or at > client.touch_at):
                client.touch_at = at

    def _rows(self, record: str) -> Iterator[Row]:
        cursor = self._engine.execute(f"select {_COLUMNS[record]} from {record}")
        while rows := cursor.fetchmany(_PORTION):
            yield from rows


def _hand_on(client: Client, on: date | None) -> None:
    if on is not None and (client.handed_on is None or on > client.handed_on):
        client.handed_on = on


def account_facts(book: ClientBook) -> Iterator[tuple[str, Facts]]:
    """What stale-contact looks at."""
    for account_id, client in book.clients.items():
        yield (
            account_id,
            {
                "account_tier": client.tier,
                "account_is_active": book.is_active(client),
                "is_owner_blind": book.is_owner_blind(client),
                "days_since_touch": book.days_since_touch(client),
                "business_days_since_hand_over": book.business_days_since_hand_over(client),
            },
        )


def commitment_facts(book: ClientBook) -> Iterator[tuple[str, Facts]]:
    """What missed-commitment looks at."""
    today = {
        client.zone: book.calendar.business_number(date.fromordinal(book.calendar.today(client.zone)))
        for client in book.clients.values()
    }
    for commitment_id, account_id, made_by, status, due_on in book.commitments:
        client = book.clients[account_id]
        yield (
            commitment_id,
            {
                "account_tier": client.tier,
                "made_by": made_by,
                "is_open": status == "open",
                "business_days_overdue": today[client.zone] - book.calendar.business_number(due_on),
            },
        )


def invoice_facts(book: ClientBook) -> Iterator[tuple[str, Facts]]:
    """What invoice-after-incident looks at."""
    for invoice_id, account_id, status, balance, _, due_on, is_disputed in book.invoices:
        client = book.clients[account_id]
        incident_id, days = book.incident_of(client)
        yield (
            invoice_id,
            {
                "account_tier": client.tier,
                "is_unpaid": status == "open" and balance > 0,
                "is_disputed": is_disputed,
                "days_overdue": due_on and book.calendar.today(client.zone) - due_on.toordinal(),
                "incident_id": incident_id,
                "days_since_incident": days,
            },
        )


FACTS = {
    "stale-contact": account_facts,
    "missed-commitment": commitment_facts,
    "invoice-after-incident": invoice_facts,
}
"""Core rule -> the facts of each subject; nothing for the rule's own condition is decided yet."""
