"""The built-in stories: whole scenarios by theme, in rules/stories/THEME.toml."""

import tomllib
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, ValidationError

from rules.errors import RuleError
from rules.scenario.written import Scenario


class _StoryFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    scenarios: tuple[Scenario, ...]


@cache
def read_stories() -> dict[str, tuple[Scenario, ...]]:
    """Theme -> its stories; raises RuleError for a file that has another form."""
    folder = files("rules").joinpath("stories")
    texts = {
        entry.name.removesuffix(".toml"): entry.read_text(encoding="utf-8")
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    }
    return {theme: _read(theme, text) for theme, text in sorted(texts.items())}


def _read(theme: str, text: str) -> tuple[Scenario, ...]:
    try:
        return _StoryFile.model_validate(tomllib.loads(text)).scenarios
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RuleError(f"rules/stories/{theme}.toml: {where}", first["msg"].lower(), "mend it") from error
