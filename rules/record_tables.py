"""Makes the record tables of a judging run from the connections' sources, one row per record, clients joined."""

from collections.abc import Collection, Mapping, Sequence

import pyarrow as pa

from rules.engine import Engine
from rules.identity.join import join_records
from rules.identity.settled import Settled
from rules.records import RECORDS, Record
from rules.session import Kind, Session
from rules.views import SourceView, empty_view

BUSINESS = ("deal", "invoice")
"""What tells a live client from a former one, where a CRM keeps it."""

_CLIENT_ORG = """
create or replace temp view client_org as
select account_id, split_part(account_id, ':', 1) as org_id from account
union all
select client_id as account_id, split_part(account_id, ':', 1) as org_id from same_client
"""


def make_record_tables(
    engine: Engine,
    sources: Sequence[SourceView],
    *,
    complete: frozenset[str],
    settled: Settled,
    raised: pa.Table,
    read: Collection[str],
) -> None:
    """A table or view for each record, under its name; `client_org`, in which orgs each is a client; and
    `keeps_business`, the orgs that say who is a live client.

    `complete` are the records that were read to the end; `raised` our own tasks, of which another CRM may hold copies;
    `read` names the records that facts are made of.
    """
    orgs = orgs_with_clients(sources)
    alone = len(orgs) < 2
    session = Session(engine)
    for record in RECORDS.values():
        kind: Kind = "table" if _is_kept(record, sources, read=read) else "view"
        session.make(kind, f"raw_{record.name}", _rows(record, sources, alone=alone))
    logged_twice = any(view.record == "activity" and "also_id" in view.feeds for view in sources)
    join_records(engine, orgs, settled=settled, raised=raised, logged_twice=logged_twice)
    engine.execute(_CLIENT_ORG)
    orgs = sorted({view.org_id for view in sources if view.record in BUSINESS and view.record in complete})
    listed = ", ".join("('{}')".format(org.replace("'", "''")) for org in orgs)
    rows = f"select * from (values {listed}) as o(org_id)" if orgs else "select '' as org_id where false"
    engine.execute(f"create or replace temp table keeps_business as {rows}")


def _is_kept(record: Record, sources: Sequence[SourceView], *, read: Collection[str]) -> bool:
    """Whether its rows are written down, so that a mapping's expressions are worked out once: where facts read it. Of
    activities the touches are, as a table of their own; but where links are followed to the client, all of them."""
    is_followed = any(view.links for view in sources if view.record == record.name)
    return is_followed or (record.name in read and record.name != "activity")


def make_accounts(engine: Engine, sources: Sequence[SourceView]) -> list[str]:
    """`raw_account` alone, for joining clients without judging them; returns the orgs that have any."""
    engine.execute(
        f"create or replace temp table raw_account as {_rows(RECORDS['account'], sources, alone=False)}"
    )
    return orgs_with_clients(sources)


def orgs_with_clients(sources: Sequence[SourceView]) -> list[str]:
    """In the order of the connections: the first that has a client stands for it."""
    return list(dict.fromkeys(view.org_id for view in sources if view.record == "account"))


def set_aside(engine: Engine) -> Mapping[str, int]:
    """What stands in the records and is not judged as it stands: in words, with the number of rows."""
    found: dict[str, int] = {}
    for record in RECORDS.values():
        checks = _checks(record)
        if not checks:
            continue
        counts = ", ".join(
            f'count(*) filter (where {condition}) as "{n}"' for n, (_, condition) in enumerate(checks)
        )
        known = "left join (select account_id as known_id from account) a on a.known_id = r.account_id"
        joined = known if record.column("account_id") is not None and record.name != "account" else ""
        (row,) = engine.query(f"select {counts} from {record.name} r {joined}").to_pylist()
        found |= {words: row[str(n)] for n, (words, _) in enumerate(checks) if row[str(n)]}
    return found


def _rows(record: Record, sources: Sequence[SourceView], *, alone: bool) -> str:
    # Lines of activities are many, and tell only what stands in another CRM too.
    unread = {"subject"} if alone and record.name == "activity" else set()
    parts = [view.sql for view in sources if view.record == record.name] or [empty_view(record.name)]
    columns = [
        f"cast(null as varchar) as {column.name}"
        if column.name in unread
        else f"coalesce({column.name}, {column.derived}) as {column.name}"
        if column.derived
        else column.name
        for column in record.columns
    ]
    return f"select {', '.join(columns)} from ({' union all '.join(parts)}) r"


def _checks(record: Record) -> list[tuple[str, str]]:
    checks = []
    if record.name not in ("account", "contact", "person"):
        checks.append((f"{record.name} without a client that is known", "a.known_id is null"))
    for column in record.columns:
        if column.values:
            listed = ", ".join(f"'{value}'" for value in column.values)
            words = f"{record.name} whose {column.name} is none of {', '.join(column.values)}"
            checks.append((words, f"{column.name} not in ({listed})"))
        if column.name == "due_on":
            checks.append((f"{record.name} without a due date", "due_on is null"))
            span = "due_on < (select min(first_day) from clock) or due_on > (select max(last_day) from clock)"
            checks.append((f"{record.name} with a due date far from today", span))
    return checks
