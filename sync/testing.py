"""Runs every example and scenario of a config's rules, in a DuckDB of its own: no CRM, no mirror, no secrets."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from rules.engine import Engine
from rules.errors import RulesError
from rules.examples import ExampleResult, run_examples
from rules.rule import Rule, catalogue_files, read_rules
from rules.scenario.expect import named_in
from rules.scenario.play import LONDON, ScenarioResult, Setting, play
from rules.scenario.stories import read_stories
from rules.scenario.written import Scenario
from sync.config.config import Config
from sync.config.working import working_time
from sync.engine.duckdb_engine import DuckDbEngine
from sync.errors import no_such_rule
from sync.judging.rulebook import read_rulebook, refused

CHANGED = "the config changes its params, only or clean_up"
CHANGED_THERE = "the config changes params, only or clean_up of a rule that they look at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What one rule, or one file of stories (`stories/contact`), says of itself."""

    name: str
    examples: tuple[ExampleResult, ...] = ()
    scenarios: tuple[ScenarioResult, ...] = ()

    @property
    def results(self) -> tuple[ExampleResult | ScenarioResult, ...]:
        """All of them, in their order."""
        return (*self.examples, *self.scenarios)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Built-in examples or scenarios that speak of a rule as it was built in."""

    group: str
    examples: int = 0
    scenarios: int = 0
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """What `keptword test` found."""

    groups: tuple[Group, ...]
    left_out: tuple[LeftOut, ...] = ()
    untested: tuple[str, ...] = ()
    """Rules of one's own that have neither examples nor scenarios."""

    @property
    def passed(self) -> int:
        """How many examples and scenarios do what they say."""
        return sum(each.passed for group in self.groups for each in group.results)

    @property
    def failed(self) -> int:
        """How many do not."""
        return sum(not each.passed for group in self.groups for each in group.results)


def run_tests(config: Config | None, *, rule: str | None, tell: Callable[[Group], None]) -> Tested:
    """Everything, or what speaks of `rule`; without a config the built-in rules. `tell` hears of each group at once.

    Raises UserError for a mistake in an example or scenario of the config's, with file and line.
    """
    built_in = read_rules({}, [], place="rules/catalogue")
    rules = built_in if config is None else read_rulebook(config)
    if rule is not None and rule not in rules:
        raise no_such_rule(rule, rules)
    groups: list[Group] = []
    left_out: list[LeftOut] = []
    with DuckDbEngine() as engine:
        # For a handful of rows threads only stand in each other's way.
        engine.execute("set threads = 1")
        try:
            for each in _groups(engine, rules, built_in, setting=_setting(config), only=rule):
                if isinstance(each, LeftOut):
                    left_out.append(each)
                else:
                    tell(each)
                    groups.append(each)
        except RulesError as error:
            raise (refused(config, error) if config else error) from error
    looked_at = set(rules) - set(built_in) if rule is None else {rule} - set(built_in)
    untested = looked_at - {group.name for group in groups}
    return Tested(groups=tuple(groups), left_out=tuple(left_out), untested=tuple(sorted(untested)))


def _setting(config: Config | None) -> Setting:
    if config is None:
        return LONDON
    company = config.company
    return Setting(
        timezone=company.timezone,
        working=working_time(config),
        clock=company.clock,
        email_is_logged=company.email_is_logged,
    )


def _groups(
    engine: Engine,
    rules: Mapping[str, Rule],
    built_in: Mapping[str, Rule],
    *,
    setting: Setting,
    only: str | None,
) -> Iterator[Group | LeftOut]:
    changed = {name for name, rule in built_in.items() if _is_changed(rules[name], rule)}
    for name, rule in rules.items():
        if only not in (None, name):
            continue
        own = name not in built_in or rule.file.scenarios != built_in[name].file.scenarios
        played = [
            play(
                engine, scenario, rules, setting=setting if own else LONDON,
                place=f"{rule.place}.scenarios[{number}]",
            )
            for number, scenario in enumerate(rule.file.scenarios, start=1)
        ]  # fmt: skip
        examples = tuple(run_examples(engine, rule))
        if examples or played:
            yield Group(name=name, examples=examples, scenarios=tuple(played))
        if name in changed and (missing := _missing(rule)):
            yield missing
    as_built = {name: rules[name] for name in built_in if name not in changed}
    for theme, stories in read_stories().items():
        yield from _stories(engine, theme, stories, as_built, changed=changed, only=only)


def _stories(
    engine: Engine, theme: str, stories: tuple[Scenario, ...], rules: Mapping[str, Rule], *,
    changed: set[str], only: str | None,
) -> Iterator[Group | LeftOut]:  # fmt: skip
    played: list[ScenarioResult] = []
    left = 0
    for number, story in enumerate(stories, start=1):
        named = named_in(story)
        if only is not None and only not in named:
            continue
        if named & changed:
            left += 1
            continue
        place = f"rules/stories/{theme}.toml: scenarios[{number}]"
        played.append(play(engine, story, rules, setting=LONDON, place=place))
    if played:
        yield Group(name=f"stories/{theme}", scenarios=tuple(played))
    if left:
        yield LeftOut(group=f"stories/{theme}", scenarios=left, reason=CHANGED_THERE)


def _is_changed(rule: Rule, built_in: Rule) -> bool:
    return (rule.condition.text, rule.params) != (built_in.condition.text, built_in.params)


def _missing(rule: Rule) -> LeftOut | None:
    """What the built-in file has and the rule as overridden has not."""
    file = tomllib.loads(catalogue_files()[rule.name])
    examples = 0 if rule.file.examples else len(file.get("examples", ()))
    scenarios = 0 if rule.file.scenarios else len(file.get("scenarios", ()))
    if not examples and not scenarios:
        return None
    return LeftOut(group=rule.name, examples=examples, scenarios=scenarios, reason=CHANGED)
