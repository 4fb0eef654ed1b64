"""Links that people make or take later: no stamp moves with them, so that no delta brings them."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

import pyarrow as pa

from connectors.connector import ToldLinks
from sync.pull.reading import Reading

_AGAIN_AFTER = (timedelta(hours=1), timedelta(days=1), timedelta(days=7))
"""When a record that changed is read once more: who logs a call or a mail links it soon, or when tidying up."""

_MOST_AT_ONCE = 10_000
"""Records that are read again in one pull; what a flood of changes leaves over is met by the round."""


def to_read_again(reading: Reading) -> list[str]:
    """The records that have come to one of these ages since the last pull; none of an object without links."""
    if not reading.request.links:
        return []
    connection, name = reading.connection, reading.schema.name
    with reading.desk.at_mirror() as mirror:
        # A pull that ended badly may not have come so far: then since the last part of the round.
        last_at = reading.before.read_at
        if not reading.before.complete:
            last_at = mirror.sweeps.of(connection, name).swept_at
        if last_at is None:
            return []
        now = reading.entered.started_at
        ages = " or ".join(["(_changed_at > ? and _changed_at <= ?)"] * len(_AGAIN_AFTER))
        sql = f"select _id from {mirror.table(connection, name)} where not _deleted and ({ages})"
        bounds = [at - age for age in _AGAIN_AFTER for at in (last_at, now)]
        found = mirror.engine.query(f"{sql} order by _changed_at desc limit {_MOST_AT_ONCE}", bounds)
    ids: list[str] = found["_id"].to_pylist()
    return ids


def linked_otherwise(reading: Reading, told: Iterable[Mapping[str, ToldLinks]]) -> list[str]:
    """The records that the CRM links to others than the mirror does, by what came along with a round."""
    by_object: dict[str, list[ToldLinks]] = {}
    for part in told:
        for to, links in part.items():
            by_object.setdefault(to, []).append(links)
    return sorted({id_ for to, parts in by_object.items() for id_ in _linked_otherwise(reading, to, parts)})


def _linked_otherwise(reading: Reading, to: str, parts: list[ToldLinks]) -> list[str]:
    connection, name = reading.connection, reading.schema.name
    with reading.desk.at_mirror() as mirror:
        engine, held = mirror.engine, mirror.link_table(connection, name, to)
        engine.keep("told_of", pa.table({"_id": pa.concat_arrays([each.ids for each in parts])}))
        engine.keep("told_links", pa.concat_tables([each.links for each in parts]))
        found = engine.query(
            f"with asked as (select _id from {mirror.table(connection, name)} where not _deleted and _id in (from told_of)), "
            "told as (select distinct from_id, to_id from told_links), "
            f"held as (select distinct from_id, to_id from {held} where from_id in (from asked)), "
            "differing as ((from told except from held) union all (from held except from told)) "
            "select distinct from_id from differing where from_id in (from asked)"
        )
    ids: list[str] = found["from_id"].to_pylist()
    return ids
