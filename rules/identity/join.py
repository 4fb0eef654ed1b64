"""Makes the final record tables from the raw ones: each client, person and contact once, each copy left out."""

from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa

from rules.engine import Engine
from rules.identity.clients import join_clients
from rules.identity.copies import find_copies
from rules.identity.humans import join_contacts, join_people
from rules.identity.settled import Settled
from rules.records import RECORDS, Record, RecordColumn

_TOGETHER: Mapping[str, tuple[str, str]] = {
    "muted_until": ("max({0})", "greatest({0}, {1})"),
    "created_at": ("min({0})", "least({0}, {1})"),
    "is_key": ("bool_or({0})", "({0} or coalesce({1}, false))"),
}
"""Columns in which every CRM's word counts: how several other records are taken together, and those with the first."""

_COPIED = (
    " and not exists (select 1 from copied k where k.record = '{record}' and k.record_id = r.{record}_id "
    "and k.account_id = r.account_id)"
)
_LOGGED_TWICE = " and not exists (select 1 from second_log l where l.activity_id = r.activity_id)"
_ONE_CONTACT_TWICE = """
 and not exists (
    select 1
    from raw_contact o
    left join same_client so on so.account_id = o.account_id
    where sc.one_id = o.contact_id and coalesce(so.client_id, o.account_id) = coalesce(s.client_id, r.account_id)
)"""


def join_records(
    engine: Engine, orgs: Sequence[str], *, settled: Settled, raised: pa.Table, logged_twice: bool
) -> None:
    """A view for each record, under its name, over the raw tables; and who is who, as same_client and its kin.

    `orgs` are those with accounts, in the order of the config. Where some source says of an activity under which id it
    is logged a second time (`logged_twice`), that second one is left out.
    """
    join_clients(engine, orgs, settled)
    join_people(engine, orgs)
    join_contacts(engine, orgs)
    if logged_twice:
        engine.execute("""
            create or replace temp table second_log as
            select distinct also_id as activity_id from raw_activity where also_id is not null and account_id is not null""")
    find_copies(engine, orgs, raised)
    has_clients = bool(engine.query("select count(*) as n from same_client")["n"][0].as_py())
    engine.execute(f"create or replace temp view account as {_accounts(engine, has_clients=has_clients)}")
    copied = set(engine.query("select distinct record from copied")["record"].to_pylist())
    has_humans = bool(engine.query("select count(*) as n from same_contact")["n"][0].as_py())
    if has_humans:
        engine.execute(_elsewhere(RECORDS["contact"], "same_contact", "one_id"))
    for record in RECORDS.values():
        if record.name != "account":
            view = _view(record, has_clients=has_clients, has_humans=has_humans)
            engine.execute(f"create or replace temp view {record.name} as {view}"
                           f"{''.join(_left_out(record, copied, logged_twice=logged_twice, has_humans=has_humans))}")  # fmt: skip


def _accounts(engine: Engine, *, has_clients: bool) -> str:
    """Each client once; what the record that stands for it leaves empty, another CRM may know."""
    if not has_clients:
        return "select * from raw_account"
    record = RECORDS["account"]
    engine.execute(_elsewhere(record, "same_client", "client_id"))
    columns = ", ".join(_either(column, "e") for column in record.columns)
    return (
        f"select {columns} from raw_account r left join account_elsewhere e on e.one_id = r.account_id "
        "where not exists (select 1 from same_client s where s.account_id = r.account_id)"
    )


def _elsewhere(record: Record, same: str, one_id: str) -> str:
    """A table of what the other records of each client or contact say: of several the first by id."""
    said = ", ".join(
        f"{_TOGETHER[column.name][0].format(column.name)} as {column.name}"
        if column.name in _TOGETHER
        else f"arg_min({column.name}, k.{record.key}) as {column.name}"  # leaves out what has no value
        for column in record.columns
        if column.name not in (record.key, "account_id")
    )
    return (
        f"create or replace temp table {record.name}_elsewhere as select k.{one_id} as one_id, {said} "
        f"from raw_{record.name} r join {same} k on k.{record.key} = r.{record.key} group by k.{one_id}"
    )


def _either(column: RecordColumn, elsewhere: str) -> str:
    """The column of the record that stands, else of another."""
    name = column.name
    if name in ("account_id", "contact_id"):
        return f"r.{name}"
    form = _TOGETHER[name][1] if name in _TOGETHER else "coalesce({0}, {1})"
    return f"{form.format(f'r.{name}', f'{elsewhere}.{name}')} as {name}"


def _view(record: Record, *, has_clients: bool, has_humans: bool) -> str:
    """What the records say with the ids that stand for a client and a person there; no engine joins where none are."""
    if record.column("account_id") is None or not (has_clients or has_humans):
        return f"select * from raw_{record.name} r where true"
    ones = {"account_id": "coalesce(s.client_id, r.account_id)"}
    joins = "left join same_client s on s.account_id = r.account_id"
    if has_humans and record.column("contact_id") is not None:
        ones["contact_id"] = "coalesce(sc.one_id, r.contact_id)"
        joins += " left join same_contact sc on sc.contact_id = r.contact_id"
    if has_humans and record.name == "contact":
        joins += " left join contact_elsewhere e on e.one_id = r.contact_id"
    columns = ", ".join(
        f"{ones[column.name]} as {column.name}"
        if column.name in ones
        else _either(column, "e")
        if has_humans and record.name == "contact"
        else f"r.{column.name}"
        for column in record.columns
    )
    return f"select {columns} from raw_{record.name} r {joins} where true"


def _left_out(record: Record, copied: set[str], *, logged_twice: bool, has_humans: bool) -> Iterator[str]:
    if record.name == "activity" and logged_twice:
        yield _LOGGED_TWICE
    if record.name in copied:
        yield _COPIED.format(record=record.name)
    if record.name == "contact" and has_humans:
        yield _ONE_CONTACT_TWICE
