"""What the CRM fills in by itself when a record is written: names, closed flags, times."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sandbox.salesforce.org import Org
from sandbox.salesforce.shapes import ObjectShape
from sandbox.salesforce.values import read_instant, stamp

Values = dict[str, Any]

_STATUS_TABLES: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "Task": ("Status", "TaskStatus", ("IsClosed",)),
    "Case": ("Status", "CaseStatus", ("IsClosed",)),
    "Opportunity": ("StageName", "OpportunityStage", ("IsClosed", "IsWon", "ForecastCategory")),
}
"""Object -> its status field, the object that says what each status means, and what it says."""
_CLOSED_INCIDENTS = ("Completed", "Closed")


class Completion:
    """Fills in records; `values` hold a whole record and are changed in place."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._meanings: dict[str, dict[str, Values]] = {}

    def forget(self) -> None:
        """Reads the meaning of statuses anew: an admin changed them."""
        self._meanings.clear()

    def fill(self, shape: ObjectShape, values: Values, *, before: Mapping[str, Any] | None, now: str) -> None:
        """Completes a record; `before` is what it was, None for a new one."""
        self._apply_status(shape, values, before)
        completion = _COMPLETIONS.get(shape.name)
        if completion:
            completion(values, before, now)

    def _apply_status(self, shape: ObjectShape, values: Values, before: Mapping[str, Any] | None) -> None:
        if shape.name not in _STATUS_TABLES:
            return
        field, table, facts = _STATUS_TABLES[shape.name]
        if before is not None and before[field] == values[field]:
            return
        meaning = self._meaning(table, facts).get(str(values.get(field) or "").lower())
        if meaning:
            values.update(meaning)

    def _meaning(self, table: str, facts: tuple[str, ...]) -> dict[str, Values]:
        if table not in self._meanings:
            rows = self._org.world.store.query(f"SELECT * FROM salesforce__{table}")
            self._meanings[table] = {
                row["MasterLabel"].lower(): {fact: row[fact] for fact in facts} for row in rows
            }
        return self._meanings[table]


def _closed_at(field: str) -> Callable[[Values, Mapping[str, Any] | None, str], None]:
    def mark(values: Values, before: Mapping[str, Any] | None, now: str) -> None:
        was_closed = bool(before and before["IsClosed"])
        if values.get("IsClosed") and not was_closed:
            values[field] = values.get(field) if before is None and values.get(field) else now
        elif not values.get("IsClosed"):
            values[field] = None

    return mark


_close_task, _close_case = _closed_at("CompletedDateTime"), _closed_at("ClosedDate")


def _fill_task(values: Values, before: Mapping[str, Any] | None, now: str) -> None:
    _close_task(values, before, now)
    values["IsHighPriority"] = int(values.get("Priority") == "High")
    _count_links(values)


def _count_links(values: Values) -> None:
    values["WhoCount"] = int(values.get("WhoId") is not None)
    values["WhatCount"] = int(values.get("WhatId") is not None)


def _fill_event(values: Values, _before: Mapping[str, Any] | None, _now: str) -> None:
    start = values.get("StartDateTime") or values.get("ActivityDateTime")
    begun = read_instant(start) if start else None
    if begun is not None:
        ended = read_instant(values["EndDateTime"]) if values.get("EndDateTime") else None
        ended = ended or begun + timedelta(minutes=values.get("DurationInMinutes") or 0)
        values["StartDateTime"] = values["ActivityDateTime"] = stamp(begun)
        values["EndDateTime"] = stamp(ended)
        values["DurationInMinutes"] = int((ended - begun).total_seconds() // 60)
        values["ActivityDate"] = begun.date().isoformat()
    _count_links(values)


def _fill_person(values: Values, _before: Mapping[str, Any] | None, _now: str) -> None:
    values["Name"] = " ".join(filter(None, (values.get("FirstName"), values.get("LastName"))))


def _fill_incident(values: Values, before: Mapping[str, Any] | None, _now: str) -> None:
    if before is None or before["Status"] != values["Status"]:
        values["IsClosed"] = int(values.get("Status") in _CLOSED_INCIDENTS)
        values["StatusCode"] = (values.get("Status") or "").replace(" ", "") or None


def _fill_opportunity(values: Values, _before: Mapping[str, Any] | None, _now: str) -> None:
    if values.get("Amount") is not None and values.get("Probability") is not None:
        values["ExpectedRevenue"] = round(values["Amount"] * values["Probability"] / 100, 2)


_COMPLETIONS: Mapping[str, Callable[[Values, Mapping[str, Any] | None, str], None]] = {
    "Task": _fill_task, "Event": _fill_event, "Case": _close_case, "Contact": _fill_person, "Lead": _fill_person,
    "User": _fill_person, "Incident": _fill_incident, "Opportunity": _fill_opportunity,
}  # fmt: skip
