"""A config file is read whole; every mistake in it is named once, with its line, its key and a remedy."""

from pathlib import Path

import pytest

from sync.config.config import Config
from sync.config.read import read_config
from sync.errors import ConfigRefused, UserError

COMPANY = """
[company]
timezone = "Europe/London"
calendar = { country = "GB" }
"""
CONNECTION = """[connections.sf]
crm = "salesforce"
login = { kind = "client_credentials", domain = "acme.my", key = "env:SF_KEY", secret = "env:SF_SECRET" }
"""
GOOD = COMPANY + CONNECTION


def read(folder: Path, text: str) -> Config:
    file = folder / "keptword.toml"
    file.write_text(text, encoding="utf-8")
    return read_config(file)


def mistakes(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigRefused) as refused:
        read(folder, text)
    return [str(mistake).removeprefix(f"{folder}/") for mistake in refused.value.mistakes]


def test_a_small_config_takes_the_safe_defaults(tmp_path: Path) -> None:
    config = read(tmp_path, GOOD)
    assert config.mode == "preview"
    assert config.limits.first_run == 0
    assert config.limits.new_per_owner.day == 2
    assert config.company.calendar.opens_at.isoformat() == "09:00:00"
    assert config.connections["sf"].settings.crm == "salesforce"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            GOOD + "[limits]\nnew_per_day = 3\n",
            "keptword.toml:9: limits.new_per_day: unknown key; did you mean 'new_per_run'?",
        ),
        (
            'mode = "wrote"\n' + GOOD,
            "keptword.toml:1: mode: 'wrote' is not one of the choices; did you mean 'write'?",
        ),
        (
            GOOD.replace("London", "Londn"),
            "keptword.toml:3: company.timezone: 'Europe/Londn' is not a known time zone; did you mean 'Europe/London'?",
        ),
        (
            GOOD.replace("Europe/London", "Berlin"),
            "keptword.toml:3: company.timezone: 'Berlin' is not a known time zone; did you mean 'Europe/Berlin'?",
        ),
        (
            GOOD.replace('"GB"', '"GB", subdivision = "Wales"'),
            "keptword.toml:4: company.calendar.subdivision: 'Wales' is not a known part of GB; did you mean 'WLS'?",
        ),
        (
            GOOD.replace('"GB"', '"GB", hours = "17:00-09:00"'),
            "keptword.toml:4: company.calendar.hours: '17:00-09:00' closes before it opens; write for example '09:00-17:30'",
        ),
        (
            GOOD.replace('"GB"', '"GB", closed = [2026-12-24, "2026-24-12"]'),
            "keptword.toml:4: company.calendar.closed[2]: '2026-24-12' is not a date; write for example '2026-12-24'",
        ),
        (
            GOOD + '[tasks]\nfallback = "ops"\n',
            "keptword.toml:9: tasks.fallback: 'ops' is not an e-mail address; write for example 'ops@acme.example'",
        ),
        (
            GOOD + '[limits]\nnew_per_run = "20"\n',
            "keptword.toml:9: limits.new_per_run: must be a whole number, not a text",
        ),
        (GOOD + "[limits]\nclose_share = 3\n", "keptword.toml:9: limits.close_share: must be at most 1.0, not 3"),
        (GOOD + 'tasks = "x"\n', "keptword.toml:8: connections.sf.tasks: unknown key; "),
        (
            GOOD.replace("key =", "kee ="),
            "keptword.toml:7: connections.sf.login.kee: unknown key; did you mean 'key'?",
        ),
        (GOOD.replace('"salesforce"', '"salesfroce"'), "keptword.toml:5: connections.sf: crm = 'salesfroce' is not"),
        (GOOD.replace('crm = "salesforce"\n', ""), "keptword.toml:5: connections.sf: the key 'crm' is missing"),
        (CONNECTION, "keptword.toml: company: is missing; add it: "),
        (COMPANY + "[connections]\n", "keptword.toml:5: connections: no CRM is named; write a table such as"),
        (
            GOOD + "[connections.sf.records.invoice]\ncolumns = { balance = 3 }\n",
            "keptword.toml:9: connections.sf.records.invoice.columns.balance: a column takes a field or expression",
        ),
        (GOOD + '[[rule]]\nwhen = "x"\n', "keptword.toml:8: rule[1].name: is missing"),
        (GOOD + '[[rule]]\nname = "VIP quiet"\n', "keptword.toml:9: rule[1].name: 'VIP quiet' cannot name a rule"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_line_key_and_remedy(tmp_path: Path, text: str, expected: str) -> None:
    (only,) = mistakes(tmp_path, text)
    assert only.startswith(expected)


def test_all_mistakes_come_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = (
        GOOD.replace("Europe/London", "Nowhere")
        + "[limits]\nfirst_run = -1\nopen = 1\n[[rule]]\n[[rule]]\nname = 3\n"
    )
    lines = [mistake.split(":")[1:3] for mistake in mistakes(tmp_path, text)]
    assert lines == [
        ["3", " company.timezone"],
        ["9", " limits.first_run"],
        ["10", " limits.open"],
        ["11", " rule[1].name"],
        ["13", " rule[2].name"],
    ]


def test_two_own_rules_may_not_share_a_name(tmp_path: Path) -> None:
    (only,) = mistakes(tmp_path, GOOD + '[[rule]]\nname = "quiet"\n[[rule]]\nname = "quiet"\n')
    assert only.startswith("keptword.toml:11: rule[2].name: 'quiet' is the name of the rule in line 9 too")


def test_a_syntax_error_is_named_with_its_line(tmp_path: Path) -> None:
    (only,) = mistakes(tmp_path, 'mode = "preview"\nmode = = "write"\n')
    assert only.startswith("keptword.toml:2: this is not TOML: ")


def test_brackets_without_end_are_refused_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="never closed"):
        read(tmp_path, "closed = " + "[" * 5000)


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="keptword init"):
        read_config(tmp_path / "keptword.toml")


