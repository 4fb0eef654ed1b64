"""What a person reads of an explanation: what fired, is held back or unknown in full; then the rest in a line each."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from rich.console import Console
from rich.text import Text

from rules.subject_names import counted
from rules.wording import tame
from sync.explaining.explain import Outcome, RuleTold, SubjectTold, Told
from sync.report.explain_client_text import show_client
from sync.report.explain_part_text import show_part
from sync.report.explain_plan_text import deed_words, source_words
from sync.report.explain_reads_text import read_words, unread_words
from sync.report.lines import print_line

_IN_FULL: Sequence[Outcome] = ("fired", "held", "unknown")
_FEW = 3
"""So many subjects of a rule have a line each; of more the first stands for all."""
_WHOLE_AT_MOST = 12
"""So many for which a rule did not fire are shown in full where it alone is asked for."""
_STYLES: Mapping[str, str] = {"fired": "bold red", "held": "yellow", "unknown": "yellow"}
_OUTCOMES: Mapping[Outcome, str] = {"held": "holds, and is held back", "not judged": "not judged"}


def show_explanation(console: Console, told: Told, *, whole: bool) -> None:
    """The client, then the rules; `whole`: everything in full, as for a single rule."""
    show_client(console, told)
    print_line(console, 0, Text(_counts(told)))
    first = [each for each in told.rules if _in_full(each, whole=whole)]
    for rule in sorted(first, key=_rank):
        _show_rule(console, told, rule, whole=whole)
    lines = [line for rule in told.rules for line in _lines(rule, whole=whole)]
    if lines:
        console.print("\n[bold]Did not fire[/]")
    for line in lines:
        print_line(console, 2, line)
    _show_rest(console, told, whole=whole)


def _counts(told: Told) -> str:
    """Each rule counts once, by what is most worth a look."""
    found = Counter(_standing(rule) for rule in told.rules)
    said = ", ".join(f"{found[words]} {words}" for words in _STANDINGS if found[words])
    return f"{len(told.rules)} {'rule' if len(told.rules) == 1 else 'rules'}: {said}."


_STANDINGS = ("fired", "held back", "unknown", "did not fire", "with nothing to judge", "not judged", "off")


def _standing(rule: RuleTold) -> str:
    if rule.rule.file.mode == "off":
        return "off"
    if _rank(rule) < len(_IN_FULL):
        return _STANDINGS[_rank(rule)]
    if any(subject.outcome == "did not fire" for subject in rule.subjects):
        return "did not fire"
    return "not judged" if rule.not_judged or rule.subjects else "with nothing to judge"


def _rank(rule: RuleTold) -> int:
    ranks = (_IN_FULL.index(each.outcome) for each in rule.subjects if each.outcome in _IN_FULL)
    return min(ranks, default=len(_IN_FULL))


def _in_full(rule: RuleTold, *, whole: bool) -> list[SubjectTold]:
    every = [each for each in rule.subjects if each.outcome in _IN_FULL]
    others = [each for each in rule.subjects if each.outcome not in _IN_FULL]
    return every + others if whole and len(others) <= _WHOLE_AT_MOST else every


def _show_rule(console: Console, told: Told, rule: RuleTold, *, whole: bool) -> None:
    file = rule.rule.file
    console.print()
    print_line(console, 0, Text.assemble((rule.rule.name, "bold"), f"  {file.title}"))
    if file.why:
        print_line(console, 0, Text(file.why, style="dim"))
    told_before: set[str] = set()
    for _, same in groupby(_in_full(rule, whole=whole), key=_sameness):
        subjects = list(same)
        shown = subjects if whole or subjects[0].outcome != "unknown" else subjects[:1]
        for subject in shown:
            _show_subject(console, told, subject, told_before)
        if more := subjects[len(shown) :]:
            print_line(console, 2, Text(f"and for the same reason: {', '.join(each.name for each in more)}"))
    for line in unread_words(rule.reads):
        _labelled(console, "read", line)
    for line in source_words(rule.sources):
        _labelled(console, "rule", line)


def _sameness(subject: SubjectTold) -> tuple[str, ...]:
    """Subjects that are unknown for the same reason, with nothing in the plan, are told once."""
    is_plain = subject.outcome == "unknown" and not subject.deeds
    return (subject.outcome, *subject.reasons) if is_plain else (subject.subject_id,)


def _show_subject(console: Console, told: Told, subject: SubjectTold, told_before: set[str]) -> None:
    """`told_before` has the facts whose meaning a person has just read."""
    outcome = _OUTCOMES.get(subject.outcome, subject.outcome)
    print_line(console, 2, Text.assemble(subject.name, ": ", (outcome, _STYLES.get(subject.outcome, "bold"))))
    if subject.outcome != "fired":
        for reason in subject.reasons:
            print_line(console, 4, Text(reason))
    show_part(console, subject.condition, 4, zone=told.zone, told_before=told_before)
    for deed in subject.deeds:
        if not (subject.outcome == "held" and deed.action == "hold"):
            _labelled(console, "plan", deed_words(deed, outcome=subject.outcome))
    named = (
        f"{what.removesuffix('_id').replace('_', ' ')} {record_id}" for what, record_id in subject.records
    )
    _labelled(console, "from", ", ".join(named))


def _lines(rule: RuleTold, *, whole: bool) -> Iterator[Text]:
    """A line for each subject for which the rule did not fire; one for many that the same part decided, and for
    those that a person could not tell apart."""
    full = {each.subject_id for each in _in_full(rule, whole=whole)}
    quiet = [each for each in rule.subjects if each.subject_id not in full and each.outcome == "did not fire"]
    told_apart = rule.rule.file.about != "account"
    with_tasks = [each for each in quiet if any(deed.key for deed in each.deeds)]
    plain = [each for each in quiet if each not in with_tasks]
    alike = _decider if len(plain) > _FEW else _words
    groups = [list(same) for _, same in groupby(sorted(plain, key=alike), key=alike)]
    for group in [*([each] for each in with_tasks), *groups]:
        yield _line(rule, group, told_apart=told_apart)


def _line(rule: RuleTold, same: Sequence[SubjectTold], *, told_apart: bool) -> Text:
    first, many = same[0], len(same) > 1
    about = f", {first.name}" if told_apart and not many else ""
    which = f" for {counted(rule.rule.file.about, len(same))}, such as {first.name}" if many else ""
    reason = "; ".join(
        (*first.reasons[:1], *(deed_words(deed, outcome=first.outcome) for deed in first.deeds))
    )
    return Text.assemble((rule.rule.name, "bold"), f"{about}: did not fire{which}: {reason}")


def _decider(subject: SubjectTold) -> str:
    """What decided, without its values."""
    return subject.reasons[0].split(" ")[0] if subject.reasons else ""


def _words(subject: SubjectTold) -> str:
    """All that its line says."""
    return f"{_decider(subject)} {subject.name}: {'; '.join(subject.reasons)}"


def _show_rest(console: Console, told: Told, *, whole: bool) -> None:
    without = [
        each
        for each in told.rules
        if each.rule.file.mode != "off" and not each.not_judged and not each.subjects
    ]
    off = [each for each in told.rules if each.rule.file.mode == "off" and not (whole and each.subjects)]
    unjudged = [
        (reason, each.rule.name)
        for each in told.rules
        if whole or each.rule.file.mode != "off"
        for reason in ("; ".join(each.not_judged), *_blind(each))
        if reason
    ]
    _show_listed(
        console,
        "Nothing to judge",
        ((f"no {counted(each.rule.file.about, 0)[2:]}", each.rule.name) for each in without),
    )
    _show_listed(console, "Not judged", unjudged)
    _show_listed(console, "Off", (("switched off", each.rule.name) for each in off))
    console.print("\n[bold]Read[/]")
    for line in read_words(read for rule in told.rules for read in rule.reads):
        print_line(console, 2, Text(line))
    if told.other_deeds:
        console.print("\n[bold]In the plan besides[/]")
    for rule, deed in told.other_deeds:
        print_line(console, 2, Text.assemble((rule, "bold"), f": {deed_words(deed, outcome='did not fire')}"))


def _blind(rule: RuleTold) -> list[str]:
    return list(
        dict.fromkeys("; ".join(each.reasons) for each in rule.subjects if each.outcome == "not judged")
    )


def _show_listed(console: Console, title: str, named: Iterable[tuple[str, str]]) -> None:
    """Rules by what is said of them."""
    by_reason: dict[str, list[str]] = {}
    for reason, name in named:
        by_reason.setdefault(reason, []).append(name)
    if by_reason:
        console.print(f"\n[bold]{title}[/]")
    for reason, names in by_reason.items():
        print_line(console, 2, Text(f"{reason}: {', '.join(names)}"))


def _labelled(console: Console, label: str, words: str) -> None:
    print_line(console, 4, Text(tame(words)), label=Text(f"{label:<6}", style="dim"))
