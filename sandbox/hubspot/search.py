"""Searches records: filters, free text, one sort, at most 10,000 results, and an index that lags."""

import re
from typing import Any

from sandbox.hubspot import stamps
from sandbox.hubspot.errors import invalid
from sandbox.hubspot.filters import Clause, property_of, sql_of, token_clause, where
from sandbox.hubspot.objects import asked
from sandbox.hubspot.portal import Answer, Call, Portal, object_of
from sandbox.hubspot.record_json import on_the_wire, select_list
from sandbox.hubspot.records import before_table, columns_of, table
from sandbox.hubspot.schema import ObjectType
from sandbox.world import quoted

MOST_RESULTS = 10_000
LONGEST_QUERY = 3_000
_TOTALS_KEPT = 50


def search(portal: Portal, call: Call) -> Answer:
    """One page of live records; `after` is the number of results to pass over."""
    kind = object_of(portal, call)
    offset, limit = _slice(call)
    properties = [str(name) for name in call.member("properties", list)]
    names = asked(kind, properties, any_asked=bool(properties))
    condition, values = _condition(kind, call)
    order = _order(kind, call.member("sorts", list))
    seen = _seen(portal, kind)
    total = _total(portal, f"SELECT count(*) FROM {seen} WHERE {condition}", values)
    source = seen
    if order.startswith("id ") and seen == quoted(table(kind)):
        # In order of id the table itself is the shortest way to a page, unless it has few hits far apart.
        size = _total(portal, f"SELECT count(*) FROM {seen}", [])
        source = seen if total * total < size * (offset + limit) else f"{seen} NOT INDEXED"
    sql = f"SELECT {select_list(kind, names)} FROM {source} WHERE {condition} ORDER BY {order} LIMIT {limit} OFFSET {offset}"
    rows = portal.world.store.query(sql, values)
    body: dict[str, Any] = {"total": total, "results": [on_the_wire(row) for row in rows]}
    if offset + limit < total:
        body["paging"] = {"next": {"after": str(offset + limit)}}
    return Answer(body=body)


def _slice(call: Call) -> tuple[int, int]:
    limit = call.body.get("limit") if isinstance(call.body, dict) else None
    after = call.body.get("after") if isinstance(call.body, dict) else None
    limit, after = 10 if limit is None else limit, 0 if after in (None, "") else after
    if not str(limit).isdigit() or not 1 <= int(limit) <= 200:
        raise invalid(f"The limit {limit} is invalid: it must be between 1 and 200.")
    if not str(after).isdigit():
        raise invalid("Invalid input JSON: `after` must be an integer")
    if int(after) + int(limit) > MOST_RESULTS:
        raise invalid(
            f"The requested page lies beyond the {MOST_RESULTS} results that a search can page through."
        )
    return int(after), int(limit)


def _condition(kind: ObjectType, call: Call) -> Clause:
    text, values = where(kind, call.member("filterGroups", list))
    query = call.member("query", str)
    if len(query) > LONGEST_QUERY:
        raise invalid(f"The query is {len(query)} characters long; at most {LONGEST_QUERY} are allowed")
    for word in re.findall(r"\w+", query.lower()):
        clauses = [token_clause(quoted(name), f"{word}*") for name in kind.searched]
        text = f"({text}) AND ({' OR '.join(part for part, _ in clauses)})"
        values = [*values, *(value for _, parts in clauses for value in parts)]
    return f"({text}) AND archived = 0", values


def _order(kind: ObjectType, sorts: list[Any]) -> str:
    if len(sorts) > 1:
        raise invalid("Only one sort rule is allowed in a search")
    if not sorts:
        return f"{quoted(kind.created)}, id"
    name: Any = sorts[0]
    direction = "ASCENDING"
    if isinstance(name, dict):
        name, direction = name.get("propertyName"), name.get("direction") or direction
    elif str(name).startswith("-"):
        name, direction = str(name)[1:], "DESCENDING"
    if direction not in ("ASCENDING", "DESCENDING"):
        raise invalid(f"Invalid input JSON: {direction} is not one of the directions [ASCENDING, DESCENDING]")
    way = "DESC" if direction == "DESCENDING" else "ASC"
    return f"{sql_of(property_of(kind, name))} {way}, id"


def _seen(portal: Portal, kind: ObjectType) -> str:
    """The records as the index knows them: each as it stood when the index last caught up with it."""
    now, before = stamps.epoch_ms(portal.world.clock.now()), quoted(before_table(kind))
    lag = portal.records.lags.of(kind)
    for existed, seconds in ((0, lag.created_s), (1, lag.changed_s)):
        sql = f"DELETE FROM {before} WHERE existed = ? AND replaced_at <= ?"
        portal.world.store.execute(sql, (existed, now - int(seconds * 1000)))
    if not portal.world.store.query(f"SELECT 1 FROM {before} LIMIT 1"):
        return quoted(table(kind))
    columns = ", ".join(map(quoted, ["id", "archived", "archivedAt", *columns_of(kind)]))
    # What is left is younger than its lag, so the oldest version of each record is the one last indexed.
    return (
        f"(SELECT {columns} FROM {quoted(table(kind))} WHERE id NOT IN (SELECT id FROM {before}) "
        f"UNION ALL SELECT {columns} FROM {before} WHERE existed = 1 "
        f"AND rowid IN (SELECT min(rowid) FROM {before} GROUP BY id))"
    )


def _total(portal: Portal, sql: str, values: list[Any]) -> int:
    key = (portal.records.version, sql, *values)
    if "UNION" not in sql and key in portal.totals:
        return portal.totals[key]
    total = int(portal.world.store.query(sql, values)[0][0])
    if len(portal.totals) >= _TOTALS_KEPT:
        portal.totals.clear()
    portal.totals[key] = total
    return total