def test_a_file_that_is_not_text_is_refused_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "keptword.toml").write_bytes(b"\xff\xfe\x00m")
    with pytest.raises(UserError, match="UTF-8"):
        read_config(tmp_path / "keptword.toml")


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace('"env:SF_SECRET"', '"hunter2-hunter2"'),
        GOOD + '[ledger]\nurl = "postgresql://kept:hunter2-hunter2@db/kept"\n',
        GOOD + '[ledger]\nurl = "postgresql://kept:hunter2/@@db/kept"\n',
        GOOD + '[ledger]\nurl = "postgresql://db/kept?password=hunter2"\n',
        GOOD + '[ledger]\nurl = "hunter2"\n',
        GOOD + '[ledger]\nurl = "env:hunter2-hunter2"\n',
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(tmp_path: Path, text: str) -> None:
    (only,) = mistakes(tmp_path, text)
    assert "env:" in only
    assert "hunter2" not in only


def test_records_are_kept_apart_from_what_the_connector_gets(tmp_path: Path) -> None:
    text = (
        GOOD
        + '[connections.sf.records.invoice]\nobject = "Xero__c"\ncolumns = { balance = ["A__c", "B__c"] }\n'
    )
    connection = read(tmp_path, text).connections["sf"]
    assert connection.record_tables() == {
        "invoice": [{"object": "Xero__c", "columns": {"balance": ["A__c", "B__c"]}}]
    }
    assert not hasattr(connection.settings, "records")


def test_rules_stay_as_written_and_know_their_place(tmp_path: Path) -> None:
    config = read(tmp_path, GOOD + '[rules.stale-contact]\nmode = "off"\nparams.days = { A = 10 }\n')
    assert config.rules == {"stale-contact": {"mode": "off", "params": {"days": {"A": 10}}}}
    assert config.place("rules", "stale-contact", "params", "days", "A").endswith(
        "keptword.toml:10: rules.stale-contact.params.days.A"
    )
