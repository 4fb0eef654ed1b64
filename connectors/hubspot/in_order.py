"""Works on parts of a read while the next ones are still fetched, and gives the results in their order.

Fetching is a chain, since each page names the next one; working is not. Never more than a few parts are held.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Part = TypeVar("Part")
Result = TypeVar("Result")

_WORKERS = 3
_HELD = 4


def in_order(parts: Iterator[Part], work: Callable[[Part], Result]) -> Iterator[Result]:
    """`work` on each of `parts`; what either raises comes in its place, after the results before it.

    Whoever stops half-way waits only for what is under way.
    """
    fetcher, workers = ThreadPoolExecutor(1), ThreadPoolExecutor(_WORKERS)
    waiting: deque[Future[Result]] = deque()
    try:
        coming: Future[Part | None] = fetcher.submit(next, parts, None)
        while not (failed := coming.exception()) and (part := coming.result()) is not None:
            coming = fetcher.submit(next, parts, None)
            waiting.append(workers.submit(work, part))
            while waiting and (len(waiting) >= _HELD or waiting[0].done()):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
        if failed:
            raise failed
    finally:
        fetcher.shutdown(cancel_futures=True)
        workers.shutdown(cancel_futures=True)
