"""Why a finding that nobody has heard of yet is not raised now: a mute, a first run, a day of the week."""

from typing import get_args

from rules.findings import Finding
from rules.rule import Weekday
from sync.plan.episodes import Answer
from sync.plan.situation import Home, Situation

Reason = tuple[str, str]
"""(kind, words) as Held has them."""
_DAYS = {
    "mon": "Mondays", "tue": "Tuesdays", "wed": "Wednesdays", "thu": "Thursdays", "fri": "Fridays", "sat": "Saturdays",
    "sun": "Sundays",
}  # fmt: skip


class Unheard:
    """Asked once for each such finding, the most pressing first: of a first run a few may pass."""

    def __init__(self, situation: Situation) -> None:
        self._situation = situation
        self._passed = 0
        """How many findings of first runs were let through."""

    def reason(self, finding: Finding, answer: Answer, home: Home | None) -> Reason | None:
        """The first reason that there is; None: it may be raised."""
        situation = self._situation
        if home is None or home.blocked:
            return "connection", (home.blocked if home else None) or "its client is in no connected CRM"
        if quiet := situation.muted.reason(finding):
            return "muted", quiet
        is_written = situation.subjects.keys(finding, answer.repeat) & situation.remembered
        if is_written or situation.subjects.marks(finding) & situation.waiting:
            unseen = "its task was written and is not among those that were pulled: deleted since, or a pull is due"
            return "answered", unseen
        if first := self._first_run(finding):
            return "baseline", first
        if off := self._off_schedule(finding):
            return "schedule", off
        return None

    def _first_run(self, finding: Finding) -> str | None:
        """What was true before its rule's first run waits; a few of the most pressing may pass."""
        baseline = self._situation.baseline
        if baseline.accept:
            return None
        org_and_rule = (finding.org_id, finding.rule)
        if org_and_rule in baseline.rules_known:
            if self._situation.subjects.occurrences(finding) & baseline.seen:
                return "was there before the rule's first run, or taken back; --accept-baseline raises it"
            return None
        most = self._situation.limits.first_run
        if self._passed < most:
            self._passed += 1
            return None
        return f"the rule's first run: limits.first_run allows {most} in a run; --accept-baseline raises it"

    def _off_schedule(self, finding: Finding) -> str | None:
        """Why the rule raises nothing on this day of the week."""
        days = self._situation.rules[finding.rule].file.schedule
        today = get_args(Weekday)[self._situation.today.weekday()]
        if not days or today in days:
            return None
        *most, last = (_DAYS[day] for day in days)
        named = f"{', '.join(most)} and {last}" if most else last
        return f"the rule raises tasks on {named} only"
