"""The demo does what it tells, and tells it to people and programs."""

import json
import subprocess
import sys
from typing import Any

import pytest


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    command = [sys.executable, "-m", "sync.cli.main", "demo", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def test_every_chapter_is_told_with_figures(told: dict[str, Any]) -> None:
    assert len(told["chapters"]) == 7
    assert all(chapter["lines"] for chapter in told["chapters"])


def test_findings_come_from_rules_of_every_theme_and_both_crms(told: dict[str, Any]) -> None:
    look = told["chapters"][1]["figures"]

    themes = {"stale-contact", "message-unanswered", "missed-commitment", "invoice-after-incident", "invoice-overdue",
              "incident-client-not-told", "feedback-unanswered", "handover-without-introduction", "renewal-unattended", "owner-gone"}  # fmt: skip
    assert themes <= set(look["by_rule"])
    assert look["records"] > 5_000


def test_nobody_gets_more_than_their_cap(told: dict[str, Any]) -> None:
    owners = told["chapters"][2]["figures"]["per_owner"]

    assert owners
    assert max(owners.values()) <= 2


def test_the_hero_gets_a_call_before_the_invoice_is_chased(told: dict[str, Any]) -> None:
    task = told["chapters"][3]["quoted"]

    assert "Call Harbour & Pine before chasing INV-10000" in task
    assert "Online shop down for three hours" in task
    assert "send the outage report" in task
    assert "4,800.00 GBP" in task


def test_a_killed_run_leaves_no_twin_and_the_last_run_nothing_to_do(told: dict[str, Any]) -> None:
    killed, last = told["chapters"][5]["figures"], told["chapters"][6]["figures"]

    assert killed["tasks"] > 0
    assert (killed["twins"], last["written"]) == (0, 0)
