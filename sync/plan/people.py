"""Who gets a task: the first of the rule's list who works here, is there, and may see the client, in the CRM that it goes to."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from rules.findings import Finding
from rules.records import crm_id, org_of
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
    timezone: str | None = None
    """IANA name, where the CRM keeps one."""
    away_until: date | None = None
    """The last day of an absence, where the CRM keeps it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Somebody is away today."""

    last: date
    """The last day of it."""
    cover: str | None = None
    """The address of who takes over what is urgent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Who gets a task, or why nobody does."""

    person: Person | None = None
    place: str | None = None
    """Which of the rule's list they are, such as `account owner`; None for a cover, and for nobody."""
    passed: tuple[str, ...] = ()
    """Why those before them in the list do not get it."""
    waits: str | None = None
    """Why the task waits for somebody who is away."""


@dataclass(frozen=True, kw_only=True)
class Rota:
    """Who cannot be given work now, and who takes what nobody else can."""

    fallback: str | None = None
    """The address of who gets what nobody else can take."""
    queue: str | None = None
    """The name of the team's queue."""
    away: Mapping[str, Absence] = field(default_factory=dict)
    """Lower-case address or person id -> their absence today."""
    blind: Collection[tuple[str, str]] = ()
    """(person id, record of a client) where the CRM does not let them see it."""


_NOBODY = {
    "fallback": "tasks.fallback in the config names nobody",
    "finance": "nobody in this CRM has a role in finance",
    "message person": "nobody of ours is on that message",
}
"""Place -> what is said where there is nobody, if it is more than that."""


