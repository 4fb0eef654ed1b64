"""The ways from a row to another record: `WhoId > Contact.AccountId`, `@contacts > @companies`."""

import re
from dataclasses import dataclass

from rules.errors import MappingError

_STEP = re.compile(
    r"@(?P<link>[^\s@.>'\"]+)|(?:(?P<object>[^\s@.>'\"]+)\.)?(?P<field>[^\s@.>'\"]+)"
)  # no blank, quote or sign: names of CRM objects and fields have none
_FORM = "write a field first, then Object.field, or @object for a link: 'WhoId > Contact.AccountId'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a path: to a field of `object` (of the row's own where there is none), or over a link to it."""

    object: str | None
    field: str | None

    @property
    def is_link(self) -> bool:
        """Whether the CRM's associations are followed, of which there may be several."""
        return self.field is None

    def __str__(self) -> str:
        return (
            f"@{self.object}"
            if self.is_link
            else ".".join(part for part in (self.object, self.field) if part)
        )


def read_path(text: str, *, place: str) -> tuple[Step, ...]:
    """The steps of a path; raises MappingError for anything that is not one."""
    steps: list[Step] = []
    for number, part in enumerate(text.split(">")):
        found = _STEP.fullmatch(part.strip())
        if found is None or (not found["link"] and bool(found["object"]) != (number > 0)):
            raise MappingError(place, f"'{part.strip()[:60]}' is no step of a path", _FORM)
        steps.append(Step(object=found["link"] or found["object"], field=found["field"]))
    return tuple(steps)
