"""What an agency that looks after its clients does next: it answers, tells, follows up, reports and asks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Literal

from sandbox.generate import words
from sandbox.generate.days import moment, next_working_day, recent, soon, working_day
from sandbox.generate.story import Agency, Answer, Client, Colleague, Contact, Deal, History, Tier, Touch

_LOOKED_BACK = timedelta(days=120)
"""What lies longer ago was answered too, and nobody reads of it any more."""
_REPORTED_BACK = timedelta(days=45)
_REPORT_DAYS: Mapping[Tier, int] = {"A": 5, "B": 10, "C": 40}
_VALUES: Mapping[str, Mapping[str, tuple[int, ...]]] = {
    "NPS": {"happy": (9, 10), "so-so": (7, 8), "unhappy": (2, 3, 4, 5, 6)},
    "CSAT": {"happy": (2,), "so-so": (1,), "unhappy": (0,)},
}
"""Survey -> mood -> what people choose."""
_WORDS: Mapping[str, tuple[str, ...]] = {
    "happy": words.HAPPY,
    "so-so": words.SO_SO,
    "unhappy": words.UNHAPPY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """Adds to a client's histories what follows from them, from one stream of chance."""

    agency: Agency
    client: Client
    rng: Random

    def look_after(self, *, until: datetime) -> None:
        """Up to `until`: now, or when a neglected client was heard of last."""
        hubspot = self.client.histories.get("hubspot")
        if hubspot is not None and self.client.contacts:
            hubspot.answers = list(self._surveys())
        for history in self.client.histories.values():
            after = [
                *self._replies(history),
                *self._follow_ups(history),
                *self._words_on_incidents(history),
                *self._hand_overs(history),
                *self._thanks(history),
            ]
            history.touches += [touch for touch in after if touch.at <= until]
        self._reports(until)
        if until >= self.agency.now:
            self._renewals()

    def write(
        self,
        kind: Literal["call", "email"],
        at: datetime,
        contact: Contact | None,
        subject: str,
        *,
        by: Colleague | None = None,
    ) -> Touch:
        """A word of ours: the client's owner's, unless somebody else is named."""
        return Touch(
            kind=kind,
            inbound=False,
            at=at,
            by=by or self.client.owner or self.agency.colleagues[1],
            contact=contact,
            subject=subject,
            body="",
        )

    def receipt(self, touch: Touch) -> Touch:
        """The mail that says, two minutes later, that theirs has arrived."""
        return Touch(
            kind="email",
            inbound=False,
            at=touch.at + timedelta(minutes=2),
            by=self.agency.colleagues[4],
            contact=touch.contact,
            subject=f"We have received your message: {touch.subject}",
            body="",
            is_receipt=True,
        )

    def _replies(self, history: History) -> Iterator[Touch]:
        """Most within hours; one in ten a day or two later."""
        for touch in history.touches:
            if touch.kind != "email" or not touch.inbound or touch.at < self.agency.now - _LOOKED_BACK:
                continue
            if self.rng.random() < 0.2:
                yield self.receipt(touch)
            at = soon(touch.at, self.rng.randrange(15, 200))
            if self.rng.random() < 0.1:
                at = next_working_day(at + timedelta(days=1), self.rng.randrange(300))
            subject = touch.subject if touch.subject.startswith("Re: ") else f"Re: {touch.subject}"
            yield self.write("email", at, touch.contact, subject)

    def _follow_ups(self, history: History) -> Iterator[Touch]:
        for touch in history.touches:
            recently = self.agency.now - _LOOKED_BACK < touch.at < self.agency.now
            if touch.kind == "meeting" and touch.outcome == "reached" and recently:
                at = next_working_day(touch.at, self.rng.randrange(60, 400))
                yield self.write("email", at, touch.contact, "What we agreed in our meeting")

    def _words_on_incidents(self, history: History) -> Iterator[Touch]:
        """Somebody rings about what is severe and writes about the rest, and asks afterwards whether all is well."""
        for incident in history.incidents:
            if incident.opened_at < self.agency.now - _LOOKED_BACK:
                continue
            kind: Literal["call", "email"] = "call" if incident.priority == "High" else "email"
            at = soon(incident.opened_at, self.rng.randrange(10, 50))
            yield self.write(kind, at, incident.contact, f"About: {incident.subject}", by=incident.by)
            if incident.closed_at is not None:
                at = next_working_day(incident.closed_at, self.rng.randrange(30, 300))
                yield self.write(kind, at, incident.contact, f"Is all well again? {incident.subject}")

    def _hand_overs(self, history: History) -> Iterator[Touch]:
        """Who delivers says hello within two days of the sale."""
        for deal in history.deals:
            if deal.stage == "won" and deal.by is not self.client.owner:
                sold_at = datetime.combine(deal.closes_on, datetime.min.time())
                at = next_working_day(sold_at, self.rng.randrange(30, 400))
                contact = self.rng.choice(self.client.contacts) if self.client.contacts else None
                yield self.write("call", at, contact, f"Hello, and how we begin: {deal.name}")

    def _surveys(self) -> Iterator[Answer]:
        for _ in range(self.rng.choices((0, 1, 2, 3), (25, 40, 20, 15))[0]):
            mood = self.rng.choices(("happy", "so-so", "unhappy"), (62, 26, 12))[0]
            day = self.agency.now.date() - timedelta(days=self.rng.randrange(2, 200))
            yield self.answer(mood, recent(day, self.rng, self.agency.now))

    def answer(self, mood: str, at: datetime) -> Answer:
        """What somebody at the client answers in that mood."""
        survey: Literal["NPS", "CSAT"] = self.rng.choices(("NPS", "CSAT"), (60, 40))[0]
        value, said = self.rng.choice(_VALUES[survey][mood]), self.rng.choice(_WORDS[mood])
        return Answer(
            survey=survey, value=value, words=said, contact=self.rng.choice(self.client.contacts), given_at=at
        )

    def _thanks(self, history: History) -> Iterator[Touch]:
        """Whoever is unhappy gets a call the same day or the next, the others a line."""
        for answer in history.answers:
            kind: Literal["call", "email"] = "call" if answer.words in words.UNHAPPY else "email"
            at = soon(answer.given_at, self.rng.randrange(20, 150))
            yield self.write(kind, at, answer.contact, "Thank you for telling us")

    def _reports(self, until: datetime) -> None:
        """A word on where things stand, in rhythm, for nearly every client: as often by telephone as in writing."""
        if self.rng.random() < 0.07:
            return
        history = next(iter(self.client.histories.values()))
        every, days = _REPORT_DAYS[self.client.tier], float(self.rng.randrange(1, 5))
        begun = max(self.agency.now - _REPORTED_BACK, self.client.created_at)
        while (day := self._days_ago(days)) > begun.date():
            contact = self.rng.choice(self.client.contacts) if self.client.contacts else None
            at = recent(day, self.rng, self.agency.now)
            if at <= until:
                kind: Literal["call", "email"] = self.rng.choices(("call", "email"), (55, 45))[0]
                history.touches.append(self.write(kind, at, contact, "Where we stand"))
            days += every + self.rng.uniform(-1, 1)

    def _renewals(self) -> None:
        """Where a contract ends before long, the next one is being talked about."""
        for history in self.client.histories.values():
            for contract in history.contracts:
                if (contract.ends_on - self.agency.now.date()).days > 100:
                    continue
                meeting_on = working_day(self._days_ago(-self.rng.randrange(4, 15)))
                history.touches.append(
                    Touch(
                        kind="meeting", inbound=False, at=moment(meeting_on, self.rng), by=self.client.owner or self.agency.colleagues[1],
                        contact=self.rng.choice(self.client.contacts) if self.client.contacts else None, subject="The year to come",
                        body="", minutes=60,
                    )
                )  # fmt: skip
                history.deals.append(
                    Deal(
                        name=f"{self.client.name}: Renewal", stage="live", amount=6_000, closes_on=contract.ends_on,
                        made_at=self.agency.now - timedelta(days=20), by=self.client.owner, next_step="Send the new contract",
                    )
                )  # fmt: skip

    def _days_ago(self, days: float) -> date:
        return self.agency.now.date() - timedelta(days=int(days))
