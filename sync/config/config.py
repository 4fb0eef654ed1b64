"""The whole config as the rest of Keptword sees it: settings, connections, rules as written, and where each stands."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PrivateAttr, ValidationInfo, model_validator

from sync.config.connections import ConnectionSettings
from sync.config.places import Places
from sync.config.records import RecordOverrides
from sync.config.settings import (
    Company,
    Decisions,
    Identities,
    LedgerPlace,
    Limits,
    Log,
    Mirror,
    Pull,
    Section,
    Tasks,
)

RawRule = dict[str, Any]
"""A rule, or what changes a built-in one, as the file has it; `rules` reads and checks it."""


def _from_folder(key: str, value: Any, *, folder: Path) -> Any:
    """`file:PATH` and `..._file` mean paths from the config's folder: cron starts programs anywhere."""
    if isinstance(value, dict):
        return {inner: _from_folder(inner, held, folder=folder) for inner, held in value.items()}
    if not isinstance(value, str):
        return value
    if value.startswith("file:"):
        return f"file:{folder / Path(value.removeprefix('file:')).expanduser()}"
    return str(folder / Path(value).expanduser()) if key.endswith("_file") else value


class Connection(Section):
    """One CRM: how to reach it, and what its objects mean where the connector's mapping is not enough."""

    settings: ConnectionSettings
    records: RecordOverrides = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _split(cls, table: object, info: ValidationInfo) -> object:
        """In the file `records` stands beside the connector's keys, which check themselves."""
        if not isinstance(table, dict):
            return table
        source: Source = info.context  # type: ignore[assignment]  # read_config() always gives one
        folder = source.path.parent.absolute()
        settings = {
            key: _from_folder(key, value, folder=folder) for key, value in table.items() if key != "records"
        }
        return {"settings": settings} | {key: table[key] for key in ("records",) if key in table}

    def record_tables(self) -> dict[str, list[dict[str, Any]]]:
        """Record -> the tables that override it, as the file has them."""
        return {
            name: [source.model_dump(exclude_unset=True) for source in sources]
            for name, sources in self.records.items()
        }


def _named(connections: dict[str, Connection]) -> dict[str, Connection]:
    if not connections:
        raise ValueError("no CRM is named; write a table such as [connections.sf] with `crm` and `login`")
    return connections


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The file that a config was read from."""

    path: Path
    text: str
    places: Places


class Config(Section):
    """A config that was read without a mistake; keys as in the file."""

    mode: Literal["preview", "write"] = "preview"
    """`preview` shows what would be written; `write` writes it."""
    company: Company
    mirror: Mirror = Mirror()
    ledger: LedgerPlace = LedgerPlace()
    connections: Annotated[dict[str, Connection], AfterValidator(_named)]
    pull: Pull = Pull()
    tasks: Tasks = Tasks()
    identities: Identities = Identities()
    limits: Limits = Limits()
    log: Log = Log()
    decisions: Decisions = Decisions()
    rules_dir: str | None = None
    """A folder with rule files of one's own, one rule a file; a relative path starts at the config's folder."""
    rules: dict[str, RawRule] = Field(default_factory=dict)
    """Changes to built-in rules, by the rule's name."""
    own_rules: list[RawRule] = Field(alias="rule", default_factory=list)
    """Rules of one's own, in the words of a built-in rule file, with a `name`."""

    _source: Source = PrivateAttr()

    def model_post_init(self, context: Any) -> None:
        """Takes the file that read_config() hands over as the validation's context."""
        self._source = context

    @property
    def file(self) -> Path:
        """The config file."""
        return self._source.path

    @property
    def digest(self) -> str:
        """16 hex characters that change with the text of the file."""
        return hashlib.sha256(self._source.text.encode()).hexdigest()[:16]

    def place(self, *keys: str | int) -> str:
        """`keptword.toml:12: limits.new_per_run`, for a message about that key; list positions count from 0 here."""
        return self._source.places.at(*keys)

    def line(self, *keys: str | int) -> int | None:
        """The line of a key or of the table that would hold it."""
        return self._source.places.line(keys)

    def beside(self, path: str) -> Path:
        """A path that the file names, seen from the file's own folder."""
        return self._source.path.parent.absolute() / Path(path).expanduser()

    def own_rules_by_name(self) -> Mapping[str, RawRule]:
        """The [[rule]] tables by their names, which reading has found to be there and to differ."""
        return {rule["name"]: rule for rule in self.own_rules}
