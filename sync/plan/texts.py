"""What a task says for the findings that it speaks for: the most pressing one in full, a line of evidence for each other."""

import re
from collections.abc import Mapping, Sequence

from rules.findings import Finding
from rules.passing import body_form, passing_names, subject_form
from rules.rule import Rule
from rules.wording import SUBJECT_LENGTH, spelled, write_body, write_subject

ALSO = "Also with this client:"

_COUNT = re.compile(r" \(\+\d+\)$")

_ENDS = (".", "…", "?", "!")
"""What ends a sentence already."""


def subject_of(rules: Mapping[str, Rule], findings: Sequence[Finding]) -> str:
    """The subject of the first finding that fits beside how many more there are; at most 60 characters."""
    first, *others = findings
    rest = f" (+{len(others)})" if others else ""
    line = write_subject(rules[first.rule].file.task.subject, first.facts, length=SUBJECT_LENGTH - len(rest))
    return f"{line}{rest}"


def body_of(rules: Mapping[str, Rule], findings: Sequence[Finding]) -> str:
    """The first finding's text; below it one line for each other: what to do, and the evidence."""
    first, *others = findings
    body = write_body(rules[first.rule].file.task.body, first.facts)
    if not others:
        return body
    return "\n".join((body, "", ALSO, *(f"- {_line(rules[each.rule], each)}" for each in others)))


def subject_beside(rules: Mapping[str, Rule], findings: Sequence[Finding], held: str) -> str:
    """The subject for an open task that bears `held`: people know it by that, so that only its `(+1)` changes.

    Who of the client was in touch last may read otherwise in it; where it says something else, it is written anew.
    """
    fresh, (first, *others) = subject_of(rules, findings), findings
    bare = _COUNT.sub("", " ".join(held.split()))
    kept = f"{bare} (+{len(others)})" if others else bare
    if kept == fresh or len(kept) > SUBJECT_LENGTH:
        return fresh
    says_it = re.fullmatch(_subject_form(rules[first.rule], first), bare) is not None
    return kept if says_it else fresh


def is_body_of(rules: Mapping[str, Rule], findings: Sequence[Finding], held: str) -> bool:
    """Whether a body, with single blanks between its words, says what the findings do.

    When and with whom the last contact with the client was may read otherwise in it: that changes with every touch.
    """
    return re.fullmatch(_body_form(rules, findings), f"{held} ") is not None


def why(rules: Mapping[str, Rule], finding: Finding) -> str:
    """The rule's title, with the facts that its condition looked at."""
    rule = rules[finding.rule]
    facts = _evidence(finding)
    title = rule.file.title or rule.name
    return f"{title} ({'; '.join(facts)})" if facts else title


def _line(rule: Rule, finding: Finding) -> str:
    subject = write_subject(rule.file.task.subject, finding.facts)
    evidence = write_body(rule.file.task.body, finding.facts).split("\n")[0]
    stop = "" if subject.endswith(_ENDS) else "."
    return f"{subject}{stop} {evidence}" if evidence else subject


def _body_form(rules: Mapping[str, Rule], findings: Sequence[Finding]) -> str:
    first, *others = findings
    forms = body_form(rules[first.rule].file.task.body, first.facts, _passing(rules[first.rule], first))
    if others:
        forms.append(f"{re.escape(ALSO)} ")
    for each in others:
        rule = rules[each.rule]
        evidence = body_form(rule.file.task.body, each.facts, _passing(rule, each))[:1]
        forms.append(f"(?>- (?:{_subject_form(rule, each)})[.]? {''.join(evidence)})")
    return "".join(forms)


def _subject_form(rule: Rule, finding: Finding) -> str:
    choices, facts = rule.file.task.subject, finding.facts
    forms = (
        re.escape(write_subject(choices, facts)),
        subject_form(choices, facts, _passing(rule, finding)),
    )
    return "|".join(form for form in forms if form)


def _passing(rule: Rule, finding: Finding) -> frozenset[str]:
    return passing_names(rule.file.occurrence, finding.facts)


def _evidence(finding: Finding) -> list[str]:
    """In words; ids and plain yes or no say nothing to a person."""
    return [
        f"{name.replace('_', ' ')}: {spelled(finding.facts[name])}"
        for name in sorted(finding.evidence)
        if not name.endswith("_id")
        and finding.facts.get(name) is not None
        and not isinstance(finding.facts[name], bool)
    ]
