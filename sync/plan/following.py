"""Open tasks and what they speak for now: findings that still hold, ones that have gone, ones that nobody knows of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.tasks import subject_mark
from rules.findings import Finding
from rules.judge import finding_of
from rules.rule_check import NEWS
from rules.wording import write_body
from sync.plan.caps import pressing
from sync.plan.changes import FindingRef
from sync.plan.drafts import mark_of
from sync.plan.episodes import Episodes, OwnTask
from sync.plan.inhibition import Inhibition
from sync.plan.mentions import client_of
from sync.plan.settling import Settling
from sync.plan.situation import Situation
from sync.plan.subjects import Subjects


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """Something that a task spoke for and that is no reason for it any more."""

    ref: FindingRef
    reason: str


@dataclass(slots=True)
class Standing:
    """One open task at this moment."""

    own: OwnTask
    client: str | None
    findings: list[Finding] = field(default_factory=list)
    """What it goes on speaking for, the most pressing first."""
    gone: list[Gone] = field(default_factory=list)
    in_the_dark: bool = False
    """Something that it speaks of is not known now, or has not settled."""

    @property
    def is_resolved(self) -> bool:
        """Nothing is left of its reasons."""
        return not self.findings and not self.in_the_dark

    def in_order(self, subjects: Subjects, joined: Iterable[Finding] = ()) -> list[Finding]:
        """What it speaks for with what joins it: the more severe first, else as it stands there already.

        A person knows a task by its subject: nothing takes the lead in it that is not more severe.
        """
        places = {
            subject_mark(mark): place for place, mark in reversed([*enumerate(self.own.state.findings)])
        }

        def place(finding: Finding) -> int:
            names = subjects.names(finding.rule, finding.subject_id)
            return min(
                (places.get(subject_mark(hash_), len(places)) for _, hash_ in names), default=len(places)
            )

        found = ((pressing(each), place(each), each) for each in (*self.findings, *joined))
        return [each for *_, each in sorted(found, key=lambda one: (one[0][0], one[1], one[0]))]

    def marks(self, subjects: Subjects) -> tuple[str, ...]:
        """What its state should say: each finding where its subject stood before, further ones behind."""
        if not self.own.state.readable:
            return self.own.state.findings
        waiting = list(self.findings)
        marks: list[str] = []
        for mark in self.own.state.findings:
            found = next(
                (
                    (each, fresh)
                    for each in waiting
                    if (fresh := subjects.mark_in_place_of(mark, each)) is not None
                ),
                None,
            )
            if found is not None:
                waiting.remove(found[0])
                marks.append(found[1])
            elif self.in_the_dark:
                marks.append(mark)
        return (*marks, *map(mark_of, waiting))


class Following:
    """All open tasks; absorbs the findings that they speak for."""

    def __init__(
        self, situation: Situation, episodes: Episodes, inhibition: Inhibition, settling: Settling
    ) -> None:
        self._situation, self._episodes = situation, episodes
        self._inhibition, self._settling = inhibition, settling
        self.standings = {
            id(own): Standing(own, client_of(situation.clients, own.org_id, own.task.account_ids))
            for own in situation.tasks
            if own.is_open
        }
        self._doubled: dict[int, set[str]] = {}
        self._inhibited: dict[tuple[str | None, str], str] = {}
        self._facts = {
            (facts.get("account_id"), subject_mark(hash_)): (rule, hash_)
            for (rule, hash_), facts in situation.facts_now.items()
        }

    def absorb(self, finding: Finding) -> bool:
        """Whether an open task speaks for the finding; younger ones that do too give way to the oldest."""
        tasks = self._episodes.open_tasks(finding)
        if not tasks:
            return False
        first, *others = tasks
        self.standings[id(first)].findings.append(finding)
        for other in others:
            self._doubled.setdefault(id(other), set()).update(self._subject_marks(finding))
        return True

    def give_way(self, finding: Finding, other: str) -> None:
        """The finding holds, and another rule comes first: open tasks speak for it no more."""
        for mark in self._subject_marks(finding):
            self._inhibited[finding.account_id, mark] = (
                f"Another matter comes first with this client: {self._inhibition.title(other)}."
            )

    def settle(self) -> None:
        """Once all findings are absorbed: what became of the rest that the tasks spoke for."""
        unknown = self._situation.judgement.unknown
        questions = {
            name
            for each in unknown
            if each.subject_id is not None
            for name in self._situation.subjects.names(each.rule, each.subject_id)
        }
        unjudged = {(each.rule, each.org_id) for each in unknown if each.subject_id is None}
        self._settling.keep(
            name
            for name in self._situation.settling
            if name in questions or any(rule == name[0] for rule, _ in unjudged)
        )
        for standing in self.standings.values():
            for mark in self._unspoken(standing):
                self._look_at(standing, mark, questions, unjudged)

    def _unspoken(self, standing: Standing) -> Iterable[str]:
        """The marks for which no finding stands now; a task whose state is lost speaks for what its key says."""
        spoken = {mark for finding in standing.findings for mark in self._subject_marks(finding)}
        own = standing.own
        marks = own.state.findings or (f"{subject_mark(own.key.subject_hash)}{own.key.occurrence_hash[:4]}",)
        return (mark for mark in marks if subject_mark(mark) not in spoken)

    def _look_at(
        self,
        standing: Standing,
        mark: str,
        questions: set[tuple[str, str]],
        unjudged: set[tuple[str, str | None]],
    ) -> None:
        own = standing.own
        subject = subject_mark(mark)
        name, ref = self._name(standing, mark)
        facts = self._situation.facts_now.get(name) if name else None
        # A person may have taken it off its client.
        client = standing.client or (facts or {}).get("account_id")
        if subject in self._doubled.get(id(own), ()):
            standing.gone.append(Gone(ref=ref, reason="Another open task says the same."))
        elif reason := self._inhibited.get((client, subject)):
            standing.gone.append(Gone(ref=ref, reason=reason))
        elif self._in_the_dark(name, subject, own.org_id, questions, unjudged) or (
            name is not None and self._unsettled(name)
        ):
            standing.in_the_dark = True
        else:
            rule = name[0] if name else None
            standing.gone.append(Gone(ref=ref, reason=self._reason(own, rule, facts)))

    def _name(self, standing: Standing, mark: str) -> tuple[tuple[str, str] | None, FindingRef]:
        """(rule, subject hash) behind a mark, as far as the key, the facts or the ledger know it."""
        own = standing.own
        key, subject = own.key, subject_mark(mark)
        spoken = self._situation.spoken.get(mark)
        name = self._facts.get((standing.client, subject))
        hash_ = spoken.hash if spoken else key.occurrence_hash
        if subject == subject_mark(key.subject_hash):
            name, hash_ = (key.rule, key.subject_hash), key.occurrence_hash
        elif name is None and spoken is not None:
            name = self._situation.subjects.names(spoken.rule, spoken.subject_id)[0]
        facts = self._situation.facts_now.get(name) if name else None
        rule = self._situation.rules.get(name[0]) if name else None
        known = str(facts[rule.view.key]) if rule and facts else spoken.subject_id if spoken else ""
        return name, FindingRef(rule=name[0] if name else key.rule, subject_id=known, hash=hash_)

    def _in_the_dark(
        self,
        name: tuple[str, str] | None,
        subject: str,
        org_id: str,
        questions: set[tuple[str, str]],
        unjudged: set[tuple[str, str | None]],
    ) -> bool:
        if name is None:
            # Whose mark it is nobody remembers: it may be that of anything that could not be judged.
            return bool(unjudged) or any(subject == subject_mark(hash_) for _, hash_ in questions)
        rule = name[0]
        return (
            name in questions
            or (rule, None) in unjudged
            # A client of several CRMs could be judged by what another one shows: then its facts are here.
            or ((rule, org_id) in unjudged and name not in self._situation.facts_now)
        )

    def _unsettled(self, name: tuple[str, str]) -> bool:
        facts = self._situation.facts_now.get(name)
        rule = self._situation.rules.get(name[0])
        if facts is None or rule is None or rule.file.mode != "task":
            return False
        return self._settling.until(name[0], [name[1]], holds=False) is not None

    def _reason(self, own: OwnTask, name: str | None, facts: Mapping[str, Any] | None) -> str:
        """The sentence for what is gone, whose subject's facts are now `facts`: only what is so may stand in it.

        In a rule's closing lines `has_news` is true where the facts under `occurrence` are none that the task spoke of.
        """
        rule = self._situation.rules.get(name or "")
        if name is not None and (rule is None or rule.file.mode != "task"):
            return f"The rule behind it raises no tasks any more: {self._inhibition.title(name)}."
        if rule is None or facts is None:
            about = rule.file.about if rule is not None else "record"
            what = "The client" if about == "account" else f"The {about} that it was about, or its client,"
            if not own.task.account_ids:
                # A person took it off its client, and no ledger remembers whose it was.
                return (
                    f"What it was about no longer holds, or {what[0].lower()}{what[1:]} is gone from the CRM."
                )
            return f"{what} is gone from the CRM."
        marks = self._situation.subjects.marks(finding_of(rule, facts))
        told = {**facts, NEWS: not marks.intersection(own.state.findings)}
        lines = (write_body(text, told) for text in rule.file.task.closes)
        return next((line for line in lines if line), "What it was about no longer holds.")

    def _subject_marks(self, finding: Finding) -> set[str]:
        names = self._situation.subjects.names(finding.rule, finding.subject_id)
        return {subject_mark(hash_) for _, hash_ in names}


def reasons_of(gone: Sequence[Gone]) -> str:
    """Each reason once, in the order of what the task spoke for."""
    return " ".join(dict.fromkeys(each.reason for each in gone))
