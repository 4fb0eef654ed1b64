"""What was deleted or changed in a span of time: /sobjects/X/deleted and /sobjects/X/updated."""

from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.describe import found_object
from sandbox.salesforce.org import Org
from sandbox.salesforce.recycle_bin import BIN_DAYS
from sandbox.salesforce.refusals import Refused
from sandbox.salesforce.values import read_instant, stamp
from sandbox.world import quoted

DELETED_DAYS, UPDATED_DAYS = BIN_DAYS, 30
"""How far back each looks."""
MOST_IDS = 600_000


def list_deleted(org: Org, call: Call) -> Answer:
    """Ids with the time of deletion; go on from latestDateCovered, not from the end asked for.

    What was emptied out of the recycle bin is not told, and what is from before then is not all there.
    """
    rows, end = _rows(org, call, days=DELETED_DAYS, deleted=1)
    records = [{"id": record_id, "deletedDate": at} for record_id, at in rows]
    earliest = org.world.clock.now() - timedelta(days=DELETED_DAYS)
    earliest = max(earliest, org.purged_at) if org.purged_at else earliest
    return Answer(
        body={
            "deletedRecords": records,
            "earliestDateAvailable": stamp(earliest),
            "latestDateCovered": stamp(end),
        }
    )


def list_updated(org: Org, call: Call) -> Answer:
    """Ids of live records that changed."""
    rows, end = _rows(org, call, days=UPDATED_DAYS, deleted=0)
    return Answer(body={"ids": [record_id for record_id, _ in rows], "latestDateCovered": stamp(end)})


def _rows(org: Org, call: Call, *, days: int, deleted: int) -> tuple[list[Any], datetime]:
    shape = found_object(org, call.path["object"])
    now = org.world.clock.now()
    start, end = (_minute(call, name) for name in ("start", "end"))
    if end - start < timedelta(minutes=1):
        raise Refused("INVALID_REPLICATION_DATE", "startDate must be at least one minute before endDate")
    if start < now - timedelta(days=days):
        raise Refused("INVALID_REPLICATION_DATE", f"startDate cannot be more than {days} days ago")
    covered = min(end, now.replace(second=0, microsecond=0))
    seen = org.catalogue.sight.seen(shape, "t")
    sql = (
        f"SELECT t.Id, t.SystemModstamp FROM {quoted(shape.table)} t WHERE t.IsDeleted = ? AND t.SystemModstamp >= ? "
        f"AND t.SystemModstamp < ?{f' AND {seen}' if seen else ''} ORDER BY t.SystemModstamp, t.Id LIMIT {MOST_IDS + 1}"
    )
    parts = org.world.store.stream(sql, (deleted, stamp(start), stamp(covered)))
    rows = list(chain.from_iterable(parts))
    if len(rows) > MOST_IDS:
        raise Refused("EXCEEDED_ID_LIMIT", f"Too many records: at most {MOST_IDS} ids can be returned")
    return rows, covered


def _minute(call: Call, name: str) -> datetime:
    # A plus sign that was not encoded arrives as a blank.
    instant = read_instant(call.query.get(name, "").replace(" ", "+"))
    if instant is None:
        raise Refused("INVALID_REPLICATION_DATE", f"{name} is required, such as 2026-05-01T09:00:00+00:00")
    return instant.replace(second=0, microsecond=0)
