"""An approved plan is applied exactly as it was read, or refused by the name of what is wrong with it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from rules.findings import Finding
from sync.approving.approved import Approval, read_approved, write_plan
from sync.errors import Failed, UserError
from sync.ledger.ledger import Ledger
from sync.plan.changes import Plan
from sync.plan.mutes import Muted, Silence
from sync.plan.plan import make_plan
from sync.plan.situation import Situation
from tests.sync.plan.situations import LATE, NOON, finding, only_task, situation, small_rule, tiny, write

APPROVED = [finding("sf:a"), finding("sf:b")]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return agree(tmp_path / "plan.json", situation(APPROVED, tiny()))


def agree(path: Path, made: Situation) -> Path:
    write_plan(path, make_plan(made), made, made.rules, accept_baseline=True)
    return path


def restricted(file: Path, made: Situation) -> Plan:
    approval = Approval(file=read_approved(file), by="ann")
    with Ledger.open(f"sqlite:///{file.parent}/ledger.db") as ledger:
        return approval.restrict(make_plan(made), made, ledger.steps).plan


def test_an_unmoved_world_applies_the_plan_as_it_was(file: Path) -> None:
    made = situation(APPROVED, tiny())
    assert restricted(file, made) == make_plan(made)
    assert read_approved(file).accept_baseline


def test_what_came_up_since_is_not_written_with_it(file: Path) -> None:
    made = situation([*APPROVED, finding("sf:c"), finding("sf:d", rule=LATE)], tiny())
    assert {change.account_id for change in restricted(file, made).changes} == {"sf:a", "sf:b"}
    assert {change.findings[0].rule for change in restricted(file, made).changes} == {"quiet"}


def test_a_day_later_it_is_still_the_same_plan_with_a_later_due_date(file: Path) -> None:
    plan = restricted(file, situation(APPROVED, tiny(NOON + timedelta(days=1))))
    assert [change.task["due_on"] for change in plan.changes] == ["2026-05-14"] * 2


MOVED: list[list[Finding]] = [
    APPROVED[:1],
    [APPROVED[0], finding("sf:b", account_name="New")],
    [*APPROVED, finding("sf:b", rule=LATE)],
    [APPROVED[0], finding("sf:b", account_owner_id="sf:bob")],
]


@pytest.mark.parametrize("found", MOVED)
def test_a_change_that_no_longer_holds_refuses_all_of_it(file: Path, found: list[Finding]) -> None:
    with pytest.raises(
        Failed, match=r"1 of its 2 changes no longer hold, such as kw1-quiet-.* Nothing was written"
    ):
        restricted(file, situation(found, tiny()))


TOLD: list[tuple[dict[str, Any], int, str | None]] = [
    ({"days_since_touch": 41}, 0, None),
    ({"days_since_touch": 42}, 1, None),
    ({"days_since_touch": 48}, 7, None),
    ({"days_since_touch": 42}, 0, "days since touch was 41 and is 42"),
    ({"days_since_touch": 3}, 1, "days since touch was 41 and is 3"),
    ({"last_touch_on": NOON.date()}, 1, "last touch on was 2026-04-01 and is 2026-05-12"),
    ({"open_incident_count": 1}, 1, "open incident count was 0 and is 1"),
]


@pytest.mark.parametrize(("changes", "days", "reason"), TOLD)
def test_another_fact_behind_a_change_refuses_it_and_the_mere_passing_of_days_does_not(
    tmp_path: Path, changes: dict[str, Any], days: int, reason: str | None
) -> None:
    now: dict[str, Any] = {
        "days_since_touch": 41,
        "open_incident_count": 0,
        "last_touch_on": date(2026, 4, 1),
    }
    evidence = frozenset(now)
    file = agree(tmp_path / "f", situation([replace(finding(**now), evidence=evidence)], tiny()))
    later = replace(finding(**{**now, **changes}), evidence=evidence)
    made = situation([later], tiny(NOON + timedelta(days=days)))
    kept = read_approved(file).restrict(make_plan(made), made)
    assert [each.reason for each in kept.moved] == [reason] * (reason is not None)


def test_a_task_that_a_person_has_touched_refuses_its_change_though_it_would_still_be_the_same(
    tmp_path: Path,
) -> None:
    crm = tiny()
    write(situation([finding()], crm), crm)
    renamed = [finding(account_name="New")]
    file = agree(tmp_path / "plan.json", situation(renamed, crm))
    crm.person(only_task(crm), due="2026-06-01")
    with pytest.raises(Failed, match=r"\(somebody changed due in the CRM\)"):
        restricted(file, situation(renamed, crm))


def test_in_part_what_still_holds_is_kept_and_the_rest_is_named(file: Path) -> None:
    made = situation([APPROVED[0], finding("sf:b", account_name="New")], tiny())
    approval = Approval(file=read_approved(file), by="ann", partial=True)
    with Ledger.open(f"sqlite:///{file.parent}/ledger.db") as ledger:
        kept = approval.restrict(make_plan(made), made, ledger.steps)
    assert [change.account_id for change in kept.plan.changes] == ["sf:a"]
    assert [(each.action, each.subject, each.reason) for each in kept.moved] == [
        ("create", "Call B", "it would write another account, body, subject now")
    ]


def test_what_is_held_back_since_says_by_what(file: Path) -> None:
    muted = Muted([Silence(account_id="sf:b", until_on=NOON.date(), made_by="ann", why="no")])
    made = situation(APPROVED, tiny(), muted=muted)
    [moved] = read_approved(file).restrict(make_plan(made), made).moved
    assert moved.reason == "held back now: muted until 12 May 2026 by ann: no"


def test_a_plan_that_was_applied_already_is_refused(file: Path) -> None:
    crm = tiny()
    write(situation(APPROVED, crm), crm)
    with pytest.raises(Failed, match="2 of its 2 changes no longer hold"):
        restricted(file, situation(APPROVED, crm))


def test_a_closing_is_refused_once_a_person_has_completed_the_task(tmp_path: Path) -> None:
    crm = tiny()
    write(situation([finding()], crm), crm)
    file = agree(tmp_path / "plan.json", situation([], crm))
    crm.person(only_task(crm), status="done")
    with pytest.raises(Failed, match="1 of its 1 changes no longer hold"):
        restricted(file, situation([], crm))


LOGGED = {("quiet", finding().subject_hash): finding(touched_on=NOON.date()).facts}


@pytest.mark.parametrize("days", [0, 1])
def test_a_closing_a_day_later_is_still_the_same_with_that_days_line(tmp_path: Path, days: int) -> None:
    crm = tiny()
    write(situation([finding()], crm), crm)
    file = agree(tmp_path / "plan.json", situation([], crm, facts_now=LOGGED))
    crm.now += timedelta(days=days)
    (change,) = restricted(file, situation([], crm, facts_now=LOGGED)).changes
    assert change.task["added"].startswith(
        f"Closed by Keptword on {crm.now:%a %d May} 2026. There was contact on"
    )


def test_a_closing_for_another_reason_than_the_one_that_was_read_is_refused(tmp_path: Path) -> None:
    crm = tiny()
    write(situation([finding()], crm), crm)
    file = agree(tmp_path / "plan.json", situation([], crm, facts_now=LOGGED))
    with pytest.raises(Failed, match="1 of its 1 changes no longer hold"):
        restricted(file, situation([], crm))


def test_a_plan_for_another_org_is_refused(file: Path) -> None:
    with pytest.raises(Failed, match="the plan was made for another CRM"):
        restricted(file, situation(APPROVED, tiny(org="other")))


def test_a_plan_by_other_rules_is_refused(file: Path) -> None:
    changed = [small_rule("quiet", repeat_after="11 days"), LATE]
    with pytest.raises(Failed, match="the rules have changed since the plan was made"):
        restricted(file, situation(APPROVED, tiny(), rules=changed))


EDITS: dict[str, Callable[[dict[str, Any]], object]] = {
    "a change left out": lambda raw: raw["changes"].pop(),
    "another text": lambda raw: raw["changes"][0]["task"].update(subject="Send money"),
    "the baseline": lambda raw: raw.update(accept_baseline=False),
    "a new due date": lambda raw: raw["changes"][0]["task"].update(due_on="2030-01-01"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_plan_is_refused_by_name(file: Path, edit: str) -> None:
    raw = orjson.loads(file.read_bytes())
    EDITS[edit](raw)
    file.write_bytes(orjson.dumps(raw))
    with pytest.raises(UserError, match=f"{file.name}: was changed after `keptword plan` wrote it"):
        read_approved(file)


def test_a_plan_laid_out_anew_by_an_editor_is_still_the_same(file: Path) -> None:
    file.write_bytes(orjson.dumps(orjson.loads(file.read_bytes()), option=orjson.OPT_SORT_KEYS))
    assert len(read_approved(file).changes) == 2


@pytest.mark.parametrize("text", ["", "[]", "{}", "not json", '{"format": 1, "changes": []}'])
def test_what_is_no_plan_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "plan.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match="is not a plan file"):
        read_approved(path)


def test_a_plan_of_another_format_and_a_missing_file_are_named(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    with pytest.raises(UserError, match="cannot be read: No such file"):
        read_approved(path)
    path.write_text('{"format": 2}', encoding="utf-8")
    with pytest.raises(UserError, match="is a plan of format 2"):
        read_approved(path)


def test_a_plan_file_in_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be written: No such file"):
        agree(tmp_path / "nowhere" / "plan.json", situation([], tiny()))
