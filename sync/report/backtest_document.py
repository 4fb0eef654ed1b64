"""The `--json` answer of a rehearsal."""

from dataclasses import asdict
from typing import Any

from rules.backtest.results import Counted, Difference, Owner, Rehearsed
from sync.plan.changes import FORMAT, instant
from sync.rehearsal.backtest import Backtest


def backtest_document(told: Backtest) -> dict[str, Any]:
    """Each rule with its weeks and owners; with another version, each finding that only one of the two would raise."""
    rehearsal = told.rehearsal
    return {
        "format": FORMAT,
        "as_of": instant(rehearsal.as_of),
        "days": told.days,
        "from_on": rehearsal.from_on,
        "to_on": rehearsal.to_on,
        "rules": [_rule(each) for each in rehearsal.rules],
        "owners": [_owner(each) for each in rehearsal.owners],
        "not_judged": [
            {"rule": name, "reason": each.reason, "columns": list(each.columns)}
            for name, each in rehearsal.untold.items()
        ],
        "off": list(told.off),
        "against": told.against,
        "not_compared": list(told.not_compared),
        "differences": [_difference(each) for each in rehearsal.differences],
        "zones_unknown": list(told.zones_unknown),
    }


def _rule(each: Rehearsed) -> dict[str, Any]:
    return {
        "rule": each.rule,
        "title": each.title,
        "mode": each.mode,
        "from_on": each.from_on,
        **_counted(each.counted),
        "days": [asdict(day) for day in each.days],
        "weeks": [asdict(week) for week in each.weeks],
        "owners": [_owner(owner) for owner in each.owners],
        "unknown": {"some_day": each.unknown_some, "last_day": each.unknown_now, "reason": each.unknown_why},
        "notes": list(each.notes),
    }


def _owner(owner: Owner) -> dict[str, Any]:
    return {"person_id": owner.person_id, "name": owner.name, **_counted(owner.counted)}


def _counted(counted: Counted) -> dict[str, int]:
    return {
        "there_before": counted.before,
        "raised": counted.raised,
        "resolved": counted.resolved,
        "open_at_most": counted.open_most,
        "open_now": counted.open_now,
    }


def _difference(each: Difference) -> dict[str, Any]:
    return {
        "rule": each.rule,
        "change": each.change,
        "reason": each.reason,
        "raised": each.raised,
        "raised_there": each.raised_there,
        "same": each.kept,
        "new": [asdict(named) for named in each.new],
        "lost": [asdict(named) for named in each.lost],
        "new_there_before": each.new_before,
        "lost_there_before": each.lost_before,
    }
