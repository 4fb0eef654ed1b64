"""Who is away today and who takes what nobody else can: the config's word and the CRM's, put together."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches

import structlog

from sync.config.config import Config
from sync.plan.people import QUEUE_ROLE, Absence, Person, Rota

_ALIKE = 0.8
"""How like another address one must be to be taken for a misspelling of it."""


def rota_of(
    config: Config, people: Iterable[Person], *, today: date, blind: Collection[tuple[str, str]] = ()
) -> Rota:
    """`today` is the company's own day; `blind`: (person, client's record) pairs that the CRM keeps apart."""
    return Rota(
        fallback=config.tasks.fallback,
        queue=config.tasks.queue,
        away=_away(config, people, today),
        blind=blind,
    )


def _away(config: Config, people: Iterable[Person], today: date) -> Mapping[str, Absence]:
    """By person id what the CRM says, by address what the config does, which knows of the cover too."""
    away = {
        person.person_id: Absence(last=person.away_until)
        for person in people
        if person.away_until is not None and person.away_until >= today
    }
    said = {
        each.person.lower(): Absence(last=each.last, cover=each.cover)
        for each in config.tasks.away
        if each.first <= today <= each.last
    }
    return {**away, **said}


def warn_of_strangers(config: Config, people: Iterable[Person], *, today: date) -> None:
    """Names each address under `tasks` that no connected CRM knows as an active person: it does nothing as it is."""
    known = sorted(
        {
            person.email.lower()
            for person in people
            if person.is_active and person.email and person.role != QUEUE_ROLE
        }
    )
    for keys, address in _named(config, today):
        if address.lower() not in known:
            alike = get_close_matches(address.lower(), known, n=1, cutoff=_ALIKE)
            structlog.get_logger().warning(
                "no connected CRM has an active person with this address",
                place=config.place(*keys),
                address=address,
                **({"did_you_mean": alike[0]} if alike else {}),
            )


def _named(config: Config, today: date) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Where the config names somebody, and their address; an absence that is over concerns nobody."""
    if config.tasks.fallback is not None:
        yield ("tasks", "fallback"), config.tasks.fallback
    for n, each in enumerate(config.tasks.away):
        if each.last >= today:
            yield ("tasks", "away", n, "person"), each.person
            if each.cover is not None:
                yield ("tasks", "away", n, "cover"), each.cover
