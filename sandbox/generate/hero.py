"""The one client of every made-up client base: an outage and a broken promise in one CRM, a late invoice in the other."""

from datetime import datetime, timedelta
from decimal import Decimal

from sandbox.generate.days import working_days_before
from sandbox.generate.story import (
    Bill,
    Client,
    Colleague,
    Contact,
    Deal,
    History,
    Incident,
    Promise,
    Touch,
)

NAME = "Harbour & Pine"
DOMAIN = "harbourandpine.example"


def make_hero(owner: Colleague, now: datetime) -> Client:
    """The client with `n` 0, in both CRMs; every date is counted from `now`."""
    director = Contact(
        n=0,
        first="Marguerite",
        last="Okafor",
        email=f"marguerite.okafor@{DOMAIN}",
        title="Operations Director",
    )
    finance = Contact(
        n=1, first="José", last="Lindqvist", email=f"jose.lindqvist@{DOMAIN}", title="Finance Manager"
    )
    due_on = working_days_before(now.date(), 6)
    salesforce = History(
        touches=_touches(owner, director, now),
        promises=[
            Promise(
                text="send the outage report", by=owner, contact=director, due_on=due_on,
                made_at=min(now - timedelta(days=9), datetime.combine(due_on, datetime.min.time()) + timedelta(hours=9)),
            )
        ],
        incidents=[
            Incident(
                subject="Online shop down for three hours", priority="High", contact=director,
                opened_at=now - timedelta(days=9), closed_at=now - timedelta(days=8),
            )
        ],
        deals=[_deal(now)],
    )  # fmt: skip
    hubspot = History(
        touches=_touches(owner, director, now),
        bills=[
            Bill(
                number=0, amount=Decimal("4800.00"), balance=Decimal("4800.00"),
                issued_on=now.date() - timedelta(days=41), due_on=now.date() - timedelta(days=11),
            )
        ],
        deals=[_deal(now)],
    )  # fmt: skip
    return Client(
        n=0, name=NAME, domain=DOMAIN, tier="A", owner=owner, industry=("Retail", "FURNITURE"), city="Bristol", revenue=24_000_000,
        created_at=now - timedelta(days=1100), contacts=[director, finance],
        histories={"salesforce": salesforce, "hubspot": hubspot},
    )  # fmt: skip


def _touches(owner: Colleague, contact: Contact, now: datetime) -> list[Touch]:
    last = Touch(
        kind="email", inbound=True, at=now - timedelta(days=7), by=owner, contact=contact,
        subject="Re: what happened on the weekend?", body="We lost a day of orders. When can we have your report?",
    )  # fmt: skip
    reply = Touch(
        kind="email", inbound=False, at=now - timedelta(days=7, hours=-2), by=owner, contact=contact,
        subject="Re: what happened on the weekend?", body="I am so sorry. You will have it as soon as it is complete.",
    )  # fmt: skip
    earlier = [
        Touch(
            kind="call", inbound=False, at=now - timedelta(days=days), by=owner, contact=contact, subject="Monthly catch-up",
            body="Nothing urgent, everything on track.",
        )
        for days in range(28, 360, 28)
    ]  # fmt: skip
    return [reply, last, *earlier]


def _deal(now: datetime) -> Deal:
    return Deal(
        name=f"{NAME}: Shop migration", stage="live", amount=38_000, made_at=now - timedelta(days=60),
        closes_on=now.date() + timedelta(days=45),
    )  # fmt: skip
