"""What slips: of a hundred clients some seventy are fine, and the rest each have one thing that nobody looked after."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Literal

from sandbox.generate import words
from sandbox.generate.business import Business
from sandbox.generate.days import soon, working_days_ago, working_days_before
from sandbox.generate.habits import Habits
from sandbox.generate.people import seller_of
from sandbox.generate.story import Agency, Bill, Client, Contact, History, Incident, Promise, Touch

_SUPPORT_LEAD = 4
_DECK = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Slips:
    """Lets at most one thing slip with a client who is otherwise looked after."""

    agency: Agency
    client: Client
    rng: Random
    habits: Habits

    def befall(self, card: str) -> None:
        """Lets slip what the card says, where that can be with this client."""
        if self.client.contacts and card in _SLIPS:
            _SLIPS[card](self)

    @property
    def history(self) -> History:
        """The CRM in which this client's trouble and money are kept."""
        histories = list(self.client.histories.values())
        return next((each for each in histories if each.bills), histories[0])

    def ago(self, fewest: int, most: int) -> datetime:
        """A morning so many working days back."""
        return working_days_ago(self.rng.randint(fewest, most), self.rng, self.agency.now)

    def someone(self) -> Contact:
        """Somebody at the client."""
        return self.rng.choice(self.client.contacts)

    def hush(self, since: datetime, *, kinds: tuple[str, ...] = ("call", "email", "meeting")) -> None:
        """Nobody had contact after `since`, in any CRM, and nothing is planned."""
        for history in self.client.histories.values():
            history.touches = [
                touch for touch in history.touches if touch.at <= since or touch.kind not in kinds
            ]

    def met(self, kind: Literal["email", "meeting"], at: datetime, subject: str) -> Touch:
        """A mail of theirs, or a meeting with them."""
        by = self.client.owner or self.agency.colleagues[1]
        inbound = kind == "email"
        return Touch(
            kind=kind, inbound=inbound, at=at, by=by, contact=self.someone(), subject=subject, body=""
        )

    def incident(self, opened_at: datetime, closed_at: datetime | None = None) -> Incident:
        """Something severe."""
        subject = self.rng.choice([subject for subject, priority in words.INCIDENTS if priority == "High"])
        made = Incident(
            subject=subject, priority="High", contact=self.someone(), opened_at=opened_at, closed_at=closed_at,
            by=self.agency.colleagues[_SUPPORT_LEAD],
        )  # fmt: skip
        self.history.incidents.append(made)
        return made


def _mail_waits(slips: Slips) -> None:
    at = slips.ago(2, 4)
    slips.hush(at)
    slips.history.touches.append(slips.met("email", at, slips.rng.choice(words.WAITING_SUBJECTS)))


def _only_a_receipt(slips: Slips) -> None:
    at = slips.ago(3, 5)
    slips.hush(at)
    mail = slips.met("email", at, slips.rng.choice(words.WAITING_SUBJECTS))
    slips.history.touches += [mail, slips.habits.receipt(mail)]


def _meeting_without_word(slips: Slips) -> None:
    at = slips.ago(4, 7)
    slips.hush(at)
    slips.history.touches.append(
        slips.met("meeting", at, slips.rng.choice(("Design workshop", "Project meeting")))
    )


def _client_not_told(slips: Slips) -> None:
    at = slips.ago(1, 2)
    slips.hush(at)
    slips.incident(at)


def _only_mailed(slips: Slips) -> None:
    at = slips.ago(2, 4)
    slips.hush(at)
    incident = slips.incident(at)
    slips.history.touches.append(
        slips.habits.write("email", soon(at, 40), incident.contact, f"About: {incident.subject}")
    )


def _closed_without_word(slips: Slips) -> None:
    opened, closed = slips.ago(9, 10), slips.ago(5, 7)
    slips.hush(closed)
    incident = slips.incident(opened, closed)
    slips.history.touches.append(
        slips.habits.write("call", soon(opened, 30), incident.contact, f"About: {incident.subject}")
    )


def _trouble_again(slips: Slips) -> None:
    for days in (12, 27, 41):
        opened = slips.ago(days, days + 6)
        incident = slips.incident(opened, opened + timedelta(hours=slips.rng.randrange(3, 30)))
        for subject, minutes in (("About: {}", 25), ("Is all well again? {}", 2600)):
            at = soon(opened, minutes)
            slips.history.touches.append(
                slips.habits.write("call", at, incident.contact, subject.format(incident.subject))
            )


