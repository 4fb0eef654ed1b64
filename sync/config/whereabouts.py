"""Where the config's files and databases really are, and whether its secrets are there."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from connectors.errors import LoginRefused
from connectors.secret import SecretRef
from sync.config.config import Config
from sync.config.places import KeyPath, written
from sync.config.words import LEDGER_DRIVERS
from sync.errors import Mistake, UserError

_SQLITE = "sqlite:///"


def mirror_path(config: Config) -> Path:
    """The mirror's DuckDB file, as an absolute path."""
    return config.beside(config.mirror.url.removeprefix("duckdb:///"))


def ledger_url(config: Config) -> str:
    """The ledger's URL for Ledger.open(), with its password, so never for a message; raises UserError."""
    url = config.ledger.url
    reference = _ledger_reference(config)
    if reference:
        url = _from_reference(config, reference)
    if url.startswith(_SQLITE):
        return _SQLITE + str(config.beside(url.removeprefix(_SQLITE)))
    return url


def _ledger_reference(config: Config) -> SecretRef | None:
    url = config.ledger.url
    if url.startswith("file:"):
        return SecretRef(f"file:{config.beside(url.removeprefix('file:'))}")
    return SecretRef(url) if url.startswith("env:") else None


def _from_reference(config: Config, reference: SecretRef) -> str:
    place = config.place("ledger", "url")
    try:
        url = reference.read()
        driver = make_url(url).drivername
    except LoginRefused as error:
        raise UserError(place, f"{reference}: {error.problem}", error.remedy) from error
    except (ArgumentError, ValueError):
        # Neither the text nor the error that quotes it may be shown: it may hold a password.
        problem = f"{reference} does not hold a database URL"
        raise UserError(place, problem, "Put 'postgresql://USER:PASSWORD@HOST/DATABASE' there") from None
    if driver not in LEDGER_DRIVERS:
        problem = f"{reference} names a database of another kind, '{driver}'"
        raise UserError(place, problem, "The ledger is a SQLite file or a PostgreSQL database")
    return url


def check_secrets(config: Config) -> list[Mistake]:
    """A Mistake for every secret that cannot be read now; the secrets themselves are not kept."""
    mistakes = []
    for path, secret in _secrets(config):
        try:
            secret.read()
        except LoginRefused as error:
            mistakes.append(
                Mistake(
                    file=str(config.file),
                    line=config.line(*path),
                    key=written(path),
                    problem=f"{secret}: {error.problem}",
                    remedy=error.remedy,
                )
            )
    return mistakes


def check_files(config: Config) -> list[Mistake]:
    """A Mistake for every certificate file of a connection that is not there."""
    mistakes = []
    for name, connection in config.connections.items():
        path: KeyPath = ("connections", name, "ca_file")
        named = connection.settings.ca_file
        if named is not None and not config.beside(str(named)).is_file():
            problem, remedy = f"there is no file {named}", "Name a PEM file, or leave it out"
            mistakes.append(
                Mistake(
                    file=str(config.file),
                    line=config.line(*path),
                    key=written(path),
                    problem=problem,
                    remedy=remedy,
                )
            )
    return mistakes


def _secrets(config: Config) -> Iterator[tuple[KeyPath, SecretRef]]:
    for name, connection in config.connections.items():
        yield from _secrets_in(connection.settings, ("connections", name))
    reference = _ledger_reference(config)
    if reference:
        yield ("ledger", "url"), reference


def _secrets_in(value: object, path: KeyPath) -> Iterator[tuple[KeyPath, SecretRef]]:
    if isinstance(value, SecretRef):
        yield path, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _secrets_in(getattr(value, name), (*path, name))
