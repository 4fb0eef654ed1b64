"""What became of one task for one rule, in one word."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from rules.calendar.reckon import business_days_between
from rules.calendar.working import WorkingTime
from rules.rule import Rule
from sync.scoreboard.raised import Standing

IGNORED_AFTER = 5
"""Business days past due after which an open task counts as ignored."""

Fate = Literal[
    "acted_on", "closed_unacted", "dismissed", "already_handled", "snoozed", "ignored", "resolved", "open"
]
FATES: tuple[Fate, ...] = get_args(Fate)

_SAID: Mapping[str, Fate] = {
    "already_handled": "already_handled", "not_relevant": "dismissed", "snooze": "snoozed",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What the records show between a task's creation and two business days after its end."""

    touched: bool = False
    paid: bool = False
    kept: bool = False
    """The promise that the rule is about was kept."""


def is_completed(standing: Standing) -> bool:
    """Whether a person ended it and said nothing but done: then what followed decides."""
    return standing.status == "done" and not standing.by_us and standing.outcome in ("", "done")


def fate_of(
    standing: Standing, rule: Rule | None, followed: Followed | None, *, today: date, working: WorkingTime
) -> Fate:
    """`followed` is None where there is no client whose records could show anything: then a person's word counts."""
    if standing.status == "open":
        late = business_days_between(standing.due_on, today, working) if standing.due_on else 0
        return "ignored" if late > IGNORED_AFTER else "open"
    if standing.by_us:
        return "resolved"
    if standing.status == "deleted":
        return "dismissed"
    if standing.outcome in _SAID:
        return _SAID[standing.outcome]
    if followed is None:
        return "acted_on"
    return "acted_on" if _is_action(rule, followed) else "closed_unacted"


def _is_action(rule: Rule | None, followed: Followed) -> bool:
    """A touch, for whatever rule; for rules about money a payment too, about a promise that it was kept."""
    is_money = rule is not None and rule.file.theme == "money"
    is_promise = rule is not None and rule.file.about == "commitment"
    return followed.touched or (is_money and followed.paid) or (is_promise and followed.kept)
