"""Which findings are no news: those that were there before anybody was to be told."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from sync.ledger import schema
from sync.ledger.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingId:
    """What tells one finding from another; the hashes as in the task's key."""

    rule: str
    subject_hash: str
    occurrence_hash: str


class Findings:
    """Baselines and seen findings in the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def baselines(self) -> set[tuple[str, str]]:
        """(org id, rule) of every rule that has had its first run there."""
        return {(row["org_id"], row["rule"]) for row in self._database.read(sa.select(schema.baselines))}

    def set_baseline(self, org_id: str, rules: Collection[str], *, at: datetime) -> None:
        """Notes that these rules have had their first run on this org; noting it again changes nothing."""
        rows = [{"org_id": org_id, "rule": rule, "made_at": at} for rule in rules]
        self._database.upsert(schema.baselines, rows, keep=True)

    def mark_seen(self, findings: Iterable[FindingId], *, at: datetime) -> None:
        """Notes findings that are there before anybody was told; the first time counts."""
        rows = [{**asdict(finding), "first_seen_at": at} for finding in findings]
        self._database.upsert(schema.seen_findings, rows, keep=True)

    def seen(self) -> dict[FindingId, datetime]:
        """Every finding that was marked, and when first."""
        return {
            FindingId(
                rule=row["rule"], subject_hash=row["subject_hash"], occurrence_hash=row["occurrence_hash"]
            ): row["first_seen_at"]
            for row in self._database.read(sa.select(schema.seen_findings))
        }

    def forget(self, findings: Iterable[FindingId]) -> None:
        """These are news again."""
        seen = schema.seen_findings.c
        self._database.write_each(
            sa.delete(schema.seen_findings).where(
                seen.rule == sa.bindparam("its_rule"), seen.occurrence_hash == sa.bindparam("its_occurrence")
            ),
            [{"its_rule": each.rule, "its_occurrence": each.occurrence_hash} for each in findings],
        )

    def forget_seen(self) -> None:
        """Somebody accepted the baselines: what was marked is news from now on."""
        self._database.write(sa.delete(schema.seen_findings))
