"""Which fields of an object are watched for changes that no CRM keeps, and who is told of them."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from sync.mirror.mirror import Watch
from sync.pull.desk import Desk, Entered
from sync.watch import watched_fields


def watch_of(desk: Desk, entered: Entered, object_name: str) -> Watch | None:
    """None where no watched column comes from the object."""
    found = watched_fields(entered.connection, entered.schemas)
    fields = sorted({each.field for each in found if each.object == object_name})
    if not fields:
        return None
    org_id, at = entered.probe.org_id, entered.started_at

    def tell(changed: Mapping[str, pa.Table], new: Sequence[str]) -> None:
        desk.watcher.saw(org_id, object_name, changed, at=at)
        desk.watcher.began(org_id, object_name, new, at=at)

    return Watch(fields=fields, tell=tell)
