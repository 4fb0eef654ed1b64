"""What a person reads of the findings: rule by rule, each with the facts that say so; then what could not be told."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.text import Text

from rules.explain_words import value_words
from rules.findings import Finding, Judgement, Unknown
from rules.rule import Rule
from rules.subject_names import counted, name_of
from rules.wording import spelled, tame
from sync.report.lines import print_line
from sync.report.text import show_set_aside


def show_findings(
    console: Console,
    judgement: Judgement,
    findings: Sequence[Finding],
    *,
    rules: Mapping[str, Rule],
    only: str | None = None,
) -> None:
    """How much was judged, the findings under their rules, and what could not be told; of `only` one rule, or of all."""
    subjects = ", ".join(counted(subject, count) for subject, count in judgement.subjects.items())
    print_line(console, 0, f"Judged as of {spelled(judgement.as_of)}: {subjects}.")
    print_line(console, 0, _summary(judgement, findings, only))
    if only is not None and rules[only].file.mode == "off":
        print_line(console, 0, f"{only} is switched off: this is what it would find.")
    # Stable: within a rule the judging's own order stays.
    for name, found in groupby(sorted(findings, key=lambda each: each.rule), key=lambda each: each.rule):
        rule = rules[name]
        console.print()
        print_line(console, 0, Text.assemble((name, "bold"), f"  {rule.file.title} ({rule.file.severity})"))
        for finding in found:
            too_old = ("  too old for a task: for the clean-up list", "yellow") if finding.is_old else ""
            print_line(console, 2, Text.assemble(_about(rule, finding), too_old))
            print_line(console, 4, Text(evidence(rule, finding), style="dim"))
    console.print()
    show_unknown(console, (each for each in judgement.unknown if only in (None, each.rule)))
    show_set_aside(console, judgement)


def show_unknown(console: Console, unknown: Iterable[Unknown]) -> None:
    """The rules that could not be judged, by reason; then those that are open for some subjects, with a count."""
    unknown = list(unknown)
    by_reason: dict[tuple[str, bool], list[str]] = {}
    for each in unknown:
        if each.subject_id is None:
            by_reason.setdefault((each.reason, each.org_id is not None), []).append(each.rule)
    for (reason, is_partly), names in by_reason.items():
        where = " for the clients of one CRM" if is_partly else ""
        said = Text.assemble(
            ("not judged", "yellow"), f"{where}: {reason}: {', '.join(dict.fromkeys(names))}"
        )
        print_line(console, 2, said)
    open_for = Counter((each.rule, each.reason) for each in unknown if each.subject_id is not None)
    for (name, reason), count in sorted(open_for.items()):
        subjects = "1 subject" if count == 1 else f"{count:,} subjects"
        print_line(console, 2, Text.assemble(("unknown", "yellow"), f": {name} for {subjects}: {reason}"))


def evidence(rule: Rule, finding: Finding) -> str:
    """`is_unpaid, not is_disputed, days_overdue = 11`: the facts that the condition looked at, in its order."""
    text = rule.condition.text
    names = sorted(finding.evidence, key=lambda name: (text.find(name) < 0, text.find(name), name))
    zone = finding.facts.get("account_timezone")
    return ", ".join(_fact(name, finding.facts.get(name), zone) for name in names)


def _fact(name: str, value: Any, zone: str | None) -> str:
    if isinstance(value, bool):
        return name if value else f"not {name}"
    return f"no {name}" if value is None else f"{name} = {value_words(value, zone)}"


def _about(rule: Rule, finding: Finding) -> str:
    """`Harbour & Pine, invoice INV-1`."""
    name = name_of(rule.file.about, finding.facts)
    if rule.file.about in ("account", "person"):
        return name
    return f"{tame(str(finding.facts.get('account_name') or 'a client without a name'))}, {name}"


def _summary(judgement: Judgement, findings: Sequence[Finding], only: str | None) -> str:
    every = [finding for finding in judgement.findings if only in (None, finding.rule)]
    by_rule = Counter(finding.rule for finding in every if not finding.is_old)
    old = sum(finding.is_old for finding in every)
    said = ", ".join(f"{count:,} {rule}" for rule, count in sorted(by_rule.items())) or "none"
    words = [f"Findings: {said}.", f"Too old for a task, for the clean-up list: {old:,}." if old else ""]
    words.append(f"Shown: {len(findings):,} of {len(every):,}." if len(findings) < len(every) else "")
    return " ".join(word for word in words if word)
