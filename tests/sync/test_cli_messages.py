"""A message names file and line, in words and as a document, whoever refused: config, rules, CRM, arguments, reader."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sync.cli.main import main

CONFIG = """mode = "preview"
[company]
timezone = "Europe/London"
calendar = { country = "GB", subdivision = "ENG" }
[connections.sf]
crm = "salesforce"
login = { kind = "client_credentials", domain = "acme.my", key = "env:KEPTWORD_TEST_TOKEN", secret = "env:KEPTWORD_TEST_TOKEN" }
api_version = "66.0"
"""


def keptword(folder: Path, *arguments: str, more: str = "") -> Result:
    (folder / "k.toml").write_text(CONFIG + more, encoding="utf-8")
    runner = CliRunner(env={"KEPTWORD_TEST_TOKEN": "test"})
    return runner.invoke(main, [*arguments, "--config", str(folder / "k.toml")])


def error_of(result: Result) -> dict[str, Any]:
    """The one document on stdout."""
    document: dict[str, Any] = json.loads(result.stdout)
    assert document["exit_code"] == result.exit_code
    return document


def test_every_mistake_of_a_config_is_in_the_document_with_its_line(tmp_path: Path) -> None:
    document = error_of(keptword(tmp_path, "check", "--json", more='[limits]\nfirst_run = "many"\n[tsks]\n'))

    told = [(mistake["line"], mistake["key"], mistake["remedy"]) for mistake in document["mistakes"]]
    assert told == [
        (10, "limits.first_run", "write it without quotes and point, such as 30"),
        (11, "tsks", "did you mean 'tasks'?"),
    ]
    assert document["error"]["place"].endswith("k.toml:10: limits.first_run")


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ('[rules.stale-contact]\ntask.due = "2 fortnights"\n', "k.toml:10: rules.stale-contact.task.due: "),
        ("[rules.stale-contact]\nparams.max_days = 3\n", "k.toml:10: rules.stale-contact.params.max_days: "),
        ('[[rule]]\nname = "a-b"\nabout = "account"\nwhen = "tier = 1"\n', "k.toml:12: rule[1] a-b.when: "),
        ('[[rule]]\nname = "a-b"\nabout = "acount"\nwhen = "true"\n', "k.toml:11: rule[1] a-b.about: "),
    ],
)
def test_a_mistake_in_a_rule_names_its_line(tmp_path: Path, more: str, place: str) -> None:
    result = keptword(tmp_path, "check", "--json", more=more)

    assert result.stderr.startswith(f"{tmp_path}/{place}")
    assert error_of(result)["error"]["place"] == f"{tmp_path}/{place}".removesuffix(": ")


def test_a_mistake_in_a_rule_file_of_ones_own_names_that_file(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    wrong = 'about = "account"\nwhen = "days_since_tuch > 3"\n'
    (tmp_path / "rules" / "quiet.toml").write_text(wrong, encoding="utf-8")
    first = '[[rule]]\nname = "first"\nabout = "account"\nwhen = "account_is_active"\n'
    (tmp_path / "k.toml").write_text(f'rules_dir = "rules"\n{CONFIG}{first}', encoding="utf-8")

    arguments = ["check", "--without-secrets", "--config", str(tmp_path / "k.toml")]
    result = CliRunner().invoke(main, arguments)

    assert result.exit_code == 2
    assert f"{tmp_path}/rules/quiet.toml:2: when: unknown fact 'days_since_tuch'" in result.stderr


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("quiet", 'about = "account"\nwhen = "a" == "b"\n', "quiet.toml:2: this is not TOML: "),
        ("quiet", 'about = "account"\n\udcff', "quiet.toml: the file is not UTF-8 text"),
        ("Quiet VIP", 'about = "account"\nwhen = "true"\n', "Quiet VIP.toml: name: 'Quiet VIP' is not a rule name"),
        (
            "quiet",
            'about = "account"\nwhen = "true"\n[[scenarios]]\nname = "x"\nnow = 2026-05-14T12:00:00\nexpect = {}\n',
            "quiet.toml:5: scenarios[1].now: does not say by whose clocks; add Z or an offset, as in 2026-05-14T12:00:00+01:00",
        ),
    ],
)  # fmt: skip
def test_a_rule_file_that_cannot_be_read_is_named_with_its_line(
    tmp_path: Path, name: str, text: str, says: str
) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / f"{name}.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    (tmp_path / "k.toml").write_text(f'rules_dir = "rules"\n{CONFIG}', encoding="utf-8")

    result = CliRunner().invoke(main, ["check", "--without-secrets", "--config", str(tmp_path / "k.toml")])

    assert result.exit_code == 2
    assert f"{tmp_path}/rules/{says}" in result.stderr


def test_the_mistakes_of_several_rules_are_listed_at_once(tmp_path: Path) -> None:
    more = '[rules.stale-contact]\nparams.max_silence_day = 3\n[[rule]]\nname = "a-b"\nabout = "account"\nwhen = "teir = 1"\n'

    result = keptword(tmp_path, "check", "--json", more=more)

    assert [mistake["line"] for mistake in error_of(result)["mistakes"]] == [10, 14]
    assert "did you mean 'max_silence_days'?" in result.stderr
    assert "unknown fact 'teir'" in result.stderr


def test_the_mistakes_of_one_rule_are_listed_at_once_and_in_order(tmp_path: Path) -> None:
    rule = """[[rule]]
