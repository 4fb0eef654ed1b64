"""Reads, creates, changes and archives up to a hundred records in one call.

v3 answers 207 when a part failed, and refuses the whole call with 400 when any input is invalid in itself.
2026-09 has one status per call and lists what failed in `errors`. Neither list follows the order of the
inputs: a caller matches by id or objectWriteTraceId.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.hubspot import stamps, writing
from sandbox.hubspot.errors import ApiError, invalid, not_found
from sandbox.hubspot.objects import asked, unique_property, written
from sandbox.hubspot.portal import Answer, Call, Portal, object_of, record_id
from sandbox.hubspot.recycling import put_in_bin
from sandbox.hubspot.schema import ObjectType

MOST_INPUTS = 100
MOST_WITH_HISTORY = 50

Work = Callable[[Mapping[str, Any]], dict[str, Any]]


def read_batch(portal: Portal, call: Call) -> Answer:
    """Records by id or by a unique property; ids that are not there are named in one error."""
    kind = object_of(portal, call)
    history = kind.known(call.member("propertiesWithHistory", list))
    inputs = call.inputs(MOST_WITH_HISTORY if history else MOST_INPUTS)
    properties = call.member("properties", list)
    names = asked(kind, [*properties, *history], any_asked=bool(properties))
    given = [str(_member(one, "id")) for one in inputs]
    ids = _resolve(portal, call, kind, given)
    archived = call.flag("archived")
    records = portal.records.read(kind, [one for one in set(ids.values()) if one], names, archived=archived)
    portal.history.add_to(kind, records, history)
    found = {int(record["id"]) for record in records}
    lost = [text for text in dict.fromkeys(given) if ids[text] not in found]
    return finish(portal, call, records, [_not_there(kind, lost)] if lost else [])


def _resolve(portal: Portal, call: Call, kind: ObjectType, given: list[str]) -> dict[str, int | None]:
    name = call.member("idProperty", str)
    if not name or name == "hs_object_id":
        ids = {text: record_id(text) for text in given}
        if call.flag("archived"):
            return ids
        winners = portal.records.winners(kind, [one for one in ids.values() if one])
        return {text: winners.get(one or 0, one) for text, one in ids.items()}
    unique_property(kind, name)
    return {text: portal.records.id_of(kind, name, text) for text in given}


def create_batch(portal: Portal, call: Call) -> Answer:
    """New records, each with its links."""
    kind = object_of(portal, call)

    def work(one: Mapping[str, Any]) -> dict[str, Any]:
        made = writing.create(portal, kind, _properties(one), _list(one, "associations"))
        return written(portal, kind, made)

    return _run(portal, call, work, status=201)


def update_batch(portal: Portal, call: Call) -> Answer:
    """Changes records by id or by a unique property; an id that comes twice is refused both times."""
    kind = object_of(portal, call)
    twice = {
        key
        for key, count in Counter(str(one.get("id")) for one in call.inputs(MOST_INPUTS)).items()
        if count > 1
    }

    def work(one: Mapping[str, Any]) -> dict[str, Any]:
        given = str(_member(one, "id"))
        if given in twice:
            problem = f"Duplicate IDs found in batch input: [{given}]. IDs must be unique"
            raise ApiError("CONFLICT", problem, context={"ids": [given]})
        found = _find(portal, kind, one)
        if found is None:
            raise _not_there(kind, [given])
        values = writing.update(portal, kind, found, _properties(one))
        return portal.records.read(kind, [found], asked(kind, list(values), any_asked=True))[0]

    return _run(portal, call, work, status=200)


def upsert_batch(portal: Portal, call: Call) -> Answer:
    """Changes the record that holds a unique value or makes one; its inputs know no associations."""
    kind = object_of(portal, call)

    def work(one: Mapping[str, Any]) -> dict[str, Any]:
        name = unique_property(kind, str(_member(one, "idProperty")))
        value = str(_member(one, "id"))
        if kind.properties[name].calculated:
            raise invalid(f"Property {name} is read only and cannot be used to upsert {kind.name}")
        found = portal.records.id_of(kind, name, value)
        properties = {name: value} | _properties(one)
        if found is None:
            made = writing.create(portal, kind, properties)
            return written(portal, kind, made) | {"new": True}
        writing.update(portal, kind, found, properties)
        return written(portal, kind, found) | {"new": False}

    return _run(portal, call, work, status=200)


def archive_batch(portal: Portal, call: Call) -> Answer:
    """Moves records to the recycle bin; those that are not there are no error."""
    kind = object_of(portal, call)
    ids = {record_id(_member(one, "id")) for one in call.inputs(MOST_INPUTS)} - {None}
    living = portal.records.living(kind, [one for one in ids if one is not None])
    if living:
        put_in_bin(portal, kind, living)
    return Answer(status=204)


def _run(portal: Portal, call: Call, work: Work, *, status: int) -> Answer:
    results: list[dict[str, Any]] = []
    refusals: list[tuple[ApiError, str | None]] = []
    inputs = call.inputs(MOST_INPUTS)
    for one in inputs:
        trace = one.get("objectWriteTraceId")
        try:
            with portal.world.store.transaction("one"):
                row = work(one)
        except ApiError as refusal:
            refusals.append((refusal, trace))
        else:
            results.append(row if trace is None else {**row, "objectWriteTraceId": trace})
    _refuse_whole(portal, call, [refusal for refusal, _ in refusals], len(inputs))
    return finish(portal, call, results, refusals, status=status)


def _refuse_whole(portal: Portal, call: Call, refusals: list[ApiError], inputs_count: int) -> None:
    """Raises where the call as a whole is refused; what its other inputs did is taken back."""
    if not refusals:
        return
    if portal.world.switches.all_or_nothing:
        raise invalid(refusals[0].message, errors=refusals[0].errors, context=refusals[0].context)
    invalid_ones = [refusal for refusal in refusals if refusal.category == "VALIDATION_ERROR"]
    if call.family == "v3" and invalid_ones:
        raise invalid_ones[0]
    if call.family == "v3" and inputs_count == 1 and refusals[0].status == 409:
        raise refusals[0]


def finish(
    portal: Portal,
    call: Call,
    results: list[dict[str, Any]],
    refusals: list[Any],
    *,
    status: int = 200,
) -> Answer:
    """The answer to a batch; `refusals` are ApiErrors, or pairs of one and its trace id."""
    now = stamps.shown(portal.records.now)
    body: dict[str, Any] = {
        "status": "COMPLETE",
        "results": results[::-1],
        "startedAt": now,
        "completedAt": now,
    }
    if refusals:
        pairs = [one if isinstance(one, tuple) else (one, None) for one in refusals]
        errors = sorted(
            (refusal.row(trace) for refusal, trace in pairs), key=lambda row: str(row["category"])
        )
        body |= {"numErrors": len(errors), "errors": errors}
        status = 207 if call.family == "v3" else status
    return Answer(status=status, body=body)


def _find(portal: Portal, kind: ObjectType, one: Mapping[str, Any]) -> int | None:
    name = one.get("idProperty")
    if name and name != "hs_object_id":
        return portal.records.id_of(kind, unique_property(kind, str(name)), str(one["id"]))
    found = record_id(one["id"])
    return found if found is not None and portal.records.living(kind, [found]) else None


def _not_there(kind: ObjectType, ids: list[str]) -> ApiError:
    message = f"Could not get some {kind.singular.upper()} objects, they may be deleted or not exist. Check that ids are valid."
    return not_found(message, context={"ids": ids})


def _member(one: Mapping[str, Any], name: str) -> object:
    if one.get(name) in (None, ""):
        raise invalid(f"Invalid input JSON: some required fields were not set: [{name}]")
    return one[name]


def _properties(one: Mapping[str, Any]) -> dict[str, Any]:
    properties = one.get("properties")
    if not isinstance(properties, dict):
        raise invalid("Invalid input JSON: some required fields were not set: [properties]")
    return properties


def _list(one: Mapping[str, Any], name: str) -> list[Any]:
    value = one.get(name) or []
    if not isinstance(value, list):
        raise invalid(f"Invalid input JSON: Cannot deserialize value of type `list` for {name}")
    return value
