"""The agency in HubSpot's words: one list of rows for each object, under its property names, and the associations."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sandbox.generate.people import SUPPORT_ADDRESS
from sandbox.generate.story import (
    Agency,
    Answer,
    Bill,
    Client,
    Colleague,
    Contact,
    Deal,
    Incident,
    Promise,
    Touch,
)

Rows = dict[str, list[dict[str, Any]]]

_TIERS = {"A": "tier_1", "B": "tier_2", "C": "tier_3"}
_STAGES = {"live": "contractsent", "won": "closedwon", "lost": "closedlost"}
_OUTCOMES = {"reached": "COMPLETED", "missed": "NO_SHOW", "cancelled": "CANCELED"}
_CONNECTED, _NO_ANSWER = "f240bbac-87c9-4f6e-bf70-924b57d47db7", "73a0d17f-1163-4015-bdd5-ec830791da20"
_CLOSE_OF_BUSINESS = time(16)
_PROMISED = {"us": "Promise", "client": "Client promise"}
_CATEGORIES = {
    "Problem": "PRODUCT_ISSUE",
    "Question": "GENERAL_INQUIRY",
    "Feature Request": "FEATURE_REQUEST",
}
_GROUPS = {
    "NPS": ("DETRACTOR",) * 7 + ("PASSIVE",) * 2 + ("PROMOTER",) * 2,
    "CSAT": ("DETRACTOR", "PASSIVE", "PROMOTER"),
}
"""HubSpot's name for what each value means, from 0 on."""


def hubspot_rows(agency: Agency) -> Rows:
    """Object -> rows; ids are texts of ours, which loading turns into HubSpot's."""
    rows: Rows = defaultdict(list)
    rows["owners"] = [_owner(colleague) for colleague in agency.colleagues]
    known = {client.n for client in agency.clients if "hubspot" in client.histories}
    for client in agency.clients:
        history = client.histories.get("hubspot")
        if history is None:
            continue
        rows["companies"].append(_company(client))
        for contact in client.contacts:
            rows["contacts"].append(_contact(client, contact))
            rows["associations"].append(
                _link("contacts", f"contact-{contact.n}", "companies", f"client-{client.n}")
            )
        for n, touch in enumerate(history.touches):
            name, row = _TOUCHES[touch.kind](client, touch, agency.now)
            row["id"] = f"touch-{client.n}-{n}"
            rows[name].append(row)
            rows["associations"] += _links(name, row["id"], client, touch, known)
        for name, made in (
            ("tasks", [_promise(client, n, promise) for n, promise in enumerate(history.promises)]),
            ("tickets", [_ticket(client, n, incident) for n, incident in enumerate(history.incidents)]),
            ("invoices", [_invoice(bill, agency.now) for bill in history.bills]),
            ("deals", [_deal(client, n, deal) for n, deal in enumerate(history.deals)]),
        ):
            rows[name] += made
            rows["associations"] += [
                _link(name, row["id"], "companies", f"client-{client.n}") for row in made
            ]
        for n, answer in enumerate(history.answers):
            rows["feedback_submissions"].append(_answer(client, n, answer))
            rows["associations"].append(
                _link(
                    "feedback_submissions",
                    f"answer-{client.n}-{n}",
                    "contacts",
                    f"contact-{answer.contact.n}",
                )
            )
        rows["associations"] += [
            _link("tickets", f"ticket-{client.n}-{n}", "contacts", f"contact-{incident.contact.n}")
            for n, incident in enumerate(history.incidents)
            if incident.contact is not None
        ]
    return rows


def _owner(colleague: Colleague) -> dict[str, Any]:
    return {
        "id": f"owner-{colleague.n}", "email": colleague.email, "firstName": colleague.first, "lastName": colleague.last,
        "userId": 5_000 + colleague.n, "archived": not colleague.active,
    }  # fmt: skip


def _company(client: Client) -> dict[str, Any]:
    return {
        "id": f"client-{client.n}", "name": client.name, "domain": client.domain, "industry": client.industry[1],
        "annualrevenue": client.revenue, "city": client.city, "hs_ideal_customer_profile": _TIERS[client.tier],
        "lifecyclestage": "customer", "hubspot_owner_id": _owner_id(client.owner), "createdate": client.created_at,
    }  # fmt: skip


def _contact(client: Client, contact: Contact) -> dict[str, Any]:
    return {
        "id": f"contact-{contact.n}", "email": contact.email, "firstname": contact.first, "lastname": contact.last,
        "jobtitle": contact.title, "hubspot_owner_id": _owner_id(client.owner), "createdate": client.created_at,
    }  # fmt: skip


def _call(client: Client, touch: Touch, now: datetime) -> tuple[str, dict[str, Any]]:
    reached = touch.outcome == "reached"
    row = {
        "hs_call_title": touch.subject, "hs_call_body": touch.body, "hs_call_direction": "INBOUND" if touch.inbound else "OUTBOUND",
        "hs_call_status": "COMPLETED" if reached else "NO_ANSWER", "hs_call_duration": touch.minutes * 60_000 if reached else 0,
        "hs_call_disposition": _CONNECTED if reached else _NO_ANSWER, **_activity(touch, now),
    }  # fmt: skip
    return "calls", row


