"""The agency in Salesforce's words: one list of rows for each object, under its field names."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sandbox.generate.people import SUPPORT_ADDRESS
from sandbox.generate.story import (
    Agency,
    Bill,
    Client,
    Colleague,
    Contact,
    Contract,
    Deal,
    Incident,
    Promise,
    Touch,
)

Rows = dict[str, list[dict[str, Any]]]

_RATINGS = {"A": "Hot", "B": "Warm", "C": "Cold"}
_STAGES = {"live": "Proposal/Price Quote", "won": "Closed Won", "lost": "Closed Lost"}
_MEETING_TITLES = {"reached": "{}", "missed": "No show: {}", "cancelled": "Canceled: {}"}
_PROMISED = {"us": "Promise", "client": "Client promise"}
_ZONE = "Europe/London"


def salesforce_rows(agency: Agency) -> Rows:
    """Object -> rows; ids are texts of ours, which loading turns into Salesforce's."""
    rows: Rows = defaultdict(list)
    rows["User"] = [_user(colleague) for colleague in agency.colleagues]
    for client in agency.clients:
        history = client.histories.get("salesforce")
        if history is None:
            continue
        rows["Account"].append(_account(client))
        rows["Contact"] += [_contact(client, contact) for contact in client.contacts]
        for n, touch in enumerate(history.touches):
            name, row = _TOUCHES[touch.kind](client, touch, agency.now)
            rows[name].append({"Id": f"touch-{client.n}-{n}", **row})
            if name == "EmailMessage" and touch.is_logged_twice:
                rows["Task"].append({"Id": f"twin-{client.n}-{n}", **_twin(client, touch)})
                row_of_mail = rows[name][-1]
                row_of_mail["ActivityId"] = f"twin-{client.n}-{n}"
        rows["Task"] += [_promise(client, n, promise) for n, promise in enumerate(history.promises)]
        rows["Case"] += [_case(client, n, incident) for n, incident in enumerate(history.incidents)]
        rows["Invoice"] += [_invoice(client, bill, agency.now) for bill in history.bills]
        rows["Opportunity"] += [_opportunity(client, n, deal) for n, deal in enumerate(history.deals)]
        rows["Contract"] += [_contract(client, n, contract) for n, contract in enumerate(history.contracts)]
    return rows


def _user(colleague: Colleague) -> dict[str, Any]:
    return {
        "Id": f"user-{colleague.n}", "FirstName": colleague.first, "LastName": colleague.last, "Email": colleague.email,
        "Username": colleague.email, "Alias": f"user{colleague.n}"[:8], "IsActive": colleague.active, "Title": colleague.title,
        "ManagerId": None if colleague.manager is None else f"user-{colleague.manager}", "UserType": "Standard",
        "TimeZoneSidKey": _ZONE,
    }  # fmt: skip


def _account(client: Client) -> dict[str, Any]:
    return _owned(client) | {
        "Id": f"client-{client.n}", "Name": client.name, "Website": f"https://www.{client.domain}",
        "Rating": _RATINGS[client.tier], "Industry": client.industry[0], "AnnualRevenue": client.revenue,
        "BillingCity": client.city, "Type": "Customer - Direct", **_stamps(client.created_at),
    }  # fmt: skip


def _contact(client: Client, contact: Contact) -> dict[str, Any]:
    return _owned(client) | {
        "Id": f"contact-{contact.n}", "AccountId": f"client-{client.n}", "FirstName": contact.first, "LastName": contact.last,
        "Email": contact.email, "Title": contact.title, **_stamps(client.created_at),
    }  # fmt: skip


def _call(client: Client, touch: Touch, now: datetime) -> tuple[str, dict[str, Any]]:
    row = {
        "Subject": f"Call: {touch.subject}", "TaskSubtype": "Call", "Type": "Call", "Status": "Completed",
        "CallType": "Inbound" if touch.inbound else "Outbound", "CallDurationInSeconds": touch.minutes * 60,
        "CallDisposition": "Connected" if touch.outcome == "reached" else "No answer", "ActivityDate": touch.at.date(),
        "CompletedDateTime": touch.at, "Description": touch.body, **_about(client, touch), **_stamps(touch.at),
    }  # fmt: skip
    return "Task", row


def _note(client: Client, touch: Touch, now: datetime) -> tuple[str, dict[str, Any]]:
    row = {
        "Subject": touch.subject, "TaskSubtype": "Task", "Type": "Other", "Status": "Completed", "ActivityDate": touch.at.date(),
        "CompletedDateTime": touch.at, "Description": touch.body, **_about(client, touch), **_stamps(touch.at),
    }  # fmt: skip
    return "Task", row


def _meeting(client: Client, touch: Touch, now: datetime) -> tuple[str, dict[str, Any]]:
    row = {
        "Subject": _MEETING_TITLES[touch.outcome].format(touch.subject), "Type": "Meeting", "StartDateTime": touch.at,
        "EndDateTime": touch.at + timedelta(minutes=touch.minutes), "DurationInMinutes": touch.minutes,
        "Description": touch.body, **_about(client, touch), **_stamps(min(touch.at, now)),
    }  # fmt: skip
    return "Event", row


