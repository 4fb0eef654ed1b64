"""`keptword schema` prints or writes a schema without a config."""

import json
from pathlib import Path

from click.testing import CliRunner

from sync.cli.main import main


def test_it_prints_the_schema_of_the_config() -> None:
    result = CliRunner().invoke(main, ["schema"])
    assert (result.exit_code, json.loads(result.output)["title"]) == (0, "keptword.toml")


def test_it_writes_that_of_a_rule_file(tmp_path: Path) -> None:
    out = tmp_path / "rule.schema.json"
    result = CliRunner().invoke(main, ["schema", "--rule-file", "--out", str(out)])
    assert "#:schema ./rule.schema.json" in result.output
    assert "about" in json.loads(out.read_text(encoding="utf-8"))["required"]


def test_a_place_where_nobody_may_write_is_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["schema", "--json", "--out", str(tmp_path / "none" / "s.json")])
    assert result.exit_code == 2
    assert json.loads(result.stdout)["error"]["problem"] == "cannot be written: No such file or directory"
