"""The agency's records under HubSpot's names."""

from collections.abc import Iterable

from tests.loop.house import CREATED_DAYS, PEOPLE, Client, Row, ago, day, slug

_TIERS = {"A": "tier_1", "B": "tier_2", "C": "tier_3", "": ""}
_NO_ANSWER = "73a0d17f-1163-4015-bdd5-ec830791da20"
_CONNECTED = "f240bbac-87c9-4f6e-bf70-924b57d47db7"


def hubspot_files(clients: Iterable[Client]) -> dict[str, list[Row]]:
    """Object -> rows, with their associations."""
    tables: dict[str, list[Row]] = {"owners": _owners()}
    for client in clients:
        key = slug(client.name)
        for name, rows in _client(client, key).items():
            tables.setdefault(name, []).extend(rows)
            if name != "companies":
                tables.setdefault("associations", []).extend(
                    {"from_type": name, "from_id": row["id"], "to_type": "companies", "to_id": key} for row in rows
                )  # fmt: skip
    return tables


def _owners() -> list[Row]:
    return [
        {"id": short, "email": f"{short}@acme.example", "firstName": name.split()[0], "lastName": name.split()[1],
         "archived": str(not active).lower()}
        for short, (name, active) in PEOPLE.items()
    ]  # fmt: skip


def _client(client: Client, key: str) -> dict[str, list[Row]]:
    made = {"createdAt": ago(CREATED_DAYS), "updatedAt": ago(CREATED_DAYS)}
    tables: dict[str, list[Row]] = {
        "companies": [{"id": key, "name": client.name, "hubspot_owner_id": client.owner, "domain": f"{key}.example",
                       "hs_ideal_customer_profile": _TIERS[client.tier], **made}],
        "deals": [{"id": f"o-{key}", "dealname": "Retainer", "hubspot_owner_id": "sam", "closedate": ago(-60),
                   "pipeline": "default", "dealstage": "qualifiedtobuy" if client.live else "closedlost", **made}],
    }  # fmt: skip
    for n, (kind, days) in enumerate(client.touches):
        name, values = _touch(kind, days)
        tables.setdefault(name, []).append(
            {
                "id": f"t-{key}-{n}",
                "hubspot_owner_id": "rita",
                "hs_timestamp": ago(days),
                **_stamps(days),
                **values,
            }
        )
    if client.promise_due is not None:
        tables["tasks"] = [
            {"id": f"p-{key}", "hs_task_subject": "Promise: send the audit", "hs_task_status": "NOT_STARTED",
             "hs_timestamp": f"{day(client.promise_due)}T12:00:00Z", "hubspot_owner_id": client.owner, **_stamps(30)}
        ]  # fmt: skip
    if client.case_opened is not None:
        closed = client.case_closed is not None
        tables["tickets"] = [
            {"id": f"c-{key}", "subject": "Site down", "hs_ticket_priority": "HIGH", "hs_pipeline": "0",
             "hs_pipeline_stage": "4" if closed else "1", "closed_date": ago(client.case_closed or 0) if closed else "",
             **_stamps(client.case_opened)}
        ]  # fmt: skip
    if client.invoice_due is not None:
        tables["invoices"] = [
            {"id": f"i-{key}", "hs_number": f"INV-{key}", "hs_invoice_status": "paid" if client.invoice_paid else "open",
             "hs_currency": "GBP", "hs_amount_billed": "1200", "hs_balance_due": "0" if client.invoice_paid else "1200",
             "hs_invoice_date": ago(client.invoice_due + 30, 0), "hs_due_date": ago(client.invoice_due, 0), **_stamps(client.invoice_due + 30)}
        ]  # fmt: skip
    return tables


def _touch(kind: str, days: int) -> tuple[str, Row]:
    if kind == "email":
        return "emails", {
            "hs_email_status": "SENT",
            "hs_email_direction": "EMAIL",
            "hs_email_subject": "Hello",
        }
    if kind == "meeting":
        return "meetings", {"hs_meeting_outcome": "COMPLETED", "hs_meeting_start_time": ago(days)}
    return "calls", {
        "hs_call_status": "COMPLETED",
        "hs_call_disposition": _NO_ANSWER if kind == "missed" else _CONNECTED,
        "hs_call_direction": "OUTBOUND",
    }


def _stamps(days: int) -> Row:
    return {"createdAt": ago(days), "updatedAt": ago(days)}
