"""A rule is read whole or refused with its place, its problem and what to do."""

from typing import Any

import pytest

from rules.columns import Segments
from rules.errors import RulesError
from rules.rule import Rule, read_rules
from tests.rules.small_org import SmallOrg, days_ago, judge_orgs

OWN: dict[str, Any] = {"name": "quiet-vip", "about": "account", "when": "days_since_touch > 2"}


def read(overrides: dict[str, Any] | None = None, **own: Any) -> dict[str, Rule]:
    return read_rules(overrides or {}, [{**OWN, **own}] if own else [], place="keptword.toml")


@pytest.mark.parametrize(
    ("own", "message"),
    [
        ({"wen": "true"}, "wen: unknown key; did you mean 'when'?"),
        ({"task": {"sub": "x"}}, "task.sub: unknown key; did you mean 'subject'?"),
        ({"mode": "on"}, "mode: 'on' cannot stand here; write 'off', 'report' or 'task'"),
        ({"severity": 3}, "severity: '3' cannot stand here; write 'low', 'normal' or 'high'"),
        (
            {"about": "deals"},
            "about: there are no facts about 'deals'; did you mean 'deal'?",
        ),
        ({"params": 3}, "params: has another form; write a table: params = { ... }"),
        ({"task": "call"}, "task: has another form; write a table: task = { ... }"),
        ({"schedule": "weekly"}, 'schedule: has another form; write a list: schedule = ["..."]'),
        ({"schedule": ["monday"]}, "schedule.0: 'monday' cannot stand here; write 'mon', 'tue', "),
        ({"why": 3}, 'why: has another form; write text in quotes: why = "..."'),
        ({"task": {"alone": "often"}}, "task.alone: has another form; write true or false without quotes"),
        ({"when": "true"}, "when: looks at no fact, and so would fire for all or for none; name one"),
        ({"repeat_after": "0 days"}, "repeat_after: is no time, so that the same task would come again"),
        (
            {"task": {"subject": f"Call {{account_name}} {'x' * 60}"}},
            "task.subject: has 65 characters besides its facts; a task's subject has 60 at most; write less",
        ),
        (
            {"params": {"days_since_touch": 3}},
            "params.days_since_touch: a fact has this name; choose another name for the param",
        ),
        (
            {"params": {"max_days": 3}},
            "params.max_days: the condition does not use it; its condition has no params; remove it",
        ),
        (
            {"when": "days_since_touch > max_days", "params": {"max_days": 3, "max_day": 4}},
            "params.max_day: the condition does not use it; did you mean 'max_days'?",
        ),
        (
            {"when": "days_since_touch > max_days", "params": {"max_days": {"by": "tier", "default": 3}}},
            "params.max_days.by: unknown fact 'tier'; there are account_created_on",
        ),
        (
            {"when": "days_since_touch > max_days", "params": {"max_days": {"by": "account_tier", "A": 3}}},
            "params.max_days: has no default; say what holds where no case does: default = ...",
        ),
        (
            {"when": "days_since_touch > max_days", "params": {"max_days": [3]}},
            "params.max_days: is not a value; give a number, a text, true, false, a date, or { by = ..., default = ... }",
        ),
        (
            {"occurrence": ["last_touch"]},
            "occurrence: unknown fact 'last_touch'; did you mean 'last_touch_on'?",
        ),
        (
            {"occurrence": ["days_since_touch"]},
            "occurrence: 'days_since_touch' counts days; name an id, a date or an instant: a count would make a "
            "new finding every day",
        ),
        (
            {"task": {"subject": "Call {account}"}},
            "task.subject: unknown fact 'account'; did you mean 'account_id'?",
        ),
        (
            {"task": {"body": "{!account_naem}"}},
            "task.body: unknown fact 'account_naem'; did you mean 'account_name'?",
        ),
        (
            {"task": {"body": "Quiet for {days_since_touch} days"}},
            "task.body: 'days_since_touch' counts days; state a date instead: a text with a count would change "
            "every day",
        ),
        (
            {"task": {"subject": "Call { account_name }"}},
            "task.subject: '{ account_name }' names no fact; write {fact}, {fact?}, {?fact} or {!fact}; a task has "
            "no other braces",
        ),
        (
            {"task": {"assign": ["commitment_owner"]}},
            "task.assign: there is no commitment owner in a rule about 'account'; name account_owner, "
            "owner_manager, finance, team_queue, fallback",
        ),
        (
            {"task": {"due": "soon"}},
            "task.due: 'soon' is not a length of time; write a whole number up to 99999 and a unit, such as "
            "'30 days', '2 weeks', '4 business hours' or '1 business day'",
        ),
        (
            {"repeat_after": "1 month"},
            "repeat_after: '1 month' is not a length of time; write a whole number up to 99999 and a unit, such "
            "as '30 days', '2 weeks', '4 business hours' or '1 business day'",
        ),
        (
            {"examples": [{"name": "it", "given": {"days": 3}, "fires": True}]},
            "examples 'it': unknown fact 'days'; there are account_created_on",
        ),
        ({"examples": [{"name": "it", "given": {}}]}, "examples.0.fires: is missing; write it: fires = ..."),
        (
            {"only": "account_tier = "},
            "only: the condition breaks off; a name or a value should stand here",
        ),
        ({"when": "a) or (b"}, "when: "),
        ({"when": "true) or (true", "only": "true"}, "when: "),
    ],
)
def test_a_wrong_rule_is_told_where_and_how(own: dict[str, Any], message: str) -> None:
    with pytest.raises(RulesError) as refused:
        read(**own)
    assert str(refused.value).startswith(f"keptword.toml: rule[1] quiet-vip.{message}")


