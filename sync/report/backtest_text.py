"""What a person reads of a rehearsal: tables by rule, week and owner, what differs from another version, and notes."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from rich.console import Console

from rules.backtest.results import Counted, Difference, Named, Rehearsal
from sync.rehearsal.backtest import Backtest
from sync.report.figures import print_figures
from sync.report.lines import print_line

_LISTED, _OWNERS = 10, 15
_COUNTS = ("there before", "raised", "a week", "resolved", "open at most", "open now")


def show_backtest(console: Console, told: Backtest) -> None:
    """All of it; long lists are cut, `--json` has them whole."""
    rehearsal = told.rehearsal
    print_line(
        console, 0,
        f"{told.days} days, each judged as of its close, from {_day(rehearsal.from_on)} until {_day(rehearsal.to_on)}. "
        "What was there at the first close is not raised.",
    )  # fmt: skip
    if rehearsal.rules:
        console.print()
        _show_rules(console, rehearsal)
        _show_weeks(console, rehearsal)
        _show_owners(console, rehearsal)
    if told.against is not None:
        _show_differences(console, told)
    console.print()
    _show_notes(console, told)


def _figures(counted: Counted, days: int) -> tuple[str, ...]:
    weekly = f"{counted.raised * 7 / days:,.1f}" if days else ""
    return (
        f"{counted.before:,}", f"{counted.raised:,}", weekly, f"{counted.resolved:,}", f"{counted.open_most:,}",
        f"{counted.open_now:,}",
    )  # fmt: skip


def _show_rules(console: Console, rehearsal: Rehearsal) -> None:
    rows = [
        (each.rule, _figures(each.counted, (rehearsal.to_on - each.from_on).days)) for each in rehearsal.rules
    ]
    print_figures(console, "rule", _COUNTS, rows)


def _show_weeks(console: Console, rehearsal: Rehearsal) -> None:
    """As many of the last weeks as the terminal is wide; nothing in those before a rule is judged."""
    longest = max(len(each.rule) for each in rehearsal.rules)
    room = max(1, (console.width - longest) // 8)
    raised = {
        each.rule: {week.from_on: f"{week.raised:,}" for week in each.weeks} for each in rehearsal.rules
    }
    weeks = sorted({week for by_week in raised.values() for week in by_week})[-room:]
    if not weeks:
        return
    console.print()
    titles = [f"{week.day} {week:%b}" for week in weeks]
    rows = [(rule, [by_week.get(week, "") for week in weeks]) for rule, by_week in raised.items()]
    print_figures(console, "raised in the week of", titles, rows)


def _show_owners(console: Console, rehearsal: Rehearsal) -> None:
    if not rehearsal.owners:
        return
    console.print()
    days = (rehearsal.to_on - rehearsal.from_on).days
    rows = [
        (owner.name or owner.person_id or "nobody", _figures(owner.counted, days))
        for owner in rehearsal.owners[:_OWNERS]
    ]
    print_figures(console, "owner today", _COUNTS, rows)
    if len(rehearsal.owners) > _OWNERS:
        print_line(console, 2, f"and {len(rehearsal.owners) - _OWNERS:,} owners more")


def _show_differences(console: Console, told: Backtest) -> None:
    differ = [each for each in told.rehearsal.differences if each.change not in ("same", "not compared")]
    console.print()
    count = f"{len(differ)} rule differs" if len(differ) == 1 else f"{len(differ)} rules differ"
    print_line(console, 0, f"Against {told.against}: {count if differ else 'every rule is the same'}.")
    for each in differ:
        _show_difference(console, each, days=told.days)
    for each in told.rehearsal.differences:
        if each.change == "not compared":
            print_line(console, 2, f"not compared: {each.rule}: {each.reason}")
    for section in told.not_compared:
        print_line(
            console, 2, f"[{section}] differs too: only rules are compared, on the records of this config"
        )


_CHANGED = {"added": "Only here. ", "removed": "Only there. "}


def _show_difference(console: Console, each: Difference, *, days: int) -> None:
    before = [
        f"{count} {word}" for count, word in ((each.new_before, "new"), (each.lost_before, "lost")) if count
    ]
    also = f"; there before: {', '.join(before)}" if before else ""
    words = (
        f"{_CHANGED.get(each.change, '')}would have raised {each.raised:,} in {days} days, {len(each.new):,} new, "
        f"{len(each.lost):,} lost, {each.kept:,} the same{also}"
    )
    console.print(f"[bold]{each.rule}[/]", soft_wrap=True)
    print_line(console, 2, words)
    for word, named in (("new", each.new), ("lost", each.lost)):
        _show_named(console, word, named)


def _show_named(console: Console, word: str, named: Sequence[Named]) -> None:
    for each in named[:_LISTED]:
        owner = f", {each.owner_name}" if each.owner_name and each.account_id else ""
        print_line(console, 4, f"{word:<6}{each.name or each.subject_id}, {_day(each.first_on)}{owner}")
    if len(named) > _LISTED:
        print_line(console, 4, f"{word:<6}and {len(named) - _LISTED:,} more; --json names them")


def _show_notes(console: Console, told: Backtest) -> None:
    rehearsal = told.rehearsal
    print_line(console, 0, "Owners are those of today.")
    for note, names in _by_words((note, each.rule) for each in rehearsal.rules for note in each.notes):
        print_line(console, 2, f"{note}: {names}")
    for each in rehearsal.rules:
        if each.from_on != rehearsal.from_on:
            print_line(console, 2, f"{each.rule}: judged from {_day(each.from_on)} on")
        if each.unknown_some:
            words = (
                f"could not tell of {each.unknown_some:,} on some day, of {each.unknown_now:,} on the last"
            )
            print_line(console, 2, f"{each.rule}: {words}: {each.unknown_why}")
    for reason, names in _by_words((untold.reason, name) for name, untold in rehearsal.untold.items()):
        print_line(console, 2, f"not judged: {reason}: {names}")
    if told.off:
        print_line(
            console, 2, f"not judged: {len(told.off)} rules that are off; --rule rehearses one all the same"
        )
    for zone in told.zones_unknown:
        print_line(console, 2, f"time zone that no calendar knows: {zone}; the company's is taken")


def _by_words(said: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """What is said of rules, each once, with their names."""
    named: dict[str, list[str]] = {}
    for words, rule in said:
        named.setdefault(words, []).append(rule)
    return ((words, ", ".join(rules)) for words, rules in sorted(named.items()))


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"
