"""A command is loaded when it is asked for, with what it needs and nothing else."""

import subprocess
import sys

import pytest

from sync.cli.main import main

LOADED = """
import sys
from sync.cli.main import main
try:
    main(sys.argv[1:], prog_name="keptword")
finally:
    print(*sorted(sys.modules), file=sys.stderr)
"""


def test_every_name_leads_to_its_command() -> None:
    assert {name: command.name for name, command in main.commands.items()} == {
        name: name for name in main.commands
    }


@pytest.mark.parametrize(
    ("arguments", "needless"),
    [
        (("--version",), ("sync.errors", "rules", "connectors", "duckdb", "pyarrow", "sqlalchemy")),
        (
            ("schema", "--help"),
            ("sync.run", "sync.ledger.ledger", "connectors.salesforce.connector", "duckdb"),
        ),
        (("test", "--help"), ("sync.run", "sync.ledger.ledger", "connectors.salesforce.connector")),
    ],
)
def test_what_a_command_does_not_need_is_not_loaded(
    arguments: tuple[str, ...], needless: tuple[str, ...]
) -> None:
    command = [sys.executable, "-c", LOADED, *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert ended.stdout
    assert set(needless).isdisjoint(ended.stderr.split())