def _email(client: Client, touch: Touch, now: datetime) -> tuple[str, dict[str, Any]]:
    theirs = touch.contact.email if touch.contact else f"hello@{client.domain}"
    ours = SUPPORT_ADDRESS if touch.is_receipt else touch.by.email
    sender, receiver = (theirs, ours) if touch.inbound else (ours, theirs)
    row = {
        "Subject": touch.subject, "TextBody": touch.body, "Incoming": touch.inbound, "Status": "2" if touch.inbound else "3",
        "MessageDate": touch.at, "FromAddress": sender, "ToAddress": receiver, "RelatedToId": f"client-{client.n}",
        **({} if touch.inbound else {"CreatedById": f"user-{touch.by.n}"}), **_stamps(touch.at),
    }  # fmt: skip
    return "EmailMessage", row


def _twin(client: Client, touch: Touch) -> dict[str, Any]:
    """The task by which the same e-mail shows among a client's activities."""
    return {
        "Subject": f"Email: {touch.subject}", "TaskSubtype": "Email", "Type": "Email", "Status": "Completed",
        "ActivityDate": touch.at.date(), "CompletedDateTime": touch.at + timedelta(minutes=1), "Description": touch.body,
        **_about(client, touch), **_stamps(touch.at),
    }  # fmt: skip


_TOUCHES = {"call": _call, "note": _note, "meeting": _meeting, "email": _email}


def _promise(client: Client, n: int, promise: Promise) -> dict[str, Any]:
    return {
        "Id": f"promise-{client.n}-{n}", "Subject": f"{_PROMISED[promise.made_by]}: {promise.text}", "Type": "Promise",
        "Status": "Completed" if promise.kept_at else "Not Started", "ActivityDate": promise.due_on,
        "CompletedDateTime": promise.kept_at, "OwnerId": f"user-{promise.by.n}", "WhatId": f"client-{client.n}",
        "WhoId": _who(promise.contact), **_stamps(promise.made_at),
    }  # fmt: skip


def _case(client: Client, n: int, incident: Incident) -> dict[str, Any]:
    return _owned(client) | {
        "Id": f"case-{client.n}-{n}", "AccountId": f"client-{client.n}", "ContactId": _who(incident.contact),
        "Subject": incident.subject, "Priority": incident.priority, "Type": incident.kind, "Origin": "Email",
        **({"OwnerId": f"user-{incident.by.n}"} if incident.by else {}), "Status": "Closed" if incident.closed_at else "Working", "ClosedDate": incident.closed_at,
        **_stamps(incident.opened_at, incident.closed_at),
    }  # fmt: skip


def _invoice(client: Client, bill: Bill, now: datetime) -> dict[str, Any]:
    made = min(datetime.combine(bill.issued_on, datetime.min.time()), now - timedelta(hours=3))
    number = f"INV-{10_000 + bill.number}"
    return {
        "Id": f"invoice-{bill.number}", "InvoiceNumber": number, "DocumentNumber": number, "BillingAccountId": f"client-{client.n}",
        "Status": "Draft" if bill.draft else "Posted", "Balance": bill.balance, "TotalAmountWithTax": bill.amount,
        "InvoiceDate": bill.issued_on, "DueDate": bill.due_on, "FullSettlementDate": bill.paid_on,
        "SettlementStatus": "Settled" if bill.paid_on else "Not Settled" if bill.balance == bill.amount else "Partially Settled",
        **_stamps(made),
    }  # fmt: skip


def _opportunity(client: Client, n: int, deal: Deal) -> dict[str, Any]:
    return _owned(client) | ({"OwnerId": f"user-{deal.by.n}"} if deal.by else {}) | {
        "Id": f"deal-{client.n}-{n}", "AccountId": f"client-{client.n}", "Name": deal.name, "StageName": _STAGES[deal.stage],
        "Amount": deal.amount, "CloseDate": deal.closes_on, "NextStep": deal.next_step or None, **_stamps(deal.made_at),
    }  # fmt: skip


def _contract(client: Client, n: int, contract: Contract) -> dict[str, Any]:
    signed = datetime.combine(contract.begins_on, datetime.min.time()) - timedelta(days=7)
    return ({"OwnerId": f"user-{contract.by.n}"} if contract.by else {}) | {
        "Id": f"contract-{client.n}-{n}", "AccountId": f"client-{client.n}", "Status": "Activated", "StatusCode": "Activated",
        "StartDate": contract.begins_on, "ContractTerm": contract.months, "EndDate": contract.ends_on, "ActivatedDate": signed,
        **_stamps(signed),
    }  # fmt: skip


def _owned(client: Client) -> dict[str, Any]:
    """Salesforce knows no record without an owner: what nobody answers for stands on the director who brought it in."""
    return {"OwnerId": f"user-{client.owner.n if client.owner else 0}"}


def _about(client: Client, touch: Touch) -> Mapping[str, Any]:
    what = None if touch.contact_only else f"client-{client.n}"
    return {"OwnerId": f"user-{touch.by.n}", "WhatId": what, "WhoId": _who(touch.contact)}


def _who(contact: Contact | None) -> str | None:
    return f"contact-{contact.n}" if contact else None


def _stamps(created: datetime, changed: datetime | None = None) -> dict[str, datetime]:
    last = changed or created
    return {"CreatedDate": created, "LastModifiedDate": last, "SystemModstamp": last}
