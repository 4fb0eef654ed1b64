"""Levers for whoever runs the portal: what people, HubSpot itself and time do to it, under /_sandbox/hubspot/."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.hubspot import recycling, stamps, writing
from sandbox.hubspot.errors import ApiError
from sandbox.hubspot.lag import Lag
from sandbox.hubspot.portal import Portal
from sandbox.hubspot.schema import FIELD_TYPES, ObjectType
from sandbox.refused import Refused, first_problem, unknown

_TYPES = Literal["string", "number", "date", "datetime", "bool", "enumeration"]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Records(_Asked):
    object: str
    ids: list[int] = Field(min_length=1)


class _Restored(_Records):
    stamp: bool = False


class _Object(_Asked):
    object: str


class _Flood(_Asked):
    object: str
    count: int = Field(ge=1)
    at: datetime | None = None
    properties: dict[str, Any] = {}


class _Late(_Asked):
    object: str
    id: int | None = None
    properties: dict[str, Any] = {}
    stamped_at: datetime


class _Lag(_Asked):
    object: str
    created_s: float = Field(ge=0)
    changed_s: float = Field(ge=0)


class _Property(_Asked):
    object: str
    name: str
    concealed: bool | None = None
    unreadable: bool | None = None
    archived: bool | None = None
    type: _TYPES | None = None


class _Owner(_Asked):
    id: int
    active: bool


def _restore(portal: Portal, asked: _Restored) -> Any:
    """Out of the recycle bin, with the links."""
    kind = _kind(portal, asked.object)
    return _ids(recycling.restore(portal, kind, asked.ids, stamp=asked.stamp))


def _purge(portal: Portal, asked: _Records) -> Any:
    """Gone for good."""
    return _ids(recycling.purge(portal, _kind(portal, asked.object), asked.ids))


def _conceal(portal: Portal, asked: _Records) -> Any:
    """Not to be seen by the portal's apps any more, as after a lost permission."""
    return _ids(recycling.conceal(portal, _kind(portal, asked.object), asked.ids))


def _reveal(portal: Portal, asked: _Object) -> Any:
    """All that were concealed are seen again."""
    return _ids(recycling.reveal(portal, _kind(portal, asked.object)))


def _flood(portal: Portal, asked: _Flood) -> Any:
    """The first so many live records change in one millisecond, as HubSpot's own batch jobs have it."""
    kind = _kind(portal, asked.object)
    at = stamps.stored(asked.at) if asked.at else portal.records.now
    values = writing.checked(portal, kind, asked.properties, held={})
    ids = portal.records.first(kind, asked.count)
    portal.records.change_all(kind, ids, {**values, kind.modified: at})
    return {"stamped": len(ids), "at": at}


def _late(portal: Portal, asked: _Late) -> Any:
    """A record is changed, or made where no `id` is given, and bears a stamp that is past already."""
    kind = _kind(portal, asked.object)
    record = asked.id
    if record is None:
        record = writing.create(portal, kind, asked.properties)
    elif portal.records.stored(kind, record) is None:
        raise Refused(f"id: there is no live record {record} of {kind.name}")
    else:
        writing.update(portal, kind, record, asked.properties)
    stamped = dict.fromkeys([kind.modified] if asked.id else [kind.modified, kind.created])
    portal.records.change(kind, [record], dict.fromkeys(stamped, stamps.stored(asked.stamped_at)))
    return _ids([record])


def _lag(portal: Portal, asked: _Lag) -> Any:
    """Search sees this object's new records and changes so much later, whatever the switch says of others."""
    kind = _kind(portal, asked.object)
    portal.records.lags.by_object[kind.name] = Lag(created_s=asked.created_s, changed_s=asked.changed_s)
    return asked.model_dump()


def _property(portal: Portal, asked: _Property) -> Any:
    """A property goes out of sight, loses its values for readers, is archived or changes its type, and back again."""
    kind = _kind(portal, asked.object)
    held = kind.properties.get(asked.name)
    if held is None:
        raise Refused(unknown("property", asked.name, kind.properties))
    changes = asked.model_dump(exclude={"object", "name"}, exclude_none=True)
    if asked.type:
        changes |= {"field_type": FIELD_TYPES[asked.type], "options": (), "external": ""}
    kind.properties[asked.name] = replace(held, **changes, changed_at=stamps.shown(portal.records.now))
    portal.records.version += 1
    return {"name": asked.name, **changes}


def _owner(portal: Portal, asked: _Owner) -> Any:
    """A user is deactivated or comes back; what belongs to them stays theirs."""
    if not portal.owners.set_active(asked.id, active=asked.active, at=portal.records.now):
        raise Refused(f"id: there is no owner {asked.id}")
    return asked.model_dump()


_LEVERS: Mapping[str, tuple[type[_Asked], Callable[[Portal, Any], Any]]] = {
    "restore": (_Restored, _restore), "purge": (_Records, _purge), "conceal": (_Records, _conceal),
    "reveal": (_Object, _reveal), "flood": (_Flood, _flood), "late": (_Late, _late), "property": (_Property, _property),
    "owner": (_Owner, _owner), "lag": (_Lag, _lag),
}  # fmt: skip
NAMES = tuple(_LEVERS)


def pull(portal: Portal, name: str, body: bytes) -> Any:
    """What a lever did, ready for JSON; raises Refused with the reason where it cannot."""
    wanted, work = _LEVERS[name]
    try:
        with portal.world.store.transaction("lever"):
            return work(portal, wanted.model_validate_json(body))
    except ValidationError as error:
        raise Refused(first_problem(error)) from error
    except ApiError as error:
        raise Refused(error.message) from error


def _kind(portal: Portal, name: str) -> ObjectType:
    own = {each: kind for kind in portal.catalogue.objects.values() if kind.own for each in kind.names}
    found = (portal.catalogue.objects | own).get(name)
    if found is None:
        raise Refused(f"object: {unknown('object', name, portal.catalogue.objects)}")
    return found


def _ids(ids: Any) -> dict[str, list[str]]:
    return {"ids": [str(one) for one in sorted(ids)]}
