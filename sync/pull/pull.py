"""Pull: reads what changed in the CRMs into the mirror, and says how complete that is."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace

from connectors.connector import ObjectSchema
from connectors.errors import CrmError
from sync.config.settings import Pull
from sync.connections import Connection
from sync.errors import Failed
from sync.mirror.mirror import Mirror
from sync.pull.checking import check
from sync.pull.desk import Desk, Entered, Stopped
from sync.pull.entering import STOPPING, enter
from sync.pull.own_tasks import about_winners, read_own_tasks
from sync.pull.reading import Reading, begin, read_all
from sync.pull.statement import ObjectRead, Progress, PullReport
from sync.pull.vanished import Vanished, vanished_words
from sync.watch import Watcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a pull is asked for besides the connections."""

    habits: Pull
    known_tasks: Mapping[str, set[str]]
    """By org, ids of tasks that the ledger knows we wrote."""
    in_doubt: frozenset[str] = frozenset()
    """Orgs in which a write may or may not have happened."""
    accept_vanished: bool = False


def pull(
    connections: Iterable[Connection], mirror: Mirror, asked: Asked, *, progress: Progress, watcher: Watcher
) -> PullReport:
    """Reads every connection, several objects side by side. The watcher is told of changes that no CRM keeps.

    An object that cannot be read is marked incomplete and the others go on; raises Failed where a connection
    cannot be used at all, and MappingError where the config names what the org does not have.
    """
    desk = Desk(
        mirror=mirror, watcher=watcher, habits=asked.habits, progress=progress, accept_vanished=asked.accept_vanished
    )  # fmt: skip
    with mirror.engine.taking_in():
        entered = [enter(connection, mirror) for connection in connections]
        try:
            reads = _side_by_side(desk, entered, asked)
        finally:
            mirror.write_waiting()
        for each in entered:
            about_winners(desk, each)
    return PullReport(
        objects=tuple(reads),
        absent=tuple((each.connection.name, absent) for each in entered for absent in each.absent),
        absent_fields=tuple(
            (each.connection.name, name)
            for each in entered
            for name in sorted({name for view in each.views for name in view.absent_fields})
        ),
        probes={each.connection.name: each.probe for each in entered},
    )


def _side_by_side(desk: Desk, entered: Iterable[Entered], asked: Asked) -> list[ObjectRead]:
    """Every object of every connection; as many at once as each connection allows."""
    with ExitStack() as stack:
        reads: list[Future[ObjectRead]] = []
        for each in entered:
            lanes = stack.enter_context(
                ThreadPoolExecutor(
                    max_workers=each.connection.connector.side_by_side,
                    thread_name_prefix=each.connection.name,
                )
            )
            reads += [lanes.submit(job) for job in _jobs(desk, each, asked)]
        try:
            return [read.result() for read in reads]
        except BaseException as error:
            desk.stop()
            for read in reads:
                read.cancel()
            if isinstance(error, Stopped):
                raise next(filter(None, (_failure(read) for read in reads)), error) from error
            raise


def _failure(read: Future[ObjectRead]) -> BaseException | None:
    """What ended a read by itself, and so the others."""
    error = None if read.cancelled() else read.exception()
    return None if isinstance(error, Stopped) else error


def _jobs(desk: Desk, entered: Entered, asked: Asked) -> list[Callable[[], ObjectRead]]:
    org_id = entered.probe.org_id
    known, in_doubt = asked.known_tasks.get(org_id, set()), org_id in asked.in_doubt
    schemas = [schema for name in entered.wanted if (schema := entered.schemas[name]) is not None]
    jobs: list[Callable[[], ObjectRead]] = [_job(desk, entered, schema) for schema in schemas]
    return [*jobs, lambda: read_own_tasks(desk, entered, known, in_doubt=in_doubt)]


def _job(desk: Desk, entered: Entered, schema: ObjectSchema) -> Callable[[], ObjectRead]:
    def job() -> ObjectRead:
        try:
            return _object(desk, entered, schema)
        except BaseException:
            desk.stop()
            raise

    return job


def _object(desk: Desk, entered: Entered, schema: ObjectSchema) -> ObjectRead:
    name = schema.name
    if name in entered.trouble:
        return _incomplete(desk, entered, name, entered.trouble[name])
    reading = begin(desk, entered, schema)
    try:
        read_all(reading)
        check(reading)
    except STOPPING as error:
        raise Failed(error.place, error.problem, error.remedy) from error
    except CrmError as error:
        return _incomplete(desk, entered, name, f"{error.problem}. {error.remedy}", reading=reading)
    except Vanished as error:
        return _incomplete(desk, entered, name, str(error), reading=reading, vanished=error.count)
    with desk.at_mirror() as mirror:
        vanished = mirror.mark(entered.connection.name, name).vanished
    if vanished:
        return _incomplete(
            desk, entered, name, vanished_words(name, vanished), reading=reading, vanished=vanished
        )
    lost = entered.lost.get(name, frozenset())
    return _statement(reading, complete=not lost, reason=_lost_words(lost))


def _incomplete(
    desk: Desk, entered: Entered, name: str, reason: str, *, reading: Reading | None = None, vanished: int = 0
) -> ObjectRead:
    """Notes that the object could not be read; what the mirror holds of it stays, and is not relied on."""
    with desk.at_mirror() as mirror:
        mark = mirror.mark(entered.connection.name, name)
        vanished = vanished or mark.vanished
        mirror.keep_mark(
            entered.connection.name, replace(mark, complete=False, reason=reason, vanished=vanished)
        )
        # A field or a right may have gone since the object was described.
        mirror.doubt_described(entered.connection.name)
    if reading is not None:
        return _statement(reading, complete=False, reason=reason)
    return ObjectRead(
        connection=entered.connection.name, object=name, rows=0, in_mirror=mark.row_count, full=False, complete=False,
        reason=reason,
    )  # fmt: skip


def _statement(reading: Reading, *, complete: bool, reason: str) -> ObjectRead:
    with reading.desk.at_mirror() as mirror:
        in_mirror = mirror.mark(reading.connection, reading.schema.name).row_count
    return ObjectRead(
        connection=reading.connection,
        object=reading.schema.name,
        rows=sum(read.rows for read in reading.done),
        in_mirror=in_mirror,
        full=reading.kind == "whole",
        complete=complete,
        reason=reason,
        resumed=reading.resumed,
        counted=reading.counted,
        gone=reading.gone,
        left_out=sum(read.left_out for read in reading.done),
        mended=sum(read.mended for read in reading.done),
        repeated=reading.repeated,
        oddities=tuple(oddity for read in reading.done for oddity in read.oddities),
    )


def _lost_words(lost: frozenset[str]) -> str:
    if not lost:
        return ""
    return (
        f"the org does not show {', '.join(sorted(lost))} to this login any more: what needs it is not judged. "
        "Grant it again, or change the mapping"
    )
