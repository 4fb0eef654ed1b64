"""What a config may say, section by section; every key has its meaning beside it."""

from collections.abc import Mapping
from datetime import date, time
from typing import Annotated, Literal, Self

import holidays
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from sync.config.words import (
    Address,
    Day,
    LedgerUrl,
    MirrorUrl,
    OfficeHours,
    TimeZone,
    nearest,
)

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Section(BaseModel):
    """One table of the config: fixed keys, TOML's own types, never changed after reading."""

    # use_attribute_docstrings: the line under a key is its description in the JSON Schema too.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)


def _listed(value: object) -> object:
    """TOML knows arrays only; a strict tuple wants a tuple."""
    return tuple(value) if isinstance(value, list) else value


def _countries() -> Mapping[str, list[str]]:
    """Two-letter codes -> the parts of the country that have holidays of their own."""
    return holidays.list_supported_countries(include_aliases=False)


def _country(code: str) -> str:
    if code not in _countries():
        raise ValueError(f"'{code}' is not a known country; write its two-letter code, such as 'GB' or 'DE'")
    return code


Country = Annotated[str, AfterValidator(_country)]
Days = Annotated[tuple[Day, ...], BeforeValidator(_listed)]
Weekdays = Annotated[tuple[Weekday, ...], BeforeValidator(_listed), Field(min_length=1)]
Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Count = Annotated[int, Field(ge=0)]


class Calendar(Section):
    """When the company works: business days and hours are counted by it."""

    country: Country
    """Whose public holidays are closed days, as a two-letter code."""
    subdivision: str | None = None
    """A part of the country with holidays of its own, such as `ENG` in `GB` or `BY` in `DE`."""
    hours: OfficeHours = "09:00-17:30"
    """Office hours in the company's time zone."""
    closed: Days = ()
    """Further days on which nobody works."""
    weekdays: Weekdays = ("mon", "tue", "wed", "thu", "fri")
    """The days of the week on which people work."""

    @field_validator("subdivision")
    @classmethod
    def _part_of_country(cls, subdivision: str | None, info: ValidationInfo) -> str | None:
        country = info.data.get("country")
        parts = tuple(_countries().get(country, ())) if country else ()
        # Without a good country there is nothing to compare with, and that mistake is named already.
        if subdivision is None or country is None or subdivision in parts:
            return subdivision
        choices = nearest(subdivision, parts) if parts else "leave it out: this country has none"
        raise ValueError(f"'{subdivision}' is not a known part of {country}; {choices}")

    @property
    def opens_at(self) -> time:
        """The first minute of the working day."""
        return time.fromisoformat(self.hours.partition("-")[0])

    @property
    def closes_at(self) -> time:
        """The minute at which the working day ends."""
        return time.fromisoformat(self.hours.partition("-")[2])

    @property
    def closed_on(self) -> frozenset[date]:
        """The closed days that the config itself names; public holidays are not among them."""
        return frozenset(self.closed)


class Company(Section):
    """Where and when the company works."""

    timezone: TimeZone
    """The company's own time zone; clients without one of their own are judged by it."""
    calendar: Calendar
    clock: Literal["client", "owner", "company"] = "client"
    """Whose time zone days and business hours are counted in: the client's, their owner's, or the company's."""
    email_is_logged: bool = True
    """true: an owner of whom the CRM has no e-mail for 90 days is not judged for silence, since their e-mail may not
    be captured. false: nobody's e-mail is logged here, and silence is judged by what is."""


class Mirror(Section):
    """The local copy of what the CRM holds: a cache that may be deleted any time."""

    url: MirrorUrl = "duckdb:///keptword.duckdb"
    """`duckdb:///PATH`; a relative path starts at the config's folder."""


class LedgerPlace(Section):
    """The memory of past runs: keep it."""

    url: LedgerUrl = "sqlite:///keptword-ledger.db"
    """`sqlite:///PATH` (relative to the config's folder), `postgresql://...` without a password, or `env:NAME`."""


