"""Somebody at the agency, who works in Salesforce as people do and knows nothing of Keptword."""

from typing import Any
from urllib.parse import urlencode

from sync.demo.crm import DemoCrm

_DATA = "/services/data/v66.0"
_LOGIN = {"grant_type": "client_credentials", "client_id": "sandbox-key", "client_secret": "sandbox-secret"}


class Colleague:
    """Logged in at the CRM of the demo."""

    def __init__(self, crm: DemoCrm) -> None:
        answer = crm.pool.request_encode_body(
            "POST", crm.http_url + "/services/oauth2/token", fields=_LOGIN, encode_multipart=False
        )
        self._crm, self._headers = crm, {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def query(self, soql: str) -> list[dict[str, Any]]:
        """The records of one page."""
        path = f"{_DATA}/query?{urlencode({'q': soql})}"
        records: list[dict[str, Any]] = self._crm.call("GET", path, headers=self._headers)["records"]
        return records

    def log_call(self, *, account_id: str, owner_id: str, day: str) -> None:
        """A call that took place, as the CRM's "Log a call" writes it."""
        call = {
            "Subject": "Call", "TaskSubtype": "Call", "Status": "Completed", "ActivityDate": day, "WhatId": account_id,
            "OwnerId": owner_id, "Description": "Spoke about the summer campaign; all is well.",
        }  # fmt: skip
        self._crm.call("POST", f"{_DATA}/sobjects/Task", json_body=call, headers=self._headers)

    def move_due_date(self, *, task_id: str, day: str) -> None:
        """Gives a task another day."""
        change = {"ActivityDate": day}
        self._crm.call("PATCH", f"{_DATA}/sobjects/Task/{task_id}", json_body=change, headers=self._headers)
