"""What a portal's objects are: their types, their properties, and which may be linked to which."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from sandbox.hubspot.errors import invalid

FIELD_TYPES = {
    "string": "text", "number": "number", "date": "date", "datetime": "date", "bool": "booleancheckbox",
    "enumeration": "select",
}  # fmt: skip
"""The field type that a property gets when none is given; its keys are the known property types."""

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One property of one object type."""

    name: str
    type: str
    field_type: str
    group: str
    label: str
    description: str = ""
    options: tuple[Mapping[str, Any], ...] = ()
    external: str = ""
    """Where the options of an enumeration are kept instead: `owners`, `pipelines` or `stages`."""
    calculated: bool = False
    """HubSpot writes it; nobody else may."""
    unique: bool = False
    custom: bool = False
    archived: bool = False
    concealed: bool = False
    """Not to be seen by the portal's apps, as if it were not there."""
    unreadable: bool = False
    """Seen in the list of properties, but its values are not to be read."""
    made_at: str = "2020-01-01T00:00:00Z"
    changed_at: str = "2020-01-01T00:00:00Z"

    @property
    def listed(self) -> bool:
        """Whether the portal's apps are told of it, may search by it and may write it."""
        return not (self.archived or self.concealed)

    @property
    def answered(self) -> bool:
        """Whether a record that is asked for it names it, if only as null."""
        return not self.archived and (self.unreadable or not self.concealed)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkType:
    """One kind of association in one direction, and the kind that the other side sees."""

    from_object: str
    to_object: str
    id: int
    inverse: int
    label: str
    category: str = "HUBSPOT_DEFINED"


@dataclass(slots=True, kw_only=True)
class OwnType:
    """What a portal's people said of an object type that they made."""

    short_name: str
    labels: Mapping[str, str]
    secondary: tuple[str, ...] = ()
    description: str = ""
    made_at: str
    changed_at: str


@dataclass(slots=True, kw_only=True)
class ObjectType:
    """One object type; its properties change while the portal runs."""

    name: str
    type_id: str
    singular: str
    created: str
    """The property that holds the stamp of creation; contacts and activities name theirs differently."""
    modified: str
    title: str
    group: str
    shown: tuple[str, ...]
    """Properties that are answered when none are asked for."""
    searched: tuple[str, ...]
    """Properties that the free text of a search looks into."""
    required: tuple[str, ...] = ()
    defaults: Mapping[str, str] = field(default_factory=dict)
    missing_page: str = "json"
    """`html`: a 404 for this type is a page, as recorded from the real service for tasks and tickets."""
    kind: str = "record"
    """`activity` for what is logged on a record's timeline."""
    contact_made: bool = False
    """A logged one counts for `notes_last_contacted`."""
    counts_links: bool = False
    """HubSpot keeps counts of what is linked to it among its properties, so that a link moves its stamp."""
    own: OwnType | None = None
    """Set where the portal's people made the object type."""
    properties: dict[str, Property] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """What a path may call it. The bare name of a portal's own type is none of them since June 2025."""
        alike = self.own.short_name if self.own else self.singular
        return (self.name, alike, self.type_id)

    def known(self, names: Iterable[object]) -> list[str]:
        """Those of `names` that this type has, each once, in the vendor's (alphabetical) order."""
        return sorted(
            {
                name
                for name in names
                if isinstance(name, str) and name in self.properties and self.properties[name].answered
            }
        )

    def always(self) -> tuple[str, str, str]:
        """Properties that come with every answer."""
        return (self.created, self.modified, "hs_object_id")


@dataclass(kw_only=True)
class Catalogue:
    """Every object type, pipeline and association type of one portal."""

    objects: dict[str, ObjectType]
    pipelines: Mapping[str, list[dict[str, Any]]]
    link_types: tuple[LinkType, ...]

    def add(self, kind: ObjectType) -> None:
        """Takes in an object type that the portal's people made."""
        self.objects[kind.name] = kind
        self.__dict__.pop("_by_any_name", None)

    def drop(self, kind: ObjectType) -> None:
        """Forgets an object type, and what it could be linked to."""
        del self.objects[kind.name]
        self.__dict__.pop("_by_any_name", None)
        self.set_link_types(
            link for link in self.link_types if kind.name not in (link.from_object, link.to_object)
        )

    def set_link_types(self, links: Iterable[LinkType]) -> None:
        """The association types from now on."""
        self.link_types = tuple(links)
        self.__dict__.pop("_links_by_pair", None)

    @cached_property
    def _by_any_name(self) -> dict[str, ObjectType]:
        return {name: kind for kind in self.objects.values() for name in kind.names}

    @cached_property
    def _links_by_pair(self) -> dict[tuple[str, str], list[LinkType]]:
        pairs: dict[tuple[str, str], list[LinkType]] = {}
        for link in self.link_types:
            pairs.setdefault((link.from_object, link.to_object), []).append(link)
        return pairs

    def object_type(self, name: str) -> ObjectType:
        """By name, singular or type id (`tasks`, `task`, `0-27`), in any case; raises ApiError 400."""
        found = self._by_any_name.get(name.lower())
        if found is None:
            raise invalid(f"Unable to infer object type from: {name}")
        return found

    def links_between(self, from_object: str, to_object: str) -> list[LinkType]:
        """The association types of a pair, the unlabelled one first; empty when they cannot be linked."""
        return self._links_by_pair.get((from_object, to_object), [])

    def stage(self, object_name: str, pipeline_id: str | None, stage_id: str | None) -> dict[str, Any] | None:
        """The stage of that id in that pipeline (in any pipeline for None)."""
        for pipeline in self.pipelines.get(object_name, []):
            if pipeline_id in (None, pipeline["id"]):
                for stage in pipeline["stages"]:
                    if stage["id"] == stage_id:
                        return dict(stage)
        return None


