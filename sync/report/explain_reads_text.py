"""In words: how far the records were read that a rule stands on."""

from collections.abc import Iterable
from datetime import datetime

from rules.wording import spelled
from sync.explaining.reads import Read


def read_words(reads: Iterable[Read]) -> list[str]:
    """`sf Account, Task: complete as of Tue 5 May 2026, 09:00 UTC`: a line for each connection, with its oldest read."""
    complete: dict[str, dict[str, datetime]] = {}
    for read in reads:
        if read.is_complete and read.read_at is not None:
            complete.setdefault(read.connection, {})[read.object] = read.read_at
    return [
        f"{connection} {', '.join(sorted(objects))}: complete as of {spelled(min(objects.values()))}"
        for connection, objects in complete.items()
    ]


def unread_words(reads: Iterable[Read]) -> list[str]:
    """A line for each object that is not complete, with the reason."""
    lines = (
        f"{read.connection} {read.object}: {_since(read)}{read.reason}"
        for read in reads
        if not read.is_complete
    )
    return list(dict.fromkeys(lines))


def _since(read: Read) -> str:
    return f"not complete since {spelled(read.read_at)}: " if read.read_at else ""
