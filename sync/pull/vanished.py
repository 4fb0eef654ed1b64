"""Records that are suddenly not there: many at once mean a lost permission, not so many deletions."""

from sync.mirror.mirror import Mirror
from sync.mirror.stage import Stage

TOO_MANY_TO_ASK = 20_000
"""Records that are missing are asked for by their ids, a hundred a request; of more than these it is plain what happened."""


class Vanished(Exception):
    """More records left this login's sight at once than deletions explain."""

    def __init__(self, object_name: str, count: int) -> None:
        self.count = count
        super().__init__(vanished_words(object_name, count))


def vanished_words(object_name: str, count: int) -> str:
    """What happened, and what to do."""
    return (
        f"{count:,} records of {object_name} are not shown to this login any more and are in no recycle bin either, "
        "which looks like a permission that was lost. Grant it again; or, if they were really removed, "
        "run `keptword pull --accept-vanished` once"
    )


def what_a_whole_read_missed(mirror: Mirror, connection: str, stage: Stage) -> list[str]:
    """Ids of live records of the mirror that a whole read, now on its stage, did not bring; by id."""
    table = mirror.table(connection, stage.read.object)
    if not mirror.engine.columns(table):
        return []
    sql = f"select _id from {table} where not _deleted and _id not in (select _id from {stage.rows}) order by _id"
    ids: list[str] = mirror.engine.query(sql)["_id"].to_pylist()
    return ids
