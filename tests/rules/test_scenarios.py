"""A scenario is judged as a run judges; one that lies fails, and one that cannot be is refused at its place."""

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from rules.errors import RulesError
from rules.rule import read_rules
from rules.scenario.play import LONDON, ScenarioResult, Setting, play
from rules.scenario.written import Scenario
from sync.engine.duckdb_engine import DuckDbEngine

RULES = read_rules({"missed-commitment": {"mode": "off"}}, [], place="keptword.toml")
QUIET = """
name = "nothing since the first of April"
now = 2026-05-13T12:00:00+01:00
email_is_logged = false
[[given.account]]
account_id = "a1"
tier = "A"
[[given.activity]]
activity_id = "x1"
account_id = "a1"
kind = "call"
happened_at = 2026-04-01T12:00:00Z
[expect]
stale-contact = ["a1"]
"""
PROMISED = """
[[given.commitment]]
commitment_id = "c1"
account_id = "a1"
due_on = 2026-05-11
"""


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDbEngine]:
    with DuckDbEngine() as engine:
        yield engine


def played(
    engine: DuckDbEngine, *changes: tuple[str, str], text: str = QUIET, setting: Setting = LONDON
) -> ScenarioResult:
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    scenario = Scenario.model_validate(tomllib.loads(text))
    return play(engine, scenario, RULES, setting=setting, place="story")


def test_a_story_that_is_true_passes(engine: DuckDbEngine) -> None:
    result = played(engine)
    assert result.passed
    assert result.outcomes[0].facts["a1"]["days_since_touch"] == 42


@pytest.mark.parametrize(
    "change", [("2026-04-01", "2026-05-01"), ('["a1"]', "[]"), ('tier = "A"', 'tier = "C"')]
)
def test_a_story_that_lies_does_not(engine: DuckDbEngine, change: tuple[str, str]) -> None:
    assert not played(engine, change).passed


def test_a_rule_that_is_off_plays_all_the_same(engine: DuckDbEngine) -> None:
    change = ("[expect]", f'{PROMISED}[expect]\nmissed-commitment = ["c1"]')
    assert played(engine, change).passed


def test_only_the_named_rules_may_find_anything(engine: DuckDbEngine) -> None:
    result = played(engine, ("[expect]", f"{PROMISED}[expect]\nonly = true"))
    assert not result.passed
    assert {each.rule: each.found for each in result.outcomes} == {
        "stale-contact": ("a1",),
        "missed-commitment": ("c1",),
    }


def test_what_cannot_be_told_is_no_silence(engine: DuckDbEngine) -> None:
    blind = (
        ("email_is_logged = false", "email_is_logged = true"),
        ('tier = "A"', 'tier = "A"\nowner_id = "u1"'),
    )
    result = played(engine, *blind, ('stale-contact = ["a1"]', "stale-contact = []"))
    assert not result.passed
    assert result.outcomes[0].unknown == ("a1",)
    told = ('stale-contact = ["a1"]', 'unknown = { stale-contact = ["a1"] }')
    assert played(engine, *blind, told).passed


def test_a_record_that_is_absent_leaves_its_rules_untold(engine: DuckDbEngine) -> None:
    bill = '[[given.invoice]]\ninvoice_id = "i1"\naccount_id = "a1"\n[expect]'
    changes = (
        ("email_is_logged = false", 'absent = ["incident"]'),
        ('stale-contact = ["a1"]', 'unknown = { invoice-after-incident = ["i1"] }'),
        ("[expect]", bill),
    )
    assert played(engine, *changes).passed


def test_without_deals_and_invoices_every_client_is_live(engine: DuckDbEngine) -> None:
    kept = ("email_is_logged = false", "email_is_logged = false\nabsent = []")
    assert played(engine, kept, ('["a1"]', "[]")).passed


def test_the_setting_holds_where_the_story_says_nothing(engine: DuckDbEngine) -> None:
    new_york = Setting(timezone="America/New_York", working=LONDON.working)
    # Two hours past midnight in London is still the day before in New York.
    changes = (
        ("2026-05-13T12:00:00+01:00", "2026-04-16T02:00:00+01:00"),
        ("2026-04-01T12:00", "2026-04-01T04:30"),
    )
    assert played(engine, *changes).passed
    assert not played(engine, *changes, setting=new_york).passed


def test_a_change_that_we_saw_is_remembered(engine: DuckDbEngine) -> None:
    change = """
[[given.watched]]
record = "account"
column_name = "owner_id"
since_at = 2026-01-01T00:00:00Z
[[given.change]]
record = "account"
record_id = "a1"
column_name = "owner_id"
old_id = "u1"
new_id = "u2"
seen_at = 2026-05-05T09:00:00Z
[expect]"""
    played(engine, ("[expect]", change))
    row = engine.query("select owner_changed_on, is_owner_history_short from fact_account").to_pylist()[0]
    assert (str(row["owner_changed_on"]), row["is_owner_history_short"]) == ("2026-05-05", False)


