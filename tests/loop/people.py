"""What people do in their CRM between two runs, through the CRM's own API."""

import json
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import urlencode

from connectors.salesforce.mark_line import with_mark
from connectors.tasks import TaskOutcome
from tests.loop.house import TODAY, slug
from tests.loop.world import Desk

_CONNECTED = "f240bbac-87c9-4f6e-bf70-924b57d47db7"
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}

SF_WORDS = {"subject": "Subject", "body": "Description", "owner": "OwnerId", "due": "ActivityDate"}
HS_WORDS = {
    "subject": "hs_task_subject",
    "body": "hs_task_body",
    "owner": "hubspot_owner_id",
    "due": "hs_timestamp",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """The agency's people at work in one CRM."""

    desk: Desk
    token: str

    @property
    def words(self) -> dict[str, str]:
        """Field -> its name in this CRM."""
        return SF_WORDS if self.desk.is_salesforce else HS_WORDS

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """A request that must succeed, as the signed-in user."""
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = self.desk.sandbox.request(method, path, json=body, headers=headers)
        assert answer.status < 300, f"{method} {path}: {answer.status} {answer.data[:300]!r}"
        return json.loads(answer.data) if answer.data else None

    def change(self, name: str, record_id: str, /, **values: object) -> None:
        """Fields of a record, by the CRM's own names."""
        if self.desk.is_salesforce:
            self.ask("PATCH", f"/services/data/v66.0/sobjects/{name}/{record_id}", values)
        else:
            self.ask("PATCH", f"/crm/v3/objects/{name}/{record_id}", {"properties": values})

    def record(self, name: str, legacy: str) -> str:
        """The id of a record that the files brought under another."""
        rows = self.desk.sandbox.rows(name)
        return next(
            str(row.get("Id") or row["id"])
            for row in rows
            if legacy in (row.get("Legacy_Id__c"), row.get("legacy_id"))
        )

    def task(self, client: str, rule: str) -> dict[str, Any]:
        """Our task of that rule on the client."""
        about = self.record("Account" if self.desk.is_salesforce else "companies", slug(client))
        links = {} if self.desk.is_salesforce else self._links()
        found = [
            row for row in self.desk.rows()
            if rule in row.get("Keptword_Key__c", row.get("keptword_key", "")) and about in (row.get("WhatId"), links.get(row.get("id", "")))
        ]  # fmt: skip
        assert len(found) == 1, f"{len(found)} tasks of {rule} on {client}"
        return found[0]

    def edit(self, client: str, rule: str, **values: str) -> None:
        """Writes subject, body, owner or due of our task over."""
        row = self.task(client, rule)
        given = {self.words[name]: value for name, value in values.items()}
        if self.desk.crm == "sf-body" and "body" in values:
            # Above the last line, which says whose the task is.
            given["Description"] = with_mark(values["body"], row["Keptword_Key__c"], row["Keptword_State__c"])
        self.change(self._tasks, row.get("Id") or row["id"], **given)

    def complete(self, client: str, rule: str, *, outcome: TaskOutcome = "") -> None:
        """Ticks our task off, and says what came of it where `outcome` does."""
        row = self.task(client, rule)
        done = {"Status": "Completed"} if self.desk.is_salesforce else {"hs_task_status": "COMPLETED"}
        if outcome:
            said = (
                {"Keptword_Outcome__c": outcome} if self.desk.is_salesforce else {"keptword_outcome": outcome}
            )
            done |= said
        self.change(self._tasks, row.get("Id") or row["id"], **done)

    def note_below(self, client: str, rule: str, words: str) -> None:
        """Writes a line below the text of our task, as the CRM's own editor would store it."""
        body = self.task(client, rule)[self.words["body"]]
        note = f"\n\n{words}" if self.desk.is_salesforce else f"<br>{escape(words, quote=False)}"
        self.edit(client, rule, body=f"{body}{note}")

    def give_client(self, client: str, to: str) -> None:
        """Hands the client over to a colleague."""
        owner = self.record("User" if self.desk.is_salesforce else "owners", to)
        if self.desk.is_salesforce:
            self.change("Account", self.record("Account", slug(client)), OwnerId=owner)
        else:
            self.change("companies", self.record("companies", slug(client)), hubspot_owner_id=owner)

    def unlink(self, client: str, rule: str) -> None:
        """Takes our task off the client."""
        row = self.task(client, rule)
        if self.desk.is_salesforce:
            self.change("Task", row["Id"], WhatId=None)
        else:
            about = self.record("companies", slug(client))
            self.ask("DELETE", f"/crm/v4/objects/tasks/{row['id']}/associations/companies/{about}")

    def delete(self, client: str, rule: str) -> None:
        """Throws our task away."""
        row = self.task(client, rule)
        if self.desk.is_salesforce:
            self.ask("DELETE", f"/services/data/v66.0/sobjects/Task/{row['Id']}")
        else:
            self.ask("DELETE", f"/crm/v3/objects/tasks/{row['id']}")

    def remove_client(self, client: str) -> None:
        """Throws the client's account away."""
        if self.desk.is_salesforce:
            self.ask(
                "DELETE", f"/services/data/v66.0/sobjects/Account/{self.record('Account', slug(client))}"
            )
        else:
            self.ask("DELETE", f"/crm/v3/objects/companies/{self.record('companies', slug(client))}")

    def log_call(self, client: str) -> None:
        """Notes a call with the client that has just ended."""
        if self.desk.is_salesforce:
            about = self.record("Account", slug(client))
            call = {
                "WhatId": about,
                "Subject": "Called",
                "Status": "Completed",
                "TaskSubtype": "Call",
                "ActivityDate": TODAY.isoformat(),
            }
            self.ask("POST", "/services/data/v66.0/sobjects/Task", call)
            return
        properties = {
            "hs_timestamp": f"{TODAY}T09:00:00Z",
            "hs_call_status": "COMPLETED",
            "hs_call_disposition": _CONNECTED,
        }
        link = {
            "to": {"id": self.record("companies", slug(client))},
            "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 182}],
        }
        self.ask("POST", "/crm/v3/objects/calls", {"properties": properties, "associations": [link]})

    def keep_promise(self, client: str) -> None:
        """Ticks the promise itself off."""
        done = {"Status": "Completed"} if self.desk.is_salesforce else {"hs_task_status": "COMPLETED"}
        self.change(self._tasks, self.record(self._tasks, f"p-{slug(client)}"), **done)

    def move_promise(self, client: str, to: str) -> None:
        """Gives the promise another day."""
        due = {"ActivityDate": to} if self.desk.is_salesforce else {"hs_timestamp": f"{to}T12:00:00Z"}
        self.change(self._tasks, self.record(self._tasks, f"p-{slug(client)}"), **due)

    def pay_invoice(self, client: str) -> None:
        """The money came."""
        if self.desk.is_salesforce:
            self.change("Bill__c", self.record("Bill__c", f"i-{slug(client)}"), Balance__c=0)
        else:
            paid = {"hs_invoice_status": "paid", "hs_balance_due": "0"}
            self.change("invoices", self.record("invoices", f"i-{slug(client)}"), **paid)

    @property
    def _tasks(self) -> str:
        return "Task" if self.desk.is_salesforce else "tasks"

    def _links(self) -> dict[str, str]:
        return {
            str(link["from_id"]): str(link["to_id"]) for link in self.desk.sandbox.rows("associations")
            if (link["from_type"], link["to_type"]) == ("tasks", "companies")
        }  # fmt: skip


def people_at(desk: Desk) -> People:
    """Signs a person in."""
    if not desk.is_salesforce:
        return People(desk=desk, token="pat-sandbox-token")
    form = {"grant_type": "client_credentials", "client_id": "sandbox-key", "client_secret": "sandbox-secret"}
    url = f"{desk.sandbox.http_url}/services/oauth2/token"
    answer = desk.sandbox.pool.request("POST", url, body=urlencode(form), headers=_FORM)
    return People(desk=desk, token=json.loads(answer.data)["access_token"])
