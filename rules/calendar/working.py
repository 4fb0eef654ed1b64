"""When an office works: weekdays, opening hours, public holidays and its own closing days."""

import warnings
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

import holidays
from holidays.registry import COUNTRIES

from rules.errors import CalendarError, choose, nearest

MONDAY_TO_FRIDAY = frozenset(range(5))
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

HOLIDAY_YEARS = range(1900, 2100)
"""Public holidays outside are not known; a date there, such as a CRM's 9999-12-31, costs nothing."""

_ONE_HOLIDAY_BLOCK = 10
"""Holidays are worked out for ten years at once."""

_PARTS = {"england": "ENG", "scotland": "SCT", "wales": "WLS", "northern ireland": "NIR"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingTime:
    """One office's week. Hours are local and within one day; weekdays count from Monday = 0.

    `country` and `subdivision` are codes of the package `holidays` (GB alone has only the holidays that all
    its parts share; "ENG" adds Easter Monday); None knows no public holidays.
    """

    country: str | None = None
    subdivision: str | None = None
    opens: time = time(9)
    closes: time = time(17, 30)
    weekdays: frozenset[int] = MONDAY_TO_FRIDAY
    closed: frozenset[date] = frozenset()

    def is_open_on(self, day: date) -> bool:
        """Whether it is a business day."""
        return day.weekday() in self.weekdays and not self.is_holiday(day)

    def is_holiday(self, day: date) -> bool:
        """Whether a public holiday or a closing day of the office's own falls on it, whatever the weekday."""
        if day in self.closed:
            return True
        if self.country is None or day.year not in HOLIDAY_YEARS:
            return False
        return day in _holidays(self.country, self.subdivision, day.year // _ONE_HOLIDAY_BLOCK)


def read_working_time(
    *,
    place: str,
    country: str | None = None,
    subdivision: str | None = None,
    hours: str = "09:00-17:30",
    weekdays: Collection[str] = _WEEKDAYS[:5],
    closed: Collection[date | str] = (),
) -> WorkingTime:
    """A calendar as the config writes it; raises CalendarError with the config key in its place."""
    check_country(country, subdivision, place=place)
    opens, closes = _read_hours(hours, place=f"{place}.hours")
    return WorkingTime(
        country=country,
        subdivision=subdivision,
        opens=opens,
        closes=closes,
        weekdays=_read_weekdays(weekdays, place=f"{place}.weekdays"),
        closed=frozenset(_read_day(day, place=f"{place}.closed") for day in closed),
    )


def find_zone(name: str, *, place: str) -> ZoneInfo:
    """The time zone of an IANA name; raises CalendarError with the nearest one."""
    if name not in _zone_names():
        towns = {
            zone.rsplit("/", 1)[-1].replace("_", " "): zone for zone in sorted(_zone_names(), reverse=True)
        }
        town = nearest(name.rsplit("/", 1)[-1].replace("_", " "), towns)
        near = nearest(name, _zone_names()) or (town and towns[town])
        remedy = (
            f"did you mean '{near}'?"
            if near
            else "write a name such as 'Europe/London' or 'America/New_York'"
        )
        raise CalendarError(place, f"there is no time zone '{name[:60]}'", remedy)
    return ZoneInfo(name)


def check_country(country: str | None, subdivision: str | None, *, place: str) -> None:
    """Raises CalendarError where the holidays of that country or part of it are not known."""
    if country is None and subdivision is not None:
        raise CalendarError(
            f"{place}.subdivision", "it stands without a country", 'add country = "GB" or the like'
        )
    if country is None:
        return
    known = holidays.list_supported_countries(include_aliases=True)
    if country not in known:
        problem = f"the holidays of '{country[:60]}' are not known"
        raise CalendarError(f"{place}.country", problem, _country_remedy(country))
    if subdivision is not None and subdivision not in known[country]:
        problem = f"'{country}' has no part '{subdivision[:60]}' with holidays of its own"
        raise CalendarError(f"{place}.subdivision", problem, choose(subdivision, known[country]))


def _country_remedy(country: str) -> str:
    if country.lower() in _PARTS:
        return f'write country = "GB" and subdivision = "{_PARTS[country.lower()]}"'
    by_name = {name.lower(): names[1] for names in COUNTRIES.values() for name in names}
    near = (
        nearest(country.replace(" ", ""), by_name) if country.lower() in by_name or len(country) > 3 else None
    )
    return (
        f"did you mean '{by_name[near]}'?"
        if near
        else "write the two letters of ISO 3166, such as GB, US or DE"
    )


@lru_cache(maxsize=1)
def _zone_names() -> frozenset[str]:
    return frozenset(name for name in available_timezones() if name != "localtime")


@lru_cache(maxsize=1000)
def _holidays(country: str, subdivision: str | None, block: int) -> frozenset[date]:
    first = block * _ONE_HOLIDAY_BLOCK
    years = range(max(1, first - 1), min(9999, first + _ONE_HOLIDAY_BLOCK + 1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some countries' moon calendars are known for some years only
        try:
            return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=years))
        except NotImplementedError:  # the package's word for a country or a part of one that it does not know
            check_country(country, subdivision, place="calendar")
            raise


def _read_hours(text: str, *, place: str) -> tuple[time, time]:
    parts = [part.strip() for part in text.split("-")]
    try:
        opens, closes = (time.fromisoformat(part) for part in parts)
    except ValueError as error:
        raise CalendarError(
            place, f"'{text[:60]}' are no opening hours", "write them as '09:00-17:30'"
        ) from error
    if opens.tzinfo or closes.tzinfo or opens >= closes or opens.second or closes.second:
        remedy = "write local hours to the minute within one day, such as '09:00-17:30'"
        raise CalendarError(place, f"'{text[:60]}' are no opening hours", remedy)
    return opens, closes


def _read_weekdays(names: Collection[str], *, place: str) -> frozenset[int]:
    found = set()
    for name in names:
        matches = [
            number for number, day in enumerate(_WEEKDAYS) if day in (name.lower(), f"{name.lower()}day")
        ]
        matches = matches or [number for number, day in enumerate(_WEEKDAYS) if day[:3] == name.lower()]
        if not matches:
            raise CalendarError(place, f"there is no weekday '{name[:60]}'", choose(name, _WEEKDAYS))
        found.update(matches)
    if not found:
        raise CalendarError(place, "no day is a working day", "name at least one, such as 'monday'")
    return frozenset(found)


def _read_day(day: date | str, *, place: str) -> date:
    if isinstance(day, date):
        return day
    try:
        return date.fromisoformat(day)
    except ValueError as error:
        raise CalendarError(place, f"'{day[:60]}' is not a day", "write it as '2026-12-24'") from error
