"""Makes the final record tables from the raw ones: each client, person and contact once, each copy left out."""

from collections.abc import Iterator, Sequence

import pyarrow as pa

from rules.engine import Engine
from rules.identity.clients import join_clients
from rules.identity.copies import find_copies
from rules.identity.humans import join_contacts, join_people
from rules.identity.settled import Settled
from rules.records import RECORDS, Record

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
    engine.execute("""
        create or replace temp view account as
        select * from raw_account a where not exists (select 1 from same_client s where s.account_id = a.account_id)""")
    copied = set(engine.query("select distinct record from copied")["record"].to_pylist())
    has_humans = bool(engine.query("select count(*) as n from same_contact")["n"][0].as_py())
    for record in RECORDS.values():
        if record.name != "account":
            engine.execute(f"create or replace temp view {record.name} as {_view(record, has_humans=has_humans)}"
                           f"{''.join(_left_out(record, copied, logged_twice=logged_twice, has_humans=has_humans))}")  # fmt: skip


def _view(record: Record, *, has_humans: bool) -> str:
    """What the records say with the ids that stand for a client and a person there; no engine joins where none are."""
    if record.column("account_id") is None:
        return f"select * from raw_{record.name} r where true"
    ones = {"account_id": "coalesce(s.client_id, r.account_id)"}
    joins = "left join same_client s on s.account_id = r.account_id"
    if has_humans and record.column("contact_id") is not None:
        ones["contact_id"] = "coalesce(sc.one_id, r.contact_id)"
        joins += " left join same_contact sc on sc.contact_id = r.contact_id"
    columns = ", ".join(
        f"{ones[column.name]} as {column.name}" if column.name in ones else f"r.{column.name}"
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
