"""The rules of a config: the built-in ones as overridden, and the admin's own."""

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rules.errors import RulesError, SeveralErrors
from rules.rule import Rule, read_rules
from sync.config.config import Config
from sync.config.places import KeyPath, find_places, mistake_of
from sync.config.read import syntax_mistake
from sync.errors import ConfigRefused, Mistake, UserError

_PLACE = re.compile(
    r"(?:rules\.(?P<name>[\w-]+)|rule\[(?P<number>[0-9]+)\](?: [\w-]+)?)(?P<keys>(?:\.[\w-]+|\[[0-9]+\])*)(?P<more>.*)"
)
"""How the rules name a place in a config, after the file's name: `rules.NAME.task.due`, `rule[2] NAME.when`."""
_KEY = re.compile(r"\.(?P<name>[\w-]+)|\[(?P<number>[0-9]+)\]")


def read_rulebook(config: Config) -> dict[str, Rule]:
    """Every rule by name; raises UserError in the rules' own words."""
    own = [*config.own_rules, *(_rule_file(path) for path in _files(config))]
    try:
        return read_rules(config.rules, own, place=config.file.name)
    except RulesError as error:
        raise refused(config, error) from error


class RulesRefused(ConfigRefused):
    """Rules that cannot be used; the text is that of the rules' own errors, with their carets."""

    def __init__(self, errors: Sequence[RulesError], places: Sequence[str]) -> None:
        super().__init__([mistake_of(error, place) for error, place in zip(errors, places, strict=True)])
        self.place = places[0]
        self._text = "\n".join(
            str(error).replace(error.place, place, 1) for error, place in zip(errors, places, strict=True)
        )

    def __str__(self) -> str:
        return self._text


def refused(config: Config, error: RulesError) -> RulesRefused:
    """What is wrong in the rules, with the file that the person wrote and the line in it."""
    errors = error.errors if isinstance(error, SeveralErrors) else (error,)
    files = _files(config)
    placed = [(each, _place(config, files, each.place)) for each in errors]
    order = {str(file): number for number, file in enumerate((config.file, *files))}
    placed.sort(key=lambda each: _order(order, mistake_of(*each)))
    return RulesRefused([each for each, _ in placed], [place for _, place in placed])


def _order(files: Mapping[str, int], mistake: Mistake) -> tuple[int, int]:
    """The config first, and each file from its top."""
    return files.get(mistake.file, len(files)), mistake.line or 0


def rulebook_digest(rules: Mapping[str, Rule]) -> str:
    """16 hex characters that change with any rule."""
    return hashlib.sha256(
        "".join(f"{name}{rule.digest}" for name, rule in sorted(rules.items())).encode()
    ).hexdigest()[:16]


def _place(config: Config, files: Sequence[Path], place: str) -> str:
    """The rules' own words for a place, with the file that the person wrote and the line in it."""
    words = place.removeprefix(f"{config.file.name}: ")
    found = _PLACE.match(words)
    if found is None:
        return place
    number = int(found["number"] or 0) - 1
    keys = _key_path(found["keys"])
    if number >= len(config.own_rules):
        file = files[number - len(config.own_rules)]
        places = find_places(str(file), file.read_text(encoding="utf-8"))
        return (places.at(*keys) if keys else str(file)) + found["more"]
    rule: KeyPath = ("rules", found["name"]) if found["name"] else ("rule", number)
    line = config.line(*rule, *keys)
    return f"{config.file}:{line}: {words}" if line else f"{config.file}: {words}"


def _key_path(text: str) -> KeyPath:
    """`.scenarios[2].now` (counted from 1) and pydantic's `.scenarios.1.now` (from 0) are the same place."""
    return tuple(
        int(key["number"]) - 1
        if key["number"]
        else int(key["name"])
        if key["name"].isdecimal()
        else key["name"]
        for key in _KEY.finditer(text)
    )


def _files(config: Config) -> list[Path]:
    if config.rules_dir is None:
        return []
    folder = config.beside(config.rules_dir)
    if not folder.is_dir():
        raise UserError(
            config.place("rules_dir"),
            f"there is no folder '{config.rules_dir}'",
            "Make it, or mend the path.",
        )
    return sorted(folder.glob("*.toml"))


def _rule_file(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        return {"name": path.stem, **tomllib.loads(text)}
    except tomllib.TOMLDecodeError as error:
        raise ConfigRefused([syntax_mistake(path, text, error)]) from error
    except UnicodeDecodeError as error:
        raise UserError(str(path), "the file is not UTF-8 text", "Save it as UTF-8") from error
    except OSError as error:
        raise UserError(
            str(path),
            f"cannot be read: {error.strerror}",
            "Let this user read it, or take it out of the folder",
        ) from error
