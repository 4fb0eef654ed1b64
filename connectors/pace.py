"""Keeps requests below a rate that the CRM allows, and shares that rate with others who use it."""

import threading
import time
from bisect import bisect_right
from typing import Protocol

_MEMORY_S = 12.0
"""How long others are reckoned with after they were last seen; more than any CRM's window."""
_FAIR_AFTER_S = 30.0
"""A small one of two programs may claim half of the rate after this time."""

_SLOWER_CLOCK = 1.002
"""The far side's clock may go slower than ours, so that its windows are longer."""


class Gate(Protocol):
    """What a request passes on its way out."""

    def enter(self) -> float:
        """Waits until the request may start; returns the seconds waited. May raise a CrmError instead."""

    def leave(self) -> None:
        """The answer is here, or will not come."""


class Allowance:
    """When the next request may start, so that no window of the far side's clock holds more than it allows.

    The far side counts a request at some instant between its start and its answer. So each takes its place from
    its start until `per_s` after its answer: whatever the network does, more than `most` never fall into a window.
    Within that, `burst` requests may start at once after a quiet time, the others evenly spread. Where answers tell
    that others use the same allowance it keeps to what they leave, and to a share that grows to a half of all.

    Pure: every method takes the time in seconds of any clock that does not go back. Not safe between threads.
    """

    def __init__(self, most: int, per_s: float, *, burst: int) -> None:
        if most < 1 or per_s <= 0:
            raise ValueError(f"a pace needs a positive number and window, not {most} in {per_s} s")
        self.most, self.per_s = most, per_s * _SLOWER_CLOCK
        self._burst, self._credit = burst, float(burst)
        self._last = float("-inf")
        self._under_way = 0
        self._ends: list[float] = []
        self._others: list[tuple[float, int]] = []
        self._claim, self._claimed_at = 0.0, 0.0

    def limit(self, now: float) -> int:
        """How many of ours a window may hold now."""
        self._others = [seen for seen in self._others if seen[0] > now - _MEMORY_S]
        if not self._others:
            return max(1, self.most - self.most // 100)
        spare = max(1, self.most // 20)
        left = self.most - spare - max(count for _, count in self._others)
        return max(1, left, int(self._claim_at(now)))

    def earliest(self, now: float) -> float | None:
        """When one more request may start; None: not before an answer comes."""
        limit = self.limit(now)
        gone = bisect_right(self._ends, now - self.per_s)
        too_many = self._under_way + len(self._ends) - gone - limit + 1
        if too_many > len(self._ends) - gone:
            return None
        free_at = self._ends[gone + too_many - 1] + self.per_s if too_many > 0 else now
        in_haste = self._credit >= 1 and not self._others
        return free_at if in_haste else max(free_at, self._last + self.per_s / limit)

    def start(self, now: float, asked_at: float) -> None:
        """A request starts that `earliest` has let go; `asked_at` is when it began to wait."""
        # Only a quiet time earns haste, never the time that a request had to wait.
        gap = self.per_s / self.limit(now)
        slots, early = (asked_at - self._last) / gap, self._last + gap > now
        self._credit = min(float(self._burst), self._credit + max(0.0, slots - 1)) - early
        # A start that comes a little late, as threads wake up, does not push back all that follow.
        self._last = now if early else min(now, max(self._last + gap, now - gap / 4))
        self._under_way += 1

    def end(self, now: float) -> None:
        """One request under way has its answer, or is given up."""
        self._under_way -= 1
        self._ends.append(now)
        if len(self._ends) > 4 * self.most:
            del self._ends[: bisect_right(self._ends, now - 2 * self.per_s - _MEMORY_S)]

    def heard(self, now: float, *, began: float, most: int, left: int) -> None:
        """An answer tells how many requests a window may hold and how many are left: for one that `began` then."""
        if most != self.most:
            self.most, self._burst = most, max(1, self._burst * most // self.most)
        self._compare(now, began, counted=most - left)

    def refused(self, now: float, *, began: float) -> None:
        """The far side found it too fast in spite of this pace: others must be there, and we both claim too much."""
        self._claim, self._claimed_at = self._claim_at(now) / 2, now
        self._others.append((now, max(1, self.most - self._surely_ours(now, began))))

    def _compare(self, now: float, began: float, *, counted: int) -> None:
        perhaps_ours = self._under_way + len(self._ends) - bisect_right(self._ends, began - self.per_s)
        if counted <= perhaps_ours + 1 and not self._others:
            return
        others = counted - self._surely_ours(now, began)
        if others > 0:
            if not self._others:
                self._claim, self._claimed_at = self.most / 10, now
            self._others.append((now, others))

    def _surely_ours(self, now: float, began: float) -> int:
        return 1 + bisect_right(self._ends, began) - bisect_right(self._ends, now - self.per_s)

    def _claim_at(self, now: float) -> float:
        half = self.most * 0.475
        return min(half, self._claim + (now - self._claimed_at) * half / _FAIR_AFTER_S)


class Pace:
    """An allowance that all threads of this process share."""

    def __init__(self, most: int, per_s: float, *, burst: int | None = None) -> None:
        self._allowance = Allowance(most, per_s, burst=most if burst is None else burst)
        self._changed = threading.Condition()

    def enter(self) -> float:
        """Sleeps until one more request may start; returns the seconds slept."""
        asked_at = time.monotonic()
        with self._changed:
            while True:
                now = time.monotonic()
                at = self._allowance.earliest(now)
                if at is not None and at <= now:
                    self._allowance.start(now, asked_at)
                    return now - asked_at
                self._changed.wait(None if at is None else at - now)

    def limit(self) -> int:
        """How many requests a window may hold now."""
        with self._changed:
            return self._allowance.limit(time.monotonic())

    def leave(self) -> None:
        """The request that entered has its answer, or is given up."""
        with self._changed:
            self._allowance.end(time.monotonic())
            self._changed.notify_all()

    def heard(self, *, began: float, most: int, left: int) -> None:
        """What an answer says of the window, for a request that began at this `time.monotonic()`."""
        with self._changed:
            self._allowance.heard(time.monotonic(), began=began, most=most, left=left)

    def refused(self, *, began: float) -> None:
        """A request that began then was too many."""
        with self._changed:
            self._allowance.refused(time.monotonic(), began=began)
