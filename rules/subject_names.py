"""What a person calls a subject: an invoice by its number, a promise by what was promised."""

from collections.abc import Mapping
from typing import Any

from rules.wording import write_name

_NAMES: Mapping[str, tuple[str, ...]] = {
    "account": ("{account_name}", "{account_id}"),
    "contact": ("{contact_name}", "contact {contact_id}"),
    "commitment": ('"{commitment_subject}" for {due_on}', '"{commitment_subject}"', "promise {commitment_id}"),
    "invoice": ("invoice {invoice_number}", "invoice {invoice_id}"),
    "incident": ('"{incident_subject}", {incident_opened_on}', '"{incident_subject}"', "incident {incident_id}"),
    "message": ("{message_kind} of {message_at} from {message_contact_name}", "{message_kind} of {message_at}"),
    "feedback": ("feedback of {feedback_on} from {feedback_contact_name}", "feedback of {feedback_on}", "feedback {feedback_id}"),
    "deal": ('"{deal_name}"', "deal {deal_id}"),
    "person": ("{person_name}", "person {person_id}"),
}  # fmt: skip
"""Subject -> the first of these texts whose facts all have values."""

_COUNTED: Mapping[str, tuple[str, str]] = {
    "account": ("client", "clients"),
    "contact": ("contact", "contacts"),
    "commitment": ("promise", "promises"),
    "invoice": ("invoice", "invoices"),
    "incident": ("incident", "incidents"),
    "message": ("message of the last 90 days", "messages of the last 90 days"),
    "feedback": ("piece of feedback", "pieces of feedback"),
    "deal": ("deal", "deals"),
    "person": ("person of ours", "people of ours"),
}


def names_of(subject: str) -> tuple[str, ...]:
    """The texts that name_of() fills."""
    return _NAMES[subject]


def name_of(subject: str, facts: Mapping[str, Any]) -> str:
    """`invoice 1043`; at most 60 characters."""
    return write_name(_NAMES[subject], facts)


def counted(subject: str, count: int) -> str:
    """`1 promise`, `1,204 invoices`."""
    one, many = _COUNTED[subject]
    return f"{count:,} {one if count == 1 else many}"
