"""Reads one object's records as Arrow tables: whole, since an instant or by ids, and on from where a read stopped."""

from collections.abc import Iterator
from itertools import chain

from connectors.connector import Chunk, ReadRequest
from connectors.errors import Refused
from connectors.salesforce.bulk.job import NotByBulk
from connectors.salesforce.bulk.read import START, read_by_jobs, requests_of
from connectors.salesforce.call import Caller
from connectors.salesforce.describe import Describer
from connectors.salesforce.faults import TOO_LONG
from connectors.salesforce.plan import Plan, fits_bulk, settle
from connectors.salesforce.rest_read import (
    PAGE_ROWS,
    pages_after,
    read_by_ids,
    read_in_order,
    requests_by_ids,
    requests_for_further,
)
from connectors.salesforce.resume import BulkPlace, place_of
from connectors.salesforce.soql import Point

_BULK_FROM_ROWS = 10_000
"""From so many records on a query job takes fewer requests and less time than pages."""
_BULK_FROM_CHANGES = 20_000
_BULK_FROM_WIDE_ROWS = 1_000
"""The same where the fields do not fit into an address: by REST each 200 records take a request more for each list."""


class Reader:
    """The reads of one connection; remembers which objects the Bulk API refuses."""

    def __init__(self, caller: Caller, describer: Describer) -> None:
        self._caller, self._describer = caller, describer
        self._not_by_bulk: set[str] = set()

    def read(self, request: ReadRequest) -> Iterator[Chunk]:
        """As Connector.read; raises Refused for a field that the object does not have."""
        plan = settle(self._caller, self._describer, request)
        if request.ids is not None:
            yield from read_by_ids(self._caller, plan, request.ids)
            return
        place = place_of(request.resume, self._caller.place) if request.resume else None
        if isinstance(place, BulkPlace) or (place is None and self._is_big(plan, request)):
            try:
                yield from self._by_jobs(plan, place if isinstance(place, BulkPlace) else START)
            except NotByBulk:
                place = None
            else:
                return
        yield from self._by_rest(plan, place if isinstance(place, Point) else None, request)

    def calls_for(self, request: ReadRequest, rows: int) -> int:
        """As Connector.calls_for; describes are asked for once and not counted."""
        plan = settle(self._caller, self._describer, request)
        if request.ids is not None:
            return requests_by_ids(plan, len(request.ids))
        if rows >= self._bulk_from(plan, request) and self._may_use_bulk(plan):
            return requests_of(rows)
        return max(1, -(-rows // PAGE_ROWS)) + requests_for_further(plan, rows)

    def _by_jobs(self, plan: Plan, place: BulkPlace) -> Iterator[Chunk]:
        """Raises NotByBulk, and remembers it."""
        try:
            yield from read_by_jobs(self._caller, plan, place)
        except NotByBulk:
            self._not_by_bulk.add(plan.object_name)
            raise

    def _by_rest(self, plan: Plan, point: Point | None, request: ReadRequest) -> Iterator[Chunk]:
        pages = pages_after(self._caller, plan, point)
        try:
            first = next(pages)
        except Refused as refusal:
            if refusal.code != TOO_LONG or not self._may_use_bulk(plan):
                raise
            # Something between us and the CRM takes shorter addresses than the CRM does; a job needs none.
            try:
                yield from self._by_jobs(plan, START)
            except NotByBulk:
                raise refusal from None
            return
        is_big = (first.promised or 0) >= self._bulk_from(plan, request)
        if point is None and is_big and self._may_use_bulk(plan):
            # Nobody knew how many there are before the first page told.
            try:
                yield from self._by_jobs(plan, START)
            except NotByBulk:
                pass
            else:
                return
        yield from read_in_order(self._caller, plan, chain([first], pages))

    def _is_big(self, plan: Plan, request: ReadRequest) -> bool:
        if request.since is not None:
            return False
        size = request.expected if request.expected is not None else request.held
        return size is not None and size >= self._bulk_from(plan, request) and self._may_use_bulk(plan)

    def _may_use_bulk(self, plan: Plan) -> bool:
        return plan.object_name not in self._not_by_bulk and fits_bulk(self._describer, plan)

    def _bulk_from(self, plan: Plan, request: ReadRequest) -> int:
        if plan.further:
            return _BULK_FROM_WIDE_ROWS
        return _BULK_FROM_ROWS if request.since is None else _BULK_FROM_CHANGES