class People:
    """Everybody on our side, in every CRM; the same e-mail address is the same person."""

    def __init__(self, people: Iterable[Person], rota: Rota) -> None:
        self._by_id = {person.person_id: person for person in people}
        self._rota = rota
        self._by_email: dict[tuple[str, str], Person] = {}
        self._finance: dict[str, Person] = {}
        """Org -> the first by id of those whose role there speaks of finance."""
        self._queues: dict[str, Person] = {}
        for _, person in sorted(self._by_id.items()):
            org = org_of(person.person_id)
            if person.role == QUEUE_ROLE:
                if person.name == rota.queue:
                    self._queues.setdefault(org, person)
            elif person.is_active:
                if person.email:
                    self._by_email.setdefault((org, person.email.lower()), person)
                if "finance" in (person.role or "").lower():
                    self._finance.setdefault(org, person)

    def follow(self, chain: Sequence[str], finding: Finding, org: str, *, account: str | None) -> Choice:
        """Who has the task by rights, present or not.

        `account` is the client's record in that org.
        """
        passed: list[str] = []
        for place, person in self._places(chain, finding, org):
            reason = self._unfit(place, person, account)
            if reason is None:
                return Choice(person=person, place=place, passed=tuple(passed))
            passed.append(reason)
        return Choice(passed=tuple(passed))

    def choose(self, chain: Sequence[str], finding: Finding, org: str, *, account: str | None) -> Choice:
        """Who gets a new task: what is urgent goes to the cover of who is away, the rest waits for them."""
        passed: list[str] = []
        for place, person in self._places(chain, finding, org):
            reason = self._unfit(place, person, account)
            away = self._away(person) if person is not None else None
            if reason is not None or person is None:
                passed.append(reason or place)
            elif away is None:
                return Choice(person=person, place=place, passed=tuple(passed))
            elif finding.severity != "high":
                return Choice(
                    passed=tuple(passed), waits=f"{person.name or person.person_id} is away {_until(away)}"
                )
            else:
                passed.append(f"{place} {person.name or person.person_id} is away {_until(away)}")
                if away.cover is not None:
                    cover = self._by_email.get((org, away.cover.lower()))
                    reason = self._no_cover(cover, away.cover, account)
                    if cover is not None and reason is None:
                        return Choice(person=cover, passed=tuple(passed))
                    passed.append(reason or away.cover)
        return Choice(passed=tuple(passed))

    def having(
        self, chain: Sequence[str], finding: Finding, org: str, *, account: str | None, holder_id: str
    ) -> Person | None:
        """Who an open task is with: whose it is by rights, but while that one is away whoever has it and can do it.

        Where the holder cannot, it goes where a new one would, or to who is away if a new one would wait for them.
        """
        owner = self.follow(chain, finding, org, account=account).person
        holder = self._by_id.get(holder_id)
        if owner is None or holder is None or self._away(owner) is None:
            return owner
        if self._unfit("holder", holder, account) is None:
            return holder
        return self.choose(chain, finding, org, account=account).person or owner

    def one(self, person_id: str) -> str:
        """What the same person has in common in every CRM: their address, else the id itself."""
        person = self._by_id.get(person_id)
        return (person.email or person_id).lower() if person else person_id

    def has_left(self, person_id: str) -> bool:
        """Whether the CRM knows them and they are not active there any more."""
        person = self._by_id.get(person_id)
        return person is not None and not person.is_active

    def name(self, person_id: str | None) -> str:
        """What to call a person in a plan."""
        if not person_id:
            return "nobody"
        person = self._by_id.get(person_id)
        if person is None:
            return f"someone who is not in the list of people ({crm_id(person_id)})"
        return person.name or person.email or person.person_id

    def _places(
        self, chain: Sequence[str], finding: Finding, org: str
    ) -> Iterable[tuple[str, Person | None]]:
        for place in chain:
            if place != "team_queue" or self._rota.queue is not None:
                yield place.replace("_", " "), self._at(place, finding, org)

    def _unfit(self, place: str, person: Person | None, account: str | None) -> str | None:
        if person is None:
            return self._missing(place)
        if not person.is_active:
            return f"{place} {person.name or person.person_id} is inactive"
        if person.role == QUEUE_ROLE and place != "team queue":
            # It may be made for cases only, and refuse tasks.
            return f"{place} {person.name or person.person_id} is a queue"
        if account is not None and (person.person_id, account) in self._rota.blind:
            return f"{place} {person.name or person.person_id} may not see the client in the CRM"
        return None

    def _missing(self, place: str) -> str:
        """Why there is nobody: what the config names is told with its key, for it may be misspelled."""
        if place == "fallback" and self._rota.fallback is not None:
            return _no_address(self._rota.fallback, "tasks.fallback")
        if place == "team queue":
            return f"no queue named {self._rota.queue} (tasks.queue) in this CRM"
        return _NOBODY.get(place, f"no {place} in this CRM")

    def _no_cover(self, cover: Person | None, address: str, account: str | None) -> str | None:
        if cover is None:
            return _no_address(address, "a cover in tasks.away")
        if absence := self._away(cover):
            return f"cover {cover.name or cover.person_id} is away {_until(absence)}"
        return self._unfit("cover", cover, account)

    def _away(self, person: Person) -> Absence | None:
        return self._rota.away.get((person.email or "").lower()) or self._rota.away.get(person.person_id)

    def _at(self, place: str, finding: Finding, org: str) -> Person | None:
        if place == "fallback":
            return self._by_email.get((org, (self._rota.fallback or "").lower()))
        if place == "team_queue":
            return self._queues.get(org)
        if place == "finance":
            return self._finance.get(org)
        found = self._by_id.get(finding.facts.get(OWNER_COLUMNS[place]) or "")
        if place == "owner_manager" and found is not None:
            found = self._by_id.get(found.manager_id or "")
        return self._in_org(found, org)

    def _in_org(self, person: Person | None, org: str) -> Person | None:
        if person is None or org_of(person.person_id) == org:
            return person
        return self._by_email.get((org, (person.email or "").lower()))


def _until(away: Absence) -> str:
    return f"until {away.last.day} {away.last:%b %Y}"


def _no_address(address: str, key: str) -> str:
    return f"no active person with the address {address} ({key}) in this CRM"
