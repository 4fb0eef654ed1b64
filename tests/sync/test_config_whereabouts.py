"""Paths start at the config's folder, and a secret that is not there is named by its key."""

from pathlib import Path

import pytest

from sync.config.config import Config
from sync.config.read import read_config
from sync.config.whereabouts import check_secrets, ledger_url, mirror_path
from sync.errors import UserError

TEXT = """
[company]
timezone = "Europe/London"
calendar = { country = "GB" }
[connections.hs]
crm = "hubspot"
login = { kind = "token", token = "env:KEPTWORD_TEST_TOKEN" }
"""


def read(folder: Path, text: str = TEXT) -> Config:
    (folder / "keptword.toml").write_text(text)
    return read_config(folder / "keptword.toml")


def test_relative_paths_start_at_the_config(tmp_path: Path) -> None:
    config = read(tmp_path)
    assert mirror_path(config) == tmp_path / "keptword.duckdb"
    assert ledger_url(config) == f"sqlite:///{tmp_path}/keptword-ledger.db"


def test_absolute_paths_stay(tmp_path: Path) -> None:
    config = read(
        tmp_path, TEXT + '[mirror]\nurl = "duckdb:////srv/m.duckdb"\n[ledger]\nurl = "sqlite:////srv/l.db"\n'
    )
    assert mirror_path(config) == Path("/srv/m.duckdb")
    assert ledger_url(config) == "sqlite:////srv/l.db"


def test_a_ledger_url_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEPTWORD_TEST_LEDGER", "postgresql://kept:word@db/kept")
    config = read(tmp_path, TEXT + '[ledger]\nurl = "env:KEPTWORD_TEST_LEDGER"\n')
    assert ledger_url(config) == "postgresql://kept:word@db/kept"


def test_what_is_no_url_is_refused_without_showing_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEPTWORD_TEST_LEDGER", "hunter2")
    config = read(tmp_path, TEXT + '[ledger]\nurl = "env:KEPTWORD_TEST_LEDGER"\n')
    with pytest.raises(
        UserError, match=r"keptword.toml:9: ledger.url: .* does not hold a database URL"
    ) as refused:
        ledger_url(config)
    assert "hunter2" not in str(refused.value)


def test_a_file_that_the_config_names_is_looked_for_beside_it(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("pat-something")
    text = TEXT.replace("env:KEPTWORD_TEST_TOKEN", "file:token") + 'ca_file = "ca.pem"\n'
    config = read(tmp_path, text)
    assert check_secrets(config) == []
    assert config.connections["hs"].settings.ca_file == str(tmp_path / "ca.pem")


def test_a_ledger_url_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://kept:word@db/kept\n")
    config = read(tmp_path, TEXT + '[ledger]\nurl = "file:url"\n')
    assert ledger_url(config) == "postgresql://kept:word@db/kept"


def test_missing_secrets_are_named_by_key_and_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KEPTWORD_TEST_TOKEN", raising=False)
    (only,) = check_secrets(read(tmp_path))
    assert str(only).endswith(
        "keptword.toml:7: connections.hs.login.token: "
        "env:KEPTWORD_TEST_TOKEN: this environment variable is not set; Set KEPTWORD_TEST_TOKEN."
    )


def test_secrets_that_are_there_raise_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEPTWORD_TEST_TOKEN", "pat-something")
    assert check_secrets(read(tmp_path)) == []


def test_a_ledger_of_another_kind_is_refused_without_telling_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEDGER_URL", "mysql://keptword:sekret@host/x")
    config = read(tmp_path, TEXT + '[ledger]\nurl = "env:LEDGER_URL"\n')

    with pytest.raises(UserError, match="another kind, 'mysql'") as refused:
        ledger_url(config)

    assert "sekret" not in str(refused.value)
