"""Instants and days as HubSpot writes and reads them."""

import re
from datetime import UTC, date, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CANONICAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def stored(instant: datetime) -> str:
    """`2024-05-01T09:00:00.000Z`: fixed width, so that text order is time order; naive means UTC."""
    at = instant if instant.tzinfo is None else instant.astimezone(UTC).replace(tzinfo=None)
    return f"{at.isoformat(timespec='milliseconds')}Z"


def shown(text: str) -> str:
    """As the vendor answers it: a whole second carries no fraction."""
    return text.replace(".000Z", "Z")


def read_instant(text: str) -> str:
    """The stored form of ISO 8601 or epoch milliseconds; a bare day is its midnight UTC; raises ValueError."""
    if _CANONICAL.fullmatch(text):
        datetime.fromisoformat(text)
        return text
    if re.fullmatch(r"-?\d{1,15}", text):
        return stored(_from_epoch(int(text)))
    return stored(datetime.fromisoformat(text))


def read_day(text: str) -> str:
    """`2024-05-01` from a day, or from an instant that is midnight UTC; raises ValueError."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return date.fromisoformat(text).isoformat()
    at = read_instant(text)
    if not at.endswith("T00:00:00.000Z"):
        raise ValueError(f"{text} is at {at[11:19]} UTC, not midnight!")
    return at[:10]


def epoch_ms(instant: datetime) -> int:
    """Milliseconds since 1970."""
    return (instant - _EPOCH) // timedelta(milliseconds=1)


def _from_epoch(milliseconds: int) -> datetime:
    if not -62_135_596_800_000 <= milliseconds < 253_402_300_800_000:
        raise ValueError(f"{milliseconds} is out of range")
    return _EPOCH + timedelta(milliseconds=milliseconds)
