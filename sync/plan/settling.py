"""Conditions that come and go: a rule may ask that one has held, or has been gone, for a while before anything is written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sync.plan.changes import Settled
from sync.plan.situation import Situation


@dataclass(slots=True)
class Settling:
    """What holds since when, for the rules that wait; what is seen now is noted for the next run."""

    situation: Situation
    seen: dict[tuple[str, str], Settled]

    @classmethod
    def of(cls, situation: Situation) -> "Settling":
        """Nothing is seen yet."""
        return cls(situation, {})

    def until(self, rule: str, hashes: Iterable[str], *, holds: bool) -> datetime | None:
        """When the condition will have settled; None when it has, or its rule does not wait.

        `hashes` are the subject's under each of its ids, its own first.
        """
        known = self.situation.rules.get(rule)
        if known is None or known.settle.count == 0:
            return None
        names = [(rule, hash_) for hash_ in hashes]
        before = next((each for name in names if (each := self.situation.settling.get(name))), None)
        as_of = self.situation.as_of
        since_at = before.since_at if before is not None and before.holds == holds else as_of
        self.seen[names[0]] = Settled(holds=holds, since_at=since_at)
        settled_at = self.situation.later(known.settle, since_at)
        return settled_at if settled_at > as_of else None

    def keep(self, names: Iterable[tuple[str, str]]) -> None:
        """What is not known now goes on as it was."""
        for name in names:
            if name not in self.seen and name in self.situation.settling:
                self.seen[name] = self.situation.settling[name]

    @property
    def noted(self) -> Mapping[tuple[str, str], Settled]:
        """What settles from now on."""
        return self.seen
