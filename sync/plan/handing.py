"""Says from whom an open task goes to whom, and why: what the plan tells of a task that changes hands."""

from collections.abc import Sequence

from rules.findings import Finding
from sync.plan.episodes import OwnTask
from sync.plan.people import Person
from sync.plan.placing import records_of
from sync.plan.situation import Home, Situation


def lead_of(situation: Situation, own: OwnTask, findings: Sequence[Finding]) -> Finding:
    """The finding that decides whose a task is: the one which it was first written for, else the most pressing."""
    key = (own.key.rule, own.key.subject_hash)
    names = situation.subjects.names
    return next((each for each in findings if key in names(each.rule, each.subject_id)), findings[0])


def hand_over(
    situation: Situation, own: OwnTask, home: Home, findings: Sequence[Finding], owner: Person
) -> str:
    """`from X, who is inactive, to Y`; `from X to Y, who answers for the client now`; `from X to Y while Z is away`."""
    people = situation.people
    holder_id = f"{own.org_id}:{own.task.owner_id}"
    has_left = people.has_left(holder_id)
    told = f"from {people.name(holder_id)}{', who is inactive,' if has_left else ''} to {people.name(owner.person_id)}"
    lead = lead_of(situation, own, findings)
    rightful = people.follow(
        situation.rules[lead.rule].file.task.assign,
        lead,
        home.org_id,
        account=records_of(situation, lead).get(home.org_id),
    )
    if rightful.person is not None and rightful.person.person_id != owner.person_id:
        return f"{told} while {people.name(rightful.person.person_id)} is away"
    if has_left:
        return told
    now = "answers for the client" if rightful.place == "account owner" else f"is the {rightful.place}"
    return f"{told}, who {now} now"
