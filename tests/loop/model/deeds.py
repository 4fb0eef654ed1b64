"""What people do in their CRM, by its own API and pages; the same deeds in both."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from tests.loop.model.sight import WORDS
from tests.loop.people import People

_CONNECTED = "f240bbac-87c9-4f6e-bf70-924b57d47db7"
_TASK_TO_COMPANY, _CALL_TO_COMPANY = 192, 182
_DATA = "/services/data/v66.0/sobjects"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deeds:
    """The hands of everybody in the agency; ids are the CRM's own."""

    people: People

    @property
    def is_salesforce(self) -> bool:
        """Which of the two."""
        return self.people.desk.is_salesforce

    @property
    def task(self) -> str:
        """What this CRM calls tasks."""
        return "Task" if self.is_salesforce else "tasks"

    @property
    def account(self) -> str:
        """What this CRM calls clients."""
        return "Account" if self.is_salesforce else "companies"

    @property
    def bill(self) -> str:
        """What this CRM calls invoices."""
        return "Bill__c" if self.is_salesforce else "invoices"

    def write(self, id_: str, **fields: str) -> None:
        """Fields of a task, by our names."""
        words = WORDS["sf" if self.is_salesforce else "hs"]
        self.people.change(self.task, id_, **{words[name]: value for name, value in fields.items()})

    def tick(self, id_: str, *, done: bool) -> None:
        """Completes a task or opens it again."""
        if self.is_salesforce:
            self.people.change("Task", id_, Status="Completed" if done else "Not Started")
        else:
            self.people.change("tasks", id_, hs_task_status="COMPLETED" if done else "NOT_STARTED")

    def say(self, id_: str, outcome: str) -> None:
        """What a task came to."""
        name = "Keptword_Outcome__c" if self.is_salesforce else "keptword_outcome"
        self.people.change(self.task, id_, **{name: outcome})

    def due(self, id_: str, day: date) -> None:
        """Another day for a task, ours or a promise."""
        self.write(id_, due=day.isoformat() if self.is_salesforce else f"{day}T12:00:00.000Z")

    def delete(self, name: str, id_: str) -> None:
        """Into the recycle bin."""
        where = f"{_DATA}/{name}/{id_}" if self.is_salesforce else f"/crm/v3/objects/{name}/{id_}"
        self.people.ask("DELETE", where)

    def restore(self, name: str, id_: str) -> None:
        """Out of the recycle bin."""
        if self.is_salesforce:
            self._pull("undelete", ids=[id_])
        else:
            self._pull("restore", object=name, ids=[int(id_)], stamp=True)

    def merge(self, loser: str, winner: str) -> None:
        """Two clients were one."""
        if self.is_salesforce:
            self._pull("merge", winner=winner, losers=[loser])
        else:
            body = {"primaryObjectId": winner, "objectIdToMerge": loser}
            self.people.ask("POST", "/crm/v3/objects/companies/merge", body)

    def unlink(self, id_: str, account: str) -> None:
        """Takes the client off a task."""
        if self.is_salesforce:
            self.people.change("Task", id_, WhatId=None)
        else:
            self.people.ask("DELETE", f"/crm/v4/objects/tasks/{id_}/associations/companies/{account}")

    def call(self, account: str, at: datetime) -> tuple[str, datetime]:
        """Logs a call that has just ended: its record, and when the CRM says it was."""
        if self.is_salesforce:
            call = {"WhatId": account, "Subject": "Called", "Status": "Completed", "TaskSubtype": "Call"}
            id_ = str(self.people.ask("POST", f"{_DATA}/Task", call)["id"])
            row = next(row for row in self.people.desk.sandbox.rows("Task") if row["Id"] == id_)
            return id_, datetime.fromisoformat(row["CompletedDateTime"]).replace(tzinfo=None)
        held = {"hs_timestamp": _stamp(at), "hs_call_status": "COMPLETED", "hs_call_disposition": _CONNECTED}
        return self._new("calls", held, account, _CALL_TO_COMPANY), at

    def move_call(self, id_: str, at: datetime) -> None:
        """The call was on another day."""
        if self.is_salesforce:
            # No person can write when a task was completed; a data loader with the right to can.
            self._pull("touch", object="Task", ids=[id_], values={"CompletedDateTime": _stamp(at)})
        else:
            self.people.change("calls", id_, hs_timestamp=_stamp(at))

    def make_task(self, account: str, words: str) -> None:
        """A chore of somebody's own, that has nothing to do with us."""
        if self.is_salesforce:
            self.people.ask(
                "POST", f"{_DATA}/Task", {"WhatId": account, "Subject": words, "Description": words}
            )
        else:
            self._new(
                "tasks",
                {"hs_task_subject": words, "hs_timestamp": "2026-06-01T09:00:00.000Z"},
                account,
                _TASK_TO_COMPANY,
            )

    def pay(self, id_: str, *, paid: bool) -> None:
        """The money came, or went back."""
        balance = 0 if paid else 1200
        if self.is_salesforce:
            self.people.change("Bill__c", id_, Balance__c=balance)
        else:
            self.people.change(
                "invoices", id_, hs_invoice_status="paid" if paid else "open", hs_balance_due=str(balance)
            )

    def hand_over(self, account: str, owner: str) -> None:
        """The client gets another owner."""
        self.people.change(
            self.account, account, **{"OwnerId" if self.is_salesforce else "hubspot_owner_id": owner}
        )

    def employ(self, person: str, *, active: bool) -> None:
        """A colleague leaves, or comes back."""
        if self.is_salesforce:
            self.people.change("User", person, IsActive=active)
        else:
            self._pull("owner", id=int(person), active=active)

    def _new(self, name: str, values: Mapping[str, Any], account: str, link: int) -> str:
        types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": link}]
        body = {"properties": values, "associations": [{"to": {"id": account}, "types": types}]}
        return str(self.people.ask("POST", f"/crm/v3/objects/{name}", body)["id"])

    def _pull(self, lever: str, **body: Any) -> None:
        side = "salesforce" if self.is_salesforce else "hubspot"
        self.people.desk.sandbox.post(f"/_sandbox/{side}/{lever}", body)


def _stamp(at: datetime) -> str:
    return at.replace(tzinfo=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
