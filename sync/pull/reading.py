"""Reads one object: whole, what changed, or on from where an earlier pull stopped."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import NoReturn

import structlog

from connectors.connector import ObjectSchema, ReadRequest
from connectors.errors import CrmError, Stale
from sync.mirror.marks import Mark
from sync.mirror.stage import Stage
from sync.mirror.unfinished import Kind, Unfinished, types_of
from sync.pull.desk import Desk, Entered
from sync.pull.vanished import TOO_MANY_TO_ASK, Vanished, what_a_whole_read_missed
from sync.pull.watching import watch_of

OVERLAP = timedelta(minutes=10)
"""Read again before the last mark: rows commit late, and a search index lags."""

OLDEST_RESUME = timedelta(days=3)
"""A whole read that was begun longer ago is begun anew: its first rows are too old to be worth the rest."""


@dataclass(slots=True, kw_only=True)
class Reading:
    """One object of one connection in one pull."""

    desk: Desk
    entered: Entered
    schema: ObjectSchema
    before: Mark
    request: ReadRequest
    kind: Kind
    resumed: bool = False
    gone: int = 0
    counted: int | None = None
    done: list[Unfinished] = field(default_factory=list)
    repeated: int = 0

    @property
    def connection(self) -> str:
        """The connection's name."""
        return self.entered.connection.name


def begin(desk: Desk, entered: Entered, schema: ObjectSchema) -> Reading:
    """What is to be read of the object this time, by its mark and what the mirror holds."""
    name, connector = schema.name, entered.connection.connector
    lost = entered.lost.get(name, frozenset())
    wanted, links = entered.wanted[name]
    # The fields of our own tasks may be named before setup has made them.
    fields = wanted & set(schema.fields)
    with desk.at_mirror() as mirror:
        before = mirror.mark(entered.connection.name, name)
        anew = mirror.fit(entered.connection.name, schema, fields, links)
        held = mirror.live_count(entered.connection.name, name)
    known = before.fields - anew
    is_whole = before.read_at is None or not (fields - lost <= known and links <= before.links)
    is_small = held < connector.whole_up_to
    request = ReadRequest(
        schema=schema, fields=tuple(sorted(fields - lost)), links=tuple(sorted(links)), held=held or None,
        since=None if is_whole or is_small or before.read_at is None else before.read_at - OVERLAP,
    )  # fmt: skip
    return Reading(
        desk=desk, entered=entered, schema=schema, before=before, request=request,
        kind="whole" if request.since is None else "delta",
    )  # fmt: skip


def read_all(reading: Reading) -> None:
    """Reads until the object is as of this pull; raises CrmError, with what came so far kept for the next pull."""
    entered = reading.entered
    if reading.kind == "whole" and reading.before.read_at is None:
        reading.counted = entered.connection.connector.count(reading.schema)
        _say_what_it_takes(reading)
    stage = _read(reading, reading.kind, reading.request)
    began_at = stage.read.started_at
    _keep(reading, stage)
    if began_at < entered.started_at - OVERLAP:
        # It was begun by an earlier pull: what has changed since is still to be read.
        request = replace(reading.request, since=began_at - OVERLAP)
        _keep(reading, _read(reading, "delta", request))
    elif reading.kind == "delta" and _calculated_are_due(reading):
        names = tuple(name for name in reading.request.fields if reading.schema.fields[name].calculated)
        request = ReadRequest(schema=reading.schema, fields=names, held=reading.request.held)
        _keep(reading, _read(reading, "calculated", request))


def read_these(reading: Reading, ids: list[str]) -> set[str]:
    """Reads records by their ids into the mirror; returns the ids that the CRM still knows, deleted ones too."""
    if not ids:
        return set()
    stage = _read(reading, "these", replace(reading.request, since=None, ids=tuple(ids)))
    with reading.desk.at_mirror() as mirror:
        stage.settle()
        found = set(mirror.engine.query(f"select distinct _id from {stage.rows}")["_id"].to_pylist())
        mirror.keep(
            reading.connection,
            stage,
            mirror.mark(reading.connection, reading.schema.name),
            watch=watch_of(reading.desk, reading.entered, reading.schema.name),
        )
    return found


def _say_what_it_takes(reading: Reading) -> None:
    """A first read that today's calls do not suffice for is no failure, but nobody should wonder about it."""
    connector = reading.entered.connection.connector
    left = connector.calls_left()
    if reading.counted is None or left is None:
        return
    needed = connector.calls_for(reading.request, reading.counted)
    if needed > left:
        structlog.get_logger().warning(
            "this read goes on over several days",
            what=f"{reading.connection} {reading.schema.name}",
            records=reading.counted,
            requests_needed=needed,
            requests_left_today=left,
        )


def _read(reading: Reading, kind: Kind, request: ReadRequest) -> Stage:
    try:
        return _staged(reading, kind, request, afresh=False)
    except Stale:
        return _staged(reading, kind, request, afresh=True)


