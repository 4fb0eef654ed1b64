"""The rules of a config: the built-in ones as overridden, and the admin's own."""

import hashlib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rules.errors import RulesError
from rules.rule import Rule, read_rules
from sync.config.config import Config
from sync.errors import UserError


def read_rulebook(config: Config) -> dict[str, Rule]:
    """Every rule by name; raises UserError in the rules' own words."""
    own = [*config.own_rules, *_from_folder(config)]
    try:
        return read_rules(config.rules, own, place=config.file.name)
    except RulesError as error:
        raise RuleRefused(error) from error


class RuleRefused(UserError):
    """A rule that cannot be used; the text is that of the rules' own error, with its caret."""

    def __init__(self, error: RulesError) -> None:
        super().__init__(error.place, error.problem, error.remedy)
        self._text = str(error)

    def __str__(self) -> str:
        return self._text


def rulebook_digest(rules: Mapping[str, Rule]) -> str:
    """16 hex characters that change with any rule."""
    return hashlib.sha256(
        "".join(f"{name}{rule.digest}" for name, rule in sorted(rules.items())).encode()
    ).hexdigest()[:16]


def _from_folder(config: Config) -> list[dict[str, Any]]:
    if config.rules_dir is None:
        return []
    folder = config.beside(config.rules_dir)
    if not folder.is_dir():
        raise UserError(
            config.place("rules_dir"),
            f"there is no folder '{config.rules_dir}'",
            "Make it, or mend the path.",
        )
    return [_rule_file(path) for path in sorted(folder.glob("*.toml"))]


def _rule_file(path: Path) -> dict[str, Any]:
    try:
        return {"name": path.stem, **tomllib.loads(path.read_text(encoding="utf-8"))}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(str(path.name), f"is not TOML ({error})", "Mend the file.") from error
