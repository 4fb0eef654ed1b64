"""UserRecordAccess: what a user may do with records, asked for one user and at most 200 records a query.

The rules are those of the vendor's object reference; the codes and words of its refusals are not documented.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.identifiers import full_id
from sandbox.salesforce.org import Org
from sandbox.salesforce.refusals import Refused, no_such_column
from sandbox.salesforce.shapes import ObjectShape
from sandbox.salesforce.soql import tree
from sandbox.world import quoted

NAME = "UserRecordAccess"
MOST_IDS = 200
_LEVELS = ("None", "Read", "Edit", "Delete", "Transfer", "All")
_GRANTED = {
    "hasreadaccess": ("HasReadAccess", "Read"), "haseditaccess": ("HasEditAccess", "Edit"),
    "hasdeleteaccess": ("HasDeleteAccess", "Delete"), "hastransferaccess": ("HasTransferAccess", "Transfer"),
    "hasallaccess": ("HasAllAccess", "All"),
}  # fmt: skip
"""Field -> its spelling, and the least level at which it is true."""


def answer_access(org: Org, call: Call, query: tree.Query) -> Answer:
    """The answer to a query of UserRecordAccess; records that the running user does not see are left out."""
    user_id, ids, filters = _asked(query)
    names = _selected(query, filtered=bool(filters))
    found = {record_id: _level(org, user_id, record_id) for record_id in dict.fromkeys(ids)}
    records = [
        _record(call, names, record_id, level)
        for record_id, level in found.items()
        if level is not None and all(_holds(field, level) is wanted for field, wanted in filters)
    ]
    records = records[: query.limit]
    return Answer(body={"totalSize": len(records), "done": True, "records": records})


def _asked(query: tree.Query) -> tuple[str, list[str], list[tuple[str, bool]]]:
    """Whose access to which records is asked for, and which kinds of access must hold or not."""
    users: list[str] = []
    ids: list[str] = []
    filters: list[tuple[str, bool]] = []
    for part in _parts(query.where):
        name = str(part.path).lower()
        values = part.values if isinstance(part, tree.OneOf) else (part.value,)
        if name == "userid" and part.operator == "=":
            users += [_id_of(value) for value in values]
        elif name == "recordid" and part.operator in ("=", "IN"):
            ids += [_id_of(value) for value in values]
        elif name in _GRANTED and part.operator == "=" and values[0].kind == "boolean":
            filters.append((name, values[0].text.lower() == "true"))
        else:
            raise _refused(f"can not filter by {part.path} {part.operator}")
    if len(users) != 1 or not ids:
        raise _refused("a query needs a filter on a single UserId and one on RecordId")
    if len(ids) > MOST_IDS:
        raise Refused("EXCEEDED_ID_LIMIT", f"Number of records exceeds limit:{MOST_IDS}")
    return users[0], ids, filters


def _parts(condition: tree.Condition | None) -> Iterator[tree.Comparison | tree.OneOf]:
    if isinstance(condition, tree.Comparison | tree.OneOf):
        yield condition
    elif isinstance(condition, tree.Joined) and condition.by == "AND":
        for part in condition.parts:
            yield from _parts(part)
    elif condition is not None:
        raise _refused("filters can be joined by AND only")


def _id_of(value: tree.Value) -> str:
    found = full_id(value.text) if value.kind == "string" else None
    if found is None:
        raise Refused("INVALID_QUERY_FILTER_OPERATOR", f"invalid ID field: {value.text}")
    return found


def _selected(query: tree.Query, *, filtered: bool) -> list[str]:
    if query.group or query.offset or not all(isinstance(item, tree.Path) for item in query.items):
        raise _refused("only RecordId and kinds of access can be selected")
    names = [str(item) for item in query.items]
    for name in names:
        if name.lower() not in ("recordid", "maxaccesslevel", *_GRANTED):
            raise Refused("INVALID_FIELD", no_such_column(name, NAME))
    lower = [name.lower() for name in names]
    if "recordid" not in lower:
        raise _refused("RecordId must be selected")
    if filtered and lower != ["recordid"]:
        raise _refused("only RecordId can be selected where a kind of access is filtered by")
    if any(str(term.path).lower() not in lower for term in query.order):
        raise _refused("only a selected field can be ordered by")
    return lower


def _level(org: Org, user_id: str, record_id: str) -> str | None:
    """None where there is no such record, the running user does not see it, or nobody shares its object."""
    shape = org.catalogue.by_prefix(record_id[:3])
    if shape is None or "ownerid" not in shape.fields or not org.catalogue.sight.sees(shape, record_id):
        return None
    sql = f"SELECT OwnerId FROM {quoted(shape.table)} WHERE Id = ? AND IsDeleted = 0"
    rows = org.world.store.query(sql, (record_id,))
    if not rows:
        return None
    if user_id == org.user_id or user_id in _above(org, rows[0]["OwnerId"]):
        return "All"
    return "None" if _is_private(org, shape) else "Edit"


def _is_private(org: Org, shape: ObjectShape) -> bool:
    return shape.name in org.private


def _above(org: Org, owner_id: str | None) -> list[str]:
    """The owner and everybody above, who sees what those below own."""
    chain: list[str] = []
    while owner_id and owner_id not in chain:
        chain.append(owner_id)
        rows = org.world.store.query("SELECT ManagerId FROM salesforce__User WHERE Id = ?", (owner_id,))
        owner_id = rows[0]["ManagerId"] if rows else None
    return chain


def _holds(field: str, level: str) -> bool:
    return _LEVELS.index(level) >= _LEVELS.index(_GRANTED[field][1])


def _record(call: Call, names: list[str], record_id: str, level: str) -> Mapping[str, Any]:
    record: dict[str, Any] = {"attributes": {"type": NAME, "url": f"{call.base}/sobjects/{NAME}/{record_id}"}}
    for name in names:
        if name in _GRANTED:
            record[_GRANTED[name][0]] = _holds(name, level)
        elif name == "recordid":
            record["RecordId"] = record_id
        else:
            record["MaxAccessLevel"] = level
    return record


def _refused(problem: str) -> Refused:
    return Refused("MALFORMED_QUERY", f"{NAME}: {problem}")
