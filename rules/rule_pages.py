"""Writes the reference of the built-in rules from the rule files themselves."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from rules.columns import Param, Segments
from rules.rule import Rule, Theme, catalogue_files, read_rule

RULES_HEADING = "## The built-in rules"
"""What stands under it in docs/rules.md is written anew by rule_sections()."""

_HEAD = """\
The files themselves are in [rules/catalogue](../rules/catalogue). A rule whose records no CRM of yours keeps is reported
as *not judged*, whatever its mode."""

_THEMES: Mapping[Theme, str] = {
    "contact": "Contact: who has heard too little from us",
    "promises": "Promises: what was agreed, by us and by them",
    "trouble": "Trouble: what went wrong for them",
    "money": "Money: invoices, renewals, retainers",
    "hand-over": "Hand-over: from one of us to another",
    "team": "Team: our own people",
    "": "Other",
}
"""In the order in which the page lists them, with what each is about."""

_ANSWERS: Mapping[object, str] = {True: "fires", False: "does not fire", "unknown": "cannot be told"}


def rule_sections() -> str:
    """The part of docs/rules.md that lists the built-in rules by theme and tells each: why, when, its params, its task."""
    texts = catalogue_files()
    rules = [
        read_rule(name, tomllib.loads(text), place=f"rules/catalogue/{name}.toml")
        for name, text in texts.items()
    ]
    sections = (part for rule in rules for part in _section(rule, texts[rule.name]))
    return "\n\n".join([RULES_HEADING, _HEAD, *_contents(rules), *sections]) + "\n"


def mapping_example(text: str) -> tuple[str, str] | None:
    """What a rule file's comment says of a mapping that feeds the rule, and that mapping as TOML; None without one.

    It is the comment of which some lines are indented by four blanks more than its words.
    """
    for is_comment, lines in groupby(text.splitlines(), lambda line: line.startswith("#")):
        written = [line.removeprefix("#").removeprefix(" ") for line in lines]
        code = [line.removeprefix("    ") for line in written if not line or line.startswith("    ")]
        if is_comment and any(code):
            words = " ".join(line for line in written if line and not line.startswith("    "))
            return words, "\n".join(code).strip()
    return None


def _contents(rules: Iterable[Rule]) -> Iterator[str]:
    """Every rule in a line, by theme; the built-in ones come in the order of their names."""
    for theme, words in _THEMES.items():
        rows = [
            f"| [{rule.name}](#{rule.name}) | {rule.file.mode} | {rule.file.title} |"
            for rule in rules
            if rule.file.theme == theme
        ]
        if rows:
            yield "\n".join([f"**{words}**", "", "| rule | mode | finds |", "|---|---|---|", *rows])


def _section(rule: Rule, text: str) -> Iterator[str]:
    file = rule.file
    yield f"### {rule.name}"
    yield f"**{file.title}.** {file.why}"
    yield f"About one [{file.about}](facts.md#{file.about}). It fires when:"
    yield _fenced(file.when)
    if file.clean_up:
        yield f"Too old for a task, and on the clean-up list, once `{file.clean_up}`."
    if rule.params:
        yield _params(rule.params)
    yield "\n".join(
        f"- {what}: {value}"
        for what, value in {
            "mode": f"`{file.mode}`",
            "severity": file.severity,
            "theme": file.theme or "none",
            "goes before": ", ".join(f"`{name}`" for name in file.inhibits) or "no other rule",
            "news after an answer, once this changes": ", ".join(f"`{name}`" for name in file.occurrence),
            **({"waits until it has settled": file.settle} if rule.settle.count else {}),
            "raised again after": f"{file.repeat_after}; where the task was dismissed, {file.dismissed_for}",
            "task": f"{file.task.kind}, due in {file.task.due}{', never shared' if file.task.alone else ''}",
            "for": ", else ".join(who.replace("_", " ") for who in file.task.assign),
            "needs the records": ", ".join(sorted(rule.needs)),
        }.items()
    )
    if example := mapping_example(text):
        yield example[0]
        yield f"```toml\n{example[1]}\n```"
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
