"""A CRM in memory whose records change, go away and come back the ways that the two vendors' records do."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

import pyarrow as pa

from connectors.connector import Chunk, Field, ObjectSchema, ReadRequest, Swept
from connectors.errors import Stale, Temporary
from tests.sync.plan.tiny_crm import TinyCrm

State = Literal["live", "bin", "gone"]
"""There; in the recycle bin or archive; removed for good, or out of this login's sight."""

FIELDS = {
    "name": Field(name="name", type="text"),
    "score": Field(name="score", type="integer", calculated=True),
}


@dataclass
class Held:
    """One record."""

    name: str
    changed_at: datetime
    state: State = "live"
    score: int = 0


@dataclass
class ReadingCrm(TinyCrm):
    """`count_tells` makes it behave as Salesforce does: deltas show deleted records. Else archived ones are told by sweeps."""

    records: dict[str, Held] = field(default_factory=dict)
    fields: dict[str, Field] = field(default_factory=lambda: dict(FIELDS))
    page: int = 2
    dies_after: int | None = None
    """Chunks until the line breaks, once."""
    forgets: bool = False
    """What a read wants to go on with is no longer known."""
    requests: list[str] = field(default_factory=list)

    def put(self, id_: str, name: str, *, state: State = "live") -> None:
        """Somebody makes or changes a record."""
        self.records[id_] = Held(name, self.now, state, len(name))

    def live(self) -> dict[str, str]:
        """What a person sees."""
        return {id_: held.name for id_, held in self.records.items() if held.state == "live"}

    def pass_time(self, minutes: float) -> None:
        """The CRM's clock goes on."""
        self.now += timedelta(minutes=minutes)

    def describe(self, object_name: str) -> ObjectSchema | None:
        self.requests.append("describe")
        return ObjectSchema(name=object_name, fields=self.fields) if object_name == self._object else None

    def read(self, request: ReadRequest) -> Iterator[Chunk]:
        kind = "ids" if request.ids is not None else "delta" if request.since else "whole"
        self.requests.append(kind)
        if request.resume is not None and self.forgets:
            self.forgets = False
            raise Stale("tiny", "the cursor is gone", "Begin anew")
        ids = self._asked_for(request)
        begin = int(request.resume or 0)
        for start in range(begin, len(ids), self.page):
            if self.dies_after == 0:
                self.dies_after = None
                raise Temporary("tiny", "the line broke", "Run again")
            if self.dies_after is not None:
                self.dies_after -= 1
            yield self._chunk(request, ids[start : start + self.page], resume=str(start + self.page))

    def count(self, schema: ObjectSchema) -> int | None:
        self.requests.append("count")
        return len(self.live())

    def sweep(
        self, schema: ObjectSchema, *, token: str | None, most_calls: int, links: Collection[str] = ()
    ) -> Iterator[Swept]:
        binned = [id_ for id_, held in self.records.items() if held.state == "bin"]
        ids, begin = sorted(self.live()), int(token or 0)
        for _ in range(most_calls):
            self.requests.append("sweep")
            part, end = ids[begin : begin + self.page], begin + self.page
            yield Swept(
                live=pa.array(part, pa.string()),
                gone=pa.array(binned, pa.string()),
                token="0" if end >= len(ids) else str(end),
                ended=end >= len(ids),
            )
            if end >= len(ids):
                return
            begin = end

    @property
    def _object(self) -> str:
        return "Account" if self.crm == "salesforce" else "companies"

    def _asked_for(self, request: ReadRequest) -> list[str]:
        wanted = []
        for id_, held in sorted(self.records.items()):
            if held.state == "gone" or (request.ids is not None and id_ not in request.ids):
                continue
            if request.ids is None and held.state == "bin" and not (self.count_tells and request.since):
                continue
            if request.ids is None and request.since is not None and held.changed_at < request.since:
                continue
            wanted.append(id_)
        return wanted

    def _chunk(self, request: ReadRequest, ids: list[str], *, resume: str) -> Chunk:
        held = [self.records[id_] for id_ in ids]
        rows = {
            "_id": pa.array(ids, pa.string()),
            "_deleted": pa.array([each.state == "bin" for each in held], pa.bool_()),
            "_changed_at": pa.array([each.changed_at for each in held], pa.timestamp("us")),
            "name": pa.array([each.name for each in held], pa.string()),
            "score": pa.array([each.score for each in held], pa.int64()),
        }
        table = pa.table(rows).select(["_id", "_deleted", "_changed_at", *request.fields])
        return Chunk(rows=table, resume=resume)
