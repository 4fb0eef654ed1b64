"""Tells a text that says something new from one in which only the last contact with the client reads differently."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from rules.wording import fill_line, fill_subjects, names_in, without_tests

LAST_CONTACT = frozenset(
    ("last_touch_at", "last_touch_on", "last_touch_kind", "last_touch_person_name", "last_contact_name")
)
"""What every touch changes. A task that was rewritten with each of them would be read no more."""

_TOUCH = frozenset(("last_touch_at", "last_touch_on"))
_ANYTHING = "\ue000"
"""Stands for a value that may have been another; a sign that no font has and no person writes."""
_LONGEST = 80


def passing_names(occurrence: Iterable[str], facts: Mapping[str, Any]) -> frozenset[str]:
    """Which facts a rule's texts tell beside the matter: none where a new touch is a new occurrence.

    A person of whom nothing is known now, since they have left, is the matter.
    """
    if _TOUCH.intersection(occurrence):
        return frozenset()
    return LAST_CONTACT - {name for name in ("last_contact_name",) if not facts.get(name)}


def subject_form(choices: Iterable[str], facts: Mapping[str, Any], passing: frozenset[str]) -> str:
    """A regular expression for every subject that says the same of the facts that are not `passing`."""
    texts = (without_tests(text, passing) for text in choices)
    return "|".join(_form(line) for line in fill_subjects(texts, _open(facts, passing)))


def body_form(text: str, facts: Mapping[str, Any], passing: frozenset[str]) -> list[str]:
    """The same for each line of a body, each with a blank behind it: what tells of `passing` may be there or not.

    Each is an atomic group, so that a text of many lines is read once, whatever it says.
    """
    forms: list[str] = []
    for line in text.strip().splitlines():
        told = names_in(line) & passing
        filled = fill_line(without_tests(line, passing), _open(facts, passing))
        if filled is not None:
            forms.append(f"(?>(?:{_form(filled)} )?)" if told else f"(?>{_form(filled)} )")
    return forms


def _open(facts: Mapping[str, Any], passing: frozenset[str]) -> dict[str, Any]:
    return {**facts, **dict.fromkeys(passing, _ANYTHING)}


def _form(line: str) -> str:
    return re.escape(" ".join(line.split())).replace(_ANYTHING, f".{{1,{_LONGEST}}}?")
