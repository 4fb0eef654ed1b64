"""The CRMs of a config: their connectors, and what their objects mean."""

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files

from connectors.connector import Connector, ObjectSchema
from connectors.hubspot.connector import HubSpotConnector
from connectors.hubspot.settings import HubSpotSettings
from connectors.salesforce.connector import SalesforceConnector
from connectors.salesforce.full_ids import mended_ids
from connectors.salesforce.settings import SalesforceSettings
from rules.columns import Column
from rules.errors import Mistakes
from rules.mapping import RecordSources, override_mapping, read_mapping
from rules.views import Absent, Place, SourceView, compile_sources
from sync.config.config import Config
from sync.mirror.mirror import Mirror

OWN_FIELDS: Mapping[str, tuple[str, tuple[str, str, str]]] = {
    "salesforce": ("Task", ("Keptword_Key__c", "Keptword_State__c", "Keptword_Outcome__c")),
    "hubspot": ("tasks", ("keptword_key", "keptword_state", "keptword_outcome")),
}
"""CRM -> the object that carries our tasks, and our fields (key, state, outcome), which mappings may name before setup
made them."""

_COLUMN_TYPES = {
    "id": "text",
    "text": "text",
    "integer": "integer",
    "decimal": "decimal",
    "boolean": "boolean",
    "date": "date",
    "instant": "instant",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One CRM of the config, not yet logged in."""

    name: str
    connector: Connector
    mapping: RecordSources
    pinned_org: str | None

    @property
    def own_object(self) -> str:
        """The object that carries our tasks."""
        return OWN_FIELDS[self.connector.crm][0]

    @property
    def own_fields(self) -> tuple[str, str, str]:
        """The names of the key, the state and the outcome."""
        return OWN_FIELDS[self.connector.crm][1]


@contextmanager
def open_connections(config: Config) -> Iterator[list[Connection]]:
    """Every connection in the order of the config; raises MappingError. Does no I/O until a connector is used."""
    connections = [_connection(config, name) for name in config.connections]
    try:
        yield connections
    finally:
        for connection in connections:
            connection.connector.close()


def read_mappings(config: Config) -> dict[str, RecordSources]:
    """Connection -> its mapping with the config's overrides, offline; raises MappingError."""
    mappings: dict[str, RecordSources] = {}
    mistakes = Mistakes()
    for name, held in config.connections.items():
        crm = held.settings.crm
        text = files("connectors").joinpath(crm, "mapping.toml").read_text(encoding="utf-8")
        default = read_mapping(tomllib.loads(text), place=f"connectors/{crm}/mapping.toml")
        # Without file and line: the command line adds those of the very key that a message is about.
        place = f"connections.{name}.records"
        with mistakes.noted():
            mappings[name] = override_mapping(default, held.record_tables(), place=place)
    mistakes.refuse()
    return mappings


def compiled_views(
    connection: Connection, mirror: Mirror, org_id: str, schemas: Mapping[str, ObjectSchema | None]
) -> tuple[list[SourceView], list[Absent]]:
    """The connection's record sources over the mirror's tables; raises MappingError."""
    place = Place(
        org_id=org_id,
        table=lambda name: mirror.table(connection.name, name),
        links=lambda source, target: mirror.link_table(connection.name, source, target),
        objects=connection.connector.object_names,
        **({"mended_id": mended_ids(schemas)} if connection.connector.crm == "salesforce" else {}),
    )
    columns = {name: _columns(connection, schema) for name, schema in schemas.items()}
    return compile_sources(connection.mapping, columns, place)


def _connection(config: Config, name: str) -> Connection:
    settings = config.connections[name].settings
    connector: Connector
    if isinstance(settings, SalesforceSettings):
        connector, pinned = SalesforceConnector(settings, name=name), settings.org_id
    elif isinstance(settings, HubSpotSettings):
        connector, pinned = HubSpotConnector(settings, name=name), settings.portal_id
    return Connection(name=name, connector=connector, mapping=read_mappings(config)[name], pinned_org=pinned)


def _columns(connection: Connection, schema: ObjectSchema | None) -> dict[str, Column] | None:
    if schema is None:
        return None
    columns = {
        field.name: Column(name=field.name, type=_COLUMN_TYPES[field.type], doc=field.label)  # type: ignore[arg-type]  # values of a table of ours
        for field in schema.fields.values()
    }
    if schema.name == connection.own_object:
        columns |= {
            name: Column(name=name, type="text") for name in connection.own_fields if name not in columns
        }
    return columns
