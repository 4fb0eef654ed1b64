"""On a client base that nobody here wrote, each past day had the silent clients that a query over its tables finds."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bench.leadforge_data import shape
from bench.served import SECRETS, serve, write_config
from sync.cli.main import main
from tests.leadforge_truth import stale_accounts

TODAY = date(2024, 5, 1)
NOW = ("--now", "2024-05-01T09:00:00Z")
ALL_ACTIVE = '[connections.crm.records.account]\ncolumns = { is_active = "true" }\n'
"""leadforge knows no former clients."""

STRICTER = "[rules.stale-contact]\nparams.max_silence_days = { by = 'account_tier', A = 14, B = 30, C = 50, default = 30 }\n"


def keptword(config: Path, command: str, *options: str) -> Any:
    words = [command, "--config", str(config), "--json", *options]
    ended = CliRunner().invoke(main, words, env=SECRETS)
    assert ended.exit_code == 0, ended.output
    return json.loads(ended.stdout)


@pytest.fixture(scope="module")
def config(tables: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A config whose mirror was filled; the CRM is gone by then."""
    folder = tmp_path_factory.mktemp("salesforce")
    shape(tables, folder / "data", crm="salesforce")
    with serve("--data", str(folder / "data"), "--now", TODAY.isoformat()) as served:
        file = write_config(folder, served, "salesforce", more=ALL_ACTIVE)
        keptword(file, "pull")
    (folder / "stricter.toml").write_text(file.read_text(encoding="utf-8") + STRICTER, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def told(config: Path) -> Any:
    stricter = str(config.with_name("stricter.toml"))
    return keptword(config, "backtest", *NOW, "--rule", "stale-contact", "--against", stricter)


def test_every_past_day_counts_the_silent_clients_of_that_day(told: Any, tables: Path) -> None:
    (rule,) = told["rules"]
    by_day = {day["on"]: day["open"] for day in rule["days"]}

    assert len(by_day) == 91
    for day in map(date.fromisoformat, list(by_day)[:-1:7]):
        assert by_day[day.isoformat()] == len(stale_accounts(tables, day)), day
    assert by_day[TODAY.isoformat()] == rule["open_now"] == 403


def test_what_a_stricter_version_would_have_raised_is_named(told: Any, tables: Path) -> None:
    (difference,) = told["differences"]
    stricter = stale_accounts(tables, TODAY, limits={"A": 14, "B": 30, "C": 50})
    newly = set(stricter) - set(stale_accounts(tables, TODAY))

    still_open = [each for each in difference["lost"] if each["last_on"] is None]

    assert (difference["change"], difference["new"]) == ("changed", [])
    assert len(still_open) == len(newly) > 0