def load_catalogue() -> Catalogue:
    """The catalogue of a new portal, from the tables beside this file."""
    declared = _declared()
    shared, activity = declared.pop("all")["properties"], declared.pop("activity")["properties"]
    del declared["own"]
    objects = {}
    for name, entry in declared.items():
        own = entry.pop("properties")
        if entry.get("kind") == "activity":
            own = activity | own
        for key in ("shown", "searched", "required"):
            entry[key] = tuple(entry.get(key, ()))
        kind = ObjectType(name=name, **entry)
        kind.groups[kind.group] = f"{kind.singular} information".capitalize()
        kind.properties = {key: _property(key, value, kind.group) for key, value in (shared | own).items()}
        objects[name] = kind
    return Catalogue(objects=objects, pipelines=_pipelines(), link_types=_link_types())


def _declared() -> dict[str, Any]:
    return tomllib.loads((_HERE / "objects.toml").read_text(encoding="utf-8"))


def properties_of_own(group: str) -> dict[str, Property]:
    """What HubSpot puts on every object type that a portal's people make."""
    declared = _declared()
    shared = declared["all"]["properties"] | declared["own"]["properties"]
    return {name: _property(name, value, group) for name, value in shared.items()}


def _property(name: str, declared: str | dict[str, Any], group: str) -> Property:
    if isinstance(declared, str):
        kind, *flags = declared.split()
        declared = {"type": kind, "flags": flags}
    flags = declared.get("flags", [])
    field_types = [flag for flag in flags if flag not in ("calculated", "unique")]
    options = tuple(option(value, position) for position, value in enumerate(declared.get("options", ())))
    return Property(
        name=name,
        type=declared["type"],
        field_type=declared.get("field") or (field_types or [FIELD_TYPES[declared["type"]]])[0],
        group=group,
        label=name.removeprefix("hs_").replace("_", " ").capitalize(),
        options=options,
        external=declared.get("external", ""),
        calculated="calculated" in flags,
        unique="unique" in flags,
    )


def option(value: str, position: int, *, label: str | None = None) -> dict[str, Any]:
    """One allowed value of an enumeration, in the vendor's form."""
    return {
        "label": label or value.replace("_", " ").capitalize(),
        "value": value,
        "displayOrder": position,
        "hidden": False,
    }


def _link_types() -> tuple[LinkType, ...]:
    rows = tomllib.loads((_HERE / "associations.toml").read_text(encoding="utf-8"))["types"]
    links = []
    for one, other, type_id, inverse, label in rows:
        links.append(LinkType(from_object=one, to_object=other, id=type_id, inverse=inverse, label=label))
        links.append(LinkType(from_object=other, to_object=one, id=inverse, inverse=type_id, label=label))
    return tuple(links)


def _pipelines() -> dict[str, list[dict[str, Any]]]:
    declared = tomllib.loads((_HERE / "pipelines.toml").read_text(encoding="utf-8"))
    stamps = {"createdAt": "2020-01-01T00:00:00Z", "updatedAt": "2020-01-01T00:00:00Z", "archived": False}
    found: dict[str, list[dict[str, Any]]] = {}
    for object_name, pipelines in declared.items():
        found[object_name] = [
            {
                "id": pipeline["id"], "label": pipeline["label"], "displayOrder": position,
                "stages": [
                    {
                        "id": stage_id, "label": label, "displayOrder": place, "metadata": metadata,
                        "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT", **stamps,
                    }
                    for place, (stage_id, label, metadata) in enumerate(pipeline["stages"])
                ],
                **stamps,
            }
            for position, pipeline in enumerate(pipelines)
        ]  # fmt: skip
    return found
