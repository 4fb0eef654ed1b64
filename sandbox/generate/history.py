"""What happened between us and one client in the last twelve months, as one CRM has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Literal

from sandbox.generate import words
from sandbox.generate.business import Business
from sandbox.generate.days import moment, recent, working_day
from sandbox.generate.story import (
    Agency,
    Client,
    Contact,
    Crm,
    History,
    Incident,
    IncidentKind,
    Promise,
    Tier,
    Touch,
)

_RHYTHM_DAYS: Mapping[Tier, int] = {"A": 6, "B": 12, "C": 25}
_SILENCE_DAYS: Mapping[Tier, tuple[int, int]] = {"A": (16, 45), "B": (33, 80), "C": (63, 120)}
"""How long a neglected client has heard nothing."""
_KINDS: tuple[Literal["call", "email", "meeting", "note"], ...] = ("call", "email", "meeting", "note")
_SHARES = (35, 45, 12, 8)
_SUPPORT_LEAD = 4
"""Their place among the colleagues."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Writes histories of one client from one stream of chance."""

    agency: Agency
    client: Client
    rng: Random
    neglected: bool

    def history(self, crm: Crm, *, with_money: bool) -> History:
        """A year; promises, incidents and bills only where `with_money`, since one CRM keeps them."""
        business = Business(agency=self.agency, client=self.client, rng=self.rng)
        history = History(touches=self._touches(), deals=business.deals())
        if with_money:
            history.promises = self._promises()
            history.incidents = self._incidents()
            history.bills = business.bills()
        if crm == "salesforce":
            history.contracts = business.contracts()
        return history

    def _days_ago(self, days: float) -> date:
        return self.agency.now.date() - timedelta(days=int(days))

    def _someone(self) -> Contact | None:
        return self.rng.choice(self.client.contacts) if self.client.contacts else None

    def _said(self, phrases: tuple[str, ...], contact: Contact | None) -> str:
        return self.rng.choice(phrases).format(first=contact.first if contact else "reception")

    def _touches(self) -> list[Touch]:
        rhythm = _RHYTHM_DAYS[self.client.tier]
        ago = (
            float(self.rng.randrange(*_SILENCE_DAYS[self.client.tier]))
            if self.neglected
            else self.rng.uniform(0, rhythm)
        )
        touches = []
        while ago < min(365, (self.agency.now - self.client.created_at).days):
            touches.append(self._touch(self._days_ago(ago)))
            ago += self.rng.expovariate(1 / rhythm) + 0.5
        if not self.neglected and self.rng.random() < 0.08:
            touches.append(self._planned_meeting())
        return touches

    def _touch(self, day: date) -> Touch:
        rng, kind, contact = self.rng, self.rng.choices(_KINDS, _SHARES)[0], self._someone()
        by = self.client.owner or self.agency.colleagues[1]
        phrases = {
            "call": words.CALL_SUBJECTS,
            "email": words.EMAIL_SUBJECTS,
            "meeting": words.MEETING_SUBJECTS,
            "note": words.NOTES,
        }
        outcome: Literal["reached", "missed", "cancelled"] = "reached"
        if kind in ("call", "meeting") and rng.random() < 0.12:
            outcome = "cancelled" if kind == "meeting" and rng.random() < 0.5 else "missed"
        return Touch(
            kind=kind, inbound=kind in ("call", "email") and rng.random() < 0.4, at=recent(day, rng, self.agency.now), by=by,
            contact=contact, subject=self._said(phrases[kind], contact), body=self._said(words.BODIES, contact), outcome=outcome,
            contact_only=contact is not None and kind == "email" and rng.random() < 0.3,
            is_logged_twice=kind == "email" and rng.random() < 0.25, minutes=rng.choice((10, 15, 30, 60)),
            also=rng.randrange(self.client.n) if kind == "meeting" and self.client.n and rng.random() < 0.05 else None,
        )  # fmt: skip

    def _planned_meeting(self) -> Touch:
        contact = self._someone()
        at = moment(working_day(self._days_ago(-self.rng.randrange(4, 15))), self.rng)
        by = self.client.owner or self.agency.colleagues[1]
        return Touch(
            kind="meeting",
            inbound=False,
            at=at,
            by=by,
            contact=contact,
            subject="Quarterly review",
            body="",
            minutes=60,
        )

    def _promises(self) -> list[Promise]:
        rng, promises = self.rng, []
        for _ in range(rng.choices((0, 1, 2, 4), (30, 35, 20, 15))[0]):
            due = working_day(
                self._days_ago(
                    rng.choice((rng.randrange(-10, 0), rng.randrange(1, 28), rng.randrange(28, 300)))
                )
            )
            late = due < self.agency.now.date()
            kept = late and rng.random() < (0.95 if due < self._days_ago(28) else 0.87)
            theirs = rng.random() < 0.15
            promises.append(
                Promise(
                    text=rng.choice(words.CLIENT_PROMISES if theirs else words.PROMISES), made_by="client" if theirs else "us",
                    by=self.client.owner or self.agency.colleagues[1], contact=self._someone(),
                    made_at=recent(min(due, self._days_ago(1)) - timedelta(days=rng.randrange(2, 9)), rng, self.agency.now),
                    due_on=due, kept_at=recent(due - timedelta(days=rng.randrange(2)), rng, self.agency.now) if kept else None,
                )
            )  # fmt: skip
        return promises

    def _incidents(self) -> list[Incident]:
        rng, incidents = self.rng, []
        for _ in range(rng.choices((0, 1, 2, 3), (45, 30, 15, 10))[0]):
            subject, priority = rng.choice(words.INCIDENTS)
            kind: IncidentKind = "Problem"
            if (chance := rng.random()) < 0.25:
                kind, priority = ("Question", "Medium") if chance < 0.15 else ("Feature Request", "Low")
                subject = rng.choice(words.QUESTIONS if kind == "Question" else words.CHANGES)
            opened = recent(self._days_ago(rng.triangular(1, 330, 40)), rng, self.agency.now)
            closed = opened + timedelta(hours=rng.randrange(2, 90))
            still_open = closed >= self.agency.now or (
                (self.agency.now - opened).days < 12 and rng.random() < 0.25
            )
            incidents.append(
                Incident(
                    subject=subject, priority=priority, kind=kind, contact=self._someone(), opened_at=opened,
                    closed_at=None if still_open else closed, by=self.agency.colleagues[_SUPPORT_LEAD],
                )
            )  # fmt: skip
        return incidents
