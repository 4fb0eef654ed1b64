"""Which CRM a new task goes to: the one where the person works who is to get it, or the one that the config names."""

from collections.abc import Mapping, Sequence

from rules.findings import Finding
from sync.plan.situation import Home, Situation


def home_of(situation: Situation, finding: Finding) -> Home | None:
    """The CRM of the finding's task; None where its client is in no connected CRM. An open task stays where it is."""
    orgs = [org for org in situation.homes if org in records_of(situation, finding)]
    if len(orgs) < 2:
        return situation.homes.get(orgs[0]) if orgs else None
    named = [org for org in orgs if situation.homes[org].connection == situation.tasks_in]
    return situation.homes[named[0] if named else _where_they_work(situation, finding, orgs)]


def records_of(situation: Situation, finding: Finding) -> Mapping[str, str | None]:
    """Org -> the client's record there; a finding about a person of ours has one org and no client."""
    if finding.account_id is None:
        return {finding.org_id: None}
    return situation.records.get(finding.account_id) or {finding.org_id: finding.account_id}


def _where_they_work(situation: Situation, finding: Finding, orgs: Sequence[str]) -> str:
    """Of the first in the rule's list who is at work at all: where most of what they did of late is on record."""
    records = records_of(situation, finding)
    for place in situation.rules[finding.rule].file.task.assign:
        found = (
            (org, situation.people.follow((place,), finding, org, account=records[org]).person)
            for org in orgs
        )
        done = {org: situation.works.get(person.person_id, 0) for org, person in found if person is not None}
        if done:
            return max(done, key=lambda org: done[org])
    return orgs[0]
