"""The small texts of a config (hours, addresses, URLs): what they may look like, and what is wrong."""

import re
from datetime import date, time
from difflib import get_close_matches
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from connectors.secret import SecretRef

_HOURS = re.compile(r"(\d\d:\d\d) ?- ?(\d\d:\d\d)")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_LEDGERS = (
    "write for example 'sqlite:///keptword-ledger.db', 'postgresql://host/database' or 'env:LEDGER_URL'"
)


def nearest(word: str, choices: tuple[str, ...]) -> str:
    """`did you mean 'x'?`, or all the choices when none is like it (at most twelve of them)."""
    alike = get_close_matches(word.lower(), [choice.lower() for choice in choices], n=1, cutoff=0.6)
    if alike:
        return f"did you mean '{next(choice for choice in choices if choice.lower() == alike[0])}'?"
    shown = ", ".join(choices[:12])
    return f"choose from: {shown}{', ...' if len(choices) > 12 else ''}"


LEDGER_DRIVERS = ("sqlite", "postgresql", "postgresql+psycopg")
"""As they stand before `://` in a ledger's URL."""


def _hours(text: str) -> str:
    found = _HOURS.fullmatch(text.strip())
    if not found:
        raise ValueError(f"'{text}' are not office hours; write for example '09:00-17:30'")
    try:
        opens, closes = time.fromisoformat(found[1]), time.fromisoformat(found[2])
    except ValueError:
        raise ValueError(
            f"'{text}' names an hour that no clock shows; write for example '09:00-17:30'"
        ) from None
    if opens >= closes:
        raise ValueError(f"'{text}' closes before it opens; write for example '09:00-17:30'")
    return f"{found[1]}-{found[2]}"


def _timezone(name: str) -> str:
    known = available_timezones()
    if name in known:
        return name
    # "Londn" alone is not like "Europe/London", so cities are looked at on their own too.
    cities = {zone.rpartition("/")[2]: zone for zone in sorted(known)}
    alike = get_close_matches(name, sorted(known), n=1) or [
        cities[city] for city in get_close_matches(name.rpartition("/")[2], sorted(cities), n=1)
    ]
    remedy = f"did you mean '{alike[0]}'?" if alike else "write a name such as 'Europe/London'"
    raise ValueError(f"'{name}' is not a known time zone; {remedy}")


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise ValueError(f"'{text}' is not an e-mail address; write for example 'ops@acme.example'")
    return text


def _mirror_url(text: str) -> str:
    if not text.startswith("duckdb:///") or text == "duckdb:///":
        raise ValueError("the mirror is a DuckDB file; write for example 'duckdb:///keptword.duckdb'")
    return text


def _ledger_url(text: str) -> str:
    if text.startswith(("env:", "file:")):
        return str(SecretRef(text))
    try:
        url = make_url(text)
    except ArgumentError:
        # Neither the text nor the error that quotes it may be shown: it may hold a password.
        raise ValueError(f"this is not a database URL; {_LEDGERS}") from None
    if url.password is not None or "password" in url.query:
        raise ValueError(
            "a password does not belong in the config; put the whole URL into the environment and write 'env:LEDGER_URL'"
        )
    is_file = url.drivername == "sqlite" and url.database not in (None, "", ":memory:")
    if not is_file and url.drivername not in LEDGER_DRIVERS[1:]:
        raise ValueError(f"the ledger is a SQLite file or a PostgreSQL database; {_LEDGERS}")
    return text


def _date_from_text(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"'{value}' is not a date; write for example '2026-12-24'") from None


OfficeHours = Annotated[str, AfterValidator(_hours)]
"""`09:00-17:30`, in the company's own time zone."""
TimeZone = Annotated[str, AfterValidator(_timezone)]
Address = Annotated[str, AfterValidator(_address)]
MirrorUrl = Annotated[str, AfterValidator(_mirror_url)]
LedgerUrl = Annotated[str, AfterValidator(_ledger_url)]
Day = Annotated[date, BeforeValidator(_date_from_text)]
"""A date, written bare or as text."""