def _email(client: Client, touch: Touch, now: datetime) -> tuple[str, dict[str, Any]]:
    theirs = touch.contact.email if touch.contact else f"hello@{client.domain}"
    ours = SUPPORT_ADDRESS if touch.is_receipt else touch.by.email
    row = {
        "hs_email_from_email": theirs if touch.inbound else ours,
        "hs_email_subject": touch.subject, "hs_email_text": touch.body, "hs_email_status": "SENT",
        "hs_email_direction": "INCOMING_EMAIL" if touch.inbound else "EMAIL", **_activity(touch, now),
    }  # fmt: skip
    return "emails", row


def _meeting(client: Client, touch: Touch, now: datetime) -> tuple[str, dict[str, Any]]:
    row = {
        "hs_meeting_title": touch.subject, "hs_meeting_body": touch.body, "hs_meeting_start_time": touch.at,
        "hs_meeting_outcome": "SCHEDULED" if touch.at > now else _OUTCOMES[touch.outcome],
        "hs_meeting_end_time": touch.at + timedelta(minutes=touch.minutes), **_activity(touch, now),
    }  # fmt: skip
    return "meetings", row


def _note(client: Client, touch: Touch, now: datetime) -> tuple[str, dict[str, Any]]:
    return "notes", {"hs_note_body": f"{touch.subject} {touch.body}".strip(), **_activity(touch, now)}


_TOUCHES = {"call": _call, "email": _email, "meeting": _meeting, "note": _note}


def _activity(touch: Touch, now: datetime) -> dict[str, Any]:
    return {
        "hs_timestamp": touch.at,
        "hubspot_owner_id": _owner_id(touch.by),
        "hs_createdate": min(touch.at, now),
    }


def _promise(client: Client, n: int, promise: Promise) -> dict[str, Any]:
    return {
        "id": f"promise-{client.n}-{n}", "hs_task_subject": f"{_PROMISED[promise.made_by]}: {promise.text}", "hs_task_type": "TODO",
        "hs_task_status": "COMPLETED" if promise.kept_at else "NOT_STARTED", "hs_task_completion_date": promise.kept_at,
        "hs_timestamp": datetime.combine(promise.due_on, _CLOSE_OF_BUSINESS), "hubspot_owner_id": _owner_id(promise.by),
        "hs_createdate": promise.made_at,
    }  # fmt: skip


def _ticket(client: Client, n: int, incident: Incident) -> dict[str, Any]:
    return {
        "id": f"ticket-{client.n}-{n}", "subject": incident.subject, "hs_pipeline": "0",
        "hs_pipeline_stage": "4" if incident.closed_at else "3", "hs_ticket_priority": incident.priority.upper(),
        "hs_ticket_category": _CATEGORIES[incident.kind],
        "createdate": incident.opened_at, "closed_date": incident.closed_at,
        "hubspot_owner_id": _owner_id(incident.by or client.owner),
    }  # fmt: skip


def _invoice(bill: Bill, now: datetime) -> dict[str, Any]:
    status = "draft" if bill.draft else "open" if bill.balance else "paid"
    return {
        "id": f"invoice-{bill.number}", "hs_number": f"INV-{10_000 + bill.number}", "hs_invoice_status": status, "hs_currency": "GBP",
        "hs_amount_billed": bill.amount, "hs_balance_due": bill.balance, "hs_invoice_date": _midnight(bill.issued_on),
        "hs_due_date": _midnight(bill.due_on), "hs_amount_paid": bill.amount - bill.balance,
        "hs_payment_date": _midnight(bill.paid_on) if bill.paid_on else None,
        "hs_createdate": min(_midnight(bill.issued_on), now.replace(tzinfo=UTC)),
    }  # fmt: skip


def _deal(client: Client, n: int, deal: Deal) -> dict[str, Any]:
    return {
        "id": f"deal-{client.n}-{n}", "dealname": deal.name, "dealstage": _STAGES[deal.stage], "pipeline": "default",
        "amount": deal.amount, "closedate": _midnight(deal.closes_on), "hubspot_owner_id": _owner_id(deal.by or client.owner),
        "createdate": deal.made_at, "hs_next_step": deal.next_step or None,
    }  # fmt: skip


def _answer(client: Client, n: int, answer: Answer) -> dict[str, Any]:
    return {
        "id": f"answer-{client.n}-{n}", "hs_survey_name": f"{answer.survey} spring", "hs_survey_type": answer.survey,
        "hs_survey_channel": "EMAIL", "hs_value": answer.value, "hs_response_group": _GROUPS[answer.survey][answer.value],
        "hs_content": answer.words or None, "hs_submission_timestamp": answer.given_at, "hs_createdate": answer.given_at,
    }  # fmt: skip


def _links(name: str, row_id: str, client: Client, touch: Touch, known: set[int]) -> Iterator[dict[str, Any]]:
    if not touch.contact_only:
        yield _link(name, row_id, "companies", f"client-{client.n}")
        if touch.also is not None and touch.also in known:
            yield _link(name, row_id, "companies", f"client-{touch.also}")
    if touch.contact is not None:
        yield _link(name, row_id, "contacts", f"contact-{touch.contact.n}")


def _link(from_type: str, from_id: str, to_type: str, to_id: str) -> dict[str, Any]:
    return {"from_type": from_type, "from_id": from_id, "to_type": to_type, "to_id": to_id, "type_id": None}


def _owner_id(colleague: Colleague | None) -> str | None:
    return f"owner-{colleague.n}" if colleague else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
