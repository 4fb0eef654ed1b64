"""Where a rule was written: the file that ships, the config, or a file of the company's own; and when it last changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Literal

from rules.rule import Rule, catalogue_files
from sync.config.config import Config
from sync.explaining.revision import Revision, revisions


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSource:
    """A file, or a place in one, that a rule or a part of it comes from."""

    what: Literal["built-in", "changes", "own"]
    """`changes`: what a config says of a built-in rule."""
    file: str
    """As a person finds it: `rules/catalogue/NAME.toml` of what ships, else the path as the config was named."""
    line: int | None = None
    path: Path
    revision: Revision | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


def rule_sources(config: Config, rules: Iterable[Rule]) -> dict[str, tuple[RuleSource, ...]]:
    """By rule name, the rule itself first."""
    built_in = frozenset(catalogue_files())
    own = {name: number for number, name in enumerate(config.own_rules_by_name())}
    found = {rule.name: _sources(config, rule.name, built_in=built_in, own=own) for rule in rules}
    known = revisions(source.path for each in found.values() for source in each)
    return {
        name: tuple(replace(source, revision=known.get(source.path)) for source in each)
        for name, each in found.items()
    }


def _sources(
    config: Config, name: str, *, built_in: frozenset[str], own: Mapping[str, int]
) -> list[RuleSource]:
    path, file = config.file.absolute(), str(config.file)
    if name in own:
        return [RuleSource(what="own", file=file, line=config.line("rule", own[name]), path=path)]
    if name not in built_in:
        return [
            RuleSource(
                what="own",
                file=f"{config.rules_dir}/{name}.toml",
                path=config.beside(f"{config.rules_dir}/{name}.toml"),
            )
        ]
    shipped = f"catalogue/{name}.toml"
    sources = [
        RuleSource(what="built-in", file=f"rules/{shipped}", path=Path(str(files("rules").joinpath(shipped))))
    ]
    if name in config.rules:
        sources.append(RuleSource(what="changes", file=file, line=config.line("rules", name), path=path))
    return sources
