"""Creates and changes records by HubSpot's rules: what may be written, what follows from it."""

from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any

from sandbox.hubspot.derived import follow_up
from sandbox.hubspot.errors import PORTAL_ID, ApiError, conflict, invalid, invalid_values
from sandbox.hubspot.joining import join, targets_of
from sandbox.hubspot.portal import Portal
from sandbox.hubspot.schema import ObjectType, Property
from sandbox.hubspot.values import BadValue, check

Values = dict[str, str | None]

_STAGE_FIELDS = {"deals": ("pipeline", "dealstage"), "tickets": ("hs_pipeline", "hs_pipeline_stage")}


def create(
    portal: Portal, kind: ObjectType, properties: Mapping[str, Any], associations: Sequence[Any] = ()
) -> int:
    """A new record with its links, or ApiError and nothing made."""
    values = _with_pipeline(portal, kind, {**kind.defaults, **checked(portal, kind, properties, held={})})
    missing = [name for name in kind.required if not values.get(name)]
    if missing:
        _refuse_missing(kind, missing)
    targets = targets_of(portal, kind, associations)
    _keep_unique(portal, kind, values, own_id=None)
    now = portal.records.now
    stamps = {kind.created: values.get(kind.created) or now, kind.modified: now}
    record_id = portal.records.insert(
        kind, values | follow_up(portal, kind, held={}, changes=values, now=now) | stamps
    )
    for types, to_id in targets:
        join(portal, types, record_id, to_id, new=True)
    return record_id


def update(portal: Portal, kind: ObjectType, record_id: int, properties: Mapping[str, Any]) -> Values:
    """Changes a live record and says what was written; the modified stamp moves only when a value does."""
    held = portal.records.stored(kind, record_id) or {}
    values = checked(portal, kind, properties, held=held)
    cleared = [name for name in kind.required if name in values and not values[name]]
    if cleared:
        _refuse_missing(kind, cleared)
    changes = {name: value for name, value in values.items() if held.get(name) != value}
    if changes:
        _keep_unique(portal, kind, changes, own_id=record_id)
        now = portal.records.now
        changes |= follow_up(portal, kind, held=held, changes=changes, now=now)
        portal.history.keep(kind, record_id, held=held, changes=changes, at=now)
        portal.records.change(kind, [record_id], changes | {kind.modified: now})
    return values


def checked(
    portal: Portal, kind: ObjectType, properties: Mapping[str, Any], *, held: Mapping[str, Any]
) -> Values:
    """Property values in stored form; raises ApiError with every value that is wrong."""
    values: Values = {}
    problems: list[tuple[str, str, str]] = []
    for name, value in properties.items():
        known = kind.properties.get(name)
        if known is None or not known.listed:
            problems.append((name, "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist'))
        elif known.calculated:
            problems.append(
                (name, "READ_ONLY_VALUE", f'"{name}" is a read only property; its value cannot be set.')
            )
        else:
            try:
                values[name] = check(known, value, _allowed(portal, kind, known, {**held, **properties}))
            except BadValue as bad:
                problems.append((name, bad.code, bad.message))
    if problems:
        raise invalid_values(problems)
    return values


def _allowed(
    portal: Portal, kind: ObjectType, of: Property, values: Mapping[str, Any]
) -> Container[str] | None:
    find: Callable[[], Container[str]] | None = {
        "owners": portal.owners.active,
        "pipelines": lambda: [pipeline["id"] for pipeline in portal.catalogue.pipelines.get(kind.name, [])],
        "stages": lambda: _stage_ids(portal, kind, values),
    }.get(of.external)
    return find() if find else None


def _stage_ids(portal: Portal, kind: ObjectType, values: Mapping[str, Any]) -> list[str]:
    pipeline_field, _ = _STAGE_FIELDS[kind.name]
    pipelines = portal.catalogue.pipelines[kind.name]
    wanted = values.get(pipeline_field) or pipelines[0]["id"]
    return [stage["id"] for pipeline in pipelines if pipeline["id"] == wanted for stage in pipeline["stages"]]


def _with_pipeline(portal: Portal, kind: ObjectType, values: Values) -> Values:
    fields = _STAGE_FIELDS.get(kind.name)
    if fields and values.get(fields[1]) and not values.get(fields[0]):
        values[fields[0]] = portal.catalogue.pipelines[kind.name][0]["id"]
    return values


def _refuse_missing(kind: ObjectType, names: list[str]) -> None:
    message = f"Error creating {kind.singular.upper()}. Some required properties were not set."
    raise invalid(message, errors=[{"message": message, "context": {"properties": names}}])


def _keep_unique(
    portal: Portal, kind: ObjectType, values: Mapping[str, str | None], *, own_id: int | None
) -> None:
    for name, value in values.items():
        if value and kind.properties[name].unique:
            holder = portal.records.id_of(kind, name, value)
            if holder is not None and holder != own_id:
                raise _taken(kind, name, value, holder=holder, own_id=own_id)


def _taken(kind: ObjectType, name: str, value: str, *, holder: int, own_id: int | None) -> ApiError:
    if name == "email":
        return conflict(f"{kind.singular.capitalize()} already exists. Existing ID: {holder}")
    place = f"portalId={PORTAL_ID}, objectTypeId=ObjectTypeId{{legacyObjectType={kind.singular.upper()}}}"
    return conflict(
        f"Cannot set PropertyValueCoordinates{{{place}, propertyName={name}, value={value}}} on {own_id or 'a new object'}. "
        f"{holder} already has that value."
    )
