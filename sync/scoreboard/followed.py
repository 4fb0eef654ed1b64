"""What followed completed tasks, by the records: a touch, a payment, a promise kept; one query for all of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa

from rules.engine import Engine
from sync.scoreboard.fates import Followed

_SCHEMA = pa.schema(
    [
        ("n", pa.int64()), ("account_id", pa.string()), ("subject_id", pa.string()), ("from_at", pa.timestamp("us")),
        ("until_at", pa.timestamp("us")), ("from_on", pa.date32()), ("until_on", pa.date32()),
    ]
)  # fmt: skip

_FOLLOWED = """
with asked as (
    select k.*, coalesce(s.client_id, k.account_id) as client_id
    from completed_task k
    left join same_client s on s.account_id = k.account_id
)
select
    k.n,
    exists (
        select 1 from activity a
        where a.account_id = k.client_id and a.happened_at >= k.from_at and a.happened_at <= k.until_at
          and a.kind <> 'note' and a.outcome = 'reached' and a.direction <> 'internal' and not a.is_automated
          and (a.direction = 'out' or a.kind in ('call', 'meeting')) and not a.is_acknowledgement
    ) as touched,
    exists (
        select 1 from invoice i
        where i.account_id = k.client_id
          and (i.paid_on between k.from_on and k.until_on
               or i.invoice_id = k.subject_id and i.status = 'paid' and i.paid_on is null)
    ) as paid,
    exists (
        select 1 from commitment c
        where c.commitment_id = k.subject_id and c.status = 'kept' and coalesce(c.kept_at <= k.until_at, true)
    ) as kept
from asked k
order by k.n
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """One finding of one completed task, and the span in which something must have followed."""

    account_id: str
    subject_id: str
    from_at: datetime
    """Naive UTC. The day's beginning: a call that is logged for a day and no hour counts on the day of creation."""
    until_at: datetime
    from_on: date
    until_on: date


def followed_by(engine: Engine, completed: Iterable[Completed]) -> list[Followed]:
    """For each what the records show; the record views must have been made in the engine's session."""
    rows = [
        {
            "n": n, "account_id": each.account_id, "subject_id": each.subject_id, "from_at": each.from_at,
            "until_at": each.until_at, "from_on": each.from_on, "until_on": each.until_on,
        }
        for n, each in enumerate(completed)
    ]  # fmt: skip
    engine.keep("completed_task", pa.Table.from_pylist(rows, schema=_SCHEMA))
    return [
        Followed(touched=row["touched"], paid=row["paid"], kept=row["kept"])
        for row in engine.query(_FOLLOWED).to_pylist()
    ]
