"""What is so in the agency, in plain Python: clients, calls, promises and bills, and what the rules should say of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays

from rules.hashes import short_hash
from tests.loop.model.agency import CLEAN_UP, GRACE, LATE_DAYS, QUIET_DAYS, RULES, VERY_LATE_DAYS, Habits
from tests.loop.model.sight import Held

LONDON = ZoneInfo("Europe/London")
_CLOSED = holidays.country_holidays("GB", subdiv="ENG", years=range(2025, 2029))


@dataclass(kw_only=True)
class Client:
    """One client as people know it."""

    name: str
    record: str
    """The CRM's own id."""
    owner: str
    """The CRM's id of a colleague."""
    created_on: date
    calls: dict[str, datetime] = field(default_factory=dict)
    """Record of the call -> when, naive UTC."""
    is_gone: bool = False
    into: str = ""
    """The name of the client that it was merged into."""


@dataclass(kw_only=True)
class Promise:
    """A word that was given."""

    record: str
    client: str
    owner: str
    due_on: date
    is_open: bool = True


@dataclass(kw_only=True)
class Bill:
    """An invoice."""

    record: str
    client: str
    due_on: date
    is_paid: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule should find of a subject."""

    rule: str
    client: str
    record: str
    """The client's."""
    subjects: tuple[str, ...]
    """The subject's ids with their org, its own first: a client's are also those of whom it swallowed."""
    occurrence: tuple[str, ...]
    newest_at: datetime
    """The latest of its facts."""
    owners: tuple[str, ...]
    """Who gets its task, the first choice first."""
    is_old: bool = False

    @property
    def hashes(self) -> frozenset[str]:
        """Of rule and subject, under each name."""
        return frozenset(short_hash(self.rule, each) for each in self.subjects)

    @property
    def subject_marks(self) -> frozenset[str]:
        """The part of a mark that stands for it, whatever the occurrence."""
        return frozenset(each[:5] for each in self.hashes)

    @property
    def marks(self) -> frozenset[str]:
        """What a task says that speaks for just this."""
        return frozenset(
            short_hash(self.rule, each)[:5] + short_hash(self.rule, each, *self._as(each))[:4]
            for each in self.subjects
        )

    def is_meant_by(self, task: Held) -> bool:
        """Whether a task speaks of its rule and subject."""
        if task.rule == self.rule and task.subject_hash in self.hashes:
            return True
        about_client = task.account == self.record and not self.subject_marks.isdisjoint(task.subjects)
        return about_client or not self.marks.isdisjoint(task.marks)

    def _as(self, subject: str) -> tuple[str, ...]:
        return tuple(subject if value == self.subjects[0] else value for value in self.occurrence)


@dataclass(kw_only=True)
class Truth:
    """The agency as it is."""

    org: str
    clients: dict[str, Client]
    promises: list[Promise]
    bills: list[Bill]
    staff: dict[str, str]
    """Short name -> the CRM's id."""
    at_work: dict[str, bool] = field(default_factory=dict)
    """Short name -> still with us."""

    def findings(self, at: datetime, tasks: Mapping[str, Held]) -> list[Finding]:
        """What holds at an instant (naive UTC), rule by rule; who ticked a call of ours off has called."""
        today = day_of(at)
        return [
            *(each for each, silent in self._quiet(today, tasks.values()) if silent),
            *(
                self._finding("missed-commitment", each.client, each.record, each.due_on, first=each.owner, is_old=late > CLEAN_UP)
                for each in self.promises
                if each.is_open and not self._lives_in(each.client).is_gone and (late := business_days(each.due_on, today)) >= GRACE
            ),
            *(
                self._finding(rule, each.client, each.record, each.due_on)
                for each in self.bills
                for rule, days in (("bill-late", LATE_DAYS), ("bill-very-late", VERY_LATE_DAYS))
                if not each.is_paid and not self._lives_in(each.client).is_gone and (today - each.due_on).days > days
            ),
        ]  # fmt: skip

    def calm(self, at: datetime, tasks: Mapping[str, Held]) -> list[Finding]:
        """What `quiet` would say of each client of whom it says nothing now."""
        return [each for each, silent in self._quiet(day_of(at), tasks.values()) if not silent]

    def speaking(self, habits: Habits, findings: Iterable[Finding]) -> list[Finding]:
        """Those that open tasks may stand for: of rules that raise tasks, and with nothing before them."""
        raising = [each for each in findings if habits.modes[each.rule] == "task"]
        silenced = {(each.client, RULES[each.rule].before) for each in raising if not each.is_old}
        return [each for each in raising if (each.client, each.rule) not in silenced]

    def mark(self, rule: str, bill: Bill) -> str:
        """What stands for a rule about a bill in the tasks that speak for it."""
        return short_hash(rule, f"{self.org}:{bill.record}")[:5]

    def live(self) -> list[Client]:
        """Clients that are there."""
        return [each for each in self.clients.values() if not each.is_gone]

    def short(self, person: str) -> str:
        """Who has this id in the CRM."""
        return next((name for name, id_ in self.staff.items() if id_ == person), "")

    def _lives_in(self, name: str) -> Client:
        client = self.clients[name]
        while client.into:
            client = self.clients[client.into]
        return client

    def _names(self, client: Client) -> tuple[str, ...]:
        swallowed = (
            each for each in self.clients.values() if each.into and self._lives_in(each.name) is client
        )
        return tuple(f"{self.org}:{each.record}" for each in (client, *swallowed))

    def _quiet(self, today: date, tasks: Iterable[Held]) -> Iterator[tuple[Finding, bool]]:
        called = [
            (each.account, each.ended_at) for each in tasks
            if each.is_touch and each.fields["status"] == "done" and not each.is_deleted and not each.is_closed_by_us
            and each.outcome in ("", "done")
        ]  # fmt: skip
        for client in self.live():
            calls = [
                at
                for each in self.clients.values()
                if self._lives_in(each.name) is client
                for at in each.calls.values()
            ]
            calls += [at for account, at in called if account == client.record and at is not None]
            since_on = day_of(max(calls)) if calls else client.created_on
            newest = max(calls, default=datetime.min)
            told = newest.isoformat() if calls else "None"
            found = self._about(client, "quiet", self._names(client), (told,), newest)
            yield found, (today - since_on).days > QUIET_DAYS

    def _finding(
        self, rule: str, client: str, record: str, due_on: date, *, first: str = "", is_old: bool = False
    ) -> Finding:
        subject, end = f"{self.org}:{record}", datetime.combine(due_on, time.max)
        lives_in = self._lives_in(client)
        return self._about(
            lives_in, rule, (subject,), (subject, due_on.isoformat()), end, first=first, is_old=is_old
        )

    def _about(
        self, client: Client, rule: str, subjects: tuple[str, ...], occurrence: tuple[str, ...], newest_at: datetime,
        *, first: str = "", is_old: bool = False,
    ) -> Finding:  # fmt: skip
        chain = [*([self.short(first)] if first else []), self.short(client.owner), "sam"]
        return Finding(
            rule=rule, client=client.name, record=client.record, subjects=subjects, occurrence=occurrence,
            newest_at=newest_at, owners=tuple(dict.fromkeys(chain)), is_old=is_old,
        )  # fmt: skip


def day_of(at: datetime) -> date:
    """The day in London at an instant in naive UTC."""
    return at.replace(tzinfo=UTC).astimezone(LONDON).date()


def business_days(first: date, last: date) -> int:
    """Working days after `first` up to and with `last`; 0 where there are none."""
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    return sum(day.weekday() < 5 and day not in _CLOSED for day in days)
