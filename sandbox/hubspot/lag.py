"""How long HubSpot's search does not see what was made or changed: one time for all, others for single objects."""

from dataclasses import dataclass, field

from sandbox.hubspot.schema import ObjectType
from sandbox.world import Switches


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """Seconds until a new record, and a change to one, are found."""

    created_s: float
    changed_s: float


@dataclass(slots=True, kw_only=True)
class Lags:
    """The switch `search_lag_s`, and the lags of objects that have their own."""

    switches: Switches
    by_object: dict[str, Lag] = field(default_factory=dict)

    def of(self, kind: ObjectType) -> Lag:
        """What holds for an object now."""
        usual = self.switches.search_lag_s
        return self.by_object.get(kind.name) or Lag(created_s=usual, changed_s=usual)

    def any(self) -> bool:
        """Whether any search lags."""
        return self.switches.search_lag_s > 0 or bool(self.by_object)
