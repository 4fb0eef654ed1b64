"""Remembers the requests that the sandbox has seen."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

KEPT_ENTRIES = 200_000
KEPT_BODIES = 1_000
KEPT_BYTES = 65_536
"""Of one body."""

_SECRET = re.compile(r"/oauth|access-token")
"""Paths whose queries and bodies carry passwords and tokens; they are not kept."""

_READING_POSTS = re.compile(
    r"/search$|/batch/read$|/oauth|access-token|/composite/sobjects/\w+$|/jobs/query$|/soap/", re.IGNORECASE
)
"""POSTs that only ask: searches, reads of many, logins, bulk queries."""

_READING = ("GET", "HEAD", "OPTIONS")
_COMPOSITES = {"/composite/batch": "batchRequests", "/composite": "compositeRequest"}
"""POSTs that do what their steps do -> where those stand in the body."""


@dataclass(slots=True, kw_only=True)
class Entry:
    """One request; `status` is None while it is handled and where the fault kept it from being handled."""

    n: int
    at: datetime
    method: str
    path: str
    query: str
    dialect: str
    writes: bool
    """It could change data, whether or not it did."""
    request_bytes: int
    request_body: bytes | None
    status: int | None = None
    response_bytes: int = 0
    response_body: bytes | None = None
    fault: str | None = None

    def answered(self, status: int, body: bytes) -> None:
        """Adds what the CRM made of it; `body` as before compression."""
        self.status, self.response_bytes = status, len(body)
        if self.request_body is not None:
            self.response_body = body[:KEPT_BYTES]

    def repeated(self, status: int, whole_bytes: int) -> None:
        """Says that a kept answer was sent again; its body is not kept here."""
        self.status, self.response_bytes = status, whole_bytes

    def show(self, *, bodies: bool) -> dict[str, Any]:
        """Ready for JSON."""
        names = (
            "n",
            "method",
            "path",
            "query",
            "dialect",
            "writes",
            "status",
            "request_bytes",
            "response_bytes",
            "fault",
        )
        shown = {"at": self.at.isoformat(timespec="milliseconds")} | {
            name: getattr(self, name) for name in names
        }
        if bodies:
            shown |= {name: _as_text(getattr(self, name)) for name in ("request_body", "response_body")}
        return shown


def _as_text(body: bytes | None) -> str | None:
    return None if body is None else body.decode("utf-8", "replace")


def _writes(method: str, path: str, body: bytes) -> bool:
    if method in _READING or _READING_POSTS.search(path):
        return False
    steps = next((name for end, name in _COMPOSITES.items() if path.endswith(end)), None)
    return steps is None or _has_writing_step(body, steps)


def _has_writing_step(body: bytes, name: str) -> bool:
    """Whether some step is no GET; of a body that cannot be read, who knows."""
    try:
        steps = orjson.loads(body)[name]
        return any(str(step.get("method", "")).upper() not in _READING for step in steps)
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        return True


class Journal:
    """The latest requests, oldest first, numbered from 1 since the start or the last `clear`."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT_ENTRIES)
        self._with_body: deque[Entry] = deque()
        self.seen = 0

    def note(self, *, at: datetime, method: str, path: str, query: str, dialect: str, body: bytes) -> Entry:
        """Writes a request down before it is handled."""
        self.seen += 1
        secret = _SECRET.search(path) is not None
        entry = Entry(
            n=self.seen, at=at, method=method, path=path, query="" if secret else query, dialect=dialect,
            writes=_writes(method, path.rstrip("/"), body),
            request_bytes=len(body), request_body=None if secret else body[:KEPT_BYTES],
        )  # fmt: skip
        self._entries.append(entry)
        self._with_body.append(entry)
        if len(self._with_body) > KEPT_BODIES:
            oldest = self._with_body.popleft()
            oldest.request_body = oldest.response_body = None
        return entry

    def clear(self) -> None:
        """Forgets every request."""
        self._entries.clear()
        self._with_body.clear()
        self.seen = 0

    def entries(
        self, *, method: str = "", path: str = "", since: int = 0, writes: bool | None = None
    ) -> Iterator[Entry]:
        """Entries with a number above `since`; `path` is a regular expression, searched in the path."""
        pattern = re.compile(path)
        for entry in self._entries:
            if entry.n <= since or (method and entry.method != method.upper()):
                continue
            if writes in (None, entry.writes) and pattern.search(entry.path):
                yield entry