def row(kind: str, /, **values: str) -> tuple[str, str]:
    lines = "\n".join(f"{name} = {value}" for name, value in values.items())
    return "[expect]", f"[[given.{kind}]]\n{lines}\n[expect]"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (row("acount", x="1"), "story.given.acount: no such record; did you mean 'account'?"),
        (row("account", account_id='"a2"', teir='"A"'), "story.given.account[2].teir: account has no such column; did you mean 'tier'?"),
        (row("account", tier='"A"'), 'story.given.account[2].account_id: is missing; write it: account_id = "..."'),
        (row("account", account_id='"a1"'), "story.given.account[2].account_id: 'a1' is the id of another account too; give each an id of its own"),
        (('account_id = "a1"\nkind', 'account_id = "a11"\nkind'), "story.given.activity[1].account_id: no account 'a11' is given; did you mean 'a1'?"),
        (('kind = "call"', 'kind = "calls"'), "story.given.activity[1].kind: 'calls' is not a value of 'kind'; did you mean 'call'?"),
        (('kind = "call"', "kind = 3"), "story.given.activity[1].kind: 'kind' is text, and not '3'; write text in quotes: \"like this\""),
        (("2026-04-01T12:00:00Z", "2026-04-01T12:00:00"), "story.given.activity[1].happened_at: does not say its time zone; write 2026-04-01T12:00:00Z for UTC, or the offset such as +01:00"),
        (("2026-04-01T12:00:00Z", "true"), "story.given.activity[1].happened_at: 'happened_at' is a point in time, and not 'True'; write a point in time as 2026-01-31T14:30:00Z"),
        (("stale-contact =", "stale-contct ="), "story.expect.stale-contct: there is no rule 'stale-contct'; did you mean 'stale-contact'?"),
        (('stale-contact = ["a1"]', 'stale-contact = "a1"'), 'story.expect.stale-contact: is no list of ids; write stale-contact = ["id"], or [] for none'),
        (('stale-contact = ["a1"]', ""), 'story.expect: names no rule; write RULE = ["id"], RULE = [] or only = true'),
        (("email_is_logged = false", 'absent = ["deals"]'), "story.absent: there is no record or column 'deals'; did you mean 'deal'?"),
        (("email_is_logged = false", 'absent = ["account"]'), "story.absent: account is given all the same; take one of them out"),
        (("email_is_logged = false", 'timezone = "Europe/Londn"'), "story.timezone: there is no time zone 'Europe/Londn'; did you mean 'Europe/London'?"),
        (("email_is_logged = false", 'calendar = { country = "UK", subdivision = "EN" }'), "story.calendar.subdivision: 'UK' has no part 'EN' with holidays of its own; did you mean 'ENG'?"),
        (("2026-05-13T12:00:00+01:00", "0001-01-01T00:00:00Z"), "story.now: lies outside the calendar; write a moment of our time"),
        (row("watched", record='"account"', column_name='"owner"', since_at="2026-01-01T00:00:00Z"), "story.given.watched[1].column_name: account has no such column: 'owner'; did you mean 'owner_id'?"),
        (row("watched", record='"account"', column_name='"owner_id"'), "story.given.watched[1].since_at: is missing; write it: since_at = ..."),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place(
    engine: DuckDbEngine, change: tuple[str, str], message: str
) -> None:
    with pytest.raises(RulesError) as refused:
        played(engine, change)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("scenario", "says"),
    [
        ({"name": "x"}, "scenarios.0.now: is missing; write it: now = ..."),
        ({"name": "x", "now": "2026-05-13T12:00:00Z", "expekt": {}}, "scenarios.0.expekt: unknown key; did you mean 'expect'?"),
        ({"name": "x", "now": "2026-05-13T12:00:00"}, "scenarios.0.now: does not say by whose clocks; add Z or an offset, as in 2026-05-14T12:00:00+01:00"),
        ({"name": "x", "now": "2026-05-13T12:00:00Z", "calendar": {"cuntry": "GB"}}, "scenarios.0.calendar.cuntry: unknown key; did you mean 'country'?"),
    ],
)  # fmt: skip
def test_a_rule_with_a_scenario_of_another_form_is_refused(scenario: dict[str, Any], says: str) -> None:
    raw = {"name": "x", "about": "account", "when": "days_since_touch > 3", "scenarios": [scenario]}
    with pytest.raises(RulesError) as refused:
        read_rules({}, [raw], place="keptword.toml")
    assert str(refused.value) == f"keptword.toml: rule[1] x.{says}"
