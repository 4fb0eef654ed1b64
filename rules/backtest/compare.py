"""What one version of the rules would have raised and another would not, by name."""

from collections.abc import Iterator, Sequence
from datetime import date

from rules.backtest.entries import Entries, Entry
from rules.backtest.past import Untold
from rules.backtest.results import Difference, Named
from rules.engine import Engine


def compare(engine: Engine, entries: Entries, days: Sequence[date]) -> Iterator[Difference]:
    """Each rule that one of the versions judges; `here` is the config, `there` the other version."""
    for name in dict.fromkeys((*entries.here, *entries.there)):
        match entries.here.get(name), entries.there.get(name):
            case Untold() as here, there if here is there:
                yield Difference(rule=name, change="same", reason=here.reason)
            case (Untold() as untold, _) | (_, Untold() as untold):
                yield Difference(rule=name, change="not compared", reason=untold.reason)
            case ((Entry() | None as here), (Entry() | None as there)):
                yield _difference(engine, name, here, there, days)


def _difference(
    engine: Engine, name: str, here: Entry | None, there: Entry | None, days: Sequence[date]
) -> Difference:
    # Where changes are watched only from some day on, both are looked at from then on.
    start = max(entry.from_number for entry in (here, there) if entry)
    raised, raised_there = (_raised(engine, entry, start) for entry in (here, there))
    if here == there:
        return Difference(rule=name, change="same", raised=raised, raised_there=raised, kept=raised)
    new, new_before = _only_in(engine, here, there, start, days)
    lost, lost_before = _only_in(engine, there, here, start, days)
    return Difference(
        rule=name,
        change="added" if there is None else "removed" if here is None else "changed",
        raised=raised,
        raised_there=raised_there,
        kept=raised - len(new),
        new=new,
        lost=lost,
        new_before=new_before,
        lost_before=lost_before,
    )


def _raised(engine: Engine, entry: Entry | None, start: int) -> int:
    if entry is None:
        return 0
    sql = f"select count(*) as n from episode where entry_number = {entry.number} and first_number > {start}"
    return int(engine.query(sql)["n"][0].as_py())


def _only_in(
    engine: Engine, one: Entry | None, other: Entry | None, start: int, days: Sequence[date]
) -> tuple[tuple[Named, ...], int]:
    """What one raised after the first day while the other had nothing open for the subject; and how many others
    were there on the first day already."""
    if one is None:
        return (), 0
    number = -1 if other is None else other.number
    rows = engine.query(f"""
        select n.subject_id, n.account_id, n.name, n.owner_name, n.first_number, n.last_number, n.is_over
        from episode_named n
        where n.entry_number = {one.number} and n.last_number >= {start} and not exists (
            select 1 from episode o
            where o.entry_number = {number} and o.subject_id = n.subject_id and o.last_number >= {start}
              and o.first_number <= n.last_number and o.last_number >= n.first_number)
        order by n.first_number, n.name nulls last, n.subject_id""").to_pylist()
    named = tuple(
        Named(
            subject_id=row["subject_id"], account_id=row["account_id"], name=row["name"], owner_name=row["owner_name"],
            first_on=days[row["first_number"]], last_on=days[row["last_number"]] if row["is_over"] else None,
        )
        for row in rows
        if row["first_number"] > start
    )  # fmt: skip
    return named, len(rows) - len(named)