def _staged(reading: Reading, kind: Kind, request: ReadRequest, *, afresh: bool) -> Stage:
    """All of the read's chunks on the stage; what an earlier pull has staged is gone on with."""
    desk, name = reading.desk, reading.schema.name
    with desk.at_mirror() as mirror:
        earlier = None if afresh else mirror.unfinished(reading.connection, name)
        read = _gone_on_with(reading, earlier, kind, request)
        stage = mirror.stage(reading.connection, reading.schema, read, also=_also(reading, kind))
    reading.resumed = reading.resumed or read.batch > 0
    request = replace(request, resume=read.resume, expected=read.expected)
    try:
        for chunk in reading.entered.connection.connector.read(request):
            with desk.at_mirror():
                stage.add(chunk)
            _tell(reading, stage)
    except CrmError:
        with desk.at_mirror():
            stage.settle()
        raise
    return stage


def _gone_on_with(
    reading: Reading, earlier: Unfinished | None, kind: Kind, request: ReadRequest
) -> Unfinished:
    started_at = reading.entered.started_at
    if (
        earlier is not None
        and kind != "these"
        and earlier.resume is not None
        and earlier.answers(kind, request)
        and started_at - earlier.started_at <= OLDEST_RESUME
    ):
        return earlier
    return Unfinished(
        object=reading.schema.name, kind=kind, fields=request.fields, types=types_of(request), links=request.links,
        since=request.since, started_at=started_at, expected=reading.counted,
    )  # fmt: skip


def _keep(reading: Reading, stage: Stage) -> None:
    desk, name, read = reading.desk, reading.schema.name, stage.read
    if read.kind == "whole":
        _explain_what_is_missing(reading, stage)
    with desk.at_mirror() as mirror:
        watch = watch_of(desk, reading.entered, name)
        distinct = mirror.keep(reading.connection, stage, _mark(reading, stage.read), watch=watch)
        if lost := reading.entered.lost.get(name):
            # A whole read has brought no column for them, and the mapping names them still.
            mirror.fit(reading.connection, reading.schema, lost, ())
    reading.done.append(stage.read)
    _tell(reading, stage, ended=True)
    reading.repeated += stage.read.rows - distinct


def _explain_what_is_missing(reading: Reading, stage: Stage) -> None:
    """Many records that are suddenly not there are asked for by name, before their absence is believed."""
    if not reading.request.held:
        return
    with reading.desk.at_mirror() as mirror:
        stage.settle()
        missing = what_a_whole_read_missed(mirror, reading.connection, stage)
    held = reading.request.held
    if not missing or len(missing) <= reading.desk.habits.vanished_count(held):
        reading.gone += len(missing)
        return
    if len(missing) > max(reading.desk.habits.vanished_count(held), TOO_MANY_TO_ASK):
        if not reading.desk.accept_vanished:
            _refuse(reading, stage, len(missing))
        reading.gone += len(missing)
        return
    request = replace(reading.request, since=None, ids=tuple(missing), resume=None)
    for chunk in reading.entered.connection.connector.read(request):
        with reading.desk.at_mirror():
            stage.add(chunk)
    with reading.desk.at_mirror() as mirror:
        stage.settle()
        still = what_a_whole_read_missed(mirror, reading.connection, stage)
    if len(still) > reading.desk.habits.vanished_count(held) and not reading.desk.accept_vanished:
        _refuse(reading, stage, len(still))
    reading.gone += len(still)


def _refuse(reading: Reading, stage: Stage, count: int) -> NoReturn:
    """The read is thrown away, so that it does not take the place of what it lacks."""
    with reading.desk.at_mirror():
        stage.forget()
        stage.drop()
    raise Vanished(reading.schema.name, count)


def _mark(reading: Reading, read: Unfinished) -> Mark:
    before, is_whole = reading.before, read.kind == "whole"
    if read.kind == "calculated":
        with reading.desk.at_mirror() as mirror:
            mark = mirror.mark(reading.connection, reading.schema.name)
        return replace(mark, calculated_at=read.started_at)
    return Mark(
        object=reading.schema.name,
        fields=frozenset(read.fields),
        links=frozenset(read.links),
        lost=reading.entered.lost.get(reading.schema.name, frozenset()),
        read_at=read.started_at,
        calculated_at=read.started_at if is_whole else before.calculated_at,
        complete=is_whole or not before.vanished,
        vanished=0 if is_whole else before.vanished,
        counted=reading.counted if reading.counted is not None else before.counted,
        counted_at=read.started_at if reading.counted is not None else before.counted_at,
        off_count=0 if is_whole else before.off_count,
        left_out_count=read.left_out + (0 if is_whole else before.left_out_count),
    )


def _calculated_are_due(reading: Reading) -> bool:
    if reading.entered.connection.connector.stamps_calculated:
        return False
    if not any(reading.schema.fields[name].calculated for name in reading.request.fields):
        return False
    last_at = reading.before.calculated_at
    every = timedelta(hours=reading.desk.habits.calculated_every_hours)
    return last_at is None or reading.entered.started_at - last_at >= every


def _also(reading: Reading, kind: Kind) -> tuple[str, ...]:
    connection = reading.entered.connection
    is_own = reading.schema.name == connection.own_object and kind != "calculated"
    return connection.own_fields if is_own else ()


def _tell(reading: Reading, stage: Stage, *, ended: bool = False) -> None:
    connector = reading.entered.connection.connector
    reading.desk.progress(
        f"{reading.connection} {reading.schema.name}",
        stage.read.rows,
        expected=stage.read.rows if ended else stage.read.expected,
        calls_left=connector.calls_left(),
    )
