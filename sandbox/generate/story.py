"""What an agency's client base consists of, before any CRM's words for it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

Crm = Literal["salesforce", "hubspot"]
Tier = Literal["A", "B", "C"]
IncidentKind = Literal["Problem", "Question", "Feature Request"]
"""In Salesforce's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """One of our own people; `n` is their place in the agency's list."""

    n: int
    first: str
    last: str
    email: str
    title: str
    manager: int | None
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person at a client; `n` counts over all clients."""

    n: int
    first: str
    last: str
    email: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """A call, e-mail, meeting or note, in one CRM; `at` is naive UTC."""

    kind: Literal["call", "email", "meeting", "note"]
    inbound: bool
    at: datetime
    by: Colleague
    contact: Contact | None
    subject: str
    body: str
    outcome: Literal["reached", "missed", "cancelled"] = "reached"
    contact_only: bool = False
    """Logged on the contact alone, as mail tools do."""
    minutes: int = 15
    also: int | None = None
    """The `n` of a second client in the same meeting."""
    is_receipt: bool = False
    """Only says that theirs has arrived, from the address of support."""
    is_logged_twice: bool = False
    """An e-mail that the CRM keeps as a task too, where it does so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """Something that we, or they, said we would do; open while `kept_at` is None."""

    text: str
    made_by: Literal["us", "client"] = "us"
    by: Colleague
    contact: Contact | None
    made_at: datetime
    due_on: date
    kept_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Something that went wrong for the client, or that they want; open while `closed_at` is None."""

    subject: str
    priority: str
    kind: IncidentKind = "Problem"
    by: Colleague | None = None
    """Who of ours works on it."""
    contact: Contact | None
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """An invoice; amounts in pounds."""

    number: int
    amount: Decimal
    balance: Decimal
    issued_on: date
    due_on: date
    paid_on: date | None = None
    draft: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """A sale: live, won or lost."""

    name: str
    stage: Literal["live", "won", "lost"]
    amount: int
    made_at: datetime
    closes_on: date
    by: Colleague | None = None
    """Who sells it."""
    next_step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """Work that is agreed from one day to another, as only Salesforce keeps it."""

    begins_on: date
    ends_on: date
    months: int
    by: Colleague | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What somebody answered in a survey, as only HubSpot keeps it."""

    survey: Literal["NPS", "CSAT"]
    value: int
    words: str
    contact: Contact
    given_at: datetime


@dataclass(slots=True, kw_only=True)
class History:
    """What one CRM knows of one client."""

    touches: list[Touch] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)
    bills: list[Bill] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)
    contracts: list[Contract] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Client:
    """A company that we work for, with what each CRM that has it knows."""

    n: int
    name: str
    domain: str
    tier: Tier
    owner: Colleague | None
    industry: tuple[str, str]
    """Salesforce's word and HubSpot's."""
    city: str
    revenue: int
    created_at: datetime
    contacts: list[Contact]
    histories: dict[Crm, History]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """We, and our clients."""

    now: datetime
    """Naive UTC."""
    colleagues: list[Colleague]
    clients: list[Client]
