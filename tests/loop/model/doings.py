"""What may happen between two runs, deed by deed: to records, to our tasks, to the config."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from tests.loop.model.agency import NAMES, RULES, STAFF
from tests.loop.model.sight import Held
from tests.loop.model.story import Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Dice:
    """What a deed picks with."""

    one: int
    other: int


def _calls(story: Story, dice: Dice) -> None:
    client = story.truth.clients[NAMES[dice.one % len(NAMES)]]
    if not client.is_gone:
        record, at = story.deeds.call(client.record, story.now.replace(microsecond=0))
        client.calls[record] = at


def _moves_a_call(story: Story, dice: Dice) -> None:
    client = story.truth.clients[NAMES[dice.one % len(NAMES)]]
    if client.calls and not client.is_gone:
        record = sorted(client.calls)[dice.other % len(client.calls)]
        client.calls[record] -= timedelta(days=1 + dice.other * 4)
        story.deeds.move_call(record, client.calls[record])


def _pays(story: Story, dice: Dice) -> None:
    bill = story.truth.bills[dice.one % len(story.truth.bills)]
    bill.is_paid = not bill.is_paid
    story.deeds.pay(bill.record, paid=bill.is_paid)


def _keeps_a_promise(story: Story, dice: Dice) -> None:
    promise = story.truth.promises[dice.one % len(story.truth.promises)]
    promise.is_open = not promise.is_open
    story.deeds.tick(promise.record, done=not promise.is_open)


def _moves_a_promise(story: Story, dice: Dice) -> None:
    promise = story.truth.promises[dice.one % len(story.truth.promises)]
    promise.due_on = story.now.date() + timedelta(days=5 - 3 * dice.other)
    story.deeds.due(promise.record, promise.due_on)


def _hands_over(story: Story, dice: Dice) -> None:
    client = story.truth.clients[NAMES[dice.one % len(NAMES)]]
    if not client.is_gone:
        client.owner = _colleague(story, dice.other)
        story.deeds.hand_over(client.record, client.owner)


def _leaves(story: Story, dice: Dice) -> None:
    name = STAFF[dice.one % 2]
    story.truth.at_work[name] = not story.truth.at_work[name]
    story.deeds.employ(story.truth.staff[name], active=story.truth.at_work[name])


def _deletes_a_client(story: Story, dice: Dice) -> None:
    client = story.truth.clients[NAMES[dice.one % len(NAMES)]]
    if not client.is_gone:
        client.is_gone = True
        story.deeds.delete(story.deeds.account, client.record)


def _restores_a_client(story: Story, dice: Dice) -> None:
    gone = [
        each
        for each in story.truth.clients.values()
        if each.is_gone and not each.into and story.is_in_bin(each)
    ]
    if gone:
        client = gone[dice.one % len(gone)]
        client.is_gone = False
        story.deeds.restore(story.deeds.account, client.record)


def _merges(story: Story, dice: Dice) -> None:
    live = story.truth.live()
    if len(live) > 2:
        loser, winner = (
            live[dice.one % len(live)],
            live[(dice.one + 1 + dice.other % (len(live) - 1)) % len(live)],
        )
        story.merge(loser, winner)


def _does_a_chore(story: Story, dice: Dice) -> None:
    client = story.truth.clients[NAMES[dice.one % len(NAMES)]]
    if not client.is_gone:
        story.deeds.make_task(client.record, f"Order cake {dice.other}")


RECORDS: Mapping[str, Callable[[Story, Dice], None]] = {
    "a call": _calls, "a call was earlier": _moves_a_call, "money": _pays, "a promise kept or not": _keeps_a_promise,
    "a promise moved": _moves_a_promise, "a client handed over": _hands_over, "a colleague leaves or comes": _leaves,
    "a client deleted": _deletes_a_client, "a client restored": _restores_a_client, "clients merged": _merges,
    "a chore": _does_a_chore,
}  # fmt: skip


def _completes(story: Story, task: Held, dice: Dice) -> None:
    story.deeds.tick(task.id, done=True)


def _completes_and_says(story: Story, task: Held, dice: Dice) -> None:
    story.deeds.tick(task.id, done=True)
    if story.mode != "sf-body":
        story.deeds.say(task.id, ("done", "already_handled", "not_relevant", "snooze")[dice.other % 4])


def _deletes(story: Story, task: Held, dice: Dice) -> None:
    story.deeds.delete(story.deeds.task, task.id)


def _retitles(story: Story, task: Held, dice: Dice) -> None:
    story.deeds.write(task.id, subject=f"Ring them, {dice.other} o'clock")


def _rewrites(story: Story, task: Held, dice: Dice) -> None:
    story.deeds.write(
        task.id,
        body=f"They asked for a {dice.other} & some <b>cake</b>"
        if story.crm == "hs"
        else f"My words {dice.other}",
    )


def _hands_on(story: Story, task: Held, dice: Dice) -> None:
    story.deeds.write(task.id, owner=_colleague(story, dice.other))


def _redates(story: Story, task: Held, dice: Dice) -> None:
    story.deeds.due(task.id, story.now.date() + timedelta(days=dice.other))


def _reprioritises(story: Story, task: Held, dice: Dice) -> None:
    words = (
        ("High", "Normal", "Low")[dice.other % 3]
        if story.crm == "sf"
        else ("HIGH", "MEDIUM", "LOW")[dice.other % 3]
    )
    story.deeds.write(task.id, priority=words)


def _unlinks(story: Story, task: Held, dice: Dice) -> None:
    if task.account:
        story.deeds.unlink(task.id, task.account)


TASKS: Mapping[str, Callable[[Story, Held, Dice], None]] = {
    "completes": _completes, "completes and says": _completes_and_says, "deletes": _deletes, "retitles": _retitles,
    "rewrites": _rewrites, "hands on": _hands_on, "re-dates": _redates, "re-prioritises": _reprioritises, "unlinks": _unlinks,
}  # fmt: skip
"""What people do to an open task; `note` writes below it, `reopen` and `restore` are for ended ones."""


def act_on_task(story: Story, deed: str, dice: Dice, *, among: Collection[str] | None = None) -> None:
    """One person, one of our tasks, or one of those `among` them (ids)."""

    def some(which: Callable[[Held], bool]) -> list[Held]:
        return story.tasks(which=lambda task: which(task) and (among is None or task.id in among))

    if deed == "reopens":
        _on(
            story,
            some(lambda task: not task.is_open and not task.is_deleted),
            dice,
            lambda task: story.deeds.tick(task.id, done=False),
        )
    elif deed == "restores":
        _on(
            story,
            some(lambda task: task.is_deleted),
            dice,
            lambda task: story.deeds.restore(story.deeds.task, task.id),
        )
    elif deed == "writes below":
        note = f"Called twice, they like {dice.other}"
        below = f"\n\n{note}" if story.crm == "sf" else f"<p>{note}</p>"
        _on(
            story, some(lambda task: task.is_open), dice, note=note,
            deed=lambda task: story.deeds.write(task.id, body=story.raw_body(task) + below),
        )  # fmt: skip
    else:
        _on(story, some(lambda task: task.is_open), dice, lambda task: TASKS[deed](story, task, dice))


TASK_DEEDS = (*TASKS, "reopens", "restores", "writes below")


def _on(
    story: Story, tasks: list[Held], dice: Dice, deed: Callable[[Held], object], *, note: str = ""
) -> None:
    if tasks:
        task = tasks[dice.one % len(tasks)]
        story.by_hand(task, lambda: deed(task), note=note)


def change_config(story: Story, what: str, dice: Dice) -> None:
    """An admin changes the config, or somebody asks for quiet."""
    habits, rule = story.habits, list(RULES)[dice.one % len(RULES)]
    if what == "mute":
        live = story.truth.live()
        story.mute(live[dice.one % len(live)], ("", *RULES)[dice.other % 5], 1 + dice.other * 3)
    elif what == "unmute":
        story.unmute()
    elif what == "forget the mirror":
        story.desk.forget("mirror")
    elif what == "mode of a rule":
        # Switched back sooner than off, so that there are tasks to play with.
        off = habits.modes[rule] != "task"
        story.configure(habits.with_mode(rule, "task" if off else ("off", "report")[dice.other % 2]))
    else:
        changes = {
            "severity": {"severity": ("low", "normal", "high")[dice.other % 3]},
            "alone": {"alone": not habits.alone},
            "settle": {"settle_days": 2 - habits.settle_days},
            "absence": {"away": frozenset() if habits.away else frozenset(STAFF[dice.one % 2 : 1 + dice.one % 2]),
                        "cover": ("", "sam", "igor")[dice.other % 3]},
        }  # fmt: skip
        story.configure(replace(habits, **changes[what]))  # type: ignore[arg-type]  # fields of Habits


CONFIG_DEEDS = (
    "mute", "unmute", "forget the mirror", "mode of a rule", "severity", "alone", "settle", "absence",
)  # fmt: skip


def _colleague(story: Story, number: int) -> str:
    at_work = [story.truth.staff[name] for name in STAFF if story.truth.at_work[name]]
    return at_work[number % len(at_work)]
