"""Keeps the ready bytes of answers that only read, so that a client can be measured and not this server.

Off unless the switch `page_cache` is on. An answer is kept by method, path, query, body and whether it is packed,
not by who asks, until anything is written or anything under /_sandbox/ is changed, the clock among it. A kept
answer still counts for limits, journal and faults, and its headers about limits are fresh.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from starlette.types import Scope

from sandbox.wire import Answer, Headers

MOST_BYTES = 2 * 1024**3
"""Beyond it nothing more is kept; what is kept stays."""

Asked = tuple[str, str, bytes, bytes, bool]
"""Method, path, query, body, and whether the answer is to be packed."""


@runtime_checkable
class Repeating(Protocol):
    """A dialect whose answers may be kept."""

    def repeats(self, method: str, path: str) -> bool:
        """Whether asking this again gets the same answer as long as nothing is written, whatever time passes."""

    def admit(self, scope: Scope) -> tuple[Answer | None, Headers]:
        """Checks and counts a request whose answer is ready, as the dialect does before it looks into one.

        The refusal if it is refused, and the headers that take the place of the kept ones.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An answer as it was sent, and the length of its body before it was packed."""

    answer: Answer
    whole_bytes: int


class PageCache:
    """Answers that were given before."""

    def __init__(self, dialects: Mapping[str, object]) -> None:
        """`dialects` by name; only those that know what repeats are kept."""
        self._dialects = {name: one for name, one in dialects.items() if isinstance(one, Repeating)}
        self._kept: dict[Asked, Kept] = {}
        self._bytes = 0

    def find(self, asked: Asked) -> Kept | None:
        """What was answered to the same request."""
        return self._kept.get(asked)

    def renewed(self, dialect: str, scope: Scope, kept: Kept) -> Answer:
        """The kept answer with fresh headers, or the refusal of who asks now."""
        refused, fresh = self._dialects[dialect].admit(scope)
        old = kept.answer if refused is None else refused
        names = {name for name, _ in fresh}
        headers = [pair for pair in old.headers if pair[0] not in names]
        return Answer(status=old.status, headers=headers + fresh, body=old.body)

    def keep(self, dialect: str, asked: Asked, answer: Answer, *, whole_bytes: int) -> None:
        """Keeps an answer where it is one that repeats."""
        speaker = self._dialects.get(dialect)
        if answer.status not in (200, 207) or speaker is None or not speaker.repeats(asked[0], asked[1]):
            return
        self._bytes += len(answer.body) + len(asked[3])
        if self._bytes <= MOST_BYTES:
            self._kept[asked] = Kept(answer=answer, whole_bytes=whole_bytes)

    def forget(self) -> None:
        """Every answer may be another from now on."""
        self._kept.clear()
        self._bytes = 0
