"""Which tasks speak of a finding: by the key that they were first written for, or by a mark in their state."""

from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

from connectors.tasks import subject_mark
from rules.findings import Finding
from sync.plan.keys import Key
from sync.plan.subjects import Subjects

Thing = TypeVar("Thing")


class Mentions(Generic[Thing]):
    """Tasks, or ended ones, by what they speak for; in the order in which they were added."""

    def __init__(self, subjects: Subjects) -> None:
        self._subjects = subjects
        self._by_name: dict[tuple[str, str], list[Thing]] = {}
        self._by_mark: dict[str, list[Thing]] = {}
        self._by_client: dict[tuple[str, str], list[Thing]] = {}

    def add(self, thing: Thing, *, key: Key, marks: Iterable[str], client: str | None) -> None:
        """`client` is the id under which findings know the client that the task is about."""
        self._by_name.setdefault((key.rule, key.subject_hash), []).append(thing)
        for mark in marks:
            self._by_mark.setdefault(mark, []).append(thing)
            if client is not None:
                self._by_client.setdefault((client, subject_mark(mark)), []).append(thing)

    def of(self, finding: Finding) -> list[Thing]:
        """Those that speak of the finding's rule and subject, whatever the occurrence.

        A mark has 25 bits of rule and subject, so that alone it speaks for the task's own client only; with those
        of the occurrence it is looked for everywhere, should a person have taken the client off the task.
        """
        found: dict[int, Thing] = {}
        names = self._subjects.names(finding.rule, finding.subject_id)
        places: Iterable[list[Thing] | None] = (
            *(self._by_name.get(name) for name in names),
            *(self._by_mark.get(mark) for mark in sorted(self._subjects.marks(finding))),
            *(self._by_client.get((finding.account_id or "", subject_mark(name[1]))) for name in names),
        )
        for things in places:
            found |= {id(thing): thing for thing in things or ()}
        return list(found.values())


def client_of(records: Mapping[str, str], org_id: str, account_ids: Iterable[str]) -> str | None:
    """The id under which findings know the client of a task; `records` has clients of several CRMs by their records."""
    for account in account_ids:
        record = f"{org_id}:{account}"
        return records.get(record, record)
    return None
