"""How an account is shown where people compare accounts."""

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

from rules.engine import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One account of one CRM, as its people know it."""

    account_id: str
    name: str | None
    domain: str | None
    country: str | None
    other_crm_id: str | None


def shown(engine: Engine, account_ids: Iterable[str]) -> dict[str, Shown]:
    """By id; what is in no CRM has no name."""
    ask_for(engine, account_ids)
    rows = engine.query(
        "select q.id as account_id, r.name, r.domain, r.country, r.other_crm_id "
        "from asked q left join raw_account r on r.account_id = q.id"
    ).to_pylist()
    return {row["account_id"]: Shown(**row) for row in rows}


def ask_for(engine: Engine, account_ids: Iterable[str]) -> None:
    """Makes `asked` (id): the accounts that the next query is about."""
    asked = sorted(set(account_ids))
    engine.keep("asked", pa.table({"id": asked}, schema=pa.schema([("id", pa.string())])))
