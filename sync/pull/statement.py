"""What a pull did: one statement of completeness for each object, and what was not there at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from connectors.connector import Oddity, Probe
from rules.views import Absent


class Progress(Protocol):
    """Told now and then how far a read has come; from several threads, one at a time."""

    def __call__(
        self, what: str, rows: int, *, expected: int | None = None, calls_left: int | None = None
    ) -> None:
        """`rows` read of `what` so far; `expected` in all, `calls_left` of the day's allowance, where they are known."""


def silence(what: str, rows: int, *, expected: int | None = None, calls_left: int | None = None) -> None:
    """The Progress of where nobody looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectRead:
    """What one pull did with one object: the completeness statement."""

    connection: str
    object: str
    rows: int
    in_mirror: int
    full: bool
    complete: bool
    reason: str = ""
    resumed: bool = False
    """It went on where an earlier pull had stopped."""
    counted: int | None = None
    """Live records by the CRM's own count, where this pull asked for it."""
    gone: int = 0
    """Records that the CRM has no more, found by a round over its ids and not by a change."""
    left_out: int = 0
    """Records that could not be kept at all."""
    mended: int = 0
    """Values that could not be read and are empty now."""
    repeated: int = 0
    """Records that came more than once, on two pages; the last coming counts."""
    oddities: tuple[Oddity, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PullReport:
    """What one pull did."""

    objects: tuple[ObjectRead, ...]
    absent: tuple[tuple[str, Absent], ...]
    """(connection, what its org cannot feed)."""
    absent_fields: tuple[tuple[str, str], ...]
    """(connection, Object.Field): named by the default mapping, not in the org."""
    probes: Mapping[str, Probe]

    @property
    def complete(self) -> bool:
        """Whether everything that was asked for was read."""
        return all(read.complete for read in self.objects)
