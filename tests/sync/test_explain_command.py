"""`keptword explain` says of a demo client what judging and planning say, without a CRM and without writing."""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sync.cli.main import main
from tests.sandbox_process import start_sandbox
from tests.sync.test_json_page import CONFIG, SECRETS, answer

HERO = "Harbour & Pine"
OWN_RULES = """
[rules.missed-commitment]
params.grace_business_days = 1
[rules.stale-contact]
mode = "off"
[[rule]]
name = "our-own"
about = "account"
when = "account_tier = 'A' and open_incident_count > 90"
"""


@dataclass(frozen=True, kw_only=True)
class Pulled:
    """A folder with a config and what was pulled, and what other commands said of that."""

    folder: Path
    findings: list[Any]
    held: list[Any]
    off: str
    """What `findings` says of a rule that is switched off, in text."""


@pytest.fixture(scope="module")
def pulled(tmp_path_factory: pytest.TempPathFactory) -> Pulled:
    """The CRM is gone by then."""
    place = tmp_path_factory.mktemp("explain")
    with start_sandbox("--accounts", "25", "--seed", "4", "--now", "2026-05-12T09:00:00Z") as crm:
        config = CONFIG.format(url=crm.https_url, ca=crm.ca_file) + OWN_RULES
        (place / "keptword.toml").write_text(config, encoding="utf-8")
        assert answer(place, "setup")["connections"]
        assert answer(place, "pull")["complete"]
        findings, held = answer(place, "findings")["findings"], answer(place, "plan")["held"]
        command = ["findings", "--config", str(place / "keptword.toml"), "--rule", "stale-contact"]
        off = CliRunner().invoke(main, command, env=SECRETS).output
    return Pulled(folder=place, findings=findings, held=held, off=off)


@pytest.fixture(scope="module")
def folder(pulled: Pulled) -> Path:
    return pulled.folder


def keptword(folder: Path, *arguments: str) -> Result:
    """In this process, without the secrets."""
    environment = dict.fromkeys(SECRETS)
    command, *rest = arguments
    return CliRunner(env=environment).invoke(
        main, [command, "--config", str(folder / "keptword.toml"), *rest]
    )


@pytest.fixture(scope="module")
def told(folder: Path) -> Any:
    return json.loads(keptword(folder, "explain", HERO, "--json").stdout)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a person reads of the client, and all that the ledger held before and afterwards."""

    text: str
    ledger_before: list[str]
    ledger_after: list[str]


@pytest.fixture(scope="module")
def shown(folder: Path) -> Shown:
    def kept() -> list[str]:
        with closing(sqlite3.connect(folder / "keptword-ledger.db")) as ledger:
            return list(ledger.iterdump())

    before, result = kept(), keptword(folder, "explain", HERO)
    assert result.exit_code == 0
    return Shown(text=result.stdout, ledger_before=before, ledger_after=kept())


def subjects(told: Any, *outcomes: str) -> set[tuple[str, str]]:
    return {
        (rule["rule"], subject["subject_id"])
        for rule in told["rules"]
        for subject in rule["subjects"]
        if subject["outcome"] in outcomes
    }


def test_what_fired_or_is_held_is_what_judging_finds(pulled: Pulled, told: Any) -> None:
    ids = set(told["account"]["record_ids"])
    expected = {
        (each["rule"], each["subject_id"])
        for each in pulled.findings
        if not each["clean_up"] and each["account_id"] in ids
    }

    about_people = {rule["rule"] for rule in told["rules"] if rule["about"] == "person"}
    assert {pair for pair in subjects(told, "fired", "held") if pair[0] not in about_people} == expected
    assert expected


def test_what_is_held_has_the_plans_own_reason(pulled: Pulled, told: Any) -> None:
    held = {(each["finding"]["rule"], each["finding"]["subject_id"]): each["reason"] for each in pulled.held}
    said = {
        (rule["rule"], subject["subject_id"]): subject["reasons"]
        for rule in told["rules"]
        for subject in rule["subjects"]
        if subject["outcome"] == "held"
    }

    assert said
    assert said == {pair: [held[pair]] for pair in said}


def test_a_person_reads_first_what_matters_and_then_a_line_for_the_rest(folder: Path, shown: Shown) -> None:
    said = shown.text

    assert said.startswith(f"{HERO}  ")
    assert said.index("missed-commitment  A promise") < said.index("\nDid not fire\n") < said.index("\nOff\n")
    assert "our-own: did not fire: open_incident_count = 0, more than 90 is needed" in said
    assert "rule  rules/catalogue/missed-commitment.toml" in said
    line = (folder / "keptword.toml").read_text("utf-8").split("\n").index("[rules.missed-commitment]") + 1
    assert f"changed by {folder / 'keptword.toml'}:{line}" in said.replace("\n          ", "")
    assert all(row == row.rstrip() for row in said.split("\n"))
    quiet = said.split("\nDid not fire\n")[1].split("\n\n")[0].split("\n")
    assert 'renewal-unattended: did not fire for 2 deals, such as "Harbour & Pine: Shop migration": ' in said
    assert len(set(quiet)) == len(quiet)


def test_one_rule_is_told_in_full_though_it_is_off(folder: Path) -> None:
    said = keptword(folder, "explain", HERO, "--rule", "stale-contact").stdout

    assert f"{HERO}: off" in said
    assert "days_since_touch > max_silence_days" in said
    assert "(account_tier A)" in said


def test_wrong_arguments_are_answered_with_the_nearest_right_ones(folder: Path) -> None:
    for arguments, says in (
        (["Harbor & Pine"], f"Did you mean {HERO} ("),
        ([HERO, "--rule", "stale-contct"], "Did you mean 'stale-contact'?"),
        ([HERO, "--now", "soon"], "is not an instant"),
    ):
        result = keptword(folder, "explain", *arguments)
        assert result.exit_code == 2
        assert says in result.stderr


def test_a_mute_is_told_with_the_client_and_as_what_holds_back(folder: Path) -> None:
    assert (
        keptword(folder, "mute", HERO, "--until", "2030-01-01", "--why", "a wish", "--by", "Ann").exit_code
        == 0
    )
    said = keptword(folder, "explain", HERO).stdout
    told = json.loads(keptword(folder, "explain", HERO, "--json").stdout)
    assert keptword(folder, "unmute", HERO).exit_code == 0

    words = "muted until 1 Jan 2030 by Ann: a wish"
    assert f"New tasks are {words}" in said
    assert f"holds, and is held back\n    {words}" in said
    assert [each["until_on"] for each in told["account"]["mutes"]] == ["2030-01-01"]


def test_an_earlier_now_is_judged_with_the_facts_of_then(folder: Path) -> None:
    then = json.loads(keptword(folder, "explain", HERO, "--now", "2026-05-01", "--json").stdout)

    assert then["as_of"] == "2026-05-01T00:00:00Z"


def test_explaining_leaves_the_ledger_as_it_is(shown: Shown) -> None:
    assert shown.ledger_before
    assert shown.ledger_after == shown.ledger_before


def test_what_a_rule_that_is_off_would_find_is_shown_where_it_is_named(pulled: Pulled) -> None:
    assert "stale-contact is switched off: this is what it would find." in pulled.off
    assert "\nstale-contact  A client who has heard nothing (normal)\n" in pulled.off
