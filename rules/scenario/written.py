"""A scenario as it is written: the moment, what the CRM holds, and what the rules are to find."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class ScenarioCalendar(BaseModel):
    """When the office works; keys and forms as in the config."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    country: str | None = None
    """Whose public holidays are closed days, as a two-letter code."""
    subdivision: str | None = None
    """A part of the country with holidays of its own."""
    hours: str | None = None
    """Local office hours, such as `09:00-17:30`."""
    weekdays: tuple[str, ...] | None = None
    """The days of the week on which people work."""
    closed: tuple[date, ...] | None = None
    """Further days on which nobody works."""


class Scenario(BaseModel):
    """A story on records with a frozen clock, and what the rules find at its end."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    name: str
    """What happens, in a line."""
    now: AwareDatetime
    """The moment of judging, with its offset: `2026-05-13T12:00:00Z`."""
    timezone: str | None = None
    """IANA name of the company's time zone; unsaid, that of the config."""
    calendar: ScenarioCalendar | None = None
    """When the office works; unsaid, as in the config."""
    clock: Literal["client", "owner", "company"] | None = None
    """Whose time zone counts; unsaid, as in the config."""
    email_is_logged: bool | None = None
    """Whether an owner of whom no e-mail is given is one whose e-mail we cannot see; unsaid, as in the config."""
    absent: tuple[str, ...] | None = None
    """Records, and columns of records (`deal.renews_on`), that this CRM does not keep. All others it keeps, even
    where nothing is given of them; unsaid, deals and invoices are absent where neither is given."""
    given: Mapping[str, tuple[Mapping[str, Any], ...]] = Field(default_factory=dict)
    """Record -> its rows; besides `change`, `watched` and `own_task`: what Keptword itself remembers."""
    expect: Mapping[str, Any] = Field(default_factory=dict)
    """Rule -> the ids of the subjects that it finds, [] for none. `unknown = { rule = [ids] }`: where it cannot tell.
    `only = true`: no rule but the named ones finds anything."""
