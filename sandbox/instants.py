"""Reads points in time as people and programs write them."""

from datetime import UTC, datetime


def read_instant(text: str) -> datetime:
    """Aware UTC from an ISO instant or a date (its first moment in UTC); without a zone it is UTC. Raises ValueError."""
    instant = datetime.fromisoformat(text)
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
