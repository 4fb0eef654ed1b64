"""One word for what became of a task, by how it stands and what followed; and the line that quietens a noisy rule."""

import tomllib
from datetime import date
from typing import Any

import pytest

from rules.calendar.working import WorkingTime
from rules.rule import catalogue_files, read_rules
from sync.scoreboard.fates import Fate, Followed, fate_of, is_completed
from sync.scoreboard.quieten import quieter
from sync.scoreboard.raised import Standing
from sync.scoreboard.tally import Tally

RULES = read_rules({}, [], place="k.toml")
WORKING = WorkingTime(country="GB", subdivision="ENG")
TODAY = date(2026, 5, 14)
TOUCHED, PAID, KEPT, NOTHING = Followed(touched=True), Followed(paid=True), Followed(kept=True), Followed()

DONE = Standing(status="done")
CASES: list[tuple[Standing, str, Followed | None, Fate]] = [
    (Standing(due_on=date(2026, 5, 7)), "stale-contact", None, "open"),
    (Standing(due_on=date(2026, 5, 6)), "stale-contact", None, "ignored"),
    (Standing(), "stale-contact", None, "open"),
    (Standing(status="deleted"), "stale-contact", None, "dismissed"),
    (Standing(status="done", by_us=True), "stale-contact", None, "resolved"),
    (Standing(status="deleted", by_us=True), "stale-contact", None, "resolved"),
    (Standing(status="done", outcome="not_relevant"), "stale-contact", TOUCHED, "dismissed"),
    (Standing(status="done", outcome="already_handled"), "stale-contact", None, "already_handled"),
    (Standing(status="done", outcome="snooze"), "stale-contact", None, "snoozed"),
    (Standing(status="done", outcome="done"), "stale-contact", TOUCHED, "acted_on"),
    (DONE, "stale-contact", PAID, "closed_unacted"),
    (DONE, "invoice-overdue", PAID, "acted_on"),
    (DONE, "invoice-overdue", NOTHING, "closed_unacted"),
    (DONE, "missed-commitment", KEPT, "acted_on"),
    (DONE, "stale-contact", KEPT, "closed_unacted"),
    (DONE, "owner-overcommitted", None, "acted_on"),
    (DONE, "a-rule-that-is-gone", NOTHING, "closed_unacted"),
]  # fmt: skip


@pytest.mark.parametrize(("standing", "rule", "followed", "fate"), CASES)
def test_what_became_of_a_task(standing: Standing, rule: str, followed: Followed | None, fate: Fate) -> None:
    assert fate_of(standing, RULES.get(rule), followed, today=TODAY, working=WORKING) == fate


def test_what_followed_is_asked_only_of_what_a_person_called_done() -> None:
    asked = {
        is_completed(standing) for standing, _, _, fate in CASES if fate in ("acted_on", "closed_unacted")
    }
    others = {
        is_completed(standing) for standing, _, _, fate in CASES if fate not in ("acted_on", "closed_unacted")
    }
    assert (asked, others) == ({True}, {False})


def noisy(*, bad: int, good: int, repeats: int = 0) -> Tally:
    tally = Tally()
    for n in range(bad):
        tally.count("dismissed" if n % 2 else "ignored", is_repeat=n < repeats)
    for _ in range(good):
        tally.count("acted_on", hours=1)
    return tally


@pytest.mark.parametrize(("bad", "good", "noise"), [(6, 4, True), (5, 5, False), (9, 0, False)])
def test_a_rule_is_noise_when_most_of_ten_or_more_are_dismissed_or_ignored(
    bad: int, good: int, noise: bool
) -> None:
    assert noisy(bad=bad, good=good).is_noise == noise


SAID = [
    ("invoice-after-incident", noisy(bad=7, good=3), "params.grace_days = 6"),
    ("stale-contact", noisy(bad=7, good=3), "params.max_silence_days = {"),
    ("stale-contact", noisy(bad=7, good=3, repeats=4), 'repeat_after = "'),
    ("stale-contact", noisy(bad=9, good=1), 'mode = "report"'),
    ("owner-gone", noisy(bad=7, good=3), 'mode = "report"'),
]


@pytest.mark.parametrize(("rule", "tally", "line"), SAID)
def test_the_line_fits_what_is_wrong_with_the_rule(rule: str, tally: Tally, line: str) -> None:
    assert quieter(RULES[rule], tally).startswith(f"[rules.{rule}]\n{line}")


@pytest.mark.parametrize("name", catalogue_files())
@pytest.mark.parametrize("repeats", [0, 7])
def test_what_would_quieten_a_built_in_rule_is_a_config_that_can_be_read(name: str, repeats: int) -> None:
    config: dict[str, Any] = tomllib.loads(quieter(RULES[name], noisy(bad=7, good=3, repeats=repeats)))
    changed = read_rules(config["rules"], [], place="k.toml")[name]
    assert changed.digest != RULES[name].digest or changed.file.mode == "report"
