"""Which leadforge accounts have gone quiet, asked of leadforge's own tables and of nothing that we made from them.

The yardstick for the comparison with what Keptword finds; it shares no code with rules, connectors or the shaping.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

LIMITS: Mapping[str, int] = {"A": 14, "B": 30, "C": 60}
"""Days of silence that each tier bears."""

# A touch is contact with a person at the client: not a webinar, a download, a voicemail or an unanswered call.
_TOUCHES = """
    select l.account_id, t.touched_on
    from (
        select lead_id, cast(activity_timestamp as date) as touched_on
        from read_parquet($tables || '/sales_activities.parquet')
        where activity_type = 'email'
           or activity_type in ('call', 'meeting', 'demo')
              and activity_outcome in ('connected', 'meeting_set', 'demo_completed')
        union all
        select lead_id, cast(touch_timestamp as date)
        from read_parquet($tables || '/touches.parquet')
        where touch_type in ('call', 'email', 'linkedin_message')
    ) t
    join read_parquet($tables || '/leads.parquet') l on l.lead_id = t.lead_id
"""

_SILENCE = f"""
    with last_touches as (select account_id, max(touched_on) as touched_on from ({_TOUCHES}) where touched_on <= $today group by account_id)
    select a.account_id,
           case when a.estimated_revenue_band = '$200M+' then 'A'
                when a.estimated_revenue_band = '$50M-$200M' then 'B'
                else 'C' end,
           t.touched_on,
           $today - coalesce(t.touched_on, cast(a.created_at as date))
    from read_parquet($tables || '/accounts.parquet') a
    left join last_touches t on t.account_id = a.account_id
    where cast(a.created_at as date) <= $today
    order by a.account_id
"""

_WITHOUT_ACTIVITY = """
    select account_id from read_parquet($tables || '/accounts.parquet')
    where account_id not in (
        select account_id from read_parquet($tables || '/leads.parquet')
        where lead_id in (select lead_id from read_parquet($tables || '/sales_activities.parquet'))
           or lead_id in (select lead_id from read_parquet($tables || '/touches.parquet')))
"""


class Silence(NamedTuple):
    """How long an account has heard nothing."""

    tier: str
    last_touch: date | None
    days: int
    """Calendar days since the last touch, or since the account's creation where there was none."""


def _ask(sql: str, tables: Path, **parameters: object) -> list[tuple[Any, ...]]:
    with duckdb.connect() as engine:
        rows: list[tuple[Any, ...]] = engine.execute(sql, {"tables": str(tables), **parameters}).fetchall()
        return rows


def stale_accounts(tables: Path, today: date, *, limits: Mapping[str, int] = LIMITS) -> dict[str, Silence]:
    """Account id -> its silence as of the evening of that day, where its days exceed its tier's limit; `tables` is
    leadforge's folder of that name."""
    silences = {account: Silence(*rest) for account, *rest in _ask(_SILENCE, tables, today=today)}
    return {account: silence for account, silence in silences.items() if silence.days > limits[silence.tier]}


def touches_by_account(tables: Path) -> dict[str, tuple[date, int]]:
    """Account id -> last touch and number of touches; accounts without any are left out."""
    sql = f"select account_id, max(touched_on), count(*) from ({_TOUCHES}) group by account_id"
    return {account: (last, count) for account, last, count in _ask(sql, tables)}


def accounts_without_activity(tables: Path) -> set[str]:
    """Accounts of which leadforge tells nothing at all, not even a webinar."""
    return {account for (account,) in _ask(_WITHOUT_ACTIVITY, tables)}
