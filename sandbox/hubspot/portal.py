"""What every handler is given: the portal and the call."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeVar

from sandbox.hubspot.apps import require_scope
from sandbox.hubspot.errors import invalid
from sandbox.hubspot.history import History
from sandbox.hubspot.limits import Limits
from sandbox.hubspot.links import Links
from sandbox.hubspot.owners_table import Owners
from sandbox.hubspot.records import Records
from sandbox.hubspot.schema import Catalogue, ObjectType
from sandbox.world import World

T = TypeVar("T")
Family = Literal["v3", "2026-09"]


@dataclass(slots=True, kw_only=True)
class Portal:
    """One HubSpot account."""

    world: World
    catalogue: Catalogue
    records: Records
    links: Links
    history: History
    owners: Owners
    limits: Limits
    totals: dict[tuple[Any, ...], int] = field(default_factory=dict)
    """Totals of recent searches, as long as nothing was written."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request, after login and before any rule."""

    family: Family
    path: Mapping[str, str]
    query: Sequence[tuple[str, str]]
    body: Any = None
    url: str = ""
    """Scheme, host and path, for `paging.next.link`."""
    writes: bool = False
    """It means to change something, so that it needs another scope."""

    @cached_property
    def _last(self) -> dict[str, str]:
        return dict(self.query)

    def text(self, name: str) -> str | None:
        """A query parameter; the last one counts."""
        return self._last.get(name) or None

    def flag(self, name: str) -> bool:
        """A boolean parameter in any case, as vendors' clients in several languages write it."""
        value = self._last.get(name, "").lower()
        if value not in ("", "true", "false"):
            raise invalid(f"Unable to parse value for query parameter: {name}")
        return value == "true"

    def names(self, name: str) -> list[str]:
        """A list parameter: repeated, comma-separated, or both."""
        return [part for key, value in self.query if key == name for part in value.split(",") if part]

    def limit(self, *, usual: int, most: int) -> int:
        """The page size; beyond `most` is refused."""
        text = self.text("limit")
        if text is None:
            return usual
        if not text.lstrip("-").isdigit():
            raise invalid("Unable to parse value for query parameter: limit")
        if not 1 <= int(text) <= most:
            raise invalid(f"The limit {text} is invalid: it must be between 1 and {most}.")
        return int(text)

    def inputs(self, most: int) -> list[dict[str, Any]]:
        """The `inputs` of a batch; an empty one and more than `most` are refused."""
        inputs = self.member("inputs", list)
        if not inputs:
            raise invalid("Invalid input JSON: some required fields were not set: [inputs]")
        if len(inputs) > most:
            raise invalid(
                f"The maximum number of inputs supported in a batch request is {most}: got {len(inputs)}"
            )
        if not all(isinstance(one, dict) for one in inputs):
            raise invalid("Invalid input JSON: each of the inputs must be an object")
        return list(inputs)

    def member(self, name: str, kind: type[T]) -> T:
        """A member of the body, empty when absent; raises ApiError when it has another type."""
        if not isinstance(self.body, dict):
            raise invalid("Invalid input JSON on line 1, column 1: an object is expected")
        value = self.body.get(name)
        if value is None:
            return kind()
        if not isinstance(value, kind):
            raise invalid(
                f"Invalid input JSON: Cannot deserialize value of type `{kind.__name__}` for {name}"
            )
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A status and what is sent as JSON (nothing for None)."""

    status: int = 200
    body: Any = None


Handler = Callable[[Portal, Call], Answer]


def object_of(portal: Portal, call: Call, part: str = "type") -> ObjectType:
    """The object type that the path names; raises ApiError where there is none, or no scope for it."""
    found = portal.catalogue.object_type(call.path[part])
    require_scope(portal.world.switches.hubspot_scopes_taken, found.name, writes=call.writes)
    return found


def record_id(text: object) -> int | None:
    """A record id from the wire, None for what cannot be one."""
    if isinstance(text, bool):
        return None
    digits = str(text)
    return int(digits) if digits.isdigit() and len(digits) <= 18 else None


def next_page(call: Call, after: str) -> dict[str, Any]:
    """The `paging` of a page that has a successor."""
    kept = [(name, value) for name, value in call.query if name != "after"]
    query = "&".join(f"{name}={value}" for name, value in [*kept, ("after", after)])
    return {"next": {"after": after, "link": f"{call.url}?{query}"}}
