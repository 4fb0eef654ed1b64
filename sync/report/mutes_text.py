"""What a person, or a program, reads of mutes: who is muted, for what, until when, by whom and why."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from rich.console import Console

from rules.calendar.clock import day_of
from rules.calendar.working import find_zone
from rules.wording import spelled, tame
from sync.config.config import Config
from sync.ledger.mutes import Mute
from sync.plan.changes import FORMAT, instant
from sync.report.lines import print_line

_INSTANT = timedelta(microseconds=1)

Names = Mapping[str, str]
"""Record -> its name, where it is known."""


def show_mutes(console: Console, mutes: Sequence[Mute], names: Names, config: Config) -> None:
    """The list, the oldest first."""
    if not mutes:
        print_line(console, 0, "Nobody is muted.")
    for each in mutes:
        print_line(console, 0, f"{_who(each, names)}: {_what(each)}, {_until(each, config)}")
        print_line(console, 2, f"by {each.made_by} on {spelled(each.made_at.date())}: {each.why}")


def show_muted(console: Console, made: Mute, names: Names, config: Config, *, before: Sequence[Mute]) -> None:
    """What a mute does, and which it takes the place of."""
    print_line(console, 0, f"Muted {_who(made, names)}: {_what(made)}, {_until(made, config)}.")
    for each in before:
        print_line(console, 2, f"in place of: {_until(each, config)} by {each.made_by}: {each.why}")
    print_line(console, 2, "Tasks that are open stay. When it ends, what still holds is raised.")


def show_ended(console: Console, ended: Iterable[Mute], names: Names, config: Config) -> None:
    """Which mutes are over now."""
    for each in ended:
        print_line(console, 0, f"No longer muted: {_who(each, names)}, {_what(each)}, {_until(each, config)}")
        print_line(console, 2, f"by {each.made_by}: {each.why}")


def mutes_document(
    mutes: Iterable[Mute], names: Names, config: Config, *, before: Iterable[Mute] = ()
) -> dict[str, Any]:
    """`mutes` hold, `ended` do not any more."""

    def one(each: Mute) -> dict[str, Any]:
        return {
            "account_id": each.account_id,
            "account": names.get(each.account_id) or None,
            "rule": each.rule,
            "until_on": _last_day(each, config).isoformat(),
            "until": instant(each.until),
            "by": each.made_by,
            "why": each.why,
            "made_at": instant(each.made_at),
        }

    return {
        "format": FORMAT,
        "mutes": [one(each) for each in mutes],
        "ended": [one(each) for each in before],
    }


def _who(mute: Mute, names: Names) -> str:
    name = names.get(mute.account_id)
    return f"{tame(name)} ({mute.account_id})" if name else mute.account_id


def _what(mute: Mute) -> str:
    return mute.rule or "every rule"


def _until(mute: Mute, config: Config) -> str:
    return f"until {spelled(_last_day(mute, config))}"


def _last_day(mute: Mute, config: Config) -> date:
    zone = find_zone(config.company.timezone, place=config.place("company", "timezone"))
    return day_of(mute.until - _INSTANT, zone)
