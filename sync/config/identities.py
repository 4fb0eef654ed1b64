"""Reads the file in which an admin says which accounts of two CRMs are one client and which are two; see docs/identities.md."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError

from sync.config.config import Config
from sync.config.explain import explain
from sync.config.places import KeyPath, Places, find_places, written
from sync.config.read import syntax_mistake
from sync.config.settings import Section
from sync.config.words import nearest
from sync.errors import ConfigRefused, Mistake, UserError


def _listed(value: object) -> object:
    """TOML knows arrays only; a strict tuple wants a tuple."""
    return tuple(value) if isinstance(value, list) else value


def _several(accounts: tuple["Account", ...]) -> tuple["Account", ...]:
    if len(accounts) < 2:
        raise ValueError(
            "an entry names two accounts, or more; write { connection = ..., id = ... } for each"
        )
    return accounts


Saying = Literal["same", "different", "proposed"]


class Account(Section):
    """One account of one CRM."""

    connection: str
    """The connection's name in the config."""
    id: Annotated[str, Field(min_length=1)]
    """As the CRM writes it; Salesforce's in 15 or 18 characters."""
    name: str | None = None
    """For people who read the file; nothing is decided by it."""


class Entry(Section):
    """Two accounts, or more that are all the same client."""

    accounts: Annotated[tuple[Account, ...], BeforeValidator(_listed), AfterValidator(_several)]
    who: str | None = None
    """Who says so."""
    why: str | None = None
    """What tells it."""


Entries = Annotated[tuple[Entry, ...], BeforeValidator(_listed)]


class IdentitiesFile(Section):
    """The whole file."""

    same: Entries = ()
    """These are one client, whatever the CRMs say."""
    different: Entries = ()
    """These are different clients, each from each: they are never joined and never proposed."""
    proposed: Entries = ()
    """What `keptword identities --propose-out` wrote and nobody has decided yet: nothing is joined by it."""


Named = tuple[str, str]
"""Connection and id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the file says, pair by pair, accounts by connection and id."""

    same: tuple[tuple[Named, Named], ...] = ()
    different: tuple[tuple[Named, Named], ...] = ()
    proposed: tuple[tuple[Named, Named], ...] = ()


def identities_path(config: Config) -> Path:
    """Where the file is, whether it is there or not."""
    return config.beside(config.identities.file)


def read_identities(config: Config) -> Said:
    """What the admin has said; nothing where no file is named and none is there.

    Raises UserError where the config names a file that is not there, and ConfigRefused with all mistakes of one that is.
    """
    path = identities_path(config)
    if not path.exists():
        if "file" not in config.identities.model_fields_set:
            return Said()
        remedy = (
            "Mend the path, or take the line out until `keptword identities --propose-out` has written one"
        )
        raise UserError(
            config.place("identities", "file"), f"there is no file {config.identities.file}", remedy
        )
    return read_said(path, connections=tuple(config.connections))


def read_said(path: Path, *, connections: tuple[str, ...]) -> Said:
    """The file in `path`; raises UserError and ConfigRefused."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        data = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            str(path), f"cannot be read ({error})", "Let this user read it, saved as UTF-8"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigRefused([syntax_mistake(path, text, error)]) from error
    places = find_places(str(path), text)
    try:
        file = IdentitiesFile.model_validate(data)
    except ValidationError as error:
        raise ConfigRefused(explain(error, model=IdentitiesFile, data=data, places=places)) from error
    mistakes = [*_unknown(file, places, connections), *_contradictions(file, places)]
    if mistakes:
        raise ConfigRefused(mistakes)
    return Said(
        same=tuple((accounts[0], other) for accounts in _accounts(file.same) for other in accounts[1:]),
        different=tuple(pair for accounts in _accounts(file.different) for pair in _each_with_each(accounts)),
        proposed=tuple(pair for accounts in _accounts(file.proposed) for pair in _each_with_each(accounts)),
    )


def same_id(id_: str) -> str:
    """What two spellings of one id have in common: Salesforce's last three of 18 characters only repeat the first 15."""
    is_long = len(id_) == 18 and id_.isalnum() and not id_.isdigit()
    return id_[:15] if is_long else id_


def _accounts(entries: tuple[Entry, ...]) -> Iterator[list[Named]]:
    for entry in entries:
        yield [(account.connection, account.id) for account in entry.accounts]


def _each_with_each(accounts: list[Named]) -> Iterator[tuple[Named, Named]]:
    for n, one in enumerate(accounts):
        yield from ((one, other) for other in accounts[n + 1 :])


def _entries(file: IdentitiesFile) -> Iterator[tuple[Saying, int, Entry]]:
    said: Mapping[Saying, tuple[Entry, ...]] = {
        "same": file.same, "different": file.different, "proposed": file.proposed,
    }  # fmt: skip
    for saying, entries in said.items():
        yield from ((saying, number, entry) for number, entry in enumerate(entries))


def _unknown(file: IdentitiesFile, places: Places, connections: tuple[str, ...]) -> Iterator[Mistake]:
    for saying, number, entry in _entries(file):
        seen = set()
        for position, account in enumerate(entry.accounts):
            path: KeyPath = (saying, number, "accounts", position)
            if account.connection not in connections:
                problem = f"the config has no connection '{account.connection}'"
                yield _mistake(places, path, problem, nearest(account.connection, connections))
            elif (account.connection, same_id(account.id)) in seen:
                yield _mistake(places, path, "is named twice in this entry", "name two accounts")
            seen.add((account.connection, same_id(account.id)))


def _contradictions(file: IdentitiesFile, places: Places) -> Iterator[Mistake]:
    """Accounts that are different and, by one entry or a chain of them, the same."""
    group: dict[Named, int] = {}
    for number, accounts in enumerate(_accounts(file.same)):
        keys = [(connection, same_id(id_)) for connection, id_ in accounts]
        joined = {group[key] for key in keys if key in group}
        group |= {key: number for key, held in group.items() if held in joined} | dict.fromkeys(keys, number)
    for number, accounts in enumerate(_accounts(file.different)):
        for one, other in _each_with_each(accounts):
            here, there = ((name, same_id(id_)) for name, id_ in (one, other))
            if here in group and group[here] == group.get(there):
                problem = f"{one[0]} {one[1]} and {other[0]} {other[1]} are different here, and the same by [[same]]"
                yield _mistake(places, ("different", number), problem, "take one of the two out")


def _mistake(places: Places, path: KeyPath, problem: str, remedy: str) -> Mistake:
    return Mistake(
        file=places.file, line=places.line(path), key=written(path), problem=problem, remedy=remedy
    )
