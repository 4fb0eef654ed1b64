"""docs/json.md tells every field of every --json answer, and no field that is not there."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from docs.write_pages import DOCS
from sync.cli.pages import commands_page
from tests.loop.forked import Command, running_sandbox

SECRETS = {"SF_KEY": "sandbox-key", "SF_SECRET": "sandbox-secret", "HUBSPOT_TOKEN": "pat-sandbox-token"}
CONFIG = """
mode = "write"
[company]
timezone = "Europe/London"
calendar = {{ country = "GB", subdivision = "ENG" }}
[connections.sf]
crm = "salesforce"
login = {{ kind = "client_credentials", domain = "keptword.my", key = "env:SF_KEY", secret = "env:SF_SECRET" }}
login_url = "{url}"
ca_file = "{ca}"
[connections.hs]
crm = "hubspot"
login = {{ kind = "token", token = "env:HUBSPOT_TOKEN" }}
api_url = "{url}"
ca_file = "{ca}"
pace = 10000
"""
BOLDER = "[rules.stale-contact]\nparams.max_silence_days = 4\n"
COMMANDS = (
    ("init", "init", "--config", "new.toml"), ("schema", "schema", "--out", "s.json"), ("check", "check"), ("test", "test"), ("setup", "setup"), ("pull", "pull"), ("findings", "findings"),
    ("identities", "identities"),
    ("mute and unmute", "mute", "Harbour & Pine", "--until", "2030-01-01", "--why", "their wish"),
    ("scoreboard", "scoreboard"),
    ("explain", "explain", "Harbour & Pine"), ("backtest", "backtest", "--days", "20", "--against", "bolder.toml"),
    ("plan", "plan", "--accept-baseline"), ("run and apply", "run", "--accept-baseline"),
    ("history", "history"), ("history RUN", "history", "2"), ("history --failed", "history", "--failed"), ("undo", "undo", "2", "--dry-run"), ("An error", "check", "--config", "none.toml"),
)  # fmt: skip


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Section of the page -> the document that its command gives."""
    folder = tmp_path_factory.mktemp("json")
    with running_sandbox("--accounts", "25", "--seed", "4", "--now", "2026-05-12T09:00:00Z") as crm:
        (folder / "keptword.toml").write_text(
            CONFIG.format(url=crm.https_url, ca=crm.ca_file), encoding="utf-8"
        )
        bolder = (folder / "keptword.toml").read_text(encoding="utf-8") + BOLDER
        (folder / "bolder.toml").write_text(bolder, encoding="utf-8")
        told = {section: answer(folder, *command) for section, *command in COMMANDS}
        answer(folder, "plan", "--out", "plan.json")
        return {**told, "plan --out": json.loads((folder / "plan.json").read_bytes())}


def answer(folder: Path, *command: str) -> Any:
    return Command([*command, "--json"], SECRETS, folder).wait().document


def told_in(section: str) -> set[str]:
    text = (DOCS / "json.md").read_text(encoding="utf-8").split(f"\n## {section}\n")[1].split("\n## ")[0]
    return set(re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE))


def paths(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from paths(each, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for each in value:
            yield from paths(each, f"{path}[]")
    else:
        yield path


def fits(path: str, told: str) -> bool:
    pattern = re.escape(told).replace(r"\*", ".+")
    return re.fullmatch(pattern, path) is not None


@pytest.mark.parametrize("section", [section for section, *_ in COMMANDS])
def test_every_field_is_told(answers: dict[str, Any], section: str) -> None:
    told = told_in(section)

    untold = {path for path in paths(answers[section]) if not any(fits(path, each) for each in told)}

    assert told
    assert not untold


@pytest.mark.parametrize("section", [section for section, *_ in COMMANDS])
def test_every_field_that_is_told_is_there_or_in_an_empty_list(answers: dict[str, Any], section: str) -> None:
    there = set(paths(answers[section]))

    def is_there(told: str) -> bool:
        if any(fits(path, told) for path in there):
            return True
        value: Any = answers[section]
        for step in told.replace("[]", "").split("."):
            value = value[0] if isinstance(value, list) and value else value
            if step == "*" or value in ([], {}):
                return value in ([], {})
            value = value[step]
        return value in ([], {}, None)

    assert {told for told in told_in(section) if not is_there(told)} == set()


def test_a_plan_file_has_besides_what_the_page_says(answers: dict[str, Any]) -> None:
    page = (DOCS / "json.md").read_text(encoding="utf-8")
    besides = page.split("In a file of `plan --out`, besides: ")[1].split("`apply F` refuses")[0]

    assert set(answers["plan --out"]) - set(answers["plan"]) == set(re.findall("`([a-z_]+)`", besides))


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    assert (DOCS / "commands.md").read_text(encoding="utf-8") == commands_page()
