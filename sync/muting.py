"""Finds the client of a mute in what was pulled, or in the ledger while a run has the mirror; and when a mute ends."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from rules.calendar.clock import instant_of
from rules.calendar.working import find_zone
from rules.records import ID_SEPARATOR, crm_id
from sync.config.config import Config
from sync.config.whereabouts import mirror_path
from sync.connections import open_connections
from sync.engine.duckdb_engine import DuckDbEngine
from sync.errors import Failed, FileHeld, LeaseHeld, UserError
from sync.identities.identities import join_accounts
from sync.judging.find_account import PLACE, find_account, records_of
from sync.ledger.ledger import Ledger
from sync.mirror.mirror import Mirror

_LISTED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class MutedClient:
    """The client that a mute is about."""

    account_id: str
    name: str | None
    """None where only the id is known."""
    record_ids: tuple[str, ...]
    """In every CRM, as far as is known."""


def find_muted(config: Config, ledger: Ledger, wanted: str) -> MutedClient:
    """The client by id, name or web domain. An id with its org's before it need not have been pulled.

    Raises UserError where none or several are meant, LeaseHeld where only the mirror could tell and a run has it.
    """
    wanted = wanted.strip()
    try:
        with _accounts(config) as engine:
            return _in_mirror(config, engine, wanted)
    except FileHeld as error:
        found = _in_ledger(ledger, wanted) or _by_id(config, wanted, orgs=())
        if found is None:
            problem = "a run has the mirror, where names and web domains are looked up"
            remedy = "Name the client by its id with its org's before it, such as 00D...:001..., or wait until the run ends"
            raise LeaseHeld(PLACE, problem, remedy) from error
        return found
    except Failed:
        found = _by_id(config, wanted, orgs=())
        if found is None:
            raise
        return found


def muted_names(config: Config, ledger: Ledger) -> dict[str, str]:
    """Record -> its name, as far as the mirror, or while a run has it the ledger, tells."""
    known = ledger.raised.clients()
    with suppress(Failed), _accounts(config) as engine:
        rows = engine.query("select account_id, name from raw_account where name is not null")
        known |= dict(zip(rows["account_id"].to_pylist(), rows["name"].to_pylist(), strict=True))
    return known


def end_of(config: Config, day: date) -> datetime:
    """The end of a day where the company is, naive UTC."""
    zone = find_zone(config.company.timezone, place=config.place("company", "timezone"))
    return instant_of(day + timedelta(days=1), time(), zone)


@contextmanager
def _accounts(config: Config) -> Iterator[DuckDbEngine]:
    """The mirror's session with its accounts joined; raises Failed where nothing was pulled, FileHeld during a run."""
    path = mirror_path(config)
    if not path.exists():
        raise Failed(f"mirror {path}", "nothing was pulled yet, so no client is known", "Run `keptword pull`")
    mirror = Mirror(path)
    try:
        with open_connections(config) as connections:
            join_accounts(config, connections, mirror)
            yield mirror.engine
    finally:
        mirror.close()


def _in_mirror(config: Config, engine: DuckDbEngine, wanted: str) -> MutedClient:
    try:
        account_id = find_account(engine, wanted)
    except UserError:
        orgs = engine.query("select distinct org_id from meta.org")["org_id"].to_pylist()
        found = _by_id(config, wanted, orgs=orgs)
        if found is None:
            raise
        return found
    (row,) = engine.query("select name from raw_account where account_id = ?", [account_id]).to_pylist()
    return MutedClient(account_id=account_id, name=row["name"], record_ids=records_of(engine, account_id))


def _in_ledger(ledger: Ledger, wanted: str) -> MutedClient | None:
    """Of the clients that ever had a task: people mute those whose tasks they see."""
    found = [
        MutedClient(account_id=account_id, name=name, record_ids=(account_id,))
        for account_id, name in ledger.raised.clients().items()
        if wanted.lower() in (account_id.lower(), crm_id(account_id).lower(), name.strip().lower())
    ]
    if len(found) > 1:
        listed = ", ".join(f"{each.name} ({each.account_id})" for each in found[:_LISTED])
        raise UserError(PLACE, f"'{wanted[:80]}' means {len(found)} clients", f"Name one by its id: {listed}")
    return found[0] if found else None


def _by_id(config: Config, wanted: str, *, orgs: Collection[str]) -> MutedClient | None:
    """What is the id of a record with its org's before it: one of `orgs`, or where none are known of the config's."""
    org, _, own = wanted.partition(ID_SEPARATOR)
    if not (org.isalnum() and own.isalnum()):
        return None
    if not orgs:
        with open_connections(config) as connections:
            pinned = {connection.pinned_org for connection in connections}
        orgs = {org} if None in pinned else {each for each in pinned if each}
    return MutedClient(account_id=wanted, name=None, record_ids=(wanted,)) if org in orgs else None
