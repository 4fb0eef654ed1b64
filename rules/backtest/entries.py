"""What is rehearsed: the rules of one version of a config, and those of another where they differ."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rules.backtest.past import Past, Untold, past_of
from rules.case import Case
from rules.rule import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One rule as one or both of the versions have it."""

    number: int
    """What stands for it in the tables of a rehearsal."""
    rule: Rule
    past: Past
    from_number: int
    """The first of the judged instants that tells of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """All of them, each judged once."""

    judged: tuple[Entry, ...]
    here: Mapping[str, Entry | Untold]
    """By rule name, of the config itself."""
    there: Mapping[str, Entry | Untold]
    """The same of the other version."""


def entries_of(case: Case, here: Sequence[Rule], there: Sequence[Rule]) -> Entries:
    """Rules with the same name and digest are one entry."""
    made: dict[tuple[str, str], Entry | Untold] = {}
    judged: list[Entry] = []
    for rule in (*here, *there):
        name = (rule.name, rule.digest)
        if name in made:
            continue
        past = past_of(case, rule)
        if isinstance(past, Untold):
            made[name] = past
            continue
        from_number = sum(at < past.since for at in case.instants) if past.since else 0
        if from_number == len(case.instants):
            made[name] = Untold(reason="changes are watched only since today")
            continue
        entry = Entry(number=len(judged), rule=rule, past=past, from_number=from_number)
        made[name] = entry
        judged.append(entry)
    return Entries(judged=tuple(judged), here=_by_name(here, made), there=_by_name(there, made))


def _by_name(
    rules: Iterable[Rule], made: Mapping[tuple[str, str], Entry | Untold]
) -> dict[str, Entry | Untold]:
    return {rule.name: made[rule.name, rule.digest] for rule in rules}
