"""What a person gets wrong on the command line or in the config ends with one message, a remedy and the right code."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sync.cli.main import main
from sync.config.read import read_config

CONFIG = """
mode = "preview"
[company]
timezone = "Europe/London"
calendar = { country = "GB", subdivision = "ENG" }
[mirror]
url = "duckdb:///mirror.duckdb"
[connections.hs]
crm = "hubspot"
login = { kind = "token", token = "env:KEPTWORD_TEST_TOKEN" }
api_url = "https://127.0.0.1:9"
"""


def keptword(folder: Path, *arguments: str, config: str = CONFIG) -> Result:
    """The command with `config` as its keptword.toml and the secret in its environment."""
    file = folder / "keptword.toml"
    file.write_text(config, encoding="utf-8")
    runner = CliRunner(env={"KEPTWORD_TEST_TOKEN": "pat-test"})
    return runner.invoke(main, [*arguments, "--config", str(file)])


def test_the_mistakes_of_all_mappings_are_listed_at_once_with_their_lines(tmp_path: Path) -> None:
    wrong = """
[connections.hs.records.account.columns]
teir = "x"
tier = "tier ="
[connections.hs.records.invoces]
object = "invoices"
[connections.hs.records.incident]
only = "hs_ticket_priority ="
"""
    result = keptword(tmp_path, "check", "--json", config=CONFIG + wrong)
    told = [(each["line"], each["problem"]) for each in json.loads(result.stdout)["mistakes"]]
    assert (result.exit_code, told) == (
        2,
        [
            (14, "account has no such column"),
            (15, "the condition breaks off"),
            (16, "no such record"),
            (19, "the condition breaks off"),
        ],
    )
    assert result.stderr.count("keptword.toml:1") == 4


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('mode = "preview"', 'mode = "wrte"'), "mode: 'wrte' is not one of the choices; did you mean 'write'?"),
        (("[company]", "[limits]\nnew_per_day = 3\n[company]"), "limits.new_per_day: unknown key; did you mean 'new_per_run'?"),
        (("Europe/London", "Europe/Londn"), "did you mean 'Europe/London'?"),
        (("env:KEPTWORD_TEST_TOKEN", "env:NOT_THERE"), "connections.hs.login.token: env:NOT_THERE: this environment variable is not set"),
        (('mode = "preview"', 'mode = "preview'), "this is not TOML"),
        (("[company]", '[rules.stale-contact]\nrepeat_after = "3 fortnights"\n[company]'), "'3 fortnights' is not a length of time"),
        (("[company]", "[rules.stale-contact]\nparams.max_silence_day = 3\n[company]"), "did you mean 'max_silence_days'?"),
        (("[company]", "[rules.stale]\nmode = 'off'\n[company]"), "no built-in rule has this name"),
        (
            ("[company]", '[[rule]]\nname = "x"\nabout = "account"\nwhen = "days_since_tuch > 3"\n[company]'),
            "unknown fact 'days_since_tuch'; did you mean 'days_since_touch'?\n    days_since_tuch > 3\n    ^",
        ),
        (
            ("[company]", "[connections.hs.records.acount]\nobject = 'x'\ncolumns = {}\n[company]"),
            "acount: no such record; did you mean 'account'?",
        ),
    ],
)  # fmt: skip
def test_a_mistake_in_the_config_is_named_with_its_key_and_remedy(
    tmp_path: Path, change: tuple[str, str], says: str
) -> None:
    result = keptword(tmp_path, "check", config=CONFIG.replace(*change))

    assert result.exit_code == 2, result.output
    assert says in result.stderr
    assert "keptword.toml" in result.stderr
    assert "Traceback" not in result.output


def test_a_mirror_that_is_no_database_may_be_deleted(tmp_path: Path) -> None:
    (tmp_path / "mirror.duckdb").write_text("garbage", encoding="utf-8")

    result = keptword(tmp_path, "pull")

    assert result.exit_code == 1
    assert "not a valid DuckDB database file" in result.stderr
    assert "Delete it: it is a cache" in result.stderr


def test_a_mirror_where_nobody_may_write_is_named(tmp_path: Path) -> None:
    result = keptword(
        tmp_path, "pull", "--json", config=CONFIG.replace("mirror.duckdb", "no-such-folder/mirror.duckdb")
    )

    assert result.exit_code == 1
    assert json.loads(result.stdout)["exit_code"] == 1
    assert "Name a place in mirror.url where this user may write" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("run", "--now", "garbage"), "write 2026-05-04 or 2026-05-04T09:00:00Z"),
        (("findings", "--limit", "0"), "--limit"),
        (("apply", "no-such-plan"), "Write one with `keptword plan --out F`"),
        (("apply",), 'Say mode = "write"'),
        (("findings", "--rule", "nope"), "there is no rule 'nope'"),
        (
            ("findings", "--rule", "invoce-overdue"),
            "--rule: there is no rule 'invoce-overdue'. Did you mean 'invoice-overdue'?",
        ),
        (
            ("backtest", "--rule", "invoce-overdue"),
            "--rule: there is no rule 'invoce-overdue'. Did you mean 'invoice-overdue'?",
        ),
    ],
)
def test_wrong_arguments_are_refused_with_what_is_right(
    tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    result = keptword(tmp_path, *arguments)

    assert result.exit_code == 2, result.output
    assert says in result.stderr


def test_findings_before_the_first_pull_say_so(tmp_path: Path) -> None:
    result = keptword(tmp_path, "findings")

    assert result.exit_code == 1
    assert "Run `keptword pull`" in result.stderr


def test_init_writes_a_config_that_can_be_read_and_never_over_another(tmp_path: Path) -> None:
    file = tmp_path / "new.toml"

    first = CliRunner().invoke(main, ["init", "--config", str(file)])
    again = CliRunner().invoke(main, ["init", "--config", str(file)])

    assert (first.exit_code, again.exit_code) == (0, 2)
    assert read_config(file).mode == "preview"
    assert "is there already" in again.stderr


def test_check_on_a_build_machine_needs_no_secrets(tmp_path: Path) -> None:
    config = CONFIG.replace("env:KEPTWORD_TEST_TOKEN", "env:NOT_THERE")

    assert keptword(tmp_path, "check", config=config).exit_code == 2
    assert keptword(tmp_path, "check", "--without-secrets", config=config).exit_code == 0
