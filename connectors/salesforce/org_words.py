"""This org's own words for a task's status, priority and kind; admins rename all three."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connectors.errors import NotAllowed, Refused
from connectors.salesforce.call import Caller
from connectors.salesforce.describe import Described
from connectors.salesforce.pages import Record, fetch_all
from connectors.tasks import Kind, Priority, Status

_SUBTYPES: Mapping[Kind, str] = {"call": "Call", "email": "Email", "todo": "Task"}
_PRIORITIES: tuple[Priority, ...] = ("high", "normal", "low")
_USUAL: Mapping[Status, str] = {"open": "Not Started", "done": "Completed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrgWords:
    """What to write for each of our words; a kind that the org cannot take is absent."""

    statuses: Mapping[Status, str]
    priorities: Mapping[Priority, str]
    kinds: Mapping[Kind, str]


def org_words(caller: Caller, task: Described) -> OrgWords:
    """Asks the org; one request."""
    offered = task.schema.fields["TaskSubtype"].values if task.has("TaskSubtype") else ()
    settable = bool(offered) and task.rights["TaskSubtype"].createable
    return OrgWords(
        statuses=_statuses(caller),
        priorities=priorities_of(task),
        kinds={kind: word for kind, word in _SUBTYPES.items() if settable and word in offered},
    )


def priorities_of(task: Described) -> dict[Priority, str]:
    """Our words to the org's: the same word where there is one, else the nearest by its place in the list."""
    values = task.schema.fields["Priority"].values if task.has("Priority") else ()
    if not values:
        return {word: word.capitalize() for word in _PRIORITIES}
    places = {"high": 0, "normal": len(values) // 2, "low": len(values) - 1}
    same = {value.lower(): value for value in values}
    return {word: same.get(word, values[places[word]]) for word in _PRIORITIES}


def our_priority(words: Mapping[Priority, str], value: str | None) -> str:
    """The inverse of priorities_of; a value that stands for none of our words as it is, in small letters."""
    ours = (word for word, held in words.items() if held == value)
    return next(ours, (value or "").lower())


def _statuses(caller: Caller) -> dict[Status, str]:
    try:
        # ApiName is what a record holds; the label may be a translation.
        rows = fetch_all(
            caller, "SELECT ApiName, MasterLabel, IsClosed, IsDefault, SortOrder FROM TaskStatus"
        )
    except (NotAllowed, Refused):
        return dict(_USUAL)
    rows.sort(key=lambda row: row.get("SortOrder") or 0)
    found: dict[Status, str] = {}
    for status in _USUAL:
        values = [row for row in rows if bool(row.get("IsClosed")) is (status == "done")]
        found[status] = _preferred(values, _USUAL[status])
    return found


def _preferred(rows: Sequence[Record], usual: str) -> str:
    names = [row.get("ApiName") or row.get("MasterLabel") or "" for row in rows]
    default = [name for name, row in zip(names, rows, strict=True) if row.get("IsDefault")]
    return (default or [name for name in names if name == usual] or names or [usual])[0]
