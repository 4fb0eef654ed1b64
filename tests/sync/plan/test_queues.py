"""A queue gets what a rule gives to the team's queue, and nothing only because it owns something."""

from dataclasses import replace

from sync.plan.people import QUEUE_ROLE, Choice, People, Rota
from tests.sync.plan.situations import finding, person

CARE = replace(person("care", role=QUEUE_ROLE, email=None), name="Client Care")


def chosen(*chain: str, queue: str | None = "Client Care", owner: str = "sf:ann") -> Choice:
    people = People([person("ann"), CARE], Rota(fallback="ann@us.example", queue=queue))
    return people.choose(chain, finding(account_owner_id=owner), "sf", account=None)


def test_the_teams_queue_is_found_by_its_name() -> None:
    assert chosen("team_queue", "fallback").person == CARE


def test_another_queue_is_not_the_teams() -> None:
    choice = chosen("team_queue", "fallback", queue="Second Line")
    assert choice.person == person("ann")
    assert choice.passed == ("no queue named Second Line (tasks.queue) in this CRM",)


def test_a_queue_that_is_not_named_is_not_missed() -> None:
    assert chosen("team_queue", "fallback", queue=None) == Choice(person=person("ann"), place="fallback")


def test_a_queue_that_owns_something_is_passed_by() -> None:
    choice = chosen("account_owner", "fallback", owner="sf:care")
    assert choice.person == person("ann")
    assert choice.passed == ("account owner Client Care is a queue",)
