"""Logs in to a connection and finds out what it has of what the mapping reads."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson

from connectors.connector import ObjectSchema, Probe
from connectors.errors import CrmError, LoginRefused, QuotaSpent, WrongOrg
from rules.mapping import RecordSources
from rules.views import SourceView, objects_named
from sync.connections import Connection, compiled_views
from sync.errors import Failed
from sync.mirror.mirror import Mirror
from sync.pull.desk import Entered

STOPPING = (LoginRefused, WrongOrg)
"""Errors after which no other request of the connection can succeed."""

_GOOD_FOR = timedelta(minutes=10)
"""Descriptions cost a request an object; several pulls in a row need not ask for them again."""

_LOST = "the org does not show it to this login any more. Grant it again, or delete the mirror to go on without it"


def enter(connection: Connection, mirror: Mirror) -> Entered:
    """Raises Failed with the connector's own words, and MappingError where the config names what the org never had.

    Where the day's requests are used up, a connection that was read before is entered with what is known of it.
    """
    before = mirror.schemas(connection.name)
    is_known = before.keys() >= set(objects_named(connection.mapping))
    try:
        probe = connection.connector.probe()
        mirror.enter_org(connection.name, probe.org_id)
        before = mirror.schemas(connection.name)
        schemas, trouble = _described(connection, mirror, before, probe)
        spent = ""
    except CrmError as error:
        org_id = mirror.org_id(connection.name)
        if org_id is None or not is_known or not isinstance(error, QuotaSpent):
            raise Failed(error.place, error.problem, error.remedy) from error
        probe, spent = _as_last_seen(connection, mirror, org_id), f"{error.problem}. {error.remedy}"
        schemas, trouble = before, dict.fromkeys((name for name in before if before[name]), spent)
    read_before = {mark.object: mark.fields | mark.lost for mark in mirror.marks(connection.name)}
    kept = {
        name: _with_lost_fields(schema, before.get(name), read_before.get(name, frozenset()))
        for name, schema in schemas.items()
    }
    if kept != before:
        mirror.keep_schemas(connection.name, kept)
    views, absent = compiled_views(connection, mirror, probe.org_id, kept)
    wanted = _wanted(views)
    return Entered(
        connection=connection, probe=probe, schemas=kept, trouble=trouble, wanted=wanted,
        lost={
            name: _lost(fields, schemas[name]) & read_before.get(name, frozenset())
            for name, (fields, _) in wanted.items() if name not in trouble
        },
        views=tuple(views), absent=tuple(absent), spent=spent,
    )  # fmt: skip


def _as_last_seen(connection: Connection, mirror: Mirror, org_id: str) -> Probe:
    """As far as the mirror tells, when the CRM was not to be asked."""
    read_at = [mark.read_at for mark in mirror.marks(connection.name) if mark.read_at]
    return Probe(
        org_id=org_id, user="", server_now=min(read_at, default=datetime.now(UTC).replace(tzinfo=None))
    )


def _described(
    connection: Connection, mirror: Mirror, before: Mapping[str, ObjectSchema | None], probe: Probe
) -> tuple[Mapping[str, ObjectSchema | None], dict[str, str]]:
    """As _describe; a description of some minutes ago is good where it was whole and the mapping is the same."""
    mapping = mapping_digest(connection.mapping)
    described_at = mirror.described_at(connection.name, mapping)
    is_whole = not any(mark.lost for mark in mirror.marks(connection.name))
    if described_at is not None and is_whole and probe.server_now - described_at < _GOOD_FOR:
        return before, {}
    schemas, trouble = _describe(connection, before)
    if not trouble:
        mirror.note_described(connection.name, mapping, probe.server_now)
    return schemas, trouble


def mapping_digest(mapping: RecordSources) -> str:
    """The same in every process for the same mapping: sets come in their order, not in that of this process."""
    written = orjson.dumps(mapping, default=sorted, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(written).hexdigest()[:16]


def _describe(
    connection: Connection, before: Mapping[str, ObjectSchema | None]
) -> tuple[dict[str, ObjectSchema | None], dict[str, str]]:
    """What the org says of each mapped object; and those that it showed before and does not show now, with why.

    These keep the description of before: an object that went away silently would turn its records into silence. Raises
    QuotaSpent where no more may be asked.
    """
    schemas: dict[str, ObjectSchema | None] = {}
    trouble: dict[str, str] = {}
    for name in sorted(objects_named(connection.mapping)):
        try:
            schemas[name] = connection.connector.describe(name)
        except QuotaSpent:
            raise
        except CrmError as error:
            if before.get(name) is None or isinstance(error, STOPPING):
                raise Failed(error.place, error.problem, error.remedy) from error
            trouble[name] = f"{error.problem}. {error.remedy}"
        if schemas.get(name) is None and before.get(name) is not None:
            schemas[name] = before[name]
            trouble.setdefault(name, _LOST)
    return schemas, trouble


def _with_lost_fields(
    schema: ObjectSchema | None, before: ObjectSchema | None, read_before: frozenset[str]
) -> ObjectSchema | None:
    """The description with fields that were read before and are not shown now, as they were: one field that a login may no
    longer see must not stop all that does not need it.
    """
    if schema is None or before is None:
        return schema
    lost = {name: before.fields[name] for name in read_before & set(before.fields) - set(schema.fields)}
    return replace(schema, fields={**schema.fields, **lost}) if lost else schema


def _lost(fields: frozenset[str], schema: ObjectSchema | None) -> frozenset[str]:
    return fields - set(schema.fields) if schema is not None else frozenset()


def _wanted(views: Iterable[SourceView]) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """Object -> (fields, linked objects) that the views read."""
    fields: dict[str, set[str]] = {}
    links: dict[str, set[str]] = {}
    for view in views:
        fields.setdefault(view.object, set())
        for name, named in view.fields.items():
            fields.setdefault(name, set()).update(named)
        for name, linked in view.links:
            fields.setdefault(name, set())
            links.setdefault(name, set()).add(linked)
    return {name: (frozenset(named), frozenset(links.get(name, ()))) for name, named in fields.items()}
