"""Whether somebody asked for quiet about a client: the mutes that hold, and the CRM's own field."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rules.findings import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A mute that holds now."""

    account_id: str
    """The record that was named; it stands for its client in every CRM."""
    rule: str | None = None
    """None: every rule."""
    until_on: date
    """The last muted day, by the company's calendar."""
    made_by: str
    why: str

    def __str__(self) -> str:
        return f"muted until {_day(self.until_on)} by {self.made_by}: {self.why}"


class Muted:
    """Everything that is muted at one moment."""

    def __init__(
        self, silences: Iterable[Silence] = (), *, others: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        """`others`: client -> the ids of its records in other CRMs."""
        self._others = others or {}
        self._by_account: dict[str, list[Silence]] = {}
        for silence in silences:
            self._by_account.setdefault(silence.account_id, []).append(silence)

    def reason(self, finding: Finding) -> str | None:
        """Why the finding makes no new task now: of several mutes the one that lasts longest, then the CRM's field."""
        silences = [
            each for each in self.of(finding.account_id) if each.rule is None or each.rule == finding.rule
        ]
        if silences:
            return str(max(silences, key=lambda each: each.until_on))
        if not finding.facts.get("account_is_muted"):
            return None
        until_on = finding.facts.get("account_muted_until")
        return f"the client is muted in the CRM{f' until {_day(until_on)}' if until_on else ''}"

    def of(self, account_id: str | None) -> tuple[Silence, ...]:
        """The mutes of a client, by whichever of its records; none of what is about no client."""
        if account_id is None:
            return ()
        records = (account_id, *self._others.get(account_id, ()))
        return tuple(each for record in records for each in self._by_account.get(record, ()))


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
