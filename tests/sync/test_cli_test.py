"""`keptword test` tells what each rule does, what was expected of it, and what was left out, without a CRM."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from docs.write_pages import DOCS
from sync.cli.main import main

CONFIG = """
[company]
timezone = "Europe/London"
calendar = { country = "GB", subdivision = "ENG" }
[connections.hs]
crm = "hubspot"
login = { kind = "token", token = "env:NOT_SET_ANYWHERE" }
"""
OWN = """
[[rule]]
name = "quiet-vip"
about = "account"
when = "account_tier = 'A' and days_since_touch > 2"
[[rule.examples]]
name = "three days"
given = { account_tier = "A", days_since_touch = 3 }
fires = true
[[rule.scenarios]]
name = "a call on Monday"
now = 2026-05-14T12:00:00Z
email_is_logged = false
[[rule.scenarios.given.account]]
account_id = "a1"
tier = "A"
[[rule.scenarios.given.activity]]
activity_id = "x1"
account_id = "a1"
kind = "call"
happened_at = 2026-05-11T12:00:00Z
[rule.scenarios.expect]
quiet-vip = ["a1"]
"""


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def keptword_test(*arguments: str, config: str | None = CONFIG + OWN) -> Result:
    if config is not None:
        Path("keptword.toml").write_text(config, encoding="utf-8")
    return CliRunner().invoke(main, ["test", *arguments])


def test_without_a_config_the_built_in_rules_are_run() -> None:
    result = keptword_test("--rule", "stale-contact", config=None)
    assert result.exit_code == 0, result.output
    assert "no config here, so these are the built-in rules" in result.output


def test_a_config_that_is_named_and_not_there_is_an_error() -> None:
    result = keptword_test("--config", "none.toml", config=None)
    assert (result.exit_code, "none.toml: there is no such file" in result.output) == (2, True)


def test_own_examples_and_scenarios_run_without_secrets() -> None:
    result = keptword_test("--rule", "quiet-vip")
    assert result.exit_code == 0, result.output
    assert [line.split() for line in result.output.splitlines() if line] == [
        ["quiet-vip", ".."], ["2", "passed", "by", "keptword.toml"],
    ]  # fmt: skip


def test_a_failure_shows_what_was_expected_what_came_and_the_values() -> None:
    config = (CONFIG + OWN).replace("fires = true", "fires = false").replace('["a1"]', '["a2"]')
    result = keptword_test("--rule", "quiet-vip", config=config)
    assert result.exit_code == 1
    words = [" ".join(line.split()) for line in result.output.splitlines() if line]
    assert words == [
        "quiet-vip FF",
        "FAILED quiet-vip: three days", "expected does not fire", "got fires", "account_tier A",
        "days_since_touch 3", "is_owner_blind null",
        "FAILED quiet-vip: a call on Monday", "quiet-vip", "expected a2", "got a1", "a1", "account_tier A",
        "days_since_touch 3", "is_owner_blind false", "a2 is no subject of this rule here",
        "2 failed, 0 passed by keptword.toml",
    ]  # fmt: skip


def test_built_in_examples_of_a_changed_rule_are_left_out_and_counted() -> None:
    changed = "[rules.stale-contact]\nparams.max_silence_days = 3\n"
    told = json.loads(keptword_test("--json", config=CONFIG + changed).output)
    (of_rule,) = (left for left in told["left_out"] if left["group"] == "stale-contact")
    assert of_rule["examples"] >= 4
    assert of_rule["reason"] == "the config changes its params, only or clean_up"
    assert told["failed"] == 0
    assert any(left["group"].startswith("stories/") for left in told["left_out"])
    assert not [
        it for scenario in told["scenarios"] for it in scenario["rules"] if it["rule"] == "stale-contact"
    ]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("account_id", "acount_id"), ':22: rule[1] quiet-vip.scenarios[1].given.account[1].acount_id: account has no such column; did you mean'),
        (('kind = "call"', 'kind = "cal"'), ":27: rule[1] quiet-vip.scenarios[1].given.activity[1].kind: 'cal' is not a value"),
        (("quiet-vip = [", "quiet-vp = ["), ":30: rule[1] quiet-vip.scenarios[1].expect.quiet-vp: there is no rule 'quiet-vp'; did you mean 'quiet-vip'?"),
        (("days_since_touch = 3 ", "days_since_touch = '3' "), ":13: rule[1] quiet-vip.examples 'three days': 'days_since_touch' is a number"),
    ],
)  # fmt: skip
def test_a_mistake_ends_with_its_line(change: tuple[str, str], says: str) -> None:
    result = keptword_test("--rule", "quiet-vip", config=CONFIG + OWN.replace(*change, 1))
    assert (result.exit_code, f"keptword.toml{says}" in result.output) == (2, True), result.output


def test_a_mistake_in_a_rule_file_names_that_file(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    own = OWN.replace("[rule.", "[").replace("[[rule]]\n", "").replace('name = "quiet-vip"\n', "")
    (tmp_path / "rules" / "quiet-vip.toml").write_text(
        own.replace('"call"', '"cal"').replace("[[rule.", "[[")
    )
    result = keptword_test(config='rules_dir = "rules"\n' + CONFIG)
    assert result.exit_code == 2
    assert (
        "rules/quiet-vip.toml:18: scenarios[1].given.activity[1].kind: 'cal' is not a value" in result.output
    )


def test_a_rule_that_nothing_tests_is_named() -> None:
    result = keptword_test("--rule", "quiet-vip", config=(CONFIG + OWN).partition("[[rule.examples]]")[0])
    assert "nothing tests quiet-vip: write [[rule.examples]], or [[rule.scenarios]]" in result.output


def test_what_the_page_about_testing_shows_passes() -> None:
    page = (DOCS / "testing.md").read_text(encoding="utf-8")
    shown = "\n".join(part.partition("```")[0] for part in page.split("```toml\n")[1:])
    rule = OWN.partition("[[rule.examples]]")[0]
    result = keptword_test("--rule", "quiet-vip", config=CONFIG + rule + shown)
    assert "3 passed" in result.output


def test_a_rule_that_does_not_exist_is_named_with_the_nearest() -> None:
    result = keptword_test("--rule", "quiet-vp")
    assert (result.exit_code, "Did you mean 'quiet-vip'?" in result.output) == (2, True)
