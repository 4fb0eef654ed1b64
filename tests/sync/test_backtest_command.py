"""The command backtest: which other versions it takes, what it refuses, and what a person reads."""

import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sync.cli.main import main
from tests.sandbox_process import start_sandbox
from tests.sync.test_json_page import BOLDER, CONFIG, SECRETS

NOW = ("--now", "2026-05-12T09:00:00Z", "--days", "15")
OWN_RULE = 'about = "account"\nwhen = "days_since_touch > {days}"\n'


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=Ann", "-c", "user.email=ann@acme.example")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a config below its top, a folder of rules beside it, and a mirror that was filled."""
    top = tmp_path_factory.mktemp("repository")
    home = top / "crm"
    (home / "rules").mkdir(parents=True)
    with start_sandbox("--accounts", "25", "--seed", "4", "--now", "2026-05-12T09:00:00Z") as crm:
        text = 'rules_dir = "rules"\n' + CONFIG.format(url=crm.https_url, ca=crm.ca_file)
        (home / "keptword.toml").write_text(text, encoding="utf-8")
        (home / "rules" / "my-own.toml").write_text(OWN_RULE.format(days=20), encoding="utf-8")
        ended = CliRunner().invoke(main, ["pull", "--config", str(home / "keptword.toml")], env=SECRETS)
        assert ended.exit_code == 0, ended.output
    git(top, "init", "-q", "-b", "main")
    git(top, "add", "crm/keptword.toml", "crm/rules")
    git(top, "commit", "-q", "-m", "first")
    (home / "rules" / "my-own.toml").write_text(OWN_RULE.format(days=5), encoding="utf-8")
    return home


def backtest(folder: Path, *options: str) -> Result:
    command = ["backtest", "--config", str(folder / "keptword.toml"), *NOW, *options]
    return CliRunner().invoke(main, command, env=SECRETS)


def test_a_revision_is_read_with_its_folder_of_rules(folder: Path) -> None:
    ended = backtest(folder, "--against", "HEAD")

    assert ended.exit_code == 0, ended.output
    assert "Against HEAD: 1 rule differs.\nmy-own\n  would have raised " in ended.output
    assert "    new   " in ended.output


def test_a_file_is_a_version_too(folder: Path) -> None:
    file = folder / "bolder.toml"
    file.write_text((folder / "keptword.toml").read_text(encoding="utf-8") + BOLDER, encoding="utf-8")

    ended = backtest(folder, "--against", str(file), "--rule", "stale-contact")

    assert ended.exit_code == 0, ended.output
    assert ": 1 rule differs.\nstale-contact\n" in ended.output


def test_tables_end_without_blanks_and_tell_weeks_and_owners(folder: Path) -> None:
    lines = backtest(folder).output.splitlines()

    assert [line for line in lines if line != line.rstrip()] == []
    for heading in ("rule ", "raised in the week of ", "owner today "):
        assert sum(line.startswith(heading) for line in lines) == 1
    assert any(line.startswith("  not judged: client_count, ") and "owner-gone" in line for line in lines)
    notes = [line for line in lines if line.startswith("  taken to be as it is today: account_tier: ")]
    assert len(notes) == 1
    assert "acknowledged-not-answered, " in notes[0]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--against", "HAED"), "--against HAED: is neither a file nor a revision. Did you mean 'HEAD'?"),
        (("--against", "--output=x"), "--against --output=x: is neither a file nor a revision."),
        (("--rule", "stale-contct"), "Did you mean 'stale-contact'?"),
        (("--rule", "owner-gone"), "--rule owner-gone: its past cannot be told: "),
    ],
)
def test_what_cannot_be_rehearsed_is_refused_with_a_remedy(
    folder: Path, options: tuple[str, str], words: str
) -> None:
    ended = backtest(folder, *options)

    assert ended.exit_code == 2
    assert words in ended.output


def test_a_mistake_in_a_revision_is_named_there(folder: Path) -> None:
    git(folder, "checkout", "-q", "-b", "broken")
    (folder / "rules" / "my-own.toml").write_text(
        'about = "account"\nwhen = "days_since_tuch > 5"\n', encoding="utf-8"
    )
    git(folder, "commit", "-q", "-a", "-m", "broken")
    (folder / "rules" / "my-own.toml").write_text(OWN_RULE.format(days=5), encoding="utf-8")

    ended = backtest(folder, "--against", "broken")

    assert ended.exit_code == 2
    assert "broken:crm/rules/my-own.toml:2" in ended.output
    assert "did you mean 'days_since_touch'?" in ended.output


def test_a_revision_without_the_config_is_refused(folder: Path) -> None:
    git(folder, "checkout", "-q", "--orphan", "bare")
    git(folder, "rm", "-q", "--cached", "-r", "-f", "--ignore-unmatch", ".")
    git(folder, "commit", "-q", "--allow-empty", "-m", "nothing")

    ended = backtest(folder, "--against", "bare")

    assert ended.exit_code == 2
    assert "--against bare: the revision has no file crm/keptword.toml" in ended.output
