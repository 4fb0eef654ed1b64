"""Counts an object's live records and goes through their ids, which finds what no stamp tells: hard deletions."""

from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa

from connectors.connector import ObjectSchema, ReadRequest, Swept
from connectors.errors import Stale, Temporary
from connectors.salesforce.bulk.job import NotByBulk
from connectors.salesforce.bulk.read import END, START, read_by_jobs, requests_of
from connectors.salesforce.call import Caller
from connectors.salesforce.describe import Describer
from connectors.salesforce.full_ids import eighteen
from connectors.salesforce.pages import chain, records_of
from connectors.salesforce.plan import Plan, settle
from connectors.salesforce.rest_read import PAGE_ROWS
from connectors.salesforce.resume import BulkPlace, as_text, place_of
from connectors.salesforce.soql import Point, Select

_BULK_FROM_ROWS = 20_000
_FIRST = Point(stamp="", record_id="")
_NEW_ROUND = ""
_NONE = pa.array([], pa.string())


class Sweeper:
    """The counts and rounds of one connection."""

    def __init__(self, caller: Caller, describer: Describer) -> None:
        self._caller, self._describer = caller, describer

    def count(self, schema: ObjectSchema) -> int | None:
        """As Connector.count; archived activities are counted, what lies in the recycle bin is not."""
        plan = self._plan(schema)
        soql = replace(plan.select, fields=("COUNT()",)).in_no_order()
        try:
            (page,) = chain(self._caller, soql, everything=plan.deletable)
        except Temporary:
            # For some millions of records the CRM's own time may not be enough.
            return None
        return page.promised

    def sweep(self, schema: ObjectSchema, *, token: str | None, most_calls: int) -> Iterator[Swept]:
        """As Connector.sweep; `gone` stays empty: each deletion that leaves a trace comes with the changes."""
        plan = self._plan(schema)
        place, spent = self._place(schema, token, most_calls)
        if isinstance(place, BulkPlace):
            try:
                yield from self._by_jobs(plan, place, most_calls - spent)
            except (NotByBulk, Stale):
                place, spent = _FIRST, spent + 1
        if isinstance(place, Point):
            yield from self._by_pages(plan, place, most_calls - spent)

    def _plan(self, schema: ObjectSchema) -> Plan:
        """Asks for the ids of live records and nothing else."""
        plan = settle(self._caller, self._describer, ReadRequest(schema=schema, fields=()))
        select = Select(
            object_name=plan.object_name,
            fields=("Id",),
            stamp_field=None,
            where=("IsDeleted = false",) if plan.deletable else (),
        )
        return replace(plan, asked={"Id": "id"}, stamp=None, select=select)

    def _place(
        self, schema: ObjectSchema, token: str | None, most_calls: int
    ) -> tuple[Point | BulkPlace, int]:
        """Where to go on, and how many requests it took to find out."""
        if token:
            try:
                return place_of(token, self._caller.place), 0
            except Stale:
                return _FIRST, 0
        if most_calls <= requests_of(_BULK_FROM_ROWS):
            return _FIRST, 0
        size = self.count(schema) or 0
        fits = size >= _BULK_FROM_ROWS and most_calls > requests_of(size)
        return (START if fits else _FIRST), 1

    def _by_jobs(self, plan: Plan, place: BulkPlace, most_calls: int) -> Iterator[Swept]:
        ended, has_ended = as_text(END), False
        for spent, chunk in enumerate(read_by_jobs(self._caller, plan, place), 2):
            if has_ended:
                # What comes is the job's removal.
                continue
            has_ended = chunk.resume == ended
            token = _NEW_ROUND if has_ended else chunk.resume or _NEW_ROUND
            live = chunk.rows["_id"].combine_chunks()
            yield Swept(live=live, gone=_NONE, token=token, ended=has_ended)
            if spent >= most_calls and not has_ended:
                return

    def _by_pages(self, plan: Plan, point: Point, most_calls: int) -> Iterator[Swept]:
        for _ in range(most_calls):
            soql = f"{plan.select.after(point if point.record_id else None)} LIMIT {PAGE_ROWS}"
            page = next(chain(self._caller, soql, everything=plan.deletable))
            ids = [eighteen(record["Id"]) for record in records_of(self._caller, page)]
            ended = page.following is None and len(ids) < PAGE_ROWS
            point = Point(stamp="", record_id=ids[-1]) if ids else point
            token = _NEW_ROUND if ended else as_text(point)
            yield Swept(live=pa.array(ids, pa.string()), gone=_NONE, token=token, ended=ended)
            if ended:
                return
