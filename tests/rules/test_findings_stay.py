"""The same evidence gives the same findings, hashes and words: twice over, in any order, a week later."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from rules.findings import Finding
from rules.hashes import short_hash
from rules.rule import read_rules
from rules.wording import write_body, write_subject
from tests.rules.small_org import NOW, Judged, SmallOrg, at, days_ago, judge_orgs

PINNED, PINNED_DATE = ("bwybrqtf4v", "oucvpy3sfm"), "un6ct7qw2f"
RULES = read_rules({}, [], place="keptword.toml")


def agency(shuffle: Callable[[list[dict[str, object]]], None] = lambda _: None) -> SmallOrg:
    """Clients with findings of many rules, and ties wherever there can be some."""
    org = SmallOrg()
    for number in range(6):
        account = f"a{number}"
        org.account(
            account, created=days_ago(200), live=True, name=f"Client {number}", Rating="Hot", OwnerId="u1"
        )
        for tie in range(3):
            id_ = f"{account}-{tie}"
            values: dict[str, Any] = {"AccountId": account, "IsClosed": tie == 0}
            kind = ("Call", "Email", "LinkedIn")[tie]
            org.add(
                "Task",
                f"t{id_}",
                TaskSubtype=kind,
                CompletedDateTime=days_ago(50),
                AccountId=account,
                IsClosed=True,
            )
            org.add("Task", f"p{id_}", Subject=f"Promise: {tie}", ActivityDate=days_ago(12).date(), **{**values, "IsClosed": False})  # fmt: skip
            org.add("Case", f"k{id_}", Subject=f"Down {tie}", CreatedDate=days_ago(20), **values)
            org.add(
                "Invoice", f"i{id_}", BillingAccountId=account, Status="Posted", Balance=5, InvoiceNumber=id_,
                DueDate=days_ago(9).date(),
            )  # fmt: skip
    org.add("User", "u1", Name="Ana", UserType="Standard")
    for rows in org.rows.values():
        shuffle(rows)
    return org


def told(judged: Judged) -> list[tuple[str, ...]]:
    """Rule, hashes and words of every finding, in its order."""
    return [
        (
            found.rule,
            found.subject_hash,
            found.occurrence_hash,
            write_subject(RULES[found.rule].file.task.subject, found.facts),
            write_body(RULES[found.rule].file.task.body, found.facts),
        )
        for found in judged.judgement.findings
    ]


@pytest.fixture(scope="module")
def once() -> Judged:
    """What the others are held against."""
    return judge_orgs(agency())


def test_judging_twice_finds_the_same(once: Judged) -> None:
    assert {"stale-contact", "missed-commitment", "invoice-after-incident"} <= {
        each[0] for each in told(once)
    }
    assert judge_orgs(agency()).judgement.findings == once.judgement.findings


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_of_rows_does_not_matter(once: Judged, seed: int) -> None:
    assert told(judge_orgs(agency(random.Random(seed).shuffle))) == told(once)  # noqa: S311  # a test


@pytest.mark.parametrize("later", [timedelta(hours=1), timedelta(days=1), timedelta(days=7)])
def test_words_and_hashes_do_not_tick(once: Judged, later: timedelta) -> None:
    assert told(judge_orgs(agency(), now=NOW + later)) == told(once)


def finding(**changes: object) -> Finding:
    given = {
        "rule": "stale-contact", "severity": "normal", "subject_id": "00D1:a1", "account_id": "00D1:a1", "facts": {},
        "occurrence": (at("2026-05-08 14:05"),), **changes,
    }  # fmt: skip
    return Finding(**given)  # type: ignore[arg-type]  # fields as named


def test_hashes_never_change_between_versions() -> None:
    assert short_hash("stale-contact", "00D1:a1") == finding().subject_hash
    assert (finding().subject_hash, finding().occurrence_hash) == PINNED
    assert finding(occurrence=("00D1:i1", at("2026-05-08 00:00").date())).occurrence_hash == PINNED_DATE


def test_hashes_tell_rules_subjects_and_occurrences_apart() -> None:
    others = [
        finding(),
        finding(rule="missed-commitment"),
        finding(subject_id="00D1:a2"),
        finding(occurrence=()),
        finding(occurrence=(None,)),
        finding(occurrence=("a", "b")),
        finding(occurrence=("ab",)),
    ]
    assert len({each.occurrence_hash for each in others}) == len(others)
    assert len({each.subject_hash for each in others}) == 3


def test_an_account_prefix_keeps_orgs_apart() -> None:
    assert finding(subject_id="00D2:a1").subject_hash != finding().subject_hash


def test_the_newest_fact_of_an_occurrence_is_its_latest_instant_or_the_end_of_its_latest_day() -> None:
    assert finding().newest_fact_at == at("2026-05-08 14:05")
    day = at("2026-05-08 00:00").date()
    assert finding(occurrence=("00D1:i1", day)).newest_fact_at == at("2026-05-08 23:59:59.999999")
    assert finding(occurrence=(None,)).newest_fact_at is None
