"""Random stories, step by step, as hypothesis makes them up."""

from collections.abc import Collection, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.loop.model.doings import CONFIG_DEEDS, RECORDS, TASK_DEEDS, Dice, act_on_task, change_config
from tests.loop.model.runs import Mishap
from tests.loop.model.story import WRITES, Story, told

one_dice = st.builds(Dice, one=st.integers(0, 9), other=st.integers(0, 7))


def several(deeds: Iterable[str]) -> st.SearchStrategy[list[tuple[str, Dice]]]:
    """A few deeds, one after the other."""
    return st.lists(st.tuples(st.sampled_from(list(deeds)), one_dice), min_size=1, max_size=4)


waits: dict[str, dict[str, float]] = {
    "minutes": {"minutes": 17}, "hours": {"hours": 5, "minutes": 3}, "a day": {"days": 1, "minutes": 11},
    "days": {"days": 4, "minutes": 13}, "a week": {"days": 7, "minutes": 19}, "weeks": {"days": 16, "minutes": 29},
}  # fmt: skip
strikes: dict[str, dict[str, Any]] = {
    "the answer is lost": {"commit_and_drop": True},
    "half of the answer": {"truncate": True},
    "cut off before": {"reset": True},
    "503": {"status": 503, "body": "busy"},
}
narrows: dict[str, dict[str, Any]] = {
    "only a preview": {"preview": True}, "one new task": {"new_per_run": 1}, "no closings": {"close_at_least": 0},
}  # fmt: skip
UNREADABLE = {"status": 403, "body": [{"errorCode": "INSUFFICIENT_ACCESS", "message": "no"}]}


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """People act on the very tasks that are about to be written; something has just happened that they are written for."""

    before: list[tuple[str, Dice]]
    deeds: list[tuple[str, Dice]]

    def run(self, story: Story) -> None:
        for deed, dice in self.before:
            RECORDS[deed](story, dice)
        story.pass_time(minutes=2)

        def meanwhile(ids: Collection[str]) -> None:
            for deed, dice in self.deeds:
                act_on_task(story, deed, dice, among=ids)

        story.run(Mishap(before_reread=meanwhile))


@dataclass(frozen=True, slots=True)
class Dies:
    """The machine loses power at a writing call, which has reached the CRM or has not."""

    at: int
    has_arrived: bool

    def run(self, story: Story) -> None:
        story.run(Mishap(dies_at=self.at, has_arrived=self.has_arrived))


@dataclass(frozen=True, slots=True)
class Struck:
    """The CRM or the line fails at a write."""

    how: str
    nth: int

    def run(self, story: Story) -> None:
        story.run(plan=[{"match": {"path": WRITES[story.crm], "nth": self.nth}, **strikes[self.how]}])


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A config that lets this one run write less."""

    by: str

    def run(self, story: Story) -> None:
        before = story.habits
        story.configure(replace(before, **narrows[self.by]))
        story.run()
        story.configure(before)


@dataclass(frozen=True, slots=True)
class Blind:
    """The CRM does not show invoices."""

    def run(self, story: Story) -> None:
        story.run_blind(UNREADABLE)


Trouble = Meanwhile | Dies | Struck | HeldBack | Blind
troubles: st.SearchStrategy[Trouble] = st.one_of(
    st.builds(Meanwhile, several(RECORDS), several(TASK_DEEDS)),
    st.builds(Dies, at=st.integers(1, 2), has_arrived=st.booleans()),
    st.builds(Struck, how=st.sampled_from(list(strikes)), nth=st.integers(1, 2)),
    st.builds(HeldBack, st.sampled_from(list(narrows))),
    st.builds(Blind),
)


class Agency(RuleBasedStateMachine):
    """One CRM and its people; `mode` and `data` are set by the test."""

    mode: str
    data: Path
    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self._ends = ExitStack()
        folder = Path(self._ends.enter_context(TemporaryDirectory()))
        self.story: Story = self._ends.enter_context(told(self.mode, self.data, folder))

    @initialize()
    def first_run(self) -> None:
        self.story.run()

    @rule(deeds=several(RECORDS))
    def records(self, deeds: list[tuple[str, Dice]]) -> None:
        self._step()
        for deed, dice in deeds:
            RECORDS[deed](self.story, dice)

    @rule(deeds=several(TASK_DEEDS))
    def people(self, deeds: list[tuple[str, Dice]]) -> None:
        self._step()
        for deed, dice in deeds:
            act_on_task(self.story, deed, dice)

    @rule(what=st.sampled_from(CONFIG_DEEDS), dice=one_dice)
    def config(self, what: str, dice: Dice) -> None:
        self._step()
        change_config(self.story, what, dice)

    @rule(length=st.sampled_from(list(waits)), accept=st.sampled_from([True, True, True, False]))
    def run(self, length: str, accept: bool) -> None:
        self._step()
        self.story.pass_time(**waits[length])
        self.story.run(accept=accept)

    @rule(trouble=troubles)
    def run_in_trouble(self, trouble: Trouble) -> None:
        self._step()
        trouble.run(self.story)

    def teardown(self) -> None:
        self._ends.close()

    def _step(self) -> None:
        Agency.steps += 1
        self.story.pass_time(minutes=2)