def _client_is_late(slips: Slips) -> None:
    due_on = working_days_before(slips.agency.now.date(), slips.rng.randint(4, 10))
    slips.history.promises.append(
        Promise(
            text=slips.rng.choice(words.CLIENT_PROMISES), made_by="client", by=slips.client.owner or slips.agency.colleagues[1],
            contact=slips.someone(), made_at=datetime.combine(due_on, time(10)) - timedelta(days=8), due_on=due_on,
        )
    )  # fmt: skip


def _survey_unanswered(slips: Slips) -> None:
    hubspot = slips.client.histories.get("hubspot")
    if hubspot is not None:
        at = slips.ago(2, 4)
        slips.hush(at)
        hubspot.answers.append(slips.habits.answer("unhappy", at))


def _hand_over_open(slips: Slips) -> None:
    if slips.client.owner is None:
        return
    closed_on = working_days_before(slips.agency.now.date(), slips.rng.randint(6, 9))
    business = Business(agency=slips.agency, client=slips.client, rng=slips.rng)
    slips.hush(datetime.combine(closed_on, time()))
    slips.history.deals.append(business.sold(closed_on, "won"))
    sealed = slips.habits.write(
        "call", datetime.combine(closed_on, time(10, 20)), slips.someone(), "Agreed! Next: who does what",
        by=seller_of(slips.agency.colleagues),
    )  # fmt: skip
    slips.history.touches.append(sealed)


def _renewal_near(slips: Slips) -> None:
    salesforce = slips.client.histories.get("salesforce")
    if salesforce is not None:
        ends_on = slips.agency.now.date() + timedelta(days=slips.rng.randrange(9, 28))
        business = Business(agency=slips.agency, client=slips.client, rng=slips.rng)
        slips.hush(slips.agency.now - timedelta(days=45), kinds=("call", "meeting"))
        salesforce.contracts = [business.contract_until(ends_on)]
        salesforce.deals = [replace(deal, next_step="") for deal in salesforce.deals]


def _draft_in_trouble(slips: Slips) -> None:
    at = slips.ago(2, 3)
    incident = slips.incident(at)
    slips.history.touches.append(
        slips.habits.write("call", soon(at, 20), incident.contact, f"About: {incident.subject}")
    )
    issued_on = slips.agency.now.date() + timedelta(days=slips.rng.randint(1, 3))
    amount = Decimal(slips.rng.randrange(900, 4800, 60))
    slips.history.bills = [bill for bill in slips.history.bills if not bill.draft]
    slips.history.bills.append(
        Bill(
            number=slips.client.n * 20 + 15, amount=amount, balance=amount, issued_on=issued_on,
            due_on=issued_on + timedelta(days=30), draft=True,
        )
    )  # fmt: skip


_SLIPS: Mapping[str, Callable[[Slips], None]] = {
    "a mail waits": _mail_waits, "only a receipt": _only_a_receipt, "a meeting without a word": _meeting_without_word,
    "a client not told": _client_not_told, "only mailed": _only_mailed, "closed without a word": _closed_without_word,
    "trouble again": _trouble_again, "the client is late": _client_is_late, "a survey unanswered": _survey_unanswered,
    "a hand-over open": _hand_over_open, "a renewal near": _renewal_near, "a draft in trouble": _draft_in_trouble,
}  # fmt: skip
_SHARES: Mapping[str, int] = {
    "a mail waits": 4, "only a receipt": 3, "a meeting without a word": 3, "a client not told": 3, "only mailed": 3,
    "closed without a word": 3, "trouble again": 1, "the client is late": 3, "a survey unanswered": 4, "a hand-over open": 3,
    "a renewal near": 4, "a draft in trouble": 2,
}  # fmt: skip
"""Of a hundred clients; surveys are HubSpot's and contracts Salesforce's, so that some of these come to nothing."""


def card_of(n: int, seed: int) -> str:
    """What slips with the client `n`: each hundred clients share a deck, so that the shares hold."""
    deck = [name for name, share in _SHARES.items() for _ in range(share)]
    deck += ["nothing"] * (_DECK - len(deck))
    Random(f"{seed}/slips/{n // _DECK}").shuffle(deck)  # noqa: S311 (nothing secret depends on it)
    return deck[n % _DECK]
