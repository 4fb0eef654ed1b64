"""`keptword mute` and `unmute`: who is meant, until when, why and by whom; refused where one of these is missing."""

import getpass
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sync.cli.main import main
from sync.ledger.ledger import Ledger
from sync.ledger.runs import NewRun
from sync.ledger.steps import Step
from sync.mirror.mirror import Mirror
from tests.loop.forked import Command
from tests.loop.house import Client, write_files
from tests.loop.hubspot_files import hubspot_files
from tests.loop.salesforce_files import salesforce_files
from tests.loop.world import SECRETS, Desk, crm_with

CLIENTS = [Client(name=name, touches=(("call", 30),)) for name in ("Acme", "Birch")]
TODAY = datetime.now(UTC).date()
LATER = (TODAY + timedelta(days=30)).isoformat()
SAID = ("--until", LATER, "--why", "their wish")


@pytest.fixture(scope="module")
def pulled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A config with two CRMs and what was pulled from them; the CRMs are gone by then."""
    folder = tmp_path_factory.mktemp("mutes")
    files = salesforce_files(CLIENTS) | hubspot_files(CLIENTS[:1])
    with crm_with(write_files(folder / "data", files)) as sandbox:
        desk = Desk(crm="both", folder=folder / "desk", sandbox=sandbox).configure()
        assert desk.keptword("pull").code == 0
    return desk.folder


@pytest.fixture
def folder(pulled: Path) -> Iterator[Path]:
    """Without the mutes of other tests."""
    yield pulled
    for path in pulled.glob("keptword-ledger.db*"):
        path.unlink()


def keptword(folder: Path, command: str, *arguments: str) -> Result:
    runner = CliRunner(env=dict.fromkeys(SECRETS))
    return runner.invoke(main, [command, "--config", str(folder / "keptword.toml"), *arguments])


def document(folder: Path, *arguments: str) -> Any:
    result = keptword(folder, *arguments, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def held(folder: Path) -> list[tuple[str | None, str | None, str]]:
    return [
        (each["account"], each["rule"], each["why"]) for each in document(folder, "mute", "--list")["mutes"]
    ]


def test_a_mute_says_who_until_when_by_whom_and_why(folder: Path) -> None:
    [made] = document(folder, "mute", "acme.example", *SAID)["mutes"]
    assert (made["account"], made["rule"], made["until_on"], made["why"]) == (
        "Acme",
        None,
        LATER,
        "their wish",
    )
    assert made["by"] == getpass.getuser()
    said = keptword(folder, "mute", "--list").stdout
    assert said.startswith(f"Acme ({made['account_id']}): every rule, until ")
    assert f"by {getpass.getuser()} on " in said


def test_it_lasts_to_the_end_of_the_day_where_the_company_is(folder: Path) -> None:
    [made] = document(folder, "mute", "Acme", "--until", "2030-07-01", "--why", "holiday")["mutes"]
    assert (made["until_on"], made["until"]) == ("2030-07-01", "2030-07-01T23:00:00Z")
    for instant, muted in (("2030-07-01T22:59:59Z", 1), ("2030-07-01T23:00:00Z", 0)):
        assert len(document(folder, "mute", "--list", "--now", instant)["mutes"]) == muted


def test_a_new_mute_takes_the_place_of_the_client_s_old_one_for_the_same_rule(folder: Path) -> None:
    for rule in ([], ["--rule", "stale-contact"]):
        document(folder, "mute", "Acme", *SAID, *rule)
    told = document(folder, "mute", "Acme", "--until", LATER, "--why", "asked again", "--by", "Ann")
    assert ([each["why"] for each in told["ended"]], told["mutes"][0]["by"]) == (["their wish"], "Ann")
    assert held(folder) == [("Acme", "stale-contact", "their wish"), ("Acme", None, "asked again")]


def test_unmuting_by_another_record_of_the_client_ends_all_of_it(folder: Path) -> None:
    mirror = Mirror(folder / "keptword.duckdb")
    org = mirror.org_id("hs")
    [row] = mirror.engine.query("select _id from crm_hs.companies").to_pylist()
    mirror.close()
    document(folder, "mute", f"{org}:{row['_id']}", *SAID)
    document(folder, "mute", "Acme", *SAID, "--rule", "no-next-step")
    assert len(document(folder, "unmute", f"{org}:{row['_id']}")["ended"]) == 2
    assert keptword(folder, "mute", "--list").stdout == "Nobody is muted.\n"


def test_unmuting_one_rule_leaves_the_rest(folder: Path) -> None:
    document(folder, "mute", "Acme", *SAID)
    document(folder, "mute", "Acme", *SAID, "--rule", "no-next-step")
    assert len(document(folder, "unmute", "Acme", "--rule", "no-next-step")["ended"]) == 1
    again = keptword(folder, "unmute", "Acme", "--rule", "no-next-step")
    assert (again.exit_code, held(folder)) == (2, [("Acme", None, "their wish")])
    assert (
        "Acme is not muted for no-next-step by itself, but for every rule. Leave --rule out" in again.stderr
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["Acme", "--until", LATER], "--why: a mute needs a reason"),
        (["Acme", "--until", LATER, "--why", " \n"], "--why: a mute needs a reason"),
        (["Acme", "--why", "x"], "--until: a mute needs an end"),
        (["Acme", "--why", "x", "--until", (TODAY - timedelta(days=2)).isoformat()], "is not a day to come"),
        (["Acme", "--why", "x", "--until", "9999-12-31"], "is not a day to come"),
        (["Acme", "--why", "x", "--until", "soon"], "'soon' is not a day; write 2026-12-12"),
        (["Acme", *SAID, "--rule", "stale-contct"], "Did you mean 'stale-contact'?"),
        (["Acmee", *SAID], "Did you mean Acme ("),
        (["00D0000000000009:001", *SAID], "no client has the id"),
        ([], "give either ACCOUNT or --list"),
        (["Acme", "--list"], "give either ACCOUNT or --list"),
        (["Acme", *SAID, "--now", LATER], "--now goes with --list: a mute begins at once"),
    ],
)  # fmt: skip
def test_what_is_missing_or_wrong_is_refused_by_name(folder: Path, arguments: list[str], says: str) -> None:
    result = keptword(folder, "mute", *arguments)
    assert result.exit_code == 2
    assert says in result.stderr
    assert held(folder) == []


def test_a_record_that_was_not_pulled_is_taken_by_its_id_with_its_org(folder: Path) -> None:
    mirror = Mirror(folder / "keptword.duckdb")
    org = mirror.org_id("sf")
    mirror.close()
    assert document(folder, "mute", f"{org}:001999", *SAID)["mutes"][0]["account"] is None
    assert keptword(folder, "mute", "001999", *SAID).exit_code == 2


def test_while_a_run_has_the_mirror_ids_and_clients_with_tasks_can_be_muted(folder: Path) -> None:
    mirror, url = Mirror(folder / "keptword.duckdb"), f"sqlite:///{folder / 'keptword-ledger.db'}"
    task = {"task": {"account": "Acme"}}
    with Ledger.open(url) as ledger, ledger.lease(command="run"):
        run = NewRun(command="run", mode="write", config_digest="", rules_digest="")
        step = Step(n=1, action="create", org_id="o", key="k", account_id="o:1", detail=task)
        ledger.steps.plan(ledger.runs.start(run, now=datetime(2026, 5, 14)), [step])
        for wanted, code in ((f"{mirror.org_id('sf')}:001999", 0), ("acme", 0), ("Birch", 4)):
            config = ["--config", str(folder / "keptword.toml")]
            ended = Command(["mute", *config, wanted, *SAID], {}, folder).wait()
            assert ended.code == code, ended.err
        assert "ACCOUNT: a run has the mirror, where names and web domains are looked up" in ended.err
    mirror.close()
