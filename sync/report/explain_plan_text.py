"""In words: what the plan does about a subject, and where its rule was written."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from sync.explaining.explain import Outcome
from sync.explaining.plan import Deed
from sync.explaining.rule_source import RuleSource


def deed_words(deed: Deed, *, outcome: Outcome) -> str:
    """`a new task "Call Acme" for Nina Kowalska, due Wed 6 May 2026, in sf (kw1-...)`."""
    if deed.action == "stand" and outcome == "unknown":
        return f"its open task {_task(deed)} is left alone until this is known"
    words = _WORDS[deed.action](deed)
    return f"{words} ({deed.key})" if deed.key else words


def source_words(sources: Iterable[RuleSource]) -> list[str]:
    """`rules/catalogue/NAME.toml, last changed on 2026-05-04 (c799885)`, a line for each place."""
    return [f"{_WHAT[source.what]}{source}{_revision(source)}" for source in sources]


def _task(deed: Deed) -> str:
    parts = (
        f'"{deed.subject}"',
        f"for {deed.owner}" if deed.owner else "",
    )
    due = f", due {_day(deed.due_on)}" if deed.due_on else ""
    return " ".join(part for part in parts if part) + due


def _because(deed: Deed) -> str:
    return f": {'; '.join(deed.why)}" if deed.why else ""


def _held(deed: Deed) -> str:
    if deed.kind in ("report", "clean-up"):
        return f"no task: {'; '.join(deed.why)}"
    return f"held back{_because(deed)}"


_WORDS: Mapping[str, Callable[[Deed], str]] = {
    "create": lambda deed: f"a new task {_task(deed)}, in {deed.connection}",
    "update": lambda deed: f"its open task {_task(deed)} changes{_because(deed)}",
    "reassign": lambda deed: f"its open task {_task(deed)} changes hands{_because(deed)}",
    "close": lambda deed: f'its open task "{deed.subject}" is closed{_because(deed)}',
    "stand": lambda deed: f"its open task {_task(deed)} stays as it is{_because(deed)}",
    "hold": _held,
}
_WHAT: Mapping[str, str] = {"built-in": "", "own": "", "changes": "changed by "}


def _revision(source: RuleSource) -> str:
    revision = source.revision
    if revision is None:
        return ""
    edited = ", and edited since" if revision.is_edited else ""
    return f", last changed on {revision.changed_on} ({revision.commit}){edited}"


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day:%a} {day.day} {day:%b %Y}"
