"""No window of the far side's clock holds more than it allows, and little of it stays unused."""

import heapq
import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.pace import Allowance, Pace

WINDOW_S = 10.0


@dataclass(slots=True)
class FarSide:
    """Counts what arrives in a rolling window, or in fixed ones, of its own clock."""

    most: int
    rolling: bool
    speed: float = 1.0
    skew_s: float = 0.0
    arrived: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)

    def count(self, now: float) -> tuple[bool, int]:
        """Whether one more is let in, and how many are left."""
        at = now * self.speed + self.skew_s
        begins = at - WINDOW_S if self.rolling else at // WINDOW_S * WINDOW_S
        inside = sum(1 for each in self.arrived if each >= begins)
        if inside >= self.most:
            self.refused.append(now)
            return False, 0
        self.arrived.append(at)
        return True, self.most - inside - 1


def play(
    far: FarSide, programs: Sequence[Allowance], *, threads: int, lasts_s: float, slowest_s: float, seed: int
) -> list[int]:
    """Programs of so many threads each ask without a pause for so long; how many answers each got."""
    chance, answered = random.Random(seed), [0] * len(programs)  # noqa: S311
    events = [
        (chance.random() / 100, n, "ask", n % len(programs), 0.0, 0) for n in range(threads * len(programs))
    ]
    heapq.heapify(events)
    while events and events[0][0] < lasts_s:
        now, thread, what, who, asked_at, left = heapq.heappop(events)
        mine = programs[who]
        if what == "ask":
            at, asked_at = mine.earliest(now), asked_at or now
            if at is not None and at <= now:
                mine.start(now, asked_at)
                step = (now + chance.random() * slowest_s / 2, thread, "arrive", who, now, 0)
            else:
                step = (now + 0.002 if at is None else at, thread, "ask", who, asked_at, 0)
        elif what == "arrive":
            let_in, left = far.count(now)
            answered[who] += let_in
            step = (
                now + chance.random() * slowest_s / 2,
                thread,
                "end",
                who,
                asked_at,
                left if let_in else -1,
            )
        else:
            mine.end(now)
            if left < 0:
                mine.refused(now, began=asked_at)
            else:
                mine.heard(now, began=asked_at, most=far.most, left=left)
            step = (now + (0.0 if left >= 0 else WINDOW_S), thread, "ask", who, 0.0, 0)
        heapq.heappush(events, step)
    return answered


@settings(max_examples=40, deadline=None)
@given(
    most=st.integers(5, 250), threads=st.integers(1, 12), slowest_s=st.floats(0.001, 3), rolling=st.booleans(),
    speed=st.floats(0.999, 1.001), skew_s=st.floats(0, 100), seed=st.integers(0, 999),
)  # fmt: skip
def test_one_program_alone_is_never_refused(
    most: int, threads: int, slowest_s: float, rolling: bool, speed: float, skew_s: float, seed: int
) -> None:
    far = FarSide(most=most, rolling=rolling, speed=speed, skew_s=skew_s)
    alone = Allowance(min(most, 95), WINDOW_S, burst=47)
    play(far, [alone], threads=threads, lasts_s=45, slowest_s=slowest_s, seed=seed)
    assert far.refused == []


@pytest.mark.parametrize("rolling", [True, False])
@pytest.mark.parametrize("threads", [2, 8])
def test_one_program_alone_uses_97_of_100_allowed_requests(threads: int, rolling: bool) -> None:
    far = FarSide(most=190, rolling=rolling)
    alone = Allowance(95, WINDOW_S, burst=47)
    (answered,) = play(far, [alone], threads=threads, lasts_s=60, slowest_s=0.04, seed=1)
    assert answered >= 0.97 * 190 * 6
    assert far.refused == []


@pytest.mark.parametrize("rolling", [True, False])
@pytest.mark.parametrize("seed", range(5))
def test_two_programs_share_the_allowance_nearly_unrefused(rolling: bool, seed: int) -> None:
    far = FarSide(most=190, rolling=rolling)
    both = [Allowance(95, WINDOW_S, burst=47) for _ in range(2)]
    answered = play(far, both, threads=4, lasts_s=120, slowest_s=0.04, seed=seed)
    assert len(far.refused) <= 5
    assert sum(answered) >= 0.85 * 190 * 12
    assert min(answered) >= 0.25 * sum(answered)


def test_what_others_leave_is_used_and_all_of_it_when_they_are_gone() -> None:
    pace = Allowance(190, WINDOW_S, burst=95)
    pace.heard(100.0, began=99.9, most=190, left=40)
    assert 20 <= pace.limit(100.0) <= 40
    assert pace.limit(100.0) < pace.limit(105.0) <= 95
    assert pace.limit(130.0) == 189


def test_a_quiet_time_is_followed_by_a_burst_and_the_rest_is_evenly_spread() -> None:
    pace, now, starts = Allowance(20, WINDOW_S, burst=10), 1000.0, []
    for _ in range(40):
        now = max(now, pace.earliest(now) or now)
        pace.start(now, 1000.0)
        pace.end(now)
        starts.append(now)
    gaps = [later - earlier for earlier, later in pairwise(starts)]
    assert gaps[:9] == [0.0] * 9
    assert min(gaps[10:]) > 0.37


def test_threads_share_one_pace() -> None:
    pace = Pace(2, 0.1)

    def ask() -> None:
        pace.enter()
        pace.leave()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - began >= 0.2


@pytest.mark.parametrize(("most", "per_s"), [(0, 1.0), (1, 0.0)])
def test_a_pace_of_nothing_is_refused(most: int, per_s: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        Allowance(most, per_s, burst=1)
