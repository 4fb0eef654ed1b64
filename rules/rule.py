"""A rule file, read and checked whole: its condition, its task and its examples."""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from rules.columns import Param
from rules.condition.doubt import flags_of
from rules.condition.read import Condition, read_condition
from rules.duration import Duration, read_duration
from rules.errors import Mistakes, RuleError, choose
from rules.facts import FactView, read_facts
from rules.params import no_numbers, read_params
from rules.rule_check import check_rule, inhibits_nobody
from rules.rule_slips import in_words
from rules.scenario.written import Scenario, ScenarioCalendar

Severity = Literal["low", "normal", "high"]
Assignee = Literal[
    "account_owner", "owner_manager", "commitment_owner", "incident_owner", "message_person", "deal_owner",
    "delivery_owner", "person", "person_manager", "finance", "team_queue", "fallback",
]  # fmt: skip
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Theme = Literal["", "contact", "promises", "trouble", "money", "hand-over", "team"]
SEVERITIES: tuple[Severity, ...] = ("low", "normal", "high")
NAME_LENGTH = 40
FIXED = ("about", "when", "occurrence")
"""What makes a built-in rule the rule that it is."""
ANSWERS = ("repeat_after", "dismissed_for")
"""How long what a person did about a task holds."""

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class TaskText(BaseModel):
    """What the task says and whose it is."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    subject: tuple[str, ...] = ()
    """At most 60 characters; of several the first whose facts all have values and that fits. `{account_name}` is a fact."""
    body: str = ""
    """A line with a fact that has no value vanishes."""
    kind: Literal["call", "email", "todo"] = "todo"
    """What is to be done."""
    due: str = "1 business day"
    """How long after it is raised."""
    assign: tuple[Assignee, ...] = ()
    """Who gets it: the first of them that can be given work; by default the client's owner, their manager, the
    team's queue, the fallback; about a person of ours their manager, the queue, the fallback."""
    alone: bool = False
    """true: a task of its own; else it shares one with what else is found on the client for the same person."""
    closes: tuple[str, ...] = ()
    """What is added when the task closes by itself: the first of the lines whose facts have values."""

    @field_validator("subject", "closes", mode="before")
    @classmethod
    def _one_or_several(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value


class Example(BaseModel):
    """Facts, and whether the rule fires on them; facts that are not given have no value."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    name: str
    given: Mapping[str, Any]
    fires: Literal[True, False, "unknown"]
    """`unknown`: a fact that is in doubt leaves it open."""


class RuleFile(BaseModel):
    """A rule as it is written; every key of a rule file or of `[[rule]]`."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    title: str = ""
    """What a person calls it."""
    why: str = ""
    """Its reason, for who gets the task."""
    about: str
    """The subject of the facts that it looks at."""
    when: str
    """A condition over the facts and the params."""
    only: str | None = None
    """A further condition that narrows it."""
    clean_up: str | None = None
    """While this holds as well, it is too old to act on: it is listed, and makes no task."""
    occurrence: tuple[str, ...] = ()
    """The ids, dates or instants that tell one occurrence from the next."""
    severity: Severity = "normal"
    """The task's priority, and who comes first where limits hold back."""
    theme: Theme = ""
    """What it belongs to, in lists and reports."""
    inhibits: tuple[str, ...] = ()
    """Rules that are held back on the same client while this one has something to say."""
    settle: str = "0 minutes"
    """How long the condition must hold before a task is raised, and must be gone before its task closes: for what comes
    and goes."""
    repeat_after: str = "15 business days"
    """How long a person's answer holds; longer after each repeat."""
    dismissed_for: str = "180 days"
    """How long it holds where they deleted the task, or called it not relevant."""
    schedule: tuple[Weekday, ...] = ()
    """The weekdays on which it raises new tasks; any day where none is named. Open tasks are followed every day."""
    mode: Literal["off", "report", "task"] = "task"
    """`off`: not judged; `report`: found and shown, never a task; `task`."""
    params: Mapping[str, Any] = Field(default_factory=dict)
    """Values that the condition names."""
    task: TaskText = TaskText()
    """What the task says and whose it is."""
    examples: tuple[Example, ...] = ()
    """Facts, and whether the rule fires on them."""
    scenarios: tuple[Scenario, ...] = ()
    """Whole stories on records, with a frozen clock."""


_TABLES: Mapping[tuple[str, ...], type[BaseModel]] = {
    (): RuleFile,
    ("task",): TaskText,
    ("examples",): Example,
    ("scenarios",): Scenario,
    ("scenarios", "calendar"): ScenarioCalendar,
}
"""The tables of a rule that have keys of their own, and the rule itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule that was checked: its names exist, its types fit, its durations can be read."""

    name: str
    place: str
    file: RuleFile
    view: FactView
    condition: Condition
    """When it fires."""
    holds: Condition
    """The same, however old: what holds and does not fire any more is on the clean-up list, and open tasks stay."""
    params: Mapping[str, Param]
    due: Duration
    settle: Duration
    repeat_after: Duration
    dismissed_for: Duration

    @property
    def needs(self) -> frozenset[str]:
        """The records, and columns of records, that the condition and the occurrence stand on."""
        return self.view.needs({*self.condition.columns, *self.file.occurrence})

    @property
    def uses(self) -> frozenset[str]:
        """The records that they look at where a CRM keeps them."""
        return self.view.uses({*self.condition.columns, *self.file.occurrence})

    @property
    def flags(self) -> frozenset[str]:
        """The facts that say when another one that the condition looks at is in doubt."""
        return flags_of(self.condition.tree, self.view.doubts)

    def reporting(self) -> "Rule":
        """The same where it only reports: what one that is off would find."""
        return replace(self, file=self.file.model_copy(update={"mode": "report"}))

    @property
    def digest(self) -> str:
        """12 hex characters that change with anything in the rule."""
        return hashlib.sha256(
            orjson.dumps(self.file.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)
        ).hexdigest()[:12]


def catalogue_files() -> dict[str, str]:
    """The text of each built-in rule file, by rule name."""
    folder = files("rules").joinpath("catalogue")
    named = (
        (entry.name.removesuffix(".toml"), entry)
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    )
    return {name: entry.read_text(encoding="utf-8") for name, entry in sorted(named)}


def read_rules(
    overrides: Mapping[str, Mapping[str, Any]],
    own: Iterable[Mapping[str, Any]],
    *,
    place: str,
) -> dict[str, Rule]:
    """The built-in rules with an admin's overrides, and the admin's own rules, by name.

    `overrides` is the config's `[rules]`, `own` its `[[rule]]` list, `place` the config file's name.
    Raises RulesError (a RuleError or a ConditionError) for a mistake, SeveralErrors where there are more.
    """
    built_in: dict[str, dict[str, Any]] = {
        name: tomllib.loads(text) for name, text in catalogue_files().items()
    }
    mistakes = Mistakes()
    for name in overrides:
        if name not in built_in:
            remedy = f"{choose(name, built_in)} A rule of your own stands under [[rule]]"
            mistakes.note(RuleError(f"{place}: rules.{name}", "no built-in rule has this name", remedy))
    rules: dict[str, Rule] = {}
    for name, raw in built_in.items():
        changes: Mapping[str, Any] = overrides.get(name, {})
        where = f"{place}: rules.{name}" if changes else f"rules/catalogue/{name}.toml"
        with mistakes.noted():
            rules[name] = read_rule(name, _merged(raw, changes, where, mistakes), place=where)
    for number, written in enumerate(own, start=1):
        name = str(written.get("name", ""))
        where = f"{place}: rule[{number}] {name if _NAME.fullmatch(name) else ''}".rstrip()
        if name in rules or name in built_in:
            remedy = "choose another, or override it under [rules]"
            mistakes.note(RuleError(f"{where}.name", f"'{name}' is taken", remedy))
            continue
        raw = {key: value for key, value in written.items() if key != "name"}
        with mistakes.noted():
            rules[name] = read_rule(name, raw, place=where)
    if not mistakes:
        mistakes.note(*filter(None, (inhibits_nobody(rule, rules) for rule in rules.values())))
    mistakes.refuse()
    return rules


def read_rule(name: str, raw: Mapping[str, Any], *, place: str) -> Rule:
    """One rule from its parsed TOML, checked whole; raises RulesError."""
    if len(name) > NAME_LENGTH or not _NAME.fullmatch(name):
        remedy = f"use at most {NAME_LENGTH} of a-z, 0-9 and -, such as 'vip-gone-quiet'"
        raise RuleError(f"{place}.name", f"'{name[:60]}' is not a rule name", remedy)
    file = _with_text(name, _file(raw, place))
    view = read_facts().get(file.about)
    if view is None:
        remedy = choose(file.about, read_facts())
        raise RuleError(f"{place}.about", f"there are no facts about '{file.about[:60]}'", remedy)
    lengths, texts = _lengths(file), {"when": file.when, "only": file.only, "clean_up": file.clean_up}
    mistakes = Mistakes()
    for key, length in lengths.items():
        with mistakes.noted():
            if read_duration(length, place=f"{place}.{key}").count == 0 and key in ANSWERS:
                problem = "is no time, so that the same task would come again as soon as somebody has done it"
                raise RuleError(f"{place}.{key}", problem, "write '1 business day' or more")
    with mistakes.noted():
        params = read_params(file.params, view.columns, place=f"{place}.params")
        for key, text in texts.items():
            if text is not None:
                # Each by itself first: a mistake is shown where it stands.
                with mistakes.noted():
                    alone = read_condition(text, view.columns, params, place=f"{place}.{key}")
                    if key == "when" and not alone.columns:
                        problem = "looks at no fact, and so would fire for all or for none"
                        raise RuleError(f"{place}.when", problem, "name one, as in days_since_touch > 30")
    mistakes.refuse()
    held = f"({file.when}) and ({file.only})" if file.only is not None else file.when
    fires = f"({held}) and not ({file.clean_up})" if file.clean_up is not None else held
    rule = Rule(
        name=name,
        place=place,
        file=file,
        view=view,
        condition=read_condition(fires, view.columns, params, place=f"{place}.when with clean_up"),
        holds=read_condition(held, view.columns, params, place=f"{place}.when with only"),
        params=params,
        due=read_duration(file.task.due, place=f"{place}.task.due"),
        settle=read_duration(file.settle, place=f"{place}.settle"),
        repeat_after=read_duration(file.repeat_after, place=f"{place}.repeat_after"),
        dismissed_for=read_duration(file.dismissed_for, place=f"{place}.dismissed_for"),
    )
    check_rule(rule)
    return rule


def _lengths(file: RuleFile) -> dict[str, str]:
    return {
        "task.due": file.task.due, "settle": file.settle, "repeat_after": file.repeat_after,
        "dismissed_for": file.dismissed_for,
    }  # fmt: skip


def _file(raw: Mapping[str, Any], place: str) -> RuleFile:
    try:
        return RuleFile.model_validate(raw)
    except ValidationError as error:
        mistakes = Mistakes()
        mistakes.note(*(in_words(each, place, tables=_TABLES) for each in error.errors()))
        mistakes.refuse()
        raise


def _with_text(name: str, file: RuleFile) -> RuleFile:
    """A rule without words of its own still says what it is about and why."""
    title = file.title or name.replace("-", " ").capitalize()
    who = "person_name" if file.about == "person" else "account_name"
    last = (
        ""
        if file.about == "person"
        else "Last contact before this was written: {last_touch_on} ({last_touch_kind})."
    )
    subject = file.task.subject or (f"{{{who}}}: {title[:1].lower()}{title[1:]}",)
    lines = (f"{title}: {{{who}}}.", file.why, last)
    body = file.task.body or "\n".join(line for line in lines if line)
    chain: tuple[Assignee, ...] = ("account_owner", "owner_manager", "team_queue", "fallback")
    assign = file.task.assign or (
        ("person_manager", "team_queue", "fallback") if file.about == "person" else chain
    )
    task = file.task.model_copy(update={"subject": subject, "body": body, "assign": assign})
    return file.model_copy(update={"title": title, "task": task})


def _merged(
    raw: Mapping[str, Any], changes: Mapping[str, Any], place: str, mistakes: Mistakes
) -> dict[str, Any]:
    """A built-in rule with an admin's changes; its examples and scenarios speak of the condition as it was built in."""
    wrong = list(_wrong_changes(raw, changes, place))
    mistakes.note(*(error for _, error in wrong))
    refused = {key for key, _ in wrong}
    changes = {key: value for key, value in changes.items() if key not in refused}
    merged = {**raw, **changes}
    for table in ("params", "task"):
        merged[table] = {**raw.get(table, {}), **changes.get(table, {})}
    if {"params", "only", "clean_up"} & set(changes):
        merged |= {key: changes.get(key, []) for key in ("examples", "scenarios")}
    return merged


def _wrong_changes(
    raw: Mapping[str, Any], changes: Mapping[str, Any], place: str
) -> Iterator[tuple[str, RuleError]]:
    """What of a built-in rule cannot be changed so, with the key under which it is tried."""
    for key, value in changes.items():
        where = f"{place}.{key}"
        if key not in RuleFile.model_fields:
            yield key, RuleError(where, "unknown key", choose(key, RuleFile.model_fields))
        elif key in FIXED:
            remedy = "write a rule of your own under [[rule]] and switch this one off"
            yield key, RuleError(where, "of a built-in rule cannot be changed", remedy)
        elif key in ("params", "task") and not isinstance(value, Mapping):
            yield key, RuleError(where, "is not a table", f"write {key}.NAME = ...")
        elif key == "params":
            yield from ((key, error) for error in no_numbers(value, raw.get(key, {}), place=where))
