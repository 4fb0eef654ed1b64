"""Names the touches that a rule's facts count from: no fact holds their ids."""

from collections.abc import Iterator, Mapping, Sequence

from rules.rule import Rule
from sync.engine.duckdb_engine import DuckDbEngine

_TOUCHES: Sequence[tuple[str, frozenset[str], str]] = (
    ("last touch", frozenset({"last_touch_at", "last_touch_on", "last_touch_kind", "days_since_touch", "business_days_since_touch"}), "true"),
    ("last reply", frozenset({"last_reply_on", "days_since_reply"}), "direction = 'in'"),
    ("last touch of ours", frozenset({"last_outbound_on", "days_since_outbound"}), "direction = 'out'"),
    ("last call or meeting", frozenset({"last_talk_on", "days_since_talk"}), "kind in ('call', 'meeting')"),
    ("last meeting", frozenset({"last_meeting_on", "business_days_since_meeting", "is_meeting_followed_up"}), "kind = 'meeting'"),
)  # fmt: skip
"""What the facts of a client count from, without naming it: what it is, those facts, which touches it is the last of."""


def last_touches(engine: DuckDbEngine, account_id: str) -> dict[str, str]:
    """What it is -> the id of its activity, of those that the client has."""
    found: dict[str, str] = {}
    for what, _, which in _TOUCHES:
        sql = f"select activity_id from touch where account_id = ? and {which} order by happened_at desc, kind, activity_id limit 1"
        for row in engine.query(sql, [account_id]).to_pylist():
            found[what] = str(row["activity_id"])
    return found


def touches_of(rule: Rule, touches: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Those that facts of the rule's condition count from."""
    for what, facts, _ in _TOUCHES:
        if what in touches and rule.condition.columns & facts:
            yield what, touches[what]
