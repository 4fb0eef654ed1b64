"""What all writes of tasks share: batches of 200, halves around a bad row, answers row by row."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, Protocol, TypeVar

from connectors.errors import CrmError, NotUnderstood, Refused
from connectors.salesforce.call import Caller
from connectors.salesforce.row_errors import RowAnswer, remedy_for, row_answers
from connectors.tasks import Outcome

PATH = "composite/sobjects"
ROUNDS = 3
"""How often a row is sent, at most, because it was locked or its fate unclear."""
_BATCH = 200
_PAUSE_S = 0.3
_WRONG_FOR_ALL = frozenset({"INVALID_FIELD", "INVALID_TYPE", "UNSUPPORTED_API_VERSION"})


class Keyed(Protocol):
    """A task as wanted or as it stands, or a change of one."""

    @property
    def key(self) -> str:
        """Our key."""


Item = TypeVar("Item")
KeyedItem = TypeVar("KeyedItem", bound=Keyed)
Outcomes = dict[str, Outcome]
"""By key, of tasks that have one by id; filled as the answers come: what is known survives an error in a later call."""
BY_KEY: Callable[[Any], str] = attrgetter("key")
BY_ID: Callable[[Any], str] = attrgetter("id")
"""Twins share a key, so what is there already is known by its id."""


def write_all(
    items: Sequence[KeyedItem],
    send: Callable[[Sequence[KeyedItem], Outcomes], None],
    *,
    name: Callable[[KeyedItem], str] = BY_KEY,
) -> list[Outcome]:
    """Sends batch after batch; raises only while nothing was written, else the rest is failed and temporary."""
    outcomes: Outcomes = {}
    try:
        for batch in batches(items):
            send(batch, outcomes)
    except CrmError as error:
        if not outcomes:
            raise
        reason = f"not sent: {error}"
        for item in items:
            outcomes.setdefault(
                name(item), Outcome(key=item.key, result="failed", reason=reason, temporary=True)
            )
    return [outcomes[name(item)] for item in items]


def write_halves(
    refusal: Refused,
    items: Sequence[KeyedItem],
    *,
    send: Callable[[Sequence[KeyedItem], Outcomes], None],
    outcomes: Outcomes,
    name: Callable[[KeyedItem], str] = BY_KEY,
) -> None:
    """One bad row can fail a whole call: halves are sent until it stands alone."""
    if refusal.status != 400 or refusal.code in _WRONG_FOR_ALL:
        raise refusal
    if len(items) == 1:
        reason = f"{refusal.problem}. {remedy_for(refusal.code)}"
        outcomes[name(items[0])] = Outcome(key=items[0].key, result="failed", reason=reason)
        return
    middle = len(items) // 2
    send(items[:middle], outcomes)
    send(items[middle:], outcomes)


def batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Slices of at most 200."""
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]


def body_of(records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A collection in which each row stands for itself."""
    return {"allOrNone": False, "records": records}


def rows_of(caller: Caller, body: Any, *, expected: int) -> list[RowAnswer]:
    """The answer's rows in the order of the request; NotUnderstood when they are not as many."""
    rows = row_answers(body, expected=expected, redact=caller.redact)
    if rows is None:
        problem = f"the answer to a write of {expected} rows does not have as many"
        raise NotUnderstood(caller.place, problem, "Run again: what is there is looked up first.")
    return rows


def still_locked(key: str, record_id: str | None = None) -> Outcome:
    """For a row that other work held through every round."""
    reason = "UNABLE_TO_LOCK_ROW: other work in the org held the record. Run again."
    return Outcome(key=key, result="failed", id=record_id, reason=reason, temporary=True)


def pause_before(attempt: int) -> None:
    """Lets other work finish before a second or later round."""
    if attempt:
        time.sleep(_PAUSE_S * 2**attempt)


def insist_on_one_each(what: str, values: Iterable[str]) -> None:
    """ValueError for a value that comes twice: a fault of our own, which no CRM should have to sort out."""
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise ValueError(f"the {what} {value} comes twice in one call")
        seen.add(value)
