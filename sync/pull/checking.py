"""Compares what the mirror holds of an object with what the CRM counts and shows, and takes out what is gone."""

from collections.abc import Mapping
from datetime import timedelta

import pyarrow as pa

from connectors.connector import ToldLinks
from sync.pull.linking import linked_otherwise, to_read_again
from sync.pull.reading import Reading, read_these
from sync.pull.vanished import TOO_MANY_TO_ASK, Vanished

_OFTEN_A_DAY = 48
"""Requests: what is archived in HubSpot is to be noticed soon, in small objects too."""
_COUNT_EVERY = timedelta(hours=1)
"""A count is one more request an object; one that differed is asked for again at once."""
_ROUND_EVERY = timedelta(days=1)


def check(reading: Reading) -> None:
    """After what changed was read: asks for the count where that tells, and sweeps where it is due.

    Raises CrmError, and Vanished where too many records are not shown any more.
    """
    connector = reading.entered.connection.connector
    if reading.kind == "whole":
        return
    if connector.count_tells:
        if _count_is_due(reading):
            reading.counted = connector.count(reading.schema)
        if _is_off_again(reading) or _round_is_due(reading):
            _sweep(reading, most_calls=reading.desk.habits.sweep_calls_a_day)
        return
    again, calls = to_read_again(reading), _calls_due(reading)
    told = _sweep(reading, most_calls=calls) if calls else []
    read_these(reading, sorted({*again, *linked_otherwise(reading, told)}))


def _count_is_due(reading: Reading) -> bool:
    last_at = reading.before.counted_at
    is_in_doubt = reading.before.off_count != 0 or reading.before.vanished or reading.desk.accept_vanished
    return bool(is_in_doubt) or last_at is None or reading.entered.started_at - last_at >= _COUNT_EVERY


def _is_off_again(reading: Reading) -> bool:
    """The CRM counts otherwise than the mirror, this time and the last: one time alone may be a change on the way."""
    if reading.counted is None:
        return False
    with reading.desk.at_mirror() as mirror:
        off = reading.counted - mirror.live_count(reading.connection, reading.schema.name)
        came_back = {"vanished": 0} if off == 0 else {}
        mirror.change_mark(
            reading.connection,
            reading.schema.name,
            counted=reading.counted,
            counted_at=reading.entered.started_at,
            off_count=off,
            **came_back,
        )
    # That many are out of sight is known: another round tells nothing before the count is another.
    is_known = reading.before.vanished != 0 and off == reading.before.off_count
    return off != 0 and (reading.desk.accept_vanished or (reading.before.off_count != 0 and not is_known))


def _round_is_due(reading: Reading) -> bool:
    """One that is gone and one that was missed make the right count together."""
    with reading.desk.at_mirror() as mirror:
        last_at = mirror.sweeps.of(reading.connection, reading.schema.name).swept_at
    return last_at is None or reading.entered.started_at - last_at >= _ROUND_EVERY


def _calls_due(reading: Reading) -> int:
    with reading.desk.at_mirror() as mirror:
        rows = {name: mirror.mark(reading.connection, name).row_count for name in reading.entered.wanted}
        last_at = mirror.sweeps.of(reading.connection, reading.schema.name).swept_at
    is_begun = last_at is not None and not reading.desk.accept_vanished
    passed = reading.entered.started_at - last_at if last_at is not None and is_begun else timedelta(days=1)
    return requests_earned(
        reading.schema.name, rows=rows, a_day=reading.desk.habits.sweep_calls_a_day, passed=passed
    )


def requests_earned(name: str, *, rows: Mapping[str, int], a_day: int, passed: timedelta) -> int:
    """The requests that the object's round may make, so long after its last ones; those of more than a day are not saved up.

    A half of the day's budget at most gives each object one in half an hour; the rest is shared out by size, so that the
    rounds of all big objects, by `rows`, take as long.
    """
    each = min(_OFTEN_A_DAY, a_day // (2 * len(rows)))
    part = each + (a_day - each * len(rows)) * rows[name] / max(1, sum(rows.values()))
    return int(min(part * (passed / timedelta(days=1)), max(1.0, part)))


def _sweep(reading: Reading, *, most_calls: int) -> list[Mapping[str, ToldLinks]]:
    """A part of the round, and what came along with it of links."""
    connection, name, at = reading.connection, reading.schema.name, reading.entered.started_at
    with reading.desk.at_mirror() as mirror:
        token = mirror.sweeps.of(connection, name).token
    links, told = reading.request.links, []
    parts = reading.entered.connection.connector.sweep(
        reading.schema, token=token, most_calls=most_calls, links=links
    )
    for part in parts:
        told.append(part.links)
        with reading.desk.at_mirror() as mirror:
            mirror.sweeps.take(connection, name, part, at=at)
            reading.gone += mirror.take_out(connection, name, part.gone)
        if part.ended:
            _settle(reading, part.token)
    return told


def _settle(reading: Reading, token: str) -> None:
    """A round has ended: what it missed is asked for by name, and what it brought and the mirror lacks is read."""
    connection, name = reading.connection, reading.schema.name
    with reading.desk.at_mirror() as mirror:
        missing, new = mirror.sweeps.missed(connection, name)
        held = mirror.live_count(connection, name)
        mirror.sweeps.end(connection, name, token=token, at=reading.entered.started_at)
    most = reading.desk.habits.vanished_count(held)
    if len(missing) > max(most, TOO_MANY_TO_ASK) and not reading.desk.accept_vanished:
        raise Vanished(name, len(missing))
    found = read_these(reading, [*missing, *new])
    vanished = [id_ for id_ in missing if id_ not in found]
    if len(vanished) > most and not reading.desk.accept_vanished:
        raise Vanished(name, len(vanished))
    with reading.desk.at_mirror() as mirror:
        reading.gone += len(missing) - len(vanished)
        reading.gone += mirror.take_out(connection, name, pa.array(vanished, pa.string()))
        mirror.change_mark(connection, name, vanished=0)