@pytest.mark.parametrize("name", ["", "Vip", "a b", "a--b", "-a", "ü", "a" * 41, "kw1_x", "a\n"])
def test_a_name_that_no_key_can_carry_is_refused(name: str) -> None:
    with pytest.raises(RulesError, match=r"is not a rule name; use at most 40 of a-z, 0-9 and -"):
        read(name=name)


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (
            {"stale-contacts": {"mode": "off"}},
            "stale-contacts: no built-in rule has this name; did you mean 'stale-contact'? A rule of your own "
            "stands under [[rule]]",
        ),
        (
            {"stale-contact": {"params": {"max_silence": 3}}},
            "stale-contact.params.max_silence: the condition does not use it; did you mean 'max_silence_days'?",
        ),
        (
            {"stale-contact": {"when": "true"}},
            "stale-contact.when: of a built-in rule cannot be changed; write a rule of your own under [[rule]] and "
            "switch this one off",
        ),
        ({"stale-contact": {"params": 3}}, "stale-contact.params: is not a table; write params.NAME = ..."),
        ({"stale-contact": {"mod": "off"}}, "stale-contact.mod: unknown key; did you mean 'mode'?"),
    ],
)
def test_a_wrong_override_is_told_where_and_how(overrides: dict[str, Any], message: str) -> None:
    with pytest.raises(RulesError) as refused:
        read(overrides)
    assert str(refused.value) == f"keptword.toml: rules.{message}"


@pytest.mark.parametrize(
    ("inhibits", "message"),
    [
        (["stale-contacts"], "'stale-contacts'; did you mean 'stale-contact'?"),
        (["missed-commitment", "quiet-vip"], "'quiet-vip'; "),
    ],
)
def test_a_rule_that_would_hold_back_none_is_told(inhibits: list[str], message: str) -> None:
    with pytest.raises(RulesError) as refused:
        read(inhibits=inhibits)
    place = "keptword.toml: rule[1] quiet-vip.inhibits"
    assert str(refused.value).startswith(f"{place}: no other rule is named {message}")