class Pull(Section):
    """How the CRMs are read."""

    sweep_calls_a_day: Annotated[int, Field(ge=1)] = 2000
    """Requests a day and connection that look for what left no trace: hard deletions, HubSpot's archived records, and links
    that were made or taken later."""
    calculated_every_hours: Annotated[int, Field(ge=1)] = 24
    """How often formula fields are read of every record: they change without moving the record's stamp."""
    vanished_share: Annotated[float, Field(ge=0, le=1)] = 0.01
    """The share of an object's records that may be gone at once without a trace: more looks like a permission that was
    lost, and the object counts as incomplete until a person says otherwise."""
    vanished_at_least: Count = 20
    """So many may be gone whatever their share."""

    def vanished_count(self, held: int) -> int:
        """How many of `held` records may be gone at once."""
        return max(self.vanished_at_least, int(held * self.vanished_share))


class Away(Section):
    """One person's absence."""

    person: Address
    """The e-mail address of the CRM user who is away."""
    first: Day
    """The first day of the absence, in the company's time zone."""
    last: Day
    """The last one."""
    cover: Address | None = None
    """Who takes over what is urgent meanwhile; unset, the next in the rule's list does."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"ends on {self.last}, before it begins on {self.first}")
        return self


class Tasks(Section):
    """What holds for every task; the rest is each rule's own affair."""

    fallback: Address | None = None
    """The e-mail address of the CRM user who gets the tasks that nobody else can take."""
    queue: str | None = None
    """The name of the team's queue in Salesforce, for rules that give work to the `team_queue`."""
    call_hours: OfficeHours = "09:30-16:30"
    """When a client likes to be called, in the client's own time zone: a call falls due then."""
    away: Annotated[tuple[Away, ...], BeforeValidator(_listed)] = ()
    """Who is away and when: what is not urgent waits for them, what is goes to their cover."""
    crm: str = "owner"
    """Where new tasks of a client go that is in several CRMs: `owner`, the one in which most of their owner's work is on
    record, or the name of a connection. An open task stays where it is."""

    @property
    def called_between(self) -> tuple[time, time]:
        """The first and the last minute of `call_hours`."""
        opens, _, closes = self.call_hours.partition("-")
        return time.fromisoformat(opens), time.fromisoformat(closes)


class Identities(Section):
    """Which accounts of several CRMs are one client, where the CRMs do not tell."""

    file: str = "identities.toml"
    """What an admin has said of pairs of accounts; a relative path starts at the config's folder. Keep it under version control."""


class OwnerCaps(Section):
    """How many tasks one person gets."""

    day: Count = 2
    """New ones a working day; a day off goes on with what is left of the one before."""
    week: Count = 6
    """New ones in seven days."""
    open: Count = 8
    """Open at the same time."""
    high_share: Annotated[float, Field(ge=0, le=1)] = 0.2
    """The share of a person's open tasks that may be of high priority; one always may. Further ones are normal."""


class Limits(Section):
    """How much one run may change before it stops and asks."""

    first_run: Count = 0
    """Findings that a run may raise of rules that have their first run in a CRM: the most pressing of all. The others become
    the baseline."""
    new_per_run: Count = 200
    """New tasks in one run, of all rules; the most pressing come first, the others wait."""
    new_per_rule: Count | None = None
    """New tasks in one run, of one rule; the others wait."""
    new_per_owner: OwnerCaps = OwnerCaps()
    new_share: Annotated[float, Field(ge=0, le=1)] = 0.2
    """The share of the clients for which one run may make new tasks: more looks like a mistake in a rule or a mapping."""
    new_at_least: Count = 20
    """So many new tasks may be made whatever their share."""
    close_share: Annotated[float, Field(ge=0, le=1)] = 0.3
    """The share of open tasks that one run may close: more looks like a mistake in a rule or a mapping."""
    close_at_least: Count = 10
    """So many may be closed whatever their share."""
    reassign_share: Annotated[float, Field(ge=0, le=1)] = 0.3
    """The share of open tasks that one run may give to somebody else."""
    reassign_at_least: Count = 10
    """So many may change hands whatever their share."""


class Log(Section):
    """What goes to stderr."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"


class Decisions(Section):
    """What each run decided and why, one line of JSON a decision, one file a run."""

    folder: str = "keptword-decisions"
    """Where the files lie; a relative path starts at the config's folder."""
    keep_days: Annotated[int, Field(ge=1)] = 90
    """Older files are removed by the next run."""
