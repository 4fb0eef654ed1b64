"""The record types: what an account, an activity or a promise is, column by column."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from rules.columns import ColumnType

RecordName = Literal[
    "account", "contact", "person", "activity", "commitment", "incident", "invoice", "feedback", "deal"
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordColumn:
    """One column of a record; `is_id` columns name another record and travel with their org's prefix."""

    name: str
    type: ColumnType
    doc: str
    is_id: bool = False
    required: bool = False
    values: tuple[str, ...] = ()
    """What it may say; a row with another value is judged as it stands, counted and reported."""
    default: str | bool | None = None
    """What holds where nothing is mapped to it, or the field is empty."""
    derived: str | None = None
    """The same as SQL over the record's other columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One kind of thing that rules judge, whatever CRM it comes from."""

    name: str
    doc: str
    columns: tuple[RecordColumn, ...]

    def column(self, name: str) -> RecordColumn | None:
        """The column of that name."""
        return next((column for column in self.columns if column.name == name), None)

    @property
    def key(self) -> str:
        """The column that identifies a row: `account_id` of an account."""
        return f"{self.name}_id"


def _id(name: str, doc: str, *, required: bool = False) -> RecordColumn:
    return RecordColumn(name=name, type="text", doc=doc, is_id=True, required=required)


def _column(name: str, kind: ColumnType, doc: str, *, default: bool | None = None) -> RecordColumn:
    return RecordColumn(name=name, type=kind, doc=doc, default=default)


def _choice(name: str, values: str, doc: str, *, default: str | None = None) -> RecordColumn:
    return RecordColumn(name=name, type="text", doc=doc, values=tuple(values.split()), default=default)


def _derived(column: RecordColumn, sql: str) -> RecordColumn:
    return replace(column, derived=sql)


def _record(name: str, doc: str, *columns: RecordColumn) -> Record:
    key = _id(f"{name}_id", "the CRM's own id, prefixed by the org's", required=True)
    return Record(name=name, doc=doc, columns=(key, *columns))


_ACCOUNT = _id("account_id", "the client that it concerns")

