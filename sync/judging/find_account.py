"""Finds the client that a person means: by the id of its record, its exact name or its web domain."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from sync.engine.duckdb_engine import DuckDbEngine
from sync.errors import UserError

PLACE = "ACCOUNT"
_LISTED = 5
_COMPARED = 50_000
"""So many names are looked through for the nearest one."""

_KNOWN = """
with known as (
    select coalesce(s.client_id, r.account_id) as client_id, r.account_id, r.name, r.domain
    from raw_account r left join same_client s on s.account_id = r.account_id
)
select client_id, account_id, name, domain from known
"""
_BARE = re.compile(r"^([a-z]+://)?(www\.)?(?P<domain>[^/:?#\s]*).*$")
_SHORT_ID, _LONG_ID = 15, 18
"""Salesforce shows the first 15 characters of an id in places; the other three only repeat them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One record of a client, in one CRM."""

    client_id: str
    """The record that stands for the client: that of the first CRM that has it."""
    account_id: str
    name: str | None
    domain: str | None

    def __str__(self) -> str:
        return (
            f"{self.name or 'no name'} ({', '.join(part for part in (self.domain, self.account_id) if part)})"
        )


def find_account(engine: DuckDbEngine, wanted: str) -> str:
    """The id of the client; its records must have been made for judging.

    Raises UserError, with the nearest ones, where no client is meant or several are.
    """
    wanted = wanted.strip()
    for find in (_by_id, _by_name, _by_name_in_any_case, _by_domain):
        found = find(engine, wanted) if wanted else []
        clients = {each.client_id for each in found}
        if len(clients) == 1:
            return clients.pop()
        if clients:
            raise UserError(
                PLACE,
                f"'{wanted[:80]}' means {len(clients)} clients",
                f"Name one by its id: {_listed(found)}",
            )
    raise UserError(
        PLACE, f"no client has the id, the name or the web domain '{wanted[:80]}'", _nearest(engine, wanted)
    )


def records_of(engine: DuckDbEngine, client_id: str) -> tuple[str, ...]:
    """The ids of all records of a client, in every CRM; the one that stands for it comes first."""
    found = _rows(engine, "where client_id = ? order by account_id <> client_id, account_id", [client_id])
    return tuple(each.account_id for each in found)


def _by_id(engine: DuckDbEngine, wanted: str) -> list[Account]:
    own_id = "split_part(account_id, ':', 2)"
    if len(wanted) == _SHORT_ID and wanted.isalnum():
        short = f"length({own_id}) = {_LONG_ID} and starts_with({own_id}, ?)"
        return _rows(engine, f"where account_id = ? or {own_id} = ? or {short}", [wanted] * 3)
    return _rows(engine, f"where account_id = ? or {own_id} = ?", [wanted] * 2)


def _by_name(engine: DuckDbEngine, wanted: str) -> list[Account]:
    return _rows(engine, "where trim(name) = ?", [wanted])


def _by_name_in_any_case(engine: DuckDbEngine, wanted: str) -> list[Account]:
    return _rows(engine, "where lower(trim(name)) = lower(?)", [wanted])


def _by_domain(engine: DuckDbEngine, wanted: str) -> list[Account]:
    bare = _bare(wanted)
    alike = _rows(engine, "where contains(lower(domain), ?)", [bare]) if "." in bare else []
    return [each for each in alike if _bare(each.domain or "") == bare]


def _bare(domain: str) -> str:
    """As two CRMs' clients are joined by it: `https://www.Acme.example/about` -> `acme.example`."""
    found = _BARE.match(domain.strip().lower())
    return found["domain"].rstrip(".") if found else ""


def _nearest(engine: DuckDbEngine, wanted: str) -> str:
    alike = _rows(engine, f"where contains(lower(name), lower(?)) order by name limit {_LISTED}", [wanted])
    if not alike or not wanted:
        every = _rows(engine, f"where name is not null order by account_id limit {_COMPARED}", [])
        by_word = {word.lower(): each for each in every for word in (each.name, each.domain) if word}
        near = get_close_matches(wanted.lower()[:100], by_word, n=_LISTED, cutoff=0.6)
        alike = [by_word[word] for word in near]
    if alike:
        return f"Did you mean {_listed(alike)}?"
    return "Take the id or the name from the CRM, and run `keptword pull` if the client is new"


def _listed(found: Sequence[Account]) -> str:
    """A record of each client, the one that stands for it where that is among them."""
    standing_last = sorted(found, key=lambda each: (each.account_id == each.client_id, each.account_id))
    shown = [str(each) for each in {each.client_id: each for each in standing_last}.values()]
    more = f" or {len(shown) - _LISTED} more" if len(shown) > _LISTED else ""
    return ", ".join(shown[:_LISTED]) + more


def _rows(engine: DuckDbEngine, where: str, parameters: list[str]) -> list[Account]:
    sql = f"select * from ({_KNOWN}) k {where}"
    return [Account(**row) for row in engine.query(sql, parameters).to_pylist()]