name = "a-b"
about = "account"
when = "account_tier = 'A' and days_since_touch > quiet_days"
repeat_after = "x"
only = "teir = 1"
params = { quiet_days = 3 }
[rules.invoice-overdue]
params.overdue_days = "ten"
nope = 1
"""
    result = keptword(tmp_path, "check", "--json", more=rule)

    mistakes = error_of(result)["mistakes"]
    assert [mistake["line"] for mistake in mistakes] == [13, 14, 17, 18]
    assert mistakes[2]["problem"] == "'ten' is neither a number nor a length of time"


@pytest.mark.parametrize("command", ["check", "setup"])
def test_a_certificate_that_is_not_there_is_found_without_a_crm(tmp_path: Path, command: str) -> None:
    result = keptword(tmp_path, command, "--json", more='ca_file = "no-such-ca.pem"\n')

    assert result.exit_code == 2
    assert error_of(result)["error"]["place"] == f"{tmp_path}/k.toml:9: connections.sf.ca_file"
    assert "Name a PEM file" in result.stderr


def test_a_folder_for_a_mirror_is_never_said_to_be_deleted(tmp_path: Path) -> None:
    (tmp_path / "mirror").mkdir()

    result = keptword(tmp_path, "pull", more='[mirror]\nurl = "duckdb:///mirror"\n')

    assert result.exit_code == 1
    assert "is a folder. Name a file in mirror.url" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        (("run", "--json", "--nope"), "keptword run"),
        (("findings", "--json", "--limit", "0"), "keptword findings"),
        (("wrte", "--json"), "keptword"),
        (("--json",), "keptword"),
    ],
)
def test_wrong_arguments_give_a_document_too(arguments: tuple[str, ...], place: str) -> None:
    result = CliRunner().invoke(main, arguments, prog_name="keptword")

    assert result.exit_code == 2
    assert error_of(result)["error"]["place"] == place
    assert "Error: " in result.stderr


def test_without_json_nothing_but_results_is_on_stdout(tmp_path: Path) -> None:
    assert keptword(tmp_path, "check", more="[tsks]\n").stdout == ""
    assert CliRunner().invoke(main, ["run", "--nope"]).stdout == ""


def test_a_reader_that_went_away_does_not_make_a_command_fail() -> None:
    code = (
        "import os; from sync.cli.console import stdout; r, w = os.pipe(); os.close(r); os.dup2(w, 1);"
        "stdout().print('a line'); stdout().print('another')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('only = "Tier__c = "\n', "k.toml:10: connections.sf.records.account.only: the condition breaks off"),
        ('columns = { tier = "a b" }\n', "k.toml:10: connections.sf.records.account.columns.tier: "),
        ('columns.teir = "Tier__c"\n', "k.toml:10: connections.sf.records.account.columns.teir: account has no such column"),
    ],
)  # fmt: skip
def test_a_mapping_that_cannot_be_read_is_found_without_a_crm(tmp_path: Path, more: str, said: str) -> None:
    result = keptword(tmp_path, "check", "--json", more=f"[connections.sf.records.account]\n{more}")

    assert result.exit_code == 2
    assert result.stderr.startswith(f"{tmp_path}/{said}")
    assert said.startswith(error_of(result)["error"]["place"].removeprefix(f"{tmp_path}/"))


@pytest.mark.parametrize(("words", "encoding"), [((), "latin-1"), ((), "ascii"), (("--json",), "latin-1")])
def test_a_terminal_that_cannot_write_a_name_does_not_make_a_command_fail(
    tmp_path: Path, words: tuple[str, ...], encoding: str
) -> None:
    file = tmp_path / "Łódź.toml"
    file.write_text(CONFIG, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "sync.cli.main", "check", "--without-secrets", "--config", str(file), *words],
        capture_output=True, check=False, timeout=60, cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONIOENCODING": encoding},
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, b"")
    assert not words or json.loads(done.stdout)["file"] == str(file)
