"""The rule that waits until its condition has settled: what runs have seen of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from tests.loop.model.memory import NEARLY
from tests.loop.model.sight import Held
from tests.loop.model.truth import Finding

RULE = "quiet"


@dataclass(frozen=True, kw_only=True)
class Settling:
    """Since when what is so, client by client; only while the config has the rule wait."""

    days: int = 0
    since: Mapping[str, tuple[bool, datetime | None]] = field(default_factory=dict)
    """Client -> whether it holds, and since which run; None: nobody knows."""

    def has_settled(self, finding: Finding, *, at: datetime, holds: bool) -> Literal["yes", "no", "perhaps"]:
        """Whether it has been so for long enough at a run of this instant."""
        if finding.rule != RULE or not self.days:
            return "yes"
        since = self._since(finding.client, at=at, holds=holds)
        if since is None or abs(since + timedelta(days=self.days) - at) < NEARLY:
            return "perhaps"
        return "yes" if since + timedelta(days=self.days) <= at else "no"

    def unsettled(self, calm: Iterable[Finding], at: datetime, *, surely: bool) -> Iterator[Finding]:
        """Of the clients of whom it holds no more those whose tasks must (`surely`) or may stay a while."""
        said = ("no",) if surely else ("no", "perhaps")
        return (each for each in calm if self.has_settled(each, at=at, holds=False) in said)

    def after(
        self, holding: Iterable[Finding], calm: Iterable[Finding], tasks: Iterable[Held], at: datetime
    ) -> "Settling":
        """Once a run has made its plan; of a client without a task nothing is kept once it holds no more."""
        opened = [task for task in tasks if task.is_open]
        since = {
            **{
                each.client: (True, self._since(each.client, at=at, holds=True))
                for each in holding
                if each.rule == RULE
            },
            **{
                each.client: (False, self._since(each.client, at=at, holds=False))
                for each in calm
                if any(each.is_meant_by(task) for task in opened)
            },
        }
        return Settling(days=self.days, since=since if self.days else {})

    def in_doubt(self) -> "Settling":
        """After a run of which nobody knows how far it came."""
        return Settling(
            days=self.days, since={client: (holds, None) for client, (holds, _) in self.since.items()}
        )

    def _since(self, client: str, *, at: datetime, holds: bool) -> datetime | None:
        before, since = self.since.get(client, (not holds, at))
        # What nobody knows may have begun at any run.
        return since if since is None or before == holds else at
