"""The agency's records under Salesforce's names."""

from collections.abc import Iterable, Mapping

from tests.loop.house import CREATED_DAYS, PEOPLE, Client, Row, ago, day, slug

_RATINGS = {"A": "Hot", "B": "Warm", "C": "Cold", "": ""}


def salesforce_files(clients: Iterable[Client]) -> dict[str, list[Row]]:
    """Object -> rows."""
    tables: dict[str, list[Row]] = {"User": _users()}
    for client in clients:
        for name, rows in _client(client).items():
            tables.setdefault(name, []).extend(rows)
    return tables


def _users() -> list[Row]:
    return [
        {
            "Id": short, "FirstName": name.split()[0], "LastName": name.split()[1], "Username": f"{short}@acme.example",
            "Email": f"{short}@acme.example", "IsActive": str(active).lower(), "ManagerId": "" if short == "sam" else "sam", **_stamps(ago(CREATED_DAYS)),
        }
        for short, (name, active) in PEOPLE.items()
    ]  # fmt: skip


def _client(client: Client) -> Mapping[str, list[Row]]:
    key = slug(client.name)
    made = _stamps(ago(CREATED_DAYS))
    tables: dict[str, list[Row]] = {
        "Account": [{"Id": key, "Name": client.name, "OwnerId": client.owner, "Rating": _RATINGS[client.tier],
                     "Website": f"https://www.{key}.example", **made}],
        "Opportunity": [{"Id": f"o-{key}", "AccountId": key, "Name": "Retainer", "OwnerId": "sam", "CloseDate": day(-60),
                         "StageName": "Qualification" if client.live else "Closed Lost", **made}],
        "Task": [_touch(client, key, n) for n, (kind, _) in enumerate(client.touches) if kind != "meeting"],
        "Event": [_meeting(client, key, n) for n, (kind, _) in enumerate(client.touches) if kind == "meeting"],
    }  # fmt: skip
    if client.promise_due is not None:
        tables["Task"].append(
            {"Id": f"p-{key}", "WhatId": key, "Subject": "Promise: send the audit", "Type": "Promise", "Status": "Not Started",
             "ActivityDate": day(client.promise_due), "OwnerId": client.owner, **_stamps(ago(30))}
        )  # fmt: skip
    if client.case_opened is not None:
        closed = client.case_closed is not None
        tables["Case"] = [
            {"Id": f"c-{key}", "AccountId": key, "Subject": "Site down", "Priority": "High", "Status": "Closed" if closed else "New",
             "ClosedDate": ago(client.case_closed or 0) if closed else "", **_stamps(ago(client.case_opened))}
        ]  # fmt: skip
    if client.invoice_due is not None:
        tables["Invoice"] = [
            {"Id": f"i-{key}", "BillingAccountId": key, "InvoiceNumber": f"INV-{key}", "Status": "Posted", "TotalAmountWithTax": "1200",
             "Balance": "0" if client.invoice_paid else "1200", "InvoiceDate": day(client.invoice_due + 30), "DueDate": day(client.invoice_due),
             **_stamps(ago(client.invoice_due + 30))}
        ]  # fmt: skip
    return tables


def _touch(client: Client, key: str, n: int) -> Row:
    kind, days = client.touches[n]
    return {
        "Id": f"t-{key}-{n}", "WhatId": key, "OwnerId": "rita", "Subject": "Talked", "Status": "Completed",
        "TaskSubtype": "Email" if kind == "email" else "Call", "CompletedDateTime": ago(days), "ActivityDate": day(days),
        "CallDisposition": "No answer" if kind == "missed" else "", **_stamps(ago(days)),
    }  # fmt: skip


def _meeting(client: Client, key: str, n: int) -> Row:
    days = client.touches[n][1]
    return {
        "Id": f"e-{key}-{n}", "WhatId": key, "OwnerId": "rita", "Subject": "Review", "StartDateTime": ago(days),
        "DurationInMinutes": "30", **_stamps(ago(days)),
    }  # fmt: skip


def _stamps(at: str) -> Row:
    return {"CreatedDate": at, "LastModifiedDate": at, "SystemModstamp": at}
