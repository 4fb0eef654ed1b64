"""Keeps requests below a rate that the CRM allows."""

import threading
import time
from collections import deque


class Pace:
    """At most `requests` starts in any `per_s` seconds, over all threads that share this object.

    It remembers when the last `requests` began: a burst is free, and no window of the far side's clock
    holds more than the allowance, which a bucket that refills while it drains would not promise.
    """

    def __init__(self, requests: int, per_s: float) -> None:
        if requests < 1 or per_s <= 0:
            raise ValueError(f"a pace needs a positive number and window, not {requests} in {per_s} s")
        self.requests, self.per_s = requests, per_s
        self._starts: deque[float] = deque(maxlen=requests)
        self._lock = threading.Lock()

    def wait(self) -> float:
        """Sleeps until one more request may start; returns the seconds slept."""
        with self._lock:
            now = time.monotonic()
            full = len(self._starts) == self.requests
            start = max(now, self._starts[0] + self.per_s) if full else now
            self._starts.append(start)
        if start > now:
            time.sleep(start - now)
        return start - now
