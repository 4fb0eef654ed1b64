"""How a task of ours is known: by two fields of its own, or by a line of its text."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from connectors.salesforce.describe import Described
from connectors.tasks import Task, TaskChange, WrittenTask

CANARY = "kw1-canary-"
"""How the keys of setup's trial tasks begin: nobody else is to see them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a record says of itself: which task of ours it is, and its text without our mark."""

    key: str
    state: str
    body: str


class Marks(Protocol):
    """Where key and state stand in the records of one connection."""

    mode: Literal["unique", "marker"]
    fields: tuple[str, ...]
    """Fields of ours, which must be read beside the standard ones."""
    is_unique: bool
    """The CRM's own index refuses a second task of one key, so that sending again is safe."""
    is_in_text: bool
    """Mark and text are one value: neither is written without the other."""

    def problem(self, described: Described) -> str:
        """What keeps tasks from being written; empty where nothing does."""

    def ours(self) -> str:
        """The SOQL condition that all our tasks meet, and perhaps records that are not ours."""

    def canaries(self) -> str:
        """The same for trial tasks."""

    def near(self, tasks: Sequence[Task], *, room: int) -> Iterator[str]:
        """SOQL conditions of about `room` bytes: together they find whatever is there of these tasks, and perhaps more."""

    def read(self, record: Mapping[str, Any]) -> Mark | None:
        """None for a record that is not ours."""

    def for_new(self, task: Task) -> dict[str, Any]:
        """Mark and text of a new record."""

    def for_change(self, change: TaskChange, body: str | None, *, held: WrittenTask | None) -> dict[str, Any]:
        """What a change writes of them: `body` is the new text, if any, `held` the task now where `is_in_text`."""
