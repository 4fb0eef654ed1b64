"""Under which ids one subject is known: a client that is matched later keeps its tasks and the answers to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from connectors.tasks import finding_mark, subject_mark
from rules.findings import Finding
from rules.hashes import short_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Subjects:
    """Whichever record stands for the subject now, keys may speak of it by each of the others."""

    others: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Subject id -> the ids of the same client, person, contact, deal or message in other CRMs."""
    _names: dict[tuple[str, str], tuple[tuple[str, str], ...]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    """What names() has answered: a plan asks it several times of each finding."""

    def names(self, rule: str, subject_id: str) -> tuple[tuple[str, str], ...]:
        """(rule, subject hash) as keys may have it, that of the id itself first."""
        known = self._names.get((rule, subject_id))
        if known is None:
            known = tuple((rule, short_hash(rule, each)) for each in self._ids(subject_id))
            self._names[rule, subject_id] = known
        return known

    def occurrences(self, finding: Finding) -> frozenset[str]:
        """The occurrence hash under each id."""
        return frozenset(finding.hashes_as(each)[1] for each in self._ids(finding.subject_id))

    def marks(self, finding: Finding) -> frozenset[str]:
        """What a task's state says of the finding, under each id."""
        return frozenset(finding_mark(*finding.hashes_as(each)) for each in self._ids(finding.subject_id))

    def mark_in_place_of(self, mark: str, finding: Finding) -> str | None:
        """The finding's mark under the id by which `mark` speaks of its subject; None where it speaks of another."""
        for each in self._ids(finding.subject_id):
            fresh = finding_mark(*finding.hashes_as(each))
            if subject_mark(fresh) == subject_mark(mark):
                return fresh
        return None

    def keys(self, finding: Finding, repeat: int) -> frozenset[str]:
        """The key of the finding's task, under each id."""
        hashes = (finding.hashes_as(each) for each in self._ids(finding.subject_id))
        return frozenset(
            f"kw1-{finding.rule}-{subject}-{occurrence}-{repeat}" for subject, occurrence in hashes
        )

    def _ids(self, subject_id: str) -> tuple[str, ...]:
        return (subject_id, *self.others.get(subject_id, ()))
