"""What the pages for people say is there, is there: links, commands, options, switches, tables."""

import dataclasses
import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest

from connectors.hubspot.settings import HubSpotSettings
from sandbox.options import read_options
from sandbox.world import Switches
from sync.cli.main import main
from sync.ledger.schema import metadata
from sync.mirror.mirror import Mirror

HOME = Path(__file__).parents[1]
PAGES = [HOME / "README.md", HOME / "CONTRIBUTING.md", *sorted((HOME / "docs").glob("*.md"))]
README = (HOME / "README.md").read_text(encoding="utf-8")
SANDBOX = (HOME / "docs" / "sandbox.md").read_text(encoding="utf-8")
ARCHITECTURE = (HOME / "docs" / "architecture.md").read_text(encoding="utf-8")
COMMANDS = sorted(set(re.findall(r"(?:^|`)keptword ([^\n`#>]+)", README, re.MULTILINE)))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    lost = [
        link
        for link in links
        if not link.startswith("https://") and not (page.parent / link).resolve().exists()
    ]
    assert lost == []


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_in_the_readme_is_there_with_its_options(line: str) -> None:
    command: click.Command = main
    words = shlex.split(line)
    while isinstance(command, click.Group):
        command = command.commands[words.pop(0)]
    if command.name == "serve":
        assert read_options(words)
        return
    options = {name for parameter in command.params for name in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options


@pytest.mark.parametrize("switch", dataclasses.fields(Switches), ids=lambda switch: switch.name)
def test_every_switch_of_the_sandbox_is_on_its_page(switch: "dataclasses.Field[object]") -> None:
    assert f"| `{switch.name}` |" in SANDBOX


def test_the_config_on_the_page_of_the_sandbox_is_read() -> None:
    config = tomllib.loads(re.findall("```toml\n(.*?)```", SANDBOX, re.DOTALL)[0])
    assert HubSpotSettings.model_validate(config["connections"]["hs"]).pace == 10_000


def test_every_table_of_the_ledger_is_on_the_page_of_the_architecture() -> None:
    assert [name for name in metadata.tables if f"| `{name}` |" not in ARCHITECTURE] == []


def test_every_table_of_the_mirror_is_on_the_page_of_the_architecture(tmp_path: Path) -> None:
    mirror = Mirror(tmp_path / "mirror.duckdb")
    held = mirror.engine.query(
        "select table_name as name from information_schema.tables where table_schema = 'meta'"
    )
    mirror.close()
    assert [name for name in held["name"].to_pylist() if f"| `meta.{name}` |" not in ARCHITECTURE] == []
