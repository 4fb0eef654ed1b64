"""Reads a config file whole and refuses it with every mistake at once."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from sync.config.config import Config, Source
from sync.config.explain import explain
from sync.config.places import KeyPath, Places, find_places, written
from sync.config.words import nearest
from sync.errors import ConfigRefused, Mistake, UserError

_RULE_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST_RULE_NAME = 40
_POSITION = re.compile(r" \(at line (\d+), column (\d+)\)$")


def read_config(path: Path) -> Config:
    """The config in `path`; raises UserError when it cannot be read and ConfigRefused with all its mistakes."""
    text = _read_text(path)
    try:
        data = tomllib.loads(text)
        places = find_places(str(path), text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigRefused([syntax_mistake(path, text, error)]) from error
    except RecursionError as error:
        remedy = "Look for brackets that were opened and never closed"
        raise UserError(str(path), "brackets stand inside brackets too deep to be read", remedy) from error
    mistakes = list(_rule_mistakes(data.get("rule"), places))
    source = Source(path=path, text=text, places=places)
    try:
        config = Config.model_validate(data, context=source)
    except ValidationError as error:
        mistakes += explain(error, model=Config, data=data, places=places)
        raise ConfigRefused(sorted(mistakes, key=lambda mistake: mistake.line or 0)) from error
    mistakes += _tasks_crm_mistakes(config, places)
    if mistakes:
        raise ConfigRefused(mistakes)
    return config


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise UserError(
            str(path), "there is no such file", "Write one with `keptword init`, or name yours with --config"
        ) from error
    except UnicodeDecodeError as error:
        raise UserError(str(path), "the file is not UTF-8 text", "Save it as UTF-8") from error
    except OSError as error:
        problem = f"the file cannot be read: {error.strerror}"
        raise UserError(str(path), problem, "Let this user read it, or name another with --config") from error


def syntax_mistake(path: Path, text: str, error: tomllib.TOMLDecodeError) -> Mistake:
    """A file that is no TOML, with the line in which it ceases to be."""
    message = str(error)
    found = _POSITION.search(message)
    # "(at end of document)" has no number: something was opened and never closed, so the last line is named.
    line = int(found[1]) if found else text.count("\n") + 1
    return Mistake(
        file=str(path),
        line=line,
        key="",
        problem=f"this is not TOML: {message[: found.start()] if found else message}",
        remedy="texts stand in quotes, a key stands once in its table, and brackets are closed",
    )


def _rule_mistakes(rules: object, places: Places) -> Iterator[Mistake]:
    """[[rule]] tables need names that can be told apart; the rest of a rule is checked by `rules`."""
    first: dict[str, KeyPath] = {}
    for position, rule in enumerate(rules if isinstance(rules, list) else []):
        path: KeyPath = ("rule", position, "name")
        name = rule.get("name") if isinstance(rule, dict) else None
        if not isinstance(name, str):
            problem, remedy = "is missing", "give the rule a name such as 'vip-quiet-while-broken'"
        elif not _RULE_NAME.fullmatch(name) or len(name) > _LONGEST_RULE_NAME:
            problem = f"'{name}' cannot name a rule"
            remedy = "use small letters, digits and single hyphens, 40 characters at most"
        elif name in first:
            problem, remedy = (
                f"'{name}' is the name of the rule in line {places.line(first[name])} too",
                "rename one",
            )
        else:
            first[name] = path
            continue
        yield Mistake(
            file=places.file, line=places.line(path), key=written(path), problem=problem, remedy=remedy
        )


def _tasks_crm_mistakes(config: Config, places: Places) -> Iterator[Mistake]:
    choices = ("owner", *config.connections)
    if config.tasks.crm not in choices:
        path: KeyPath = ("tasks", "crm")
        problem = f"'{config.tasks.crm}' is neither 'owner' nor a connection"
        yield Mistake(
            file=places.file, line=places.line(path), key=written(path), problem=problem,
            remedy=nearest(config.tasks.crm, choices),
        )  # fmt: skip
