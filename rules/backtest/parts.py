"""Takes the clients of a rehearsal part by part, so that its memory is bounded whatever their number."""

from collections.abc import Iterator, Mapping

from rules.case import Case
from rules.engine import Engine
from rules.facts import read_groundwork
from rules.records import RECORDS

PART_ROWS = 1_000_000
"""So many clients times judged instants are looked at together."""

_OF_CLIENTS = tuple(name for name, record in RECORDS.items() if record.column("account_id") is not None)
_KEPT = ("touch", "touch_step", "contact_step")
"""What is made of a part's records and looked at more than once."""


def keep_whole(engine: Engine, case: Case) -> int:
    """Keeps every record as `whole_NAME`, with the part that its client is in; returns the number of parts."""
    clients = engine.query("select count(*) as n from account")["n"][0].as_py()
    count = max(1, -(-clients * len(case.instants) // PART_ROWS))
    engine.execute(
        f"create or replace temp table client_part as select account_id, ntile({count}) over (order by account_id) as part from account"
    )
    for name in (*_OF_CLIENTS, "account_zone"):
        engine.execute(
            f"create or replace temp table whole_{name} as select r.*, p.part from {name} r join client_part p on p.account_id = r.account_id"
        )
    for name in (*_OF_CLIENTS, "account_zone", *_KEPT):
        drop(engine, name)
    return int(count)


def drop(engine: Engine, name: str) -> None:
    """Forgets a table or view of this session."""
    sql = f"select table_type from information_schema.tables where table_name = '{name}' and table_catalog = 'temp'"
    for kind in engine.query(sql)["table_type"].to_pylist():
        engine.execute(f"drop {'view' if kind == 'VIEW' else 'table'} {name}")


def each_part(engine: Engine, count: int) -> Iterator[int]:
    """Makes the records of one part after the other stand for all, with what facts stand on."""
    groundwork: Mapping[str, str] = read_groundwork()
    for part in range(1, count + 1):
        for name in _OF_CLIENTS:
            columns = ", ".join(column.name for column in RECORDS[name].columns)
            engine.execute(
                f"create or replace temp view {name} as select {columns} from whole_{name} where part = {part}"
            )
        engine.execute(
            f"create or replace temp view account_zone as select account_id, timezone from whole_account_zone where part = {part}"
        )
        for name in _KEPT:
            engine.execute(f"create or replace temp table {name} as {groundwork[name]}")
        yield part
