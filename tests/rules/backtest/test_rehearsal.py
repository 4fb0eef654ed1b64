"""What a rehearsal counts, leaves out and says of it."""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from rules.backtest.rehearse import rehearse
from rules.backtest.results import Rehearsal
from rules.rule import read_rules
from tests.rules.backtest.past_org import moved_dates, random_org
from tests.rules.plain_org import PlainOrg, client
from tests.rules.small_org import NOW, days_ago, prepared

TEN_DAYS = tuple(days_ago(back) for back in range(10, 0, -1))
TODAY = NOW.date()


def told(org: PlainOrg, when: str, *, other: str = "", about: str = "account", **options: Any) -> Rehearsal:
    """One rule over ten days, beside another one where that is given."""

    def rule(condition: str, **more: Any) -> Any:
        written: Mapping[str, Any] = {"name": "own", "about": about, "when": condition, **more}
        return read_rules({}, [written], place="keptword.toml")["own"]

    more = {"clean_up": options.pop("clean_up")} if "clean_up" in options else {}
    with prepared(org, earlier=TEN_DAYS, **options) as (engine, case, _):
        return rehearse(engine, case, [rule(when, **more)], against=[rule(other)] if other else None)


def quiet_for(days: int) -> PlainOrg:
    org = client(owner_id="p1")
    org.put("person", "p1", name="Nina", is_active=True)
    org.touch(days_ago(days))
    return org


def test_what_is_open_at_the_first_close_is_not_raised() -> None:
    (rule,) = told(quiet_for(40), "days_since_touch > 14").rules

    assert (rule.counted.before, rule.counted.raised, rule.counted.open_now) == (1, 0, 1)


def test_a_finding_is_raised_on_its_first_day_and_resolved_on_the_first_without_it() -> None:
    org = quiet_for(12)
    org.touch(days_ago(3), kind="call")

    (rule,) = told(org, "days_since_touch > 4").rules

    assert [day.on for day in rule.days if day.raised] == [TODAY - timedelta(days=7)]
    assert [day.on for day in rule.days if day.resolved] == [TODAY - timedelta(days=3)]
    assert [day.open for day in rule.days] == [0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0]
    assert (rule.owners[0].name, rule.owners[0].counted) == ("Nina", rule.counted)
    assert sum(week.raised for week in rule.weeks) == rule.counted.raised == 1


def test_a_rule_on_what_is_known_of_today_only_is_refused_with_the_fact() -> None:
    rehearsal = told(quiet_for(3), "days_since_touch > 1 and account_next_step is null")

    assert rehearsal.rules == ()
    assert rehearsal.untold["own"].columns == ("account_next_step",)


def test_several_facts_that_are_known_of_today_only_are_named_in_one_go() -> None:
    rehearsal = told(quiet_for(3), "account_next_step is null and not has_next_step")

    assert rehearsal.untold["own"].reason == "account_next_step and has_next_step are known of today only"


def test_several_columns_that_nothing_feeds_are_named_in_one_go() -> None:
    org = quiet_for(3)
    org.unfed = frozenset({"account.goals", "account.known_risks"})

    with prepared(org) as (_, case, _):
        assert case.missing(org.unfed, frozenset()) == ["no mapping feeds account.goals, account.known_risks"]


def test_a_fact_that_is_exact_with_a_column_is_refused_where_nothing_feeds_it() -> None:
    org = quiet_for(3)
    org.unfed = frozenset({"invoice.paid_on"})

    reason = told(org, "is_unpaid", about="invoice").untold["own"].reason

    assert reason == "is_unpaid is known of past days only where invoice.paid_on is mapped"


def test_a_rule_on_seen_changes_is_judged_since_they_are_watched() -> None:
    dice = Random(1)  # noqa: S311 -- made-up records, the same in every run
    org = random_org(dice)

    (rule,) = told(org, "moved_count > 0", about="commitment", memory=moved_dates(org, dice)).rules

    assert rule.from_on == date(2026, 5, 3)  # watched since ten days ago at noon, as the first instant
    assert any("watched" in note for note in rule.notes)


def test_a_rule_on_seen_changes_is_refused_where_nothing_is_watched() -> None:
    reason = told(quiet_for(3), "moved_count > 0", about="commitment").untold["own"].reason

    assert reason == "no change of commitment.due_on has been watched yet"


def test_what_is_steady_is_said() -> None:
    (rule,) = told(quiet_for(3), "account_tier = 'A'").rules

    assert rule.notes == ("taken to be as it is today: account_tier",)


def test_what_the_rule_cannot_tell_any_more_stays_open() -> None:
    org = client(owner_id="p1")
    org.touch(
        days_ago(94), person_id="p1"
    )  # so long ago that from three days ago on the owner's e-mail is not seen
    org.touch(days_ago(8), kind="call", person_id="p1")

    (rule,) = told(org, "days_since_touch between 3 and 20", email_is_logged=True).rules

    assert [day.open for day in rule.days] == [0] * 5 + [1] * 6
    assert (rule.unknown_some, rule.unknown_now) == (1, 1)


def test_what_is_too_old_to_act_on_stays_open() -> None:
    (rule,) = told(quiet_for(12), "days_since_touch > 4", clean_up="days_since_touch > 6").rules

    assert (rule.counted.resolved, rule.counted.open_now) == (0, 1)


def test_versions_differ_where_only_one_has_something_open() -> None:
    org = quiet_for(11)
    org.touch(days_ago(4), kind="call")
    client(org, "a2", name="Bay", created_at=days_ago(9))

    (difference,) = told(org, "days_since_touch > 5", other="days_since_touch > 7").differences

    assert (difference.change, difference.raised, difference.kept) == ("changed", 2, 1)
    assert [(each.name, each.first_on) for each in difference.new] == [("Acme", TODAY - timedelta(days=5))]
    assert difference.lost == ()


def test_a_rule_that_is_the_same_word_for_word_is_judged_once() -> None:
    rehearsal = told(quiet_for(3), "days_since_touch > 5", other="days_since_touch > 5")

    assert [each.change for each in rehearsal.differences] == ["same"]
