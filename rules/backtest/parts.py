"""Takes the clients of a rehearsal part by part, so that its memory is bounded whatever their number."""

from collections.abc import Iterator

from rules.case import Case
from rules.engine import Engine
from rules.facts import GROUNDWORK
from rules.records import RECORDS

AT_ONCE = 500_000
"""So many clients times judged instants are looked at together: twice as many take twice the memory and no less time."""

_OF_CLIENTS = tuple(name for name, record in RECORDS.items() if record.column("account_id") is not None)


def keep_whole(engine: Engine, case: Case, *, at_once: int) -> int:
    """Keeps what is known of each client as `whole_NAME`, with the part that the client is in: `at_once` clients times
    judged instants are in one. Returns how many parts there are."""
    clients = engine.query("select count(*) as n from account")["n"][0].as_py()
    count = max(1, -(-clients * len(case.instants) // at_once))
    engine.execute(
        f"create or replace temp table client_part as select account_id, ntile({count}) over (order by account_id) as part from account"
    )
    for name in GROUNDWORK:
        if kind_of(engine, name) == "view" and "account_id" not in _columns(engine, name):
            # It is about all clients, and would be of a part's alone.
            engine.execute(f"create or replace temp table whole_{name} as select * from {name}")
            drop(engine, name)
            engine.execute(f"create temp view {name} as select * from whole_{name}")
    for name in _split(engine):
        engine.execute(
            f"create or replace temp table whole_{name} as select r.*, p.part from {name} r join client_part p on p.account_id = r.account_id"
        )
    return int(count)


def each_part(engine: Engine, count: int) -> Iterator[int]:
    """Lets one part of the clients after the other stand for all; keep_whole() must have run."""
    split = {name: ", ".join(_columns(engine, name)) for name in _split(engine)}
    for part in range(1, count + 1):
        for name, columns in split.items():
            if part == 1:
                drop(engine, name)
            engine.execute(
                f"create or replace temp view {name} as select {columns} from whole_{name} where part = {part}"
            )
        yield part


def _split(engine: Engine) -> list[str]:
    """What is kept by client: records, their clocks, and the groundwork that is made of them."""
    kinds = {name: kind for name in GROUNDWORK if (kind := kind_of(engine, name))}
    tables = [
        name for name, kind in kinds.items() if kind == "table" and "account_id" in _columns(engine, name)
    ]
    return [*_OF_CLIENTS, "account_zone", *tables]


def _columns(engine: Engine, name: str) -> list[str]:
    return list(engine.query(f"select * from {name} limit 0").column_names)


def kind_of(engine: Engine, name: str) -> str | None:
    """Whether it is a table or a view of this connection; None for neither."""
    sql = f"select table_type from information_schema.tables where table_name = '{name}' and table_catalog = 'temp'"
    kinds = engine.query(sql)["table_type"].to_pylist()
    return ("view" if kinds[0] == "VIEW" else "table") if kinds else None


def drop(engine: Engine, name: str) -> None:
    """Forgets a table or view of this connection, if it is there."""
    kind = kind_of(engine, name)
    if kind is not None:
        engine.execute(f"drop {kind} {name}")
