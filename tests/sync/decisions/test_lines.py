"""A run's decisions as lines: what was decided on which finding, by which version of its rule, and on what grounds."""

from dataclasses import replace
from typing import Any

from connectors.tasks import Outcome
from rules.findings import Unknown
from sync.apply import Written
from sync.decisions.lines import Decided, Line, decision_lines
from sync.plan.changes import Left, reference
from sync.plan.plan import make_plan
from sync.plan.situation import Situation
from tests.sync.plan.situations import (
    LATE,
    NOON,
    QUIET,
    finding,
    only_task,
    situation,
    small_rule,
    tiny,
    write,
)


def lines(made: Situation, **decided: Any) -> list[Line]:
    said: dict[str, Any] = {"plan": make_plan(made), **decided}
    return list(decision_lines(Decided(run_id="r1", at=NOON, situation=made, **said)))


def test_a_new_task_says_rule_version_records_and_the_facts_that_its_condition_looked_at() -> None:
    (line,) = lines(situation([finding(last_touch_id="sf:t7", secret_note="psst")], tiny()))
    assert (line["run"], line["at"], line["decision"]) == ("r1", "2026-05-12T12:00:00Z", "create")
    assert (line["rule"], line["rule_version"], line["subject_id"]) == ("quiet", QUIET.digest, "sf:acme")
    assert line["records"] == {
        "account_id": "sf:acme",
        "account_owner_id": "sf:ann",
        "last_touch_id": "sf:t7",
    }
    assert list(line["facts"]) == ["last_touch_on"]
    assert line["key"].startswith("kw1-quiet-")
    assert "No word to" not in repr(line)


def test_a_preview_has_no_results_and_a_write_has_what_the_crm_answered() -> None:
    made = situation([finding()], tiny())
    (change,) = make_plan(made).changes
    outcome = Outcome(key=change.key, result="failed", reason="NO_ACCESS: ask the admin")
    (line,) = lines(made, written=[Written(change=change, outcome=outcome)])
    assert (line["result"], line["record_id"], line["reason"]) == (
        "failed",
        None,
        "NO_ACCESS: ask the admin",
    )
    assert lines(made)[0]["result"] is None


def test_a_task_for_several_findings_has_a_line_for_each_under_one_key() -> None:
    found = [finding(), finding(rule=LATE)]
    made = situation(found, tiny())
    (change, *_) = make_plan(made).changes
    both = replace(change, findings=tuple(reference(each) for each in found))
    said = lines(made, plan=replace(make_plan(made), changes=(both,)))
    assert [(line["rule"], line["key"]) for line in said] == [("quiet", change.key), ("late", change.key)]
    assert all(line["facts"] for line in said)


def test_what_is_held_says_its_kind_and_reason() -> None:
    only_reported = small_rule("told", mode="report")
    made = situation([finding(rule=only_reported)], tiny(), rules=[only_reported])
    (line,) = lines(made)
    assert (line["decision"], line["kind"], line["why"]) == ("held", "report", ["the rule only reports"])
    assert (line["subject_id"], line["account_id"]) == ("sf:acme", "sf:acme")


def test_what_is_unknown_and_what_is_left_to_a_person_are_decisions_too() -> None:
    crm = tiny()
    write(situation([finding()], crm), crm)
    unknown = Unknown(rule="late", subject_id=None, reason="cases were not read")
    made = situation([finding()], crm, unknown=[unknown])
    left = Left(key=crm.tasks[only_task(crm)].key, field="subject", reason="a person changed the subject")
    first, second = lines(made, plan=replace(make_plan(made), left=(left,)))
    assert (first["decision"], first["rule"], first["why"]) == ("unknown", "late", ["cases were not read"])
    assert (second["decision"], second["rule"], second["field"]) == ("left", "quiet", "subject")
    assert (second["key"], second["account_id"]) == (left.key, "sf:acme")


def test_a_closing_says_which_task_and_why_though_its_finding_is_gone() -> None:
    crm = tiny()
    write(situation([finding()], crm), crm)
    (line,) = lines(situation([], crm))
    assert (line["decision"], line["rule"], line["account_id"]) == ("close", "quiet", "sf:acme")
    assert line["why"]


def test_every_line_has_the_same_keys() -> None:
    crm = tiny()
    write(situation([finding()], crm), crm)
    said = [*lines(situation([], crm)), *lines(situation([finding("sf:b")], crm))]
    assert len({tuple(line) for line in said}) == 1


def test_a_client_is_named_though_no_finding_speaks_of_it() -> None:
    crm = tiny()
    write(situation([finding()], crm), crm)
    unknown = [Unknown(rule="late", subject_id="sf:acme", reason="not known")]
    made = situation([], crm, unknown=unknown, client_names={"sf:acme": "Acme"})
    left = Left(key=crm.tasks[only_task(crm)].key, field="subject", reason="a person changed the subject")
    said = lines(made, plan=replace(make_plan(made), left=(left,)))
    assert [(line["decision"], line["account_id"], line["account"]) for line in said] == [
        ("close", "sf:acme", "Acme"),
        ("unknown", "sf:acme", "Acme"),
        ("left", "sf:acme", "Acme"),
    ]
