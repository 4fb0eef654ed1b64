"""What a run planned, sent and heard back is there after a crash, and what is in doubt is known."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sync.ledger.ledger import Ledger
from sync.ledger.runs import NewRun
from sync.ledger.steps import Step, StepOutcome

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC).replace(tzinfo=None)


def start(ledger: Ledger, *, at: datetime = NOON) -> str:
    return ledger.runs.start(NewRun(command="run", mode="write", config_digest="c", rules_digest="r"), now=at)


def creates(*keys: str, owner: str = "u1") -> list[Step]:
    return [Step(n=n, action="create", org_id="o1", key=key, owner_id=owner) for n, key in enumerate(keys)]


def created(key: str) -> StepOutcome:
    return StepOutcome(key=key, action="create", result="created", record_id=f"id-{key}")


def test_run_ids_sort_by_time_and_differ_within_a_second(ledger: Ledger) -> None:
    ids = [start(ledger), start(ledger), start(ledger, at=NOON + timedelta(seconds=1))]
    assert len(set(ids)) == 3
    assert ids[2] == max(ids)
    assert ids[0].startswith("20261122T120000-")


def test_history_shows_how_runs_ended_newest_first(ledger: Ledger) -> None:
    first, second = start(ledger), start(ledger, at=NOON + timedelta(minutes=1))
    ledger.runs.finish(first, "done", figures={"created": 3}, now=NOON)
    runs = ledger.runs.latest(10)
    assert [run.run_id for run in runs] == [second, first]
    assert (runs[1].outcome, runs[1].figures) == ("done", {"created": 3})
    assert runs[0].finished_at is None


def test_the_steps_of_a_run_say_what_became_of_them(ledger: Ledger) -> None:
    run = start(ledger)
    ledger.steps.plan(run, creates("a", "b"))
    ledger.steps.sent(run, ["a"])
    refusal = StepOutcome(key="a", action="create", result="failed", reason="bad\0 \ud83d owner")
    ledger.steps.answered(run, [refusal])
    first, second = ledger.steps.of_run(run)
    assert (first["result"], first["reason"]) == ("failed", "bad ? owner")
    assert (second["sent_at"], second["result"]) == (None, None)


def test_sent_without_an_answer_is_in_doubt(ledger_url: str) -> None:
    with Ledger.open(ledger_url) as killed:
        run = start(killed)
        killed.steps.plan(run, creates("a", "b", "c"))
        killed.steps.sent(run, ["a", "b"])
        killed.steps.answered(run, [created("a")])
    with Ledger.open(ledger_url) as later:
        assert [step.key for step in later.steps.in_doubt("o1")] == ["b"]
        assert later.steps.in_doubt("o2") == []


def test_an_unclear_answer_stays_in_doubt_until_a_later_run_answers(ledger: Ledger) -> None:
    first = start(ledger)
    ledger.steps.plan(first, creates("a"))
    ledger.steps.sent(first, ["a"])
    ledger.steps.answered(first, [StepOutcome(key="a", action="create", result="unclear")])
    assert [step.key for step in ledger.steps.in_doubt("o1")] == ["a"]
    second = start(ledger, at=NOON + timedelta(minutes=1))
    ledger.steps.plan(second, creates("a"))
    ledger.steps.sent(second, ["a"])
    ledger.steps.answered(second, [created("a")])
    assert ledger.steps.in_doubt("o1") == []


def test_a_doubt_may_be_settled_by_looking(ledger: Ledger) -> None:
    run = start(ledger)
    ledger.steps.plan(run, creates("a", "b"))
    ledger.steps.sent(run, ["a"])
    ledger.steps.settle("o1", [created("a"), created("b")])
    assert ledger.steps.in_doubt("o1") == []
    assert [step["result"] for step in ledger.steps.of_run(run)] == ["created", None]


def test_the_caps_count_what_may_have_reached_a_person(ledger: Ledger) -> None:
    run = start(ledger)
    ledger.steps.plan(
        run, [*creates("a", "b", "c", "d"), Step(n=9, action="create", org_id="o1", key="e", owner_id="u2")]
    )
    ledger.steps.sent(run, ["a", "b", "c"], at=NOON)
    ledger.steps.sent(run, ["e"], at=NOON - timedelta(days=1))
    ledger.steps.answered(run, [created("a"), StepOutcome(key="b", action="create", result="failed")])
    # a was created, c is in doubt; b failed, d was never sent, e was yesterday.
    assert [(sent.key, sent.owner_id) for sent in ledger.steps.sent_tasks(NOON - timedelta(hours=1))] == [
        ("a", "u1"),
        ("c", "u1"),
    ]
    assert [sent.key for sent in ledger.steps.sent_tasks(NOON - timedelta(days=2))] == ["a", "c", "e"]


def test_thousands_of_steps_are_marked_at_once(ledger: Ledger) -> None:
    run = start(ledger)
    keys = [f"k{number}" for number in range(2500)]
    ledger.steps.plan(run, creates(*keys))
    ledger.steps.sent(run, keys)
    ledger.steps.answered(run, [created(key) for key in keys[1:]])
    assert [step.key for step in ledger.steps.in_doubt("o1")] == ["k0"]


def refused(key: str, *, temporary: bool | None) -> StepOutcome:
    return StepOutcome(key=key, action="create", result="failed", reason="NO_ACCESS", temporary=temporary)


def carried_out(ledger: Ledger, *outcomes: StepOutcome, at: datetime = NOON) -> str:
    run = start(ledger, at=at)
    keys = [outcome.key for outcome in outcomes]
    steps = [replace(step, detail={"state": f"state of {step.key}"}) for step in creates(*keys)]
    ledger.steps.plan(run, steps)
    ledger.steps.sent(run, keys)
    ledger.steps.answered(run, outcomes)
    return run


def test_what_was_refused_for_good_waits_and_what_may_succeed_later_does_not(ledger: Ledger) -> None:
    doubt = StepOutcome(key="d", action="create", result="unclear")
    outcomes = (refused("a", temporary=False), refused("b", temporary=True), created("c"), doubt)
    run = carried_out(ledger, *outcomes)
    said = {letter.key: (letter.result, letter.waits) for letter in ledger.steps.unsettled(run)}
    assert said == {"a": ("failed", True), "b": ("failed", False), "d": ("unclear", False)}
    (dead,) = ledger.steps.dead()
    assert (dead.key, dead.state, dead.run_id, dead.org_id) == ("a", "state of a", run, "o1")


def test_a_later_step_of_the_same_key_has_the_last_word(ledger: Ledger) -> None:
    first = carried_out(ledger, refused("a", temporary=False), refused("b", temporary=False))
    second = carried_out(ledger, created("a"), refused("b", temporary=True), at=NOON + timedelta(minutes=1))
    assert [(letter.key, letter.run_id) for letter in ledger.steps.unsettled()] == [("b", second)]
    assert (ledger.steps.unsettled(first), ledger.steps.dead()) == ([], [])


def test_a_step_that_was_planned_and_never_sent_clears_nothing_up(ledger: Ledger) -> None:
    carried_out(ledger, refused("a", temporary=False))
    ledger.steps.plan(start(ledger, at=NOON + timedelta(minutes=1)), creates("a", "new"))
    assert [letter.key for letter in ledger.steps.dead()] == ["a"]


def test_what_an_undo_could_not_write_waits_for_another_undo(ledger: Ledger) -> None:
    first = carried_out(ledger, created("a"))
    undo = NewRun(command="undo", mode="write", config_digest="c", rules_digest="r", undoes=first)
    second = ledger.runs.start(undo, now=NOON + timedelta(minutes=1))
    ledger.steps.plan(second, [Step(n=1, action="delete", org_id="o1", key="a")])
    ledger.steps.sent(second, ["a"])
    assert ledger.steps.written_after(first) == {}
    refusal = StepOutcome(key="a", action="delete", result="failed", temporary=False)
    ledger.steps.answered(second, [refusal])
    (letter,) = ledger.steps.unsettled()
    assert (letter.undoes, letter.waits, ledger.steps.written_after(first)) == (first, False, {})


def test_a_later_run_that_wrote_a_task_or_may_have_is_known(ledger: Ledger) -> None:
    first = carried_out(ledger, created("a"), created("b"), created("c"))
    doubt = StepOutcome(key="b", action="create", result="unclear")
    later = carried_out(
        ledger, created("a"), doubt, refused("c", temporary=True), at=NOON + timedelta(minutes=1)
    )
    assert ledger.steps.written_after(first) == {("o1", "a"): later, ("o1", "b"): later}
    assert ledger.steps.written_after(later) == {}


def test_the_last_run_that_wrote_all_of_some_changes_is_found(ledger: Ledger) -> None:
    runs = [start(ledger, at=NOON + timedelta(minutes=minute)) for minute in range(3)]
    for run, keys in zip(runs, (["a", "b"], ["a", "b"], ["a"]), strict=True):
        ledger.steps.plan(run, creates(*keys))
        ledger.steps.sent(run, keys, at=NOON)
        ledger.steps.answered(run, [created(key) for key in keys])
    changes = {("create", "a"), ("create", "b")}
    assert ledger.steps.run_that_wrote(changes, since=NOON) == runs[1]
    assert ledger.steps.run_that_wrote(changes, since=NOON + timedelta(minutes=1)) is None
    assert ledger.steps.run_that_wrote({("close", "a"), ("create", "b")}, since=NOON) is None


def undone(ledger: Ledger, run_id: str, outcome: StepOutcome, *, minute: int) -> str:
    """An undo of the run, of one step that came to this."""
    new = NewRun(command="undo", mode="write", config_digest="c", rules_digest="r", undoes=run_id)
    undo = ledger.runs.start(new, now=NOON + timedelta(minutes=minute))
    ledger.steps.plan(undo, [Step(n=1, action=outcome.action, org_id="o1", key=outcome.key)])
    ledger.steps.answered(undo, [outcome])
    return undo


def test_the_last_undo_of_a_run_is_found_unless_it_was_itself_undone(ledger: Ledger) -> None:
    run = carried_out(ledger, created("a"))
    deletion = StepOutcome(key="a", action="delete", result="failed")
    undone(ledger, run, deletion, minute=1)
    assert ledger.steps.undone_by(run) is None
    undo = undone(ledger, run, replace(deletion, result="deleted"), minute=2)
    assert ledger.steps.undone_by(run) == undo
    again = undone(ledger, undo, created("a"), minute=3)
    assert (ledger.steps.undone_by(run), ledger.steps.undone_by(undo)) == (None, again)
