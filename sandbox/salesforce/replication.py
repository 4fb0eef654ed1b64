"""What was deleted or changed in a span of time: /sobjects/X/deleted and /sobjects/X/updated."""

from datetime import datetime, timedelta
from typing import Any

from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.describe import found_object
from sandbox.salesforce.org import Org
from sandbox.salesforce.refusals import Refused
from sandbox.salesforce.values import read_instant, stamp
from sandbox.world import quoted

DELETED_DAYS, UPDATED_DAYS = 15, 30
"""How far back each looks."""


def list_deleted(org: Org, call: Call) -> Answer:
    """Ids with the time of deletion; go on from latestDateCovered, not from the end asked for."""
    rows, end = _rows(org, call, days=DELETED_DAYS, deleted=1)
    records = [{"id": row["Id"], "deletedDate": row["SystemModstamp"]} for row in rows]
    earliest = stamp(org.world.clock.now() - timedelta(days=DELETED_DAYS))
    return Answer(
        body={"deletedRecords": records, "earliestDateAvailable": earliest, "latestDateCovered": stamp(end)}
    )


def list_updated(org: Org, call: Call) -> Answer:
    """Ids of live records that changed."""
    rows, end = _rows(org, call, days=UPDATED_DAYS, deleted=0)
    return Answer(body={"ids": [row["Id"] for row in rows], "latestDateCovered": stamp(end)})


def _rows(org: Org, call: Call, *, days: int, deleted: int) -> tuple[list[Any], datetime]:
    shape = found_object(org, call.path["object"])
    now = org.world.clock.now()
    start, end = (_minute(call, name) for name in ("start", "end"))
    if end - start < timedelta(minutes=1):
        raise Refused("INVALID_REPLICATION_DATE", "startDate must be at least one minute before endDate")
    if start < now - timedelta(days=days):
        raise Refused("INVALID_REPLICATION_DATE", f"startDate cannot be more than {days} days ago")
    covered = min(end, now.replace(second=0, microsecond=0))
    sql = f"SELECT Id, SystemModstamp FROM {quoted(shape.table)} WHERE IsDeleted = ? AND SystemModstamp >= ? AND SystemModstamp < ? ORDER BY SystemModstamp, Id"
    return org.world.store.query(sql, (deleted, stamp(start), stamp(covered))), covered


def _minute(call: Call, name: str) -> datetime:
    # A plus sign that was not encoded arrives as a blank.
    instant = read_instant(call.query.get(name, "").replace(" ", "+"))
    if instant is None:
        raise Refused("INVALID_REPLICATION_DATE", f"{name} is required, such as 2026-05-01T09:00:00+00:00")
    return instant.replace(second=0, microsecond=0)
