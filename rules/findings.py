"""What judging answers: findings with the facts that say so, and what could not be judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from rules.hashes import short_hash
from rules.records import org_of


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One rule that holds for one subject, with the facts that say so."""

    rule: str
    severity: str
    subject_id: str
    account_id: str | None
    """None for a finding about a person of ours."""
    facts: Mapping[str, Any] = field(repr=False)
    """Without those that are never shown."""
    occurrence: tuple[Any, ...]
    """The raw values that tell this time from another."""
    evidence: frozenset[str] = frozenset()
    """The facts that the condition looked at."""
    is_old: bool = False
    """It holds, but too long already to act on: it is for the clean-up list, and an open task stays."""

    @property
    def org_id(self) -> str:
        """The org whose CRM the task belongs in."""
        return org_of(self.account_id or self.subject_id)

    @cached_property
    def subject_hash(self) -> str:
        """10 characters for rule and subject, whatever the occurrence."""
        return short_hash(self.rule, self.subject_id)

    @cached_property
    def occurrence_hash(self) -> str:
        """10 characters for rule, subject and occurrence."""
        return short_hash(self.rule, self.subject_id, *(_canonical(value) for value in self.occurrence))

    def hashes_as(self, subject_id: str) -> tuple[str, str]:
        """Subject and occurrence hash under another id by which the same subject was known."""
        if subject_id == self.subject_id:
            return self.subject_hash, self.occurrence_hash
        said = (subject_id if value == self.subject_id else value for value in self.occurrence)
        return (
            short_hash(self.rule, subject_id),
            short_hash(self.rule, subject_id, *(_canonical(value) for value in said)),
        )

    @property
    def newest_fact_at(self) -> datetime | None:
        """The latest instant or day (its end) in the occurrence; None when it has no date."""
        moments = [
            value if isinstance(value, datetime) else datetime.combine(value, datetime.max.time())
            for value in self.occurrence
            if isinstance(value, date)
        ]
        return max(moments, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A rule that could not be judged, for one subject or (None) for all of them."""

    rule: str
    subject_id: str | None
    reason: str
    org_id: str | None = None
    """Only for the clients of this org, where the others could be judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The answer of one pass over all rules."""

    as_of: datetime
    findings: tuple[Finding, ...]
    unknown: tuple[Unknown, ...]
    subjects: Mapping[str, int]
    """How many rows were judged, by subject: the clients, and whatever else a rule looked at."""
    zones_unknown: tuple[str, ...] = ()
    """Time zones of clients that no calendar knows; the company's was taken instead."""
    set_aside: Mapping[str, int] = field(default_factory=dict)
    """What stands in the records and was not judged as it stands, in words: how many rows."""


def _canonical(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
