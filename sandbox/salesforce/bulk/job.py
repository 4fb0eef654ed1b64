"""A query job: what was ordered, and how far it is by now."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sandbox.salesforce.bulk.snapshot import Snapshot
from sandbox.salesforce.values import stamp

State = Literal["UploadComplete", "InProgress", "JobComplete", "Failed", "Aborted"]
KEPT = timedelta(days=7)
_WAITING_SHARE = 0.2
"""Of a job's time is spent before it is begun."""


@dataclass(slots=True, kw_only=True)
class Job:
    """One job; `seconds` is how long it takes, `failure` what it will fail with."""

    id: str
    result_id: str
    """What the locators of its result name; they are good for no other job."""
    operation: str
    object_name: str
    created_by: str
    created_at: datetime
    version: float
    delimiter: str
    ending: str
    seconds: float
    page_rows: int
    """Rows of a page that the vendor cuts itself, and the most that a client may ask for."""
    chunked: bool
    """The vendor cuts the query in pieces by id: neither ORDER BY nor LIMIT is in the way."""
    result: Snapshot | None = None
    failure: str = ""
    ended_as: State | None = None
    ended_at: datetime | None = None

    def state(self, now: datetime) -> State:
        """Where the job stands; once it has ended it stays so, whatever the clock does."""
        if self.ended_as is None:
            passed = (now - self.created_at).total_seconds()
            if passed < self.seconds:
                return "UploadComplete" if passed < self.seconds * _WAITING_SHARE else "InProgress"
            self.end(
                "Failed" if self.failure else "JobComplete", self.created_at + timedelta(seconds=self.seconds)
            )
        return self.ended_as or "InProgress"

    def end(self, state: State, at: datetime) -> None:
        """Ends the job; one without success keeps no result."""
        self.ended_as, self.ended_at = state, at
        if state != "JobComplete":
            self.result = None

    def is_forgotten(self, now: datetime) -> bool:
        """Whether the vendor has thrown it away."""
        return now - self.created_at > KEPT

    def head(self, state: State) -> dict[str, Any]:
        """The job as its creation answers it."""
        return {
            "id": self.id, "operation": self.operation, "object": self.object_name, "createdById": self.created_by,
            "createdDate": stamp(self.created_at), "systemModstamp": stamp(self.ended_at or self.created_at),
            "state": state, "concurrencyMode": "Parallel", "contentType": "CSV", "apiVersion": self.version,
            "lineEnding": self.ending, "columnDelimiter": self.delimiter,
        }  # fmt: skip

    def show(self, now: datetime) -> dict[str, Any]:
        """The job with its progress."""
        state = self.state(now)
        passed = ((self.ended_at or now) - self.created_at).total_seconds()
        found = len(self.result) if self.result is not None else 0
        share = 1.0 if state == "JobComplete" or not self.seconds else min(1.0, passed / self.seconds)
        shown = self.head(state) | {
            "jobType": "V2Query", "numberRecordsProcessed": 0 if state == "UploadComplete" else math.floor(found * share),
            "retries": 0, "totalProcessingTime": round(passed * 1000), "isPkChunkingSupported": self.chunked,
        }  # fmt: skip
        return shown | ({"errorMessage": self.failure} if state == "Failed" else {})
