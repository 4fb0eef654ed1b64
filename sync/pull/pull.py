"""Pull: reads what changed in the CRMs into the mirror, and says how complete that is."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pyarrow as pa

from connectors.connector import Chunk, ObjectSchema, Oddity, Probe, ReadRequest
from connectors.errors import CrmError, LoginRefused, QuotaSpent, WrongOrg
from connectors.tasks import WrittenTask
from rules.views import Absent, SourceView, objects_named
from sync.connections import Connection, compiled_views
from sync.errors import Failed
from sync.mirror.marks import Mark
from sync.mirror.mirror import OWN_TASKS, Mirror, Watch
from sync.watch import Watcher, watched_fields

OVERLAP = timedelta(minutes=10)
"""Read again before the last mark: rows commit late, and a search index lags."""

MOST_ODDITIES = 100
"""Of one object; further ones are only counted."""

_STOPPING = (LoginRefused, WrongOrg, QuotaSpent)
"""Errors after which no other request of the connection can succeed."""

_LOST = "the org does not show it to this login any more. Grant it again, or delete the mirror to go on without it"

Progress = Callable[[str, int], None]
"""Told now and then: what is being read, and how many rows of it so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectRead:
    """What one pull did with one object: the completeness statement."""

    connection: str
    object: str
    rows: int
    in_mirror: int
    full: bool
    complete: bool
    reason: str = ""
    left_out: int = 0
    """Records that could not be kept at all."""
    mended: int = 0
    """Values that could not be read and are empty now."""
    repeated: int = 0
    """Records that came more than once, on two pages; the last coming counts."""
    oddities: tuple[Oddity, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PullReport:
    """What one pull did."""

    objects: tuple[ObjectRead, ...]
    absent: tuple[tuple[str, Absent], ...]
    """(connection, what its org cannot feed)."""
    absent_fields: tuple[tuple[str, str], ...]
    """(connection, Object.Field): named by the default mapping, not in the org."""
    probes: Mapping[str, Probe]

    @property
    def complete(self) -> bool:
        """Whether everything that was asked for was read."""
        return all(read.complete for read in self.objects)


@dataclass(slots=True)
class _Tally:
    """What a stream of chunks brought besides rows."""

    rows: int = 0
    left_out: int = 0
    mended: int = 0
    oddities: list[Oddity] = field(default_factory=list)

    def watch(self, chunks: Iterable[Chunk], tell: Callable[[int], None]) -> Iterator[Chunk]:
        for chunk in chunks:
            self.rows += len(chunk.rows)
            self.left_out += sum(not oddity.kept for oddity in chunk.oddities)
            self.mended += sum(oddity.kept for oddity in chunk.oddities)
            self.oddities += chunk.oddities[: MOST_ODDITIES - len(self.oddities)]
            tell(self.rows)
            yield chunk


def pull(
    connections: Iterable[Connection],
    mirror: Mirror,
    *,
    progress: Progress,
    known_tasks: Mapping[str, set[str]],
    watcher: Watcher,
) -> PullReport:
    """Reads every connection; `known_tasks` has, by org, ids of tasks that the ledger knows we wrote. The watcher
    is told of changes that no CRM keeps.

    An object that cannot be read is marked incomplete and the others go on; raises Failed where a connection
    cannot be used at all, and MappingError where the config names what the org does not have.
    """
    reads: list[ObjectRead] = []
    absent: list[tuple[str, Absent]] = []
    absent_fields: list[tuple[str, str]] = []
    probes: dict[str, Probe] = {}
    for connection in connections:
        probe = probes[connection.name] = enter(connection, mirror)
        trouble = _describe(connection, mirror)
        views, missing = compiled_views(connection, mirror, probe.org_id, mirror.schemas(connection.name))
        absent += [(connection.name, each) for each in missing]
        absent_fields += sorted({(connection.name, name) for view in views for name in view.absent_fields})
        schemas = mirror.schemas(connection.name)
        for name, (fields, links) in _wanted(views).items():
            schema = schemas[name]
            if name in trouble:
                reads.append(_unread(connection, mirror, name, trouble[name]))
            elif schema is not None:
                request = ReadRequest(schema=schema, fields=tuple(sorted(fields)), links=tuple(sorted(links)))
                watch = _watch(connection, schemas, name, watcher, probe)
                reads.append(_read(connection, mirror, request, probe.server_now, progress, watch=watch))
        known = known_tasks.get(probe.org_id, set())
        reads.append(_read_own_tasks(connection, mirror, known, probe.server_now, progress=progress))
    return PullReport(
        objects=tuple(reads), absent=tuple(absent), absent_fields=tuple(absent_fields), probes=probes
    )


def enter(connection: Connection, mirror: Mirror) -> Probe:
    """Logs in and makes room in the mirror; raises Failed with the connector's own words."""
    try:
        probe = connection.connector.probe()
    except CrmError as error:
        raise Failed(error.place, error.problem, error.remedy) from error
    mirror.enter_org(connection.name, probe.org_id)
    return probe


def _describe(connection: Connection, mirror: Mirror) -> dict[str, str]:
    """Keeps what the org says of each mapped object; returns those that it showed before and does not show now, with why.

    These keep the description of before: an object that went away silently would turn its records into silence.
    """
    before = mirror.schemas(connection.name)
    schemas: dict[str, ObjectSchema | None] = {}
    trouble: dict[str, str] = {}
    for name in sorted(objects_named(connection.mapping)):
        try:
            schemas[name] = connection.connector.describe(name)
        except CrmError as error:
            if before.get(name) is None or isinstance(error, _STOPPING):
                raise Failed(error.place, error.problem, error.remedy) from error
            trouble[name] = f"{error.problem}. {error.remedy}"
        if schemas.get(name) is None and before.get(name) is not None:
            schemas[name] = before[name]
            trouble.setdefault(name, _LOST)
    mirror.keep_schemas(connection.name, schemas)
    return trouble


def _wanted(views: Iterable[SourceView]) -> dict[str, tuple[set[str], set[str]]]:
    """Object -> (fields, linked objects) that the views read."""
    wanted: dict[str, tuple[set[str], set[str]]] = {}
    for view in views:
        for name, fields in view.fields.items():
            wanted.setdefault(name, (set(), set()))[0].update(fields)
        for name, linked in view.links:
            wanted.setdefault(name, (set(), set()))[1].add(linked)
        wanted.setdefault(view.object, (set(), set()))
    return wanted


def _watch(
    connection: Connection,
    schemas: Mapping[str, ObjectSchema | None],
    name: str,
    watcher: Watcher,
    probe: Probe,
) -> Watch | None:
    fields = sorted({each.field for each in watched_fields(connection, schemas) if each.object == name})
    if not fields:
        return None

    def tell(changed: Mapping[str, pa.Table], new: Sequence[str]) -> None:
        watcher.saw(probe.org_id, name, changed, at=probe.server_now)
        watcher.began(probe.org_id, name, new, at=probe.server_now)

    return Watch(fields=fields, tell=tell)


def _read(
    connection: Connection,
    mirror: Mirror,
    wanted: ReadRequest,
    read_at: datetime,
    progress: Progress,
    *,
    watch: Watch | None,
) -> ObjectRead:
    schema = wanted.schema
    before = mirror.mark(connection.name, schema.name)
    fields, links = frozenset(wanted.fields) & set(schema.fields), frozenset(wanted.links)
    full = not before.complete or not (fields <= before.fields and links <= before.links)
    since = None if full or before.read_at is None else before.read_at - OVERLAP
    request = replace(wanted, fields=tuple(sorted(fields)), since=since)
    tally = _Tally()
    try:
        chunks = tally.watch(
            connection.connector.read(request),
            lambda rows: progress(f"{connection.name} {schema.name}", rows),
        )
        mark = Mark(object=schema.name, fields=fields, links=links, read_at=read_at, complete=True)
        also = connection.own_fields if schema.name == connection.own_object else ()
        distinct = mirror.write_object(
            connection.name, schema, chunks, mark, full=since is None, also=also, watch=watch
        )
    except _STOPPING as error:
        raise Failed(error.place, error.problem, error.remedy) from error
    except CrmError as error:
        return _unread(connection, mirror, schema.name, f"{error.problem}. {error.remedy}", full=full)
    return ObjectRead(
        connection=connection.name,
        object=schema.name,
        rows=tally.rows,
        in_mirror=mirror.mark(connection.name, schema.name).row_count,
        full=since is None,
        complete=True,
        left_out=tally.left_out,
        mended=tally.mended,
        repeated=tally.rows - distinct,
        oddities=tuple(tally.oddities),
    )


def _unread(
    connection: Connection, mirror: Mirror, name: str, reason: str, *, full: bool = False
) -> ObjectRead:
    """Notes that the object could not be read; what the mirror holds of it stays, and is not relied on."""
    before = mirror.mark(connection.name, name)
    mirror.keep_mark(connection.name, replace(before, complete=False, reason=reason))
    return ObjectRead(
        connection=connection.name,
        object=name,
        rows=0,
        in_mirror=before.row_count,
        full=full,
        complete=False,
        reason=reason,
    )


def _named(held: Mapping[str, WrittenTask], tasks: Iterable[WrittenTask]) -> list[WrittenTask]:
    """The tasks, each once; one that is gone from the CRM altogether keeps what we knew of it."""
    read: dict[str, WrittenTask] = {}
    for task in tasks:
        known = held.get(task.id)
        if task.key:
            read[task.id] = task
        elif known is not None:
            read[task.id] = replace(known, deleted=True, closed_at=known.closed_at or known.modified_at)
    return list(read.values())


def _read_own_tasks(
    connection: Connection, mirror: Mirror, known: set[str], read_at: datetime, *, progress: Progress
) -> ObjectRead:
    before = mirror.mark(connection.name, OWN_TASKS)
    held = mirror.own_tasks(connection.name)
    since = before.read_at - OVERLAP if before.complete and before.read_at else None
    ids = known | {task.id for task in held if task.status == "open" and not task.deleted}
    try:
        tasks = _named(
            {task.id: task for task in held}, connection.connector.own_tasks(since=since, known_ids=ids)
        )
    except CrmError as error:
        reason = f"{error.problem}. {error.remedy}"
        mirror.keep_mark(
            connection.name,
            Mark(object=OWN_TASKS, read_at=before.read_at, reason=reason, row_count=len(held)),
        )
        return ObjectRead(
            connection=connection.name,
            object=OWN_TASKS,
            rows=0,
            in_mirror=len(held),
            full=since is None,
            complete=False,
            reason=reason,
        )
    progress(f"{connection.name} {OWN_TASKS}", len(tasks))
    mark = Mark(object=OWN_TASKS, read_at=read_at, complete=True, row_count=len(tasks))
    mirror.keep_own_tasks(connection.name, tasks, mark, full=since is None)
    held_now = len(mirror.own_tasks(connection.name))
    return ObjectRead(
        connection=connection.name,
        object=OWN_TASKS,
        rows=len(tasks),
        in_mirror=held_now,
        full=since is None,
        complete=True,
    )
