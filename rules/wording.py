"""Fills a task's subject and body with facts: short, dated, and without lines that have nothing to say.

In a text, `{name}` is a fact. A line with a fact that has no value vanishes; `{name?}` is left out instead and
the line stays. `{?name}` keeps its line only when the fact is true or has a value, `{!name}` only when not.
Texts state dates, never counts of days, so that a task says the same tomorrow.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

SUBJECT_LENGTH = 60
BODY_LENGTH = 8_000

_MARK = re.compile(r"\{(?P<test>[?!])?(?P<name>\w+)(?P<optional>\?)?\}")

_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn the direction of what follows; names in Arabic or Hebrew need none of them."""


def names_in(text: str) -> set[str]:
    """Every fact that a text mentions."""
    return {found["name"] for found in _MARK.finditer(text)}


def stray_brace(text: str) -> str | None:
    """The first braces that mention no fact, with what stands around them; None when there are none."""
    rest = _MARK.sub(lambda found: " " * len(found[0]), text)
    at = min((rest.find(brace) for brace in "{}" if brace in rest), default=-1)
    return None if at < 0 else text[max(0, at) : at + 30].split("\n")[0]


def bare(text: str) -> str:
    """A text without its facts."""
    return " ".join(_MARK.sub("", text).split())


def write_subject(choices: Iterable[str], facts: Mapping[str, Any], *, length: int = SUBJECT_LENGTH) -> str:
    """The first of the texts whose facts all have values that fits whole; where none does, the shortest cut at a word."""
    lines = _filled(choices, facts, _short)
    return next((line for line in lines if len(line) <= length), shorten(min(lines, key=len), length))


def fill_subjects(choices: Iterable[str], facts: Mapping[str, Any]) -> list[str]:
    """Each of the texts of a subject that may be said of the facts, however long."""
    return [line for text in choices if (line := _fill(text, facts, _short)) is not None]


def fill_line(line: str, facts: Mapping[str, Any]) -> str | None:
    """One line of a body; None where it has nothing to say."""
    return _fill(line, facts, spelled)


def without_tests(text: str, names: Collection[str]) -> str:
    """A text without what keeps it or leaves it out for these facts."""
    return _MARK.sub(lambda found: "" if found["test"] and found["name"] in names else found[0], text)


def write_name(choices: Iterable[str], facts: Mapping[str, Any]) -> str:
    """The first of the texts whose facts all have values, cut at a word to 60 characters: half a name says more than an id.

    Its days have their year: lists name what is years old beside what is to come.
    """
    return shorten(_filled(choices, facts, _with_year)[0], SUBJECT_LENGTH)


def write_body(text: str, facts: Mapping[str, Any]) -> str:
    """The lines that have something to say, at most 8,000 characters."""
    lines = (fill_line(line, facts) for line in text.strip().splitlines())
    return "\n".join(line for line in lines if line is not None)[:BODY_LENGTH]


def shorten(line: str, length: int) -> str:
    """The line, or as many of its words as fit with an ellipsis; a bracket that is cut is closed."""
    line = " ".join(line.split())
    if len(line) <= length:
        return line
    head = _whole_words(line[: length - 1], length)
    if head.count("(") > head.count(")"):
        return _whole_words(line[: length - 2], length) + "…)"
    return head + "…"


def _whole_words(head: str, length: int) -> str:
    return (head.rsplit(" ", 1)[0] if " " in head[length // 2 :] else head).rstrip(" ,;:(")


def _filled(
    choices: Iterable[str], facts: Mapping[str, Any], spell: Callable[[Any, str | None], str]
) -> list[str]:
    """Each text whose facts all have values, else the last one without them."""
    choices = list(choices)
    lines = [line for text in choices if (line := _fill(text, facts, spell)) is not None]
    return lines or [bare(choices[-1])]


def _fill(line: str, facts: Mapping[str, Any], spell: Callable[[Any, str | None], str]) -> str | None:
    zone = facts.get("account_timezone")
    for found in _MARK.finditer(line):
        value = facts.get(found["name"])
        there = value not in (None, "", False)
        if found["test"]:
            if there != (found["test"] == "?"):
                return None
        elif value in (None, "") and not found["optional"]:
            return None
    filled = _MARK.sub(
        lambda found: "" if found["test"] else tame(spell(_as_given(found["name"], facts), zone)), line
    )
    return re.sub(r"\s+([.,;:])", r"\1", " ".join(filled.split()))


def _as_given(name: str, facts: Mapping[str, Any]) -> Any:
    """A score is told as it was given, `7` and not `7.00`: only money has its pennies."""
    value = facts.get(name)
    return f"{value.normalize():f}" if isinstance(value, Decimal) and name.endswith("_score") else value


def tame(text: str) -> str:
    """A value without what would break the line or turn the writing around: control and direction signs."""
    return "".join(
        " " if sign.isspace() else sign
        for sign in text
        if sign.isspace() or (unicodedata.category(sign) not in ("Cc", "Cs") and sign not in _DIRECTIONS)
    )


def _short(value: Any, zone: str | None) -> str:
    if isinstance(value, datetime):
        local = _local(value, zone)
        return f"{local:%a} {local.day} {local:%b, %H:%M}"
    if isinstance(value, date):
        return f"{value:%a} {value.day} {value:%b}"
    return spelled(value)


def _with_year(value: Any, zone: str | None) -> str:
    if isinstance(value, date) and not isinstance(value, datetime):
        return f"{value:%a} {value.day} {value:%b %Y}"
    return _short(value, zone)


def spelled(value: Any, zone: str | None = None) -> str:
    """A fact as a person writes it: `Tue 12 May 2026`, `4,800.00`; nothing for no value.

    An instant is told by the clocks of `zone` (IANA name), or with UTC behind it.
    """
    if value is None:
        return ""
    if isinstance(value, datetime):
        local = _local(value, zone)
        return f"{local:%a} {local.day} {local:%B %Y, %H:%M}{'' if zone else ' UTC'}"
    if isinstance(value, date):
        return f"{value:%a} {value.day} {value:%B %Y}"
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    return str(value)


def _local(at: datetime, zone: str | None) -> datetime:
    return at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)) if zone else at
