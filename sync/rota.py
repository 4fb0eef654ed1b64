"""Who is away today and who takes what nobody else can: the config's word and the CRM's, put together."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from sync.config.config import Config
from sync.plan.people import Absence, Person, Rota


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