def test_a_name_is_taken_once() -> None:
    with pytest.raises(
        RulesError, match=r"'stale-contact' is taken; choose another, or override it under \[rules\]"
    ):
        read(name="stale-contact")
    with pytest.raises(RulesError, match=r"rule\[2\] quiet-vip\.name: 'quiet-vip' is taken"):
        read_rules({}, [OWN, OWN], place="keptword.toml")


def test_a_value_that_is_none_of_a_picklist_is_refused() -> None:
    with pytest.raises(RulesError, match=r"'Us' is not a value of 'made_by'; did you mean 'us'\?"):
        read(about="commitment", when="made_by = 'Us'")
    param = {"most": {"by": "invoice_status", "unpaid": 3, "default": 2}}
    with pytest.raises(
        RulesError, match=r"param 'most': 'unpaid' is not a value of 'invoice_status'; did you mean"
    ):
        read(about="invoice", when="days_overdue > most", params=param)


def test_an_override_changes_what_it_names_and_nothing_else() -> None:
    changes = {
        "params": {"max_silence_days": {"by": "account_owner_name", "Ana": 3, "default": "2 weeks"}},
        "task": {"due": "4 business hours"},
        "severity": "high",
        "only": "account_tier = 'A'",
    }
    rule = read({"stale-contact": changes})["stale-contact"]
    assert isinstance(rule.params["max_silence_days"].value, Segments)
    assert str(rule.due) == "4 business hours"
    assert rule.file.severity == "high"
    assert rule.file.task.kind == "call"
    assert rule.condition.columns == {
        "account_is_active", "days_since_touch", "business_days_since_hand_over", "account_owner_name", "account_tier",
    }  # fmt: skip


def test_any_fact_may_segment_a_param() -> None:
    org = SmallOrg()
    for number, owner in enumerate(("u1", "u2")):
        org.add("User", owner, Name=f"P{number}", UserType="Standard")
        org.account(f"a{number}", created=days_ago(20), live=True, OwnerId=owner)
    silence = {"max_silence_days": {"by": "account_owner_name", "P0": 30, "default": "1 week"}}
    judged = judge_orgs(org, overrides={"stale-contact": {"params": silence}})
    assert judged.found("stale-contact") == ["00D1:a1"]


def test_only_narrows_a_rule_as_a_whole() -> None:
    org = SmallOrg()
    org.account("a1", created=days_ago(90), Rating="Hot")
    org.account("a2", created=days_ago(90), Rating="Cold")
    own = {**OWN, "when": "days_since_touch > 2 or account_is_active", "only": "account_tier = 'C'"}
    assert judge_orgs(org, own=[own]).found("quiet-vip") == ["00D1:a2"]


def test_an_own_rule_without_words_says_what_it_is_about() -> None:
    rule = read(why="Silence costs.")["quiet-vip"]
    assert rule.file.task.subject == ("{account_name}: quiet vip",)
    assert rule.file.task.body.splitlines() == [
        "Quiet vip: {account_name}.",
        "Silence costs.",
        "Last contact before this was written: {last_touch_on} ({last_touch_kind}).",
    ]


def test_a_rule_that_is_off_is_not_judged() -> None:
    org = SmallOrg()
    org.account(created=days_ago(90), live=True)
    assert judge_orgs(org).found("stale-contact")
    judged = judge_orgs(org, overrides={"stale-contact": {"mode": "off"}})
    assert not judged.found("stale-contact")
    assert "stale-contact" not in {unknown.rule for unknown in judged.judgement.unknown}


def test_the_digest_follows_every_change() -> None:
    digests = {
        read(changes)["stale-contact"].digest
        for changes in (
            {},
            {"stale-contact": {"severity": "high"}},
            {"stale-contact": {"params": {"max_silence_days": 9}}},
            {"stale-contact": {"task": {"body": "Call."}}},
        )
    }
    assert len(digests) == 4
