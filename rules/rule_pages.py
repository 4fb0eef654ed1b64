"""Writes the reference of the built-in rules from the rule files themselves."""

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from rules.columns import Param, Segments
from rules.rule import Rule, catalogue_files, read_rule

RULES_HEADING = "## The built-in rules"
"""What stands under it in docs/rules.md is written anew by rule_sections()."""

_HEAD = "The files themselves are in [rules/catalogue](../rules/catalogue)."

_ANSWERS: Mapping[object, str] = {True: "fires", False: "does not fire", "unknown": "cannot be told"}


def rule_sections() -> str:
    """The part of docs/rules.md that tells each built-in rule: why, when, its params, its task."""
    rules = [
        read_rule(name, tomllib.loads(text), place=f"rules/catalogue/{name}.toml")
        for name, text in catalogue_files().items()
    ]
    parts = [RULES_HEADING, _HEAD, *(part for rule in rules for part in _section(rule))]
    return "\n\n".join(parts) + "\n"


def _section(rule: Rule) -> Iterator[str]:
    file = rule.file
    yield f"### {rule.name}"
    yield f"**{file.title}.** {file.why}"
    yield f"About one [{file.about}](facts.md#{file.about}). It fires when:"
    yield _fenced(file.when)
    if rule.params:
        yield _params(rule.params)
    yield "\n".join(
        f"- {what}: {value}"
        for what, value in {
            "mode": f"`{file.mode}`",
            "severity": file.severity,
            "news after an answer, once this changes": ", ".join(f"`{name}`" for name in file.occurrence),
            "raised again after": file.repeat_after,
            "task": f"{file.task.kind}, due in {file.task.due}",
            "for": ", else ".join(who.replace("_", " ") for who in file.task.assign),
            "needs the records": ", ".join(sorted(rule.needs)),
        }.items()
    )
    yield "The task:"
    yield _fenced("\n".join([*file.task.subject, "", file.task.body.strip()]))
    if file.task.closes:
        yield "When its reason has gone, the first line that has something to say:"
        yield _fenced("\n".join(file.task.closes))
    yield "Examples:"
    yield "\n".join(f"- {_ANSWERS[example.fires]}: {example.name}" for example in file.examples)


def _params(params: Mapping[str, Param]) -> str:
    rows = [f"| `{name}` | {_param(param)} |" for name, param in params.items()]
    return "\n".join(["| param | default |", "|---|---|", *rows])


def _param(param: Param) -> str:
    value = param.value
    if not isinstance(value, Segments):
        return _plain(value)
    cases = ", ".join(f"{case} {_plain(each)}" for case, each in value.cases.items())
    return f"by `{value.by}`: {cases}; else {_plain(value.default)}"


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _fenced(text: str) -> str:
    return f"```text\n{text.strip()}\n```"
