"""Who gets a task: the first active person of the rule's list, in the CRM that the client is in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rules.records import org_of
from rules.rule_check import OWNER_COLUMNS

QUEUE_ROLE = "queue"
"""The role of what takes work and is nobody: a team's queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody on our side; ids with their org's prefix."""

    person_id: str
    name: str | None
    email: str | None
    is_active: bool
    manager_id: str | None
    role: str | None = None


class People:
    """Everybody on our side, in every CRM; the same e-mail address is the same person."""

    def __init__(
        self, people: Iterable[Person], *, fallback_email: str | None, queue: str | None = None
    ) -> None:
        self._by_id = {person.person_id: person for person in people}
        self._by_email: dict[tuple[str, str], Person] = {}
        for _, person in sorted(self._by_id.items()):
            if person.email and person.is_active:
                self._by_email.setdefault((org_of(person.person_id), person.email.lower()), person)
        self._fallback = fallback_email
        self._queue = queue
        self._finance: dict[str, Person] = {}
        """Org -> the first by id of those whose role there speaks of finance."""
        for _, person in sorted(self._by_id.items()):
            if person.is_active and "finance" in (person.role or "").lower():
                self._finance.setdefault(org_of(person.person_id), person)

    def assignee(
        self, chain: Iterable[str], facts: Mapping[str, Any], org: str
    ) -> tuple[Person | None, list[str]]:
        """The person, and why those before them in the chain do not get it; None when nobody can."""
        passed: list[str] = []
        for place in chain:
            if place == "team_queue" and self._queue is None:
                continue
            word = place.replace("_", " ")
            person = self._at(place, facts, org)
            if person is None:
                passed.append(f"no {word} in this CRM")
            elif not person.is_active:
                passed.append(f"{word} {person.name or person.person_id} is inactive")
            else:
                return person, passed
        return None, passed

    def one(self, person_id: str) -> str:
        """What the same person has in common in every CRM: their address, else the id itself."""
        person = self._by_id.get(person_id)
        return (person.email or person_id).lower() if person else person_id

    def name(self, person_id: str | None) -> str:
        """What to call a person in a plan."""
        person = self._by_id.get(person_id or "")
        return (person.name or person.person_id) if person else (person_id or "nobody")

    def _at(self, place: str, facts: Mapping[str, Any], org: str) -> Person | None:
        if place == "fallback":
            return self._by_email.get((org, (self._fallback or "").lower()))
        if place == "team_queue":
            return self._queue_of(org)
        if place == "finance":
            return self._finance.get(org)
        found = self._by_id.get(facts.get(OWNER_COLUMNS[place]) or "")
        if place == "owner_manager" and found is not None:
            found = self._by_id.get(found.manager_id or "")
        return self._in_org(found, org)

    def _queue_of(self, org: str) -> Person | None:
        found = (
            person
            for person in self._by_id.values()
            if person.role == QUEUE_ROLE and person.name == self._queue and org_of(person.person_id) == org
        )
        return min(found, key=lambda person: person.person_id, default=None)

    def _in_org(self, person: Person | None, org: str) -> Person | None:
        if person is None or org_of(person.person_id) == org:
            return person
        return self._by_email.get((org, (person.email or "").lower()))