RECORDS: Mapping[str, Record] = {
    record.name: record
    for record in (
        _record(
            "account",
            "a client company",
            _column("name", "text", "what people call it"),
            _id("owner_id", "the person of ours who answers for it"),
            _column("tier", "text", "A, B or C: how much attention it gets"),
            _column("domain", "text", "its web domain, such as acme.example"),
            _column("other_crm_id", "text", "the id of the same client's record in another CRM"),
            _column("country", "text", "where it is, by name or code; speaks for or against a match"),
            _column("phone", "text", "its number; speaks for a match"),
            _column("timezone", "text", "IANA name, such as Europe/London"),
            _column("revenue", "decimal", "a year, in the CRM's currency"),
            _column("is_active", "boolean", "a live client; null: judged by deals and invoices"),
            _column("created_at", "instant", "when the CRM got to know it"),
            _column("muted_until", "date", "nothing is raised before this day"),
            _column("next_step", "text", "what we do next with them, as people wrote it down"),
            _column("update_every_days", "integer", "how often we agreed to report; not mapped: by tier"),
            _column("goals", "text", "what they want to reach with us"),
            _column("decision_maker", "text", "who decides at theirs"),
            _column("success_measure", "text", "how they will judge our work"),
            _column("known_risks", "text", "what could go wrong, as discussed with them"),
            _column("services", "text", "what they buy from us"),
        ),
        _record(
            "contact",
            "a person at the client",
            _ACCOUNT,
            _column("name", "text", "full name"),
            _column("email", "text", "address"),
            _column("other_crm_id", "text", "the id of the same person's record in another CRM"),
            _column("role", "text", "job title"),
            _column("is_key", "boolean", "somebody whom we must not lose sight of", default=False),
            _column("left_on", "date", "the day on which they left the client"),
        ),
        _record(
            "person",
            "somebody on our side",
            _column("name", "text", "full name"),
            _column("email", "text", "address; the same person in two CRMs has the same"),
            _column("is_active", "boolean", "can be given work", default=True),
            _id("manager_id", "whom they report to"),
            _column(
                "role",
                "text",
                "sales, account management, support, delivery, finance; `queue`: a team's queue, which is nobody",
            ),
            _column("timezone", "text", "IANA name"),
            _column("away_until", "date", "the last day of their absence, while they are away"),
        ),
        _record(
            "activity",
            "one contact, or attempt at it, between us and the client",
            _ACCOUNT,
            _id("contact_id", "who at the client"),
            _id("person_id", "who of ours"),
            _choice("kind", "call email meeting message note", "how; a note is no touch", default="message"),
            _choice(
                "direction", "in out internal", "who turned to whom; internal is no touch", default="out"
            ),
            _column("is_automated", "boolean", "sent by a machine: no touch", default=False),
            _choice("outcome", "reached missed cancelled", "whether it took place", default="reached"),
            _column(
                "is_acknowledgement", "boolean", "only says that theirs has arrived: no answer", default=False
            ),
            _column("happened_at", "instant", "when it took place, or is to take place"),
            _id(
                "also_id",
                "the id under which the same contact is logged a second time; that one is not counted",
            ),
            _column("subject", "text", "its line; tells copies in another CRM"),
            _column("other_crm_id", "text", "the id of the record in another CRM that this one is a copy of"),
        ),
        _record(
            "commitment",
            "a promise with a due date",
            _ACCOUNT,
            _id("owner_id", "who of ours made it"),
            _column("subject", "text", "what was promised"),
            _choice("made_by", "us client", "whose promise it is", default="us"),
            _choice(
                "kind",
                "work payment",
                "what is promised; a client's payment pauses reminders",
                default="work",
            ),
            _column("made_at", "instant", "when it was made"),
            _column("due_on", "date", "the day it was promised for"),
            _derived(
                _choice(
                    "status", "open kept waived", "where it stands; not mapped: kept once kept_at has a value"
                ),
                "case when kept_at is null then 'open' else 'kept' end",
            ),
            _column("kept_at", "instant", "when it was kept"),
        ),
        _record(
            "incident",
            "something that went wrong for the client",
            _ACCOUNT,
            _id("contact_id", "who at the client"),
            _id("owner_id", "who of ours works on it"),
            _choice(
                "kind",
                "problem change",
                "something broken, or a wish to change what was agreed",
                default="problem",
            ),
            _column("subject", "text", "what happened, in a line"),
            _choice("severity", "high normal low", "how bad it is", default="normal"),
            _column("opened_at", "instant", "when it was reported"),
            _column("closed_at", "instant", "when it was over"),
            _column("told_at", "instant", "when the client was told; not mapped: our next touch counts"),
            _column("impact_shared_at", "instant", "of a change: when they heard what it costs and moves"),
            _derived(
                _column("is_open", "boolean", "not over yet; not mapped: until closed_at has a value"),
                "closed_at is null",
            ),
        ),
        _record(
            "invoice",
            "money that the client owes us",
            _ACCOUNT,
            _column("number", "text", "as printed on it"),
            _choice("status", "draft open paid void", "where it stands", default="open"),
            _column("amount", "decimal", "in its own currency"),
            _column("balance", "decimal", "what is unpaid, in its own currency"),
            _column("currency", "text", "ISO code"),
            _column("issued_on", "date", "its date"),
            _column("due_on", "date", "when it is to be paid"),
            _column("paid_on", "date", "the day on which it was paid in full"),
            _column("promised_on", "date", "the day for which the client has promised to pay it"),
            _column("is_disputed", "boolean", "the client contests it", default=False),
            _column("disputed_on", "date", "since when"),
        ),
        _record(
            "feedback",
            "what somebody said of our work: a score or a complaint",
            _ACCOUNT,
            _id("contact_id", "who at the client"),
            _choice(
                "given_by", "client team", "the client, or our own people on the client", default="client"
            ),
            _choice(
                "mood", "happy neutral unhappy", "how it sounds; a complaint is unhappy", default="neutral"
            ),
            _column("score", "decimal", "as given, on its own scale"),
            _column("given_at", "instant", "when it was given"),
            _column("answered_at", "instant", "when we answered; not mapped: our next touch counts"),
        ),
        _record(
            "deal",
            "a sale or project",
            _ACCOUNT,
            _choice("kind", "sale contract", "a contract is work agreed, and nothing to win", default="sale"),
            _id("owner_id", "who of ours leads it"),
            _column("other_crm_id", "text", "the id of the same deal's record in another CRM"),
            _column("name", "text", "what people call it"),
            _column("is_closed", "boolean", "won or lost", default=False),
            _column("is_won", "boolean", "won", default=False),
            _column("amount", "decimal", "in its own currency"),
            _column("created_at", "instant", "when it was put down"),
            _column("closes_on", "date", "when it closed or is to close"),
            _id("delivery_owner_id", "who of ours delivers it; not mapped: the client's owner"),
            _column("handed_over_at", "instant", "when sales handed it over"),
            _column("pitfalls_discussed_at", "instant", "when we talked with them about what could go wrong"),
            _column("ends_on", "date", "when the work ends"),
            _column("renews_on", "date", "when the contract is up for renewal"),
            _column("next_step", "text", "what we do next, as people wrote it down"),
            _column("hours_sold", "decimal", "of a retainer"),
            _column("hours_spent", "decimal", "of a retainer"),
        ),
    )
}

ID_SEPARATOR = ":"
"""Between the org's id and the CRM's own: `00D5g000004KwptEAC:0015g00000XyzABAAZ`."""


def org_of(record_id: str) -> str:
    """The org or portal that a record's id begins with."""
    return record_id.split(ID_SEPARATOR, 1)[0]


def crm_id(record_id: str) -> str:
    """The id as its CRM spells it."""
    return record_id.split(ID_SEPARATOR, 1)[1]
